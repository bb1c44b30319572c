use alloc::{format, vec};

use super::*;
use crate::{
    Uid,
    table::{COMMAND, RESPONSE},
};

/// `search-key`: every key of RFC 3501 and 9051, and its value
#[test]
fn keys_both_ways() {
    let date = Date::new(1994, 2, 1).unwrap();
    let uids: UidSet = "2:4,9:*".parse().unwrap();
    let numbers: SequenceSet = "1,3:7".parse().unwrap();
    let octets = |text: &str| Octets::from(text);
    let boxed = |key: Search| Box::new(key);
    for (wire, key) in [
        ("$", Search::Saved),
        ("1,3:7", Search::Sequence(numbers)),
        ("*", Search::Sequence("*".parse().unwrap())),
        ("ALL", Search::All),
        ("ANSWERED", Search::Answered),
        ("BCC bob", Search::Bcc(octets("bob"))),
        ("BEFORE 1-Feb-1994", Search::Before(date)),
        ("BODY \"a b\"", Search::Body(octets("a b"))),
        ("CC \"\"", Search::Cc(Octets::new())),
        ("DELETED", Search::Deleted),
        ("DRAFT", Search::Draft),
        ("FLAGGED", Search::Flagged),
        ("FROM a]b", Search::From(octets("a]b"))),
        ("HEADER Message-ID \"<a@b c>\"", Search::Header(octets("Message-ID"), octets("<a@b c>"))),
        ("HEADER X-Spam \"\"", Search::Header(octets("X-Spam"), Octets::new())),
        ("KEYWORD $Junk", Search::Keyword(Flag::Junk)),
        ("LARGER 9223372036854775807", Search::Larger(i64::MAX as u64)),
        ("NEW", Search::New),
        ("NOT NOT ALL", Search::Not(boxed(Search::Not(boxed(Search::All))))),
        ("OLD", Search::Old),
        ("ON 1-Feb-1994", Search::On(date)),
        ("OR SEEN DRAFT", Search::Or(boxed(Search::Seen), boxed(Search::Draft))),
        (
            "OR (SEEN DRAFT) NOT UID 2:4,9:*",
            Search::Or(
                boxed(Search::And(vec![Search::Seen, Search::Draft])),
                boxed(Search::Not(boxed(Search::Uid(uids.clone())))),
            ),
        ),
        ("RECENT", Search::Recent),
        ("SEEN", Search::Seen),
        ("SENTBEFORE 1-Feb-1994", Search::SentBefore(date)),
        ("SENTON 1-Feb-1994", Search::SentOn(date)),
        ("SENTSINCE 1-Feb-1994", Search::SentSince(date)),
        ("SINCE 1-Feb-1994", Search::Since(date)),
        ("SMALLER 0", Search::Smaller(0)),
        ("SUBJECT {3+}\r\na\r\n", Search::Subject(octets("a\r\n"))),
        ("TEXT x", Search::Text(octets("x"))),
        ("TO x", Search::To(octets("x"))),
        ("UID 2:4,9:*", Search::Uid(uids)),
        ("UID 7", Search::Uid(UidSet::from(Uid::new(7).unwrap()))),
        ("UNANSWERED", Search::Unanswered),
        ("UNDELETED", Search::Undeleted),
        ("UNDRAFT", Search::Undraft),
        ("UNFLAGGED", Search::Unflagged),
        ("UNKEYWORD work", Search::Unkeyword(Flag::keyword("work").unwrap())),
        ("UNSEEN", Search::Unseen),
        ("SEEN DRAFT UNDELETED", Search::And(vec![Search::Seen, Search::Draft, Search::Undeleted])),
        ("SEEN (DRAFT ALL)", Search::And(vec![Search::Seen, Search::And(vec![Search::Draft, Search::All])])),
    ] {
        assert_eq!(COMMAND.read(program, wire).as_ref(), Ok(&key), "{wire}");
        assert_eq!(COMMAND.lenient().read(program, wire).as_ref(), Ok(&key), "{wire}");
        assert_eq!(COMMAND.written(|out| key.encode_program(out)), wire);
        let negated = Search::Not(boxed(key.clone()));
        let again = COMMAND.written(|out| negated.encode_program(out));
        assert_eq!(COMMAND.read(program, &again), Ok(negated), "{again}");
    }
}

#[test]
fn other_forms_of_the_same_key() {
    for (wire, normal) in [
        ("seen Not from ANN", "SEEN NOT FROM ANN"),
        ("SINCE \"01-feb-1994\"", "SINCE 1-Feb-1994"),
        ("FROM \"ann\"", "FROM ann"),
        ("FROM {3}\r\nann", "FROM ann"),
        ("((SEEN))", "SEEN"),
        ("NOT (SEEN)", "NOT SEEN"),
        ("7:3", "3:7"),
        ("UID $", "$"),
        ("KEYWORD \"work\"", ""),
    ] {
        let read = COMMAND.read(program, wire);
        assert_eq!(
            read.map(|key| COMMAND.written(|out| key.encode_program(out))).unwrap_or_default(),
            normal
        );
    }
}

#[test]
fn a_system_flag_is_no_keyword() {
    for key in [Search::Keyword(Flag::Seen), Search::Unkeyword(Flag::keyword("\\X").unwrap())] {
        let mut out = Encoder::client(crate::encoder::Abilities::all());
        key.encode_program(&mut out);
        assert_eq!(out.finish(), Err(crate::encoder::EncodeError::NotKeyword));
    }
}

#[test]
fn what_is_no_key() {
    for wire in [
        "",
        "()",
        "( )",
        "(SEEN",
        "SEEN)",
        "SEEN  DRAFT",
        "NOT",
        "NOT ",
        "OR",
        "OR SEEN",
        "OR SEEN)",
        "BEFORE",
        "BEFORE 30-Feb-1994",
        "BEFORE 1-Foo-1994",
        "BEFORE 1-Feb-94",
        "BEFORE \"1-Feb-1994",
        "FROM",
        "FROM (ann)",
        "HEADER a",
        "HEADER",
        "KEYWORD",
        "KEYWORD \\Seen",
        "UNKEYWORD \\Deleted",
        "LARGER",
        "LARGER -1",
        "LARGER x",
        "SMALLER 18446744073709551616",
        "UID",
        "UID x",
        "UID 0",
        "0",
        "1:",
        ":1",
        "1,",
        "XYZZY",
        "SEENX",
        "$ $x",
    ] {
        assert!(COMMAND.read(program, wire).is_err(), "{wire}");
        assert!(RESPONSE.read(program, wire).is_err(), "{wire}");
    }
    for (count, is_read) in [(99, true), (100, false)] {
        for (before, after) in [("NOT ", ""), ("(", ")"), ("OR SEEN ", "")] {
            let wire = format!("{}SEEN{}", before.repeat(count), after.repeat(count));
            assert_eq!(COMMAND.read(program, &wire).is_ok(), is_read, "{before} {count}");
        }
    }
}
