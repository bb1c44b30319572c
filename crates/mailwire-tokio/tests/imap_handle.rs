//! One session for several tasks.

mod imap_support;

use std::{cell::Cell, pin::Pin, time::Duration};

use futures_core::Stream as _;
use imap_support::{Peer, configured, plaintext, selected};
use mailwire_tokio::imap::{
    Client, Error, Event, Handle, Session,
    codec::{Uid, UidSet, mailbox_status::Attribute, section::Section},
    command::{Append, Figures, List, Noop, Select, Status, fetch::Flags},
};
use tokio::{
    io::AsyncWriteExt as _,
    time::{Instant, sleep, timeout},
};

fn status(mailbox: &str) -> Status {
    Status::new(mailbox, [Attribute::Messages])
}

async fn shared(capabilities: &str) -> (Handle, Peer) {
    let (client, peer) = selected(capabilities).await;
    (Handle::spawn(client), peer)
}

#[tokio::test]
async fn commands_of_several_tasks_are_on_their_way_at_once() {
    let (handle, mut peer) = shared("").await;
    let tasks: Vec<_> = ["A", "B", "C"]
        .map(|name| {
            let handle = handle.clone();
            tokio::spawn(async move { handle.run(status(name)).await.unwrap().messages.unwrap() })
        })
        .into_iter()
        .collect();
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push((peer.hears().await.unwrap(), peer.tag().to_owned()));
    }
    for (at, (command, tag)) in heard.iter().enumerate() {
        let name = command.split(' ').nth(1).unwrap();
        peer.sends(format!("* STATUS {name} (MESSAGES {at})\r\n{tag} OK done\r\n").as_bytes()).await;
    }
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers.sort_unstable();
    assert_eq!(answers, [0, 1, 2]);
}

#[tokio::test]
async fn commands_of_one_call_are_on_their_way_at_once_with_answers_in_their_order() {
    async fn many(
        session: &mut impl Session<Error = Error>,
        commands: Vec<Status>,
    ) -> Vec<Result<Figures, Error>> {
        session.run_all(commands).await
    }
    let (mut handle, mut peer) = shared("").await;
    let script = async {
        for _ in 0..2 {
            let mut tags = Vec::new();
            for name in ["A", "B", "C"] {
                assert_eq!(peer.hears().await.unwrap(), format!("STATUS {name} (MESSAGES)"));
                tags.push((name, peer.tag().to_owned()));
            }
            for (at, (name, tag)) in tags.into_iter().enumerate().rev() {
                peer.sends(format!("* STATUS {name} (MESSAGES {at})\r\n{tag} OK done\r\n").as_bytes()).await;
            }
        }
    };
    let session = async {
        let mut lock = handle.lock("INBOX", "test").await.unwrap();
        let commands = || ["A", "B", "C"].map(status).to_vec();
        let answers = [many(&mut handle, commands()).await, many(&mut lock, commands()).await];
        for answers in answers {
            let found: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().messages).collect();
            assert_eq!(found, [Some(0), Some(1), Some(2)]);
        }
    };
    tokio::join!(session, script);
}

#[tokio::test]
async fn a_command_whose_future_is_dropped_harms_nobody() {
    let (handle, mut peer) = shared("").await;
    let other = handle.clone();
    let dropped = tokio::spawn(async move { other.run(List::new("*")).await });
    assert_eq!(peer.hears().await.unwrap(), "LIST \"\" *");
    dropped.abort();
    assert!(dropped.await.unwrap_err().is_cancelled());
    peer.says("* LIST () \"/\" INBOX\r\n% OK done\r\n").await;
    let (answer, ()) = tokio::join!(handle.run(Noop), peer.expects("NOOP", ""));
    answer.unwrap();
}

