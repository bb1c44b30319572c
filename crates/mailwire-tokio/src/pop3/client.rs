use std::{
    collections::VecDeque,
    sync::{Arc, Weak},
    task::{Context, Poll, ready},
};

use mailwire_pop3::{
    Capabilities, Command, MessageNumber, Reply,
    language::{LanguageListing, LanguageRange, LanguageTag},
    listing::{DropListing, ScanListing, UniqueIdListing},
};
use mailwire_pop3_client::{
    CommandId, Connection, Event, Login, Method,
    request::{Capa, Lang, Languages, List, ListOne, Listing, Plain, Request, Stat, Uidl, UidlOne},
};
use mailwire_sasl::{ChannelBinding, client::Credentials};
use tokio::time::Instant;

use super::{Batch, ClientConfig, Error, Message, Security};
use crate::{
    BoxedStream, Octets, Stream,
    connect::{self, within},
    driver::{Driver, machine},
    random, tls,
};

/// A session with a POP3 server.
///
/// ```no_run
/// use mailwire_tokio::pop3::{Client, ClientConfig};
///
/// # async fn example() -> Result<(), mailwire_tokio::pop3::Error> {
/// let mut client = Client::connect("pop.example.org", ClientConfig::default()).await?;
/// client.login("ann", "correct horse").await?;
/// for row in client.list().await? {
///     let message = client.retr(row.message).await?.read_to_end(1 << 20).await?;
///     println!("{} has {} octets", row.message, message.len());
///     client.dele(row.message).await?;
/// }
/// client.quit().await
/// # }
/// ```
///
/// Every future may be dropped at any point: the session stays in step, and the next call reads on.
#[derive(Debug)]
pub struct Client {
    driver: Driver<Connection>,
    config: ClientConfig,
    host: Option<String>,
    binding: Option<ChannelBinding>,
    tickets: VecDeque<Slot>,
    /// What the server said without being asked, usually why it is about to close.
    notice: Option<Reply>,
}

/// A command that was [sent](Client::send) and whose answer is to be [waited](Client::wait) for.
#[derive(Debug)]
pub struct Ticket<R> {
    id: CommandId,
    request: R,
    keyword: String,
    /// Its owner still wants the answer.
    _alive: Arc<()>,
}

/// The events of a ticket that came before it was waited for.
#[derive(Debug)]
struct Slot {
    id: CommandId,
    alive: Weak<()>,
    events: VecDeque<Event>,
}

/// Whose events are waited for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wanted {
    Command(CommandId),
    Session,
}

impl Client {
    /// Connects to `host`, secures the line as `config` says, reads the greeting and asks for capabilities.
    ///
    /// # Errors
    ///
    /// [`Error`], if anything of that fails, and [`Error::ConnectTimeout`] if it takes too long together.
    pub async fn connect(host: &str, config: ClientConfig) -> Result<Self, Error> {
        let default = if config.security == Security::Tls { super::TLS_PORT } else { super::PORT };
        let port = config.port.unwrap_or(default);
        within(config.connect_timeout, Error::ConnectTimeout, async {
            let stream = connect::tcp(host, port).await?;
            Self::establish(Box::new(stream), host, config.clone()).await
        })
        .await
    }

