//! Sets and lists of messages: ranges that are never expanded.

use alloc::{string::String, vec::Vec};
use core::{
    fmt::{self, Write as _},
    marker::PhantomData,
    num::NonZeroU32,
    ops::RangeInclusive,
};

use crate::{
    SeqNum, Uid,
    encoder::{EncodeError, Encoder},
    grammar::nz_number,
    input::{Input, Parsed},
    number::Number,
};

mod algebra;

/// Messages by their places.
pub type SequenceSet = NumberSet<SeqNum>;

/// Messages by their unique identifiers.
pub type UidSet = NumberSet<Uid>;

/// A set of numbers as sorted ranges that do not touch; `*`, the last message, is kept as such.
///
/// `n:*` holds all numbers from `n`, and the last message even if its number is below `n`
/// ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9)). The algebra takes `*` for the greatest
/// number; [`resolve`](Self::resolve) makes it exact once the last number is known.
///
/// ```
/// use mailwire_imap::UidSet;
///
/// let set: UidSet = "7,1:3,3:5,12:*".parse()?;
/// assert_eq!(set.to_string(), "1:5,7,12:*");
/// assert_eq!(set.resolve(14).to_string(), "1:5,7,12:14");
/// # Ok::<(), mailwire_imap::InvalidSet>(())
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct NumberSet<N> {
    /// Sorted, with a gap between each two; none reaches into what `star` holds.
    ranges: Vec<(u32, u32)>,
    star: Star,
    kind: PhantomData<N>,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Star {
    None,
    /// `*`
    Last,
    /// `n:*`
    From(u32),
}

impl<N: Number> NumberSet<N> {
    /// No numbers.
    pub const fn new() -> Self {
        Self { ranges: Vec::new(), star: Star::None, kind: PhantomData }
    }

    /// `1:*`
    pub const fn all() -> Self {
        Self { ranges: Vec::new(), star: Star::From(1), kind: PhantomData }
    }

    /// `*`
    pub const fn last() -> Self {
        Self { ranges: Vec::new(), star: Star::Last, kind: PhantomData }
    }

    /// `first:*`
    pub fn starting_at(first: N) -> Self {
        Self { star: Star::From(value(first)), ..Self::new() }
    }

    /// Adds one number.
    pub fn insert(&mut self, number: N) {
        self.insert_range(number..=number);
    }

    /// Adds all numbers between two, whichever is the lower one.
    pub fn insert_range(&mut self, range: RangeInclusive<N>) {
        let (start, end) = (value(*range.start()), value(*range.end()));
        let (start, end) = (start.min(end), start.max(end));
        match self.ranges.last_mut() {
            // What is added at the end needs no search: sets mostly grow so.
            Some(last) if start >= last.0 && start <= last.1.saturating_add(1) => last.1 = last.1.max(end),
            Some(last) if start < last.0 => self.insert_before((start, end)),
            _ => self.ranges.push((start, end)),
        }
        self.absorb();
    }

    fn insert_before(&mut self, range: (u32, u32)) {
        let from = self.ranges.partition_point(|(_, end)| end.saturating_add(1) < range.0);
        let to = self.ranges.partition_point(|(start, _)| *start <= range.1.saturating_add(1));
        let joined = self.ranges.get(from..to).unwrap_or_default();
        let start = joined.first().map_or(range.0, |first| first.0.min(range.0));
        let end = joined.last().map_or(range.1, |last| last.1.max(range.1));
        self.ranges.splice(from..to.max(from), [(start, end)]);
    }

    /// Takes what reaches into `n:*` out of the ranges.
    fn absorb(&mut self) {
        let Star::From(mut first) = self.star else { return };
        while let Some((start, end)) = self.ranges.last().copied() {
            if end.saturating_add(1) < first {
                break;
            }
            first = first.min(start);
            self.ranges.pop();
        }
        self.star = Star::From(first);
    }

    /// All numbers of both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let star = match (self.star, other.star) {
            (Star::From(one), Star::From(other)) => Star::From(one.min(other)),
            (Star::From(first), _) | (_, Star::From(first)) => Star::From(first),
            (Star::Last, _) | (_, Star::Last) => Star::Last,
            (Star::None, Star::None) => Star::None,
        };
        let mut all = Vec::with_capacity(self.ranges.len() + other.ranges.len());
        all.extend(self.ranges.iter().chain(&other.ranges));
        Self::normalised(all, star)
    }

    /// The numbers that both have.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut both = Self::new();
        let (mut ones, mut others) = (self.spans().peekable(), other.spans().peekable());
        while let (Some(one), Some(other)) = (ones.peek().copied(), others.peek().copied()) {
            let (start, end) = (one.0.max(other.0), one.1.min(other.1));
            if start <= end {
                both.ranges.push((start, end));
            }
            if one.1 < other.1 {
                ones.next()
            } else {
                others.next()
            };
        }
        both.open_end(matches!((self.star, other.star), (Star::From(_), Star::From(_))));
        if self.star == Star::Last && other.star != Star::None
            || self.star != Star::None && other.star == Star::Last
        {
            both.star = Star::Last;
        }
        both
    }

    /// The numbers that `other` does not have. `*` alone cannot be taken out of `n:*`, because its number is not known.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut left = Self::new();
        let mut others = other.spans().peekable();
        for (mut start, end) in self.spans() {
            let mut is_used_up = false;
            while let Some((from, to)) = others.peek().copied().filter(|(from, _)| *from <= end) {
                if to < start {
                    others.next();
                    continue;
                }
                if from > start {
                    left.ranges.push((start, from - 1));
                }
                if to >= end {
                    is_used_up = true;
                    break;
                }
                start = to + 1;
                others.next();
            }
            if !is_used_up {
                left.ranges.push((start, end));
            }
        }
        left.open_end(matches!(self.star, Star::From(_)) && !matches!(other.star, Star::From(_)));
        if self.star == Star::Last && other.star == Star::None {
            left.star = Star::Last;
        }
        left
    }

    /// The ranges, with that of `n:*` as one up to the greatest number.
    fn spans(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let open = if let Star::From(first) = self.star { Some((first, u32::MAX)) } else { None };
        self.ranges.iter().copied().chain(open)
    }

    /// Makes a range up to the greatest number into `n:*`.
    fn open_end(&mut self, is_open: bool) {
        if let Some((start, u32::MAX)) = self.ranges.last().copied().filter(|_| is_open) {
            self.ranges.pop();
            self.star = Star::From(start);
        }
    }

    fn normalised(mut ranges: Vec<(u32, u32)>, star: Star) -> Self {
        ranges.sort_unstable();
        ranges.dedup_by(|next, last| {
            let touches = next.0 <= last.1.saturating_add(1);
            if touches {
                last.1 = last.1.max(next.1);
            }
            touches
        });
        let mut set = Self { ranges, star, kind: PhantomData };
        set.absorb();
        set
    }

    pub(crate) fn from_ranges(ranges: Vec<(u32, u32)>) -> Self {
        Self::normalised(ranges, Star::None)
    }

    /// The same with the number of the last message for `*`. With 0 for an empty mailbox, `*` is nothing.
    #[must_use]
    pub fn resolve(&self, last: u32) -> Self {
        let mut set = Self { star: Star::None, ..self.clone() };
        let first = match self.star {
            Star::None => return set,
            Star::Last => last,
            Star::From(first) => first.min(last),
        };
        if let (Some(first), Some(last)) = (NonZeroU32::new(first), NonZeroU32::new(last)) {
            set.insert_range(N::from_non_zero(first)..=N::from_non_zero(last));
        }
        set
    }

    /// Whether a number is in the set; `*` alone counts for none.
    pub fn contains(&self, number: N) -> bool {
        let number = value(number);
        matches!(self.star, Star::From(first) if number >= first)
            || self
                .ranges
                .get(self.ranges.partition_point(|(_, end)| *end < number))
                .is_some_and(|(start, _)| *start <= number)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty() && self.star == Star::None
    }

    /// Whether `*` is in it.
    pub fn has_star(&self) -> bool {
        self.star != Star::None
    }

    /// How many numbers there are, or nothing if `*` is among them.
    pub fn len(&self) -> Option<u64> {
        let lengths = self.ranges.iter().map(|(start, end)| u64::from(end - start) + 1);
        (self.star == Star::None).then(|| lengths.sum())
    }

    /// The ranges in rising order, without `*`.
    pub fn ranges(&self) -> impl DoubleEndedIterator<Item = RangeInclusive<N>> + '_ {
        self.ranges.iter().filter_map(|(start, end)| Some(number(*start)?..=number(*end)?))
    }

    /// The numbers in rising order, without `*`. A peer may name four billion of them: intersect the set with what exists
    /// before this.
    pub fn numbers(&self) -> impl Iterator<Item = N> + '_ {
        self.ranges.iter().flat_map(|(start, end)| *start..=*end).filter_map(number)
    }

    /// The lowest number, without `*`.
    pub fn first(&self) -> Option<N> {
        self.ranges.first().and_then(|(start, _)| number(*start))
    }

    /// The set in pieces, each of which takes at most `octets` octets on the wire, or a range if that takes more: for servers
    /// that bound the length of a line.
    ///
    /// ```
    /// use mailwire_imap::UidSet;
    ///
    /// let set: UidSet = "1:5,9,12:20".parse()?;
    /// let lines: Vec<String> = set.split_to(6).iter().map(ToString::to_string).collect();
    /// assert_eq!(lines, ["1:5,9", "12:20"]);
    /// # Ok::<(), mailwire_imap::InvalidSet>(())
    /// ```
    pub fn split_to(&self, octets: usize) -> Vec<Self> {
        let mut pieces = Vec::new();
        let (mut piece, mut length) = (Self::new(), 0);
        let star = Some(Self { star: self.star, ..Self::new() }).filter(|star| !star.is_empty());
        let ranges = self.ranges.iter().map(|range| Self {
            ranges: [*range].into(),
            star: Star::None,
            kind: PhantomData,
        });
        for range in ranges.chain(star) {
            let mut shown = String::new();
            // Writing to a string cannot fail.
            let _ = write!(shown, "{range}");
            if length > 0 && length + 1 + shown.len() > octets {
                pieces.push(core::mem::replace(&mut piece, Self::new()));
                length = 0;
            }
            length += shown.len() + usize::from(length > 0);
            piece.ranges.extend(range.ranges);
            piece.star = range.star;
        }
        if !piece.is_empty() {
            pieces.push(piece);
        }
        pieces
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        if self.is_empty() {
            out.fail(EncodeError::EmptySet);
        }
        let mut is_first = true;
        for (start, end) in &self.ranges {
            if !core::mem::take(&mut is_first) {
                out.raw(b",");
            }
            out.number(u64::from(*start));
            if end > start {
                out.raw(b":").number(u64::from(*end));
            }
        }
        if self.star != Star::None && !is_first {
            out.raw(b",");
        }
        match self.star {
            Star::None => {}
            Star::Last => out.raw(b"*").done(),
            Star::From(first) => out.number(u64::from(first)).raw(b":*").done(),
        }
    }
}

