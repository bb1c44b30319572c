//! Commands as sentences: what is mostly said, with what is seldom said added to it.

use alloc::{boxed::Box, vec::Vec};
use core::ops::RangeInclusive;

use super::{
    Action, Body, Command, Fetch, List, ListReturn, ListSelect, Messages, QResync, SearchCommand, Select,
    Sort, Store, Thread, ThreadAlgorithm, Values,
};
use crate::{
    Flags, Mailbox, ModSeq, PartialRange, Search, SeqNum, SequenceSet, Tag, Uid, UidSet, UidValidity,
    annotation::Annotation, command::Criterion, fetch_attribute::Attribute,
};

impl Command {
    /// A command with its tag.
    pub fn new(tag: Tag, body: Body) -> Self {
        Self { tag, body }
    }
}

impl Body {
    /// The first word of the command, or the second one after `UID`: `SELECT`, `FETCH`; `X` for one of no standard.
    ///
    /// ```
    /// use mailwire_imap::{UidSet, command::{Body, Messages}};
    ///
    /// assert_eq!(Body::Expunge(Some(UidSet::all().into())).name(), "EXPUNGE");
    /// ```
    pub fn name(&self) -> &'static str {
        match self {
            Self::Experimental { .. } => "X",
            known => core::str::from_utf8(known.word()).unwrap_or_default(),
        }
    }
}

impl From<RangeInclusive<SeqNum>> for Messages {
    fn from(numbers: RangeInclusive<SeqNum>) -> Self {
        Self::Sequence(numbers.into())
    }
}

impl From<RangeInclusive<Uid>> for Messages {
    fn from(uids: RangeInclusive<Uid>) -> Self {
        Self::Uid(uids.into())
    }
}

impl Select {
    /// The same with modification sequences: `(CONDSTORE)`.
    #[must_use]
    pub fn with_condstore(self) -> Self {
        Self { condstore: true, ..self }
    }

    /// The same, with what changed since the client saw the mailbox: `(QRESYNC (...))`.
    ///
    /// ```
    /// use mailwire_imap::{ModSeq, UidValidity, command::{QResync, Select}};
    ///
    /// let known = QResync::new(UidValidity::new(67890007).unwrap(), ModSeq::from(20050715));
    /// let select = Select::new("INBOX").with_qresync(known.knowing("41,43:211".parse().unwrap()));
    /// assert!(select.qresync.unwrap().known_uids.is_some());
    /// ```
    #[must_use]
    pub fn with_qresync(self, known: QResync) -> Self {
        Self { qresync: Some(Box::new(known)), ..self }
    }
}

impl QResync {
    /// What was known last.
    pub fn new(uid_validity: UidValidity, mod_seq: ModSeq) -> Self {
        Self { uid_validity, mod_seq, known_uids: None, sequence_match: None }
    }

    /// The same with the messages that are known: no others are told to be gone.
    #[must_use]
    pub fn knowing(self, uids: UidSet) -> Self {
        Self { known_uids: Some(uids), ..self }
    }

    /// The same with some sequence numbers and their UIDs, by which a server that has forgotten which messages are gone can
    /// tell fewer.
    #[must_use]
    pub fn matching(self, numbers: SequenceSet, uids: UidSet) -> Self {
        Self { sequence_match: Some((numbers, uids)), ..self }
    }
}

impl Fetch {
    /// Of these messages, without modifiers.
    ///
    /// ```
    /// use mailwire_imap::{ModSeq, UidSet, command::Fetch, fetch_attribute::Attribute};
    ///
    /// let fetch = Fetch::of(UidSet::all(), [Attribute::Flags]).changed_since(ModSeq::from(12345)).with_vanished();
    /// assert!(fetch.messages.is_uid() && fetch.vanished);
    /// ```
    pub fn of(messages: impl Into<Messages>, attributes: impl IntoIterator<Item = Attribute>) -> Self {
        Self::new(messages.into(), attributes.into_iter().collect())
    }

    /// The same, only of messages that have changed since: `CHANGEDSINCE`.
    #[must_use]
    pub fn changed_since(self, mod_seq: ModSeq) -> Self {
        Self { changed_since: Some(mod_seq), ..self }
    }

    /// The same, also with the messages that are gone since: `VANISHED`, which is for UIDs and needs
    /// [`changed_since`](Self::changed_since).
    #[must_use]
    pub fn with_vanished(self) -> Self {
        Self { vanished: true, ..self }
    }

