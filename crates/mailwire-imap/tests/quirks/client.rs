//! What clients send to a server.

use bytes::BytesMut;
use mailwire_imap::{
    Decoder, Limits, Quirks, Search, Secret, Tag, UidSet,
    command::{Body, Command, CommandError, Fetch, Messages, SearchCommand},
    encoder::{Abilities, Encoder, Part},
    fetch_attribute::Attribute,
    frame::{Event, Framer},
};

use super::frame;

fn server() -> Decoder {
    Decoder::new(Limits::server(), Quirks::lenient())
}

fn strict() -> Decoder {
    Decoder::new(Limits::server(), Quirks::strict())
}

/// All that comes in one segment, each command read when it is there; `is_line` tells which frames are bare lines.
fn segment(wire: &str, is_line: impl Fn(usize) -> bool) -> Vec<Result<Body, String>> {
    let (mut framer, mut input, mut found) =
        (Framer::commands(Limits::server(), Quirks::lenient()), BytesMut::from(wire), Vec::new());
    loop {
        if is_line(found.len()) {
            framer.expect_line();
        }
        match framer.next_event(&mut input).unwrap() {
            Some(Event::Frame(frame)) if is_line(found.len()) => {
                found.push(Err(frame.octets().escape_ascii().to_string()));
            }
            Some(Event::Frame(frame)) => {
                found.push(
                    server().command(frame).map(|command| command.body).map_err(|error| error.to_string()),
                );
            }
            Some(Event::Literal(_)) => {}
            _ => return found,
        }
    }
}

#[test]
fn what_comes_after_done_is_a_command() {
    let found = segment("a IDLE\r\nDONE\r\nb NOOP\r\n", |place| place == 1);
    assert_eq!(found, [Ok(Body::Idle), Err("DONE".into()), Ok(Body::Noop)]);
}

#[test]
fn commands_of_one_segment_are_read_in_order() {
    let wire = "a LOGIN {3+}\r\nann {2+}\r\npw\r\nb SELECT INBOX\r\n\r\nc FETCH 1:* FLAGS\r\nd LOGOUT\n";
    let found = segment(wire, |_| false);
    assert!(matches!(
        found.as_slice(),
        [Ok(Body::Login(user, _)), Ok(Body::Select(_)), Ok(Body::Fetch(_)), Ok(Body::Logout)] if user == "ann"
    ));
}

#[test]
fn authenticate_with_and_without_an_initial_response() {
    for (wire, response) in [
        ("a AUTHENTICATE PLAIN", None),
        ("a AUTHENTICATE PLAIN =", Some("=")),
        ("a authenticate plain AGFubgBwdw==", Some("AGFubgBwdw==")),
    ] {
        for decoder in [server(), strict()] {
            let Body::Authenticate { mechanism, initial_response } =
                decoder.command(frame(wire)).unwrap().body
            else {
                panic!("{wire}")
            };
            assert!(mechanism.is("PLAIN"));
            assert_eq!(initial_response.as_ref().map(Secret::expose), response.map(str::as_bytes));
        }
    }
    // The client gives up, at any step: the lines of the exchange are no commands, nor are they looked at for literals.
    let found = segment("a AUTHENTICATE PLAIN\r\n*\r\nb AUTHENTICATE X\r\n{5+}\r\n\r\nc NOOP\r\n", |place| {
        matches!(place, 1 | 3 | 4)
    });
    assert_eq!(found[1], Err("*".into()));
    assert_eq!(found[3..5], [Err("{5+}".into()), Err(String::new())]);
    assert_eq!(found[5], Ok(Body::Noop));
}

#[test]
fn what_is_no_command_is_bad_and_the_session_goes_on() {
    for wire in [
        "a UID FETCH -1181461446 FLAGS",
        "a UID FETCH 1:-5 FLAGS",
        "a UID STORE -1 +FLAGS (\\Seen)",
        "a FETCH 0 FLAGS",
        "a FETCH 1 RFC822.PEEK",
        "a FETCH 1 BODY[HEADER.FIELDS]",
        "a FETCH 1 BODY[HEADER.FIELDS ()]",
        "a FETCH 1 (BODY[TEXT)",
        "a FETCH 1 ENVELOP",
        "a GET / HTTP/1.1",
    ] {
        for decoder in [server(), strict()] {
            let error = decoder.command(frame(wire)).unwrap_err();
            assert_eq!(error.tag.as_ref().map(Tag::as_str), Some("a"), "the answer is tagged");
            assert!(error.error.offset() >= 2 && !error.error.rule().is_empty(), "{error}");
        }
        let found = segment(&format!("{wire}\r\nb NOOP\r\n"), |_| false);
        assert_eq!((found[0].is_err(), &found[1]), (true, &Ok(Body::Noop)), "{wire}");
    }
}

