mod limits;
mod session;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use mailwire_pop3::greeting::Timestamp;
use mailwire_pop3_server::Config;
use mailwire_sasl::server::Decoy;
use mailwire_service::{Directory, pop3::Options};
use mailwire_store::MaildropStore;
use rustls::pki_types::CertificateDer;
use tokio::{net::TcpListener, sync::watch, task::JoinSet, time::timeout};
use tracing::{debug, warn};

pub use self::limits::ConnectionLimits;
use self::limits::Counter;
use crate::{Stream, random};

/// A POP3 server over a store and a directory.
///
/// ```no_run
/// use mailwire_service::MemoryDirectory;
/// use mailwire_store::MemoryStore;
/// use mailwire_tokio::{pop3::{Listener, Server, ServerConfig, ServerTls}, tls::Identity};
///
/// # async fn example(identity: Identity) -> Result<(), Box<dyn std::error::Error>> {
/// let (store, directory) = (MemoryStore::new(), MemoryDirectory::new());
/// let mut config = ServerConfig::new()?;
/// config.tls = Some(ServerTls::new(identity)?);
/// let listeners = [Listener::tls(tokio::net::TcpListener::bind("[::]:995").await?)];
/// let shutdown = async { drop(tokio::signal::ctrl_c().await) };
/// Server::new(store, directory, config).serve(listeners, shutdown).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Server<S, D> {
    shared: Arc<Shared<S, D>>,
}

/// What all sessions of a server share.
#[derive(Debug)]
struct Shared<S, D> {
    store: Arc<S>,
    directory: Arc<D>,
    config: ServerConfig,
    counter: Counter,
}

/// How a [`Server`] behaves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServerConfig {
    /// Whether APOP is offered: the name of this host, for the greeting's timestamp. Nothing by default. The directory has
    /// to know passwords for it.
    pub apop_host: Option<String>,
    /// How many connections there may be.
    pub limits: ConnectionLimits,
    /// What is left to the host to decide about messages.
    pub options: Options,
    /// Mechanisms, limits, time-outs, languages. Its `encrypted`, `stls`, `login.seed` and `login.apop` are set for each
    /// connection here.
    pub protocol: Config,
    /// How long a shutdown waits for transfers that are on their way. Default 30 s.
    pub shutdown_timeout: Duration,
    /// The certificate. Without one there is neither TLS nor STLS.
    pub tls: Option<ServerTls>,
    /// How long a TLS handshake may take. Default 30 s.
    pub tls_timeout: Duration,
    /// How long a client may read nothing while octets wait for it. Default 5 min.
    pub write_timeout: Duration,
}

impl ServerConfig {
    /// The defaults.
    ///
    /// # Errors
    ///
    /// If the system has no random octets.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            apop_host: None,
            limits: ConnectionLimits::default(),
            options: Options::default(),
            protocol: Config::new(random::<24>()?.as_slice(), Decoy::new(random::<32>()?.as_slice())),
            shutdown_timeout: Duration::from_secs(30),
            tls: None,
            tls_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(300),
        })
    }
}

/// A server's TLS.
#[derive(Clone, Debug)]
pub struct ServerTls {
    config: Arc<rustls::ServerConfig>,
    certificate: Option<CertificateDer<'static>>,
}

impl ServerTls {
    /// With this certificate and key.
    ///
    /// # Errors
    ///
    /// [`tls::Error`](crate::tls::Error) if they do not fit each other.
    pub fn new(identity: crate::tls::Identity) -> Result<Self, crate::tls::Error> {
        let certificate = identity.chain.first().cloned();
        Ok(Self { config: crate::tls::server_config(identity)?, certificate })
    }

    /// With any configuration. `certificate` is the one that clients see, if there is just one: it binds logins to
    /// connections where TLS 1.3 is missing.
    pub fn from_config(
        config: Arc<rustls::ServerConfig>,
        certificate: Option<CertificateDer<'static>>,
    ) -> Self {
        Self { config, certificate }
    }
}

/// A socket that clients connect to.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    implicit_tls: bool,
}

