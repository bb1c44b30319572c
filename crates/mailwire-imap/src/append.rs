//! What APPEND and REPLACE take: messages, whole or put together from parts of others.

use alloc::vec::Vec;

use crate::{
    Flags, Mailbox, Octets, SeqNum, Uid,
    annotation::{Annotation, annotations, encode_annotations},
    date::{DateTime, date_time},
    encoder::{EncodeError, Encoder},
    fetch::Content,
    flag::flag_list,
    grammar::{astring, close, list, literal, literal_header, loose_spaces, nz_number, sp, word},
    input::{Input, Parsed},
    mailbox::mailbox,
};

/// `append`, also with several messages (RFC 3502).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Append {
    /// Where to.
    pub mailbox: Mailbox,
    /// The messages.
    pub messages: Vec<Message>,
}

/// What REPLACE takes: a message that comes in place of another
/// ([RFC 8508 section 3.3](https://www.rfc-editor.org/rfc/rfc8508#section-3.3)).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Replace {
    /// Which message of the selected mailbox goes away.
    pub target: Target,
    /// Where the new one goes to.
    pub mailbox: Mailbox,
    /// The new one.
    pub message: Message,
}

/// The one message that is replaced.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Target {
    /// `*`: the last one
    Last {
        /// Whether it is a `UID` command.
        is_uid: bool,
    },
    /// The one at this place.
    Sequence(SeqNum),
    /// The one with this UID.
    Uid(Uid),
}

impl Target {
    /// Whether the command is a `UID` command.
    pub fn is_uid(self) -> bool {
        matches!(self, Self::Uid(_) | Self::Last { is_uid: true })
    }
}

impl From<SeqNum> for Target {
    fn from(number: SeqNum) -> Self {
        Self::Sequence(number)
    }
}

impl From<Uid> for Target {
    fn from(uid: Uid) -> Self {
        Self::Uid(uid)
    }
}

/// A message that is appended.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Message {
    /// The flags, if they are given.
    pub flags: Option<Flags>,
    /// When it arrived, if that is given.
    pub date: Option<DateTime>,
    /// `ANNOTATION` (RFC 5257)
    pub annotations: Vec<Annotation>,
    /// What it consists of.
    pub data: Data,
}

impl Append {
    /// One message.
    pub fn new(mailbox: impl Into<Mailbox>, message: Message) -> Self {
        Self { mailbox: mailbox.into(), messages: Vec::from([message]) }
    }

    /// The same with one more; needs MULTIAPPEND.
    #[must_use]
    pub fn and(mut self, message: Message) -> Self {
        self.messages.push(message);
        self
    }
}

impl Message {
    /// A message of these octets, without flags.
    pub fn new(content: Content) -> Self {
        let data = Data::Whole(Literal { content, form: Form::Plain });
        Self { flags: None, date: None, annotations: Vec::new(), data }
    }

    /// A message of these octets, which are at hand.
    ///
    /// ```
    /// use mailwire_imap::{Flag, append::{Append, Message}};
    ///
    /// let message = Message::of("Subject: hi\r\n\r\n").with_flags([Flag::Seen].into());
    /// assert_eq!(Append::new("Sent", message).messages.len(), 1);
    /// ```
    pub fn of(octets: impl Into<Octets>) -> Self {
        Self::new(Content::Octets(octets.into()))
    }

    /// The same with flags.
    #[must_use]
    pub fn with_flags(self, flags: Flags) -> Self {
        Self { flags: Some(flags), ..self }
    }

    /// The same with the moment of its arrival.
    #[must_use]
    pub fn with_date(self, date: DateTime) -> Self {
        Self { date: Some(date), ..self }
    }
}

/// `append-data`
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Data {
    /// `CATENATE`: these, one after the other ([RFC 4469](https://www.rfc-editor.org/rfc/rfc4469))
    Catenate(Vec<Part>),
    /// All octets.
    Whole(Literal),
}

/// `cat-part`
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Part {
    /// `TEXT`: these octets
    Text(Literal),
    /// `URL`: what this stands for, mostly without a server: `/Drafts/;UID=20/;SECTION=HEADER`;
    /// [`Url`](crate::url::Url) reads it
    Url(Octets),
}

/// Octets of a message, and in which form they are sent.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Literal {
    /// The octets, or how many there are.
    pub content: Content,
    /// The form.
    pub form: Form,
}

/// The form of a literal.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Form {
    /// `~{n}`, in which NUL may be
    Binary,
    /// `{n}`
    Plain,
    /// `UTF8 (~{n})`, for headers in UTF-8 ([RFC 6855 section 4](https://www.rfc-editor.org/rfc/rfc6855#section-4))
    Utf8,
}

