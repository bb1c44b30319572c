//! TLS between our client and our server: who is trusted, what binds a login, what fails closed.

mod support;

use std::{future::ready, sync::Arc};

use mailwire_pop3_client::Method;
use mailwire_sasl::{Mechanism, Secret, client::Credentials};
use mailwire_service::{Directory, Unavailable};
use mailwire_tokio::{
    pop3::{Client, ClientConfig, Error, Security, ServerTls},
    tls::{Roots, client_config, server_config},
};
use rustls::{RootCertStore, server::WebPkiClientVerifier};
use support::{Certificate, Running, directory, plaintext, store_with, tls12};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, TlsConnector};

#[tokio::test]
async fn every_kind_of_line_works_and_logins_are_bound_to_tls() {
    let server = Running::configured(store_with(&[b"one\r\n"]), directory(), |config| {
        config.protocol.login.allow_cleartext = true;
    })
    .await;
    for (security, method) in [
        (Security::Tls, Mechanism::ScramSha256Plus),
        (Security::Stls, Mechanism::ScramSha256Plus),
        (Security::StlsIfOffered, Mechanism::ScramSha256Plus),
        (Security::Plaintext, Mechanism::ScramSha256),
    ] {
        let mut client = Client::connect("localhost", server.config(security)).await.unwrap();
        assert_eq!(client.login("ann", "secret").await.unwrap(), Method::Sasl(method), "{security:?}");
        assert_eq!(client.is_encrypted(), security != Security::Plaintext);
        assert_eq!(client.stat().await.unwrap().messages, 1);
        client.quit().await.unwrap();
    }
    // Where TLS 1.3 is missing, the certificate binds.
    let mut old = server.config(Security::Tls);
    old.tls = Some(tls12(&server.certificate));
    let mut client = Client::connect("localhost", old).await.unwrap();
    assert_eq!(client.login("ann", "secret").await.unwrap(), Method::Sasl(Mechanism::ScramSha256Plus));
    client.quit().await.unwrap();
}

/// Somebody whose certificate the client trusts, and who passes everything on to the server.
async fn man_in_the_middle(certificate: &Certificate, server: &Running) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(server_config(certificate.identity()).unwrap());
    let trusting = client_config(Roots::Only(vec![server.certificate.der.clone()]), None).unwrap();
    let (connector, to) = (TlsConnector::from(trusting), server.tls);
    tokio::spawn(async move {
        let (client, _) = listener.accept().await.unwrap();
        let mut client = acceptor.accept(client).await.unwrap();
        let server = TcpStream::connect(to).await.unwrap();
        let mut server = connector.connect("localhost".try_into().unwrap(), server).await.unwrap();
        let _ = copy_bidirectional(&mut client, &mut server).await;
    });
    port
}

#[tokio::test]
async fn a_login_that_is_bound_to_tls_fails_through_somebody_in_the_middle() {
    let server = Running::start(store_with(&[]), directory()).await;
    let stranger = Certificate::new();
    for tls in [client_config(Roots::Only(vec![stranger.der.clone()]), None).unwrap(), tls12(&stranger)] {
        let mut config = server.config(Security::Tls);
        config.port = Some(man_in_the_middle(&stranger, &server).await);
        config.tls = Some(tls);
        let mut client = Client::connect("localhost", config).await.unwrap();
        let error = client.login("ann", "secret").await.unwrap_err();
        assert!(error.is_authentication(), "{error}");
    }
}

#[tokio::test]
async fn who_is_not_trusted_is_not_spoken_to() {
    let server = Running::start(store_with(&[]), directory()).await;
    let stranger = Certificate::new();
    for security in [Security::Tls, Security::Stls, Security::StlsIfOffered] {
        let mut config = server.config(security);
        config.tls = Some(client_config(Roots::Only(vec![stranger.der.clone()]), None).unwrap());
        let error = Client::connect("localhost", config).await.unwrap_err();
        assert!(error.to_string().contains("is not trusted"), "{error}");
        let mut config = server.config(security);
        config.server_name = Some("pop.example.org".try_into().unwrap());
        assert!(Client::connect("localhost", config).await.is_err(), "the certificate has another name");
    }
    let mut by_default = server.config(Security::Tls);
    by_default.tls = None;
    assert!(Client::connect("localhost", by_default).await.is_err(), "nobody but us knows this certificate");
    let mut config = server.config(Security::Tls);
    config.port = Some(server.plain.port());
    let error = Client::connect("localhost", config).await.unwrap_err();
    assert!(error.to_string().contains("does not speak TLS from the first octet"), "{error}");
}

