//! What a client can do in a session, and what happens when its futures are dropped.

mod support;

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use bytes::BytesMut;
use futures_core::Stream as _;
use mailwire_pop3::{Command, MessageNumber, Reply, language::LanguageRange};
use mailwire_pop3_client::request::{ListOne, Stat, Uidl};
use mailwire_tokio::pop3::{
    Client, Error, Security,
    codec::{ClientCodec, Incoming, Request, ServerCodec},
};
use support::{Running, directory, plaintext, store_with};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream};
use tokio_util::codec::{Decoder as _, Encoder as _};

fn n(number: u32) -> MessageNumber {
    MessageNumber::new(number).unwrap()
}

#[tokio::test]
async fn every_method_once() {
    let large =
        [&b"Subject: large\r\n\r\n"[..], &b".a line of text that begins with a dot\r\n".repeat(500_000)]
            .concat();
    let store =
        store_with(&[b"Subject: a\r\n\r\none\r\ntwo\r\n", b"", b"no end", b"\xE9\xFF\r\n.\r\n", &large]);
    let server = Running::start(store.clone(), directory()).await;
    let mut client = Client::connect("localhost", server.config(Security::Tls)).await.unwrap();
    assert!(client.capabilities().unwrap().has("PIPELINING"));
    client.utf8().await.unwrap();
    assert_eq!(client.languages().await.unwrap().rows.len(), 1);
    assert_eq!(client.lang(LanguageRange::any()).await.unwrap().unwrap().as_str(), "en");
    assert!(matches!(client.lang(LanguageRange::new("xx").unwrap()).await, Err(Error::Refused { .. })));
    client.login("ann", "secret").await.unwrap();
    client.noop().await.unwrap();
    assert!(client.refresh_capabilities().await.unwrap().has("UIDL"));

    let stat = client.stat().await.unwrap();
    let sizes = client.list().await.unwrap().rows;
    assert_eq!((stat.messages, stat.octets), (5, sizes.iter().map(|row| row.octets).sum()));
    assert_eq!(client.list_one(n(2)).await.unwrap(), Some(sizes[1]));
    let ids = client.uidl().await.unwrap().rows;
    assert_eq!(client.uidl_one(n(5)).await.unwrap().as_ref(), ids.last());

    let mut message = client.retr(n(1)).await.unwrap();
    assert_eq!((message.number(), message.announced(), message.received()), (n(1), Some(sizes[0].octets), 0));
    while message.chunk().await.unwrap().is_some() {}
    assert_eq!(message.received(), sizes[0].octets);
    drop(message);
    let message = client.retr(n(2)).await.unwrap().read_to_end(10).await.unwrap();
    assert_eq!(message, "");
    assert_eq!(client.retr(n(3)).await.unwrap().read_to_end(8).await.unwrap(), "no end\r\n");
    assert!(client.retr(n(3)).await.unwrap().read_to_end(7).await.is_err(), "one octet too many");
    assert_eq!(
        client.top(n(1), 1).await.unwrap().read_to_end(100).await.unwrap(),
        "Subject: a\r\n\r\none\r\n"
    );
    let mut copied = Vec::new();
    assert_eq!(client.retr(n(5)).await.unwrap().copy_to(&mut copied).await.unwrap(), large.len() as u64);
    assert!(copied == large);
    let mut lines = BufReader::new(client.retr(n(4)).await.unwrap()).split(b'\n');
    assert_eq!(lines.next_segment().await.unwrap().unwrap(), b"\xE9\xFF\r");
    assert_eq!(lines.next_segment().await.unwrap().unwrap(), b".\r");
    assert_eq!(lines.next_segment().await.unwrap(), None);
    drop(lines);
    let mut stream = client.retr(n(1)).await.unwrap();
    let mut streamed = BytesMut::new();
    while let Some(octets) = std::future::poll_fn(|cx| pin!(&mut stream).poll_next(cx)).await {
        streamed.extend_from_slice(&octets.unwrap());
    }
    assert_eq!(&streamed[..], b"Subject: a\r\n\r\none\r\ntwo\r\n");
    drop(stream);

    assert!(matches!(client.retr(n(6)).await, Err(Error::Refused { .. })));
    client.dele(n(1)).await.unwrap();
    client.rset().await.unwrap();
    client.dele(n(2)).await.unwrap();
    assert!(client.octets().received > 2 * large.len() as u64 / 2 && client.octets().sent > 100);
    client.quit().await.unwrap();
    assert_eq!(store.messages("ann").len(), 4);
}