impl Listener {
    /// In clear text, with STLS if the server has a certificate.
    pub fn plain(socket: TcpListener) -> Self {
        Self { socket, implicit_tls: false }
    }

    /// With TLS from the first octet.
    pub fn tls(socket: TcpListener) -> Self {
        Self { socket, implicit_tls: true }
    }
}

impl<S: MaildropStore, D: Directory> Server<S, D> {
    /// A server that does not listen yet.
    pub fn new(store: S, directory: D, config: ServerConfig) -> Self {
        let counter = Counter::new(config.limits);
        let (store, directory) = (Arc::new(store), Arc::new(directory));
        Self { shared: Arc::new(Shared { store, directory, config, counter }) }
    }

    /// Accepts connections, each in a task of its own, until `shutdown` is ready.
    ///
    /// Then it accepts no more, tells idle clients that the server goes down, lets messages that are on their way end, for
    /// [`ServerConfig::shutdown_timeout`] at most, and returns. Dropping its future ends all sessions at once.
    ///
    /// # Errors
    ///
    /// If a listener is to have TLS and there is no certificate.
    pub async fn serve(
        &self,
        listeners: impl IntoIterator<Item = Listener>,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let listeners: Vec<_> = listeners.into_iter().map(Arc::new).collect();
        if self.shared.config.tls.is_none() && listeners.iter().any(|listener| listener.implicit_tls) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a listener with TLS needs a certificate",
            ));
        }
        let (stop, stopped) = watch::channel(false);
        let (mut accepts, mut sessions) = (JoinSet::new(), JoinSet::new());
        listeners.iter().for_each(|listener| drop(accepts.spawn(accept(listener.clone()))));
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = sessions.join_next() => {}
                Some(accepted) = accepts.join_next() => {
                    let Ok((listener, accepted)) = accepted else { continue };
                    let implicit_tls = listener.implicit_tls;
                    accepts.spawn(accept(listener));
                    if let Some((stream, peer)) = accepted {
                        let (shared, stopped) = (self.shared.clone(), stopped.clone());
                        sessions.spawn(session::admit(shared, Box::new(stream), peer, implicit_tls, stopped));
                    }
                }
            }
        }
        accepts.shutdown().await;
        drop(listeners);
        stop.send_replace(true);
        let all = async { while sessions.join_next().await.is_some() {} };
        if timeout(self.shared.config.shutdown_timeout, all).await.is_err() {
            warn!(sessions = sessions.len(), "sessions did not end in time and are cut off");
        }
        Ok(())
    }

    /// Serves one connection that the caller accepted, from whatever it is.
    ///
    /// # Errors
    ///
    /// What the connection or the TLS handshake says.
    pub async fn serve_stream(&self, stream: impl Stream, implicit_tls: bool) -> io::Result<()> {
        let (_stop, stopped) = watch::channel(false);
        session::serve(self.shared.clone(), Box::new(stream), implicit_tls, stopped).await
    }
}

impl<S, D> Shared<S, D> {
    /// The machine's configuration for one connection.
    fn protocol(&self, encrypted: bool) -> io::Result<Config> {
        let mut config = self.config.protocol.clone();
        config.encrypted = encrypted;
        config.stls = self.config.tls.is_some();
        config.login.seed = random::<24>()?.as_slice().into();
        if let Some(host) = &self.config.apop_host {
            let unique: String = random::<16>()?.iter().map(|octet| format!("{octet:02x}")).collect();
            config.login.apop = Timestamp::new(&format!("<{unique}@{host}>"));
        }
        Ok(config)
    }
}

async fn accept(listener: Arc<Listener>) -> (Arc<Listener>, Option<(tokio::net::TcpStream, SocketAddr)>) {
    match listener.socket.accept().await {
        Ok((stream, peer)) => {
            let _ = stream.set_nodelay(true);
            debug!(%peer, "connected");
            (listener, Some((stream, peer)))
        }
        Err(error) => {
            // Out of file descriptors, usually: without a pause this would spin until some are free.
            warn!(%error, "cannot accept a connection");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            (listener, None)
        }
    }
}

const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
