//! IMAP octets into owned values, beside imap-codec and imap-proto: the same octets, one run, ratios.

use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use imap_codec::{CommandCodec, ResponseCodec, decode::Decoder as _};
use mailwire_imap::{
    Decoder, Limits, Quirks,
    frame::{Event, Framer},
    response::{Data, Response},
};

use crate::measure::{is_test, median, time};

mod measure;

fn main() {
    let (rounds, octets) = if is_test() { (1, 1) } else { (15, 2_000_000) };
    println!("| response | octets | ns | allocations | imap-codec | ratio | imap-proto | ratio |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (name, wire) in responses() {
        let times = (octets / wire.len()).clamp(1, 100_000);
        let frame = frame(&wire);
        let decoder = Decoder::new(Limits::client(), Quirks::lenient());
        let ours = || drop(black_box(decoder.response(black_box(frame.clone()))));
        let codec = || drop(black_box(ResponseCodec::default().decode_static(black_box(&wire))));
        let proto = || {
            drop(black_box(
                imap_proto::parser::parse_response(black_box(&wire)).map(|(_, value)| value.into_owned()),
            ));
        };
        assert!(!matches!(decoder.response(frame.clone()), Response::Unknown(_)), "{name}");
        if ResponseCodec::default().decode_static(&wire).is_err() {
            println!("(imap-codec does not read {name})");
        }
        if imap_proto::parser::parse_response(&wire).is_err() {
            println!("(imap-proto does not read {name})");
        }
        let counted = allocation_counter::measure(ours).count_total;
        let mut all = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..rounds {
            for (results, work) in all.iter_mut().zip([&ours as &dyn Fn(), &codec, &proto]) {
                results.push(
                    time(|| (), |()| (0..times).for_each(|_| work())).as_secs_f64() * 1e9 / times as f64,
                );
            }
        }
        let [ours, codec, proto] = all.map(median);
        println!(
            "| {name} | {} | {ours:.0} | {counted} | {codec:.0} | {:.1} | {proto:.0} | {:.1} |",
            wire.len(),
            codec / ours,
            proto / ours
        );
    }
    commands(rounds, octets);
    search(rounds);
    feeding(rounds);
}

fn commands(rounds: usize, octets: usize) {
    println!("\n| command | octets | ns | allocations | imap-codec | ratio |");
    println!("| --- | --- | --- | --- | --- | --- |");
    let message = "x".repeat(2048);
    for (name, wire) in [
        ("LOGIN", "a1 LOGIN ann \"correct horse\"\r\n".to_owned()),
        ("SELECT", "a1 SELECT INBOX\r\n".to_owned()),
        ("UID FETCH, macro", "a1 UID FETCH 1:100,200:* FULL\r\n".to_owned()),
        (
            "UID FETCH, header fields",
            "a1 UID FETCH 1:100 (FLAGS BODY.PEEK[HEADER.FIELDS (DATE FROM TO SUBJECT)])\r\n".to_owned(),
        ),
        (
            "SEARCH, nested",
            "a1 SEARCH OR (FROM ann UNSEEN) (NOT SUBJECT \"a b\" OR LARGER 100 SINCE 1-Feb-2024)\r\n"
                .to_owned(),
        ),
        ("APPEND of 2 KiB", format!("a1 APPEND Sent (\\Seen) {{2048+}}\r\n{message}\r\n")),
    ] {
        let times = (octets / wire.len()).clamp(1, 100_000);
        let frame = frame(wire.as_bytes());
        let decoder = Decoder::new(Limits::server(), Quirks::lenient());
        assert!(decoder.command(frame.clone()).is_ok(), "{name}");
        let ours = || drop(black_box(decoder.command(black_box(frame.clone()))));
        let codec = || drop(black_box(CommandCodec::default().decode_static(black_box(wire.as_bytes()))));
        let counted = allocation_counter::measure(ours).count_total;
        let mut all = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            for (results, work) in all.iter_mut().zip([&ours as &dyn Fn(), &codec]) {
                results.push(
                    time(|| (), |()| (0..times).for_each(|_| work())).as_secs_f64() * 1e9 / times as f64,
                );
            }
        }
        let [ours, codec] = all.map(median);
        println!("| {name} | {} | {ours:.0} | {counted} | {codec:.0} | {:.1} |", wire.len(), codec / ours);
    }
}

fn search(rounds: usize) {
    let wire = frame(&search_wire(10_000));
    let decoder = Decoder::default();
    let round = || time(|| (), |()| decoder.response(wire.clone())).as_secs_f64() * 1e9 / 10_000.0;
    let Response::Data(Data::Search(found)) = decoder.response(wire.clone()) else { unreachable!() };
    assert_eq!(found.numbers.len(), 10_000);
    println!("\nSEARCH: {:.2} ns a number", median((0..rounds * 10).map(|_| round()).collect()));
}

