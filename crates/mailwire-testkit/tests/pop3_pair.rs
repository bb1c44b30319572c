//! Client against server in memory: any messages over any wire arrive once and whole, and nothing is deleted that has not.

use std::time::Duration;

use bytes::Bytes;
use mailwire::{
    pop3::{
        client::{self, Method, Timeout},
        server::Closed,
    },
    sasl::{ChannelBinding, ChannelBindingKind, Mechanism},
    store::canonical,
};
use mailwire_testkit::{
    chunks,
    pair::{Outcome, Session, Wire},
};
use proptest::prelude::*;

/// As the server sends them: with CRLF alone, and one at the end.
fn as_sent(session: &Session) -> Vec<(u32, Vec<u8>)> {
    let messages = session.host.messages.iter();
    let sent = messages.map(|message| canonical(Bytes::copy_from_slice(message)).to_vec());
    (1..).zip(sent).collect()
}

/// What holds wherever a session ends.
fn assert_nothing_lost(session: &Session, outcome: &Outcome, place: &str) {
    assert!(as_sent(session).starts_with(&outcome.received), "what is complete is whole: {place}");
    // QUIT is sent when all has arrived, so nothing is deleted before.
    if let Some(committed) = &outcome.committed {
        let all: Vec<u32> = (1..=session.host.messages.len() as u32).collect();
        assert_eq!((committed, outcome.received.len()), (&all, all.len()), "{place}");
    }
    assert_ne!(outcome.closed, outcome.error.is_some(), "an end is one or the other: {place}");
    assert!(!outcome.closed || outcome.committed.is_some(), "{place}");
    assert!(outcome.refused.is_none(), "{place}");
}

fn three_messages() -> Session {
    Session::new(&["Subject: one\r\n\r\n..one\r\n", "", "+OK\r\n.\r\n"])
}

prop_compose! {
    fn any_wire()(
        room in 1..200_usize,
        pieces in chunks::sizes(100),
        delay in 0..1000_u64,
    ) -> Wire {
        let mut wire = Wire::new(room);
        (wire.pieces, wire.delay) = (pieces, Duration::from_micros(delay));
        wire
    }
}

/// Every way to log in whose cost is not the derivation of a key.
fn cheap_method() -> impl Strategy<Value = Method> {
    let methods: Vec<Method> = Session::methods()
        .filter(|method| !matches!(method, Method::Sasl(mechanism) if mechanism.scram_hash().is_some()))
        .collect();
    prop::sample::select(methods)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_message_arrives_once_and_whole(
        messages in chunks::messages(12),
        wire in any_wire(),
        in_flight in 1..9_usize,
        buffered in 1..2000_usize,
        method in cheap_method(),
        stls in any::<bool>(),
    ) {
        let mut session = Session::new(&messages).by(method);
        if stls && method != Method::Apop {
            session = session.with_stls();
        }
        (session.client.max_in_flight, session.server.max_buffered) = (in_flight, buffered);
        let outcome = session.run(&wire);
        assert_eq!(outcome.error, None);
        assert_nothing_lost(&session, &outcome, "uncut");
        assert_eq!(outcome.method, Some(method));
        assert_eq!(outcome.received, as_sent(&session));
        assert_eq!(outcome.server_closed, Some(Closed::Quit));
    }

    #[test]
    fn a_cut_anywhere_is_told_and_loses_and_doubles_nothing(
        messages in chunks::messages(5),
        mut wire in any_wire(),
        method in cheap_method(),
        to_client in 0..3000_usize,
        to_server in 0..300_usize,
        silent in any::<bool>(),
    ) {
        (wire.to_client, wire.to_server, wire.silent) = (to_client, to_server, silent);
        let session = Session::new(&messages).by(method);
        let outcome = session.run(&wire);
        assert_nothing_lost(&session, &outcome, &format!("{wire:?}"));
    }
}

#[test]
fn every_login_works_with_and_without_stls() {
    for method in Session::methods() {
        let session = three_messages().by(method);
        for session in [session.clone(), session.with_stls()] {
            if session.stls && method == Method::Apop {
                continue;
            }
            let outcome = session.run(&Wire::new(64));
            assert_eq!((outcome.error.clone(), outcome.method), (None, Some(method)));
            assert_nothing_lost(&session, &outcome, "uncut");
            assert_eq!(outcome.received, as_sent(&session));
        }
    }
}

