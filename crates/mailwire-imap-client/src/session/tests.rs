use super::*;
use crate::{
    codec::{acl::Change, filter::FilterName, list::Attribute, quota::ResourceName},
    command::{Create, Extension, Id, Notify, SetFilter, SetMetadata},
    session::script::Script,
};

const DONE: &[&str] = &["% OK done"];

#[test]
fn of_the_session() {
    let steps: &[(&str, &[&str])] = &[
        ("CAPABILITY", &["* CAPABILITY IMAP4rev1 ENABLE ID QRESYNC NOTIFY UNAUTHENTICATE", "% OK done"]),
        (r#"ID ("name" "Example")"#, &[r#"* ID ("name" "Server")"#, "% OK done"]),
        ("ENABLE QRESYNC", &["* ENABLED QRESYNC", "% OK done"]),
        ("NOTIFY NONE", DONE),
        ("NOOP", DONE),
        ("UNAUTHENTICATE", DONE),
        ("LOGOUT", &["* BYE see you", "% OK done"]),
    ];
    let mut script = Script::new("IMAP4rev1", steps);
    script.play(async |script| {
        assert!(script.capability().await.unwrap().has("NOTIFY"));
        let identity = script.id(Id::new([("name", "Example")])).await.unwrap();
        assert_eq!(identity.field("name"), Some(&"Server".into()));
        assert!(script.enable([Extension::QResync]).await.unwrap().is_told);
        assert!(script.notify(Notify::none()).await.unwrap().status.is_empty());
        script.noop().await.unwrap();
        script.unauthenticate().await.unwrap();
        script.logout().await.unwrap();
    });
}

#[test]
fn of_mailboxes() {
    let steps: &[(&str, &[&str])] = &[
        (r"CREATE a (USE (\Sent))", &["% OK [MAILBOXID (F1)] done"]),
        ("CREATE b", DONE),
        ("RENAME b c", DONE),
        ("SUBSCRIBE c", DONE),
        (r#"LIST (SUBSCRIBED) "" *"#, &[r#"* LIST (\Subscribed) "/" c"#, "% OK done"]),
        ("UNSUBSCRIBE c", DONE),
        ("STATUS c (MESSAGES)", &["* STATUS c (MESSAGES 3)", "% OK done"]),
        (r#"SETMETADATA c (/private/specialuse "\\Sent \\Archive")"#, DONE),
        ("SETMETADATA c (/private/specialuse NIL)", DONE),
        ("DELETE c", DONE),
        ("EXAMINE INBOX", &["* 3 EXISTS", "% OK [READ-ONLY] done"]),
        ("SELECT INBOX", &["* 4 EXISTS", "% OK [READ-WRITE] done"]),
        ("CLOSE", DONE),
    ];
    let mut script = Script::new("LIST-EXTENDED CREATE-SPECIAL-USE METADATA", steps);
    script.play(async |script| {
        let created = script.create(Create::new("a").for_use(Attribute::Sent)).await.unwrap();
        assert_eq!(created.mailbox_id, Some("F1".into()));
        script.create("b").await.unwrap();
        assert_eq!(script.rename("b", "c").await.unwrap().mailbox, None);
        script.subscribe("c").await.unwrap();
        assert_eq!(script.subscriptions().await.unwrap().listing.mailboxes.len(), 1);
        script.unsubscribe("c").await.unwrap();
        assert_eq!(script.status("c", [Figure::Messages]).await.unwrap().messages, Some(3));
        script.set_special_use("c", [SpecialUse::Sent, SpecialUse::Archive]).await.unwrap();
        script.set_special_use("c", []).await.unwrap();
        assert_eq!(script.delete("c").await.unwrap().renamed, None);
        let examined = script.examine("INBOX").await.unwrap();
        assert_eq!((examined.exists, examined.read_only), (3, true));
        let selected = script.select("INBOX").await.unwrap();
        assert_eq!((selected.exists, selected.read_only), (4, false));
        assert_eq!(script.close().await.unwrap().highest_mod_seq, None);
    });
    assert!(script.events.is_empty(), "{:?}", script.events);
}

#[test]
fn of_rights_quota_and_metadata() {
    let steps: &[(&str, &[&str])] = &[
        ("GETACL a", &["* ACL a fred lr", "% OK done"]),
        ("SETACL a fred +w", DONE),
        ("DELETEACL a fred", DONE),
        ("LISTRIGHTS a fred", &["* LISTRIGHTS a fred l r", "% OK done"]),
        ("MYRIGHTS a", &["* MYRIGHTS a lra", "% OK done"]),
        (r#"GETQUOTA """#, &[r#"* QUOTA "" (STORAGE 10 512)"#, "% OK done"]),
        ("GETQUOTAROOT a", &[r#"* QUOTAROOT a """#, r#"* QUOTA "" (STORAGE 10 512)"#, "% OK done"]),
        (r#"SETQUOTA "" (STORAGE 1024)"#, &[r#"* QUOTA "" (STORAGE 10 1024)"#, "% OK done"]),
        ("GETMETADATA a /shared/comment", &[r#"* METADATA a (/shared/comment "x")"#, "% OK done"]),
        ("SETMETADATA a (/shared/comment NIL)", DONE),
        (
            r#"GETMETADATA (DEPTH 1) "" (/private/filters/values /shared/filters/values /private/filters/descriptions /shared/filters/descriptions)"#,
            &[r#"* METADATA "" (/private/filters/values/new "UNSEEN")"#, "% OK done"],
        ),
        (r#"SETMETADATA "" (/private/filters/values/new "FLAGGED")"#, DONE),
    ];
    let mut script = Script::new("ACL QUOTA METADATA FILTERS", steps);
    script.play(async |script| {
        assert_eq!(script.acl("a").await.unwrap().len(), 1);
        script.set_acl("a", "fred", Change::Add(acl::Rights::WRITE)).await.unwrap();
        script.delete_acl("a", "fred").await.unwrap();
        assert_eq!(script.list_rights("a", "fred").await.unwrap().optional.len(), 1);
        assert!(script.my_rights("a").await.unwrap().contains(acl::Rights::ADMINISTER));
        assert_eq!(script.quota("").await.unwrap()[0].limit, 512);
        assert_eq!(script.quota_root("a").await.unwrap().storage().map(|one| one.usage), Some(10));
        let limits = script.set_quota("", [(ResourceName::Storage, 1024)]).await.unwrap();
        assert_eq!(limits[0].limit, 1024);
        let found = script.metadata("a", [Entry::SHARED_COMMENT]).await.unwrap();
        assert_eq!(found.value(&Entry::SHARED_COMMENT), Some(&"x".into()));
        script.set_metadata(SetMetadata::remove("a", Entry::SHARED_COMMENT)).await.unwrap();
        assert_eq!(script.filters().await.unwrap().filters[0].search(), Ok(Search::unseen()));
        let name = FilterName::new("new").unwrap();
        script.set_filter(SetFilter::new(name, &Search::flagged())).await.unwrap();
    });
}

/// The codes and responses that seem to be of something else.
#[test]
fn what_is_told_is_not_taken_for_more() {
    let steps: &[(&str, &[&str])] = &[
        ("ENABLE QRESYNC UTF8=ACCEPT", &["* ENABLED UTF8=ACCEPT", "% OK done"]),
        ("ENABLE CONDSTORE", DONE),
        ("SELECT INBOX", &["* OK [MAILBOXID (F1)] ok", "% OK [READ-WRITE] done"]),
        ("CREATE a", &["% OK [MAILBOXID (F2)] done"]),
    ];
    let mut script = Script::new("ENABLE QRESYNC UTF8=ACCEPT", steps);
    script.play(async |script| {
        let granted = script.enable([Extension::QResync, Extension::Utf8]).await.unwrap();
        assert!(granted.is_told && !granted.capabilities.has("QRESYNC"));
        let enabled = script.server().await.unwrap().enabled();
        assert_eq!((enabled.qresync, enabled.condstore, enabled.utf8), (false, false, true));
        assert!(!script.enable([Extension::Condstore]).await.unwrap().is_told);
        assert!(script.server().await.unwrap().enabled().condstore, "by a server that does not say so");
        script.select("INBOX").await.unwrap();
        assert_eq!(script.create("a").await.unwrap().mailbox_id, Some("F2".into()));
        let selected = script.selected().await.unwrap().unwrap();
        assert_eq!(selected.mailbox_id, Some("F1".into()), "the other one is of the new mailbox");
    });
}