#[test]
fn sections_with_or_without_spaces() {
    let wire = "a FETCH 1 BODY[HEADER.FIELDS (DATE FROM)]";
    let read = strict().command(frame(wire)).unwrap();
    for loose in [
        "a  FETCH  1  BODY[HEADER.FIELDS (DATE FROM)] ",
        "a FETCH 1 body[header.fields (DATE FROM)]",
        "a FETCH 1 (BODY[HEADER.FIELDS (\"DATE\" FROM)])",
        "a FETCH 1 BODY[HEADER.FIELDS ( DATE  FROM )]",
    ] {
        assert_eq!(server().command(frame(loose)), Ok(read.clone()), "{loose}");
    }
}

#[test]
fn tolerance_makes_no_command_into_another() {
    // Each of these would be something else if a server read it as freely as a client reads responses.
    for wire in [
        "a STORE 1 FLAGS NIL",
        "a SELECT \"a\"b\"",
        "a LOGIN \"a\\b\" c",
        "a SELECT \"\\x\"",
        "a FETCH 1 (BODY.PEEK[]<0.-1>)",
        "a STORE 1 FLAGS (\\Seen \\*)",
        "a SETQUOTA \"\" (STORAGE -1)",
        "a APPEND x \"00-Jan-0000 00:00:00 +0000\" {1}\r\nx",
    ] {
        let strict = strict().command(frame(wire));
        match server().command(frame(wire)) {
            Ok(read) => assert_eq!(strict, Ok(read), "{wire}"),
            Err(CommandError { error, .. }) => {
                assert_eq!(strict.unwrap_err().error.rule(), error.rule(), "{wire}");
            }
        }
    }
}

fn line(command: &Command) -> String {
    let mut out = Encoder::client(Abilities::default());
    command.encode(&mut out);
    match out.finish().unwrap().as_slice() {
        [Part::Octets(octets)] => String::from_utf8(octets.to_vec()).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn macros_and_reversed_ranges_are_not_sent() {
    let fetch = |wire: &str| match strict().command(frame(wire)).unwrap().body {
        Body::Fetch(fetch) => fetch,
        other => panic!("{other:?}"),
    };
    for (wire, attributes, sent) in [
        ("a FETCH 5:3 FAST", Attribute::fast(), "a FETCH 3:5 (FLAGS INTERNALDATE RFC822.SIZE)\r\n"),
        (
            "a FETCH 7,*:3,2 ALL",
            Attribute::all(),
            "a FETCH 2:* (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)\r\n",
        ),
        (
            "a UID FETCH 9,8,8 FULL",
            Attribute::full(),
            "a UID FETCH 8:9 (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY)\r\n",
        ),
    ] {
        let read = fetch(wire);
        assert_eq!(read.attributes, attributes);
        assert_eq!(line(&Command { tag: "a".parse().unwrap(), body: Body::Fetch(read) }), sent);
    }
    // `*` alone can be avoided once the last number is known.
    let last = UidSet::last().resolve(12);
    let fetch = Fetch::new(Messages::Uid(last), vec![Attribute::Flags]);
    assert_eq!(
        line(&Command { tag: "a".parse().unwrap(), body: Body::Fetch(fetch) }),
        "a UID FETCH 12 FLAGS\r\n"
    );
}

#[test]
fn a_charset_is_sent_only_when_a_key_is_not_ascii() {
    for (text, is_utf8, sent) in [
        ("hello", false, "a UID SEARCH SUBJECT hello\r\n"),
        ("café", false, "a UID SEARCH CHARSET UTF-8 SUBJECT {5}\r\ncafé\r\n"),
        ("café", true, "a UID SEARCH SUBJECT \"café\"\r\n"),
    ] {
        let mut abilities = Abilities::default();
        abilities.utf8 = is_utf8;
        let mut out = Encoder::client(abilities);
        let body = Body::Search(SearchCommand::uid(Search::subject(text)));
        Command { tag: "a".parse().unwrap(), body }.encode(&mut out);
        let octets = |part: &Part| if let Part::Octets(octets) = part { octets.to_vec() } else { Vec::new() };
        let octets: Vec<u8> = out.finish().unwrap().iter().flat_map(octets).collect();
        assert_eq!(octets, sent.as_bytes());
    }
}
