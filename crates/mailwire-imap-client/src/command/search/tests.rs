use alloc::{
    format,
    string::{String, ToString},
    vec,
};
use core::time::Duration;

use mailwire_imap::{Flag, NumberSet, Tag, UidSet, date::Date, filter::FilterName};

use super::*;
use crate::command::{
    dialogue::{lacks, written},
    peer::answer,
};

const EXTENDED: &str = "IMAP4rev1 ESEARCH";

#[test]
fn what_is_asked_for() {
    let search = || Search::uid(Key::unseen());
    let newest = || "-1:-10".parse().unwrap();
    let oldest = || "1:10".parse().unwrap();
    let plain = || Ok("UID SEARCH UNSEEN".to_string());
    let extended = |options: &str| Ok(format!("UID SEARCH RETURN ({options}) UNSEEN"));
    for (search, with, without) in [
        (search(), extended("ALL"), plain()),
        (search().all(), extended("ALL"), plain()),
        (search().count(), extended("COUNT"), plain()),
        (search().min().max().count().all(), extended("MIN MAX COUNT ALL"), plain()),
        (search().context(), extended("ALL"), plain()),
        // A part of the result is counted here.
        (search().partial(newest()), extended("ALL"), plain()),
        (search().partial(newest()).count(), extended("COUNT ALL"), plain()),
        (search().save(), lacks("SEARCHRES"), lacks("SEARCHRES")),
        (search().update(), lacks("CONTEXT=SEARCH"), lacks("CONTEXT=SEARCH")),
        // No key is fuzzy, so that there is nothing to tell.
        (search().relevancy(), extended("ALL"), lacks("ESEARCH")),
        (Search { is_plain: true, ..search().count() }, plain(), plain()),
    ] {
        assert_eq!(written(&search, EXTENDED), with, "{search:?}");
        assert_eq!(written(&search, "IMAP4rev1"), without, "{search:?}");
    }
    for (search, words, line) in [
        (search().partial(oldest()), "ESEARCH PARTIAL", extended("PARTIAL 1:10")),
        (search().partial(newest()), "ESEARCH PARTIAL", extended("PARTIAL -1:-10")),
        (search().partial(oldest()).all(), "ESEARCH PARTIAL", extended("ALL")),
        (search().partial(oldest()), "CONTEXT=SEARCH", extended("PARTIAL 1:10")),
        (search().partial(newest()), "ESEARCH CONTEXT=SEARCH", extended("ALL")),
        (search().context().count(), "CONTEXT=SEARCH", extended("CONTEXT COUNT")),
        (search().update(), "CONTEXT=SEARCH", extended("UPDATE COUNT ALL")),
        (search().update().count(), "CONTEXT=SEARCH", extended("UPDATE COUNT")),
        (search().update_with([Attribute::Flags]), "CONTEXT=SEARCH", lacks("NOTIFY")),
        (
            search().update_with([Attribute::Flags, Attribute::Uid]),
            "CONTEXT=SEARCH NOTIFY",
            extended("UPDATE (FLAGS UID) COUNT ALL"),
        ),
        (search().save(), "SEARCHRES", extended("SAVE")),
        (search().save(), "IMAP4rev2", extended("SAVE")),
        (search().save().min(), "SEARCHRES", lacks("ESEARCH")),
        (search().save().min(), "IMAP4rev2", extended("SAVE MIN")),
        (search().save().all().count(), "IMAP4rev2", extended("SAVE COUNT ALL")),
        (search().save().partial(oldest()), "IMAP4rev2 PARTIAL", extended("SAVE PARTIAL 1:10")),
        (search().save().partial(oldest()), "IMAP4rev2", lacks("PARTIAL")),
    ] {
        assert_eq!(written(&search, words), line, "{search:?}");
    }
    let fuzzy = Search::uid(Key::text("helo").fuzzy()).relevancy();
    let line = "UID SEARCH RETURN (ALL RELEVANCY) FUZZY TEXT helo";
    assert_eq!(written(&fuzzy, "ESEARCH SEARCH=FUZZY"), Ok(line.into()));
    assert_eq!(written(&fuzzy, "ESEARCH"), lacks("SEARCH=FUZZY"));
    let line = "SEARCH RETURN (COUNT) 1:5";
    let by_number = Search::sequence(Key::sequence("1:5".parse::<NumberSet<SeqNum>>().unwrap())).count();
    assert_eq!(written(&by_number, "ESEARCH"), Ok(line.into()));
}

#[test]
fn a_charset_is_told_where_it_has_to_be() {
    let umlaut = || Search::uid(Key::subject("für"));
    for (search, words, line) in [
        (Search::uid(Key::subject("for")), "IMAP4rev1", "UID SEARCH SUBJECT for"),
        (umlaut(), "IMAP4rev1", "UID SEARCH CHARSET UTF-8 SUBJECT {4}\r\n~für"),
        (umlaut(), "ESEARCH LITERAL-", "UID SEARCH RETURN (ALL) CHARSET UTF-8 SUBJECT {4+}\r\nfür"),
        (umlaut(), "+UTF8=ACCEPT", "UID SEARCH SUBJECT \"für\""),
        (Search { charset: Some("UTF-8".into()), ..umlaut() }, "+UTF8=ACCEPT", "UID SEARCH SUBJECT \"für\""),
        (
            Search { charset: Some("US-ASCII".into()), ..Search::uid(Key::subject("for")) },
            "IMAP4rev1",
            "UID SEARCH CHARSET US-ASCII SUBJECT for",
        ),
    ] {
        assert_eq!(written(&search, words), Ok(line.into()));
    }
}

