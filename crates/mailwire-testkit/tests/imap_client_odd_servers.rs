//! What real servers send, before the IMAP client's machine: it is read, told, and never ends the session.

use mailwire::imap::{
    Flag, Mailbox, Uid, UidSet,
    client::{
        Event,
        command::{Fetch, List, Select, Status, fetch},
    },
    command::{Body, Messages},
    mailbox_status::Attribute,
};
use mailwire_testkit::dialogue::imap_peer::{Peer, in_pieces};

fn uids(text: &str) -> Messages {
    Messages::Uid(text.parse().unwrap())
}

#[test]
fn capabilities_with_spaces_where_none_should_be() {
    let mut peer = Peer::authenticated("");
    peer.says("* CAPABILITY IMAP4rev1  IDLE LITERAL +  MOVE \r\n").unwrap();
    assert!(peer.connection.server().has("IDLE") && peer.connection.server().has("MOVE"));
}

#[test]
fn names_go_back_as_they_came() {
    let mut peer = Peer::authenticated("");
    let list = peer.send(List::new("*"));
    assert_eq!(peer.sent(), [r#"LIST \"\" *"#]);
    // Raw UTF-8, a modified UTF-7 that decodes to ASCII, a name that is a word of the protocol, a TAB, no delimiter.
    let names: [&[u8]; 4] = [b"\"Entw\xC3\xBCrfe\"", b"\"&AGE-\"", b"\"NIL\"", b"\"a\tb\""];
    for name in names {
        peer.says([b"* LIST () NIL ", name, b"\r\n"].concat()).unwrap();
    }
    peer.says("% OK done\r\n").unwrap();
    let rows = peer.answer(&list).unwrap().mailboxes;
    assert_eq!(rows.len(), 4);
    for (row, name) in rows.iter().zip(names) {
        let mailbox: Mailbox = row.mailbox.clone();
        peer.send(Select::new(mailbox));
        let mut sent = peer.sent().concat();
        if sent.ends_with('}') {
            peer.says("+ go ahead\r\n").unwrap();
            sent += &peer.sent().concat();
        }
        let wire = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap();
        assert!(sent.contains(&wire.escape_ascii().to_string()), "{sent} for {}", name.escape_ascii());
        peer.says("% OK done\r\n").unwrap();
    }
}

#[test]
fn no_permanent_flags_are_all_flags() {
    let peer = Peer::selected("", 3);
    let view = peer.connection.selected().unwrap();
    assert!(view.can_store(&Flag::Seen) && view.can_store(&Flag::keyword("work").unwrap()));
}

#[test]
fn statuses_without_text_and_with_text_of_another_charset() {
    let mut peer = Peer::selected("", 3);
    let noop = peer.send(Body::Noop);
    peer.sent();
    peer.says(b"* OK fertig \xFC\r\n\0\0* 4 EXISTS\r\n% OK\r\n").unwrap();
    assert_eq!(peer.answer(&noop), Ok(()));
    assert_eq!(peer.connection.selected().unwrap().exists, 4);
}

#[test]
fn a_throttled_request_says_for_how_long() {
    let mut peer = Peer::selected("", 3);
    let noop = peer.send(Body::Noop);
    peer.sent();
    peer.says("% NO Request is throttled. Suggested Backoff Time: 92415 milliseconds\r\n").unwrap();
    let error = peer.answer(&noop).unwrap_err();
    assert_eq!(error.backoff(), Some(std::time::Duration::from_millis(92_415)));
    assert!(error.is_temporary() && !error.is_bad());
}

#[test]
fn news_in_the_middle_of_a_command_are_events_all_of_them() {
    let mut peer = Peer::selected("", 2000);
    let fetch = peer.send(Fetch::new(uids("7"), fetch::InternalDate));
    peer.sent();
    let mut said = String::new();
    for number in (1001..=2000).rev() {
        said += &format!("* {number} EXPUNGE\r\n");
    }
    said += "* 1001 EXISTS\r\n* 3 RECENT\r\n* 5 FETCH (FLAGS (\\Seen))\r\n";
    said += "* 6 FETCH (UID 7 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")\r\n% OK done\r\n";
    peer.says(said).unwrap();
    let events = peer.events();
    let expunged = events.iter().filter(|event| matches!(event, Event::Expunged { .. })).count();
    assert_eq!(expunged, 1000);
    assert!(matches!(events[1000], Event::Exists { count: 1001, before: 1000 }), "{:?}", events[1000]);
    assert!(matches!(events[1001], Event::Recent { count: 3 }));
    assert!(matches!(events[1002], Event::Fetch { uid: None, .. }));
    let rows = peer.answer(&fetch).unwrap().rows;
    assert_eq!((rows.len(), rows[0].uid), (1, Uid::new(7)));
}

#[test]
fn figures_of_another_mailbox_are_not_the_answer() {
    let mut peer = Peer::selected("", 3);
    let (one, other) = (
        peer.send(Status::new("a", [Attribute::Messages])),
        peer.send(Status::new("b", [Attribute::Messages])),
    );
    peer.sent();
    peer.says("* STATUS b (MESSAGES 2)\r\n* STATUS c (MESSAGES 3)\r\n* STATUS a (MESSAGES 1)\r\n% OK ok\r\n% OK ok\r\n")
        .unwrap();
    assert_eq!(peer.answer(&one).unwrap().messages, Some(1));
    assert_eq!(peer.answer(&other).unwrap().messages, Some(2));
    assert_eq!(peer.events().iter().filter(|event| matches!(event, Event::Data { .. })).count(), 1);
    assert_eq!(peer.connection.selected().unwrap().exists, 3);
}

#[test]
fn a_bad_row_does_not_hide_the_good_ones() {
    let mut peer = Peer::selected("", 3);
    let fetch = peer.send(Fetch::new(uids("1:*"), (fetch::Flags, fetch::Size)));
    peer.sent();
    peer.says(
        "* 1 FETCH (UID 1 FLAGS (\\Seen) RFC822.SIZE 5)\r\n* 2 FETCH (UID 2 FLAGS (\\Seen\r\n* 3 FETCH (UID 3 RFC822.SIZE 7 \
         FLAGS ())\r\n% OK done\r\n",
    )
    .unwrap();
    let fetched = peer.answer(&fetch).unwrap();
    let seen: UidSet = fetched.rows.iter().filter_map(|row| row.uid).collect();
    assert_eq!(seen.to_string(), "1:3");
    assert_eq!(fetched.rows[1].invalid.len(), 1);
    assert_eq!(fetched.rows[2].items.1, Some(7));
}

#[test]
fn all_of_it_in_pieces() {
    in_pieces(&[
        capabilities_with_spaces_where_none_should_be,
        names_go_back_as_they_came,
        no_permanent_flags_are_all_flags,
        statuses_without_text_and_with_text_of_another_charset,
        a_throttled_request_says_for_how_long,
        news_in_the_middle_of_a_command_are_events_all_of_them,
        figures_of_another_mailbox_are_not_the_answer,
        a_bad_row_does_not_hide_the_good_ones,
    ]);
}
