//! What users may do with each other's mailboxes, how much they may keep, and what they write beside: ACL, QUOTA, METADATA
//! and URLAUTH against Dovecot and Cyrus.
#![cfg(feature = "peers")]

mod imap_blocking;
mod imap_peers;

use imap_blocking::{Session, call};
use imap_peers::Peer;
use mailwire::imap::{
    Atom, Code, Flag, Mailbox, UidSet,
    acl::{Change, Rights},
    client::{
        CommandError, Execute as _, Session as _,
        command::{Append, GenUrlAuth, GetMetadata, ResetKey, SetMetadata, Store, UrlFetch},
    },
    fetch::Content,
    metadata::{Depth, Entry},
    quota::{Resource, ResourceName},
    urlauth::{Data, Fetched, Part, RequestPart},
};

fn rights(text: &str) -> Rights {
    text.parse().unwrap()
}

/// The code of a refusal.
#[track_caller]
fn refused<T>(answer: Result<T, CommandError>) -> Option<Code> {
    let error = answer.err().unwrap();
    assert!(error.status().is_some() && !error.is_bad(), "{error}");
    error.code().cloned()
}

/// Cyrus refuses without codes. Dovecot keeps what a session may do for a while: after each change, Bob comes anew.
#[test]
fn acl() {
    Peer::each(|peer| {
        let mut ann = peer.connect("ann");
        let bob = || peer.connect("bob");
        let theirs = peer.pick("Users/ann/Team", "Other Users/ann/Team");
        let message = |mailbox: &str| Append::new(mailbox, "Subject: x\r\n\r\n");
        let no_permission = peer.pick(Some(Code::NoPerm), None);
        call!(ann.create("Team")).unwrap();
        call!(ann.append(message("Team"))).unwrap();
        let all = rights("lrswipkxtea") | peer.pick(Rights::NONE, Rights::ANNOTATE);
        // Both tell the obsolete ones beside.
        assert_eq!(call!(ann.my_rights("Team")).unwrap().without_obsolete(rights("kx")), all);
        let grantable = call!(ann.list_rights("Team", "bob")).unwrap();
        let optional: Rights = grantable.optional.iter().copied().collect();
        assert!((grantable.required | optional).contains(all), "{grantable:?}");
        let ann_alone = [("ann".into(), call!(ann.my_rights("Team")).unwrap())];
        assert_eq!(acl_of(&mut ann), ann_alone);
        assert_eq!(refused(call!(bob().select(theirs))), None);
        let is_listed = |mut session: Session| {
            call!(session.list("*")).unwrap().listing.find(&Mailbox::new(theirs)).is_some()
        };
        assert!(!is_listed(bob()));

        call!(ann.set_acl("Team", "bob", Change::Replace(rights("lr")))).unwrap();
        assert!(is_listed(bob()));
        let mut other = bob();
        assert_eq!(call!(other.my_rights(theirs)).unwrap(), rights("lr"));
        let opened = call!(other.select(theirs)).unwrap();
        assert!(opened.exists == 1 && opened.read_only, "{opened:?}");
        let stored = call!(other.store(Store::add(UidSet::all(), [Flag::Flagged])));
        // Dovecot says OK, and does nothing.
        assert_eq!(stored.map(|stored| stored.rows.len()).unwrap_or_default(), 0);
        call!(other.unselect()).unwrap();
        for refusal in [
            call!(other.append(message(theirs))).map(drop),
            call!(other.acl(theirs)).map(drop),
            call!(other.set_acl(theirs, "bob", Change::Add(rights("a")))),
            call!(other.create(&*format!("{theirs}/Below"))).map(drop),
            call!(other.delete(theirs)).map(drop),
        ] {
            assert_eq!(refused(refusal), no_permission);
        }

        call!(ann.set_acl("Team", "bob", Change::Add(rights("iw")))).unwrap();
        let mut other = bob();
        assert_eq!(call!(other.my_rights(theirs)).unwrap(), rights("lriw"));
        call!(other.append(message(theirs))).unwrap();
        assert!(!call!(other.select(theirs)).unwrap().read_only);
        let stored = call!(other.store(Store::add(UidSet::all(), [Flag::Flagged]))).unwrap();
        assert_eq!(stored.rows.len(), 2);

        // What is taken away counts more than what is granted.
        call!(ann.set_acl("Team", "bob", Change::Remove(rights("w")))).unwrap();
        call!(ann.set_acl("Team", "-bob", Change::Replace(rights("r")))).unwrap();
        let [ann_has] = ann_alone.clone();
        let expected = [("-bob".into(), rights("r")), ann_has, ("bob".into(), rights("lri"))];
        assert_eq!(acl_of(&mut ann), expected);
        assert_eq!(call!(bob().my_rights(theirs)).unwrap(), rights("li"));
        assert_eq!(refused(call!(bob().select(theirs))), no_permission);
        call!(ann.delete_acl("Team", "-bob")).unwrap();
        assert_eq!(call!(bob().my_rights(theirs)).unwrap(), rights("lri"));
        call!(ann.delete_acl("Team", "bob")).unwrap();
        assert_eq!(acl_of(&mut ann), ann_alone);
        assert_eq!(refused(call!(bob().select(theirs))), None);
        assert_eq!(refused(call!(ann.acl("nowhere"))), peer.pick(Some(Code::NonExistent), None));
    });
}