impl Append {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.sp().mailbox(&self.mailbox);
        if self.messages.is_empty() {
            out.fail(EncodeError::EmptyList);
        }
        for message in &self.messages {
            message.encode(out.sp());
        }
    }
}

impl Replace {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        match self.target {
            Target::Last { .. } => out.raw(b"*"),
            Target::Sequence(number) => out.number(number.get().into()),
            Target::Uid(uid) => out.number(uid.get().into()),
        };
        out.sp().mailbox(&self.mailbox);
        self.message.encode(out.sp());
    }
}

impl Message {
    fn encode(&self, out: &mut Encoder) {
        if let Some(flags) = &self.flags {
            flags.encode(out);
            out.sp();
        }
        if let Some(date) = self.date {
            date.encode(out);
            out.sp();
        }
        if !self.annotations.is_empty() {
            encode_annotations(&self.annotations, out.raw(b"ANNOTATION "));
            out.sp();
        }
        match &self.data {
            Data::Catenate(parts) if parts.is_empty() => out.fail(EncodeError::EmptyList).done(),
            Data::Catenate(parts) => out.raw(b"CATENATE ").list(parts, |out, part| part.encode(out)).done(),
            Data::Whole(literal) => literal.encode(out),
        }
    }
}

impl Part {
    fn encode(&self, out: &mut Encoder) {
        match self {
            // What is text already says that it is UTF-8.
            Self::Text(literal) if literal.form == Form::Utf8 => literal.encode(out),
            Self::Text(literal) => literal.encode(out.raw(b"TEXT ")),
            Self::Url(url) => out.raw(b"URL ").string(url).done(),
        }
    }
}

impl Literal {
    fn encode(&self, out: &mut Encoder) {
        if self.form == Form::Utf8 {
            out.raw(b"UTF8 (");
        }
        let is_binary = self.form != Form::Plain;
        match &self.content {
            Content::Nil if is_binary => out.literal8(&Octets::new()).done(),
            Content::Nil => out.literal(&Octets::new()).done(),
            Content::Octets(octets) if is_binary => out.literal8(octets).done(),
            Content::Octets(octets) => out.literal(octets).done(),
            Content::Streamed(length) => out.stream(*length, is_binary).done(),
        }
        if self.form == Form::Utf8 {
            out.raw(b")");
        }
    }
}

