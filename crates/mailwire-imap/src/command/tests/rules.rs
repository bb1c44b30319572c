//! Each command of RFC 3501 and RFC 9051 by its rule: octets, and the value that they are.

use alloc::vec;

use super::*;
use crate::{Capabilities, Flag, Uid, mailbox_status::Attribute as Status, section::Section};

fn check(wire: &str, body: Body) {
    let command = Command { tag: Tag::new("a").unwrap(), body };
    for decoder in [strict(), Decoder::default()] {
        assert_eq!(decoder.command(format!("a {wire}").as_bytes()).as_ref(), Ok(&command), "{wire}");
    }
    assert_eq!(encoded(&command, Abilities { utf8: false, ..Abilities::all() }), format!("a {wire}\r\n"));
}

/// `command-any`, `command-nonauth`
#[test]
fn before_login() {
    for (wire, body) in [
        ("CAPABILITY", Body::Capability),
        ("LOGOUT", Body::Logout),
        ("NOOP", Body::Noop),
        ("STARTTLS", Body::StartTls),
        ("LOGIN ann x]", Body::Login("ann".into(), Secret::new("x]"))),
        ("LOGIN \"a b\" {2+}\r\n\r\n", Body::Login("a b".into(), Secret::new("\r\n"))),
        ("LOGIN \"\" \"\"", Body::Login("".into(), Secret::new(""))),
        ("LOGIN {2+}\r\né \"(\"", Body::Login("é".into(), Secret::new("("))),
    ] {
        check(wire, body);
    }
    for (wire, response) in [
        ("AUTHENTICATE SCRAM-SHA-256", None),
        ("AUTHENTICATE SCRAM-SHA-256 =", Some(Secret::new("="))),
        ("AUTHENTICATE SCRAM-SHA-256 dGVzdAB0ZXN0AHRlc3Q=", Some(Secret::new("dGVzdAB0ZXN0AHRlc3Q="))),
        ("AUTHENTICATE SCRAM-SHA-256 a+/=", Some(Secret::new("a+/="))),
    ] {
        let mechanism = Atom::new("SCRAM-SHA-256").unwrap();
        check(wire, Body::Authenticate { mechanism, initial_response: response });
    }
}

/// `command-auth`
#[test]
fn after_login() {
    let select = Select::new("INBOX");
    for (wire, body) in [
        ("CREATE owatagusiam/", Body::Create(Mailbox::new("owatagusiam/"), vec![])),
        ("CREATE Entw&APw-rfe", Body::Create(Mailbox::new("Entwürfe"), vec![])),
        ("DELETE \"a b\"", Body::Delete(Mailbox::new("a b"))),
        ("ENABLE CONDSTORE IMAP4rev2", Body::Enable(Capabilities::new(["CONDSTORE", "IMAP4rev2"]).unwrap())),
        ("EXAMINE INBOX", Body::Examine(select.clone())),
        ("IDLE", Body::Idle),
        ("LSUB #news. comp.*", Body::Lsub(Mailbox::new("#news."), Mailbox::new("comp.*"))),
        ("LSUB \"\" %", Body::Lsub(Mailbox::new(""), Mailbox::new("%"))),
        ("NAMESPACE", Body::Namespace),
        ("RENAME a \"b\\\\\"", Body::Rename(Mailbox::new("a"), Mailbox::new("b\\"))),
        ("SELECT INBOX", Body::Select(select)),
        ("SELECT &Jjo-!", Body::Select(Select::new("\u{263a}!"))),
        ("SELECT \"nil\"", Body::Select(Select::new("nil"))),
        (
            "STATUS a (MESSAGES UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE RECENT)",
            Body::Status(
                Mailbox::new("a"),
                vec![
                    Status::Messages,
                    Status::UidNext,
                    Status::UidValidity,
                    Status::Unseen,
                    Status::Deleted,
                    Status::Size,
                    Status::Recent,
                ],
            ),
        ),
        ("SUBSCRIBE a", Body::Subscribe(Mailbox::new("a"))),
        ("UNSUBSCRIBE a", Body::Unsubscribe(Mailbox::new("a"))),
        ("ID NIL", Body::Id(None)),
        ("ID ()", Body::Id(Some(vec![]))),
        (
            "ID (\"name\" \"x\" \"os\" NIL)",
            Body::Id(Some(vec![("name".into(), Some("x".into())), ("os".into(), None)])),
        ),
    ] {
        check(wire, body);
    }
}

