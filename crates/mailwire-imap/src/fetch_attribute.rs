//! What FETCH asks for.

use alloc::{vec, vec::Vec};

use crate::{
    Atom, annotation,
    command::parse::is_experimental,
    encoder::{EncodeError, Encoder},
    grammar::{digits, list, octet, sp, word},
    input::{Input, Parsed},
    section::{Part, Section, section, section_binary},
};

/// `fetch-att` ([RFC 9051 section 6.4.5](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.5)) and those of the extensions.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Attribute {
    /// `ANNOTATION` (RFC 5257)
    Annotation(annotation::Request),
    /// `BINARY[...]`, `BINARY.PEEK[...]`
    Binary {
        /// Which part of the message.
        part: Part,
        /// Where to start, and how many octets at most.
        partial: Option<(u64, u64)>,
        /// Whether `\Seen` is not to be set.
        peek: bool,
    },
    /// `BINARY.SIZE[...]`
    BinarySize(Part),
    /// `BODY[...]`, `BODY.PEEK[...]`
    Body {
        /// Which part of the message.
        section: Section,
        /// Where to start, and how many octets at most.
        partial: Option<(u64, u64)>,
        /// Whether `\Seen` is not to be set.
        peek: bool,
    },
    /// `BODY`
    BodyShort,
    /// `BODYSTRUCTURE`
    BodyStructure,
    /// `EMAILID`
    EmailId,
    /// `ENVELOPE`
    Envelope,
    /// `X...`: one of no standard. Its name has letters, digits and `.-=+_`, and starts with `X`; the answer is
    /// [`Item::Other`](crate::fetch::Item::Other).
    Experimental(Atom),
    /// `FLAGS`
    Flags,
    /// `INTERNALDATE`
    InternalDate,
    /// `MODSEQ`
    ModSeq,
    /// `PREVIEW`, and whether only what costs nothing
    Preview {
        /// `PREVIEW (LAZY)`
        lazy: bool,
    },
    /// `RFC822`
    Rfc822,
    /// `RFC822.HEADER`
    Rfc822Header,
    /// `RFC822.SIZE`
    Rfc822Size,
    /// `RFC822.TEXT`
    Rfc822Text,
    /// `SAVEDATE`
    SaveDate,
    /// `THREADID`
    ThreadId,
    /// `UID`
    Uid,
    /// `X-GM-LABELS`
    GmailLabels,
    /// `X-GM-MSGID`
    GmailMessageId,
    /// `X-GM-THRID`
    GmailThreadId,
}

impl Attribute {
    /// A section of the message, without setting `\Seen`.
    pub fn peek(section: Section) -> Self {
        Self::Body { section, partial: None, peek: true }
    }

    /// What the macro `FAST` stands for.
    pub fn fast() -> Vec<Self> {
        vec![Self::Flags, Self::InternalDate, Self::Rfc822Size]
    }

    /// What the macro `ALL` stands for.
    pub fn all() -> Vec<Self> {
        vec![Self::Flags, Self::InternalDate, Self::Rfc822Size, Self::Envelope]
    }

    /// What the macro `FULL` stands for.
    pub fn full() -> Vec<Self> {
        vec![Self::Flags, Self::InternalDate, Self::Rfc822Size, Self::Envelope, Self::BodyShort]
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Annotation(request) => request.encode(out.raw(b"ANNOTATION ")),
            Self::Binary { part, partial, peek } => {
                part.encode(out.raw(if *peek { b"BINARY.PEEK" } else { b"BINARY" }));
                encode_partial(*partial, out);
            }
            Self::BinarySize(part) => part.encode(out.raw(b"BINARY.SIZE")),
            Self::Body { section, partial, peek } => {
                section.encode(out.raw(if *peek { b"BODY.PEEK" } else { b"BODY" }));
                encode_partial(*partial, out);
            }
            Self::Experimental(name) => {
                if !is_experimental(name.as_bytes()) {
                    out.refuse("fetch-att");
                }
                out.other(name.as_bytes(), KNOWN).done();
            }
            Self::Preview { lazy: true } => out.raw(b"PREVIEW (LAZY)").done(),
            simple => out.raw(simple.as_bytes()).done(),
        }
    }

    fn as_bytes(&self) -> &'static [u8] {
        match self {
            Self::Annotation(_) => b"ANNOTATION",
            Self::Binary { .. } => b"BINARY",
            Self::BinarySize(_) => b"BINARY.SIZE",
            Self::Body { .. } | Self::BodyShort => b"BODY",
            Self::BodyStructure => b"BODYSTRUCTURE",
            Self::EmailId => b"EMAILID",
            Self::Envelope => b"ENVELOPE",
            Self::Experimental(_) => b"",
            Self::Flags => b"FLAGS",
            Self::InternalDate => b"INTERNALDATE",
            Self::ModSeq => b"MODSEQ",
            Self::Preview { .. } => b"PREVIEW",
            Self::Rfc822 => b"RFC822",
            Self::Rfc822Header => b"RFC822.HEADER",
            Self::Rfc822Size => b"RFC822.SIZE",
            Self::Rfc822Text => b"RFC822.TEXT",
            Self::SaveDate => b"SAVEDATE",
            Self::ThreadId => b"THREADID",
            Self::Uid => b"UID",
            Self::GmailLabels => b"X-GM-LABELS",
            Self::GmailMessageId => b"X-GM-MSGID",
            Self::GmailThreadId => b"X-GM-THRID",
        }
    }
}

