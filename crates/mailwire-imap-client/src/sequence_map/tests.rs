use alloc::{vec, vec::Vec};

use super::*;

/// The same without compression: what is known of each message.
#[derive(Default)]
struct Model(Vec<Option<u32>>);

fn number(value: usize) -> SeqNum {
    SeqNum::new(value as u32).unwrap()
}

fn uid(value: u32) -> Uid {
    Uid::new(value).unwrap()
}

fn assert_same(map: &SequenceMap, model: &Model) {
    for (at, known) in model.0.iter().enumerate() {
        assert_eq!(map.uid(number(at + 1)).map(Uid::get), *known, "message {}", at + 1);
        if let Some(known) = known {
            assert_eq!(map.sequence_number(uid(*known)), Some(number(at + 1)));
        }
    }
    let touching = map.runs.windows(2).any(|pair| {
        pair[0].number + pair[0].length == pair[1].number && pair[0].uid + pair[0].length == pair[1].uid
    });
    assert!(!touching, "{:?}", map.runs);
}

#[test]
fn it_knows_what_a_list_would_know() {
    let mut noise = 0x2545_F491_u32;
    let mut random = |below: usize| {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        noise as usize % below
    };
    for _ in 0..200 {
        let mut uids: Vec<u32> = (0..40).map(|at| at * 3 + 1).collect();
        for at in 0..20 {
            uids[at + 20] = uids[19] + at as u32 + 1;
        }
        let (mut map, mut model) = (SequenceMap::new(100), Model(vec![None; uids.len()]));
        for _ in 0..60 {
            let at = random(uids.len());
            if random(8) == 0 && uids.len() > 8 {
                // A range, all or not all of which are known.
                let (first, count) = (at.min(uids.len() - 4), 1 + random(4));
                let gone: UidSet = uids[first..first + count].iter().map(|gone| uid(*gone)).collect();
                let knows_all = model.0[first..first + count].iter().all(Option::is_some);
                map.vanish(&gone);
                uids.drain(first..first + count);
                model.0.drain(first..first + count);
                if !knows_all {
                    // What stands before the first unknown one may be kept; the rest must be forgotten.
                    for at in first..uids.len() {
                        model.0[at] = None;
                    }
                }
            } else if random(4) == 0 && uids.len() > 2 {
                assert_eq!(map.expunge(number(at + 1)).map(Uid::get), model.0.remove(at));
                uids.remove(at);
            } else {
                map.learn(number(at + 1), uid(uids[at]));
                model.0[at] = Some(uids[at]);
            }
            assert_same(&map, &model);
        }
    }
}

#[test]
fn a_million_messages_are_few_runs() {
    let mut map = SequenceMap::new(16);
    for at in 1..=1_000_000 {
        map.learn(SeqNum::new(at).unwrap(), uid(at + 7));
    }
    assert_eq!(map.runs.len(), 1);
    assert_eq!(map.uid(SeqNum::new(999_999).unwrap()), Some(uid(1_000_006)));
    map.expunge(SeqNum::new(10).unwrap());
    assert_eq!((map.runs.len(), map.uid(SeqNum::new(10).unwrap())), (2, Some(uid(18))));
}

#[test]
fn the_lowest_are_forgotten_beyond_the_limit() {
    let mut map = SequenceMap::new(8);
    for at in 1..=1000 {
        map.learn(SeqNum::new(at).unwrap(), uid(at * 2));
        assert!(map.runs.len() <= 8);
    }
    assert_eq!(map.uid(SeqNum::new(1000).unwrap()), Some(uid(2000)));
    assert_eq!(map.uid(SeqNum::new(1).unwrap()), None);
    map.learn_all(&(1..=100).map(|at| uid(at * 2)).collect());
    assert_eq!((map.runs.len(), map.uid(SeqNum::new(100).unwrap())), (8, Some(uid(200))));
}

#[test]
fn what_contradicts_is_forgotten() {
    let mut map = SequenceMap::new(8);
    for at in 1..=10 {
        map.learn(SeqNum::new(at).unwrap(), uid(at));
    }
    map.learn(SeqNum::new(5).unwrap(), uid(50));
    assert_eq!(map.uid(SeqNum::new(5).unwrap()), Some(uid(50)));
    assert_eq!(map.uid(SeqNum::new(7).unwrap()), None);
    map.learn(SeqNum::new(4_294_967_295).unwrap(), uid(4_294_967_295));
    assert_eq!(map.expunge(SeqNum::new(1).unwrap()), None);
    assert_eq!(map.uid(SeqNum::new(4_294_967_294).unwrap()), Some(uid(4_294_967_295)));
}

#[test]
fn what_vanishes_unknown_takes_the_numbers_after_it_along() {
    let mut map = SequenceMap::new(8);
    map.learn(SeqNum::new(1).unwrap(), uid(10));
    map.learn(SeqNum::new(3).unwrap(), uid(30));
    map.vanish(&UidSet::from(uid(20)));
    assert_eq!(map.uid(SeqNum::new(1).unwrap()), Some(uid(10)));
    assert_eq!(map.uid(SeqNum::new(3).unwrap()), None);
    map.vanish(&UidSet::from(uid(10)));
    assert_eq!(map.len(), 0);
}
