//! IMAP values into octets, beside imap-codec: the same values, one run, ratios.
//!
//! Each writes a value that it has read before, into memory that it asks for. imap-proto writes no responses.

use std::hint::black_box;

use imap_codec::{CommandCodec, ResponseCodec, decode::Decoder as _, encode::Encoder as _};
use mailwire_imap::{
    Decoder, Encoder, Limits, Quirks,
    encoder::{Abilities, Part},
};

use crate::{
    imap_samples::{commands, frame, responses},
    measure::{Goals, consume, turns},
};

mod imap_samples;
mod measure;

fn main() {
    let mut goals = Goals::default();
    println!("| item | octets | allocations | ns | imap-codec | ratio |");
    println!("| --- | --- | --- | --- | --- | --- |");
    let decoder = Decoder::new(Limits::client(), Quirks::lenient());
    for (name, wire) in responses() {
        let value = decoder.response(frame(&wire));
        let (_, theirs) = ResponseCodec::default().decode_static(&wire).expect("imap-codec reads it");
        let ours = || {
            let mut out = Encoder::server(Abilities::all());
            black_box(&value).encode(&mut out);
            written(out)
        };
        row(&mut goals, name, &wire, ours, &mut || {
            consume(ResponseCodec::default().encode(black_box(&theirs)).dump());
        });
    }
    for (name, wire) in commands() {
        let value = decoder.command(frame(&wire)).expect("it is a command");
        let (_, theirs) = CommandCodec::default().decode_static(&wire).expect("imap-codec reads it");
        let ours = || {
            let mut out = Encoder::client(Abilities::all());
            black_box(&value).encode(&mut out);
            written(out)
        };
        row(&mut goals, name, &wire, ours, &mut || {
            consume(CommandCodec::default().encode(black_box(&theirs)).dump());
        });
    }
    goals.end();
}

fn row(goals: &mut Goals, name: &str, wire: &[u8], ours: impl Fn() -> Vec<Part>, codec: &mut dyn FnMut()) {
    let length: usize =
        ours().iter().map(|part| if let Part::Octets(octets) = part { octets.len() } else { 0 }).sum();
    let allocations = allocation_counter::measure(|| drop(ours())).count_total;
    let [ours, codec] = turns(wire.len(), [&mut || consume(ours()), codec]);
    println!("| {name} | {length} | {allocations} | {ours:.0} | {codec:.0} | {:.1} |", codec / ours);
    goals.at_least(&format!("{name}: imap-codec"), codec / ours, 1.0);
}

fn written(out: Encoder) -> Vec<Part> {
    out.finish().expect("it can be written")
}
