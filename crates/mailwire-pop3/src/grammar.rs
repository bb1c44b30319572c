//! Rules that several nouns share, and the bridge from nom's errors to ours.

use nom::{
    Err, IResult, Parser,
    bytes::complete::{take_while, take_while1},
    error::ErrorKind,
};

use crate::ParseError;

pub(crate) type Parsed<'a, T> = IResult<&'a [u8], T, Mismatch<'a>>;

/// Where a rule failed; turned into a [`ParseError`] by [`whole`].
#[derive(Debug)]
pub(crate) struct Mismatch<'a> {
    rule: Option<&'static str>,
    at: &'a [u8],
}

impl<'a> nom::error::ParseError<&'a [u8]> for Mismatch<'a> {
    fn from_error_kind(at: &'a [u8], _: ErrorKind) -> Self {
        Self { rule: None, at }
    }

    fn append(_: &'a [u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// Fails here, naming `name`.
pub(crate) fn mismatch<'a, T>(name: &'static str, at: &'a [u8]) -> Parsed<'a, T> {
    Err(Err::Error(Mismatch { rule: Some(name), at }))
}

/// Names the rule that `parser` reads, for the error.
pub(crate) fn rule<'a, T>(
    name: &'static str,
    mut parser: impl Parser<&'a [u8], Output = T, Error = Mismatch<'a>>,
) -> impl FnMut(&'a [u8]) -> Parsed<'a, T> {
    move |input| {
        parser.parse(input).map_err(|error| {
            error.map(|mismatch| Mismatch { rule: mismatch.rule.or(Some(name)), ..mismatch })
        })
    }
}

/// Reads all of `line` by `parser`.
pub(crate) fn whole<'a, T>(
    line: &'a [u8],
    mut parser: impl Parser<&'a [u8], Output = T, Error = Mismatch<'a>>,
) -> Result<T, ParseError> {
    let failed = match parser.parse(line) {
        Ok((b"", value)) => return Ok(value),
        Ok((rest, _)) => Mismatch { rule: Some("end of line"), at: rest },
        Err(Err::Error(mismatch) | Err::Failure(mismatch)) => mismatch,
        Err(Err::Incomplete(_)) => Mismatch { rule: Some("whole line"), at: b"" },
    };
    Err(ParseError::new(failed.rule.unwrap_or("octet"), line.len().saturating_sub(failed.at.len()), line))
}

/// `SP`, or several of them and TABs: what servers put between columns.
pub(crate) fn spaces(input: &[u8]) -> Parsed<'_, &[u8]> {
    rule("SP", take_while1(is_space))(input)
}

/// `*SP`, at the end of a line.
pub(crate) fn trailing_spaces(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while(is_space).parse(input)
}

/// `1*VCHAR`, and octets over 0x7F, which RFC 6856 permits.
pub(crate) fn word(input: &[u8]) -> Parsed<'_, &[u8]> {
    rule("1*VCHAR", take_while1(|octet: u8| octet > b' ' && octet != 0x7F))(input)
}

/// Everything that is left.
pub(crate) fn rest_of_line(input: &[u8]) -> Parsed<'_, &[u8]> {
    Ok((b"", input))
}

/// `1*DIGIT` that fits 64 bits.
pub(crate) fn number(input: &[u8]) -> Parsed<'_, u64> {
    let (rest, digits) = rule("1*DIGIT", take_while1(|octet: u8| octet.is_ascii_digit()))(input)?;
    let value = digits.iter().try_fold(0_u64, |value, digit| {
        value.checked_mul(10)?.checked_add(u64::from(digit.wrapping_sub(b'0')))
    });
    match value {
        Some(value) => Ok((rest, value)),
        None => mismatch("number of 64 bits", input),
    }
}

pub(crate) fn is_space(octet: u8) -> bool {
    octet == b' ' || octet == b'\t'
}

/// `octets` without spaces and TABs at both ends.
pub(crate) fn trimmed(octets: &[u8]) -> &[u8] {
    let start = octets.iter().position(|octet| !is_space(*octet)).unwrap_or(octets.len());
    let end = octets.iter().rposition(|octet| !is_space(*octet)).map_or(start, |last| last + 1);
    octets.get(start..end).unwrap_or_default()
}
