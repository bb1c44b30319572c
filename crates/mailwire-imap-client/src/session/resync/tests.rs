use alloc::{string::ToString as _, vec::Vec};

use mailwire_imap::{ModSeq, UidValidity};

use super::*;
use crate::{Session as _, session::script::Script};

fn known(uids: Option<&str>) -> QResync {
    QResync {
        uid_validity: UidValidity::new(7).unwrap(),
        mod_seq: ModSeq::new(100).unwrap(),
        known_uids: uids.map(|uids| uids.parse().unwrap()),
        sequence_match: None,
    }
}

/// UIDs of what has changed, and what has vanished.
fn changes(resynced: &Resynced) -> (Vec<u32>, alloc::string::String) {
    let changed = resynced.opened.changed.iter().filter_map(|fetch| fetch.uid().map(Uid::get));
    (changed.collect(), resynced.opened.vanished.to_string())
}

fn resynced(words: &str, known: QResync, steps: &[(&str, &[&str])]) -> Resynced {
    Script::new(words, steps).play(async |script| script.select_qresync("INBOX", known).await).unwrap()
}

const ENABLE: (&str, &[&str]) = ("ENABLE QRESYNC", &["* ENABLED QRESYNC", "% OK done"]);
const SELECT: &str = "SELECT INBOX (QRESYNC (7 100 1:5))";

#[test]
fn by_qresync() {
    let select: &[&str] = &[
        "* 3 EXISTS",
        "* OK [UIDVALIDITY 7] ok",
        "* OK [HIGHESTMODSEQ 120] ok",
        "* VANISHED (EARLIER) 2:3",
        "* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (110))",
        "% OK [READ-WRITE] done",
    ];
    // Enabled with or without a word of it.
    for enable in [ENABLE, ("ENABLE QRESYNC", &["% OK done"])] {
        let resynced = resynced("QRESYNC", known(Some("1:5")), &[enable, (SELECT, select)]);
        assert_eq!((resynced.by, resynced.is_continued), (ResyncedBy::QResync, true));
        assert_eq!(changes(&resynced), ([1].to_vec(), "2:3".into()));
    }
    let other: &[&str] = &["* 3 EXISTS", "* OK [UIDVALIDITY 8] ok", "% OK [READ-WRITE] done"];
    let resynced = resynced("QRESYNC", known(Some("1:5")), &[ENABLE, (SELECT, other)]);
    assert!(!resynced.is_continued);
}

#[test]
fn it_is_enabled_once() {
    let select: &[&str] = &["* OK [UIDVALIDITY 7] ok", "% OK done"];
    let mut script = Script::new("QRESYNC", &[ENABLE, (SELECT, select), (SELECT, select)]);
    script.play(async |script| {
        script.select_qresync("INBOX", known(Some("1:5"))).await.unwrap();
        script.select_qresync("INBOX", known(Some("1:5"))).await.unwrap();
    });
}

#[test]
fn to_read_only() {
    let qresync: &[&str] = &["* OK [UIDVALIDITY 7] ok", "* VANISHED (EARLIER) 2", "% OK [READ-ONLY] done"];
    let condstore: &[&str] = &["* OK [UIDVALIDITY 8] ok", "% OK [READ-ONLY] done"];
    for (words, steps) in [
        ("QRESYNC", &[ENABLE, ("EXAMINE INBOX (QRESYNC (7 100 1:5))", qresync)][..]),
        ("CONDSTORE", &[("EXAMINE INBOX (CONDSTORE)", condstore)]),
        ("IMAP4rev1", &[("EXAMINE INBOX", condstore)]),
    ] {
        let examine = Select::examine("INBOX");
        let resynced = Script::new(words, steps)
            .play(async |script| script.select_qresync(examine, known(Some("1:5"))).await)
            .unwrap();
        assert!(resynced.opened.read_only);
        assert_eq!(resynced.is_continued, words == "QRESYNC");
    }
}

