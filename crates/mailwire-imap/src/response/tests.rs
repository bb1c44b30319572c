use alloc::{format, string::String, vec::Vec};

use proptest::prelude::*;

use super::*;
use crate::{
    Decoder, Limits, Quirks,
    body_structure::BodyStructure,
    encoder::{Abilities, EncodeError, Part},
    fetch::{Content, Item},
};

mod rules;

fn strict() -> Decoder {
    Decoder::new(Limits::client(), Quirks::strict())
}

pub(crate) fn encoded(response: &Response) -> Vec<u8> {
    let mut out = Encoder::server(Abilities { utf8: false, ..Abilities::all() });
    response.encode(&mut out);
    let parts = out.finish().unwrap();
    parts
        .iter()
        .flat_map(|part| if let Part::Octets(octets) = part { octets.to_vec() } else { Vec::new() })
        .collect()
}

/// Both ways, the same octets.
#[test]
fn responses_both_ways() {
    for wire in [
        "* OK IMAP4rev2 server ready",
        "* PREAUTH IMAP4rev2 server logged in as Smith",
        "* BYE Autologout; idle for too long",
        "* OK [CAPABILITY STARTTLS AUTH=SCRAM-SHA-256 LOGINDISABLED IMAP4rev2] ready",
        "* OK [UIDVALIDITY 3857529045] UIDs valid",
        "* OK [UIDNEXT 4392] Predicted next UID",
        "* OK [UNSEEN 8] Message 8 is first unseen",
        "* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] Limited",
        "* OK [PERMANENTFLAGS ()] None",
        "* OK [CLOSED] Previous mailbox is now closed",
        "* OK [HIGHESTMODSEQ 715194045007] x",
        "* OK [NOMODSEQ] Sorry",
        "* OK [MAILBOXID (F2212ea87-6097-4256-9d51-71338625)] Ok",
        "* OK [INPROGRESS (\"A001\" 175 1000)] Processed",
        "* OK [INPROGRESS] Still here",
        "* OK [INPROGRESS (NIL 175 NIL)] Still here",
        "* NO [BADCHARSET (US-ASCII UTF-8)] no",
        "* NO [BADCHARSET] no",
        "* OK [X-UNKNOWN some arguments (here)] text",
        "* OK [REFERRAL imap://user@host/ imap://b/] text",
        "a003 OK [READ-WRITE] EXAMINE completed",
        "a1 OK [APPENDUID 38505 3955] APPEND completed",
        "a1 OK [APPENDUID 38505 3955:3957,4000] APPEND completed",
        "a1 OK [COPYUID 38505 304,319:320 3956:3958] Done",
        "a1 OK [MODIFIED 7,9] Conditional STORE failed",
        "a1 NO [METADATA LONGENTRIES 2199] x",
        "a1 NO [METADATA MAXSIZE 1024] x",
        "a1 NO [METADATA TOOMANY] x",
        "a1 NO [NOUPDATE \"B02\"] x",
        "a1 NO [MESSAGELIMIT 1000 23221] x",
        "a1 NO [OVERQUOTA] Sorry",
        "a1 BAD [UIDREQUIRED] x",
        "a1 NO [UNDEFINED-FILTER on-the-road] x",
        "a1 NO [BADURL /INBOX;UIDVALIDITY=785799047/;UID=113330;section=1.5.9] CATENATE failed",
        "* CAPABILITY IMAP4rev2 STARTTLS AUTH=GSSAPI",
        "* ENABLED CONDSTORE X-GOOD-IDEA",
        "* ENABLED",
        "* LIST (\\Noselect) \"/\" ~/Mail/foo",
        "* LIST () NIL INBOX",
        "* LIST (\\HasNoChildren \\Sent) \"\\\\\" \"a b\"",
        "* LIST (\\HasNoChildren \\Subscribed) \"/\" Foo (\"CHILDINFO\" (\"SUBSCRIBED\"))",
        "* LIST () \"/\" renamed (\"OLDNAME\" (\"Old Name\"))",
        "* LSUB () \".\" \"#news.comp mail\"",
        "* XLIST (\\HasNoChildren \\Sent) \"/\" Sent",
        "* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)",
        "* STATUS blurdybloop (NIL 5 X-NEW NIL)",
        "* STATUS x (SIZE 44421 DELETED 8 HIGHESTMODSEQ 7 MAILBOXID (F1) APPENDLIMIT NIL DELETED-STORAGE 5 X-NEW (1 2))",
        "* STATUS x (MAILBOXID (~{1}\r\n\0))",
        "* NAMESPACE ((\"\" \"/\")) ((\"~\" \"/\")) ((\"#shared/\" \"/\")(\"#public/\" \"/\" \"X-PARAM\" (\"FLAG1\" \"FLAG2\")))",
        "* NAMESPACE NIL NIL ((\"\" NIL))",
        "* SEARCH 2 3 6",
        "* SEARCH",
        "* SEARCH 2 5 6 7 11 12 18 19 20 23 (MODSEQ 917162500)",
        "* SORT 5 3 4294967295 1",
        "* ESEARCH (TAG \"A282\") MIN 2 COUNT 3",
        "* ESEARCH (TAG \"A283\") UID ALL 2,10:11",
        "* ESEARCH",
        "* ESEARCH (TAG \"C01\") UID PARTIAL (-1:-100 200:250,252:300)",
        "* ESEARCH (TAG \"C01\") UID PARTIAL (23500:24000 NIL)",
        "* ESEARCH (TAG \"B01\") UID ADDTO (1 2733 0 5:7) REMOVEFROM (0 32768)",
        "* ESEARCH (TAG \"1\" MAILBOX folder1 UIDVALIDITY 1) UID ALL 4001,4003,4005,4007,4009",
        "* ESEARCH COUNT 1 RELEVANCY (4 99) MODSEQ 12 X-NEW (a b)",
        "* THREAD (2)(3 6 (4 23)(44 7 96))",
        "* THREAD ((3)(5))",
        "* THREAD",
        "* FLAGS (\\Answered \\Deleted \\Flagged \\Seen $Junk work)",
        "* 23 EXISTS",
        "* 0 RECENT",
        "* 44 EXPUNGE",
        "* VANISHED (EARLIER) 41,43:116,118,120:211,214:540",
        "* VANISHED 405,407,410:420",
        "* 25997 UIDFETCH (FLAGS (\\Seen))",
        "* 12 FETCH (FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286 \
         ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev2 WG mtg\" ((\"Terry Gray\" NIL \"gray\" \"cac.example\")) \
         ((\"Terry Gray\" NIL \"gray\" \"cac.example\")) NIL ((NIL NIL \"imap\" \"cac.example\")(NIL NIL \"group\" NIL)(NIL NIL NIL NIL)) \
         NIL NIL NIL \"<B27397-0100000@cac.example>\") \
         BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92))",
        "* 1 FETCH (BODYSTRUCTURE (((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"UTF-8\") NIL NIL \"7BIT\" 2 1 NIL NIL NIL NIL)\
         (\"TEXT\" \"HTML\" NIL \"<id>\" \"text\" \"8BIT\" 2 1 NIL (\"inline\" NIL) (\"en\" \"de\") \"x\" (1 2) NIL) \
         \"ALTERNATIVE\" (\"BOUNDARY\" \"x\") NIL NIL)(\"IMAGE\" \"PNG\" (\"NAME\" \"a.png\") NIL NIL \"BASE64\" 4554) \"MIXED\"))",
        "* 1 FETCH (BODYSTRUCTURE (\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 200 \
         (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 2 1) 8 \"md5\"))",
        "* 12 FETCH (BODY[HEADER] {4}\r\nab\r\n)",
        "* 12 FETCH (BODY[1.2.HEADER.FIELDS (DATE FROM)]<20> NIL BODY[TEXT] {0}\r\n UID 7)",
        "* 12 FETCH (BODY[3.MIME] {1}\r\nx BODY[HEADER.FIELDS.NOT (\"a b\")] {1}\r\ny)",
        "* 3 FETCH (BINARY[4.1] ~{3}\r\na\0b BINARY.SIZE[4] 5 BINARY[]<0> {1}\r\na)",
        "* 3 FETCH (RFC822 {1}\r\na RFC822.HEADER {1}\r\nb RFC822.TEXT NIL)",
        "* 3 FETCH (UID 4 MODSEQ (12121231000) PREVIEW \"Hello\" EMAILID (M00000001) THREADID NIL SAVEDATE NIL)",
        "* 3 FETCH (THREADID (T7) X-GM-MSGID 1278455344230334865 X-GM-THRID 1266894439832287888 \
         X-GM-LABELS (\"\\\\Inbox\" \"a b\") X-NEW (\"a\" (b NIL)) PREVIEW NIL)",
        "* ID NIL",
        "* ID (\"name\" \"Cyrus\" \"version\" NIL)",
        "* QUOTA \"\" (STORAGE 10 512 MESSAGE 5 18446744073709551615)",
        "* QUOTA x ()",
        "* QUOTAROOT INBOX \"\" other",
        "* QUOTAROOT comp.mail.mime",
        "* ACL INBOX Fred lrswipxteda Smith \"\"",
        "* LISTRIGHTS ~/Mail/saved smith la r s w i",
        "* MYRIGHTS INBOX lrswipxteda",
        "* METADATA INBOX (/private/comment \"My comment\" /shared/comment NIL)",
        "* METADATA \"\" /shared/comment /private/x",
        "* LANGUAGE (EN DE \"X Y\")",
        "* COMPARATOR i;unicode-casemap",
        "* GENURLAUTH \"imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred:internal:91354a473744909d\"",
        "* URLFETCH \"imap://a\" {1}\r\nx \"imap://b\" NIL",
        "* URLFETCH \"imap://a\" (BODYPARTSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)) (BINARY ~{1}\r\n\0) \"imap://b\" (BODY NIL)",
        "a NO [REFERRAL imap://ann@[2001:db8::1]:143/INBOX imap://[::1]/] try [these]",
        "a NO [BADURL imap://[::1]/a b] text] x",
        "* OK [URLMECH INTERNAL XSAMPLE=P34OKhO7VEkCbsiYY8rGEg==] done",
        "* OK [ANNOTATIONS NONE] x",
        "* OK [ANNOTATIONS READ-ONLY] x",
        "* OK [ANNOTATIONS READ-ONLY NOPRIVATE] x",
        "* OK [ANNOTATIONS 20480 NOPRIVATE] x",
        "a NO [ANNOTATE TOOBIG] x",
        "a NO [ANNOTATE TOOMANY] x",
        "* NAMESPACE ((\"\" \"/\" \"TRANSLATION\" (\"x\"))(\"b\" \"/\" \"TRANSLATION\" (\"y\") \"X-A\" (\"b\" \"c\"))) NIL NIL",
        "* JMAPACCESS \"https://example.com/.well-known/jmap\"",
        "+ idling",
        "+ ",
        "+ AGFubg==",
        "+ [ALERT] text",
    ] {
        let octets = wire.as_bytes();
        let response = match strict().parse_response(&octets.into()) {
            Ok(response) => response,
            Err(error) => panic!("{error}"),
        };
        let written = String::from_utf8(encoded(&response)).unwrap();
        assert_eq!(written, format!("{wire}\r\n"));
        assert_eq!(Decoder::default().response(octets), response, "tolerance changes nothing: {wire}");
    }
}

