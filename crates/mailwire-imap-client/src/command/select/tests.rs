use alloc::vec;

use mailwire_imap::Flag;

use super::*;
use crate::command::dialogue::{answer, lacks, written};

fn known() -> QResync {
    QResync {
        uid_validity: UidValidity::new(67_890_007).unwrap(),
        mod_seq: ModSeq::new(20_050_715_194_045_000).unwrap(),
        known_uids: Some("41,43:211,214:541".parse().unwrap()),
        sequence_match: None,
    }
}

#[test]
fn what_is_sent() {
    let qresync = "SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211,214:541))";
    for (select, words, line) in [
        (Select::new("inbox"), "", "SELECT INBOX"),
        (Select::examine("a b"), "", r#"EXAMINE "a b""#),
        (Select::new("a").with_condstore(), "CONDSTORE", "SELECT a (CONDSTORE)"),
        (Select::new("a").with_condstore(), "QRESYNC", "SELECT a (CONDSTORE)"),
        (Select::new("INBOX").with_qresync(known()), "QRESYNC", qresync),
        (Select { annotate: true, ..Select::new("a") }, "ANNOTATE-EXPERIMENT-1", "SELECT a (ANNOTATE)"),
    ] {
        assert_eq!(written(&select, words).as_deref(), Ok(line));
    }
    assert_eq!(written(&Select::new("a").with_condstore(), ""), lacks("CONDSTORE"));
    assert_eq!(written(&Select::new("a").with_qresync(known()), "CONDSTORE"), lacks("QRESYNC"));
    assert_eq!(written(&Select { annotate: true, ..Select::new("a") }, ""), lacks("ANNOTATE-EXPERIMENT-1"));
}

#[test]
fn what_is_told() {
    let lines = [
        "* 172 EXISTS",
        "* 1 RECENT",
        "* OK [UNSEEN 12] Message 12 is first unseen",
        "* OK [UIDVALIDITY 3857529045] UIDs valid",
        "* OK [UIDNEXT 4392] Predicted next UID",
        r"* FLAGS (\Answered \Flagged \Deleted \Seen \Draft)",
        r"* OK [PERMANENTFLAGS (\Deleted \Seen \*)] Limited",
        "* OK [HIGHESTMODSEQ 715194045007] ok",
        "* OK [MAILBOXID (F2212)] ok",
        "* OK [UIDNOTSTICKY] ok",
        "* OK [ANNOTATIONS 20480 NOPRIVATE] ok",
        r#"* LIST (\HasNoChildren) "/" INBOX ("OLDNAME" ("inbox"))"#,
        "a OK [READ-WRITE] SELECT completed",
    ];
    let (opened, given_back) = answer(&Select::new("INBOX"), &lines);
    assert_eq!(given_back.len(), 0);
    assert_eq!((opened.exists, opened.recent, opened.unseen.map(SeqNum::get)), (172, Some(1), Some(12)));
    assert_eq!(opened.uid_validity.map(UidValidity::get), Some(3_857_529_045));
    assert_eq!(opened.uid_next.map(Uid::get), Some(4392));
    assert_eq!(opened.highest_mod_seq.map(ModSeq::get), Some(715_194_045_007));
    assert_eq!(opened.mailbox_id, Some("F2212".into()));
    assert!(opened.flags.contains(&Flag::Draft) && opened.permanent_flags.as_ref().unwrap().may_create);
    assert!(opened.uid_not_sticky && !opened.read_only && !opened.no_mod_seq);
    assert!(matches!(opened.annotations, Some(annotation::Support::Size { no_private: true, .. })));
    assert_eq!(opened.list.as_ref().unwrap().has_children(), Some(false));
    assert_eq!(opened.all(), Messages::Uid(UidSet::all()));
}

/// Zeros, which some servers tell for what they do not know, and answers without a code.
#[test]
fn what_is_not_told_is_absent() {
    let lines = [
        "* 0 EXISTS",
        "* OK [UIDVALIDITY 0] none",
        "* OK [UIDNEXT 0] none",
        "* OK [UNSEEN 0] none",
        "* OK [NOMODSEQ] none",
        "a OK done",
    ];
    for (select, is_read_only) in [(Select::new("a"), false), (Select::examine("a"), true)] {
        let (opened, _) = answer(&select, &lines);
        let expected = Opened { no_mod_seq: true, read_only: is_read_only, ..Opened::default() };
        assert_eq!(opened, expected);
    }
    assert!(answer(&Select::new("a"), &["a OK [READ-ONLY] done"]).0.read_only);
}

#[test]
fn what_is_not_of_the_mailbox_is_given_back() {
    let lines = [
        "* STATUS INBOX (MESSAGES 9 UIDNEXT 3)",
        r#"* LIST () "/" other"#,
        "* OK [ALERT] disk full",
        "* NO [UIDNEXT 4] no",
        "* OK Still here",
        "* 3 FETCH (FLAGS ())",
        "* VANISHED (EARLIER) 41",
        "* 3 EXPUNGE",
        "a OK done",
    ];
    let (opened, given_back) = answer(&Select::new("INBOX"), &lines);
    assert_eq!(given_back, lines[..8]);
    assert_eq!(opened, Opened::default());
}

#[test]
fn what_has_changed() {
    let lines = [
        "* 5 EXISTS",
        "* 3 FETCH (UID 7 FLAGS (\\Seen))",
        "* OK [CLOSED] Previous mailbox is now closed",
        "* 100 EXISTS",
        "* OK [UIDVALIDITY 67890007] UIDVALIDITY",
        "* OK [HIGHESTMODSEQ 90060115205545359] Highest",
        "* VANISHED (EARLIER) 300:310,405",
        "* VANISHED (EARLIER) 41,411",
        "* VANISHED 500",
        "* 49 FETCH (UID 117 FLAGS (\\Seen) MODSEQ (90060115194045001))",
        "* 50 FETCH (UID 119 FLAGS (\\Draft) MODSEQ (90060115194045308))",
        "a OK [READ-WRITE] mailbox selected",
    ];
    let (opened, given_back) = answer(&Select::new("INBOX").with_qresync(known()), &lines);
    assert_eq!(given_back, ["* VANISHED 500"], "that happens now");
    assert_eq!((opened.exists, opened.vanished), (100, "41,300:310,405,411".parse().unwrap()));
    let uids: Vec<_> = opened.changed.iter().map(|fetch| fetch.uid().map(Uid::get)).collect();
    assert_eq!(uids, vec![Some(117), Some(119)], "what was of the mailbox before is not among it");
}
