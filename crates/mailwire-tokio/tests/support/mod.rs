//! What the tests of clients and servers share.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::{net::SocketAddr, sync::Arc};

use mailwire_service::{Directory, MemoryDirectory};
use mailwire_store::{MaildropStore, MemoryStore};
use mailwire_tokio::{
    pop3::{ClientConfig, Listener, Security, Server, ServerConfig, ServerTls},
    tls::{Identity, Roots, client_config},
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// A certificate for `localhost`, with its key.
#[derive(Debug)]
pub(crate) struct Certificate {
    pub(crate) der: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Certificate {
    pub(crate) fn new() -> Self {
        Self::named("localhost")
    }

    pub(crate) fn named(name: &str) -> Self {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        Self { der: made.cert.der().clone(), key: made.signing_key.serialize_der() }
    }

    pub(crate) fn identity(&self) -> Identity {
        let key = PrivateKeyDer::try_from(self.key.clone()).unwrap();
        Identity { chain: vec![self.der.clone()], key }
    }
}

/// A server on two free ports of the loopback.
pub(crate) struct Running {
    pub(crate) plain: SocketAddr,
    pub(crate) tls: SocketAddr,
    pub(crate) certificate: Certificate,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Running {
    pub(crate) async fn start<S: MaildropStore, D: Directory>(store: S, directory: D) -> Self {
        Self::configured(store, directory, |_| {}).await
    }

    pub(crate) async fn configured<S: MaildropStore, D: Directory>(
        store: S,
        directory: D,
        configure: impl FnOnce(&mut ServerConfig),
    ) -> Self {
        let certificate = Certificate::new();
        let mut config = ServerConfig::new().unwrap();
        config.tls = Some(ServerTls::new(certificate.identity()).unwrap());
        // The tests make wrong logins, and nobody has to wait for their answers.
        config.protocol.login.failure_delay = std::time::Duration::ZERO;
        configure(&mut config);
        let sockets = [
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        ];
        let [plain, tls] = sockets.each_ref().map(|socket| socket.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let [plain, tls] = sockets;
            let listeners = [Listener::plain(plain), Listener::tls(tls)];
            Server::new(store, directory, config).serve(listeners, async { drop(stopped.await) }).await
        });
        Self { plain, tls, certificate, stop: Some(stop), task }
    }

    pub(crate) fn config(&self, security: Security) -> ClientConfig {
        let mut config = ClientConfig::default();
        config.security = security;
        config.port = Some(if security == Security::Tls { self.tls.port() } else { self.plain.port() });
        config.tls = Some(client_config(Roots::Only(vec![self.certificate.der.clone()]), None).unwrap());
        config
    }

    /// Asks the server to go down.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits for its end.
    pub(crate) async fn ended(self) {
        self.task.await.unwrap().unwrap();
    }
}

/// Ann, whose password is `secret`, with these messages.
pub(crate) fn store_with(messages: &[&[u8]]) -> MemoryStore {
    let store = MemoryStore::new();
    store.add_user("ann");
    messages.iter().for_each(|message| store.deliver("ann", message.to_vec()).unwrap());
    store
}

pub(crate) fn directory() -> MemoryDirectory {
    MemoryDirectory::new().with_user("ann", "secret", b"sixteen octets..").unwrap()
}

/// A client's configuration for a pipe in memory.
pub(crate) fn plaintext() -> ClientConfig {
    let mut config = ClientConfig::default();
    config.security = Security::Plaintext;
    config
}

pub(crate) fn tls12(certificate: &Certificate) -> Arc<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate.der.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider);
    let builder = builder.with_protocol_versions(&[&rustls::version::TLS12]).unwrap();
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}
