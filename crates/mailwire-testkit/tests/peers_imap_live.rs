//! What one session hears of another: NOTIFY, searches that go on, MOVE; and how sessions begin and end, against Dovecot and
//! Cyrus.
#![cfg(feature = "peers")]

mod imap_blocking;
mod imap_peers;

use std::{collections::BTreeSet, time::Duration};

use imap_blocking::{Session, call};
use imap_peers::Peer;
use mailwire::{
    imap::{
        Code, Flag, Mailbox, MailboxFilter, Search, Uid, UidSet,
        client::{
            Event, Execute as _, LoginError, Method, Session as _, Unsupported, command,
            command::{
                Append, Extension, Figures, Id, Notify, Select, Store,
                fetch::{Body, Flags},
            },
            session::{ResyncedBy, UnselectedBy},
        },
        command::{Messages, QResync},
        fetch::{Fetch, Item},
        fetch_attribute::Attribute,
        list::Attribute as ListAttribute,
        notify::{Event as Wanted, EventGroup, EventName},
        response::Data,
    },
    sasl::Mechanism,
    tokio::{
        imap::{Client, ClientConfig, Error, Security},
        tls::{Roots, client_config},
    },
};
use mailwire_testkit::peers::Protocol;
use rustls::pki_types::CertificateDer;

fn message(subject: &str) -> String {
    format!("Subject: {subject}\r\n\r\nbody\r\n")
}

/// News of mailboxes that are not selected, as events.
#[test]
fn notify() {
    Peer::each(|peer| {
        let (mut ann, mut other) = (peer.connect("ann"), peer.connect("ann"));
        call!(other.append(Append::new("INBOX", message("first")))).unwrap();
        call!(ann.create("Archive")).unwrap();
        call!(ann.select("INBOX")).unwrap();
        let changes = || [EventName::MessageExpunge.into(), EventName::FlagChange.into()];
        let new = |attributes: &[Attribute]| [Wanted::message_new(attributes.to_vec())];
        let selected = new(&[Attribute::Uid, Attribute::Flags]).into_iter().chain(changes());
        let names = [EventName::MailboxName.into(), EventName::SubscriptionChange.into()];
        let groups = [
            EventGroup::new(MailboxFilter::Selected, selected),
            EventGroup::new(MailboxFilter::Personal, new(&[]).into_iter().chain(changes()).chain(names)),
        ];
        let notified = call!(ann.notify(Notify::new(groups).with_status()));
        if peer.is_cyrus() {
            assert_eq!(notified.unwrap_err(), Unsupported { capability: "NOTIFY" }.into());
            return;
        }
        let told = notified.unwrap().status;
        let told: BTreeSet<_> = told.into_iter().map(|(mailbox, _)| mailbox.name().into_owned()).collect();
        assert_eq!(told, ["Archive", "Sent", "Trash"].map(String::from).into());
        other_mailboxes(&mut ann, &mut other);
        mailbox_names(&mut ann, &mut other);
        selected_mailbox(&mut ann, &mut other);

        // What it does not have is told, and what was asked for before goes on.
        let strange = [EventGroup::new(MailboxFilter::Personal, [EventName::MailboxMetadataChange.into()])];
        let error = call!(ann.notify(Notify::new(strange))).unwrap_err();
        assert_eq!(error.code(), Some(&Code::BadEvent(vec![EventName::MailboxMetadataChange])));
        call!(other.append(Append::new("Archive", message("heard")))).unwrap();
        assert_eq!(status_of(&mut ann, "Archive").messages, Some(1));
        call!(ann.notify(Notify::none())).unwrap();
        call!(other.append(Append::new("Archive", message("unheard")))).unwrap();
        call!(ann.noop()).unwrap();
        assert!(ann.events.is_empty(), "{:?}", ann.events);
    });
}