/// What is tolerated: it is read, refused by a strict decoder, and written as it should have been.
#[test]
fn what_servers_send_otherwise() {
    for (wire, normal) in [
        ("* [COPYUID 38505 304 3956]", "* OK [COPYUID 38505 304 3956] "),
        ("A1 OK", "A1 OK "),
        ("+", "+ "),
        ("* STATUS x (UIDNEXT 0 UIDVALIDITY 0 MESSAGES 3)", "* STATUS x (MESSAGES 3)"),
        (
            "* STATUS x (MESSAGES 9.3736e+06 UNSEEN -1  RECENT 007 ) ",
            "* STATUS x (MESSAGES 9373600 UNSEEN 0 RECENT 7)",
        ),
        ("* 1 FETCH (MODSEQ (-1))", "* 1 FETCH (MODSEQ (0))"),
        ("* CAPABILITY IMAP4rev1  LITERAL +  IDLE ", "* CAPABILITY IMAP4rev1 LITERAL + IDLE"),
        ("* SEARCH ", "* SEARCH"),
        ("* SEARCH  1  2 ", "* SEARCH 1 2"),
        ("* SEARCH 0 2", "* SEARCH 2"),
        ("* FLAGS ( \\Seen  work )", "* FLAGS (\\Seen work)"),
        ("* FLAGS (NIL [ \\* \\Seen)", "* FLAGS (\\Seen [)"),
        ("* FLAGS NIL", "* FLAGS ()"),
        ("* ID (\"name\"  \"a\" )", "* ID (\"name\" \"a\")"),
        ("* LIST () \"/\" a\tb", "* LIST () \"/\" \"a\tb\""),
        ("* LIST () \"/\" a b", "* LIST () \"/\" \"a b\""),
        (
            "* 1 FETCH (BODY (\"TEXT\" \"PLAIN\" (\"BOUNDARY\" \"MOUNDARY=\"_006_...\"_\"\") NIL NIL \"7BIT\" 1 1))",
            "* 1 FETCH (BODY (\"TEXT\" \"PLAIN\" (\"BOUNDARY\" \"MOUNDARY=\\\"_006_...\\\"_\\\"\") NIL NIL \"7BIT\" 1 1))",
        ),
        ("* 1 FETCH ((UID 7 FLAGS ()))", "* 1 FETCH (UID 7 FLAGS ())"),
        ("* 1 FETCH (INTERNALDATE \"00-Jan-0000 00:00:00 +0000\")", "* 1 FETCH (INTERNALDATE NIL)"),
        (
            "* 1 FETCH (INTERNALDATE \"7-Feb-1994 22:43:04\")",
            "* 1 FETCH (INTERNALDATE \" 7-Feb-1994 22:43:04 +0000\")",
        ),
        (
            "* 1 FETCH (ENVELOPE (\"d\" NIL (NIL (\"n\" NIL \"m\" \"h\" \"more\")) \"\" NIL NIL NIL NIL))",
            "* 1 FETCH (ENVELOPE (\"d\" NIL ((\"n\" NIL \"m\" \"h\")) NIL NIL NIL NIL NIL NIL NIL))",
        ),
        (
            "* 1 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL NIL 1 1 NIL \"inline\" (NIL \"en\") NIL))",
            "* 1 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1 NIL (\"inline\" NIL) \"en\" NIL))",
        ),
        (
            "* 1 FETCH (BODYSTRUCTURE (\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 200 NIL (NIL NIL) NIL NIL))",
            "* 1 FETCH (BODYSTRUCTURE (\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 200 NIL NIL NIL NIL))",
        ),
    ] {
        let octets = wire.as_bytes();
        assert!(strict().parse_response(&octets.into()).is_err(), "{wire}");
        let response = Decoder::default().response(octets);
        assert_eq!(String::from_utf8(encoded(&response)).unwrap(), format!("{normal}\r\n"), "{wire}");
    }
}

