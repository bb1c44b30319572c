//! PREAUTH where TLS was asked for before.

use super::*;

#[test]
fn starttls_that_was_asked_for_before_the_greeting_is_not_given_up() {
    let mut peer = Peer::new(Config::default());
    peer.connection.start_tls(peer.now).unwrap();
    peer.send(Body::Noop);
    let error = Error::from(PeerMisbehaved::PreAuthInClear);
    assert_eq!(peer.says("* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n"), Err(error.clone()));
    peer.hears(&[]);
    assert!(!peer.events().contains(&"StartTls".into()));
    assert_eq!(peer.connection.tls_started(peer.now), Err(ApiMisuse::NoTlsNow));
    assert_eq!(peer.says("* OK hello\r\n"), Err(error), "errors stick");
}

#[test]
fn starttls_asked_for_before_the_greeting_leaves_after_it() {
    let mut peer = Peer::new(Config::default());
    peer.connection.start_tls(peer.now).unwrap();
    peer.says("* OK hello\r\n").unwrap();
    peer.hears(&["STARTTLS"]);
    peer.says("% OK begin\r\n").unwrap();
    assert_eq!(peer.events(), ["Greeting", "StartTls"]);
    assert_eq!(peer.connection.tls_started(peer.now), Ok(()));
}

#[test]
fn who_asks_after_preauth_is_told_that_it_is_too_late() {
    let mut peer = Peer::new(Config::default());
    peer.says("* PREAUTH hello\r\n").unwrap();
    assert_eq!(peer.connection.start_tls(peer.now), Err(ApiMisuse::NoTlsNow));
    peer.hears(&[]);
    assert!(peer.connection.is_logged_in());
    // On a line with TLS there is nothing to ask for.
    let mut peer = Peer::new(Config { encrypted: true, ..Config::default() });
    assert_eq!(peer.connection.start_tls(peer.now), Err(ApiMisuse::NoTlsNow));
    peer.says("* PREAUTH hello\r\n").unwrap();
    assert!(peer.connection.is_logged_in());
}
