//! Each response of RFC 3501 and RFC 9051 by its rule: octets, and the value that they are.

use super::*;
use crate::{
    Flag, Mailbox, ModSeq, NumberList, Octets, SeqNum, Uid, UidValidity,
    date::{Date, DateTime},
    envelope::{Address, Envelope},
    fetch::Body,
    fetch::Message,
    list::{Attribute, Attributes, Namespace, Namespaces},
    mailbox_status::Item as StatusItem,
    search_result::{ESearch, ESearchItem, Numbers},
    section::Section,
};

fn check(wire: &str, response: &Response) {
    for decoder in [strict(), Decoder::default()] {
        assert_eq!(&decoder.response(wire.as_bytes()), response, "{wire}");
    }
    assert_eq!(String::from_utf8(encoded(response)).unwrap(), format!("{wire}\r\n"));
}

fn data(wire: &str, data: Data) {
    check(&format!("* {wire}"), &Response::Data(data));
}

/// `resp-cond-state`, `resp-cond-bye`, `resp-cond-auth`, `response-tagged`
#[test]
fn conditions() {
    for (word, kind) in [
        ("OK", Kind::Ok),
        ("NO", Kind::No),
        ("BAD", Kind::Bad),
        ("BYE", Kind::Bye),
        ("PREAUTH", Kind::PreAuth),
    ] {
        let plain = Status::new(kind, "some text]");
        let coded = Status::new(kind, "text").with_code(Code::Alert);
        let empty = Status::new(kind, "");
        let no_text = Status::new(kind, "").with_code(Code::Alert);
        for (text, status) in
            [("some text]", &plain), ("[ALERT] text", &coded), ("", &empty), ("[ALERT] ", &no_text)]
        {
            data(&format!("{word} {text}"), Data::Status(status.clone()));
            if matches!(kind, Kind::Ok | Kind::No | Kind::Bad) {
                let tagged = Response::Tagged(Tag::new("a]1").unwrap(), status.clone());
                check(&format!("a]1 {word} {text}"), &tagged);
            }
        }
        assert_eq!(strict().response(format!("* {} x", word.to_lowercase()).as_bytes()), {
            Response::Data(Data::Status(Status::new(kind, "x")))
        });
    }
    // A code may end the line.
    let status = Status::new(Kind::Ok, "").with_code(Code::ReadWrite);
    assert_eq!(
        strict().response(&b"a OK [READ-WRITE]"[..]),
        Response::Tagged(Tag::new("a").unwrap(), status)
    );
    for wire in [
        "a PREAUTH x",
        "+a OK x",
        "a+b OK x",
        "a",
        "a ",
        "a XYZZY x",
        "a 1 OK",
        "OK x",
        "*OK x",
        "* OKAY x",
        "* ",
    ] {
        assert!(strict().parse_response(&wire.as_bytes().into()).is_err(), "{wire}");
        assert!(Decoder::default().parse_response(&wire.as_bytes().into()).is_err(), "{wire}");
    }
}

/// `continue-req = "+" SP (resp-text / base64)`
#[test]
fn invitations() {
    let request = |code, text: &str| Response::Continue(Continue { code, text: text.into() });
    for (wire, response) in [
        ("+ Ready for literal data", request(None, "Ready for literal data")),
        ("+ ", request(None, "")),
        ("+ YGgGCSqGSIb3EgEC+/==", request(None, "YGgGCSqGSIb3EgEC+/==")),
        ("+ [ALERT] x", request(Some(Code::Alert), "x")),
    ] {
        check(wire, &response);
    }
    for wire in ["+", "+x"] {
        assert!(strict().parse_response(&wire.as_bytes().into()).is_err(), "{wire}");
    }
    assert_eq!(Decoder::default().response(&b"+"[..]), request(None, ""));
}

