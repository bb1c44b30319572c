//! Rows, bodies and uploads: in constant memory, dropped at will, and never half done without a word.

mod imap_support;

use std::{
    io,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use futures_core::Stream as _;
use imap_support::{Peer, plaintext, selected};
use mailwire_imap_client::CommandError;
use mailwire_tokio::imap::{
    self, Client, Error,
    codec::{Code, Uid, UidSet, section::Section},
    command::{
        Append, Fetch, FetchBody, Noop,
        fetch::{Envelope, Flags},
    },
};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt, AsyncWriteExt as _, ReadBuf, duplex};

fn uid(number: u32) -> Uid {
    Uid::new(number).unwrap()
}

#[tokio::test]
async fn rows_come_one_by_one() {
    let (mut client, mut peer) = selected("").await;
    let script = async {
        let rows = "* 1 FETCH (UID 4 FLAGS (\\Seen))\r\n* 2 FETCH (UID 7 FLAGS ())\r\n";
        peer.expects("UID FETCH 1:* (UID FLAGS)", rows).await;
        peer.expects("UID FETCH 1:* (UID FLAGS)", rows).await;
        peer.expects("UID FETCH 1:* (UID FLAGS)", &format!("{rows}% NO [EXPUNGEISSUED] some are gone\r\n"))
            .await;
    };
    let session = async {
        let mut rows = client.fetch(UidSet::all(), Flags).await.unwrap();
        let mut uids = Vec::new();
        while let Some(row) = rows.try_next().await.unwrap() {
            uids.push(row.uid.unwrap().get());
        }
        assert_eq!(uids, [4, 7]);
        assert!(rows.try_next().await.unwrap().is_none() && rows.summary().is_some());
        drop(rows);
        let rows = client.fetch(UidSet::all(), Flags).await.unwrap().collect().await.unwrap();
        assert_eq!(rows.len(), 2);

        let mut rows = client.fetch(UidSet::all(), Flags).await.unwrap();
        let mut told = Vec::new();
        while let Some(row) = std::future::poll_fn(|cx| Pin::new(&mut rows).poll_next(cx)).await {
            told.push(row);
        }
        let [Ok(_), Ok(_), Err(error)] = &told[..] else { panic!("{told:?}") };
        assert_eq!(error.code(), Some(&Code::ExpungeIssued));
    };
    tokio::join!(script, session);
}

/// A server that sends rows for ever, and counts them.
async fn endless_rows(mut peer: Peer, sent: &std::cell::Cell<u64>) {
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
    let (mut client, peer) = selected("").await;
    let sent = std::cell::Cell::new(0);
    let session = async {
        let mut rows = client.fetch(UidSet::all(), Flags).await.unwrap();
        for count in 1..20_000_u64 {
            assert_eq!(u64::from(rows.try_next().await.unwrap().unwrap().uid.unwrap().get()), count);
            if count % 1000 == 0 {
                // The server has all the time of the world, and can send no more than fits into the line.
                tokio::time::sleep(std::time::Duration::from_secs(10)).await;
                assert!(sent.get() - count < 10_000, "{} after {count}", sent.get());
            }
        }
        drop(rows);
        drop(client);
    };
    tokio::join!(session, endless_rows(peer, &sent));
}

