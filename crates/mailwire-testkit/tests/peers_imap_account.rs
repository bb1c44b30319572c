//! Mailboxes and what is told of them, against Dovecot and Cyrus: names, namespaces, special uses, subscriptions, figures.
#![cfg(feature = "peers")]

mod imap_blocking;
mod imap_peers;

use std::collections::{BTreeMap, BTreeSet};

use imap_blocking::{Session, call};
use imap_peers::Peer;
use mailwire::imap::{
    Code, Flag, Mailbox,
    client::{
        CommandError, Event, Execute as _, Session as _, Unsupported,
        command::{Append, Create, List, Listed, Listing, Select, SetMetadata},
        session::{Fallback, NamespacesBy, SpecialFolder, SpecialUse, UseFoundBy},
    },
    command::ListSelect,
    list::{Attribute, Namespace},
    mailbox_status::Attribute as Figure,
    metadata::Entry,
};

/// What each server can do once somebody is logged in: what the other tests need is not lost unnoticed.
#[test]
fn capabilities() {
    Peer::each(|peer| {
        let words = |user| {
            let session = peer.connect(user);
            let told = session.connection.server().capabilities().unwrap();
            let words = told.words().map(|word| String::from_utf8_lossy(word).into_owned());
            words.collect::<BTreeSet<_>>()
        };
        let expected = |words: &str| words.split_whitespace().map(String::from).collect::<BTreeSet<_>>();
        let ann = words("ann");
        assert_eq!(ann, expected(peer.pick(DOVECOT, CYRUS)));
        if peer.is_cyrus() {
            let more: BTreeSet<_> = words("cyrus").difference(&ann).cloned().collect();
            assert_eq!(more, expected("UNAUTHENTICATE"), "administrators alone can end what they are");
        }
    });
}

const DOVECOT: &str = "
    ACL BINARY CATENATE CHILDREN COMPRESS=DEFLATE CONDSTORE CONTEXT=SEARCH ENABLE ESEARCH ESORT I18NLEVEL=1 ID IDLE
    IMAP4rev1 LIST-EXTENDED LIST-STATUS LITERAL+ LOGIN-REFERRALS METADATA MOVE MULTIAPPEND NAMESPACE NOTIFY PREVIEW
    PREVIEW=FUZZY QRESYNC QUOTA RIGHTS=texk SASL-IR SAVEDATE SEARCHRES SNIPPET=FUZZY SORT SORT=DISPLAY SPECIAL-USE
    STATUS=SIZE THREAD=ORDEREDSUBJECT THREAD=REFERENCES THREAD=REFS UIDPLUS UNSELECT URL-PARTIAL URLAUTH
    URLAUTH=BINARY WITHIN";

const CYRUS: &str = "
    ACL ANNOTATE-EXPERIMENT-1 APPENDLIMIT=4294967295 BINARY CATENATE CHILDREN COMPRESS=DEFLATE CONDSTORE
    CREATE-SPECIAL-USE DIGEST=SHA1 ENABLE ESEARCH ESORT ID IDLE IMAP4rev1 LIST-EXTENDED LIST-METADATA LIST-MYRIGHTS
    LIST-STATUS LITERAL+ LOGINDISABLED MAILBOX-REFERRALS METADATA MOVE MULTIAPPEND NAMESPACE NO_ATOMIC_RENAME OBJECTID
    PREVIEW QRESYNC QUOTA RIGHTS=kxten SAVEDATE SCAN SEARCH=FUZZY SORT SORT=DISPLAY SORT=MODSEQ SORT=UID SPECIAL-USE
    STATUS=SIZE THREAD=ORDEREDSUBJECT THREAD=REFERENCES THREAD=REFS UIDPLUS UNSELECT URLAUTH URLAUTH=BINARY WITHIN
    X-CREATEDMODSEQ X-QUOTA=MESSAGE X-QUOTA=STORAGE X-QUOTA=X-ANNOTATION-STORAGE X-QUOTA=X-NUM-FOLDERS X-REPLICATION
    X-SIEVE-MAILBOX XCONVERSATIONS XLIST XMOVE";

