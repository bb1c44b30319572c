//! IMAP URLs: read, written, resolved.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mailwire_imap::url::{self, Url};

fuzz_target!(|input: (&[u8], &[u8], Url)| {
    let (octets, reference, made) = input;
    let _ = url::signed_part(octets);
    for url in [Url::parse(octets).ok(), Some(made)].into_iter().flatten() {
        let written = url.to_string();
        assert!(written.bytes().all(|octet| octet.is_ascii_graphic()), "{written:?}");
        assert_eq!(Url::parse(&written).as_ref().map(ToString::to_string), Ok(written));
        if let Ok(resolved) = url.resolve(reference) {
            let written = resolved.to_string();
            assert_eq!(Url::parse(&written).as_ref(), Ok(&resolved), "{written}");
        }
    }
});
