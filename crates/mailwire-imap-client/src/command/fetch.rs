//! FETCH: what is wanted of messages, and rows of it.
//!
//! What can be wanted are the values of this module, tuples of them, and a [`Query`] that is put together at run time. Some
//! bear the names of the types that they give: `fetch::Flags` asks for [`Flags`](crate::codec::Flags).

use alloc::{collections::VecDeque, vec, vec::Vec};

use self::row::{content, content_mut, find};
use super::asked::{left, may_be_fetch, may_name};
use crate::{
    Command, Server, Unsupported, Untagged,
    codec::{
        self, Code, PartialRange, Status, UidSet, annotation,
        command::Messages,
        fetch::{Content, Item},
        fetch_attribute::Attribute,
        response::{Data, Unknown},
    },
};

mod items;
mod literals;
mod needs;
mod query;
mod row;
#[cfg(test)]
mod tests;

pub use self::{
    items::{
        Annotation, Binary, BinarySize, Body, BodyStructure, EmailId, Envelope, Flags, GmailLabels,
        GmailMessageId, GmailThreadId, InternalDate, Items, ModSeq, Preview, SaveDate, Size, ThreadId, Uid,
    },
    query::{Query, Told},
    row::{Invalid, Row},
};
pub(crate) use self::{
    items::{is_origin, is_section},
    literals::Literals,
    needs::require,
    row::place,
};

/// `FETCH`, `UID FETCH` ([RFC 9051 section 6.4.5](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.5)).
///
/// ```
/// use mailwire_imap_client::{
///     codec::UidSet,
///     command::{Fetch, fetch::{Body, Envelope, Flags}},
/// };
///
/// // Each row has the items `(Option<Envelope>, Option<Flags>, Option<Octets>)`.
/// let fetch = Fetch::new(UidSet::all(), (Envelope, Flags, Body::header_fields(["List-Id"])));
/// # let _ = fetch;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fetch<I> {
    /// Of which messages.
    pub messages: Messages,
    /// What is wanted of each, beside its UID.
    pub items: I,
    /// Only of messages that have changed since: `CHANGEDSINCE`
    /// ([RFC 7162 section 3.1.4](https://www.rfc-editor.org/rfc/rfc7162#section-3.1.4)).
    pub changed_since: Option<codec::ModSeq>,
    /// Also which ones were expunged since: `VANISHED`. QRESYNC has to be enabled, and messages are named by UID
    /// ([RFC 7162 section 3.2.6](https://www.rfc-editor.org/rfc/rfc7162#section-3.2.6)).
    pub vanished: bool,
    /// Only these of the messages, by their place: `PARTIAL`. Messages are named by UID
    /// ([RFC 9394 section 3.3](https://www.rfc-editor.org/rfc/rfc9394#section-3.3)).
    pub partial: Option<PartialRange>,
    /// The most octets of one item that are kept; of longer ones it is told that they are there ([`Invalid::TooLong`]).
    /// Default 256 MiB.
    pub longest: u64,
}

impl<I: Items> Fetch<I> {
    /// These items of these messages.
    pub fn new(messages: impl Into<Messages>, items: I) -> Self {
        Self {
            messages: messages.into(),
            items,
            changed_since: None,
            vanished: false,
            partial: None,
            longest: 256 * 1024 * 1024,
        }
    }

    /// Only of messages that have changed since.
    #[must_use]
    pub fn changed_since(self, value: codec::ModSeq) -> Self {
        Self { changed_since: Some(value), ..self }
    }

    /// Only these of the messages, by their place.
    #[must_use]
    pub fn partial(self, range: PartialRange) -> Self {
        Self { partial: Some(range), ..self }
    }

    /// Also which messages were expunged since.
    #[must_use]
    pub fn vanished(self) -> Self {
        Self { vanished: true, ..self }
    }

    fn take(&self, fetch: codec::fetch::Fetch, output: &mut Fetched<I::Told>) -> Option<Untagged> {
        let uid = fetch.uid();
        let asked = *output.asked.get_or_insert_with(|| Asked::by(self));
        match self.standing(&fetch, uid, asked) {
            Standing::Answer => {}
            Standing::News => {
                if let Some(row) = find(&mut output.rows, fetch.message, uid) {
                    self.refresh(row, &fetch);
                }
                return Some(Untagged::Data(Data::Fetch(fetch)));
            }
            Standing::Strange => return Some(Untagged::Data(Data::Fetch(fetch))),
        }
        let codec::fetch::Fetch { message, items } = fetch;
        let others = match find(&mut output.rows, message, uid) {
            Some(row) => self.fill(row, items, &mut output.literals),
            None => {
                let mut row = Row::new(message, uid);
                // UIDFETCH names its message by UID, and need not tell it again.
                let _ = uid.and_then(|uid| self.items.put(Item::Uid(uid), &mut row.items));
                let others = self.fill(&mut row, items, &mut output.literals);
                output.rows.push_back(row);
                others
            }
        };
        output.literals.clear();
        left(message, uid, others)
    }

