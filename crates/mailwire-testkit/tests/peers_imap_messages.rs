//! Commands and procedures about messages against Dovecot and Cyrus.
#![cfg(feature = "peers")]

mod imap_blocking;

use std::fmt::Write as _;

use bytes::Bytes;
use imap_blocking::Session;
use mailwire::imap::{
    Code, Flag, Mailbox, Uid, UidSet,
    append::{Form, Literal, Part},
    client::{
        CommandError, Execute as _, Session as _, Unsupported,
        command::{
            Append, Copy, Create, Enable, Extension, Fetch, FetchBody, Replace, Select, Store,
            fetch::{
                Binary, BinarySize, Body, BodyStructure, Envelope, Flags, InternalDate, ModSeq, Preview,
                Query, SaveDate, Size,
            },
        },
        session::{PreviewSource, Removed, TransferEncoding, WithoutUidPlus},
    },
    fetch::Content,
    section::Section,
};
use mailwire_testkit::peers::{Cyrus, Dovecot, Protocol, Settings, cyrus};

#[test]
fn dovecot() {
    let server = Dovecot::start(Settings::new().user("ann", "secret")).unwrap();
    scenario(|| Session::connect(server.port(Protocol::Imap), "ann", "secret"));
}

#[test]
fn cyrus() {
    let server = Cyrus::start(cyrus::Settings::new().user("ann", "secret").admin("cyrus", "secret")).unwrap();
    scenario(|| Session::connect(server.port(Protocol::Imap).unwrap(), "ann", "secret"));
}

fn scenario(connect: impl Fn() -> Session) {
    let mut session = connect();
    for mailbox in ["Archive", "Entwürfe & mehr"] {
        session.play(async |session| session.run(Create::new(mailbox)).await).unwrap();
    }
    let uids = append(&mut session);
    session.play(async |session| session.run(Select::new("INBOX")).await).unwrap();
    fetch(&mut session, &uids);
    octets(&mut session, uids[2]);
    parts(&mut session, uids[1]);
    previews(&mut session);
    flags(&mut session, uids[0]);
    copies_and_moves(&mut session);
    replacing(&mut session);
    changes(&mut session, connect());
    many(&mut session);
}

const PLAIN: &str = "Subject: plain\r\nFrom: Ann <ann@example.org>\r\nMIME-Version: 1.0\r\n\
                     Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
                     caf=C3=A9 au=\r\n lait\r\n";

const MIXED: &str = "Subject: mixed\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
                     --b\r\nContent-Type: text/plain\r\n\r\nhello\r\n\
                     --b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n\
                     AAECA/8=\r\n\
                     --b--\r\n";

/// A message of some megabytes that looks like protocol.
fn long() -> String {
    let mut text = String::from("Subject: long\r\n\r\n");
    for number in 0..60_000 {
        write!(text, "* {number} EXISTS\r\na{number} OK {{{number}}}\r\n").unwrap();
    }
    text
}

/// One at a time, several at once, and from octets that come later.
fn append(session: &mut Session) -> Vec<Uid> {
    let date = "01-Feb-2003 04:05:06 +0100".parse().unwrap();
    let two = Append::new("INBOX", PLAIN).flags([Flag::Seen]).date(date).and(MIXED);
    let added = session.play(async |session| session.append(two.clone()).await).unwrap();
    assert!(!added.one_by_one);
    let mut uids: Vec<_> = added.uids().collect();
    session.literal = Bytes::from(long());
    let streamed = Append::streamed("INBOX", session.literal.len() as u64);
    let added = session.play(async |session| session.append(streamed).await).unwrap();
    uids.extend(added.uids());
    assert_eq!(uids.len(), 3);

    session.connection.server_mut().switch_off("MULTIAPPEND");
    let to = |mailbox: &str| Append { mailbox: Mailbox::new(mailbox), ..two.clone() };
    let added = session.play(async |session| session.append(to("Entwürfe & mehr")).await).unwrap();
    assert!(added.one_by_one && added.uids().count() == 2);
    session.connection.server_mut().switch_on("MULTIAPPEND");
    let error = session.play(async |session| session.append(to("nowhere")).await).unwrap_err();
    assert_eq!(error.code(), Some(&Code::TryCreate));

    if session.connection.server().has("CATENATE") {
        let text =
            |text: &str| Part::Text(Literal { content: Content::Octets(text.into()), form: Form::Plain });
        let url = format!("/INBOX/;UID={}/;SECTION=HEADER", uids[0]);
        let together = Append::catenate("Archive", [Part::Url(url.into()), text("another text\r\n")]);
        let added = session.play(async |session| session.append(together).await).unwrap();
        assert_eq!(added.uids().count(), 1);
        let none = Append::catenate("Archive", [Part::Url("/INBOX/;UID=999".into()), text("x")]);
        let error = session.play(async |session| session.append(none).await).unwrap_err();
        assert!(matches!(error.code(), Some(Code::BadUrl(_))), "{error}");
    }
    uids
}

