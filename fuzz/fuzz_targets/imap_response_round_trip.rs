//! Responses that a program may make of any values: what is sent is one response, and the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::imap::{Side, abilities, only_frame, sent};
use mailwire_imap::{Decoder, Limits, Quirks, Response};

fuzz_target!(|input: (u8, Response)| {
    let (index, response) = input;
    let abilities = abilities(index);
    let Ok(octets) = sent(Side::Server, abilities, |out| response.encode(out)) else { return };
    let mut limits = Limits::client();
    limits.nesting = 1000;
    let mut decoder = Decoder::new(limits, Quirks::strict());
    decoder.set_utf8(abilities.utf8);
    let again = decoder.response(only_frame(Side::Server, &octets));
    if matches!(again, Response::Unknown(_)) {
        assert!(matches!(response, Response::Unknown(_)), "{again:?}: {response:?}");
        return;
    }
    // Some values have two forms, of which one is read, and words may be in another case; so the octets are compared.
    let twice = sent(Side::Server, abilities, |out| again.encode(out));
    assert_eq!(
        twice.as_ref().map(|octets| octets.escape_ascii().to_string().to_lowercase()),
        Ok(octets.escape_ascii().to_string().to_lowercase())
    );
});
