//! Logins within a session.

use super::*;
use crate::{LoginError, Method};

fn login() -> Login {
    Login::new(Credentials::password("ann", "secret"), [7; 18])
}

/// A session that has not begun, on a line with TLS.
fn encrypted() -> Peer {
    Peer::new(Config { encrypted: true, ..Config::default() })
}

#[test]
fn it_waits_for_the_greeting_and_believes_it() {
    let mut peer = encrypted();
    peer.connection.login(peer.now, login()).unwrap();
    peer.hears(&[]);
    assert!(peer.connection.is_busy());
    peer.says("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\r\n").unwrap();
    peer.hears(&["AUTHENTICATE PLAIN AGFubgBzZWNyZXQ="]);
    peer.says("% OK [CAPABILITY IMAP4rev1] welcome\r\n").unwrap();
    assert_eq!(peer.events(), ["CapabilitiesChanged", "Greeting", "CapabilitiesChanged", "LoggedIn"]);
    assert!(peer.connection.is_logged_in() && !peer.connection.is_busy());

    let mut peer = encrypted();
    peer.connection.login(peer.now, login()).unwrap();
    peer.says("* PREAUTH hello\r\n").unwrap();
    peer.hears(&[]);
    assert!(matches!(peer.connection.poll_event(), Some(Event::Greeting { .. })));
    let Some(Event::LoggedIn { login: preauth }) = peer.connection.poll_event() else { panic!("no login") };
    assert_eq!((preauth.method, preauth.status.to_string_lossy().as_str()), (Method::PreAuth, "hello"));
    assert_eq!(peer.connection.login(peer.now, login()).unwrap_err(), ApiMisuse::LoggedIn);
}

#[test]
fn what_was_told_in_clear_text_is_asked_again() {
    let mut peer = Peer::new(Config::default());
    peer.says("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN LOGINDISABLED SASL-IR] hello\r\n").unwrap();
    peer.connection.start_tls(peer.now).unwrap();
    peer.hears(&["STARTTLS"]);
    peer.says("% OK go ahead\r\n").unwrap();
    peer.connection.tls_started(peer.now).unwrap();
    peer.connection.login(peer.now, login()).unwrap();
    peer.hears(&["CAPABILITY"]);
    peer.says("* CAPABILITY IMAP4rev1\r\n% OK done\r\n").unwrap();
    peer.hears(&["LOGIN ann secret"]);
    assert_eq!(peer.connection.send(peer.now, Body::Noop).unwrap_err(), ApiMisuse::Busy);
}

#[test]
fn literals_of_login_wait_for_their_invitations_and_are_withdrawn() {
    let login = || Login::new(Credentials::password("\u{e4}nn", "s\u{e9}cret"), [7; 18]);
    let mut peer = encrypted();
    peer.says("* OK [CAPABILITY IMAP4rev1] hello\r\n").unwrap();
    peer.connection.login(peer.now, login()).unwrap();
    peer.hears(&["LOGIN {4}"]);
    peer.says("+\r\n").unwrap();
    peer.hears(&["\u{e4}nn {7}"]);
    peer.says("+ more\r\n").unwrap();
    peer.hears(&["s\u{e9}cret"]);
    peer.says("% OK [CAPABILITY IMAP4rev1] welcome\r\n").unwrap();
    assert!(peer.connection.is_logged_in());

    let mut peer = encrypted();
    peer.says("* OK [CAPABILITY IMAP4rev1] hello\r\n").unwrap();
    peer.connection.login(peer.now, login()).unwrap();
    peer.sent();
    peer.says("+\r\n").unwrap();
    peer.sent();
    peer.says("% NO [AUTHENTICATIONFAILED] nobody\r\n").unwrap();
    assert_eq!(peer.events(), ["CapabilitiesChanged", "Greeting", "LoginFailed"]);
    peer.send(Body::Noop);
    peer.hears(&["NOOP"]);
}

#[test]
fn an_unproven_server_is_the_end() {
    let mut peer = encrypted();
    peer.says("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256 AUTH=PLAIN] hello\r\n").unwrap();
    peer.connection.login(peer.now, login()).unwrap();
    peer.sent();
    let error = Error::from(PeerMisbehaved::UnprovenServer);
    assert_eq!(peer.says("% OK you are in\r\n"), Err(error.clone()));
    assert_eq!(peer.events(), ["CapabilitiesChanged", "Greeting", "LoginFailed"]);
    assert!(!peer.connection.is_logged_in());
    assert_eq!(peer.says("* OK hello\r\n"), Err(error));
    peer.hears(&[]);
}

