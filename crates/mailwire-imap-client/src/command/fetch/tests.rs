use alloc::{
    format,
    string::{String, ToString as _},
};

use super::*;
use crate::{
    codec::{Octets, SequenceSet},
    command::{
        dialogue::{lacks, written},
        peer::{absorbed, answer},
    },
};

fn uids(set: &str) -> UidSet {
    set.parse().unwrap()
}

fn numbers(set: &str) -> SequenceSet {
    set.parse().unwrap()
}

#[test]
fn what_is_sent() {
    let part = || "1.2".parse().unwrap();
    let by_uid = |query: Query| Fetch::new(uids("1:3,7"), query);
    for (query, words, expected) in [
        (Query::new(), "", Ok("UID FETCH 1:3,7 UID")),
        (Query::new().flags().envelope(), "", Ok("UID FETCH 1:3,7 (UID FLAGS ENVELOPE)")),
        (Query::new().and(Attribute::Uid).size(), "", Ok("UID FETCH 1:3,7 (UID RFC822.SIZE)")),
        (
            Query::new().header_fields(["Subject", "From"]).text(),
            "",
            Ok("UID FETCH 1:3,7 (UID BODY.PEEK[HEADER.FIELDS (Subject From)] BODY.PEEK[TEXT])"),
        ),
        (Query::new().mod_seq(), "QRESYNC", Ok("UID FETCH 1:3,7 (UID MODSEQ)")),
        (Query::new().mod_seq(), "", Err("CONDSTORE")),
        (Query::new().preview(), "PREVIEW", Ok("UID FETCH 1:3,7 (UID PREVIEW)")),
        (Query::new().preview(), "", Err("PREVIEW")),
        (Query::new().save_date(), "SAVEDATE", Ok("UID FETCH 1:3,7 (UID SAVEDATE)")),
        (Query::new().save_date(), "", Err("SAVEDATE")),
        (Query::new().email_id().thread_id(), "OBJECTID", Ok("UID FETCH 1:3,7 (UID EMAILID THREADID)")),
        (Query::new().thread_id(), "", Err("OBJECTID")),
        (Query::new().binary(part()), "BINARY", Ok("UID FETCH 1:3,7 (UID BINARY.PEEK[1.2])")),
        (Query::new().binary_size(part()), "IMAP4rev2", Ok("UID FETCH 1:3,7 (UID BINARY.SIZE[1.2])")),
        (Query::new().binary(part()), "IMAP4rev1", Err("BINARY")),
        (
            Query::new().gmail_labels().gmail_message_id().gmail_thread_id(),
            "X-GM-EXT-1",
            Ok("UID FETCH 1:3,7 (UID X-GM-LABELS X-GM-MSGID X-GM-THRID)"),
        ),
        (Query::new().gmail_labels(), "", Err("X-GM-EXT-1")),
    ] {
        let expected = expected.map_or_else(lacks, |line| Ok(line.into()));
        assert_eq!(written(&by_uid(query), words), expected);
    }
}

