//! The wire log shows the dialogue, and no secret, whatever pieces the octets come in.

mod support;

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use mailwire_pop3_client::Method;
use mailwire_sasl::{Mechanism, client::Credentials};
use mailwire_tokio::pop3::{Client, Server, ServerConfig};
use support::{directory, plaintext, store_with};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Passes octets on, one at a time.
async fn pass(mut from: impl tokio::io::AsyncRead + Unpin, mut to: impl tokio::io::AsyncWrite + Unpin) {
    let mut octet = [0];
    while let Ok(1) = from.read(&mut octet).await {
        if to.write_all(&octet).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    let _ = to.shutdown().await;
}

fn trickling() -> (DuplexStream, DuplexStream) {
    let ((ours, near), (far, theirs)) = (tokio::io::duplex(64), tokio::io::duplex(64));
    let ((near_read, near_write), (far_read, far_write)) = (tokio::io::split(near), tokio::io::split(far));
    tokio::spawn(pass(near_read, far_write));
    tokio::spawn(pass(far_read, near_write));
    (ours, theirs)
}

#[tokio::test]
async fn no_way_to_log_in_leaves_a_secret_in_the_log() {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let mechanisms = [
        Mechanism::Plain,
        Mechanism::Login,
        Mechanism::CramMd5,
        Mechanism::ScramSha1,
        Mechanism::ScramSha256,
        Mechanism::XOAuth2,
        Mechanism::OAuthBearer,
    ];
    let ways = mechanisms
        .map(|mechanism| Some(Method::Sasl(mechanism)))
        .into_iter()
        .chain([Some(Method::Apop), None]);
    for way in ways {
        let mut config = ServerConfig::new().unwrap();
        config.protocol.login.allow_cleartext = true;
        config.protocol.login.failure_delay = std::time::Duration::ZERO;
        config.apop_host = (way == Some(Method::Apop)).then(|| "localhost".into());
        config.protocol.login.mechanisms = match way {
            Some(Method::Sasl(mechanism)) => vec![mechanism],
            _ => Vec::new(),
        };
        let server = Server::new(store_with(&[b"a message that says tanstaaf\r\n"]), directory(), config);
        let (ours, theirs) = trickling();
        let task = tokio::spawn(async move { server.serve_stream(theirs, false).await });
        let mut client = Client::from_stream(ours, "localhost", plaintext()).await.unwrap();
        let is_token = matches!(way, Some(Method::Sasl(Mechanism::XOAuth2 | Mechanism::OAuthBearer)));
        if is_token {
            assert!(client.authenticate(Credentials::token("ann", "tanstaaf")).await.is_err());
        } else {
            // A wrong one first: that is a secret too, perhaps that of another account.
            assert!(client.login("ann", "tanstaaf").await.is_err());
            assert_eq!(client.login("ann", "secret").await.unwrap(), way.unwrap_or(Method::UserPass));
            client.retr(mailwire_pop3::MessageNumber::FIRST).await.unwrap().read_to_end(100).await.unwrap();
        }
        client.quit().await.unwrap();
        task.await.unwrap().unwrap();
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for shown in [
        "C: CAPA",
        "S: +OK",
        "C: USER ann",
        "C: PASS ****",
        "C: AUTH PLAIN ****",
        "C: APOP ann ****",
        "C: QUIT",
        "[AUTH]",
    ] {
        assert!(log.contains(shown), "{shown} is missing");
    }
    for line in log.lines() {
        for secret in [
            "secret",
            "tanstaaf",
            "c2VjcmV0",
            "dGFuc3RhYWY",
            "nNlY3JldA",
            "zZWNyZX",
            "YW5uAHNlY3JldA",
            "RhbnN0YWFm",
        ] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}