fn acl_of(session: &mut Session) -> Vec<(String, Rights)> {
    let entries = call!(session.acl("Team")).unwrap();
    let mut told: Vec<_> =
        entries.iter().map(|entry| (entry.identifier.to_str_lossy().into_owned(), entry.rights)).collect();
    told.sort_by(|one, other| one.0.cmp(&other.0));
    told
}

/// Thirty kilobytes and five messages are the limit. Cyrus refuses without codes.
#[test]
fn quota() {
    let limited = "plugin {\n  quota_rule = *:storage=30k:messages=5\n  quota_max_mail_size = 8k\n}";
    for peer in [Peer::dovecot(limited), Peer::cyrus("")] {
        let mut ann = peer.connect("ann");
        let root = peer.pick("User quota", "INBOX");
        let limits = [(ResourceName::Storage, 30), (ResourceName::Message, 5)];
        assert_eq!(refused(call!(ann.set_quota(root, limits.clone()))), None, "Ann is no administrator");
        if peer.is_cyrus() {
            let mut admin = peer.connect("cyrus");
            let told = call!(admin.quota_root("user/ann")).unwrap();
            assert_eq!((told.roots, told.quotas[0].resources.len()), (vec!["user/ann".into()], 0));
            // It does not tell the limits as they are then.
            assert_eq!(call!(admin.set_quota("user/ann", limits)).unwrap(), []);
            assert_eq!(call!(admin.quota("user/ann")).unwrap(), resources(0, 0));
            assert_eq!(refused(call!(ann.quota(root))), None, "only the roots of a mailbox");
        } else {
            assert_eq!(call!(ann.quota(root)).unwrap(), resources(0, 0));
        }
        assert_eq!(refused(call!(ann.quota("other"))), None);
        let usage = |session: &mut Session| {
            let told = call!(session.quota_root("INBOX")).unwrap();
            assert_eq!(told.roots, [root]);
            assert_eq!(told.storage(), told.quotas[0].resources.first());
            told.quotas[0].resources.clone()
        };
        assert_eq!(usage(&mut ann), resources(0, 0));
        let message = |octets: usize| format!("Subject: long\r\n\r\n{}", "x".repeat(octets - 17));
        for _ in 0..3 {
            call!(ann.append(Append::new("INBOX", message(4096)))).unwrap();
        }
        assert_eq!(usage(&mut ann), resources(12, 3));

        call!(ann.select("INBOX")).unwrap();
        let long = Append::new("INBOX", message(7500)).and(message(7500)).and(message(7500));
        let short = Append::new("INBOX", message(20)).and(message(20)).and(message(20));
        let over_quota = peer.pick(Some(Code::OverQuota), None);
        for refusal in [
            call!(ann.append(long)).map(drop),
            call!(ann.append(short)).map(drop),
            call!(ann.copy(UidSet::all(), "INBOX")).map(drop),
        ] {
            assert_eq!(refused(refusal), over_quota);
        }
        let error = call!(ann.append(Append::new("INBOX", message(9000)).and(message(20_000)))).unwrap_err();
        assert_eq!(error.code(), peer.pick(Some(&Code::Limit), None));
        assert!(!error.is_temporary(), "the same command is refused the next time, too");
        assert_eq!(usage(&mut ann), resources(12, 3), "all or nothing");

        // What is moved counts once, what is removed not at all.
        call!(ann.create("Moved")).unwrap();
        call!(ann.mv(UidSet::all(), "Moved")).unwrap();
        assert_eq!(usage(&mut ann), resources(12, 3));
        call!(ann.select("Moved")).unwrap();
        call!(ann.remove(UidSet::all())).unwrap();
        assert_eq!(usage(&mut ann), resources(0, 0));
    }
}

fn resources(storage: u64, messages: u64) -> Vec<Resource> {
    [(ResourceName::Storage, storage, 30), (ResourceName::Message, messages, 5)]
        .map(|(name, usage, limit)| Resource { name, usage, limit })
        .to_vec()
}

