//! The one place where values become octets: it chooses how a string is written, and alone writes line ends.

use alloc::{string::String, vec::Vec};
use core::fmt;

use bytes::{BufMut as _, Bytes, BytesMut};

use crate::{
    Atom, Mailbox, Octets, Tag,
    grammar::{ASTRING, ATOM, LIST, WORD, run},
};

/// Writes commands or responses, in the forms that the peer understands.
///
/// A string becomes an atom, a quoted string, a literal or a literal8 by what is in it; its octets cannot end the line.
///
/// ```
/// use mailwire_imap::encoder::{Abilities, Encoder, Part};
///
/// let mut out = Encoder::client(Abilities::default());
/// out.keyword("LOGIN").sp().astring(b"ann").sp().astring(b"line\r\nline").end();
/// let parts = out.finish()?;
/// assert_eq!(parts[0], Part::Octets("LOGIN ann {10}\r\n".into()));
/// assert_eq!(parts[1], Part::Wait);
/// assert_eq!(parts[2], Part::Octets("line\r\nline\r\n".into()));
/// # Ok::<(), mailwire_imap::encoder::EncodeError>(())
/// ```
#[derive(Clone)]
pub struct Encoder {
    is_client: bool,
    abilities: Abilities,
    buffer: BytesMut,
    parts: Vec<Part>,
    error: Option<EncodeError>,
    is_text: bool,
}

impl Encoder {
    /// What a client sends to a server with these abilities.
    pub fn client(abilities: Abilities) -> Self {
        Self {
            is_client: true,
            abilities,
            buffer: BytesMut::new(),
            parts: Vec::new(),
            error: None,
            is_text: false,
        }
    }

    /// What a server sends to a client with these abilities.
    pub fn server(abilities: Abilities) -> Self {
        Self { is_client: false, ..Self::client(abilities) }
    }

    /// A word of the protocol. Line ends and the header of a literal are an error in it.
    pub fn keyword(&mut self, keyword: &'static str) -> &mut Self {
        if keyword.bytes().any(|octet| octet.is_ascii_control() || octet == b'{') {
            self.error.get_or_insert(EncodeError::ControlCharacter);
        }
        self.raw(keyword.as_bytes())
    }

    /// One space.
    pub fn sp(&mut self) -> &mut Self {
        self.raw(b" ")
    }

