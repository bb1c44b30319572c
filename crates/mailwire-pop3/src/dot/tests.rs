use alloc::{format, vec::Vec};

use proptest::prelude::*;

use super::*;

/// The rule of RFC 1939, one octet at a time: what is sent for `message`.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for (index, octet) in message.iter().enumerate() {
        if *octet == b'.' && (index == 0 || message[..index].ends_with(b"\r\n")) {
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

fn stuff_in_chunks(mut stuffer: Stuffer, message: &[u8], sizes: &[usize]) -> Vec<u8> {
    let mut wire = Vec::new();
    for chunk in chunks(message, sizes) {
        wire.extend_from_slice(&stuffer.chunk(Bytes::copy_from_slice(chunk)));
    }
    wire.extend_from_slice(&stuffer.finish());
    wire
}

/// The message, what is left after it, and whether its end was seen.
fn unstuff_in_chunks(wire: &[u8], sizes: &[usize]) -> (Vec<u8>, Vec<u8>, bool) {
    let (mut unstuffer, mut input, mut message) = (Unstuffer::new(), BytesMut::new(), Vec::new());
    for chunk in chunks(wire, sizes) {
        input.extend_from_slice(chunk);
        while let Some(chunk) = unstuffer.next_chunk(&mut input) {
            assert!(!chunk.is_empty());
            message.extend_from_slice(&chunk);
        }
        assert!(unstuffer.is_finished() || input.len() <= 3, "{input:?}");
    }
    (message, input.to_vec(), unstuffer.is_finished())
}

fn chunks<'a>(mut octets: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let mut sizes = sizes.iter().copied().cycle();
    core::iter::from_fn(move || {
        let (chunk, rest) = octets.split_at(sizes.next()?.min(octets.len()));
        octets = rest;
        (!chunk.is_empty()).then_some(chunk)
    })
}

#[test]
fn bodies_both_ways_in_every_split() {
    for (wire, message) in [
        (&b".\r\n"[..], &b""[..]),
        (b"\r\n.\r\n", b"\r\n"),
        (b"one\r\n.\r\n", b"one\r\n"),
        (b"..\r\n.\r\n", b".\r\n"),
        (b"...\r\n.\r\n", b"..\r\n"),
        (b"..one\r\n..two\r\nthr.ee.\r\n.\r\n", b".one\r\n.two\r\nthr.ee.\r\n"),
        (b"..\r\n..\r\n..\r\n.\r\n", b".\r\n.\r\n.\r\n"),
        (b"\r\n..\r\n\r\n.\r\n", b"\r\n.\r\n\r\n"),
        (b"a\n.\nb\r\n.\r\n", b"a\n.\nb\r\n"),
        (b"a\n.\r\nb\r\n.\r\n", b"a\n.\r\nb\r\n"),
        (b"a\r.\r\n.\r\n", b"a\r.\r\n"),
        (b"a\r\r\n..\r\r\n.\r\n", b"a\r\r\n.\r\r\n"),
        (b"..\r.\r\n.\r\n", b".\r.\r\n"),
        (b"+OK no reply\r\n-ERR\r\n.\r\n", b"+OK no reply\r\n-ERR\r\n"),
        (b"\xFF\0\x80\r\n.\r\n", b"\xFF\0\x80\r\n"),
    ] {
        let shown = format!("{}", wire.escape_ascii());
        for size in 1..=wire.len() + 4 {
            let (read, rest, ended) = unstuff_in_chunks(&[wire, b"+OK"].concat(), &[size]);
            assert_eq!((&read[..], ended), (message, true), "{shown} by {size}");
            assert!(b"+OK".ends_with(&rest) || b"+OK".starts_with(&rest), "{shown} by {size}");
            assert_eq!(stuff_in_chunks(Stuffer::new(), message, &[size]), wire, "{shown} by {size}");
        }
        assert_eq!(stuffed(message), wire);
    }
}