    /// The same, only of a part of the messages: `PARTIAL`.
    #[must_use]
    pub fn partial(self, range: PartialRange) -> Self {
        Self { partial: Some(range), ..self }
    }
}

impl Attribute {
    /// The same of a range of octets, where it is about content: where to start, and how many at most, which is not 0.
    ///
    /// ```
    /// use mailwire_imap::{fetch_attribute::Attribute, section::Section};
    ///
    /// let start = Attribute::peek(Section::whole()).range(0, 2048);
    /// assert_eq!(start, Attribute::Body { section: Section::whole(), partial: Some((0, 2048)), peek: true });
    /// ```
    #[must_use]
    pub fn range(mut self, start: u64, length: u64) -> Self {
        if let Self::Binary { partial, .. } | Self::Body { partial, .. } = &mut self {
            *partial = Some((start, length));
        }
        self
    }
}

impl Store {
    /// Adds flags: `+FLAGS`.
    ///
    /// ```
    /// use mailwire_imap::{Flag, UidSet, command::Store};
    ///
    /// let uids: UidSet = "4:7".parse()?;
    /// let store = Store::add(uids, [Flag::Deleted]).silent();
    /// assert!(store.silent);
    /// # Ok::<(), mailwire_imap::InvalidSet>(())
    /// ```
    pub fn add(messages: impl Into<Messages>, values: impl Into<Values>) -> Self {
        Self::new(messages.into(), Action::Add, values.into())
    }

    /// Takes flags away: `-FLAGS`.
    pub fn remove(messages: impl Into<Messages>, values: impl Into<Values>) -> Self {
        Self::new(messages.into(), Action::Remove, values.into())
    }

    /// Sets flags in place of all others: `FLAGS`.
    pub fn replace(messages: impl Into<Messages>, values: impl Into<Values>) -> Self {
        Self::new(messages.into(), Action::Replace, values.into())
    }

    fn new(messages: Messages, action: Action, values: Values) -> Self {
        Self { messages, unchanged_since: None, action, silent: false, values }
    }

    /// The same, and the server need not tell the new flags.
    #[must_use]
    pub fn silent(self) -> Self {
        Self { silent: true, ..self }
    }

    /// The same, only of messages that have not changed since: `UNCHANGEDSINCE`.
    #[must_use]
    pub fn unchanged_since(self, mod_seq: ModSeq) -> Self {
        Self { unchanged_since: Some(mod_seq), ..self }
    }
}

impl From<Flags> for Values {
    fn from(flags: Flags) -> Self {
        Self::Flags(flags)
    }
}

impl<const N: usize> From<[crate::Flag; N]> for Values {
    fn from(flags: [crate::Flag; N]) -> Self {
        Self::Flags(flags.into())
    }
}

impl From<Vec<Annotation>> for Values {
    fn from(annotations: Vec<Annotation>) -> Self {
        Self::Annotations(annotations)
    }
}

impl List {
    /// The same, only those of these kinds; needs LIST-EXTENDED or SPECIAL-USE.
    ///
    /// ```
    /// use mailwire_imap::{command::{List, ListReturn, ListSelect}, mailbox_status::Attribute};
    ///
    /// let list = List::new("*")
    ///     .selecting([ListSelect::Subscribed])
    ///     .returning([ListReturn::Children, ListReturn::Status(vec![Attribute::Messages])]);
    /// assert_eq!((list.select.len(), list.returns.map(|returns| returns.len())), (1, Some(2)));
    /// ```
    #[must_use]
    pub fn selecting(self, options: impl IntoIterator<Item = ListSelect>) -> Self {
        Self { select: options.into_iter().collect(), ..self }
    }

    /// The same, with this told of each; needs LIST-EXTENDED.
    #[must_use]
    pub fn returning(self, options: impl IntoIterator<Item = ListReturn>) -> Self {
        Self { returns: Some(options.into_iter().collect()), ..self }
    }

    /// The same, relative to this name.
    #[must_use]
    pub fn below(self, reference: impl Into<Mailbox>) -> Self {
        Self { reference: Some(reference.into()), ..self }
    }
}

impl Sort {
    /// `SORT`, which finds sequence numbers.
    pub fn sequence(criteria: impl IntoIterator<Item = Criterion>, search: Search) -> Self {
        Self { search: SearchCommand::sequence(search), criteria: criteria.into_iter().collect() }
    }
}