    /// As [`connect`](Self::connect), over a connection that the caller made: a proxy's tunnel, a pipe in memory.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub async fn from_stream(stream: impl Stream, host: &str, config: ClientConfig) -> Result<Self, Error> {
        let establish = Self::establish(Box::new(stream), host, config.clone());
        within(config.connect_timeout, Error::ConnectTimeout, establish).await
    }

    /// Connects and logs in. If the server offers APOP, refuses it and closes the connection, as some do, the next way to
    /// log in is tried on a new one.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect) and [`authenticate`](Self::authenticate).
    pub async fn connect_and_login(
        host: &str,
        mut config: ClientConfig,
        credentials: Credentials,
    ) -> Result<Self, Error> {
        let mut client = Self::connect(host, config.clone()).await?;
        match client.authenticate(credentials.clone()).await {
            Ok(_) => return Ok(client),
            Err(Error::Login(error)) if error.method() == Some(Method::Apop) && error.code().is_none() => {
                config.without.push(Method::Apop);
            }
            Err(error) => return Err(error),
        }
        let mut client = Self::connect(host, config).await?;
        client.authenticate(credentials).await?;
        Ok(client)
    }

    /// Logs in with a user name and a password, by the strongest way that both sides know.
    ///
    /// # Errors
    ///
    /// As [`authenticate`](Self::authenticate).
    pub async fn login(&mut self, user: &str, password: &str) -> Result<Method, Error> {
        self.authenticate(Credentials::password(user, password)).await
    }

    /// Logs in with any credentials, and returns by which way.
    ///
    /// # Errors
    ///
    /// [`Error::Login`] if the login fails; any other is fatal.
    pub async fn authenticate(&mut self, credentials: Credentials) -> Result<Method, Error> {
        self.settle().await?;
        let credentials = match &self.host {
            Some(host) => credentials.with_host(host),
            None => credentials,
        };
        let mut login =
            Login::new(credentials, random::<NONCE_OCTETS>()?).with_channel_binding(self.binding.clone());
        if self.config.security == Security::Plaintext {
            login = login.allow_cleartext();
        }
        if self.config.no_initial_response {
            login = login.without_initial_response();
        }
        login = self.config.without.iter().fold(login, |login, method| login.without(*method));
        let now = self.driver.now();
        self.driver.connection.login(now, login)?;
        loop {
            match self.session_event().await? {
                Event::LoggedIn { method } => return Ok(method),
                Event::LoginFailed { error } => return Err(error.into()),
                _ => {}
            }
        }
    }

    /// How many messages and octets there are.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    pub async fn stat(&mut self) -> Result<DropListing, Error> {
        self.run(Stat).await
    }

    /// The sizes of all messages.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    pub async fn list(&mut self) -> Result<Listing<ScanListing>, Error> {
        self.run(List).await
    }

    /// The size of a message.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    pub async fn list_one(&mut self, message: MessageNumber) -> Result<Option<ScanListing>, Error> {
        self.run(ListOne(message)).await
    }

    /// The unique-ids of all messages.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait); [`Error::Unsupported`] if the server has no unique-ids.
    pub async fn uidl(&mut self) -> Result<Listing<UniqueIdListing>, Error> {
        self.run(Uidl).await
    }

    /// The unique-id of a message.
    ///
    /// # Errors
    ///
    /// As [`uidl`](Self::uidl).
    pub async fn uidl_one(&mut self, message: MessageNumber) -> Result<Option<UniqueIdListing>, Error> {
        self.run(UidlOne(message)).await
    }

    /// A message.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    pub async fn retr(&mut self, message: MessageNumber) -> Result<Message<'_>, Error> {
        self.open_message(message, Command::Retr(message)).await
    }

    /// Many messages, asked for ahead.
    pub fn retr_many(&mut self, messages: impl IntoIterator<Item = MessageNumber>) -> Batch<'_> {
        Batch::new(self, messages.into_iter().collect())
    }

    /// The header of a message and the first `lines` of its body.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait); [`Error::Unsupported`] if the server has no TOP.
    pub async fn top(&mut self, message: MessageNumber, lines: u32) -> Result<Message<'_>, Error> {
        self.open_message(message, Command::Top { message, lines }).await
    }

    /// Marks a message as deleted; [`quit`](Self::quit) deletes it.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    pub async fn dele(&mut self, message: MessageNumber) -> Result<(), Error> {
        self.run(Plain(Command::Dele(message))).await
    }

    /// Takes all deletion marks back.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    pub async fn rset(&mut self) -> Result<(), Error> {
        self.run(Plain(Command::Rset)).await
    }

    /// Gives a sign of life.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    pub async fn noop(&mut self) -> Result<(), Error> {
        self.run(Plain(Command::Noop)).await
    }

    /// Permits UTF-8 in headers ([RFC 6856 section 2.1](https://www.rfc-editor.org/rfc/rfc6856#section-2.1)); before login.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait); [`Error::Unsupported`] if the server has no UTF8.
    pub async fn utf8(&mut self) -> Result<(), Error> {
        self.run(Plain(Command::Utf8)).await
    }

    /// The languages that the server's texts can be in.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait); [`Error::Unsupported`] if the server has no LANG.
    pub async fn languages(&mut self) -> Result<Listing<LanguageListing>, Error> {
        self.run(Languages).await
    }

    /// Chooses a language for the server's texts, and returns which it took, if it tells.
    ///
    /// # Errors
    ///
    /// As [`languages`](Self::languages).
    pub async fn lang(&mut self, range: LanguageRange) -> Result<Option<LanguageTag>, Error> {
        self.run(Lang(range)).await
    }

    /// Ends the session: what is marked as deleted is deleted now.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if the server could not delete all of it; a fatal error if it did not say.
    pub async fn quit(mut self) -> Result<(), Error> {
        self.run(Plain(Command::Quit)).await?;
        // The answer is there; how the connection closes after it changes nothing.
        let _ = self.driver.shut_down().await;
        Ok(())
    }

    /// Sends a command and waits for its answer.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send) and [`wait`](Self::wait).
    pub async fn run<R: Request>(&mut self, request: R) -> Result<R::Output, Error> {
        self.settle().await?;
        let ticket = self.send(request)?;
        self.wait(ticket).await
    }

    /// Sends a command and does not wait for its answer: further commands can follow at once.
    ///
    /// It leaves at the next call that waits. If the server has no pipelining, commands wait for each other by themselves.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], without effect, if the command does not fit the state of the session.
    pub fn send<R: Request>(&mut self, request: R) -> Result<Ticket<R>, Error> {
        let command = request.command();
        let keyword = command.keyword().to_owned();
        let id = self.send_command(command)?;
        let alive = Arc::new(());
        self.tickets.retain(|slot| slot.alive.strong_count() > 0);
        self.tickets.push_back(Slot { id, alive: Arc::downgrade(&alive), events: VecDeque::new() });
        Ok(Ticket { id, request, keyword, _alive: alive })
    }

    /// Waits for the answer to a command that was sent before.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`], [`Error::Unsupported`] and [`Error::Parse`] are about this command; any other is fatal.
    pub async fn wait<R: Request>(&mut self, ticket: Ticket<R>) -> Result<R::Output, Error> {
        let Ticket { id, request, keyword, _alive } = ticket;
        let mut output = R::Output::default();
        let reply = self.reply_to(id, &keyword).await?;
        if request.command().expects_multi_line() {
            loop {
                match std::future::poll_fn(|cx| self.poll_event_of(cx, id)).await? {
                    Event::Row { row, .. } => request.on_row(row, &mut output),
                    Event::End { .. } => break,
                    _ => {}
                }
            }
        }
        match request.on_reply(&reply, &mut output) {
            Ok(()) => Ok(output),
            Err(error) => Err(Error::Parse { command: keyword, error }),
        }
    }

    /// What the server can do; nothing if it has no CAPA.
    pub fn capabilities(&self) -> Option<&Capabilities> {
        self.driver.connection.capabilities().filter(|capabilities| !capabilities.is_empty())
    }

    /// The same, for switching some of it off.
    pub fn capabilities_mut(&mut self) -> Option<&mut Capabilities> {
        self.driver.connection.capabilities_mut()
    }

    /// Asks again what the server can do.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait); [`Error::Unsupported`] if the server has no CAPA.
    pub async fn refresh_capabilities(&mut self) -> Result<Capabilities, Error> {
        self.run(Capa).await
    }

    /// Whether TLS protects the line.
    pub fn is_encrypted(&self) -> bool {
        self.driver.connection.is_encrypted()
    }

    /// How many octets went over the connection.
    pub fn octets(&self) -> Octets {
        self.driver.octets()
    }

    async fn establish(stream: BoxedStream, host: &str, mut config: ClientConfig) -> Result<Self, Error> {
        let started = Instant::now();
        let (mut stream, mut binding) = (stream, None);
        if config.security == Security::Tls {
            (stream, binding) = begin_tls(stream, host, &config).await?;
        }
        config.protocol.encrypted = config.security == Security::Tls;
        let connection = Connection::new(started.elapsed(), config.protocol.clone());
        let driver = Driver::new(stream, started, connection);
        let host = Some(host.to_owned());
        let mut client = Self { driver, config, host, binding, tickets: VecDeque::new(), notice: None };
        while !matches!(client.session_event().await?, Event::Greeting { .. }) {}
        client.begin_stls().await?;
        if client.driver.connection.capabilities().is_none() {
            client.ask_capabilities().await?;
        }
        Ok(client)
    }

    async fn begin_stls(&mut self) -> Result<(), Error> {
        match self.config.security {
            Security::Tls | Security::Plaintext => return Ok(()),
            Security::Stls => {}
            Security::StlsIfOffered => {
                self.ask_capabilities().await?;
                if self.capabilities().is_none_or(|capabilities| !capabilities.has("STLS")) {
                    return Ok(());
                }
            }
        }
        let now = self.driver.now();
        self.driver.connection.start_tls(now)?;
        loop {
            match self.session_event().await? {
                Event::StartTls => break,
                Event::StartTlsRefused { reply } => return Err(Error::StlsRefused { reply }),
                _ => {}
            }
        }
        let host = self.host.clone().unwrap_or_default();
        let stream = self.driver.take_stream()?;
        let (stream, binding) = begin_tls(stream, &host, &self.config).await?;
        self.driver.set_stream(stream);
        self.binding = binding;
        let now = self.driver.now();
        Ok(self.driver.connection.tls_started(now)?)
    }

    async fn ask_capabilities(&mut self) -> Result<(), Error> {
        match self.run(Capa).await {
            Err(error) if error.is_fatal() => Err(error),
            _ => Ok(()),
        }
    }

    async fn open_message(&mut self, number: MessageNumber, command: Command) -> Result<Message<'_>, Error> {
        self.settle().await?;
        let keyword = command.keyword().to_owned();
        let id = self.send_command(command)?;
        // If this future is dropped before the reply is there, nobody wants the body that follows it.
        let mut guard = Unwanted { client: self, id, armed: true };
        let reply = guard.client.reply_to(id, &keyword).await;
        guard.armed = false;
        drop(guard);
        reply.map(|reply| self.message(id, number, &reply))
    }

    pub(crate) fn message(&mut self, id: CommandId, number: MessageNumber, reply: &Reply) -> Message<'_> {
        Message::new(self, id, number, reply)
    }

    pub(crate) fn send_command(&mut self, command: Command) -> Result<CommandId, Error> {
        if let Some(error) = self.driver.error() {
            return Err(self.closed_because(error));
        }
        let now = self.driver.now();
        Ok(self.driver.connection.send(now, command)?)
    }

    pub(crate) fn discard(&mut self, id: CommandId) {
        self.driver.connection.discard(id);
    }

    pub(crate) fn max_in_flight(&self) -> usize {
        self.config.protocol.max_in_flight.max(1)
    }

    /// Waits for the end of a login whose future was dropped.
    pub(crate) async fn settle(&mut self) -> Result<(), Error> {
        if let Some(error) = self.driver.error() {
            return Err(self.closed_because(error));
        }
        while self.driver.connection.is_busy() {
            self.session_event().await?;
        }
        Ok(())
    }

    /// The first line of the answer, if it is positive.
    pub(crate) async fn reply_to(&mut self, id: CommandId, keyword: &str) -> Result<Reply, Error> {
        loop {
            let Event::Reply { reply, .. } = std::future::poll_fn(|cx| self.poll_event_of(cx, id)).await?
            else {
                continue;
            };
            let (command, announced) = (keyword.to_owned(), self.announces(keyword));
            return match reply {
                reply if reply.is_ok() => Ok(reply),
                reply if !announced && reply.code().is_none() => Err(Error::Unsupported { command, reply }),
                reply => Err(Error::Refused { command, reply }),
            };
        }
    }

    pub(crate) fn poll_event_of(
        &mut self,
        cx: &mut Context<'_>,
        id: CommandId,
    ) -> Poll<Result<Event, Error>> {
        self.poll_wanted(cx, Wanted::Command(id))
    }

    async fn session_event(&mut self) -> Result<Event, Error> {
        std::future::poll_fn(|cx| self.poll_wanted(cx, Wanted::Session)).await
    }

    fn poll_wanted(&mut self, cx: &mut Context<'_>, wanted: Wanted) -> Poll<Result<Event, Error>> {
        let mut slots = self.tickets.iter_mut();
        if let Some(slot) = slots.find(|slot| wanted == Wanted::Command(slot.id))
            && let Some(event) = slot.events.pop_front()
        {
            return Poll::Ready(Ok(event));
        }
        loop {
            let event = match ready!(self.driver.poll_event(cx)) {
                Ok(event) => event,
                Err(error) => return Poll::Ready(Err(self.closed_because(error))),
            };
            let of = match &event {
                Event::Reply { id, .. }
                | Event::Row { id, .. }
                | Event::Data { id, .. }
                | Event::End { id } => Wanted::Command(*id),
                _ => Wanted::Session,
            };
            if let Event::Notice { reply } = &event {
                self.notice = Some(reply.clone());
            } else if of == wanted {
                return Poll::Ready(Ok(event));
            } else if let Some(slot) = self.tickets.iter_mut().find(|slot| of == Wanted::Command(slot.id))
                && slot.alive.strong_count() > 0
            {
                slot.events.push_back(event);
            }
            // Anything else belongs to a future that was dropped.
        }
    }

    fn closed_because(&self, error: Error) -> Error {
        use mailwire_pop3_client::{Error as Protocol, PeerMisbehaved};
        let by_server = matches!(
            error,
            Error::Protocol(
                Protocol::UnexpectedEof | Protocol::PeerMisbehaved(PeerMisbehaved::RefusedConnection)
            )
        );
        match &self.notice {
            Some(reply) if by_server => Error::Closed { reply: reply.clone() },
            _ => error,
        }
    }

    /// Whether the server said that it has this command, or every server has it.
    fn announces(&self, keyword: &str) -> bool {
        !OPTIONAL.contains(&keyword)
            || self.capabilities().is_some_and(|capabilities| keyword == "CAPA" || capabilities.has(keyword))
    }
}

/// Discards an answer whose future is dropped.
struct Unwanted<'a> {
    client: &'a mut Client,
    id: CommandId,
    armed: bool,
}

impl Drop for Unwanted<'_> {
    fn drop(&mut self) {
        if self.armed {
            self.client.discard(self.id);
        }
    }
}

async fn begin_tls(
    stream: BoxedStream,
    host: &str,
    config: &ClientConfig,
) -> Result<(BoxedStream, Option<ChannelBinding>), Error> {
    let tls = tls::given_or_default(config.tls.as_ref())?;
    Ok(tls::connect(stream, host, config.server_name.as_ref(), tls).await?)
}

machine!(Connection, Event, Error);

/// Enough for every mechanism.
const NONCE_OCTETS: usize = 24;

/// Commands that a server need not have (RFC 1939 section 7, RFC 2449, 2595, 6856).
const OPTIONAL: [&str; 6] = ["CAPA", "LANG", "STLS", "TOP", "UIDL", "UTF8"];
