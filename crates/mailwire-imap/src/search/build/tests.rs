use alloc::{
    format,
    string::{String, ToString as _},
    vec,
};

use super::super::*;
use crate::{SeqNum, Uid, encoder::EncodeError};

fn nz(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

/// Each key, as text and as value, both ways.
#[test]
fn keys_both_ways() {
    let date = Date::new(1994, 2, 1).unwrap();
    let text = || Octets::from("a b");
    let keyword = Flag::keyword("work").unwrap();
    let name = FilterName::new("on-the-road").unwrap();
    for (wire, key) in [
        ("ALL", Search::all()),
        ("ANSWERED", Search::answered()),
        ("BCC \"a b\"", Search::bcc("a b")),
        ("BEFORE 1-Feb-1994", Search::Before(date)),
        ("BODY \"a b\"", Search::body("a b")),
        ("CC \"a b\"", Search::cc("a b")),
        ("DELETED", Search::deleted()),
        ("DRAFT", Search::draft()),
        ("EMAILID M6d99ac3275bb4e", Search::email_id("M6d99ac3275bb4e")),
        ("FILTER on-the-road", Search::filter(name)),
        ("FLAGGED", Search::flagged()),
        ("FROM \"a b\"", Search::from("a b")),
        ("FUZZY SUBJECT \"a b\"", Search::subject("a b").fuzzy()),
        ("HEADER Message-ID <a@b>", Search::header("Message-ID", "<a@b>")),
        ("HEADER X-Spam \"\"", Search::header("X-Spam", "")),
        ("KEYWORD work", Search::keyword(keyword.clone())),
        ("LARGER 5000000000", Search::Larger(5_000_000_000)),
        ("MODSEQ 620162338", Search::mod_seq(ModSeq::new(620_162_338).unwrap())),
        ("NEW", Search::New),
        ("NOT SEEN", Search::seen().not()),
        ("OLD", Search::old()),
        ("OLDER 3600", Search::Older(nz(3600))),
        ("ON 1-Feb-1994", Search::On(date)),
        ("OR SEEN DRAFT", Search::seen().or(Search::draft())),
        ("OR (SEEN DRAFT) 1:*", (Search::seen() & Search::draft()) | Search::sequence(SequenceSet::all())),
        ("RECENT", Search::recent()),
        ("$", Search::saved()),
        ("SAVEDATESUPPORTED", Search::SaveDateSupported),
        ("SAVEDBEFORE 1-Feb-1994", Search::SavedBefore(date)),
        ("SAVEDON 1-Feb-1994", Search::SavedOn(date)),
        ("SAVEDSINCE 1-Feb-1994", Search::SavedSince(date)),
        ("SEEN", Search::seen()),
        ("SENTBEFORE 1-Feb-1994", Search::SentBefore(date)),
        ("SENTON 1-Feb-1994", Search::SentOn(date)),
        ("SENTSINCE 1-Feb-1994", Search::SentSince(date)),
        ("2", Search::sequence(SeqNum::new(2).unwrap())),
        ("SINCE 1-Feb-1994", Search::Since(date)),
        ("SMALLER 0", Search::Smaller(0)),
        ("SUBJECT \"a b\"", Search::subject("a b")),
        ("TEXT \"a b\"", Search::Text(text())),
        ("TEXT é", Search::text("é")),
        ("THREADID T7", Search::thread_id("T7")),
        ("TO \"a b\"", Search::to("a b")),
        ("UID 7", Search::uids(Uid::new(7).unwrap())),
        ("UNANSWERED", Search::unanswered()),
        ("UNDELETED", Search::undeleted()),
        ("UNDRAFT", Search::undraft()),
        ("UNFLAGGED", Search::unflagged()),
        ("UNKEYWORD work", Search::unkeyword(keyword)),
        ("UNSEEN", Search::unseen()),
        ("X-GM-LABELS \"a b\"", Search::gmail_label("a b")),
        ("X-GM-MSGID 1278455344230334865", Search::GmailMessageId(1_278_455_344_230_334_865)),
        ("X-GM-RAW \"has:attachment x\"", Search::gmail_raw("has:attachment x")),
        ("X-GM-THRID 1", Search::GmailThreadId(1)),
        ("YOUNGER 1", Search::Younger(nz(1))),
        ("SEEN DRAFT", Search::seen().and(Search::draft())),
        (
            "SEEN (DRAFT NEW) OLD",
            Search::And(vec![Search::seen(), Search::And(vec![Search::draft(), Search::New]), Search::old()]),
        ),
    ] {
        let wire = wire.replace("é", "\"é\"");
        assert_eq!(key.to_string(), wire);
        assert_eq!(wire.parse().as_ref(), Ok(&key), "{wire}");
        assert!(wire.to_ascii_lowercase().parse::<Search>().is_ok(), "{wire}");
    }
}

#[test]
fn what_is_no_key() {
    for text in [
        "",
        " ",
        "SEEN ",
        "SEEN  DRAFT",
        "()",
        "(SEEN",
        "SEEN)",
        "NOT",
        "OR SEEN",
        "XYZZY",
        "FROM",
        "FROM \"a",
        "HEADER a",
        "KEYWORD",
        "SINCE 30-Feb-2000",
        "SINCE 1994-02-01",
        "LARGER -1",
        "OLDER 0",
        "YOUNGER 4294967296",
        "FILTER a/b",
        "MODSEQ 9223372036854775808",
        "UID 0",
        "UID",
        "$,1",
        "X-GM-MSGID a",
    ] {
        assert!(text.parse::<Search>().is_err(), "{text}");
    }
}

#[test]
fn sentences() {
    let date = Date::new(2000, 1, 2).unwrap();
    let all = Search::all()
        .since(date)
        .before(date)
        .on(date)
        .sent_since(date)
        .sent_before(date)
        .sent_on(date)
        .saved_since(date)
        .saved_before(date)
        .saved_on(date)
        .larger(1)
        .smaller(2);
    let day = "2-Jan-2000";
    assert_eq!(
        all.to_string(),
        format!(
            "SINCE {day} BEFORE {day} ON {day} SENTSINCE {day} SENTBEFORE {day} SENTON {day} SAVEDSINCE {day} \
             SAVEDBEFORE {day} SAVEDON {day} LARGER 1 SMALLER 2"
        )
    );
    for (search, text) in [
        (Search::all().and(Search::all()), "ALL"),
        (Search::seen().and(Search::all()), "SEEN"),
        (Search::all_of([]), "ALL"),
        (Search::all_of([Search::seen(), Search::old()]), "SEEN OLD"),
        (Search::any([]), "NOT ALL"),
        (Search::And(vec![Search::And(vec![Search::seen()])]), "SEEN"),
        (!Search::And(vec![Search::seen()]), "NOT SEEN"),
        (Search::any([Search::seen()]), "SEEN"),
        (!!Search::seen(), "SEEN"),
        (!(Search::seen() & Search::old()), "NOT (SEEN OLD)"),
        (Search::seen().or(Search::old()).and(Search::draft()), "OR SEEN OLD DRAFT"),
        (Search::in_last(core::time::Duration::ZERO), "YOUNGER 1"),
        (Search::in_last(core::time::Duration::from_millis(1001)), "YOUNGER 2"),
        (Search::before_last(core::time::Duration::MAX), "OLDER 4294967295"),
    ] {
        assert_eq!(search.to_string(), text);
    }
}

/// Of any number of keys, all are there, in order, and none is deeper than has to be.
#[test]
fn any_of_many() {
    fn depth(search: &Search) -> u32 {
        match search {
            Search::Or(one, other) => 1 + depth(one).max(depth(other)),
            _ => 0,
        }
    }
    for count in 1..=70_u32 {
        let keys = (1..=count).map(|number| Search::sequence(SeqNum::new(number).unwrap()));
        let search = Search::any(keys);
        assert_eq!(depth(&search), count.next_power_of_two().ilog2(), "{count}");
        let text = search.to_string();
        let numbers: vec::Vec<String> = (1..=count).map(|number| number.to_string()).collect();
        let found: vec::Vec<&str> = text.split(' ').filter(|word| *word != "OR").collect();
        assert_eq!(found, numbers);
        assert_eq!(text.parse(), Ok(search));
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |count: usize| (0..count).fold(Search::seen(), |key, _| Search::Not(Box::new(key)));
    let encoded = |search: &Search| {
        let mut out = Encoder::client(Abilities::all());
        search.encode_program(&mut out);
        out.finish().map(|_| ())
    };
    assert_eq!(encoded(&nested(99)), Ok(()));
    assert!(nested(99).to_string().parse::<Search>().is_ok());
    assert_eq!(encoded(&nested(100)), Err(EncodeError::TooDeep));
    assert_eq!(encoded(&nested(2000)), Err(EncodeError::TooDeep));
    assert_eq!(nested(100).to_string(), "...");
    let or = |count: usize| (0..count).fold(Search::seen(), |key, _| Search::old().or(key));
    assert_eq!(encoded(&or(99)), Ok(()));
    assert_eq!(encoded(&or(100)), Err(EncodeError::TooDeep));
    let group =
        |count: usize| (0..count).fold(Search::seen(), |key, _| Search::And(vec![key, Search::old()]));
    assert_eq!(encoded(&group(99)), Ok(()));
    assert_eq!(encoded(&group(101)), Err(EncodeError::TooDeep));
    for text in ["NOT ", "OR SEEN ", "OR ", "(", "FUZZY ", "NOT (", "OR ("] {
        for count in [101, 60_000] {
            assert!(format!("{}SEEN", text.repeat(count)).parse::<Search>().is_err());
        }
    }
}

#[test]
fn a_charset_is_told_where_it_is_needed() {
    for (search, needs) in [
        (Search::all(), false),
        (Search::from("ann"), false),
        (Search::from("ä"), true),
        (Search::seen().or(Search::seen().and(!Search::text("ä"))), true),
        (Search::header("Subject", "ä").fuzzy(), true),
        (Search::gmail_raw("ä"), true),
    ] {
        assert_eq!(search.needs_charset(), needs, "{search}");
    }
}

#[test]
fn sizes_of_annotations_are_not_searched() {
    let search = |attribute| Search::annotation("/comment", attribute, Some(b"x"));
    assert_eq!(search(annotation::Attribute::Value).to_string(), "ANNOTATION /comment value \"x\"");
    let mut out = Encoder::client(Abilities::all());
    search(annotation::Attribute::Size).encode_program(&mut out);
    assert_eq!(out.finish(), Err(EncodeError::Conflict));
}
