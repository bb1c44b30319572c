//! Commands that a program may make of any values: what is sent is one command, and the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::imap::{Side, abilities, only_frame, sent};
use mailwire_imap::{Command, Decoder, Limits, Quirks};

fuzz_target!(|input: (u8, Command)| {
    let (index, command) = input;
    let abilities = abilities(index);
    let Ok(octets) = sent(Side::Client, abilities, |out| command.encode(out)) else { return };
    let mut limits = Limits::client();
    limits.nesting = 1000;
    let mut decoder = Decoder::new(limits, Quirks::strict());
    decoder.set_utf8(abilities.utf8);
    let again = decoder
        .command(only_frame(Side::Client, &octets))
        .unwrap_or_else(|error| panic!("{error}: {command:?}"));
    // Some values have two forms, of which one is read, and words may be in another case; so the octets are compared.
    let twice = sent(Side::Client, abilities, |out| again.encode(out));
    assert_eq!(
        twice.as_ref().map(|octets| octets.escape_ascii().to_string().to_lowercase()),
        Ok(octets.escape_ascii().to_string().to_lowercase())
    );
});
