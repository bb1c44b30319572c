//! What every store must do, as functions that panic with a reason if it does not.
//!
//! They need no runtime: await them in a test of whatever runtime the store needs.
#![allow(clippy::expect_used, clippy::panic, reason = "a test suite fails by panicking")]

use std::collections::HashSet;

use bytes::{Bytes, BytesMut};

use crate::{Error, Maildrop, MaildropEntry, MaildropStore};

/// Checks a store of maildrops.
///
/// `user` has an empty maildrop before and after, `nobody` has none, and `deliver` puts a message into that of `user`.
///
/// # Panics
///
/// If the store does not conform; the message says to which law.
pub async fn maildrop_store<S: MaildropStore>(store: &S, user: &str, nobody: &str, deliver: impl Fn(Bytes)) {
    assert!(
        matches!(store.open_maildrop(nobody).await.map(drop), Err(Error::NotFound)),
        "nobody has no maildrop"
    );
    let messages = messages();
    messages.iter().for_each(|message| deliver(message.clone()));

    let first = open(store, user).await;
    let entries = first.messages().to_vec();
    assert_eq!(entries.len(), messages.len(), "all delivered messages are there");
    check_unique_ids(&entries);
    for (index, (entry, message)) in entries.iter().zip(&messages).enumerate() {
        check_message(&first, index, entry, message).await;
    }
    let beyond = first.read(messages.len(), 0, 10).await;
    assert_eq!(beyond.map(drop), Err(Error::NotFound), "there is no message after the last one");

    let second = store.open_maildrop(user).await.map(drop);
    assert_eq!(second, Err(Error::InUse), "a maildrop that is open is locked");
    deliver(Bytes::from_static(b"Subject: late\r\n\r\n"));
    assert_eq!(first.messages(), entries, "a delivery does not change an open maildrop");
    drop(first);

    let again = open(store, user).await;
    assert_eq!(again.messages().len(), entries.len() + 1, "dropping a maildrop deletes nothing");
    assert_eq!(again.messages().get(..entries.len()), Some(&*entries), "order and unique-ids stay the same");
    let late = again.messages().to_vec();
    again.commit(&[0, 2]).await.expect("deletions work");

    let left = open(store, user).await;
    let expected: Vec<_> = late
        .iter()
        .enumerate()
        .filter(|(index, _)| ![0, 2].contains(index))
        .map(|(_, entry)| entry.clone())
        .collect();
    assert_eq!(left.messages(), expected, "what was deleted is gone, and nothing else");
    let all: Vec<usize> = (0..expected.len()).collect();
    left.commit(&all).await.expect("deletions work");

    deliver(messages.first().cloned().unwrap_or_default());
    let anew = open(store, user).await;
    let fresh = anew.messages().first().map(|entry| entry.unique_id.clone());
    let used = late.iter().any(|entry| Some(&entry.unique_id) == fresh.as_ref());
    assert!(anew.messages().len() == 1 && !used, "a unique-id is never used again");
    anew.commit(&[0]).await.expect("deletions work");
    assert!(open(store, user).await.messages().is_empty(), "an empty maildrop is empty");
}

async fn open<S: MaildropStore>(store: &S, user: &str) -> S::Maildrop {
    store.open_maildrop(user).await.expect("the maildrop opens")
}

fn check_unique_ids(entries: &[MaildropEntry]) {
    let ids: HashSet<&str> = entries.iter().map(|entry| entry.unique_id.as_str()).collect();
    assert_eq!(ids.len(), entries.len(), "unique-ids are unique, those of equal messages too");
    for id in ids {
        let conforms = (1..=70).contains(&id.len()) && id.bytes().all(|octet| (0x21..=0x7E).contains(&octet));
        assert!(conforms, "unique-id {id:?} has 1 to 70 printable characters");
    }
}

async fn check_message<M: Maildrop>(maildrop: &M, index: usize, entry: &MaildropEntry, message: &Bytes) {
    for limit in [1, 7, 64 * 1024] {
        let mut read = BytesMut::new();
        loop {
            let chunk = maildrop.read(index, read.len() as u64, limit).await.expect("a message can be read");
            assert!(chunk.len() <= limit, "no more is read than asked for");
            if chunk.is_empty() {
                break;
            }
            read.extend_from_slice(&chunk);
        }
        assert_eq!(read, message, "a message is read as it was delivered, {limit} octets at a time");
        assert_eq!(entry.octets, read.len() as u64, "the size is that of what is read");
    }
}

fn messages() -> Vec<Bytes> {
    let mut large = BytesMut::from("Subject: large\r\n\r\n");
    (0..20_000).for_each(|line| large.extend_from_slice(format!("line {line}\r\n").as_bytes()));
    vec![
        Bytes::from_static(b"Subject: one\r\n\r\none\r\n"),
        Bytes::from_static(b".\r\n..\r\n\r\n.\r\n"),
        Bytes::from_static(b"Subject: same\r\n\r\nsame\r\n"),
        Bytes::from_static(b"Subject: same\r\n\r\nsame\r\n"),
        Bytes::from_static(b"Subject: \xC3\xA9\r\n\r\n\xE9\xFF\r\n"),
        large.freeze(),
    ]
}
