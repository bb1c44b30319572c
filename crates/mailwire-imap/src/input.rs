//! What a parser reads: the rest of a frame, and what it needs to know beside it. The bridge to nom.

use core::{iter, slice};

use nom::{Err, IResult, Needed, error::ErrorKind};

use crate::{Limits, Octets, ParseError, Quirks, frame::Frame};

/// What stays the same while one frame is read.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) limits: &'a Limits,
    pub(crate) quirks: Quirks,
    /// Whether mailbox names are UTF-8 and not modified UTF-7.
    pub(crate) is_utf8: bool,
    /// Whether a client sent the frame: then no tolerance may make one reading of the octets into another.
    pub(crate) is_command: bool,
}

/// The part of a frame that is still to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    rest: &'a [u8],
    pub(crate) context: &'a Context<'a>,
}

pub(crate) type Parsed<'a, T> = IResult<Input<'a>, T, Mismatch>;

/// Where a rule failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mismatch {
    rule: &'static str,
    /// How many octets were left.
    left: usize,
}

impl<'a> Input<'a> {
    pub(crate) fn new(context: &'a Context<'a>) -> Self {
        Self { rest: context.frame.octets(), context }
    }

    #[inline]
    pub(crate) fn rest(self) -> &'a [u8] {
        self.rest
    }

    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.rest.is_empty()
    }

    #[inline]
    pub(crate) fn first(self) -> Option<u8> {
        self.rest.first().copied()
    }

    #[inline]
    pub(crate) fn quirks(self) -> Quirks {
        self.context.quirks
    }

    /// The same without its first `count` octets.
    #[inline]
    pub(crate) fn skip(self, count: usize) -> Self {
        Self { rest: self.rest.get(count..).unwrap_or_default(), ..self }
    }

    /// The first `count` octets, and what follows them.
    #[inline]
    pub(crate) fn split(self, count: usize) -> (&'a [u8], Self) {
        let (taken, rest) = self.rest.split_at_checked(count).unwrap_or((self.rest, &[]));
        (taken, Self { rest, ..self })
    }

    /// Where in the frame this is.
    #[inline]
    pub(crate) fn offset(self) -> usize {
        self.context.frame.octets().len().saturating_sub(self.rest.len())
    }

    /// `part`, which is a part of the frame, without a copy.
    #[inline]
    pub(crate) fn bytes(self, part: &'a [u8]) -> Octets {
        Octets::part_of(self.context.frame.octets(), part)
    }

    /// What stands between this and a later place.
    #[inline]
    pub(crate) fn up_to(self, later: Self) -> &'a [u8] {
        self.rest.get(..self.rest.len().saturating_sub(later.rest.len())).unwrap_or_default()
    }

    /// Fails here.
    #[inline]
    pub(crate) fn expected<T>(self, rule: &'static str) -> Parsed<'a, T> {
        Err(Err::Error(Mismatch { rule, left: self.rest.len() }))
    }

    #[cold]
    pub(crate) fn error(self, rule: &'static str) -> ParseError {
        ParseError::new(rule, self.offset(), self.context.frame.octets())
    }
}

impl Mismatch {
    pub(crate) fn into_error(self, frame: &[u8]) -> ParseError {
        ParseError::new(self.rule, frame.len().saturating_sub(self.left), frame)
    }
}

/// Reads all of the frame by `parser`; spaces at its end are a quirk.
#[inline]
pub(crate) fn whole<'a, T>(
    context: &'a Context<'a>,
    parser: impl FnOnce(Input<'a>) -> Parsed<'a, T>,
) -> Result<T, ParseError> {
    match parser(Input::new(context)) {
        Ok((rest, value)) if is_end(rest) => Ok(value),
        Ok((rest, _)) => Err(rest.error("end of line")),
        Err(error) => Err(into_error(&error, context)),
    }
}

pub(crate) fn ended(rest: Input<'_>) -> Result<(), ParseError> {
    if is_end(rest) { Ok(()) } else { Err(rest.error("end of line")) }
}

#[inline]
fn is_end(rest: Input<'_>) -> bool {
    rest.is_empty() || (rest.quirks().loose_spaces && rest.rest.iter().all(|octet| *octet == b' '))
}

#[cold]
pub(crate) fn into_error(error: &Err<Mismatch>, context: &Context<'_>) -> ParseError {
    match error {
        Err::Error(mismatch) | Err::Failure(mismatch) => mismatch.into_error(context.frame.octets()),
        Err::Incomplete(_) => {
            ParseError::new("whole frame", context.frame.octets().len(), context.frame.octets())
        }
    }
}

impl<'a> nom::Input for Input<'a> {
    type Item = u8;
    type Iter = iter::Copied<slice::Iter<'a, u8>>;
    type IterIndices = iter::Enumerate<Self::Iter>;

    fn input_len(&self) -> usize {
        self.rest.len()
    }

    fn take(&self, index: usize) -> Self {
        Self { rest: self.rest.get(..index).unwrap_or(self.rest), ..*self }
    }

    fn take_from(&self, index: usize) -> Self {
        self.skip(index)
    }

    fn take_split(&self, index: usize) -> (Self, Self) {
        (self.skip(index), self.take(index))
    }

    fn position<P: Fn(u8) -> bool>(&self, predicate: P) -> Option<usize> {
        self.rest.iter().position(|octet| predicate(*octet))
    }

    fn iter_elements(&self) -> Self::Iter {
        self.rest.iter().copied()
    }

    fn iter_indices(&self) -> Self::IterIndices {
        self.iter_elements().enumerate()
    }

    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        if self.rest.len() >= count { Ok(count) } else { Err(Needed::new(count - self.rest.len())) }
    }
}

impl nom::error::ParseError<Input<'_>> for Mismatch {
    fn from_error_kind(input: Input<'_>, _: ErrorKind) -> Self {
        Self { rule: "octet", left: input.rest.len() }
    }

    fn append(_: Input<'_>, _: ErrorKind, other: Self) -> Self {
        other
    }
}