#[tokio::test]
async fn a_command_between_two_rows_works_and_what_is_kept_meanwhile_is_bounded() {
    let (mut client, mut peer) = selected("").await;
    let script = async {
        assert_eq!(peer.hears().await.unwrap(), "UID FETCH 1:* (UID FLAGS)");
        peer.says("* 1 FETCH (UID 4 FLAGS ())\r\n").await;
        let fetch = peer.tag().to_owned();
        assert_eq!(peer.hears().await.unwrap(), "NOOP");
        peer.says("* 2 FETCH (UID 7 FLAGS ())\r\n* 4 EXISTS\r\n").await;
        peer.sends(format!("{fetch} OK fetched\r\n").as_bytes()).await;
        peer.says("* 2 FETCH (UID 7 FLAGS (\\Seen))\r\n% OK done\r\n").await;
        peer
    };
    let session = async {
        let mut rows = client.fetch(UidSet::all(), Flags).await.unwrap();
        assert_eq!(rows.try_next().await.unwrap().unwrap().uid, Some(uid(4)));
        rows.run(Noop).await.unwrap();
        assert_eq!(imap::Execute::selected(&mut rows).await.unwrap().unwrap().exists, 4);
        assert_eq!(rows.try_next().await.unwrap().unwrap().uid, Some(uid(7)));
        assert!(rows.try_next().await.unwrap().is_none());
        drop(rows);
        client
    };
    let (client, peer) = tokio::join!(session, script);
    drop((client, peer));

    let mut config = plaintext();
    config.read_ahead = 10_000;
    let (mut client, mut peer) = imap_support::configured("", config).await;
    let script = async {
        peer.hears().await.unwrap();
        let fetch = peer.tag().to_owned();
        peer.says("* 1 FETCH (UID 1 FLAGS ())\r\n").await;
        assert_eq!(peer.hears().await.unwrap(), "NOOP");
        peer.says(&"* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n".repeat(10_000)).await;
        peer.sends(format!("{fetch} OK fetched\r\n").as_bytes()).await;
        peer.says("% OK done\r\n").await;
        peer.expects("NOOP", "").await;
    };
    let session = async {
        let mut rows = client.fetch(UidSet::all(), Flags).await.unwrap();
        rows.try_next().await.unwrap().unwrap();
        rows.run(Noop).await.unwrap();
        assert!(matches!(rows.try_next().await, Err(Error::Overrun)));
        assert!(rows.try_next().await.unwrap().is_none(), "nothing follows an error");
        drop(rows);
        client.run(Noop).await.unwrap();
    };
    tokio::join!(session, script);
}

#[tokio::test]
async fn rows_that_nobody_wants_any_more_are_read_and_dropped() {
    let (mut client, mut peer) = selected("").await;
    let script = async {
        peer.hears().await.unwrap();
        let fetch = peer.tag().to_owned();
        peer.says(&"* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n".repeat(1000)).await;
        assert_eq!(peer.hears().await.unwrap(), "NOOP");
        peer.says(&"* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n".repeat(1000)).await;
        peer.sends(format!("{fetch} OK fetched\r\n").as_bytes()).await;
        peer.says("% OK done\r\n").await;
    };
    let session = async {
        let mut rows = client.fetch(UidSet::all(), Flags).await.unwrap();
        rows.try_next().await.unwrap().unwrap();
        drop(rows);
        client.run(Noop).await.unwrap();
        let news = client.try_event().unwrap();
        assert!(news.is_none(), "what was asked for is no news: {news:?}");
    };
    tokio::join!(session, script);
}

/// A server with one message of this size, in a pipe of this width.
async fn with_message(size: usize, width: usize) -> (Client, tokio::task::JoinHandle<()>) {
    let (ours, theirs) = duplex(width);
    let mut peer = Peer::new(theirs);
    let script = tokio::spawn(async move {
        peer.says("* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n").await;
        while let Some(command) = peer.hears().await {
            if command == "UID FETCH 5 (UID BODY.PEEK[])" {
                peer.sends(format!("* 1 FETCH (UID 5 BODY[] {{{size}}}\r\n").as_bytes()).await;
                for at in (0..size).step_by(1000) {
                    let piece: Vec<u8> = (at..size.min(at + 1000)).map(octet).collect();
                    peer.sends(&piece).await;
                }
                peer.says(")\r\n").await;
            }
            peer.says("% OK done\r\n").await;
        }
    });
    (Client::from_stream(ours, "localhost", plaintext()).await.unwrap(), script)
}

/// An octet of the message: every value, and no period that a buffer has.
fn octet(at: usize) -> u8 {
    (at % 251) as u8
}

