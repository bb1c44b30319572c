//! COPY and MOVE, and which message became what.

use alloc::vec::Vec;

use super::fetch::MessageLimit;
use crate::{
    Command, Server, Unsupported, Untagged,
    codec::{
        Code, Mailbox, NumberList, Status, Uid, UidSet, UidValidity,
        command::{Body, Messages},
        response::Data,
    },
};

/// `COPY`, `UID COPY` ([RFC 9051 section 6.4.7](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.7)).
///
/// If the mailbox does not exist, the error has the code `TRYCREATE`.
///
/// ```
/// use mailwire_imap_client::{codec::UidSet, command::Copy};
///
/// let uids: UidSet = "7:9".parse()?;
/// let copy = Copy::new(uids, "Archive");
/// # let _ = copy;
/// # Ok::<(), mailwire_imap_client::codec::InvalidSet>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Copy {
    /// Which messages of the selected mailbox.
    pub messages: Messages,
    /// Where to.
    pub mailbox: Mailbox,
}

/// `MOVE`, `UID MOVE` ([RFC 6851](https://www.rfc-editor.org/rfc/rfc6851),
/// [RFC 9051 section 6.4.8](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.8)).
///
/// That the messages are gone from the selected mailbox is told by events, as with EXPUNGE. If the command fails, some of them may
/// have been moved: events tell which, and the output until it is taken.
/// [`Session::mv`](crate::Session::mv) works with servers that have no MOVE, too.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Move {
    /// Which messages of the selected mailbox.
    pub messages: Messages,
    /// Where to.
    pub mailbox: Mailbox,
}

impl Copy {
    /// These messages to this mailbox.
    pub fn new(messages: impl Into<Messages>, mailbox: impl Into<Mailbox>) -> Self {
        Self { messages: messages.into(), mailbox: mailbox.into() }
    }
}

impl Move {
    /// These messages to this mailbox.
    pub fn new(messages: impl Into<Messages>, mailbox: impl Into<Mailbox>) -> Self {
        Self { messages: messages.into(), mailbox: mailbox.into() }
    }
}

impl Command for Copy {
    type Output = Copied;

    fn body(&self, _: &Server) -> Result<Body, Unsupported> {
        Ok(Body::Copy(self.messages.clone(), self.mailbox.clone()))
    }

    fn absorb(&self, data: Untagged, output: &mut Copied) -> Option<Untagged> {
        output.absorb(&self.messages, data)
    }

    fn finish(&self, status: &Status, output: &mut Copied) {
        output.take(status);
    }
}

impl Command for Move {
    type Output = Copied;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("MOVE")?;
        Ok(Body::Move(self.messages.clone(), self.mailbox.clone()))
    }

    fn absorb(&self, data: Untagged, output: &mut Copied) -> Option<Untagged> {
        output.absorb(&self.messages, data)
    }

    fn finish(&self, status: &Status, output: &mut Copied) {
        output.take(status);
    }
}

/// What COPY and MOVE bring: which message became what, as far as the server tells (UIDPLUS).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Copied {
    /// Several if the command was sent in pieces, or if the server told in pieces; none if it did not tell.
    pub maps: Vec<UidMap>,
    /// Whether the server left messages out because they are too many.
    pub message_limit: Option<MessageLimit>,
}

/// Which messages were copied to what: `COPYUID` ([RFC 4315 section 3](https://www.rfc-editor.org/rfc/rfc4315#section-3)).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UidMap {
    /// Of the mailbox with the copies.
    pub uid_validity: UidValidity,
    /// What was copied; the n-th became the n-th of the others.
    pub from: NumberList<Uid>,
    /// The copies.
    pub to: NumberList<Uid>,
}

impl UidMap {
    /// Each message with its copy. A server may name four billion of them.
    pub fn pairs(&self) -> impl Iterator<Item = (Uid, Uid)> + '_ {
        self.from.numbers().zip(self.to.numbers())
    }
}

impl Copied {
    /// Each message with its copy. A server may name four billion of them.
    ///
    /// ```
    /// use mailwire_imap_client::{Command, Untagged, codec::{Decoder, response::Response}, command::Copy};
    ///
    /// let copy = Copy::new("304,319:320".parse::<mailwire_imap_client::codec::UidSet>()?, "meeting");
    /// let mut copied = Default::default();
    /// let line = &b"a OK [COPYUID 38505 304,319:320 3956:3958] Done"[..];
    /// let Response::Tagged(_, status) = Decoder::default().response(line) else { panic!() };
    /// copy.finish(&status, &mut copied);
    /// let pairs: Vec<_> = copied.pairs().map(|(from, to)| (from.get(), to.get())).collect();
    /// assert_eq!(pairs, [(304, 3956), (319, 3957), (320, 3958)]);
    /// # Ok::<(), mailwire_imap_client::codec::InvalidSet>(())
    /// ```
    pub fn pairs(&self) -> impl Iterator<Item = (Uid, Uid)> + '_ {
        self.maps.iter().flat_map(UidMap::pairs)
    }

    /// All messages that were copied.
    pub fn from(&self) -> UidSet {
        self.maps.iter().fold(UidSet::new(), |all, map| all.union(&map.from.to_set()))
    }

    /// All copies.
    pub fn to(&self) -> UidSet {
        self.maps.iter().fold(UidSet::new(), |all, map| all.union(&map.to.to_set()))
    }

    /// Of the mailbox with the copies.
    pub fn uid_validity(&self) -> Option<UidValidity> {
        self.maps.first().map(|map| map.uid_validity)
    }

    /// MOVE tells its map before its end, because the messages are expunged before it, too
    /// ([RFC 6851 section 4.3](https://www.rfc-editor.org/rfc/rfc6851#section-4.3)); some servers do so at COPY.
    fn absorb(&mut self, messages: &Messages, data: Untagged) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::Status(status))
                if status.is_ok() && self.maps.len() < MOST_MAPS && is_of(messages, &status) =>
            {
                self.take(&status);
                None
            }
            other => Some(other),
        }
    }

    fn take(&mut self, status: &Status) {
        match &status.code {
            Some(Code::CopyUid { uid_validity, from, to }) => {
                let map = UidMap { uid_validity: *uid_validity, from: from.clone(), to: to.clone() };
                // Some tell the same at the end again.
                if !self.maps.contains(&map) {
                    self.maps.push(map);
                }
            }
            Some(Code::MessageLimit(limit, lowest)) => {
                self.message_limit = Some(MessageLimit { limit: *limit, lowest: *lowest });
            }
            _ => {}
        }
    }
}

