//! Literal headers, ends of lines, desynchronisation.

use bytes::BytesMut;
use mailwire_imap::{
    Decoder, Limits, Quirks, Response,
    frame::{Event, Framer, FramingError},
};
use proptest::prelude::*;

use super::{Side, client, command, framed, server};

#[test]
fn literal_headers() {
    // What is no header is the end of a line, and the command is BAD.
    for header in
        ["{+}", "{}", "{-1}", "{5}x", "{5 }", "{ 5}", "{5+ }", "{+5}", "{5-}", "{5++}", "{0x5}", "~{}", "{5"]
    {
        let wire = format!("a SELECT {header}\r\nb NOOP\r\n");
        let found = framed(&mut server(Limits::server()), wire.as_bytes(), 1, |_| false);
        assert_eq!((found.frames.len(), found.literals.len()), (2, 0), "{header}");
        assert!(command(&found.frames[0]).is_err(), "{header}");
    }
    // Sizes beyond any memory are announced, and refused; those beyond any number are BAD, or the end.
    for (size, is_announced) in [
        ("4294967295", true),
        ("4294967296", true),
        ("9223372036854775807", true),
        ("9223372036854775808", false),
        ("18446744073709551616", false),
    ] {
        let wire = format!("a SELECT {{{size}}}\r\nb NOOP\r\n");
        let found = framed(&mut server(Limits::server()), wire.as_bytes(), 1, |_| true);
        assert_eq!(found.literals.len(), usize::from(is_announced), "{size}");
        assert_eq!(found.frames.last().unwrap(), b"b NOOP", "{size}");
        let wire = format!("a SELECT {{{size}+}}\r\nb LOGOUT\r\n");
        let found = framed(&mut server(Limits::server()), wire.as_bytes(), 1, |_| true);
        assert!(found.frames.is_empty(), "{size}");
        assert!(matches!(
            found.error,
            Some(FramingError::TooMuchToDiscard { .. } | FramingError::LiteralTooLong)
        ));
    }
    // Leading zeros are zeros.
    let found = framed(
        &mut server(Limits::server()),
        b"a SELECT {00000000000000000005}\r\nb\r\nc \r\nd NOOP\r\n",
        1,
        |_| false,
    );
    assert_eq!((found.frames.len(), found.literals), (2, vec![5]));
    // A literal8 is framed wherever it stands, and read where it may stand.
    for (wire, is_read) in [
        (&b"a SELECT ~{3}\r\nb\0c"[..], false),
        (b"a SELECT ~{3}\r\nbcd", false),
        (b"a SELECT {3}\r\nb\0c", false),
        (b"a APPEND x ~{3}\r\nb\0c", true),
        (b"a APPEND x {3}\r\nb\0c", false),
        (b"a LOGIN ~{1}\r\nx y", false),
    ] {
        let found = framed(&mut server(Limits::server()), &[wire, b"\r\n"].concat(), 1, |_| false);
        assert_eq!(found.frames, [wire]);
        assert_eq!(command(wire).is_ok(), is_read, "{}", wire.escape_ascii());
    }
}

#[test]
fn ends_of_lines() {
    let mut limits = Limits::server();
    limits.line = 1000;
    // CR alone ends nothing, and is no octet of a command.
    let found = framed(&mut server(limits.clone()), &b"a NOOP\rb NOOP\r".repeat(100), 3, |_| false);
    assert_eq!((found.frames.len(), found.error), (0, Some(FramingError::LineTooLong { limit: 1000 })));
    assert!(command("a NOOP\rb LOGOUT").is_err() && command("a SELECT x\r").is_err());
    // LF alone is an empty line, as often as it comes; the strict end there.
    let found = framed(&mut server(limits.clone()), &[b'\n'; 5000], 3, |_| false);
    assert_eq!((found.frames.len(), found.error), (0, None));
    let mut strict = Framer::commands(limits.clone(), Quirks::strict());
    assert_eq!(framed(&mut strict, b"\n", 1, |_| false).error, Some(FramingError::BareLineFeed));
    // CR CR LF: the first CR is of the line, which no command has.
    let found = framed(&mut server(limits.clone()), b"a NOOP\r\r\n", 1, |_| false);
    assert_eq!(found.frames, [b"a NOOP\r"]);
    assert!(command(&found.frames[0]).is_err());
    // A line of spaces is a command without a tag, as long as it may be.
    for (spaces, error) in [(1000, None), (65_536, Some(FramingError::LineTooLong { limit: 1000 }))] {
        let wire = [&vec![b' '; spaces][..], b"\r\n"].concat();
        let found = framed(&mut server(limits.clone()), &wire, 100, |_| false);
        assert_eq!(found.error, error);
        assert!(found.frames.iter().all(|frame| command(frame).is_err_and(|error| error.tag.is_none())));
    }
}

