use alloc::{format, string::ToString as _, vec};

use super::*;
use crate::{
    command::tests::strict,
    encoder::{Abilities, Encoder, Part},
    response::{Data, Response, tests::encoded},
    response_code::Code,
    status::{Kind, Status},
    table::RESPONSE,
};

fn nz(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

fn list(numbers: impl IntoIterator<Item = u32>) -> NumberList<NonZeroU32> {
    numbers.into_iter().map(nz).collect()
}

fn check(wire: &str, data: Data) {
    let response = Response::Data(data);
    assert_eq!(strict().response(wire.as_bytes()), response, "{wire}");
    assert_eq!(encoded(&response), format!("{wire}\r\n").as_bytes());
}

#[test]
fn results_both_ways() {
    let tag = || Tag::new("A1").ok();
    let mailbox = (Mailbox::new("a b"), UidValidity::new(7).unwrap());
    let found = |tag, mailbox, is_uid, items| Data::ESearch(ESearch { tag, mailbox, is_uid, items });
    for (wire, data) in [
        ("* ESEARCH", found(None, None, false, vec![])),
        ("* ESEARCH UID", found(None, None, true, vec![])),
        ("* ESEARCH COUNT 0", found(None, None, false, vec![ESearchItem::Count(0)])),
        ("* ESEARCH (TAG \"A1\") UID", found(tag(), None, true, vec![])),
        (
            "* ESEARCH (TAG \"A1\" MAILBOX \"a b\" UIDVALIDITY 7) UID ALL 2,10:11",
            found(tag(), Some(mailbox.clone()), true, vec![ESearchItem::All(list([2, 10, 11]))]),
        ),
        (
            "* ESEARCH (MAILBOX \"a b\" UIDVALIDITY 7) MIN 4294967295",
            found(None, Some(mailbox), false, vec![ESearchItem::Min(NonZeroU32::MAX)]),
        ),
        (
            "* ESEARCH (TAG \"A1\") MIN 2 MAX 47 COUNT 25 MODSEQ 917162500",
            found(
                tag(),
                None,
                false,
                vec![
                    ESearchItem::Min(nz(2)),
                    ESearchItem::Max(nz(47)),
                    ESearchItem::Count(25),
                    ESearchItem::ModSeq(ModSeq::new(917_162_500).unwrap()),
                ],
            ),
        ),
        // The order is that of a sort.
        (
            "* ESEARCH (TAG \"A1\") ALL 5,10,1 RELEVANCY (99 42 4)",
            found(
                tag(),
                None,
                false,
                vec![
                    ESearchItem::All(list([5, 10, 1])),
                    ESearchItem::Relevancy([99, 42, 4].map(|score| Score::new(score).unwrap()).into()),
                ],
            ),
        ),
        (
            "* ESEARCH (TAG \"A1\") UID PARTIAL (-1:-100 200:202,7)",
            found(
                tag(),
                None,
                true,
                vec![ESearchItem::Partial(
                    PartialRange::from_end(1, 100).unwrap(),
                    Some(list([200, 201, 202, 7])),
                )],
            ),
        ),
        (
            "* ESEARCH (TAG \"A1\") UID PARTIAL (500:400 NIL)",
            found(
                tag(),
                None,
                true,
                vec![ESearchItem::Partial(PartialRange::from_start(500, 400).unwrap(), None)],
            ),
        ),
        (
            "* ESEARCH (TAG \"A1\") UID ADDTO (1 2733 0 5:7) REMOVEFROM (0 32768)",
            found(
                tag(),
                None,
                true,
                vec![
                    ESearchItem::AddTo(vec![(1, list([2733])), (0, list([5, 6, 7]))]),
                    ESearchItem::RemoveFrom(vec![(0, list([32768]))]),
                ],
            ),
        ),
        (
            "* ESEARCH X,[NEW (a 1)",
            found(
                None,
                None,
                false,
                vec![ESearchItem::Other(
                    crate::Atom::new("X,[NEW").unwrap(),
                    Value::List(vec![Value::Atom("a".into()), Value::Atom("1".into())]),
                )],
            ),
        ),
    ] {
        check(wire, data);
    }
}

#[test]
fn other_forms_of_the_same_result() {
    for (wire, normal) in [
        ("* esearch (tag A1) uid all 2", "* ESEARCH (TAG \"A1\") UID ALL 2"),
        // RFC 5267 section 3.2: a range is always a rising one.
        ("* ESEARCH ALL 12:10,3:1", "* ESEARCH ALL 10:12,1:3"),
        ("* ESEARCH PARTIAL (1:2 7:6)", "* ESEARCH PARTIAL (1:2 6:7)"),
        ("* ESEARCH ADDTO (1 9:8)", "* ESEARCH ADDTO (1 8:9)"),
    ] {
        let response = strict().response(wire.as_bytes());
        assert_eq!(encoded(&response), format!("{normal}\r\n").as_bytes(), "{wire}");
    }
}

#[test]
fn what_is_no_result() {
    for wire in [
        "* ESEARCH MIN",
        "* ESEARCH MIN 0",
        "* ESEARCH MIN *",
        "* ESEARCH COUNT -1",
        "* ESEARCH COUNT 4294967296",
        "* ESEARCH ALL",
        "* ESEARCH ALL 1:*",
        "* ESEARCH ALL 0:1",
        "* ESEARCH ALL 1,,2",
        "* ESEARCH (TAG \"a\") ALL $",
        "* ESEARCH (TAG \"a+b\") ALL 1",
        "* ESEARCH (TAG a",
        "* ESEARCH (UIDVALIDITY 0)",
        "* ESEARCH (FOO 1)",
        "* ESEARCH PARTIAL 1:5",
        "* ESEARCH PARTIAL (1:-5 NIL)",
        "* ESEARCH PARTIAL (1:5)",
        "* ESEARCH RELEVANCY (0)",
        "* ESEARCH RELEVANCY (101)",
        "* ESEARCH ADDTO (1)",
        "* ESEARCH ADDTO 1 2",
        "* ESEARCH MODSEQ -5",
        "* SEARCH 0",
        "* SEARCH 4294967296",
        "* SEARCH a",
        "* SEARCH 1 (MODSEQ)",
        "* SEARCH 1 (HIGHEST 5)",
        "* SORT 1,2",
        "* THREAD 1",
        "* THREAD (0)",
        "* THREAD (1 2",
        "* THREAD (1))",
    ] {
        assert!(matches!(strict().response(wire.as_bytes()), Response::Unknown(_)), "{wire}");
    }
}

#[test]
fn what_was_found() {
    let wire = b"* ESEARCH (TAG \"a\") UID MIN 2 MAX 9 COUNT 3 ALL 2,8:9";
    let Response::Data(Data::ESearch(found)) = strict().response(&wire[..]) else { panic!() };
    assert_eq!((found.min(), found.max(), found.count()), (Some(nz(2)), Some(nz(9)), Some(3)));
    assert!(found.all().unwrap().numbers().eq([2, 8, 9].map(nz)));
    let nothing = ESearch::default();
    assert_eq!((nothing.min(), nothing.max(), nothing.count(), nothing.all()), (None, None, None, None));
}

#[test]
fn numbers_both_ways() {
    let found = |numbers: &[u32], mod_seq| Numbers { numbers: numbers.into(), mod_seq: ModSeq::new(mod_seq) };
    let none = u64::MAX;
    check("* SEARCH", Data::Search(found(&[], none)));
    check("* SEARCH 2 4294967295 3", Data::Search(found(&[2, u32::MAX, 3], none)));
    check("* SEARCH 2 3 (MODSEQ 917162500)", Data::Search(found(&[2, 3], 917_162_500)));
    check("* SORT", Data::Sort(found(&[], none)));
    check("* SORT 5 3 4 1 2", Data::Sort(found(&[5, 3, 4, 1, 2], none)));
    check("* SORT 5 3 (MODSEQ 9)", Data::Sort(found(&[5, 3], 9)));
}

#[test]
fn threads_both_ways() {
    let thread =
        |members: &[u32], branches: &[Thread]| Thread { members: members.into(), branches: branches.into() };
    for (wire, threads) in [
        ("* THREAD", vec![]),
        ("* THREAD (2)", vec![thread(&[2], &[])]),
        (
            "* THREAD (2)(3 6 (4 23)(44 7 96))",
            vec![thread(&[2], &[]), thread(&[3, 6], &[thread(&[4, 23], &[]), thread(&[44, 7, 96], &[])])],
        ),
        ("* THREAD ((3)(5))", vec![thread(&[], &[thread(&[3], &[]), thread(&[5], &[])])]),
        (
            "* THREAD (1 ((2)(3))(4))",
            vec![thread(&[1], &[thread(&[], &[thread(&[2], &[]), thread(&[3], &[])]), thread(&[4], &[])])],
        ),
    ] {
        check(wire, Data::Thread(threads));
    }
}

#[test]
fn no_message_has_the_number_0() {
    for data in [
        Data::Search(Numbers { numbers: vec![1, 0], mod_seq: None }),
        Data::Sort(Numbers { numbers: vec![0], mod_seq: None }),
        Data::Thread(vec![Thread { members: vec![1, 0], branches: vec![] }]),
    ] {
        let mut out = Encoder::server(Abilities::default());
        Response::Data(data).encode(&mut out);
        assert_eq!(out.finish(), Err(EncodeError::Zero));
    }
}

/// Who writes mail decides how deep threads nest.
#[test]
fn a_deep_thread_needs_no_stack() {
    let depth = 2000_u32;
    let deep = (1..=depth).fold(Thread::default(), |below, number| Thread {
        members: vec![number],
        branches: vec![below, Thread { members: vec![number], branches: vec![] }],
    });
    let mut out = Encoder::server(Abilities::default());
    deep.encode(&mut out);
    let parts = out.finish().unwrap();
    let [Part::Octets(octets)] = parts.as_slice() else { panic!() };
    assert!(octets.starts_with(b"(2000 (1999 (1998 ("));
    assert!(octets.ends_with(b"(1998))(1999))(2000))"));
}

#[test]
fn a_charset_in_a_code_is_no_literal() {
    let text = Status::new(Kind::No, "x");
    for (charset, wire) in [
        ("UTF-8", "* NO [BADCHARSET (UTF-8)] x\r\n"),
        ("a b", "* NO [BADCHARSET (\"a b\")] x\r\n"),
        ("a]\"\\", "* NO [BADCHARSET (\"a]\\\"\\\\\")] x\r\n"),
        ("", "* NO [BADCHARSET (\"\")] x\r\n"),
    ] {
        let status = text.clone().with_code(Code::BadCharset(vec![charset.into()]));
        assert_eq!(encoded(&Response::Data(Data::Status(status))), wire.as_bytes());
    }
    for charset in ["a\r\nb", "\0", "é"] {
        let mut out = Encoder::server(Abilities::all());
        let code = Code::BadCharset(vec![charset.into()]);
        Response::Data(Data::Status(text.clone().with_code(code))).encode(&mut out);
        assert_eq!(out.finish(), Err(EncodeError::Rule("string within a text")), "{charset}");
    }
}

#[test]
fn results_as_sets() {
    let numbers = Numbers { numbers: alloc::vec![7, 5, 6, 0, 9], mod_seq: None };
    assert_eq!(
        (numbers.to_uids().to_string(), numbers.to_sequence().to_string()),
        ("5:7,9".into(), "5:7,9".into())
    );
    let found = RESPONSE.read(esearch, " (TAG \"a\") ALL 9,5:6 MODSEQ 7 PARTIAL (1:5 NIL)").unwrap();
    assert!(found.uids().is_empty() && found.mod_seq() == ModSeq::new(7));
    assert_eq!(found.partial(), Some((PartialRange::from_start(1, 5).unwrap(), None)));
    assert_eq!(found.all().unwrap().to_string(), "9,5:6");
    let found = RESPONSE.read(esearch, " UID ALL 9,5:6").unwrap();
    assert_eq!((found.uids().to_string(), found.mod_seq(), found.partial()), ("5:6,9".into(), None, None));
}
