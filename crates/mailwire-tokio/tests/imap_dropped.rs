//! Futures are dropped at every await, and the session is in step.

mod imap_support;

use std::{future::poll_fn, pin::pin, task::Poll};

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use imap_support::plaintext;
use mailwire_tokio::imap::{
    Client, Session as _,
    codec::{Uid, UidSet, mailbox_status::Attribute, section::Section},
    command::{Append, List, Noop, Select, Status, fetch::Flags},
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

/// A server that answers each command, slowly.
struct Server {
    stream: DuplexStream,
    input: Vec<u8>,
    compression: Option<(Compress, Decompress)>,
    /// The octets that were read last.
    last: [u8; 4],
}

impl Server {
    async fn run(stream: DuplexStream, greeting: &'static str) {
        let mut server = Self { stream, input: Vec::new(), compression: None, last: [0; 4] };
        server.says(greeting).await;
        while let Some(line) = server.line().await {
            let (tag, command) = line.split_once(' ').unwrap();
            let words: Vec<&str> = command.split(' ').collect();
            let answer = match *words {
                ["AUTHENTICATE", ..] => {
                    server.says("+ \r\n").await;
                    assert_eq!(server.line().await.unwrap(), "AGFubgBzZWNyZXQ=");
                    ""
                }
                ["CAPABILITY"] => "* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE LITERAL- COMPRESS=DEFLATE\r\n",
                ["STATUS", ..] => "* STATUS Sent (MESSAGES 4)\r\n",
                ["LIST", ..] => "* LIST () \"/\" INBOX\r\n* LIST () \"/\" Sent\r\n",
                ["ID", ..] => "* ID NIL\r\n",
                ["NAMESPACE"] => "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n",
                ["SELECT", ..] => "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n",
                ["UID", "FETCH", "5", ..] => "* 1 FETCH (UID 5 BODY[] {12}\r\na1 OK hello\n)\r\n",
                ["UID", "FETCH", ..] => "* 1 FETCH (UID 4 FLAGS ())\r\n* 2 FETCH (UID 7 FLAGS ())\r\n",
                ["APPEND", mailbox, literal] => {
                    if !literal.ends_with("+}") {
                        server.says("+ go on\r\n").await;
                    }
                    server.takes(literal.trim_matches(['{', '}', '+']).parse().unwrap()).await;
                    assert_eq!(server.line().await.unwrap(), "");
                    assert_eq!(mailbox, "Sent");
                    ""
                }
                ["IDLE"] => {
                    server.says("+ idling\r\n* 4 EXISTS\r\n").await;
                    assert_eq!(server.line().await.unwrap(), "DONE");
                    ""
                }
                _ => "",
            };
            let ends = command == "UNAUTHENTICATE" && server.compression.is_some();
            while ends && server.last != [0, 0, 255, 255] {
                server.read().await.unwrap();
            }
            server.says(&format!("{answer}{tag} OK done\r\n")).await;
            if ends {
                server.compression = None;
            }
            if command == "COMPRESS DEFLATE" {
                server.compression =
                    Some((Compress::new(Compression::fast(), false), Decompress::new(false)));
            }
        }
    }

    /// One octet at a time, so that there are many points at which a future can be dropped.
    async fn says(&mut self, text: &str) {
        let mut octets = text.as_bytes().to_vec();
        if let Some((compress, _)) = &mut self.compression {
            octets = Vec::with_capacity(text.len() + 100);
            compress.compress_vec(text.as_bytes(), &mut octets, FlushCompress::Sync).unwrap();
        }
        for octet in octets {
            if self.stream.write_all(&[octet]).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.input.windows(2).position(|octets| octets == b"\r\n") {
                let line = self.input.drain(..end + 2).take(end).collect();
                return Some(String::from_utf8(line).unwrap());
            }
            self.read().await?;
        }
    }

    async fn takes(&mut self, length: usize) {
        while self.input.len() < length {
            self.read().await.unwrap();
        }
        assert!(self.input.drain(..length).all(|octet| octet == b'x'));
    }

    async fn read(&mut self) -> Option<()> {
        let mut octets = [0; 100];
        let read = self.stream.read(&mut octets).await.unwrap();
        let last = [&self.last, &octets[..read]].concat();
        self.last.copy_from_slice(&last[last.len() - 4..]);
        match &mut self.compression {
            Some((_, decompress)) => {
                let mut inflated = Vec::with_capacity(10_000);
                decompress.decompress_vec(&octets[..read], &mut inflated, FlushDecompress::Sync).unwrap();
                self.input.extend(inflated);
            }
            None => self.input.extend(&octets[..read]),
        }
        (read > 0).then_some(())
    }
}

async fn client(greeting: &'static str) -> Client {
    let (ours, theirs) = duplex(16);
    tokio::spawn(Server::run(theirs, greeting));
    let mut config = plaintext();
    (config.id, config.namespace, config.compress) = (Some(Vec::new()), true, true);
    Client::from_stream(ours, "localhost", config).await.unwrap()
}

/// Polls a future `polls` times, and drops it then; `true` if it was ready before.
async fn poll_times<F: Future>(future: F, polls: usize) -> bool {
    let mut future = pin!(future);
    for _ in 0..polls {
        if poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_ready())).await {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

async fn is_in_step(client: &mut Client) {
    let status = client.run(Status::new("Sent", [Attribute::Messages])).await.unwrap();
    assert_eq!(status.messages, Some(4));
    let body = client.fetch_body(Uid::new(5).unwrap(), Section::whole()).await.unwrap();
    assert_eq!(body.read_to_end(100).await.unwrap(), "a1 OK hello\n");
    let source = tokio::io::repeat(b'x');
    client.append_from(Append::streamed("Sent", 5), source).await.unwrap();
}

/// Does something for some polls, and then checks that the session is in step. It ends when it is done in fewer polls.
macro_rules! drop_at_every_await {
    ($client:ident => $($work:tt)*) => {
        drop_at_every_await!(PREAUTH, $client => $($work)*)
    };
    ($greeting:expr, $client:ident => $($work:tt)*) => {
        for polls in 0.. {
            let mut $client = client($greeting).await;
            let done = poll_times(async { $($work)* }, polls).await;
            is_in_step(&mut $client).await;
            $client.logout().await.unwrap();
            if done {
                assert!(polls > 1, "there was something to drop");
                break;
            }
        }
    };
}

#[tokio::test]
async fn commands() {
    drop_at_every_await!(client => drop(client.run(Noop).await));
    drop_at_every_await!(client => drop(client.run(List::new("*")).await));
    drop_at_every_await!(client => drop(client.run(Select::new("INBOX")).await));
    drop_at_every_await!(client => {
        let first = client.send(Status::new("Sent", [Attribute::Messages])).unwrap();
        let second = client.send(List::new("*")).unwrap();
        client.wait(second).await.unwrap();
        client.wait(first).await.unwrap();
    });
}

#[tokio::test]
async fn logins_and_set_up() {
    drop_at_every_await!(OK, client => drop(client.login("ann", "secret").await));
    drop_at_every_await!(client => client.set_up().await.unwrap());
    drop_at_every_await!(client => client.compress().await.unwrap());
}

#[tokio::test]
async fn from_one_user_to_the_next_on_a_compressed_line() {
    drop_at_every_await!(client => {
        client.compress().await.unwrap();
        client.unauthenticate().await.unwrap();
        client.run(Noop).await.unwrap();
    });
}

#[tokio::test]
async fn transfers() {
    drop_at_every_await!(client => {
        let mut rows = client.fetch(UidSet::all(), Flags).await.unwrap();
        while rows.try_next().await.unwrap().is_some() {}
    });
    drop_at_every_await!(client => {
        let mut body = client.fetch_body(Uid::new(5).unwrap(), Section::whole()).await.unwrap();
        while body.chunk().await.unwrap().is_some() {}
    });
    drop_at_every_await!(client => {
        let mut rows = client.fetch(UidSet::all(), Flags).await.unwrap();
        rows.try_next().await.unwrap().unwrap();
        rows.run(Noop).await.unwrap();
        rows.try_next().await.unwrap().unwrap();
    });
}

#[tokio::test]
async fn uploads() {
    for greeting in [PREAUTH, BARE] {
        drop_at_every_await!(greeting, client => {
            let source = tokio::io::repeat(b'x');
            client.append_from(Append::streamed("Sent", 100), source).await.unwrap();
        });
    }
}

#[tokio::test]
async fn idling() {
    drop_at_every_await!(client => {
        let mut idle = client.idle().unwrap();
        idle.next().await.unwrap();
        idle.client().run(Noop).await.unwrap();
        idle.next().await.unwrap();
    });
}

#[tokio::test]
async fn a_next_that_is_dropped_loses_no_row() {
    for polls in 0..60 {
        let mut client = client(PREAUTH).await;
        let mut rows = client.fetch(UidSet::all(), Flags).await.unwrap();
        let mut uids = Vec::new();
        {
            let mut next = pin!(rows.try_next());
            for _ in 0..polls {
                let row = poll_fn(|cx| Poll::Ready(next.as_mut().poll(cx))).await;
                if let Poll::Ready(row) = row {
                    uids.extend(row.unwrap());
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        uids.extend(rows.collect().await.unwrap());
        let uids: Vec<u32> = uids.iter().map(|row| row.uid.unwrap().get()).collect();
        assert_eq!(uids, [4, 7], "after {polls} polls");
    }
}

const PREAUTH: &str =
    "* PREAUTH [CAPABILITY IMAP4rev1 IDLE ID NAMESPACE LITERAL- COMPRESS=DEFLATE UNAUTHENTICATE] hi\r\n";
const BARE: &str = "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n";
const OK: &str = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n";