/// How many maps are taken that come before the end: a server could send them without end.
const MOST_MAPS: usize = 1000;

/// Whether a status maps messages that the command names.
fn is_of(messages: &Messages, status: &Status) -> bool {
    match (&status.code, messages) {
        (Some(Code::CopyUid { from, .. }), Messages::Uid(set)) if !set.has_star() => {
            from.to_set().is_subset(set)
        }
        (Some(Code::CopyUid { .. }), _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::{
        codec::SequenceSet,
        command::{
            dialogue::{lacks, written},
            peer::answer,
        },
    };

    fn uids(set: &str) -> UidSet {
        set.parse().unwrap()
    }

    #[test]
    fn what_is_sent() {
        let numbers: SequenceSet = "2:4".parse().unwrap();
        assert_eq!(written(&Copy::new(numbers.clone(), "A b"), "").as_deref(), Ok("COPY 2:4 \"A b\""));
        assert_eq!(written(&Copy::new(uids("2:*"), "inbox"), "").as_deref(), Ok("UID COPY 2:* INBOX"));
        assert_eq!(written(&Move::new(numbers, "ä"), "MOVE").as_deref(), Ok("MOVE 2:4 &AOQ-"));
        assert_eq!(written(&Move::new(uids("5"), "a"), "IMAP4rev2").as_deref(), Ok("UID MOVE 5 a"));
        assert_eq!(written(&Move::new(uids("5"), "a"), "IMAP4rev1"), lacks("MOVE"));
    }

    #[test]
    fn maps_come_before_or_at_the_end() {
        let untagged = "* OK [COPYUID 432432 42:69 1202:1229] moved";
        let bare = "* [COPYUID 432432 42:69 1202:1229]";
        for lines in [
            &[untagged, "* 22 EXPUNGE", "a OK done"][..],
            &["a OK [COPYUID 432432 42:69 1202:1229] done"],
            &[bare, "* 22 EXPUNGE", "a OK done"],
            &["a [COPYUID 432432 42:69 1202:1229] done"],
            &[untagged, "a OK [COPYUID 432432 42:69 1202:1229] done"],
        ] {
            let (moved, back) = answer(&Move::new(uids("42:69"), "a"), lines);
            assert_eq!(moved.maps.len(), 1, "{lines:?}");
            assert_eq!(
                (moved.from().to_string(), moved.to().to_string()),
                ("42:69".into(), "1202:1229".into())
            );
            assert_eq!(moved.uid_validity(), UidValidity::new(432_432));
            assert!(back.iter().all(|line| line == "* 22 EXPUNGE"), "{back:?}");
            assert_eq!(answer(&Copy::new(uids("42:69"), "a"), lines).0, moved);
        }
    }

    #[test]
    fn maps_that_make_no_sense_are_left_out() {
        for code in
            ["[COPYUID 14  ]", "[COPYUID 0 35 41]", "[COPYUID 1234567890 1:5 100:*]", "[COPYUID 1 1:2 7]"]
        {
            let lines = [alloc::format!("* OK {code} moved"), alloc::format!("a OK {code} done")];
            let (moved, back) = answer(&Move::new(uids("1:99"), "a"), &[&lines[0], &lines[1]]);
            assert_eq!((moved, back.len()), (Copied::default(), 1), "{code}");
        }
    }

    #[test]
    fn maps_of_others_are_given_back() {
        let line = "* OK [COPYUID 1 7 8] moved";
        let (moved, back) = answer(&Move::new(uids("9"), "a"), &[line, "* OK hello"]);
        assert_eq!((moved, back.len()), (Copied::default(), 2));
        let number: SequenceSet = "9".parse().unwrap();
        assert_eq!(answer(&Move::new(number, "a"), &[line]).0.maps.len(), 1);
    }

    #[test]
    fn hostile_maps_stay_ranges() {
        let (copied, _) =
            answer(&Copy::new(UidSet::all(), "a"), &["a OK [COPYUID 1 1:4294967295 1:4294967295] done"]);
        assert_eq!(copied.from().to_string(), "1:4294967295");
        assert_eq!(copied.pairs().nth(2), Uid::new(3).zip(Uid::new(3)));
    }

    #[test]
    fn pieces() {
        let lines = [
            "a OK [COPYUID 1 1:2 11:12] done",
            "a OK done",
            "a OK [COPYUID 1 3 20] done",
            "a NO [MESSAGELIMIT 2 9] no",
        ];
        let (copied, _) = answer(&Copy::new(uids("1:5"), "a"), &lines);
        let pairs: Vec<_> = copied.pairs().map(|(from, to)| (from.get(), to.get())).collect();
        assert_eq!(pairs, [(1, 11), (2, 12), (3, 20)]);
        assert_eq!(copied.message_limit.unwrap().lowest, Uid::new(9));
    }
}
