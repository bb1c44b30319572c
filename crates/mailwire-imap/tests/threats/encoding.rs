//! What is written is what was meant, in the form that the peer understands, and ends once.

use mailwire_imap::{
    Command, Decoder, Limits, Mailbox, ModSeq, Octets, Quirks, Response, Search, Secret, Tag, UidSet, Value,
    append::{Append, Message},
    command::{Body, Fetch, Messages, SearchCommand},
    encoder::{Abilities, EncodeError, Encoder, Literals, Part},
    fetch::Content,
    fetch_attribute::Attribute,
    frame::Framer,
    response::Data,
    status::{Kind, Status},
};

use super::{framed, server};

fn abilities(literals: Literals, binary: bool, utf8: bool) -> Abilities {
    let mut abilities = Abilities::default();
    (abilities.literals, abilities.binary, abilities.utf8) = (literals, binary, utf8);
    abilities
}

fn sent(abilities: Abilities, body: Body) -> Result<Vec<Part>, EncodeError> {
    let mut out = Encoder::client(abilities);
    Command { tag: Tag::new("a").unwrap(), body }.encode(&mut out);
    out.finish()
}

fn shown(parts: &[Part]) -> String {
    let one = |part: &Part| match part {
        Part::Octets(octets) => octets.escape_ascii().to_string(),
        Part::Stream { length } => format!("<{length}>"),
        _ => "<wait>".into(),
    };
    parts.iter().map(one).collect()
}

/// Texts that would be something else if they were written as they are.
const NASTY: &[&str] = &[
    "x\r\nb LOGOUT",
    "\r\n",
    "\n",
    "\r",
    "x\ry",
    "\"",
    "\\",
    "\" \"",
    "x\" b",
    "{5}",
    "{5+}",
    "~{5}",
    "x {3}",
    "x}",
    "(",
    ")",
    ") (",
    "NIL",
    "nil",
    "*",
    "%",
    "",
    " ",
    " x",
    "x ",
    "é",
    "日本 {1}",
    "+",
    "$",
    "[x]",
    "]",
    "<0>",
    "\u{1}",
    "\u{7F}",
    "\t",
    "INBOX",
];

fn peers() -> impl Iterator<Item = Abilities> {
    [Literals::Synchronising, Literals::Minus, Literals::Plus].into_iter().flat_map(|literals| {
        [(false, false), (true, false), (true, true)].map(|(binary, utf8)| abilities(literals, binary, utf8))
    })
}

/// The octets are one frame for the framer, and are read as the same value.
fn comes_back(abilities: Abilities, body: &Body) {
    let parts = sent(abilities, body.clone()).unwrap_or_else(|error| panic!("{error}: {body:?}"));
    let octets: Vec<u8> = parts
        .iter()
        .flat_map(|part| if let Part::Octets(octets) = part { octets.to_vec() } else { Vec::new() })
        .collect();
    let mut limits = Limits::server();
    (limits.inline_literal, limits.inline_literals) = (u64::MAX, u64::MAX);
    for piece in [1, usize::MAX] {
        let found =
            framed(&mut Framer::commands(limits.clone(), Quirks::strict()), &octets, piece, |_| false);
        assert_eq!((found.frames.len(), found.error), (1, None), "{}", octets.escape_ascii());
        let mut decoder = Decoder::new(limits.clone(), Quirks::strict());
        decoder.set_utf8(abilities.utf8);
        let read = decoder.command(found.frames[0].as_slice()).unwrap();
        assert_eq!(&read.body, body, "{}", octets.escape_ascii());
    }
}

#[test]
fn no_text_of_a_caller_is_more_than_a_text() {
    for text in NASTY {
        for abilities in peers() {
            let octets = || Octets::from(*text);
            comes_back(abilities, &Body::Login(octets(), Secret::new(text)));
            comes_back(abilities, &Body::Select(mailwire_imap::command::Select::new(*text)));
            comes_back(abilities, &Body::Rename(Mailbox::new(text), Mailbox::new(text)));
            comes_back(abilities, &Body::GetQuota(octets()));
            comes_back(abilities, &Body::Comparator(vec![octets(), octets()]));
            comes_back(abilities, &Body::Id(Some(vec![(octets(), Some(octets())), (octets(), None)])));
            comes_back(abilities, &Body::Lsub(Mailbox::new(text), Mailbox::new(text)));
            comes_back(abilities, &Body::DeleteAcl(Mailbox::new(text), octets()));
            let arguments = vec![Value::String(octets()), Value::List(vec![Value::String(octets())])];
            comes_back(abilities, &Body::Experimental { name: "X-A".parse().unwrap(), arguments });
            for search in [Search::subject(text), Search::header(text, text)] {
                comes_back(abilities, &Body::Search(SearchCommand::uid(search)));
            }
        }
    }
}

