use alloc::{collections::BTreeMap, format, vec};

use mailwire_imap::list;

use super::*;
use crate::{Session as _, session::script::Script};

/// What was found, by use and name.
fn found(script: &mut Script) -> Vec<(SpecialUse, String, UseFoundBy)> {
    let folders = script.play(async |script| script.special_folders().await).unwrap().folders;
    folders
        .into_iter()
        .map(|one| (one.special_use, one.mailbox.mailbox.name().into_owned(), one.by))
        .collect()
}

fn told(special_use: SpecialUse, name: &str) -> (SpecialUse, String, UseFoundBy) {
    (special_use, name.into(), UseFoundBy::Attribute)
}

fn guessed(special_use: SpecialUse, name: &str) -> (SpecialUse, String, UseFoundBy) {
    (special_use, name.into(), UseFoundBy::Name)
}

const INBOX: &str = r#"* LIST () "/" INBOX"#;

#[test]
fn by_attributes_and_what_is_left_by_names() {
    let steps: &[(&str, &[&str])] = &[(
        r#"LIST "" * RETURN (SPECIAL-USE)"#,
        &[
            INBOX,
            r#"* LIST (\Sent \HasNoChildren) "/" Post"#,
            r#"* LIST (\Drafts \Archive) "/" Both"#,
            r#"* LIST () "/" Sent"#,
            r#"* LIST () "/" Trash"#,
            "% OK done",
        ],
    )];
    let expected = [
        told(SpecialUse::Sent, "Post"),
        told(SpecialUse::Archive, "Both"),
        told(SpecialUse::Drafts, "Both"),
        guessed(SpecialUse::Trash, "Trash"),
    ];
    let mut script = Script::new("IMAP4rev1 SPECIAL-USE XLIST", steps);
    let mut all = found(&mut script);
    all.sort_by_key(|(special_use, ..)| *special_use);
    let mut expected = expected.to_vec();
    expected.sort_by_key(|(special_use, ..)| *special_use);
    assert_eq!(all, expected);
}

/// BAD to the option, or no mailboxes at all.
#[test]
fn special_use_that_does_not_work() {
    for answer in ["% BAD no such thing", "% OK done"] {
        let with: &[&str] = &[answer];
        let plain: &[&str] = &[INBOX, r#"* LIST (\Sent) "/" Post"#, r#"* LIST () "/" Junk"#, "% OK done"];
        let steps = [(r#"LIST "" * RETURN (SPECIAL-USE)"#, with), (r#"LIST "" *"#, plain)];
        let mut script = Script::new("IMAP4rev1 SPECIAL-USE", &steps);
        assert_eq!(found(&mut script), [told(SpecialUse::Sent, "Post"), guessed(SpecialUse::Junk, "Junk")]);
    }
}

#[test]
fn by_xlist() {
    let xlist: &[&str] = &[
        r#"* XLIST (\HasNoChildren \Inbox) "/" "Bo&AO4-te de r&AOk-ception""#,
        r#"* XLIST (\Noselect \HasChildren) "/" "[Gmail]""#,
        r#"* XLIST (\AllMail) "/" "[Gmail]/Tous""#,
        r#"* XLIST (\Spam) "/" "[Gmail]/Spam""#,
        r#"* XLIST (\Starred) "/" "[Gmail]/Suivis""#,
        r#"* XLIST () "/" "[Gmail]/Corbeille""#,
        "% OK done",
    ];
    let mut script = Script::new("IMAP4rev1 XLIST", &[(r#"XLIST "" *"#, xlist)]);
    let by_xlist = |special_use, name: &str| (special_use, name.into(), UseFoundBy::Xlist);
    let expected = [
        by_xlist(SpecialUse::All, "[Gmail]/Tous"),
        by_xlist(SpecialUse::Junk, "[Gmail]/Spam"),
        by_xlist(SpecialUse::Flagged, "[Gmail]/Suivis"),
        guessed(SpecialUse::Trash, "[Gmail]/Corbeille"),
    ];
    assert_eq!(found(&mut script), expected);

    let steps: &[(&str, &[&str])] = &[
        (r#"XLIST "" *"#, &["% BAD what?"]),
        (r#"LIST "" *"#, &[INBOX, r#"* LIST () "." INBOX.Sent"#, "% OK done"]),
    ];
    let mut script = Script::new("IMAP4rev1 XLIST", steps);
    assert_eq!(found(&mut script), [guessed(SpecialUse::Sent, "INBOX.Sent")]);
}

fn listing(names: &[&str]) -> Listing {
    let mut listing = Listing::default();
    for name in names {
        let (name, is_level) = name.strip_suffix('!').map_or((*name, false), |name| (name, true));
        let mut row = list::List::new(Mailbox::new(name), Some(b'/'));
        if is_level {
            row.attributes.insert(Attribute::NoSelect);
        }
        assert!(listing.add(row).is_none());
    }
    listing
}

#[test]
fn which_of_several_names() {
    let sent =
        |names: &[&str]| SpecialUse::Sent.by_name(&listing(names)).map(|row| row.mailbox.name().into_owned());
    for (names, expected) in [
        (&["Sent Items", "Sent", "Gesendet"][..], Some("Sent")),
        (&["Gesendete Objekte", "GESENDETE ELEMENTE"], Some("GESENDETE ELEMENTE")),
        (&["INBOX/Sent", "Gesendet"], Some("Gesendet")),
        (&["INBOX", "INBOX/Sent"], Some("INBOX/Sent")),
        (&["Mail!", "Mail/sent-mail"], Some("Mail/sent-mail")),
        (&["mail/sent"], Some("mail/sent")),
        (&["[Google Mail]", "[Google Mail]/Sent Mail"], Some("[Google Mail]/Sent Mail")),
        (&["Projects", "Projects/Sent"], None),
        (&["a/b/Sent"], None),
        (&["Sent!"], None),
        (&["Sentimental", "Consent"], None),
        // Accents in one character or two.
        (&["Envoye\u{301}s"], Some("Envoye\u{301}s")),
        (&["ÉLÉMENTS ENVOYÉS"], Some("ÉLÉMENTS ENVOYÉS")),
    ] {
        assert_eq!(sent(names).as_deref(), expected, "{names:?}");
    }
}

#[test]
fn each_language_has_a_name_for_each_use() {
    let mut meanings = BTreeMap::new();
    for language in LANGUAGES {
        for special_use in SpecialUse::NAMED {
            let names = special_use.names(language);
            assert!(!names.is_empty(), "{} {special_use:?}", language.tag);
            for name in names {
                let key = format!("{:?}", Key::new(name));
                let other = meanings.insert(key, *special_use).filter(|other| other != special_use);
                assert_eq!(other, None, "{name} has one meaning");
                let row = listing(&[name]);
                let found = special_use.by_name(&row).map(|row| row.mailbox.name());
                assert_eq!(found.as_deref(), Some(*name));
            }
        }
    }
    assert!(LANGUAGES.len() > 35, "{}", LANGUAGES.len());
    let tags: Vec<_> = LANGUAGES.iter().skip(1).map(|language| language.tag).collect();
    let mut sorted = tags.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(tags, sorted, "in order, each once");
}

#[test]
fn attributes_and_uses() {
    for special_use in SpecialUse::NAMED.iter().chain(&[SpecialUse::Important]) {
        assert_eq!(SpecialUse::of(&special_use.attribute()), Some(*special_use));
    }
    assert_eq!(SpecialUse::of(&Attribute::HasChildren), None);
    let folders = SpecialFolders { folders: vec![] };
    assert_eq!(folders.mailbox(SpecialUse::Sent), None);
}