/// A literal of 10 MiB and a line of 1 MiB in pieces of 4 KiB, and octet by octet.
fn feeding(rounds: usize) {
    let size = if is_test() { 100_000 } else { 10 << 20 };
    let mut literal = format!("* 1 FETCH (BODY[] {{{size}}}\r\n").into_bytes();
    literal.resize(literal.len() + size, b'x');
    literal.extend_from_slice(b")\r\n");
    let line = search_wire(if is_test() { 1000 } else { 150_000 });
    for (name, wire, piece) in [
        ("literal in 4 KiB", &literal, 4096),
        ("line in 4 KiB", &line, 4096),
        ("literal octet by octet", &literal, 1),
        ("line octet by octet", &line, 1),
    ] {
        let feed = || {
            let mut limits = Limits::client();
            limits.inline_literal = 64 * 1024;
            let mut framer = Framer::responses(limits, Quirks::lenient());
            let mut input = BytesMut::with_capacity(8192);
            for piece in wire.chunks(piece) {
                input.extend_from_slice(piece);
                while let Some(event) = framer.next_event(&mut input).expect("it is a frame") {
                    black_box(&event);
                    drop(event);
                }
            }
        };
        let copy = || drop(black_box(black_box(wire.as_slice()).to_vec()));
        let ours = median((0..rounds).map(|_| time(|| (), |()| feed())).collect()).as_secs_f64();
        let copied = median((0..rounds).map(|_| time(|| (), |()| copy())).collect()).as_secs_f64();
        let speed = wire.len() as f64 / 1e9;
        println!("{name}: {:.2} GB/s; a copy of it: {:.2} GB/s", speed / ours, speed / copied);
    }
}

/// The octets as a framer hands them on.
fn frame(wire: &[u8]) -> Bytes {
    let mut framer = Framer::commands(Limits::client(), Quirks::lenient());
    let mut input = BytesMut::from(wire);
    loop {
        match framer.next_event(&mut input) {
            Ok(Some(Event::Frame(frame))) => return frame.octets().clone(),
            Ok(Some(Event::Literal(_))) => {}
            other => panic!("{other:?}"),
        }
    }
}

fn search_wire(count: usize) -> Vec<u8> {
    let numbers: Vec<String> = (1..=count).map(|number| (number * 7).to_string()).collect();
    format!("* SEARCH {}\r\n", numbers.join(" ")).into_bytes()
}

fn responses() -> Vec<(&'static str, Vec<u8>)> {
    let envelope = "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" \
        ((\"Terry Gray\" NIL \"gray\" \"cac.washington.example\")) ((\"Terry Gray\" NIL \"gray\" \"cac.washington.example\")) \
        ((\"Terry Gray\" NIL \"gray\" \"cac.washington.example\")) ((NIL NIL \"imap\" \"cac.washington.example\")) \
        ((NIL NIL \"minutes\" \"cnri.reston.example\")(\"John Klensin\" NIL \"KLENSIN\" \"mit.example\")) NIL NIL \
        \"<B27397-0100000@cac.washington.example>\")";
    let structure = "(((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"UTF-8\" \"FORMAT\" \"flowed\") NIL NIL \"QUOTED-PRINTABLE\" 2048 60 NIL NIL NIL NIL)\
        (\"TEXT\" \"HTML\" (\"CHARSET\" \"UTF-8\") NIL NIL \"QUOTED-PRINTABLE\" 8192 140 NIL NIL NIL NIL) \"ALTERNATIVE\" \
        (\"BOUNDARY\" \"----=_Part_1234_567890.1700000000000\") NIL NIL NIL)(\"APPLICATION\" \"PDF\" (\"NAME\" \"report.pdf\") \
        \"<part3@example.org>\" NIL \"BASE64\" 245760 NIL (\"ATTACHMENT\" (\"FILENAME\" \"report.pdf\")) NIL NIL)\
        (\"IMAGE\" \"PNG\" (\"NAME\" \"logo.png\") \"<logo@example.org>\" \"The logo\" \"BASE64\" 4096 NIL \
        (\"INLINE\" (\"FILENAME\" \"logo.png\")) NIL NIL) \"MIXED\" (\"BOUNDARY\" \"----=_Part_9876_543210.1700000000000\") NIL NIL NIL)";
    let mut body = b"* 1 FETCH (BODY[] {1048576}\r\n".to_vec();
    body.resize(body.len() + (1 << 20), b'x');
    body.extend_from_slice(b")\r\n");
    vec![
        ("FETCH with ENVELOPE", format!("* 12 FETCH (UID 4827 FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286 ENVELOPE {envelope})\r\n").into()),
        ("FETCH with BODYSTRUCTURE", format!("* 12 FETCH (UID 4827 BODYSTRUCTURE {structure})\r\n").into()),
        ("FETCH FLAGS", (*b"* 12 FETCH (FLAGS (\\Seen))\r\n").into()),
        ("FETCH FLAGS MODSEQ", (*b"* 12 FETCH (FLAGS (\\Seen \\Answered) MODSEQ (12121231000))\r\n").into()),
        ("LIST", (*b"* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent Items\"\r\n").into()),
        ("SEARCH, 10,000 numbers", search_wire(10_000)),
        ("OK with APPENDUID", (*b"a1 OK [APPENDUID 38505 3955] APPEND completed\r\n").into()),
        ("OK", (*b"a1 OK done\r\n").into()),
        ("CAPABILITY", (*b"* CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES \
            THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED \
            I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY \
            PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE\r\n").into()),
        ("EXISTS", (*b"* 23 EXISTS\r\n").into()),
        ("BODY[] of 1 MiB", body),
    ]
}
