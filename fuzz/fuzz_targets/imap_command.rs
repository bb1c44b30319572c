//! What a client sends: commands, in any octets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::imap::{Side, abilities, frames, only_frame, sent};
use mailwire_imap::{Decoder, Limits, Quirks, frame::Frame};

fuzz_target!(|wire: &[u8]| {
    for frame in frames(Side::Client, wire, Quirks::lenient()) {
        command(&frame, false);
        command(&frame, true);
    }
});

fn command(frame: &Frame, is_utf8: bool) {
    let decoder = |quirks| {
        let mut decoder = Decoder::new(Limits::server(), quirks);
        decoder.set_utf8(is_utf8);
        decoder
    };
    let command = match decoder(Quirks::lenient()).command(frame.clone()) {
        Ok(command) => command,
        Err(error) => {
            let _ = (error.to_string(), format!("{error:?}"));
            assert!(decoder(Quirks::strict()).command(frame.clone()).is_err());
            return;
        }
    };
    let _ = format!("{command:?}");
    // What is read without tolerance means the same with it.
    if let Ok(strict) = decoder(Quirks::strict()).command(frame.clone()) {
        assert_eq!(strict, command);
    }
    for index in 0..3 {
        let abilities = abilities(index | 4 | if is_utf8 { 8 } else { 0 });
        let Ok(octets) = sent(Side::Client, abilities, |out| command.encode(out)) else { continue };
        let again = decoder(Quirks::lenient()).command(only_frame(Side::Client, &octets));
        let again = again.unwrap_or_else(|error| panic!("{error}: {command:?}"));
        // Some values have two forms, of which one is read, and words may be in another case; so the octets are compared.
        let twice = sent(Side::Client, abilities, |out| again.encode(out));
        assert_eq!(
            twice.as_ref().map(|octets| octets.escape_ascii().to_string().to_lowercase()),
            Ok(octets.escape_ascii().to_string().to_lowercase())
        );
    }
}
