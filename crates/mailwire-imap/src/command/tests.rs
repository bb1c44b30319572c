use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use bytes::BytesMut;
use proptest::prelude::*;

use super::*;
use crate::{
    Decoder, Limits, Quirks, Search,
    append::{self, Message},
    date::Date,
    encoder::{Abilities, EncodeError, Encoder, Part},
    fetch::Content,
    frame::{Event, Framer},
};

mod rules;

pub(crate) fn strict() -> Decoder {
    Decoder::new(Limits::server(), Quirks::strict())
}

pub(crate) fn encoded(command: &Command, abilities: Abilities) -> String {
    let mut out = Encoder::client(abilities);
    command.encode(&mut out);
    out.finish()
        .unwrap()
        .iter()
        .map(|part| match part {
            Part::Octets(octets) => String::from_utf8(octets.to_vec()).unwrap(),
            Part::Stream { length } => format!("<{length}>"),
            Part::Wait => "<wait>".into(),
        })
        .collect()
}

fn content(message: &Message) -> &Content {
    let append::Data::Whole(literal) = &message.data else { panic!("{message:?}") };
    &literal.content
}

#[test]
fn commands_both_ways() {
    for wire in [
        "CAPABILITY",
        "NOOP",
        "LOGOUT",
        "STARTTLS",
        "CHECK",
        "CLOSE",
        "UNSELECT",
        "EXPUNGE",
        "IDLE",
        "NAMESPACE",
        "UNAUTHENTICATE",
        "GETJMAPACCESS",
        "UID EXPUNGE 3000:3002",
        "UID EXPUNGE $",
        "AUTHENTICATE PLAIN",
        "AUTHENTICATE PLAIN =",
        "AUTHENTICATE PLAIN dGVzdAB0ZXN0AHRlc3Q=",
        "LOGIN SMITH SESAME",
        "LOGIN \"a b\" \"c\\\"d\\\\\"",
        "LOGIN {3+}\r\na\r\n \"\"",
        "ENABLE CONDSTORE X-GOOD-IDEA",
        "SELECT INBOX",
        "EXAMINE blurdybloop",
        "SELECT INBOX (CONDSTORE)",
        "SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211,214:541))",
        "SELECT INBOX (QRESYNC (67890007 90060115194045000 41:211,214:541 (5,15 100,200)))",
        "CREATE owatagusiam/",
        "CREATE MySpecial (USE (\\Drafts \\Sent))",
        "DELETE blurdybloop",
        "RENAME INBOX old-mail",
        "SUBSCRIBE #news.comp.mail.mime",
        "UNSUBSCRIBE #news.comp.mail.mime",
        "LIST \"\" \"\"",
        "LIST #news.comp.mail.misc \"\"",
        "LIST /usr/staff/jones *",
        "LIST ~/Mail/ %",
        "LIST \"\" ~mark/%",
        "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (INBOX Drafts Sent/%)",
        "LIST \"\" % RETURN (SUBSCRIBED CHILDREN STATUS (MESSAGES UNSEEN) METADATA (/shared/comment))",
        "LIST \"\" % RETURN ()",
        "LSUB #news. comp.mail.*",
        "XLIST \"\" *",
        "STATUS blurdybloop (UIDNEXT MESSAGES SIZE DELETED APPENDLIMIT MAILBOXID HIGHESTMODSEQ RECENT DELETED-STORAGE)",
        "APPEND saved-messages (\\Seen) {3+}\r\nabc",
        "APPEND x () \" 7-Feb-1994 22:43:04 -0800\" {0+}\r\n (\\Seen) {1+}\r\na ~{2+}\r\nbc UTF8 (~{1+}\r\nd)",
        "APPEND x CATENATE (URL \"/a;UIDVALIDITY=1/;UID=2\" TEXT {1+}\r\nx TEXT ~{1+}\r\nx UTF8 (~{1+}\r\nx))",
        "APPEND x (\\Seen) ANNOTATION (/comment (value.priv \"a\" size.shared NIL) /b (x \"y\")) CATENATE (URL \"/a\") {1+}\r\nb",
        "REPLACE * Drafts CATENATE (URL \"/a\")",
        "UID REPLACE * Drafts {1+}\r\nx",
        "REPLACE 4 Drafts (\\Draft) {1+}\r\nx",
        "RESETKEY",
        "RESETKEY INBOX",
        "RESETKEY INBOX INTERNAL XSAMPLE",
        "GENURLAUTH \"imap://a/b/;uid=1;urlauth=anonymous\" INTERNAL \"imap://c\" XSAMPLE",
        "URLFETCH \"imap://a\" \"imap://b c\"",
        "URLFETCH (\"imap://a\" BODYPARTSTRUCTURE BINARY) \"imap://b\" (\"imap://c\" BODY)",
        "RLIST \"\" %",
        "RLSUB #a. *",
        "SELECT INBOX (ANNOTATE)",
        "EXAMINE INBOX (CONDSTORE ANNOTATE QRESYNC (1 2))",
        "FETCH 1 ANNOTATION (/comment value)",
        "FETCH 1 (ANNOTATION ((/* /% \"a b\") (value.priv size)) UID)",
        "STORE 1 ANNOTATION (/comment (value.priv \"x\" value.shared NIL) /b (x \"y\"))",
        "SEARCH ANNOTATION * value.priv \"IMAP4\" NOT ANNOTATION /a value NIL",
        "SORT (ANNOTATION /altsubject value.shared REVERSE ANNOTATION /b value.priv SUBJECT) UTF-8 ALL",
        "LIST (SUBSCRIBED X-A (b (c))) \"\" % RETURN (MYRIGHTS SPECIAL-USE X-B (c) METADATA (/private/a))",
        "UID REPLACE 2000 Drafts {1+}\r\nx",
        "SEARCH ALL",
        "UID SEARCH UNSEEN",
        "SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM Smith",
        "SEARCH CHARSET UTF-8 TEXT {2+}\r\né",
        "SEARCH TEXT \"string not in mailbox\"",
        "SEARCH RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT FROM Smith",
        "SEARCH RETURN () $",
        "UID SEARCH RETURN (PARTIAL -1:-100 SAVE UPDATE CONTEXT MAX ALL) UNDELETED UNKEYWORD $Junk",
        "SEARCH OR OR 1 UID 2:4,9:* (SEEN (DRAFT ALL)) LARGER 5000000000 SMALLER 1 HEADER Message-ID \"<a b>\"",
        "SEARCH MODSEQ 620162338 OLDER 3600 YOUNGER 1 SENTON 1-Jan-2000 SENTSINCE 1-Jan-2000 SENTBEFORE 1-Jan-2000 ON 1-Jan-2000",
        "SEARCH FUZZY (SUBJECT IMAP BCC a CC b TO c BODY d) FILTER on-the-road EMAILID M1 THREADID T1 KEYWORD work",
        "SEARCH NEW OLD RECENT ANSWERED DELETED UNANSWERED UNDRAFT UNFLAGGED SAVEDATESUPPORTED SAVEDON 1-Jan-2000",
        "SEARCH X-GM-RAW \"has:attachment x\" X-GM-LABELS a X-GM-MSGID 1278455344230334865 X-GM-THRID 1",
        "SORT (SUBJECT REVERSE DATE) UTF-8 ALL",
        "UID SORT RETURN (COUNT) (DISPLAYFROM) US-ASCII TEXT x",
        "THREAD ORDEREDSUBJECT UTF-8 SINCE 5-Mar-2000",
        "UID THREAD REFERENCES UTF-8 ALL",
        "FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])",
        "UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 12345 VANISHED)",
        "FETCH 1 BODY.PEEK[1.2.MIME]<0.2048>",
        "FETCH $ (ENVELOPE BODYSTRUCTURE BODY INTERNALDATE RFC822.SIZE MODSEQ)",
        "UID FETCH $ (RFC822 RFC822.HEADER RFC822.TEXT EMAILID THREADID SAVEDATE PREVIEW)",
        "FETCH 1 (PREVIEW (LAZY) BINARY[1] BINARY.PEEK[1.2]<0.5> BINARY.SIZE[])",
        "FETCH * (X-GM-LABELS X-GM-MSGID X-GM-THRID UID)",
        "UID FETCH 25900:26600 (UID FLAGS) (CHANGEDSINCE 98305 VANISHED PARTIAL -1:-30)",
        "STORE 2:4 +FLAGS (\\Deleted)",
        "UID STORE 6,4,8 -FLAGS.SILENT (work)",
        "STORE 7,5,9 (UNCHANGEDSINCE 320162338) FLAGS ()",
        "STORE 1 +X-GM-LABELS (\"foo\")",
        "COPY 2:4 MEETING",
        "UID MOVE 42:69 foo",
        "MOVE $ \"a b\"",
        "ID NIL",
        "ID (\"name\" \"sodr\" \"version\" NIL)",
        "GETQUOTA \"\"",
        "GETQUOTAROOT INBOX",
        "SETQUOTA \"\" (STORAGE 512)",
        "SETACL INBOX/Drafts John lrswicda",
        "DELETEACL INBOX Fred",
        "GETACL INBOX",
        "LISTRIGHTS ~/Mail/saved smith",
        "MYRIGHTS INBOX",
        "GETMETADATA INBOX /shared/comment",
        "GETMETADATA (MAXSIZE 1024 DEPTH infinity) \"\" (/private/a /shared/b)",
        "SETMETADATA INBOX (/private/comment \"x\" /shared/comment NIL)",
        "COMPRESS DEFLATE",
        "LANGUAGE",
        "LANGUAGE DE \"EN US\"",
        "XPIG-LATIN",
        "X-APPLE.PUSH (\"a b\" ((1 NIL) {2+}\r\n\r\n)) \\Seen 1:*",
        "FETCH 1 (X-GUID UID x-other.1)",
        "FETCH 1 X-GM-MSGID",
    ] {
        let wire = format!("a1 {wire}");
        let command = match strict().command(wire.as_bytes()) {
            Ok(command) => command,
            Err(error) => panic!("{error}"),
        };
        let normal = wire.replace("6,4,8", "4,6,8").replace("7,5,9", "5,7,9");
        // Charsets are written as they were read; so is the rest.
        assert_eq!(encoded(&command, Abilities { utf8: false, ..Abilities::all() }), format!("{normal}\r\n"));
        assert_eq!(Decoder::default().command(wire.as_bytes()).as_ref(), Ok(&command), "{wire}");
    }
}

