//! Commands: what a client sends.

use alloc::{boxed::Box, vec::Vec};

use crate::{
    Atom, Capabilities, Flags, Mailbox, ModSeq, Octets, ParseError, PartialRange, Secret, SeqNum,
    SequenceSet, Tag, Uid, UidSet, UidValidity, acl, annotation,
    append::{Append, Replace},
    convert::Convert,
    fetch,
    fetch_attribute::Attribute,
    id::Fields,
    list as mailbox_list, mailbox_status,
    metadata::{self, GetMetadata},
    notify::Notify,
    quota,
    uid_batches::UidBatches,
    urlauth,
    value::Value,
};

mod build;
mod encode;
mod list;
pub(crate) mod parse;
pub(crate) mod search;
mod split;

pub use list::{List, ListReturn, ListSelect};
pub use search::{Criterion, ESearch, Return, SearchCommand, Sort, SortKey, Source, Thread, ThreadAlgorithm};

/// A command with the tag that its answer will bear.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Command {
    /// The tag.
    pub tag: Tag,
    /// What is to be done.
    pub body: Body,
}

/// What a client asks for ([RFC 9051 section 6](https://www.rfc-editor.org/rfc/rfc9051#section-6) and the extensions).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Body {
    /// `APPEND`
    Append(Append),
    /// `AUTHENTICATE`
    Authenticate {
        /// The mechanism of SASL.
        mechanism: Atom,
        /// The initial response in base64, `=` for an empty one.
        initial_response: Option<Secret>,
    },
    /// `CANCELUPDATE` (RFC 5267): the tags of searches that are not to be kept up to date any longer
    CancelUpdate(Vec<Tag>),
    /// `CAPABILITY`
    Capability,
    /// `CHECK`, of IMAP4rev1
    Check,
    /// `CLOSE`
    Close,
    /// `COMPARATOR` (RFC 5255): which ones the client would like, best first; nothing to ask for the one in use
    Comparator(Vec<Octets>),
    /// `COMPRESS`
    Compress(Atom),
    /// `CONVERSIONS` (RFC 5259): source and target, media types in which `*` is a wildcard
    Conversions(Octets, Octets),
    /// `CONVERT`, `UID CONVERT` (RFC 5259)
    Convert(Convert),
    /// `COPY`, `UID COPY`
    Copy(Messages, Mailbox),
    /// `CREATE`, and what the mailbox is for (RFC 6154)
    Create(Mailbox, Vec<mailbox_list::Attribute>),
    /// `DELETE`
    Delete(Mailbox),
    /// `DELETEACL`
    DeleteAcl(Mailbox, Octets),
    /// `ENABLE`
    Enable(Capabilities),
    /// `ESEARCH` (RFC 7377)
    ESearch(ESearch),
    /// `EXAMINE`
    Examine(Select),
    /// `X...`: a command of no standard ([RFC 3501 section 6.5.1](https://www.rfc-editor.org/rfc/rfc3501#section-6.5.1))
    Experimental {
        /// Its name, of letters, digits and `.-=+_`, which starts with `X`.
        name: Atom,
        /// What follows it, by its outer form.
        arguments: Vec<Value>,
    },
    /// `EXPUNGE`, or `UID EXPUNGE` with these
    Expunge(Option<Messages>),
    /// `FETCH`, `UID FETCH`
    Fetch(Fetch),
    /// `GENURLAUTH` (RFC 4467)
    GenUrlAuth(Vec<urlauth::Unsigned>),
    /// `GETACL`
    GetAcl(Mailbox),
    /// `GETJMAPACCESS` (RFC 9698)
    GetJmapAccess,
    /// `GETMETADATA` (RFC 5464)
    GetMetadata(GetMetadata),
    /// `GETQUOTA`
    GetQuota(Octets),
    /// `GETQUOTAROOT`
    GetQuotaRoot(Mailbox),
    /// `ID`
    Id(Option<Fields>),
    /// `IDLE`; the line `DONE` that ends it is no command.
    Idle,
    /// `LANGUAGE` (RFC 5255)
    Language(Vec<Octets>),
    /// `LIST`
    List(List),
    /// `LISTRIGHTS`
    ListRights(Mailbox, Octets),
    /// `LOGIN`
    Login(Octets, Secret),
    /// `LOGOUT`
    Logout,
    /// `LSUB`, of IMAP4rev1: reference and pattern
    Lsub(Mailbox, Mailbox),
    /// `MOVE`, `UID MOVE`
    Move(Messages, Mailbox),
    /// `MYRIGHTS`
    MyRights(Mailbox),
    /// `NAMESPACE`
    Namespace,
    /// `NOOP`
    Noop,
    /// `NOTIFY` (RFC 5465)
    Notify(Notify),
    /// `RENAME`
    Rename(Mailbox, Mailbox),
    /// `REPLACE`, `UID REPLACE` (RFC 8508)
    Replace(Replace),
    /// `RESETKEY`: of which mailbox and for which mechanisms, or of all (RFC 4467)
    ResetKey(Option<(Mailbox, Vec<Atom>)>),
    /// `RLIST`: reference and pattern (RFC 2193)
    Rlist(Mailbox, Mailbox),
    /// `RLSUB`: reference and pattern (RFC 2193)
    Rlsub(Mailbox, Mailbox),
    /// `SEARCH`, `UID SEARCH`
    Search(SearchCommand),
    /// `SELECT`
    Select(Select),
    /// `SETACL`: mailbox, identifier, what becomes of its rights
    SetAcl(Mailbox, Octets, acl::Change),
    /// `SETMETADATA` (RFC 5464)
    SetMetadata(Mailbox, Vec<metadata::Annotation>),
    /// `SETQUOTA`: root and limits
    SetQuota(Octets, Vec<quota::Limit>),
    /// `SORT`, `UID SORT` (RFC 5256)
    Sort(Sort),
    /// `STARTTLS`
    StartTls,
    /// `STATUS`
    Status(Mailbox, Vec<mailbox_status::Attribute>),
    /// `STORE`, `UID STORE`
    Store(Store),
    /// `SUBSCRIBE`
    Subscribe(Mailbox),
    /// `THREAD`, `UID THREAD` (RFC 5256)
    Thread(Thread),
    /// `UIDBATCHES` (RFC 10022)
    UidBatches(UidBatches),
    /// `UNAUTHENTICATE` (RFC 8437)
    Unauthenticate,
    /// `UNSELECT`
    Unselect,
    /// `UNSUBSCRIBE`
    Unsubscribe(Mailbox),
    /// `URLFETCH` (RFC 4467, RFC 5524)
    UrlFetch(Vec<urlauth::Request>),
    /// `XLIST`: reference and pattern
    Xlist(Mailbox, Mailbox),
}

