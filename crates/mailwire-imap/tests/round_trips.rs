//! Any value, written for any peer, is one command or response, which is read as the same; or it is an error of its own.

use arbitrary::{Arbitrary, Unstructured};
use bytes::BytesMut;
use mailwire_imap::{
    Command, Decoder, Limits, Quirks, Response,
    encoder::{Abilities, EncodeError, Encoder, Literals, Part},
    frame::{Event, Frame, Framer},
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn commands(abilities in abilities(), noise in noise(), chunk in 1..50_usize) {
        let Ok(command) = Command::arbitrary(&mut Unstructured::new(&noise)) else { return Ok(()) };
        let mut out = Encoder::client(abilities);
        command.encode(&mut out);
        let Ok(octets) = sent(out) else { return Ok(()) };
        let frame = only_frame(Framer::commands, &octets, chunk);
        let again = decoder(abilities).command(frame);
        let again = again.map_err(|error| TestCaseError::fail(format!("{error}\n{command:?}")))?;
        let mut out = Encoder::client(abilities);
        again.encode(&mut out);
        prop_assert_eq!(shown(sent(out)), shown(Ok(octets)), "{:?}", command);
        prop_assert_eq!(&decoder(abilities).command(only_frame(Framer::commands, &sent_as(&again, abilities), 1)), &Ok(again));
    }

    #[test]
    fn responses(abilities in abilities(), noise in noise(), chunk in 1..50_usize) {
        let Ok(response) = Response::arbitrary(&mut Unstructured::new(&noise)) else { return Ok(()) };
        let mut out = Encoder::server(abilities);
        response.encode(&mut out);
        let Ok(octets) = sent(out) else { return Ok(()) };
        let again = decoder(abilities).response(only_frame(Framer::responses, &octets, chunk));
        prop_assert!(!matches!(again, Response::Unknown(_)), "{:?}\n{:?}", again, response);
        let mut out = Encoder::server(abilities);
        again.encode(&mut out);
        prop_assert_eq!(shown(sent(out)), shown(Ok(octets)), "{:?}", response);
    }
}

fn noise() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..400)
}

fn abilities() -> impl Strategy<Value = Abilities> {
    (0..3_usize, any::<bool>(), any::<bool>()).prop_map(|(literals, binary, utf8)| {
        let mut abilities = Abilities::default();
        abilities.literals = [Literals::Synchronising, Literals::Minus, Literals::Plus][literals];
        (abilities.binary, abilities.utf8) = (binary, utf8);
        abilities
    })
}

fn decoder(abilities: Abilities) -> Decoder {
    let mut limits = Limits::client();
    limits.nesting = 1000;
    let mut decoder = Decoder::new(limits, Quirks::strict());
    decoder.set_utf8(abilities.utf8);
    decoder
}

fn sent_as(command: &Command, abilities: Abilities) -> Vec<u8> {
    let mut out = Encoder::client(abilities);
    command.encode(&mut out);
    sent(out).expect("it was sent before")
}

/// What is sent, with octets of the caller as `x`.
fn sent(out: Encoder) -> Result<Vec<u8>, EncodeError> {
    let mut octets = Vec::new();
    for part in out.finish()? {
        match part {
            Part::Octets(part) => octets.extend_from_slice(&part),
            // Longer ones cannot be held here.
            Part::Stream { length } if length > 10_000 => return Err(EncodeError::EmptyList),
            Part::Stream { length } => octets.resize(octets.len() + length as usize, b'x'),
            _ => {}
        }
    }
    Ok(octets)
}

fn shown(octets: Result<Vec<u8>, EncodeError>) -> Result<String, EncodeError> {
    octets.map(|octets| octets.escape_ascii().to_string())
}

/// The frame, after which nothing is left, whatever the pieces.
fn only_frame(side: fn(Limits, Quirks) -> Framer, octets: &[u8], chunk: usize) -> Frame {
    let (mut framer, mut input, mut found) =
        (side(Limits::client(), Quirks::strict()), BytesMut::new(), None);
    for piece in octets.chunks(chunk) {
        input.extend_from_slice(piece);
        while let Some(event) = framer.next_event(&mut input).expect("it is a frame") {
            if let Event::Frame(frame) = event {
                assert_eq!(found.replace(frame), None, "two frames: {}", octets.escape_ascii());
            }
        }
    }
    assert!(input.is_empty() && framer.is_at_start(), "more than a frame: {}", octets.escape_ascii());
    found.expect("a whole frame")
}