#[test]
fn other_forms_of_the_same() {
    for (wire, normal) in [
        ("a1 noop", "a1 NOOP"),
        ("a1 fetch 1 full", "a1 FETCH 1 (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY)"),
        ("a1 FETCH 1 FAST", "a1 FETCH 1 (FLAGS INTERNALDATE RFC822.SIZE)"),
        ("a1 STORE 1 FLAGS \\Seen \\Deleted", "a1 STORE 1 FLAGS (\\Deleted \\Seen)"),
        ("a1 SEARCH ((ALL) (SEEN DRAFT))", "a1 SEARCH ALL (SEEN DRAFT)"),
        ("a1 SELECT inbox", "a1 SELECT INBOX"),
        ("a1 SEARCH SINCE \"1-Feb-1994\"", "a1 SEARCH SINCE 1-Feb-1994"),
        ("a1 SEARCH MODSEQ \"/flags/\\\\draft\" all 620162338", "a1 SEARCH MODSEQ 620162338"),
        ("a1 STORE 5:3 FLAGS ()", "a1 STORE 3:5 FLAGS ()"),
    ] {
        let command = strict().command(wire.as_bytes()).unwrap();
        assert_eq!(encoded(&command, Abilities::all()), format!("{normal}\r\n"));
    }
}

