//! A server's exchange in any mechanism, with a hostile client and any host.
//!
//! Its input is a script of options and answers, and the client's messages, one a line.
#![no_main]

use std::sync::OnceLock;

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::script_and_wire;
use mailwire_sasl::{
    ChannelBinding, ChannelBindingKind, Error, Limits, Mechanism, ScramHash, ScramKeys, Secret,
    server::{Answer, Decoy, Exchange, Options, Question, Step},
};

fuzz_target!(|data: &[u8]| {
    let (mut script, wire) = script_and_wire(data);
    let mechanism = Mechanism::ALL[usize::from(octet(&mut script)) % 13];
    let bits = octet(&mut script);
    match Exchange::new(mechanism, options(bits)) {
        Ok(exchange) => talk(exchange, bits, &mut script, wire),
        Err(error) => assert!(mechanism.binds_channel() && bits & 1 != 0, "{error}"),
    }
});

fn talk(mut exchange: Exchange, bits: u8, script: &mut Unstructured<'_>, wire: &[u8]) {
    let mechanism = exchange.mechanism();
    let mut failed: Option<Error> = None;
    let mut done = false;
    let mut messages = wire.split(|octet| *octet == b'\n').take(MAX_MESSAGES).map(Some).peekable();
    let mut step = if bits & 2 == 0 { exchange.step(messages.next().flatten()) } else { exchange.step(None) };
    loop {
        let _ = format!("{exchange:?} {step:?}");
        if let Some(error) = &failed {
            assert_eq!(step.as_ref(), Err(error));
        }
        step = match step {
            Ok(Step::Ask(question)) => {
                assert!(!done);
                if octet(script) == 255 {
                    // It is the host's turn, and a message is out of turn.
                    exchange.step(Some(b""))
                } else {
                    exchange.answer(answer(&question, octet(script)))
                }
            }
            Ok(Step::Done(identity)) => {
                let _ = identity.effective();
                assert!(!done);
                // Nobody who does not know the password makes the proof.
                assert!(mechanism.scram_hash().is_none() && mechanism != Mechanism::CramMd5);
                done = true;
                let Some(message) = messages.next() else { break };
                exchange.step(message)
            }
            Ok(_) => {
                let Some(message) = messages.next() else { break };
                exchange.step(message)
            }
            Err(error) => {
                let _ = error.to_string();
                failed = Some(error);
                let Some(message) = messages.next() else { break };
                exchange.step(message)
            }
        };
    }
    if let Some(error) = failed {
        assert_eq!(exchange.answer(Answer::Granted), Err(error));
    }
}

fn options(bits: u8) -> Options {
    let mut limits = Limits::default();
    (limits.max_message, limits.max_nonce) = (512, 128);
    let mut options = Options::new([9; 18], Decoy::new("decoy").with_iterations(1)).with_limits(limits);
    if bits & 1 == 0 {
        options = options.with_binding(ChannelBinding::new(ChannelBindingKind::TlsExporter, "octets"));
    }
    options.plus_offered = bits & 4 != 0;
    options
}

fn answer(question: &Question, decision: u8) -> Answer {
    match (question, decision % 8) {
        (_, 4) => Answer::Granted,
        (_, 5) => Answer::Denied,
        (_, 6) => Answer::GrantedAs("tim".into()),
        (_, 7) => Answer::OAuthFailure("{\"status\":\"401\",\"scope\":\"mail\"}".into()),
        (Question::ScramKeys { .. }, 1) => Answer::Keys(Some(keys(ScramHash::Sha1))),
        (Question::ScramKeys { hash, .. }, 0) => Answer::Keys(Some(keys(*hash))),
        (Question::ScramKeys { .. }, _) => Answer::Keys(None),
        (Question::CramMd5Password { .. }, 0) => Answer::Password(Some(Secret::from(PASSWORD))),
        (Question::CramMd5Password { .. }, _) => Answer::Password(None),
        (Question::Token { .. } | Question::External { .. }, _) => Answer::GrantedAs("tim".into()),
        _ => Answer::Granted,
    }
}

fn keys(hash: ScramHash) -> ScramKeys {
    static KEYS: OnceLock<Vec<ScramKeys>> = OnceLock::new();
    let all = KEYS.get_or_init(|| {
        [ScramHash::Sha1, ScramHash::Sha256, ScramHash::Sha512]
            .into_iter()
            .map(|hash| {
                ScramKeys::derive(hash, PASSWORD, b"sixteen octets..", 1).expect("they can be derived")
            })
            .collect()
    });
    all.iter().find(|keys| keys.hash() == hash).expect("all are there").clone()
}

fn octet(script: &mut Unstructured<'_>) -> u8 {
    if script.is_empty() { 0 } else { script.arbitrary().unwrap_or_default() }
}

const MAX_MESSAGES: usize = 8;
const PASSWORD: &str = "tanstaaftanstaaf";
