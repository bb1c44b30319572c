mod answer;
mod login;
mod news;
mod send;
mod watch;

use alloc::{boxed::Box, collections::VecDeque};
use core::{fmt, marker::PhantomData, time::Duration};

use bytes::{Bytes, BytesMut};
use mailwire_imap::{Decoder, Status, UidSet, command::Body, frame::Framer};

use crate::{
    ApiMisuse, Command, CommandError, CommandId, Config, Error, Event, Login, Selected, Server, Timeout,
    ambiguity,
    login::Attempt,
    queue::{Owner, Queue, Typed},
    state::State,
    tag::Tags,
    transmit::{Progress, Transmit},
};

use self::watch::Watch;

/// One session with an IMAP server, without I/O.
///
/// After each call that takes `&mut self`, drain [`poll_transmit`](Self::poll_transmit),
/// [`poll_event`](Self::poll_event) and [`poll_timeout`](Self::poll_timeout).
///
/// `now` is the reading of any clock that never goes back, as a duration since a point that the caller chose.
///
/// ```
/// use core::time::Duration;
/// use bytes::BytesMut;
/// use mailwire_imap_client::{Config, Connection, Event, codec::command::Body};
///
/// let now = Duration::ZERO;
/// let mut connection = Connection::new(now, Config::default());
///
/// let mut input = BytesMut::from("* PREAUTH [CAPABILITY IMAP4rev2] hello\r\n");
/// connection.handle_input(now, &mut input)?;
/// assert!(matches!(connection.poll_event(), Some(Event::CapabilitiesChanged)));
/// assert!(matches!(connection.poll_event(), Some(Event::Greeting { .. })));
///
/// // Any command may be sent as it is; those in `command` have answers of their own types.
/// let noop = connection.send(now, Body::Noop)?;
/// let sent = connection.poll_transmit().unwrap();
/// let tag = std::str::from_utf8(&sent[..8]).unwrap();
/// assert_eq!(&sent[8..], b" NOOP\r\n");
///
/// input.extend_from_slice(format!("{tag} OK done\r\n").as_bytes());
/// connection.handle_input(now, &mut input)?;
/// assert!(matches!(connection.poll_event(), Some(Event::Completed { id }) if id == noop.id()));
/// assert_eq!(connection.take(&noop), Some(Ok(())));
/// # Ok::<(), mailwire_imap_client::Error>(())
/// ```
pub struct Connection {
    config: Config,
    state: State,
    framer: Framer,
    decoder: Decoder,
    server: Server,
    queue: Queue,
    transmit: Transmit,
    tags: Tags,
    events: VecDeque<Event>,
    next_id: u64,
    /// The mailbox that SELECT is about to select.
    opening: Option<Box<Selected>>,
    /// Who took the head of a response whose literal comes as chunks.
    literal_of: Option<CommandId>,
    /// A literal had another length than announced: until the next completion, what is read may be octets of a message.
    is_doubtful: bool,
    login: Option<Box<Attempt>>,
    /// Whether capabilities were told since the login began.
    are_capabilities_fresh: bool,
    /// Whether ENABLED was told since ENABLE was answered last.
    was_enabled_told: bool,
    encrypted: bool,
    compression: Compression,
    logging_out: bool,
    was_bye_said: bool,
    watch: Watch,
    /// When the last octet came, or the wait for one began.
    heard: Duration,
    /// When the wait for the oldest answer began.
    waiting_since: Duration,
}