fn fetch(session: &mut Session, uids: &[Uid]) {
    let fetched = session
        .play(async |session| {
            let items =
                (Envelope, Flags, Size, InternalDate, BodyStructure, Body::header_fields(["SUBJECT"]));
            session.fetch(UidSet::all(), items).await
        })
        .unwrap();
    assert!(fetched.unreadable.is_empty());
    let rows: Vec<_> = fetched.rows.into_iter().collect();
    assert_eq!(rows.iter().filter_map(|row| row.uid).collect::<Vec<_>>(), uids);
    assert!(rows.iter().all(|row| row.invalid.is_empty()));
    let (envelope, flags, size, date, structure, subject) = rows[0].items.clone();
    let envelope = envelope.unwrap();
    assert_eq!((envelope.subject.unwrap(), envelope.from.len()), ("plain".into(), 1));
    assert!(flags.unwrap().contains(&Flag::Seen));
    assert_eq!(size, Some(PLAIN.len() as u64));
    assert_eq!(date.unwrap().unix_seconds(), 1_044_068_706);
    assert_eq!(structure.unwrap().text().unwrap().0.to_string(), "1");
    assert_eq!(subject.unwrap(), "Subject: plain\r\n\r\n");

    // The same at run time, by sequence number, with what this server knows beside.
    let server = session.connection.server().clone();
    let mut query = Query::new().envelope().size().whole();
    if server.has("CONDSTORE") {
        query = query.mod_seq();
    }
    if server.has("SAVEDATE") {
        query = query.save_date();
    }
    if server.has("OBJECTID") {
        query = query.email_id().thread_id();
    }
    let messages = session.connection.selected().unwrap().all_by_number().unwrap();
    let fetched = session.play(async |session| session.fetch(messages, query).await).unwrap();
    for (row, text) in fetched.rows.iter().zip([PLAIN.to_owned(), MIXED.to_owned(), long()]) {
        assert_eq!(
            (row.items.whole().unwrap(), row.items.size()),
            (&text.as_str().into(), Some(text.len() as u64))
        );
        assert_eq!(row.items.mod_seq(), row.mod_seq);
        assert_eq!(row.items.save_date().is_some(), server.has("SAVEDATE"));
        assert_eq!(row.items.email_id().is_some(), server.has("OBJECTID"));
    }
    assert_eq!(fetched.rows.len(), 3);
    let saved = session.play(async |session| session.fetch(UidSet::all(), SaveDate).await);
    assert_eq!(saved.is_ok(), server.has("SAVEDATE"));
    let ids = session.play(async |session| session.ids(UidSet::all()).await);
    assert_eq!(ids.is_ok(), server.has("OBJECTID"));
    if !server.has("X-GM-EXT-1") {
        let labels = session.play(async |session| session.labels(UidSet::all()).await).unwrap_err();
        assert_eq!(labels, CommandError::Unsupported(Unsupported { capability: "X-GM-EXT-1" }));
    }
}

