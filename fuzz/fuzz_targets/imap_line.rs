//! Lines that are no commands: `DONE`, and both sides of a SASL exchange.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::imap::{Side, abilities, only_frame, sent};
use mailwire_imap::{Decoder, Limits, Quirks, Response, command::Body, line::Line, response::Continue};

fuzz_target!(|octets: &[u8]| {
    line(octets);
    // Any octets of a mechanism come back, on either side.
    let strict = Decoder::new(Limits::client(), Quirks::strict());
    let made = Line::response(octets);
    let wire = sent(Side::Client, abilities(0), |out| made.encode(out)).expect("base64 can be sent");
    let frame = wire.strip_suffix(b"\r\n").expect("a line");
    assert_eq!(strict.authenticate_line(frame), Ok(made));
    let challenge = Response::Continue(Continue::of_challenge(octets));
    let wire = sent(Side::Server, abilities(0), |out| challenge.encode(out)).expect("base64 can be sent");
    let Response::Continue(read) = strict.response(only_frame(Side::Server, &wire)) else { panic!() };
    assert_eq!(read.challenge().as_deref(), Some(octets));
    let body = Body::authenticate("X".parse().expect("an atom"), Some(octets));
    assert_eq!(body.initial_response().expect("base64").expose(), octets);
});

/// What can be read is written as the same.
fn line(octets: &[u8]) {
    for quirks in [Quirks::lenient(), Quirks::strict()] {
        let decoder = Decoder::new(Limits::server(), quirks);
        for read in [decoder.authenticate_line(octets), decoder.idle_line(octets)] {
            match read {
                Ok(line) => {
                    let wire = sent(Side::Client, abilities(0), |out| line.encode(out)).expect("it was read");
                    assert_eq!(
                        wire.to_ascii_uppercase().trim_ascii(),
                        octets.to_ascii_uppercase().trim_ascii()
                    );
                }
                Err(error) => {
                    let _ = (error.to_string(), format!("{error:?}"));
                }
            }
        }
    }
}