#[tokio::test]
async fn octets_of_a_message_as_a_stream_a_reader_and_a_copy() {
    for (size, width) in [(0, 64), (1, 64), (10_000, 64), (3_000_000, 10_000)] {
        let expected: Vec<u8> = (0..size).map(octet).collect();
        let (mut client, script) = with_message(size, width).await;
        let mut body = client.fetch_body(uid(5), Section::whole()).await.unwrap();
        assert_eq!(body.length(), Some(size as u64));
        let mut octets = Vec::new();
        while let Some(chunk) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_next(cx)).await {
            octets.extend_from_slice(&chunk.unwrap());
        }
        assert!(octets == expected);
        assert_eq!(body.received(), size as u64);
        drop(body);

        let mut body = client.fetch_body(uid(5), Section::whole()).await.unwrap();
        let mut octets = Vec::new();
        body.read_to_end(1 << 30).await.map(|read| octets.extend_from_slice(&read)).unwrap();
        assert!(octets == expected);

        let (mut octets, mut last) = (Vec::new(), (0, None));
        body = client.fetch_body(uid(5), Section::whole()).await.unwrap();
        let copied = body.copy_with_progress(&mut octets, |done, of| last = (done, of)).await.unwrap();
        assert!(octets == expected && copied == size as u64);
        assert_eq!(last.0, size as u64);

        let mut body = client.fetch_body(uid(5), Section::whole()).await.unwrap();
        let mut octets = Vec::new();
        AsyncReadExt::read_to_end(&mut body, &mut octets).await.unwrap();
        assert!(octets == expected);
        drop(body);
        if size > 1 {
            let error =
                client.fetch_body(uid(5), Section::whole()).await.unwrap().read_to_end(size - 1).await;
            assert!(error.is_err(), "one octet too many");
            let mut body = client.fetch_body(uid(5), Section::whole()).await.unwrap();
            assert_eq!(body.fill_buf().await.unwrap()[0], 0);
            drop(body);
        }
        client.run(Noop).await.unwrap();
        drop(client);
        script.await.unwrap();
    }
}

#[tokio::test]
async fn octets_that_are_not_all_there_are_an_error() {
    let (mut client, mut peer) = selected("").await;
    let literal = "x".repeat(40_000);
    let script = async {
        let fetch = "UID FETCH 5 (UID BODY.PEEK[])";
        peer.expects(fetch, "").await;
        peer.expects(fetch, "* 1 FETCH (UID 5 BODY[] NIL)\r\n").await;
        peer.expects(fetch, "% NO [SERVERBUG] disk\r\n").await;
        peer.expects(fetch, &format!("* 1 FETCH (UID 5 BODY[] {{40000}}\r\n{literal})\r\n% NO it broke\r\n"))
            .await;
        peer.hears().await.unwrap();
        peer.says(&format!("* 1 FETCH (UID 5 BODY[] {{40001}}\r\n{literal}")).await;
        drop(peer);
    };
    let session = async {
        for _ in 0..2 {
            let error = client.fetch_body(uid(5), Section::whole()).await.unwrap_err();
            assert!(matches!(error, Error::Missing) && !error.is_fatal(), "{error}");
        }
        let error = client.fetch_body(uid(5), Section::whole()).await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::ServerBug));
        let body = client.fetch_body(uid(5), Section::whole()).await.unwrap();
        let error = body.read_to_end(1 << 20).await.unwrap_err();
        assert!(error.to_string().contains("it broke"), "{error}");
        let body = client.fetch_body(uid(5), Section::whole()).await.unwrap();
        let mut octets = Vec::new();
        let error = body.copy_to(&mut octets).await.unwrap_err();
        assert!(error.is_fatal() && octets.len() == 40_000, "{error}");
        assert!(client.fetch_body_with(FetchBody::new(uid(5), Section::whole())).await.is_err());
    };
    tokio::join!(session, script);
}

/// Gives what it has piece by piece, waiting in between.
struct Slow {
    octets: Vec<u8>,
    piece: usize,
    waits: bool,
}

impl Slow {
    fn new(length: usize) -> Self {
        Self { octets: (0..length).map(octet).collect(), piece: 999, waits: false }
    }
}

impl AsyncRead for Slow {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.waits = !self.waits;
        if self.waits {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let length = self.piece.min(self.octets.len()).min(buffer.remaining());
        let piece: Vec<u8> = self.octets.drain(..length).collect();
        buffer.put_slice(&piece);
        Poll::Ready(Ok(()))
    }
}

async fn hears_append(peer: &mut Peer, command: &str, invites: bool, length: usize) {
    assert_eq!(peer.hears().await.unwrap(), command);
    if invites {
        peer.sends(b"+ go on\r\n").await;
    }
    let (octets, rest) = peer.literal(length).await;
    assert!(octets.iter().enumerate().all(|(at, value)| *value == octet(at)) && rest.is_empty());
}