#[test]
fn keys_of_extensions_need_them() {
    let day = Date::new(2026, 2, 1).unwrap();
    let hour = Duration::from_secs(3600);
    for (key, capability, text) in [
        (Key::in_last(hour), "WITHIN", "YOUNGER 3600"),
        (Key::before_last(hour), "WITHIN", "OLDER 3600"),
        (Key::all().saved_since(day), "SAVEDATE", "SAVEDSINCE 1-Feb-2026"),
        (Key::SaveDateSupported, "SAVEDATE", "SAVEDATESUPPORTED"),
        (Key::email_id("M1"), "OBJECTID", "EMAILID M1"),
        (Key::thread_id("T1"), "OBJECTID", "THREADID T1"),
        (Key::filter(FilterName::new("on-the-road").unwrap()), "FILTERS", "FILTER on-the-road"),
        (Key::subject("x").fuzzy(), "SEARCH=FUZZY", "FUZZY SUBJECT x"),
        (Key::gmail_raw("has:attachment"), "X-GM-EXT-1", "X-GM-RAW has:attachment"),
        (Key::gmail_label("work"), "X-GM-EXT-1", "X-GM-LABELS work"),
        (Key::GmailMessageId(7), "X-GM-EXT-1", "X-GM-MSGID 7"),
        (Key::GmailThreadId(7), "X-GM-EXT-1", "X-GM-THRID 7"),
        (Key::mod_seq(mailwire_imap::ModSeq::new(7).unwrap()), "CONDSTORE", "MODSEQ 7"),
        (Key::saved(), "SEARCHRES", "$"),
    ] {
        for (key, text) in [
            (key.clone(), text.to_string()),
            (!key.clone(), format!("NOT {text}")),
            (Key::seen().and(key.clone()), format!("SEEN {text}")),
            (Key::seen().or(Key::draft() & key), format!("OR SEEN (DRAFT {text})")),
        ] {
            let search = Search::uid(key);
            assert_eq!(written(&search, "IMAP4rev1"), lacks(capability), "{text}");
            assert_eq!(written(&search, capability), Ok(format!("UID SEARCH {text}")));
        }
    }
    let keyword = Search::uid(Key::keyword(Flag::keyword("$Junk").unwrap()));
    assert_eq!(written(&keyword, ""), Ok("UID SEARCH KEYWORD $Junk".into()));
}

fn uids(text: &str) -> UidSet {
    if text.is_empty() { UidSet::new() } else { text.parse().unwrap() }
}

/// What was found: all, count, min, max, part.
fn shown(found: &Found<Uid>) -> String {
    let number = |number: Option<Uid>| number.map(|number| number.to_string()).unwrap_or("-".into());
    format!(
        "{} {} {} {} {}",
        found.all,
        found.count.map(|count| count.to_string()).unwrap_or("-".into()),
        number(found.min),
        number(found.max),
        found.partial.as_ref().map_or("-".into(), ToString::to_string),
    )
}

#[test]
fn either_answer_is_read() {
    let search = || Search::uid(Key::unseen());
    let middle = || search().partial("2:3".parse().unwrap());
    for (search, lines, expected) in [
        (search(), &["* SEARCH 7 2 3 9"][..], "2:3,7,9 4 2 9 -"),
        (search(), &["* SEARCH"], " 0 - - -"),
        (search(), &["* SEARCH "], " 0 - - -"),
        (search(), &[], " 0 - - -"),
        (search(), &["* SEARCH 9", "* SEARCH 3 2", "* SEARCH 9"], "2:3,9 3 2 9 -"),
        (search(), &["* ESEARCH (TAG \"a\") UID ALL 2:3,7,9"], "2:3,7,9 4 2 9 -"),
        (search(), &["* ESEARCH (TAG \"a\") UID"], " 0 - - -"),
        (search(), &["* ESEARCH UID ALL 1:4294967295"], "1:4294967295 4294967295 1 4294967295 -"),
        // What was asked for, and no more.
        (search().count(), &["* ESEARCH (TAG \"a\") UID COUNT 74"], " 74 - - -"),
        (search().count(), &["* SEARCH 7 2 3 9"], "2:3,7,9 4 2 9 -"),
        (search().count(), &[], " 0 - - -"),
        (search().min().max(), &["* ESEARCH (TAG \"a\") UID MIN 2 MAX 9"], " - 2 9 -"),
        (search().min().max(), &["* ESEARCH (TAG \"a\") UID"], " - - - -"),
        (search().min(), &["* SEARCH 7 2"], "2,7 2 2 7 -"),
        // Parts.
        (middle(), &["* ESEARCH (TAG \"a\") UID PARTIAL (2:3 3,7)"], " - - - 3,7"),
        (middle(), &["* ESEARCH (TAG \"a\") UID PARTIAL (2:3 NIL)"], " - - - "),
        (middle(), &["* ESEARCH (TAG \"a\") UID ALL 2:3,7,9"], "2:3,7,9 4 2 9 3,7"),
        (middle(), &["* SEARCH 7 2 3 9"], "2:3,7,9 4 2 9 3,7"),
        (middle(), &["* SEARCH"], " 0 - - "),
        (search().partial("-1:-2".parse().unwrap()), &["* SEARCH 7 2 3 9"], "2:3,7,9 4 2 9 7,9"),
        (search().save(), &[], " - - - -"),
    ] {
        let lines = [lines, &["a OK done"]].concat();
        let (found, back) = answer(&search, &lines);
        assert_eq!((shown(&found).as_str(), back.len()), (expected, 0), "{lines:?}");
        assert_eq!(found.saved, search.returns.save);
        let by = if lines[0].starts_with("* SEARCH") { FoundBy::Search } else { FoundBy::ESearch };
        assert_eq!(found.by, by);
    }
}

