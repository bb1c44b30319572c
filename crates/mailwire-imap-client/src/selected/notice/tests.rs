use alloc::format;

use mailwire_imap::{Decoder, Response, SeqNum, UidSet};

use super::*;

fn view(exists: u32) -> Selected {
    let mut view = Selected::new("INBOX".into(), false, 100);
    view.exists = exists;
    view
}

fn notice(view: &mut Selected, wire: &str) -> Option<Change> {
    let Response::Data(data) = Decoder::default().response(wire.as_bytes()) else { panic!("{wire}") };
    match &data {
        Data::Status(status) => view.notice_code(status.code.as_ref().unwrap()).map(|_| Change::Other),
        data => view.notice(data),
    }
}

fn uid(value: u32) -> Uid {
    Uid::new(value).unwrap()
}

fn number(value: u32) -> SeqNum {
    SeqNum::new(value).unwrap()
}

#[test]
fn numbers_and_uids_go_along_with_expunges() {
    let mut view = view(5);
    for at in 1..=5 {
        notice(&mut view, &format!("* {at} FETCH (UID {})", at * 10));
    }
    assert_eq!(notice(&mut view, "* 2 EXPUNGE"), Some(Change::Expunged { uid: Some(uid(20)) }));
    assert_eq!((view.exists, view.uid(number(2))), (4, Some(uid(30))));
    assert_eq!(notice(&mut view, "* 5 EXPUNGE"), None, "there are four");
    assert_eq!(notice(&mut view, "* 9 EXISTS"), Some(Change::Count { before: 4 }));
    assert_eq!(notice(&mut view, "* 3 EXISTS"), Some(Change::Count { before: 9 }));
    assert_eq!(view.uid(number(4)), None, "there is no such message any more");
}

#[test]
fn vanished_counts_what_was_there() {
    let mut view = view(4);
    for at in 1..=4 {
        notice(&mut view, &format!("* {at} FETCH (UID {})", at * 10));
    }
    let vanished = |text: &str| Some(Change::Vanished { uids: text.parse::<UidSet>().unwrap() });
    // All are known, so what never was is left out.
    assert_eq!(notice(&mut view, "* VANISHED 15:30,99"), vanished("20,30"));
    assert_eq!((view.exists, view.uid(number(2))), (2, Some(uid(40))));
    notice(&mut view, "* 3 EXISTS");
    assert_eq!(notice(&mut view, "* VANISHED 50"), vanished("50"));
    assert_eq!(view.exists, 2);
    assert_eq!(notice(&mut view, "* VANISHED (EARLIER) 1:9"), Some(Change::Other));
    assert_eq!(view.exists, 2);
    notice(&mut view, "* 1000 EXISTS");
    notice(&mut view, "* VANISHED 1:4294967295");
    assert_eq!((view.exists, view.map.len()), (0, 0));
}

#[test]
fn hostile_counts_are_taken_as_they_are_and_cost_nothing() {
    let mut view = view(0);
    notice(&mut view, "* 4294967295 EXISTS");
    notice(&mut view, "* 4294967295 FETCH (UID 4294967295)");
    notice(&mut view, "* 1 EXPUNGE");
    assert_eq!((view.exists, view.uid(number(4_294_967_294))), (4_294_967_294, Some(uid(4_294_967_295))));
}

#[test]
fn a_new_uid_validity_is_news_and_forgets_the_uids() {
    let mut view = view(1);
    notice(&mut view, "* OK [UIDVALIDITY 7] ok");
    notice(&mut view, "* 1 FETCH (UID 4)");
    assert_eq!(notice(&mut view, "* OK [UIDVALIDITY 7] ok"), None);
    assert_eq!(view.uid(number(1)), Some(uid(4)));
    assert_eq!(notice(&mut view, "* OK [UIDVALIDITY 8] ok"), Some(Change::Other));
    assert_eq!(view.uid(number(1)), None);
    assert_eq!(notice(&mut view, "* OK [HIGHESTMODSEQ 5] ok"), Some(Change::Other));
    assert_eq!(notice(&mut view, "* OK [HIGHESTMODSEQ 4] ok"), None, "it never goes back");
}