    /// A number in digits.
    pub fn number(&mut self, number: u64) -> &mut Self {
        let mut digits = [0_u8; 20];
        let mut rest = number;
        let mut count = 0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            count += 1;
            if rest == 0 {
                break;
            }
        }
        self.buffer.put_slice(digits.get(20 - count..).unwrap_or_default());
        self
    }

    /// An atom if the octets can be one, or a [`string`](Self::string).
    pub fn astring(&mut self, octets: &[u8]) -> &mut Self {
        let is_atom = !octets.is_empty() && run(octets, ASTRING) == octets.len();
        // A word that could be read as the absence of one is quoted.
        if is_atom && octets.len() < MAX_QUOTED && !octets.eq_ignore_ascii_case(b"NIL") {
            self.raw(octets)
        } else {
            self.string(octets)
        }
    }

    /// A quoted string if the octets can be one, or a literal, or a literal8.
    pub fn string(&mut self, octets: &[u8]) -> &mut Self {
        if self.is_quotable(octets) {
            self.buffer.reserve(octets.len() + 2);
            self.buffer.put_u8(b'"');
            for octet in octets {
                if matches!(octet, b'"' | b'\\') {
                    self.buffer.put_u8(b'\\');
                }
                self.buffer.put_u8(*octet);
            }
            self.buffer.put_u8(b'"');
            return self;
        }
        let is_binary = octets.contains(&0);
        if is_binary && self.is_client {
            self.error.get_or_insert(EncodeError::Nul);
        }
        self.long_string(octets, is_binary)
    }

    /// A string, or `NIL`.
    pub fn nstring(&mut self, octets: Option<&[u8]>) -> &mut Self {
        match octets {
            Some(octets) if octets.contains(&0) => self.long_string(octets, true),
            Some(octets) => self.string(octets),
            None => self.raw(b"NIL"),
        }
    }

    /// A literal, or a literal8 if the octets hold NUL; long ones are not copied.
    pub fn literal(&mut self, octets: &Octets) -> &mut Self {
        self.literal_header(octets.len() as u64, memchr::memchr(0, octets).is_some());
        self.octets(octets)
    }

    /// A literal8, whatever the octets hold; long ones are not copied.
    pub fn literal8(&mut self, octets: &Octets) -> &mut Self {
        self.literal_header(octets.len() as u64, true);
        self.octets(octets)
    }

    /// A literal of `length` octets that the caller sends at this place.
    pub fn stream(&mut self, length: u64, is_binary: bool) -> &mut Self {
        self.literal_header(length, is_binary);
        self.flush();
        self.parts.push(Part::Stream { length });
        self
    }

    /// A tag as a quoted string, in which nothing of a tag has to be escaped.
    pub(crate) fn tag_string(&mut self, tag: &Tag) -> &mut Self {
        self.raw(b"\"").raw(tag.as_bytes()).raw(b"\"")
    }

    /// An atom or quoted string in the text of a status, where there are no literals.
    pub(crate) fn text_string(&mut self, octets: &[u8]) -> &mut Self {
        if !octets.is_empty() && run(octets, ATOM) == octets.len() && !octets.eq_ignore_ascii_case(b"NIL") {
            return self.raw(octets);
        }
        if !octets.iter().all(|octet| matches!(octet, b' '..=b'~')) {
            self.refuse("string within a text");
        }
        self.raw(b"\"");
        for octet in octets {
            if matches!(octet, b'"' | b'\\') {
                self.raw(b"\\");
            }
            self.text(&[*octet]);
        }
        self.raw(b"\"")
    }

    /// A mailbox name: in UTF-8 or modified UTF-7, or as it was received.
    pub fn mailbox(&mut self, mailbox: &Mailbox) -> &mut Self {
        self.check_name(mailbox);
        let wire = mailbox.wire(self.abilities.utf8);
        self.astring(&wire)
    }

    /// A mailbox name in which `%` and `*` are wildcards.
    pub fn list_mailbox(&mut self, pattern: &Mailbox) -> &mut Self {
        self.check_name(pattern);
        let wire = pattern.wire(self.abilities.utf8);
        if !wire.is_empty() && run(&wire, LIST) == wire.len() { self.raw(&wire) } else { self.string(&wire) }
    }

    /// Text for people: control characters become spaces.
    ///
    /// No command has such a text; in one, an opening brace would start a literal, and is an error.
    pub fn text(&mut self, text: &[u8]) -> &mut Self {
        if self.is_client && text.contains(&b'{') {
            self.refuse("text without braces");
        }
        self.buffer.extend(text.iter().map(|octet| if octet.is_ascii_control() { b' ' } else { *octet }));
        self
    }

    /// `"(" [item *(SP item)] ")"`
    pub fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        encode: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        self.raw(b"(").separated(items, encode).raw(b")")
    }

    /// `[item *(SP item)]`
    pub fn separated<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut encode: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.raw(b" ");
            }
            encode(self, item);
        }
        self
    }

    /// The end of the command or response.
    pub fn end(&mut self) -> &mut Self {
        self.raw(b"\r\n")
    }

    /// What was written, in the order in which it is sent.
    ///
    /// # Errors
    ///
    /// The first [`EncodeError`] of what was written; nothing may be sent then.
    pub fn finish(mut self) -> Result<Vec<Part>, EncodeError> {
        self.flush();
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.parts),
        }
    }

    /// What the peer understands.
    pub fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    /// Octets of the protocol, or of a type that holds nothing harmful.
    pub(crate) fn raw(&mut self, octets: &[u8]) -> &mut Self {
        self.buffer.put_slice(octets);
        self
    }

    /// Ends a chain of calls.
    pub(crate) fn done(&mut self) {}

    /// `"(" item *(SP item) ")"`
    pub(crate) fn list1<T>(&mut self, items: &[T], mut encode: impl FnMut(&mut Self, &T)) -> &mut Self {
        if items.is_empty() {
            self.fail(EncodeError::EmptyList);
        }
        self.list(items, |out, item| encode(out, item))
    }

    /// A word that the caller chose.
    pub(crate) fn word(&mut self, word: &[u8]) -> &mut Self {
        if word.is_empty() || run(word, WORD) != word.len() {
            self.refuse("keyword");
        }
        self.raw(word)
    }

    /// A word that is none of those that have values of their own.
    pub(crate) fn other(&mut self, word: &[u8], known: &[&str]) -> &mut Self {
        if known.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word)) {
            self.refuse("word without a value of its own");
        }
        self.word(word)
    }

    /// The same for what may be any atom.
    pub(crate) fn other_atom(&mut self, atom: &Atom, known: &[&str]) -> &mut Self {
        if known.iter().any(|known| atom.is(known)) {
            self.refuse("word without a value of its own");
        }
        self.raw(atom.as_bytes())
    }

    /// A number of 63 bits.
    pub(crate) fn number63(&mut self, number: u64) -> &mut Self {
        if i64::try_from(number).is_err() {
            self.refuse("number of 63 bits");
        }
        self.number(number)
    }

    /// Strings up to [`end_text`](Self::end_text) stand in a text, in which nothing is a literal.
    pub(crate) fn begin_text(&mut self) -> &mut Self {
        self.is_text = true;
        self
    }

    pub(crate) fn end_text(&mut self) -> &mut Self {
        self.is_text = false;
        self
    }

    /// There is no form for a value that does not follow `rule`.
    pub(crate) fn refuse(&mut self, rule: &'static str) -> &mut Self {
        self.fail(EncodeError::Rule(rule))
    }

    pub(crate) fn fail(&mut self, error: EncodeError) -> &mut Self {
        self.error.get_or_insert(error);
        self
    }

    fn octets(&mut self, octets: &Octets) -> &mut Self {
        if octets.len() < MAX_COPIED {
            return self.raw(octets);
        }
        self.flush();
        self.parts.push(Part::Octets(octets.clone().into_bytes()));
        self
    }

    /// NUL has a form in modified UTF-7, but no mailbox has it in its name.
    pub(crate) fn check_name(&mut self, mailbox: &Mailbox) {
        if mailbox.holds_nul() {
            self.error.get_or_insert(EncodeError::Nul);
        }
    }

    fn long_string(&mut self, octets: &[u8], is_binary: bool) -> &mut Self {
        self.literal_header(octets.len() as u64, is_binary);
        self.raw(octets)
    }

    fn is_quotable(&self, octets: &[u8]) -> bool {
        octets.len() <= MAX_QUOTED
            && !octets.iter().any(|octet| matches!(octet, 0 | b'\r' | b'\n'))
            && (octets.is_ascii() || (self.abilities.utf8 && core::str::from_utf8(octets).is_ok()))
    }

    fn literal_header(&mut self, length: u64, is_binary: bool) {
        if self.is_text {
            self.refuse("string within a text");
        }
        if is_binary && !self.abilities.binary {
            self.error.get_or_insert(EncodeError::Nul);
        }
        self.raw(if is_binary { b"~{" } else { b"{" }).number(length);
        let waits = self.is_client
            && match self.abilities.literals {
                Literals::Synchronising => true,
                Literals::Minus => length > 4096,
                Literals::Plus => false,
            };
        if self.is_client && !waits {
            self.raw(b"+");
        }
        self.raw(b"}\r\n");
        if waits {
            self.flush();
            self.parts.push(Part::Wait);
        }
    }

    fn flush(&mut self) {
        if !self.buffer.is_empty() {
            self.parts.push(Part::Octets(self.buffer.split().freeze()));
        }
    }
}

