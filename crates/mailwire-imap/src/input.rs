//! What a parser reads: the rest of a frame, and what it needs to know beside it. The bridge to nom.

use alloc::borrow::Cow;

use nom::{Err, IResult, error::ErrorKind};

use crate::{Limits, Octets, ParseError, Quirks, frame::Frame};

/// What stays the same while one frame is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    pub(crate) frame: &'a Frame,
    /// Those of the frame.
    pub(crate) octets: &'a [u8],
    pub(crate) limits: &'a Limits,
    pub(crate) quirks: Quirks,
    /// Whether mailbox names are UTF-8 and not modified UTF-7.
    pub(crate) is_utf8: bool,
    /// Whether a client sent the frame: then no tolerance may make one reading of the octets into another.
    pub(crate) is_command: bool,
    /// The tag of a command, once it was read.
    pub(crate) tag: &'a [u8],
}

/// The part of a frame that is still to be read. It has two words, so that it is handed on in registers, and a value that stands
/// beside it is copied in the pieces in which it was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    pub(crate) context: &'a Context<'a>,
    /// Where it starts.
    place: usize,
}

pub(crate) type Parsed<'a, T> = IResult<Input<'a>, T, Mismatch<'a>>;

/// Where a rule failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mismatch<'a> {
    pub(crate) rule: &'static str,
    pub(crate) place: Input<'a>,
}

impl<'a> Input<'a> {
    pub(crate) fn new(context: &'a Context<'a>) -> Self {
        Self { context, place: 0 }
    }

    #[inline]
    pub(crate) fn rest(self) -> &'a [u8] {
        self.context.octets.get(self.place..).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.place >= self.context.octets.len()
    }

    #[inline]
    pub(crate) fn first(self) -> Option<u8> {
        self.context.octets.get(self.place).copied()
    }

    #[inline]
    pub(crate) fn quirks(self) -> Quirks {
        self.context.quirks
    }

    /// The same without its first `count` octets.
    #[inline]
    pub(crate) fn skip(self, count: usize) -> Self {
        Self { place: self.place + count, ..self }
    }

    /// The first `count` octets, and what follows them.
    #[inline]
    pub(crate) fn split(self, count: usize) -> (&'a [u8], Self) {
        let taken = self.rest().get(..count).unwrap_or(self.rest());
        (taken, self.skip(taken.len()))
    }

    /// Where in the frame this is.
    #[inline]
    pub(crate) fn offset(self) -> usize {
        self.place
    }

    /// `part`, which is a part of the frame, without a copy.
    #[inline]
    pub(crate) fn bytes(self, part: &'a [u8]) -> Octets {
        Octets::part_of(self.context.frame.octets(), part)
    }

    /// A string of the frame, unless something in it was escaped.
    #[inline]
    pub(crate) fn octets(self, text: Cow<'a, [u8]>) -> Octets {
        match text {
            Cow::Borrowed(part) => self.bytes(part),
            Cow::Owned(octets) => octets.into(),
        }
    }

    /// What stands between this and a later place.
    #[inline]
    pub(crate) fn up_to(self, later: Self) -> &'a [u8] {
        self.context.octets.get(self.place..later.place).unwrap_or_default()
    }

    /// Fails here.
    #[inline]
    pub(crate) fn expected<T>(self, rule: &'static str) -> Parsed<'a, T> {
        Err(self.mismatch(rule))
    }

    #[inline]
    pub(crate) fn mismatch(self, rule: &'static str) -> Err<Mismatch<'a>> {
        Err::Error(Mismatch { rule, place: self })
    }

    #[cold]
    pub(crate) fn error(self, rule: &'static str) -> ParseError {
        ParseError::new(rule, self.place, self.context.octets)
    }
}

impl From<Err<Mismatch<'_>>> for ParseError {
    #[cold]
    fn from(error: Err<Mismatch<'_>>) -> Self {
        match error {
            Err::Error(mismatch) | Err::Failure(mismatch) => mismatch.place.error(mismatch.rule),
            // No parser here asks for more octets.
            Err::Incomplete(_) => Self::new("whole frame", 0, &[]),
        }
    }
}

/// Reads all of the frame by `parser`.
#[inline]
pub(crate) fn whole<'a, T>(
    context: &'a Context<'a>,
    parser: impl FnOnce(Input<'a>) -> Parsed<'a, T>,
) -> Result<T, ParseError> {
    let (rest, value) = parser(Input::new(context))?;
    end(rest)?;
    Ok(value)
}

/// Nothing follows but spaces, which are a quirk.
#[inline]
pub(crate) fn end(input: Input<'_>) -> Parsed<'_, ()> {
    if is_end(input) { Ok((input, ())) } else { input.expected("end of line") }
}

#[inline]
fn is_end(rest: Input<'_>) -> bool {
    rest.is_empty() || (rest.quirks().loose_spaces && rest.rest().iter().all(|octet| *octet == b' '))
}

impl<'a> nom::error::ParseError<Input<'a>> for Mismatch<'a> {
    fn from_error_kind(place: Input<'a>, _: ErrorKind) -> Self {
        Self { rule: "octet", place }
    }

    fn append(_: Input<'a>, _: ErrorKind, other: Self) -> Self {
        other
    }
}
