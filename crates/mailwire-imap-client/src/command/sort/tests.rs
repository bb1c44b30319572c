use alloc::{
    format,
    string::{String, ToString},
};

use super::*;
use crate::command::{
    dialogue::{lacks, written},
    peer::answer,
};

fn sort() -> Sort {
    Sort::uid([SortKey::Subject.into(), SortKey::Date.reversed()], Key::unseen())
}

#[test]
fn what_is_asked_for() {
    let range = |text: &str| text.parse().unwrap();
    let plain = || Ok("UID SORT (SUBJECT REVERSE DATE) US-ASCII UNSEEN".to_string());
    let extended =
        |options: &str| Ok(format!("UID SORT RETURN ({options}) (SUBJECT REVERSE DATE) US-ASCII UNSEEN"));
    for (sort, words, line) in [
        (sort(), "IMAP4rev2", lacks("SORT")),
        (sort(), "SORT", plain()),
        (sort(), "ESORT", plain()),
        (sort().all(), "ESORT", plain()),
        (sort().count(), "SORT", plain()),
        (sort().count(), "ESORT", extended("COUNT")),
        (sort().min().max().count().all(), "ESORT", extended("MIN MAX COUNT ALL")),
        (sort().partial(range("1:10")), "SORT", plain()),
        (sort().partial(range("1:10")), "ESORT PARTIAL", extended("ALL")),
        (sort().partial(range("1:10")), "CONTEXT=SORT", extended("PARTIAL 1:10")),
        (sort().partial(range("-1:-10")), "CONTEXT=SORT", extended("ALL")),
        (sort().context().count(), "CONTEXT=SORT", extended("CONTEXT COUNT")),
        (sort().update(), "ESORT CONTEXT=SEARCH", lacks("CONTEXT=SORT")),
        (sort().update(), "CONTEXT=SORT", extended("UPDATE COUNT ALL")),
        (sort().relevancy(), "SORT", lacks("ESORT")),
        (
            Sort { charset: Some("UTF-8".into()), ..sort() },
            "SORT",
            Ok("UID SORT (SUBJECT REVERSE DATE) UTF-8 UNSEEN".into()),
        ),
        (sort(), "SORT +UTF8=ACCEPT", Ok("UID SORT (SUBJECT REVERSE DATE) UTF-8 UNSEEN".into())),
    ] {
        assert_eq!(written(&sort, words), line, "{words} {sort:?}");
    }
    let by = |key: SortKey| Sort::sequence([key.into()], Key::text("helo").fuzzy());
    let known = "SORT SEARCH=FUZZY";
    assert_eq!(
        written(&by(SortKey::Relevancy), known),
        Ok("SORT (RELEVANCY) US-ASCII FUZZY TEXT helo".into())
    );
    assert_eq!(written(&by(SortKey::Relevancy), "SORT"), lacks("SEARCH=FUZZY"));
    assert_eq!(written(&by(SortKey::DisplayFrom), known), lacks("SORT=DISPLAY"));
    let displays = "SORT SEARCH=FUZZY SORT=DISPLAY";
    assert_eq!(
        written(&by(SortKey::DisplayTo), displays),
        Ok("SORT (DISPLAYTO) US-ASCII FUZZY TEXT helo".into())
    );
    let relevant = by(SortKey::Relevancy).relevancy();
    let line = "SORT RETURN (ALL RELEVANCY) (RELEVANCY) US-ASCII FUZZY TEXT helo";
    assert_eq!(written(&relevant, "ESORT SEARCH=FUZZY"), Ok(line.into()));
    let umlaut = Sort::uid([SortKey::Date.into()], Key::subject("für"));
    let line = "UID SORT (DATE) UTF-8 SUBJECT {4}\r\n~für";
    assert_eq!(written(&umlaut, "SORT"), Ok(line.into()));
}

/// Order, count, first, last, part.
fn shown<N: Naming>(sorted: &Sorted<N>) -> String {
    let number = |number: Option<N>| number.map_or("-".into(), |number| number.to_string());
    format!(
        "{} {} {} {} {}",
        sorted.order,
        sorted.count.map_or("-".into(), |count| count.to_string()),
        number(sorted.min),
        number(sorted.max),
        sorted.partial.as_ref().map_or("-".into(), ToString::to_string),
    )
}

