//! Metadata: annotations of mailboxes and of servers.

use alloc::{vec, vec::Vec};
use core::{
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use crate::{
    Mailbox, Octets,
    encoder::{EncodeError, Encoder},
    grammar::{astring, digits, list, nstring, sp, to_end, word},
    input::{Input, Parsed},
    mailbox::mailbox,
};

/// The name of an annotation, `/private/comment`; the same in any case
/// ([RFC 5464 section 3.2](https://www.rfc-editor.org/rfc/rfc5464#section-3.2)).
///
/// ```
/// use mailwire_imap::metadata::Entry;
///
/// assert_eq!(Entry::new("/shared/Comment")?, Entry::new("/SHARED/comment")?);
/// assert!(Entry::new("/shared/*").is_err());
/// # Ok::<(), mailwire_imap::metadata::InvalidEntry>(())
/// ```
#[derive(Clone)]
pub struct Entry(Octets);

impl Entry {
    /// `/shared/admin`, of a server: a URI by which its administrator is reached
    /// ([RFC 5464 section 6.2.2](https://www.rfc-editor.org/rfc/rfc5464#section-6.2.2)).
    pub const ADMIN: Self = Self::from_valid(Octets::from_static(b"/shared/admin"));
    /// `/private/comment`, of a mailbox: a note of one user
    /// ([RFC 5464 section 6.3.2](https://www.rfc-editor.org/rfc/rfc5464#section-6.3.2)).
    pub const PRIVATE_COMMENT: Self = Self::from_valid(Octets::from_static(b"/private/comment"));
    /// `/shared/comment`, of a mailbox or a server: a note for all users
    /// ([RFC 5464 section 6.2.1](https://www.rfc-editor.org/rfc/rfc5464#section-6.2.1)).
    pub const SHARED_COMMENT: Self = Self::from_valid(Octets::from_static(b"/shared/comment"));
    /// `/private/specialuse`, of a mailbox: what it is for
    /// ([RFC 6154 section 4](https://www.rfc-editor.org/rfc/rfc6154#section-4)).
    pub const SPECIAL_USE: Self = Self::from_valid(Octets::from_static(b"/private/specialuse"));

    /// Checks a name.
    ///
    /// # Errors
    ///
    /// [`InvalidEntry`] if it does not start with `/`, ends with one, has two side by side, or holds a control character,
    /// `*`, `%` or anything beyond ASCII.
    pub fn new(name: impl AsRef<[u8]>) -> Result<Self, InvalidEntry> {
        let name = name.as_ref();
        if is_valid(name) { Ok(Self(Octets::copy_from_slice(name))) } else { Err(InvalidEntry) }
    }

    /// A name that is known to be one.
    pub(crate) const fn from_valid(name: Octets) -> Self {
        Self(name)
    }

    /// The octets as on the wire. A server may have sent a name that breaks the rules.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether the annotation is seen by one user alone.
    pub fn is_private(&self) -> bool {
        self.starts_with("/private/")
    }

    /// Whether the annotation is seen by all users.
    pub fn is_shared(&self) -> bool {
        self.starts_with("/shared/")
    }

    fn starts_with(&self, start: &str) -> bool {
        self.0.get(..start.len()).is_some_and(|octets| octets.eq_ignore_ascii_case(start.as_bytes()))
    }
}

fn is_valid(name: &[u8]) -> bool {
    let is_part = |octet: &u8| matches!(octet, b' '..=b'~') && !matches!(octet, b'*' | b'%');
    name.len() > 1
        && name.first() == Some(&b'/')
        && name.last() != Some(&b'/')
        && name.iter().all(is_part)
        && memchr::memmem::find(name, b"//").is_none()
}

impl Eq for Entry {}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Hash for Entry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.iter().for_each(|octet| state.write_u8(octet.to_ascii_lowercase()));
    }
}

impl FromStr for Entry {
    type Err = InvalidEntry;

    fn from_str(name: &str) -> Result<Self, InvalidEntry> {
        Self::new(name)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A name that no annotation may have.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no annotation may have this name")]
pub struct InvalidEntry;

/// An annotation; without a value it does not exist, and SETMETADATA takes it away.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Annotation {
    /// Its name.
    pub entry: Entry,
    /// Its value: text with CRLF between the lines, or any octets.
    pub value: Option<Octets>,
}

/// `* METADATA` ([RFC 5464 section 4.4](https://www.rfc-editor.org/rfc/rfc5464#section-4.4))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Metadata {
    /// Of which mailbox; the empty name stands for the server.
    pub mailbox: Mailbox,
    /// What is told.
    pub entries: Entries,
}

/// What METADATA tells.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Entries {
    /// Annotations that have changed.
    Names(Vec<Entry>),
    /// Annotations that were asked for.
    Values(Vec<Annotation>),
}

/// What GETMETADATA takes ([RFC 5464 section 4.2](https://www.rfc-editor.org/rfc/rfc5464#section-4.2)).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct GetMetadata {
    /// `MAXSIZE`: no values of more octets
    pub max_size: Option<u64>,
    /// `DEPTH`: how many levels below the entries are told
    pub depth: Option<Depth>,
    /// Of which mailbox; the empty name stands for the server.
    pub mailbox: Mailbox,
    /// Which entries.
    pub entries: Vec<Entry>,
}

