use alloc::vec::Vec;

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
