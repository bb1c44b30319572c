//! STORE: flags, labels and annotations of messages.

use alloc::{collections::VecDeque, vec::Vec};

use super::{
    asked::may_name,
    fetch::{MessageLimit, Row, place},
};
use crate::{
    Command, Server, Unsupported, Untagged,
    codec::{
        Code, Flag, Flags, ModSeq, Octets, SequenceSet, Status, UidSet,
        annotation::Annotation,
        command::{self, Action, Body, Messages, Values},
        fetch::{Fetch, Item},
        response::Data,
    },
};

/// `STORE`, `UID STORE` ([RFC 9051 section 6.4.6](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.6)).
///
/// ```
/// use mailwire_imap_client::{codec::{Flag, Uid}, command::Store};
///
/// # let uid = Uid::MIN;
/// let seen = Store::add(uid, [Flag::Seen]).silent();
/// # let _ = seen;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Store {
    /// Of which messages.
    pub messages: Messages,
    /// Whether the values are added, taken away, or are all there is afterwards. Annotations are merely set.
    pub action: Action,
    /// Flags, labels or annotations.
    pub values: Values,
    /// Whether the new flags are not to be told.
    pub silent: bool,
    /// Only of messages that have not changed since: `UNCHANGEDSINCE`
    /// ([RFC 7162 section 3.1.3](https://www.rfc-editor.org/rfc/rfc7162#section-3.1.3)).
    pub unchanged_since: Option<ModSeq>,
}

impl Store {
    /// Does this with these values.
    pub fn new(messages: impl Into<Messages>, action: Action, values: Values) -> Self {
        Self { messages: messages.into(), action, values, silent: false, unchanged_since: None }
    }

    /// Adds flags.
    pub fn add(messages: impl Into<Messages>, flags: impl IntoIterator<Item = Flag>) -> Self {
        Self::new(messages, Action::Add, Values::Flags(flags.into_iter().collect()))
    }

    /// Takes flags away.
    pub fn remove(messages: impl Into<Messages>, flags: impl IntoIterator<Item = Flag>) -> Self {
        Self::new(messages, Action::Remove, Values::Flags(flags.into_iter().collect()))
    }

    /// Sets these flags and takes all others away.
    pub fn replace(messages: impl Into<Messages>, flags: impl IntoIterator<Item = Flag>) -> Self {
        Self::new(messages, Action::Replace, Values::Flags(flags.into_iter().collect()))
    }

    /// Changes labels of Gmail.
    pub fn labels(
        messages: impl Into<Messages>,
        action: Action,
        labels: impl IntoIterator<Item = impl Into<Octets>>,
    ) -> Self {
        let labels = labels.into_iter().map(Into::into).collect();
        Self::new(messages, action, Values::GmailLabels(labels))
    }

    /// Sets annotations; one without a value is taken away
    /// ([RFC 5257 section 4.4](https://www.rfc-editor.org/rfc/rfc5257#section-4.4)).
    pub fn annotations(
        messages: impl Into<Messages>,
        annotations: impl IntoIterator<Item = Annotation>,
    ) -> Self {
        let annotations = annotations.into_iter().collect();
        Self::new(messages, Action::Replace, Values::Annotations(annotations))
    }

    /// The new flags are not told.
    #[must_use]
    pub fn silent(self) -> Self {
        Self { silent: true, ..self }
    }

    /// Only of messages that have not changed since; [`Stored::modified`] tells the others.
    #[must_use]
    pub fn unchanged_since(self, value: ModSeq) -> Self {
        Self { unchanged_since: Some(value), ..self }
    }

    /// Whether a response tells what this command did, and nothing else. Flags that come although they were not to be told
    /// are of somebody else.
    fn is_answer(&self, fetch: &Fetch) -> bool {
        let uid = fetch.uid();
        let is_own = |item: &Item| match item {
            Item::Uid(_) | Item::ModSeq(_) => true,
            Item::Flags(_) => matches!(self.values, Values::Flags(_)) && !self.silent,
            Item::GmailLabels(_) => matches!(self.values, Values::GmailLabels(_)) && !self.silent,
            _ => false,
        };
        let tells = |item: &Item| !matches!(item, Item::Uid(_));
        may_name(&self.messages, fetch.message, uid)
            && (uid.is_some() || !self.messages.is_uid())
            && fetch.items.iter().all(is_own)
            && fetch.items.iter().any(tells)
    }
}

