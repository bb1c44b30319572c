//! A client's exchange in any mechanism, with a hostile server.
//!
//! Its input is a script of credentials and options, and the challenges, one a line.
#![no_main]

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::script_and_wire;
use mailwire_sasl::{
    ChannelBinding, ChannelBindingKind, Error, Limits, Mechanism,
    client::{Credentials, Exchange, Options, Policy, choose},
};

fuzz_target!(|data: &[u8]| {
    let (mut script, wire) = script_and_wire(data);
    let mechanism = Mechanism::ALL[usize::from(octet(&mut script)) % 13];
    let bits = octet(&mut script);
    let credentials = credentials(bits, &mut script);
    let policy = Policy::encrypted().with_channel_binding(bits & 16 == 0);
    if let Some(chosen) = choose(Mechanism::ALL, &credentials, &policy) {
        assert!(credentials.supports(chosen) && policy.permits(chosen));
    }
    let exchange = Exchange::new(mechanism, &credentials, options(bits));
    if !credentials.supports(mechanism) {
        assert!(exchange.is_err());
        return;
    }
    match exchange {
        Ok(exchange) => talk(exchange, bits & 32 == 0, wire),
        Err(error) => assert!(mechanism.binds_channel() && bits & 16 != 0, "{error}"),
    }
});

fn talk(mut exchange: Exchange, initial_response: bool, wire: &[u8]) {
    let first = if initial_response { exchange.initial_response() } else { None };
    assert!(first.is_none() || exchange.mechanism().is_client_first());
    assert!(!initial_response || exchange.initial_response().is_none());
    let mut failed: Option<Error> = None;
    for challenge in wire.split(|octet| *octet == b'\n').take(MAX_CHALLENGES) {
        let response = exchange.respond(challenge);
        if let Some(error) = &failed {
            assert_eq!(response.as_ref(), Err(error));
        }
        failed = response.err();
        let _ = (format!("{exchange:?}"), failed.as_ref().map(Error::to_string));
    }
    let finished = exchange.finish();
    if let Some(error) = failed {
        assert_eq!(finished, Err(error));
    } else if exchange.mechanism().scram_hash().is_some() {
        // Nobody who does not know the password makes the signature.
        assert!(finished.is_err());
    }
    if let Err(error) = finished {
        assert_eq!(exchange.finish(), Err(error));
    }
}

fn credentials(bits: u8, script: &mut Unstructured<'_>) -> Credentials {
    let user = text(script).unwrap_or("tim");
    let secret = text(script).unwrap_or("tanstaaftanstaaf");
    let credentials = match bits & 7 {
        0 => Credentials::token(user, secret).with_host("pop.example.org").with_port(995),
        1 => Credentials::token(user, secret),
        2 => Credentials::anonymous(user),
        3 => Credentials::external(),
        _ => Credentials::password(user, secret),
    };
    if bits & 8 == 0 { credentials } else { credentials.with_authorization(text(script).unwrap_or("bob")) }
}

fn options(bits: u8) -> Options {
    let mut limits = Limits::default();
    (limits.min_iterations, limits.max_iterations) = (1, 8);
    (limits.max_message, limits.max_salt, limits.max_nonce) = (512, 64, 128);
    let binding = ChannelBinding::new(ChannelBindingKind::TlsExporter, "exported octets");
    Options::new([7; 18])
        .with_binding(Some(binding).filter(|_| bits & 16 == 0))
        .with_limits(limits)
        .with_server_offers_plus(bits & 64 != 0)
}

fn text<'a>(script: &mut Unstructured<'a>) -> Option<&'a str> {
    let size = usize::from(octet(script) & 31).min(script.len());
    std::str::from_utf8(script.bytes(size).ok()?).ok().filter(|text| !text.is_empty())
}

fn octet(script: &mut Unstructured<'_>) -> u8 {
    if script.is_empty() { 0 } else { script.arbitrary().unwrap_or_default() }
}

const MAX_CHALLENGES: usize = 8;
