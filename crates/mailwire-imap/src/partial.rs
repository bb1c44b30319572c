//! Parts of results: `1:500` counts from the oldest message, `-1:-500` from the newest one.

use core::{fmt, num::NonZeroU32, ops::RangeInclusive, str::FromStr};

use crate::{
    encoder::Encoder,
    grammar::{nz_number, octet},
    input::{Input, Parsed},
};

/// Which part of a result is asked for, counted from its first or from its last message
/// ([RFC 9394 section 4](https://www.rfc-editor.org/rfc/rfc9394#section-4)).
///
/// ```
/// use mailwire_imap::PartialRange;
///
/// let newest: PartialRange = "-1:-100".parse()?;
/// assert_eq!(Some(newest), PartialRange::from_end(1, 100));
/// assert_eq!(newest.next().map(|range| range.to_string()).as_deref(), Some("-101:-200"));
/// # Ok::<(), mailwire_imap::InvalidPartialRange>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct PartialRange {
    is_from_end: bool,
    /// In the order of the wire: the answer repeats the range as it was asked for.
    one: NonZeroU32,
    other: NonZeroU32,
}

impl PartialRange {
    /// Results counted from the first one, which is 1; nothing if a number is 0. The order of the two does not matter.
    pub const fn from_start(one: u32, other: u32) -> Option<Self> {
        Self::new(false, one, other)
    }

    /// Results counted back from the last one, which is 1 here and -1 on the wire; nothing if a number is 0.
    pub const fn from_end(one: u32, other: u32) -> Option<Self> {
        Self::new(true, one, other)
    }

    const fn new(is_from_end: bool, one: u32, other: u32) -> Option<Self> {
        match (NonZeroU32::new(one), NonZeroU32::new(other)) {
            (Some(one), Some(other)) => Some(Self { is_from_end, one, other }),
            _ => None,
        }
    }

    /// The places, from the lower to the higher one, counted from 1 at the end that [`is_from_end`](Self::is_from_end) tells.
    pub fn places(self) -> RangeInclusive<u32> {
        let (one, other) = (self.one.get(), self.other.get());
        one.min(other)..=one.max(other)
    }

    /// Whether the places are counted back from the last one.
    pub const fn is_from_end(self) -> bool {
        self.is_from_end
    }

    /// The part that follows this one, of the same length, if its places are within 32 bits.
    pub fn next(self) -> Option<Self> {
        let places = self.places();
        let length = places.end() - places.start();
        let start = places.end().checked_add(1)?;
        Self::new(self.is_from_end, start, start.checked_add(length)?)
    }

    /// Where in a result of `length` messages the part is, counted from 0.
    ///
    /// ```
    /// use mailwire_imap::PartialRange;
    ///
    /// let newest = PartialRange::from_end(1, 3).unwrap();
    /// assert_eq!(newest.of(10), 7..10);
    /// assert_eq!(newest.of(2), 0..2);
    /// assert!(newest.of(0).is_empty());
    /// ```
    pub fn of(self, length: usize) -> core::ops::Range<usize> {
        let places = self.places();
        let (start, end) = (*places.start() as usize - 1, *places.end() as usize);
        if self.is_from_end {
            length.saturating_sub(end)..length.saturating_sub(start)
        } else {
            start.min(length)..end.min(length)
        }
    }

    pub(crate) fn encode(self, out: &mut Encoder) {
        let sign: &[u8] = if self.is_from_end { b"-" } else { b"" };
        out.raw(sign).number(self.one.get().into()).raw(b":").raw(sign).number(self.other.get().into());
    }
}

impl FromStr for PartialRange {
    type Err = InvalidPartialRange;

    fn from_str(text: &str) -> Result<Self, InvalidPartialRange> {
        let (one, other) = text.split_once(':').ok_or(InvalidPartialRange)?;
        let (one, other, is_from_end) = match (one.strip_prefix('-'), other.strip_prefix('-')) {
            (Some(one), Some(other)) => (one, other, true),
            (None, None) => (one, other, false),
            _ => return Err(InvalidPartialRange),
        };
        let place = |text: &str| match text.bytes().all(|octet| octet.is_ascii_digit()) {
            true => text.parse().ok(),
            false => None,
        };
        let (one, other) = place(one).zip(place(other)).ok_or(InvalidPartialRange)?;
        Ok(Self { is_from_end, one, other })
    }
}

impl fmt::Display for PartialRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_from_end { "-" } else { "" };
        write!(f, "{sign}{}:{sign}{}", self.one, self.other)
    }
}

/// Text that is no part of a result.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("it is not a part of a result, as in 1:500 or -1:-500")]
pub struct InvalidPartialRange;

/// `partial-range = partial-range-first / partial-range-last`
/// ([RFC 9394 section 4](https://www.rfc-editor.org/rfc/rfc9394#section-4))
pub(crate) fn partial_range(input: Input<'_>) -> Parsed<'_, PartialRange> {
    let is_from_end = input.first() == Some(b'-');
    let (rest, one) = place(input, is_from_end)?;
    let (rest, ()) = octet(rest, b':', "\":\"")?;
    let (rest, other) = place(rest, is_from_end)?;
    Ok((rest, PartialRange { is_from_end, one, other }))
}

fn place(input: Input<'_>, is_from_end: bool) -> Parsed<'_, NonZeroU32> {
    nz_number(if is_from_end { octet(input, b'-', "MINUS")?.0 } else { input })
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn ranges_both_ways() {
        for (text, is_from_end, places) in [
            ("1:500", false, 1..=500),
            ("500:400", false, 400..=500),
            ("1:1", false, 1..=1),
            ("-1:-100", true, 1..=100),
            ("-500:-400", true, 400..=500),
            ("1:4294967295", false, 1..=u32::MAX),
        ] {
            let range: PartialRange = text.parse().unwrap();
            assert_eq!((range.is_from_end(), range.places()), (is_from_end, places));
            assert_eq!(range.to_string(), text);
        }
        for text in
            ["", "1", "0:5", "1:0", "-1:5", "1:-5", "1:*", "+1:2", "1:2:3", "1:4294967296", "--1:-2", " 1:2"]
        {
            assert_eq!(text.parse::<PartialRange>(), Err(InvalidPartialRange), "{text}");
        }
    }

    #[test]
    fn parts_of_a_result() {
        for (text, length, part) in [
            ("1:3", 10, 0..3),
            ("3:1", 10, 0..3),
            ("9:12", 10, 8..10),
            ("11:12", 10, 10..10),
            ("1:4294967295", 0, 0..0),
            ("-1:-3", 10, 7..10),
            ("-9:-12", 10, 0..2),
            ("-11:-12", 10, 0..0),
        ] {
            assert_eq!(text.parse::<PartialRange>().unwrap().of(length), part, "{text}");
        }
        assert_eq!(PartialRange::from_start(5, 1).unwrap().next(), PartialRange::from_start(6, 10));
        assert_eq!(PartialRange::from_start(1, u32::MAX).unwrap().next(), None);
    }
}