#[test]
fn by_condstore() {
    let select: &[&str] = &[
        "* 3 EXISTS",
        "* OK [UIDVALIDITY 7] ok",
        "* OK [UIDNEXT 9] ok",
        "* OK [HIGHESTMODSEQ 120] ok",
        "% OK [READ-WRITE] done",
    ];
    let fetched: &[&str] = &["* 2 FETCH (UID 4 FLAGS (\\Seen) MODSEQ (110))", "% OK done"];
    let search: &[&str] = &["* SEARCH 1 4 5", "% OK done"];
    let condstore = ("SELECT INBOX (CONDSTORE)", select);
    let fetch = ("UID FETCH 1,4:5 (UID FLAGS) (CHANGEDSINCE 100)", fetched);
    let (refused, bad): (&[&str], &[&str]) = (&["% NO not now"], &["% BAD what?"]);
    for (words, before) in [
        ("CONDSTORE", &[][..]),
        ("QRESYNC", &[("ENABLE QRESYNC", refused)]),
        ("QRESYNC", &[ENABLE, (SELECT, bad)]),
    ] {
        let mut steps = before.to_vec();
        steps.extend([condstore, ("UID SEARCH UID 1:5", search), fetch]);
        let resynced = resynced(words, known(Some("1:5")), &steps);
        assert_eq!((resynced.by, resynced.is_continued), (ResyncedBy::Condstore, true));
        assert_eq!(changes(&resynced), ([4].to_vec(), "2:3".into()));
        assert_eq!(resynced.opened.changed[0].items.len(), 3, "UID, FLAGS and MODSEQ");
    }
    // All UIDs that can have been there.
    let steps = [condstore, ("UID SEARCH UID 1:8", search), fetch];
    assert_eq!(changes(&resynced("CONDSTORE", known(None), &steps)).1, "2:3,6:8");
    let steps = [
        condstore,
        ("UID SEARCH UID 4:8", search),
        ("UID FETCH 4:5 (UID FLAGS) (CHANGEDSINCE 100)", fetched),
    ];
    assert_eq!(changes(&resynced("CONDSTORE", known(Some("4:*")), &steps)).1, "6:8");
}

#[test]
fn nothing_is_asked_that_is_known() {
    let select: &[&str] =
        &["* 0 EXISTS", "* OK [UIDVALIDITY 7] ok", "* OK [HIGHESTMODSEQ 100] ok", "% OK done"];
    let resynced = resynced("CONDSTORE", known(Some("1:5")), &[("SELECT INBOX (CONDSTORE)", select)]);
    assert_eq!(changes(&resynced), ([].to_vec(), "1:5".into()));
}

#[test]
fn by_flags() {
    let select: &[&str] = &["* 1 EXISTS", "* OK [UIDVALIDITY 7] ok", "% OK done"];
    let steps: &[(&str, &[&str])] = &[
        ("SELECT INBOX", select),
        ("UID SEARCH UID 1:5", &["* SEARCH 4", "% OK done"]),
        ("UID FETCH 4 (UID FLAGS)", &["* 1 FETCH (UID 4 FLAGS ())", "% OK done"]),
    ];
    let found = resynced("IMAP4rev1", known(Some("1:5")), steps);
    assert_eq!((found.by, changes(&found)), (ResyncedBy::Flags, ([4].to_vec(), "1:3,5".into())));

    let other: &[&str] = &["* 1 EXISTS", "* OK [UIDVALIDITY 8] ok", "% OK done"];
    let found = resynced("IMAP4rev1", known(Some("1:5")), &[("SELECT INBOX", other)]);
    assert_eq!((found.is_continued, changes(&found)), (false, ([].to_vec(), "".into())));
}

#[test]
fn a_mailbox_that_is_not_there_is_an_error() {
    let mut script = Script::new("QRESYNC", &[ENABLE, (SELECT, &["% NO [NONEXISTENT] gone"])]);
    let result = script.play(async |script| script.select_qresync("INBOX", known(Some("1:5"))).await);
    assert!(result.is_err());
}