/// A long message comes in chunks, whole and from the middle.
fn octets(session: &mut Session, uid: Uid) {
    let text = long();
    for start in [0, 1_000_000] {
        let fetch = FetchBody::new(uid, Section::whole()).range(start, u32::MAX.into());
        let (mut octets, mut most) = (Vec::new(), 0);
        let end = session
            .run_with(fetch, |output| {
                let held: usize = output.chunks.iter().map(Bytes::len).sum();
                most = most.max(held);
                octets.extend(output.chunks.drain(..).flatten());
            })
            .unwrap();
        octets.extend(end.chunks.into_iter().flatten());
        assert!(end.is_finished && most <= 128 * 1024, "{most}");
        assert!(octets == text.as_bytes()[usize::try_from(start).unwrap()..]);
    }
    let gone = session.run_with(FetchBody::new(Uid::MAX, Section::whole()), |_| {}).unwrap();
    assert!(!gone.is_finished && gone.chunks.is_empty());
}

/// The server and we take the same transfer encoding away.
fn parts(session: &mut Session, mixed: Uid) {
    let part = "2".parse::<mailwire::imap::section::Part>().unwrap();
    let has_binary = session.connection.server().has("BINARY");
    if has_binary {
        let items =
            (Binary::part(part.clone()), BinarySize(part.clone()), Binary::part(part.clone()).range(1, 2));
        let fetched = session.play(async |session| session.fetch(mixed, (items.0, items.1)).await).unwrap();
        let expected = (Some(b"\0\x01\x02\x03\xFF".into()), Some(5));
        assert_eq!(fetched.rows[0].items, expected);
        let fetched = session.play(async |session| session.fetch(mixed, items.2).await).unwrap();
        assert_eq!(fetched.rows[0].items, Some(b"\x01\x02".into()));
    }
    let by_server = session.play(async |session| session.part(mixed, part.clone()).await).unwrap();
    session.connection.server_mut().switch_off("BINARY");
    let by_us = session.play(async |session| session.part(mixed, part).await).unwrap();
    session.connection.server_mut().switch_on("BINARY");
    assert_eq!(by_server.octets, by_us.octets);
    assert_eq!(by_us.octets.unwrap(), b"\0\x01\x02\x03\xFF");
    assert_eq!((by_us.decoded, by_server.decoded.is_none()), (Some(TransferEncoding::Base64), has_binary));
}

fn previews(session: &mut Session) {
    let has_preview = session.connection.server().has("PREVIEW");
    let told = session.play(async |session| session.preview(UidSet::all()).await).unwrap();
    assert!(told.iter().all(|row| (row.items.from == PreviewSource::Server) == has_preview));
    session.connection.server_mut().switch_off("PREVIEW");
    let ours = session.play(async |session| session.preview(UidSet::all()).await).unwrap();
    session.connection.server_mut().switch_on("PREVIEW");
    let texts: Vec<_> = ours.iter().filter_map(|row| row.items.text.clone()).collect();
    assert_eq!(texts[..2], ["café au lait", "hello"]);
    assert!(texts[2].starts_with("* 0 EXISTS a0 OK {0} * 1 EXISTS"));
    if has_preview {
        // Cyrus announces it, and has none unless it was configured.
        assert!(told[0].items.text.as_deref().is_none_or(|text| text.trim_end() == "café au lait"));
        let fetched =
            session.play(async |session| session.fetch(UidSet::all(), Preview { lazy: true }).await).unwrap();
        assert_eq!(fetched.rows.len(), 3);
    }
    let seen = session.play(async |session| session.fetch(UidSet::all(), Flags).await).unwrap();
    let count = seen.rows.iter().filter(|row| row.items.as_ref().unwrap().contains(&Flag::Seen)).count();
    assert_eq!(count, 1, "nobody has read the others");
}

