//! What Cyrus has and Dovecot has not: annotations of messages, ids of messages and mailboxes, UNAUTHENTICATE, and an
//! administrator of everybody's mailboxes.
#![cfg(feature = "peers")]

mod imap_blocking;
mod imap_peers;

use std::collections::BTreeSet;

use imap_blocking::{Session, call};
use imap_peers::Peer;
use mailwire::{
    imap::{
        Search, Uid, UidSet,
        acl::Change,
        annotation::{Annotation, Attribute, Request, Support},
        capability::Capability,
        client::{
            CommandError, LoginError, Method, Session as _, Unsupported,
            command::{Append, Extension, Sort, Store, fetch},
        },
        command::SortKey,
        metadata::Entry,
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

fn annotation(private: Option<&str>, shared: Option<&str>) -> Annotation {
    let value = |value: Option<&str>| value.map(Into::into);
    let values = [(Attribute::ValuePrivate, value(private)), (Attribute::ValueShared, value(shared))];
    Annotation { entry: Entry::new("/comment").unwrap(), attributes: values.to_vec() }
}

#[test]
fn annotations_of_messages() {
    let peer = Peer::cyrus("");
    let mut ann = peer.connect("ann");
    let append = Append::new("INBOX", message("1")).annotations([annotation(None, Some("second"))]);
    call!(ann.append(append.and(message("2")))).unwrap();
    let opened = call!(ann.select("INBOX")).unwrap();
    assert!(matches!(opened.annotations, Some(Support::Size { no_private: false, .. })), "{opened:?}");
    let (one, two) = (Uid::MIN, Uid::new(2).unwrap());
    let values = |entry: &str| Request {
        entries: vec![entry.into()],
        attributes: vec![Attribute::ValuePrivate, Attribute::ValueShared],
    };
    let told = |session: &mut Session| {
        let request = fetch::Annotation(values("/comment"));
        let fetched = call!(session.fetch(UidSet::all(), request)).unwrap();
        let rows = fetched.rows.into_iter().map(|row| row.items.unwrap());
        rows.map(|mut all| (all.len(), values_of(&all.remove(0)))).collect::<Vec<_>>()
    };
    let row = |private: Option<&str>, shared: Option<&str>| {
        (1, [private, shared].map(|text| text.map(String::from)))
    };
    assert_eq!(told(&mut ann), [row(None, Some("second")), row(None, None)]);
    let stored = Store::annotations(two, [annotation(Some("\"mine\""), Some("first"))]);
    assert!(call!(ann.store(stored)).unwrap().modified.is_empty());
    assert_eq!(told(&mut ann), [row(None, Some("second")), row(Some("\"mine\""), Some("first"))]);

    let with = |attribute, value: &str| Search::annotation("/comment", attribute, Some(value.as_bytes()));
    assert_eq!(call!(ann.search(with(Attribute::Value, "mine"))), Ok(UidSet::from(two)));
    assert_eq!(call!(ann.search(with(Attribute::ValueShared, "s"))), Ok("1:2".parse().unwrap()));
    assert_eq!(call!(ann.search(with(Attribute::ValuePrivate, "first"))), Ok(UidSet::new()));
    let by_comment = SortKey::Annotation(Entry::new("/comment").unwrap(), Attribute::ValueShared);
    let sorted = call!(ann.sort_with(Sort::uid([by_comment.into()], Search::all()))).unwrap();
    assert_eq!(sorted.order.numbers().collect::<Vec<_>>(), [two, one]);

    // Others see what is shared, and have what is theirs.
    call!(ann.set_acl("INBOX", "bob", Change::Replace("lrsn".parse().unwrap()))).unwrap();
    let mut bob = peer.connect("bob");
    call!(bob.select("Other Users/ann")).unwrap();
    assert_eq!(told(&mut bob), [row(None, Some("second")), row(None, Some("first"))]);

    call!(ann.store(Store::annotations(two, [annotation(None, None)]))).unwrap();
    assert_eq!(told(&mut ann), [row(None, Some("second")), row(None, None)]);
}

/// The private one and the shared one, in whatever order they were told.
fn values_of(annotation: &Annotation) -> [Option<String>; 2] {
    [Attribute::ValuePrivate, Attribute::ValueShared].map(|wanted| {
        let value = annotation.attributes.iter().find(|(attribute, _)| *attribute == wanted);
        value.unwrap().1.as_ref().map(|text| text.to_str_lossy().into_owned())
    })
}

#[test]
fn ids_stay_the_same_in_all_mailboxes() {
    let peer = Peer::cyrus("");
    let mut ann = peer.connect("ann");
    let created = call!(ann.create("Archive")).unwrap();
    let reply = "Message-ID: <2@example.org>\r\nIn-Reply-To: <1@example.org>\r\nReferences: <1@example.org>\r\nSubject: Re: one\r\n\r\n";
    let append = Append::new("INBOX", "Message-ID: <1@example.org>\r\nSubject: one\r\n\r\n")
        .and(reply)
        .and(message("other"));
    call!(ann.append(append)).unwrap();
    call!(ann.select("INBOX")).unwrap();
    let here = call!(ann.ids(UidSet::all())).unwrap();
    let ids: Vec<_> = here
        .iter()
        .map(|row| (row.items.email.clone().unwrap(), row.items.thread.clone().unwrap()))
        .collect();
    assert_eq!(ids.iter().map(|(email, _)| email.to_vec()).collect::<BTreeSet<_>>().len(), 3);
    assert!(
        ids[0].1 == ids[1].1 && ids[0].1 != ids[2].1,
        "an answer is in the thread of what it answers: {ids:?}"
    );
    assert_eq!(call!(ann.search(Search::email_id(&*ids[1].0))), Ok("2".parse().unwrap()));
    assert_eq!(call!(ann.search(Search::thread_id(&*ids[1].1))), Ok("1:2".parse().unwrap()));
    call!(ann.mv("2".parse::<UidSet>().unwrap(), "Archive")).unwrap();
    let opened = call!(ann.select("Archive")).unwrap();
    assert!(created.mailbox_id.is_some() && opened.mailbox_id == created.mailbox_id);
    let there = call!(ann.ids(UidSet::all())).unwrap();
    assert_eq!(there[0].items, here[1].items);
    call!(ann.unselect()).unwrap();
    call!(ann.rename("Archive", "Renamed")).unwrap();
    assert_eq!(call!(ann.examine("Renamed")).unwrap().mailbox_id, created.mailbox_id);
}

/// An administrator gives users mailboxes, and becomes one of them.
#[test]
fn administrators() {
    let peer = Peer::cyrus("");
    // Her INBOX is made when she first comes.
    let mut ann = peer.connect("ann");
    call!(ann.select("INBOX")).unwrap();
    let mut admin = peer.connect("cyrus");
    let names = |session: &mut Session| {
        let found = call!(session.list("*")).unwrap().listing;
        found.iter().map(|row| row.mailbox.name().into_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&mut admin), ["user/ann"]);
    for name in ["user/ann/Von oben: für Ann", "user/carol"] {
        call!(admin.create(name)).unwrap();
    }
    call!(admin.set_acl("user/ann", "bob", Change::Replace("lr".parse().unwrap()))).unwrap();
    assert_eq!(names(&mut admin), ["user/ann", "user/ann/Von oben: für Ann", "user/carol"]);

    call!(admin.enable([Extension::Condstore])).unwrap();
    call!(admin.unauthenticate()).unwrap();
    assert!(!admin.connection.server().enabled().condstore, "nothing is left of it");
    let error = call!(admin.select("INBOX")).unwrap_err();
    assert!(error.is_bad(), "{error}");
    admin.log_in("ann", "secret");
    assert_eq!(names(&mut admin), ["INBOX", "Von oben: für Ann"]);
    let mut bob = peer.connect("bob");
    assert_eq!(names(&mut bob), ["INBOX", "Other Users/ann"]);
    // Only administrators can be somebody else.
    let unsupported = CommandError::from(Unsupported { capability: "UNAUTHENTICATE" });
    assert_eq!(call!(bob.unauthenticate()), Err(unsupported));
}

/// What has no type is kept as it was told.
#[test]
fn capabilities_of_its_own() {
    let ann = Peer::cyrus("").connect("ann");
    let others: BTreeSet<_> = ann
        .connection
        .server()
        .iter()
        .filter_map(|capability| match capability {
            Capability::Other(word) if word.starts_with(b"X") => Some(word.to_str_lossy().into_owned()),
            _ => None,
        })
        .collect();
    for word in ["XCONVERSATIONS", "X-QUOTA=X-NUM-FOLDERS", "X-CREATEDMODSEQ", "XMOVE"] {
        assert!(others.contains(word) && ann.connection.server().has(word), "{word}: {others:?}");
    }
}

/// Without TLS it takes no password in clear text, and is sent none.
#[tokio::test]
async fn no_password_in_clear_text() {
    let peer = Peer::cyrus("allowplaintext: no\nsasl_mech_list: PLAIN LOGIN");
    let Peer::Cyrus(server) = &peer else { unreachable!() };
    let mut config = ClientConfig::default();
    let authority = CertificateDer::from(server.certificate().authority_der().to_vec());
    config.tls = Some(client_config(Roots::Only(vec![authority]), None).unwrap());
    config.port = Some(peer.port(Protocol::Imap));
    config.security = Security::Plaintext;
    let mut client = Client::connect("localhost", config.clone()).await.unwrap();
    let Error::Login(error) = client.login("ann", "secret").await.unwrap_err() else { panic!() };
    assert!(matches!(*error, LoginError::LoginDisabled), "{error}");
    assert_eq!(error.status(), None, "nothing was asked");
    config.security = Security::StartTls;
    let mut client = Client::connect("localhost", config).await.unwrap();
    let by = client.login("ann", "secret").await.unwrap().method;
    assert_eq!(by, Method::Sasl(Mechanism::Plain));
}
