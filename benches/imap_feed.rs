//! A framer fed in pieces: a literal of 10 MiB that passes through, and a line of 1 MiB, beside a copy of the same octets.

use std::hint::black_box;

use bytes::BytesMut;
use mailwire_imap::{
    Decoder, Limits, Quirks,
    frame::{Event, Framer},
    response::{Data, Response},
};

use crate::{
    imap_samples::{body, search},
    measure::{Goals, consume, is_test, turns},
};

mod imap_samples;
mod measure;

fn main() {
    let mut goals = Goals::default();
    let literal = body(if is_test() { 100_000 } else { 10 << 20 });
    let count = if is_test() { 1000 } else { 150_000 };
    let line = search(count);
    assert_eq!(numbers(&line), count);
    println!("| what | pieces | octets | most on the heap, KiB | GB/s | a copy, GB/s | ratio |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for (name, wire, piece) in
        [("literal", &literal, 4096), ("literal", &literal, 1), ("line", &line, 4096), ("line", &line, 1)]
    {
        let heap = allocation_counter::measure(|| feed(wire, piece)).bytes_max >> 10;
        // What is fed is copied into the framer's buffer, as it is by a socket; the other copies the same pieces.
        let [fed, copied] = turns(wire.len(), [&mut || feed(wire, piece), &mut || copy(wire, piece)]);
        let octets = wire.len() as f64;
        println!(
            "| {name} | {piece} | {octets} | {heap} | {:.2} | {:.2} | {:.2} |",
            octets / fed,
            octets / copied,
            copied / fed
        );
        if (name, piece) == ("literal", 4096) {
            goals.at_least("a literal in pieces, beside a copy", copied / fed, 0.5);
        }
        if name == "literal" {
            assert!(heap < 256, "the literal is not held");
        }
    }
    println!("\n| octet by octet | half of it, ms | all of it, ms | ratio |");
    println!("| --- | --- | --- | --- |");
    for (name, wire) in [("literal", &literal), ("line", &line)] {
        let part = wire.get(..wire.len() / 2).unwrap_or_default();
        let [half, whole] = turns(wire.len(), [&mut || feed(part, 1), &mut || feed(wire, 1)]);
        println!("| {name} | {:.1} | {:.1} | {:.2} |", half / 1e6, whole / 1e6, whole / half);
        // It would be 4 if it were not linear; 3 leaves room for what else goes on.
        goals.at_least("octet by octet, linear", 3.0 * half / whole, 1.0);
    }
    goals.end();
}

fn feed(wire: &[u8], piece: usize) {
    let mut limits = Limits::client();
    limits.inline_literal = 64 * 1024;
    let mut framer = Framer::responses(limits, Quirks::lenient());
    let mut input = BytesMut::with_capacity(8192);
    for piece in wire.chunks(piece) {
        input.extend_from_slice(piece);
        while let Some(event) = framer.next_event(&mut input).expect("it can be framed") {
            consume(event);
        }
    }
}

/// A copy of each piece to the same place.
fn copy(wire: &[u8], piece: usize) {
    let mut buffer = vec![0_u8; piece];
    for piece in wire.chunks(piece) {
        if let Some(buffer) = buffer.get_mut(..piece.len()) {
            buffer.copy_from_slice(piece);
        }
        black_box(&mut buffer);
    }
}

/// How many numbers are read of a line that came in pieces.
fn numbers(wire: &[u8]) -> usize {
    let mut framer = Framer::responses(Limits::client(), Quirks::lenient());
    let mut input = BytesMut::new();
    for piece in wire.chunks(4096) {
        input.extend_from_slice(piece);
        if let Some(Event::Frame(frame)) = framer.next_event(&mut input).expect("it can be framed") {
            let Response::Data(Data::Search(found)) = Decoder::default().response(frame) else { return 0 };
            return found.numbers.len();
        }
    }
    0
}