fn flags(session: &mut Session, uid: Uid) {
    let keyword = Flag::keyword("$Work").unwrap();
    let mut store = |store: Store| session.play(async |session| session.store(store).await).unwrap();
    let stored = store(Store::add(uid, [Flag::Flagged, keyword.clone()]));
    let flags = stored.rows[0].items.flags.clone().unwrap();
    assert!(flags.contains(&Flag::Flagged) && flags.contains(&keyword) && flags.contains(&Flag::Seen));
    let stored = store(Store::remove(uid, [keyword.clone()]));
    assert!(!stored.rows[0].items.flags.as_ref().unwrap().contains(&keyword));
    let silent = store(Store::replace(uid, [Flag::Answered]).silent());
    assert!(silent.rows.iter().all(|row| row.items.flags.is_none()));
    let fetched = session.play(async |session| session.fetch(uid, (Flags, ModSeq)).await).unwrap();
    let before = fetched.rows[0].mod_seq.unwrap();
    assert!(fetched.rows[0].items.0.as_ref().unwrap().contains(&Flag::Answered));
    // What was changed meanwhile is left as it is, and told.
    let mut store = |store: Store| session.play(async |session| session.store(store).await).unwrap();
    assert!(store(Store::add(uid, [Flag::Flagged]).silent().unchanged_since(before)).modified.is_empty());
    let refused = store(Store::add(uid, [Flag::Draft]).unchanged_since(before));
    assert_eq!(refused.modified, UidSet::from(uid));
}

/// MOVE, and what takes its place.
fn copies_and_moves(session: &mut Session) {
    let copied = session.play(async |session| session.copy(UidSet::all(), "Archive").await).unwrap();
    assert_eq!((copied.pairs().count(), copied.from().len()), (3, Some(3)));
    let error = session.play(async |session| session.run(Copy::new(UidSet::all(), "nowhere")).await);
    assert_eq!(error.unwrap_err().code(), Some(&Code::TryCreate));

    let mut expected = 3;
    for (off, without, removed) in [
        (&[][..], WithoutUidPlus::Mark, Removed::AtOnce),
        (&["MOVE"], WithoutUidPlus::Mark, Removed::Expunged),
        (&["MOVE", "UIDPLUS"], WithoutUidPlus::Mark, Removed::Marked),
        (&["MOVE", "UIDPLUS"], WithoutUidPlus::ExpungeAll, Removed::ExpungedAll),
    ] {
        let message = Append::new("INBOX", format!("Subject: {removed:?}\r\n\r\nmoved\r\n"));
        let uid = session.play(async |session| session.append(message).await).unwrap().uids().next().unwrap();
        off.iter().for_each(|word| session.connection.server_mut().switch_off(word));
        let moved = session
            .play(async |session| session.mv_with(UidSet::last(), "Entwürfe & mehr", without).await)
            .unwrap();
        off.iter().for_each(|word| session.connection.server_mut().switch_on(word));
        assert_eq!((moved.removed, moved.copied.from()), (removed, UidSet::from(uid)));
        expected += u32::from(removed == Removed::Marked);
        // With the last way the one goes, too, that the way before had left.
        expected -= u32::from(removed == Removed::ExpungedAll);
        assert_eq!(session.connection.selected().unwrap().exists, expected, "{removed:?}");
    }
}

/// REPLACE, and what takes its place.
fn replacing(session: &mut Session) {
    let draft = |text: &str| format!("Subject: draft\r\n\r\n{text}\r\n");
    let first = Append::new("INBOX", draft("one")).flags([Flag::Draft]);
    let mut uid = session.play(async |session| session.append(first).await).unwrap().uids().next().unwrap();
    let has_replace = session.connection.server().has("REPLACE");
    for (text, is_off) in [("two", false), ("three", true)] {
        if is_off {
            session.connection.server_mut().switch_off("REPLACE");
        }
        let replace = Replace::new(uid, "INBOX", draft(text));
        let replaced = session.play(async |session| session.replace(replace).await).unwrap();
        let expected = if has_replace && !is_off { Removed::AtOnce } else { Removed::Expunged };
        assert_eq!(replaced.removed, expected);
        let before = core::mem::replace(&mut uid, replaced.appended.uid().unwrap());
        let fetched = session.play(async |session| session.fetch(UidSet::from(before), ()).await).unwrap();
        assert!(fetched.rows.is_empty());
        let fetched = session.play(async |session| session.fetch(uid, Body::text()).await).unwrap();
        assert_eq!(fetched.rows[0].items.as_ref().unwrap(), &format!("{text}\r\n").as_str());
    }
    session.connection.server_mut().switch_on("REPLACE");
    assert_eq!(session.play(async |session| session.remove(uid).await), Ok(Removed::Expunged));
    assert_eq!(session.connection.selected().unwrap().exists, 3);
}

