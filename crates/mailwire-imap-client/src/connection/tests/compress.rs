//! Where compression begins and ends.

use super::*;

#[test]
fn compression_begins_with_the_next_octet() {
    let mut peer = Peer::authenticated("COMPRESS=DEFLATE");
    peer.connection.compress(peer.now).unwrap();
    peer.send(Body::Noop);
    peer.hears(&["COMPRESS DEFLATE"]);
    peer.says("% OK active\r\nxyz").unwrap();
    assert_eq!((peer.events(), &peer.input[..]), (vec!["Compress".into()], &b"xyz"[..]));
    assert_eq!(peer.sent(), Vec::<String>::new());
    peer.input.clear();
    peer.connection.compression_started(peer.now).unwrap();
    peer.hears(&["NOOP"]);
    assert_eq!(peer.connection.compress(peer.now), Err(ApiMisuse::Busy));
}

/// A session that is compressed, with UNAUTHENTICATE and NOOP sent.
fn unauthenticating() -> (Peer, Ticket<Body>) {
    let mut peer = Peer::authenticated("COMPRESS=DEFLATE UNAUTHENTICATE");
    peer.connection.compress(peer.now).unwrap();
    peer.hears(&["COMPRESS DEFLATE"]);
    peer.says("% OK active\r\n").unwrap();
    peer.connection.compression_started(peer.now).unwrap();
    assert_eq!(peer.events(), ["Compress"]);
    assert!(!peer.connection.may_end_compression());
    let ticket = peer.send(Body::Unauthenticate);
    peer.send(Body::Noop);
    peer.hears(&["UNAUTHENTICATE"]);
    assert!(peer.connection.may_end_compression());
    (peer, ticket)
}

#[test]
fn unauthenticate_ends_compression() {
    let (mut peer, ticket) = unauthenticating();
    assert_eq!(peer.connection.compression_ended(peer.now), Err(ApiMisuse::NoCompressionNow));
    peer.says("* OK wait\r\n").unwrap();
    assert!(peer.connection.may_end_compression());
    peer.says("% OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] bye\r\n").unwrap();
    assert_eq!(peer.events(), ["Status", "CapabilitiesChanged", "CompressionEnded", "completed 1"]);
    peer.hears(&[]);
    assert!(peer.connection.is_busy() && !peer.connection.may_end_compression());
    // What is not compressed comes after the adapter has said so.
    peer.connection.compression_ended(peer.now).unwrap();
    peer.hears(&["NOOP"]);
    peer.says("% OK done\r\n").unwrap();
    assert_eq!(peer.connection.take(&ticket), Some(Ok(())));
    assert!(!peer.connection.is_compressed() && !peer.connection.is_logged_in());
    // The next user's line may be compressed again.
    peer.connection
        .login(peer.now, Login::new(Credentials::password("ann", "x"), [7; 18]).allow_cleartext())
        .unwrap();
    peer.hears(&["LOGIN ann x"]);
    peer.says("% OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hi\r\n").unwrap();
    peer.connection.compress(peer.now).unwrap();
    peer.hears(&["COMPRESS DEFLATE"]);
    peer.says("% OK active\r\n").unwrap();
    assert_eq!(peer.connection.compression_started(peer.now), Ok(()));
}

#[test]
fn a_server_that_refuses_unauthenticate_goes_on_as_before() {
    let (mut peer, ticket) = unauthenticating();
    peer.says("% BAD what?\r\n").unwrap();
    assert!(matches!(peer.connection.take(&ticket), Some(Err(CommandError::Refused { .. }))));
    peer.hears(&["NOOP"]);
    assert!(peer.connection.is_compressed() && peer.connection.is_logged_in());
    assert!(!peer.events().contains(&"CompressionEnded".into()));
}

#[test]
fn octets_that_are_compressed_after_the_end_are_not_read() {
    let (mut peer, _) = unauthenticating();
    let result = peer.says("% OK bye\r\n* CAPABILITY IMAP4rev1\r\n");
    assert_eq!(result, Err(PeerMisbehaved::CompressedAfterUnauthenticate.into()));
    peer.hears(&[]);
}

#[test]
fn without_compression_there_is_nothing_to_end() {
    let mut peer = Peer::authenticated("UNAUTHENTICATE");
    peer.send(Body::Unauthenticate);
    peer.send(Body::Noop);
    peer.hears(&["UNAUTHENTICATE"]);
    assert!(!peer.connection.may_end_compression());
    peer.says("% OK bye\r\n").unwrap();
    assert_eq!(peer.events(), ["completed 0"]);
    peer.hears(&["NOOP"]);
}