impl<N> Default for NumberSet<N> {
    fn default() -> Self {
        Self { ranges: Vec::new(), star: Star::None, kind: PhantomData }
    }
}

impl<N: Number> From<RangeInclusive<N>> for NumberSet<N> {
    fn from(range: RangeInclusive<N>) -> Self {
        let mut set = Self::new();
        set.insert_range(range);
        set
    }
}

impl<N: Number> core::str::FromStr for NumberSet<N> {
    type Err = InvalidSet;

    fn from_str(text: &str) -> Result<Self, InvalidSet> {
        let (mut ranges, mut star) = (Vec::new(), Star::None);
        let number = |text: &str| match text {
            "*" => Some(None),
            text if text.bytes().all(|octet| octet.is_ascii_digit()) => {
                text.parse::<NonZeroU32>().ok().map(Some)
            }
            _ => None,
        };
        for range in text.split(',') {
            let (start, end) = range.split_once(':').unwrap_or((range, range));
            let (start, end) = number(start).zip(number(end)).ok_or(InvalidSet)?;
            add(start.map(NonZeroU32::get), end.map(NonZeroU32::get), &mut ranges, &mut star);
        }
        Ok(Self::normalised(ranges, star))
    }
}

impl<N> fmt::Display for NumberSet<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        for (start, end) in &self.ranges {
            match start == end {
                true => write!(f, "{comma}{start}")?,
                false => write!(f, "{comma}{start}:{end}")?,
            }
            comma = ",";
        }
        match self.star {
            Star::None => Ok(()),
            Star::Last => write!(f, "{comma}*"),
            Star::From(first) => write!(f, "{comma}{first}:*"),
        }
    }
}

