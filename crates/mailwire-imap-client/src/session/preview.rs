//! The first words of messages, by the server or from their first text.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use self::text::Reading;
use crate::{
    Execute,
    codec::{BodyStructure, Uid, UidSet, command::Messages, section::Part},
    command::{
        Fetch,
        fetch::{self, Row},
    },
};

mod html;
mod text;

/// What [`Session::preview`](crate::Session::preview) brings of each message.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct MessagePreview {
    /// The first words; absent if there are none.
    pub text: Option<String>,
    /// Where they are from.
    pub from: PreviewSource,
}

/// Where the first words of a message are from.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum PreviewSource {
    /// From the server ([RFC 8970](https://www.rfc-editor.org/rfc/rfc8970)).
    #[default]
    Server,
    /// From the first text of the message.
    Text,
    /// From the HTML of the message, which has no other text.
    Html,
    /// The message has neither, or its structure cannot be read.
    Nothing,
}

pub(super) async fn preview<E: Execute + ?Sized>(
    session: &mut E,
    messages: Messages,
) -> Result<Vec<Row<MessagePreview>>, E::Error> {
    if session.server().await?.has("PREVIEW") {
        let fetched = session.run(Fetch::new(messages, fetch::Preview::default())).await?;
        let told = |row: Row<Option<crate::codec::Octets>>| {
            row.map(|text| MessagePreview {
                text: text.map(|text| text.to_str_lossy().into_owned()),
                from: PreviewSource::Server,
            })
        };
        return Ok(fetched.rows.into_iter().map(told).collect());
    }
    let structures = session.run(Fetch::new(messages, fetch::BodyStructure)).await?;
    let mut rows = Vec::with_capacity(structures.rows.len());
    // Messages whose text has the same number are asked for together.
    let mut waiting: BTreeMap<Part, BTreeMap<Uid, (usize, Reading)>> = BTreeMap::new();
    for row in structures.rows {
        let mut from = PreviewSource::Nothing;
        if let (Some(uid), Some((part, reading))) = (row.uid, row.items.as_ref().and_then(shown)) {
            from = if reading.is_html { PreviewSource::Html } else { PreviewSource::Text };
            waiting.entry(part).or_default().insert(uid, (rows.len(), reading));
        }
        rows.push(row.map(|_| MessagePreview { text: None, from }));
    }
    for (part, readings) in waiting {
        let uids: UidSet = readings.keys().copied().collect();
        let octets = fetch::Body::part(part).range(0, LOOKED_AT);
        for row in session.run(Fetch::new(uids, octets)).await?.rows {
            let Some((index, reading)) = row.uid.and_then(|uid| readings.get(&uid)) else { continue };
            if let (Some(octets), Some(row)) = (row.items, rows.get_mut(*index)) {
                row.items.text = Some(reading.words(&octets)).filter(|text| !text.is_empty());
            }
        }
    }
    Ok(rows)
}

/// The part of which the first words are taken.
fn shown(structure: &BodyStructure) -> Option<(Part, Reading)> {
    let text = structure.text().map(|(part, single)| (part, Reading::new(single, false)));
    text.or_else(|| structure.html().map(|(part, single)| (part, Reading::new(single, true))))
}

/// How many octets of a text are looked at.
const LOOKED_AT: u64 = 4096;

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;
    use crate::{Session as _, session::script::Script};

    fn previews(words: &str, steps: &[(&str, &[&str])]) -> Vec<(PreviewSource, Option<String>)> {
        let rows =
            Script::new(words, steps).play(async |session| session.preview(UidSet::all()).await).unwrap();
        rows.into_iter().map(|row| (row.items.from, row.items.text)).collect()
    }

    #[test]
    fn by_the_server() {
        let answer = ["* 1 FETCH (UID 7 PREVIEW \"hello\")", "* 2 FETCH (UID 8 PREVIEW NIL)", "% OK done"];
        let rows = previews("IMAP4rev1 PREVIEW", &[("UID FETCH 1:* (UID PREVIEW)", &answer)]);
        assert_eq!(rows, [(PreviewSource::Server, Some("hello".into())), (PreviewSource::Server, None)]);
    }

    #[test]
    fn from_texts() {
        let text = |uid, encoding, charset| {
            format!(
                "* {uid} FETCH (UID {uid} BODYSTRUCTURE (\"text\" \"plain\" (\"charset\" \"{charset}\") NIL NIL \"{encoding}\" 9 1))"
            )
        };
        let structures = [
            &text(1, "7bit", "us-ascii"),
            &text(2, "base64", "utf-8"),
            &text(3, "quoted-printable", "ISO-8859-1"),
            "* 4 FETCH (UID 4 BODYSTRUCTURE ((\"text\" \"html\" NIL NIL NIL \"7bit\" 9 1)(\"image\" \"png\" NIL NIL NIL \"base64\" 9) \"related\"))",
            "* 5 FETCH (UID 5 BODYSTRUCTURE (\"image\" \"png\" NIL NIL NIL \"base64\" 9))",
            "* 6 FETCH (UID 6 BODYSTRUCTURE ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 9 1)(\"text\" \"html\" NIL NIL NIL \"7bit\" 9 1) \"alternative\"))",
            "* 7 FETCH (UID 7 BODYSTRUCTURE (((\"text\" \"plain\" NIL NIL NIL \"7bit\" 9 1) \"mixed\")(\"image\" \"png\" NIL NIL NIL \"base64\" 9) \"mixed\"))",
            "% OK done",
        ];
        let first = [
            "* 1 FETCH (UID 1 BODY[1]<0> {14}\r\nhello\r\n\r\nworld)",
            "* 2 FETCH (UID 2 BODY[1]<0> \"R3LDvMOf\")",
            "* 3 FETCH (UID 3 BODY[1]<0> \"caf=E9 =\")",
            "* 4 FETCH (UID 4 BODY[1]<0> \"<style>x</style><p>a &amp; b</p><br>c\")",
            "* 6 FETCH (UID 6 BODY[1]<0> NIL)",
            "% OK done",
        ];
        let second = ["* 7 FETCH (UID 7 BODY[1.1]<0> \"deep\")", "% OK done"];
        let rows = previews(
            "IMAP4rev1",
            &[
                ("UID FETCH 1:* (UID BODYSTRUCTURE)", &structures),
                ("UID FETCH 1:4,6 (UID BODY.PEEK[1]<0.4096>)", &first),
                ("UID FETCH 7 (UID BODY.PEEK[1.1]<0.4096>)", &second),
            ],
        );
        let told = |text: &str| Some(String::from(text));
        assert_eq!(
            rows,
            [
                (PreviewSource::Text, told("hello world")),
                (PreviewSource::Text, told("Grüß")),
                (PreviewSource::Text, told("café")),
                (PreviewSource::Html, told("a & b c")),
                (PreviewSource::Nothing, None),
                (PreviewSource::Text, None),
                (PreviewSource::Text, told("deep")),
            ]
        );
    }
}