/// `command-select`
#[test]
fn in_a_mailbox() {
    let sequence = || Messages::Sequence("2:4,7".parse().unwrap());
    let uids = || Messages::Uid("1:*".parse().unwrap());
    let to = || Mailbox::new("MEETING");
    let body = Attribute::Body { section: Section::whole(), partial: Some((0, 9)), peek: false };
    for (wire, body) in [
        ("CHECK", Body::Check),
        ("CLOSE", Body::Close),
        ("UNSELECT", Body::Unselect),
        ("EXPUNGE", Body::Expunge(None)),
        ("UID EXPUNGE 1:*", Body::Expunge(Some(uids()))),
        ("COPY 2:4,7 MEETING", Body::Copy(sequence(), to())),
        ("UID COPY 1:* MEETING", Body::Copy(uids(), to())),
        ("COPY $ MEETING", Body::Copy(Messages::Saved { is_uid: false }, to())),
        ("MOVE 2:4,7 MEETING", Body::Move(sequence(), to())),
        ("UID MOVE $ MEETING", Body::Move(Messages::Saved { is_uid: true }, to())),
        ("FETCH 2:4,7 UID", Body::Fetch(Fetch::new(sequence(), vec![Attribute::Uid]))),
        ("UID FETCH 1:* (FLAGS BODY[]<0.9>)", Body::Fetch(Fetch::new(uids(), vec![Attribute::Flags, body]))),
        (
            "SEARCH UNSEEN",
            Body::Search(SearchCommand { is_uid: false, ..SearchCommand::uid(Search::Unseen) }),
        ),
        ("UID SEARCH UNSEEN", Body::Search(SearchCommand::uid(Search::Unseen))),
    ] {
        check(wire, body);
    }
}

/// `store = "STORE" SP sequence-set SP store-att-flags`
#[test]
fn flags_are_stored() {
    let flags: Flags = [Flag::Seen, Flag::keyword("work").unwrap()].into_iter().collect();
    for (word, action) in [("+FLAGS", Action::Add), ("-FLAGS", Action::Remove), ("FLAGS", Action::Replace)] {
        for silent in [false, true] {
            let word = format!("{word}{}", if silent { ".SILENT" } else { "" });
            let values = Values::Flags(flags.clone());
            let messages = Messages::Uid(crate::UidSet::from(Uid::MIN));
            let store = Store { messages, unchanged_since: None, action, silent, values };
            check(&format!("UID STORE 1 {word} (\\Seen work)"), Body::Store(store.clone()));
            let wire = format!("a uid store 1 {} \\seen WORK", word.to_lowercase());
            assert_eq!(
                strict().command(wire.as_bytes()).map(|command| command.body),
                Ok(Body::Store(store.clone()))
            );
            let none = Store { values: Values::Flags(Flags::new()), ..store };
            check(&format!("UID STORE 1 {word} ()"), Body::Store(none));
        }
    }
}

/// What a server may send for no flag at all is one when a client sends it, or an error: never the empty set.
#[test]
fn no_flag_is_passed_over() {
    let keyword: Flags = [Flag::keyword("NIL").unwrap()].into_iter().collect();
    for decoder in [strict(), Decoder::default()] {
        for wire in ["a STORE 1 FLAGS NIL", "a STORE 1 FLAGS (NIL)"] {
            let Ok(Command { body: Body::Store(store), .. }) = decoder.command(wire.as_bytes()) else {
                panic!()
            };
            assert_eq!(store.values, Values::Flags(keyword.clone()));
        }
        for wire in [
            "a STORE 1 FLAGS (\\)",
            "a STORE 1 FLAGS (\\*)",
            "a STORE 1 FLAGS ([)",
            "a APPEND b (\\*) {1+}\r\nc",
        ] {
            let command = decoder.command(wire.as_bytes());
            assert_eq!(command.is_err(), wire != "a STORE 1 FLAGS ([)", "{wire}");
        }
    }
}