/// Which messages a command is about, and so whether it is a `UID` command.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Messages {
    /// These, by their places.
    Sequence(SequenceSet),
    /// These, by their UIDs.
    Uid(UidSet),
    /// `$`, what the last search saved, in a `UID` command or not
    Saved {
        /// Whether it is a `UID` command.
        is_uid: bool,
    },
}

impl Messages {
    /// Whether the command is a `UID` command.
    pub fn is_uid(&self) -> bool {
        matches!(self, Self::Uid(_) | Self::Saved { is_uid: true })
    }
}

impl From<SeqNum> for Messages {
    fn from(number: SeqNum) -> Self {
        Self::Sequence(number.into())
    }
}

impl From<SequenceSet> for Messages {
    fn from(numbers: SequenceSet) -> Self {
        Self::Sequence(numbers)
    }
}

impl From<Uid> for Messages {
    fn from(uid: Uid) -> Self {
        Self::Uid(uid.into())
    }
}

impl From<UidSet> for Messages {
    fn from(uids: UidSet) -> Self {
        Self::Uid(uids)
    }
}

impl From<fetch::Message> for Messages {
    fn from(message: fetch::Message) -> Self {
        match message {
            fetch::Message::Sequence(number) => number.into(),
            fetch::Message::Uid(uid) => uid.into(),
        }
    }
}

/// What SELECT and EXAMINE take.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Select {
    /// Which mailbox.
    pub mailbox: Mailbox,
    /// Whether modification sequences are to be told: `(CONDSTORE)`.
    pub condstore: bool,
    /// Whether changes of annotations are to be told: `(ANNOTATE)`.
    pub annotate: bool,
    /// What the client knows of the mailbox: `(QRESYNC (...))`.
    pub qresync: Option<Box<QResync>>,
}

impl Select {
    /// A mailbox without parameters.
    pub fn new(mailbox: impl Into<Mailbox>) -> Self {
        Self { mailbox: mailbox.into(), condstore: false, annotate: false, qresync: None }
    }
}

/// `select-param` of QRESYNC ([RFC 7162 section 3.2.5](https://www.rfc-editor.org/rfc/rfc7162#section-3.2.5))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct QResync {
    /// The last known one.
    pub uid_validity: UidValidity,
    /// The last known one.
    pub mod_seq: ModSeq,
    /// The messages that are known.
    pub known_uids: Option<UidSet>,
    /// Sequence numbers and UIDs that belong together.
    pub sequence_match: Option<(SequenceSet, UidSet)>,
}

/// What FETCH takes.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Fetch {
    /// Of which messages.
    pub messages: Messages,
    /// What is asked for; macros are never sent.
    pub attributes: Vec<Attribute>,
    /// `CHANGEDSINCE`: only of messages that have changed
    pub changed_since: Option<ModSeq>,
    /// `VANISHED`: also which ones were expunged
    pub vanished: bool,
    /// `PARTIAL`: which part of the messages (RFC 9394)
    pub partial: Option<PartialRange>,
}

impl Fetch {
    /// Without modifiers.
    pub fn new(messages: Messages, attributes: Vec<Attribute>) -> Self {
        Self { messages, attributes, changed_since: None, vanished: false, partial: None }
    }
}

/// What STORE takes.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Store {
    /// Of which messages.
    pub messages: Messages,
    /// `UNCHANGEDSINCE`: only of messages that have not changed
    pub unchanged_since: Option<ModSeq>,
    /// What is done.
    pub action: Action,
    /// Whether the new flags are not to be told.
    pub silent: bool,
    /// The flags or labels.
    pub values: Values,
}

/// What STORE does.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Action {
    /// `+FLAGS`
    Add,
    /// `-FLAGS`
    Remove,
    /// `FLAGS`
    Replace,
}

/// What STORE changes.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Values {
    /// Annotations; they have no `+`, no `-` and no `.SILENT`.
    Annotations(Vec<annotation::Annotation>),
    /// Flags.
    Flags(Flags),
    /// Labels of Gmail.
    GmailLabels(Vec<Octets>),
}

/// A command that cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct CommandError {
    /// Its tag, if that could be read and something follows it: the answer is a tagged BAD then, and an untagged one otherwise.
    pub tag: Option<Tag>,
    /// What was expected, and where.
    #[source]
    pub error: ParseError,
}

#[cfg(test)]
pub(crate) mod tests;