#[tokio::test]
async fn a_message_is_read_from_its_source_while_it_is_sent() {
    for (capabilities, sign) in [("UIDPLUS", ""), ("UIDPLUS LITERAL+", "+")] {
        let (mut client, mut peer) = selected(capabilities).await;
        let script = async {
            for length in [0, 1, 300_000] {
                let command = format!("APPEND Sent {{{length}{sign}}}");
                hears_append(&mut peer, &command, sign.is_empty(), length).await;
                peer.says("% OK [APPENDUID 1 9] done\r\n").await;
            }
            peer.expects("NOOP", "").await;
        };
        let session = async {
            for length in [0, 1, 300_000] {
                // What a source has beyond its length is not sent.
                let source = Slow::new(length + 5000);
                let append = client.append_from(Append::streamed("Sent", length as u64), source);
                assert_eq!(append.await.unwrap().uid(), Some(uid(9)));
            }
            client.run(Noop).await.unwrap();
        };
        tokio::join!(session, script);
    }
}

#[tokio::test]
async fn an_upload_tells_how_far_it_is() {
    let (mut client, mut peer) = selected("LITERAL+").await;
    let told = || std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let (by_client, by_handle) = (told(), told());
    let tell = |told: &std::sync::Arc<std::sync::Mutex<Vec<(u64, u64)>>>| {
        let told = told.clone();
        move |sent, length| told.lock().unwrap().push((sent, length))
    };
    let script = async {
        for _ in 0..2 {
            hears_append(&mut peer, "APPEND Sent {300000+}", false, 300_000).await;
            peer.says("% OK done\r\n").await;
        }
    };
    let session = async {
        let append = || Append::streamed("Sent", 300_000);
        client.append_with_progress(append(), Slow::new(305_000), tell(&by_client)).await.unwrap();
        let handle = imap::Handle::spawn(client);
        handle.append_with_progress(append(), Slow::new(300_000), tell(&by_handle)).await.unwrap();
    };
    tokio::join!(session, script);
    for told in [by_client, by_handle] {
        let told = told.lock().unwrap();
        assert!(told.len() > 5 && told.is_sorted() && told.iter().all(|(_, length)| *length == 300_000));
        assert_eq!(told.last(), Some(&(300_000, 300_000)));
    }
}

#[tokio::test]
async fn a_message_that_is_longer_than_the_server_takes_is_refused_here() {
    let (mut client, mut peer) = selected("APPENDLIMIT=9").await;
    let script = async {
        peer.expects("NOOP", "").await;
        hears_append(&mut peer, "APPEND Sent {9}", true, 9).await;
        peer.says("% OK done\r\n").await;
        peer.expects("NOOP", "").await;
    };
    let is_refused = |error: &Error| {
        matches!(error, Error::Command(CommandError::TooLarge { octets: 10, limit: 9 })) && !error.is_fatal()
    };
    let session = async {
        assert!(client.run(Append::new("Sent", "0123456789")).await.is_err_and(|error| is_refused(&error)));
        let ten = || Append::streamed("Sent", 10);
        assert!(client.append_from(ten(), Slow::new(10)).await.is_err_and(|error| is_refused(&error)));
        client.run(Noop).await.unwrap();
        client.append_from(Append::streamed("Sent", 9), Slow::new(9)).await.unwrap();
        let handle = imap::Handle::spawn(client);
        assert!(handle.append_from(ten(), Slow::new(10)).await.is_err_and(|error| is_refused(&error)));
        handle.run(Noop).await.unwrap();
    };
    tokio::join!(session, script);
}

#[tokio::test]
async fn a_message_that_the_server_does_not_want_is_not_sent() {
    let (mut client, mut peer) = selected("").await;
    let script = async {
        peer.expects("APPEND Nowhere {300000}", "% NO [TRYCREATE] no\r\n").await;
        peer.expects("NOOP", "").await;
        hears_append(&mut peer, "APPEND Sent {10}", true, 10).await;
        peer.says("% OK done\r\n").await;
    };
    let session = async {
        let append = Append::streamed("Nowhere", 300_000);
        let error = client.append_from(append, Slow::new(300_000)).await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::TryCreate));
        client.run(Noop).await.unwrap();
        client.append_from(Append::streamed("Sent", 10), Slow::new(10)).await.unwrap();
    };
    tokio::join!(session, script);
}