#[test]
fn what_is_sent_of_tuples_and_modifiers() {
    let octets =
        (Body::whole().range(0, 100), Body::header().seen(), Binary::part("2".parse().unwrap()).range(5, 7));
    assert_eq!(
        written(&Fetch::new(numbers("5:*"), octets), "BINARY").unwrap(),
        "FETCH 5:* (UID BODY.PEEK[]<0.100> BODY[HEADER] BINARY.PEEK[2]<5.7>)"
    );
    let seen =
        (Preview { lazy: true }, Binary::part("2".parse().unwrap()).seen(), BinarySize("2".parse().unwrap()));
    assert_eq!(
        written(&Fetch::new(Messages::Saved { is_uid: true }, seen), "BINARY PREVIEW").unwrap(),
        "UID FETCH $ (UID PREVIEW (LAZY) BINARY[2] BINARY.SIZE[2])"
    );
    let annotation = Annotation(annotation::Request {
        entries: ["/comment".into()].into(),
        attributes: [annotation::Attribute::Value].into(),
    });
    let fetch = Fetch::new(uids("4"), (annotation,));
    assert_eq!(written(&fetch, ""), lacks("ANNOTATE-EXPERIMENT-1"));
    assert_eq!(
        written(&fetch, "ANNOTATE-EXPERIMENT-1").unwrap(),
        "UID FETCH 4 (UID ANNOTATION (/comment value))"
    );
    let changed = Fetch::new(uids("1:*"), Flags).changed_since(codec::ModSeq::new(12345).unwrap());
    assert_eq!(written(&changed, "CONDSTORE").unwrap(), "UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 12345)");
    assert_eq!(written(&changed, ""), lacks("CONDSTORE"));
    let vanished = changed.vanished();
    // "the client MUST have enabled QRESYNC" (RFC 7162 section 3.2.6)
    assert_eq!(written(&vanished, "QRESYNC"), lacks("QRESYNC"));
    assert_eq!(
        written(&vanished, "+QRESYNC").unwrap(),
        "UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 12345 VANISHED)"
    );
    let partial = Fetch::new(uids("25900:26600"), Flags).partial("-1:-3".parse().unwrap());
    assert_eq!(written(&partial, "PARTIAL").unwrap(), "UID FETCH 25900:26600 (UID FLAGS) (PARTIAL -1:-3)");
    assert_eq!(written(&partial, ""), lacks("PARTIAL"));
    assert!(written(&Fetch::new(UidSet::new(), Flags), "").is_err());
}

#[test]
fn rows() {
    let fetch = Fetch::new(numbers("1:3"), (Envelope, Flags, Size));
    let (mut fetched, back) = answer(
        &fetch,
        &[
            "* 1 FETCH (UID 11 FLAGS (\\Seen) RFC822.SIZE 44 ENVELOPE (NIL \"a\" NIL NIL NIL NIL NIL NIL NIL NIL))",
            "* 9 FETCH (UID 19 FLAGS () RFC822.SIZE 44)",
            "* 4 EXISTS",
            "* 2 FETCH (UID 12 RFC822.SIZE 5)",
            "* 3 FETCH (UID 13 FLAGS (\\Seen))",
            "a OK done",
        ],
    );
    assert_eq!(
        back,
        ["* 9 FETCH (UID 19 FLAGS () RFC822.SIZE 44)", "* 4 EXISTS", "* 3 FETCH (UID 13 FLAGS (\\Seen))"]
    );
    let first = fetched.rows.pop_front().unwrap();
    assert_eq!((first.seq.unwrap().get(), first.uid.unwrap().get(), first.mod_seq), (1, 11, None));
    let (envelope, flags, size) = first.items;
    assert_eq!(envelope.unwrap().subject.unwrap(), "a");
    assert_eq!((flags.unwrap().to_string(), size), ("(\\Seen)".into(), Some(44)));
    let second = fetched.rows.pop_front().unwrap();
    assert_eq!((second.uid.unwrap().get(), second.items), (12, (None, None, Some(5))));
    assert!(fetched.rows.is_empty());
}