#[test]
fn what_servers_send_otherwise() {
    for (wire, message) in [
        // Not stuffed: the dot is lost, as RFC 1939 says.
        (&b".one\r\n.\r\n"[..], &b"one\r\n"[..]),
        // A dot and LF is not the end.
        (b".\nmore\r\n.\r\n", b"\nmore\r\n"),
        (b".\rmore\r\n.\r\n", b"\rmore\r\n"),
        (b".\r\rmore\r\n.\r\n", b"\r\rmore\r\n"),
        (b".\r.\r\n.\r\n", b"\r.\r\n"),
    ] {
        for size in 1..=wire.len() {
            let (read, _, ended) = unstuff_in_chunks(wire, &[size]);
            assert_eq!((&read[..], ended), (message, true), "{} by {size}", wire.escape_ascii());
        }
    }
}

#[test]
fn a_body_without_its_end_is_not_finished() {
    let wire = b"one\r\n..two\r\n.\r\n";
    for end in 0..wire.len() {
        assert!(!unstuff_in_chunks(&wire[..end], &[4]).2, "{end}");
    }
}

#[test]
fn a_missing_last_line_end_is_added() {
    for (message, wire) in
        [(&b"one"[..], &b"one\r\n.\r\n"[..]), (b"one\r", b"one\r\r\n.\r\n"), (b"one\n", b"one\n\r\n.\r\n")]
    {
        assert_eq!(stuff_in_chunks(Stuffer::new(), message, &[2]), wire);
    }
}

#[test]
fn canonical_bodies_have_no_bare_line_feed() {
    for (message, wire) in [
        (&b"one\ntwo\n"[..], &b"one\r\ntwo\r\n.\r\n"[..]),
        (b"\n.\n+OK\n", b"\r\n..\r\n+OK\r\n.\r\n"),
        (b".\n", b"..\r\n.\r\n"),
        (b"one\r\n\ntwo", b"one\r\n\r\ntwo\r\n.\r\n"),
        (b"one\r", b"one\r\r\n.\r\n"),
        (b"a\r\r\n.b\r\n", b"a\r\r\n..b\r\n.\r\n"),
    ] {
        for size in 1..=message.len() {
            assert_eq!(
                stuff_in_chunks(Stuffer::canonical(), message, &[size]),
                wire,
                "{}",
                message.escape_ascii()
            );
        }
    }
}

#[test]
fn chunks_without_dots_are_not_copied() {
    let message = Bytes::from_static(b"one\r\ntwo.\r\n");
    assert_eq!(Stuffer::new().chunk(message.clone()).as_ptr(), message.as_ptr());
    assert_eq!(Stuffer::canonical().chunk(message.clone()).as_ptr(), message.as_ptr());
    let mut input = BytesMut::from(&message[..]);
    let start = input.as_ptr();
    assert_eq!(Unstuffer::new().next_chunk(&mut input).unwrap().as_ptr(), start);
}

/// Octets of which line ends and dots are made.
fn message() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(&b"\r\n..a"[..]), 0..60)
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1..9_usize, 1..8)
}

proptest! {
    #[test]
    fn any_message_goes_both_ways(message in message(), there in sizes(), back in sizes()) {
        let wire = stuff_in_chunks(Stuffer::new(), &message, &there);
        prop_assert_eq!(&wire, &stuffed(&message));
        let (mut read, rest, ended) = unstuff_in_chunks(&wire, &back);
        prop_assert!(ended && rest.is_empty());
        if read != message {
            read.truncate(read.len() - 2);
        }
        prop_assert_eq!(read, message);
    }

    #[test]
    fn canonical_is_exact_stuffing_of_canonical_text(message in message(), there in sizes()) {
        let mut canonical = Vec::new();
        for octet in message.iter().copied() {
            if octet == b'\n' && canonical.last() != Some(&b'\r') {
                canonical.push(b'\r');
            }
            canonical.push(octet);
        }
        prop_assert_eq!(stuff_in_chunks(Stuffer::canonical(), &message, &there), stuffed(&canonical));
    }

    #[test]
    fn any_octets_from_a_server(wire in message(), first in sizes(), second in sizes()) {
        prop_assert_eq!(unstuff_in_chunks(&wire, &first).0, unstuff_in_chunks(&wire, &second).0);
    }
}
