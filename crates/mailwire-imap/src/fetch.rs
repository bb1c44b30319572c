//! FETCH responses: what a server tells of one message.

use alloc::{boxed::Box, vec::Vec};

use memchr::memchr;

use crate::{
    Atom, BodyStructure, Envelope, Flags, ModSeq, Octets, ParseError, SeqNum, Uid, annotation,
    body_structure::body_structure,
    date::{DateTime, date_time},
    encoder::Encoder,
    envelope::envelope,
    flag::flag_list,
    grammar::{
        astring, close, digits, is_closing, list, literal_header, loose_nz_number, loose_spaces,
        mod_sequence, nil, nstring, number64, octet, open, sp, word,
    },
    input::{Input, Parsed},
    section::{Part, Section, section, section_binary},
    value::{Value, value},
};

mod told;

/// `* 12 FETCH (...)`, or `* 12 UIDFETCH (...)`
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Fetch {
    /// Of which message.
    pub message: Message,
    /// What is told, in the order of the wire.
    pub items: Vec<Item>,
}

/// Which message an answer is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Message {
    /// The one at this place: `FETCH`.
    Sequence(SeqNum),
    /// The one with this UID: `UIDFETCH`, once UIDONLY is enabled (RFC 9586).
    Uid(Uid),
}

/// `msg-att` ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9)) and those of the extensions.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Item {
    /// `ANNOTATION` (RFC 5257)
    Annotation(annotation::Told),
    /// `BINARY[...]`
    Binary(Box<Binary>),
    /// `BINARY.SIZE[...]`
    BinarySize(Part, u64),
    /// `BODY[...]`
    Body(Box<Body>),
    /// `BODY`, the structure without extension data
    BodyShort(BodyStructure),
    /// `BODYSTRUCTURE`
    BodyStructure(BodyStructure),
    /// `EMAILID` (RFC 8474)
    EmailId(Octets),
    /// `ENVELOPE`
    Envelope(Box<Envelope>),
    /// `FLAGS`
    Flags(Flags),
    /// `INTERNALDATE`; nothing if it is no date
    InternalDate(Option<DateTime>),
    /// `MODSEQ` (RFC 7162)
    ModSeq(ModSeq),
    /// `PREVIEW` (RFC 8970); nothing if there is none
    Preview(Option<Octets>),
    /// `RFC822`, of IMAP4rev1
    Rfc822(Content),
    /// `RFC822.HEADER`, of IMAP4rev1
    Rfc822Header(Content),
    /// `RFC822.SIZE`
    Rfc822Size(u64),
    /// `RFC822.TEXT`, of IMAP4rev1
    Rfc822Text(Content),
    /// `SAVEDATE` (RFC 8514); nothing if it is not known
    SaveDate(Option<DateTime>),
    /// `THREADID` (RFC 8474); nothing if it is not known
    ThreadId(Option<Octets>),
    /// `UID`
    Uid(Uid),
    /// `X-GM-LABELS`, of Gmail
    GmailLabels(Vec<Octets>),
    /// `X-GM-MSGID`, of Gmail
    GmailMessageId(u64),
    /// `X-GM-THRID`, of Gmail
    GmailThreadId(u64),
    /// One that could not be read; the others of the message are not harmed.
    Invalid {
        /// All its octets.
        octets: Octets,
        /// Why.
        error: ParseError,
    },
    /// Any other.
    Other(Atom, Box<Value>),
}

/// `"BODY" section ["<" number ">"] SP nstring`
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Body {
    /// Which part of the message.
    pub section: Section,
    /// Where in the part the octets start, if it was asked for a range.
    pub origin: Option<u64>,
    /// The octets.
    pub content: Content,
}

/// `"BINARY" section-binary ["<" number ">"] SP (nstring / literal8)`
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Binary {
    /// Which part of the message.
    pub part: Part,
    /// Where in the part the octets start, if it was asked for a range.
    pub origin: Option<u64>,
    /// The octets.
    pub content: Content,
}

/// Octets of a message.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Content {
    /// There are none: `NIL`.
    Nil,
    /// Here they are.
    Octets(Octets),
    /// They came as chunks before this response, or will be sent at this place: this many.
    Streamed(u64),
}

impl From<SeqNum> for Message {
    fn from(number: SeqNum) -> Self {
        Self::Sequence(number)
    }
}

impl From<Uid> for Message {
    fn from(uid: Uid) -> Self {
        Self::Uid(uid)
    }
}

