//! A part of a message without its transfer encoding, by the server or by us.

use alloc::vec::Vec;

use super::decode::TransferEncoding;
use crate::{
    CommandError, Execute,
    codec::{BodyStructure, Code, Octets, fetch::Message, section::Part},
    command::{
        Fetch,
        fetch::{self, Invalid},
    },
};

/// What [`Session::part`](crate::Session::part) brings.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct DecodedPart {
    /// The octets; absent if there is no such part or message, or if they cannot be had.
    pub octets: Option<Octets>,
    /// Which transfer encoding we took away; absent if the server did (BINARY).
    pub decoded: Option<TransferEncoding>,
    /// What was told and cannot be had.
    pub invalid: Vec<Invalid>,
}

pub(super) async fn part<E: Execute + ?Sized>(
    session: &mut E,
    message: Message,
    part: Part,
) -> Result<DecodedPart, E::Error> {
    let server = session.server().await?;
    if server.has("BINARY") || server.has("IMAP4rev2") {
        match session.run(Fetch::new(message, fetch::Binary::part(part.clone()))).await {
            Ok(mut fetched) => {
                let row = fetched.rows.pop_front().unwrap_or_default();
                return Ok(DecodedPart { octets: row.items, decoded: None, invalid: row.invalid });
            }
            // "a server that cannot decode it" (RFC 3516 section 4.3): the octets are there all the same.
            Err(error)
                if E::command_error(&error).and_then(CommandError::code) == Some(&Code::UnknownCte) => {}
            Err(error) => return Err(error),
        }
    }
    let items = (fetch::BodyStructure, fetch::Body::part(part.clone()));
    let mut fetched = session.run(Fetch::new(message, items)).await?;
    let row = fetched.rows.pop_front().unwrap_or_default();
    let (structure, octets) = row.items;
    let encoding = structure.map_or(TransferEncoding::Unknown, |structure| encoding(&structure, &part));
    let octets = octets.map(|octets| match encoding {
        TransferEncoding::Identity | TransferEncoding::Unknown => octets,
        encoding => encoding.decode(&octets).into(),
    });
    Ok(DecodedPart { octets, decoded: Some(encoding), invalid: row.invalid })
}

/// That of a part; a multipart and the message itself have none.
fn encoding(structure: &BodyStructure, part: &Part) -> TransferEncoding {
    match structure.part(part) {
        Some(BodyStructure::Single(single)) if !part.0.is_empty() => TransferEncoding::new(&single.encoding),
        Some(BodyStructure::Single(_) | BodyStructure::Multipart(_)) => TransferEncoding::Identity,
        _ => TransferEncoding::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Session as _, codec::Uid, session::script::Script};

    const STRUCTURE: &str = r#"* 1 FETCH (UID 7 BODYSTRUCTURE (("text" "plain" NIL NIL NIL "quoted-printable" 9 1)("a" "b" NIL NIL NIL "BASE64" 9) "mixed")"#;

    fn fetched(words: &str, part: &str, steps: &[(&str, &[&str])]) -> DecodedPart {
        let (uid, part) = (Uid::new(7).unwrap(), part.parse().unwrap());
        Script::new(words, steps).play(async |session| session.part(uid, part).await).unwrap()
    }

    #[test]
    fn by_the_server() {
        for words in ["IMAP4rev1 BINARY", "IMAP4rev2"] {
            let answer = ["* 1 FETCH (UID 7 BINARY[2] ~{3}\r\n\0hi)", "% OK done"];
            let part = fetched(words, "2", &[("UID FETCH 7 (UID BINARY.PEEK[2])", &answer)]);
            assert_eq!((part.octets.unwrap(), part.decoded), ("\0hi".into(), None));
            let part = fetched(words, "2", &[("UID FETCH 7 (UID BINARY.PEEK[2])", &["% OK done"])]);
            assert_eq!(part, DecodedPart::default());
        }
    }

    #[test]
    fn by_us() {
        for (number, octets, decoded, encoding) in [
            ("1", "caf=C3=A9", "café", TransferEncoding::QuotedPrintable),
            ("2", "aGVs\\bG8=", "hello", TransferEncoding::Base64),
            ("3", "=41", "=41", TransferEncoding::Unknown),
            ("", "=41", "=41", TransferEncoding::Identity),
        ] {
            let answer = [STRUCTURE, " BODY[", number, "] \"", &octets.replace('\\', "\\\\"), "\")"].concat();
            let command = ["UID FETCH 7 (UID BODYSTRUCTURE BODY.PEEK[", number, "])"].concat();
            let part = fetched("IMAP4rev1", number, &[(&command, &[&answer, "% OK done"])]);
            assert_eq!((part.octets.unwrap(), part.decoded), (decoded.into(), Some(encoding)));
        }
    }

    #[test]
    fn by_us_after_the_server_could_not() {
        let answer = [STRUCTURE, " BODY[2] \"aGVsbG8=\")"].concat();
        let part = fetched(
            "IMAP4rev1 BINARY",
            "2",
            &[
                ("UID FETCH 7 (UID BINARY.PEEK[2])", &["% NO [UNKNOWN-CTE] no"]),
                ("UID FETCH 7 (UID BODYSTRUCTURE BODY.PEEK[2])", &[&answer, "% OK done"]),
            ],
        );
        assert_eq!((part.octets.unwrap(), part.decoded), ("hello".into(), Some(TransferEncoding::Base64)));
        let steps: [(&str, &[&str]); 1] = [("UID FETCH 7 (UID BINARY.PEEK[2])", &["% NO no"])];
        let mut script = Script::new("IMAP4rev1 BINARY", &steps);
        let answer =
            script.play(async |session| session.part(Uid::new(7).unwrap(), "2".parse().unwrap()).await);
        assert!(answer.is_err());
    }

    #[test]
    fn what_is_not_there() {
        let answer = [STRUCTURE, " BODY[9] NIL)"].concat();
        let step: (&str, &[&str]) = ("UID FETCH 7 (UID BODYSTRUCTURE BODY.PEEK[9])", &[&answer, "% OK done"]);
        assert_eq!(fetched("IMAP4rev1", "9", &[step]).octets, None);
    }
}
