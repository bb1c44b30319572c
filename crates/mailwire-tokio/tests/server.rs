//! The server: limits, shutdown, locks, and hosts that fail.

mod support;

use std::{
    future::{Future, ready},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use mailwire_pop3::{MessageNumber, ResponseCode};
use mailwire_sasl::Secret;
use mailwire_service::{Directory, Unavailable};
use mailwire_store::{Error as StoreError, Maildrop, MaildropEntry, MaildropStore};
use mailwire_tokio::pop3::{Client, Error, Security, Server, ServerConfig};
use support::{Running, directory, plaintext, store_with};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    sync::Notify,
};

async fn logged_in(server: &Running) -> Client {
    let mut client = Client::connect("localhost", server.config(Security::Tls)).await.unwrap();
    client.login("ann", "secret").await.unwrap();
    client
}

#[tokio::test]
async fn a_maildrop_has_one_session_and_is_free_when_that_is_gone() {
    let store = store_with(&[b"one\r\n"]);
    let server = Running::start(store.clone(), directory()).await;
    let mut first = logged_in(&server).await;
    first.dele(MessageNumber::FIRST).await.unwrap();
    let mut second = Client::connect("localhost", server.config(Security::Tls)).await.unwrap();
    let error = second.login("ann", "secret").await.unwrap_err();
    assert_eq!(error.code(), Some(&ResponseCode::InUse));
    assert!(!error.is_authentication() && !error.is_fatal());
    // Gone without QUIT: nothing is deleted, and the lock is free as soon as the server has seen it.
    drop(first);
    while second.login("ann", "secret").await.is_err() {}
    assert_eq!(second.stat().await.unwrap().messages, 1);
    second.quit().await.unwrap();
    assert_eq!(store.messages("ann").len(), 1);
}