impl Thread {
    /// `THREAD`, which finds sequence numbers.
    pub fn sequence(algorithm: ThreadAlgorithm, search: Search) -> Self {
        Self { search: SearchCommand::sequence(search), algorithm }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::{
        Flag, Octets, acl,
        command::tests::encoded,
        encoder::Abilities,
        metadata::{self, Depth, Entry, GetMetadata},
        section::Section,
    };

    #[test]
    fn sentences_and_what_is_sent() {
        let uids = |text: &str| text.parse::<UidSet>().unwrap();
        let (uid, number) = (|n| Uid::new(n).unwrap(), |n| SeqNum::new(n).unwrap());
        let entry = |name: &str| Entry::new(name).unwrap();
        let known = QResync::new(UidValidity::new(5).unwrap(), ModSeq::from(7));
        for (body, line) in [
            (Body::Select(Select::new("x").with_condstore()), "SELECT x (CONDSTORE)"),
            (
                Body::Examine(
                    Select::new("x").with_qresync(
                        known.knowing(uids("1:9")).matching("1,3".parse().unwrap(), uids("2,8")),
                    ),
                ),
                "EXAMINE x (QRESYNC (5 7 1:9 (1,3 2,8)))",
            ),
            (
                Body::Fetch(
                    Fetch::of(uid(3)..=uid(9), [Attribute::Flags]).changed_since(ModSeq::MAX).with_vanished(),
                ),
                "UID FETCH 3:9 FLAGS (CHANGEDSINCE 9223372036854775807 VANISHED)",
            ),
            (
                Body::Fetch(
                    Fetch::of(
                        number(3),
                        [Attribute::peek(Section::text()).range(5, 9), Attribute::Uid.range(1, 2)],
                    )
                    .partial("-1:-5".parse().unwrap()),
                ),
                "FETCH 3 (BODY.PEEK[TEXT]<5.9> UID) (PARTIAL -1:-5)",
            ),
            (Body::Store(Store::add(uid(3), [Flag::Seen])), "UID STORE 3 +FLAGS (\\Seen)"),
            (
                Body::Store(Store::remove(number(1)..=number(3), Flags::from([Flag::Seen])).silent()),
                "STORE 1:3 -FLAGS.SILENT (\\Seen)",
            ),
            (
                Body::Store(Store::replace(uids("4,6"), []).unchanged_since(ModSeq::from(8))),
                "UID STORE 4,6 (UNCHANGEDSINCE 8) FLAGS ()",
            ),
            (Body::Expunge(Some(uids("1:*").into())), "UID EXPUNGE 1:*"),
            (
                Body::List(List::new("%").below("a/").selecting([ListSelect::Remote]).returning([])),
                "LIST (REMOTE) a/ % RETURN ()",
            ),
            (
                Body::Sort(Sort::sequence([super::super::SortKey::Date.into()], Search::all())),
                "SORT (DATE) UTF-8 ALL",
            ),
            (
                Body::Thread(Thread::sequence(ThreadAlgorithm::References, Search::seen())),
                "THREAD REFERENCES UTF-8 SEEN",
            ),
            (
                Body::GetMetadata(GetMetadata::new("", [entry("/shared/a")]).max_size(9).depth(Depth::One)),
                "GETMETADATA (MAXSIZE 9 DEPTH 1) \"\" /shared/a",
            ),
            (
                Body::SetMetadata("x".into(), vec![metadata::Annotation::new(entry("/private/a"), "b")]),
                "SETMETADATA x (/private/a \"b\")",
            ),
            (Body::SetAcl("x".into(), "y".into(), acl::Change::Add(acl::Rights::READ)), "SETACL x y +r"),
        ] {
            let (name, is_uid) = (body.name(), line.starts_with("UID "));
            assert_eq!(line.split(' ').nth(usize::from(is_uid)), Some(name));
            let command = Command::new(Tag::new("a").unwrap(), body);
            assert_eq!(encoded(&command, Abilities::default()), alloc::format!("a {line}\r\n"));
        }
    }

    #[test]
    fn messages_to_append() {
        use crate::append::{Append, Message};

        let date = "17-Jul-1996 02:44:25 -0700".parse().unwrap();
        let message = Message::of("x").with_flags([Flag::Seen].into()).with_date(date);
        let append = Append::new("Sent", message).and(Message::of(Octets::from("y")));
        let command = Command::new(Tag::new("a").unwrap(), Body::Append(append));
        assert_eq!(
            encoded(&command, Abilities::all()),
            "a APPEND Sent (\\Seen) \"17-Jul-1996 02:44:25 -0700\" {1+}\r\nx {1+}\r\ny\r\n"
        );
    }
}
