use alloc::{string::ToString as _, vec::Vec};

use super::*;
use crate::{Uid, table::RESPONSE};

/// `uid-set = (uniqueid / uid-range) *("," uid-set)`, `append-uid`
#[test]
fn lists_both_ways() {
    for (wire, numbers) in [
        ("1", &[1][..]),
        ("4294967295", &[u32::MAX]),
        ("1:3", &[1, 2, 3]),
        ("3:1", &[3, 2, 1]),
        ("7,1:2,7", &[7, 1, 2, 7]),
        ("5:5", &[5]),
    ] {
        let read: NumberList<Uid> = RESPONSE.read(number_list, wire).unwrap();
        assert_eq!(read.numbers().map(Uid::get).collect::<Vec<_>>(), numbers, "{wire}");
        assert_eq!(read.len(), numbers.len() as u64);
        let written = RESPONSE.written(|out| read.encode(out));
        assert_eq!(written, if wire == "5:5" { "5" } else { wire });
        assert_eq!(RESPONSE.read(number_list::<Uid>, &written).as_ref(), Ok(&read));
    }
    let all: NumberList<Uid> = RESPONSE.read(number_list, "1:4294967295").unwrap();
    assert_eq!((all.len(), all.numbers().nth(2).map(Uid::get)), (u64::from(u32::MAX), Some(3)));
    for wire in
        ["", "0", "1:0", "*", "1:*", "1,", ",1", "1:", ":1", "1:2:3", "1 2", "4294967296", "-1", "$", "a"]
    {
        assert!(RESPONSE.read(number_list::<Uid>, wire).is_err(), "{wire}");
        assert!(RESPONSE.lenient().read(number_list::<Uid>, wire).is_err(), "{wire}");
    }
}

#[test]
fn parts_are_those_of_all_numbers() {
    for text in ["", "5", "1:9", "9:1", "3,9:7,1:4,2:2"] {
        let list: NumberList<Uid> = text.parse().unwrap();
        let all: Vec<Uid> = list.numbers().collect();
        for start in 0..12 {
            for end in 0..12 {
                let part = list.part(start..end);
                let numbers =
                    all.iter().copied().skip(start as usize).take(end.saturating_sub(start) as usize);
                assert!(part.numbers().eq(numbers), "{text} {start} {end}");
                assert_eq!(NumberList::from_ranges(part.ranges()), part);
            }
        }
    }
    let hostile: NumberList<Uid> = "1:4294967295,4294967295:1".parse().unwrap();
    let middle = hostile.len() / 2;
    assert_eq!(hostile.part(middle - 1..middle + 2).to_string(), "4294967295,4294967295:4294967294");
    assert_eq!(hostile.part(hostile.len()..u64::MAX).to_string(), "");
    assert_eq!(hostile.cast::<crate::SeqNum>().len(), 2 * u64::from(u32::MAX));
}
