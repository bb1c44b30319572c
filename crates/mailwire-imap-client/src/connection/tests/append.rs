//! Messages that the server does not take.

use super::*;
use crate::command::{Append, Replace};

#[test]
fn what_is_too_long_is_refused_before_an_octet_is_sent() {
    let mut peer = Peer::selected("APPENDLIMIT=3 REPLACE LITERAL+ MULTIAPPEND");
    let refused = CommandError::TooLarge { octets: 4, limit: 3 };
    for append in [Append::streamed("a", 4), Append::new("a", "four"), Append::new("a", "one").and("four")] {
        let ticket = peer.send(append);
        peer.hears(&[]);
        assert_eq!(peer.connection.take(&ticket), Some(Err(refused.clone())));
    }
    let replace = peer.send(Replace::new(Uid::MIN, "a", "four"));
    peer.hears(&[]);
    assert_eq!(peer.connection.take(&replace), Some(Err(refused)));
    peer.send(Append::new("a", "one"));
    peer.hears(&["APPEND a {3+}", "one"]);
}

#[test]
fn it_is_the_limit_that_counts_when_the_command_leaves() {
    let mut peer = Peer::authenticated("LITERAL+");
    peer.send(Body::Select(Select::new("INBOX")));
    let close = peer.send(Body::Close);
    let append = peer.send(Append::new("a", "four"));
    peer.hears(&["SELECT INBOX"]);
    peer.says("* CAPABILITY IMAP4rev1 LITERAL+ APPENDLIMIT=3\r\n% OK done\r\n").unwrap();
    peer.hears(&["CLOSE"]);
    assert_eq!(peer.connection.take(&append), Some(Err(CommandError::TooLarge { octets: 4, limit: 3 })));
    peer.says("% OK done\r\n").unwrap();
    assert_eq!(peer.connection.take(&close), Some(Ok(())));
}
