//! Lines that differ in one octet or word from those of a dialogue.

use bytes::Bytes;
use mailwire_imap::{
    Command, Decoder, Limits, Quirks,
    command::Body,
    encoder::{Abilities, Encoder, Part},
    response::{Data, Response},
};

use super::Recorded;

/// What of the lines that differ in one octet or word is not read as it is written.
pub(crate) fn failures(frame: &Recorded) -> Vec<String> {
    let limits = if frame.is_client { Limits::server() } else { Limits::client() };
    let mut decoder = Decoder::new(limits, Quirks::lenient());
    decoder.set_utf8(frame.is_utf8);
    let mut abilities = Abilities::all();
    abilities.utf8 = frame.is_utf8;
    let length = frame.octets.len().min(MAX_LENGTH);
    let mut failures = Vec::new();
    for place in 0..length {
        for change in CHANGES.iter().skip(place % STEP).step_by(STEP) {
            let mut octets = frame.octets.clone();
            match change {
                Some(octet) if place % 2 == 0 => octets[place] = *octet,
                Some(octet) => octets.insert(place, *octet),
                None => drop(octets.remove(place)),
            }
            failures.extend(failure(frame.is_client, &decoder, abilities, &octets));
        }
    }
    let words: Vec<&[u8]> = frame.octets.split(|octet| *octet == b' ').take(MAX_WORDS).collect();
    for place in 1..words.len() {
        for word in WORDS.iter().skip(place % STEP).step_by(STEP) {
            let mut changed = words.clone();
            match word {
                Some(word) => changed[place] = word,
                None => drop(changed.remove(place)),
            }
            failures.extend(failure(frame.is_client, &decoder, abilities, &changed.join(&b' ')));
        }
    }
    failures
}

fn failure(is_client: bool, decoder: &Decoder, abilities: Abilities, octets: &[u8]) -> Option<String> {
    let show = |value: &dyn std::fmt::Debug, written: &[u8], again: &dyn std::fmt::Debug| {
        let (octets, written) = (octets.escape_ascii(), written.escape_ascii());
        Some(format!("{octets}\n  {value:?}\n  is written {written}\n  and read {again:?}"))
    };
    if is_client {
        let command = decoder.command(octets).ok()?;
        let written = written(Encoder::client(abilities), |out| command.encode(out))?;
        let again = decoder.command(Bytes::from(written.clone()));
        // The charset of a text that is not ASCII is told, if the client did not.
        let is_told =
            |again: &Command| !octets.is_ascii() && matches!(again.body, Body::Search(_) | Body::ESearch(_));
        if again.as_ref().is_ok_and(|again| *again == command || is_told(again)) {
            None
        } else {
            show(&command, &written, &again)
        }
    } else {
        let response = decoder.response(octets);
        if matches!(response, Response::Unknown(_)) || format!("{response:?}").contains("Invalid") {
            return None;
        }
        let written = written(Encoder::server(abilities), |out| response.encode(out))?;
        let again = decoder.response(Bytes::from(written.clone()));
        if again == response || is_text(&response) && is_text(&again) {
            None
        } else {
            show(&response, &written, &again)
        }
    }
}

/// Texts for people lose their control characters, and what looks like a code but is none: they need not be the same.
fn is_text(response: &Response) -> bool {
    matches!(response, Response::Data(Data::Status(_)) | Response::Tagged(..) | Response::Continue(_))
}

/// The octets without the last line end; nothing for what cannot be written.
fn written(mut out: Encoder, write: impl FnOnce(&mut Encoder)) -> Option<Vec<u8>> {
    write(&mut out);
    let octets = |part: Part| if let Part::Octets(octets) = part { octets } else { Bytes::new() };
    let mut octets = out.finish().ok()?.into_iter().map(octets).collect::<Vec<Bytes>>().concat();
    octets.truncate(octets.len().saturating_sub(2));
    Some(octets)
}

/// Longer lines are messages for the most part.
const MAX_LENGTH: usize = 250;
/// Each change is made at one in so many places.
const STEP: usize = 13;
const CHANGES: &[Option<u8>] = &[
    None,
    Some(b' '),
    Some(b'('),
    Some(b')'),
    Some(b'"'),
    Some(b'\\'),
    Some(b'0'),
    Some(b'*'),
    Some(b'['),
    Some(b'-'),
    Some(b'&'),
    Some(0xC3),
    Some(b'{'),
    Some(b'~'),
    Some(b'<'),
    Some(b','),
    Some(b':'),
    Some(b'%'),
    Some(b'.'),
    Some(b'='),
    Some(b'N'),
    Some(b'7'),
    Some(b'$'),
    Some(b'+'),
    Some(b'\n'),
    Some(0),
    Some(0x7F),
];
/// Longer lines are messages, again.
const MAX_WORDS: usize = 40;
const WORDS: &[Option<&[u8]>] = &[
    None,
    Some(b"NIL"),
    Some(b"(NIL)"),
    Some(b"()"),
    Some(b"(a b)"),
    Some(b"((a)(b (c)))"),
    Some(b"\"\""),
    Some(b"\"a\\\"\\\\b\""),
    Some(b"\"NIL\""),
    Some(b"{0}\r\n"),
    Some(b"{3}\r\na\r\n"),
    Some(b"~{1}\r\n\0"),
    Some(b"*"),
    Some(b"$"),
    Some(b"0"),
    Some(b"007"),
    Some(b"1:*"),
    Some(b"9:2,5"),
    Some(b"4294967296"),
    Some(b"18446744073709551616"),
    Some(b"-1"),
    Some(b"1.5e3"),
    Some(b"\\Seen"),
    Some(b"\\*"),
    Some(b"(\\Seen"),
    Some(b"a)"),
    Some(b"[]"),
    Some(b"BODY[1.MIME]<7>"),
    Some(b"INBOX"),
    Some(b"&AOk-"),
    Some(b"\xC3\xA9"),
    Some(b"\xFF"),
    Some(b"17-Jul-1996"),
    Some(b"\"17-Jul-1996 02:44:25 -0700\""),
    Some(b"RETURN"),
    Some(b"UID"),
];
