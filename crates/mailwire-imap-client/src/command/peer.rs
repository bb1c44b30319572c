//! For the tests of commands: a server by what it sends, octet by octet.

use alloc::{format, string::String, vec::Vec};

use bytes::BytesMut;
use mailwire_imap::{
    Decoder, Encoder, Limits, Quirks,
    encoder::{Abilities, Part},
    frame::{Event, Framer},
    response::Response,
};

use crate::{Command, Untagged};

/// What the command makes of a server's octets, and what it gives back, as lines. Literals over `inline` octets come as
/// chunks; the octets come in pieces of `piece`.
pub(crate) fn absorbed<C: Command>(
    command: &C,
    wire: &str,
    inline: u64,
    piece: usize,
) -> (C::Output, Vec<String>) {
    let mut limits = Limits::client();
    limits.inline_literal = inline;
    let mut framer = Framer::responses(limits.clone(), Quirks::default());
    let decoder = Decoder::new(limits, Quirks::default());
    let (mut input, mut output, mut back) = (BytesMut::new(), C::Output::default(), Vec::new());
    let mut is_taken = false;
    for octets in wire.as_bytes().chunks(piece) {
        input.extend_from_slice(octets);
        while let Some(event) = framer.next_event(&mut input).unwrap() {
            let data = match event {
                Event::Literal(literal) if literal.is_streamed() => {
                    let Response::Data(head) = decoder.response(literal.head().clone()) else {
                        panic!("{wire}")
                    };
                    let given_back = command.absorb(Untagged::Head(head), &mut output);
                    is_taken = given_back.is_none();
                    given_back
                }
                Event::Chunk(octets) if is_taken => command.absorb(Untagged::Chunk(octets), &mut output),
                Event::Frame(frame) => match decoder.response(frame) {
                    Response::Data(data) => command.absorb(Untagged::Data(data), &mut output),
                    Response::Tagged(_, status) => {
                        command.finish(&status, &mut output);
                        None
                    }
                    Response::Unknown(unknown) => command.absorb(Untagged::Unknown(unknown), &mut output),
                    other => panic!("{other:?}"),
                },
                _ => None,
            };
            back.extend(data.map(shown));
        }
    }
    (output, back)
}

/// The same without chunks.
pub(crate) fn answer<C: Command>(command: &C, lines: &[&str]) -> (C::Output, Vec<String>) {
    let wire = lines.join("\r\n") + "\r\n";
    absorbed(command, &wire, u64::MAX, usize::MAX)
}

fn shown(data: Untagged) -> String {
    let data = match data {
        Untagged::Data(data) => data,
        Untagged::Head(_) => return "(head)".into(),
        Untagged::Chunk(_) => return "(chunk)".into(),
        Untagged::Unknown(unknown) => return format!("(unknown) {}", unknown.octets),
    };
    let debug = format!("{data:?}");
    let mut out = Encoder::server(Abilities::all());
    Response::Data(data).encode(&mut out);
    let octets = |part: &Part| if let Part::Octets(octets) = part { octets.to_vec() } else { Vec::new() };
    // What was never read has no form.
    out.finish().map_or(debug, |parts| {
        let octets: Vec<u8> = parts.iter().flat_map(octets).collect();
        String::from_utf8_lossy(&octets).trim_end().into()
    })
}
