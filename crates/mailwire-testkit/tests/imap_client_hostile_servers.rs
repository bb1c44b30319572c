//! What hostile servers send, before the IMAP client's machine: it costs little, and nothing of it is believed.

use mailwire::imap::{
    client::{Config, Error, Event, PeerMisbehaved},
    command::Body,
    frame::FramingError,
};
use mailwire_testkit::dialogue::imap_peer::{Peer, in_pieces};

#[test]
fn counts_and_sets_as_large_as_can_be() {
    let mut peer = Peer::selected("QRESYNC", 3);
    peer.says("* 4294967295 EXISTS\r\n* VANISHED (EARLIER) 1:4294967295\r\n* VANISHED 1:4294967295\r\n")
        .unwrap();
    assert_eq!(peer.connection.selected().unwrap().exists, 0);
    peer.says("* 5 EXPUNGE\r\n* 0 EXPUNGE\r\n* 0 FETCH (UID 1)\r\n* 9 FETCH (UID 0)\r\n").unwrap();
    peer.says(
        "* OK [COPYUID 1 1:4294967295 1:4294967295] ok\r\n* OK [UIDNEXT 0] ok\r\n* OK [MODIFIED 1:*] ok\r\n",
    )
    .unwrap();
    peer.says("* SEARCH 0 4294967295 4294967296 -1\r\n* ESEARCH (TAG \"x\") UID ALL 1:4294967295\r\n")
        .unwrap();
    assert_eq!(peer.connection.selected().unwrap().exists, 0);
    let noop = peer.send(Body::Noop);
    peer.sent();
    peer.says("% OK done\r\n").unwrap();
    assert_eq!(peer.answer(&noop), Ok(()));
}

#[test]
fn lines_without_an_end_and_deep_nesting() {
    let mut config = Config::default();
    config.limits.line = 1000;
    let mut peer = Peer::new(config);
    peer.says("* PREAUTH hi\r\n").unwrap();
    let error = peer.says("* OK ".to_owned() + &"x".repeat(2000)).unwrap_err();
    assert_eq!(error, Error::Framing(FramingError::LineTooLong { limit: 1000 }));
    for (open, what) in
        [("(", "THREAD"), ("((", "NAMESPACE"), ("(", "1 FETCH (BODYSTRUCTURE "), ("(", "METADATA x ")]
    {
        let mut peer = Peer::selected("", 3);
        peer.says(format!("* {what} {}\r\n* 4 EXISTS\r\n", open.repeat(60_000))).unwrap();
        let events = peer.events();
        assert!(matches!(events[0], Event::Unknown { .. }), "{what}");
        assert!(matches!(events.last(), Some(Event::Exists { count: 4, .. })), "{what}");
    }
}

#[test]
fn tags_cannot_be_guessed_from_another_connection() {
    let tag = |seed| {
        let mut config = Config::default();
        config.seed = [seed; 16];
        let mut peer = Peer::new(config);
        peer.says("* PREAUTH hi\r\n").unwrap();
        peer.connection.send(peer.now, Body::Noop).unwrap();
        peer.connection.poll_transmit().unwrap()
    };
    assert_ne!(tag(1), tag(2));
    // A guess is an answer to nothing.
    let mut peer = Peer::selected("", 3);
    let noop = peer.send(Body::Noop);
    peer.sent();
    for guess in ["a1", "A0001", "00000000", "*1", "1"] {
        peer.says(format!("{guess} OK done\r\n")).unwrap();
    }
    assert!(peer.events().iter().all(|event| !matches!(event, Event::Completed { .. })));
    peer.says("% OK done\r\n").unwrap();
    assert_eq!(peer.answer(&noop), Ok(()));
}

#[test]
fn mail_that_looks_like_the_protocol() {
    use mailwire::imap::client::command::FetchBody;
    let mut peer = Peer::selected("", 3);
    let uid = mailwire::imap::Uid::new(7).unwrap();
    let fetch = peer.send(FetchBody::new(uid, mailwire::imap::section::Section::whole()));
    peer.sent();
    let body = "* BYE bye\r\n* 1 EXPUNGE\r\n+ go\r\na5 OK done\r\n)\r\n* 2 FETCH (FLAGS ())\r\n";
    for octet in format!("* 2 FETCH (UID 7 BODY[] {{{}}}\r\n{body})\r\n", body.len()).bytes() {
        peer.says([octet]).unwrap();
    }
    assert!(peer.events().is_empty());
    peer.says("% OK done\r\n").unwrap();
    let answer = peer.answer(&fetch).unwrap();
    let octets: Vec<u8> = answer.chunks.iter().flatten().copied().collect();
    assert_eq!(String::from_utf8(octets).unwrap(), body);
    assert_eq!(peer.connection.selected().unwrap().exists, 3);
}

#[test]
fn nothing_is_sent_after_an_attack() {
    let mut peer = Peer::new(Config::default());
    peer.says("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n").unwrap();
    peer.connection.start_tls(peer.now).unwrap();
    peer.send(Body::Noop);
    peer.sent();
    let result = peer.says("% OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n");
    assert_eq!(result, Err(PeerMisbehaved::PlaintextAfterStartTls.into()));
    assert!(peer.sent().is_empty() && peer.connection.tls_started(peer.now).is_err());
    assert_eq!(peer.says(""), Err(PeerMisbehaved::PlaintextAfterStartTls.into()));
}

#[test]
fn all_of_it_in_pieces() {
    in_pieces(&[
        counts_and_sets_as_large_as_can_be,
        lines_without_an_end_and_deep_nesting,
        tags_cannot_be_guessed_from_another_connection,
        mail_that_looks_like_the_protocol,
        nothing_is_sent_after_an_attack,
    ]);
}
