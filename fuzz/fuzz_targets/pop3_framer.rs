//! Lines out of any octets in any pieces, against a framer that sees everything at once.
#![no_main]

use arbitrary::Arbitrary;
use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::chunks;
use mailwire_pop3::{
    Quirks,
    line::{Framer, FramingError},
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    strict: bool,
    limit: u8,
    first: &'a [u8],
    second: &'a [u8],
    wire: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let quirks = if input.strict { Quirks::strict() } else { Quirks::lenient() };
    let limit = usize::from(input.limit);
    let expected = model(input.wire, limit, !input.strict);
    for sizes in [input.first, input.second, &[]] {
        assert_eq!(lines(chunks(input.wire, sizes), limit, quirks), expected);
    }
    assert_eq!(lines(input.wire.chunks(1), limit, quirks), expected);
});

type Lines = (Vec<Vec<u8>>, Option<FramingError>);

fn lines<'a>(chunks: impl Iterator<Item = &'a [u8]>, limit: usize, quirks: Quirks) -> Lines {
    let (mut framer, mut input, mut lines) = (Framer::new(quirks), BytesMut::new(), Vec::new());
    for chunk in chunks {
        input.extend_from_slice(chunk);
        loop {
            match framer.next_line(&mut input, limit) {
                Ok(Some(line)) => {
                    assert!(line.len() <= limit && !line.contains(&b'\n'));
                    lines.push(line.to_vec());
                }
                Ok(None) => break,
                Err(error) => return (lines, Some(error)),
            }
        }
        assert!(input.len() <= limit + 1, "{} octets are held", input.len());
    }
    (lines, None)
}

fn model(wire: &[u8], limit: usize, bare_line_feed: bool) -> Lines {
    let mut lines = Vec::new();
    let mut rest = wire;
    while let Some(end) = rest.iter().position(|octet| *octet == b'\n') {
        let (line, ended) = (&rest[..end], rest[..end].ends_with(b"\r"));
        let line = if ended { &line[..end - 1] } else { line };
        if line.len() > limit {
            return (lines, Some(FramingError::LineTooLong { limit }));
        }
        if !ended && !bare_line_feed {
            return (lines, Some(FramingError::BareLineFeed));
        }
        lines.push(line.to_vec());
        rest = &rest[end + 1..];
    }
    let length = rest.len() - usize::from(rest.ends_with(b"\r"));
    (lines, (length > limit).then_some(FramingError::LineTooLong { limit }))
}