/// A command that was sent, and whose answer can be taken when it is there.
///
/// To drop it changes nothing; tell the connection by [`discard`](Connection::discard) that nobody wants the answer.
pub struct Ticket<C> {
    id: CommandId,
    command: PhantomData<fn() -> C>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Compression {
    Off,
    /// COMPRESS was answered with OK; the adapter has not begun.
    Agreed,
    On,
    /// UNAUTHENTICATE was answered with OK; the adapter has not ended it.
    Ending,
}

impl Connection {
    /// A session whose connection was just made.
    pub fn new(now: Duration, config: Config) -> Self {
        Self {
            state: State::Greeting,
            framer: Framer::responses(config.limits.clone(), config.quirks),
            decoder: Decoder::new(config.limits.clone(), config.quirks),
            server: Server::default(),
            queue: Queue::default(),
            transmit: Transmit::default(),
            tags: Tags::new(config.seed),
            events: VecDeque::new(),
            next_id: 0,
            opening: None,
            literal_of: None,
            is_doubtful: false,
            login: None,
            are_capabilities_fresh: false,
            was_enabled_told: false,
            encrypted: config.encrypted,
            compression: Compression::Off,
            logging_out: false,
            was_bye_said: false,
            watch: Watch::default(),
            heard: now,
            waiting_since: now,
            config,
        }
    }

    /// Takes what it can from the front of `input`, and leaves the rest, which must be there at the next call.
    ///
    /// # Errors
    ///
    /// Any error is fatal: this method returns the same one ever after, and nothing more is sent. Close the connection.
    pub fn handle_input(&mut self, now: Duration, input: &mut BytesMut) -> Result<(), Error> {
        if let State::Failed(error, _) = &self.state {
            return Err(error.clone());
        }
        if !input.is_empty() {
            self.heard = now;
        }
        let result = self.read(now, input);
        self.after(now, result)
    }

    /// Tells that the server closed the connection.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedEof`] unless LOGOUT was answered, with BYE at least: an answer that was due never came.
    pub fn handle_eof(&mut self, now: Duration) -> Result<(), Error> {
        match &self.state {
            State::Closed => Ok(()),
            State::Failed(error, _) => Err(error.clone()),
            State::Greeting
            | State::NotAuthenticated
            | State::Handshake
            | State::Authenticated
            | State::Selected(_) => {
                if self.on_end_of_logout() {
                    return Ok(());
                }
                self.after(now, Err(Error::UnexpectedEof))
            }
        }
    }

    /// Tells that the time is `now`, at or after what [`poll_timeout`](Self::poll_timeout) said.
    ///
    /// # Errors
    ///
    /// [`Error::Timeout`] if a deadline has passed; it is fatal.
    pub fn handle_timeout(&mut self, now: Duration) -> Result<(), Error> {
        if let State::Failed(error, _) = &self.state {
            return Err(error.clone());
        }
        let passed = self.deadlines().into_iter().flatten().find(|(deadline, _)| *deadline <= now);
        if let Some((_, timeout)) = passed {
            return self.after(now, Err(timeout.into()));
        }
        self.watch_timeout(now);
        self.pump(now);
        Ok(())
    }

    /// Queues a command. It leaves after the greeting, and as soon as those before it leave no doubt about the answers
    /// ([RFC 9051 section 5.5](https://www.rfc-editor.org/rfc/rfc9051#section-5.5)).
    ///
    /// Commands with message sequence numbers mean the messages that have these numbers when the command leaves: with
    /// others in front of it that can bring EXPUNGE, that is later. UIDs do not change.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if the command does not fit the state of the session.
    pub fn send<C: Command>(&mut self, now: Duration, command: C) -> Result<Ticket<C>, ApiMisuse> {
        self.check_open()?;
        if self.login.is_some() {
            return Err(ApiMisuse::Busy);
        }
        match command.body(&self.server) {
            Ok(body) if ambiguity::has_own_method(&body) => return Err(ApiMisuse::OwnMethod),
            Ok(Body::Logout) => self.logging_out = true,
            _ => {}
        }
        let id = self.enqueue(now, Owner::Application, Typed::new(command));
        Ok(Ticket { id, command: PhantomData })
    }

    /// The answer of a command so far. What grows in it can be taken out while the command is in progress.
    pub fn output<C: Command>(&mut self, ticket: &Ticket<C>) -> Option<&mut C::Output> {
        self.queue.output(ticket.id)?.downcast_mut()
    }

    /// Takes the answer of a command that is [at its end](Event::Completed). Nothing if it is not, and the second time.
    pub fn take<C: Command>(&mut self, ticket: &Ticket<C>) -> Option<Result<C::Output, CommandError>> {
        self.queue.take(ticket.id)
    }