#[test]
fn namespaces() {
    Peer::each(|peer| {
        let mut ann = peer.connect("ann");
        let found = call!(ann.namespaces()).unwrap();
        assert_eq!(found.by, NamespacesBy::Namespace);
        let one = |prefix: &str| vec![Namespace::new(prefix, Some(b'/'))];
        assert_eq!(found.namespaces.personal, one(""));
        assert_eq!(found.namespaces.other_users, one(peer.pick("Users/", "Other Users/")));
        assert_eq!(found.namespaces.shared, one(peer.pick("Public/", "Shared Folders/")));
        ann.connection.server_mut().switch_off("NAMESPACE");
        let found = call!(ann.namespaces()).unwrap();
        assert_eq!((found.by, found.namespaces.personal), (NamespacesBy::List, one("")));
    });
}

/// Names beyond ASCII, and those that the protocol has to protect.
#[test]
fn names() {
    Peer::each(|peer| {
        let mut ann = peer.connect("ann");
        let names = ["Entwürfe & mehr", "台北", "台北/日本語", "(x) #7", "&AOk-", "NIL", "📬"];
        for name in names {
            call!(ann.create(name)).unwrap();
            call!(ann.append(Append::new(name, format!("Subject: {name}\r\n\r\n").into_bytes()))).unwrap();
            assert_eq!(call!(ann.select(name)).unwrap().exists, 1, "{name}");
            let found = call!(ann.list("*")).unwrap().listing;
            assert!(found.find(&Mailbox::new(name)).is_some(), "{name}");
            // As it came in a list, it goes back.
            let row = found.iter().find(|row| row.mailbox.name() == name).unwrap().mailbox.clone();
            assert_eq!(call!(ann.status(row, [Figure::Messages])).unwrap().messages, Some(1), "{name}");
            call!(ann.subscribe(name)).unwrap();
        }
        call!(ann.unselect()).unwrap();
        assert_eq!(subscriptions(&mut ann), BTreeSet::from(names.map(String::from)));

        // What is below goes along.
        call!(ann.rename("台北", "Ключ")).unwrap();
        let found = call!(ann.list("*")).unwrap().listing;
        for (name, is_there) in
            [("台北", false), ("台北/日本語", false), ("Ключ", true), ("Ключ/日本語", true)]
        {
            assert_eq!(found.find(&Mailbox::new(name)).is_some(), is_there, "{name}");
        }
        assert_eq!(call!(ann.select("Ключ/日本語")).unwrap().exists, 1);
        call!(ann.unselect()).unwrap();
        for name in ["Ключ/日本語", "Ключ", "📬"] {
            call!(ann.delete(name)).unwrap();
        }
        call!(ann.unsubscribe("NIL")).unwrap();
        // What is subscribed is a name, whatever becomes of the mailbox.
        let names = names.into_iter().filter(|name| *name != "NIL").map(String::from);
        assert_eq!(subscriptions(&mut ann), names.collect());
    });
}

fn subscriptions(session: &mut Session) -> BTreeSet<String> {
    let found = call!(session.subscriptions()).unwrap().listing;
    let names = found.iter().map(|row| row.mailbox.name().into_owned());
    // Both servers subscribe some for everybody.
    names.filter(|name| name != "Sent" && name != "INBOX").collect()
}

