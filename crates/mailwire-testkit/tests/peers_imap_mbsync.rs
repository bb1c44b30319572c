//! mbsync at the other end of the account: what our client stores it pulls unharmed, and what it pushes our client fetches.
#![cfg(feature = "peers")]

mod imap_blocking;

use std::collections::BTreeMap;

use imap_blocking::{Session, call};
use mailwire::imap::{
    Flag, Flags, Search, UidSet,
    client::{
        Session as _,
        command::{Append, Store, fetch},
    },
};
use mailwire_testkit::peers::{
    Account, Dovecot, Mbsync, Protocol, Security, Settings,
    mbsync::{Message, without_id},
};

/// Messages of all kinds as they stand on the wire, with their flags and the letters of these.
fn messages() -> Vec<(Vec<u8>, Vec<Flag>, &'static str)> {
    let long = "a line that is longer than those of others ".repeat(20) + "\r\n";
    vec![
        (b"Subject: plain\r\n\r\nhello\r\n".to_vec(), vec![], ""),
        (b"Subject: protocol\r\n\r\n* BYE\r\na1 OK {5}\r\n)\r\n.\r\n".to_vec(), vec![Flag::Seen], "S"),
        (b"Subject: octets\r\n\r\n\xE9\xFF\x80 \t\r\n \r\n".to_vec(), vec![Flag::Flagged], "F"),
        (b"Subject: no end\r\n\r\nend".to_vec(), vec![Flag::Answered, Flag::Seen], "RS"),
        (b"Subject: empty\r\n\r\n".to_vec(), vec![Flag::Draft], "D"),
        (
            format!("Subject: long\r\n\r\n{}", long.repeat(2000)).into_bytes(),
            vec![Flag::Draft, Flag::Flagged, Flag::Answered, Flag::Seen],
            "DFRS",
        ),
        (
            "From: J\u{fc}rgen\r\nSubject: folded\r\n\tand folded\r\n\r\n\u{fc}\r\n".into(),
            vec![Flag::Seen],
            "S",
        ),
    ]
}

/// By subject, which tells them apart.
fn subject(octets: &[u8]) -> String {
    let text = String::from_utf8_lossy(octets);
    let line = text.lines().find_map(|line| line.strip_prefix("Subject: "));
    line.unwrap().to_owned()
}

/// The octets and flags of the messages in a mailbox, as our client sees them.
fn fetched(session: &mut Session, mailbox: &str) -> BTreeMap<String, (Vec<u8>, Flags)> {
    call!(session.select(mailbox)).unwrap();
    let rows = call!(session.fetch(UidSet::all(), (fetch::Flags, fetch::Body::whole()))).unwrap().rows;
    rows.into_iter()
        .map(|row| {
            let (flags, body) = row.items;
            let octets = without_id(&body.unwrap());
            let flags = flags.unwrap().iter().filter(|flag| *flag != Flag::Recent).collect();
            (subject(&octets), (octets, flags))
        })
        .collect()
}

/// The same message with another subject.
fn renamed(octets: &[u8]) -> Vec<u8> {
    let at = octets.windows(9).position(|part| part == b"Subject: ").unwrap() + 9;
    [&octets[..at], b"new ", &octets[at..]].concat()
}

fn with_lf(octets: &[u8]) -> Vec<u8> {
    octets.iter().copied().filter(|octet| *octet != b'\r').collect()
}

#[test]
fn both_ways() {
    let server = Dovecot::start(Settings::new().user("ann", "secret")).unwrap();
    let account = server.account("ann", Security::Tls).unwrap();
    let mbsync = Mbsync::new(&Account { port: server.port(Protocol::Imaps), ..account }).unwrap();
    let mut ann = Session::connect(server.port(Protocol::Imap), "ann", "secret");
    call!(ann.create("Entwürfe")).unwrap();
    for mailbox in ["INBOX", "Entwürfe"] {
        for (octets, flags, _) in messages() {
            call!(ann.append(Append::new(mailbox, octets).flags(flags))).unwrap();
        }
    }
    mbsync.sync().unwrap();
    for mailbox in ["INBOX", "Entw&APw-rfe"] {
        let pulled = mbsync.messages(mailbox).unwrap();
        let pulled: BTreeMap<_, _> =
            pulled.iter().map(|one| (subject(&one.octets), (without_id(&one.octets), &*one.flags))).collect();
        assert_eq!(pulled.len(), messages().len());
        for (octets, _, letters) in messages() {
            assert_eq!(pulled[&subject(&octets)], (with_lf(&octets), letters), "{mailbox}");
        }
    }

    // A mail program at the Maildir: it adds, flags and removes.
    for (octets, _, letters) in messages() {
        let name = subject(&octets).replace(' ', "-");
        let octets = with_lf(&renamed(&octets));
        mbsync.add("INBOX", &name, letters, &octets).unwrap();
    }
    let here = mbsync.messages("INBOX").unwrap();
    let find = |name: &str| here.iter().find(|one: &&Message| subject(&one.octets) == name).unwrap();
    find("plain").set_flags("FRS").unwrap();
    find("octets").set_flags("").unwrap();
    find("no end").set_flags("RST").unwrap();
    mbsync.sync().unwrap();

    let there = fetched(&mut ann, "INBOX");
    let mut expected = BTreeMap::new();
    for (octets, flags, _) in messages() {
        let name = subject(&octets);
        let now = match &*name {
            "plain" => vec![Flag::Answered, Flag::Flagged, Flag::Seen],
            "octets" => vec![],
            _ => flags.clone(),
        };
        let new = renamed(&octets);
        expected.insert(subject(&new), (new, flags.into_iter().collect::<Flags>()));
        expected.insert(name, (octets, now.into_iter().collect()));
    }
    expected.remove("no end");
    // Not `assert_eq!`, which would print megabytes.
    let [names, expected_names] = [&there, &expected].map(|all| all.keys().cloned().collect::<Vec<_>>());
    assert_eq!(names, expected_names);
    for (name, (octets, flags)) in &expected {
        assert_eq!(there[name].1, *flags, "{name}");
        assert!(there[name].0 == *octets, "{name}");
    }

    // And back: what our client removes and flags.
    let uids = call!(ann.search(Search::subject("plain"))).unwrap();
    call!(ann.remove(uids)).unwrap();
    let uids = call!(ann.search(Search::subject("new empty"))).unwrap();
    call!(ann.store(Store::replace(uids, [Flag::Seen]))).unwrap();
    mbsync.sync().unwrap();
    let here = mbsync.messages("INBOX").unwrap();
    let letters = |name: &str| here.iter().find(|one| subject(&one.octets) == name).map(|one| &*one.flags);
    assert_eq!((letters("plain"), letters("new plain")), (None, None));
    assert_eq!((letters("new empty"), letters("empty")), (Some("S"), Some("D")));
    assert_eq!(here.len(), there.len() - 2);
}