#[test]
fn words_without_end() {
    let mebibyte = "x".repeat(1024 * 1024);
    for wire in [
        format!("{mebibyte} NOOP\r\n"),
        format!("a {mebibyte}\r\n"),
        format!("a SELECT \"{mebibyte}\"\r\n"),
        format!("a SELECT \"{mebibyte}"),
        format!("a SEARCH {mebibyte}"),
    ] {
        let found = framed(&mut server(Limits::server()), wire.as_bytes(), 4096, |_| false);
        assert_eq!((found.frames.len(), found.error), (0, Some(FramingError::LineTooLong { limit: 65_536 })));
        // Where the limit is wider, the error shows a part.
        if let Err(error) = command(&wire) {
            assert!(error.error.octets().len() <= 300 && error.to_string().len() < 2000);
        }
    }
}

#[test]
fn other_protocols() {
    for wire in [
        &b"GET / HTTP/1.1\r\n"[..],
        b"POST /x HTTP/1.1\r\n",
        b"EHLO example.org\r\n",
        b"OPTIONS * RTSP/1.0\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03\n",
        b"SSH-2.0-x\r\n",
    ] {
        let found = framed(&mut server(Limits::before_login()), wire, 1, |_| false);
        assert_eq!(found.frames.len(), 1);
        assert!(command(&found.frames[0]).is_err(), "{}", wire.escape_ascii());
    }
}

#[test]
fn a_message_is_never_read_as_protocol() {
    let message = "* OK hi\r\na5 OK done\r\n* 1 EXPUNGE\r\n+ go\r\n{5}\r\n* BYE\r\n)\r\na5 OK done {3+}\r\n";
    let wire = format!("* 1 FETCH (BODY[] {{{}}}\r\n{message} UID 5)\r\n* 2 EXISTS\r\n", message.len());
    for inline in [0, 10_000] {
        let mut limits = Limits::client();
        limits.inline_literal = inline;
        for piece in [1, 2, 7, 10_000] {
            let mut framer = Framer::responses(limits.clone(), Quirks::lenient());
            let found = framed(&mut framer, wire.as_bytes(), piece, |_| false);
            assert_eq!((found.frames.len(), found.error), (2, None));
            assert_eq!(found.frames[1], b"* 2 EXISTS");
            assert_eq!(found.streamed, if inline == 0 { message.len() } else { 0 });
        }
    }
    // In a command too.
    let wire = format!("a APPEND x {{{}+}}\r\n{message}\r\nb NOOP\r\n", message.len());
    for piece in [1, 3, 10_000] {
        let found = framed(&mut server(Limits::server()), wire.as_bytes(), piece, |_| false);
        assert_eq!((found.frames.len(), found.frames[1].as_slice()), (2, &b"b NOOP"[..]));
    }
}

#[test]
fn what_was_pipelined_before_tls_is_seen() {
    for (rest, is_whole) in [("b LOGIN evil pw\r\n", true), ("b LOGIN evil {10+}\r\n", false), ("b", false)] {
        let (mut framer, mut input) =
            (server(Limits::before_login()), BytesMut::from(format!("a STARTTLS\r\n{rest}").as_bytes()));
        assert!(matches!(framer.next_event(&mut input), Ok(Some(Event::Frame(_)))));
        // What is left stays in the input, where the host sees it and refuses to go on.
        assert_eq!((input.as_ref(), framer.is_at_start()), (rest.as_bytes(), true));
        assert_eq!(matches!(framer.next_event(&mut input), Ok(Some(Event::Frame(_)))), is_whole);
    }
}

#[test]
fn idle_in_one_segment() {
    for split in 0..=b"DONE\r\nb NOOP\r\n".len() {
        let (mut framer, mut input) = (server(Limits::server()), BytesMut::from("a IDLE\r\n"));
        assert!(matches!(framer.next_event(&mut input), Ok(Some(Event::Frame(_)))));
        framer.expect_line();
        let (mut frames, (first, second)) = (Vec::new(), b"DONE\r\nb NOOP\r\n".split_at(split));
        for piece in [first, second] {
            input.extend_from_slice(piece);
            while let Some(Event::Frame(frame)) = framer.next_event(&mut input).unwrap() {
                frames.push(frame.octets().clone());
            }
        }
        assert_eq!(frames, ["DONE", "b NOOP"]);
    }
}

