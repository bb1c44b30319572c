//! Rules that many nouns share.

use alloc::{borrow::Cow, vec::Vec};
use core::num::NonZeroU32;

use memchr::{memchr, memchr2};

use crate::{
    ModSeq,
    input::{Input, Parsed},
    octets::{Octets, in_eights},
};

/// `SP`; several of them are a quirk.
#[inline(always)]
pub(crate) fn sp(input: Input<'_>) -> Parsed<'_, ()> {
    if input.first() != Some(b' ') {
        return input.expected("SP");
    }
    Ok((if input.quirks().loose_spaces { spaces(input) } else { input.skip(1) }, ()))
}

/// Without the spaces at the front, if that is tolerated.
#[inline(always)]
pub(crate) fn loose_spaces(input: Input<'_>) -> Input<'_> {
    if input.quirks().loose_spaces { spaces(input) } else { input }
}

#[inline]
fn spaces(mut input: Input<'_>) -> Input<'_> {
    while input.first() == Some(b' ') {
        input = input.skip(1);
    }
    input
}

/// One octet.
#[inline(always)]
pub(crate) fn octet<'a>(input: Input<'a>, wanted: u8, name: &'static str) -> Parsed<'a, ()> {
    if input.first() == Some(wanted) { Ok((input.skip(1), ())) } else { input.expected(name) }
}

#[inline(always)]
pub(crate) fn open(input: Input<'_>) -> Parsed<'_, ()> {
    octet(input, b'(', "\"(\"")
}

/// `")"`, which the head of a frame does not have yet.
#[inline(always)]
pub(crate) fn close(input: Input<'_>) -> Parsed<'_, ()> {
    let input = loose_spaces(input);
    if input.is_empty() && input.context.frame.is_head() {
        return Ok((input, ()));
    }
    octet(input, b')', "\")\"")
}

/// Whether a list ends here.
#[inline(always)]
pub(crate) fn is_closing(input: Input<'_>) -> bool {
    let input = loose_spaces(input);
    input.first() == Some(b')') || (input.is_empty() && input.context.frame.is_head())
}

/// `"(" [item *(SP item)] ")"`
pub(crate) fn list<'a, T>(
    input: Input<'a>,
    item: impl FnMut(Input<'a>) -> Parsed<'a, T>,
) -> Parsed<'a, Vec<T>> {
    let (input, ()) = open(input)?;
    let (input, items) = items(input, item)?;
    let (input, ()) = close(input)?;
    Ok((input, items))
}

/// `[item *(SP item)]` up to a closing parenthesis.
pub(crate) fn items<'a, T>(
    input: Input<'a>,
    mut item: impl FnMut(Input<'a>) -> Parsed<'a, T>,
) -> Parsed<'a, Vec<T>> {
    let mut items = Vec::new();
    let mut rest = loose_spaces(input);
    while !is_closing(rest) {
        if !items.is_empty() {
            rest = sp(rest)?.0;
        }
        let (after, value) = item(rest)?;
        items.push(value);
        rest = after;
    }
    Ok((rest, items))
}

/// `*(SP item)` up to the end of the frame.
pub(crate) fn to_end<'a, T>(
    mut input: Input<'a>,
    mut item: impl FnMut(Input<'a>) -> Parsed<'a, T>,
) -> Parsed<'a, Vec<T>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        let (after, ()) = sp(input)?;
        input = after;
        if input.is_empty() && input.quirks().loose_spaces {
            break;
        }
        let (after, value) = item(input)?;
        items.push(value);
        input = after;
    }
    Ok((input, items))
}

/// A keyword in capitals: no rule has one of more than 24 octets.
#[derive(Clone, Copy)]
pub(crate) struct Word {
    octets: [[u8; 8]; 3],
    length: usize,
}

impl Word {
    /// The first `length` octets of `octets`.
    #[inline(always)]
    pub(crate) fn new(octets: &[u8], length: usize) -> Self {
        // What follows the word comes along, and is never looked at: to read as many octets as there are takes longer.
        match (octets.first_chunk::<24>(), octets.first_chunk::<8>()) {
            (Some(chunk), _) => Self::of(in_eights(chunk), length),
            (None, Some(eight)) if length <= 8 => {
                Self { octets: [in_capitals(*eight), [0; 8], [0; 8]], length }
            }
            (None, None) => {
                let [eight] = in_eights(octets.get(..length).unwrap_or_default());
                Self { octets: [in_capitals(eight), [0; 8], [0; 8]], length }
            }
            _ => Self::at_end_of(octets, length),
        }
    }

    #[inline(never)]
    fn at_end_of(octets: &[u8], length: usize) -> Self {
        Self::of(in_eights(octets.get(..length).unwrap_or_default()), length)
    }

    #[inline]
    fn of(octets: [[u8; 8]; 3], length: usize) -> Self {
        Self { octets: octets.map(in_capitals), length: if length <= 24 { length } else { 0 } }
    }

    /// The octets, or none if the word is longer than any keyword.
    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.octets.as_flattened().get(..self.length).unwrap_or_default()
    }
}