#[test]
fn flags_are_an_answer_where_nothing_else_is_asked() {
    let flags = Fetch::new(uids("11:12"), (Flags, ModSeq));
    let lines = [
        "* 1 FETCH (UID 11 FLAGS (\\Seen) MODSEQ (7))",
        "* 2 FETCH (MODSEQ (8) UID 12)",
        "* 2 FETCH (FLAGS (\\Deleted))",
        "* 3 FETCH (UID 13 FLAGS ())",
    ];
    let (fetched, back) = answer(&flags, &lines);
    // An answer to UID FETCH has the UID; and 13 was not asked for.
    assert_eq!(back, lines[2..]);
    let told: Vec<_> =
        fetched.rows.iter().map(|row| (row.mod_seq.unwrap().get(), row.items.0.is_some())).collect();
    // The flags came as news while the row was there.
    assert_eq!(told, [(7, true), (8, true)]);
    let (fetched, back) = answer(&Fetch::new(numbers("1:2"), Flags), &["* 2 FETCH (FLAGS (\\Deleted))"]);
    assert_eq!((fetched.rows.len(), back.len(), fetched.rows[0].uid), (1, 0, None));
    // The UIDs alone, with flags that nobody asked for.
    let (fetched, back) =
        answer(&Fetch::new(uids("1:*"), ()), &["* 2 FETCH (FLAGS (\\Seen) UID 5)", "* 3 FETCH (UID 6)"]);
    assert_eq!((fetched.rows.len(), back), (2, vec!["* 2 FETCH (UID 5 FLAGS (\\Seen))".into()]));
    let (fetched, _) = answer(&Fetch::new(uids("1:*"), Uid), &["* 3 FETCH (UID 6)"]);
    assert_eq!(fetched.rows[0].items, codec::Uid::new(6));
}

#[test]
fn what_was_not_asked_is_given_back_with_the_names_of_its_message() {
    let fetch = Fetch::new(uids("1:9"), Body::whole().seen());
    let (fetched, back) = answer(
        &fetch,
        &["* 3 FETCH (UID 7 BODY[] \"x\" FLAGS (\\Seen) MODSEQ (5))", "* 4 FETCH (BODY[TEXT] \"y\" UID 8)"],
    );
    assert_eq!(
        back,
        ["* 3 FETCH (UID 7 FLAGS (\\Seen) MODSEQ (5))", "* 4 FETCH (BODY[TEXT] {1}\r\ny UID 8)"]
    );
    assert_eq!(fetched.rows.len(), 1);
    assert_eq!(
        (fetched.rows[0].mod_seq, &fetched.rows[0].items),
        (codec::ModSeq::new(5), &Some(Octets::from("x")))
    );
}

#[test]
fn rows_in_several_responses_are_one() {
    let fetch = Fetch::new(numbers("1:100"), (Flags, Size, Body::header_fields(["To", "From"])));
    for order in [[1, 2, 3], [3, 1, 2]] {
        let mut lines: Vec<String> = order
            .iter()
            .map(|number| format!("* {number} FETCH (UID 1{number} RFC822.SIZE {number})"))
            .collect();
        lines.push("* 2 FETCH (BODY[HEADER.FIELDS (\"FROM\" \"TO\")] {2}\r\n\r\n)".into());
        lines.push("* 1 FETCH (UID 11 FLAGS (\\Flagged))".into());
        lines.push("* 8 FETCH (FLAGS (\\Flagged))".into());
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let (fetched, back) = answer(&fetch, &lines);
        assert_eq!(fetched.rows.len(), 3);
        let told = |number: u32| {
            let row = fetched.rows.iter().find(|row| row.seq.unwrap().get() == number).unwrap();
            (row.items.0.is_some(), row.items.1, row.items.2.is_some())
        };
        assert_eq!(
            (told(1), told(2), told(3)),
            ((true, Some(1), false), (false, Some(2), true), (false, Some(3), false))
        );
        // News are told to others, too.
        assert_eq!(back, lines[4..]);
    }
}

#[test]
fn rows_that_were_taken_do_not_come_back() {
    let fetch = Fetch::new(uids("1:9"), (Flags, Size));
    let (mut output, data) = (Fetched::default(), |line: &str| {
        let codec::Response::Data(data) = codec::Decoder::default().response(line.as_bytes()) else {
            panic!()
        };
        Untagged::Data(data)
    });
    assert_eq!(fetch.absorb(data("* 1 FETCH (UID 4 RFC822.SIZE 1 FLAGS ())"), &mut output), None);
    assert!(output.rows.pop_front().is_some());
    let news = data("* 1 FETCH (UID 4 FLAGS (\\Seen))");
    assert_eq!(fetch.absorb(news.clone(), &mut output), Some(news));
    assert!(output.rows.is_empty());
}