/// `mailbox-data`
#[test]
fn mailboxes() {
    let mailbox = Mailbox::new("a b");
    let attributes: Attributes = [Attribute::NoInferiors, Attribute::Marked].into_iter().collect();
    let list = |attributes: &Attributes, delimiter, mailbox: &Mailbox| List {
        attributes: attributes.clone(),
        ..List::new(mailbox.clone(), delimiter)
    };
    data("FLAGS ()", Data::Flags(Flags::new()));
    let flags: Flags = [Flag::Seen, Flag::Junk, Flag::keyword("\\X").unwrap()].into_iter().collect();
    data("FLAGS (\\Seen $Junk \\X)", Data::Flags(flags));
    data("LIST () NIL INBOX", Data::List(list(&Attributes::default(), None, &Mailbox::INBOX)));
    data("LIST (\\Noinferiors \\Marked) \"/\" \"a b\"", Data::List(list(&attributes, Some(b'/'), &mailbox)));
    data("LIST () \"\\\"\" \"a b\"", Data::List(list(&Attributes::default(), Some(b'"'), &mailbox)));
    data("LSUB () \"\\\\\" &AOk-", Data::Lsub(list(&Attributes::default(), Some(b'\\'), &Mailbox::new("é"))));
    let space = |prefix: &str, delimiter| Namespace {
        prefix: Mailbox::new(prefix),
        delimiter,
        translation: None,
        extensions: Vec::new(),
    };
    data("NAMESPACE NIL NIL NIL", Data::Namespace(Namespaces::default()));
    data(
        "NAMESPACE ((\"\" \"/\")(\"#mh/\" NIL)) NIL ((\"~\" \".\"))",
        Data::Namespace(Namespaces {
            personal: [space("", Some(b'/')), space("#mh/", None)].into(),
            other_users: Vec::new(),
            shared: [space("~", Some(b'.'))].into(),
        }),
    );
    let items = [
        StatusItem::Messages(231),
        StatusItem::UidNext(Uid::new(44_292).unwrap()),
        StatusItem::UidValidity(UidValidity::new(1).unwrap()),
        StatusItem::Unseen(0),
        StatusItem::Deleted(u32::MAX),
        StatusItem::Size(i64::MAX as u64),
        StatusItem::Recent(2),
    ];
    data(
        "STATUS \"a b\" (MESSAGES 231 UIDNEXT 44292 UIDVALIDITY 1 UNSEEN 0 DELETED 4294967295 SIZE 9223372036854775807 RECENT 2)",
        Data::MailboxStatus(MailboxStatus { mailbox: mailbox.clone(), items: items.into() }),
    );
    data("STATUS \"a b\" ()", Data::MailboxStatus(MailboxStatus { mailbox, items: Vec::new() }));
    data("0 EXISTS", Data::Exists(0));
    data("4294967295 EXISTS", Data::Exists(u32::MAX));
    data("5 RECENT", Data::Recent(5));
    data("SEARCH", Data::Search(Numbers::default()));
    data("SEARCH 2 4294967295 1", Data::Search(Numbers { numbers: [2, u32::MAX, 1].into(), mod_seq: None }));
    let number = core::num::NonZeroU32::new(21).unwrap();
    let all: NumberList<_> = [2, 10, 11, 12].iter().filter_map(|n| core::num::NonZeroU32::new(*n)).collect();
    let found = ESearch {
        tag: Some(Tag::new("A1").unwrap()),
        mailbox: None,
        is_uid: true,
        items: [
            ESearchItem::Min(number),
            ESearchItem::Max(number),
            ESearchItem::Count(0),
            ESearchItem::All(all),
        ]
        .into(),
    };
    data("ESEARCH (TAG \"A1\") UID MIN 21 MAX 21 COUNT 0 ALL 2,10:12", Data::ESearch(found));
    data("ESEARCH", Data::ESearch(ESearch::default()));
}

/// `DQUOTE QUOTED-CHAR DQUOTE / nil`, where no other form is
#[test]
fn delimiters_are_ascii() {
    for octet in 0..=255_u8 {
        let list = List::new(Mailbox::INBOX, Some(octet));
        let mut out = Encoder::server(Abilities::all());
        Data::List(list.clone()).encode(&mut out);
        match out.finish() {
            Ok(parts) => {
                let [Part::Octets(octets)] = parts.as_slice() else { panic!("{parts:?}") };
                let wire = format!("* {}", String::from_utf8_lossy(octets));
                assert_eq!(strict().response(wire.as_bytes()), Response::Data(Data::List(list)), "{wire}");
            }
            Err(error) => {
                assert_eq!(error, crate::encoder::EncodeError::Delimiter);
                assert!(!octet.is_ascii() || matches!(octet, 0 | b'\r' | b'\n'), "{octet}");
            }
        }
    }
    for wire in [&b"* LIST () \"\xC3\" a"[..], b"* LIST () \"\xC3\xA9\" a", b"* LIST () \"ab\" a"] {
        assert!(matches!(Decoder::default().response(wire), Response::Unknown(_)));
    }
}

/// `capability-data`, `enable-data`, and ID
#[test]
fn abilities() {
    let capabilities = Capabilities::new(["IMAP4rev2", "AUTH=PLAIN"]).unwrap();
    data("CAPABILITY IMAP4rev2 AUTH=PLAIN", Data::Capability(capabilities.clone()));
    data("ENABLED IMAP4rev2 AUTH=PLAIN", Data::Enabled(capabilities));
    data("ENABLED", Data::Enabled(Capabilities::default()));
    data("ID NIL", Data::Id(None));
    data("ID ()", Data::Id(Some(Vec::new())));
    data(
        "ID (\"a\" NIL \"\" \"b\")",
        Data::Id(Some([("a".into(), None), ("".into(), Some("b".into()))].into())),
    );
}