/// The same on tokio, where nobody has to ask.
#[tokio::test]
async fn notify_on_tokio() {
    let peer = Peer::dovecot("");
    let mut ann = Client::connect("localhost", config(&peer, Security::Tls)).await.unwrap();
    ann.login("ann", "secret").await.unwrap();
    let events = [Wanted::message_new([]), EventName::MessageExpunge.into(), EventName::MailboxName.into()];
    let notify = Notify::new([EventGroup::new(MailboxFilter::Personal, events)]);
    assert!(ann.notify(notify).await.unwrap().status.is_empty(), "nobody asked for them");
    let mut other = Client::connect("localhost", config(&peer, Security::StartTls)).await.unwrap();
    other.login("ann", "secret").await.unwrap();
    other.create("Neu & schön").await.unwrap();
    let created = loop {
        if let Event::Data { data: Data::List(list) } = ann.next_event().await.unwrap() {
            break list.mailbox;
        }
    };
    // Dovecot tells such names in UTF-8 here, which nobody enabled: to be used they are made anew.
    assert_ne!(created, Mailbox::new("Neu & schön"));
    let created = Mailbox::new(created.name());
    other.run(Append::new("Neu & schön", message("new"))).await.unwrap();
    let is_it = |event| match event {
        Event::Data { data: Data::MailboxStatus(status) } => {
            status.mailbox.name() == "Neu & schön" && Figures::from(status).messages == Some(1)
        }
        _ => false,
    };
    while !is_it(ann.next_event().await.unwrap()) {}
    // Between events, commands are run as ever.
    assert_eq!(ann.select(created).await.unwrap().exists, 1);
}

fn other_mailboxes(ann: &mut Session, other: &mut Session) {
    call!(other.append(Append::new("Archive", message("other")))).unwrap();
    let figures = status_of(ann, "Archive");
    assert_eq!((figures.messages, figures.unseen, figures.uid_next), (Some(1), Some(1), Uid::new(2)));
    call!(other.select("Archive")).unwrap();
    call!(other.store(Store::add(UidSet::all(), [Flag::Seen]))).unwrap();
    let figures = status_of(ann, "Archive");
    assert_eq!((figures.messages, figures.unseen), (None, Some(0)));
    call!(other.remove(UidSet::all())).unwrap();
    let figures = status_of(ann, "Archive");
    assert_eq!((figures.messages, figures.unseen), (Some(0), Some(0)));
}

fn mailbox_names(ann: &mut Session, other: &mut Session) {
    let list = |name: &str, before: Option<&str>, attributes: &[ListAttribute]| {
        (name.to_owned(), before.map(String::from), attributes.to_vec())
    };
    call!(other.create("Neu & schön")).unwrap();
    assert_eq!(list_of(ann), list("Neu & schön", None, &[]));
    call!(other.subscribe("Neu & schön")).unwrap();
    assert_eq!(list_of(ann), list("Neu & schön", None, &[ListAttribute::Subscribed]));
    call!(other.rename("Neu & schön", "Alt")).unwrap();
    assert_eq!(list_of(ann), list("Alt", Some("Neu & schön"), &[]));
    call!(other.delete("Alt")).unwrap();
    assert_eq!(list_of(ann), list("Alt", None, &[ListAttribute::NonExistent]));
}

/// Its news come with the next command at the latest.
fn selected_mailbox(ann: &mut Session, other: &mut Session) {
    let second = Uid::new(2);
    call!(other.append(Append::new("INBOX", message("second")))).unwrap();
    call!(ann.noop()).unwrap();
    let count = ann.wait(|event| if let Event::Exists { count, .. } = event { Some(*count) } else { None });
    assert_eq!(count, 2);
    let fetch =
        ann.wait(|event| if let Event::Fetch { fetch, .. } = event { Some(fetch.clone()) } else { None });
    assert_eq!((fetch.uid(), fetch.items.len()), (second, 2), "{fetch:?}");
    call!(other.select("INBOX")).unwrap();
    call!(other.store(Store::add(UidSet::all(), [Flag::Flagged]))).unwrap();
    call!(ann.noop()).unwrap();
    let changed = |event: &Event| if let Event::Fetch { uid, .. } = event { Some(*uid) } else { None };
    assert_eq!([ann.wait(changed), ann.wait(changed)], [None, second], "of the first one it was never told");
    call!(other.remove(second.unwrap())).unwrap();
    call!(ann.noop()).unwrap();
    let gone = ann.wait(|event| if let Event::Expunged { uid, .. } = event { Some(*uid) } else { None });
    assert_eq!((gone, ann.connection.selected().unwrap().exists), (second, 1));
}