impl Command for Store {
    type Output = Stored;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        match &self.values {
            Values::Annotations(_) => server.require("ANNOTATE-EXPERIMENT-1")?,
            Values::GmailLabels(_) => server.require("X-GM-EXT-1")?,
            _ => {}
        }
        if self.unchanged_since.is_some() {
            server.require("CONDSTORE")?;
        }
        Ok(Body::Store(command::Store {
            messages: self.messages.clone(),
            unchanged_since: self.unchanged_since,
            action: self.action,
            silent: self.silent,
            values: self.values.clone(),
        }))
    }

    fn absorb(&self, data: Untagged, output: &mut Stored) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::Fetch(fetch)) if self.is_answer(&fetch) => {
                place(&mut output.rows, &fetch, |row| {
                    for item in &fetch.items {
                        match item {
                            Item::Flags(flags) => row.items.flags = Some(flags.clone()),
                            Item::GmailLabels(labels) => row.items.gmail_labels = Some(labels.clone()),
                            Item::ModSeq(value) => row.mod_seq = Some(*value),
                            _ => {}
                        }
                    }
                });
                None
            }
            other => Some(other),
        }
    }

    fn finish(&self, status: &Status, output: &mut Stored) {
        match &status.code {
            Some(Code::Modified(set)) if self.messages.is_uid() => {
                output
                    .modified
                    .extend(set.ranges().map(|range| (*range.start()).into()..=(*range.end()).into()));
            }
            Some(Code::Modified(set)) => {
                let ranges = set.ranges().map(|range| (*range.start()).into()..=(*range.end()).into());
                output.modified_numbers.extend(ranges);
            }
            Some(Code::MessageLimit(limit, lowest)) => {
                output.message_limit = Some(MessageLimit { limit: *limit, lowest: *lowest });
            }
            _ => {}
        }
    }
}

/// What STORE brings.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Stored {
    /// What messages have now, as far as the server tells; with [`Store::silent`] only their modification sequences.
    pub rows: VecDeque<Row<Now>>,
    /// Messages that were not changed, because others have changed them: `[MODIFIED ..]`. Empty if messages were named by
    /// sequence number.
    pub modified: UidSet,
    /// The same if messages were named by sequence number.
    pub modified_numbers: SequenceSet,
    /// Whether the server left messages out because they are too many.
    pub message_limit: Option<MessageLimit>,
}

/// What a message has now.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Now {
    /// All its flags.
    pub flags: Option<Flags>,
    /// All its labels, of Gmail.
    pub gmail_labels: Option<Vec<Octets>>,
}

#[cfg(test)]
mod tests {
    use alloc::{string::ToString as _, vec};

    use super::*;
    use crate::{
        codec::annotation::Attribute,
        command::{
            dialogue::{lacks, written},
            peer::answer,
        },
    };

    fn uids(set: &str) -> UidSet {
        set.parse().unwrap()
    }

    fn since(value: u64) -> ModSeq {
        ModSeq::new(value).unwrap()
    }

    #[test]
    fn what_is_sent() {
        let numbers: SequenceSet = "2:4".parse().unwrap();
        let annotation = Annotation {
            entry: "/comment".parse().unwrap(),
            attributes: vec![(Attribute::ValueShared, Some("x".into()))],
        };
        for (store, words, line) in [
            (Store::add(uids("1:3"), [Flag::Seen]), "", "UID STORE 1:3 +FLAGS (\\Seen)"),
            (Store::remove(numbers.clone(), [Flag::Seen]).silent(), "", "STORE 2:4 -FLAGS.SILENT (\\Seen)"),
            (Store::replace(numbers.clone(), []), "", "STORE 2:4 FLAGS ()"),
            (
                Store::add(uids("7"), [Flag::Deleted]).unchanged_since(since(9)),
                "QRESYNC",
                "UID STORE 7 (UNCHANGEDSINCE 9) +FLAGS (\\Deleted)",
            ),
            (
                Store::labels(uids("7"), Action::Add, ["\\Inbox", "a b"]),
                "X-GM-EXT-1",
                "UID STORE 7 +X-GM-LABELS (\"\\\\Inbox\" \"a b\")",
            ),
            (
                Store::annotations(uids("7"), [annotation.clone()]),
                "ANNOTATE-EXPERIMENT-1",
                "UID STORE 7 ANNOTATION (/comment (value.shared \"x\"))",
            ),
        ] {
            assert_eq!(written(&store, words).as_deref(), Ok(line));
        }
        let conditional = Store::add(uids("7"), []).unchanged_since(since(0));
        assert_eq!(written(&conditional, ""), lacks("CONDSTORE"));
        assert_eq!(written(&Store::labels(uids("7"), Action::Add, ["a"]), ""), lacks("X-GM-EXT-1"));
        let annotations = Store::annotations(uids("7"), [annotation]);
        assert_eq!(written(&annotations, ""), lacks("ANNOTATE-EXPERIMENT-1"));
    }

