//! Where responses and commands end, when they do not end as they should.

use bytes::BytesMut;
use mailwire_imap::{
    Decoder, Limits, Quirks, Response,
    fetch::Item,
    frame::{Event, Framer, FramingError},
    response::Data,
    status::Status,
};

use super::{Field, quirks};

type Side = fn(Limits, Quirks) -> Framer;

/// All frames, and the error that ends them; octet by octet.
fn frames(side: Side, quirks: Quirks, wire: &[u8]) -> (Vec<String>, Option<FramingError>) {
    let (mut framer, mut input, mut found) = (side(Limits::client(), quirks), BytesMut::new(), Vec::new());
    for octet in wire {
        input.extend_from_slice(&[*octet]);
        loop {
            match framer.next_event(&mut input) {
                Ok(Some(Event::Frame(frame))) => found.push(frame.octets().escape_ascii().to_string()),
                Ok(Some(Event::Literal(literal))) => assert!(!literal.is_streamed()),
                Ok(None) => break,
                Ok(other) => panic!("{other:?}"),
                Err(error) => return (found, Some(error)),
            }
        }
    }
    assert!(input.is_empty() && framer.is_at_start());
    (found, None)
}

#[track_caller]
fn tolerated(side: Side, field: Field, wire: &[u8], wanted: &[&str]) {
    let lenient = frames(side, Quirks::lenient(), wire);
    assert_eq!(lenient, (wanted.iter().map(|frame| String::from(*frame)).collect(), None));
    assert_eq!(frames(side, quirks(&[field]), wire), lenient, "one field is enough");
    assert_ne!(frames(side, Quirks::strict(), wire), lenient);
}

#[test]
fn lines_that_end_with_lf_alone() {
    let field: Field = |quirks| quirks.bare_line_feed = true;
    tolerated(Framer::commands, field, b"a NOOP\nb NOOP\r\nc NOOP\n", &["a NOOP", "b NOOP", "c NOOP"]);
    tolerated(Framer::responses, field, b"* 1 EXISTS\n", &["* 1 EXISTS"]);
    tolerated(Framer::responses, field, b"* LIST () NIL {1}\nx\n", &["* LIST () NIL {1}\\nx"]);
    for side in [Framer::commands as Side, Framer::responses] {
        let (found, error) = frames(side, Quirks::strict(), b"a OK b\r\na OK c\n");
        assert_eq!((found.len(), error), (1, Some(FramingError::BareLineFeed)));
    }
}

#[test]
fn empty_lines_between() {
    let field: Field = |quirks| quirks.empty_line = true;
    tolerated(Framer::commands, field, b"\r\n\r\na NOOP\r\n\r\nb NOOP\r\n", &["a NOOP", "b NOOP"]);
    tolerated(Framer::responses, field, b"\r\n* 1 EXISTS\r\n\r\n", &["* 1 EXISTS"]);
    let (strict, _) = frames(Framer::commands, Quirks::strict(), b"\r\na NOOP\r\n");
    assert_eq!(strict, ["", "a NOOP"]);
    assert!(Decoder::new(Limits::server(), Quirks::strict()).command(&b""[..]).is_err());
}

#[test]
fn nul_before_a_response() {
    let field: Field = |quirks| quirks.leading_nul = true;
    tolerated(Framer::responses, field, b"\0\0* 1 EXISTS\r\n\0* 2 EXISTS\r\n", &["* 1 EXISTS", "* 2 EXISTS"]);
    let (strict, _) = frames(Framer::responses, Quirks::strict(), b"\0* 1 EXISTS\r\n");
    assert_eq!(strict, ["\\x00* 1 EXISTS"]);
    // Clients do not send them, and NUL in the middle stays what it is.
    for wire in [&b"\0a NOOP\r\n"[..], b"a\0 NOOP\r\n"] {
        let (found, _) = frames(Framer::commands, Quirks::lenient(), wire);
        assert!(found[0].contains("\\x00"));
        assert!(Decoder::default().command(&wire[..wire.len() - 2]).is_err());
    }
}