/// A multipart without parts can be read, but has no form that could be sent.
#[test]
fn an_empty_multipart() {
    for structure in [
        "(\"ALTERNATIVE\" (\"BOUNDARY\" \"x\") NIL NIL)",
        "(\"ALTERNATIVE\" () NIL NIL) ",
        "(\"ALTERNATIVE\")",
    ] {
        let wire = format!("* 1 FETCH (BODYSTRUCTURE {structure} UID 5)");
        let response = Decoder::default().response(wire.as_bytes());
        let Response::Data(Data::Fetch(fetch)) = &response else { panic!("{response:?}") };
        let [Item::BodyStructure(BodyStructure::Multipart(multipart)), Item::Uid(_)] = fetch.items.as_slice()
        else {
            panic!("{fetch:?}")
        };
        assert!(multipart.parts.is_empty() && multipart.subtype == "ALTERNATIVE");
        let mut out = Encoder::server(Abilities::all());
        response.encode(&mut out);
        assert_eq!(out.finish(), Err(EncodeError::EmptyList));
    }
}

#[test]
fn an_object_id_is_quoted_where_it_is_no_atom() {
    for (id, wire) in [("F22", "F22"), ("\"NILb\"", "\"\\\"NILb\\\"\""), ("a)] b", "\"a)] b\"")] {
        let status = crate::Status::new(Kind::Ok, "x").with_code(Code::MailboxId(id.into()));
        let response = Response::Data(Data::Status(status));
        let octets = encoded(&response);
        assert_eq!(String::from_utf8_lossy(&octets), format!("* OK [MAILBOXID ({wire})] x\r\n"));
        assert_eq!(strict().response(octets.trim_ascii_end()), response);
    }
}

