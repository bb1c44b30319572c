//! What a server sends: greetings, responses and continuations, in any octets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::imap::{Side, abilities, frames, only_frame, sent};
use mailwire_imap::{Decoder, Limits, Quirks, Response, frame::Frame};

fuzz_target!(|wire: &[u8]| {
    for frame in frames(Side::Server, wire, Quirks::lenient()) {
        response(&frame, false);
        response(&frame, true);
    }
});

fn response(frame: &Frame, is_utf8: bool) {
    let decoder = |quirks| {
        let mut decoder = Decoder::new(Limits::client(), quirks);
        decoder.set_utf8(is_utf8);
        decoder
    };
    let response = decoder(Quirks::lenient()).response(frame.clone());
    let _ = format!("{response:?}");
    if let Response::Unknown(unknown) = &response {
        assert_eq!(unknown.octets, frame.octets()[..]);
        let _ = unknown.error.to_string();
        return;
    }
    for binary in [0, 4] {
        let abilities = abilities(binary | if is_utf8 { 8 } else { 0 });
        let Ok(octets) = sent(Side::Server, abilities, |out| response.encode(out)) else { continue };
        let again = decoder(Quirks::lenient()).response(only_frame(Side::Server, &octets));
        let Ok(twice) = sent(Side::Server, abilities, |out| again.encode(out)) else { panic!("{again:?}") };
        assert_eq!(
            octets.escape_ascii().to_string().to_lowercase(),
            twice.escape_ascii().to_string().to_lowercase()
        );
    }
}