#[tokio::test]
async fn the_methods_of_sessions_work_on_a_handle_and_a_lock() {
    async fn names(session: &mut impl Session<Error = Error>) -> usize {
        session.run(List::new("*")).await.unwrap().mailboxes.len()
    }
    let (mut handle, mut peer) = shared("").await;
    let script = async {
        peer.expects("LIST \"\" *", "* LIST () \"/\" INBOX\r\n").await;
        peer.expects("LIST \"\" *", "* LIST () \"/\" INBOX\r\n* LIST () \"/\" Sent\r\n").await;
    };
    let session = async {
        assert_eq!(names(&mut handle).await, 1);
        let mut lock = handle.lock("inbox", "test").await.unwrap();
        assert!(lock.opened().is_none(), "it was selected before");
        assert_eq!(names(&mut lock).await, 2);
        assert_eq!(lock.selected().await.unwrap().unwrap().exists, 3);
        assert!(handle.server().await.unwrap().has("IMAP4rev1"));
        assert!(handle.with(|client| client.octets().received).await.unwrap() > 100);
    };
    tokio::join!(session, script);
}

#[tokio::test(start_paused = true)]
async fn locks_are_given_in_the_order_in_which_they_were_asked_for() {
    let (handle, mut peer) = shared("").await;
    let order = Cell::new(String::new());
    let holder = |name: &'static str, mailbox: &'static str, after: u64| {
        let (handle, order) = (handle.clone(), &order);
        async move {
            sleep(Duration::from_millis(after)).await;
            let lock = handle.lock(mailbox, name).await.unwrap();
            order.set(order.take() + name);
            sleep(Duration::from_secs(10)).await;
            assert_eq!(lock.selected().await.unwrap().unwrap().mailbox.name(), mailbox);
            order.set(order.take() + name);
        }
    };
    let script = async {
        peer.expects("SELECT Sent", "* 1 EXISTS\r\n").await;
        peer.expects("SELECT INBOX", "* 3 EXISTS\r\n").await;
        peer.expects("EXAMINE INBOX", "* 3 EXISTS\r\n% OK [READ-ONLY] done\r\n").await;
        peer.expects("SELECT Nowhere", "% NO [NONEXISTENT] no\r\n").await;
        peer.expects("SELECT Sent", "* 1 EXISTS\r\n").await;
    };
    let late = async {
        sleep(Duration::from_secs(1)).await;
        let start = Instant::now();
        let limit = Some(Duration::from_secs(5));
        let error = handle.lock_with(Select::new("Sent"), "late", limit).await.unwrap_err();
        assert_eq!(start.elapsed(), Duration::from_secs(5));
        assert!(!error.is_fatal() && error.is_temporary());
        assert_eq!(error.to_string(), "INBOX has been locked for 6 s: a");
        // The others are done now.
        sleep(Duration::from_secs(60)).await;
        assert_eq!(order.take(), "aabbccdd");
        let lock = handle.lock_with(Select::examine("INBOX"), "reading", None).await.unwrap();
        assert!(lock.opened().unwrap().read_only);
        drop(lock);
        assert!(handle.lock("Nowhere", "").await.is_err());
        handle.lock("Sent", "").await.unwrap();
    };
    let holders = async {
        tokio::join!(
            holder("a", "INBOX", 0),
            holder("b", "INBOX", 1),
            holder("c", "Sent", 2),
            holder("d", "INBOX", 3)
        )
    };
    tokio::join!(script, holders, late);
}

#[tokio::test]
async fn news_come_to_everybody_while_nobody_calls() {
    let (handle, mut peer) = shared("IDLE").await;
    let (mut one, mut other) = (handle.events(), handle.events());
    handle.watch(true).await.unwrap();
    peer.expects("IDLE", "+ idling\r\n* 4 EXISTS\r\n").await;
    for events in [&mut one, &mut other] {
        assert!(matches!(events.next().await.unwrap(), Event::Exists { count: 4, .. }));
    }
    peer.says(&"* 1 FETCH (FLAGS ())\r\n".repeat(2000)).await;
    let script = async {
        assert_eq!(peer.line().await.unwrap(), "DONE");
        peer.says("% OK idled\r\n").await;
        peer.expects("NOOP", "").await;
    };
    let (answer, ()) = tokio::join!(handle.run(Noop), script);
    answer.unwrap();
    let Err(Error::EventsLost { count }) = one.next().await else { panic!("none were lost") };
    let mut left = 0;
    for _ in 0..2000 - count {
        assert!(matches!(one.next().await, Ok(Event::Fetch { .. })));
        left += 1;
    }
    assert!(left > 500 && count > 500);
}