impl Content {
    /// The octets, if they are here.
    pub fn octets(&self) -> Option<&Octets> {
        if let Self::Octets(octets) = self { Some(octets) } else { None }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Nil => out.raw(b"NIL").done(),
            Self::Octets(octets) => out.literal(octets).done(),
            Self::Streamed(length) => out.stream(*length, false).done(),
        }
    }
}

impl Fetch {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        let (number, word): (u32, &[u8]) = match self.message {
            Message::Sequence(number) => (number.get(), b" FETCH "),
            Message::Uid(uid) => (uid.get(), b" UIDFETCH "),
        };
        out.number(number.into()).raw(word).list1(&self.items, |out, item| item.encode(out));
    }
}

impl Item {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Annotation(told) => told.encode(out.raw(b"ANNOTATION ")),
            Self::Binary(binary) => {
                binary.part.encode(out.raw(b"BINARY"));
                encode_origin(binary.origin, out);
                binary.content.encode(out.sp());
            }
            Self::BinarySize(part, size) => {
                part.encode(out.raw(b"BINARY.SIZE"));
                out.sp().number(*size);
            }
            Self::Body(body) => {
                body.section.encode(out.raw(b"BODY"));
                encode_origin(body.origin, out);
                body.content.encode(out.sp());
            }
            Self::BodyShort(structure) => structure.encode(out.raw(b"BODY ")),
            Self::BodyStructure(structure) => structure.encode(out.raw(b"BODYSTRUCTURE ")),
            Self::EmailId(id) => out.raw(b"EMAILID (").astring(id).raw(b")").done(),
            Self::Envelope(envelope) => envelope.encode(out.raw(b"ENVELOPE ")),
            Self::Flags(flags) => flags.encode(out.raw(b"FLAGS ")),
            Self::InternalDate(date) => encode_date(*date, out.raw(b"INTERNALDATE ")),
            Self::ModSeq(value) => out.raw(b"MODSEQ (").number(value.get()).raw(b")").done(),
            Self::Preview(text) => out.raw(b"PREVIEW ").nstring(text.as_deref()).done(),
            Self::Rfc822(content) => content.encode(out.raw(b"RFC822 ")),
            Self::Rfc822Header(content) => content.encode(out.raw(b"RFC822.HEADER ")),
            Self::Rfc822Size(size) => out.raw(b"RFC822.SIZE ").number(*size).done(),
            Self::Rfc822Text(content) => content.encode(out.raw(b"RFC822.TEXT ")),
            Self::SaveDate(date) => encode_date(*date, out.raw(b"SAVEDATE ")),
            Self::ThreadId(Some(id)) => out.raw(b"THREADID (").astring(id).raw(b")").done(),
            Self::ThreadId(None) => out.raw(b"THREADID NIL").done(),
            Self::Uid(uid) => out.raw(b"UID ").number(uid.get().into()).done(),
            Self::GmailLabels(labels) => {
                out.raw(b"X-GM-LABELS ").list(labels, |out, label| out.string(label).done());
            }
            Self::GmailMessageId(id) => out.raw(b"X-GM-MSGID ").number(*id).done(),
            Self::GmailThreadId(id) => out.raw(b"X-GM-THRID ").number(*id).done(),
            Self::Invalid { .. } => out.refuse("msg-att").done(),
            Self::Other(name, value) => value.encode(out.other(name.as_bytes(), KNOWN).sp()),
        }
    }
}

pub(crate) fn encode_origin(origin: Option<u64>, out: &mut Encoder) {
    if let Some(origin) = origin {
        out.raw(b"<").number(origin).raw(b">");
    }
}

fn encode_date(date: Option<DateTime>, out: &mut Encoder) {
    match date {
        Some(date) => date.encode(out),
        None => out.raw(b"NIL").done(),
    }
}