#[tokio::test]
async fn a_client_that_goes_away_at_any_octet_leaves_nothing_behind() {
    let store = store_with(&[b"one\r\n", b"two\r\n"]);
    let server = Running::configured(store.clone(), directory(), |config| {
        config.protocol.login.allow_cleartext = true;
        config.limits.per_address = 3;
    })
    .await;
    let dialogue = b"USER ann\r\nPASS secret\r\nDELE 1\r\nRETR 2\r\nQUIT";
    for end in 0..dialogue.len() {
        let mut stream = TcpStream::connect(server.plain).await.unwrap();
        stream.write_all(&dialogue[..end]).await.unwrap();
        drop(stream);
    }
    // All of them are over: the lock is free, and so are their places among the few that there are.
    loop {
        if let Ok(mut client) = Client::connect("localhost", server.config(Security::Tls)).await
            && client.login("ann", "secret").await.is_ok()
        {
            assert_eq!(client.stat().await.unwrap().messages, 2);
            client.quit().await.unwrap();
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(store.messages("ann").len(), 2);
}

#[tokio::test]
async fn connections_have_limits() {
    let server =
        Running::configured(store_with(&[]), directory(), |config| config.limits.per_address = 2).await;
    let first = Client::connect("localhost", server.config(Security::Stls)).await.unwrap();
    let _second = Client::connect("localhost", server.config(Security::Tls)).await.unwrap();
    let mut refused = String::new();
    TcpStream::connect(server.plain).await.unwrap().read_to_string(&mut refused).await.unwrap();
    assert_eq!(refused, "-ERR [SYS/TEMP] too many connections\r\n");
    let error = Client::connect("localhost", server.config(Security::Stls)).await.unwrap_err();
    assert_eq!(error.code(), Some(&ResponseCode::SysTemp), "{error}");
    assert!(Client::connect("localhost", server.config(Security::Tls)).await.is_err());
    first.quit().await.unwrap();
    while Client::connect("localhost", server.config(Security::Stls)).await.is_err() {}
}

#[tokio::test]
async fn a_shutdown_lets_a_transfer_end_and_tells_who_is_idle() {
    let large = b"a line of a large message\r\n".repeat(800_000);
    let mut server = Running::start(store_with(&[&large]), directory()).await;
    let mut idle = Client::connect("localhost", server.config(Security::Stls)).await.unwrap();
    let mut busy = logged_in(&server).await;
    let mut message = busy.retr(MessageNumber::FIRST).await.unwrap();
    let mut octets = message.chunk().await.unwrap().unwrap().to_vec();
    server.stop();
    let error = idle.stat().await.unwrap_err();
    assert_eq!(error.code(), Some(&ResponseCode::SysTemp), "{error}");
    assert!(
        TcpStream::connect(server.plain).await.is_err()
            || Client::connect("localhost", server.config(Security::Stls)).await.is_err()
    );
    while let Some(chunk) = message.chunk().await.unwrap() {
        octets.extend_from_slice(&chunk);
    }
    assert!(octets == large, "the transfer ends whole");
    drop(message);
    assert!(busy.stat().await.unwrap_err().is_fatal());
    server.ended().await;
}

#[tokio::test]
async fn many_clients_at_once() {
    let store = store_with(&[]);
    let mut users = directory();
    for number in 0..64 {
        let user = format!("user{number}");
        users = users.with_user(&user, "secret", b"sixteen octets..").unwrap();
        store.add_user(&user);
        store.deliver(&user, format!("message of {user}\r\n")).unwrap();
    }
    let server = Running::configured(store.clone(), users, |config| config.limits.per_address = 64).await;
    let clients = (0..64).map(|number| {
        let config = server.config(Security::Tls);
        tokio::spawn(async move {
            let user = format!("user{number}");
            let mut client = Client::connect("localhost", config).await.unwrap();
            client.login(&user, "secret").await.unwrap();
            let message = client.retr(MessageNumber::FIRST).await.unwrap().read_to_end(100).await.unwrap();
            assert_eq!(message, format!("message of {user}\r\n"));
            client.dele(MessageNumber::FIRST).await.unwrap();
            client.quit().await.unwrap();
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    assert!((0..64).all(|number| store.messages(&format!("user{number}")).is_empty()));
}

#[tokio::test]
async fn a_connection_of_any_kind_is_served() {
    let server = Server::new(store_with(&[b"one\r\n"]), directory(), ServerConfig::new().unwrap());
    let (ours, theirs) = tokio::io::duplex(64);
    let served = tokio::spawn(async move { server.serve_stream(theirs, false).await });
    let mut client = Client::from_stream(ours, "localhost", plaintext()).await.unwrap();
    client.login("ann", "secret").await.unwrap();
    assert_eq!(client.retr(MessageNumber::FIRST).await.unwrap().read_to_end(10).await.unwrap(), "one\r\n");
    client.quit().await.unwrap();
    served.await.unwrap().unwrap();
}

/// A store and directory that fail where they are told to.
#[derive(Clone, Default)]
struct Failing {
    open: Option<StoreError>,
    /// After so many octets of a message.
    read_after: Option<u64>,
    /// Messages end after so many octets, whatever their size is.
    short: Option<u64>,
    commit: Option<StoreError>,
    unavailable: bool,
    /// Reading waits for this.
    gate: Option<Arc<Notify>>,
    reads: Arc<AtomicUsize>,
}

const SIZE: u64 = 10_000_000;

struct FailingMaildrop {
    store: Failing,
    entries: Vec<MaildropEntry>,
}

impl MaildropStore for Failing {
    type Maildrop = FailingMaildrop;

    fn open_maildrop(&self, _: &str) -> impl Future<Output = Result<FailingMaildrop, StoreError>> + Send {
        let entry = MaildropEntry { octets: SIZE, unique_id: "a".into(), utf8_header: false };
        ready(
            self.open
                .clone()
                .map_or_else(|| Ok(FailingMaildrop { store: self.clone(), entries: vec![entry] }), Err),
        )
    }
}

impl Maildrop for FailingMaildrop {
    fn messages(&self) -> &[MaildropEntry] {
        &self.entries
    }

    async fn read(&self, _: usize, offset: u64, limit: usize) -> Result<Bytes, StoreError> {
        if let Some(gate) = &self.store.gate {
            gate.notified().await;
        }
        self.store.reads.fetch_add(1, Ordering::Relaxed);
        if self.store.read_after.is_some_and(|after| offset >= after) {
            return Err(StoreError::Temporary("a disk".into()));
        }
        let end = self.store.short.unwrap_or(SIZE);
        Ok(Bytes::from(vec![b'x'; (end.saturating_sub(offset)).min(limit as u64) as usize]))
    }

    fn commit(self, _: &[usize]) -> impl Future<Output = Result<(), StoreError>> + Send {
        ready(self.store.commit.clone().map_or(Ok(()), Err))
    }
}

impl Directory for Failing {
    fn verify_password(
        &self,
        user: &str,
        _: &Secret,
    ) -> impl Future<Output = Result<Option<String>, Unavailable>> + Send {
        ready(if self.unavailable { Err(Unavailable("no LDAP".into())) } else { Ok(Some(user.into())) })
    }
}

async fn client_of(failing: Failing) -> (Running, Client) {
    let server = Running::configured(failing.clone(), failing, |config| {
        config.protocol.login.mechanisms = vec![mailwire_sasl::Mechanism::Plain];
    })
    .await;
    let client = Client::connect("localhost", server.config(Security::Tls)).await.unwrap();
    (server, client)
}

#[tokio::test]
async fn what_the_host_cannot_do_is_told_with_its_code() {
    for (failing, code) in [
        (
            Failing { open: Some(StoreError::Temporary("disk".into())), ..Failing::default() },
            ResponseCode::SysTemp,
        ),
        (
            Failing { open: Some(StoreError::Permanent("disk".into())), ..Failing::default() },
            ResponseCode::SysPerm,
        ),
        (Failing { open: Some(StoreError::LoginDelay), ..Failing::default() }, ResponseCode::LoginDelay),
        (Failing { open: Some(StoreError::NotFound), ..Failing::default() }, ResponseCode::Auth),
        (Failing { unavailable: true, ..Failing::default() }, ResponseCode::SysTemp),
    ] {
        let (_server, mut client) = client_of(failing).await;
        let error = client.login("ann", "x").await.unwrap_err();
        assert_eq!(error.code(), Some(&code), "{error}");
        assert!(!error.to_string().contains("disk") && !error.to_string().contains("LDAP"), "{error}");
    }
    let (_server, mut client) =
        client_of(Failing { commit: Some(StoreError::Temporary("disk".into())), ..Failing::default() }).await;
    client.login("ann", "x").await.unwrap();
    client.dele(MessageNumber::FIRST).await.unwrap();
    assert!(matches!(client.quit().await, Err(Error::Refused { command, .. }) if command == "QUIT"));
}

#[tokio::test]
async fn a_message_that_breaks_off_is_an_error_and_never_short() {
    let (_server, mut client) = client_of(Failing { read_after: Some(0), ..Failing::default() }).await;
    client.login("ann", "x").await.unwrap();
    let error = client.retr(MessageNumber::FIRST).await.unwrap_err();
    assert_eq!(error.code(), Some(&ResponseCode::SysTemp));
    client.noop().await.unwrap();
    for failing in [
        Failing { read_after: Some(200_000), ..Failing::default() },
        Failing { short: Some(SIZE - 1), ..Failing::default() },
    ] {
        let (_server, mut client) = client_of(failing).await;
        client.login("ann", "x").await.unwrap();
        let error = client.retr(MessageNumber::FIRST).await.unwrap().read_to_end(1 << 30).await.unwrap_err();
        assert!(error.is_fatal(), "{error}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_stops_the_reading_of_the_store() {
    let failing = Failing::default();
    let reads = failing.reads.clone();
    let server = Server::new(failing.clone(), failing, {
        let mut config = ServerConfig::new().unwrap();
        config.protocol.login.allow_cleartext = true;
        config
    });
    let (ours, theirs) = tokio::io::duplex(4096);
    let served = tokio::spawn(async move { server.serve_stream(theirs, false).await });
    let mut stream = BufReader::new(ours);
    stream.write_all(b"USER ann\r\nPASS x\r\nRETR 1\r\n").await.unwrap();
    for _ in 0..4 {
        stream.read_line(&mut String::new()).await.unwrap();
    }
    // Whatever time passes: the server is at the end of what it can do.
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    let early = reads.load(Ordering::Relaxed);
    assert!(early <= 3, "{early} reads of 64 KiB");
    let mut octets = vec![0; usize::try_from(SIZE).unwrap()];
    stream.read_exact(&mut octets).await.unwrap();
    assert!(reads.load(Ordering::Relaxed) > 100);
    drop(stream);
    assert!(served.await.unwrap().is_err(), "the client went away without QUIT");
}

#[tokio::test]
async fn a_slow_store_holds_up_only_its_own_session() {
    let gate = Arc::new(Notify::new());
    let (server, mut slow) = client_of(Failing { gate: Some(gate.clone()), ..Failing::default() }).await;
    slow.login("ann", "x").await.unwrap();
    let waiting = tokio::spawn(async move { slow.retr(MessageNumber::FIRST).await.map(drop) });
    let mut quick = Client::connect("localhost", server.config(Security::Tls)).await.unwrap();
    quick.login("bob", "x").await.unwrap();
    quick.noop().await.unwrap();
    quick.quit().await.unwrap();
    assert!(!waiting.is_finished());
    gate.notify_one();
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_header_in_utf8_goes_to_who_is_prepared_for_it() {
    let server = Running::start(store_with(&["Subject: é\r\n\r\n".as_bytes()]), directory()).await;
    let mut client = logged_in(&server).await;
    let error = client.retr(MessageNumber::FIRST).await.unwrap_err();
    assert_eq!(error.code(), Some(&ResponseCode::Utf8));
    client.quit().await.unwrap();
    let mut client = Client::connect("localhost", server.config(Security::Tls)).await.unwrap();
    client.utf8().await.unwrap();
    client.login("ann", "secret").await.unwrap();
    let message = client.retr(MessageNumber::FIRST).await.unwrap().read_to_end(100).await.unwrap();
    assert_eq!(message, "Subject: é\r\n\r\n");
    client.quit().await.unwrap();
}
