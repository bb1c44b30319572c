use std::task::{Context, Poll, ready};

use mailwire_imap_client::{
    Command, CommandError, CommandId, Connection, Event, Execute, LoggedIn, LoginError, Selected, Server,
    codec::{Status, list::Namespaces},
    command::{Identity, Logout},
};
use mailwire_sasl::ChannelBinding;

use super::{
    ClientConfig, Error, Events, Ticket,
    events::Waiting,
    pieces::{Flow, Taken},
    ticket::Dropped,
    upload::Uploads,
};
use crate::{
    Octets,
    deflate::Counter,
    driver::{Driver, machine},
};

/// A session with an IMAP server.
///
/// ```no_run
/// use mailwire_tokio::imap::{Client, ClientConfig, codec::UidSet, command::fetch::{Envelope, Flags}};
///
/// # async fn example() -> Result<(), mailwire_tokio::imap::Error> {
/// let mut client = Client::connect("imap.example.org", ClientConfig::default()).await?;
/// client.login("ann", "correct horse").await?;
/// client.run(mailwire_tokio::imap::command::Select::new("INBOX")).await?;
/// let mut rows = client.fetch(UidSet::all(), (Envelope, Flags)).await?;
/// while let Some(row) = rows.try_next().await? {
///     println!("{:?}", row.items);
/// }
/// drop(rows);
/// client.logout().await
/// # }
/// ```
///
/// Every future may be dropped at any point: the session stays in step, and the next call reads on. Nothing happens between
/// calls: who wants a connection that is served all the time, or shared by tasks, takes a [`Handle`](super::Handle).
#[derive(Debug)]
pub struct Client {
    pub(crate) driver: Driver<Connection>,
    pub(crate) config: ClientConfig,
    pub(crate) host: String,
    pub(crate) binding: Option<ChannelBinding>,
    pub(crate) outcome: Outcome,
    pub(crate) compressed: Option<Counter>,
    pub(crate) identity: Option<Identity>,
    pub(crate) namespaces: Option<Namespaces>,
    /// NAMESPACE was sent, and is not answered.
    pub(crate) is_asking_namespaces: bool,
    pub(crate) uploads: Uploads,
    pub(crate) dropped: Dropped,
    transfers: Vec<Transfer>,
    pub(crate) waiting: Waiting,
    /// How many octets the machine had taken when its events were taken last.
    consumed: u64,
    /// LOGOUT was answered.
    is_over: bool,
}

/// How that ended which has methods of its own.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) greeting: Option<Status>,
    pub(crate) start_tls: Option<Result<(), Status>>,
    pub(crate) login: Option<Result<LoggedIn, LoginError>>,
    pub(crate) compress: Option<Result<(), Status>>,
}

/// A command whose answer is taken while it comes.
#[derive(Debug)]
struct Transfer {
    id: CommandId,
    /// How many octets came since somebody took from it.
    octets: u64,
    /// Somebody waits for what comes.
    is_awaited: bool,
    state: TransferState,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum TransferState {
    Coming,
    Complete,
    Overrun,
}

impl Client {
    pub(crate) fn new(driver: Driver<Connection>, host: &str, config: ClientConfig) -> Self {
        Self {
            driver,
            host: host.to_owned(),
            binding: None,
            outcome: Outcome::default(),
            compressed: None,
            identity: None,
            namespaces: None,
            is_asking_namespaces: false,
            uploads: Uploads::default(),
            dropped: Dropped::default(),
            transfers: Vec::new(),
            waiting: Waiting::new(config.events),
            consumed: 0,
            is_over: false,
            config,
        }
    }

    /// Sends a command and waits for its answer.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send) and [`wait`](Self::wait).
    pub async fn run<C: Command>(&mut self, command: C) -> Result<C::Output, Error> {
        self.settle().await?;
        let ticket = self.send(command)?;
        self.wait(ticket).await
    }

    /// Sends a command and does not wait for its answer: further commands can follow at once.
    ///
    /// It leaves at the next call that waits. Commands whose answers could not be told apart wait for each other by
    /// themselves.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], without effect, if the command does not fit the state of the session.
    pub fn send<C: Command>(&mut self, command: C) -> Result<Ticket<C>, Error> {
        self.check()?;
        let now = self.driver.now();
        Ok(Ticket::new(self.driver.connection.send(now, command)?, self.dropped.clone()))
    }

    /// Waits for the answer to a command that was sent before.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] is about this command, and the session goes on; any other is fatal.
    pub async fn wait<C: Command>(&mut self, ticket: Ticket<C>) -> Result<C::Output, Error> {
        let answer = self.until(|client| client.driver.connection.take(&ticket.inner)).await?;
        ticket.answered();
        Ok(answer?)
    }

    /// Sends commands that do not wait for each other, as far as their answers can be told apart, and waits for all answers,
    /// which are in the order of the commands. What one of them comes to changes nothing for the others.
    pub async fn run_all<C: Command>(
        &mut self,
        commands: impl IntoIterator<Item = C>,
    ) -> Vec<Result<C::Output, Error>> {
        let settled = self.settle().await;
        let send = |command| settled.clone().and_then(|()| self.send(command));
        let tickets: Vec<_> = commands.into_iter().map(send).collect();
        let mut answers = Vec::with_capacity(tickets.len());
        for ticket in tickets {
            answers.push(match ticket {
                Ok(ticket) => self.wait(ticket).await,
                Err(error) => Err(error),
            });
        }
        answers
    }