#[test]
fn an_answer_before_its_command_has_left_is_not_believed() {
    for answer in ["% OK [CAPABILITY IMAP4rev1] welcome\r\n", "+ \r\n"] {
        let mut peer = encrypted();
        peer.says("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n").unwrap();
        peer.connection.login(peer.now, login()).unwrap();
        // Who does not see the tag cannot know it, but it may be guessed by whom the seed is known to.
        peer.tags.push_back(crate::tag::Tags::new([0; 16]).next().unwrap().to_string());
        assert_eq!(peer.says(answer), Err(PeerMisbehaved::EarlyAnswer.into()));
    }
}

#[test]
fn a_refusal_is_told_if_the_session_ends_in_the_next_way() {
    for end in ["* BYE too many\r\n", ""] {
        let mut peer = encrypted();
        peer.says("* OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] hello\r\n").unwrap();
        peer.connection.login(peer.now, login()).unwrap();
        peer.hears(&["AUTHENTICATE CRAM-MD5"]);
        peer.says("% NO not for you\r\n").unwrap();
        peer.hears(&["LOGIN ann secret"]);
        let ended = if end.is_empty() { peer.connection.handle_eof(peer.now) } else { peer.says(end) };
        assert!(ended.is_err());
        let last = core::iter::from_fn(|| peer.connection.poll_event()).last();
        let Some(Event::LoginFailed { error: LoginError::Refused { status, .. } }) = last else {
            panic!("{last:?}")
        };
        assert_eq!(status.to_string_lossy(), "not for you");
    }
}

#[test]
fn after_a_failure_another_login_may_be_tried() {
    let mut peer = encrypted();
    peer.says("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\r\n").unwrap();
    peer.connection.login(peer.now, login()).unwrap();
    peer.sent();
    peer.says("% NO [AUTHENTICATIONFAILED] wrong\r\n").unwrap();
    assert_eq!(peer.events().last().map(String::as_str), Some("LoginFailed"));
    let other = Login::new(Credentials::password("ann", "other"), [7; 18]);
    peer.connection.login(peer.now, other).unwrap();
    peer.hears(&["AUTHENTICATE PLAIN AGFubgBvdGhlcg=="]);
    peer.says("% OK welcome\r\n").unwrap();
    peer.hears(&["CAPABILITY"]);
    peer.says("* CAPABILITY IMAP4rev1 IDLE\r\n% OK done\r\n").unwrap();
    assert_eq!(peer.events(), ["CapabilitiesChanged", "LoggedIn"]);
    assert!(peer.connection.server().has("IDLE"));
}

/// The examples of RFC 2221.
#[test]
fn the_server_may_say_that_the_mailboxes_are_elsewhere() {
    let url = "IMAP://MATTHEW@SERVER2/";
    let mut peer = encrypted();
    peer.says("* OK [CAPABILITY IMAP4rev1 LOGIN-REFERRALS] hello\r\n").unwrap();
    peer.connection.login(peer.now, login()).unwrap();
    peer.hears(&["LOGIN ann secret"]);
    peer.says(&format!("% OK [REFERRAL {url}] Specified user's personal mailboxes located on Server2\r\n"))
        .unwrap();
    // The capabilities that are asked for meanwhile do not make it forgotten.
    peer.hears(&["CAPABILITY"]);
    peer.says("* CAPABILITY IMAP4rev1\r\n% OK done\r\n").unwrap();
    let last = core::iter::from_fn(|| peer.connection.poll_event()).last();
    let Some(Event::LoggedIn { login: done }) = last else { panic!("{last:?}") };
    assert_eq!((done.method, done.referrals().len()), (Method::Login, 1));
    assert!(done.referrals()[0] == url && done.status.to_string_lossy().starts_with("Specified"));

    for capabilities in ["LOGIN-REFERRALS", "LOGIN-REFERRALS AUTH=PLAIN SASL-IR"] {
        let mut peer = encrypted();
        peer.says(&format!("* OK [CAPABILITY IMAP4rev1 {capabilities}] hello\r\n")).unwrap();
        peer.connection.login(peer.now, login()).unwrap();
        peer.sent();
        peer.says(&format!("% NO [REFERRAL {url}] Specified user is invalid on this server\r\n")).unwrap();
        let last = core::iter::from_fn(|| peer.connection.poll_event()).last();
        let Some(Event::LoginFailed { error }) = last else { panic!("{last:?}") };
        assert!(error.referrals()[0] == url && !error.is_temporary());
    }

    let mut peer = encrypted();
    let error =
        peer.says(&format!("* BYE [REFERRAL {url}] Server not accepting connections\r\n")).unwrap_err();
    assert!(error.referrals()[0] == url);
}
