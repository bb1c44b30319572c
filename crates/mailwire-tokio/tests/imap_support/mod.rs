//! Servers that the tests of IMAP clients play.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::sync::Arc;

use mailwire_tokio::{
    Stream,
    imap::{Client, ClientConfig, Security},
    tls::{Identity, Roots, client_config, server_config},
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{
    AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, duplex,
};
use tokio_rustls::TlsAcceptor;

/// A certificate for `localhost`, with its key.
pub(crate) struct Certificate {
    pub(crate) der: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Certificate {
    pub(crate) fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        Self { der: made.cert.der().clone(), key: made.signing_key.serialize_der() }
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let key = PrivateKeyDer::try_from(self.key.clone()).unwrap();
        let identity = Identity { chain: vec![self.der.clone()], key };
        server_config(identity).unwrap().into()
    }

    pub(crate) fn trusted(&self) -> Arc<rustls::ClientConfig> {
        client_config(Roots::Only(vec![self.der.clone()]), None).unwrap()
    }
}

/// A server by hand: what it hears and what it says.
pub(crate) struct Peer {
    stream: BufReader<Box<dyn Stream>>,
    /// The tag of the last command.
    tag: String,
}

impl Peer {
    pub(crate) fn new(stream: impl Stream) -> Self {
        Self { stream: BufReader::new(Box::new(stream)), tag: String::new() }
    }

    /// Both ends of a line.
    pub(crate) fn pair() -> (DuplexStream, Self) {
        let (ours, theirs) = duplex(100_000);
        (ours, Self::new(theirs))
    }

    /// Says lines; `%` is the tag of the last command.
    pub(crate) async fn says(&mut self, text: &str) {
        self.sends(text.replace("% ", &format!("{} ", self.tag)).as_bytes()).await;
    }

    pub(crate) async fn sends(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// The next command without its tag, or nothing at the end of the line.
    pub(crate) async fn hears(&mut self) -> Option<String> {
        let line = self.line().await?;
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        self.tag = tag.to_owned();
        Some(command.to_owned())
    }

    /// A line as it is.
    pub(crate) async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await.unwrap_or_default();
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// Octets of a literal, and the rest of the line after it.
    pub(crate) async fn literal(&mut self, length: usize) -> (Vec<u8>, String) {
        let mut octets = vec![0; length];
        self.stream.read_exact(&mut octets).await.unwrap();
        (octets, self.line().await.unwrap())
    }

    /// What comes up to the end of the line.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut octets = Vec::new();
        drop(self.stream.read_to_end(&mut octets).await);
        octets
    }

    /// Expects this command, and answers it; `% OK` is said after `answer` unless it has a tag itself, or begins with `+`.
    pub(crate) async fn expects(&mut self, command: &str, answer: &str) {
        assert_eq!(self.hears().await.as_deref(), Some(command));
        let end = if answer.contains("% ") || answer.starts_with('+') { "" } else { "% OK done\r\n" };
        self.says(&format!("{answer}{end}")).await;
    }

    pub(crate) fn tag(&self) -> &str {
        &self.tag
    }

    pub(crate) fn stream_mut(&mut self) -> &mut BufReader<Box<dyn Stream>> {
        &mut self.stream
    }

    /// The stream below, with nothing left that was read of it.
    pub(crate) fn into_stream(self) -> Box<dyn Stream> {
        assert!(self.stream.buffer().is_empty());
        self.stream.into_inner()
    }

    /// Goes on with TLS.
    pub(crate) async fn accepts_tls(self, certificate: &Certificate) -> Self {
        Self::new(certificate.acceptor().accept(self.into_stream()).await.unwrap())
    }
}

/// A client's configuration for a pipe in memory.
pub(crate) fn plaintext() -> ClientConfig {
    let mut config = ClientConfig::default();
    config.security = Security::Plaintext;
    config
}

/// A client that is logged in, and its server.
pub(crate) async fn logged_in(capabilities: &str) -> (Client, Peer) {
    configured(capabilities, plaintext()).await
}

pub(crate) async fn configured(capabilities: &str, config: ClientConfig) -> (Client, Peer) {
    let (ours, mut peer) = Peer::pair();
    peer.says(&format!("* PREAUTH [CAPABILITY IMAP4rev1 {capabilities}] ready\r\n")).await;
    (Client::from_stream(ours, "localhost", config).await.unwrap(), peer)
}

/// The same with a mailbox of three messages selected.
pub(crate) async fn selected(capabilities: &str) -> (Client, Peer) {
    let (mut client, mut peer) = logged_in(capabilities).await;
    let select = client.run(mailwire_tokio::imap::command::Select::new("INBOX"));
    let (opened, ()) = tokio::join!(
        select,
        peer.expects("SELECT INBOX", "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 10] ok\r\n")
    );
    opened.unwrap();
    (client, peer)
}
