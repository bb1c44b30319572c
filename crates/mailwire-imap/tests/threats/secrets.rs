//! Passwords are in no `Debug` and in no error.

use bytes::BytesMut;
use mailwire_imap::{
    Command, Decoder, Limits, Quirks, Secret, Tag,
    command::Body,
    encoder::{Abilities, Encoder},
    frame::{Event, Framer},
};

use super::server;

const SECRET: &str = "correcthorse";

fn is_told(text: &str) -> bool {
    // Also as it would be escaped, or as numbers.
    text.contains(SECRET) || text.contains("99, 111, 114, 114") || text.contains("AGFubgBjb3JyZWN0aG9yc2U")
}

#[test]
fn a_command_that_cannot_be_read_tells_none() {
    for wire in [
        "a LOGIN ann correcthorse extra",
        "a LOGIN ann correcthorse)",
        "a LOGIN ann \"correcthorse",
        "a LOGIN ann \"correcthorse\\x\"",
        "a LOGIN (correcthorse)",
        "a LOGIN ann {99}\r\ncorrecthorse",
        "a LOGIN {3}\r\nann {12}\r\ncorrecthorse extra",
        "a LOGIN correcthorse",
        "a login ann correcthorse\u{1}",
        "a  LOGIN ann correcthorse",
        " a LOGIN ann correcthorse",
        " LOGIN ann correcthorse",
        "LOGIN ann correcthorse",
        "+ LOGIN ann correcthorse",
        "aLOGIN ann correcthorse",
        "a\tLOGIN ann correcthorse",
        "a LOGIN\tann correcthorse",
        "a LOGINann correcthorse",
        "a LOGON ann correcthorse",
        "a UID LOGIN ann correcthorse",
        "a AUTHENTICATE PLAIN AGFubgBjb3JyZWN0aG9yc2U= x",
        "a AUTHENTICATE PLAIN AGFubgBjb3JyZWN0aG9yc2U\\",
        "a AUTHENTICATE (PLAIN) AGFubgBjb3JyZWN0aG9yc2U=",
        "a authenticate  PLAIN  correcthorse!",
        "aAUTHENTICATE PLAIN AGFubgBjb3JyZWN0aG9yc2U=",
        "AGFubgBjb3JyZWN0aG9yc2U=+",
    ] {
        for quirks in [Quirks::lenient(), Quirks::strict()] {
            let error = Decoder::new(Limits::server(), quirks).command(wire.as_bytes());
            let Err(error) = error else { continue };
            assert!(!is_told(&format!("{error} {error:?} {:#?}", error.error)), "{wire}: {error}");
            assert!(!is_told(&error.error.escaped()), "{wire}");
            assert!(error.error.octets().len() < 300);
        }
        assert!(Decoder::new(Limits::server(), Quirks::strict()).command(wire.as_bytes()).is_err(), "{wire}");
    }
    // However far from the start the error is.
    let wire = format!("a LOGIN {} {SECRET} x", "u".repeat(10_000));
    let error = Decoder::default().command(wire.as_bytes()).unwrap_err();
    assert!(!is_told(&error.to_string()) && error.error.octets().len() < 300);
    // Others show what stood there.
    let error = Decoder::default().command(&b"a SELECT (x)"[..]).unwrap_err();
    assert_eq!(error.to_string(), "astring expected at octet 9 of \"a SELECT (x)\"");
}

#[test]
fn a_command_tells_none() {
    for body in [
        Body::Login("ann".into(), Secret::new(SECRET)),
        Body::Authenticate {
            mechanism: "PLAIN".parse().unwrap(),
            initial_response: Some(Secret::new("AGFubgBjb3JyZWN0aG9yc2U=")),
        },
    ] {
        let command = Command { tag: Tag::new("a").unwrap(), body };
        assert!(!is_told(&format!("{command:?} {command:#?}")));
        let mut out = Encoder::client(Abilities::default());
        command.encode(&mut out);
        assert!(!is_told(&format!("{out:?}")));
        assert!(!is_told(&format!("{:?} {:#?}", out.clone().finish(), out.finish())));
    }
    let secret = Secret::new("p\0w");
    assert_eq!(format!("{secret:?}"), "Secret(..)");
}

#[test]
fn what_is_on_its_way_tells_none() {
    let wire = "a LOGIN ann {12}\r\ncorrecthorse\r\nb AUTHENTICATE PLAIN\r\nAGFubgBjb3JyZWN0aG9yc2U=\r\n";
    for inline in [3, 100] {
        let mut limits = Limits::server();
        limits.inline_literal = inline;
        let (mut framer, mut input, mut count): (Framer, _, _) = (server(limits), BytesMut::new(), 0);
        for octet in wire.as_bytes() {
            input.extend_from_slice(&[*octet]);
            while let Some(event) = framer.next_event(&mut input).unwrap() {
                assert!(!is_told(&format!("{event:?} {event:#?} {framer:?}")), "{event:?}");
                if let Event::Frame(frame) = &event {
                    let read = Decoder::default().command(frame.clone());
                    assert!(!is_told(&format!("{read:?}")));
                    count += 1;
                }
            }
            assert!(!is_told(&format!("{framer:?}")));
        }
        assert_eq!(count, 3);
    }
}
