//! Lines of IMAP that all benches of it measure, and frames of them.
#![allow(dead_code, reason = "each bench has this module and uses a part of it")]

use bytes::BytesMut;
use mailwire_imap::{
    Limits, Quirks,
    frame::{Event, Frame, Framer},
};

/// What a server sends.
pub(crate) fn responses() -> Vec<(&'static str, Vec<u8>)> {
    let envelope = "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" \
        ((\"Terry Gray\" NIL \"gray\" \"cac.washington.example\")) ((\"Terry Gray\" NIL \"gray\" \"cac.washington.example\")) \
        ((\"Terry Gray\" NIL \"gray\" \"cac.washington.example\")) ((NIL NIL \"imap\" \"cac.washington.example\")) \
        ((NIL NIL \"minutes\" \"cnri.reston.example\")(\"John Klensin\" NIL \"KLENSIN\" \"mit.example\")) \
        ((\"Ann Lee\" NIL \"ann\" \"example.org\")) \"<A19203-0099000@mit.example>\" \"<B27397-0100000@cac.washington.example>\")";
    let structure = "(((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"UTF-8\" \"FORMAT\" \"flowed\") NIL NIL \"QUOTED-PRINTABLE\" 2048 60 NIL NIL NIL NIL)\
        (\"TEXT\" \"HTML\" (\"CHARSET\" \"UTF-8\") NIL NIL \"QUOTED-PRINTABLE\" 8192 140 NIL NIL NIL NIL) \"ALTERNATIVE\" \
        (\"BOUNDARY\" \"----=_Part_1234_567890.1700000000000\") NIL NIL NIL)(\"APPLICATION\" \"PDF\" (\"NAME\" \"report.pdf\") \
        \"<part3@example.org>\" \"The report of the second quarter\" \"BASE64\" 245760 NIL (\"ATTACHMENT\" (\"FILENAME\" \"report.pdf\")) NIL NIL)\
        (\"IMAGE\" \"PNG\" (\"NAME\" \"logo.png\") \"<logo@example.org>\" \"The logo of the company\" \"BASE64\" 4096 NIL \
        (\"INLINE\" (\"FILENAME\" \"logo.png\")) NIL NIL) \"MIXED\" (\"BOUNDARY\" \"----=_Part_9876_543210.1700000000000\") NIL NIL NIL)";
    let capabilities = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES \
        THREAD=REFS MULTIAPPEND CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED \
        I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY \
        PREVIEW=FUZZY STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE";
    let all = "UID 4827 FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286";
    let line = |line: &str| format!("{line}\r\n").into_bytes();
    vec![
        ("FETCH with ENVELOPE", line(&format!("* 12 FETCH ({all} ENVELOPE {envelope})"))),
        ("FETCH with BODYSTRUCTURE", line(&format!("* 12 FETCH (UID 4827 BODYSTRUCTURE {structure})"))),
        ("FETCH FLAGS", line("* 12 FETCH (FLAGS (\\Seen))")),
        ("FETCH FLAGS MODSEQ", line("* 12 FETCH (FLAGS (\\Seen \\Answered) MODSEQ (12121231000))")),
        ("LIST", line("* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent Items\"")),
        ("SEARCH, 10,000 numbers", search(10_000)),
        ("OK with APPENDUID", line("a1 OK [APPENDUID 38505 3955] APPEND completed")),
        ("OK", line("a1 OK FETCH completed")),
        ("CAPABILITY", line(&format!("* CAPABILITY {capabilities}"))),
        ("EXISTS", line("* 23 EXISTS")),
        ("BODY[] of 1 MiB", body(1 << 20)),
    ]
}

/// What a client sends.
pub(crate) fn commands() -> Vec<(&'static str, Vec<u8>)> {
    let message = "x".repeat(2048);
    [
        ("LOGIN", "a1 LOGIN ann \"correct horse\""),
        ("SELECT", "a1 SELECT INBOX"),
        ("UID FETCH, macro", "a1 UID FETCH 1:100,200:* FULL"),
        (
            "UID FETCH, header fields",
            "a1 UID FETCH 1:100 (FLAGS BODY.PEEK[HEADER.FIELDS (DATE FROM TO SUBJECT)])",
        ),
        (
            "SEARCH, nested",
            "a1 SEARCH OR (FROM ann UNSEEN) (NOT SUBJECT \"a b\" OR LARGER 100 SINCE 1-Feb-2024)",
        ),
        ("APPEND of 2 KiB", &format!("a1 APPEND Sent (\\Seen) {{2048+}}\r\n{message}")),
    ]
    .map(|(name, line)| (name, format!("{line}\r\n").into_bytes()))
    .into()
}

/// A message of so many octets.
pub(crate) fn body(octets: usize) -> Vec<u8> {
    let mut body = format!("* 1 FETCH (BODY[] {{{octets}}}\r\n").into_bytes();
    body.resize(body.len() + octets, b'x');
    body.extend_from_slice(b")\r\n");
    body
}

/// `* SEARCH` with so many numbers.
pub(crate) fn search(count: usize) -> Vec<u8> {
    let numbers: Vec<String> = (1..=count).map(|number| (number * 7).to_string()).collect();
    format!("* SEARCH {}\r\n", numbers.join(" ")).into_bytes()
}

/// The octets as a framer hands them on.
pub(crate) fn frame(wire: &[u8]) -> Frame {
    framed(&mut Framer::commands(Limits::client(), Quirks::lenient()), &mut BytesMut::from(wire))
}

/// The next frame.
pub(crate) fn framed(framer: &mut Framer, input: &mut BytesMut) -> Frame {
    loop {
        match framer.next_event(input) {
            Ok(Some(Event::Frame(frame))) => return frame,
            Ok(Some(Event::Literal(_))) => {}
            other => panic!("{other:?}"),
        }
    }
}
