//! STATUS: figures of a mailbox that need not be selected.

use alloc::vec::Vec;

use memchr::memrchr;

use crate::{
    Atom, Mailbox, ModSeq, Octets, Uid, UidValidity,
    encoder::Encoder,
    grammar::{
        close, is_closing, loose_nz_number, loose_spaces, mod_sequence, nil, number, number64, open, sp,
        string, word,
    },
    input::{Input, Parsed},
    mailbox::mailbox,
    value::{Value, value},
};

/// The answer to STATUS. What a server left out, or gave as nothing, is absent.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct MailboxStatus {
    /// Which mailbox.
    pub mailbox: Mailbox,
    /// The figures.
    pub items: Vec<Item>,
}

/// `status-att-val` ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Item {
    /// `APPENDLIMIT`: the most octets of an appended message, if there is a limit
    AppendLimit(Option<u64>),
    /// `DELETED`: messages with `\Deleted`
    Deleted(u32),
    /// `DELETED-STORAGE`: octets that expunging would free
    DeletedStorage(u64),
    /// `HIGHESTMODSEQ`
    HighestModSeq(ModSeq),
    /// `MAILBOXID`
    MailboxId(Octets),
    /// `MESSAGES`
    Messages(u32),
    /// `RECENT`, of IMAP4rev1
    Recent(u32),
    /// `SIZE`: all octets
    Size(u64),
    /// `UIDNEXT`
    UidNext(Uid),
    /// `UIDVALIDITY`
    UidValidity(UidValidity),
    /// `UNSEEN`: messages without `\Seen`
    Unseen(u32),
    /// Any other.
    Other(Atom, Value),
}

/// What STATUS may ask for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Attribute {
    /// `APPENDLIMIT`
    AppendLimit,
    /// `DELETED`
    Deleted,
    /// `DELETED-STORAGE`
    DeletedStorage,
    /// `HIGHESTMODSEQ`
    HighestModSeq,
    /// `MAILBOXID`
    MailboxId,
    /// `MESSAGES`
    Messages,
    /// `RECENT`
    Recent,
    /// `SIZE`
    Size,
    /// `UIDNEXT`
    UidNext,
    /// `UIDVALIDITY`
    UidValidity,
    /// `UNSEEN`
    Unseen,
}

impl Attribute {
    fn read(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"APPENDLIMIT" => Self::AppendLimit,
            b"DELETED" => Self::Deleted,
            b"DELETED-STORAGE" => Self::DeletedStorage,
            b"HIGHESTMODSEQ" => Self::HighestModSeq,
            b"MAILBOXID" => Self::MailboxId,
            b"MESSAGES" => Self::Messages,
            b"RECENT" => Self::Recent,
            b"SIZE" => Self::Size,
            b"UIDNEXT" => Self::UidNext,
            b"UIDVALIDITY" => Self::UidValidity,
            b"UNSEEN" => Self::Unseen,
            _ => return None,
        })
    }

    pub(crate) fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::AppendLimit => b"APPENDLIMIT",
            Self::Deleted => b"DELETED",
            Self::DeletedStorage => b"DELETED-STORAGE",
            Self::HighestModSeq => b"HIGHESTMODSEQ",
            Self::MailboxId => b"MAILBOXID",
            Self::Messages => b"MESSAGES",
            Self::Recent => b"RECENT",
            Self::Size => b"SIZE",
            Self::UidNext => b"UIDNEXT",
            Self::UidValidity => b"UIDVALIDITY",
            Self::Unseen => b"UNSEEN",
        }
    }
}

/// A method for the first item of a kind.
macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident -> $kind:ty { $variant:ident($value:ident) => $given:expr })*) => {
        $(
            $(#[$doc])*
            pub fn $name(&self) -> Option<$kind> {
                self.items.iter().find_map(|item| if let Item::$variant($value) = item { Some($given) } else { None })
            }
        )*
    };
}

