//! IMAP: octets to frames, parts to octets.

pub mod application;
pub mod ear;

use bytes::{Bytes, BytesMut};
use mailwire_imap::{
    Limits, Quirks,
    encoder::{Abilities, EncodeError, Encoder, Literals, Part},
    frame::{Event, Frame, Framer},
};

/// Which side sends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// Commands.
    Client,
    /// Responses.
    Server,
}

/// The frames of `wire`, all literals collected, up to the first that is not complete or no frame.
pub fn frames(side: Side, wire: &[u8], quirks: Quirks) -> Vec<Frame> {
    let mut limits = Limits::client();
    limits.set_ranges = 1000;
    let mut framer = match side {
        Side::Client => Framer::commands(limits, quirks),
        Side::Server => Framer::responses(limits, quirks),
    };
    let (mut input, mut frames) = (BytesMut::from(wire), Vec::new());
    while let Ok(Some(event)) = framer.next_event(&mut input) {
        if let Event::Frame(frame) = event {
            frames.push(frame);
        }
    }
    frames
}

/// The only frame of `wire`, which is nothing else.
pub fn only_frame(side: Side, wire: &[u8]) -> Frame {
    let frames = frames(side, wire, Quirks::strict());
    let [frame] = <[Frame; 1]>::try_from(frames)
        .unwrap_or_else(|frames| panic!("{} frames: {}", frames.len(), wire.escape_ascii()));
    assert_eq!(frame.octets().len() + 2, wire.len(), "more than a frame: {}", wire.escape_ascii());
    frame
}

/// What peers may understand.
pub fn abilities(index: u8) -> Abilities {
    let mut abilities = Abilities::default();
    abilities.literals = [Literals::Synchronising, Literals::Minus, Literals::Plus][usize::from(index % 3)];
    abilities.binary = index & 4 != 0;
    abilities.utf8 = index & 8 != 0;
    abilities
}

/// The octets that are sent, if the value can be.
pub fn sent(
    side: Side,
    abilities: Abilities,
    encode: impl FnOnce(&mut Encoder),
) -> Result<Bytes, EncodeError> {
    let mut out = match side {
        Side::Client => Encoder::client(abilities),
        Side::Server => Encoder::server(abilities),
    };
    encode(&mut out);
    let mut octets = BytesMut::new();
    for part in out.finish()? {
        match part {
            Part::Octets(part) => octets.extend_from_slice(&part),
            // Longer ones cannot be held here.
            Part::Stream { length } if length > 10_000 => return Err(EncodeError::EmptyList),
            Part::Stream { length } => octets.resize(octets.len() + length as usize, b'x'),
            _ => {}
        }
    }
    Ok(octets.freeze())
}
