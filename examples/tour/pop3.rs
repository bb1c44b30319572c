//! POP3: a server and a client.

use std::{error::Error, sync::Arc};

use mailwire::{
    service::MemoryDirectory,
    store::MemoryStore,
    tokio::{
        pop3::{Client, ClientConfig, Listener, Server, ServerConfig, ServerTls},
        tls::{Identity, Roots, client_config},
    },
};
use rustls::pki_types::PrivateKeyDer;
use tokio::{net::TcpListener, sync::Notify};

use crate::explain;

/// A server and a client, over TLS.
pub(crate) async fn tour() -> Result<(), Box<dyn Error>> {
    explain("A server needs a store with mail, a directory with users, and a certificate.");
    let store = MemoryStore::new();
    store.add_user("ann");
    for message in MESSAGES {
        store.deliver("ann", message)?;
    }
    let directory =
        MemoryDirectory::new().with_user("ann", "correct horse", &mailwire::tokio::random::<16>()?)?;
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let key = PrivateKeyDer::try_from(signing_key.serialize_der())?;
    let mut config = ServerConfig::new()?;
    config.tls = Some(ServerTls::new(Identity { chain: vec![cert.der().clone()], key })?);
    let socket = TcpListener::bind("127.0.0.1:0").await?;
    let port = socket.local_addr()?.port();
    let stop = Arc::new(Notify::new());
    let (server, stopped) = (Server::new(store.clone(), directory, config), stop.clone());
    let server = tokio::spawn(async move { server.serve([Listener::tls(socket)], stopped.notified()).await });

    explain("The client connects by TLS and trusts just this certificate. It asks what the server can do.");
    let mut config = ClientConfig::default();
    config.port = Some(port);
    config.tls = Some(client_config(Roots::Only(vec![cert.der().clone()]), None)?);
    let mut client = Client::connect("localhost", config.clone()).await?;

    explain(
        "It logs in by the strongest way that both sides know. The password never crosses the line, and the login is\n\
         bound to this very TLS connection. (The log masks what the two sides prove to each other.)",
    );
    let method = client.login("ann", "correct horse").await?;
    explain(&format!("That was {method:?}."));

    explain(
        "A maildrop has a number of messages; each has a size, and a unique-id that stays the same over sessions.",
    );
    let stat = client.stat().await?;
    let ids = client.uidl().await?;
    assert_eq!(stat.messages as usize, MESSAGES.len());

    explain(
        "Many messages are asked for ahead, as the server announced PIPELINING. They come in chunks of any size.",
    );
    let mut batch = client.retr_many(ids.rows.iter().map(|row| row.message));
    let mut downloaded = Vec::new();
    while let Some(message) = batch.next().await {
        downloaded.push(message?.read_to_end(1 << 20).await?);
    }
    drop(batch);
    for (downloaded, sent) in downloaded.iter().zip(MESSAGES) {
        assert_eq!(downloaded, sent, "what was downloaded is what was delivered, octet by octet");
    }
    println!("      {} messages, the same octets as those in the store", downloaded.len());

    explain("A message that is marked as deleted is deleted by QUIT, and only then.");
    for row in ids.rows.iter().take(2) {
        client.dele(row.message).await?;
    }
    assert_eq!(store.messages("ann").len(), MESSAGES.len());
    client.quit().await?;
    assert_eq!(store.messages("ann").len(), MESSAGES.len() - 2);
    println!("      {} message is left in the store", store.messages("ann").len());

    explain("A wrong password is an error that says so. (The server lets the client wait for it.)");
    let mut client = Client::connect("localhost", config).await?;
    let error = client.login("ann", "wrong horse").await.err().ok_or("a wrong password must fail")?;
    assert!(error.is_authentication());
    println!("      {error}");
    drop(client);

    explain("The server goes down: no new connections, and transfers that are on their way may end.");
    stop.notify_one();
    server.await??;
    Ok(())
}

/// A plain one, one whose lines begin with dots, and one that looks like the protocol.
const MESSAGES: [&[u8]; 3] = [
    b"From: bob@example.org\r\nTo: ann@example.org\r\nSubject: Lunch\r\n\r\nAt noon?\r\n",
    b"Subject: Dots\r\n\r\n.\r\n..\r\n.profile is a file.\r\n",
    b"Subject: No reply\r\n\r\n+OK this is text\r\n-ERR and so is this\r\n",
];
