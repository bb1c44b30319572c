//! Status lines of a server, what stands in their texts, and challenges.
#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::only_line;
use mailwire_pop3::{Reply, ResponseCode, auth::Challenge, greeting::Timestamp, language::LanguageTag};

fuzz_target!(|line: &[u8]| {
    if let Ok(reply) = Reply::parse(line) {
        let _ = (reply.to_string(), reply.to_string_lossy());
        round_trip(&reply);
        greeting(&reply);
        if let Some(tag) = LanguageTag::chosen_by(&reply) {
            assert_eq!(LanguageTag::new(tag.as_str()), Ok(tag));
        }
    }
    for reply in [Reply::ok(line), Reply::err(line), Reply::err(line).with_code(ResponseCode::InUse)] {
        round_trip(&reply);
    }
    code(line);
    challenge(line);
});

fn round_trip(reply: &Reply) {
    let mut out = BytesMut::new();
    reply.encode(&mut out);
    let shown = only_line(&out);
    assert!(!shown.contains(&b'\r'), "{}", out.escape_ascii());
    assert!(out.len() <= MAX_LINE);
    let again = Reply::parse(shown).expect("it was encoded");
    assert_eq!(again.status(), reply.status());
    if out.len() < MAX_LINE {
        assert_eq!(&again, reply);
    }
}

fn greeting(reply: &Reply) {
    let Some(timestamp) = Timestamp::find(reply) else { return };
    assert_eq!(Timestamp::new(timestamp.as_str()).as_ref(), Some(&timestamp));
    assert_eq!(timestamp.digest(b"tanstaaf").to_hex().len(), 32);
}

fn code(octets: &[u8]) {
    let Some(code) = std::str::from_utf8(octets).ok().and_then(ResponseCode::new) else { return };
    assert_eq!(ResponseCode::new(code.as_str()).as_ref(), Some(&code));
    assert!(code.is_within(code.as_str()));
    if octets.len() < 400 {
        let reply = Reply::err("text").with_code(code);
        round_trip(&reply);
    }
}

fn challenge(line: &[u8]) {
    let Ok(challenge) = Challenge::parse(line) else { return };
    assert!(Challenge::is_challenge(line) && Reply::parse(line).is_err());
    let mut out = BytesMut::new();
    challenge.encode(&mut out);
    assert_eq!(Challenge::parse(only_line(&out)), Ok(challenge));
}

/// RFC 2449 section 4, with CRLF.
const MAX_LINE: usize = 512;
