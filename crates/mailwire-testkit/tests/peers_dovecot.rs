//! Our client against Dovecot.

use mailwire::{
    pop3::{MessageNumber, client::Method},
    sasl::Mechanism,
    tokio::{
        pop3::{Client, ClientConfig, Error, Security},
        tls::{Roots, client_config},
    },
};
use mailwire_testkit::peers::{self, Dovecot, Protocol, Settings, dovecot::wire_form};
use rustls::pki_types::CertificateDer;

/// Messages of all kinds, the largest of 20 MB.
fn messages() -> Vec<Vec<u8>> {
    let mut messages = vec![
        b"Subject: one\n\nhello\n".to_vec(),
        b"Subject: dots\n\n.\n..\n...\n.profile\n\n.\n".to_vec(),
        b"Subject: eight bits\n\n\xE9\xFF\x80\0\n".to_vec(),
        b"Subject: protocol\n\n+OK 1\n-ERR\n+ \n".to_vec(),
        b"Subject: no end\n\nend".to_vec(),
        b"Subject: empty\n\n".to_vec(),
        [
            &b"Subject: 20 MB\n\n"[..],
            &b"seventy octets of text, or a few less, over and over again\n".repeat(340_000),
        ]
        .concat(),
    ];
    messages.extend(
        (0..40).map(|number| format!("Subject: {number}\n\n{}", "text\n".repeat(number * 50)).into_bytes()),
    );
    messages
}

fn start(settings: Settings, messages: &[Vec<u8>]) -> Dovecot {
    let server = Dovecot::start(settings.user("ann", "secret")).unwrap();
    messages.iter().for_each(|message| server.deliver("ann", message).unwrap());
    server
}

fn config(server: &Dovecot, security: Security) -> ClientConfig {
    let mut config = ClientConfig::default();
    let authority = CertificateDer::from(server.certificate().authority_der().to_vec());
    config.tls = Some(client_config(Roots::Only(vec![authority]), None).unwrap());
    config.port = Some(server.port(if security == Security::Tls { Protocol::Pop3s } else { Protocol::Pop3 }));
    config.security = security;
    config
}

async fn fetch_all(client: &mut Client) -> Vec<Vec<u8>> {
    let numbers = client.list().await.unwrap().rows.into_iter().map(|row| row.message);
    let mut batch = client.retr_many(numbers);
    let mut fetched = Vec::new();
    while let Some(message) = batch.next().await {
        fetched.push(message.unwrap().read_to_end(1 << 30).await.unwrap().to_vec());
    }
    fetched
}

#[tokio::test]
async fn all_messages_come_octet_by_octet_over_every_kind_of_line() {
    let messages = messages();
    let server = start(Settings::new(), &messages);
    let expected: Vec<_> = messages.iter().map(|message| wire_form(message)).collect();
    for security in [Security::Plaintext, Security::Stls, Security::StlsIfOffered, Security::Tls] {
        let mut client = Client::connect("localhost", config(&server, security)).await.unwrap();
        let method = client.login("ann", "secret").await.unwrap();
        assert_eq!(method, Method::Sasl(Mechanism::ScramSha256), "the strongest that both know");
        assert_eq!(client.is_encrypted(), security != Security::Plaintext);
        let stat = client.stat().await.unwrap();
        assert_eq!(stat.messages as usize, messages.len());
        let sizes = client.list().await.unwrap().rows;
        assert_eq!(stat.octets, sizes.iter().map(|row| row.octets).sum::<u64>());
        assert!(fetch_all(&mut client).await == expected, "{security:?}");
        client.quit().await.unwrap();
    }
}

#[tokio::test]
async fn every_way_to_log_in_works() {
    for (mechanisms, method) in [
        ("plain login cram-md5 scram-sha-1 scram-sha-256", Method::Sasl(Mechanism::ScramSha256)),
        ("plain login cram-md5 scram-sha-1", Method::Sasl(Mechanism::ScramSha1)),
        ("plain login cram-md5", Method::Sasl(Mechanism::CramMd5)),
        ("plain login apop", Method::Apop),
        ("plain login", Method::Sasl(Mechanism::Plain)),
        ("login", Method::Sasl(Mechanism::Login)),
    ] {
        let server = start(Settings::new().mechanisms(mechanisms), &[b"Subject: one\n\n".to_vec()]);
        let plaintext = config(&server, Security::Plaintext);
        let mut client = Client::connect("localhost", plaintext.clone()).await.unwrap();
        assert_eq!(client.login("ann", "secret").await.unwrap(), method, "{mechanisms}");
        assert_eq!(client.stat().await.unwrap().messages, 1);
        client.quit().await.unwrap();

        let mut client = Client::connect("localhost", plaintext).await.unwrap();
        let error = client.login("ann", "wrong").await.unwrap_err();
        assert!(error.is_authentication(), "{mechanisms}: {error}");
        // The session goes on, and the right password is taken.
        client.login("ann", "secret").await.unwrap();
        client.quit().await.unwrap();
    }
    let server = start(Settings::new(), &[]);
    let mut user_pass = config(&server, Security::Tls);
    user_pass.without = [Mechanism::ALL.map(Method::Sasl).to_vec(), vec![Method::Apop]].concat();
    let mut client = Client::connect("localhost", user_pass).await.unwrap();
    assert_eq!(client.login("ann", "secret").await.unwrap(), Method::UserPass);
    client.quit().await.unwrap();
}