/// What another session did is caught up with by CHANGEDSINCE and VANISHED.
fn changes(first: &mut Session, mut second: Session) {
    let message = Append::new("INBOX", "Subject: short-lived\r\n\r\nx\r\n");
    let short = first.play(async |session| session.append(message).await).unwrap().uids().next().unwrap();
    second.play(async |session| session.run(Enable::new([Extension::QResync])).await).unwrap();
    second.play(async |session| session.run(Select::new("INBOX")).await).unwrap();
    let all = second.play(async |session| session.fetch(UidSet::all(), ModSeq).await).unwrap();
    assert_eq!(all.rows.len(), 4);
    let since = all.rows.iter().filter_map(|row| row.mod_seq).max().unwrap();
    let changed = all.rows[1].uid.unwrap();
    first.play(async |session| session.store(Store::add(changed, [Flag::Flagged])).await).unwrap();
    first.play(async |session| session.remove(short).await).unwrap();
    // What a session sees vanish is an event; here it comes back later.
    second.play(async |session| session.run(Select::new("INBOX")).await).unwrap();
    // To Cyrus `1:*` ends at the last message that is there.
    let known = UidSet::from(Uid::MIN..=short);
    let fetch = Fetch::new(known, Flags).changed_since(since).vanished();
    let caught_up = second.run_with(fetch, |_| {}).unwrap();
    let rows: Vec<_> =
        caught_up.rows.iter().map(|row| (row.uid.unwrap(), row.mod_seq > Some(since))).collect();
    assert_eq!(rows, [(changed, true)]);
    assert!(caught_up.vanished.contains(short), "{:?}", caught_up.vanished);
    assert!(caught_up.vanished.is_disjoint(&all.rows.iter().take(3).filter_map(|row| row.uid).collect()));
}

/// A thousand messages, named by lines of UIDs that are longer than a server takes.
fn many(session: &mut Session) {
    let messages = (0..1000).map(|number| {
        Append::new("", format!("Subject: {number}\r\n\r\nmessage {number}\r\n")).messages.remove(0)
    });
    let append = Append::of("Archive", messages);
    session.play(async |session| session.append(append).await).unwrap();
    session.play(async |session| session.run(Select::new("Archive")).await).unwrap();
    let all = session.play(async |session| session.fetch(UidSet::all(), Size).await).unwrap();
    assert!(all.rows.len() >= 1003);
    let odd: UidSet = all.rows.iter().filter_map(|row| row.uid).filter(|uid| uid.get() % 2 == 1).collect();
    assert!(odd.to_string().len() > imap_blocking::LINE);
    let stored = session.play(async |session| session.store(Store::add(odd.clone(), [Flag::Flagged])).await);
    assert_eq!(stored.unwrap().rows.len() as u64, odd.len().unwrap());
    let fetched = session.play(async |session| session.fetch(odd.clone(), (Flags, Envelope)).await).unwrap();
    assert_eq!(fetched.rows.iter().filter_map(|row| row.uid).collect::<UidSet>(), odd);
    assert!(fetched.rows.iter().all(|row| row.items.0.as_ref().unwrap().contains(&Flag::Flagged)));
    let moved = session.play(async |session| session.mv(odd.clone(), "INBOX").await).unwrap();
    assert_eq!((moved.removed, moved.copied.from()), (Removed::AtOnce, odd));
}
