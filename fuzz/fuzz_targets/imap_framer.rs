//! Frames, literals and chunks out of any octets in any pieces.
#![no_main]

use arbitrary::Arbitrary;
use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::chunks;
use mailwire_imap::{
    Limits, Quirks,
    frame::{Event, Framer, FramingError},
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    is_client: bool,
    strict: bool,
    line: u8,
    inline_literal: u8,
    inline_literals: u8,
    streamed_literals: u8,
    refuse: Option<u8>,
    first: &'a [u8],
    wire: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let whole = events(&input, std::iter::once(input.wire));
    assert_eq!(events(&input, chunks(input.wire, input.first)), whole);
    assert_eq!(events(&input, input.wire.chunks(1)), whole);
});

#[derive(Debug, Default, PartialEq)]
struct Events {
    /// The octets of chunks in a row are one.
    events: Vec<(&'static str, Vec<u8>)>,
    error: Option<FramingError>,
}

fn events<'a>(settings: &Input<'_>, chunks: impl Iterator<Item = &'a [u8]>) -> Events {
    let quirks = if settings.strict { Quirks::strict() } else { Quirks::lenient() };
    let mut limits = Limits::server();
    limits.line = settings.line.into();
    limits.inline_literal = settings.inline_literal.into();
    limits.inline_literals = settings.inline_literals.into();
    limits.streamed_literals = settings.streamed_literals.into();
    limits.discard = 100;
    let held = usize::from(settings.line) + usize::from(settings.inline_literals) + 600;
    let mut framer =
        if settings.is_client { Framer::commands(limits, quirks) } else { Framer::responses(limits, quirks) };
    let (mut input, mut found, mut literals) = (BytesMut::new(), Events::default(), 0);
    for chunk in chunks {
        input.extend_from_slice(chunk);
        loop {
            let event = match framer.next_event(&mut input) {
                Ok(Some(event)) => event,
                Ok(None) => break,
                Err(error) => return Events { error: Some(error), ..found },
            };
            match event {
                Event::Chunk(octets) => match found.events.last_mut() {
                    Some(("chunk", before)) => before.extend_from_slice(&octets),
                    _ => found.events.push(("chunk", octets.to_vec())),
                },
                Event::Frame(frame) => found.events.push(("frame", frame.octets().to_vec())),
                Event::Literal(literal) => {
                    found.events.push(("literal", literal.head().octets().to_vec()));
                    literals += 1;
                    if settings.is_client && settings.refuse == Some(literals - 1) {
                        if let Err(error) = framer.refuse(&literal, &mut input) {
                            return Events { error: Some(error), ..found };
                        }
                        found.events.push(("refused", Vec::new()));
                    }
                }
                _ => {}
            }
        }
        assert!(input.len() <= held + chunk.len(), "{} octets are held", input.len());
    }
    found
}
