use alloc::vec::Vec;
use core::{fmt, marker::PhantomData, str::FromStr};

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
    let (mut ranges, mut rest) = (Vec::new(), input);
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
