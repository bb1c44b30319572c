//! From nothing to a session: lines of all kinds, logins, and what fails closed.

mod imap_support;

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use imap_support::{Certificate, Peer, configured, plaintext};
use mailwire_sasl::{Mechanism, client::Credentials};
use mailwire_tokio::imap::{
    Client, ClientConfig, Error, Method, Security, Session as _,
    codec::Code,
    command::{Extension, Id, Noop},
};
use tokio::{io::DuplexStream, net::TcpListener, task::JoinHandle};

fn config(security: Security, certificate: &Certificate) -> ClientConfig {
    let mut config = ClientConfig::default();
    config.security = security;
    config.tls = Some(certificate.trusted());
    config
}

async fn client(stream: DuplexStream, config: ClientConfig) -> Result<Client, Error> {
    Client::from_stream(stream, "localhost", config).await
}

#[tokio::test]
async fn tls_from_the_first_octet_over_tcp() {
    let certificate = Certificate::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = config(Security::Tls, &certificate);
    config.port = Some(listener.local_addr().unwrap().port());
    let acceptor = certificate.acceptor();
    let script: JoinHandle<()> = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut peer = Peer::new(acceptor.accept(stream).await.unwrap());
        peer.says("* OK ready\r\n").await;
        peer.expects("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n").await;
        peer.expects("AUTHENTICATE PLAIN AGFubgBzZWNyZXQ=", "% OK [CAPABILITY IMAP4rev1] hi\r\n").await;
        peer.expects("LOGOUT", "* BYE bye\r\n").await;
    });
    let mut client = Client::connect("localhost", config).await.unwrap();
    assert!(client.is_encrypted() && !client.is_logged_in());
    assert_eq!(client.login("ann", "secret").await.unwrap().method, Method::Sasl(Mechanism::Plain));
    assert!(client.is_logged_in() && client.octets().received > 100 && client.octets().sent > 40);
    client.logout().await.unwrap();
    script.await.unwrap();
}

#[tokio::test]
async fn starttls_and_nothing_that_was_said_before_it_is_believed() {
    let certificate = Certificate::new();
    for security in [Security::StartTls, Security::StartTlsIfOffered] {
        let (ours, mut peer) = Peer::pair();
        let script = async {
            peer.says("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN X-LIE] ready\r\n").await;
            peer.expects("STARTTLS", "").await;
            let mut peer = peer.accepts_tls(&certificate).await;
            peer.expects("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n").await;
            peer
        };
        let (client, _peer) = tokio::join!(client(ours, config(security, &certificate)), script);
        let client = client.unwrap();
        assert!(client.is_encrypted() && !client.server().has("X-LIE") && client.server().has("AUTH=PLAIN"));
    }
}