    /// Tells that nobody wants the answer. What is still to come of it is read and dropped; a command that has not left
    /// yet never will. Of a command that has left, literals are still [wanted](Event::LiteralWanted).
    pub fn discard(&mut self, id: CommandId) {
        self.queue.discard(id);
        self.logging_out = self.logging_out && self.queue.has_logout(&self.server);
    }

    /// Brings octets of a literal, after [`Event::LiteralWanted`]; as many as were wanted, in pieces of any size.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse::NoLiteralNow`], without effect, if they are not wanted, or are too many.
    pub fn push_literal(&mut self, now: Duration, id: CommandId, octets: Bytes) -> Result<(), ApiMisuse> {
        let left = self.transmit.wanted().map_or(0, |(_, left)| left);
        let wanted = left.saturating_sub(octets.len() as u64);
        let progress = self.transmit.push(id, octets).ok_or(ApiMisuse::NoLiteralNow)?;
        self.waiting_since = now;
        self.heard = now;
        // More of the same literal is no news.
        if !matches!(progress, Progress::Octets(left) if left == wanted) {
            self.progressed(id, progress);
        }
        self.pump(now);
        Ok(())
    }

    /// How many octets of a literal the application has to bring now, and for which command.
    pub fn wanted_literal(&self) -> Option<(CommandId, u64)> {
        self.transmit.wanted()
    }

    /// Logs in by the strongest way that both sides know, and asks for capabilities before, if they are not known, and
    /// after, unless the server tells them by itself. It begins after the greeting, and ends with [`Event::LoggedIn`], at
    /// once if the greeting is PREAUTH, or with [`Event::LoginFailed`].
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if the session is logged in, closing, or has commands in progress.
    pub fn login(&mut self, now: Duration, login: Login) -> Result<(), ApiMisuse> {
        self.check_idle()?;
        if self.is_logged_in() {
            return Err(ApiMisuse::LoggedIn);
        }
        self.begin_login(now, login);
        Ok(())
    }

    /// Asks the server to begin TLS. It ends with [`Event::StartTls`] or [`Event::StartTlsRefused`].
    ///
    /// Asked before the greeting, a PREAUTH there is the end
    /// ([`PeerMisbehaved::PreAuthInClear`](crate::PeerMisbehaved::PreAuthInClear)): STARTTLS has no place in a session that is
    /// authenticated, and this would be how somebody on the line gets rid of it.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if TLS is there already, if the session is logged in or closing, or if it has
    /// commands in progress.
    pub fn start_tls(&mut self, now: Duration) -> Result<(), ApiMisuse> {
        self.check_idle()?;
        if self.encrypted || self.is_logged_in() {
            return Err(ApiMisuse::NoTlsNow);
        }
        self.enqueue(now, Owner::StartTls, Typed::new(Body::StartTls));
        Ok(())
    }

    /// Tells that the TLS handshake is done.
    ///
    /// "Once TLS has been started, the client MUST discard cached information about server capabilities"
    /// ([RFC 9051 section 6.2.1](https://www.rfc-editor.org/rfc/rfc9051#section-6.2.1)); all else that came in clear text
    /// is discarded too.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse::NoTlsNow`], without effect, unless [`Event::StartTls`] was the last event.
    pub fn tls_started(&mut self, now: Duration) -> Result<(), ApiMisuse> {
        if !matches!(self.state, State::Handshake) {
            return Err(ApiMisuse::NoTlsNow);
        }
        self.transition(State::on_tls);
        self.framer = Framer::responses(self.config.limits.clone(), self.config.quirks);
        self.decoder = Decoder::new(self.config.limits.clone(), self.config.quirks);
        self.set_capabilities(None);
        self.encrypted = true;
        self.heard = now;
        self.pump(now);
        Ok(())
    }