#[test]
fn what_else_is_told() {
    let changed = Search::uid(Key::mod_seq(mailwire_imap::ModSeq::new(7).unwrap()));
    for line in ["* SEARCH 2 5 (MODSEQ 917162500)", "* ESEARCH (TAG \"a\") UID ALL 2,5 MODSEQ 917162500"] {
        let (found, _) = answer(&changed, &[line, "a OK"]);
        assert_eq!(
            (found.mod_seq.map(mailwire_imap::ModSeq::get), found.all),
            (Some(917_162_500), uids("2,5"))
        );
    }
    let fuzzy = Search::uid(Key::text("helo").fuzzy()).relevancy();
    for line in [
        "* ESEARCH (TAG \"a\") UID ALL 1,5,10 RELEVANCY (4 99 42)",
        "* ESEARCH (TAG \"a\") UID RELEVANCY (4 99 42) PARTIAL (1:3 1,5,10)",
    ] {
        let (found, _) = answer(&fuzzy, &[line, "a OK"]);
        let shown: vec::Vec<_> =
            found.relevancy.iter().map(|(uid, score)| (uid.get(), score.get())).collect();
        assert_eq!(shown, [(1, 4), (5, 99), (10, 42)]);
    }
    let by_number = Search::sequence(Key::unseen());
    let (found, _) = answer(&by_number, &["* ESEARCH (TAG \"a\") ALL 1:3", "a OK"]);
    assert_eq!((found.max, found.all.to_string().as_str()), (SeqNum::new(3), "1:3"));
}

#[test]
fn what_is_of_others_is_given_back() {
    let search = Search::uid(Key::unseen());
    let others = [
        "* 5 EXISTS",
        "* 7 FETCH (FLAGS ())",
        "* SORT 1 2",
        "* ESEARCH (TAG \"b\" MAILBOX INBOX UIDVALIDITY 7) UID ALL 1:3",
        "* NO [NOUPDATE \"b\"] too many",
        "* OK [INPROGRESS] half",
    ];
    let lines = [&["* SEARCH 1"][..], &others[..], &["a OK"][..]].concat();
    let (found, back) = answer(&search, &lines);
    assert_eq!((found.all, back.len()), (uids("1"), others.len()), "{back:?}");
    // What cannot be read is not taken for nothing.
    let lines = ["* SEARCH 1 x", "* ESEARCH (", "* SEARCHES 1", "* EXPUNGE", "a OK"];
    let (found, back) = answer(&search, &lines);
    assert_eq!((found.unreadable.len(), back.len()), (2, 2), "{back:?}");
}

#[test]
fn the_server_may_refuse_to_tell_changes() {
    let search = Search::uid(Key::unseen()).update();
    let told = "* ESEARCH (TAG \"B02\") UID COUNT 1 ALL 74";
    let (found, _) = answer(&search, &[told, "a OK"]);
    assert_eq!((found.is_live, found.tag), (true, Tag::new("B02").ok()));
    let (found, back) = answer(&search, &[told, "* NO [NOUPDATE \"B02\"] Too many contexts", "a OK"]);
    assert_eq!((found.is_live, found.count, back.len()), (false, Some(1), 0));
    let (found, _) = answer(&search, &["* SEARCH 74", "a OK"]);
    assert!(!found.is_live, "nobody knows whose changes these would be");
}

#[test]
fn many_short_answers_are_put_together_once() {
    let lines: vec::Vec<String> = (1..=100_000).rev().map(|number| format!("* SEARCH {number}")).collect();
    let mut all: vec::Vec<&str> = lines.iter().map(String::as_str).collect();
    all.push("a OK");
    assert_eq!(answer(&Search::uid(Key::all()), &all).0.all, uids("1:100000"));
}
