//! Octets in pieces, and messages of every shape.

use proptest::prelude::*;

/// Sizes of the pieces that a dialogue's lines are cut into, the last of which cuts nothing.
pub fn every_size() -> impl Iterator<Item = usize> {
    (1..=64).chain([usize::MAX])
}

/// All ways to cut `octets` into two.
pub fn halves(octets: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    (0..=octets.len()).map(|at| octets.split_at(at))
}

/// Sizes of pieces, to be taken round and round.
pub fn sizes(most: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1..=most, 1..8)
}

/// A message made of what is hard about messages: lines that begin with dots, bare CR and LF, octets beyond ASCII and
/// NUL, what looks like replies or like the end, no line end at the end, nothing at all.
pub fn message() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(HARD.to_vec());
    prop_oneof![
        8 => prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat()),
        1 => prop::collection::vec(any::<u8>(), 0..300),
        1 => (1..2000_usize).prop_map(|length| b"x".repeat(length)),
    ]
}

/// Messages of a maildrop.
pub fn messages(most: usize) -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(message(), 0..=most)
}

const HARD: [&[u8]; 14] = [
    b"\r\n",
    b"\n",
    b"\r",
    b".",
    b"..",
    b"\n.\n",
    b"\r\n.\r\n",
    b"\r\n..",
    b"Subject: text\r\n",
    b"text",
    b"+OK",
    b"-ERR ",
    b"\xC3\xA9",
    b"\xFF\0",
];