    /// Asks the server to compress. It ends with [`Event::Compress`] or [`Event::CompressRefused`]
    /// ([RFC 4978](https://www.rfc-editor.org/rfc/rfc4978)).
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if the session is not logged in, compresses already, is closing, or has commands in
    /// progress.
    pub fn compress(&mut self, now: Duration) -> Result<(), ApiMisuse> {
        self.check_idle()?;
        if !self.is_logged_in() || self.is_compressed() {
            return Err(ApiMisuse::NoCompressionNow);
        }
        let Ok(deflate) = mailwire_imap::Atom::new("DEFLATE") else {
            return Err(ApiMisuse::NoCompressionNow);
        };
        self.enqueue(now, Owner::Compress, Typed::new(Body::Compress(deflate)));
        Ok(())
    }

    /// Tells that everything is compressed from now on. What is left in the input was compressed already.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse::NoCompressionNow`], without effect, unless [`Event::Compress`] was the last event.
    pub fn compression_started(&mut self, now: Duration) -> Result<(), ApiMisuse> {
        if self.compression != Compression::Agreed {
            return Err(ApiMisuse::NoCompressionNow);
        }
        self.compression = Compression::On;
        self.heard = now;
        self.pump(now);
        Ok(())
    }

    /// Tells that nothing is compressed any more, in either direction: neither what is left of the input nor what comes.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse::NoCompressionNow`], without effect, unless [`Event::CompressionEnded`] was told.
    pub fn compression_ended(&mut self, now: Duration) -> Result<(), ApiMisuse> {
        if self.compression != Compression::Ending {
            return Err(ApiMisuse::NoCompressionNow);
        }
        self.compression = Compression::Off;
        self.heard = now;
        self.pump(now);
        Ok(())
    }

    /// Begins or ends to watch the selected mailbox, or the whole account after NOTIFY: whenever the line is free, IDLE is
    /// sent, and ended by itself when there is a command to send. Where there is no IDLE, NOOP asks from time to time.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse::Closed`], without effect, if the session is closed or closing.
    pub fn watch(&mut self, now: Duration, on: bool) -> Result<(), ApiMisuse> {
        self.check_open()?;
        self.set_watch(now, on);
        Ok(())
    }

    /// Tells the view the UIDs of all messages, as `UID SEARCH ALL` finds them. Without effect, and `false`, if their count is
    /// not that of the messages, because some came or went since.
    pub fn know_uids(&mut self, uids: &UidSet) -> bool {
        let State::Selected(selected) = &mut self.state else { return false };
        let fits = uids.len() == Some(selected.exists.into());
        if fits {
            selected.map.learn_all(uids);
        }
        fits
    }

    /// The next octets to send.
    pub fn poll_transmit(&mut self) -> Option<Bytes> {
        self.transmit.poll()
    }

    /// What happened next.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), unless another call comes first.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let deadlines = self.deadlines().into_iter().flatten().map(|(deadline, _)| deadline);
        deadlines.chain(self.watch_deadline()).min()
    }

    /// What is known of the server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The same, for switching some of it off.
    pub fn server_mut(&mut self) -> &mut Server {
        self.queue.server_changed();
        &mut self.server
    }

    /// The view of the selected mailbox; after an error, how it was last: what a new session resynchronises from.
    pub fn selected(&self) -> Option<&Selected> {
        match &self.state {
            State::Selected(selected) | State::Failed(_, Some(selected)) => Some(selected),
            State::Greeting
            | State::NotAuthenticated
            | State::Handshake
            | State::Authenticated
            | State::Closed
            | State::Failed(_, None) => None,
        }
    }

    /// Whether somebody is logged in.
    pub fn is_logged_in(&self) -> bool {
        self.state.is_authenticated()
    }

