//! How the server's machine lets clients in, and what it tells those that it does not.

use std::time::Duration;

use mailwire::{
    pop3::{client::Method, greeting::Timestamp, server::Refusal},
    sasl::Mechanism,
};
use mailwire_testkit::{
    dialogue::server::{Host, Run, check, cleartext, encrypted},
    pair::{Session, Wire},
};

const LOGIN: &str = "C: USER ann
    S: +OK send the password
    C: PASS secret
    = opened ann
    S: +OK logged in
    ";

fn two_messages() -> Host {
    Host::with(&[b"Subject: a\r\n\r\none\r\ntwo\r\n.three\r\n", b".\r\n"])
}

#[test]
fn a_failed_login_is_answered_late_and_the_third_ends_the_session() {
    let failure = "C: USER ann\nS: +OK send the password\nC: PASS wrong\n> wait 1\n> wait 1\nS: -ERR [AUTH] authentication failed\n";
    let nobody = failure.replace("USER ann", "USER nobody");
    for failures in [failure.repeat(3), nobody.repeat(3), format!("{failure}{nobody}{failure}")] {
        check(
            &encrypted(),
            &two_messages(),
            &format!("{failures}S: -ERR too many errors\n= closed Error(PeerMisbehaved(TooManyFailures))"),
        );
    }
    // What is pipelined behind a failure waits for its answer.
    check(
        &encrypted(),
        &two_messages(),
        "C~ USER ann\\r\\nPASS wrong\\r\\nCAPA\\r\\n
         S: +OK send the password
         > wait 2
         S: -ERR [AUTH] authentication failed
         S: +OK the list follows
         S: TOP
         S: UIDL
         S: RESP-CODES
         S: AUTH-RESP-CODE
         S: PIPELINING
         S: UTF8 USER
         S: LANG
         S: SASL SCRAM-SHA-256 SCRAM-SHA-1 PLAIN
         S: USER
         S: .",
    );
    let after = format!("{failure}{LOGIN}C: STAT\nS: +OK 2 35");
    check(&encrypted(), &two_messages(), &after);
}

#[test]
fn sasl_exchanges() {
    check(
        &encrypted(),
        &two_messages(),
        "C: AUTH PLAIN AGFubgBzZWNyZXQ=
         = opened ann
         S: +OK logged in
         C: AUTH PLAIN AGFubgBzZWNyZXQ=
         S: -ERR not in this state",
    );
    check(
        &encrypted(),
        &two_messages(),
        "C: AUTH PLAIN
         S: +<SP>
         C: AGFubgBzZWNyZXQ=
         = opened ann
         S: +OK logged in",
    );
    let mut config = encrypted();
    config.login.mechanisms = vec![Mechanism::Login, Mechanism::CramMd5];
    check(
        &config,
        &two_messages(),
        "C: auth login
         S: + VXNlcm5hbWU6
         C: YW5u
         S: + UGFzc3dvcmQ6
         C: c2VjcmV0
         = opened ann
         S: +OK logged in",
    );
    // A mechanism in which the server speaks first takes no initial response.
    check(&config, &two_messages(), "C: AUTH CRAM-MD5 AAAA\nS: -ERR the command cannot be read");
    for (line, reply) in [
        ("*", "-ERR authentication cancelled"),
        ("A", "-ERR the command cannot be read"),
        ("=AAA", "-ERR the command cannot be read"),
        ("AAA=BBB=", "-ERR the command cannot be read"),
        ("AGFubg==", "-ERR the command cannot be read"),
    ] {
        check(
            &encrypted(),
            &two_messages(),
            &format!("C: AUTH PLAIN\nS: +<SP>\nC: {line}\nS: {reply}\n{LOGIN}"),
        );
    }
    for (command, reply) in [
        ("AUTH PLAIN =", "-ERR the command cannot be read"),
        ("AUTH PLAIN A", "-ERR the command cannot be read"),
        ("AUTH KERBEROS_V4", "-ERR no such mechanism here"),
        ("AUTH CRAM-MD5", "-ERR no such mechanism here"),
        ("AUTH SCRAM-SHA-256-PLUS", "-ERR not without TLS"),
        ("AUTH", "+OK the list follows\nS: SCRAM-SHA-256\nS: SCRAM-SHA-1\nS: PLAIN\nS: ."),
    ] {
        check(&encrypted(), &two_messages(), &format!("C: {command}\nS: {reply}"));
    }
}

#[test]
fn passwords_may_hold_spaces() {
    let mut host = two_messages();
    host.users.insert("ann".into(), " two  words ".into());
    check(
        &encrypted(),
        &host,
        "C: USER ann\nS: +OK send the password\nC: PASS  two  words<SP>\n= opened ann\nS: +OK logged in",
    );
}

