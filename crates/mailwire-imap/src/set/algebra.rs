//! Sets as Rust knows them: operators, collecting, taking out, pieces.

use alloc::vec::Vec;
use core::{
    iter,
    marker::PhantomData,
    ops::{BitAnd, BitOr, Range, RangeInclusive, Sub},
};

use super::{NumberSet, Star, value};
use crate::number::Number;

impl<N: Number> NumberSet<N> {
    /// Takes one number out. `*` stays, whichever number it is; see [`difference`](Self::difference).
    pub fn remove(&mut self, number: N) {
        self.remove_range(number..=number);
    }

    /// Takes all numbers between two out, whichever is the lower one.
    pub fn remove_range(&mut self, range: RangeInclusive<N>) {
        let (start, end) = (value(*range.start()), value(*range.end()));
        let (start, end) = (start.min(end), start.max(end));
        let from = self.ranges.partition_point(|(_, last)| *last < start);
        let to = self.ranges.partition_point(|(first, _)| *first <= end).max(from);
        let touched = self.ranges.get(from..to).unwrap_or_default();
        let before = touched.first().filter(|first| first.0 < start).map(|first| (first.0, start - 1));
        let after = touched.last().filter(|last| last.1 > end).map(|last| (end + 1, last.1));
        self.ranges.splice(from..to, before.into_iter().chain(after));
        if let Star::From(first) = self.star
            && end >= first
        {
            if first < start {
                self.ranges.push((first, start - 1));
            }
            self.star = end.checked_add(1).map_or(Star::None, Star::From);
        }
    }

    /// The greatest number, without `*`.
    pub fn greatest(&self) -> Option<N> {
        self.ranges.last().and_then(|(_, end)| super::number(*end))
    }

    /// Whether `other` has all that is in this one.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.difference(other).is_empty()
    }

    /// Whether the two have nothing in common.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.intersection(other).is_empty()
    }

    /// The numbers at these places, counted from 0 from the lowest one, without `*`; no range is expanded.
    ///
    /// ```
    /// use mailwire_imap::UidSet;
    ///
    /// let found: UidSet = "2:4,9,12:4000000000".parse()?;
    /// assert_eq!(found.part(1..6).to_string(), "3:4,9,12:13");
    /// # Ok::<(), mailwire_imap::InvalidSet>(())
    /// ```
    #[must_use]
    pub fn part(&self, places: Range<u64>) -> Self {
        let (mut part, mut place) = (Self::new(), 0_u64);
        for (start, end) in &self.ranges {
            if place >= places.end {
                break;
            }
            let length = u64::from(end - start) + 1;
            let skipped = places.start.saturating_sub(place);
            let last = (places.end - place).min(length) - 1;
            if skipped <= last {
                // Both are less than the length of the range.
                part.ranges.push((start + skipped as u32, start + last as u32));
            }
            place += length;
        }
        part
    }

    /// The same numbers as numbers of another kind: a result of `UID SEARCH` as UIDs.
    #[must_use]
    pub fn cast<M: Number>(self) -> NumberSet<M> {
        NumberSet { ranges: self.ranges, star: self.star, kind: PhantomData }
    }

    /// The set in rising pieces of `count` numbers, the last one of fewer: for many messages in batches. `*` and `n:*`, of
    /// which nobody knows how many they are, are a piece of their own.
    ///
    /// ```
    /// use mailwire_imap::UidSet;
    ///
    /// let set: UidSet = "1:5,9,12:*".parse()?;
    /// let pieces: Vec<String> = set.chunks(4).map(|piece| piece.to_string()).collect();
    /// assert_eq!(pieces, ["1:4", "5,9", "12:*"]);
    /// # Ok::<(), mailwire_imap::InvalidSet>(())
    /// ```
    pub fn chunks(&self, count: u32) -> impl Iterator<Item = Self> + '_ {
        let (count, mut star) = (count.max(1), self.star);
        let mut ranges = self.ranges.iter().copied();
        let mut current = ranges.next();
        iter::from_fn(move || {
            let (mut piece, mut room) = (Self::new(), count);
            while let Some((start, end)) = current.filter(|_| room > 0) {
                let taken = end.min(start.saturating_add(room - 1));
                piece.ranges.push((start, taken));
                room -= taken - start + 1;
                current = if taken < end { Some((taken + 1, end)) } else { ranges.next() };
            }
            if piece.is_empty() {
                piece.star = core::mem::replace(&mut star, Star::None);
            }
            (!piece.is_empty()).then_some(piece)
        })
    }
}