    #[test]
    fn what_messages_have_now() {
        let lines = [
            "* 1 FETCH (UID 4 FLAGS (\\Seen) MODSEQ (5))",
            "* 2 FETCH (FLAGS (\\Seen))",
            "* 3 FETCH (UID 9 FLAGS (\\Seen))",
            "* 1 FETCH (UID 4 FLAGS (\\Seen \\Flagged))",
            "* 1 FETCH (UID 4 FLAGS (\\Seen) RFC822.SIZE 7)",
            "* 1 FETCH (UID 4)",
            "* 1 FETCH (UID 5 MODSEQ (8))",
            "* 7 EXISTS",
            "a OK done",
        ];
        let (stored, back) = answer(&Store::add(uids("4:6"), [Flag::Seen]), &lines);
        assert_eq!(back, [lines[1], lines[2], lines[4], lines[5], lines[7]]);
        let now: Vec<_> = stored
            .rows
            .iter()
            .map(|row| (row.uid.unwrap().get(), row.mod_seq.map(ModSeq::get), row.items.flags.clone()))
            .collect();
        let flags = |flags: &[Flag]| Some(flags.iter().cloned().collect::<Flags>());
        assert_eq!(now, [(4, Some(5), flags(&[Flag::Seen, Flag::Flagged])), (5, Some(8), None)]);
        // Nobody asked for flags: these are of others.
        let (stored, back) = answer(&Store::add(uids("4:6"), [Flag::Seen]).silent(), &lines);
        assert_eq!((stored.rows.len(), back.len()), (1, 7));
        let numbers: SequenceSet = "2".parse().unwrap();
        let (stored, back) = answer(&Store::add(numbers, [Flag::Seen]), &lines);
        assert_eq!((stored.rows.len(), back.len()), (1, 7));
    }

    #[test]
    fn labels() {
        let store = Store::labels(uids("4"), Action::Replace, ["a"]);
        let lines = ["* 1 FETCH (UID 4 X-GM-LABELS (\"\\\\Inbox\" a))", "* 1 FETCH (UID 4 FLAGS ())"];
        let (stored, back) = answer(&store, &lines);
        assert_eq!(stored.rows[0].items.gmail_labels.as_ref().unwrap(), &["\\Inbox", "a"]);
        assert_eq!(back, [lines[1]]);
    }

    #[test]
    fn messages_that_others_changed() {
        let store = Store::add(uids("1:900"), [Flag::Seen]).unchanged_since(since(5));
        // Of two pieces.
        let lines = ["a OK [MODIFIED 7,9:12] conditional", "a OK [MODIFIED 500] conditional", "a OK done"];
        let (stored, _) = answer(&store, &lines);
        assert_eq!(
            (stored.modified.to_string(), stored.modified_numbers.is_empty()),
            ("7,9:12,500".into(), true)
        );
        let numbers: SequenceSet = "1:9".parse().unwrap();
        let (stored, _) = answer(&Store::add(numbers, [Flag::Seen]).unchanged_since(since(5)), &lines[..1]);
        assert_eq!(
            (stored.modified.is_empty(), stored.modified_numbers.to_string()),
            (true, "7,9:12".into())
        );
        let (stored, _) = answer(&store, &["a OK [MESSAGELIMIT 500 401] some"]);
        assert_eq!(stored.message_limit.unwrap().limit, 500);
    }
}
