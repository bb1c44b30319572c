//! IMAP octets into owned values, beside imap-codec and imap-proto: the same octets, one run, ratios.
//!
//! Each peer starts from octets that are all there and ends with a value that is `'static`, which is dropped. Ours are the
//! octets of a frame, as the framer hands it on; the column "framed" has the framer too, and the copy into its buffer. The
//! others find the end of the response themselves.
//!
//! With `--check` the run fails if a ratio is below what is to be reached.

use std::hint::black_box;

use bytes::BytesMut;
use imap_codec::{CommandCodec, ResponseCodec, decode::Decoder as _};
use mailwire_imap::{
    Decoder, Limits, Quirks,
    frame::{Frame, Framer},
    response::Response,
};

use crate::{
    imap_samples::{commands, frame, framed, responses},
    measure::{Goals, is_test, turns},
};

mod imap_samples;
mod measure;

fn main() {
    let mut goals = Goals::default();
    of_responses(&mut goals);
    of_commands(&mut goals);
    goals.end();
}

fn of_responses(goals: &mut Goals) {
    println!(
        "| response | octets | allocations | ns | framed | imap-codec | ratio | imap-proto 0.16 | ratio | 0.17 | ratio |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let decoder = Decoder::new(Limits::client(), Quirks::lenient());
    for (name, wire) in responses() {
        let octets = frame(&wire);
        let frame = Frame::from(octets.clone());
        assert!(!matches!(decoder.response(octets), Response::Unknown(_)), "{name}");
        assert!(ResponseCodec::default().decode_static(&wire).is_ok(), "{name}");
        let ours = || drop(black_box(decoder.parse_response(black_box(&frame))));
        let mut framer = Framer::responses(Limits::client(), Quirks::lenient());
        let mut input = BytesMut::with_capacity(64 * 1024);
        let mut with_framer = || {
            input.extend_from_slice(black_box(&wire));
            drop(black_box(decoder.response(framed(&mut framer, &mut input))));
        };
        let mut codec = || drop(black_box(ResponseCodec::default().decode_static(black_box(&wire))));
        let mut proto = || {
            let parsed = imap_proto::parser::parse_response(black_box(&wire));
            drop(black_box(parsed.map(|(_, value)| value.into_owned())));
        };
        let mut proto_17 = || {
            let parsed = imap_proto_17::Response::parse(black_box(&wire));
            drop(black_box(parsed.map(|(_, value)| value.into_owned())));
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
        let octets = frame(&wire);
        assert!(decoder.command(octets.clone()).is_ok(), "{name}");
        assert!(CommandCodec::default().decode_static(&wire).is_ok(), "{name}");
        let ours = || drop(black_box(decoder.command(black_box(octets.clone()))));
        let mut framer = Framer::commands(Limits::server(), Quirks::lenient());
        let mut input = BytesMut::with_capacity(64 * 1024);
        let mut with_framer = || {
            input.extend_from_slice(black_box(&wire));
            drop(black_box(decoder.command(framed(&mut framer, &mut input))));
        };
        let mut codec = || drop(black_box(CommandCodec::default().decode_static(black_box(&wire))));
        let allocations = allocation_counter::measure(ours).count_total;
        let [ours, with_framer, codec] = turns(wire.len(), [&mut { ours }, &mut with_framer, &mut codec]);
        println!(
            "| {name} | {} | {allocations} | {ours:.0} | {with_framer:.0} | {codec:.0} | {:.1} |",
            wire.len(),
            codec / ours
        );
        goals.at_least(&format!("{name}: imap-codec"), codec / ours, 4.0);
    }
    if is_test() {
        println!("\nonce only: these figures say nothing");
    }
}
