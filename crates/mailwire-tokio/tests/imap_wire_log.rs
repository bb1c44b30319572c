//! The wire log shows the dialogue, and no secret, whatever pieces the octets come in.

mod imap_support;

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use imap_support::{Peer, plaintext};
use mailwire_sasl::client::Credentials;
use mailwire_tokio::imap::{
    Client,
    codec::{Uid, section::Section},
};
use tokio::io::duplex;
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

/// A server that takes any login, through a pipe of one octet.
async fn client(capabilities: &'static str) -> Client {
    let (ours, theirs) = duplex(1);
    let mut peer = Peer::new(theirs);
    tokio::spawn(async move {
        peer.says(&format!("* OK [CAPABILITY IMAP4rev1 {capabilities}] hi\r\n")).await;
        while let Some(command) = peer.hears().await {
            let words: Vec<&str> = command.split(' ').collect();
            match *words {
                ["LOGIN", .., last] if last.ends_with('}') => {
                    peer.sends(b"+ go on\r\n").await;
                    let length = last.trim_matches(['{', '}']).parse().unwrap();
                    assert_eq!(peer.literal(length).await.0, SECRET.as_bytes());
                    peer.says("% OK [CAPABILITY IMAP4rev1] hi\r\n").await;
                }
                ["AUTHENTICATE", _] => {
                    peer.sends(b"+ \r\n").await;
                    peer.line().await.unwrap();
                    peer.says("% OK [CAPABILITY IMAP4rev1] hi\r\n").await;
                }
                ["UID", "FETCH", ..] => {
                    peer.says("* 1 FETCH (UID 5 BODY[] {8}\r\ntanstaaf)\r\n% OK done\r\n").await;
                }
                _ => peer.says("% OK [CAPABILITY IMAP4rev1] done\r\n").await,
            }
        }
    });
    Client::from_stream(ours, "localhost", plaintext()).await.unwrap()
}

/// It has to be sent as a literal.
const SECRET: &str = "tans\u{e4}taaf";

#[tokio::test]
async fn no_way_to_log_in_leaves_a_secret_in_the_log() {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    for capabilities in ["AUTH=PLAIN", "AUTH=PLAIN SASL-IR", "AUTH=XOAUTH2", "AUTH=OAUTHBEARER SASL-IR"] {
        let mut client = client(capabilities).await;
        let credentials = match capabilities.contains("PLAIN") {
            true => Credentials::password("ann", "tanstaaf"),
            false => Credentials::token("ann", "tanstaaf"),
        };
        client.authenticate(credentials).await.unwrap();
        let body = client.fetch_body(Uid::new(5).unwrap(), Section::whole()).await.unwrap();
        assert_eq!(body.read_to_end(10).await.unwrap(), "tanstaaf");
        client.logout().await.unwrap();
    }
    let mut client = client("").await;
    client.login("ann", SECRET).await.unwrap();
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for shown in [
        "mailwire::imap::client",
        "AUTHENTICATE PLAIN",
        "LOGIN \"ann\" ****",
        "UID FETCH 5",
        "LOGOUT",
        "* OK ",
    ] {
        assert!(log.contains(shown), "{shown} is missing");
    }
    for line in log.lines() {
        for secret in ["tans", "dGFuc", "AHRhbnN", "RhbnN0YWFm", "YW5uAH"] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}
