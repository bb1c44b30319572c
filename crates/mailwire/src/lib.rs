//! POP3 and IMAP for Rust: the facade over the Mailwire crates, and their manual.
//!
//! # Which part do I need?
//!
//! | I want to | take | feature |
//! | --- | --- | --- |
//! | read and change mail on a server | [`tokio::imap::Client`] | `client`, `imap`, `tokio` |
//! | the same from several tasks over one connection | [`tokio::imap::Handle`] | `client`, `imap`, `tokio` |
//! | the same through restarts of the server and of the network | [`tokio::imap::Reconnecting`] | `client`, `imap`, `tokio` |
//! | fetch mail and be done | [`tokio::pop3::Client`] | `client`, `pop3`, `tokio` |
//! | serve mail | [`tokio::pop3::Server`] over a [`store`] and a [`service::Directory`] | `server`, `tokio` |
//! | do any of it on another runtime, or on none | [`imap::client`], [`pop3::client`], [`pop3::server`] | `client`, `server` |
//! | read and write the protocols' octets only | [`pop3`], [`imap`] | `pop3`, `imap` |
//! | keep values of IMAP in other formats, or fuzz them | [`imap`] | `serde`, `arbitrary` |
//! | use the dates of `chrono`, `jiff` or `time` with IMAP | [`imap::date`] | `chrono`, `jiff`, `time` |
//! | log in by SASL in another protocol | [`sasl`] | - |
//!
//! All are on by default. Each crate behind this one can be depended on alone.
//!
//! # An IMAP client
//!
//! ```no_run
//! use mailwire::{
//!     imap::{UidSet, client::command::{Extension, Select, fetch::{Envelope, Flags}}},
//!     sasl::client::Credentials,
//!     tokio::imap::{Client, ClientConfig},
//! };
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let mut config = ClientConfig::default();
//! config.enable = vec![Extension::Utf8];
//! config.compress = true;
//! let credentials = Credentials::password("ann", "correct horse");
//! let mut client = Client::connect_and_login("imap.example.org", config, &credentials).await?;
//! let inbox = client.run(Select::new("INBOX")).await?;
//! let mut rows = client.fetch(inbox.all(), (Envelope, Flags)).await?;
//! while let Some(row) = rows.try_next().await? {
//!     let (envelope, flags) = row.items;
//!     println!("{:?} {flags:?} {:?}", row.uid, envelope.and_then(|envelope| envelope.subject));
//! }
//! drop(rows);
//! client.logout().await?;
//! # Ok(())
//! # }
//! ```
//!
//! - **Commands** are types with answers of their own types: [`imap::client::command`] has one for each command of each
//!   extension. [`run`](tokio::imap::Client::run) sends one and waits, [`send`](tokio::imap::Client::send) and
//!   [`wait`](tokio::imap::Client::wait) let several be on their way. The trait [`Session`](imap::client::Session) has a
//!   method for each common job, with other ways where the server lacks an extension.
//! - **Large things are streams**: [rows](tokio::imap::Client::fetch), [bodies](tokio::imap::Client::fetch_body) and
//!   [uploads](tokio::imap::Client::append_from) take constant memory, and a slow reader holds the server up.
//! - **News** are [events](tokio::imap::Event), and the [view](tokio::imap::Client::selected) of the selected mailbox is right
//!   whoever reads them. [`idle`](tokio::imap::Client::idle) goes on around commands, and asks where there is no IDLE.
//! - **One connection for many tasks** is a [`Handle`](tokio::imap::Handle), with a [lock](tokio::imap::Handle::lock) on the
//!   selected mailbox.
//! - **A lost connection** is made again by [`Reconnecting`](tokio::imap::Reconnecting), with growing pauses; it opens the
//!   mailbox again and tells what has changed.
//! - **Security, login, errors** are as below. A [provider](tokio::imap::CredentialsProvider) gives a fresh token for each
//!   connection. An error tells how long a server that throttles wants us to [wait](tokio::imap::Error::backoff).
//! - **Cancellation.** Drop any future at any point. A message that is being uploaded is sent to its end by the next call.
//! - **A server that lies**: [switch off](tokio::imap::ClientConfig::switched_off) what it announces and cannot do.
//!
//! # A POP3 client
//!
//! ```no_run
//! use mailwire::tokio::pop3::{Client, ClientConfig};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let mut client = Client::connect("pop.example.org", ClientConfig::default()).await?;
//! client.login("ann", "correct horse").await?;
//! let ids = client.uidl().await?;
//! let mut batch = client.retr_many(ids.rows.iter().map(|row| row.message));
//! while let Some(message) = batch.next().await {
//!     let mut message = message?;
//!     while let Some(octets) = message.chunk().await? {
//!         println!("{} octets of message {}", octets.len(), message.number());
//!     }
//! }
//! drop(batch);
//! client.quit().await?;
//! # Ok(())
//! # }
//! ```
//!
//! - **Security.** The default is TLS from the first octet, and trust in whom the platform trusts. STLS and plaintext are
//!   chosen by name: [`Security`](tokio::pop3::Security). Certificates, client certificates and verifiers are those of any
//!   [`rustls::ClientConfig`](tokio::pop3::ClientConfig::tls). Proxies and tests go through
//!   [`Client::from_stream`](tokio::pop3::Client::from_stream).
//! - **Login.** The strongest way that both sides know is taken: SCRAM bound to the TLS connection, SCRAM, CRAM-MD5, APOP,
//!   PLAIN, USER and PASS; for tokens OAUTHBEARER and XOAUTH2. Nothing that shows a password is used without TLS, unless
//!   the connection is plaintext by name. See [`pop3::client::Login`].
//! - **Cancellation.** Drop any future at any point. What was on its way is read and thrown away before the next answer.
//! - **Errors** say whose fault it is, carry the server's reply and its response code, and tell whether the session goes on:
//!   [`Error::is_fatal`](tokio::pop3::Error::is_fatal),
//!   [`is_authentication`](tokio::pop3::Error::is_authentication).
//! - **Deletion** happens at [`quit`](tokio::pop3::Client::quit) and nowhere else.
//!
//! # A POP3 server
//!
//! ```no_run
//! use mailwire::{
//!     service::MemoryDirectory,
//!     store::MemoryStore,
//!     tokio::{pop3::{Listener, Server, ServerConfig, ServerTls}, tls::Identity},
//! };
//!
//! # async fn example(identity: Identity) -> Result<(), Box<dyn std::error::Error>> {
//! let store = MemoryStore::new();
//! store.add_user("ann");
//! store.deliver("ann", "Subject: hello\r\n\r\nworld\r\n")?;
//! let directory = MemoryDirectory::new().with_user("ann", "correct horse", b"sixteen octets..")?;
//! let mut config = ServerConfig::new()?;
//! config.tls = Some(ServerTls::new(identity)?);
//! let socket = ::tokio::net::TcpListener::bind("[::]:995").await?;
//! Server::new(store, directory, config).serve([Listener::tls(socket)], std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! A host implements [`store::MaildropStore`] for its mail and [`service::Directory`] for its users; states, numbers,
//! listings, dot-stuffing, limits, time-outs, mechanisms and the list of capabilities belong to the library.
//! [`store::conformance`] checks a store.
//!
//! # Without tokio
//!
//! The machines take octets and the time and give octets and events, so they run on any runtime, in a thread, in a test or
//! in WebAssembly: [`imap::client::Connection`], [`pop3::client::Connection`], [`pop3::server::Connection`].
//!
//! # The wire log
//!
//! With a `tracing` subscriber at level TRACE the targets `mailwire::imap::client`, `mailwire::pop3::client` and
//! `mailwire::pop3::server` show each line, octets of messages excepted. Passwords, tokens and responses of SASL never come there.
#![forbid(unsafe_code)]

pub use mailwire_sasl as sasl;

/// IMAP: the codec, and the machine of the client.
#[cfg(feature = "imap")]
pub mod imap {
    pub use mailwire_imap::*;
    #[cfg(feature = "client")]
    pub use mailwire_imap_client as client;
}

/// POP3: the codec, and the machines of both sides.
#[cfg(feature = "pop3")]
pub mod pop3 {
    pub use mailwire_pop3::*;
    #[cfg(feature = "client")]
    pub use mailwire_pop3_client as client;
    #[cfg(feature = "server")]
    pub use mailwire_pop3_server as server;
}

#[cfg(feature = "server")]
pub use mailwire_service as service;
#[cfg(feature = "server")]
pub use mailwire_store as store;
#[cfg(feature = "tokio")]
pub use mailwire_tokio as tokio;

/// The examples of the README are compiled with the tests.
#[cfg(all(doctest, feature = "client", feature = "server", feature = "tokio"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