/// Each gives the figure of its name, or nothing if it is not told.
///
/// ```
/// use mailwire_imap::{Decoder, response::{Data, Response}};
///
/// let wire = b"* STATUS INBOX (MESSAGES 231 UIDNEXT 44292)";
/// let Response::Data(Data::MailboxStatus(status)) = Decoder::default().response(&wire[..]) else { panic!() };
/// assert_eq!((status.messages(), status.unseen()), (Some(231), None));
/// assert_eq!(status.uid_next().unwrap().get(), 44292);
/// ```
impl MailboxStatus {
    figures! {
        /// How many messages there are.
        messages -> u32 { Messages(number) => *number }
        /// How many have no `\Seen`.
        unseen -> u32 { Unseen(number) => *number }
        /// How many have `\Deleted`.
        deleted -> u32 { Deleted(number) => *number }
        /// How many are recent (IMAP4rev1).
        recent -> u32 { Recent(number) => *number }
        /// What the UID of the next message will be at least.
        uid_next -> Uid { UidNext(uid) => *uid }
        /// Of which the UIDs are.
        uid_validity -> UidValidity { UidValidity(value) => *value }
        /// The highest modification sequence.
        highest_mod_seq -> ModSeq { HighestModSeq(value) => *value }
        /// All octets of all messages.
        size -> u64 { Size(size) => *size }
        /// How many octets expunging would free.
        deleted_storage -> u64 { DeletedStorage(size) => *size }
        /// The id of the mailbox, which stays when it is renamed.
        mailbox_id -> &Octets { MailboxId(id) => id }
        /// The most octets of an appended message; nothing in it if there is no limit.
        append_limit -> Option<u64> { AppendLimit(limit) => *limit }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.mailbox(&self.mailbox).sp().list(&self.items, |out, item| item.encode(out));
    }
}

impl Item {
    fn encode(&self, out: &mut Encoder) {
        let (attribute, number) = match self {
            Self::AppendLimit(Some(limit)) => (Attribute::AppendLimit, *limit),
            Self::AppendLimit(None) => return out.raw(b"APPENDLIMIT NIL").done(),
            Self::Deleted(number) => (Attribute::Deleted, u64::from(*number)),
            Self::DeletedStorage(number) => (Attribute::DeletedStorage, *number),
            Self::HighestModSeq(value) => (Attribute::HighestModSeq, value.get()),
            Self::MailboxId(id) => return encode_mailbox_id(id, out),
            Self::Messages(number) => (Attribute::Messages, u64::from(*number)),
            Self::Recent(number) => (Attribute::Recent, u64::from(*number)),
            Self::Size(number) => (Attribute::Size, *number),
            Self::UidNext(uid) => (Attribute::UidNext, u64::from(uid.get())),
            Self::UidValidity(value) => (Attribute::UidValidity, u64::from(value.get())),
            Self::Unseen(number) => (Attribute::Unseen, u64::from(*number)),
            Self::Other(name, value) => return value.encode(out.other(name.as_bytes(), KNOWN).sp()),
        };
        out.raw(attribute.as_bytes()).sp().number(number);
    }
}