#[tokio::test]
async fn without_stls_nothing_is_said() {
    for (security, replies) in [
        (Security::Stls, &[("STLS\r\n", "-ERR no\r\n")][..]),
        (Security::StlsIfOffered, &[("CAPA\r\n", "+OK\r\nSASL PLAIN\r\nUSER\r\n.\r\n")]),
    ] {
        let (ours, theirs) = tokio::io::duplex(1000);
        let script = tokio::spawn(async move {
            let mut line = String::new();
            let mut stream = BufReader::new(theirs);
            stream.write_all(b"+OK\r\n").await.unwrap();
            for (command, reply) in replies {
                line.clear();
                stream.read_line(&mut line).await.unwrap();
                assert_eq!(line, *command);
                stream.write_all(reply.as_bytes()).await.unwrap();
            }
            line.clear();
            // The end of the stream: no user, no password.
            assert_eq!(stream.read_line(&mut line).await.unwrap(), 0, "{line}");
        });
        let mut config = plaintext();
        config.security = security;
        match Client::from_stream(ours, "localhost", config).await {
            Err(error) => assert!(matches!(error, Error::StlsRefused { .. }), "{error}"),
            Ok(mut client) => {
                let error = client.login("ann", "secret").await.unwrap_err();
                assert!(error.to_string().contains("no way to log in"), "{error}");
            }
        }
        script.await.unwrap();
    }
}

#[tokio::test]
async fn a_server_without_a_certificate_cannot_listen_with_tls() {
    let mut config = mailwire_tokio::pop3::ServerConfig::new().unwrap();
    config.tls = None;
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = mailwire_tokio::pop3::Server::new(store_with(&[]), directory(), config);
    let listeners = [mailwire_tokio::pop3::Listener::tls(socket)];
    assert!(server.serve(listeners, std::future::pending()).await.is_err());
}

/// Knows who has a certificate.
struct ByCertificate(Vec<u8>);

impl Directory for ByCertificate {
    fn verify_password(
        &self,
        _: &str,
        _: &Secret,
    ) -> impl Future<Output = Result<Option<String>, Unavailable>> + Send {
        ready(Ok(None))
    }

    fn external(
        &self,
        certificate: Option<&[u8]>,
    ) -> impl Future<Output = Result<Option<String>, Unavailable>> + Send {
        ready(Ok((certificate == Some(&self.0[..])).then(|| "ann".into())))
    }
}

#[tokio::test]
async fn a_client_certificate_is_a_login() {
    let own = Certificate::named("ann");
    let by_certificate = ByCertificate(own.der.to_vec());
    let (server_certificate, trusted) = (Certificate::new(), own.der.clone());
    let tls = {
        let mut roots = RootCertStore::empty();
        roots.add(trusted).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        let verifier = verifier.allow_unauthenticated().build().unwrap();
        let builder =
            rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let identity = server_certificate.identity();
        let builder = builder.unwrap().with_client_cert_verifier(verifier);
        Arc::new(builder.with_single_cert(identity.chain, identity.key).unwrap())
    };
    let server = Running::configured(store_with(&[b"one\r\n"]), by_certificate, |config| {
        config.tls = Some(ServerTls::from_config(tls, None));
        config.protocol.login.mechanisms = vec![Mechanism::External];
    })
    .await;
    let config = |identity| -> ClientConfig {
        let mut config = server.config(Security::Tls);
        config.tls =
            Some(client_config(Roots::Only(vec![server_certificate.der.clone()]), identity).unwrap());
        config
    };
    let mut client = Client::connect("localhost", config(Some(own.identity()))).await.unwrap();
    let method = client.authenticate(Credentials::external()).await.unwrap();
    assert_eq!(method, Method::Sasl(Mechanism::External));
    assert_eq!(client.stat().await.unwrap().messages, 1);
    client.quit().await.unwrap();
    let mut client = Client::connect("localhost", config(None)).await.unwrap();
    assert!(client.authenticate(Credentials::external()).await.unwrap_err().is_authentication());
}