/// Why something cannot be done, as a code where the server has one; Cyrus has one for this alone that mailboxes may be
/// created.
#[test]
fn refusals() {
    Peer::each(|peer| {
        let mut ann = peer.connect("ann");
        call!(ann.create("Here")).unwrap();
        call!(ann.create("There")).unwrap();
        let message = Append::new("nowhere", "Subject: x\r\n\r\n");
        for (refused, by_dovecot, by_cyrus) in [
            (call!(ann.create("Here")).map(drop), Some(Code::AlreadyExists), None),
            (call!(ann.create("INBOX")).map(drop), Some(Code::AlreadyExists), None),
            (call!(ann.create("a\u{7}b")).map(drop), Some(Code::Cannot), None),
            (call!(ann.delete("nowhere")).map(drop), Some(Code::NonExistent), None),
            (call!(ann.delete("INBOX")).map(drop), None, None),
            (call!(ann.rename("nowhere", "there")).map(drop), Some(Code::NonExistent), None),
            (call!(ann.rename("Here", "There")).map(drop), Some(Code::AlreadyExists), None),
            (call!(ann.select("nowhere")).map(drop), None, None),
            (call!(ann.status("nowhere", [])).map(drop), None, None),
            (call!(ann.append(message)).map(drop), Some(Code::TryCreate), Some(Code::TryCreate)),
        ] {
            let error = refused.unwrap_err();
            assert!(error.status().is_some() && !error.is_bad(), "{error}");
            assert_eq!(error.code(), peer.pick(by_dovecot, by_cyrus).as_ref(), "{error}");
        }
        // Nobody may create a mailbox of all messages, and at Dovecot none of any use.
        let error = call!(ann.create(Create::new("Everything").for_use(Attribute::All))).unwrap_err();
        let unsupported = CommandError::from(Unsupported { capability: "CREATE-SPECIAL-USE" });
        assert_eq!(error.code(), peer.pick(None, Some(&Code::UseAttr)));
        assert_eq!(error == unsupported, !peer.is_cyrus());
    });
}

/// STATUS, of what the server can tell.
#[test]
fn figures() {
    Peer::each(|peer| {
        let mut ann = peer.connect("ann");
        let (one, two) = ("Subject: 1\r\n\r\none\r\n", "Subject: 2\r\n\r\n");
        call!(ann.append(Append::new("INBOX", one).flags([Flag::Seen]).and(two))).unwrap();
        let opened = call!(ann.run(Select::examine("INBOX").with_condstore())).unwrap();
        call!(ann.unselect()).unwrap();
        let all = call!(ann.status("INBOX", [])).unwrap();
        assert_eq!((all.messages, all.unseen), (Some(2), Some(1)));
        assert_eq!((all.uid_next, all.uid_validity), (opened.uid_next, opened.uid_validity));
        // Of the id, Cyrus 3.6 tells noise here, which may look like one.
        assert_eq!(all.highest_mod_seq, opened.highest_mod_seq);
        assert_eq!(opened.mailbox_id.is_some(), peer.is_cyrus());
        assert_eq!((all.size, all.append_limit), (None, None), "not cheap, and told already");
        let size = call!(ann.status("INBOX", [Figure::Size, Figure::Recent])).unwrap();
        assert_eq!(size.size, Some((one.len() + two.len()) as u64));
        assert!(size.recent.is_some() && size.messages.is_none());
        let id = call!(ann.status("INBOX", [Figure::MailboxId]));
        let none = CommandError::from(Unsupported { capability: "OBJECTID" });
        assert_eq!(id.as_ref().err(), peer.pick(Some(&none), None));
        for (figure, capability) in
            [(Figure::Deleted, "QUOTA=RES-MESSAGE"), (Figure::DeletedStorage, "QUOTA=RES-STORAGE")]
        {
            let error = call!(ann.status("INBOX", [figure])).unwrap_err();
            assert_eq!(error, Unsupported { capability }.into());
        }
        assert_eq!(ann.events.iter().filter(|event| matches!(event, Event::Unknown { .. })).count(), 0);
    });
}