/// ASCII in capitals; what other octets become does not matter.
#[inline]
fn in_capitals(octets: [u8; 8]) -> [u8; 8] {
    let word = u64::from_le_bytes(octets);
    let low = word & (ONES * 0x7F);
    // The highest bit of each octet from `a` on, less those after `z`.
    let small = (low + ONES * (0x80 - b'a' as u64)) & !(low + ONES * (0x7F - b'z' as u64)) & (ONES * 0x80);
    (word ^ (small >> 2)).to_le_bytes()
}

/// An atom that is a keyword: `[A-Za-z0-9.\-=+_]`, so that it ends before `[` and `<`.
#[inline(always)]
pub(crate) fn word(input: Input<'_>) -> Parsed<'_, Word> {
    let length = run(input.rest(), WORD);
    if length == 0 {
        input.expected("keyword")
    } else {
        Ok((input.skip(length), Word::new(input.rest(), length)))
    }
}

/// `1*ATOM-CHAR`
pub(crate) fn atom(input: Input<'_>) -> Parsed<'_, &[u8]> {
    let (octets, rest) = input.split(run(input.rest(), ATOM));
    if octets.is_empty() { input.expected("atom") } else { Ok((rest, octets)) }
}

/// `number = 1*DIGIT` of 32 bits
pub(crate) fn number(input: Input<'_>) -> Parsed<'_, u32> {
    let (rest, value) = number64(input)?;
    match u32::try_from(value) {
        Ok(value) => Ok((rest, value)),
        Err(_) if input.quirks().loose_numbers && !input.context.is_command => Ok((rest, u32::MAX)),
        Err(_) => input.expected("number of 32 bits"),
    }
}

/// `nz-number`, without any tolerance.
#[inline]
pub(crate) fn nz_number(input: Input<'_>) -> Parsed<'_, NonZeroU32> {
    let (rest, value) = digits(input)?;
    match u32::try_from(value).ok().and_then(NonZeroU32::new) {
        Some(value) => Ok((rest, value)),
        None => input.expected("number from 1 to 4294967295"),
    }
}

/// `nz-number`, or nothing where a number that should not be is tolerated.
pub(crate) fn loose_nz_number(input: Input<'_>) -> Parsed<'_, Option<NonZeroU32>> {
    if !input.quirks().loose_numbers {
        return nz_number(input).map(|(rest, value)| (rest, Some(value)));
    }
    let (rest, value) = number64(input)?;
    Ok((rest, u32::try_from(value).ok().and_then(NonZeroU32::new)))
}

/// `number64`; negative ones are 0, those in floating point are rounded, where that is tolerated.
#[inline]
pub(crate) fn number64(input: Input<'_>) -> Parsed<'_, u64> {
    match digits(input) {
        Ok((rest, value)) if !matches!(rest.first(), Some(b'.' | b'e' | b'E')) => Ok((rest, value)),
        strict if !input.quirks().loose_numbers || input.context.is_command => strict,
        _ => loose_number64(input),
    }
}

#[cold]
fn loose_number64(input: Input<'_>) -> Parsed<'_, u64> {
    let is_part = |octet: &u8| octet.is_ascii_digit() || matches!(octet, b'.' | b'e' | b'E' | b'+' | b'-');
    let length = input.rest().iter().position(|octet| !is_part(octet)).unwrap_or(input.rest().len());
    let (octets, rest) = input.split(length);
    // The conversion saturates: what is negative becomes 0.
    match core::str::from_utf8(octets).ok().and_then(|text| text.parse::<f64>().ok()) {
        Some(value) if value.is_finite() => Ok((rest, value as u64)),
        _ => input.expected("number"),
    }
}

/// `mod-sequence-valzer`, of 63 bits ([RFC 7162 section 7](https://www.rfc-editor.org/rfc/rfc7162#section-7)); one that is
/// greater becomes the greatest where that is tolerated.
pub(crate) fn mod_sequence(input: Input<'_>) -> Parsed<'_, ModSeq> {
    let (rest, value) = number64(input)?;
    match ModSeq::new(value) {
        Some(value) => Ok((rest, value)),
        None if input.quirks().loose_numbers => Ok((rest, ModSeq::clamped(value))),
        None => input.expected("number of 63 bits"),
    }
}

/// `1*DIGIT` of 64 bits
#[inline(always)]
pub(crate) fn digits(input: Input<'_>) -> Parsed<'_, u64> {
    let (mut value, mut length) = (0_u64, 0);
    for octet in input.rest() {
        let digit = octet.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        length += 1;
    }
    match length {
        0 => input.expected("number"),
        // So many fit, whatever they are.
        1..=19 => Ok((input.skip(length), value)),
        _ => many_digits(input, length),
    }
}

#[cold]
fn many_digits(input: Input<'_>, length: usize) -> Parsed<'_, u64> {
    let (digits, rest) = input.split(length);
    match core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()) {
        Some(value) => Ok((rest, value)),
        None => input.expected("number of 64 bits"),
    }
}

/// `astring = 1*ASTRING-CHAR / string`
#[inline]
pub(crate) fn astring(input: Input<'_>) -> Parsed<'_, Octets> {
    let (rest, text) = astring_text(input)?;
    Ok((rest, input.octets(text)))
}

/// The same in its place: what becomes octets only where they stay is not copied from rule to rule.
#[inline(always)]
pub(crate) fn astring_text(input: Input<'_>) -> Parsed<'_, Cow<'_, [u8]>> {
    match input.first() {
        Some(b'"' | b'{') => string_text(input),
        Some(b'~') if input.rest().get(1) == Some(&b'{') => string_text(input),
        _ => {
            let class = if input.quirks().raw_names { ASTRING | HIGH } else { ASTRING };
            let (octets, rest) = input.split(run(input.rest(), class));
            if octets.is_empty() { input.expected("astring") } else { Ok((rest, octets.into())) }
        }
    }
}

/// `nstring = string / nil`
pub(crate) fn nstring(input: Input<'_>) -> Parsed<'_, Option<Octets>> {
    let (rest, text) = match input.first() {
        Some(b'"') => quoted_text(input)?,
        Some(b'{' | b'~') => literal_text(input)?,
        _ => match nil(input) {
            Some(rest) => return Ok((rest, None)),
            None => return input.expected("nstring"),
        },
    };
    Ok((rest, Some(input.octets(text))))
}

/// What follows `NIL`, if it is there.
#[inline(always)]
pub(crate) fn nil(input: Input<'_>) -> Option<Input<'_>> {
    let word = input.rest().first_chunk::<3>()?;
    let ends = input.rest().get(3).is_none_or(|octet| !is(*octet, ATOM));
    (ends && word.eq_ignore_ascii_case(b"NIL")).then(|| input.skip(3))
}

/// `string = quoted / literal`, and literal8 where it stands in for one.
pub(crate) fn string(input: Input<'_>) -> Parsed<'_, Octets> {
    let (rest, text) = string_text(input)?;
    Ok((rest, input.octets(text)))
}

#[inline(always)]
fn string_text(input: Input<'_>) -> Parsed<'_, Cow<'_, [u8]>> {
    match input.first() {
        Some(b'"') => quoted_text(input),
        Some(b'{') => literal_text(input),
        // No rule of a command has a string in which NUL may stand.
        Some(b'~') if !input.context.is_command => literal_text(input),
        _ => input.expected("string"),
    }
}

/// `quoted = DQUOTE *QUOTED-CHAR DQUOTE`
pub(crate) fn quoted(input: Input<'_>) -> Parsed<'_, Octets> {
    let (rest, text) = quoted_text(input)?;
    Ok((rest, input.octets(text)))
}

#[inline(always)]
fn quoted_text(input: Input<'_>) -> Parsed<'_, Cow<'_, [u8]>> {
    let (body, ()) = octet(input, b'"', "DQUOTE")?;
    let length = plain(body.rest());
    if body.rest().get(length) == Some(&b'"') && is_closing_quote(body, length) {
        let (content, rest) = body.split(length);
        return Ok((rest.skip(1), content.into()));
    }
    quoted_with_specials(body)
}

/// A quoted string in which there is something else than plain ASCII.
#[cold]
fn quoted_with_specials(body: Input<'_>) -> Parsed<'_, Cow<'_, [u8]>> {
    let octets = body.rest();
    match memchr2(b'"', b'\\', octets) {
        Some(end) if octets.get(end) == Some(&b'"') && is_closing_quote(body, end) => {
            let (content, rest) = body.split(end);
            check_quoted(body, content)?;
            Ok((rest.skip(1), content.into()))
        }
        Some(_) => escaped(body),
        None => body.expected("closing DQUOTE"),
    }
}

/// How many octets at the front are ASCII from 0x20 and neither quotes nor backslashes; eight at a time.
#[inline]
fn plain(octets: &[u8]) -> usize {
    const HIGH: u64 = ONES * 0x80;
    // The highest bit of each octet that is zero; also of some above the first of them, which do not matter.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let (chunks, tail) = octets.as_chunks::<8>();
    for (index, chunk) in chunks.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        let controls = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (controls | word) & HIGH
            | zeros(word ^ (ONES * u64::from(b'"')))
            | zeros(word ^ (ONES * u64::from(b'\\')));
        if found != 0 {
            return index * 8 + (found.trailing_zeros() / 8) as usize;
        }
    }
    let is_plain = |octet: &u8| matches!(octet, b' '..=b'~' if !matches!(octet, b'"' | b'\\'));
    octets.len() - tail.len() + tail.iter().position(|octet| !is_plain(octet)).unwrap_or(tail.len())
}

/// Whether the quote at `end` is the last one of its string.
fn is_closing_quote(body: Input<'_>, end: usize) -> bool {
    !body.quirks().unescaped_quotes
        || body.context.is_command
        || body
            .rest()
            .get(end + 1)
            .is_none_or(|next| matches!(next, b' ' | b')' | b']' | b'(' | b'>' | b'\r'))
}

/// A quoted string in which something is escaped, or should be.
fn escaped(body: Input<'_>) -> Parsed<'_, Cow<'_, [u8]>> {
    let mut content = Vec::new();
    let mut input = body;
    loop {
        let Some(end) = memchr2(b'"', b'\\', input.rest()) else { return body.expected("closing DQUOTE") };
        let (plain, rest) = input.split(end);
        content.extend_from_slice(plain);
        let (special, after) = rest.split(1);
        if special == b"\\" {
            match after.first() {
                Some(next @ (b'"' | b'\\')) => content.push(next),
                // Other characters are not to be escaped; the backslash then stands for itself.
                Some(next) if after.quirks().unescaped_quotes && !after.context.is_command => {
                    content.extend_from_slice(&[b'\\', next]);
                }
                _ => return rest.expected("quoted-specials"),
            }
            input = after.skip(1);
        } else if is_closing_quote(input, end) || memchr(b'"', after.rest()).is_none() {
            check_quoted(body, &content)?;
            return Ok((after, content.into()));
        } else {
            content.push(b'"');
            input = after;
        }
    }
}

/// What cannot be in a quoted string, wherever the tolerance ends.
fn check_quoted<'a>(body: Input<'a>, content: &[u8]) -> Result<(), nom::Err<crate::input::Mismatch<'a>>> {
    let is_bad = if body.quirks().raw_names && !body.context.is_command {
        memchr2(b'\r', b'\n', content).is_some()
    } else {
        content.iter().any(|octet| matches!(octet, 0 | b'\r' | b'\n'))
            || (!content.is_ascii()
                && (!(body.context.is_utf8 || body.quirks().raw_names)
                    || core::str::from_utf8(content).is_err()))
    };
    if is_bad { body.expected::<()>("QUOTED-CHAR").map(|_| ()) } else { Ok(()) }
}

/// `literal`, `literal8`, whose octets follow in the frame.
pub(crate) fn literal(input: Input<'_>) -> Parsed<'_, Octets> {
    let (rest, text) = literal_text(input)?;
    Ok((rest, input.octets(text)))
}

fn literal_text(input: Input<'_>) -> Parsed<'_, Cow<'_, [u8]>> {
    let (content, length) = literal_header(input)?;
    if content.context.frame.is_streamed_at(content.offset()) {
        return input.expected("literal that is short enough to be collected");
    }
    match usize::try_from(length).ok().filter(|length| content.rest().len() >= *length) {
        Some(length) => {
            let (octets, rest) = content.split(length);
            if input.context.is_command && input.first() != Some(b'~') && memchr(0, octets).is_some() {
                return input.expected("literal without NUL");
            }
            Ok((rest, octets.into()))
        }
        None => input.expected("octets of a literal"),
    }
}

/// `["~"] "{" number64 ["+"] "}" CRLF`
pub(crate) fn literal_header(input: Input<'_>) -> Parsed<'_, u64> {
    let rest = if input.first() == Some(b'~') { input.skip(1) } else { input };
    let (rest, ()) = octet(rest, b'{', "literal")?;
    let (rest, length) = digits(rest)?;
    let rest = if rest.first() == Some(b'+') { rest.skip(1) } else { rest };
    let (rest, ()) = octet(rest, b'}', "\"}\"")?;
    let rest = if rest.first() == Some(b'\r') { rest.skip(1) } else { rest };
    let (rest, ()) = octet(rest, b'\n', "CRLF")?;
    Ok((rest, length))
}

/// The length, the second and the third octet and the last one, in any case: no two known flags have the same, nor have two
/// attributes of mailboxes.
#[inline]
pub(crate) const fn hash(name: &[u8]) -> u32 {
    match (name, name.last()) {
        ([_, second, third, ..], Some(last)) if name.len() < 32 => u32::from_le_bytes([
            name.len() as u8,
            second.to_ascii_lowercase(),
            third.to_ascii_lowercase(),
            last.to_ascii_lowercase(),
        ]),
        _ => 0,
    }
}

/// How many octets at the front are of `class`.
#[inline]
pub(crate) fn run(octets: &[u8], class: u8) -> usize {
    // The compiler writes out a loop of a fixed number of turns.
    let (chunks, tail) = octets.as_chunks::<8>();
    for (index, chunk) in chunks.iter().enumerate() {
        if let Some(place) = chunk.iter().position(|octet| !is(*octet, class)) {
            return index * 8 + place;
        }
    }
    let before = octets.len() - tail.len();
    before + tail.iter().position(|octet| !is(*octet, class)).unwrap_or(tail.len())
}

/// Whether `octet` is in one of the classes.
#[inline]
pub(crate) fn is(octet: u8, class: u8) -> bool {
    CLASSES.get(usize::from(octet)).is_some_and(|classes| classes & class != 0)
}

/// 1 in each octet.
pub(crate) const ONES: u64 = 0x0101_0101_0101_0101;

/// `ATOM-CHAR`
pub(crate) const ATOM: u8 = 1;
/// `ASTRING-CHAR`
pub(crate) const ASTRING: u8 = 2;
/// What keywords are made of.
pub(crate) const WORD: u8 = 4;
/// Octets over 0x7F.
pub(crate) const HIGH: u8 = 8;
/// `list-char`
pub(crate) const LIST: u8 = 16;
/// What a flag is made of, where flags are read with tolerance.
pub(crate) const FLAG: u8 = 32;
/// `<any ASTRING-CHAR except "+">`
pub(crate) const TAG: u8 = 64;

const CLASSES: [u8; 256] = {
    let mut classes = [0_u8; 256];
    let mut octet = 0_usize;
    while octet < 256 {
        #[allow(clippy::indexing_slicing, reason = "the compiler checks it")]
        let class = &mut classes[octet];
        let value = octet as u8;
        let is_visible = value > b' ' && value < 0x7F;
        let is_special = matches!(value, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\' | b']');
        if is_visible && !is_special {
            *class |= ATOM | ASTRING | LIST;
        }
        if value == b']' {
            *class |= ASTRING | LIST;
        }
        if *class & ASTRING != 0 && value != b'+' {
            *class |= TAG;
        }
        if value == b'%' || value == b'*' {
            *class |= LIST;
        }
        if value.is_ascii_alphanumeric() || matches!(value, b'.' | b'-' | b'=' | b'+' | b'_') {
            *class |= WORD;
        }
        if value >= 0x80 {
            *class |= HIGH;
        }
        if value > b' ' && value != 0x7F && !matches!(value, b'(' | b')' | b'{' | b'"') {
            *class |= FLAG;
        }
        octet += 1;
    }
    classes
};

#[cfg(test)]
mod tests;
