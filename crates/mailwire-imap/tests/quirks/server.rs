//! Responses but for FETCH.

use mailwire_imap::{
    Decoder, Response,
    list::List,
    response::Data,
    response_code::Code,
    status::{Kind, Status},
};

use super::{frame, read_as, reading, refused, tolerated, written};

fn status(wire: &[u8]) -> Status {
    match Decoder::default().response(wire) {
        Response::Data(Data::Status(status)) | Response::Tagged(_, status) => status,
        other => panic!("{other:?}"),
    }
}

fn list(wire: &[u8]) -> List {
    match Decoder::default().response(wire) {
        Response::Data(Data::List(list)) => list,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_code_without_a_status_is_ok() {
    tolerated(
        |quirks| quirks.missing_status = true,
        &[
            ("* [COPYUID 38505 304 3956]", "* OK [COPYUID 38505 304 3956] "),
            ("* [COPYUID 38505 304 3956] done", "* OK [COPYUID 38505 304 3956] done"),
            ("* [ALERT] down at ten", "* OK [ALERT] down at ten"),
            ("a1 [COPYUID 38505 304 3956] done", "a1 OK [COPYUID 38505 304 3956] done"),
            ("a1 [APPENDUID 1 2]", "a1 OK [APPENDUID 1 2] "),
        ],
    );
    assert!(matches!(status(b"* [COPYUID 38505 304 3956]").code, Some(Code::CopyUid { .. })));
}

#[test]
fn a_bad_code_does_no_harm_to_its_status() {
    for code in [
        "COPYUID 14  ",
        "COPYUID 0 35 41",
        "COPYUID 1234567890 1:5 100:*",
        "COPYUID",
        "COPYUID  ",
        "APPENDUID 0 5",
        "APPENDUID 1 *",
        "UIDVALIDITY 0",
        "UIDVALIDITY -1",
        "UIDNEXT 0",
        "UIDNEXT 4294967296",
        "UNSEEN 0",
        "HIGHESTMODSEQ x",
        "PERMANENTFLAGS NIL",
    ] {
        let wire = format!("a1 OK [{code}] done");
        for decoder in [Decoder::default(), reading(&[])] {
            let Response::Tagged(_, status) = decoder.response(frame(&wire)) else { panic!("{wire}") };
            let Some(Code::Other { name, .. }) = &status.code else { panic!("{status:?}") };
            assert!(code.as_bytes().starts_with(name), "{code}");
            assert_eq!((status.kind, &*status.text.to_str_lossy()), (Kind::Ok, "done"), "{wire}");
        }
        assert_eq!(written(&Decoder::default().response(frame(&wire))), wire, "and goes on as it came");
    }
}

#[test]
fn a_zero_that_should_not_be_is_absent() {
    tolerated(
        |quirks| quirks.loose_numbers = true,
        &[
            ("* STATUS x (UIDNEXT 0)", "* STATUS x ()"),
            ("* STATUS x (UIDVALIDITY 0 MESSAGES 3)", "* STATUS x (MESSAGES 3)"),
            ("* STATUS x (UIDNEXT -1 MESSAGES 3)", "* STATUS x (MESSAGES 3)"),
            ("* 1 FETCH (UID 0 FLAGS ())", "* 1 FETCH (FLAGS ())"),
            ("* SEARCH 0 2", "* SEARCH 2"),
        ],
    );
}

#[test]
fn numbers_out_of_range_are_clamped() {
    tolerated(
        |quirks| quirks.loose_numbers = true,
        &[
            ("* STATUS x (MESSAGES 9.3736e+06)", "* STATUS x (MESSAGES 9373600)"),
            ("* STATUS x (MESSAGES -1)", "* STATUS x (MESSAGES 0)"),
            ("* STATUS x (UNSEEN -1 MESSAGES 3)", "* STATUS x (UNSEEN 0 MESSAGES 3)"),
            ("* STATUS x (HIGHESTMODSEQ -1)", "* STATUS x (HIGHESTMODSEQ 0)"),
            (
                "* STATUS x (HIGHESTMODSEQ 18446744073709551615)",
                "* STATUS x (HIGHESTMODSEQ 9223372036854775807)",
            ),
            ("* STATUS x (MESSAGES 4294967296)", "* STATUS x (MESSAGES 4294967295)"),
            ("* STATUS x (MESSAGES 18446744073709551616)", "* STATUS x (MESSAGES 4294967295)"),
            ("* STATUS x (SIZE 18446744073709551616)", "* STATUS x (SIZE 18446744073709551615)"),
            ("* STATUS x (SIZE 9.3736e+06)", "* STATUS x (SIZE 9373600)"),
            ("* SEARCH 2 (MODSEQ -1)", "* SEARCH 2 (MODSEQ 0)"),
            ("* ESEARCH COUNT -1", "* ESEARCH COUNT 0"),
            ("* ESEARCH MODSEQ 18446744073709551615", "* ESEARCH MODSEQ 9223372036854775807"),
            ("* 1 FETCH (RFC822.SIZE -1)", "* 1 FETCH (RFC822.SIZE 0)"),
            ("* 1 FETCH (RFC822.SIZE 1.5e3)", "* 1 FETCH (RFC822.SIZE 1500)"),
            ("* 1 FETCH (MODSEQ (-1))", "* 1 FETCH (MODSEQ (0))"),
            ("* 1 FETCH (MODSEQ (18446744073709551615))", "* 1 FETCH (MODSEQ (9223372036854775807))"),
            ("* QUOTA x (STORAGE -1 5)", "* QUOTA x (STORAGE 0 5)"),
            ("* QUOTA x (STORAGE 9.3736e+06 1e9)", "* QUOTA x (STORAGE 9373600 1000000000)"),
        ],
    );
    // Leading zeros are digits like others, for everybody.
    for decoder in [Decoder::default(), reading(&[])] {
        assert_eq!(written(&decoder.response(frame("* STATUS x (MESSAGES 007)"))), "* STATUS x (MESSAGES 7)");
        let quota = "* QUOTA x (STORAGE 18446744073709551614 18446744073709551615)";
        assert_eq!(written(&decoder.response(frame(quota))), quota);
        // How many messages there are is not guessed.
        for wire in ["* -1 EXISTS", "* 4294967296 EXISTS", "* 1e3 EXISTS", "* 0 EXPUNGE", "* -1 EXPUNGE"] {
            assert!(matches!(decoder.response(frame(wire)), Response::Unknown(_)), "{wire}");
        }
    }
}

#[test]
fn spaces_are_passed_over() {
    tolerated(
        |quirks| quirks.loose_spaces = true,
        &[
            ("* CAPABILITY IMAP4rev1  LITERAL +  IDLE ", "* CAPABILITY IMAP4rev1 LITERAL + IDLE"),
            ("* CAPABILITY IMAP4rev1 IDLE ", "* CAPABILITY IMAP4rev1 IDLE"),
            ("*  CAPABILITY IMAP4rev1", "* CAPABILITY IMAP4rev1"),
            ("* ENABLED  CONDSTORE ", "* ENABLED CONDSTORE"),
            ("* SEARCH ", "* SEARCH"),
            ("* SEARCH  1  2 ", "* SEARCH 1 2"),
            ("* SEARCH 1 2  (MODSEQ 5)", "* SEARCH 1 2 (MODSEQ 5)"),
            ("* SORT ", "* SORT"),
            ("* THREAD ", "* THREAD"),
            ("* THREAD  (1 2) (3) ", "* THREAD (1 2)(3)"),
            ("* ESEARCH ", "* ESEARCH"),
            ("* ESEARCH  (TAG \"a\")  UID  COUNT  5 ", "* ESEARCH (TAG \"a\") UID COUNT 5"),
            ("* STATUS x  ( MESSAGES  3  UNSEEN 1 ) ", "* STATUS x (MESSAGES 3 UNSEEN 1)"),
            ("* ID (\"name\"  \"a\" )", "* ID (\"name\" \"a\")"),
            ("* ID  ( \"name\" \"a\")", "* ID (\"name\" \"a\")"),
            ("* FLAGS ( \\Seen  work ) ", "* FLAGS (\\Seen work)"),
            ("* FLAGS  (\\Seen)", "* FLAGS (\\Seen)"),
            ("* LIST ( \\Noselect  ) \"/\"  x ", "* LIST (\\Noselect) \"/\" x"),
            ("* 1  EXISTS", "* 1 EXISTS"),
            ("* 1 EXISTS ", "* 1 EXISTS"),
            ("*  1 EXISTS", "* 1 EXISTS"),
            ("* NAMESPACE  ((\"\" \"/\"))  NIL NIL ", "* NAMESPACE ((\"\" \"/\")) NIL NIL"),
            (
                "* NAMESPACE ((\"\" \"/\") (\"#\" \"/\")) NIL NIL",
                "* NAMESPACE ((\"\" \"/\")(\"#\" \"/\")) NIL NIL",
            ),
            ("* QUOTA  x  ( STORAGE 1 2 ) ", "* QUOTA x (STORAGE 1 2)"),
            ("* QUOTAROOT INBOX ", "* QUOTAROOT INBOX"),
            ("* QUOTAROOT INBOX  x", "* QUOTAROOT INBOX x"),
            ("* ACL INBOX  a  lrs ", "* ACL INBOX a lrs"),
            ("* MYRIGHTS x lrs ", "* MYRIGHTS x lrs"),
            ("* LISTRIGHTS x a l  r ", "* LISTRIGHTS x a l r"),
            ("* LANGUAGE (EN  DE )", "* LANGUAGE (EN DE)"),
            ("* METADATA x  ( /a  \"b\" ) ", "* METADATA x (/a \"b\")"),
            ("* VANISHED  1:3 ", "* VANISHED 1:3"),
            ("a1  OK x", "a1 OK x"),
        ],
    );
    // In a code: for the strict it is one whose arguments have no form.
    for (wire, normal) in [
        ("* OK [CAPABILITY IMAP4rev1  IDLE ] x", "* OK [CAPABILITY IMAP4rev1 IDLE] x"),
        ("* OK [PERMANENTFLAGS ( \\Seen  \\* )] x", "* OK [PERMANENTFLAGS (\\Seen \\*)] x"),
        ("* OK [UIDNEXT  5 ] x", "* OK [UIDNEXT 5] x"),
    ] {
        read_as(|quirks| quirks.loose_spaces = true, wire, normal);
        assert_eq!(written(&reading(&[]).response(frame(wire))), wire);
    }
}

#[test]
fn an_answer_of_the_older_kind_is_read() {
    // SEARCH in answer to a request for ESEARCH, with numbers or with none.
    for wire in ["* SEARCH 2 3", "* SEARCH"] {
        let Response::Data(Data::Search(found)) = reading(&[]).response(frame(wire)) else {
            panic!("{wire}")
        };
        assert_eq!(found.numbers.len(), if wire.len() > 8 { 2 } else { 0 });
    }
}

#[test]
fn quotes_that_are_not_escaped_are_part_of_the_text() {
    tolerated(
        |quirks| quirks.unescaped_quotes = true,
        &[
            ("* LIST () \"/\" \"a\"b\"", "* LIST () \"/\" \"a\\\"b\""),
            ("* LIST () \"/\" \"a\\b\"", "* LIST () \"/\" \"a\\\\b\""),
            ("* LIST () \"/\" \"\"a\"\"", "* LIST () \"/\" \"\\\"a\\\"\""),
            ("* LIST () \"\\\" x", "* LIST () \"\\\\\" x"),
            ("* NAMESPACE ((\"a\"b\" \"/\")) NIL NIL", "* NAMESPACE ((\"a\\\"b\" \"/\")) NIL NIL"),
            ("* ID (\"a\" \"b\"c\"d\")", "* ID (\"a\" \"b\\\"c\\\"d\")"),
        ],
    );
}

#[test]
fn flags_that_are_none_are_passed_over() {
    tolerated(
        |quirks| quirks.loose_flags = true,
        &[
            ("* FLAGS NIL", "* FLAGS ()"),
            ("* FLAGS (\\Seen \\*)", "* FLAGS (\\Seen)"),
            ("* FLAGS (\\Seen [ ])", "* FLAGS (\\Seen [)"),
            ("* FLAGS (\\Seen \\)", "* FLAGS (\\Seen)"),
            ("* FLAGS (\\Seen [Gmail]/x)", "* FLAGS (\\Seen)"),
            ("* FLAGS (\\Seen a%b)", "* FLAGS (\\Seen)"),
            ("* FLAGS (\\Seen caf\u{E9} work)", "* FLAGS (\\Seen work)"),
            ("* FLAGS (\\Seen \\\\Weird)", "* FLAGS (\\Seen)"),
            ("* FLAGS (\\Seen a\\b)", "* FLAGS (\\Seen)"),
            ("* 1 FETCH (FLAGS (\\Seen \\*) UID 5)", "* 1 FETCH (FLAGS (\\Seen) UID 5)"),
            ("* 1 FETCH (FLAGS NIL UID 5)", "* 1 FETCH (FLAGS () UID 5)"),
            ("* LIST NIL \"/\" x", "* LIST () \"/\" x"),
            ("* LIST (NIL) \"/\" x", "* LIST () \"/\" x"),
            ("* LIST (\\Noselect NIL) \"/\" x", "* LIST (\\Noselect) \"/\" x"),
            ("* LIST (HasNoChildren) \"/\" x", "* LIST (HasNoChildren) \"/\" x"),
        ],
    );
    // These are keywords by the letter, and nobody's keywords in fact.
    for (wire, normal) in [
        ("* FLAGS (NIL)", "* FLAGS ()"),
        ("* FLAGS (\\Seen nil work)", "* FLAGS (\\Seen work)"),
        ("* OK [PERMANENTFLAGS (\\Seen NIL \\*)] x", "* OK [PERMANENTFLAGS (\\Seen \\*)] x"),
    ] {
        let normal = if wire.contains("nil") { wire } else { normal };
        read_as(|quirks| quirks.loose_flags = true, wire, normal);
        assert_eq!(written(&reading(&[]).response(frame(wire))), wire);
    }
}

#[test]
fn flags_are_the_same_in_any_case() {
    for decoder in [Decoder::default(), reading(&[])] {
        let wire = "* FLAGS (\\SEEN \\answered \\Unknown $junk WORK work)";
        assert_eq!(
            written(&decoder.response(frame(wire))),
            "* FLAGS (\\Answered \\Seen $Junk \\Unknown WORK)"
        );
    }
}

#[test]
fn texts_may_be_missing_or_no_text() {
    tolerated(
        |quirks| quirks.missing_text = true,
        &[
            ("a1 OK", "a1 OK "),
            ("* OK", "* OK "),
            ("* NO", "* NO "),
            ("* BYE", "* BYE "),
            ("+", "+ "),
            ("* OK [ALERT]text", "* OK [ALERT] text"),
        ],
    );
    for wire in [&b"a1 NO Ung\xFCltig"[..], b"* BYE \xC4 \xFF", b"* OK [ALERT] Ung\xFCltig"] {
        let text = status(wire).text;
        assert!(wire.ends_with(&text), "{text:?}");
        let error = reading(&[]).parse_response(&wire.into()).unwrap_err();
        assert_eq!(error.rule(), "TEXT-CHAR");
        assert!(reading(&[|quirks| quirks.missing_text = true]).parse_response(&wire.into()).is_ok());
    }
    // UTF-8 is text for everybody, a continuation without text but with its space too.
    for wire in ["* NO Ungültig", "+ ", "a1 OK "] {
        assert_eq!(written(&reading(&[]).response(frame(wire))), wire);
    }
}

#[test]
fn raw_names_are_kept_and_sent_back() {
    tolerated(
        |quirks| quirks.raw_names = true,
        &[
            ("* LIST () \"/\" a\tb", "* LIST () \"/\" \"a\tb\""),
            ("* LIST () \"/\" a b", "* LIST () \"/\" \"a b\""),
            ("* LIST () \"/\" a\u{1}b", "* LIST () \"/\" \"a\u{1}b\""),
            ("* LIST () \"/\" café", "* LIST () \"/\" {5}\r\ncafé"),
            ("* LIST () \"/\" \"café\"", "* LIST () \"/\" {5}\r\ncafé"),
            ("* LIST () \"\" x", "* LIST () NIL x"),
            ("* LIST () \"/\" a%b", "* LIST () \"/\" \"a%b\""),
            ("* LIST () \"/\" a{b", "* LIST () \"/\" \"a{b\""),
            ("* LIST () \"/\" a(b)", "* LIST () \"/\" \"a(b)\""),
            ("* LIST () \"/\" a\\b", "* LIST () \"/\" \"a\\\\b\""),
            ("* LSUB () \"/\" a b", "* LSUB () \"/\" \"a b\""),
            ("* STATUS café (MESSAGES 1)", "* STATUS {5}\r\ncafé (MESSAGES 1)"),
            ("* STATUS a b (MESSAGES 1)", "* STATUS \"a b\" (MESSAGES 1)"),
            ("* STATUS a\tb (MESSAGES 1)", "* STATUS \"a\tb\" (MESSAGES 1)"),
            ("* STATUS a(b (MESSAGES 1)", "* STATUS \"a(b\" (MESSAGES 1)"),
            ("* STATUS x (MESSAGES 5 MAILBOXID (\u{1e}|é\"iU) UNSEEN 5)", "* STATUS x (MESSAGES 5 UNSEEN 5)"),
            ("* STATUS x (MESSAGES 5 MAILBOXID (é))", "* STATUS x (MESSAGES 5)"),
            ("* STATUS x (MAILBOXID (R$,9PV) UNSEEN 5)", "* STATUS x (UNSEEN 5)"),
            ("* STATUS x (MAILBOXID () UNSEEN 5)", "* STATUS x (UNSEEN 5)"),
            ("* STATUS x (MAILBOXID (n;L(V) UNSEEN 5)", "* STATUS x (UNSEEN 5)"),
            ("* STATUS x (MAILBOXID (\"n) UNSEEN 5)", "* STATUS x (UNSEEN 5)"),
        ],
    );
    for (wire, name) in [
        (&b"* LIST () \"/\" [Gmail]/All"[..], &b"[Gmail]/All"[..]),
        (b"* LIST () \"/\" \"[Gmail]/All Mail\"", b"[Gmail]/All Mail"),
        (b"* LIST () \"/\" NIL", b"NIL"),
        (b"* LIST () \"/\" nil", b"nil"),
        (b"* LIST () \"/\" \"caf\xE9\"", b"caf\xE9"),
        (b"* LIST () \"/\" caf\xE9", b"caf\xE9"),
        (b"* LIST () \"/\" &bad", b"&bad"),
        (b"* LIST () \"/\" \"&AGE- b\"", b"&AGE- b"),
        (b"* LIST () \"/\" {4}\r\na\r\nb", b"a\r\nb"),
    ] {
        assert_eq!(list(wire).mailbox.wire(false), name, "{}", wire.escape_ascii());
    }
}

#[test]
fn a_missing_delimiter_is_no_delimiter() {
    for wire in [&b"* LIST () NIL x"[..], b"* LIST () nil x"] {
        assert_eq!(list(wire).delimiter, None);
        assert!(reading(&[]).parse_response(&wire.into()).is_ok(), "which is no departure");
    }
    for wire in ["* NAMESPACE ((\"\" NIL)) NIL NIL", "* NAMESPACE NIL NIL ((\"#news.\" NIL))"] {
        assert_eq!(written(&reading(&[]).response(frame(wire))), wire);
    }
}

#[test]
fn what_nobody_asked_for_is_told() {
    // Exchange's refusal has no code: the text is all there is.
    let wire = "a1 NO Request is throttled. Suggested Backoff Time: 92415 milliseconds";
    assert!(status(wire.as_bytes()).text.ends_with(b"Suggested Backoff Time: 92415 milliseconds"));
    for (wire, kind) in [
        ("* OK Still here", Kind::Ok),
        ("* NO nothing to do", Kind::No),
        ("* BAD User is authenticated but not connected.", Kind::Bad),
        ("* BYE logging out", Kind::Bye),
        ("a9 OK never issued", Kind::Ok),
        ("a1 BYE at LOGOUT", Kind::Bye),
    ] {
        assert_eq!(status(wire.as_bytes()).kind, kind, "{wire}");
    }
    for (wire, from_tagged) in
        [("* OK [COPYUID 1 2:3 4:5] moved", false), ("a1 OK [COPYUID 1 2:3 4:5] moved", true)]
    {
        let response = reading(&[]).response(frame(wire));
        assert_eq!(matches!(response, Response::Tagged(..)), from_tagged);
        assert!(matches!(status(wire.as_bytes()).code, Some(Code::CopyUid { .. })), "{wire}");
    }
    // ENABLE may be answered by a word of nothing.
    let Response::Data(Data::Enabled(none)) = reading(&[]).response(frame("* ENABLED")) else { panic!() };
    assert!(none.is_empty());
}

#[test]
fn what_is_not_a_response_is_kept_whole() {
    for wire in [
        "",
        "*",
        "* ",
        "* XYZZY 1 2",
        "junk",
        "HTTP/1.1 400 Bad Request",
        "* 1 FETCH",
        "* LIST (",
        "+x",
        "a1",
    ] {
        refused(wire);
        let Response::Unknown(unknown) = Decoder::default().response(frame(wire)) else { panic!("{wire}") };
        assert_eq!(unknown.octets, wire);
    }
}
