//! The first line of a peer that may be no server of IMAP at all.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::imap::{Side, abilities, frames, only_frame, sent};
use mailwire_imap::{Decoder, Limits, Quirks, Response};

fuzz_target!(|wire: &[u8]| {
    let Some(frame) = frames(Side::Server, wire, Quirks::lenient()).into_iter().next() else { return };
    let lenient = Decoder::new(Limits::client(), Quirks::lenient());
    let strict = Decoder::new(Limits::client(), Quirks::strict());
    let greeting = match lenient.greeting(frame.clone()) {
        Ok(greeting) => greeting,
        Err(error) => {
            let _ = (error.to_string(), format!("{error:?}"));
            assert!(strict.greeting(frame).is_err());
            return;
        }
    };
    let _ = (format!("{greeting:?}"), greeting.capabilities());
    // A greeting is a response, and the same one.
    assert_eq!(lenient.response(frame), Response::from(greeting.clone()));
    let Ok(octets) = sent(Side::Server, abilities(0), |out| greeting.encode(out)) else { return };
    let again = strict.greeting(only_frame(Side::Server, &octets)).expect("what was written is a greeting");
    assert_eq!(sent(Side::Server, abilities(0), |out| again.encode(out)), Ok(octets));
});