/// `"(" msg-att *(SP msg-att) ")"`
pub(crate) fn items(input: Input<'_>) -> Parsed<'_, Vec<Item>> {
    let (mut input, ()) = open(input)?;
    input = loose_spaces(input);
    let is_wrapped = input.first() == Some(b'(') && input.quirks().loose_fetch;
    if is_wrapped {
        input = input.skip(1);
    }
    let mut items = Vec::with_capacity(if input.rest().len() < 32 { 1 } else { 4 });
    while !is_closing(input) {
        let (rest, ()) = item_or_invalid(input, &mut items)?;
        input = match rest {
            // All that was left could not be read.
            rest if rest.is_empty() && !rest.context.frame.is_head() => return Ok((rest, items)),
            rest if is_closing(rest) => rest,
            rest => sp(rest)?.0,
        };
    }
    if items.is_empty() && !input.quirks().loose_fetch {
        return input.expected("msg-att");
    }
    if is_wrapped {
        input = close(input)?.0;
    }
    Ok((close(input)?.0, items))
}

/// An item; one that cannot be read is passed over by the outer form of its value, quotes and literals included.
fn item_or_invalid<'a>(input: Input<'a>, items: &mut Vec<Item>) -> Parsed<'a, ()> {
    let before = items.len();
    let error = match item(input, items) {
        Ok((rest, ())) if rest.first() == Some(b' ') || is_closing(rest) => return Ok((rest, ())),
        Ok((rest, ())) => rest.error("SP"),
        Err(error) => error.into(),
    };
    items.truncate(before);
    invalid(input, items, error)
}

#[cold]
fn invalid<'a>(input: Input<'a>, items: &mut Vec<Item>, error: ParseError) -> Parsed<'a, ()> {
    // The error of the item, if it has one, says more than that there is none.
    let failed = || item(input, &mut Vec::new()).and(input.expected("msg-att"));
    if !input.quirks().loose_fetch {
        return failed();
    }
    let skipped = name(input).and_then(|(rest, ())| sp(rest)).and_then(|(rest, ())| value(rest, 0));
    let rest = match skipped {
        Ok((rest, _)) if is_closing(rest) || rest.first() == Some(b' ') => rest,
        // Where the value ends cannot be told, so the rest of the line goes with it. With a literal in the frame, that may be
        // octets of a message, because the literal was shorter than it said: then nothing of the frame can be trusted.
        _ if items.is_empty() || memchr(b'\n', input.context.frame.octets()).is_some() => return failed(),
        _ => input.skip(input.rest().len()),
    };
    items.push(Item::Invalid { octets: input.bytes(input.up_to(rest)), error });
    Ok((rest, ()))
}

/// The name of an item, with its section: up to a space outside of brackets and of what is in them.
fn name(input: Input<'_>) -> Parsed<'_, ()> {
    let (mut rest, _) = word(input)?;
    if rest.first() == Some(b'[') {
        rest = section(rest)?.0;
    }
    let (rest, _) = origin(rest)?;
    Ok((rest, ()))
}

/// `"<" number ">"`
pub(crate) fn origin(input: Input<'_>) -> Parsed<'_, Option<u64>> {
    if input.first() != Some(b'<') {
        return Ok((input, None));
    }
    let (rest, origin) = digits(input.skip(1))?;
    Ok((octet(rest, b'>', "\">\"")?.0, Some(origin)))
}

/// One item, unless it is a UID of 0 that is tolerated. It is made where it stays: what is handed on is copied each time.
fn item<'a>(input: Input<'a>, items: &mut Vec<Item>) -> Parsed<'a, ()> {
    let (after, name) = word(input)?;
    if after.first() == Some(b'[') {
        return with_section(input, after, name.as_bytes(), items);
    }
    let (rest, ()) = sp(after)?;
    match name.as_bytes() {
        b"FLAGS" => read(rest, items, flag_list, Item::Flags),
        b"UID" => {
            let (rest, uid) = loose_nz_number(rest)?;
            items.extend(uid.map(|uid| Item::Uid(uid.into())));
            Ok((rest, ()))
        }
        b"RFC822.SIZE" => read(rest, items, number64, Item::Rfc822Size),
        b"INTERNALDATE" => read(rest, items, loose_date, Item::InternalDate),
        b"ENVELOPE" => read(rest, items, envelope, Item::Envelope),
        b"BODYSTRUCTURE" => read(rest, items, body_structure, Item::BodyStructure),
        b"BODY" => read(rest, items, body_structure, Item::BodyShort),
        b"MODSEQ" => read(rest, items, mod_seq, Item::ModSeq),
        b"RFC822" => read(rest, items, content, Item::Rfc822),
        b"RFC822.HEADER" => read(rest, items, content, Item::Rfc822Header),
        b"RFC822.TEXT" => read(rest, items, content, Item::Rfc822Text),
        b"PREVIEW" => read(rest, items, nstring, Item::Preview),
        b"SAVEDATE" => read(rest, items, loose_date, Item::SaveDate),
        b"EMAILID" => read(rest, items, object_id, Item::EmailId),
        b"THREADID" => match nil(rest) {
            Some(rest) => read(rest, items, |rest| Ok((rest, None)), Item::ThreadId),
            None => read(rest, items, object_id, |id| Item::ThreadId(Some(id))),
        },
        b"ANNOTATION" => read(rest, items, annotation::told, Item::Annotation),
        b"X-GM-MSGID" => read(rest, items, digits, Item::GmailMessageId),
        b"X-GM-THRID" => read(rest, items, digits, Item::GmailThreadId),
        b"X-GM-LABELS" => read(rest, items, |rest| list(rest, label), Item::GmailLabels),
        _ => {
            let name = Atom::from_parsed(input.bytes(input.up_to(after)));
            read(rest, items, |rest| value(rest, 0), |value| Item::Other(name, Box::new(value)))
        }
    }
}

