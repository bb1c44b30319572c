use alloc::{string::String, vec, vec::Vec};

use proptest::prelude::*;

use super::*;

/// What a framer finds, with the chunks of a literal joined.
fn framed(
    mut framer: Framer,
    wire: &[u8],
    chunks: impl Fn(usize) -> usize,
) -> Result<Vec<String>, FramingError> {
    let (mut input, mut found, mut streaming) = (BytesMut::new(), Vec::<String>::new(), false);
    let mut rest = wire;
    while !rest.is_empty() {
        let (chunk, left) = rest.split_at(chunks(rest.len()).clamp(1, rest.len()));
        input.extend_from_slice(chunk);
        rest = left;
        while let Some(event) = framer.next_event(&mut input)? {
            let is_chunk = matches!(event, Event::Chunk(_));
            match event {
                Event::Chunk(octets) if streaming => {
                    found.last_mut().unwrap().push_str(&octets.escape_ascii().to_string());
                }
                Event::Chunk(octets) => found.push(alloc::format!("chunk {}", octets.escape_ascii())),
                Event::Frame(frame) => found.push(alloc::format!("{}", frame.octets().escape_ascii())),
                Event::Literal(literal) => found.push(alloc::format!(
                    "literal {}{}{} {}",
                    literal.length(),
                    if literal.is_synchronising() { "" } else { "+" },
                    if literal.is_binary() { "~" } else { "" },
                    literal.head().octets().escape_ascii()
                )),
            }
            streaming = is_chunk;
        }
    }
    Ok(found)
}

use alloc::string::ToString as _;

fn small(side: fn(Limits, Quirks) -> Framer) -> Framer {
    let mut limits = Limits::server();
    (limits.line, limits.inline_literal, limits.inline_literals, limits.discard) = (100, 10, 15, 50);
    side(limits, Quirks::lenient())
}

#[test]
fn every_split_gives_the_same_frames() {
    let responses: (&[u8], Vec<&str>) = (
        b"\0\0* OK text {5}\r\n\r\n* 2 EXISTS\r\n* 1 FETCH (BODY[] {5}\r\n\r\nabc X {2}\r\n\r\n)\r\na OK done {3}\r\n+ {4}\r\n\
          * NO [ALERT] {3+}\n* [X] {5}\r\n* LIST () \"/\" ~{3}\r\na\0b\r\n\
          * 1 FETCH (BODY[1] {11}\r\n01234567890 BODY[2] {12}\r\n012345678901 UID 3)\r\n* 3 EXISTS\r\n",
        vec![
            "* OK text {5}",
            "* 2 EXISTS",
            r"* 1 FETCH (BODY[] {5}\r\n\r\nabc X {2}\r\n\r\n)",
            "a OK done {3}",
            "+ {4}",
            "* NO [ALERT] {3+}",
            "* [X] {5}",
            r#"* LIST () \"/\" ~{3}\r\na\x00b"#,
            r"literal 11 * 1 FETCH (BODY[1] {11}\r\n",
            "chunk 01234567890",
            r"literal 12 * 1 FETCH (BODY[1] {11}\r\n BODY[2] {12}\r\n",
            "chunk 012345678901",
            r"* 1 FETCH (BODY[1] {11}\r\n BODY[2] {12}\r\n UID 3)",
            "* 3 EXISTS",
        ],
    );
    let commands: (&[u8], Vec<&str>) = (
        b"\r\na LOGIN {3}\r\nann {3+}\r\nabc\r\nb APPEND x ~{11}\r\n0123456789\n {2}\r\nab\r\nc X {}\r\nd X {-1}\r\ne X {+}\r\n\
          f X {5}x\r\ng X {5 }\r\nh X {18446744073709551616}\r\ni X {0}\r\n\r\nj X {00000000000000000000002}\r\nab\r\n",
        vec![
            "literal 3 ",
            r"a LOGIN {3}\r\nann {3+}\r\nabc",
            r"literal 11~ b APPEND x ~{11}\r\n",
            r"chunk 0123456789\n",
            "literal 2 ",
            r"b APPEND x ~{11}\r\n {2}\r\nab",
            "c X {}",
            "d X {-1}",
            "e X {+}",
            "f X {5}x",
            "g X {5 }",
            "h X {18446744073709551616}",
            "literal 0 ",
            r"i X {0}\r\n",
            "literal 2 ",
            r"j X {00000000000000000000002}\r\nab",
        ],
    );
    for (side, (wire, expected)) in
        [(Framer::responses as fn(Limits, Quirks) -> Framer, responses), (Framer::commands, commands)]
    {
        for chunk in 1..=wire.len() {
            assert_eq!(framed(small(side), wire, |_| chunk).unwrap(), expected, "{chunk}");
        }
    }
}