/// `message-data`: `msg-att-static`, `msg-att-dynamic`
#[test]
fn messages() {
    let body = |section, origin, content| Item::Body(Body { section, origin, content }.into());
    let date = DateTime::new(Date::new(1996, 7, 17).unwrap(), 2, 44, 25, -420).unwrap();
    let nothing = Envelope { subject: Some("".into()), ..Envelope::default() };
    let address = |name: Option<&str>, mailbox: Option<&str>, host: Option<&str>| Address {
        name: name.map(Octets::from),
        route: None,
        mailbox: mailbox.map(Octets::from),
        host: host.map(Octets::from),
    };
    let envelope = Envelope {
        date: Some("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)".into()),
        from: [address(Some("Terry \"T\" Gray"), Some("gray"), Some("cac"))].into(),
        to: [
            address(None, Some("group"), None),
            address(None, Some("a"), Some("b")),
            address(None, None, None),
        ]
        .into(),
        message_id: Some("<B27397@cac>".into()),
        ..Envelope::default()
    };
    for (wire, item) in [
        ("FLAGS ()", Item::Flags(Flags::new())),
        ("FLAGS (\\Recent)", Item::Flags([Flag::Recent].into_iter().collect())),
        ("UID 4294967295", Item::Uid(Uid::MAX)),
        ("INTERNALDATE \"17-Jul-1996 02:44:25 -0700\"", Item::InternalDate(Some(date))),
        ("RFC822.SIZE 9223372036854775807", Item::Rfc822Size(i64::MAX as u64)),
        ("RFC822 {2}\r\n\r\n", Item::Rfc822(Content::Octets("\r\n".into()))),
        ("RFC822.HEADER NIL", Item::Rfc822Header(Content::Nil)),
        ("RFC822.TEXT {0}\r\n", Item::Rfc822Text(Content::Octets("".into()))),
        ("BODY[] {1}\r\n)", body(Section::whole(), None, Content::Octets(")".into()))),
        ("BODY[HEADER.FIELDS (A)]<7> NIL", body(Section::fields(["A"]), Some(7), Content::Nil)),
        ("ENVELOPE (NIL \"\" NIL NIL NIL NIL NIL NIL NIL NIL)", Item::Envelope(nothing.into())),
        (
            "ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" NIL ((\"Terry \\\"T\\\" Gray\" NIL \"gray\" \"cac\")) \
             NIL NIL ((NIL NIL \"group\" NIL)(NIL NIL \"a\" \"b\")(NIL NIL NIL NIL)) NIL NIL NIL \"<B27397@cac>\")",
            Item::Envelope(envelope.into()),
        ),
    ] {
        let one = Fetch { message: message(1), items: [item.clone()].into() };
        data(&format!("1 FETCH ({wire})"), Data::Fetch(one));
        // Beside others, before and after.
        let mod_seq = Item::ModSeq(ModSeq::new(9).unwrap());
        let several = Fetch { message: message(u32::MAX), items: [mod_seq.clone(), item, mod_seq].into() };
        data(&format!("4294967295 FETCH (MODSEQ (9) {wire} MODSEQ (9))"), Data::Fetch(several));
    }
    data("4294967295 EXPUNGE", Data::Expunge(SeqNum::MAX));
    let quoted = Fetch {
        message: message(1),
        items: [body(Section::whole(), None, Content::Octets("a".into()))].into(),
    };
    assert_eq!(strict().response(&b"* 1 FETCH (BODY[] \"a\")"[..]), Response::Data(Data::Fetch(quoted)));
}

#[test]
fn what_is_nearly_a_response() {
    for wire in [
        "0 FETCH (UID 1)",
        "0 EXPUNGE",
        "1 FETCH",
        "1 FETCH UID 1",
        "1 FETCH (UID 1",
        "-1 EXISTS",
        "4294967296 EXISTS",
        "1 EXISTS 2",
        "EXISTS 1",
        "1EXISTS",
        "CAPABILITY(IDLE)",
        "ESEARCH (TAG)",
        "ESEARCH (TAG \"a\"",
        "ESEARCH ALL",
        "ESEARCH ALL *",
        "ESEARCH MIN 0",
        "ESEARCH COUNT x",
        "FLAGS",
        "FLAGS \\Seen",
        "FLAGS (\\Seen",
        "ID",
        "ID (\"a\")",
        "LIST",
        "LIST () \"/\"",
        "LIST \"/\" a",
        "LIST () / a",
        "LIST () \"//\" a",
        "LIST (\\A) \"/\" a (b",
        "NAMESPACE",
        "NAMESPACE NIL NIL",
        "NAMESPACE (\"\" \"/\") NIL NIL",
        "SEARCH 1,2",
        "SEARCH 1 x",
        "SEARCH 1 (MODSEQ)",
        "STATUS a",
        "STATUS a MESSAGES 1",
        "STATUS a (MESSAGES)",
        "STATUS a (MESSAGES 1",
        "STATUS a (MESSAGES x)",
        "STATUS a (UIDNEXT 4294967296)",
    ] {
        let wire = format!("* {wire}");
        assert!(strict().parse_response(&wire.as_bytes().into()).is_err(), "{wire}");
    }
    for wire in ["* 1 FETCH ()", "* SEARCH 1 ", "* 1 FETCH (UID 0)", "* SEARCH 0"] {
        let strict = strict().parse_response(&wire.as_bytes().into());
        let lenient = Decoder::default().parse_response(&wire.as_bytes().into());
        assert!(strict.is_err() && lenient.is_ok(), "{wire}: {strict:?} {lenient:?}");
    }
}

fn message(number: u32) -> Message {
    Message::Sequence(SeqNum::new(number).unwrap())
}