/// LIST with all that it can tell, and the same found in other ways.
#[test]
fn listings() {
    Peer::each(|peer| {
        let mut ann = peer.connect("ann");
        for name in ["Entwürfe", "Projects", "Projects/Mailwire"] {
            call!(ann.create(name)).unwrap();
        }
        if peer.is_cyrus() {
            call!(ann.create(Create::new("Sent").for_use(Attribute::Sent))).unwrap();
            call!(ann.create(Create::new("Trash").for_use(Attribute::Trash))).unwrap();
            call!(ann.subscribe("Sent")).unwrap();
        }
        call!(ann.subscribe("Projects/Mailwire")).unwrap();
        let append = Append::new("Projects/Mailwire", "Subject: 1\r\n\r\n").flags([Flag::Seen]);
        call!(ann.append(append.and("Subject: new\r\n\r\n"))).unwrap();
        call!(ann.set_metadata(SetMetadata::set("Projects", Entry::PRIVATE_COMMENT, "ours"))).unwrap();

        let expected = |is_use_told: bool| {
            let subscribed = peer.pick("", " subscribed");
            let (sent, trash) = if is_use_told { (" Sent", " Trash") } else { ("", "") };
            let mut expected = vec![
                ("Entwürfe", "leaf 0 0 0".into()),
                ("INBOX", format!("leaf{subscribed} 0 0 0")),
                ("Projects", "parent 0 0 0 ours".into()),
                ("Projects/Mailwire", "leaf subscribed 2 1 30".into()),
                ("Sent", format!("leaf subscribed{sent} 0 0 0")),
                ("Trash", format!("leaf{trash} 0 0 0")),
            ];
            expected.extend((!peer.is_cyrus()).then(|| ("Public", "leaf".into())));
            expected.into_iter().map(|(name, row)| (name.into(), row)).collect::<BTreeMap<String, String>>()
        };
        let everything = || {
            let figures = [Figure::Messages, Figure::Unseen, Figure::Size];
            let list = List::new("*").with_status(figures).with_subscribed().with_special_use();
            list.with_children().with_rights().with_metadata([Entry::PRIVATE_COMMENT])
        };
        let found = call!(ann.list(everything())).unwrap();
        assert_eq!(found.fallbacks, peer.pick(vec![Fallback::Rights, Fallback::Metadata], vec![]));
        assert_eq!(rows(&found.listing), expected(true));
        for (word, fallback) in [
            ("LIST-STATUS", Fallback::Status),
            ("LIST-MYRIGHTS", Fallback::Rights),
            ("LIST-METADATA", Fallback::Metadata),
            ("SPECIAL-USE", Fallback::SpecialUse),
            ("LIST-EXTENDED", Fallback::Lsub),
            ("CHILDREN", Fallback::Children),
        ] {
            ann.connection.server_mut().switch_off(word);
            let found = call!(ann.list(everything())).unwrap();
            assert!(found.fallbacks.contains(&fallback), "{word}: {:?}", found.fallbacks);
            // Unasked, Dovecot tells uses to a plain LIST alone.
            let is_use_told = peer.is_cyrus() || word != "SPECIAL-USE";
            assert_eq!(rows(&found.listing), expected(is_use_told), "{word}");
        }
    });
}

/// Names that are subscribed, with LIST and with LSUB.
#[test]
fn subscribed_names() {
    Peer::each(|peer| {
        let mut ann = peer.connect("ann");
        for name in ["Projects", "Projects/Mailwire", "Gone"] {
            call!(ann.create(name)).unwrap();
        }
        call!(ann.subscribe("Projects/Mailwire")).unwrap();
        call!(ann.subscribe("Gone")).unwrap();
        call!(ann.delete("Gone")).unwrap();
        let (gone, below) = ("Gone, subscribed, no mailbox", "Projects/Mailwire, subscribed");
        // Cyrus does not say to LIST that what is above is a mailbox, and leaves out of LSUB what is none.
        let above = "Projects, subscribed below";
        let told_above = peer.pick(above, "Projects, no mailbox, subscribed below");
        for (off, subscribed, parents, fallbacks) in [
            ("", vec![gone, below], vec![gone, told_above], vec![]),
            ("LIST-EXTENDED", vec![gone, below], vec![gone, above], vec![Fallback::Lsub]),
        ] {
            ann.connection.server_mut().switch_off(off);
            let known = |rows: Vec<&str>| {
                let is_told = |row: &&str| !(peer.is_cyrus() && !off.is_empty() && *row == gone);
                rows.into_iter().filter(is_told).map(String::from).collect::<Vec<_>>()
            };
            let list = List::new("*").only_subscribed();
            assert_eq!(subscribed_rows(&mut ann, list), (known(subscribed), fallbacks.clone()));
            let list = List::new("%").only_subscribed().with_parents();
            assert_eq!(subscribed_rows(&mut ann, list), (known(parents), fallbacks.clone()));
            let list = List::new("Projects").or("Projects/M%").with_subscribed();
            let (rows, others) = subscribed_rows(&mut ann, list);
            assert_eq!(rows, ["Projects", below]);
            let one_by_one = (!fallbacks.is_empty()).then_some(Fallback::Patterns);
            assert_eq!(others, fallbacks.into_iter().chain(one_by_one).collect::<Vec<_>>());
        }
    });
}