#[test]
fn a_text_that_ends_like_a_literal_is_a_text() {
    for quirks in [Quirks::lenient(), Quirks::strict()] {
        for wire in [
            "* OK see page {5}",
            "* NO [ALERT] {3}",
            "* BAD {1+}",
            "* BYE ~{9}",
            "* PREAUTH {0}",
            "* [ALERT] {4}",
            "a1 OK done {5}",
            "a1 NO {10}",
            "+ go on {5}",
            "+ {5}",
        ] {
            let (found, error) =
                frames(Framer::responses, quirks, format!("{wire}\r\n* 2 EXISTS\r\n").as_bytes());
            assert_eq!((found, error), (vec![wire.to_string(), "* 2 EXISTS".to_string()], None));
        }
        // Data may end with one.
        let (found, _) = frames(Framer::responses, quirks, b"* LIST () NIL {4}\r\n\r\na \r\n* 2 EXISTS\r\n");
        assert_eq!(found.len(), 2);
    }
}

#[test]
fn continuations_without_a_space_or_a_text() {
    for wire in ["+", "+ ", "+ go", "+\t"] {
        let response = Decoder::default().response(wire.as_bytes());
        assert_eq!(matches!(response, Response::Continue(_)), wire != "+\t", "{wire}");
    }
}

/// Responses of a server whose literal says `length` octets and has five.
fn with_length(content: &str, length: usize) -> Vec<Response> {
    let wire = format!(
        "* 7 FETCH (UID 9 BODY[] {{{length}}}\r\n{content})\r\n* 2 EXISTS\r\n* 3 EXISTS\r\na1 OK done\r\n"
    );
    let (mut framer, mut input) =
        (Framer::responses(Limits::client(), Quirks::lenient()), BytesMut::from(wire.as_bytes()));
    let mut found = Vec::new();
    while let Ok(Some(event)) = framer.next_event(&mut input) {
        let Event::Frame(frame) = event else { panic!("{event:?}") };
        found.push(Decoder::default().response(frame));
    }
    found
}

#[test]
fn a_literal_of_another_length_fails_its_response_alone() {
    let is_done = |response: Option<&Response>| matches!(response, Some(Response::Tagged(_, Status { .. })));
    for content in ["hello", "a\r\nbc", "ab)\r\n", ")\r\n)\r\n", "a1 OK x", "* 9 EXISTS", "x\r\n* 9 EXPUNGE"]
    {
        for difference in [-2, -1, 1, 2] {
            let length = content.len().checked_add_signed(difference).unwrap();
            let found = with_length(content, length);
            assert!(is_done(found.last()), "it is in step again: {content:?} {difference} {found:?}");
            // Of the response nothing is told as if it were whole, and a client knows why.
            let Response::Unknown(unknown) = &found[0] else { panic!("{content:?} {difference} {found:?}") };
            assert!(unknown.has_literal());
            // Octets of the message are no response.
            let news = found.iter().filter_map(|response| match response {
                Response::Data(Data::Exists(number) | Data::Recent(number)) => Some(*number),
                Response::Data(Data::Expunge(number)) => Some(number.get()),
                Response::Data(Data::Fetch(_)) => Some(7),
                _ => None,
            });
            assert!(
                news.clone().all(|number| number == 2 || number == 3),
                "{content:?} {difference} {found:?}"
            );
            assert!(news.count() >= 1);
        }
        let whole = with_length(content, content.len());
        let Response::Data(Data::Fetch(fetch)) = &whole[0] else { panic!("{whole:?}") };
        assert!(matches!(&fetch.items[1], Item::Body(body) if body.content.octets().unwrap() == content));
    }
    let Response::Unknown(unknown) = Decoder::default().response(&b"* XYZZY {5"[..]) else { panic!() };
    assert!(!unknown.has_literal());
}