/// How many levels below an entry are told.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Depth {
    /// None.
    Zero,
    /// One.
    One,
    /// All.
    Infinity,
}

impl Annotation {
    /// An annotation with a value.
    pub fn new(entry: Entry, value: impl Into<Octets>) -> Self {
        Self { entry, value: Some(value.into()) }
    }

    /// One that does not exist, or is to be taken away.
    pub fn absent(entry: Entry) -> Self {
        Self { entry, value: None }
    }
}

impl GetMetadata {
    /// These entries of a mailbox, or of the server, whose name is empty.
    pub fn new(mailbox: impl Into<Mailbox>, entries: impl IntoIterator<Item = Entry>) -> Self {
        Self { max_size: None, depth: None, mailbox: mailbox.into(), entries: entries.into_iter().collect() }
    }

    /// The same, but for values of more octets: `MAXSIZE`.
    #[must_use]
    pub fn max_size(self, octets: u64) -> Self {
        Self { max_size: Some(octets), ..self }
    }

    /// The same, and what is below the entries: `DEPTH`.
    #[must_use]
    pub fn depth(self, depth: Depth) -> Self {
        Self { depth: Some(depth), ..self }
    }
}

impl Metadata {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.mailbox(&self.mailbox).sp();
        match &self.entries {
            Entries::Names(names) if names.is_empty() => out.fail(EncodeError::EmptyList).done(),
            Entries::Names(names) => out.separated(names, |out, name| out.astring(&name.0).done()).done(),
            Entries::Values(values) => encode_values(values, out),
        }
    }
}

impl GetMetadata {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        if self.max_size.is_some() || self.depth.is_some() {
            out.raw(b" (");
            if let Some(size) = self.max_size {
                out.raw(b"MAXSIZE ").number(size);
            }
            if let Some(depth) = self.depth {
                out.raw(if self.max_size.is_some() { b" DEPTH " } else { b"DEPTH " });
                out.raw(match depth {
                    Depth::Zero => b"0",
                    Depth::One => b"1",
                    Depth::Infinity => b"infinity",
                });
            }
            out.raw(b")");
        }
        out.sp().mailbox(&self.mailbox).sp();
        match self.entries.as_slice() {
            [] => out.fail(EncodeError::EmptyList).done(),
            [one] => out.astring(&one.0).done(),
            several => encode_entries(several, out),
        }
    }
}

pub(crate) fn encode_entries(entries: &[Entry], out: &mut Encoder) {
    out.list1(entries, |out, entry| out.astring(&entry.0).done());
}

pub(crate) fn encode_values(values: &[Annotation], out: &mut Encoder) {
    out.list1(values, |out, one| out.astring(&one.entry.0).sp().nstring(one.value.as_deref()).done());
}