/// Mailbox names after UTF-8 was enabled
#[test]
fn names_in_utf8() {
    let mut decoder = strict();
    decoder.set_utf8(true);
    let command =
        Command { tag: Tag::new("a").unwrap(), body: Body::Delete(Mailbox::new("Entwürfe & mehr")) };
    let wire = "a DELETE \"Entwürfe & mehr\"";
    assert_eq!(decoder.command(wire.as_bytes()).as_ref(), Ok(&command));
    assert_eq!(encoded(&command, Abilities::all()), format!("{wire}\r\n"));
    assert_eq!(encoded(&command, Abilities::default()), "a DELETE \"Entw&APw-rfe &- mehr\"\r\n");
}

/// What differs by one octet from a command, read without tolerance and with it
#[test]
fn what_is_nearly_a_command() {
    for wire in [
        "AUTHENTICATE",
        "AUTHENTICATE PLAIN (",
        "AUTHENTICATE PLAIN = =",
        "AUTHENTICATE \"PLAIN\"",
        "CAPABILITY x",
        "CHECK 1",
        "COPY 1",
        "COPY a b",
        "COPY $1 b",
        "COPY 1 b c",
        "CREATE",
        "CREATE (a)",
        "CREATE a ()",
        "CREATE a (USE \\Sent)",
        "DELETE",
        "ENABLE",
        "ENABLE (IDLE)",
        "EXPUNGE 1",
        "FETCH 1",
        "FETCH 1 (UID",
        "FETCH 1 UID)",
        "FETCH 1 UID (CHANGEDSINCE)",
        "FETCH 1 UID (CHANGEDSINCE 1",
        "ID",
        "ID (\"a\")",
        "ID (a b)",
        "ID \"a\" \"b\"",
        "IDLE DONE",
        "LOGIN a",
        "LOGIN a b c",
        "LOGIN (a) b",
        "LOGIN \"a\"b",
        "LSUB \"\"",
        "LSUB \"\" (a)",
        "NAMESPACE NIL",
        "RENAME a",
        "SEARCH CHARSET",
        "SEARCH CHARSET UTF-8",
        "SEARCH RETURN",
        "SEARCH RETURN ()",
        "SEARCH RETURN MIN ALL",
        "SELECT INBOX CONDSTORE",
        "STATUS a",
        "STATUS a MESSAGES",
        "STATUS a (MESSAGES",
        "STATUS a (MESSAGES,UNSEEN)",
        "STORE 1 FLAGS",
        "STORE 1 FLAGS.LOUD (\\Seen)",
        "STORE 1 =FLAGS (\\Seen)",
        "STORE 1 FLAGS (\\)",
        "STORE 1 FLAGS (\\Seen",
        "UID",
        "UID NOOP",
        "UID CLOSE",
        "UID EXPUNGE",
        "UID 1 FETCH FLAGS",
        "UIDFETCH 1 FLAGS",
    ] {
        for decoder in [strict(), Decoder::default()] {
            let error = decoder.command(format!("a {wire}").as_bytes()).unwrap_err();
            assert_eq!(error.tag, Some(Tag::new("a").unwrap()), "{wire}");
        }
    }
    for wire in ["a NOOP ", "a  NOOP", "a LOGIN  b c", "a LOGIN b c ", "a STATUS b ( MESSAGES )"] {
        assert!(strict().command(wire.as_bytes()).is_err(), "{wire}");
        assert!(Decoder::default().command(wire.as_bytes()).is_ok(), "{wire}");
    }
    for wire in [" NOOP", "+ NOOP", "a+ NOOP", "* NOOP", "( NOOP", "\"a\" NOOP", "é NOOP", "NOOP"] {
        for decoder in [strict(), Decoder::default()] {
            assert!(decoder.command(wire.as_bytes()).is_err(), "{wire}");
        }
    }
}