    /// The next event: what the server tells without being asked, and what no command took.
    ///
    /// It waits as long as nothing happens. Without [IDLE](Self::idle) most servers tell nothing then. Dropping this future
    /// loses nothing.
    ///
    /// # Errors
    ///
    /// [`Error::EventsLost`], once, if events were lost; any other is fatal.
    pub async fn next_event(&mut self) -> Result<Event, Error> {
        std::future::poll_fn(|cx| self.poll_event(cx)).await
    }

    /// The same as a stream. It does not ask the server for news, as [`idle`](Self::idle) does.
    pub fn events(&mut self) -> Events<'_> {
        Events::new(self)
    }

    /// An event that is there already.
    ///
    /// # Errors
    ///
    /// [`Error::EventsLost`], once, if events were lost.
    pub fn try_event(&mut self) -> Result<Option<Event>, Error> {
        self.dispatch();
        self.waiting.pop().transpose()
    }

    /// Ends the session.
    ///
    /// # Errors
    ///
    /// [`Error`] if the server did not say that it ends: the network, mostly.
    pub async fn logout(mut self) -> Result<(), Error> {
        self.run(Logout).await?;
        // The answer is there; how the connection closes after it changes nothing.
        let _ = self.driver.shut_down().await;
        Ok(())
    }

    /// What is known of the server.
    pub fn server(&self) -> &Server {
        self.driver.connection.server()
    }

    /// The same, for switching some of it off.
    pub fn server_mut(&mut self) -> &mut Server {
        self.driver.connection.server_mut()
    }

    /// The view of the selected mailbox.
    pub fn selected(&self) -> Option<&Selected> {
        self.driver.connection.selected()
    }

    /// What the server told of itself, if [`ClientConfig::id`] asked for it.
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Where mailboxes are, if [`ClientConfig::namespace`] asked for it.
    pub fn namespace(&self) -> Option<&Namespaces> {
        self.namespaces.as_ref()
    }

    /// What the server said first.
    pub fn greeting(&self) -> Option<&Status> {
        self.outcome.greeting.as_ref()
    }

    /// Whether somebody is logged in.
    pub fn is_logged_in(&self) -> bool {
        self.driver.connection.is_logged_in()
    }

    /// Whether TLS protects the line.
    pub fn is_encrypted(&self) -> bool {
        self.driver.connection.is_encrypted()
    }

    /// How many octets went over the connection, above TLS and compression.
    pub fn octets(&self) -> Octets {
        self.driver.octets()
    }

    /// How many of them there were below compression since it began, if the line is compressed.
    pub fn compressed_octets(&self) -> Option<Octets> {
        self.compressed.as_ref().map(Counter::octets)
    }