#[tokio::test]
async fn octets_that_somebody_puts_behind_the_answer_to_starttls_end_the_session() {
    let certificate = Certificate::new();
    for injected in ["* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", "x", "* PREAUTH hello\r\n"] {
        let (ours, mut peer) = Peer::pair();
        let script = async {
            peer.says("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n").await;
            peer.expects("STARTTLS", &format!("% OK go\r\n{injected}")).await;
            assert!(peer.rest().await.is_empty(), "not even a handshake");
        };
        let (client, ()) = tokio::join!(client(ours, config(Security::StartTls, &certificate)), script);
        let error = client.unwrap_err();
        assert!(error.is_fatal() && error.to_string().contains("clear text"), "{error}");
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_said() {
    let certificate = Certificate::new();
    let (ours, mut peer) = Peer::pair();
    let script = async {
        peer.says("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n").await;
        peer.expects("STARTTLS", "% BAD [CLIENTBUG] what?\r\n").await;
        assert_eq!(peer.hears().await, None);
    };
    let (result, ()) = tokio::join!(client(ours, config(Security::StartTls, &certificate)), script);
    let error = result.unwrap_err();
    assert!(matches!(error, Error::StartTlsRefused { .. }) && error.is_fatal());
    assert_eq!(error.code(), Some(&Code::ClientBug));

    // Where it is not offered, no password is shown.
    let (ours, mut peer) = Peer::pair();
    let script = async {
        peer.says("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n").await;
        assert_eq!(peer.hears().await, None);
    };
    let login = async {
        let mut client = client(ours, config(Security::StartTlsIfOffered, &certificate)).await.unwrap();
        client.login("ann", "secret").await.unwrap_err()
    };
    let (error, ()) = tokio::join!(login, script);
    assert!(error.to_string().contains("no way to log in"), "{error}");
}

#[tokio::test]
async fn a_session_that_is_authenticated_in_clear_text_cannot_replace_tls() {
    let certificate = Certificate::new();
    let (ours, mut peer) = Peer::pair();
    let script = async {
        peer.says("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n").await;
        assert_eq!(peer.hears().await, None);
    };
    let (result, ()) = tokio::join!(client(ours, config(Security::StartTls, &certificate)), script);
    let error = result.unwrap_err();
    assert!(error.is_fatal() && error.to_string().contains("TLS cannot begin"), "{error}");
    // Who asks for no more than what is offered gets what is there.
    let (ours, mut peer) = Peer::pair();
    peer.says("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n").await;
    let client = client(ours, config(Security::StartTlsIfOffered, &certificate)).await.unwrap();
    assert!(client.is_logged_in() && !client.is_encrypted());
}

#[tokio::test]
async fn who_is_not_trusted_is_not_spoken_to() {
    let (certificate, stranger) = (Certificate::new(), Certificate::new());
    let (ours, peer) = Peer::pair();
    let acceptor = certificate.acceptor();
    let script = async { assert!(acceptor.accept(peer.into_stream()).await.is_err()) };
    let (result, ()) = tokio::join!(client(ours, config(Security::Tls, &stranger)), script);
    let error = result.unwrap_err();
    assert!(error.to_string().contains("not trusted") && !error.is_authentication(), "{error}");

    let (ours, mut peer) = Peer::pair();
    peer.says("* OK this is no TLS\r\n").await;
    let error = client(ours, config(Security::Tls, &certificate)).await.unwrap_err();
    assert!(error.to_string().contains("STARTTLS may be meant"), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_want_us_says_why() {
    let (ours, mut peer) = Peer::pair();
    peer.says("* BYE [REFERRAL imap://other.example.org/] moved\r\n").await;
    let error = client(ours, plaintext()).await.unwrap_err();
    assert!(error.is_fatal() && error.is_temporary(), "{error:?}");
    assert!(matches!(error.code(), Some(Code::Referral(_))), "{error:?}");
    assert!(error.to_string().contains("moved"));
}

#[tokio::test]
async fn one_call_does_it_all_and_what_the_server_lacks_or_refuses_is_left() {
    let mut config = plaintext();
    config.id = Id::new([("name", "test")]).fields;
    config.enable = vec![Extension::QResync, Extension::UidOnly, Extension::Utf8];
    config.namespace = true;
    config.compress = true;
    config.switched_off = vec!["UTF8=ACCEPT".into()];
    let (ours, mut peer) = Peer::pair();
    let script = async {
        peer.says("* OK [CAPABILITY IMAP4rev1] ready\r\n").await;
        peer.expects("LOGIN ann secret", "").await;
        let all = "ID ENABLE QRESYNC UTF8=ACCEPT NAMESPACE COMPRESS=DEFLATE";
        peer.expects("CAPABILITY", &format!("* CAPABILITY IMAP4rev1 {all}\r\n")).await;
        peer.expects("ID (\"name\" \"test\")", "* ID (\"name\" \"Peer\")\r\n").await;
        peer.expects("ENABLE QRESYNC", "* ENABLED QRESYNC\r\n").await;
        peer.expects("NAMESPACE", "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n").await;
        peer.expects("COMPRESS DEFLATE", "% NO [COMPRESSIONACTIVE] TLS does it\r\n").await;
        peer.expects("NOOP", "").await;
    };
    let session = async {
        let mut client = client(ours, config).await.unwrap();
        client.login("ann", "secret").await.unwrap();
        client.set_up().await.unwrap();
        assert_eq!(client.identity().unwrap().field("name").unwrap(), "Peer");
        assert_eq!(client.namespace().unwrap().personal.len(), 1);
        assert!(client.server().enabled().qresync && !client.server().enabled().utf8);
        assert!(client.compressed_octets().is_none());
        client.run(Noop).await.unwrap();
    };
    tokio::join!(script, session);
}

#[tokio::test]
async fn a_provider_is_asked_for_each_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = plaintext();
    config.port = Some(listener.local_addr().unwrap().port());
    let script = tokio::spawn(async move {
        for token in ["token0", "token1"] {
            let (stream, _) = listener.accept().await.unwrap();
            let mut peer = Peer::new(stream);
            peer.says("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready\r\n").await;
            let command = peer.hears().await.unwrap();
            let secret = base64(&format!("user=ann\u{1}auth=Bearer {token}\u{1}\u{1}"));
            assert_eq!(command, format!("AUTHENTICATE XOAUTH2 {secret}"));
            peer.says("% OK [CAPABILITY IMAP4rev1] hi\r\n").await;
        }
    });
    let asked = AtomicU32::new(0);
    let provider = || async {
        let count = asked.fetch_add(1, Ordering::SeqCst);
        if count == 2 {
            return Err(std::io::Error::other("the user is gone"));
        }
        Ok(Credentials::token("ann", format!("token{count}")))
    };
    for _ in 0..2 {
        let client = Client::connect_and_login("localhost", config.clone(), &provider).await.unwrap();
        assert!(client.is_logged_in());
    }
    let error = Client::connect_and_login("localhost", config, &provider).await.unwrap_err();
    assert!(matches!(error, Error::Credentials(_)) && error.to_string().contains("the user is gone"));
    script.await.unwrap();
}

fn base64(text: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text.as_bytes()
        .chunks(3)
        .flat_map(|three| {
            let bits = (0..3).fold(0, |bits, at| bits << 8 | u32::from(*three.get(at).unwrap_or(&0)));
            (0..4).map(move |at| {
                let letter = LETTERS[(bits >> (18 - 6 * at)) as usize & 63];
                if at > three.len() { '=' } else { char::from(letter) }
            })
        })
        .collect()
}

#[tokio::test]
async fn a_login_that_fails_is_told_from_a_network_that_does() {
    let (ours, mut peer) = Peer::pair();
    let script = async {
        peer.says("* OK [CAPABILITY IMAP4rev1] ready\r\n").await;
        peer.expects("LOGIN ann wrong", "% NO [AUTHENTICATIONFAILED] no\r\n").await;
        peer.expects("LOGIN ann busy", "% NO [UNAVAILABLE] Suggested Backoff Time: 1500 milliseconds\r\n")
            .await;
        peer.expects("LOGIN bob secret", "% NO [REFERRAL imap://bob@other/] not here\r\n").await;
        peer.expects("LOGIN ann secret", "% OK [REFERRAL imap://ann@other/] not all is here\r\n").await;
        peer.expects("CAPABILITY", "* CAPABILITY IMAP4rev1\r\n% OK done\r\n").await;
    };
    let session = async {
        let mut client = client(ours, plaintext()).await.unwrap();
        let error = client.login("ann", "wrong").await.unwrap_err();
        assert!(error.is_authentication() && !error.is_fatal() && !error.is_temporary());
        assert_eq!(error.code(), Some(&Code::AuthenticationFailed));
        let error = client.login("ann", "busy").await.unwrap_err();
        assert!(!error.is_authentication() && error.is_temporary());
        assert_eq!(error.backoff(), Some(Duration::from_millis(1500)));
        let error = client.login("bob", "secret").await.unwrap_err();
        assert!(!error.is_authentication() && error.referrals()[0] == "imap://bob@other/");
        let login = client.login("ann", "secret").await.unwrap();
        assert_eq!((login.method, login.referrals().len()), (Method::Login, 1));
        assert!(login.referrals()[0] == "imap://ann@other/");
        assert!(matches!(client.login("ann", "secret").await, Err(Error::Misuse(_))));
        client
    };
    tokio::join!(script, session);
}

#[tokio::test(start_paused = true)]
async fn one_deadline_is_over_all_of_it() {
    let certificate = Certificate::new();
    for (security, said) in [
        (Security::Plaintext, ""),
        (Security::Plaintext, "* OK ready\r\n"),
        (Security::StartTls, "* OK ready\r\n"),
        (Security::Tls, ""),
    ] {
        let mut config = config(security, &certificate);
        config.connect_timeout = Some(Duration::from_secs(7));
        let (ours, mut peer) = Peer::pair();
        peer.says(said).await;
        let start = tokio::time::Instant::now();
        let error = client(ours, config).await.unwrap_err();
        assert!(matches!(error, Error::ConnectTimeout), "{error}");
        assert_eq!(start.elapsed().as_secs(), 7);
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_on_namespace_is_not_asked_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = plaintext();
    config.port = Some(listener.local_addr().unwrap().port());
    config.namespace = true;
    let accept = async |capabilities: &str| {
        let mut peer = Peer::new(listener.accept().await.unwrap().0);
        peer.says(&format!("* OK [CAPABILITY IMAP4rev1 {capabilities}] ready\r\n")).await;
        let login = format!("% OK [CAPABILITY IMAP4rev1 {capabilities}] hi\r\n");
        peer.expects("LOGIN ann secret", &login).await;
        peer
    };
    let script = async {
        for bye in ["", "* BYE what?\r\n"] {
            let mut peer = accept("NAMESPACE").await;
            assert_eq!(peer.hears().await.unwrap(), "NAMESPACE");
            peer.says(bye).await;
            drop(peer);
            let mut peer = accept("NAMESPACE ID").await;
            peer.expects("LIST \"\" \"\"", "* LIST (\\Noselect) \"/\" \"\"\r\n").await;
            peer.expects("LOGOUT", "* BYE bye\r\n").await;
        }
        // One that hangs up for another reason is not connected to once more.
        let mut peer = accept("ID").await;
        assert_eq!(peer.hears().await.unwrap(), "ID (\"name\" \"x\")");
    };
    let session = async {
        let credentials = Credentials::password("ann", "secret");
        for _ in 0..2 {
            let mut client =
                Client::connect_and_login("localhost", config.clone(), &credentials).await.unwrap();
            assert!(client.namespace().is_none() && client.server().has("ID"));
            let found = client.namespaces().await.unwrap();
            assert_eq!(found.namespaces.personal[0].delimiter, Some(b'/'));
            client.logout().await.unwrap();
        }
        config.id = Some(vec![("name".into(), Some("x".into()))]);
        Client::connect_and_login("localhost", config.clone(), &credentials).await.unwrap_err()
    };
    let ((), error) = tokio::join!(script, session);
    assert!(error.is_fatal() && error.is_temporary(), "{error}");
}

#[tokio::test]
async fn what_is_switched_off_is_not_used() {
    let mut config = plaintext();
    config.switched_off = vec!["COMPRESS=DEFLATE".into()];
    let (mut client, _peer) = configured("COMPRESS=DEFLATE ID", config).await;
    assert!(!client.server().has("COMPRESS=DEFLATE") && client.server().has("ID"));
    assert!(matches!(client.compress().await, Err(Error::Command(_))));
    client.server_mut().switch_off("ID");
    assert!(client.run(Id::asking()).await.unwrap_err().to_string().contains("ID"));
}
