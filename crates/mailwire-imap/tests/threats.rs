//! What a hostile peer sends, and what must not come of it. Work and memory are counted, never timed.

#[path = "threats/encoding.rs"]
mod encoding;
#[path = "threats/framing.rs"]
mod framing;
#[path = "threats/limits.rs"]
mod limits;
#[path = "threats/octets.rs"]
mod octets;
#[path = "threats/secrets.rs"]
mod secrets;
#[path = "threats/work.rs"]
mod work;

use bytes::BytesMut;
use mailwire_imap::{
    Command, Decoder, Limits, Quirks,
    command::CommandError,
    frame::{Event, Framer, FramingError},
};

type Side = fn(Limits, Quirks) -> Framer;

/// What a framer makes of octets: the frames, the lengths of literals that it announces, the sum of what is streamed.
#[derive(Debug, Default, Eq, PartialEq)]
struct Found {
    frames: Vec<Vec<u8>>,
    literals: Vec<u64>,
    streamed: usize,
    error: Option<FramingError>,
}

/// Feeds octets in pieces; `refuse` tells which of the announced literals is refused.
fn framed(framer: &mut Framer, wire: &[u8], piece: usize, refuse: impl Fn(usize) -> bool) -> Found {
    let (mut input, mut found) = (BytesMut::new(), Found::default());
    for piece in wire.chunks(piece) {
        input.extend_from_slice(piece);
        loop {
            let event = match framer.next_event(&mut input) {
                Ok(Some(event)) => event,
                Ok(None) => break,
                Err(error) => {
                    found.error = Some(error);
                    return found;
                }
            };
            match event {
                Event::Frame(frame) => found.frames.push(frame.octets().to_vec()),
                Event::Chunk(octets) => found.streamed += octets.len(),
                Event::Literal(literal) => {
                    found.literals.push(literal.length());
                    if refuse(found.literals.len())
                        && let Err(error) = framer.refuse(&literal, &mut input)
                    {
                        found.error = Some(error);
                        return found;
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }
    found
}

fn server(limits: Limits) -> Framer {
    Framer::commands(limits, Quirks::lenient())
}

fn client() -> Framer {
    Framer::responses(Limits::client(), Quirks::lenient())
}

fn command(wire: impl AsRef<[u8]>) -> Result<Command, CommandError> {
    Decoder::new(Limits::server(), Quirks::lenient()).command(wire.as_ref())
}