    fn standing(&self, fetch: &codec::fetch::Fetch, uid: Option<codec::Uid>, asked: Asked) -> Standing {
        if !may_name(&self.messages, fetch.message, uid) {
            return Standing::Strange;
        }
        let answers = |item: &Item| match Kind::of(item) {
            Kind::Content => match item {
                Item::Invalid { .. } => asked.content,
                item => asked.content && self.items.is_asked(item),
            },
            // What cannot be read is told where it was asked for.
            Kind::Flags => asked.flags && (!asked.content || matches!(item, Item::Invalid { .. })),
            Kind::ModSeq => asked.mod_seq && (!asked.content || matches!(item, Item::Invalid { .. })),
            Kind::Uid => false,
        };
        let is_uid_asked = !asked.content && !asked.flags && !asked.mod_seq && uid.is_some();
        // Flags of others are told without UID; the answer to UID FETCH has it.
        let is_anonymous = self.messages.is_uid() && uid.is_none() && !asked.content;
        let has_answer = is_uid_asked || fetch.items.iter().any(answers);
        if has_answer && !is_anonymous { Standing::Answer } else { Standing::News }
    }

    /// Puts items into the row, and gives back what was not asked for.
    fn fill(&self, row: &mut Row<I::Told>, items: Vec<Item>, literals: &mut Literals) -> Vec<Item> {
        let (mut left, mut has_flags) = (Vec::new(), false);
        for mut item in items {
            match &item {
                Item::Uid(uid) => row.uid = row.uid.or(Some(*uid)),
                Item::ModSeq(value) => row.mod_seq = Some(*value),
                _ => {}
            }
            let is_asked = self.items.is_asked(&item);
            if is_asked && let Some(content) = content_mut(&mut item) {
                literals.fill(content);
                if matches!(content, Content::Streamed(_)) {
                    row.push_invalid(Invalid::TooLong(item));
                    continue;
                }
            }
            match self.items.put(item, &mut row.items) {
                None | Some(Item::Uid(_) | Item::ModSeq(_)) => {}
                Some(Item::Invalid { octets, error }) => {
                    row.push_invalid(Invalid::Unreadable { octets, error });
                }
                Some(item) => {
                    has_flags |= matches!(item, Item::Flags(_));
                    left.push(item);
                }
            }
        }
        left.extend(row.mod_seq.filter(|_| has_flags).map(Item::ModSeq));
        left
    }

    /// What happens to a message while its row waits is told in the row, too.
    fn refresh(&self, row: &mut Row<I::Told>, fetch: &codec::fetch::Fetch) {
        for item in &fetch.items {
            match item {
                Item::ModSeq(value) => row.mod_seq = Some(*value),
                Item::Flags(_) => {}
                _ => continue,
            }
            self.items.put(item.clone(), &mut row.items);
        }
    }
}

impl<I: Items> Command for Fetch<I> {
    type Output = Fetched<I::Told>;

    fn body(&self, server: &Server) -> Result<codec::command::Body, Unsupported> {
        let mut attributes = vec![Attribute::Uid];
        self.items.ask(&mut attributes);
        if attributes.iter().skip(1).any(|attribute| *attribute == Attribute::Uid) {
            attributes.remove(0);
        }
        attributes.iter().try_for_each(|attribute| require(attribute, server))?;
        if self.changed_since.is_some() {
            server.require("CONDSTORE")?;
        }
        if self.vanished && !server.enabled().qresync {
            return Err(Unsupported { capability: "QRESYNC" });
        }
        if self.partial.is_some() {
            server.require("PARTIAL")?;
        }
        Ok(codec::command::Body::Fetch(codec::command::Fetch {
            messages: self.messages.clone(),
            attributes,
            changed_since: self.changed_since,
            vanished: self.vanished,
            partial: self.partial,
        }))
    }