#[test]
fn the_strongest_login_is_taken() {
    let mut session = three_messages().by(Method::Sasl(Mechanism::ScramSha256Plus));
    session.server.login.mechanisms.extend(Session::methods().filter_map(|method| match method {
        Method::Sasl(mechanism) if !mechanism.binds_channel() => Some(mechanism),
        _ => None,
    }));
    session.server.login.user_pass = true;
    let outcome = session.run(&Wire::new(64));
    assert_eq!(outcome.method, Some(Method::Sasl(Mechanism::ScramSha256Plus)));
}

/// Somebody in the middle has two TLS connections, with a binding each.
#[test]
fn a_login_that_is_bound_to_another_tls_connection_fails() {
    let mut session = three_messages().by(Method::Sasl(Mechanism::ScramSha256Plus));
    session.binding = Some(ChannelBinding::new(ChannelBindingKind::TlsExporter, "of another connection"));
    let outcome = session.run(&Wire::new(64));
    assert!(outcome.refused.is_some() && outcome.closed);
    assert_eq!((outcome.method, outcome.committed), (None, None));
}

/// The timestamp of the greeting came in clear text, so whoever is in the middle may have written it.
#[test]
fn there_is_no_apop_after_stls() {
    let outcome = three_messages().by(Method::Apop).with_stls().run(&Wire::new(64));
    assert_eq!(outcome.refused.and_then(|error| error.method()), Some(Method::UserPass));
}

#[test]
fn a_cut_at_every_octet_of_every_kind_of_session_is_told() {
    let scram = Method::Sasl(Mechanism::ScramSha256);
    for (session, step) in [
        (three_messages().by(Method::UserPass), 1),
        (three_messages().by(Method::Apop), 1),
        (three_messages().by(Method::Sasl(Mechanism::Plain)).with_stls(), 1),
        (three_messages().by(scram), 17),
    ] {
        let whole = session.run(&Wire::new(64));
        for silent in [false, true] {
            for cut in (0..whole.octets.0).step_by(step) {
                let mut wire = Wire::new(64);
                (wire.to_client, wire.silent) = (cut, silent);
                let outcome = session.run(&wire);
                assert_nothing_lost(&session, &outcome, &format!("{cut} octets to the client"));
                assert!(!outcome.closed, "{cut}");
                check_error(outcome.error, silent, cut);
            }
            for cut in (0..whole.octets.1).step_by(step) {
                let mut wire = Wire::new(64);
                (wire.to_server, wire.silent) = (cut, silent);
                let outcome = session.run(&wire);
                assert_nothing_lost(&session, &outcome, &format!("{cut} octets to the server"));
                assert_eq!(outcome.committed, None, "QUIT did not come in whole: {cut}");
                check_error(outcome.error, silent, cut);
            }
        }
    }
}

fn check_error(error: Option<client::Error>, silent: bool, cut: usize) {
    match error {
        Some(client::Error::UnexpectedEof) if !silent => {}
        Some(client::Error::Timeout(Timeout::Greeting | Timeout::Silence)) if silent => {}
        other => panic!("cut {cut}: {other:?}"),
    }
}

#[test]
fn a_hundred_thousand_commands_do_not_fill_the_buffers_of_both_sides() {
    let session = Session::new(&vec!["a\r\n"; 100_000]).by(Method::UserPass);
    let outcome = session.run(&Wire::new(4096));
    assert_eq!((outcome.error, outcome.received.len()), (None, 100_000));
    assert_eq!(outcome.committed.map(|committed| committed.len()), Some(100_000));
}

#[test]
fn a_wire_that_is_slow_but_moves_is_no_silence() {
    let session = Session::new(&["x".repeat(500)]).by(Method::UserPass);
    let mut wire = Wire::new(1);
    (wire.pieces, wire.delay) = (vec![1], Duration::from_secs(1));
    let outcome = session.run(&wire);
    assert_eq!(outcome.error, None);
    assert!(outcome.elapsed > Duration::from_secs(600), "longer than the deadline of a command: {outcome:?}");
}