#[test]
fn bad_items_are_told_and_good_ones_kept() {
    let fetch = Fetch::new(uids("1:9"), (Envelope, Size, InternalDate, BodyStructure));
    let (fetched, back) = answer(
        &fetch,
        &[
            "* 1 FETCH (UID 1 ENVELOPE \"no\" RFC822.SIZE 7 INTERNALDATE \"00-Jan-0000 00:00:00 +0000\")",
            "* 2 FETCH (UID 2 RFC822.SIZE -x)",
            "* 3 FETCH ((UID 3 RFC822.SIZE 9))",
            "* 4 FETCH (UID 4 X-NEW (\"a) FLAGS (\\\\Seen\" UID) RFC822.SIZE 10)",
            "* 5 FETCH (UID 5 BODYSTRUCTURE NIL)",
        ],
    );
    let rows: Vec<_> =
        fetched.rows.iter().map(|row| (row.uid.unwrap().get(), row.items.1, row.invalid.len())).collect();
    assert_eq!(rows[..4], [(1, Some(7), 1), (2, None, 1), (3, Some(9), 0), (4, Some(10), 0)]);
    assert_eq!(fetched.rows[0].items.2, None);
    let Invalid::Unreadable { octets, error } = &fetched.rows[0].invalid[0] else { panic!() };
    assert_eq!(octets, "ENVELOPE \"no\"");
    assert!(!error.to_string().is_empty());
    // The item that nobody knows is skipped by its form, and told to others.
    assert_eq!(back, ["* 4 FETCH (UID 4 X-NEW (\"a) FLAGS (\\\\Seen\" UID))"]);
}

#[test]
fn flags_that_cannot_be_read_are_told() {
    let (fetched, back) = answer(&Fetch::new(uids("1:9"), Flags), &["* 1 FETCH (UID 1 FLAGS 7)"]);
    assert_eq!((fetched.rows.len(), fetched.rows[0].invalid.len(), back.len()), (1, 1, 0));
    let (fetched, back) = answer(&Fetch::new(uids("1:9"), Size), &["* 1 FETCH (UID 1 FLAGS 7)"]);
    assert_eq!((fetched.rows.len(), back.len()), (0, 1));
}

#[test]
fn vanished() {
    let changed = |set: &str| Fetch::new(uids(set), Flags).changed_since(codec::ModSeq::new(7).unwrap());
    let lines = [
        "* VANISHED (EARLIER) 3:300,1000",
        "* VANISHED 5",
        "* VANISHED (EARLIER) 1",
        "* 1 FETCH (UID 2 MODSEQ (9))",
    ];
    let (fetched, back) = answer(&changed("2:250").vanished(), &lines);
    assert_eq!((fetched.vanished.to_string(), back), ("3:250".into(), vec!["* VANISHED 5".into()]));
    assert_eq!((fetched.rows.len(), fetched.rows[0].mod_seq), (1, codec::ModSeq::new(9)));
    let (fetched, _) = answer(&changed("200:*").vanished(), &lines);
    assert_eq!(fetched.vanished.to_string(), "200:300,1000");
    let (fetched, back) = answer(&changed("1:*"), &lines);
    assert_eq!((fetched.vanished.is_empty(), back.len()), (true, 3));
    let hostile = ["* VANISHED (EARLIER) 1:4294967295"];
    let (fetched, _) = answer(&changed("7,9").vanished(), &hostile);
    assert_eq!(fetched.vanished.to_string(), "7,9");
}

#[test]
fn what_the_end_says() {
    let (fetched, _) = answer(&Fetch::new(uids("1:9"), Flags), &["a OK [EXPUNGEISSUED] some are gone"]);
    assert!(fetched.expunge_issued && fetched.message_limit.is_none());
    let (fetched, _) = answer(&Fetch::new(uids("1:9"), Flags), &["a OK [MESSAGELIMIT 1000 23221] partial"]);
    let limit = fetched.message_limit.unwrap();
    assert_eq!((limit.limit, limit.lowest), (1000, codec::Uid::new(23221)));
}

