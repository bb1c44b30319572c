//! What a client can do in a session: commands one by one and ahead, events, IDLE, compression, the end.

mod imap_support;

use std::{pin::Pin, time::Duration};

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use futures_core::Stream as _;
use imap_support::{Peer, configured, logged_in, plaintext, selected};
use mailwire_tokio::imap::{
    self, Client, Error, Event, Session,
    codec::{Code, Flag, UidSet, command::Body, mailbox_status::Attribute},
    command::{Copy, List, Noop, Select, Status},
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[tokio::test]
async fn commands_are_sent_ahead_and_waited_for_in_any_order() {
    let (mut client, mut peer) = logged_in("").await;
    let list = client.send(List::new("*")).unwrap();
    let unwanted = client.send(List::new("no/*")).unwrap();
    let status = client.send(Status::new("Sent", [Attribute::Messages])).unwrap();
    drop(unwanted);
    let script = async {
        assert_eq!(peer.hears().await.unwrap(), "LIST \"\" *");
        let first = "* LIST () \"/\" INBOX\r\n% OK listed\r\n";
        // Another answer to the same question would be ambiguous, so this one comes first.
        peer.says(first).await;
        peer.expects("STATUS Sent (MESSAGES)", "* STATUS Sent (MESSAGES 4)\r\n").await;
        peer.expects("NOOP", "").await;
    };
    let session = async {
        assert_eq!(client.wait(status).await.unwrap().messages, Some(4));
        assert_eq!(client.wait(list).await.unwrap().mailboxes.len(), 1);
        client.run(Noop).await.unwrap();
    };
    tokio::join!(script, session);
}

#[tokio::test]
async fn what_is_refused_says_by_whom_and_why_and_the_session_goes_on() {
    let (mut client, mut peer) = selected("").await;
    let script = async {
        peer.expects("UID COPY 1:* Nowhere", "% NO [TRYCREATE] no such mailbox\r\n").await;
        peer.expects("SELECT Nowhere", "% BAD [CLIENTBUG] sorry\r\n").await;
        peer.expects("NOOP", "").await;
    };
    let session = async {
        let error = client.run(Copy::new(UidSet::all(), "Nowhere")).await.unwrap_err();
        assert_eq!((error.code(), error.command()), (Some(&Code::TryCreate), Some("COPY")));
        assert!(!error.is_fatal() && !error.is_authentication() && error.to_string().contains("no such"));
        assert!(<Client as imap::Execute>::command_error(&error).is_some_and(|error| !error.is_bad()));
        let error = client.run(Select::new("Nowhere")).await.unwrap_err();
        let Error::Command(refusal) = &error else { panic!("{error}") };
        assert!(refusal.is_bad());
        assert!(client.selected().is_none());
        assert!(matches!(client.next_event().await.unwrap(), Event::MailboxClosed));
        client.run(Noop).await.unwrap();
        let error = client.run(Body::Idle).await.unwrap_err();
        assert!(matches!(error, Error::Misuse(_)) && !error.is_fatal());
    };
    tokio::join!(script, session);
}

#[tokio::test]
async fn the_methods_of_sessions_work_on_a_client() {
    async fn names<S: Session>(session: &mut S) -> Result<usize, S::Error> {
        Ok(session.run(List::new("*")).await?.mailboxes.len())
    }
    let (mut client, mut peer) = selected("").await;
    let script = peer.expects("LIST \"\" *", "* LIST () \"/\" INBOX\r\n* LIST () \"/\" Sent\r\n");
    let session = async {
        assert_eq!(names(&mut client).await.unwrap(), 2);
        let view = imap::Execute::selected(&mut client).await.unwrap().unwrap();
        assert_eq!((view.exists, view.mailbox.name().as_ref()), (3, "INBOX"));
        assert!(imap::Execute::server(&mut client).await.unwrap().has("IMAP4rev1"));
    };
    tokio::join!(script, session);
}

/// Hears commands that are sent before the first of them is answered, and answers them, the last one first.
async fn hears_at_once(peer: &mut Peer, commands: &[&str], answers: &[&str]) {
    let mut tags = Vec::new();
    for command in commands {
        assert_eq!(peer.hears().await.as_deref(), Some(*command));
        tags.push(peer.tag().to_owned());
    }
    for (tag, answer) in tags.iter().zip(answers).rev() {
        peer.sends(answer.replace('%', tag).as_bytes()).await;
    }
}

#[tokio::test]
async fn commands_that_do_not_wait_for_each_other_have_answers_in_their_order() {
    let (mut client, mut peer) = selected("").await;
    let status = |name: &str| Status::new(name, [Attribute::Messages]);
    let commands = ["STATUS a (MESSAGES)", "STATUS b (MESSAGES)", "STATUS c (MESSAGES)"];
    let script = async {
        let answers = [
            "* STATUS a (MESSAGES 1)\r\n% OK ok\r\n",
            "% NO none\r\n",
            "* STATUS c (MESSAGES 3)\r\n% OK ok\r\n",
        ];
        hears_at_once(&mut peer, &commands, &answers).await;
        // The figures that LIST does not tell.
        let rows = ["a", "b", "c"].map(|name| format!("* LIST () \"/\" {name}\r\n")).concat();
        peer.expects("LIST \"\" *", &rows).await;
        hears_at_once(&mut peer, &commands, &answers).await;
        peer
    };
    let session = async {
        let answers = client.run_all(["a", "b", "c"].map(status)).await;
        let [Ok(one), Err(Error::Command(_)), Ok(three)] = &answers[..] else { panic!("{answers:?}") };
        assert_eq!((one.messages, three.messages), (Some(1), Some(3)));
        let list = List::new("*").with_status([Attribute::Messages]);
        let found = client.list(list).await.unwrap().listing;
        let figures = found.iter().map(|row| row.status.as_ref().and_then(|figures| figures.messages));
        assert_eq!(figures.collect::<Vec<_>>(), [Some(1), None, Some(3)]);
    };
    let (peer, ()) = tokio::join!(script, session);
    drop(peer);
    let answers = client.run_all([Noop, Noop]).await;
    assert!(answers.len() == 2 && answers.iter().all(|answer| answer.as_ref().is_err_and(Error::is_fatal)));
}

#[tokio::test]
async fn what_happens_is_told_in_order_and_what_is_lost_is_told_too() {
    let mut config = plaintext();
    config.events = 3000;
    let (mut client, mut peer) = configured("", config).await;
    let script = async {
        peer.expects("NOOP", "* NO [ALERT] disk full\r\n* LIST () \"/\" new\r\n").await;
        peer.expects("NOOP", &"* OK what a day\r\n".repeat(1000)).await;
    };
    let session = async {
        client.run(Noop).await.unwrap();
        assert!(matches!(client.next_event().await.unwrap(), Event::Alert { .. }));
        assert!(matches!(client.try_event().unwrap(), Some(Event::Data { .. })));
        assert!(client.try_event().unwrap().is_none());
        client.run(Noop).await.unwrap();
        let Err(Error::EventsLost { count }) = client.next_event().await else { panic!("none were lost") };
        let mut left = 0;
        while let Some(event) = client.try_event().unwrap() {
            assert!(matches!(event, Event::Status { .. }));
            left += 1;
        }
        assert!(count > 900 && left > 0 && count + left == 1000, "{count} {left}");
    };
    tokio::join!(script, session);
}

#[tokio::test(start_paused = true)]
async fn idling_goes_on_around_commands_and_ends_with_its_owner() {
    let (mut client, mut peer) = selected("IDLE").await;
    let script = async {
        peer.expects("IDLE", "+ idling\r\n* 4 EXISTS\r\n").await;
        assert_eq!(peer.line().await.unwrap(), "DONE");
        peer.says("% OK idled\r\n").await;
        peer.expects("NOOP", "").await;
        let start = tokio::time::Instant::now();
        peer.expects("IDLE", "+ idling\r\n").await;
        // Nothing happens for so long that IDLE is begun anew.
        assert_eq!(peer.line().await.unwrap(), "DONE");
        assert_eq!(start.elapsed().as_secs(), 28 * 60);
        peer.says("% OK idled\r\n").await;
        peer.expects("IDLE", "+ idling\r\n* 2 EXPUNGE\r\n").await;
        assert_eq!(peer.line().await.unwrap(), "DONE");
        peer.says("% OK idled\r\n").await;
        peer.expects("LOGOUT", "").await;
    };
    let session = async {
        let mut idle = client.idle().unwrap();
        assert!(matches!(idle.next().await.unwrap(), Event::Exists { count: 4, before: 3 }));
        idle.client().run(Noop).await.unwrap();
        let next = std::future::poll_fn(|cx| Pin::new(&mut idle).poll_next(cx)).await;
        assert!(matches!(next, Some(Ok(Event::Expunged { .. }))));
        assert_eq!(idle.client().selected().unwrap().exists, 3);
        drop(idle);
        client.logout().await.unwrap();
    };
    tokio::join!(script, session);
}

#[tokio::test(start_paused = true)]
async fn a_server_without_idle_is_asked_from_time_to_time() {
    let (mut client, mut peer) = selected("").await;
    let script = async {
        for _ in 0..3 {
            peer.expects("NOOP", "").await;
        }
        peer.expects("NOOP", "* 5 EXISTS\r\n").await;
    };
    let session = async {
        let start = tokio::time::Instant::now();
        let mut idle = client.idle().unwrap();
        assert!(matches!(idle.next().await.unwrap(), Event::Exists { count: 5, .. }));
        assert_eq!(start.elapsed(), Duration::from_secs(4 * 120));
    };
    tokio::join!(script, session);
}

fn deflated(compress: &mut Compress, text: &str) -> Vec<u8> {
    let mut octets = Vec::with_capacity(text.len() + 100);
    compress.compress_vec(text.as_bytes(), &mut octets, FlushCompress::Sync).unwrap();
    octets
}

#[tokio::test]
async fn what_was_read_with_the_answer_to_compress_is_compressed_already() {
    let (mut client, mut peer) = logged_in("COMPRESS=DEFLATE").await;
    let mut compress = Compress::new(Compression::default(), false);
    let script = async {
        assert_eq!(peer.hears().await.unwrap(), "COMPRESS DEFLATE");
        let mut said = b"% OK go\r\n".to_vec();
        let tag = peer.tag().to_owned();
        said.splice(0..1, tag.into_bytes());
        said.extend(deflated(&mut compress, "* OK [ALERT] squeezed\r\n"));
        peer.sends(&said).await;
        // What the client says is compressed, too.
        let heard = peer.stream_mut();
        let mut octets = vec![0; 1000];
        let read = tokio::io::AsyncReadExt::read(heard, &mut octets).await.unwrap();
        let mut command = vec![0; 1000];
        let mut inflate = flate2::Decompress::new(false);
        inflate.decompress(&octets[..read], &mut command, flate2::FlushDecompress::Sync).unwrap();
        let command = String::from_utf8(command).unwrap();
        let (tag, command) = command.trim_end_matches('\0').split_once(' ').unwrap();
        assert_eq!(command, "NOOP\r\n");
        let answer = deflated(&mut compress, &format!("{tag} OK done\r\n"));
        peer.stream_mut().write_all(&answer).await.unwrap();
    };
    let session = async {
        client.compress().await.unwrap();
        assert!(matches!(client.next_event().await.unwrap(), Event::Alert { .. }));
        client.run(Noop).await.unwrap();
        let octets = client.compressed_octets().unwrap();
        assert!(octets.sent > 0 && octets.received > 0);
        assert!(matches!(client.compress().await, Err(Error::Misuse(_))));
    };
    tokio::join!(script, session);
}

/// Hears a command that is compressed.
async fn hears_deflated(peer: &mut Peer, inflate: &mut Decompress) -> (String, String) {
    let (mut octets, mut command) = (Vec::new(), Vec::with_capacity(1000));
    while !octets.ends_with(b"\0\0\xFF\xFF") {
        octets.push(peer.stream_mut().read_u8().await.unwrap());
    }
    inflate.decompress_vec(&octets, &mut command, FlushDecompress::Sync).unwrap();
    let command = String::from_utf8(command).unwrap();
    let (tag, command) = command.split_once(' ').unwrap();
    (tag.to_owned(), command.to_owned())
}

#[tokio::test]
async fn unauthenticate_ends_the_compression_for_the_next_user() {
    let capabilities = "CAPABILITY IMAP4rev1 COMPRESS=DEFLATE UNAUTHENTICATE";
    let (mut client, mut peer) = logged_in("COMPRESS=DEFLATE UNAUTHENTICATE").await;
    let script = async {
        for round in 0..3 {
            let (mut compress, mut inflate) =
                (Compress::new(Compression::best(), false), Decompress::new(false));
            peer.expects("COMPRESS DEFLATE", "").await;
            let (tag, command) = hears_deflated(&mut peer, &mut inflate).await;
            assert_eq!(command, "UNAUTHENTICATE\r\n");
            peer.sends(&deflated(&mut compress, &format!("{tag} BAD not now\r\n"))).await;
            let (tag, command) = hears_deflated(&mut peer, &mut inflate).await;
            assert_eq!(command, "NOOP\r\n");
            peer.sends(&deflated(&mut compress, &format!("{tag} OK done\r\n"))).await;
            let (tag, command) = hears_deflated(&mut peer, &mut inflate).await;
            assert_eq!(command, "UNAUTHENTICATE\r\n");
            let mut said = deflated(&mut compress, &format!("{tag} OK [{capabilities}] bye\r\n"));
            if round > 0 {
                // What is not compressed any more comes with it, or in the middle of its last octets.
                said.extend_from_slice(b"* OK [ALERT] plain\r\n");
            }
            let (first, second) = said.split_at(if round == 2 { said.len() - 22 } else { 0 });
            peer.sends(first).await;
            peer.sends(second).await;
            peer.expects("LOGIN ann secret", &format!("% OK [{capabilities}] hi\r\n")).await;
        }
        peer.expects("NOOP", "").await;
    };
    let session = async {
        for round in 0..3 {
            client.compress().await.unwrap();
            let refused = client.unauthenticate().await.unwrap_err();
            assert!(!refused.is_fatal() && client.is_logged_in());
            client.run(Noop).await.unwrap();
            client.unauthenticate().await.unwrap();
            assert!(!client.is_logged_in() && client.compressed_octets().is_none());
            client.login("ann", "secret").await.unwrap();
            let mut alerts = 0;
            while let Some(event) = client.try_event().unwrap() {
                alerts += i32::from(matches!(event, Event::Alert { .. }));
            }
            assert_eq!(alerts, i32::from(round > 0));
        }
        client.run(Noop).await.unwrap();
    };
    tokio::join!(script, session);
}

#[tokio::test]
async fn octets_that_are_compressed_after_unauthenticate_end_the_session() {
    let (mut client, mut peer) = logged_in("COMPRESS=DEFLATE UNAUTHENTICATE").await;
    let script = async {
        let (mut compress, mut inflate) = (Compress::new(Compression::best(), false), Decompress::new(false));
        peer.expects("COMPRESS DEFLATE", "").await;
        let (tag, _) = hears_deflated(&mut peer, &mut inflate).await;
        let said = format!("{tag} OK bye\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n");
        peer.sends(&deflated(&mut compress, &said)).await;
        let heard = String::from_utf8(peer.rest().await).unwrap();
        assert!(heard.is_empty() || heard.ends_with(" CAPABILITY\r\n"), "{heard}");
    };
    let session = async {
        client.compress().await.unwrap();
        let error = match client.unauthenticate().await {
            Ok(()) => client.login("ann", "secret").await.unwrap_err(),
            Err(error) => error,
        };
        assert!(error.is_fatal(), "{error}");
        drop(client);
    };
    tokio::join!(script, session);
}

#[tokio::test]
async fn a_bomb_is_only_as_large_as_its_line_may_be() {
    let (mut client, mut peer) = logged_in("COMPRESS=DEFLATE").await;
    let script = async {
        peer.expects("COMPRESS DEFLATE", "").await;
        let mut compress = Compress::new(Compression::best(), false);
        let mut octets = Vec::with_capacity(200_000);
        compress.compress_vec(&vec![b'*'; 64 << 20], &mut octets, FlushCompress::Sync).unwrap();
        peer.stream_mut().write_all(&octets).await.unwrap_or_default();
    };
    let session = async {
        client.compress().await.unwrap();
        let error = client.next_event().await.unwrap_err();
        assert!(error.is_fatal() && error.to_string().contains("framed"), "{error}");
        assert!(client.octets().received < 3 << 20, "{:?}", client.octets());
        drop(client);
    };
    tokio::join!(script, session);
}

#[tokio::test]
async fn the_end_of_a_session_is_an_error_for_whoever_did_not_ask_for_it() {
    let (mut client, mut peer) = selected("").await;
    let session = async {
        let mut events = client.events();
        let mut told = Vec::new();
        while let Some(event) = std::future::poll_fn(|cx| Pin::new(&mut events).poll_next(cx)).await {
            told.push(event);
        }
        assert!(matches!(&told[..], [Ok(Event::Bye { .. }), Err(error)] if error.is_fatal()), "{told:?}");
        let error = client.run(Noop).await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::Unavailable));
        assert!(client.send(Noop).unwrap_err().is_fatal() && client.idle().is_err());
    };
    tokio::join!(peer.says("* BYE [UNAVAILABLE] going down\r\n"), session);

    let (mut client, mut peer) = selected("").await;
    let script = async {
        peer.hears().await.unwrap();
        drop(peer);
    };
    let (error, ()) = tokio::join!(client.run(Noop), script);
    assert!(error.unwrap_err().is_fatal());
}

#[tokio::test]
async fn after_logout_nothing_more_can_be_done() {
    let (mut client, mut peer) = selected("").await;
    let session = async {
        client.run(mailwire_tokio::imap::command::Logout).await.unwrap();
        assert!(matches!(client.run(Noop).await, Err(Error::Closed)));
        assert!(matches!(client.next_event().await, Ok(Event::Bye { .. })));
        assert!(matches!(client.next_event().await, Ok(Event::Closed)));
        assert!(matches!(client.next_event().await, Err(Error::Closed)));
    };
    tokio::join!(peer.expects("LOGOUT", "* BYE bye\r\n"), session);
}

#[tokio::test]
async fn the_view_is_right_whoever_reads_the_events() {
    let (mut client, mut peer) = selected("").await;
    let news = "* 2 EXPUNGE\r\n* 5 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* FLAGS (\\Seen Mine)\r\n";
    let (result, ()) = tokio::join!(client.run(Noop), peer.expects("NOOP", news));
    result.unwrap();
    let view = client.selected().unwrap();
    assert_eq!(view.exists, 5);
    assert!(view.flags.contains(&Flag::Keyword("Mine".parse().unwrap())));
}
