//! Dot-stuffing and its undoing, beside a copy of the same octets in the same run.
//!
//! A ratio of 0.5 means: half as fast as `memcpy`. Rounds take turns, so that a noisy machine disturbs both alike.

use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use criterion::{BatchSize, Criterion, Throughput};
use mailwire_pop3::dot::{Stuffer, Unstuffer};

use crate::measure::{is_test, median, time};

mod measure;

fn main() {
    let size = if is_test() { 1 << 20 } else { 16 << 20 };
    let texts = [
        ("no dots", mail(size, |_| false)),
        ("mail", mail(size, |line| line % 100 == 0)),
        ("all dots", b".\r\n".repeat(size / 3)),
    ];
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    for (name, text) in &texts {
        let text = Bytes::from(text.clone());
        bench(&mut criterion, name, &text);
    }
    criterion.final_summary();
    print_ratios(&texts);
}

fn bench(criterion: &mut Criterion, name: &str, text: &Bytes) {
    let wire = stuffed(text);
    for (size, chunk) in CHUNKS {
        let mut group = criterion.benchmark_group(format!("{name}, {size}"));
        group.throughput(Throughput::Bytes(text.len() as u64));
        let mut copy = vec![0; text.len()];
        group.bench_function("copy", |b| b.iter(|| copy_in_chunks(text, chunk, &mut copy)));
        let mut unstuffing = |name: &str, wire: &[u8]| {
            group.bench_function(name, |b| {
                b.iter_batched(|| BytesMut::from(wire), |wire| unstuff(wire, chunk), BatchSize::PerIteration);
            });
        };
        unstuffing("unstuff", &wire);
        group.bench_function("stuff exact", |b| b.iter(|| stuff(Stuffer::new(), text, chunk)));
        group.bench_function("stuff canonical", |b| b.iter(|| stuff(Stuffer::canonical(), text, chunk)));
        group.finish();
    }
}

fn print_ratios(texts: &[(&str, Vec<u8>)]) {
    let rounds = if is_test() { 1 } else { 31 };
    println!(
        "| text | chunk | copy GB/s | unstuff GB/s | ratio | exact GB/s | ratio | canonical GB/s | ratio |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (name, text) in texts {
        let text = Bytes::from(text.clone());
        let wire = stuffed(&text);
        let mut copy = vec![0; text.len()];
        for (size, chunk) in CHUNKS {
            let mut times = [const { Vec::new() }; 4];
            for _ in 0..rounds {
                times[0].push(time(|| (), |()| copy_in_chunks(&text, chunk, &mut copy)));
                times[1].push(time(|| BytesMut::from(&wire[..]), |wire| unstuff(wire, chunk)));
                times[2].push(time(|| (), |()| stuff(Stuffer::new(), &text, chunk)));
                times[3].push(time(|| (), |()| stuff(Stuffer::canonical(), &text, chunk)));
            }
            let [copy, others @ ..] =
                times.map(|times| text.len() as f64 / median(times).as_secs_f64() / 1e9);
            print!("| {name} | {size} | {copy:.1} |");
            for speed in others {
                print!(" {speed:.1} | {:.2} |", speed / copy);
            }
            println!();
        }
    }
}

/// Lines of 76 characters, as encoders fold them. Where `starts_with_dot` says so the first one is a dot.
fn mail(size: usize, starts_with_dot: impl Fn(usize) -> bool) -> Vec<u8> {
    let words = b"It was a bright cold day in April, and the clocks were striking thirteen. ";
    let mut text = Vec::with_capacity(size + 78);
    for line in 0.. {
        if text.len() >= size {
            break;
        }
        let start = text.len();
        text.extend(words.iter().cycle().skip(line * 7 % words.len()).take(76));
        if starts_with_dot(line) {
            text[start] = b'.';
        }
        text.extend_from_slice(b"\r\n");
    }
    text
}

fn stuffed(text: &Bytes) -> Vec<u8> {
    let mut stuffer = Stuffer::new();
    let body = stuffer.chunk(text.clone());
    [&body[..], &stuffer.finish()].concat()
}

fn copy_in_chunks(text: &[u8], chunk: usize, copy: &mut [u8]) {
    for (from, to) in text.chunks(chunk).zip(copy.chunks_mut(chunk)) {
        to.copy_from_slice(from);
        black_box(to);
    }
}

/// The pieces are parts of one allocation, as those of a receive buffer are.
fn unstuff(mut wire: BytesMut, chunk: usize) {
    let (mut unstuffer, mut input) = (Unstuffer::new(), BytesMut::new());
    while !wire.is_empty() {
        let piece = wire.split_to(chunk.min(wire.len()));
        if input.is_empty() {
            input = piece;
        } else {
            input.unsplit(piece);
        }
        while let Some(octets) = unstuffer.next_chunk(&mut input) {
            black_box(octets);
        }
    }
    assert!(unstuffer.is_finished());
}

fn stuff(mut stuffer: Stuffer, text: &Bytes, chunk: usize) {
    let mut start = 0;
    while start < text.len() {
        let end = (start + chunk).min(text.len());
        black_box(stuffer.chunk(text.slice(start..end)));
        start = end;
    }
    black_box(stuffer.finish());
}

const CHUNKS: [(&str, usize); 3] = [("4 KiB", 4 << 10), ("64 KiB", 64 << 10), ("whole", usize::MAX >> 1)];