fn status_of(session: &mut Session, name: &str) -> Figures {
    session.wait(|event| match event {
        Event::Data { data: Data::MailboxStatus(status) } if status.mailbox == Mailbox::new(name) => {
            Some(status.clone().into())
        }
        _ => None,
    })
}

/// The name, the one before, and what is said of it.
fn list_of(session: &mut Session) -> (String, Option<String>, Vec<ListAttribute>) {
    session.wait(|event| {
        let Event::Data { data: Data::List(list) } = event else { return None };
        let before = list.old_name().map(|name| name.name().into_owned());
        Some((list.mailbox.name().into_owned(), before, list.attributes.iter().collect()))
    })
}

/// The result of a search that the server keeps up to date.
#[test]
fn search_that_goes_on() {
    Peer::each(|peer| {
        let (mut ann, mut other) = (peer.connect("ann"), peer.connect("ann"));
        let append =
            Append::new("INBOX", message("1")).and(message("2")).flags([Flag::Flagged]).and(message("3"));
        call!(ann.append(append)).unwrap();
        call!(ann.select("INBOX")).unwrap();
        let found = call!(ann.search_with(command::Search::uid(Search::flagged()).all().update()));
        if peer.is_cyrus() {
            assert_eq!(found.unwrap_err(), Unsupported { capability: "CONTEXT=SEARCH" }.into());
            return;
        }
        let mut live = found.unwrap().live().unwrap();
        assert_eq!(live.set(), Some(&"2".parse().unwrap()));
        call!(other.select("INBOX")).unwrap();
        call!(other.store(Store::add("1,3".parse::<UidSet>().unwrap(), [Flag::Flagged]))).unwrap();
        call!(ann.noop()).unwrap();
        ann.events.drain(..).for_each(|event| drop(live.handle(&event)));
        assert_eq!(live.set(), Some(&"1:3".parse().unwrap()));
        call!(other.store(Store::remove("2".parse::<UidSet>().unwrap(), [Flag::Flagged]))).unwrap();
        call!(ann.noop()).unwrap();
        ann.events.drain(..).for_each(|event| drop(live.handle(&event)));
        assert_eq!(live.set(), Some(&"1,3".parse().unwrap()));
        // One that is expunged leaves the result, too.
        call!(other.remove("1".parse::<UidSet>().unwrap())).unwrap();
        call!(ann.noop()).unwrap();
        ann.events.drain(..).for_each(|event| drop(live.handle(&event)));
        assert_eq!((live.set(), live.count()), (Some(&"3".parse().unwrap()), 1));
        call!(ann.run(live.cancel())).unwrap();
        call!(other.store(Store::remove(UidSet::all(), [Flag::Flagged]))).unwrap();
        call!(ann.noop()).unwrap();
        let is_told = ann.events.iter().any(|event| matches!(event, Event::Data { data: Data::ESearch(_) }));
        assert!(!is_told);
    });
}