/// `append = "APPEND" SP mailbox 1*append-message`
pub(crate) fn append(input: Input<'_>) -> Parsed<'_, Append> {
    let (mut input, mailbox) = mailbox(input)?;
    let mut messages = Vec::with_capacity(1);
    loop {
        let (rest, one) = message(sp(input)?.0)?;
        messages.push(one);
        input = rest;
        if loose_spaces(input).is_empty() {
            return Ok((input, Append { mailbox, messages }));
        }
    }
}

/// `replace = "REPLACE" SP seq-number SP mailbox append-message`
pub(crate) fn replace(input: Input<'_>, is_uid: bool) -> Parsed<'_, Replace> {
    let (rest, target) = match input.first() {
        Some(b'*') => (input.skip(1), Target::Last { is_uid }),
        _ if is_uid => nz_number(input).map(|(rest, uid)| (rest, Target::Uid(uid.into())))?,
        _ => nz_number(input).map(|(rest, number)| (rest, Target::Sequence(number.into())))?,
    };
    let (rest, mailbox) = mailbox(sp(rest)?.0)?;
    let (rest, message) = message(sp(rest)?.0)?;
    Ok((rest, Replace { target, mailbox, message }))
}

/// `append-message = [flag-list SP] [date-time SP] *(append-ext SP) append-data`
fn message(input: Input<'_>) -> Parsed<'_, Message> {
    let (mut input, mut flags, mut date, mut told) = (input, None, None, Vec::new());
    if input.first() == Some(b'(') {
        let (rest, list) = flag_list(input)?;
        (input, flags) = (sp(rest)?.0, Some(list));
    }
    if input.first() == Some(b'"') {
        let (rest, moment) = date_time(input)?;
        (input, date) = (sp(rest)?.0, moment);
    }
    while starts_with(input, b"ANNOTATION ") {
        let (rest, more) = annotations(sp(input.skip(10))?.0)?;
        told.extend(more);
        input = sp(rest)?.0;
    }
    let (rest, data) = if starts_with(input, b"CATENATE ") {
        let (rest, parts) = list(sp(input.skip(8))?.0, part)?;
        if parts.is_empty() {
            return input.expected("cat-part");
        }
        (rest, Data::Catenate(parts))
    } else {
        whole(input).map(|(rest, literal)| (rest, Data::Whole(literal)))?
    };
    Ok((rest, Message { flags, date, annotations: told, data }))
}

/// `cat-part = "TEXT" SP literal / "URL" SP astring`, or `utf8-literal`
fn part(input: Input<'_>) -> Parsed<'_, Part> {
    let (rest, name) = word(input)?;
    match name.as_bytes() {
        b"TEXT" => one(sp(rest)?.0).map(|(rest, literal)| (rest, Part::Text(literal))),
        b"URL" => astring(sp(rest)?.0).map(|(rest, url)| (rest, Part::Url(url))),
        b"UTF8" => whole(input).map(|(rest, literal)| (rest, Part::Text(literal))),
        _ => input.expected("cat-part"),
    }
}

/// `literal / literal8 / "UTF8" SP "(" literal8 ")"`
fn whole(input: Input<'_>) -> Parsed<'_, Literal> {
    if !starts_with(input, b"UTF8 (") {
        return one(input);
    }
    let (rest, literal) = one(input.skip(6))?;
    if literal.form != Form::Binary {
        return input.expected("literal8");
    }
    Ok((close(rest)?.0, Literal { form: Form::Utf8, ..literal }))
}

/// `literal / literal8`, whose octets may have been streamed
fn one(input: Input<'_>) -> Parsed<'_, Literal> {
    let form = if input.first() == Some(b'~') { Form::Binary } else { Form::Plain };
    let (after, length) = literal_header(input)?;
    if after.context.frame.is_streamed_at(after.offset()) {
        return Ok((after, Literal { content: Content::Streamed(length), form }));
    }
    literal(input).map(|(rest, octets)| (rest, Literal { content: Content::Octets(octets), form }))
}

fn starts_with(input: Input<'_>, word: &[u8]) -> bool {
    input.rest().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;

    use super::*;
    use crate::{
        Decoder, Limits, Quirks,
        command::Body,
        frame::{Event, Framer},
    };

    fn read(wire: &[u8]) -> Option<Append> {
        match Decoder::new(Limits::server(), Quirks::strict()).command(wire).ok()?.body {
            Body::Append(append) => Some(append),
            _ => None,
        }
    }

    #[test]
    fn parts_of_a_message() {
        let wire = b"a APPEND x (\\Seen) catenate (url /a text {1+}\r\nb TEXT ~{1+}\r\n\0 UTF8 (~{2+}\r\n\xC3\xA9) URL {2+}\r\n\r\n)";
        let message = read(wire).unwrap().messages.remove(0);
        let text =
            |octets: &[u8], form| Part::Text(Literal { content: Content::Octets(octets.into()), form });
        let expected = [
            Part::Url("/a".into()),
            text(b"b", Form::Plain),
            text(b"\0", Form::Binary),
            text("é".as_bytes(), Form::Utf8),
            Part::Url("\r\n".into()),
        ];
        assert_eq!(message.data, Data::Catenate(expected.into()));
    }

    #[test]
    fn what_is_no_message() {
        for wire in [
            "x",
            "x CATENATE ()",
            "x CATENATE (URL)",
            "x CATENATE (TEXT \"a\")",
            "x CATENATE (XYZZY {1+}\r\na)",
            "x CATENATE (UTF8 ({1+}\r\na))",
            "x UTF8 ({1+}\r\na)",
            "x UTF8 {1+}\r\na",
            "x ANNOTATION () {1+}\r\na",
            "x \"a\"",
            "x {1+}\r\n\0",
        ] {
            assert_eq!(read(["a APPEND ", wire].concat().as_bytes()), None, "{wire:?}");
        }
    }

    #[test]
    fn parts_are_streamed() {
        let mut limits = Limits::server();
        limits.inline_literal = 3;
        let mut framer = Framer::commands(limits.clone(), Quirks::lenient());
        let mut input = BytesMut::from("a APPEND x CATENATE (URL /a TEXT {5+}\r\nhello TEXT {2+}\r\nab)\r\n");
        let decoder = Decoder::new(limits, Quirks::lenient());
        let Some(Event::Literal(literal)) = framer.next_event(&mut input).unwrap() else { panic!() };
        let Body::Append(head) = decoder.command(literal.head().clone()).unwrap().body else { panic!() };
        let Data::Catenate(parts) = &head.messages[0].data else { panic!() };
        assert!(
            matches!(&parts[1], Part::Text(Literal { content: Content::Streamed(5), .. }))
                && parts.len() == 2
        );
        assert_eq!(framer.next_event(&mut input), Ok(Some(Event::Chunk("hello".into()))));
        let Some(Event::Frame(frame)) = framer.next_event(&mut input).unwrap() else { panic!() };
        let Body::Append(all) = decoder.command(frame).unwrap().body else { panic!() };
        let Data::Catenate(parts) = &all.messages[0].data else { panic!() };
        assert!(
            matches!(&parts[1], Part::Text(Literal { content: Content::Streamed(5), .. }))
                && parts.len() == 3
        );
    }
}
