use alloc::{string::String, vec};

use super::*;
use crate::{CommandError, Session as _, session::script::Script};

/// Names with attributes, and whether there are figures.
fn rows(mailboxes: &Mailboxes) -> Vec<(String, Vec<Attribute>)> {
    let row = |row: &Listed| (row.mailbox.name().into_owned(), row.attributes.iter().collect());
    mailboxes.listing.iter().map(row).collect()
}

#[test]
fn one_command_where_the_server_can() {
    let steps: &[(&str, &[&str])] = &[(
        r#"LIST (SUBSCRIBED) "" (% a) RETURN (STATUS (UNSEEN))"#,
        &[r#"* LIST (\Subscribed) "/" a"#, "* STATUS a (UNSEEN 4)", "% OK done"],
    )];
    let mut script = Script::new("IMAP4rev2", steps);
    let list = List::new("%").or("a").only_subscribed().with_status([Figure::Unseen]);
    let found = script.play(async |script| script.list(list).await).unwrap();
    assert_eq!((found.listing.mailboxes.len(), &*found.fallbacks), (1, &[][..]));
}

#[test]
fn what_list_cannot_tell_is_asked_for_each_mailbox() {
    let steps: &[(&str, &[&str])] = &[
        (
            r#"LIST "" %"#,
            &[r#"* LIST () "/" a"#, r#"* LIST (\Noselect) "/" b"#, r#"* LIST () "/" c"#, "% OK done"],
        ),
        ("STATUS a (MESSAGES)", &["* STATUS a (MESSAGES 3)", "% OK done"]),
        ("STATUS c (MESSAGES)", &["% NO [NOPERM] not yours"]),
        ("MYRIGHTS a", &["* MYRIGHTS a lr", "% OK done"]),
        ("MYRIGHTS c", &["* MYRIGHTS c l", "% OK done"]),
        ("GETMETADATA a /shared/comment", &["* METADATA a (/shared/comment \"x\")", "% OK done"]),
        ("GETMETADATA c /shared/comment", &["% BAD what?"]),
    ];
    let mut script = Script::new("IMAP4rev1 ACL METADATA CHILDREN", steps);
    let list = List::new("%")
        .with_status([Figure::Messages])
        .with_rights()
        .with_children()
        .with_metadata([Entry::new("/shared/comment").unwrap()]);
    let found = script.play(async |script| script.list(list).await).unwrap();
    assert_eq!(found.fallbacks, [Fallback::Status, Fallback::Rights, Fallback::Metadata]);
    let [a, b, c] = &found.listing.mailboxes[..] else { panic!() };
    assert_eq!(
        (a.status.as_ref().unwrap().messages, a.metadata.len(), a.rights.is_some()),
        (Some(3), 1, true)
    );
    assert_eq!((b.status.is_none(), b.rights), (true, None));
    assert_eq!((c.status.is_none(), c.metadata.len(), c.rights.is_some()), (true, 0, true));
}

/// A server with CHILDREN alone tells it unasked to a plain LIST, and need not to one with options: Dovecot does not.
#[test]
fn an_option_may_hide_what_is_told_unasked() {
    let row: &[&str] = &[r#"* LIST () "/" a"#, "% OK done"];
    let all = || List::new("%").with_children();
    for (list, line, fallbacks) in [
        (all(), r#"LIST "" %"#, vec![]),
        (all().with_special_use(), r#"LIST "" % RETURN (SPECIAL-USE)"#, vec![Fallback::Children]),
        (all().only_special_use(), r#"LIST (SPECIAL-USE) "" %"#, vec![Fallback::Children]),
    ] {
        let mut script = Script::new("IMAP4rev1 CHILDREN SPECIAL-USE", &[(line, row)]);
        let found = script.play(async |script| script.list(list).await).unwrap();
        assert_eq!(found.fallbacks, fallbacks, "{line}");
    }
}

#[test]
fn what_nothing_can_tell_is_an_error() {
    let mut script = Script::new("IMAP4rev1", &[(r#"LIST "" %"#, &[r#"* LIST () "/" a"#, "% OK done"])]);
    let result = script.play(async |script| script.list(List::new("%").with_rights()).await);
    assert!(matches!(result, Err(CommandError::Unsupported(error)) if error.capability == "ACL"));
    let mut script = Script::new("IMAP4rev1", &[(r#"LIST "" %"#, &["% NO [CANNOT] no"])]);
    assert!(script.play(async |script| script.list("%").await).is_err());
}

#[test]
fn options_that_are_refused_are_left_out() {
    let with_options = r#"LIST (SPECIAL-USE) "" *"#;
    let plain: (&str, &[&str]) = (
        r#"LIST "" *"#,
        &[r#"* LIST () "/" INBOX"#, r#"* LIST (\HasNoChildren \Sent) "/" Sent"#, "% OK done"],
    );
    let bad: &[&str] = &["% BAD unexpected ("];
    let nothing: &[&str] = &["% OK done"];
    for answer in [bad, nothing] {
        let mut script = Script::new("IMAP4rev1 SPECIAL-USE", &[(with_options, answer), plain]);
        let found = script.play(async |script| script.list(List::new("*").only_special_use()).await).unwrap();
        assert_eq!(found.fallbacks, [Fallback::Plain, Fallback::SpecialUse]);
        assert_eq!(rows(&found), [("Sent".into(), vec![Attribute::HasNoChildren, Attribute::Sent])]);
    }
    let steps: &[(&str, &[&str])] = &[
        (r#"LIST "" % RETURN (STATUS (UNSEEN))"#, bad),
        (r#"LIST "" %"#, &[r#"* LIST () "/" a"#, "% OK done"]),
        ("STATUS a (UNSEEN)", &["* STATUS a (UNSEEN 1)", "% OK done"]),
    ];
    let mut script = Script::new("IMAP4rev1 LIST-STATUS", steps);
    let list = List::new("%").with_status([Figure::Unseen]);
    let found = script.play(async |script| script.list(list).await).unwrap();
    assert_eq!(found.fallbacks, [Fallback::Plain, Fallback::Status]);
    assert_eq!(found.listing.mailboxes[0].status.as_ref().unwrap().unseen, Some(1));
}

#[test]
fn one_command_for_each_pattern() {
    let steps: &[(&str, &[&str])] = &[
        (r#"LIST "" %"#, &[r#"* LIST () "/" a"#, r#"* LIST () "/" b"#, "% OK done"]),
        (r#"LIST "" a%"#, &[r#"* LIST () "/" a"#, r#"* LIST () "/" ab"#, "% OK done"]),
    ];
    let mut script = Script::new("IMAP4rev1", steps);
    let found = script.play(async |script| script.list(List::new("%").or("a%")).await).unwrap();
    assert_eq!((found.listing.mailboxes.len(), found.fallbacks), (3, vec![Fallback::Patterns]));
}

#[test]
fn subscriptions_by_lsub() {
    let steps: &[(&str, &[&str])] = &[
        (
            r#"LIST "" %"#,
            &[r#"* LIST () "/" a"#, r#"* LIST (\HasChildren) "/" b"#, r#"* LIST () "/" c"#, "% OK done"],
        ),
        (
            r#"LSUB "" %"#,
            &[r#"* LSUB () "/" a"#, r#"* LSUB (\Noselect) "/" b"#, r#"* LSUB () "/" gone"#, "% OK done"],
        ),
    ];
    let subscribed = || vec![Attribute::Subscribed];
    let parent = || vec![Attribute::HasChildren];

    let mut script = Script::new("IMAP4rev1", steps);
    let found = script.play(async |script| script.list(List::new("%").with_subscribed()).await).unwrap();
    assert_eq!(rows(&found), [("a".into(), subscribed()), ("b".into(), parent()), ("c".into(), vec![])]);
    assert_eq!(found.fallbacks, [Fallback::Lsub]);

    let gone = || ("gone".into(), vec![Attribute::NonExistent, Attribute::Subscribed]);
    let mut script = Script::new("IMAP4rev1", steps);
    let found = script.play(async |script| script.list(List::new("%").only_subscribed()).await).unwrap();
    assert_eq!(rows(&found), [("a".into(), subscribed()), gone()]);

    let mut script = Script::new("IMAP4rev1", steps);
    let list = List::new("%").only_subscribed().with_parents();
    let found = script.play(async |script| script.list(list).await).unwrap();
    assert_eq!(rows(&found), [("a".into(), subscribed()), ("b".into(), parent()), gone()]);
    assert!(found.listing.mailboxes[1].has_child(&ListSelect::Subscribed));
    assert!(!found.listing.mailboxes[0].has_child(&ListSelect::Subscribed));
}