#[test]
fn bad_codes_are_kept() {
    for code in [
        "COPYUID 14  ",
        "COPYUID 0 35 41",
        "COPYUID 1234567890 1:5 100:*",
        "COPYUID 1 1:2 3",
        "UIDVALIDITY 0",
        "UNSEEN 0",
    ] {
        let Response::Data(Data::Status(status)) =
            Decoder::default().response(format!("* OK [{code}] x").as_bytes())
        else {
            panic!("{code}")
        };
        assert!(matches!(status.code, Some(Code::Other { .. })), "{code}");
        assert_eq!(status.text, "x");
    }
    // Work is bounded by the text, not by what it names.
    let wire = b"* OK [COPYUID 1 1:4294967295 1:4294967295] x";
    let Response::Data(Data::Status(status)) = strict().response(&wire[..]) else { panic!() };
    assert!(matches!(status.code, Some(Code::CopyUid { from, .. }) if from.len() == 4_294_967_295));
}

#[test]
fn what_cannot_be_read_is_told() {
    for (wire, message) in [
        ("", r#"response expected at octet 0 of """#),
        ("* 4294967296 EXISTS", r#"number of 32 bits expected at octet 2 of "* 4294967296 EXISTS""#),
        ("* 0 EXPUNGE", r#"number from 1 to 4294967295 expected at octet 2 of "* 0 EXPUNGE""#),
        ("* XYZZY", r#"response-data expected at octet 2 of "* XYZZY""#),
        ("[ALERT] x", r#"status expected at octet 8 of "[ALERT] x""#),
        ("a1 PREAUTH x", r#"resp-cond-state expected at octet 2 of "a1 PREAUTH x""#),
        (
            "* LIST () \"/\" {5}\r\nabc",
            r#"octets of a literal expected at octet 14 of "* LIST () \"/\" {5}\r\nabc""#,
        ),
    ] {
        let Response::Unknown(unknown) =
            Decoder::new(Limits::client(), Quirks { raw_names: false, ..Quirks::lenient() })
                .response(wire.as_bytes())
        else {
            panic!("{wire}")
        };
        assert_eq!(format!("{}", unknown.error), message);
        assert_eq!(unknown.octets, wire);
    }
}

#[test]
fn a_bad_item_does_no_harm_to_the_others() {
    let wire = b"* 1 FETCH (UID 7 ENVELOPE \"a) FLAGS (\\\\Seen) UID 9\" X-A ~{3}\r\n) ( BODYSTRUCTURE (1 2) FLAGS (\\Seen))";
    let Response::Data(Data::Fetch(fetch)) = Decoder::default().response(&wire[..]) else { panic!() };
    assert_eq!((fetch.uid().map(crate::Uid::get), fetch.items.len()), (Some(7), 5));
    assert!(matches!(&fetch.items[1], Item::Invalid { error, .. } if error.rule() == "\"(\""));
    assert!(
        matches!(&fetch.items[3], Item::BodyStructure(BodyStructure::Invalid(octets)) if octets == "(1 2)")
    );
    assert!(fetch.flags().unwrap().contains(&crate::Flag::Seen));
}

#[test]
fn nesting_is_bounded() {
    let nested = |before: &str, n: usize| format!("{before}{}{}", "(".repeat(n), ")".repeat(n));
    for before in [
        "* THREAD ",
        "* LIST () NIL x (a ",
        "* 1 FETCH (X ",
        "* 1 FETCH (BODYSTRUCTURE ",
        "* 1 FETCH (ENVELOPE ",
    ] {
        for n in [99, 101, 60_000] {
            let _ = Decoder::default().response(nested(before, n).as_bytes());
            let _ = Decoder::default().response(format!("{before}{}", "(".repeat(n)).as_bytes());
        }
    }
    for (n, is_read) in [(99, true), (100, true), (101, false)] {
        let response = strict().response(nested("* THREAD ", n).as_bytes());
        assert_eq!(matches!(response, Response::Data(_)), is_read, "{n}");
    }
}

#[test]
fn parts_have_numbers() {
    let leaf = |kind: &str| {
        format!("(\"{kind}\" \"x\" NIL NIL NIL \"7BIT\" 1{})", if kind == "TEXT" { " 1" } else { "" })
    };
    let message = format!(
        "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ({}{} \"MIXED\") 1)",
        leaf("TEXT"),
        leaf("IMAGE")
    );
    let wire = format!(
        "* 1 FETCH (BODY ({}({}{} \"ALTERNATIVE\"){message} \"MIXED\"))",
        leaf("TEXT"),
        leaf("TEXT"),
        leaf("AUDIO")
    );
    let Response::Data(Data::Fetch(fetch)) = strict().response(wire.as_bytes()) else { panic!() };
    let Item::BodyShort(structure) = &fetch.items[0] else { panic!() };
    let numbers: Vec<String> = structure.parts().map(|(part, _)| format!("{part}")).collect();
    assert_eq!(numbers, ["1", "2.1", "2.2", "3", "3.1", "3.2"]);
}

#[test]
fn streamed_literals_are_told_by_their_length() {
    use bytes::BytesMut;

    use crate::frame::{Event, Framer};

    let mut limits = Limits::client();
    limits.inline_literal = 3;
    let mut framer = Framer::responses(limits, Quirks::lenient());
    let mut input = BytesMut::from("* 7 FETCH (UID 9 BODY[] {5}\r\nhello BODY[1] {2}\r\nab)\r\n");
    let decoder = Decoder::default();
    let Some(Event::Literal(literal)) = framer.next_event(&mut input).unwrap() else { panic!() };
    let Response::Data(Data::Fetch(head)) = decoder.response(literal.head().clone()) else { panic!() };
    assert_eq!((head.uid().map(crate::Uid::get), head.items.len()), (Some(9), 2));
    assert_eq!(framer.next_event(&mut input), Ok(Some(Event::Chunk("hello".into()))));
    let Some(Event::Frame(frame)) = framer.next_event(&mut input).unwrap() else { panic!() };
    let Response::Data(Data::Fetch(fetch)) = decoder.response(frame) else { panic!() };
    let contents: Vec<&Content> = fetch
        .items
        .iter()
        .filter_map(|item| if let Item::Body(body) = item { Some(&body.content) } else { None })
        .collect();
    assert_eq!(contents, [&Content::Streamed(5), &Content::Octets("ab".into())]);
}

proptest! {
    #[test]
    fn no_octets_panic_and_what_is_read_is_stable(
        start in proptest::sample::select(STARTS),
        parts in proptest::collection::vec(proptest::sample::select(PIECES), 0..30),
    ) {
        let wire = [start, &parts.concat()].concat();
        if let Response::Data(data) = Decoder::default().response(wire.as_bytes()) {
            // The framer ends a status where a line ends: there are no literals in it.
            if matches!(data, Data::Status(_)) && wire.contains("\r\n") {
                return Ok(());
            }
            let mut out = Encoder::server(Abilities { utf8: false, ..Abilities::all() });
            Response::Data(data).encode(&mut out);
            let Ok(parts) = out.finish() else { return Ok(()) };
            let once: Vec<u8> = parts.iter().flat_map(|part| if let Part::Octets(octets) = part { octets.to_vec() } else { Vec::new() }).collect();
            let line = once.strip_suffix(b"\r\n").unwrap();
            let again = Decoder::default().response(line);
            prop_assert!(!matches!(again, Response::Unknown(_)), "{} {:?}", once.escape_ascii(), again);
            prop_assert_eq!(encoded(&again), once);
        }
    }
}

/// Where noise alone hardly gets to.
const STARTS: &[&str] = &[
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "* 1 FETCH (ANNOTATION (",
    "* ACL a ",
    "* GENURLAUTH ",
    "* LIST () NIL a (",
    "* LIST () NIL a (OLDNAME (",
    "* LIST () NIL a (CHILDINFO (",
    "* LISTRIGHTS a ",
    "* METADATA a ",
    "* METADATA a (",
    "* MYRIGHTS a ",
    "* NAMESPACE ((\"\" NIL TRANSLATION (",
    "* NO [BADURL ",
    "* NO [REFERRAL ",
    "* OK [ANNOTATIONS ",
    "* OK [URLMECH ",
    "* QUOTA a (",
    "* QUOTAROOT ",
    "* URLFETCH a ",
    "* URLFETCH a (BINARY ",
];

const PIECES: &[&str] = &[
    "/a ",
    "value",
    "size.shared ",
    "lrs ",
    "0",
    "=",
    "YQ== ",
    "imap://",
    "] ",
    "NOPRIVATE",
    "READ-ONLY ",
    "STORAGE 1 2",
    ") (",
    "BODYPARTSTRUCTURE (",
    "BODY ",
    "SUBSCRIBED",
    "CHILDINFO ",
    ")) NIL NIL",
    "* ",
    "1 FETCH ",
    "(",
    ")",
    " ",
    "\"",
    "\"a\"",
    "\\",
    "NIL",
    "7",
    "0",
    "-1",
    "FLAGS ",
    "\\Seen",
    "UID ",
    "ENVELOPE ",
    "BODY",
    "[",
    "]",
    "STRUCTURE ",
    "\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1",
    "LIST ",
    "() \"/\" ",
    "STATUS ",
    "MESSAGES ",
    "SEARCH ",
    "ESEARCH ",
    "ALL ",
    "1:5,7",
    "THREAD ",
    "OK ",
    "[UIDNEXT ",
    "{1}\r\na",
    "~{1}\r\n\0",
    "* * ",
    "a",
    "é",
    "INBOX",
    "&",
    "<0>",
    "QUOTA ",
    "ACL ",
    "NAMESPACE ",
    "MODSEQ ",
    "VANISHED ",
    "(EARLIER) ",
    "* 1 FETCH (",
    "* 1 FETCH (BODYSTRUCTURE (",
    "* LIST () \"/\" ",
    "* STATUS a (",
];