#[tokio::test]
async fn every_command_is_answered() {
    let messages = messages();
    let server = start(Settings::new(), &messages);
    let mut client = Client::connect("localhost", config(&server, Security::Tls)).await.unwrap();
    assert!(client.capabilities().unwrap().has("PIPELINING"));
    client.utf8().await.map_or_else(|error| assert!(!error.is_fatal(), "{error}"), drop);
    client.login("ann", "secret").await.unwrap();
    let first = MessageNumber::FIRST;
    let second = MessageNumber::new(2).unwrap();
    let nowhere = MessageNumber::new(1000).unwrap();

    let sizes = client.list().await.unwrap().rows;
    assert_eq!(client.list_one(second).await.unwrap(), sizes.get(1).copied());
    let ids = client.uidl().await.unwrap().rows;
    assert_eq!(ids.len(), messages.len());
    assert_eq!(client.uidl_one(second).await.unwrap(), ids.get(1).cloned());
    let top = client.top(second, 2).await.unwrap().read_to_end(1 << 20).await.unwrap();
    assert_eq!(top, "Subject: dots\r\n\r\n.\r\n..\r\n");
    client.noop().await.unwrap();
    client.dele(first).await.unwrap();
    assert_eq!(client.stat().await.unwrap().messages as usize, messages.len() - 1);
    assert!(matches!(client.retr(first).await, Err(Error::Refused { .. })));
    assert!(matches!(client.retr(nowhere).await, Err(Error::Refused { .. })));
    client.rset().await.unwrap();
    assert_eq!(client.stat().await.unwrap().messages as usize, messages.len());
    client.dele(second).await.unwrap();
    // Half a message is enough: the rest is thrown away, and the session goes on.
    let mut large = client.retr(MessageNumber::new(7).unwrap()).await.unwrap();
    assert!(large.chunk().await.unwrap().is_some());
    drop(large);
    client.quit().await.unwrap();

    assert_eq!(server.messages("ann").unwrap().len(), messages.len() - 1);
    let mut client = Client::connect("localhost", config(&server, Security::Stls)).await.unwrap();
    client.login("ann", "secret").await.unwrap();
    let left = client.uidl().await.unwrap().rows;
    let expected = ids.iter().filter(|row| row.message != second).map(|row| &row.unique_id);
    assert!(left.iter().map(|row| &row.unique_id).eq(expected), "unique-ids stay the same over sessions");
    client.quit().await.unwrap();
}

#[tokio::test]
async fn nothing_is_deleted_without_quit() {
    let server = start(Settings::new(), &[b"Subject: one\n\n".to_vec()]);
    let mut client = Client::connect("localhost", config(&server, Security::Tls)).await.unwrap();
    client.login("ann", "secret").await.unwrap();
    client.dele(MessageNumber::FIRST).await.unwrap();
    drop(client);
    let mut client = Client::connect("localhost", config(&server, Security::Tls)).await.unwrap();
    client.login("ann", "secret").await.unwrap();
    assert_eq!(client.stat().await.unwrap().messages, 1);
    client.quit().await.unwrap();
}

#[tokio::test]
async fn who_is_not_trusted_gets_no_password() {
    let server = start(Settings::new(), &[]);
    let stranger = peers::Certificate::localhost().unwrap();
    for security in [Security::Tls, Security::Stls, Security::StlsIfOffered] {
        let mut config = config(&server, security);
        let authority = CertificateDer::from(stranger.authority_der().to_vec());
        config.tls = Some(client_config(Roots::Only(vec![authority]), None).unwrap());
        let error = Client::connect("localhost", config).await.unwrap_err();
        assert!(error.to_string().contains("not trusted"), "{error}");
    }
    let mut wrong_port = config(&server, Security::Tls);
    wrong_port.port = Some(server.port(Protocol::Pop3));
    let error = Client::connect("localhost", wrong_port).await.unwrap_err();
    assert!(error.to_string().contains("does not speak TLS"), "{error}");
    let mut named = config(&server, Security::Tls);
    named.server_name = Some("pop.example.org".try_into().unwrap());
    assert!(Client::connect("localhost", named).await.is_err(), "the certificate is for localhost");
}
