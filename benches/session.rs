//! A session of 10,000 RETRs: the client machine against the server machine, in one memory.

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput};

use crate::{
    measure::{is_test, median, time},
    pair::{Message, Pair},
};

mod measure;
mod pair;

fn main() {
    let count = if is_test() { 100 } else { 10_000 };
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("session");
    group.throughput(Throughput::Elements(count as u64));
    for (name, pipelining) in MODES {
        group.bench_function(name, |b| {
            b.iter_batched(|| pair(count, pipelining), |pair| retrieve(pair, count), BatchSize::PerIteration);
        });
    }
    group.finish();
    criterion.final_summary();
    print_table(count);
}

fn print_table(count: usize) {
    let rounds = if is_test() { 1 } else { 31 };
    println!("| {count} messages of 2 KiB | messages/s | MB/s | allocations a message |");
    println!("| --- | --- | --- | --- |");
    for (name, pipelining) in MODES {
        let round = || time(|| pair(count, pipelining), |pair| retrieve(pair, count));
        let seconds = median((0..rounds).map(|_| round()).collect()).as_secs_f64();
        let ready = pair(count, pipelining);
        let counted = allocation_counter::measure(|| drop(retrieve(ready, count)));
        println!(
            "| {name} | {:.0} | {:.0} | {:.1} |",
            count as f64 / seconds,
            (count * MESSAGE) as f64 / seconds / 1e6,
            counted.count_total as f64 / count as f64
        );
    }
}

fn pair(count: usize, pipelining: bool) -> Pair {
    let line = b"It was a bright cold day in April, and the clocks were striking.\r\n";
    let text: Vec<u8> = line.iter().copied().cycle().take(MESSAGE - 2).chain(*b"\r\n").collect();
    Pair::new(count, Message { piece: Bytes::from(text), pieces: 1 }, pipelining)
}

fn retrieve(mut pair: Pair, count: usize) -> Pair {
    let before = pair.received;
    pair.retrieve(count);
    assert_eq!(pair.received.messages - before.messages, count);
    assert_eq!(pair.received.octets - before.octets, count * MESSAGE);
    pair
}

const MESSAGE: usize = 2048;

const MODES: [(&str, bool); 2] = [("one at a time", false), ("pipelined", true)];