#[test]
fn metadata() {
    Peer::each(|peer| {
        let mut ann = peer.connect("ann");
        let own = Entry::new("/private/vendor/mailwire/colour").unwrap();
        let note = "a \"note\"\r\nwith é";
        let set =
            SetMetadata::set("INBOX", Entry::PRIVATE_COMMENT, note).and(own.clone(), Some("blue".into()));
        call!(ann.set_metadata(set)).unwrap();
        let asked = [Entry::PRIVATE_COMMENT, own.clone(), Entry::SHARED_COMMENT];
        let found = call!(ann.metadata("INBOX", asked)).unwrap();
        assert_eq!(found.value(&Entry::PRIVATE_COMMENT), Some(&note.into()));
        assert_eq!(found.value(&own), Some(&"blue".into()));
        assert_eq!(found.value(&Entry::SHARED_COMMENT), None);
        let below = GetMetadata::new("INBOX", [Entry::new("/private").unwrap()]).with_depth(Depth::Infinity);
        let found = call!(ann.run(below)).unwrap();
        assert_eq!(found.value(&Entry::PRIVATE_COMMENT), Some(&note.into()));
        assert_eq!(found.value(&own), Some(&"blue".into()));
        let short = GetMetadata::new("INBOX", [Entry::PRIVATE_COMMENT, own.clone()]).up_to(10);
        let found = call!(ann.run(short)).unwrap();
        assert_eq!((found.value(&Entry::PRIVATE_COMMENT), found.value(&own)), (None, Some(&"blue".into())));
        assert_eq!(found.longest_left_out, Some(note.len() as u64));

        call!(ann.set_metadata(SetMetadata::remove("INBOX", own.clone()))).unwrap();
        assert_eq!(call!(ann.metadata("INBOX", [own.clone()])).unwrap().value(&own), None);
        // What is private is nobody else's; what is shared is the administrator's to say.
        let server = SetMetadata::set("", Entry::PRIVATE_COMMENT, "a server");
        call!(ann.set_metadata(server)).unwrap();
        let server = call!(ann.metadata("", [Entry::PRIVATE_COMMENT, Entry::ADMIN])).unwrap();
        assert_eq!(server.value(&Entry::PRIVATE_COMMENT), Some(&"a server".into()));
        assert_eq!(server.value(&Entry::ADMIN), None);
        let mut bob = peer.connect("bob");
        let theirs = call!(bob.metadata("", [Entry::PRIVATE_COMMENT])).unwrap();
        assert_eq!(theirs.value(&Entry::PRIVATE_COMMENT), None);
        let shared = SetMetadata::set("", Entry::SHARED_COMMENT, "for all");
        assert_eq!(refused(call!(ann.set_metadata(shared.clone()))), peer.pick(Some(Code::Cannot), None));
        if peer.is_cyrus() {
            let mut admin = peer.connect("cyrus");
            call!(admin.set_metadata(shared)).unwrap();
            let told = call!(ann.metadata("", [Entry::SHARED_COMMENT])).unwrap();
            assert_eq!(told.value(&Entry::SHARED_COMMENT), Some(&"for all".into()));
        }
        assert_eq!(refused(call!(ann.metadata("nowhere", [own.clone()]))), None);
        let wrong = SetMetadata::set("INBOX", Entry::new("/other/x").unwrap(), "x");
        assert!(call!(ann.set_metadata(wrong)).unwrap_err().is_bad());
    });
}

/// URLs by which others read a part of a message. At Dovecot it takes services of other users to read for others, so that
/// Ann reads her own.
#[test]
fn urlauth() {
    const TEXT: &str = "Subject: url\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\
                        Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n";
    Peer::each(|peer| {
        let mut ann = peer.connect("ann");
        let mut reader = peer.connect(peer.pick("ann", "bob"));
        call!(ann.append(Append::new("INBOX", TEXT))).unwrap();
        let sign = |url: &str| {
            GenUrlAuth::new(format!("imap://ann@localhost/{url}"), Atom::new("INTERNAL").unwrap())
        };
        let whole = call!(ann.run(sign("INBOX/;UID=1;URLAUTH=anonymous"))).unwrap().remove(0);
        let part = call!(ann.run(sign("INBOX/;UID=1/;SECTION=1;URLAUTH=anonymous"))).unwrap().remove(0);
        let fetched = call!(reader.run(UrlFetch::new([whole.clone(), part.clone()]))).unwrap();
        let told =
            |fetched: Vec<Fetched>| fetched.into_iter().map(|one| (one.url, one.data)).collect::<Vec<_>>();
        let plain = |text: &str| Data::Plain(Content::Octets(text.into()));
        assert_eq!(told(fetched), [(whole.clone(), plain(TEXT)), (part.clone(), plain("aGVsbG8=\r\n"))]);
        let binary = call!(reader.run(UrlFetch::parts(part.clone(), [RequestPart::Binary]))).unwrap();
        let hello = Data::Parts(vec![Part::Binary(Content::Octets("hello".into()))]);
        assert_eq!(told(binary), [(part, hello)]);

        let error = call!(ann.run(sign("nowhere/;UID=1;URLAUTH=anonymous"))).unwrap_err();
        assert!(error.is_bad(), "{error}");
        // From now on, they mean nothing.
        let mechanisms = call!(ann.run(ResetKey::of("INBOX"))).unwrap();
        assert_eq!(mechanisms.iter().map(|one| one.name.to_string()).collect::<Vec<_>>(), ["INTERNAL"]);
        let nothing = call!(reader.run(UrlFetch::new([whole.clone()]))).unwrap();
        assert_eq!(told(nothing), [(whole, Data::Plain(Content::Nil))]);
    });
}