#[tokio::test]
async fn news_are_a_stream_that_ends_with_the_session() {
    let (handle, mut peer) = shared("").await;
    let (mut events, mut closed) = (handle.events(), handle.events());
    let mut next = async || std::future::poll_fn(|cx| Pin::new(&mut events).poll_next(cx)).await;
    assert!(timeout(Duration::from_millis(1), next()).await.is_err(), "nothing happened");
    peer.says("* 4 EXISTS\r\n* 5 EXISTS\r\n").await;
    for expected in [4, 5] {
        assert!(matches!(next().await, Some(Ok(Event::Exists { count, .. })) if count == expected));
    }
    peer.says("* BYE enough\r\n").await;
    assert!(matches!(next().await, Some(Ok(Event::Bye { .. }))));
    let error = next().await.unwrap().unwrap_err();
    assert!(error.status().is_some() && next().await.is_none());
    // A session that was ended by this side ends without an error.
    let (handle, mut peer) = shared("").await;
    let events = handle.events();
    drop(std::mem::replace(&mut closed, events));
    let (ended, ()) = tokio::join!(handle.logout(), peer.expects("LOGOUT", "* BYE bye\r\n"));
    ended.unwrap();
    let mut told = Vec::new();
    while let Some(event) = std::future::poll_fn(|cx| Pin::new(&mut closed).poll_next(cx)).await {
        told.push(event.unwrap());
    }
    assert!(matches!(told[..], [Event::Bye { .. }, Event::Closed]), "{told:?}");
}

