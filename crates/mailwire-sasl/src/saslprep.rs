//! SASLprep: user names and passwords that look the same become the same octets
//! ([RFC 4013](https://www.rfc-editor.org/rfc/rfc4013)).

mod table;
#[cfg(test)]
mod tests;

use alloc::{borrow::Cow, string::String};

use unicode_bidi::BidiClass;
use unicode_normalization::UnicodeNormalization;

use self::table::UNASSIGNED;

/// Prepares `text` by SASLprep: spaces become U+0020, invisible characters go, NFKC joins what is left.
///
/// Printable ASCII comes back as it is, without a copy.
///
/// # Errors
///
/// - [`Error::Prohibited`] for control characters, private use, non-characters and the like (section 2.3).
/// - [`Error::Bidirectional`] if letters of both directions are mixed (section 2.4).
/// - [`Error::Unassigned`] for a character that Unicode 3.2 did not have, in a stored string (section 2.5).
/// - [`Error::Empty`] if nothing is left: "if preparation fails or results in an empty string, verification SHALL
///   fail" ([RFC 4616 section 2](https://www.rfc-editor.org/rfc/rfc4616#section-2)).
///
/// ```
/// use mailwire_sasl::saslprep::{Error, Use, prepare};
///
/// assert_eq!(prepare("I\u{ad}X", Use::Query)?, "IX");
/// assert_eq!(prepare("\u{2168}", Use::Query)?, "IX");
/// assert_eq!(prepare("\u{7}", Use::Query), Err(Error::Prohibited));
/// # Ok::<(), Error>(())
/// ```
pub fn prepare(text: &str, purpose: Use) -> Result<Cow<'_, str>, Error> {
    if text.is_empty() {
        return Err(Error::Empty);
    }
    if text.bytes().all(|octet| matches!(octet, b' '..=b'~')) {
        return Ok(Cow::Borrowed(text));
    }
    let mapped = text
        .chars()
        .map(|c| if is_non_ascii_space(c) { ' ' } else { c })
        .filter(|&c| !is_mapped_to_nothing(c));
    // Room for what NFKC may add, so that no copy of a password is left behind by a reallocation.
    let mut prepared = String::with_capacity(text.len().saturating_mul(MOST_NFKC_EXPANSION));
    prepared.extend(mapped.nfkc());
    check(&prepared, purpose)?;
    Ok(Cow::Owned(prepared))
}

/// What a string is for ([RFC 3454 section 7](https://www.rfc-editor.org/rfc/rfc3454#section-7)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Use {
    /// It is looked up: a character that is newer than Unicode 3.2 may occur.
    Query,
    /// It is kept, or a hash of it: such a character may not occur, since its preparation could still change. SCRAM
    /// treats passwords so, on both sides ([RFC 5802 section 2.2](https://www.rfc-editor.org/rfc/rfc5802#section-2.2)).
    Stored,
}

/// Why a string cannot be prepared. The string is not shown: it may be a password.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Letters of both directions are mixed, or one that runs from right to left is not at both ends.
    #[error("mixed directions")]
    Bidirectional,
    /// Nothing is left.
    #[error("an empty string")]
    Empty,
    /// A character that may not occur.
    #[error("a prohibited character")]
    Prohibited,
    /// A character that is newer than Unicode 3.2, in a stored string.
    #[error("an unassigned character")]
    Unassigned,
}

/// Checks `text` by the profile "trace" of ANONYMOUS, which changes nothing
/// ([RFC 4505 section 3](https://www.rfc-editor.org/rfc/rfc4505#section-3)).
pub(crate) fn check_trace(text: &str) -> Result<(), Error> {
    // "No mapping is required", and of the prohibited tables C.1.2 and C.7 are missing.
    if text.chars().any(|c| is_prohibited(c) && !is_description_character(c)) {
        return Err(Error::Prohibited);
    }
    check_direction(text)
}

fn check(prepared: &str, purpose: Use) -> Result<(), Error> {
    if prepared.is_empty() {
        return Err(Error::Empty);
    }
    if prepared.chars().any(|c| is_prohibited(c) || is_non_ascii_space(c)) {
        return Err(Error::Prohibited);
    }
    check_direction(prepared)?;
    match purpose {
        Use::Stored if prepared.chars().any(is_unassigned) => Err(Error::Unassigned),
        Use::Query | Use::Stored => Ok(()),
    }
}

/// The law for text in both directions ([RFC 3454 section 6](https://www.rfc-editor.org/rfc/rfc3454#section-6)).
fn check_direction(text: &str) -> Result<(), Error> {
    if !text.chars().any(is_right_to_left) {
        return Ok(());
    }
    // "If a string contains any RandALCat character, the string MUST NOT contain any LCat character."
    let mixed = text.chars().any(|c| unicode_bidi::bidi_class(c) == BidiClass::L);
    // "A RandALCat character MUST be the first character of the string, and .. the last".
    let framed = text.chars().next().is_some_and(is_right_to_left)
        && text.chars().next_back().is_some_and(is_right_to_left);
    if mixed || !framed { Err(Error::Bidirectional) } else { Ok(()) }
}

/// Table C.1.2.
fn is_non_ascii_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200b}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// Table B.1.
fn is_mapped_to_nothing(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{1806}' | '\u{180b}'..='\u{180d}' | '\u{200b}'..='\u{200d}' | '\u{2060}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Tables C.2 to C.9. C.5, the surrogates, are no `char`.
fn is_prohibited(c: char) -> bool {
    let control = c.is_ascii_control()
        || matches!(c,
            '\u{80}'..='\u{9f}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{200c}' | '\u{200d}'
            | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2063}' | '\u{206a}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffc}' | '\u{1d173}'..='\u{1d17a}');
    let private_use =
        matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}');
    let non_character = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    let inappropriate = matches!(c, '\u{fff9}'..='\u{fffd}') || is_description_character(c);
    let display = matches!(c, '\u{340}' | '\u{341}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}');
    let tag = matches!(c, '\u{e0001}' | '\u{e0020}'..='\u{e007f}');
    control || private_use || non_character || inappropriate || display || tag
}

/// Table C.7.
fn is_description_character(c: char) -> bool {
    matches!(c, '\u{2ff0}'..='\u{2ffb}')
}

/// Table D.1.
fn is_right_to_left(c: char) -> bool {
    matches!(unicode_bidi::bidi_class(c), BidiClass::AL | BidiClass::R)
}

/// Table A.1.
fn is_unassigned(c: char) -> bool {
    let c = u32::from(c);
    let after = UNASSIGNED.partition_point(|&(first, _)| first <= c);
    after.checked_sub(1).and_then(|at| UNASSIGNED.get(at)).is_some_and(|&(_, last)| c <= last)
}

/// U+FDFA has 3 octets and becomes 33.
const MOST_NFKC_EXPANSION: usize = 11;