    /// Whether the session can take commands.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.is_over {
            return Err(Error::Closed);
        }
        self.driver.error().map_or(Ok(()), Err)
    }

    /// Waits for the end of a login or of the start of compression whose future was dropped.
    pub(crate) async fn settle(&mut self) -> Result<(), Error> {
        self.check()?;
        self.until(|client| (!client.driver.connection.is_busy()).then_some(())).await
    }

    /// Waits until no command is in progress.
    pub(crate) async fn quiet(&mut self) -> Result<(), Error> {
        let is_quiet = |connection: &Connection| !connection.is_busy() && connection.pending() == 0;
        self.check()?;
        self.until(|client| is_quiet(&client.driver.connection).then_some(())).await
    }

    pub(crate) async fn until<T>(
        &mut self,
        mut check: impl FnMut(&mut Self) -> Option<T>,
    ) -> Result<T, Error> {
        std::future::poll_fn(|cx| self.poll_until(cx, None, |client| check(client).map(Ok))).await
    }

    /// Lets octets go both ways until `check` finds what it looks for. `taking` is the transfer from which it takes.
    pub(crate) fn poll_until<T>(
        &mut self,
        cx: &mut Context<'_>,
        taking: Option<CommandId>,
        mut check: impl FnMut(&mut Self) -> Option<Result<T, Error>>,
    ) -> Poll<Result<T, Error>> {
        loop {
            self.dispatch();
            if let Some(found) = check(self) {
                return Poll::Ready(found);
            }
            ready!(self.poll_step(cx, taking))?;
        }
    }

    pub(crate) fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Result<Event, Error>> {
        self.poll_until(cx, None, |client| client.waiting.pop())
    }

    /// One read at most, and one piece of a message that is being sent.
    pub(crate) fn poll_step(
        &mut self,
        cx: &mut Context<'_>,
        taking: Option<CommandId>,
    ) -> Poll<Result<(), Error>> {
        if self.is_over {
            return Poll::Ready(Err(Error::Closed));
        }
        let is_sent = self.poll_upload(cx).is_ready();
        self.driver.set_careful(self.driver.connection.may_end_compression());
        let before = self.driver.octets().received;
        let step = self.driver.poll_progress(cx);
        self.count(self.driver.octets().received - before, taking);
        match step {
            Poll::Pending if is_sent => Poll::Ready(Ok(())),
            step => step,
        }
    }

    /// Takes everything that the machine tells.
    pub(crate) fn dispatch(&mut self) {
        for id in self.dropped.take() {
            self.driver.connection.discard(id);
        }
        let consumed = self.driver.consumed();
        let octets = usize::try_from(consumed.saturating_sub(self.consumed)).unwrap_or(usize::MAX);
        self.consumed = consumed;
        let events: Vec<Event> = std::iter::from_fn(|| self.driver.connection.poll_event()).collect();
        let octets = octets / events.len().max(1);
        for event in events {
            self.take_event(event, octets);
        }
    }

    fn take_event(&mut self, event: Event, octets: usize) {
        match event {
            Event::Completed { id } => self.set_transfer(id, TransferState::Complete),
            // The machine is asked which one it wants.
            Event::LiteralWanted { .. } => {}
            Event::Greeting { status } => self.outcome.greeting = Some(status),
            Event::StartTls => self.outcome.start_tls = Some(Ok(())),
            Event::StartTlsRefused { status } => self.outcome.start_tls = Some(Err(status)),
            Event::LoggedIn { login } => self.outcome.login = Some(Ok(login)),
            Event::LoginFailed { error } => self.outcome.login = Some(Err(error)),
            Event::CompressRefused { status } => self.outcome.compress = Some(Err(status)),
            Event::Compress => self.begin_compression(),
            Event::CompressionEnded => self.end_compression(),
            event => {
                self.is_over |= matches!(event, Event::Closed);
                self.waiting.push(event, octets);
            }
        }
    }

    /// What comes next of an answer that is taken while it comes, if it is there.
    pub(crate) fn take_piece<C: Flow>(&mut self, ticket: &Ticket<C>) -> Option<Result<Taken<C>, Error>> {
        let transfer = self.transfers.iter_mut().find(|transfer| transfer.id == ticket.id())?;
        if transfer.state == TransferState::Overrun {
            return Some(Err(Error::Overrun));
        }
        if let Some(piece) = self.driver.connection.output(&ticket.inner).and_then(C::piece) {
            transfer.octets = 0;
            return Some(Ok(Taken::Piece(piece)));
        }
        let answer = self.driver.connection.take(&ticket.inner)?;
        Some(answer.map(Taken::End).map_err(Error::from))
    }

    /// Sends a command whose answer is taken while it comes. [`end_transfer`](Self::end_transfer) has to be called at its end.
    pub(crate) fn begin_transfer<C: Flow>(&mut self, command: C) -> Result<Ticket<C>, Error> {
        let ticket = self.send(command)?;
        let state = TransferState::Coming;
        self.transfers.push(Transfer { id: ticket.id(), octets: 0, is_awaited: false, state });
        Ok(ticket)
    }

    /// Whether somebody waits for what comes of a transfer, apart from who takes from it at a step.
    pub(crate) fn set_awaited(&mut self, id: CommandId, is_awaited: bool) {
        if let Some(transfer) = self.transfers.iter_mut().find(|transfer| transfer.id == id) {
            transfer.is_awaited = is_awaited;
        }
    }

    pub(crate) fn end_transfer(&mut self, id: CommandId) {
        self.transfers.retain(|transfer| transfer.id != id);
    }

    /// Gives up transfers that nobody takes from, before they take too much memory.
    fn count(&mut self, octets: u64, taking: Option<CommandId>) {
        let most = self.config.read_ahead;
        for transfer in &mut self.transfers {
            let is_awaited = transfer.is_awaited || taking == Some(transfer.id);
            if transfer.state != TransferState::Coming || is_awaited {
                continue;
            }
            transfer.octets += octets;
            if transfer.octets > most {
                transfer.state = TransferState::Overrun;
                self.driver.connection.discard(transfer.id);
            }
        }
    }

    fn set_transfer(&mut self, id: CommandId, state: TransferState) {
        if let Some(transfer) = self.transfers.iter_mut().find(|transfer| transfer.id == id) {
            transfer.state = state;
        }
    }
}

impl Execute for Client {
    type Error = Error;

    fn run<C: Command>(&mut self, command: C) -> impl Future<Output = Result<C::Output, Error>> + Send {
        Client::run(self, command)
    }

    fn run_all<C: Command>(
        &mut self,
        commands: Vec<C>,
    ) -> impl Future<Output = Vec<Result<C::Output, Error>>> + Send {
        Client::run_all(self, commands)
    }

    fn server(&mut self) -> impl Future<Output = Result<Server, Error>> + Send {
        std::future::ready(Ok(Client::server(self).clone()))
    }

    fn selected(&mut self) -> impl Future<Output = Result<Option<Selected>, Error>> + Send {
        std::future::ready(Ok(Client::selected(self).cloned()))
    }

    fn command_error(error: &Error) -> Option<&CommandError> {
        if let Error::Command(error) = error { Some(error) } else { None }
    }
}

machine!(Connection, Event, Error);