#[inline]
fn read<'a, T>(
    input: Input<'a>,
    items: &mut Vec<Item>,
    parser: impl FnOnce(Input<'a>) -> Parsed<'a, T>,
    item: impl FnOnce(T) -> Item,
) -> Parsed<'a, ()> {
    let (rest, value) = parser(input)?;
    items.push(item(value));
    Ok((rest, ()))
}

/// `"(" permsg-modsequence ")"`
fn mod_seq(input: Input<'_>) -> Parsed<'_, ModSeq> {
    let (rest, ()) = open(input)?;
    let (rest, value) = mod_sequence(rest)?;
    Ok((close(rest)?.0, value))
}

fn with_section<'a>(
    input: Input<'a>,
    after: Input<'a>,
    name: &[u8],
    items: &mut Vec<Item>,
) -> Parsed<'a, ()> {
    match name {
        b"BODY" => {
            let (rest, section) = section(after)?;
            let (rest, origin) = origin(rest)?;
            let (rest, content) = content(sp(rest)?.0)?;
            items.push(Item::Body(Box::new(Body { section, origin, content })));
            Ok((rest, ()))
        }
        b"BINARY" => {
            let (rest, part) = section_binary(after)?;
            let (rest, origin) = origin(rest)?;
            let (rest, content) = content(sp(rest)?.0)?;
            items.push(Item::Binary(Box::new(Binary { part, origin, content })));
            Ok((rest, ()))
        }
        b"BINARY.SIZE" => {
            let (rest, part) = section_binary(after)?;
            let (rest, size) = number64(sp(rest)?.0)?;
            items.push(Item::BinarySize(part, size));
            Ok((rest, ()))
        }
        _ => input.expected("msg-att"),
    }
}

/// `nstring / literal8`, whose octets may have been streamed.
pub(crate) fn content(input: Input<'_>) -> Parsed<'_, Content> {
    if matches!(input.first(), Some(b'{' | b'~')) {
        let (rest, length) = literal_header(input)?;
        if input.context.frame.is_streamed_at(rest.offset()) {
            return Ok((rest, Content::Streamed(length)));
        }
    }
    nstring(input).map(|(rest, octets)| (rest, octets.map_or(Content::Nil, Content::Octets)))
}

fn loose_date(input: Input<'_>) -> Parsed<'_, Option<DateTime>> {
    match nil(input) {
        Some(rest) => Ok((rest, None)),
        None => date_time(input),
    }
}

fn object_id(input: Input<'_>) -> Parsed<'_, Octets> {
    let (rest, ()) = open(input)?;
    let (rest, id) = astring(rest)?;
    Ok((close(rest)?.0, id))
}

/// A label: an astring that may start with a backslash.
pub(crate) fn label(input: Input<'_>) -> Parsed<'_, Octets> {
    if input.first() != Some(b'\\') {
        return astring(input);
    }
    let (rest, _) = crate::grammar::atom(input.skip(1))?;
    Ok((rest, input.bytes(input.up_to(rest))))
}

/// What has an item of its own.
const KNOWN: &[&str] = &[
    "ANNOTATION",
    "BINARY",
    "BINARY.SIZE",
    "BODY",
    "BODYSTRUCTURE",
    "EMAILID",
    "ENVELOPE",
    "FLAGS",
    "INTERNALDATE",
    "MODSEQ",
    "PREVIEW",
    "RFC822",
    "RFC822.HEADER",
    "RFC822.SIZE",
    "RFC822.TEXT",
    "SAVEDATE",
    "THREADID",
    "UID",
    "X-GM-LABELS",
    "X-GM-MSGID",
    "X-GM-THRID",
];
