use alloc::{format, string::ToString as _, vec::Vec};

use proptest::prelude::*;

use super::*;
use crate::{
    command::{Body, Command, SearchCommand, Select},
    encoder::{Abilities, Encoder, Part},
    section::Text,
};

fn read(text: &str) -> Url {
    Url::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Both ways, the same octets.
#[test]
fn urls_both_ways() {
    for text in [
        "imap://example.org/",
        "imap://example.org:1143/",
        "imap://[2001:db8::7]:993/",
        "imap://ann@example.org/",
        "imap://ann;AUTH=*@example.org/",
        "imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;UID=20/;SECTION=1.2",
        "imap://;AUTH=*@minbari.example.org/gray%20council?SUBJECT%20shadows",
        "imap://michael%40example.org@example.com/INBOX",
        "imap://psicorp.example.org/~peter/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E5%8F%B0%E5%8C%97",
        "imap://minbari.example.org/gray-council;UIDVALIDITY=385759045/;UID=20/;PARTIAL=0.1024",
        "imap://h/a;UIDVALIDITY=1?1:5,*%20NOT%20SEEN",
        "imap://h/a/;UID=1/;SECTION=HEADER.FIELDS%20(DATE%20FROM)/;PARTIAL=5",
        "imap://h/a/;UID=4294967295/;SECTION=1.2.MIME;URLAUTH=anonymous",
        "imap://h/a/;UID=1;EXPIRE=2026-12-31T23:59:60.25+01:30;URLAUTH=user+an%3Bn",
        "imap://ann@h/a/;UID=1;URLAUTH=submit+fred:INTERNAL:91354a473744909de610943775f92038",
        "imap://h/a/;UID=1;URLAUTH=authuser",
        "imap://h/a/;UID=1;URLAUTH=stream",
        "imap://h/a/;UID=1;URLAUTH=x+y",
        "/Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=HEADER",
        "/a%3Fb%23c%25%7B",
        "/%2Fetc/passwd",
        "/%2E%2E/%2E/a//b/",
        "/a%0D%0Ab%7F",
        "/",
    ] {
        let url = read(text);
        assert_eq!(url.to_string(), text);
        assert_eq!(read(&url.to_string()), url);
    }
}

/// What is written in one way only.
#[test]
fn urls_in_other_forms() {
    for (text, normal) in [
        ("IMAP://h", "imap://h/"),
        ("imap://h:/", "imap://h/"),
        ("imap://h:0143/", "imap://h:143/"),
        ("imap://h/%69nbox", "imap://h/INBOX"),
        (
            "imap://h/a;uidvalidity=05/;uid=020/;section=text/;partial=00.01",
            "imap://h/a;UIDVALIDITY=5/;UID=20/;SECTION=TEXT/;PARTIAL=0.1",
        ),
        (
            "imap://h/a/;uid=1;expire=2026-01-01t00:00:00z;urlauth=USER+a",
            "imap://h/a/;UID=1;EXPIRE=2026-01-01t00:00:00z;URLAUTH=user+a",
        ),
        ("imap://h/%C3%BC", "imap://h/%C3%BC"),
        ("imap://h/%c3%bc", "imap://h/%C3%BC"),
        (
            "imap://john;AUTH=*@minbari.example.org/babylon5/personel?charset%20UTF-8%20SUBJECT%20%7B14+%7D%0D%0A%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0",
            "imap://john;AUTH=*@minbari.example.org/babylon5/personel?CHARSET%20UTF-8%20SUBJECT%20%7B14+%7D%0D%0A%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0",
        ),
    ] {
        assert_eq!(read(text).to_string(), normal, "{text}");
    }
}

#[test]
fn parts_of_a_url() {
    let url = read(
        "imap://an%40n;AUTH=PLAIN@Example.org:1143/a%20b;UIDVALIDITY=7/;UID=20/;SECTION=1.2.HEADER/;PARTIAL=5.10;EXPIRE=2026-01-02T03:04:05-02:00;URLAUTH=submit+bob:INTERNAL:00112233445566778899aabbccddeeff",
    );
    let server = url.server.unwrap();
    assert_eq!(server.user.as_deref(), Some(&b"an@n"[..]));
    assert_eq!(server.auth, Some(Auth::Mechanism(Atom::new("PLAIN").unwrap())));
    assert_eq!((server.host, server.port), (Host::new("example.ORG").unwrap(), Some(1143)));
    let Target::Message(message) = url.target else { panic!() };
    assert_eq!(message.mailbox.mailbox, Mailbox::new("a b"));
    assert_eq!(message.mailbox.uid_validity.map(UidValidity::get), Some(7));
    let section = message.section.unwrap();
    assert_eq!((section.part.to_string().as_str(), section.text), ("1.2", Text::Header));
    assert_eq!(message.partial.map(|partial| (partial.offset, partial.length.unwrap().get())), Some((5, 10)));
    let auth = message.auth.unwrap();
    assert_eq!(auth.access, Access::Submit("bob".into()));
    assert_eq!(auth.expire.unwrap().moment().unix_seconds(), 1_767_330_245);
    let verifier = auth.verifier.unwrap();
    assert_eq!(
        (verifier.mechanism().as_str(), verifier.token()),
        ("INTERNAL", &b"00112233445566778899aabbccddeeff"[..])
    );
}

#[test]
fn what_is_no_url() {
    for (text, rule) in [
        ("", "imapurl"),
        ("a", "imapurl"),
        (";UID=20", "imapurl"),
        ("//h/a", "imapurl"),
        ("http://h/", "imapurl"),
        ("imap:///", "host"),
        ("imap://a b/", "host"),
        ("imap://a\r\nb/", "host"),
        ("imap://[::1/", "host"),
        ("imap://[x]/", "host"),
        ("imap://@h/", "iuserinfo"),
        ("imap://a@b@h/", "host"),
        ("imap://a;b@h/", "iauth"),
        ("imap://;AUTH=@h/", "enc-auth-type"),
        ("imap://;AUTH=%20@h/", "enc-auth-type"),
        ("imap://a:b@h/", "enc-user"),
        ("imap://h:65536/", "port"),
        ("imap://h:1x/", "port"),
        ("imap://[::1]x/", "port"),
        ("imap://h?ALL", "ipath-query"),
        ("imap://h/a%", "enc-mailbox"),
        ("imap://h/a%0", "enc-mailbox"),
        ("imap://h/a%0x", "pct-encoded"),
        ("imap://h/a%00", "enc-mailbox"),
        ("imap://h/%FF", "enc-mailbox"),
        ("imap://h/a#b", "enc-mailbox"),
        ("imap://h/\u{e9}", "enc-mailbox"),
        ("imap://h/?ALL", "enc-mailbox"),
        ("imap://h/;UID=1", "enc-mailbox"),
        ("imap://h//;UID=1", "enc-mailbox"),
        ("imap://h/a;UID=1", "imessagelist"),
        ("imap://h/a;UIDVALIDITY=0", "nz-number"),
        ("imap://h/a;UIDVALIDITY=x", "number"),
        ("imap://h/a;UIDVALIDITY=1/", "imessagelist"),
        ("imap://h/a/;UID=0", "nz-number"),
        ("imap://h/a/;UID=4294967296", "nz-number"),
        ("imap://h/a/;UID=1/", "iurlauth"),
        ("imap://h/a/;UID=1/;SECTION=", "enc-section"),
        ("imap://h/a/;UID=1/;SECTION=1]%20X", "enc-section"),
        ("imap://h/a/;UID=1/;SECTION=1.%0D%0A", "enc-section"),
        ("imap://h/a/;UID=1/;PARTIAL=", "number"),
        ("imap://h/a/;UID=1/;PARTIAL=1.0", "nz-number"),
        ("imap://h/a?", "enc-search"),
        ("imap://h/a?XYZZY", "enc-search"),
        ("imap://h/a?ALL%0D%0Ab%20LOGOUT", "enc-search"),
        ("imap://h/a/;UID=1;EXPIRE=2026-01-01T00:00:00Z", "iurlauth"),
        ("imap://h/a/;UID=1;EXPIRE=2026-02-30T00:00:00Z;URLAUTH=a", "expire"),
        ("imap://h/a/;UID=1;EXPIRE=2026-01-01T00:00:00;URLAUTH=a", "expire"),
        ("imap://h/a/;UID=1;EXPIRE=2026-01-01T00:00:00.Z;URLAUTH=a", "expire"),
        ("imap://h/a/;UID=1;EXPIRE=2026-01-01T00:00:00+24:00;URLAUTH=a", "expire"),
        ("imap://h/a/;UID=1;URLAUTH=", "access"),
        ("imap://h/a/;UID=1;URLAUTH=submit", "access"),
        ("imap://h/a/;UID=1;URLAUTH=user+", "enc-user"),
        ("imap://h/a/;UID=1;URLAUTH=anonymous:INTERNAL", "enc-urlauth"),
        ("imap://h/a/;UID=1;URLAUTH=anonymous:INTERNAL:91354a", "enc-urlauth"),
        ("imap://h/a/;UID=1;URLAUTH=anonymous::91354a473744909de610943775f92038", "uauth-mechanism"),
    ] {
        match Url::parse(text) {
            Ok(url) => panic!("{text} is {url:?}"),
            Err(error) => assert_eq!(error.rule(), rule, "{text}: {error}"),
        }
    }
}

#[test]
fn references() {
    let base = "imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;uid=20/;section=1.2";
    for (base, reference, resolved) in [
        (base, ";section=1.4", "imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;UID=20/;SECTION=1.4"),
        (base, "/foo/;UID=20/..", "imap://;AUTH=GSSAPI@minbari.example.org/foo"),
        (base, "/foo", "imap://;AUTH=GSSAPI@minbari.example.org/foo"),
        (base, "//other/foo", "imap://other/foo"),
        (base, "imap://other", "imap://other/"),
        (base, "", "imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;UID=20/;SECTION=1.2"),
        (base, "..", "imap://;AUTH=GSSAPI@minbari.example.org/gray-council"),
        (base, "../../../..", "imap://;AUTH=GSSAPI@minbari.example.org/"),
        (base, "../;UID=21", "imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;UID=21"),
        ("imap://h/a/;UID=5", ";UID=20", "imap://h/a/;UID=20"),
        ("imap://h/a/b/", "c;UIDVALIDITY=3/;UID=20", "imap://h/a/b/c;UIDVALIDITY=3/;UID=20"),
        // Two dots and a parameter are a name.
        (
            "imap://h/a/b",
            "..;UIDVALIDITY=385759045/;UID=20",
            "imap://h/a/%2E%2E;UIDVALIDITY=385759045/;UID=20",
        ),
        ("imap://h", "a", "imap://h/a"),
        ("imap://h/a", "?ALL", "imap://h/a?ALL"),
        ("imap://h/a?SEEN", "", "imap://h/a?SEEN"),
        ("imap://h/a?SEEN", "b", "imap://h/b"),
        ("/a/;UID=1", ";UID=2", "/a/;UID=2"),
        ("/a", "imap://h/b", "imap://h/b"),
    ] {
        let url = read(base).resolve(reference).unwrap_or_else(|error| panic!("{reference}: {error}"));
        assert_eq!(url.to_string(), resolved, "{base} {reference}");
    }
    assert!(read(base).resolve("mailto:ann@example.org").is_err());
}

/// What a URL decodes to is written as a string or literal, and ends no command.
#[test]
fn no_line_end_gets_into_a_command() {
    let url = read("imap://a%0D%0Ab@h/x%0D%0Ay%20LOGOUT?TEXT%20%7B4+%7D%0D%0Aa%0D%0Ab");
    let Target::List(reference, Some(query)) = url.target else { panic!() };
    let user = url.server.and_then(|server| server.user).unwrap();
    for (body, wire) in [
        (Body::Login(user, crate::Secret::new("p")), "a LOGIN {4+}\r\na\r\nb p\r\n"),
        (Body::Select(Select::new(reference.mailbox)), "a SELECT x&AA0ACg-y LOGOUT\r\n"),
        (Body::Search(SearchCommand::uid(query.search)), "a UID SEARCH TEXT {4+}\r\na\r\nb\r\n"),
    ] {
        let mut out = Encoder::client(Abilities { utf8: false, ..Abilities::all() });
        Command { tag: crate::Tag::new("a").unwrap(), body }.encode(&mut out);
        let octets: Vec<u8> = out
            .finish()
            .unwrap()
            .iter()
            .flat_map(|part| if let Part::Octets(octets) = part { octets.to_vec() } else { Vec::new() })
            .collect();
        assert_eq!(
            octets.escape_ascii().to_string(),
            wire.replace("x&AA0ACg-y LOGOUT", "\"x&AA0ACg-y LOGOUT\"").as_bytes().escape_ascii().to_string()
        );
    }
}

#[test]
fn what_was_signed() {
    for (url, signed) in [
        (
            "imap://a/b/;uid=1;urlauth=anonymous:internal:0a",
            Some(("imap://a/b/;uid=1;urlauth=anonymous", "internal", "0a")),
        ),
        (
            "imap://a/;URLAUTH=x:y:z/;uid=1;UrlAuth=b:C:d:e",
            Some(("imap://a/;URLAUTH=x:y:z/;uid=1;UrlAuth=b", "C", "d:e")),
        ),
        ("imap://a/b/;uid=1;urlauth=anonymous", None),
        ("imap://a/b/;uid=1;urlauth=anonymous:x", None),
        ("imap://a/b", None),
        ("", None),
    ] {
        let expected = signed.map(|(url, name, token)| (url.as_bytes(), name.as_bytes(), token.as_bytes()));
        assert_eq!(signed_part(url.as_bytes()), expected, "{url}");
    }
}

proptest! {
    #[test]
    fn any_mailbox_comes_back(name in "[^\0]{1,12}", uid in 1_u32..) {
        let mailbox = MailboxRef { mailbox: Mailbox::new(&name), uid_validity: None };
        let message = Message { mailbox, uid: Uid::new(uid).unwrap(), section: None, partial: None, auth: None };
        let url = Url { server: None, target: Target::Message(message) };
        prop_assert!(url.to_string().is_ascii());
        prop_assert_eq!(read(&url.to_string()), url.clone());
        let base = read("imap://h/x/y");
        let resolved = base.resolve(url.to_string()).unwrap();
        prop_assert_eq!(resolved, Url { server: base.server, target: url.target });
    }

    #[test]
    fn what_can_be_read_is_stable(parts in proptest::collection::vec(proptest::sample::select(PIECES), 0..12)) {
        let text = parts.concat();
        if let Ok(url) = Url::parse(&text) {
            prop_assert_eq!(Url::parse(url.to_string()).unwrap(), url, "{}", text);
        }
        let _ = read("imap://h/a/;UID=1").resolve(&text);
        let _ = signed_part(text.as_bytes());
        let _ = format!("{:?}", Expire::new(&text));
    }
}

const PIECES: &[&str] = &[
    "imap://",
    "h",
    "/",
    "a",
    "@",
    ":",
    "1",
    ";UID=",
    "/;UID=1",
    ";UIDVALIDITY=",
    "/;SECTION=",
    "/;PARTIAL=",
    "1.2",
    "0.5",
    "?",
    "ALL",
    "%20",
    "%",
    "%C3%A9",
    "%2F",
    "..",
    ".",
    ";URLAUTH=",
    "anonymous",
    ":INTERNAL:",
    ";AUTH=*",
    "[::1]",
    "user+",
    "91354a473744909de610943775f92038",
    ";EXPIRE=2026-01-01T00:00:00Z",
    "HEADER",
    "%0D%0A",
    "#",
    "é",
];