/// Ranges of numbers that mostly rise.
fn ranges<N: Number>(numbers: impl Iterator<Item = N>) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for number in numbers.map(value) {
        match ranges.last_mut() {
            Some(last) if last.1.checked_add(1) == Some(number) => last.1 = number,
            _ => ranges.push((number, number)),
        }
    }
    ranges
}

impl<N: Number> FromIterator<N> for NumberSet<N> {
    fn from_iter<I: IntoIterator<Item = N>>(numbers: I) -> Self {
        Self::from_ranges(ranges(numbers.into_iter()))
    }
}

impl<N: Number> FromIterator<RangeInclusive<N>> for NumberSet<N> {
    fn from_iter<I: IntoIterator<Item = RangeInclusive<N>>>(ranges: I) -> Self {
        let ordered = |range: RangeInclusive<N>| {
            let (start, end) = (value(*range.start()), value(*range.end()));
            (start.min(end), start.max(end))
        };
        Self::from_ranges(ranges.into_iter().map(ordered).collect())
    }
}

/// Sorts once, however many numbers there are.
impl<N: Number> Extend<N> for NumberSet<N> {
    fn extend<I: IntoIterator<Item = N>>(&mut self, numbers: I) {
        *self = self.union(&numbers.into_iter().collect());
    }
}

impl<N: Number> Extend<RangeInclusive<N>> for NumberSet<N> {
    fn extend<I: IntoIterator<Item = RangeInclusive<N>>>(&mut self, ranges: I) {
        *self = self.union(&ranges.into_iter().collect());
    }
}

/// One number.
impl<N: Number> From<N> for NumberSet<N> {
    fn from(number: N) -> Self {
        iter::once(number).collect()
    }
}

/// [`union`](NumberSet::union)
impl<N: Number> BitOr for &NumberSet<N> {
    type Output = NumberSet<N>;

    fn bitor(self, other: Self) -> NumberSet<N> {
        self.union(other)
    }
}

/// [`intersection`](NumberSet::intersection)
impl<N: Number> BitAnd for &NumberSet<N> {
    type Output = NumberSet<N>;

    fn bitand(self, other: Self) -> NumberSet<N> {
        self.intersection(other)
    }
}

/// [`difference`](NumberSet::difference)
impl<N: Number> Sub for &NumberSet<N> {
    type Output = NumberSet<N>;

    fn sub(self, other: Self) -> NumberSet<N> {
        self.difference(other)
    }
}

#[cfg(test)]
mod tests {
    use alloc::{collections::BTreeSet, string::ToString as _};

    use proptest::prelude::*;

    use super::*;
    use crate::{Uid, UidSet};

    fn uid(number: u32) -> Uid {
        Uid::new(number).unwrap()
    }

    fn set(text: &str) -> UidSet {
        if text.is_empty() { UidSet::new() } else { text.parse().unwrap() }
    }

    #[test]
    fn numbers_are_taken_out() {
        for (from, start, end, left) in [
            ("1:10", 5, 5, "1:4,6:10"),
            ("1:10", 1, 10, ""),
            ("1:10", 8, 3, "1:2,9:10"),
            ("1:3,5:7,9:11", 3, 9, "1:2,10:11"),
            ("1:3,5:7", 4, 4, "1:3,5:7"),
            ("1:3", 5, 9, "1:3"),
            ("5:9", 1, 3, "5:9"),
            ("", 1, 3, ""),
            ("5:*", 7, 8, "5:6,9:*"),
            ("5:*", 1, 6, "7:*"),
            ("5:*", 1, 4, "5:*"),
            ("1:3,5:*", 2, 9, "1,10:*"),
            ("5:*", 7, u32::MAX, "5:6"),
            ("1:4294967295", u32::MAX, u32::MAX, "1:4294967294"),
            ("1:3,*", 1, u32::MAX, "*"),
        ] {
            let mut set = set(from);
            set.remove_range(uid(start)..=uid(end));
            assert_eq!(set.to_string(), left, "{from} without {start}:{end}");
        }
    }

    #[test]
    fn sets_with_the_last_message() {
        for (one, other, union, both, left) in [
            ("1:3", "*", "1:3,*", "", "1:3"),
            ("1:3,*", "*", "1:3,*", "*", "1:3"),
            ("5:*", "*", "5:*", "*", "5:*"),
            ("*", "5:*", "5:*", "*", ""),
            ("5:*", "3:6", "3:*", "5:6", "7:*"),
            ("5:*", "8:*", "5:*", "8:*", "5:7"),
            ("1:3,7:*", "2:8", "1:*", "2:3,7:8", "1,9:*"),
            ("", "1:*", "1:*", "", ""),
        ] {
            let (a, b) = (set(one), set(other));
            let found = [&a | &b, &a & &b, &a - &b].map(|set| set.to_string());
            assert_eq!(found, [union, both, left], "{one} and {other}");
            assert_eq!(a.is_disjoint(&b), both.is_empty(), "{one} and {other}");
            assert_eq!(a.is_subset(&b), left.is_empty(), "{one} and {other}");
        }
    }