#[tokio::test]
async fn several_messages_in_one_command_have_a_source_each() {
    let (mut client, mut peer) = selected("MULTIAPPEND LITERAL+").await;
    let script = async {
        assert_eq!(peer.hears().await.unwrap(), "APPEND Sent {3000+}");
        let (octets, rest) = peer.literal(3000).await;
        assert!(octets.iter().enumerate().all(|(at, value)| *value == octet(at)));
        assert_eq!(rest, " {4000+}");
        let (octets, rest) = peer.literal(4000).await;
        assert!(octets.iter().enumerate().all(|(at, value)| *value == octet(at)) && rest.is_empty());
        peer.says("% OK done\r\n").await;
    };
    let session = async {
        let message = |length| Append::streamed("Sent", length).messages.remove(0);
        let append = Append::of("Sent", [message(3000), message(4000)]);
        let ticket = client.send_from(append, [Slow::new(3000), Slow::new(4000)]).unwrap();
        client.wait(ticket).await.unwrap();
    };
    tokio::join!(session, script);
}

/// Fails at once.
struct Broken;

impl AsyncRead for Broken {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::Error::other("the disk is gone")))
    }
}

#[tokio::test]
async fn a_message_that_cannot_be_sent_to_its_end_ends_the_session() {
    let (mut client, mut peer) = selected("LITERAL+").await;
    let script = async {
        peer.hears().await.unwrap();
        assert_eq!(peer.rest().await.len(), 700, "and no line end, so the message is not there");
    };
    let session = async {
        let error = client.append_from(Append::streamed("Sent", 1000), Slow::new(700)).await.unwrap_err();
        assert!(matches!(error, Error::SourceTooShort { missing: 300 }) && error.is_fatal(), "{error}");
        assert!(client.run(Noop).await.unwrap_err().to_string().contains("300 octets shorter"));
        drop(client);
    };
    tokio::join!(session, script);

    let (mut client, mut peer) = selected("LITERAL+").await;
    let script = async {
        peer.hears().await.unwrap();
        assert_eq!(peer.rest().await.len(), 0);
    };
    let session = async {
        let error = client.append_from(Append::streamed("Sent", 1000), Broken).await.unwrap_err();
        assert!(matches!(error, Error::Source(_)) && error.to_string().contains("the disk is gone"));
        drop(client);
    };
    tokio::join!(session, script);

    // Nobody has octets for it.
    let (mut client, mut peer) = selected("LITERAL+").await;
    let (result, _) = tokio::join!(client.run(Append::streamed("Sent", 1000)), peer.hears());
    assert!(matches!(result, Err(Error::SourceTooShort { missing: 1000 })));
}

#[tokio::test]
async fn an_upload_goes_on_when_its_future_is_dropped() {
    let (mut client, mut peer) = selected("").await;
    let script = tokio::spawn(async move {
        hears_append(&mut peer, "APPEND Sent {300000}", true, 300_000).await;
        peer.says("% OK done\r\n").await;
        peer.expects("NOOP", "").await;
        hears_append(&mut peer, "APPEND Sent {10}", true, 10).await;
        peer.says("% OK done\r\n").await;
    });
    {
        let mut append = pin!(client.append_from(Append::streamed("Sent", 300_000), Slow::new(300_000)));
        for _ in 0..50 {
            let ready = std::future::poll_fn(|cx| Poll::Ready(append.as_mut().poll(cx).is_ready())).await;
            assert!(!ready);
            tokio::task::yield_now().await;
        }
    }
    client.run(Noop).await.unwrap();
    client.append_from(Append::streamed("Sent", 10), Slow::new(10)).await.unwrap();
    script.await.unwrap();
}

#[tokio::test]
async fn several_transfers_at_once() {
    let (mut client, mut peer) = selected("").await;
    let script = async {
        assert_eq!(peer.hears().await.unwrap(), "UID FETCH 1:* (UID ENVELOPE)");
        peer.says("* 1 FETCH (UID 5 ENVELOPE (NIL \"Hi\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n").await;
        let first = peer.tag().to_owned();
        assert_eq!(peer.hears().await.unwrap(), "UID FETCH 5 (UID BODY.PEEK[])");
        peer.sends(format!("{first} OK done\r\n").as_bytes()).await;
        peer.says("* 1 FETCH (UID 5 BODY[] {5}\r\nhello)\r\n% OK done\r\n").await;
    };
    let session = async {
        let mut rows = client.fetch_with(Fetch::new(UidSet::all(), Envelope)).await.unwrap();
        let row = rows.try_next().await.unwrap().unwrap();
        let body = rows.fetch_body(row.uid.unwrap(), Section::whole()).await.unwrap();
        assert_eq!(body.read_to_end(10).await.unwrap(), "hello");
        assert!(rows.try_next().await.unwrap().is_none());
    };
    tokio::join!(session, script);
}