    /// Whether the session has ended, by LOGOUT or by an error.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed | State::Failed(..))
    }

    /// Whether a login or the start of TLS or of compression is in progress, so that commands have to wait.
    pub fn is_busy(&self) -> bool {
        self.login.is_some()
            || matches!(self.state, State::Handshake)
            || matches!(self.compression, Compression::Agreed | Compression::Ending)
            || self
                .queue
                .oldest()
                .is_some_and(|entry| matches!(entry.owner, Owner::StartTls | Owner::Compress))
    }

    /// Whether TLS protects the line.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Whether the line is compressed.
    pub fn is_compressed(&self) -> bool {
        self.compression != Compression::Off
    }

    /// Whether the next line may be the last one that the server compresses: UNAUTHENTICATE is in progress. What follows it
    /// may have been read with it, so nothing must be inflated beyond a line end before the connection has seen the line.
    pub fn may_end_compression(&self) -> bool {
        self.compression == Compression::On
            && matches!(self.queue.oldest().and_then(crate::queue::Entry::body), Some(Body::Unauthenticate))
    }

    /// Whether the server may send news at any time: IDLE is in progress.
    pub fn is_idling(&self) -> bool {
        self.watch.is_idling()
    }

    /// How many commands of the application are not answered yet.
    pub fn pending(&self) -> usize {
        self.queue.len() - usize::from(self.watch.id().is_some())
    }

    fn after(&mut self, now: Duration, result: Result<(), Error>) -> Result<(), Error> {
        let result = result.and_then(|()| {
            if self.events.len() > self.config.max_events { Err(crate::Limit::Events.into()) } else { Ok(()) }
        });
        match &result {
            Ok(()) => self.pump(now),
            Err(error) => {
                // The way that was in progress comes to nothing, but the one before it was refused.
                if let Some(error) = self.login.take().and_then(|attempt| attempt.into_refusal()) {
                    self.events.push_back(Event::LoginFailed { error });
                }
                self.transmit.clear();
                self.transition(|state| state.on_error(error.clone()));
            }
        }
        result
    }

    fn transition(&mut self, step: impl FnOnce(State) -> State) {
        self.state = step(core::mem::replace(&mut self.state, State::Closed));
    }

    fn set_capabilities(&mut self, capabilities: Option<mailwire_imap::Capabilities>) {
        self.server.set_capabilities(capabilities);
        self.queue.server_changed();
    }

    fn check_open(&self) -> Result<(), ApiMisuse> {
        if self.logging_out || self.is_closed() { Err(ApiMisuse::Closed) } else { Ok(()) }
    }

    fn check_idle(&self) -> Result<(), ApiMisuse> {
        self.check_open()?;
        if self.is_busy() || self.pending() > 0 { Err(ApiMisuse::Busy) } else { Ok(()) }
    }

    /// Deadlines that are errors.
    fn deadlines(&self) -> [Option<(Duration, Timeout)>; 4] {
        let timeouts = &self.config.timeouts;
        let greeting = timeouts.greeting.filter(|_| matches!(self.state, State::Greeting));
        let is_due = self.state.is_open() && self.queue.oldest().is_some() && !self.watch.is_idling();
        // While octets of a literal are waited for from the application, the server has nothing to say.
        let is_ours = self.transmit.wanted().is_some();
        let silence = timeouts.silence.filter(|_| is_due && !is_ours);
        let command = timeouts.command.filter(|_| is_due && !is_ours);
        let done = self.watch.done_since().filter(|_| self.state.is_open()).zip(timeouts.done);
        [
            greeting.map(|after| (self.waiting_since + after, Timeout::Greeting)),
            silence.map(|after| (self.heard + after, Timeout::Silence)),
            command.map(|after| (self.waiting_since + after, Timeout::Command)),
            done.map(|(since, after)| (since + after, Timeout::Done)),
        ]
    }
}

impl<C> Ticket<C> {
    /// Which command it is for.
    pub fn id(&self) -> CommandId {
        self.id
    }
}

impl<C> Clone for Ticket<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Ticket<C> {}

impl<C> fmt::Debug for Ticket<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({:?})", self.id)
    }
}

/// Without octets and outputs: passwords and mail are among them.
impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("state", &self.state)
            .field("server", &self.server)
            .field("queue", &self.queue)
            .field("transmit", &self.transmit)
            .field("login", &self.login)
            .field("encrypted", &self.encrypted)
            .field("compression", &self.compression)
            .field("watch", &self.watch)
            .finish_non_exhaustive()
    }
}

/// The status of a session that ended.
fn is_bye(status: &Status) -> bool {
    status.kind == mailwire_imap::status::Kind::Bye
}

#[cfg(test)]
mod tests;
