//! Mailbox names, in modified UTF-7 and as people know them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mailwire_imap::{Mailbox, utf7};

fuzz_target!(|octets: &[u8]| {
    if let Some(name) = utf7::decode(octets) {
        // A name has one encoding.
        assert_eq!(utf7::encode(&name).as_bytes(), octets, "{name:?}");
    }
    if let Ok(name) = std::str::from_utf8(octets) {
        let wire = utf7::encode(name);
        assert!(wire.is_ascii());
        assert!(
            wire.bytes().all(|octet| (b' '..=b'~').contains(&octet)) || name.bytes().any(|octet| octet == 0)
        );
        if !name.contains('\0') {
            assert_eq!(utf7::decode(wire.as_bytes()).as_deref(), Some(name));
        }
        let mailbox = Mailbox::new(name);
        assert_eq!(mailbox.is_inbox(), name.eq_ignore_ascii_case("INBOX"));
        if !name.contains('\0') {
            assert_eq!(Mailbox::from_wire(mailbox.wire(false).into_owned(), false), mailbox);
        }
        assert_eq!(Mailbox::from_wire(mailbox.wire(true).into_owned(), true), mailbox);
    }
    for is_utf8 in [false, true] {
        let mailbox = Mailbox::from_wire(octets, is_utf8);
        // What a server sent is sent back as it was.
        if !mailbox.is_inbox() {
            assert_eq!(&*mailbox.wire(is_utf8), octets);
        }
        assert_eq!(mailbox.detach(), mailbox);
        let _ = (mailbox.name(), format!("{mailbox:?}"));
    }
});
