//! From nothing to a session that can be used.

use mailwire_imap_client::{
    CommandError, Connection, LoggedIn, Login,
    command::{Capability, Enable, Id, Namespace},
};
use mailwire_sasl::{ChannelBinding, client::Credentials};
use tokio::time::Instant;

use super::{Client, ClientConfig, CredentialsProvider, Error, Security, Ticket};
use crate::{
    BoxedStream, Stream,
    connect::{self, within},
    driver::Driver,
    random, tls,
};

impl Client {
    /// Connects to `host`, secures the line as `config` says, reads the greeting and asks for capabilities.
    ///
    /// # Errors
    ///
    /// [`Error`], if anything of that fails, and [`Error::ConnectTimeout`] if it takes too long together.
    pub async fn connect(host: &str, config: ClientConfig) -> Result<Self, Error> {
        let limit = config.connect_timeout;
        within(limit, Error::ConnectTimeout, Self::open(host, config)).await
    }

    /// As [`connect`](Self::connect), over a connection that the caller made: a proxy's tunnel, a pipe in memory.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub async fn from_stream(stream: impl Stream, host: &str, config: ClientConfig) -> Result<Self, Error> {
        let limit = config.connect_timeout;
        within(limit, Error::ConnectTimeout, Self::establish(Box::new(stream), host, config)).await
    }

    /// Connects, logs in, and then does what `config` asks for: ID, ENABLE, NAMESPACE, COMPRESS. A server that lacks one of
    /// these or refuses it is left as it is. One that hangs up on NAMESPACE, as Exchange 2003 does, is connected to once more
    /// with the same credentials, and not asked again.
    ///
    /// ```no_run
    /// # use mailwire_tokio::imap::{Client, ClientConfig, Error, command::Extension};
    /// # use mailwire_sasl::client::Credentials;
    /// # async fn example() -> Result<(), Error> {
    /// let mut config = ClientConfig::default();
    /// config.enable = vec![Extension::Utf8, Extension::QResync];
    /// config.compress = true;
    /// let credentials = Credentials::password("ann", "correct horse");
    /// let client = Client::connect_and_login("imap.example.org", config, &credentials).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect) and [`authenticate`](Self::authenticate); [`Error::Credentials`] if the provider has
    /// none.
    pub async fn connect_and_login<P: CredentialsProvider>(
        host: &str,
        config: ClientConfig,
        credentials: &P,
    ) -> Result<Self, Error> {
        // They are asked for first: a user may have to type them, and servers do not wait long.
        let credentials = credentials.credentials().await.map_err(no_credentials)?;
        within(config.connect_timeout, Error::ConnectTimeout, async move {
            let mut config = config;
            loop {
                let mut client = Self::open(host, config.clone()).await?;
                if !client.is_logged_in() {
                    client.authenticate(credentials.clone()).await?;
                }
                match client.set_up().await {
                    Err(error) if client.is_asking_namespaces && is_hang_up(&error) => {
                        tracing::debug!("hung up on NAMESPACE: {error}");
                        config.switched_off.push(NAMESPACE.into());
                    }
                    result => return result.map(|()| client),
                }
            }
        })
        .await
    }

    /// Logs in with a user name and a password, by the strongest way that both sides know. The answer says by which, and what
    /// the server said: the user's mailboxes may be [elsewhere](LoggedIn::referrals).
    ///
    /// # Errors
    ///
    /// As [`authenticate`](Self::authenticate).
    pub async fn login(&mut self, user: &str, password: &str) -> Result<LoggedIn, Error> {
        self.authenticate(Credentials::password(user, password)).await
    }

    /// The same with any credentials.
    ///
    /// # Errors
    ///
    /// [`Error::Login`] if the login fails, [`Error::Misuse`] if the session is logged in already, as after PREAUTH; any other
    /// is fatal.
    pub async fn authenticate(&mut self, credentials: Credentials) -> Result<LoggedIn, Error> {
        self.quiet().await?;
        let credentials = credentials.with_host(&self.host);
        let mut login =
            Login::new(credentials, random::<NONCE_OCTETS>()?).with_channel_binding(self.binding.clone());
        if self.config.security == Security::Plaintext {
            login = login.allow_cleartext();
        }
        if self.config.no_initial_response {
            login = login.without_initial_response();
        }
        login = self.config.without.iter().fold(login, |login, method| login.without(*method));
        self.outcome.login = None;
        let now = self.driver.now();
        self.driver.connection.login(now, login)?;
        let login = self.until(|client| client.outcome.login.take()).await??;
        self.waiting.forget_capabilities();
        Ok(login)
    }

    /// Does after login what the configuration asks for: ID, ENABLE, NAMESPACE, COMPRESS, as far as the server has them.
    /// [`connect_and_login`](Self::connect_and_login) calls this.
    ///
    /// # Errors
    ///
    /// Fatal ones alone: what the server refuses is left as it is. A server may hang up on what it does not know: see
    /// [`ClientConfig::switched_off`].
    pub async fn set_up(&mut self) -> Result<(), Error> {
        self.settle().await?;
        let id = match self.config.id.clone() {
            Some(fields) if self.server().has("ID") => Some(self.send(Id { fields: Some(fields) })?),
            _ => None,
        };
        let wanted: Vec<_> =
            self.config.enable.iter().filter(|one| self.server().has(one.as_str())).cloned().collect();
        let enable = if wanted.is_empty() { None } else { Some(self.send(Enable::new(wanted))?) };
        self.is_asking_namespaces = self.config.namespace && self.server().has(NAMESPACE);
        let namespace = if self.is_asking_namespaces { Some(self.send(Namespace)?) } else { None };
        self.identity = self.wait_if_sent(id).await?;
        self.wait_if_sent(enable).await?;
        self.namespaces = self.wait_if_sent(namespace).await?;
        self.is_asking_namespaces = false;
        if self.config.compress && self.server().has(COMPRESS) && !self.driver.connection.is_compressed() {
            unless_refused(self.compress().await)?;
        }
        Ok(())
    }

    /// Compresses all that follows, both ways ([RFC 4978](https://www.rfc-editor.org/rfc/rfc4978)).
    ///
    /// # Errors
    ///
    /// [`Error::Command`] if the server does not compress; [`Error::Misuse`] if the line is compressed already, or nobody is
    /// logged in.
    pub async fn compress(&mut self) -> Result<(), Error> {
        self.quiet().await?;
        self.server().require(COMPRESS)?;
        self.outcome.compress = None;
        let now = self.driver.now();
        self.driver.connection.compress(now)?;
        let refused = self.until(|client| client.outcome.compress.take()).await?;
        refused
            .map_err(|status| CommandError::Refused { command: "COMPRESS", status: Box::new(status) }.into())
    }

    /// Puts DEFLATE between the machine and the stream, at the moment at which the server does.
    pub(crate) fn begin_compression(&mut self) {
        self.compressed = self.driver.begin_compression();
        let now = self.driver.now();
        if let Err(misuse) = self.driver.connection.compression_started(now) {
            self.driver.fail(misuse.into());
        }
        self.outcome.compress = Some(Ok(()));
    }

    /// Takes it away again, after UNAUTHENTICATE.
    pub(crate) fn end_compression(&mut self) {
        self.driver.end_compression();
        self.compressed = None;
        let now = self.driver.now();
        if let Err(misuse) = self.driver.connection.compression_ended(now) {
            self.driver.fail(misuse.into());
        }
    }

    async fn open(host: &str, config: ClientConfig) -> Result<Self, Error> {
        let default = if config.security == Security::Tls { super::TLS_PORT } else { super::PORT };
        let stream = connect::tcp(host, config.port.unwrap_or(default)).await?;
        Self::establish(Box::new(stream), host, config).await
    }

    async fn establish(stream: BoxedStream, host: &str, mut config: ClientConfig) -> Result<Self, Error> {
        let started = Instant::now();
        let (mut stream, mut binding) = (stream, None);
        if config.security == Security::Tls {
            (stream, binding) = begin_tls(stream, host, &config).await?;
        }
        config.protocol.encrypted = config.security == Security::Tls;
        config.protocol.requires_tls = config.security == Security::StartTls;
        config.protocol.seed = random()?;
        let connection = Connection::new(started.elapsed(), config.protocol.clone());
        let mut client = Self::new(Driver::new(stream, started, connection), host, config);
        client.binding = binding;
        for word in client.config.switched_off.clone() {
            client.server_mut().switch_off(&word);
        }
        client.until(|client| client.outcome.greeting.is_some().then_some(())).await?;
        client.start_tls().await?;
        client.ask_capabilities().await?;
        client.waiting.forget_capabilities();
        Ok(client)
    }

    async fn start_tls(&mut self) -> Result<(), Error> {
        match self.config.security {
            Security::Tls | Security::Plaintext => return Ok(()),
            Security::StartTls => {}
            Security::StartTlsIfOffered => {
                self.ask_capabilities().await?;
                if !self.server().has("STARTTLS") || self.is_logged_in() {
                    return Ok(());
                }
            }
        }
        let now = self.driver.now();
        self.driver.connection.start_tls(now)?;
        if let Err(status) = self.until(|client| client.outcome.start_tls.take()).await? {
            return Err(Error::StartTlsRefused { status: Box::new(status) });
        }
        let stream = self.driver.take_stream()?;
        let (stream, binding) = begin_tls(stream, &self.host, &self.config).await?;
        self.driver.set_stream(stream);
        self.binding = binding;
        let now = self.driver.now();
        Ok(self.driver.connection.tls_started(now)?)
    }

    /// Asks what the server can do, unless it said so by itself.
    async fn ask_capabilities(&mut self) -> Result<(), Error> {
        if self.server().capabilities().is_some() {
            return Ok(());
        }
        unless_refused(self.run(Capability).await).map(drop)
    }

    async fn wait_if_sent<C: mailwire_imap_client::Command>(
        &mut self,
        ticket: Option<Ticket<C>>,
    ) -> Result<Option<C::Output>, Error> {
        match ticket {
            Some(ticket) => unless_refused(self.wait(ticket).await),
            None => Ok(None),
        }
    }
}

/// Nothing, where the server refuses.
fn unless_refused<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::Command(error)) => {
            tracing::debug!("{error}");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

pub(crate) fn no_credentials(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Credentials(error.into().into())
}

async fn begin_tls(
    stream: BoxedStream,
    host: &str,
    config: &ClientConfig,
) -> Result<(BoxedStream, Option<ChannelBinding>), Error> {
    let tls = tls::given_or_default(config.tls.as_ref())?;
    Ok(tls::connect(stream, host, config.server_name.as_ref(), tls).await?)
}

/// Whether the server ended the session, or the line did.
fn is_hang_up(error: &Error) -> bool {
    use mailwire_imap_client::Error as Protocol;
    matches!(error, Error::Io(_) | Error::Protocol(Protocol::Bye { .. } | Protocol::UnexpectedEof))
}

/// Enough for every mechanism.
const NONCE_OCTETS: usize = 24;

/// The capability of RFC 2342.
const NAMESPACE: &str = "NAMESPACE";

/// The capability of RFC 4978.
const COMPRESS: &str = "COMPRESS=DEFLATE";