#[test]
fn refusing_is_possible_at_any_time() {
    let small = || {
        let mut limits = Limits::server();
        (limits.inline_literal, limits.discard) = (5, 100);
        server(limits)
    };
    // A literal of another command; one that has been accepted; one that has been refused: nothing happens.
    let (mut framer, mut input) =
        (small(), BytesMut::from("a LOGIN {3}\r\nann {2}\r\npw\r\nb SELECT {3}\r\n"));
    let Ok(Some(Event::Literal(first))) = framer.next_event(&mut input) else { panic!() };
    let Ok(Some(Event::Literal(_))) = framer.next_event(&mut input) else { panic!() };
    let Ok(Some(Event::Frame(frame))) = framer.next_event(&mut input) else { panic!() };
    assert_eq!(frame.octets(), &b"a LOGIN {3}\r\nann {2}\r\npw"[..]);
    assert_eq!((framer.refuse(&first, &mut input), input.as_ref()), (Ok(()), &b"b SELECT {3}\r\n"[..]));
    let Ok(Some(Event::Literal(third))) = framer.next_event(&mut input) else { panic!() };
    assert_eq!((framer.refuse(&third, &mut input), input.len()), (Ok(()), 0));
    input.extend_from_slice(b"c NOOP\r\n");
    assert_eq!((framer.refuse(&third, &mut input), input.as_ref()), (Ok(()), &b"c NOOP\r\n"[..]));
    assert!(matches!(framer.next_event(&mut input), Ok(Some(Event::Frame(_)))));
    // In the second literal of a command all of it is refused, the first one with it.
    let mut input = BytesMut::from("a LOGIN {3+}\r\nann {2}\r\nd NOOP\r\n");
    let Ok(Some(Event::Literal(second))) = framer.next_event(&mut input) else { panic!() };
    assert_eq!(second.length(), 2);
    framer.refuse(&second, &mut input).unwrap();
    let Ok(Some(Event::Frame(frame))) = framer.next_event(&mut input) else { panic!() };
    assert_eq!(frame.octets(), &b"d NOOP"[..]);
    // After some octets of a streamed one came: the rest of it is dropped, and no more.
    for (wire, is_waiting) in [("a APPEND x {10+}\r\n01234", false), ("a APPEND x {10}\r\n", true)] {
        let (mut framer, mut input) = (small(), BytesMut::from(wire));
        let Ok(Some(Event::Literal(literal))) = framer.next_event(&mut input) else { panic!() };
        assert_eq!(literal.is_synchronising(), is_waiting);
        if !is_waiting {
            assert_eq!(framer.next_event(&mut input), Ok(Some(Event::Chunk("01234".into()))));
        }
        framer.refuse(&literal, &mut input).unwrap();
        input.extend_from_slice(if is_waiting { b"e NOOP\r\n" } else { b"56789 rest\r\ne NOOP\r\n" });
        let Ok(Some(Event::Frame(frame))) = framer.next_event(&mut input) else { panic!("{wire}") };
        assert_eq!(frame.octets(), &b"e NOOP"[..]);
    }
}

#[test]
fn numbers_that_no_mailbox_has() {
    let decoder = Decoder::default();
    assert!(matches!(decoder.response(&b"* 4294967295 EXISTS"[..]), Response::Data(_)));
    for wire in [
        "* 0 EXPUNGE",
        "* 0 FETCH (FLAGS ())",
        "* 4294967296 EXISTS",
        "* 99999999999999999999 EXISTS",
        "* -5 EXPUNGE",
    ] {
        assert!(matches!(decoder.response(wire.as_bytes()), Response::Unknown(_)), "{wire}");
    }
    for set in [
        "0",
        "1:0",
        "0:*",
        "4294967296",
        "1:2:3",
        "1,",
        ",1",
        "1,,2",
        "",
        "*:",
        ":1",
        "-1",
        "+1",
        "1 :2",
        "$,1",
        "**",
    ] {
        assert!(command(format!("a FETCH {set} UID")).is_err(), "{set}");
        assert!(set.parse::<mailwire_imap::SequenceSet>().is_err(), "{set}");
    }
    for set in ["1:*", "*:1", "*", "4294967295", "$"] {
        assert!(command(format!("a FETCH {set} UID")).is_ok(), "{set}");
    }
}

const PIECES: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "* ",
    "OK ",
    "{3}\r\n",
    "{3+}\r\n",
    "{12}\r\n",
    "{12+}\r\n",
    "{0}\r\n",
    "~{4+}\r\n",
    "a ",
    "NO ",
    "{99999999999+}\r\n",
    "abc",
    "\0",
    "+ ",
    " ",
    "}",
    "{",
    "{5}",
];

proptest! {
    #[test]
    fn every_split_gives_the_same_events(
        wire in proptest::collection::vec(proptest::sample::select(PIECES), 0..30).prop_map(|parts| parts.concat()),
        cuts in proptest::collection::vec(1..20_usize, 1..10),
        refused in proptest::option::of(1..4_usize),
        is_lenient in any::<bool>(),
    ) {
        for side in [Framer::commands as Side, Framer::responses] {
            let mut limits = Limits::server();
            (limits.line, limits.inline_literal, limits.inline_literals, limits.discard) = (60, 10, 15, 40);
            let quirks = if is_lenient { Quirks::lenient() } else { Quirks::strict() };
            let found = |piece: usize| {
                framed(&mut side(limits.clone(), quirks), wire.as_bytes(), piece, |count| Some(count) == refused)
            };
            let whole = found(usize::MAX);
            for piece in &cuts {
                prop_assert_eq!(&found(*piece), &whole);
            }
        }
    }
}

#[test]
fn a_framer_tells_no_octets_in_debug() {
    let (mut framer, mut input) = (client(), BytesMut::from("* 1 FETCH (BODY[] {3}\r\nabc)\r\n"));
    let event = framer.next_event(&mut input).unwrap();
    assert!(!format!("{framer:?} {event:?}").contains("abc"));
}