#[test]
fn what_has_no_form_is_an_error() {
    let all = Abilities::all();
    for body in [
        Body::Login("ann\0".into(), Secret::new("x")),
        Body::Login("ann".into(), Secret::new("x\0")),
        Body::Select(mailwire_imap::command::Select::new("x\0")),
        Body::Id(Some(vec![("x\0".into(), None)])),
        Body::Search(SearchCommand::uid(Search::subject("\0"))),
    ] {
        for abilities in peers().chain([all]) {
            // The value of a field of ID may be a literal8 in no server's eyes.
            assert!(sent(abilities, body.clone()).is_err(), "{body:?}");
        }
    }
    for response in ["{5}", "x {5+}", "a b", "", "x\r\ny", "é"] {
        let initial_response = Some(Secret::new(response));
        let body = Body::Authenticate { mechanism: "PLAIN".parse().unwrap(), initial_response };
        assert!(sent(all, body).is_err(), "{response:?}");
    }
    let fields = |count: usize| Body::Id(Some(vec![("a".into(), None); count]));
    assert!(sent(all, fields(30)).is_ok() && sent(all, fields(31)).is_err());
    // What vanished is told since a state that the client has, or not at all.
    let mut fetch = Fetch::new(Messages::Uid(UidSet::all()), vec![Attribute::Uid]);
    fetch.vanished = true;
    assert_eq!(sent(all, Body::Fetch(fetch.clone())), Err(EncodeError::Conflict));
    fetch.changed_since = ModSeq::new(5);
    assert!(sent(all, Body::Fetch(fetch)).is_ok());
    // What has no standard starts with X, and is nothing that has one.
    for name in ["NOOP", "XLIST", "xlist", "X[", "X/"] {
        let experimental = Body::Experimental { name: name.parse().unwrap(), arguments: Vec::new() };
        assert!(sent(all, experimental).is_err(), "{name}");
        let attribute = Attribute::Experimental(name.parse().unwrap());
        let is_sent = sent(all, Body::Fetch(Fetch::of(UidSet::all(), [attribute]))).is_ok();
        assert_eq!(is_sent, name.eq_ignore_ascii_case("XLIST"), "{name}");
    }
    // Sequence numbers are never taken for UIDs.
    let expunge = |messages| sent(all, Body::Expunge(Some(messages)));
    assert_eq!(
        expunge(Messages::Sequence("1:3".parse().unwrap())),
        Err(EncodeError::Rule("EXPUNGE of sequence numbers"))
    );
    assert!(
        expunge(Messages::Uid(UidSet::all())).is_ok() && expunge(Messages::Saved { is_uid: true }).is_ok()
    );
    for body in [Body::CancelUpdate(vec![]), Body::UrlFetch(vec![]), Body::Status(Mailbox::INBOX, vec![])] {
        assert_eq!(sent(all, body), Err(EncodeError::EmptyList));
    }
}

