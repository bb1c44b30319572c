//! Dot-stuffing both ways in any pieces, against models that take one octet at a time.
#![no_main]

use arbitrary::Arbitrary;
use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::chunks;
use mailwire_pop3::dot::{Stuffer, Unstuffer};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    there: &'a [u8],
    back: &'a [u8],
    octets: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    // As they are, and made of little else than what matters: line ends and dots.
    let dense: Vec<u8> = input.octets.iter().map(|octet| b"\r\n..a"[usize::from(*octet) % 5]).collect();
    for octets in [input.octets, &dense] {
        exact(octets, input.there, input.back);
        canonical(octets, input.there, input.back);
        from_a_server(octets, input.there, input.back);
    }
});

fn exact(message: &[u8], there: &[u8], back: &[u8]) {
    let wire = stuff(Stuffer::new(), message, there);
    assert_eq!(wire, stuffed(message));
    let (mut read, rest, ended) = unstuff(&[&wire, &b"+OK next\r\n"[..]].concat(), back);
    assert!(ended);
    assert_eq!(rest, b"+OK next\r\n");
    if read != message {
        read.truncate(read.len() - 2);
    }
    assert_eq!(read, message);
}

fn canonical(message: &[u8], there: &[u8], back: &[u8]) {
    let wire = stuff(Stuffer::canonical(), message, there);
    let text = with_crlf(message);
    assert_eq!(wire, stuffed(&text));
    assert!(wire.iter().enumerate().all(|(at, octet)| *octet != b'\n' || at > 0 && wire[at - 1] == b'\r'));
    let (read, rest, ended) = unstuff(&wire, back);
    assert!(ended && rest.is_empty());
    assert!(read == text || read.strip_suffix(b"\r\n") == Some(&text[..]));
}

fn from_a_server(wire: &[u8], first: &[u8], second: &[u8]) {
    let (message, rest, ended) = unstuff(wire, first);
    let (other_message, other_rest, other_ended) = unstuff(wire, second);
    assert_eq!((&message, ended), (&other_message, other_ended));
    let (expected, expected_rest) = unstuffed(wire);
    assert_eq!(ended, expected_rest.is_some());
    match expected_rest {
        Some(expected_rest) => {
            assert_eq!(message, expected);
            assert_eq!((&rest[..], &other_rest[..]), (expected_rest, expected_rest));
        }
        // What may become the end of the body is held back.
        None => assert!(expected.starts_with(&message) && expected.len() - message.len() <= 2),
    }
}

fn stuff(mut stuffer: Stuffer, message: &[u8], sizes: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for chunk in chunks(message, sizes) {
        wire.extend_from_slice(&stuffer.chunk(Bytes::copy_from_slice(chunk)));
    }
    wire.extend_from_slice(&stuffer.finish());
    wire
}

/// The message, what is left after it, and whether its end was seen.
fn unstuff(wire: &[u8], sizes: &[u8]) -> (Vec<u8>, Vec<u8>, bool) {
    let (mut unstuffer, mut input, mut message) = (Unstuffer::new(), BytesMut::new(), Vec::new());
    for chunk in chunks(wire, sizes) {
        input.extend_from_slice(chunk);
        while let Some(chunk) = unstuffer.next_chunk(&mut input) {
            assert!(!chunk.is_empty());
            message.extend_from_slice(&chunk);
        }
        assert!(unstuffer.is_finished() || input.len() <= 3, "{} octets are held", input.len());
    }
    (message, input.to_vec(), unstuffer.is_finished())
}

/// What is sent for `message`, by the words of RFC 1939 section 3.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for (at, octet) in message.iter().enumerate() {
        if *octet == b'.' && (at == 0 || message[..at].ends_with(b"\r\n")) {
            wire.push(b'.');
        }
        wire.push(*octet);
    }
    if !message.is_empty() && !message.ends_with(b"\r\n") {
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b".\r\n");
    wire
}

/// What `wire` means, and what comes after its end, if it has one.
fn unstuffed(wire: &[u8]) -> (Vec<u8>, Option<&[u8]>) {
    let mut message = Vec::new();
    for at in 0..wire.len() {
        let line_start = at == 0 || wire[..at].ends_with(b"\r\n");
        if line_start && wire[at..].starts_with(b".\r\n") {
            return (message, Some(&wire[at + 3..]));
        }
        if !(line_start && wire[at] == b'.') {
            message.push(wire[at]);
        }
    }
    (message, None)
}

fn with_crlf(message: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for octet in message {
        if *octet == b'\n' && text.last() != Some(&b'\r') {
            text.push(b'\r');
        }
        text.push(*octet);
    }
    text
}