#[tokio::test]
async fn a_batch_and_commands_that_are_waited_for_in_any_order() {
    let messages: Vec<Vec<u8>> =
        (0..500).map(|number| format!("message {number}\r\n").repeat(number).into_bytes()).collect();
    let store = store_with(&messages.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let server = Running::start(store, directory()).await;
    let mut client = Client::connect("localhost", server.config(Security::Stls)).await.unwrap();
    client.login("ann", "secret").await.unwrap();
    let mut batch = client.retr_many((1..=502).map(n));
    for (index, expected) in messages.iter().enumerate() {
        let mut message = batch.next().await.unwrap().unwrap();
        assert_eq!(message.number().index(), index);
        if index % 7 == 3 {
            // Half of it is enough.
            message.chunk().await.unwrap();
            continue;
        }
        assert_eq!(message.read_to_end(1 << 20).await.unwrap(), expected, "{index}");
    }
    assert!(matches!(batch.next().await, Some(Err(Error::Refused { .. }))), "there is no message 501");
    drop(batch);

    let (stat, lost, ids) =
        (client.send(Stat).unwrap(), client.send(ListOne(n(1))).unwrap(), client.send(Uidl).unwrap());
    drop(lost);
    assert_eq!(client.wait(ids).await.unwrap().rows.len(), 500);
    assert_eq!(client.wait(stat).await.unwrap().messages, 500);
    assert_eq!(client.list_one(n(2)).await.unwrap().unwrap().octets, messages[1].len() as u64);
    client.quit().await.unwrap();
}

/// A server that answers each command with its own name, slowly, and messages with their numbers.
async fn echo(stream: DuplexStream) {
    let mut stream = BufReader::new(stream);
    let mut reply = "+OK\r\n".to_owned();
    loop {
        // One octet at a time, so that there are many points at which a future can be dropped.
        for octet in reply.as_bytes() {
            stream.write_all(&[*octet]).await.unwrap();
            tokio::task::yield_now().await;
        }
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or_default() == 0 {
            return;
        }
        let words: Vec<&str> = line.trim_end().split(' ').collect();
        reply = match *words {
            ["CAPA"] => "+OK\r\nPIPELINING\r\nTOP\r\nUIDL\r\nUSER\r\n.\r\n".into(),
            ["STAT"] => "+OK 3 30\r\n".into(),
            ["LIST"] => "+OK\r\n1 10\r\n2 20\r\n.\r\n".into(),
            ["LIST", number] => format!("+OK {number} {number}0\r\n"),
            ["RETR" | "TOP", number, ..] => format!("+OK\r\nmessage {number}\r\n..\r\nend {number}\r\n.\r\n"),
            _ => "+OK\r\n".into(),
        };
    }
}

/// Polls a future `polls` times, and drops it then; `true` if it was ready before.
async fn poll_times<F: Future>(future: F, polls: usize) -> bool {
    let mut future = pin!(future);
    for _ in 0..polls {
        let ready = std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_ready())).await;
        if ready {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

/// Does something for some polls, and then checks that the session is in step. It ends when it is done in fewer polls.
macro_rules! drop_at_every_await {
    ($client:ident => $($work:tt)*) => {
        for polls in 0.. {
            let (ours, theirs) = tokio::io::duplex(16);
            tokio::spawn(echo(theirs));
            let mut $client = Client::from_stream(ours, "localhost", plaintext()).await.unwrap();
            let done = poll_times(async { $($work)* }, polls).await;
            assert_eq!($client.list_one(n(7)).await.unwrap().unwrap().octets, 70, "after {polls} polls");
            let message = $client.retr(n(2)).await.unwrap().read_to_end(100).await.unwrap();
            assert_eq!(message, "message 2\r\n.\r\nend 2\r\n", "after {polls} polls");
            assert_eq!($client.stat().await.unwrap().octets, 30, "after {polls} polls");
            $client.quit().await.unwrap();
            if done {
                assert!(polls > 1, "there was something to drop");
                break;
            }
        }
    };
}

#[tokio::test]
async fn a_dropped_future_leaves_the_session_in_step() {
    drop_at_every_await!(client => drop(client.stat().await));
    drop_at_every_await!(client => drop(client.list().await));
    drop_at_every_await!(client => drop(client.login("ann", "secret").await));
    drop_at_every_await!(client => drop(client.retr(n(1)).await));
    drop_at_every_await!(client => drop(client.top(n(1), 0).await.unwrap().read_to_end(100).await));
    drop_at_every_await!(client => {
        let mut message = client.retr(n(1)).await.unwrap();
        while message.chunk().await.unwrap().is_some() {}
    });
    drop_at_every_await!(client => {
        let mut batch = client.retr_many([n(3), n(4), n(5)]);
        while let Some(message) = batch.next().await {
            let mut message = message.unwrap();
            let number = message.number();
            let mut octets = Vec::new();
            while let Some(chunk) = message.chunk().await.unwrap() {
                octets.extend_from_slice(&chunk);
            }
            assert_eq!(octets, format!("message {number}\r\n.\r\nend {number}\r\n").into_bytes());
        }
    });
    drop_at_every_await!(client => {
        let (first, second) = (client.send(Stat).unwrap(), client.send(ListOne(n(4))).unwrap());
        drop(client.wait(second).await);
        drop(client.wait(first).await);
    });
}

#[tokio::test]
async fn a_batch_goes_on_after_a_next_that_was_dropped() {
    for polls in 0..200 {
        let (ours, theirs) = tokio::io::duplex(16);
        tokio::spawn(echo(theirs));
        let mut client = Client::from_stream(ours, "localhost", plaintext()).await.unwrap();
        let mut batch = client.retr_many([n(3), n(4)]);
        let mut numbers = Vec::new();
        {
            let mut next = pin!(batch.next());
            let mut cx = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                if let Poll::Ready(message) = next.as_mut().poll(&mut cx) {
                    numbers.push(message.unwrap().unwrap().number().get());
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        while let Some(message) = batch.next().await {
            let message = message.unwrap();
            numbers.push(message.number().get());
            let number = message.number();
            let text = message.read_to_end(100).await.unwrap();
            assert_eq!(text, format!("message {number}\r\n.\r\nend {number}\r\n"));
        }
        assert_eq!(numbers, [3, 4], "after {polls} polls");
    }
}

#[tokio::test]
async fn the_end_of_the_stream_is_an_error_wherever_it_comes() {
    let script = b"+OK\r\n-ERR\r\n+OK 6 octets\r\nmessage\r\n.\r\n";
    for end in 0..script.len() {
        let (ours, mut theirs) = tokio::io::duplex(1000);
        theirs.write_all(&script[..end]).await.unwrap();
        // What the client sends is taken, and then there is no more.
        tokio::spawn(async move {
            let mut line = BufReader::new(&mut theirs).lines();
            for _ in 0..2 {
                if end >= script.len() {
                    drop(line.next_line().await);
                }
            }
        });
        let result = async {
            let mut client = Client::from_stream(ours, "localhost", plaintext()).await?;
            client.retr(n(1)).await?.read_to_end(100).await
        };
        let error = result.await.unwrap_err();
        assert!(error.is_fatal(), "{end}: {error}");
    }
}

#[tokio::test]
async fn a_server_that_closes_and_says_why_is_quoted() {
    let (ours, mut theirs) = tokio::io::duplex(1000);
    theirs.write_all(b"+OK\r\n").await.unwrap();
    let script = tokio::spawn(async move {
        let mut stream = BufReader::new(theirs);
        stream.read_line(&mut String::new()).await.unwrap();
        stream.write_all(b"-ERR\r\n-ERR [SYS/TEMP] autologout\r\n").await.unwrap();
    });
    let mut client = Client::from_stream(ours, "localhost", plaintext()).await.unwrap();
    script.await.unwrap();
    let error = client.stat().await.unwrap_err();
    assert!(error.to_string().contains("autologout"), "{error}");
    assert!(client.stat().await.unwrap_err().is_fatal(), "and it stays so");
}

#[tokio::test]
async fn what_a_server_does_not_have_is_told_as_such() {
    let (ours, theirs) = tokio::io::duplex(1000);
    tokio::spawn(async move {
        let mut stream = BufReader::new(theirs);
        stream.write_all(b"+OK\r\n").await.unwrap();
        let mut line = String::new();
        while stream.read_line(&mut line).await.unwrap_or_default() > 0 {
            stream.write_all(b"-ERR unknown\r\n").await.unwrap();
        }
    });
    let mut client = Client::from_stream(ours, "localhost", plaintext()).await.unwrap();
    assert!(client.capabilities().is_none());
    assert!(matches!(client.uidl().await, Err(Error::Unsupported { command, .. }) if command == "UIDL"));
    assert!(matches!(client.top(n(1), 0).await, Err(Error::Unsupported { command, .. }) if command == "TOP"));
    assert!(matches!(client.stat().await, Err(Error::Refused { command, .. }) if command == "STAT"));
}

#[tokio::test]
async fn apop_that_ends_in_a_close_gives_way_on_a_new_connection() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = tokio::spawn(async move {
        let mut logins = Vec::new();
        for _ in 0..2 {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            stream.write_all(b"+OK <a@b>\r\n").await.unwrap();
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await.unwrap_or_default() == 0 {
                    break;
                }
                let word = line.split_whitespace().next().unwrap_or_default().to_owned();
                stream
                    .write_all(if word == "APOP" || word == "CAPA" { b"-ERR\r\n" } else { b"+OK\r\n" })
                    .await
                    .unwrap();
                logins.push(word.clone());
                if word == "APOP" || word == "QUIT" {
                    break;
                }
            }
        }
        logins
    });
    let mut config = plaintext();
    config.port = Some(port);
    let credentials = mailwire_sasl::client::Credentials::password("ann", "secret");
    let client = Client::connect_and_login("localhost", config, credentials).await.unwrap();
    client.quit().await.unwrap();
    assert_eq!(script.await.unwrap(), ["CAPA", "APOP", "CAPA", "USER", "PASS", "QUIT"]);
}

#[test]
fn the_codec_alone_joins_two_sides() {
    let (mut client, mut server) = (ClientCodec::new(), ServerCodec::new());
    let (mut to_server, mut to_client) = (BytesMut::new(), BytesMut::new());
    server.encode(Reply::ok("ready"), &mut to_client).unwrap();
    client.encode(Command::Top { message: n(1), lines: 0 }, &mut to_server).unwrap();
    assert!(matches!(server.decode(&mut to_server), Ok(Some(Request::Command(Command::Top { .. })))));
    server.encode(Reply::ok(""), &mut to_client).unwrap();
    let mut stuffer = mailwire_pop3::dot::Stuffer::new();
    server.encode(stuffer.chunk(".dot\r\n".into()), &mut to_client).unwrap();
    server.encode(stuffer.finish(), &mut to_client).unwrap();
    assert!(matches!(client.decode(&mut to_client), Ok(Some(Incoming::Greeting(_)))));
    assert!(matches!(client.decode(&mut to_client), Ok(Some(Incoming::Reply(_)))));
    assert!(
        matches!(client.decode(&mut to_client), Ok(Some(Incoming::Data(octets))) if octets == ".dot\r\n")
    );
    assert!(matches!(client.decode(&mut to_client), Ok(Some(Incoming::End))));
}
