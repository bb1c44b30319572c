//! A message of 1 GiB through the server machine and the client machine, in constant memory.

use std::time::Instant;

use bytes::Bytes;

use crate::pair::{Message, Pair};

mod pair;

fn main() {
    let line = b"It was a bright cold day in April, and the clocks were striking thirteen..\r\n";
    let text: Vec<u8> = line.iter().copied().cycle().take(PIECE - 2).chain(*b"\r\n").collect();
    let message = Message { piece: Bytes::from(text), pieces: MESSAGE / PIECE };
    let start = Instant::now();
    let counted = allocation_counter::measure(|| {
        let mut pair = Pair::new(1, message, true);
        let before = pair.received;
        pair.retrieve(1);
        assert_eq!(pair.received.octets - before.octets, MESSAGE);
    });
    let speed = MESSAGE as f64 / start.elapsed().as_secs_f64() / 1e9;
    println!("a message of 1 GiB: {speed:.1} GB/s, at most {} KiB on the heap", counted.bytes_max / 1024);
    assert!(counted.bytes_max < MOST, "{} octets on the heap", counted.bytes_max);
}

const MESSAGE: usize = 1 << 30;
const PIECE: usize = 16 * 1024;
/// Both sides together, their buffers included.
const MOST: u64 = 2 << 20;