/// `metadata-resp = "METADATA" SP mailbox SP (entry-values / entry-list)`
pub(crate) fn metadata(input: Input<'_>) -> Parsed<'_, Metadata> {
    let (input, mailbox) = mailbox(input)?;
    let (after, ()) = sp(input)?;
    if after.first() == Some(b'(') {
        let (rest, values) = entry_values(after)?;
        return Ok((rest, Metadata { mailbox, entries: Entries::Values(values) }));
    }
    let (rest, names) = to_end(input, entry)?;
    Ok((rest, Metadata { mailbox, entries: Entries::Names(names) }))
}

/// `entry-values = "(" entry-value *(SP entry-value) ")"`
pub(crate) fn entry_values(input: Input<'_>) -> Parsed<'_, Vec<Annotation>> {
    let (rest, values) = list(input, |input| {
        let (rest, entry) = entry(input)?;
        let (rest, value) = nstring(sp(rest)?.0)?;
        Ok((rest, Annotation { entry, value }))
    })?;
    if values.is_empty() && input.context.is_command {
        input.expected("entry-value")
    } else {
        Ok((rest, values))
    }
}

/// `entry = astring`, without wildcards
pub(crate) fn entry(input: Input<'_>) -> Parsed<'_, Entry> {
    let (rest, name) = astring(input)?;
    // A server may have sent anything; the name is kept then, to be sent back.
    if is_valid(&name) || (!input.context.is_command && input.quirks().raw_names) {
        Ok((rest, Entry(name)))
    } else {
        input.expected("entry")
    }
}

/// `entries = entry / "(" entry *(SP entry) ")"`
pub(crate) fn entries(input: Input<'_>) -> Parsed<'_, Vec<Entry>> {
    if input.first() != Some(b'(') {
        return entry(input).map(|(rest, entry)| (rest, vec![entry]));
    }
    let (rest, entries) = list(input, entry)?;
    if entries.is_empty() { input.expected("entry") } else { Ok((rest, entries)) }
}

/// `getmetadata = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries`; the options may also follow the mailbox,
/// as the examples of the document have it.
pub(crate) fn get_metadata(input: Input<'_>) -> Parsed<'_, GetMetadata> {
    let (input, before) = if input.first() == Some(b'(') { options(input)? } else { (input, None) };
    let (rest, mailbox) = mailbox(if before.is_some() { sp(input)?.0 } else { input })?;
    let (input, ()) = sp(rest)?;
    // Entries start with a slash, so that a list is one or the other.
    let (input, Options { max_size, depth }) = match (before, input.rest()) {
        (Some(before), _) => (input, before),
        (None, [b'(', first, ..]) if first.is_ascii_alphabetic() => {
            let (rest, after) = options(input)?;
            (sp(rest)?.0, after.unwrap_or_default())
        }
        _ => (input, Options::default()),
    };
    let (rest, entries) = entries(input)?;
    Ok((rest, GetMetadata { max_size, depth, mailbox, entries }))
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Options {
    max_size: Option<u64>,
    depth: Option<Depth>,
}

/// `getmetadata-options = "(" getmetadata-option *(SP getmetadata-option) ")"`
fn options(input: Input<'_>) -> Parsed<'_, Option<Options>> {
    let mut options = Options::default();
    let (rest, _) = list(input, |input| {
        let (rest, word) = word(input)?;
        let (rest, ()) = sp(rest)?;
        match word.as_bytes() {
            b"MAXSIZE" => digits(rest).map(|(rest, size)| (rest, options.max_size = Some(size))),
            b"DEPTH" => depth(rest).map(|(rest, depth)| (rest, options.depth = Some(depth))),
            _ => input.expected("getmetadata-option"),
        }
    })?;
    Ok((rest, Some(options)))
}

/// `scope-opt = "DEPTH" SP ("0" / "1" / "infinity")`
fn depth(input: Input<'_>) -> Parsed<'_, Depth> {
    let (rest, word) = word(input)?;
    match word.as_bytes() {
        b"0" => Ok((rest, Depth::Zero)),
        b"1" => Ok((rest, Depth::One)),
        b"INFINITY" => Ok((rest, Depth::Infinity)),
        _ => input.expected("scope-opt"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Decoder, Limits, Quirks,
        command::Body,
        response::{Data, Response},
    };

    #[test]
    fn names_that_are_registered() {
        for entry in [Entry::ADMIN, Entry::PRIVATE_COMMENT, Entry::SHARED_COMMENT, Entry::SPECIAL_USE] {
            assert_eq!(Entry::new(entry.as_bytes()), Ok(entry));
        }
    }

    #[test]
    fn names_of_annotations() {
        for name in
            ["", "/", "comment", "/a/", "/a//b", "//a", "/a*", "/a%", "/a\r\n", "/a\0", "/\u{e9}", "/a\x7F"]
        {
            assert!(Entry::new(name).is_err(), "{name:?}");
        }
        let entry = Entry::new("/PRIVATE/a b").unwrap();
        assert!(entry.is_private() && !entry.is_shared() && entry == Entry::new("/private/A B").unwrap());
        assert!(Entry::new("/shared/x").unwrap().is_shared() && !Entry::new("/shared").unwrap().is_shared());
    }

    #[test]
    fn names_of_servers_are_kept() {
        let wire = b"* METADATA \"\" (\"/shared/*\" \"x\" \"%%\" NIL)";
        let Response::Data(Data::Metadata(metadata)) = Decoder::default().response(&wire[..]) else {
            panic!()
        };
        let Entries::Values(values) = metadata.entries else { panic!() };
        assert_eq!((values[0].entry.as_bytes(), values[1].entry.as_bytes()), (&b"/shared/*"[..], &b"%%"[..]));
        let strict = Decoder::new(Limits::client(), Quirks::strict());
        assert!(matches!(strict.response(&wire[..]), Response::Unknown(_)));
        for wire in
            ["GETMETADATA \"\" /shared/*", "GETMETADATA \"\" ()", "SETMETADATA x ()", "SETMETADATA x (a NIL)"]
        {
            assert!(Decoder::default().command(["a ", wire].concat().as_bytes()).is_err(), "{wire}");
        }
    }

    #[test]
    fn options_stand_before_the_mailbox_or_after_it() {
        for wire in [
            "a GETMETADATA (MAXSIZE 5 DEPTH infinity) x (/a /b)",
            "a GETMETADATA x (depth INFINITY maxsize 5) (/a /b)",
        ] {
            let Body::GetMetadata(command) = Decoder::default().command(wire.as_bytes()).unwrap().body else {
                panic!()
            };
            assert_eq!((command.max_size, command.depth), (Some(5), Some(Depth::Infinity)), "{wire}");
            assert_eq!(command.entries, ["/a", "/b"].map(|name| Entry::new(name).unwrap()));
        }
        for wire in [
            "a GETMETADATA (DEPTH 2) x /a",
            "a GETMETADATA (DEPTH 1) x (DEPTH 1) /a",
            "a GETMETADATA (X 1) x /a",
        ] {
            assert!(Decoder::default().command(wire.as_bytes()).is_err(), "{wire}");
        }
    }
}
