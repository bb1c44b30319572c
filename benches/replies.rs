//! Lines into values: how long one takes, and how many allocations it makes.

use std::hint::black_box;

use bytes::BytesMut;
use criterion::{Criterion, Throughput};
use mailwire_pop3::{
    Capability, Command, Quirks, Reply,
    auth::Challenge,
    line::Framer,
    listing::{DropListing, ScanListing, UniqueIdListing},
};

use crate::measure::{is_test, median, time};

mod measure;

type Decode = fn(&[u8]);

/// What is decoded, from which line, how.
const LINES: [(&str, &[u8], Decode); 18] = [
    ("reply +OK", b"+OK", reply),
    ("reply with a text", b"+OK 1842 octets follow", reply),
    ("reply with a code", b"-ERR [IN-USE] Do you have another POP session running?", reply),
    ("reply with another code", b"-ERR [SYS/TEMP/DISK] try again", reply),
    ("drop listing", b"10000 20480000", |line| drop(black_box(DropListing::parse(line)))),
    ("scan listing", b"10000 20480", |line| drop(black_box(ScanListing::parse(line)))),
    ("unique-id listing", b"10000 000157f15f3b2c1d", |line| drop(black_box(UniqueIdListing::parse(line)))),
    ("challenge", b"+ cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5s", |line| {
        drop(black_box(Challenge::parse(line)));
    }),
    ("capability UIDL", b"UIDL", capability),
    ("capability SASL", b"SASL PLAIN SCRAM-SHA-1 SCRAM-SHA-256", capability),
    ("capability IMPLEMENTATION", b"IMPLEMENTATION Shlemazle-Plotz-v302", capability),
    ("command STAT", b"STAT", command),
    ("command RETR", b"RETR 10000", command),
    ("command TOP", b"TOP 10000 10", command),
    ("command USER", b"USER ann@example.org", command),
    ("command PASS", b"PASS correct horse battery staple", command),
    ("command AUTH", b"AUTH PLAIN AGFubgBjb3JyZWN0IGhvcnNl", command),
    ("command that is unknown", b"XTND XMIT", command),
];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for (name, line, decode) in LINES {
        criterion.bench_function(name, |b| b.iter(|| decode(black_box(line))));
    }
    let rows = rows(if is_test() { 100 } else { 10_000 });
    let mut group = criterion.benchmark_group("listing");
    group.throughput(Throughput::Elements(rows.iter().filter(|octet| **octet == b'\n').count() as u64));
    group.bench_function("framed and decoded", |b| b.iter(|| listing(&rows)));
    group.finish();
    criterion.final_summary();
    print_table();
}

fn print_table() {
    let (rounds, times) = if is_test() { (1, 1) } else { (31, 20_000) };
    println!("| item | ns | allocations | octets |");
    println!("| --- | --- | --- | --- |");
    for (name, line, decode) in LINES {
        let counted = allocation_counter::measure(|| decode(line));
        let round = || time(|| (), |()| (0..times).for_each(|_| decode(black_box(line))));
        let nanoseconds =
            median((0..rounds).map(|_| round()).collect()).as_secs_f64() * 1e9 / f64::from(times);
        println!("| {name} | {nanoseconds:.0} | {} | {} |", counted.count_total, counted.bytes_total);
    }
    let rows = rows(10_000);
    let counted = allocation_counter::measure(|| listing(&rows));
    let round = || time(|| (), |()| listing(&rows));
    let nanoseconds = median((0..rounds).map(|_| round()).collect()).as_secs_f64() * 1e9 / 10_000.0;
    println!(
        "| row of 10,000, framed and decoded | {nanoseconds:.0} | {:.2} | {:.0} |",
        counted.count_total as f64 / 10_000.0,
        counted.bytes_total as f64 / 10_000.0
    );
}

fn reply(line: &[u8]) {
    drop(black_box(Reply::parse(line)));
}

fn capability(line: &[u8]) {
    drop(black_box(Capability::parse(line)));
}

fn command(line: &[u8]) {
    drop(black_box(Command::parse(line)));
}

fn rows(count: usize) -> Vec<u8> {
    (1..=count).flat_map(|number| format!("{number} {}\r\n", number * 37 % 9973 + 500).into_bytes()).collect()
}

fn listing(rows: &[u8]) {
    let (mut framer, mut input) = (Framer::new(Quirks::default()), BytesMut::from(rows));
    while let Ok(Some(line)) = framer.next_line(&mut input, 512) {
        black_box(ScanListing::parse(&line)).expect("it is a row");
    }
    assert!(input.is_empty());
}
