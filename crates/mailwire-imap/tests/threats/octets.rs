//! Octets that have no place where they stand.

use mailwire_imap::{
    Decoder, Flag, Limits, Mailbox, Quirks, Response, Tag, Uid, command::Body, fetch::Item, response::Data,
    utf7,
};

use super::command;

fn commands() -> [Decoder; 2] {
    [Quirks::lenient(), Quirks::strict()].map(|quirks| Decoder::new(Limits::server(), quirks))
}

#[test]
fn nul() {
    for wire in [
        &b"a\0b NOOP"[..],
        b"a NO\0OP",
        b"a SELECT x\0y",
        b"a SELECT \"x\0y\"",
        b"a SELECT {3}\r\nx\0y",
        b"a LOGIN \"ann\0\" pw",
        b"a LOGIN ann {3}\r\np\0w",
        b"a STORE 1 FLAGS (x\0)",
        b"a SEARCH SUBJECT \"\0\"",
        b"a SEARCH SUBJECT {1}\r\n\0",
        b"a SEARCH SUBJECT ~{1}\r\n\0",
        b"a ID (\"\0\" NIL)",
        b"\0",
        b"a FETCH 1 BODY[HEADER.FIELDS (\"\0\")]",
        b"a APPEND x {1}\r\n\0",
    ] {
        for decoder in commands() {
            assert!(decoder.command(wire).is_err(), "{}", wire.escape_ascii());
        }
    }
    for decoder in commands() {
        assert!(decoder.command(&b"a APPEND x ~{1}\r\n\0"[..]).is_ok());
    }
    // At a client it is an octet of a literal8, and no text elsewhere.
    let wire = &b"* 1 FETCH (BINARY[1] ~{3}\r\na\0b)"[..];
    let Response::Data(Data::Fetch(fetch)) = Decoder::default().response(wire) else { panic!() };
    assert!(matches!(&fetch.items[0], Item::Binary(_)));
}

#[test]
fn line_ends_in_quoted_strings() {
    for wire in [
        "a SELECT \"x\ry\"",
        "a SELECT \"x\ny\"",
        "a SELECT \"x\\\r\ny\"",
        "a SELECT \"x\\\ny\"",
        "a SELECT \"x\\\r\"",
    ] {
        for decoder in commands() {
            assert!(decoder.command(wire.as_bytes()).is_err(), "{wire:?}");
        }
        let response = wire.replace("a SELECT", "* LIST () NIL");
        let read = Decoder::new(Limits::client(), Quirks::strict()).response(response.as_bytes());
        assert!(matches!(read, Response::Unknown(_)), "{wire:?}");
    }
}

#[test]
fn octets_that_are_not_ascii() {
    for (wire, is_utf8, strict, lenient) in [
        (&b"a SELECT \"caf\xC3\xA9\""[..], false, false, true),
        (b"a SELECT \"caf\xC3\xA9\"", true, true, true),
        (b"a SELECT caf\xC3\xA9", true, false, true),
        (b"a SELECT \"caf\xE9\"", false, false, false),
        (b"a SELECT \"caf\xE9\"", true, false, false),
        (b"a SELECT \"\xC3\"", true, false, false),
        (b"a SELECT \"\xC0\xAF\"", true, false, false),
        (b"a SELECT \"\xED\xA0\x80\"", true, false, false),
        (b"a SELECT \"\xF5\x80\x80\x80\"", true, false, false),
        (b"caf\xC3\xA9 NOOP", true, false, false),
        (b"a STORE 1 FLAGS (caf\xC3\xA9)", true, false, false),
        (b"a SELECT {1}\r\n\xFF", false, true, true),
    ] {
        let [mut tolerant, mut exact] = commands();
        tolerant.set_utf8(is_utf8);
        exact.set_utf8(is_utf8);
        let read = (exact.command(wire).is_ok(), tolerant.command(wire).is_ok());
        assert_eq!(read, (strict, lenient), "{}", wire.escape_ascii());
    }
}

#[test]
fn a_name_has_one_encoding() {
    for (wire, name) in [
        ("&", None),
        ("&AAA", None),
        ("&AGE-", None),
        ("&2AA-", None),
        ("&3AA-", None),
        ("&AAAA-", None),
        ("&APx-", None),
        ("&APwA-", None),
        ("&AGEAYg-", None),
        ("&-", Some("&")),
        ("&APw-", Some("ü")),
        ("&2D3eAA-", Some("\u{1F600}")),
    ] {
        assert_eq!(utf7::decode(wire.as_bytes()).as_deref(), name, "{wire}");
        if let Some(name) = name {
            assert_eq!(utf7::encode(name), wire);
        }
        // One that means nothing is no other mailbox's name, and goes back as it came.
        let mailbox = Mailbox::from_wire(wire, false);
        assert_eq!(mailbox.wire(false), wire.as_bytes());
        assert_eq!(mailbox == Mailbox::new(name.unwrap_or("a")), name.is_some());
    }
}

#[test]
fn names_as_paths_are_told_as_they_are() {
    // The codec changes no name: a store decides.
    for name in ["..", "../../x", "/etc/passwd", "//", "/a", "a/", "a//b", "a\\b", "inbox/../x", "INBOX "] {
        let Body::Select(select) = command(format!("a SELECT {{{}}}\r\n{name}", name.len())).unwrap().body
        else {
            panic!()
        };
        assert_eq!((select.mailbox.name(), select.mailbox.is_inbox()), (name.into(), false));
    }
    for name in ["INBOX", "inbox", "iNbOx", "\"Inbox\""] {
        let Body::Select(select) = command(format!("a SELECT {name}")).unwrap().body else { panic!() };
        assert!(select.mailbox.is_inbox());
    }
}

#[test]
fn no_constructor_takes_what_would_end_a_word() {
    for text in [
        "", "a\r\nb", "a\rb", "a\nb", "a b", "a\0", "a\"", "a(", "a)", "a{5}", "é", "a\x7F", "a*", "a%",
        "a\\",
    ] {
        assert!(Tag::new(text).is_err(), "{text:?}");
        assert!(mailwire_imap::Atom::new(text).is_err(), "{text:?}");
        assert!(Flag::keyword(text).is_err(), "{text:?}");
        assert!(text.parse::<mailwire_imap::UidSet>().is_err(), "{text:?}");
        assert!(mailwire_imap::Capabilities::new([text]).is_err(), "{text:?}");
        assert!(mailwire_imap::acl::Rights::new(text).is_err() || text.is_empty(), "{text:?}");
    }
    for text in ["a\r\nb", "\\a b", "a{5}", "a\0"] {
        assert!(text.parse::<mailwire_imap::list::Attribute>().is_err(), "{text:?}");
    }
    assert_eq!(Uid::new(0), None);
}