/// Without octets: a password may be among them.
impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder")
            .field("is_client", &self.is_client)
            .field("abilities", &self.abilities)
            .field("parts", &self.parts)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// What is written, for people: as for a peer that understands everything; `...` for what cannot be written.
pub(crate) fn shown(write: impl FnOnce(&mut Encoder)) -> String {
    let mut out = Encoder::server(Abilities::all());
    write(&mut out);
    let Ok(parts) = out.finish() else { return "...".into() };
    let mut octets = Vec::new();
    for part in &parts {
        if let Part::Octets(part) = part {
            octets.extend_from_slice(part);
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}

/// One step of sending.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum Part {
    /// These octets are sent.
    Octets(Bytes),
    /// The caller sends as many octets of its own.
    Stream {
        /// How many.
        length: u64,
    },
    /// Nothing more is sent before the server has sent `+`; if it refuses the command, nothing more is sent of it at all.
    Wait,
}

/// Without octets: a password may be among them.
impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Octets(octets) => write!(f, "Octets({} octets)", octets.len()),
            Self::Stream { length } => write!(f, "Stream({length} octets)"),
            Self::Wait => f.write_str("Wait"),
        }
    }
}

/// What the peer understands.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Abilities {
    /// Which literals need no invitation.
    pub literals: Literals,
    /// Whether literal8 is understood: BINARY or IMAP4rev2.
    pub binary: bool,
    /// Whether strings may be UTF-8: after `ENABLE UTF8=ACCEPT` or `ENABLE IMAP4rev2`.
    pub utf8: bool,
}

impl Abilities {
    /// Everything, as between two peers that know all of IMAP.
    pub const fn all() -> Self {
        Self { literals: Literals::Plus, binary: true, utf8: true }
    }
}

/// Which literals a server takes without having sent `+` ([RFC 7888](https://www.rfc-editor.org/rfc/rfc7888)).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Literals {
    /// None.
    #[default]
    Synchronising,
    /// Those of up to 4096 octets: LITERAL-, and IMAP4rev2.
    Minus,
    /// All: LITERAL+.
    Plus,
}