    fn absorb(&self, data: Untagged, output: &mut Self::Output) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::Fetch(fetch)) => self.take(fetch, output),
            Untagged::Data(Data::Vanished { earlier: true, uids }) if self.vanished => {
                output.vanished = output.vanished.union(&named(&self.messages, uids));
                None
            }
            Untagged::Head(Data::Fetch(fetch)) => {
                let is_literal = fetch.items.last().is_some_and(|item| self.items.is_asked(item));
                if !is_literal || !may_name(&self.messages, fetch.message, fetch.uid()) {
                    return Some(Untagged::Head(Data::Fetch(fetch)));
                }
                let asked = fetch.items.iter().filter(|item| self.items.is_asked(item));
                output.literals.begin(asked.filter_map(content), self.longest);
                None
            }
            Untagged::Chunk(octets) => {
                output.literals.push(octets);
                None
            }
            Untagged::Unknown(unknown)
                if output.unreadable.len() < MOST_BAD && may_be_fetch(&self.messages, &unknown.octets) =>
            {
                output.unreadable.push(unknown);
                None
            }
            other => Some(other),
        }
    }

    fn finish(&self, status: &Status, output: &mut Self::Output) {
        match &status.code {
            Some(Code::ExpungeIssued) => output.expunge_issued = true,
            Some(Code::MessageLimit(limit, lowest)) => {
                output.message_limit = Some(MessageLimit { limit: *limit, lowest: *lowest });
            }
            _ => {}
        }
    }
}

/// How much of what is bad is kept: a server could send it without end.
pub(crate) const MOST_BAD: usize = 1000;

/// What FETCH brings.
///
/// Rows can be taken from the front while the command is in progress. What is told later of a message whose row is still
/// there is put into it; otherwise there is one more row.
#[derive(Debug)]
#[non_exhaustive]
pub struct Fetched<T> {
    /// One for each message, in the order of the server.
    pub rows: VecDeque<Row<T>>,
    /// Which messages were expunged, if [`Fetch::vanished`] asked for that. No others than those that were named.
    pub vanished: UidSet,
    /// Responses that seem to be of these messages, and of which not even the outer form can be read: rows may be missing.
    pub unreadable: Vec<Unknown>,
    /// Whether messages that others have expunged may be missing: `[EXPUNGEISSUED]`
    /// ([RFC 5530](https://www.rfc-editor.org/rfc/rfc5530)).
    pub expunge_issued: bool,
    /// Whether the server left messages out because they are too many.
    pub message_limit: Option<MessageLimit>,
    literals: Literals,
    asked: Option<Asked>,
}

impl<T> Default for Fetched<T> {
    fn default() -> Self {
        Self {
            rows: VecDeque::new(),
            vanished: UidSet::new(),
            unreadable: Vec::new(),
            expunge_issued: false,
            message_limit: None,
            literals: Literals::default(),
            asked: None,
        }
    }
}

/// A command was for more messages than the server takes at once: `[MESSAGELIMIT ..]`
/// ([RFC 9738](https://www.rfc-editor.org/rfc/rfc9738)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct MessageLimit {
    /// How many it takes.
    pub limit: u64,
    /// The lowest UID that was looked at, from the highest one down.
    pub lowest: Option<codec::Uid>,
}

/// What an item is about, beside those that only FETCH asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Content,
    Flags,
    ModSeq,
    Uid,
}

impl Kind {
    fn of(item: &Item) -> Self {
        let is = |octets: &[u8], name: &str| {
            octets.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
        };
        match item {
            // Names alone are told unasked, of annotations that changed.
            Item::Annotation(annotation::Told::Names(_)) | Item::Flags(_) => Self::Flags,
            Item::Invalid { octets, .. } if is(octets, "FLAGS ") => Self::Flags,
            Item::Invalid { octets, .. } if is(octets, "MODSEQ ") => Self::ModSeq,
            Item::Invalid { octets, .. } if is(octets, "UID ") => Self::Uid,
            Item::ModSeq(_) => Self::ModSeq,
            Item::Uid(_) => Self::Uid,
            _ => Self::Content,
        }
    }
}

/// Which kinds of items a command asks for. Flags and modification sequences are told unasked, too: if more is asked for,
/// they are no answer by themselves.
#[derive(Clone, Copy, Debug)]
struct Asked {
    content: bool,
    flags: bool,
    mod_seq: bool,
}

impl Asked {
    fn by<I: Items>(fetch: &Fetch<I>) -> Self {
        let mut attributes = Vec::new();
        fetch.items.ask(&mut attributes);
        let known = [Attribute::Flags, Attribute::ModSeq, Attribute::Uid];
        Self {
            content: attributes.iter().any(|attribute| !known.contains(attribute)),
            flags: attributes.contains(&Attribute::Flags),
            mod_seq: attributes.contains(&Attribute::ModSeq) || fetch.changed_since.is_some(),
        }
    }
}

/// What a FETCH response is to a command.
enum Standing {
    Answer,
    /// Of a message that was asked for, but not what was asked.
    News,
    Strange,
}

/// Those of the UIDs that the command names: Cyrus tells of others, too.
fn named(messages: &Messages, uids: UidSet) -> UidSet {
    match messages {
        Messages::Uid(set) => uids.intersection(&set.resolve(u32::MAX)),
        _ => uids,
    }
}