pub(crate) fn encode_partial(partial: Option<(u64, u64)>, out: &mut Encoder) {
    if let Some((start, length)) = partial {
        if length == 0 {
            out.fail(EncodeError::Zero);
        }
        out.raw(b"<").number63(start).raw(b".").number63(length).raw(b">");
    }
}

/// `"ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")"`; macros become what they stand for.
pub(crate) fn attributes(input: Input<'_>) -> Parsed<'_, Vec<Attribute>> {
    if input.first() == Some(b'(') {
        let (rest, attributes) = list(input, attribute)?;
        return if attributes.is_empty() { input.expected("fetch-att") } else { Ok((rest, attributes)) };
    }
    let (rest, word) = word(input)?;
    match word.as_bytes() {
        b"ALL" => Ok((rest, Attribute::all())),
        b"FAST" => Ok((rest, Attribute::fast())),
        b"FULL" => Ok((rest, Attribute::full())),
        _ => attribute(input).map(|(rest, attribute)| (rest, vec![attribute])),
    }
}

/// `fetch-att`
pub(crate) fn attribute(input: Input<'_>) -> Parsed<'_, Attribute> {
    let (rest, word) = word(input)?;
    if rest.first() == Some(b'[') {
        return with_section(input, rest, word.as_bytes());
    }
    let attribute = match word.as_bytes() {
        b"ANNOTATION" => {
            return annotation::request(sp(rest)?.0)
                .map(|(rest, request)| (rest, Attribute::Annotation(request)));
        }
        b"BODY" => Attribute::BodyShort,
        b"BODYSTRUCTURE" => Attribute::BodyStructure,
        b"EMAILID" => Attribute::EmailId,
        b"ENVELOPE" => Attribute::Envelope,
        b"FLAGS" => Attribute::Flags,
        b"INTERNALDATE" => Attribute::InternalDate,
        b"MODSEQ" => Attribute::ModSeq,
        b"PREVIEW" => {
            let lazy = rest.rest().get(..7).is_some_and(|next| next.eq_ignore_ascii_case(b" (LAZY)"));
            return Ok((rest.skip(if lazy { 7 } else { 0 }), Attribute::Preview { lazy }));
        }
        b"RFC822" => Attribute::Rfc822,
        b"RFC822.HEADER" => Attribute::Rfc822Header,
        b"RFC822.SIZE" => Attribute::Rfc822Size,
        b"RFC822.TEXT" => Attribute::Rfc822Text,
        b"SAVEDATE" => Attribute::SaveDate,
        b"THREADID" => Attribute::ThreadId,
        b"UID" => Attribute::Uid,
        b"X-GM-LABELS" => Attribute::GmailLabels,
        b"X-GM-MSGID" => Attribute::GmailMessageId,
        b"X-GM-THRID" => Attribute::GmailThreadId,
        _ if is_experimental(input.rest()) => {
            Attribute::Experimental(Atom::from_parsed(input.bytes(input.up_to(rest))))
        }
        _ => return input.expected("fetch-att"),
    };
    Ok((rest, attribute))
}

fn with_section<'a>(input: Input<'a>, after: Input<'a>, word: &[u8]) -> Parsed<'a, Attribute> {
    let peek = word.ends_with(b".PEEK");
    match word {
        b"BODY" | b"BODY.PEEK" => {
            let (rest, section) = section(after)?;
            let (rest, partial) = partial(rest)?;
            Ok((rest, Attribute::Body { section, partial, peek }))
        }
        b"BINARY" | b"BINARY.PEEK" => {
            let (rest, part) = section_binary(after)?;
            let (rest, partial) = partial(rest)?;
            Ok((rest, Attribute::Binary { part, partial, peek }))
        }
        b"BINARY.SIZE" => section_binary(after).map(|(rest, part)| (rest, Attribute::BinarySize(part))),
        _ => input.expected("fetch-att"),
    }
}

/// `partial = "<" number64 "." nz-number64 ">"`
pub(crate) fn partial(input: Input<'_>) -> Parsed<'_, Option<(u64, u64)>> {
    if input.first() != Some(b'<') {
        return Ok((input, None));
    }
    let (rest, start) = digits(input.skip(1))?;
    let (before, ()) = octet(rest, b'.', "\".\"")?;
    let (rest, length) = digits(before)?;
    if length == 0 {
        return before.expected("nz-number64");
    }
    Ok((octet(rest, b'>', "\">\"")?.0, Some((start, length))))
}

/// What starts with `X` and has a value of its own.
const KNOWN: &[&str] = &["X-GM-LABELS", "X-GM-MSGID", "X-GM-THRID"];

#[cfg(test)]
mod tests;
