use alloc::{
    collections::BTreeSet,
    string::{String, ToString as _},
    vec::Vec,
};

use proptest::prelude::*;

use super::*;
use crate::{
    NumberList,
    table::{COMMAND, RESPONSE},
};

fn set(text: &str) -> UidSet {
    text.parse().unwrap()
}

/// `sequence-set = (seq-number / seq-range) ["," sequence-set]`
#[test]
fn sets_both_ways() {
    for (wire, normal) in [
        ("1", "1"),
        ("*", "*"),
        ("2:4", "2:4"),
        ("4:2", "2:4"),
        ("2,4:7,9,12:*", "2,4:7,9,12:*"),
        ("*:4,5:7", "4:*"),
        ("*:*", "*"),
        ("5,*", "5,*"),
        ("4294967295", "4294967295"),
        ("1:4294967295", "1:4294967295"),
        ("7,7,7", "7"),
        ("3,2,1", "1:3"),
    ] {
        for row in [COMMAND, COMMAND.lenient(), RESPONSE] {
            let read: UidSet = row.read(sequence_set, wire).unwrap();
            assert_eq!(row.written(|out| read.encode(out)), normal, "{wire}");
            assert_eq!(row.read(sequence_set::<Uid>, normal).as_ref(), Ok(&read), "{wire}");
        }
    }
    for wire in [
        "",
        " ",
        "0",
        "1:0",
        "0:1",
        "1,",
        ",1",
        "1,,2",
        "1:",
        ":1",
        "1::2",
        "1:2:3",
        "1 ,2",
        "1, 2",
        "-1",
        "+1",
        "4294967296",
        "1:4294967296",
        "99999999999999999999",
        "**",
        "*1",
        "1*",
        "$",
        "a",
        "1-2",
        "1.2",
        "(1)",
    ] {
        for row in [COMMAND, COMMAND.lenient()] {
            assert!(row.read(sequence_set::<Uid>, wire).is_err(), "{wire}");
        }
    }
}

#[test]
fn sets_are_normal() {
    for (text, normal) in [
        ("1", "1"),
        ("5:3", "3:5"),
        ("1,2,3", "1:3"),
        ("3,1,2", "1:3"),
        ("1:3,2:10", "1:10"),
        ("7,1:3,3:5,12:*", "1:5,7,12:*"),
        ("*", "*"),
        ("*:*", "*"),
        ("*:4,5:7", "4:*"),
        ("1,*", "1,*"),
        ("4:*,2:*", "2:*"),
        ("10,4:*", "4:*"),
        ("3,4:*", "3:*"),
        ("1:4294967295", "1:4294967295"),
    ] {
        assert_eq!(set(text).to_string(), normal);
        assert_eq!(set(normal).to_string(), normal);
    }
    for text in ["", "0", "1:0", "4294967296", "1:2:3", "1,", ",1", "$", "+1", "-1", "1 ", "a", "1,,2", ":"] {
        assert!(text.parse::<UidSet>().is_err(), "{text}");
    }
}

#[test]
fn the_last_message() {
    assert_eq!(set("3291:*").resolve(7).to_string(), "7");
    assert_eq!(set("5:*").resolve(10).to_string(), "5:10");
    assert_eq!(set("*").resolve(10).to_string(), "10");
    assert!(set("1:*").resolve(0).is_empty());
    assert_eq!(set("5:*").intersection(&set("1:7")).to_string(), "5:7");
    assert_eq!(set("5:*").intersection(&set("7:*")).to_string(), "7:*");
    assert_eq!(set("1:*").difference(&set("5")).to_string(), "1:4,6:*");
    assert_eq!(set("1:10").difference(&set("5:*")).to_string(), "1:4");
    assert_eq!(set("1:3").union(&set("4:*")).to_string(), "1:*");
    assert_eq!(set("1,*").len(), None);
}

#[test]
fn long_sets_are_split() {
    let numbers = set("1:5,7,9,100:200,300:*");
    for octets in 0..30 {
        let pieces = numbers.split_to(octets);
        let joined = pieces.iter().fold(UidSet::new(), |all, piece| all.union(piece));
        assert_eq!(joined, numbers);
        assert!(pieces.iter().all(|piece| piece.to_string().len() <= octets.max(7)));
    }
    assert_eq!(numbers.split_to(7).len(), 3);
}

#[test]
fn lists_keep_their_order() {
    let list: NumberList<Uid> = [3, 4, 5, 1, 9].into_iter().filter_map(Uid::new).collect();
    assert_eq!(list.numbers().map(Uid::get).collect::<Vec<_>>(), [3, 4, 5, 1, 9]);
    assert_eq!((list.len(), list.to_set().to_string()), (5, String::from("1,3:5,9")));
}

proptest! {
    #[test]
    fn algebra_is_that_of_sets(
        one in proptest::collection::btree_set(1..60_u32, 0..40),
        other in proptest::collection::btree_set(1..60_u32, 0..40),
    ) {
        let make = |numbers: &BTreeSet<u32>| numbers.iter().copied().filter_map(Uid::new).collect::<UidSet>();
        let (a, b) = (make(&one), make(&other));
        prop_assert_eq!(a.union(&b), make(&one.union(&other).copied().collect()));
        prop_assert_eq!(a.intersection(&b), make(&one.intersection(&other).copied().collect()));
        prop_assert_eq!(a.difference(&b), make(&one.difference(&other).copied().collect()));
        prop_assert_eq!(a.len(), Some(one.len() as u64));
        let mut inserted = UidSet::new();
        for number in one.iter().rev().chain(&other) {
            inserted.insert(Uid::new(*number).unwrap());
        }
        prop_assert_eq!(&inserted, &a.union(&b));
        prop_assert!(inserted.is_empty() || inserted.to_string().parse::<UidSet>().unwrap() == inserted);
        prop_assert!((1..60).all(|n| a.contains(Uid::new(n).unwrap()) == one.contains(&n)));
    }
}

#[test]
fn parts_are_those_of_all_numbers() {
    for text in ["1:9", "3,7:9,11,20:*", "*"] {
        let set: UidSet = text.parse().unwrap();
        let all: Vec<Uid> = set.numbers().collect();
        for start in 0..12 {
            for end in 0..12 {
                let part = set.part(start..end);
                let numbers =
                    all.iter().copied().skip(start as usize).take(end.saturating_sub(start) as usize);
                assert!(part.numbers().eq(numbers) && !part.has_star(), "{text} {start} {end}");
            }
        }
    }
    let all: UidSet = "1:4294967295".parse().unwrap();
    assert_eq!(all.part(4_294_967_294..u64::MAX).to_string(), "4294967295");
    assert_eq!(all.cast::<crate::SeqNum>().to_string(), "1:4294967295");
}