/// What others do comes while nobody asks, by IDLE, or by NOOP from time to time where there is no IDLE.
#[tokio::test]
async fn a_mailbox_is_watched() {
    for peer in [Peer::dovecot(""), Peer::cyrus("")] {
        for off in ["", "IDLE"] {
            let mut watching = config(&peer, Security::Tls);
            watching.switched_off.push(off.into());
            watching.protocol.timeouts.poll = Duration::from_millis(50);
            let mut ann = Client::connect("localhost", watching).await.unwrap();
            let mut other = Client::connect("localhost", config(&peer, Security::StartTls)).await.unwrap();
            for client in [&mut ann, &mut other] {
                client.login("ann", "secret").await.unwrap();
                client.select("INBOX").await.unwrap();
            }
            let before = ann.selected().unwrap().exists;
            let mut idle = ann.idle().unwrap();
            let appended = other.run(Append::new("INBOX", message("new"))).await.unwrap();
            let new = loop {
                if let Event::Exists { count, .. } = idle.next().await.unwrap() {
                    break count;
                }
            };
            assert_eq!(new, before + 1, "{off}");
            // A command between two events, and what comes after it.
            let uid = appended.uid().unwrap();
            let fetched = idle.client().run(command::Fetch::new(uid, Body::whole())).await.unwrap();
            assert_eq!(fetched.rows[0].items.as_deref(), Some(message("new").as_bytes()));
            other.store(Store::add(uid, [Flag::Flagged])).await.unwrap();
            let is_flagged = |event| match event {
                Event::Fetch { fetch, uid: of } => {
                    let has =
                        |item: &Item| matches!(item, Item::Flags(flags) if flags.contains(&Flag::Flagged));
                    of == Some(uid) && fetch.items.iter().any(has)
                }
                _ => false,
            };
            while !is_flagged(idle.next().await.unwrap()) {}
            other.remove(uid).await.unwrap();
            loop {
                if let Event::Expunged { uid: gone, .. } = idle.next().await.unwrap() {
                    assert_eq!(gone, Some(uid), "{off}");
                    break;
                }
            }
            drop(idle);
            assert_eq!(ann.selected().unwrap().exists, before, "{off}");
            ann.logout().await.unwrap();
        }
    }
}

/// MOVE as who moves sees it, and as others do, with and without QRESYNC.
#[test]
fn a_move_is_seen_by_others() {
    Peer::each(|peer| {
        let [mut ann, mut source, mut target] = [(); 3].map(|()| peer.connect("ann"));
        call!(ann.create("Archive")).unwrap();
        let append = Append::new("INBOX", message("1")).and(message("2")).and(message("3"));
        call!(ann.append(append)).unwrap();
        call!(ann.select("INBOX")).unwrap();
        call!(source.enable([Extension::QResync])).unwrap();
        call!(source.select("INBOX")).unwrap();
        call!(target.select("Archive")).unwrap();
        let second: UidSet = "2".parse().unwrap();
        call!(ann.mv(second.clone(), "Archive")).unwrap();
        assert_eq!(ann.connection.selected().unwrap().exists, 2);
        call!(source.noop()).unwrap();
        let gone = source
            .wait(|event| if let Event::Vanished { uids, .. } = event { Some(uids.clone()) } else { None });
        assert_eq!((gone, source.connection.selected().unwrap().exists), (second, 2));
        call!(target.noop()).unwrap();
        let count =
            target.wait(|event| if let Event::Exists { count, .. } = event { Some(*count) } else { None });
        assert_eq!(count, 1);
    });
}