#[test]
fn what_is_no_command() {
    let nested =
        |before: &str, n: usize, after: &str| format!("a SEARCH {}ALL{}", before.repeat(n), after.repeat(n));
    for wire in [
        "",
        " ",
        "a",
        "a ",
        "+ NOOP",
        "a YZZY",
        "a XLIST",
        "a X (",
        "a X a  b",
        "a UID XPIG-LATIN 1",
        "a FETCH 1 YENVELOPE",
        "a FETCH 1 X-GUID[1]",
        "a NOOP x",
        "a SELECT",
        "a SELECT a b",
        "a LOGIN a",
        "GET / HTTP/1.1",
        "a FETCH 0 FLAGS",
        "a FETCH 1:0 FLAGS",
        "a FETCH 4294967296 FLAGS",
        "a FETCH 1:2:3 FLAGS",
        "a FETCH 1, FLAGS",
        "a FETCH ,1 FLAGS",
        "a UID FETCH -1181461446 FLAGS",
        "a FETCH 1 ()",
        "a FETCH 1 RFC822.PEEK",
        "a FETCH 1 BODY[",
        "a FETCH 1 BODY[MIME]",
        "a FETCH 1 BODY[]<0.0>",
        "a FETCH 1 FLAGS (VANISHED)",
        "a FETCH 1 FLAGS ()",
        "a UID FETCH 1 FLAGS (VANISHED)",
        "a UID FETCH 1 FLAGS (VANISHED PARTIAL 1:5)",
        "a SELECT x ()",
        "a STORE 1 FLAGS",
        "a STORE 1 FLAGS (",
        "a SEARCH",
        "a SEARCH NOT",
        "a SEARCH OR ALL",
        "a SEARCH ()",
        "a SEARCH SINCE 30-Feb-2000",
        "a STATUS a ()",
        "a LOGIN \"a\"b\" c",
        "a LOGIN \"a\r\" c",
        "a LOGIN {1}\r\n\0 c",
        "a LOGIN \"a\0\" c",
        "a SELECT {4}\r\na",
        "a SELECT {}",
        "a SELECT {-1}",
        "a SELECT {+}",
        "a SELECT {5}x",
        "a SELECT {5 }",
        "a ENABLE",
        "a APPEND x",
        "a APPEND x UTF8 ({1}\r\na)",
        "a SORT () UTF-8 ALL",
        "a SORT (REVERSE) UTF-8 ALL",
        "a SORT (DATE) ALL",
        "a THREAD REFERENCES ALL",
        "a SEARCH RETURN (PARTIAL 0:5) ALL",
        "a SEARCH RETURN (PARTIAL 1:-5) ALL",
        "a SEARCH RETURN (PARTIAL 1:*) ALL",
        "a SEARCH RETURN (PARTIAL) ALL",
        "a SEARCH RETURN (UPDATE ()) ALL",
        "a SEARCH RETURN (MIN)",
        "a ESEARCH",
        "a ESEARCH IN () ALL",
        "a ESEARCH IN (selected-delayed) ALL",
        "a ESEARCH IN (mailboxes) ALL",
        "a ESEARCH IN (mailboxes ()) ALL",
        "a ESEARCH IN (everything) ALL",
        "a UID ESEARCH ALL",
        "a CANCELUPDATE",
        "a CANCELUPDATE \"b+\"",
        "a SETQUOTA \"\" (STORAGE)",
        &nested("NOT ", 60_000, ""),
        &nested("(", 60_000, ")"),
        &nested("OR ", 60_000, " ALL"),
        &nested("FUZZY ", 101, ""),
    ] {
        assert!(strict().command(wire.as_bytes()).is_err(), "{}", wire.escape_debug());
        // A lenient one may read more, but does not fall.
        let _ = Decoder::default().command(wire.as_bytes());
    }
    assert!(strict().command(nested("NOT ", 99, "").as_bytes()).is_ok());
    assert!(strict().command(nested("NOT ", 100, "").as_bytes()).is_err());
}

