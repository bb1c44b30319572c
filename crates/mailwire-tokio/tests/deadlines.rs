//! Deadlines, with a clock that stands still until nothing else can happen.

mod support;

use std::time::Duration;

use mailwire_pop3::MessageNumber;
use mailwire_tokio::pop3::{Client, Error, Security, Server, ServerConfig};
use support::{directory, plaintext, store_with};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream},
    time::Instant,
};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Says the first of `parts`, each further one after a line of the client, and keeps the connection open for ever.
fn says(parts: &'static [&str]) -> DuplexStream {
    let (ours, theirs) = tokio::io::duplex(10_000);
    tokio::spawn(async move {
        let mut stream = BufReader::new(theirs);
        for part in parts {
            stream.write_all(part.as_bytes()).await.unwrap();
            stream.read_line(&mut String::new()).await.unwrap_or_default();
        }
        stream.read_to_end(&mut Vec::new()).await.unwrap_or_default();
    });
    ours
}

#[tokio::test(start_paused = true)]
async fn one_deadline_is_over_all_of_a_connection() {
    for (security, parts) in [
        (Security::Plaintext, &[][..]),
        (Security::Plaintext, &["+OK\r\n"]),
        (Security::Stls, &["+OK\r\n", "+OK\r\n"]),
        (Security::Tls, &[]),
    ] {
        let mut config = plaintext();
        config.security = security;
        config.connect_timeout = Some(seconds(7));
        config.tls = Some(
            mailwire_tokio::tls::client_config(mailwire_tokio::tls::Roots::Only(Vec::new()), None).unwrap(),
        );
        let start = Instant::now();
        let error = Client::from_stream(says(parts), "localhost", config).await.unwrap_err();
        assert!(matches!(error, Error::ConnectTimeout), "{error}");
        assert_eq!(start.elapsed().as_secs(), 7);
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_noticed() {
    for parts in [&["+OK\r\n", "-ERR\r\n"][..], &["+OK\r\n", "-ERR\r\n", "+OK\r\nhalf a mess"]] {
        let mut client = Client::from_stream(says(parts), "localhost", plaintext()).await.unwrap();
        let start = Instant::now();
        let result = async { client.retr(MessageNumber::FIRST).await?.read_to_end(100).await }.await;
        assert!(result.unwrap_err().to_string().contains("no answer in time"));
        assert_eq!(start.elapsed().as_secs(), 120);
    }
}

/// A server with one connection, and that connection.
fn server(
    configure: impl FnOnce(&mut ServerConfig),
) -> (BufReader<DuplexStream>, tokio::task::JoinHandle<std::io::Result<()>>) {
    let mut config = ServerConfig::new().unwrap();
    config.protocol.login.allow_cleartext = true;
    configure(&mut config);
    let large = b"a line of a large message\r\n".repeat(10_000);
    let server = Server::new(store_with(&[&large]), directory(), config);
    let (ours, theirs) = tokio::io::duplex(1000);
    (BufReader::new(ours), tokio::spawn(async move { server.serve_stream(theirs, false).await }))
}

async fn say(stream: &mut BufReader<DuplexStream>, line: &str) -> String {
    stream.write_all(line.as_bytes()).await.unwrap();
    let mut reply = String::new();
    stream.read_line(&mut reply).await.unwrap();
    reply
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_nothing_is_turned_away() {
    let start = Instant::now();
    let (mut stream, task) = server(|_| {});
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert!(said.ends_with("-ERR too long without a command\r\n"), "{said}");
    assert_eq!(start.elapsed().as_secs(), 180);
    task.await.unwrap().unwrap();

    // Octets now and then do not help before login.
    let (mut stream, _task) = server(|_| {});
    say(&mut stream, "").await;
    let start = Instant::now();
    while stream.write_all(b"U").await.is_ok() && start.elapsed() < seconds(1000) {
        tokio::time::sleep(seconds(1)).await;
    }
    assert!((179..=182).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_session_without_commands_ends_without_a_word() {
    let (mut stream, _task) = server(|_| {});
    for (line, reply) in
        [("", "+OK"), ("USER ann\r\n", "+OK"), ("PASS secret\r\n", "+OK"), ("DELE 1\r\n", "+OK")]
    {
        assert!(say(&mut stream, line).await.starts_with(reply));
    }
    let start = Instant::now();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert_eq!((rest.as_str(), start.elapsed().as_secs()), ("", 600));
}

#[tokio::test(start_paused = true)]
async fn a_failed_login_is_answered_late() {
    let (mut stream, _task) = server(|_| {});
    for line in ["", "USER ann\r\n"] {
        say(&mut stream, line).await;
    }
    let start = Instant::now();
    assert_eq!(say(&mut stream, "PASS wrong\r\n").await, "-ERR [AUTH] authentication failed\r\n");
    assert_eq!(start.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_is_given_up() {
    let start = Instant::now();
    let (mut stream, task) = server(|_| {});
    stream.write_all(b"USER ann\r\nPASS secret\r\nRETR 1\r\n").await.unwrap();
    let error = task.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    assert_eq!(start.elapsed().as_secs(), 300);
    drop(stream);
}