#[test]
fn the_order_is_kept() {
    let middle = || sort().partial("2:3".parse().unwrap());
    for (sort, lines, expected) in [
        (sort(), &["* SORT 5 3 4 1 2"][..], "5,3:4,1:2 5 5 2 -"),
        (sort(), &["* SORT"], " 0 - - -"),
        (sort(), &[], " 0 - - -"),
        (sort(), &["* SORT 7"], "7 1 7 7 -"),
        (sort(), &["* SORT 5 3", "* SORT 4"], "5,3,4 3 5 4 -"),
        (sort(), &["* ESEARCH (TAG \"a\") UID ALL 5,3:4,12:10"], "5,3:4,10:12 6 5 12 -"),
        (sort().count(), &["* ESEARCH (TAG \"a\") UID COUNT 7"], " 7 - - -"),
        (sort().count(), &["* SORT 5 3"], "5,3 2 5 3 -"),
        (sort().min().max(), &["* ESEARCH (TAG \"a\") UID MIN 9 MAX 2"], " - 9 2 -"),
        (middle(), &["* SORT 5 3 4 1 2"], "5,3:4,1:2 5 5 2 3:4"),
        (middle(), &["* ESEARCH (TAG \"a\") UID ALL 5,3,9"], "5,3,9 3 5 9 3,9"),
        (middle(), &["* ESEARCH (TAG \"a\") UID PARTIAL (2:3 9,4)"], " - - - 9,4"),
        (middle(), &["* ESEARCH (TAG \"a\") UID PARTIAL (2:3 NIL)"], " - - - "),
        (sort().partial("-1:-2".parse().unwrap()), &["* SORT 5 3 4 1 2"], "5,3:4,1:2 5 5 2 1:2"),
        (
            middle(),
            &["* ESEARCH (TAG \"a\") UID ALL 4294967295,1:4294967295"],
            "4294967295,1:4294967295 4294967295 4294967295 4294967295 1:2",
        ),
    ] {
        let lines = [lines, &["a OK done"]].concat();
        let (sorted, back) = answer(&sort, &lines);
        assert_eq!((shown(&sorted).as_str(), back.len()), (expected, 0), "{lines:?}");
        assert_eq!(sorted.by, SortedBy::Server);
    }
}

#[test]
fn what_else_is_told() {
    let changed = Sort::sequence([SortKey::Date.into()], Key::mod_seq(ModSeq::new(1).unwrap()));
    for line in ["* SORT 2 3 6 (MODSEQ 117)", "* ESEARCH (TAG \"a\") ALL 2:3,6 MODSEQ 117"] {
        let (sorted, _) = answer(&changed, &[line, "a OK"]);
        assert_eq!((shown(&sorted).as_str(), sorted.mod_seq), ("2:3,6 3 2 6 -", ModSeq::new(117)));
    }
    let line = "* ESEARCH (TAG \"C2\") UID ALL 5,10,1 RELEVANCY (99 42 4)";
    let (sorted, _) = answer(&sort().relevancy(), &[line, "a OK"]);
    let scores: Vec<_> = sorted.relevancy.iter().map(|(uid, score)| (uid.get(), score.get())).collect();
    assert_eq!(scores, [(5, 99), (10, 42), (1, 4)]);
    let told = "* ESEARCH (TAG \"C2\") UID COUNT 2 ALL 9,5";
    let (sorted, _) = answer(&sort().update(), &[told, "* ESEARCH (TAG \"C2\") UID ADDTO (2 7)", "a OK"]);
    assert_eq!(sorted.live().unwrap().list().unwrap().to_string(), "9,7,5");
    let (sorted, back) = answer(&sort().update(), &[told, "* NO [NOUPDATE \"C2\"] no", "a OK"]);
    assert!(sorted.live().is_none() && back.is_empty());
    // What is of others.
    let lines = ["* SEARCH 1", "* THREAD (1)", "* 5 EXISTS", "* NO [NOUPDATE \"C2\"] no", "* SORT x", "a OK"];
    let (sorted, back) = answer(&sort(), &lines);
    assert_eq!((sorted.unreadable.len(), back.len()), (1, 4));
}