#[test]
fn sets_are_bounded() {
    let mut limits = Limits::server();
    limits.set_ranges = 3;
    let decoder = Decoder::new(limits, Quirks::lenient());
    assert!(decoder.command(&b"a UID FETCH 1,3,5 FLAGS"[..]).is_ok());
    assert!(decoder.command(&b"a UID FETCH 1,3,5,7 FLAGS"[..]).is_err());
}

#[test]
fn errors_have_the_tag_and_no_secret() {
    let error = strict().command(&b"a7 LOGIN ann hunter2 x"[..]).unwrap_err();
    assert_eq!(error.tag.map(|tag| tag.to_string()).as_deref(), Some("a7"));
    assert_eq!(error.error.to_string(), r#"end of line expected at octet 20 of "a7 LOGIN ...""#);
    assert!(!format!("{:?}", strict().command(&b"a7 LOGIN ann hunter2"[..])).contains("hunter2"));
}

#[test]
fn searches_read_like_sentences() {
    let date = Date::new(1994, 2, 1).unwrap();
    let search =
        Search::unseen().and(Search::from("ann")).since(date).and((!Search::to("bob")).or(Search::Flagged));
    let body = Body::Search(SearchCommand::uid(search));
    let command = Command { tag: Tag::new("a").unwrap(), body };
    let wire = "a UID SEARCH UNSEEN FROM ann SINCE 1-Feb-1994 OR NOT TO bob FLAGGED\r\n";
    assert_eq!(encoded(&command, Abilities::default()), wire);
    let command = |text: &str| {
        let body = Body::Search(SearchCommand::uid(Search::subject(text)));
        Command { tag: Tag::new("a").unwrap(), body }
    };
    let none = Abilities::default();
    assert_eq!(encoded(&command("é"), none), "a UID SEARCH CHARSET UTF-8 SUBJECT {2}\r\n<wait>é\r\n");
    assert_eq!(encoded(&command("é"), Abilities::all()), "a UID SEARCH SUBJECT \"é\"\r\n");
}

#[test]
fn nothing_of_a_caller_ends_the_line() {
    let evil = "x\r\nb LOGOUT";
    let mailbox = Mailbox::new(evil);
    let octets = Octets::from(evil);
    for body in [
        Body::Select(Select::new(mailbox.clone())),
        Body::Login(octets.clone(), Secret::new(evil)),
        Body::Id(Some([(octets.clone(), Some(octets.clone()))].into())),
        Body::Search(SearchCommand::uid(Search::header(evil, evil))),
        Body::Fetch(Fetch::new(
            Messages::Uid(UidSet::all()),
            [Attribute::peek(crate::section::Section::fields([evil]))].into(),
        )),
        Body::List(List { patterns: [mailbox.clone()].into(), reference: Some(mailbox), ..List::default() }),
    ] {
        let command = Command { tag: Tag::new("a").unwrap(), body };
        let wire = encoded(&command, Abilities { utf8: true, ..Abilities::all() });
        let mut framer = Framer::commands(Limits::server(), Quirks::lenient());
        let mut input = BytesMut::from(wire.as_bytes());
        let mut frames = 0;
        while let Some(event) = framer.next_event(&mut input).unwrap() {
            frames += usize::from(matches!(event, Event::Frame(_)));
        }
        assert_eq!(frames, 1, "{wire}");
    }
    // What can only be base64 is nothing else.
    let (mechanism, initial_response) = (Atom::new("PLAIN").unwrap(), Some(Secret::new(evil)));
    let body = Body::Authenticate { mechanism, initial_response };
    let mut out = Encoder::client(Abilities::all());
    Command { tag: Tag::new("a").unwrap(), body }.encode(&mut out);
    assert_eq!(out.finish(), Err(EncodeError::Rule("initial-resp")));
}

#[test]
fn an_append_is_streamed() {
    let mut limits = Limits::server();
    limits.inline_literal = 3;
    let mut framer = Framer::commands(limits, Quirks::strict());
    let mut input = BytesMut::from("a APPEND Sent (\\Seen) {5}\r\nhello {6+}\r\nworld!\r\n");
    let Some(Event::Literal(literal)) = framer.next_event(&mut input).unwrap() else { panic!() };
    let head = strict().command(literal.head().clone()).unwrap();
    let Body::Append(append) = &head.body else { panic!() };
    assert_eq!(
        (append.mailbox.name().as_ref(), content(&append.messages[0])),
        ("Sent", &Content::Streamed(5))
    );
    let wire = encoded(&head, Abilities::default());
    assert_eq!(wire, "a APPEND Sent (\\Seen) {5}\r\n<wait><5>\r\n");
    let mut last = None;
    while let Some(event) = framer.next_event(&mut input).unwrap() {
        last = Some(event);
    }
    let Some(Event::Frame(frame)) = last else { panic!() };
    let Body::Append(append) = strict().command(frame).unwrap().body else { panic!() };
    let contents: Vec<&Content> = append.messages.iter().map(content).collect();
    assert_eq!(contents, [&Content::Streamed(5), &Content::Streamed(6)]);
}

proptest! {
    #[test]
    fn no_octets_panic_and_what_is_read_is_stable(
        start in proptest::sample::select(STARTS),
        parts in proptest::collection::vec(proptest::sample::select(PIECES), 0..20),
    ) {
        let wire = format!("a {start}{}", parts.concat());
        if let Ok(command) = Decoder::default().command(wire.as_bytes()) {
            let mut out = Encoder::client(Abilities { utf8: false, ..Abilities::all() });
            command.encode(&mut out);
            let Ok(parts) = out.finish() else { return Ok(()) };
            let once: Vec<u8> = parts.iter().flat_map(|part| if let Part::Octets(octets) = part { octets.to_vec() } else { Vec::new() }).collect();
            let again = Decoder::default().command(once.strip_suffix(b"\r\n").unwrap());
            prop_assert_eq!(again.as_ref(), Ok(&command), "{}", once.escape_ascii());
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
    "APPEND x CATENATE (",
    "APPEND x ANNOTATION (/a (value.priv ",
    "CREATE a (USE (",
    "EXAMINE a (",
    "FETCH 1 (ANNOTATION (",
    "GENURLAUTH a ",
    "GETMETADATA ",
    "GETMETADATA (",
    "GETMETADATA a (",
    "LIST (",
    "LIST \"\" % RETURN (",
    "LISTRIGHTS ",
    "REPLACE * x ",
    "RESETKEY ",
    "RLIST ",
    "SEARCH ANNOTATION ",
    "SETACL a b ",
    "SETMETADATA a (/b ",
    "SETQUOTA a (",
    "SORT (ANNOTATION /a ",
    "STORE 1 ANNOTATION (",
    "URLFETCH ",
    "URLFETCH (a ",
];

const PIECES: &[&str] = &[
    "/a ",
    "/shared/b",
    "value",
    ".priv ",
    "size",
    "URL ",
    "TEXT ",
    "UTF8 (",
    "BINARY",
    " BODY ",
    "DEPTH 1 ",
    "MAXSIZE 5",
    "CHILDREN ",
    "METADATA ",
    "RECURSIVEMATCH ",
    "SUBSCRIBED",
    "X-A ",
    "\\Sent ",
    "ANNOTATE ",
    "CONDSTORE",
    "STORAGE ",
    "lrs",
    "-",
    "=",
    ":internal",
    " ",
    "(",
    ")",
    "\"",
    "\"a b\"",
    "NIL",
    "1:5,7",
    "*",
    "0",
    "UID ",
    "FETCH ",
    "FETCH 1 ",
    "STORE 1 ",
    "FLAGS ",
    "(\\Seen)",
    "SEARCH ",
    "NOT ",
    "OR ",
    "ALL",
    "FROM ",
    "a",
    "é",
    "{1}\r\na",
    "{1+}\r\n\0",
    "~{1}\r\n\0",
    "LOGIN ",
    "SELECT ",
    "APPEND ",
    "APPEND x ",
    "LIST ",
    "\"\" ",
    "%",
    "BODY",
    "[",
    "]",
    "TEXT",
    "<0.1>",
    "STATUS a ",
    "(MESSAGES)",
    "RETURN ",
    "CHARSET ",
    "UTF-8 ",
    "SORT ",
    "(DATE) ",
    "inbox",
    "+",
    "SEARCH (ALL) ",
];