#[test]
fn after_uid_only() {
    let (fetched, _) = answer(
        &Fetch::new(uids("1:9"), Size),
        &["* 4 UIDFETCH (RFC822.SIZE 5)", "* 4 UIDFETCH (RFC822.SIZE 6)"],
    );
    assert_eq!((fetched.rows.len(), fetched.rows[0].seq, fetched.rows[0].uid), (1, None, codec::Uid::new(4)));
    assert_eq!(fetched.rows[0].items, Some(6));
    for line in ["* 4 UIDFETCH ()", "* 4 UIDFETCH (UID 4)"] {
        let (fetched, back) = answer(&Fetch::new(uids("1:9"), Uid), &[line]);
        assert_eq!((fetched.rows.len(), fetched.rows[0].items, back.len()), (1, codec::Uid::new(4), 0));
    }
}

#[test]
fn what_is_bad_does_not_grow_without_end() {
    let bad = ["* 1 FETCH (UID 1 ENVELOPE 7)"; 150];
    let (fetched, _) = answer(&Fetch::new(uids("1:9"), Envelope), &bad);
    assert_eq!((fetched.rows.len(), fetched.rows[0].invalid.len()), (1, 100));
    let worse = ["* 1 FETCH"; 1500];
    let (fetched, back) = answer(&Fetch::new(uids("1:9"), Envelope), &worse);
    assert_eq!((fetched.unreadable.len(), back.len()), (1000, 500));
}

#[test]
fn long_literals_are_put_in_place() {
    let fetch = Fetch::new(uids("1:9"), (Body::header(), Body::text(), Size));
    let wire =
        "* 1 FETCH (UID 1 BODY[HEADER] {5}\r\nA: b\n BODY[TEXT] {6}\r\n* 2 ()FLAGS () RFC822.SIZE 7)\r\n"
            .replace("()FLAGS", "() FLAGS");
    let wire = wire
        + "* 2 FETCH (BODY[] {3}\r\nxyz BODY[TEXT] {4}\r\nlast UID 2)\r\n* 3 FETCH (UID 3 BODY[TEXT] {0}\r\n)\r\na OK\r\n";
    for inline in [0, 3, 5, 1000] {
        for piece in [1, 2, 7, 1000] {
            let (fetched, back) = absorbed(&fetch, &wire, inline, piece);
            let told: Vec<_> = fetched.rows.iter().map(|row| row.items.clone()).collect();
            let octets = |text: &str| Some(Octets::from(text));
            assert_eq!(told[0], (octets("A: b\n"), octets("* 2 ()"), Some(7)), "{inline} {piece}");
            assert_eq!(told[1..], [(None, octets("last"), None), (None, octets(""), None)]);
            assert!(fetched.rows.iter().all(|row| row.invalid.is_empty()));
            // What was not asked for, and its head if there is one.
            assert!(
                back.iter().all(|line| line == "(head)"
                    || line.contains("FLAGS ()")
                    || line.contains("BODY[]")
                    || line.contains("Streamed(3)")),
                "{back:?}"
            );
        }
    }
}