#[test]
fn texts_for_people_end_no_line() {
    for text in NASTY.iter().copied().chain(["\0", "[ALERT] x", "[CAPABILITY IMAP4rev1]"]) {
        for (kind, is_tagged) in [(Kind::Ok, false), (Kind::No, true), (Kind::Bye, false), (Kind::Bad, true)]
        {
            let status = Status::new(kind, text);
            let response = match is_tagged {
                true => Response::Tagged(Tag::new("a").unwrap(), status),
                false => Response::Data(Data::Status(status)),
            };
            let mut out = Encoder::server(Abilities::default());
            response.encode(&mut out);
            let parts = out.finish().unwrap();
            let [Part::Octets(octets)] = parts.as_slice() else { panic!() };
            let mut framer = Framer::responses(Limits::client(), Quirks::strict());
            let found = framed(&mut framer, octets, 1, |_| false);
            assert_eq!((found.frames.len(), found.literals.len()), (1, 0), "{text:?}");
            match Decoder::default().response(found.frames[0].as_slice()) {
                Response::Tagged(_, read) | Response::Data(Data::Status(read)) => {
                    assert_eq!((read.kind, read.code), (kind, None), "{text:?}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn a_client_waits_before_each_literal_that_the_server_did_not_allow() {
    let login = |user: &str, password: &str| Body::Login(user.into(), Secret::new(password));
    let (at, over) = ("é".repeat(2048), "é".repeat(2048) + "x");
    for (literals, body, wire) in [
        (Literals::Synchronising, login("ann", "pw"), r"a LOGIN ann pw\r\n".to_string()),
        (
            Literals::Synchronising,
            login("é", "\n"),
            r"a LOGIN {2}\r\n<wait>\xc3\xa9 {1}\r\n<wait>\n\r\n".into(),
        ),
        (Literals::Minus, login("é", "\n"), r"a LOGIN {2+}\r\n\xc3\xa9 {1+}\r\n\n\r\n".into()),
        (Literals::Minus, login(&at, "x"), format!(r"a LOGIN {{4096+}}\r\n{} x\r\n", at.escape())),
        (Literals::Minus, login(&over, "x"), format!(r"a LOGIN {{4097}}\r\n<wait>{} x\r\n", over.escape())),
        (
            Literals::Minus,
            login("é", &over),
            format!(r"a LOGIN {{2+}}\r\n\xc3\xa9 {{4097}}\r\n<wait>{}\r\n", over.escape()),
        ),
        (Literals::Plus, login(&over, "x"), format!(r"a LOGIN {{4097+}}\r\n{} x\r\n", over.escape())),
    ] {
        assert_eq!(shown(&sent(abilities(literals, false, false), body).unwrap()), wire);
    }
    // Nothing that follows a literal stands before the wait for it.
    let parts = sent(Abilities::default(), login("é", "\n")).unwrap();
    for (index, part) in parts.iter().enumerate() {
        let is_header = matches!(part, Part::Octets(octets) if octets.ends_with(b"}\r\n"));
        assert_eq!(is_header, parts.get(index + 1) == Some(&Part::Wait), "{index}");
    }
    // A server waits for nobody.
    let mut out = Encoder::server(Abilities::default());
    out.string("é".as_bytes()).end();
    assert_eq!(shown(&out.finish().unwrap()), r"{2}\r\n\xc3\xa9\r\n");
}

trait Escape {
    fn escape(&self) -> String;
}

impl Escape for String {
    fn escape(&self) -> String {
        self.as_bytes().escape_ascii().to_string()
    }
}

#[test]
fn forms_of_strings_are_by_what_the_peer_understands() {
    let quoted = "q".repeat(1024);
    for (text, peer, wire) in [
        ("a b".to_string(), abilities(Literals::Plus, false, false), r#"a GETQUOTA \"a b\"\r\n"#.to_string()),
        ("é".into(), abilities(Literals::Plus, false, false), r"a GETQUOTA {2+}\r\n\xc3\xa9\r\n".into()),
        ("é".into(), abilities(Literals::Plus, false, true), r#"a GETQUOTA \"\xc3\xa9\"\r\n"#.into()),
        (
            quoted.clone() + " ",
            abilities(Literals::Plus, false, false),
            format!(r"a GETQUOTA {{1025+}}\r\n{quoted} \r\n"),
        ),
        (
            " ".to_string() + &quoted[1..],
            abilities(Literals::Plus, false, false),
            format!(r#"a GETQUOTA \" {}\"\r\n"#, &quoted[1..]),
        ),
    ] {
        assert_eq!(shown(&sent(peer, Body::GetQuota(text.as_str().into())).unwrap()), wire);
    }
    // literal8 is for messages with NUL, if the server knows it.
    let append = |octets: &'static [u8]| {
        let message = Message::new(Content::Octets(octets.into()));
        Body::Append(Append { mailbox: Mailbox::INBOX, messages: vec![message] })
    };
    for (octets, is_binary, wire) in [
        (&b"x"[..], false, Ok(r"a APPEND INBOX {1+}\r\nx\r\n")),
        (b"x", true, Ok(r"a APPEND INBOX {1+}\r\nx\r\n")),
        (b"\0", true, Ok(r"a APPEND INBOX ~{1+}\r\n\x00\r\n")),
        (b"\0", false, Err(EncodeError::Nul)),
    ] {
        let parts = sent(abilities(Literals::Plus, is_binary, false), append(octets));
        assert_eq!(parts.map(|parts| shown(&parts)), wire.map(String::from));
    }
}

#[test]
fn a_literal_that_is_refused_is_never_sent() {
    // What stands behind a wait is a part of its own: a client that is told NO drops all of them.
    let parts =
        sent(Abilities::default(), Body::Login("é".into(), Secret::new("b LOGOUT\r\nc LOGOUT"))).unwrap();
    let before: Vec<&Part> = parts.iter().take_while(|part| **part != Part::Wait).collect();
    assert_eq!(before, [&Part::Octets("a LOGIN {2}\r\n".into())]);
    let Part::Octets(header) = before[0] else { panic!() };
    let found = framed(&mut server(Limits::server()), &[header, &b"b NOOP\r\n"[..]].concat(), 1, |_| true);
    assert_eq!(found.frames, [b"b NOOP"]);
}
