use alloc::vec::Vec;
use core::{fmt, marker::PhantomData, ops::Range, str::FromStr};

use crate::{
    NumberSet, ParseError,
    decoder::read_text,
    encoder::{EncodeError, Encoder},
    grammar::nz_number,
    input::{Input, Parsed},
    number::Number,
    set::{number, value},
};

/// Numbers in the order of the wire, where the order says something: `COPYUID`, sorted results.
///
/// Ranges are kept as such; one from high to low counts down.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct NumberList<N> {
    ranges: Vec<(u32, u32)>,
    kind: PhantomData<N>,
}

impl<N: Number> NumberList<N> {
    /// How many numbers there are.
    pub fn len(&self) -> u64 {
        self.ranges.iter().map(|(start, end)| u64::from(start.abs_diff(*end)) + 1).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The numbers, one by one, in order. A peer may name four billion of them.
    pub fn numbers(&self) -> impl Iterator<Item = N> + '_ {
        let steps = |(start, end): &(u32, u32)| {
            let (start, end) = (*start, *end);
            (0..=start.abs_diff(end)).map(move |step| if start <= end { start + step } else { start - step })
        };
        self.ranges.iter().flat_map(steps).filter_map(number)
    }

    /// The same as a set.
    pub fn to_set(&self) -> NumberSet<N> {
        let ranges = self.ranges.iter().map(|(start, end)| (*start.min(end), *start.max(end))).collect();
        NumberSet::from_ranges(ranges)
    }

    /// The numbers as ranges, in order; one from high to low counts down.
    ///
    /// ```
    /// use mailwire_imap::{NumberList, Uid};
    ///
    /// let list: NumberList<Uid> = "5,8:7,3:4".parse()?;
    /// let shown: Vec<String> = list.ranges().map(|(start, end)| format!("{start}-{end}")).collect();
    /// assert_eq!(shown, ["5-5", "8-7", "3-4"]);
    /// # Ok::<(), mailwire_imap::ParseError>(())
    /// ```
    pub fn ranges(&self) -> impl DoubleEndedIterator<Item = (N, N)> + '_ {
        self.ranges.iter().filter_map(|(start, end)| Some((number(*start)?, number(*end)?)))
    }

    /// Ranges put one after the other, as [`ranges`](Self::ranges) gives them.
    pub fn from_ranges(ranges: impl IntoIterator<Item = (N, N)>) -> Self {
        let ranges = ranges.into_iter().map(|(start, end)| (value(start), value(end))).collect();
        Self { ranges, kind: PhantomData }
    }

    /// The numbers at these places, counted from 0, in their order; no range is expanded.
    ///
    /// ```
    /// use mailwire_imap::{NumberList, Uid};
    ///
    /// let list: NumberList<Uid> = "5,9:7,1:4294967295".parse()?;
    /// assert_eq!(list.part(1..7).to_string(), "9:7,1:3");
    /// # Ok::<(), mailwire_imap::ParseError>(())
    /// ```
    #[must_use]
    pub fn part(&self, places: Range<u64>) -> Self {
        let (mut ranges, mut place) = (Vec::new(), 0_u64);
        for (start, end) in &self.ranges {
            if place >= places.end {
                break;
            }
            let length = u64::from(start.abs_diff(*end)) + 1;
            let skipped = places.start.saturating_sub(place);
            let last = (places.end - place).min(length) - 1;
            if skipped <= last {
                // Both are less than the length of the range.
                let at = |step: u64| if start <= end { start + step as u32 } else { start - step as u32 };
                ranges.push((at(skipped), at(last)));
            }
            place += length;
        }
        Self { ranges, kind: PhantomData }
    }

    /// The same numbers as numbers of another kind: a result of `UID SORT` as UIDs.
    pub fn cast<M: Number>(self) -> NumberList<M> {
        NumberList { ranges: self.ranges, kind: PhantomData }
    }

    /// A range that RFC 4315 means as a set, from low to high.
    pub(crate) fn rising(mut self) -> Self {
        for range in &mut self.ranges {
            *range = (range.0.min(range.1), range.0.max(range.1));
        }
        self
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        if self.is_empty() {
            out.fail(EncodeError::EmptySet);
        }
        for (index, (start, end)) in self.ranges.iter().enumerate() {
            if index > 0 {
                out.raw(b",");
            }
            out.number(u64::from(*start));
            if end != start {
                out.raw(b":").number(u64::from(*end));
            }
        }
    }
}

impl<N: Number> FromIterator<N> for NumberList<N> {
    fn from_iter<I: IntoIterator<Item = N>>(numbers: I) -> Self {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for number in numbers.into_iter().map(value) {
            match ranges.last_mut() {
                Some(last) if last.0 <= last.1 && last.1.checked_add(1) == Some(number) => last.1 = number,
                _ => ranges.push((number, number)),
            }
        }
        Self { ranges, kind: PhantomData }
    }
}

impl<N: Number> FromStr for NumberList<N> {
    type Err = ParseError;

    /// Reads the form that is shown: `5,3:1`; an empty text is an empty list.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        if text.is_empty() { Ok(Self::from_iter([])) } else { read_text(text, number_list) }
    }
}

impl<N> fmt::Display for NumberList<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (start, end)) in self.ranges.iter().enumerate() {
            write!(f, "{}{start}", if index > 0 { "," } else { "" })?;
            if start != end {
                write!(f, ":{end}")?;
            }
        }
        Ok(())
    }
}

impl<N> fmt::Debug for NumberList<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NumberList({self})")
    }
}

/// `uid-set` in its order; a range over the end of what is possible is refused.
pub(crate) fn number_list<N: Number>(input: Input<'_>) -> Parsed<'_, NumberList<N>> {
    let (mut ranges, mut rest) = (Vec::with_capacity(1), input);
    loop {
        let (after, start) = nz_number(rest)?;
        let (after, end) =
            if after.first() == Some(b':') { nz_number(after.skip(1))? } else { (after, start) };
        ranges.push((start.get(), end.get()));
        if after.first() != Some(b',') {
            return Ok((after, NumberList { ranges, kind: PhantomData }));
        }
        rest = after.skip(1);
    }
}

#[cfg(test)]
mod tests;