    #[test]
    fn sets_from_other_things() {
        assert_eq!(UidSet::from(uid(7)).to_string(), "7");
        let ranges = [uid(9)..=uid(7), uid(1)..=uid(2), uid(3)..=uid(3)];
        let mut set: UidSet = ranges.into_iter().collect();
        assert_eq!((set.to_string().as_str(), set.greatest()), ("1:3,7:9", Some(uid(9))));
        set.extend([uid(4), uid(20)]);
        set.extend([uid(11)..=uid(12)]);
        assert_eq!(set.to_string(), "1:4,7:9,11:12,20");
        assert_eq!(UidSet::all().greatest(), None);
        assert_eq!(UidSet::all().chunks(3).count(), 1);
        let pieces = set.chunks(0).map(|piece| piece.len()).collect::<Vec<_>>();
        assert_eq!(pieces, [Some(1); 10], "none is too few");
        let all: UidSet = "1:4294967295".parse().unwrap();
        assert_eq!(all.chunks(u32::MAX).count(), 1);
    }

    /// The greatest number of the sets below is less.
    const LAST: u32 = 100;

    fn with_star() -> impl Strategy<Value = (UidSet, BTreeSet<u32>)> {
        let star = prop_oneof![Just(None), Just(Some(LAST)), (1..60_u32).prop_map(Some)];
        (proptest::collection::btree_set(1..60_u32, 0..30), star).prop_map(|(mut numbers, star)| {
            let set: UidSet = numbers.iter().copied().filter_map(Uid::new).collect();
            match star {
                None => (set, numbers),
                Some(first) => {
                    numbers.extend(first..=LAST);
                    let open = if first == LAST { UidSet::last() } else { UidSet::starting_at(uid(first)) };
                    (set.union(&open), numbers)
                }
            }
        })
    }

    fn resolved(set: &UidSet) -> BTreeSet<u32> {
        set.resolve(LAST).numbers().map(Uid::get).collect()
    }

    fn is_normal(set: &UidSet) -> bool {
        let text = set.to_string();
        text.is_empty() || text.parse::<UidSet>().is_ok_and(|read| read == *set && read.to_string() == text)
    }

    proptest! {
        /// Against sets of single numbers, in a mailbox whose last message is known.
        #[test]
        fn the_last_message_is_one_of_them((a, one) in with_star(), (b, other) in with_star()) {
            prop_assert_eq!(resolved(&(&a | &b)), &one | &other);
            prop_assert_eq!(resolved(&(&a & &b)), &one & &other);
            let mut left = &one - &other;
            // From `n:*` alone, `*` cannot be taken out.
            if a.has_star() && one.contains(&(LAST - 1)) && !other.contains(&(LAST - 1)) {
                left.insert(LAST);
            }
            prop_assert_eq!(resolved(&(&a - &b)), left);
            prop_assert!([&a | &b, &a & &b, &a - &b].iter().all(is_normal));
        }

        #[test]
        fn what_is_taken_out_is_out((mut a, one) in with_star(), start in 1..70_u32, end in 1..70_u32) {
            let mut range: UidSet = UidSet::new();
            range.insert_range(uid(start)..=uid(end));
            let left = a.difference(&range);
            a.remove_range(uid(start)..=uid(end));
            prop_assert_eq!(&a, &left);
            prop_assert!(is_normal(&a));
            let model = one.into_iter().filter(|number| !(start.min(end)..=start.max(end)).contains(number));
            prop_assert_eq!(resolved(&a), model.collect());
        }

        #[test]
        fn pieces_are_the_whole((a, _) in with_star(), count in 1..20_u32, octets in 0..40_usize) {
            let pieces: Vec<UidSet> = a.chunks(count).collect();
            for (index, piece) in pieces.iter().enumerate() {
                let is_full = piece.len() == Some(count.into());
                let ends = pieces.len() - index <= 1 + usize::from(a.has_star());
                prop_assert!(is_normal(piece) && (is_full || ends && piece.len() <= Some(count.into())));
            }
            prop_assert_eq!(&pieces.iter().fold(UidSet::new(), |all, piece| &all | piece), &a);
            let lines = a.split_to(octets);
            prop_assert!(lines.iter().all(|line| is_normal(line) && line.to_string().len() <= octets.max(6)));
            prop_assert_eq!(&lines.iter().fold(UidSet::new(), |all, line| &all | line), &a);
        }
    }
}
