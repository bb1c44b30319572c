//! IMAP octets into owned values, beside imap-codec and imap-proto: the same octets, one run, ratios.
//!
//! Each peer starts from octets that are all there and ends with a value that is `'static`, which is dropped. Ours are the
//! octets of a frame, as the framer hands it on; the column "framed" has the framer too, and the copy into its buffer. The
//! others find the end of the response themselves.
//!
//! A body costs the same whatever its length, but for the framer.
//!
//! With `--check` the run fails if a ratio is below what is to be reached.

use std::hint::black_box;

use bytes::BytesMut;
use imap_codec::{CommandCodec, ResponseCodec, decode::Decoder as _};
use mailwire_imap::{Decoder, Limits, Quirks, frame::Framer, response::Response};

use crate::{
    imap_samples::{body, commands, frame, framed, responses},
    measure::{Goals, consume, is_test, turns},
};

mod imap_samples;
mod measure;

fn main() {
    let mut goals = Goals::default();
    of_responses(&mut goals);
    of_commands(&mut goals);
    of_bodies(&mut goals);
    goals.end();
}

fn of_responses(goals: &mut Goals) {
    println!(
        "| response | octets | allocations | ns | framed | imap-codec | ratio | imap-proto 0.16 | ratio | 0.17 | ratio |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let decoder = Decoder::new(Limits::client(), Quirks::lenient());
    for (name, wire) in responses() {
        let frame = frame(&wire);
        assert!(!matches!(decoder.response(frame.clone()), Response::Unknown(_)), "{name}");
        assert!(ResponseCodec::default().decode_static(&wire).is_ok(), "{name}");
        let ours = || consume(decoder.parse_response(black_box(&frame)));
        let mut framer = Framer::responses(Limits::client(), Quirks::lenient());
        let mut input = BytesMut::with_capacity(64 * 1024);
        let mut with_framer = || {
            input.extend_from_slice(black_box(&wire));
            consume(decoder.parse_response(&framed(&mut framer, &mut input)));
        };
        let mut codec = || consume(ResponseCodec::default().decode_static(black_box(&wire)));
        let mut proto = || {
            let parsed = imap_proto::parser::parse_response(black_box(&wire));
            consume(parsed.map(|(_, value)| value.into_owned()));
        };
        let mut proto_17 = || {
            let parsed = imap_proto_17::Response::parse(black_box(&wire));
            consume(parsed.map(|(_, value)| value.into_owned()));
        };
        let allocations = allocation_counter::measure(ours).count_total;
        if matches!(name, "FETCH FLAGS" | "EXISTS" | "LIST" | "OK") {
            assert!(allocations <= 1, "{name} has {allocations} allocations");
        }
        let [ours, with_framer, codec, proto, proto_17] =
            turns(wire.len(), [&mut { ours }, &mut with_framer, &mut codec, &mut proto, &mut proto_17]);
        let shown = |name: &str, reads: bool, time: f64| match reads {
            true => format!("{time:.0} | {:.1}", time / ours),
            false => format!("does not read {name} | "),
        };
        let reads = imap_proto::parser::parse_response(&wire).is_ok();
        let reads_17 = imap_proto_17::Response::parse(&wire).is_ok();
        println!(
            "| {name} | {} | {allocations} | {ours:.0} | {with_framer:.0} | {codec:.0} | {:.1} | {} | {} |",
            wire.len(),
            codec / ours,
            shown(name, reads, proto),
            shown(name, reads_17, proto_17),
        );
        goals.at_least(&format!("{name}: imap-codec"), codec / ours, 4.0);
        if reads {
            goals.at_least(&format!("{name}: imap-proto"), proto / ours, 2.0);
        }
        if name.starts_with("SEARCH") {
            println!("| a number of them | | | {:.2} | | | | | | | |", ours / 10_000.0);
            goals.at_least("numbers in 5 ns", 5.0 * 10_000.0 / ours, 1.0);
        }
    }
}

fn of_commands(goals: &mut Goals) {
    println!("\n| command | octets | allocations | ns | framed | imap-codec | ratio |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let decoder = Decoder::new(Limits::server(), Quirks::lenient());
    for (name, wire) in commands() {
        let frame = frame(&wire);
        assert!(decoder.parse_command(&frame).is_ok(), "{name}");
        assert!(CommandCodec::default().decode_static(&wire).is_ok(), "{name}");
        let ours = || consume(decoder.parse_command(black_box(&frame)));
        let mut framer = Framer::commands(Limits::server(), Quirks::lenient());
        let mut input = BytesMut::with_capacity(64 * 1024);
        let mut with_framer = || {
            input.extend_from_slice(black_box(&wire));
            consume(decoder.parse_command(&framed(&mut framer, &mut input)));
        };
        let mut codec = || consume(CommandCodec::default().decode_static(black_box(&wire)));
        let allocations = allocation_counter::measure(ours).count_total;
        let [ours, with_framer, codec] = turns(wire.len(), [&mut { ours }, &mut with_framer, &mut codec]);
        println!(
            "| {name} | {} | {allocations} | {ours:.0} | {with_framer:.0} | {codec:.0} | {:.1} |",
            wire.len(),
            codec / ours
        );
        goals.at_least(&format!("{name}: imap-codec"), codec / ours, 4.0);
    }
}

fn of_bodies(goals: &mut Goals) {
    println!("\n| octets of a body | ns |");
    println!("| --- | --- |");
    let decoder = Decoder::new(Limits::client(), Quirks::lenient());
    let lengths = [1 << 10, 1 << 15, 1 << 20, 1 << 25];
    let [a, b, c, d] = lengths.map(|length| frame(&body(length)));
    let read = |frame| consume(decoder.parse_response(black_box(frame)));
    let times = turns(100, [&mut || read(&a), &mut || read(&b), &mut || read(&c), &mut || read(&d)]);
    for (length, time) in lengths.iter().zip(times) {
        println!("| {length} | {time:.0} |");
    }
    // Half more leaves room for what else goes on.
    goals.at_least("a body in constant time", 1.5 * times[0] / times[3], 1.0);
    if is_test() {
        println!("\nonce only: these figures say nothing");
    }
}
