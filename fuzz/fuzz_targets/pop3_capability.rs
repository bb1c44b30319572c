//! Answers to CAPA: each line, and the set that they make.
#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use mailwire_pop3::{Capabilities, Capability, capability::OtherCapability};

fuzz_target!(|wire: &[u8]| {
    let mut all = Capabilities::new();
    for line in wire.split(|octet| *octet == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Ok(capability) = Capability::parse(line) else { continue };
        round_trip(&capability);
        if let Capability::Other(other) = &capability {
            let parameters: Vec<&str> = other.parameters().collect();
            assert_eq!(OtherCapability::new(other.tag(), &parameters).as_ref(), Ok(other));
        }
        let tag = capability.tag().to_owned();
        all.insert(capability);
        assert!(all.has(&tag) && all.has(&tag.to_ascii_lowercase()));
    }
    set(all);
});

fn round_trip(capability: &Capability) {
    let mut out = BytesMut::new();
    capability.encode(&mut out);
    assert!(!out.contains(&b'\r') && !out.contains(&b'\n'), "{}", out.escape_ascii());
    assert_eq!(Capability::parse(&out).as_ref(), Ok(capability));
}

fn set(mut all: Capabilities) {
    let _ = (all.retention(), all.login_delay(), all.implementation(), all.utf8_user());
    let again: Capabilities = all.iter().cloned().collect();
    assert_eq!(again.len(), all.len());
    let mut names: Vec<_> = all.mechanisms().to_vec();
    if all.iter().filter(|capability| matches!(capability, Capability::Sasl(_))).count() > 1 {
        panic!("two sets of mechanisms");
    }
    while let Some(name) = names.pop() {
        all.remove_mechanism(name.as_str());
        assert!(!all.mechanisms().contains(&name));
    }
    let tags: Vec<String> = all.iter().map(|capability| capability.tag().to_owned()).collect();
    for tag in tags {
        let before = all.len();
        all.remove(&tag);
        assert_eq!(all.len() + 1, before, "{tag} was there twice");
    }
    assert!(all.is_empty());
}