/// What is told of mailboxes about subscriptions, and how it was found.
fn subscribed_rows(session: &mut Session, list: List) -> (Vec<String>, Vec<Fallback>) {
    let found = call!(session.list(list)).unwrap();
    let row = |row: &Listed| {
        let mut words = vec![row.mailbox.name().into_owned()];
        for (is, word) in [
            (row.is_subscribed(), "subscribed"),
            (!row.is_selectable(), "no mailbox"),
            (row.has_child(&ListSelect::Subscribed), "subscribed below"),
        ] {
            words.extend(is.then(|| word.into()));
        }
        words.join(", ")
    };
    let mut rows: Vec<_> = found.listing.iter().map(row).collect();
    rows.retain(|row| !row.starts_with("INBOX") && !row.starts_with("Sent"));
    rows.sort();
    (rows, found.fallbacks)
}

/// What mailboxes are for, by each way to know it.
#[test]
fn special_folders() {
    Peer::each(|peer| {
        let mut ann = peer.connect("ann");
        if peer.is_cyrus() {
            call!(ann.create(Create::new("Sent").for_use(Attribute::Sent))).unwrap();
            call!(ann.create("Trash")).unwrap();
            call!(ann.set_special_use("Trash", [SpecialUse::Trash])).unwrap();
        }
        call!(ann.create("Entwürfe")).unwrap();
        let mut found = |off: &str| {
            ann.connection.server_mut().switch_off(off);
            let folders = call!(ann.special_folders()).unwrap().folders.into_iter();
            let row = |folder: SpecialFolder| {
                (folder.mailbox.mailbox.name().into_owned(), (folder.special_use, folder.by))
            };
            folders.map(row).collect::<BTreeMap<_, _>>()
        };
        let expected = |by| {
            let drafts = (SpecialUse::Drafts, UseFoundBy::Name);
            [("Entwürfe", drafts), ("Sent", (SpecialUse::Sent, by)), ("Trash", (SpecialUse::Trash, by))]
                .map(|(name, found)| (name.to_owned(), found))
                .into()
        };
        assert_eq!(found(""), expected(UseFoundBy::Attribute));
        assert_eq!(found("SPECIAL-USE"), expected(peer.pick(UseFoundBy::Attribute, UseFoundBy::Xlist)));
        assert_eq!(found("XLIST"), expected(UseFoundBy::Attribute), "LIST tells them unasked");
    });
}

/// What is told of each mailbox, in a few words.
fn rows(listing: &Listing) -> BTreeMap<String, String> {
    let row = |row: &Listed| {
        let mut words = vec![match row.has_children() {
            Some(true) => "parent".into(),
            Some(false) => "leaf".into(),
            None => "?".to_owned(),
        }];
        words.extend(row.is_subscribed().then(|| "subscribed".into()));
        words.extend(
            row.attributes
                .iter()
                .filter_map(|attribute| SpecialUse::of(&attribute))
                .map(|one| format!("{one:?}")),
        );
        if let Some(status) = &row.status {
            words.extend([status.messages, status.unseen].map(|count| count.unwrap().to_string()));
            words.push(status.size.unwrap().to_string());
        }
        words.extend(
            row.metadata
                .iter()
                .filter_map(|one| one.value.as_ref())
                .map(|value| value.to_str_lossy().into_owned()),
        );
        assert_eq!(row.rights.is_some(), row.is_selectable());
        (row.mailbox.name().into_owned(), words.join(" "))
    };
    listing.iter().map(row).collect()
}
