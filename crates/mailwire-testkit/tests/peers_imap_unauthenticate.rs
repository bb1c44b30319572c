//! A line of Cyrus that is compressed, and used by one user after the other.

use mailwire::{
    imap::client::{Method, Session as _, command::Append},
    sasl::Mechanism,
    tokio::{
        imap::{Client, ClientConfig, Security},
        tls::{Roots, client_config},
    },
};
use mailwire_testkit::peers::{Cyrus, Protocol, cyrus::Settings};
use rustls::pki_types::CertificateDer;

/// Only who is an administrator may give the line to somebody else.
fn start() -> Cyrus {
    let settings = Settings::new().user("ann", "secret").admin("cyrus", "secret").admin("other", "secret");
    Cyrus::start(settings.mechanisms("PLAIN SCRAM-SHA-256")).unwrap()
}

fn config(server: &Cyrus, security: Security) -> ClientConfig {
    let mut config = ClientConfig::default();
    let authority = CertificateDer::from(server.certificate().authority_der().to_vec());
    config.tls = Some(client_config(Roots::Only(vec![authority]), None).unwrap());
    let protocol = if security == Security::Tls { Protocol::Imaps } else { Protocol::Imap };
    config.port = Some(server.port(protocol).unwrap());
    config.security = security;
    // Cyrus announces it, and does not take the binding to TLS 1.3.
    config.without = vec![Method::Sasl(Mechanism::ScramSha256Plus)];
    config
}

#[tokio::test]
async fn the_next_user_begins_without_compression_and_may_compress_again() {
    let server = start();
    for security in [Security::Plaintext, Security::StartTls, Security::Tls] {
        let mut client = Client::connect("localhost", config(&server, security)).await.unwrap();
        for user in ["cyrus", "other", "cyrus"] {
            client.login(user, "secret").await.unwrap();
            client.list("*").await.unwrap();
            client.compress().await.unwrap();
            client.list("*").await.unwrap();
            assert!(client.compressed_octets().unwrap().received > 0);
            client.unauthenticate().await.unwrap();
            assert!(!client.is_logged_in() && client.compressed_octets().is_none(), "{security:?}");
        }
        client.login("ann", "secret").await.unwrap();
        client.append(Append::new("INBOX", "Subject: hello\r\n\r\nhello\r\n")).await.unwrap();
        client.compress().await.unwrap();
        assert!(client.select("INBOX").await.unwrap().exists > 0);
        client.logout().await.unwrap();
    }
}