#[test]
fn without_tls_nothing_that_shows_a_password_is_taken() {
    let mut config = cleartext();
    config.stls = true;
    check(
        &config,
        &two_messages(),
        "C: USER ann
         S: -ERR not without TLS
         C: AUTH PLAIN AGFubgBzZWNyZXQ=
         S: -ERR not without TLS
         C: CAPA
         S: +OK the list follows
         S: TOP
         S: UIDL
         S: RESP-CODES
         S: AUTH-RESP-CODE
         S: PIPELINING
         S: UTF8 USER
         S: LANG
         S: SASL SCRAM-SHA-256 SCRAM-SHA-1
         S: STLS
         S: .
         C: STLS
         S: +OK begin TLS
         = tls
         > tls
         C: CAPA
         S: +OK the list follows
         S: TOP
         S: UIDL
         S: RESP-CODES
         S: AUTH-RESP-CODE
         S: PIPELINING
         S: UTF8 USER
         S: LANG
         S: SASL SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 PLAIN
         S: USER
         S: .
         C: STLS
         S: -ERR not in this state",
    );
}

#[test]
fn refusals_of_the_host_have_their_codes() {
    for (refusal, reply) in [
        (Refusal::InUse, "-ERR [IN-USE] the maildrop is in use by another session"),
        (Refusal::LoginDelay, "-ERR [LOGIN-DELAY] too short a time since the last login"),
        (Refusal::Temporary, "-ERR [SYS/TEMP] the system fails for now, try later"),
        (Refusal::Permanent, "-ERR [SYS/PERM] the system fails"),
    ] {
        let mut host = two_messages();
        host.refuse_open = Some(refusal);
        check(
            &encrypted(),
            &host,
            &format!(
                "C: AUTH PLAIN AGFubgBzZWNyZXQ=\n= opened ann\nS: {reply}\nC: STAT\nS: -ERR not in this state"
            ),
        );
        host.refuse_open = None;
        host.refuse_login = Some(refusal);
        check(&encrypted(), &host, &format!("C: AUTH PLAIN AGFubgBzZWNyZXQ=\nS: {reply}"));
    }
}

#[test]
fn apop_that_is_wrong_looks_the_same_for_everybody() {
    let mut config = encrypted();
    config.login.apop = Timestamp::new("<a@b>");
    for user in ["ann", "nobody"] {
        check(
            &config,
            &two_messages(),
            &format!(
                "C: APOP {user} c4c9334bac560ecc979e58001b3e22fb\n> wait 2\nS: -ERR [AUTH] authentication failed\nC: APOP {user}\nS: -ERR the command cannot be read"
            ),
        );
    }
}

/// Who asks about a user learns nothing from what is said, how much of it, or when.
#[test]
fn an_unknown_user_and_a_wrong_password_look_the_same() {
    for method in Session::methods() {
        let refused = |user: &str, password: &str| {
            let outcome = Session::new(&["x"]).by(method).as_user(user, password).run(&Wire::new(64));
            let error = outcome.refused.unwrap();
            assert_eq!(outcome.elapsed, Duration::from_secs(2), "{method:?}: {error}");
            let octets_said_alike = (outcome.octets.0, error.to_string());
            (error.method(), octets_said_alike)
        };
        let (known, unknown) = (refused("mrose", "password"), refused("esorm", "password"));
        assert_eq!(known, unknown, "{method:?}");
        assert_eq!(known.0, Some(method));
    }
}

/// A challenge of SASL shows the seed, so whoever knows it must not be anybody.
#[test]
fn the_seed_is_nobodys_password() {
    let timestamp = Timestamp::new("<1896.697170952@dbc.mtview.ca.us>").unwrap();
    let mut config = encrypted();
    let digest = timestamp.digest(config.login.seed.expose()).to_hex();
    config.login.apop = Some(timestamp);
    let refused = "> wait 2\nS: -ERR [AUTH] authentication failed";
    check(&config, &two_messages(), &format!("C: APOP nobody {digest}\n{refused}"));
    check(&config, &two_messages(), &format!("C: APOP ann {digest}\n{refused}"));
}

#[test]
fn a_server_whose_mechanisms_need_tls_says_so_and_counts_nothing() {
    let refused = "C: AUTH PLAIN AGFubgBzZWNyZXQ=\nS: -ERR not without TLS\n";
    check(&cleartext(), &two_messages(), &refused.repeat(5));
    // A password that was shown all the same is not even looked at.
    let mut run = Run::new(&cleartext(), &two_messages(), 100);
    run.play(refused);
    assert!(run.connection.poll_event().is_none());
    let outcome = Session::new(&["x"]).by(Method::Sasl(Mechanism::CramMd5)).with_stls().run(&Wire::new(64));
    assert!(outcome.closed && outcome.error.is_none());
}