#[test]
fn what_else_a_session_does() {
    Peer::each(|peer| {
        let mut ann = peer.connect("ann");
        let identity = call!(ann.id(Id::new([("name", "mailwire")]))).unwrap();
        assert_eq!(identity.field("name"), Some(&peer.pick("Dovecot", "Cyrus IMAPD").into()));
        let granted = call!(ann.enable([Extension::Condstore])).unwrap();
        assert!(granted.is_told && granted.capabilities.has("CONDSTORE"), "{granted:?}");
        assert!(ann.connection.server().enabled().condstore);
        for (extension, capability) in [
            (Extension::Utf8, "UTF8=ACCEPT"),
            (Extension::Imap4rev2, "IMAP4rev2"),
            (Extension::UidOnly, "UIDONLY"),
        ] {
            let error = call!(ann.enable([extension])).unwrap_err();
            assert_eq!(error, Unsupported { capability }.into(), "neither has it yet");
        }
        // Nothing is expunged by leaving.
        call!(ann.append(Append::new("INBOX", message("1")).flags([Flag::Deleted]))).unwrap();
        for by in [UnselectedBy::Unselect, UnselectedBy::ExamineAndClose] {
            assert_eq!(call!(ann.select("INBOX")).unwrap().exists, 1);
            assert_eq!(call!(ann.unselect()), Ok(by));
            assert!(ann.connection.selected().is_none());
            ann.connection.server_mut().switch_off("UNSELECT");
        }
        call!(ann.select("INBOX")).unwrap();
        call!(ann.close()).unwrap();
        assert_eq!(call!(ann.select("INBOX")).unwrap().exists, 0, "but by closing");
    });
}

fn config(peer: &Peer, security: Security) -> ClientConfig {
    let mut config = ClientConfig::default();
    let authority = match peer {
        Peer::Cyrus(server) => server.certificate(),
        Peer::Dovecot(server) => server.certificate(),
    };
    let authority = CertificateDer::from(authority.authority_der().to_vec());
    config.tls = Some(client_config(Roots::Only(vec![authority]), None).unwrap());
    config.port = Some(peer.port(if security == Security::Tls { Protocol::Imaps } else { Protocol::Imap }));
    config.security = security;
    if peer.is_cyrus() {
        // With TLS, Cyrus 3.6 announces channel bindings, and knows none of those of TLS 1.3.
        config.without = [Mechanism::ScramSha256Plus, Mechanism::ScramSha1Plus].map(Method::Sasl).to_vec();
    }
    config
}

/// A compressed session, and after it another one that resynchronises.
#[tokio::test]
async fn compression_and_what_has_changed() {
    for peer in [Peer::dovecot(""), Peer::cyrus("")] {
        let open = async |compress| {
            let mut config = config(&peer, Security::Tls);
            (config.compress, config.enable) = (compress, vec![Extension::QResync]);
            let mut client = Client::connect("localhost", config).await.unwrap();
            client.login("ann", "secret").await.unwrap();
            client.set_up().await.unwrap();
            assert!(client.server().enabled().qresync);
            client
        };
        let mut client = open(true).await;
        let long = format!("{}{}", message("long"), "the same again\r\n".repeat(5000));
        for _ in 0..3 {
            client.run(Append::new("INBOX", long.clone())).await.unwrap();
        }
        let known = client.run(Select::new("INBOX")).await.unwrap();
        let (outside, inside) = (client.octets(), client.compressed_octets().unwrap());
        // What was sent is the same again and again.
        let is_less = inside.sent < outside.sent / 10;
        assert!(outside.sent > 3 * long.len() as u64 && is_less, "{outside:?} {inside:?}");
        let mut other = open(false).await;
        other.select("INBOX").await.unwrap();
        assert!(other.compressed_octets().is_none());
        client.logout().await.unwrap();
        other.store(Store::add("2".parse::<UidSet>().unwrap(), [Flag::Flagged])).await.unwrap();
        other.remove("3".parse::<UidSet>().unwrap()).await.unwrap();
        other.run(Append::new("INBOX", message("new"))).await.unwrap();

        let mut again = open(true).await;
        let known = QResync {
            uid_validity: known.uid_validity.unwrap(),
            mod_seq: known.highest_mod_seq.unwrap(),
            known_uids: None,
            sequence_match: None,
        };
        let resynced = again.select_qresync("INBOX", known).await.unwrap();
        assert_eq!((resynced.by, resynced.is_continued), (ResyncedBy::QResync, true));
        let opened = &resynced.opened;
        assert_eq!((opened.exists, opened.vanished.contains(Uid::new(3).unwrap())), (3, true));
        let changed: UidSet = opened.changed.iter().filter_map(Fetch::uid).collect();
        assert_eq!(changed, "2,4".parse().unwrap());
        // What comes whole shows that both directions of the new compression are in step.
        let all = Messages::Uid(UidSet::all());
        let mut rows = again.fetch(all, (Flags, Body::whole())).await.unwrap();
        let mut told = Vec::new();
        while let Some(row) = rows.try_next().await.unwrap() {
            let (flags, body) = row.items;
            told.push((flags.unwrap().contains(&Flag::Flagged), body.unwrap().to_vec()));
        }
        let (long, new) = (long.into_bytes(), message("new").into_bytes());
        assert_eq!(told, [(false, long.clone()), (true, long), (false, new)]);
    }
}