/// A server that answers one FETCH with rows for ever, other commands in between, and counts the rows.
async fn endless_rows(mut peer: Peer, sent: &Cell<u64>) {
    peer.hears().await.unwrap();
    for number in 1.. {
        let row = format!("* {number} FETCH (UID {number} FLAGS (\\Seen))\r\n");
        if peer.stream_mut().write_all(row.as_bytes()).await.is_err() {
            return;
        }
        sent.set(number);
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_holds_the_server_up_and_not_the_rows() {
    let (handle, peer) = shared("").await;
    let sent = Cell::new(0);
    let session = async {
        let mut rows = handle.fetch(UidSet::all(), Flags).unwrap();
        for count in 1..10_000_u64 {
            assert_eq!(u64::from(rows.try_next().await.unwrap().unwrap().uid.unwrap().get()), count);
            if count % 1000 == 0 {
                sleep(Duration::from_secs(10)).await;
                assert!(sent.get() - count < 10_000, "{} after {count}", sent.get());
            }
        }
        drop(rows);
        // The task ends with its last handle, and the connection with it.
        drop(handle);
    };
    tokio::join!(session, endless_rows(peer, &sent));
    assert!(sent.get() >= 10_000);
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_does_not_block_who_waits_for_something_else() {
    for read_ahead in [1 << 20, 20_000] {
        let mut config = plaintext();
        config.read_ahead = read_ahead;
        let (client, mut peer) = configured("", config).await;
        let handle = Handle::spawn(client);
        let script = async {
            peer.hears().await.unwrap();
            let fetch = peer.tag().to_owned();
            for uid in 1..=1000 {
                peer.says(&format!("* {uid} FETCH (UID {uid} FLAGS (\\Seen))\r\n")).await;
            }
            assert_eq!(peer.hears().await.unwrap(), "NOOP");
            for uid in 1001..=2000 {
                peer.says(&format!("* {uid} FETCH (UID {uid} FLAGS (\\Seen))\r\n")).await;
            }
            peer.sends(format!("{fetch} OK fetched\r\n").as_bytes()).await;
            peer.says("% OK done\r\n").await;
            peer.expects("NOOP", "").await;
        };
        let session = async {
            let mut rows = handle.fetch(UidSet::all(), Flags).unwrap();
            rows.try_next().await.unwrap().unwrap();
            // All that there is room for has come, and nobody takes it.
            sleep(Duration::from_secs(100)).await;
            rows.run(Noop).await.unwrap();
            let rest = rows.collect().await;
            if read_ahead == 20_000 {
                assert!(matches!(rest, Err(Error::Overrun)));
            } else {
                assert_eq!(rest.unwrap().len(), 1999);
            }
            handle.run(Noop).await.unwrap();
        };
        tokio::join!(session, script);
    }
}

#[tokio::test]
async fn bodies_and_uploads_of_several_tasks() {
    let (handle, mut peer) = shared("LITERAL+").await;
    let script = async {
        assert_eq!(peer.hears().await.unwrap(), "UID FETCH 5 (UID BODY.PEEK[])");
        let fetch = peer.tag().to_owned();
        assert_eq!(peer.hears().await.unwrap(), "APPEND Sent {100000+}");
        assert_eq!(peer.literal(100_000).await.0, vec![b'x'; 100_000]);
        let octets = "y".repeat(300_000);
        peer.says(&format!("* 1 FETCH (UID 5 BODY[] {{300000}}\r\n{octets})\r\n")).await;
        peer.sends(format!("{fetch} OK fetched\r\n").as_bytes()).await;
        peer.says("% OK [APPENDUID 1 9] done\r\n").await;
    };
    let (download, upload) = (handle.clone(), handle.clone());
    let download = async move {
        let body = download.fetch_body(Uid::new(5).unwrap(), Section::whole()).await.unwrap();
        assert_eq!(body.length(), Some(300_000));
        assert_eq!(body.read_to_end(300_000).await.unwrap(), "y".repeat(300_000));
    };
    let upload = async move {
        tokio::task::yield_now().await;
        let append = Append::streamed("Sent", 100_000);
        let appended = upload.append_from(append, tokio::io::repeat(b'x')).await.unwrap();
        assert_eq!(appended.uid().unwrap().get(), 9);
    };
    tokio::join!(script, download, upload);
}

#[tokio::test]
async fn the_end_of_the_session_is_told_to_everybody() {
    let (handle, mut peer) = shared("").await;
    let mut events = handle.events();
    let waits = handle.run(Noop);
    let rows = handle.fetch(UidSet::all(), Flags).unwrap();
    let script = async {
        peer.hears().await.unwrap();
        peer.says("* BYE [UNAVAILABLE] going down\r\n").await;
    };
    let (waited, rows, ()) = tokio::join!(waits, rows.collect(), script);
    for error in [waited.unwrap_err(), rows.unwrap_err()] {
        assert!(error.is_fatal() && error.code().is_some(), "{error}");
    }
    while let Ok(event) = events.next().await {
        assert!(matches!(event, Event::Bye { .. }));
    }
    assert!(events.next().await.unwrap_err().code().is_some());
    assert!(handle.events().next().await.unwrap_err().is_fatal());
    assert!(handle.error().unwrap().code().is_some());
    assert!(handle.run(Noop).await.unwrap_err().code().is_some());
    assert!(handle.lock("INBOX", "").await.unwrap_err().is_fatal());
    assert!(handle.fetch_body(Uid::new(5).unwrap(), Section::whole()).await.unwrap_err().is_fatal());
}

#[tokio::test]
async fn logout_ends_it_for_all() {
    let (handle, mut peer) = shared("").await;
    let (answer, ()) = tokio::join!(handle.logout(), peer.expects("LOGOUT", "* BYE bye\r\n"));
    answer.unwrap();
    assert_eq!(peer.hears().await, None);
    assert!(matches!(handle.run(Noop).await, Err(Error::Closed)));
}

#[tokio::test]
async fn a_driver_may_run_where_its_owner_likes() {
    let (client, mut peer): (Client, Peer) = selected("").await;
    let (handle, driver) = Handle::new(client);
    let session = async move {
        handle.run(Noop).await.unwrap();
    };
    tokio::join!(driver, session, peer.expects("NOOP", ""));
    assert_eq!(peer.hears().await, None, "the last handle is gone");
}