/// A value that cannot be sent to this peer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// Two things exclude each other.
    #[error("two things exclude each other")]
    Conflict,
    /// A keyword of the caller holds a control character or an opening brace.
    #[error("a keyword holds a control character")]
    ControlCharacter,
    /// A hierarchy delimiter is not ASCII, or is NUL or a line end, for which there is no form.
    #[error("a hierarchy delimiter cannot be written")]
    Delimiter,
    /// A set of messages is empty, for which there is no form.
    #[error("a set of messages is empty")]
    EmptySet,
    /// A list is empty where one item has to be.
    #[error("a list is empty")]
    EmptyList,
    /// A value does not follow the rule of the grammar that it is for.
    #[error("a value is no {0}")]
    Rule(&'static str),
    /// Search keys are nested deeper than servers, and our own decoder, read by default.
    #[error("search keys are nested more than 100 levels deep")]
    TooDeep,
    /// A flag with a backslash stands where only keywords can: SEARCH has keys of their own for these.
    #[error("a flag is no keyword")]
    NotKeyword,
    /// The number of a message, or of octets that are asked for, is 0, for which there is no form.
    #[error("the number of a message or of octets is 0")]
    Zero,
    /// A string holds NUL, and the peer does not understand literal8.
    #[error("a string holds NUL, which the peer cannot read")]
    Nul,
}

/// Longer strings are literals: servers have bounds for quoted strings.
const MAX_QUOTED: usize = 1024;
/// Longer literals are parts of their own.
const MAX_COPIED: usize = 4096;

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    fn shown(abilities: Abilities, write: impl FnOnce(&mut Encoder)) -> Result<String, EncodeError> {
        let mut out = Encoder::client(abilities);
        write(&mut out);
        Ok(out
            .finish()?
            .iter()
            .map(|part| match part {
                Part::Octets(octets) => format!("{}", octets.escape_ascii()),
                Part::Stream { length } => format!("<{length}>"),
                Part::Wait => "<wait>".into(),
            })
            .collect())
    }

    #[test]
    fn the_form_follows_from_the_content_and_the_peer() {
        let none = Abilities::default();
        let minus = Abilities { literals: Literals::Minus, ..none };
        let all = Abilities::all();
        let long = "x".repeat(4097);
        for (octets, peer, wire) in [
            (&b"ann"[..], none, "ann"),
            (b"a]b", none, "a]b"),
            (b"", none, r#"\"\""#),
            (b"nil", none, r#"\"nil\""#),
            (b"a b", none, r#"\"a b\""#),
            (b"a\"\\", none, r#"\"a\\\"\\\\\""#),
            (b"a\r\nb", none, r"{4}\r\n<wait>a\r\nb"),
            (b"a\r\nb", minus, r"{4+}\r\na\r\nb"),
            ("é".as_bytes(), none, r"{2}\r\n<wait>\xc3\xa9"),
            ("é".as_bytes(), all, r#"\"\xc3\xa9\""#),
            (b"\xFF", all, r"{1+}\r\n\xff"),
            (long.as_bytes(), minus, &format!(r"{{4097}}\r\n<wait>{long}")),
            (long.as_bytes(), all, &format!(r"{{4097+}}\r\n{long}")),
        ] {
            assert_eq!(shown(peer, |out| out.astring(octets).done()).as_deref(), Ok(wire));
        }
        // A command has no string with NUL in it, but values that may be a literal8.
        assert_eq!(shown(all, |out| out.astring(b"\0").done()), Err(EncodeError::Nul));
        assert_eq!(shown(none, |out| out.nstring(Some(b"\0")).done()), Err(EncodeError::Nul));
        assert_eq!(shown(all, |out| out.nstring(Some(b"\0")).done()).as_deref(), Ok(r"~{1+}\r\n\x00"));
        let stream = shown(none, |out| out.stream(10, false).end().done());
        assert_eq!(stream.as_deref(), Ok(r"{10}\r\n<wait><10>\r\n"));
    }

    #[test]
    fn no_line_end_comes_in_by_text_or_keyword() {
        assert_eq!(shown(Abilities::all(), |out| out.text(b"a\r\nb").done()).as_deref(), Ok("a  b"));
        assert!(shown(Abilities::all(), |out| out.keyword("a\r\nb").done()).is_err());
        assert!(shown(Abilities::all(), |out| out.keyword("a {5}").done()).is_err());
        assert!(shown(Abilities::all(), |out| out.text(b"a {5}").done()).is_err());
    }
}