impl<N> fmt::Debug for NumberSet<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NumberSet({self})")
    }
}

/// Text that is no set of numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("it is not a set of numbers, as in 1,3:5,7:*")]
pub struct InvalidSet;

pub(crate) fn value<N: Number>(number: N) -> u32 {
    number.to_non_zero().get()
}

pub(crate) fn number<N: Number>(value: u32) -> Option<N> {
    NonZeroU32::new(value).map(N::from_non_zero)
}

fn add(start: Option<u32>, end: Option<u32>, ranges: &mut Vec<(u32, u32)>, star: &mut Star) {
    match (start, end) {
        (Some(start), Some(end)) => ranges.push((start.min(end), start.max(end))),
        (None, None) if *star == Star::None => *star = Star::Last,
        (None, None) => {}
        (Some(first), None) | (None, Some(first)) => {
            *star = match *star {
                Star::From(other) => Star::From(first.min(other)),
                _ => Star::From(first),
            };
        }
    }
}

/// `sequence-set`, without `$` ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9))
pub(crate) fn sequence_set<N: Number>(input: Input<'_>) -> Parsed<'_, NumberSet<N>> {
    // As many as a vector that grows has first, which costs more.
    let mut ranges = Vec::with_capacity(4);
    let (mut star, mut rest, mut is_sorted) = (Star::None, input, true);
    let mut count = 0_usize;
    loop {
        let (after, start) = seq_number(rest)?;
        let (after, end) =
            if after.first() == Some(b':') { seq_number(after.skip(1))? } else { (after, start) };
        let last = ranges.last().map(|(_, end): &(u32, u32)| *end);
        add(start, end, &mut ranges, &mut star);
        is_sorted &=
            last.is_none_or(|last| ranges.last().is_some_and(|(start, _)| *start > last.saturating_add(1)));
        count += 1;
        if count > input.context.limits.set_ranges {
            return rest.expected("set of no more ranges than the limit");
        }
        if after.first() != Some(b',') {
            rest = after;
            break;
        }
        rest = after.skip(1);
    }
    if !is_sorted {
        return Ok((rest, NumberSet::normalised(ranges, star)));
    }
    let mut set = NumberSet { ranges, star, kind: PhantomData };
    set.absorb();
    Ok((rest, set))
}

fn seq_number(input: Input<'_>) -> Parsed<'_, Option<u32>> {
    if input.first() == Some(b'*') {
        return Ok((input.skip(1), None));
    }
    let (rest, number) = nz_number(input)?;
    Ok((rest, Some(number.get())))
}

#[cfg(test)]
mod tests;