#[test]
fn octets_of_a_response_that_broke_off_do_not_come_in_another() {
    let fetch = Fetch::new(uids("1:9"), Body::text());
    let mut output = Fetched::default();
    let item = |octets| {
        Item::Body(alloc::boxed::Box::new(codec::fetch::Body {
            section: codec::section::Section { text: codec::section::Text::Text, ..Default::default() },
            origin: None,
            content: octets,
        }))
    };
    let response = |uid: u32| codec::fetch::Fetch {
        message: codec::Uid::new(uid).unwrap().into(),
        items: vec![item(Content::Streamed(3))],
    };
    for (uid, octets) in [(1, &b"abc"[..]), (2, b"xyz")] {
        assert_eq!(fetch.absorb(Untagged::Head(Data::Fetch(response(uid))), &mut output), None);
        assert_eq!(fetch.absorb(Untagged::Chunk(octets.into()), &mut output), None);
    }
    assert_eq!(fetch.absorb(Untagged::Data(Data::Fetch(response(2))), &mut output), None);
    assert_eq!(output.rows[0].items, Some("xyz".into()));
    // Octets that never came are no octets.
    assert_eq!(fetch.absorb(Untagged::Data(Data::Fetch(response(3))), &mut output), None);
    assert!(output.rows[1].items.is_none() && matches!(output.rows[1].invalid[..], [Invalid::TooLong(_)]));
}

#[test]
fn literals_that_are_too_long_are_not_kept() {
    for (longest, kept) in [(4, true), (3, false)] {
        let fetch = Fetch { longest, ..Fetch::new(uids("1:9"), (Size, Body::whole())) };
        let (fetched, _) = absorbed(&fetch, "* 1 FETCH (BODY[] {4}\r\nabcd RFC822.SIZE 4 UID 9)\r\n", 0, 3);
        let row = &fetched.rows[0];
        assert_eq!((row.items.0, row.items.1.is_some(), row.invalid.is_empty()), (Some(4), kept, kept));
        assert_eq!(matches!(row.invalid.as_slice(), [Invalid::TooLong(Item::Body(_))]), !kept);
    }
}

#[test]
fn origins() {
    let fetch = |start| Fetch::new(uids("1"), Body::whole().range(start, 9));
    for (start, told, is_answer) in [(0, "<0>", true), (0, "", true), (5, "<5>", true), (5, "<0>", false)] {
        let line = format!("* 1 FETCH (UID 1 BODY[]{told} \"x\")");
        assert_eq!(answer(&fetch(start), &[&line]).0.rows.len(), usize::from(is_answer), "{line}");
    }
    assert_eq!(
        answer(&Fetch::new(uids("1"), Body::whole()), &["* 1 FETCH (UID 1 BODY[]<7> \"x\")"]).0.rows.len(),
        0
    );
}

#[test]
fn everything_that_is_asked_at_run_time() {
    let part: codec::section::Part = "1.2".parse().unwrap();
    let query = Query::new()
        .annotation(annotation::Request {
            entries: vec!["/*".into()],
            attributes: vec![annotation::Attribute::Value],
        })
        .binary(part.clone())
        .binary_size(part.clone())
        .body_structure()
        .email_id()
        .envelope()
        .flags()
        .gmail_labels()
        .gmail_message_id()
        .gmail_thread_id()
        .header()
        .header_fields(["a"])
        .internal_date()
        .mod_seq()
        .part(part.clone())
        .preview()
        .save_date()
        .size()
        .text()
        .thread_id()
        .whole();
    let (mut fetched, back) = answer(
        &Fetch::new(uids("1:9"), query),
        &[concat!(
            "* 1 FETCH (UID 1 ANNOTATION (/comment (value.priv \"v\")) BINARY[1.2] ~{1}\r\n0 BINARY.SIZE[1.2] 1 ",
            "BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1) EMAILID (e) ENVELOPE (NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL) ",
            "FLAGS (\\Seen) X-GM-LABELS (l \\Inbox) X-GM-MSGID 8 X-GM-THRID 9 BODY[HEADER] \"h\" BODY[HEADER.FIELDS (A)] \"f\" ",
            "INTERNALDATE \"01-Feb-2003 04:05:06 +0000\" MODSEQ (5) BODY[1.2] \"p\" PREVIEW \"w\" SAVEDATE NIL RFC822.SIZE 6 ",
            "BODY[TEXT] \"t\" THREADID NIL BODY[] \"all\")"
        )],
    );
    assert!(back.is_empty(), "{back:?}");
    let told = fetched.rows.pop_front().unwrap().items;
    assert_eq!(told.annotations().unwrap().len(), 1);
    assert_eq!((told.binary(&part).unwrap(), told.binary_size(&part)), (&"0".into(), Some(1)));
    assert!(told.body_structure().is_some() && told.flags().is_some() && told.internal_date().is_some());
    assert_eq!((told.email_id().unwrap(), told.thread_id(), told.save_date()), (&"e".into(), None, None));
    assert_eq!(told.envelope().unwrap().subject.as_ref().unwrap(), "s");
    assert_eq!(
        (told.gmail_labels().unwrap().len(), told.gmail_message_id(), told.gmail_thread_id()),
        (2, Some(8), Some(9))
    );
    assert_eq!((told.header().unwrap(), told.header_fields(["a"]).unwrap()), (&"h".into(), &"f".into()));
    assert_eq!(
        (told.part(&part).unwrap(), told.text().unwrap(), told.whole().unwrap()),
        (&"p".into(), &"t".into(), &"all".into())
    );
    assert_eq!(
        (told.preview().unwrap(), told.size(), told.mod_seq(), told.uid()),
        (&"w".into(), Some(6), codec::ModSeq::new(5), None)
    );
    assert_eq!(told.items().len(), told.clone().into_items().len());
}