#[test]
fn limits_hold_at_n_and_not_at_n_plus_1() {
    let line = |n: usize| [&vec![b'x'; n][..], b"\r\n"].concat();
    for chunk in [1, 7, 1000] {
        assert_eq!(framed(small(Framer::commands), &line(100), |_| chunk).unwrap().len(), 1);
        let error = Err(FramingError::LineTooLong { limit: 100 });
        assert_eq!(framed(small(Framer::commands), &line(101), |_| chunk), error);
        assert_eq!(framed(small(Framer::commands), &[b'x'; 101], |_| chunk), error);
        assert_eq!(framed(small(Framer::commands), &[b'\r'; 102], |_| chunk), error);
        // The lines of a frame count together, its literals do not.
        let two = |n| [b"a {5+}\r\n01234", &line(n)[..]].concat();
        assert_eq!(framed(small(Framer::commands), &two(94), |_| chunk).unwrap().len(), 1);
        assert_eq!(framed(small(Framer::commands), &two(95), |_| chunk), error);
        // Ten octets are collected, eleven are streamed; fifteen in sum, sixteen are streamed.
        for (wire, events) in [
            (&b"a {10+}\r\n0123456789\r\n"[..], 1),
            (b"a {11+}\r\n0123456789a\r\n", 3),
            (b"a {10+}\r\n0123456789 {5+}\r\n01234\r\n", 1),
            (b"a {10+}\r\n0123456789 {6+}\r\n012345\r\n", 3),
        ] {
            assert_eq!(framed(small(Framer::commands), wire, |_| chunk).unwrap().len(), events);
        }
        let huge = b"a {9223372036854775808+}\r\n";
        assert_eq!(framed(small(Framer::commands), huge, |_| chunk), Err(FramingError::LiteralTooLong));
        let huge = b"* LIST {9223372036854775808}\r\n";
        assert_eq!(framed(small(Framer::responses), huge, |_| chunk), Err(FramingError::LiteralTooLong));
    }
}

#[test]
fn streamed_literals_are_counted() {
    let with = |count: usize| {
        [&b"* 1 FETCH ("[..], &b"BODY[] {11}\r\n01234567890 ".repeat(count), b")\r\n"].concat()
    };
    let mut limits = Limits::client();
    (limits.inline_literal, limits.streamed_literals) = (10, 3);
    let framer = || Framer::responses(limits.clone(), Quirks::lenient());
    assert_eq!(framed(framer(), &with(3), |n| n).unwrap().len(), 7);
    assert_eq!(framed(framer(), &with(4), |n| n), Err(FramingError::TooManyLiterals { limit: 3 }));
}

#[test]
fn strict_wants_carriage_returns() {
    let strict = || Framer::commands(Limits::server(), Quirks::strict());
    assert_eq!(framed(strict(), b"a NOOP\n", |n| n), Err(FramingError::BareLineFeed));
    assert_eq!(framed(strict(), b"a {1+}\nx\r\n", |n| n), Err(FramingError::BareLineFeed));
    assert_eq!(framed(strict(), b"\r\na NOOP\r\n", |n| n).unwrap(), ["", "a NOOP"]);
}

/// Frames after the first literal was refused.
fn refused(wire: &[u8], chunk: usize) -> Result<Vec<Bytes>, FramingError> {
    let (mut framer, mut input, mut found, mut is_refused) =
        (small(Framer::commands), BytesMut::new(), Vec::new(), false);
    for chunk in wire.chunks(chunk) {
        input.extend_from_slice(chunk);
        while let Some(event) = framer.next_event(&mut input)? {
            match event {
                Event::Literal(literal) if !is_refused => {
                    is_refused = true;
                    framer.refuse(&literal, &mut input)?;
                }
                Event::Frame(frame) => found.push(frame.octets().clone()),
                other => panic!("{other:?}"),
            }
        }
    }
    Ok(found)
}

#[test]
fn what_is_refused_is_dropped_and_never_run() {
    for chunk in 1..50 {
        for wire in [
            // A client that waits sends its next command.
            &b"a SELECT {5}\r\nz NOOP\r\n"[..],
            b"a SELECT {30}\r\nz NOOP\r\n",
            b"a SELECT {11+}\r\nb LOGOUT\r\n.\r\nz NOOP\r\n",
            b"a SELECT {11+}\r\nb LOGOUT\r\n. {10+}\r\nc LOGOUT\r\n {0+}\r\n\r\nz NOOP\r\n",
            b"a SELECT {11+}\r\nb LOGOUT\r\n. {3}\r\nz NOOP\r\n",
        ] {
            assert_eq!(refused(wire, chunk).unwrap(), ["z NOOP"], "{}", wire.escape_ascii());
        }
        let error = Err(FramingError::TooMuchToDiscard { limit: 50 });
        assert_eq!(refused(b"a SELECT {50+}\r\n", chunk), Ok(vec![]));
        assert_eq!(refused(b"a SELECT {51+}\r\n", chunk), error);
        assert_eq!(
            refused(b"a SELECT {20+}\r\n01234567890123456789 {20+}\r\n01234567890123456789", chunk),
            Ok(vec![])
        );
        assert_eq!(refused(b"a SELECT {20+}\r\n01234567890123456789 {31+}\r\n", chunk), error);
    }
}

#[test]
fn a_line_of_an_exchange_holds_no_literal() {
    let mut framer = small(Framer::commands);
    let mut input = BytesMut::from("\r\nabc{5+}\r\na NOOP\r\n");
    let mut next = |is_line: bool| {
        if is_line {
            framer.expect_line();
        }
        match framer.next_event(&mut input) {
            Ok(Some(Event::Frame(frame))) => frame.octets().clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!([next(true), next(true), next(false)], ["", "abc{5+}", "a NOOP"]);
}

proptest! {
    #[test]
    fn any_octets_in_any_split_give_the_same(
        wire in proptest::collection::vec(proptest::sample::select(PIECES), 0..40).prop_map(|parts| parts.concat()),
        chunk in 1..9_usize,
    ) {
        for side in [Framer::responses, Framer::commands] {
            let whole = framed(small(side), wire.as_bytes(), |n| n);
            prop_assert_eq!(framed(small(side), wire.as_bytes(), |_| 1), whole.clone());
            prop_assert_eq!(framed(small(side), wire.as_bytes(), |_| chunk), whole);
        }
    }
}

const PIECES: &[&str] = &[
    "\r\n", "\n", "\r", "* ", "OK ", "{3}", "{3+}", "{12}", "{12+}", "{0}", "~", "{12}\r\n", "{2+}\r\n",
    "abc", "\0",
];
