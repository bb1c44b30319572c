//! CONVERT: parts of messages in another media type, made by the server.

use alloc::{collections::VecDeque, vec::Vec};

use super::{
    asked::may_name,
    fetch::{Literals, Row},
};
use crate::{
    Command, Server, Unsupported, Untagged,
    codec::{
        self, Octets, SeqNum, Uid,
        command::{Body, Messages},
        convert::{Attribute, Converted, Item},
        fetch::Content,
        response::Data,
    },
};

/// `CONVERT`, `UID CONVERT` ([RFC 5259 section 6](https://www.rfc-editor.org/rfc/rfc5259#section-6)).
///
/// What cannot be converted is told in its item; the command succeeds all the same.
///
/// ```
/// use mailwire_imap_client::{
///     codec::{Uid, convert::Attribute},
///     command::Convert,
/// };
///
/// # let uid = Uid::MIN;
/// let part = "2".parse()?;
/// let small = Convert::new(uid, "image/jpeg", [Attribute::Binary { part, partial: None }]).parameter("PIX-X", "128");
/// # let _ = small;
/// # Ok::<(), mailwire_imap_client::codec::ParseError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Convert {
    /// Of which messages.
    pub messages: Messages,
    /// Into which media type; if there is none, the server chooses.
    pub target: Option<Octets>,
    /// How, by name and value.
    pub parameters: Vec<(Octets, Octets)>,
    /// What is wanted of each, beside its UID.
    pub attributes: Vec<Attribute>,
    /// The most octets of one item that are kept; longer ones stay [`Content::Streamed`]. Default 256 MiB.
    pub longest: u64,
}

impl Convert {
    /// These items of these messages in this media type.
    pub fn new(
        messages: impl Into<Messages>,
        target: impl Into<Octets>,
        attributes: impl IntoIterator<Item = Attribute>,
    ) -> Self {
        Self {
            messages: messages.into(),
            target: Some(target.into()),
            parameters: Vec::new(),
            attributes: attributes.into_iter().collect(),
            longest: 256 * 1024 * 1024,
        }
    }

    /// How, by one more name and value: `charset`, `PIX-X`.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<Octets>, value: impl Into<Octets>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }
}

impl Command for Convert {
    type Output = ConvertedRows;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("CONVERT")?;
        let mut attributes = self.attributes.clone();
        if !attributes.is_empty() && !attributes.contains(&Attribute::Uid) {
            attributes.insert(0, Attribute::Uid);
        }
        Ok(Body::Convert(codec::convert::Convert {
            messages: self.messages.clone(),
            target: self.target.clone(),
            parameters: self.parameters.clone(),
            attributes,
        }))
    }

    fn absorb(&self, data: Untagged, output: &mut ConvertedRows) -> Option<Untagged> {
        match data {
            Untagged::Head(Data::Converted(head)) if self.is_answer(&head) => {
                output.literals.begin(head.items.iter().filter_map(content), self.longest);
                None
            }
            Untagged::Chunk(octets) => {
                output.literals.push(octets);
                None
            }
            Untagged::Data(Data::Converted(mut converted)) if self.is_answer(&converted) => {
                converted
                    .items
                    .iter_mut()
                    .filter_map(content_mut)
                    .for_each(|content| output.literals.fill(content));
                output.literals.clear();
                output.rows.push_back(Row {
                    seq: Some(converted.number.into()),
                    uid: uid(&converted),
                    items: converted.items,
                    ..Row::default()
                });
                None
            }
            other => Some(other),
        }
    }
}

impl Convert {
    fn is_answer(&self, converted: &Converted) -> bool {
        may_name(&self.messages, SeqNum::from(converted.number).into(), uid(converted))
    }
}

/// What CONVERT brings. Rows can be taken from the front while the command is in progress.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ConvertedRows {
    /// One for each message, in the order of the server: what was asked for, or why it is not there.
    pub rows: VecDeque<Row<Vec<Item>>>,
    literals: Literals,
}

fn uid(converted: &Converted) -> Option<Uid> {
    converted.items.iter().find_map(|item| if let Item::Uid(uid) = item { Some(*uid) } else { None })
}

/// The octets that an item holds.
fn content(item: &Item) -> Option<&Content> {
    match item {
        Item::Binary { content, .. } | Item::Header(_, content) | Item::Mime(_, content) => {
            content.as_ref().ok()
        }
        _ => None,
    }
}

/// The same, to be put in.
fn content_mut(item: &mut Item) -> Option<&mut Content> {
    match item {
        Item::Binary { content, .. } | Item::Header(_, content) | Item::Mime(_, content) => {
            content.as_mut().ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        codec::{SequenceSet, UidSet, convert::Reason},
        command::{
            dialogue::{lacks, written},
            peer::absorbed,
        },
    };

    fn pdf() -> Convert {
        let uids: UidSet = "7:8".parse().unwrap();
        let binary = Attribute::Binary { part: "2".parse().unwrap(), partial: None };
        Convert::new(uids, "application/pdf", [binary, Attribute::BinarySize("2".parse().unwrap())])
    }

    #[test]
    fn what_is_sent() {
        assert_eq!(
            written(&pdf().parameter("PIX-X", "128"), "CONVERT").as_deref(),
            Ok("UID CONVERT 7:8 (\"application/pdf\" (PIX-X 128)) (UID BINARY[2] BINARY.SIZE[2])")
        );
        let number: SequenceSet = "3".parse().unwrap();
        let any =
            Convert { target: None, ..Convert::new(number, "", [Attribute::Mime("1".parse().unwrap())]) };
        assert_eq!(written(&any, "CONVERT").as_deref(), Ok("CONVERT 3 (NIL) (UID BODY[1.MIME])"));
        assert_eq!(written(&any, ""), lacks("CONVERT"));
        assert!(written(&Convert { attributes: Vec::new(), ..any }, "CONVERT").is_err());
    }

    #[test]
    fn rows() {
        let wire = concat!(
            "* 1 CONVERTED (TAG \"a\") (UID 7 BINARY[2] {4}\r\nx\r\ny BINARY.SIZE[2] 4)\r\n",
            "* 1 FETCH (FLAGS ())\r\n",
            "* 2 CONVERTED (TAG \"a\") (UID 8 BINARY[2] (ERROR \"no\" TEMPFAIL 5))\r\n",
            "* 3 CONVERTED (TAG \"a\") (UID 9 BINARY.SIZE[2] 4)\r\n",
            "a OK done\r\n",
        );
        for inline in [0, 100] {
            let (converted, back) = absorbed(&pdf(), wire, inline, 7);
            assert_eq!((converted.rows.len(), back.len()), (2, 2), "{back:?}");
            let (first, second) = (&converted.rows[0], &converted.rows[1]);
            assert_eq!((first.uid, first.seq), (Uid::new(7), SeqNum::new(1)));
            assert_eq!(content(&first.items[1]), Some(&Content::Octets("x\r\ny".into())));
            assert!(matches!(&second.items[1], Item::Binary { content: Err(failure), .. }
                if matches!(failure.reason, Reason::TempFail(Some(_)))));
        }
        let (converted, _) = absorbed(&Convert { longest: 3, ..pdf() }, wire, 0, 7);
        assert_eq!(content(&converted.rows[0].items[1]), Some(&Content::Streamed(4)));
    }
}