/// Each way to log in is the strongest one where those above it are excluded.
#[tokio::test]
async fn every_way_to_log_in() {
    for peer in [Peer::dovecot(""), Peer::cyrus("")] {
        let mechanisms = [
            Mechanism::ScramSha256,
            Mechanism::ScramSha1,
            Mechanism::CramMd5,
            Mechanism::Plain,
            Mechanism::Login,
        ];
        let ways = mechanisms.map(Method::Sasl).into_iter().chain([Method::Login]);
        for security in [Security::Plaintext, Security::StartTls] {
            let mut config = config(&peer, security);
            for method in ways.clone() {
                let mut client = Client::connect("localhost", config.clone()).await.unwrap();
                assert_eq!(client.login("ann", "secret").await.unwrap().method, method);
                assert_eq!(client.list("INBOX").await.unwrap().listing.mailboxes.len(), 1, "{method:?}");
                client.logout().await.unwrap();
                config.without.push(method);
            }
            let mut client = Client::connect("localhost", config).await.unwrap();
            assert!(client.login("ann", "secret").await.is_err(), "nothing is left");
        }
    }
}

/// A wrong password is told from a server that cannot be reached, and from one that says no to everybody.
#[tokio::test]
async fn wrong_passwords_and_lost_servers() {
    for peer in [Peer::dovecot(""), Peer::cyrus("")] {
        for security in [Security::Tls, Security::StartTls, Security::Plaintext] {
            let mut client = Client::connect("localhost", config(&peer, security)).await.unwrap();
            for (user, password) in [("ann", "wrong"), ("eve", "secret")] {
                let error = client.login(user, password).await.unwrap_err();
                assert!(error.is_authentication() && !error.is_fatal() && !error.is_temporary(), "{error}");
            }
            let by = client.login("ann", "secret").await.unwrap().method;
            assert_eq!(by, Method::Sasl(Mechanism::ScramSha256));
        }
        if peer.is_cyrus() {
            // Nobody goes on without the binding unasked: who refuses it may sit on the line.
            let mut config = config(&peer, Security::Tls);
            config.without.clear();
            let mut client = Client::connect("localhost", config).await.unwrap();
            let error = client.login("ann", "secret").await.unwrap_err();
            assert!(!error.is_authentication() && !error.is_temporary() && !error.is_fatal(), "{error}");
            let Error::Login(error) = error else { panic!("{error}") };
            assert!(matches!(*error, LoginError::Binding { .. }), "{error}");
            assert_eq!(error.method(), Some(Method::Sasl(Mechanism::ScramSha256Plus)));
        }
        let mut client = Client::connect("localhost", config(&peer, Security::Tls)).await.unwrap();
        client.login("ann", "secret").await.unwrap();
        let config = config(&peer, Security::Tls);
        drop(peer);
        let error = loop {
            if let Err(error) = client.noop().await {
                break error;
            }
        };
        assert!(error.is_fatal() && !error.is_authentication(), "{error}");
        let error = Client::connect("localhost", config).await.unwrap_err();
        assert!(error.is_fatal() && error.is_temporary() && !error.is_authentication(), "{error}");
    }
}