#[test]
fn twelve_at_once() {
    let all = (
        EmailId,
        ThreadId,
        GmailLabels,
        GmailMessageId,
        GmailThreadId,
        SaveDate,
        ModSeq,
        Flags,
        Size,
        InternalDate,
        Preview::default(),
        Envelope,
    );
    let line = "* 1 FETCH (UID 1 EMAILID (e) THREADID (t) X-GM-LABELS () X-GM-MSGID 1 X-GM-THRID 2 SAVEDATE \"01-Feb-2003 04:05:06 +0000\" PREVIEW NIL RFC822.SIZE 9)";
    let (mut fetched, _) = answer(&Fetch::new(uids("1:9"), all), &[line]);
    let told = fetched.rows.pop_front().unwrap().map(
        |(email, thread, labels, message, conversation, saved, .., preview, _)| {
            (
                email,
                thread,
                labels.map(|labels| labels.len()),
                message,
                conversation,
                saved.is_some(),
                preview,
            )
        },
    );
    assert_eq!(told.items, (Some("e".into()), Some("t".into()), Some(0), Some(1), Some(2), true, None));
}

/// A queue of many rows stays linear: in the order of the server each one is put in its place without a search.
#[test]
fn many_rows() {
    let fetch = Fetch::new(UidSet::all(), Size);
    let lines: Vec<String> = (1..=2000)
        .flat_map(|uid| {
            [
                format!("* {uid} FETCH (UID {uid} RFC822.SIZE 1)"),
                format!("* {uid} FETCH (RFC822.SIZE 2 UID {})", uid / 2 + 1),
            ]
        })
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let (fetched, _) = answer(&fetch, &lines);
    let sizes: Vec<_> = fetched.rows.iter().map(|row| row.items).collect();
    assert_eq!((sizes.len(), sizes[0], sizes[999], sizes[1999]), (2000, Some(2), Some(2), Some(1)));
}

/// A bad row is told, so that no listing looks complete that is not.
#[test]
fn rows_that_cannot_be_read_are_told() {
    let lines = ["* 1 FETCH (UID 1 RFC822.SIZE 7)", "* 2 FETCH UID 2", "* 2 FETSCH (UID 2)"];
    let (fetched, back) = answer(&Fetch::new(uids("1:9"), Size), &lines);
    assert_eq!((fetched.rows.len(), fetched.unreadable.len()), (1, 1));
    assert_eq!(fetched.unreadable[0].octets, lines[1]);
    assert_eq!(back, ["(unknown) * 2 FETSCH (UID 2)"]);
}
