//! The harness against itself: Cyrus takes mail, tells it by every protection and mechanism that the harness promises,
//! and ends when it is dropped.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use mailwire_testkit::peers::{Cyrus, Error, Protocol, Security, cyrus};
use rustls::pki_types::{CertificateDer, ServerName};

#[test]
fn what_is_delivered_is_fetched_by_every_protection() {
    let server = server();
    let message = b"Subject: octets \xE9\xFF\n\n.\nFrom here\n\xC3\xA9 no final newline";
    server.deliver("ann", message).unwrap();
    let wire = cyrus::wire_form(message);
    for security in [Security::Plain, Security::Stls, Security::Tls] {
        let account = server.account("ann", security).unwrap();
        let mut session = Session::open(&server, security);
        session.run(&format!("LOGIN {} {}", account.user, account.password));
        assert!(session.run("SELECT INBOX").contains("* 1 EXISTS\r\n"), "{security:?}");
        let said = session.run("FETCH 1 BODY.PEEK[]");
        let octets = format!("* 1 FETCH (BODY[] {{{}}}\r\n", wire.len());
        assert!(said.starts_with(&octets), "{security:?}: {said}");
        assert!(session.said[octets.len()..].starts_with(&wire), "{security:?}: {said}");
    }
}

#[test]
fn an_admin_sees_the_mailboxes_of_others() {
    let server = server();
    server.deliver("ann", b"Subject: a\n\na\n").unwrap();
    let mut session = Session::open(&server, Security::Plain);
    session.run("LOGIN cyrus secret");
    assert!(session.run("LIST \"\" *").contains("user/ann\r\n"));
    session.run("SETQUOTA user/ann (STORAGE 1000)");
    session.run("CREATE user/ann/Sent");
    let said = session.run("GETQUOTAROOT user/ann");
    assert!(said.contains("* QUOTA user/ann (STORAGE 0 1000)\r\n"), "{said}");
}

#[test]
fn a_session_that_idles_hears_of_another() {
    let server = server();
    let mut session = Session::open(&server, Security::Tls);
    session.run("LOGIN ann secret");
    session.run("SELECT INBOX");
    session.send("IDLE");
    assert!(session.line().starts_with('+'));
    server.deliver("ann", b"Subject: new\n\nnew\n").unwrap();
    assert_eq!(session.line(), "* 1 EXISTS\r\n");
}

#[test]
fn mechanisms_and_options_are_those_that_were_asked_for() {
    let server = server();
    let session = Session::open(&server, Security::Plain);
    for mechanism in ["PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"] {
        assert!(session.greeting.contains(&format!(" AUTH={mechanism} ")), "{}", session.greeting);
    }

    let settings =
        settings().mechanisms("CRAM-MD5").lines("allowplaintext: no\nsuppress_capabilities: ENABLE");
    let server = Cyrus::start(settings).unwrap();
    let session = Session::open(&server, Security::Plain);
    assert!(session.greeting.contains(" LOGINDISABLED "), "{}", session.greeting);
    assert!(session.greeting.contains(" AUTH=CRAM-MD5 "), "{}", session.greeting);
    assert!(!session.greeting.contains("AUTH=PLAIN"), "{}", session.greeting);
    assert!(!session.greeting.contains(" ENABLE "), "{}", session.greeting);
}

#[test]
fn what_is_not_there_is_refused() {
    let server = server();
    assert!(matches!(server.port(Protocol::Pop3), Err(Error::Unsupported { .. })));
    assert!(matches!(server.account("eve", Security::Plain), Err(Error::Unsupported { .. })));
    assert!(matches!(server.deliver("eve", b"\n"), Err(Error::Unsupported { .. })));
    let error = server.deliver("ann", b"Subject: zero\n\n\0\n").unwrap_err();
    assert!(error.to_string().contains("b NO "), "{error}");
}

#[test]
fn it_ends_when_it_is_dropped() {
    let server = server();
    let port = server.port(Protocol::Imap).unwrap();
    drop(server);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

fn settings() -> cyrus::Settings {
    cyrus::Settings::new().user("ann", "secret").user("bob", "secret").admin("cyrus", "secret")
}

fn server() -> Cyrus {
    Cyrus::start(settings()).unwrap()
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// A client with no more wits than these tests need.
struct Session {
    greeting: String,
    said: Vec<u8>,
    stream: BufReader<Box<dyn Stream>>,
}

impl Session {
    fn open(server: &Cyrus, security: Security) -> Self {
        let protocol = if security == Security::Tls { Protocol::Imaps } else { Protocol::Imap };
        let socket = TcpStream::connect(("127.0.0.1", server.port(protocol).unwrap())).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        if security == Security::Tls {
            return Self::greeted(Box::new(tls(server, socket)));
        }
        let mut session = Self::greeted(Box::new(socket.try_clone().unwrap()));
        if security == Security::Stls {
            session.run("STARTTLS");
            session.stream = BufReader::new(Box::new(tls(server, socket)));
        }
        session
    }

    fn greeted(stream: Box<dyn Stream>) -> Self {
        let mut session = Self { greeting: String::new(), said: Vec::new(), stream: BufReader::new(stream) };
        session.greeting = session.line();
        session
    }

    fn send(&mut self, command: &str) {
        let stream = self.stream.get_mut();
        stream.write_all(format!("a {command}\r\n").as_bytes()).unwrap();
        stream.flush().unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).unwrap();
        self.said.extend_from_slice(&line);
        String::from_utf8_lossy(&line).into_owned()
    }

    /// What is said up to the end of the command, which has to be OK.
    fn run(&mut self, command: &str) -> String {
        self.said.clear();
        self.send(command);
        loop {
            let line = self.line();
            assert!(!line.is_empty(), "{command}: the server has closed the connection");
            if line.starts_with("a ") {
                assert!(line.starts_with("a OK"), "{command}: {line}");
                return String::from_utf8_lossy(&self.said).into_owned();
            }
        }
    }
}

/// The server's certificate has to lead to the authority of the harness.
fn tls(server: &Cyrus, socket: TcpStream) -> rustls::StreamOwned<rustls::ClientConnection, TcpStream> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from(server.certificate().authority_der().to_vec())).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    rustls::StreamOwned::new(rustls::ClientConnection::new(Arc::new(config), name).unwrap(), socket)
}
