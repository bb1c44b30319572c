//! Sets of messages against sets of numbers.
#![no_main]

use std::collections::BTreeSet;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mailwire_imap::{Uid, UidSet};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    text: &'a [u8],
    one: Vec<(u8, u8)>,
    other: Vec<(u8, u8)>,
}

fuzz_target!(|input: Input<'_>| {
    if let Ok(text) = std::str::from_utf8(input.text)
        && let Ok(set) = text.parse::<UidSet>()
    {
        let shown = set.to_string();
        assert_eq!(shown.parse::<UidSet>().as_ref(), Ok(&set));
        assert!(shown.len() <= text.len(), "{text} became {shown}");
        let known = set.resolve(1000);
        assert!(!known.has_star() && known.len() <= Some(u64::from(u32::MAX)));
    }
    let (one, one_model) = set(&input.one);
    let (other, other_model) = set(&input.other);
    same(&one, &one_model);
    same(&one.union(&other), &one_model.union(&other_model).copied().collect());
    same(&one.intersection(&other), &one_model.intersection(&other_model).copied().collect());
    same(&one.difference(&other), &one_model.difference(&other_model).copied().collect());
    assert_eq!(one == other, one_model == other_model);
    for number in 1..=256 {
        assert_eq!(one.contains(Uid::new(number).unwrap()), one_model.contains(&number));
    }
});

fn set(ranges: &[(u8, u8)]) -> (UidSet, BTreeSet<u32>) {
    let (mut set, mut model) = (UidSet::new(), BTreeSet::new());
    for (one, other) in ranges {
        let (start, end) = (u32::from(*one.min(other)) + 1, u32::from(*one.max(other)) + 1);
        set.insert_range(Uid::new(start).unwrap()..=Uid::new(end).unwrap());
        model.extend(start..=end);
    }
    (set, model)
}

fn same(set: &UidSet, model: &BTreeSet<u32>) {
    assert_eq!(set.len(), Some(model.len() as u64));
    assert!(set.numbers().map(Uid::get).eq(model.iter().copied()), "{set}");
    if !model.is_empty() {
        assert_eq!(set.to_string().parse::<UidSet>().as_ref(), Ok(set));
    }
}