/// `status-att`
pub(crate) fn attribute(input: Input<'_>) -> Parsed<'_, Attribute> {
    let (rest, word) = word(input)?;
    match Attribute::read(word.as_bytes()) {
        Some(attribute) => Ok((rest, attribute)),
        None => input.expected("status-att"),
    }
}

/// `mailbox SP "(" [status-att-list] ")"`
pub(crate) fn mailbox_status(input: Input<'_>) -> Parsed<'_, MailboxStatus> {
    let (input, mailbox) = name(input)?;
    let (mut input, ()) = open(sp(input)?.0)?;
    input = loose_spaces(input);
    let mut items = Vec::new();
    while !is_closing(input) {
        let (rest, item) = item(input)?;
        items.extend(item);
        input = if is_closing(rest) { rest } else { sp(rest)?.0 };
    }
    Ok((close(input)?.0, MailboxStatus { mailbox, items }))
}

/// The name, or all octets before the last list where they are no astring.
fn name(input: Input<'_>) -> Parsed<'_, Mailbox> {
    let result = mailbox(input);
    let is_list = |(rest, ())| open(rest).is_ok();
    if !input.quirks().raw_names
        || result.as_ref().is_ok_and(|(rest, _)| sp(*rest).is_ok_and(is_list))
        || matches!(input.first(), Some(b'"' | b'{'))
    {
        return result;
    }
    match memrchr(b'(', input.rest()).and_then(|list| list.checked_sub(1)) {
        Some(end) if end > 0 && input.rest().get(end) == Some(&b' ') => {
            let (octets, rest) = input.split(end);
            Ok((rest, Mailbox::from_wire(input.bytes(octets), input.context.is_utf8)))
        }
        _ => result,
    }
}

fn item(input: Input<'_>) -> Parsed<'_, Option<Item>> {
    let (rest, name) = word(input)?;
    let Some(attribute) = Attribute::read(name.as_bytes()) else {
        let name = Atom::from_parsed(input.bytes(input.up_to(rest)));
        return value(sp(rest)?.0, 0).map(|(rest, value)| (rest, Some(Item::Other(name, value))));
    };
    let (rest, ()) = sp(rest)?;
    Ok(match attribute {
        Attribute::AppendLimit => match nil(rest) {
            Some(rest) => (rest, Some(Item::AppendLimit(None))),
            None => number64(rest).map(|(rest, limit)| (rest, Some(Item::AppendLimit(Some(limit)))))?,
        },
        Attribute::Deleted => number(rest).map(|(rest, number)| (rest, Some(Item::Deleted(number))))?,
        Attribute::DeletedStorage => {
            number64(rest).map(|(rest, size)| (rest, Some(Item::DeletedStorage(size))))?
        }
        Attribute::HighestModSeq => {
            let (rest, value) = mod_sequence(rest)?;
            (rest, Some(Item::HighestModSeq(value)))
        }
        Attribute::MailboxId => mailbox_id(rest)?,
        Attribute::Messages => number(rest).map(|(rest, number)| (rest, Some(Item::Messages(number))))?,
        Attribute::Recent => number(rest).map(|(rest, number)| (rest, Some(Item::Recent(number))))?,
        Attribute::Size => number64(rest).map(|(rest, size)| (rest, Some(Item::Size(size))))?,
        Attribute::UidNext => {
            loose_nz_number(rest).map(|(rest, uid)| (rest, uid.map(|uid| Item::UidNext(uid.into()))))?
        }
        Attribute::UidValidity => loose_nz_number(rest)
            .map(|(rest, value)| (rest, value.map(|value| Item::UidValidity(value.into()))))?,
        Attribute::Unseen => number(rest).map(|(rest, number)| (rest, Some(Item::Unseen(number))))?,
    })
}

/// `"(" objectid ")"`, also as a string; from Cyrus 3.6 it may be any octets, and is left out then.
fn mailbox_id(input: Input<'_>) -> Parsed<'_, Option<Item>> {
    let (input, ()) = open(input)?;
    let is_string = matches!(input.rest(), [b'"' | b'{', ..] | [b'~', b'{', ..]);
    let read = if is_string { string(input) } else { object_id(input) };
    let read = read.and_then(|(rest, id)| Ok((close(rest)?.0, Some(Item::MailboxId(id)))));
    if read.is_ok() || !input.quirks().raw_names {
        return read;
    }
    let is_end = |pair: &[u8]| matches!(pair, b") " | b"))");
    match input.rest().windows(2).position(is_end) {
        Some(end) => Ok((input.skip(end + 1), None)),
        None => input.expected("objectid"),
    }
}

/// `objectid = 1*255(ALPHA / DIGIT / "_" / "-")` ([RFC 8474 section 7](https://www.rfc-editor.org/rfc/rfc8474#section-7))
fn object_id(input: Input<'_>) -> Parsed<'_, Octets> {
    let octets = input.rest();
    let (id, rest) = input.split(octets.iter().position(|octet| !is_of_id(octet)).unwrap_or(octets.len()));
    if id.is_empty() { input.expected("objectid") } else { Ok((rest, input.octets(id.into()))) }
}

fn is_of_id(octet: &u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-')
}

/// What is no `objectid` is quoted: without quotes it would be taken for noise.
fn encode_mailbox_id(id: &[u8], out: &mut Encoder) {
    out.raw(b"MAILBOXID (");
    if !id.is_empty() && id.iter().all(is_of_id) {
        out.raw(id)
    } else {
        out.string(id)
    };
    out.raw(b")");
}

/// What has an item of its own.
const KNOWN: &[&str] = &[
    "APPENDLIMIT",
    "DELETED",
    "DELETED-STORAGE",
    "HIGHESTMODSEQ",
    "MAILBOXID",
    "MESSAGES",
    "RECENT",
    "SIZE",
    "UIDNEXT",
    "UIDVALIDITY",
    "UNSEEN",
];
