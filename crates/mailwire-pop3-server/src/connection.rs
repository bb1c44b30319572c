use alloc::{collections::VecDeque, vec::Vec};
use core::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use mailwire_pop3::{
    Capabilities, Capability, Command, MessageNumber, Reply, ResponseCode,
    dot::stuff_line,
    line::Framer,
    listing::{ScanListing, UniqueIdListing},
};
use mailwire_sasl::{
    ChannelBinding, Secret,
    server::{Answer, Identity},
};

use crate::{
    ApiMisuse, Closed, Config, Entry, Error, Event, Language, PeerMisbehaved, Phrase, Refusal,
    maildrop::Maildrop,
    outbox::Outbox,
    state::{Columns, State},
    trace,
};

/// One session with a POP3 client, without I/O.
///
/// After each call of a `&mut` method drain [`poll_transmit`](Self::poll_transmit), [`poll_event`](Self::poll_event) and
/// [`poll_timeout`](Self::poll_timeout); and, because commands wait for answers of the host and for room, call
/// [`handle_input`](Self::handle_input) again as long as [`wants_input`](Self::wants_input) and there is input left.
///
/// `now` is the reading of any clock that never goes back, as a duration since a point that the caller chose.
///
/// ```
/// use core::time::Duration;
/// use bytes::BytesMut;
/// use mailwire_pop3_server::{Config, Connection, Event, sasl::server::{Answer, Decoy}};
///
/// let now = Duration::ZERO;
/// let mut config = Config::new("random for each connection", Decoy::new("random for each server"));
/// config.encrypted = true;
/// let mut connection = Connection::new(now, config);
/// assert_eq!(connection.poll_transmit().as_deref(), Some(&b"+OK POP3 server ready\r\n"[..]));
///
/// let mut input = BytesMut::from("USER ann\r\nPASS tanstaaf\r\n");
/// connection.handle_input(now, &mut input)?;
/// assert_eq!(connection.poll_transmit().as_deref(), Some(&b"+OK send the password\r\n"[..]));
/// assert!(matches!(connection.poll_event(), Some(Event::Ask(_))));
///
/// connection.answer(now, Answer::Granted)?;
/// assert!(matches!(connection.poll_event(), Some(Event::Open { .. })));
/// connection.opened(now, Vec::new())?;
/// assert_eq!(connection.poll_transmit().as_deref(), Some(&b"+OK logged in\r\n"[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Connection {
    pub(crate) config: Config,
    pub(crate) state: State,
    pub(crate) framer: Framer,
    pub(crate) outbox: Outbox,
    pub(crate) events: VecDeque<Event>,
    pub(crate) language: Language,
    pub(crate) encrypted: bool,
    pub(crate) bindings: Vec<ChannelBinding>,
    pub(crate) utf8: bool,
    /// How many AUTH commands there were, so that no two have the same nonce.
    pub(crate) exchanges: u64,
    pub(crate) failures: u32,
    bad_commands: u32,
    /// Why the session ends, once the last octets have left.
    closed: Option<Closed>,
    error: Option<Error>,
    started: Duration,
    /// When the last command was read or answered.
    active: Duration,
    /// A listing has left, and the next call that tells the time tells when.
    listed: bool,
}

/// What [`Connection::push`] says to the host.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Push {
    /// More is wanted.
    More,
    /// The client wanted no more than this: [`finish`](Connection::finish) now.
    Enough,
}

impl Connection {
    /// A session whose connection was just made. The greeting waits to be sent.
    pub fn new(now: Duration, config: Config) -> Self {
        let language = config.first_language();
        let mut connection = Self {
            state: State::start(),
            framer: Framer::new(config.quirks),
            outbox: Outbox::default(),
            events: VecDeque::new(),
            language,
            encrypted: config.encrypted,
            bindings: Vec::new(),
            utf8: false,
            exchanges: 0,
            failures: 0,
            bad_commands: 0,
            closed: None,
            error: None,
            started: now,
            active: now,
            listed: false,
            config,
        };
        let mut greeting = connection.words(Phrase::Ready).as_bytes().to_vec();
        if let Some(timestamp) = &connection.config.login.apop {
            greeting.extend_from_slice(b" ");
            greeting.extend_from_slice(timestamp.as_str().as_bytes());
        }
        connection.send(&Reply::ok(greeting));
        connection
    }

    /// What binds logins to the TLS connection, if TLS began with the first octet.
    pub fn set_channel_bindings(&mut self, bindings: Vec<ChannelBinding>) {
        self.bindings = bindings;
    }

    /// Takes what it can from the front of `input`, and leaves the rest, which must be there at the next call.
    ///
    /// # Errors
    ///
    /// Any error is fatal: this method returns the same one ever after. What is left to transmit says so to the client;
    /// send it, then close the connection.
    pub fn handle_input(&mut self, now: Duration, input: &mut BytesMut) -> Result<(), Error> {
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        self.note_listed(now);
        let result = self.read(now, input);
        result.inspect_err(|error| self.fail(error.clone()))
    }

    /// Tells that the client closed the connection. Nothing is deleted.
    pub fn handle_eof(&mut self, _now: Duration) {
        self.state = State::Closed;
    }

    /// Tells that the time is `now`, at or after what [`poll_timeout`](Self::poll_timeout) said.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.note_listed(now);
        if self.poll_timeout().is_none_or(|deadline| deadline > now) {
            return;
        }
        match core::mem::replace(&mut self.state, State::Closed) {
            State::Delayed { until, reply } if until <= now => {
                self.state = State::start();
                self.active = now;
                self.send(&reply);
                if self.failures >= self.config.login.max_failures {
                    self.fail(PeerMisbehaved::TooManyFailures.into());
                }
            }
            // Nothing in clear text may stand in the middle of the TLS handshake.
            State::Handshake => self.close(Closed::Timeout),
            state if state.is_before_login() => {
                self.send_err(Phrase::TooSlow);
                self.close(Closed::Timeout);
            }
            // "the server does NOT enter the UPDATE state, should close the TCP connection without removing any
            // messages or sending any response" (RFC 1939 section 3)
            _ => self.close(Closed::Timeout),
        }
    }

    /// Answers [`Event::Ask`].
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if nothing was asked.
    pub fn answer(&mut self, now: Duration, answer: Answer) -> Result<(), ApiMisuse> {
        self.on_answer(now, answer)
    }

    /// Answers [`Event::AskApop`]: the shared secret of the user, or nothing if there is no such user.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if nothing was asked.
    pub fn answer_apop(&mut self, now: Duration, secret: Option<&Secret>) -> Result<(), ApiMisuse> {
        self.on_answer_apop(now, secret)
    }

    /// Answers [`Event::Open`] with the messages in the maildrop, which is locked now.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if nothing is to be opened.
    pub fn opened(&mut self, now: Duration, entries: Vec<Entry>) -> Result<(), ApiMisuse> {
        let State::Opening = self.state else { return Err(ApiMisuse) };
        self.state = State::Transaction(Maildrop::new(entries));
        (self.active, self.bad_commands) = (now, 0);
        self.send_ok(Phrase::LoggedIn);
        Ok(())
    }

    /// Answers [`Event::Ask`], [`Event::AskApop`] and [`Event::Open`]: not now, or not at all.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if none of them is due.
    pub fn refused(&mut self, now: Duration, refusal: Refusal) -> Result<(), ApiMisuse> {
        let (State::Asking(_) | State::Opening) = &self.state else { return Err(ApiMisuse) };
        if refusal == Refusal::Credentials {
            self.fail_login(now);
        } else {
            self.state = State::start();
            self.active = now;
            self.send(&self.refusal(refusal));
        }
        Ok(())
    }

    /// Answers [`Event::Retrieve`] with the next octets of the message, which may have any line ends.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if no message is wanted.
    pub fn push(&mut self, now: Duration, octets: Bytes) -> Result<Push, ApiMisuse> {
        self.on_push(now, octets)
    }

    /// Answers [`Event::Retrieve`]: the message is complete.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if no message is wanted.
    pub fn finish(&mut self, now: Duration) -> Result<(), ApiMisuse> {
        self.on_finish(now)
    }

    /// Answers [`Event::Retrieve`]: the message cannot be read.
    ///
    /// If a part of it has been sent already, the session ends, because a message that looks complete must be complete.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if no message is wanted.
    pub fn failed(&mut self, now: Duration, refusal: Refusal) -> Result<(), ApiMisuse> {
        self.on_failed(now, refusal)
    }

    /// Answers [`Event::Commit`]: whether all deletions are done. The maildrop is unlocked.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if nothing is to be committed.
    pub fn committed(&mut self, _now: Duration, all_deleted: bool) -> Result<(), ApiMisuse> {
        let State::Committing = &self.state else { return Err(ApiMisuse) };
        if all_deleted {
            self.send_ok(Phrase::Bye);
        } else {
            let text = self.words(Phrase::NotAllDeleted);
            self.send(&Reply::err(text).with_code(ResponseCode::SysTemp));
        }
        self.close(Closed::Quit);
        Ok(())
    }

    /// Tells that the TLS handshake is done, and what binds logins to it. Everything from before is forgotten.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, unless [`Event::StartTls`] was the last event.
    pub fn tls_started(&mut self, now: Duration, bindings: Vec<ChannelBinding>) -> Result<(), ApiMisuse> {
        let State::Handshake = &self.state else { return Err(ApiMisuse) };
        self.state = State::start();
        self.framer = Framer::new(self.config.quirks);
        (self.encrypted, self.bindings, self.active) = (true, bindings, now);
        let language = self.config.first_language();
        if language.listing.tag != self.language.listing.tag {
            self.events.push_back(Event::Language(language.clone()));
        }
        self.language = language;
        Ok(())
    }

    /// Ends the session because the server goes down, unless a message is on its way: then after it.
    pub fn shut_down(&mut self) {
        match self.state {
            State::Retrieving(..)
            | State::Listing(..)
            | State::Committing
            | State::Closing
            | State::Closed => {
                if self.closed.is_none() {
                    self.closed = Some(Closed::ShutDown);
                }
            }
            State::Handshake => self.close(Closed::ShutDown),
            State::Authorization { .. }
            | State::Asking(_)
            | State::Challenged(_)
            | State::Delayed { .. }
            | State::Opening
            | State::Transaction(_) => {
                let text = self.words(Phrase::GoingDown);
                self.send(&Reply::err(text).with_code(ResponseCode::SysTemp));
                self.close(Closed::ShutDown);
            }
        }
    }

    /// The next octets to send.
    pub fn poll_transmit(&mut self) -> Option<Bytes> {
        if self.outbox.len() == 0 {
            self.list();
        }
        let octets = self.outbox.pop();
        if octets.is_none() && matches!(self.state, State::Closing) {
            self.state = State::Closed;
            self.events.push_back(Event::Closed(self.closed.clone().unwrap_or(Closed::ShutDown)));
        }
        octets
    }

    /// What the host has to do next.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), unless another call comes first.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let timeouts = &self.config.timeouts;
        match &self.state {
            State::Delayed { until, .. } => Some(*until),
            State::Authorization { .. } | State::Challenged(_) | State::Handshake => {
                timeouts.login.map(|after| self.started + after)
            }
            // At once: the time of a client that reads a listing slowly begins at its end.
            State::Transaction(_) if self.listed => timeouts.idle.map(|_| self.active),
            State::Transaction(_) => timeouts.idle.map(|after| self.active + after),
            // The host, or a client that does not read, holds these up; who writes to the client sees that.
            State::Asking(_)
            | State::Opening
            | State::Listing(..)
            | State::Retrieving(..)
            | State::Committing
            | State::Closing
            | State::Closed => None,
        }
    }

    /// Whether [`handle_input`](Self::handle_input) would take a line now.
    pub fn wants_input(&self) -> bool {
        self.error.is_none() && self.state.reads_lines() && self.outbox.len() < self.config.max_buffered
    }

    /// Whether [`push`](Self::push) is welcome: what waits to be sent is below [`Config::max_buffered`].
    pub fn wants_octets(&self) -> bool {
        matches!(self.state, State::Retrieving(..)) && self.outbox.len() < self.config.max_buffered
    }

    /// Whether the session has ended.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// Whether TLS protects the line.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// What CAPA says now.
    pub fn capabilities(&self) -> Capabilities {
        let login = &self.config.login;
        let shows_passwords = self.encrypted || login.allow_cleartext;
        let mut all = Capabilities::from_iter([
            Capability::Top,
            Capability::Uidl,
            Capability::RespCodes,
            Capability::AuthRespCode,
            Capability::Pipelining,
            Capability::Utf8 { user: true },
            Capability::Lang,
        ]);
        let mechanisms = self.offered_mechanisms();
        if !mechanisms.is_empty() {
            all.insert(Capability::Sasl(mechanisms));
        }
        if login.user_pass && shows_passwords {
            all.insert(Capability::User);
        }
        // "Announced states/Valid states: AUTHORIZATION state only" (RFC 2595 section 9)
        if self.config.stls && !self.encrypted && self.state.is_before_login() {
            all.insert(Capability::Stls);
        }
        if let Some(retention) = self.config.expire {
            all.insert(Capability::Expire { retention, per_user: false });
        }
        if let Some(seconds) = login.delay {
            all.insert(Capability::LoginDelay { seconds, per_user: false });
        }
        if let Some(implementation) = &self.config.implementation {
            all.insert(Capability::Implementation(implementation.clone()));
        }
        all
    }

    fn read(&mut self, now: Duration, input: &mut BytesMut) -> Result<(), Error> {
        while self.wants_input() {
            if self.state.is_before_login() && speaks_tls(input) {
                return Err(PeerMisbehaved::OtherProtocol.into());
            }
            let limit = match self.state {
                State::Challenged(_) => self.config.limits.sasl_line,
                _ => self.config.limits.command_line,
            };
            let Some(line) = self.framer.next_line(input, limit)? else { return Ok(()) };
            self.active = now;
            match core::mem::replace(&mut self.state, State::Closed) {
                State::Challenged(exchange) => self.on_response(now, *exchange, &line),
                state => {
                    self.state = state;
                    self.on_line(now, &line, input)?;
                }
            }
            if self.bad_commands >= self.max_bad_commands() {
                return Err(PeerMisbehaved::TooManyBadCommands.into());
            }
        }
        Ok(())
    }

    fn on_line(&mut self, now: Duration, line: &Bytes, rest: &BytesMut) -> Result<(), Error> {
        if line.is_empty() && self.config.quirks.empty_line {
            return Ok(());
        }
        let command = match Command::parse(line) {
            Ok(command) => command,
            Err(error) => {
                trace::bad_command(&error);
                if self.state.is_before_login() && speaks_another_protocol(line) {
                    return Err(PeerMisbehaved::OtherProtocol.into());
                }
                self.bad_command(Phrase::BadCommand);
                return Ok(());
            }
        };
        trace::command(&command);
        if self.state.is_before_login() && speaks_another_protocol(line) {
            return Err(PeerMisbehaved::OtherProtocol.into());
        }
        let bad_commands = self.bad_commands;
        match core::mem::replace(&mut self.state, State::Closed) {
            State::Transaction(maildrop) => self.in_transaction(maildrop, command),
            state @ State::Authorization { .. } => {
                let user = if let State::Authorization { user } = state { user } else { None };
                self.in_authorization(now, user, command, rest)?;
            }
            state => self.state = state,
        }
        if self.bad_commands == bad_commands {
            self.bad_commands = 0;
        }
        Ok(())
    }

    /// Fills the outbox with rows of the listing that is on its way.
    fn list(&mut self) {
        let State::Listing(maildrop, listing) = &mut self.state else { return };
        let room = self.config.max_buffered;
        let mut line = BytesMut::new();
        self.outbox.gather(|out| {
            while let Some(next) = listing.next.filter(|_| out.len() < room) {
                let Some((message, entry)) = maildrop.next_from(next) else {
                    listing.next = None;
                    break;
                };
                line.clear();
                match listing.columns {
                    Columns::Octets => ScanListing { message, octets: entry.octets }.encode(&mut line),
                    Columns::UniqueId => {
                        UniqueIdListing { message, unique_id: entry.unique_id.clone() }.encode(&mut line);
                    }
                }
                stuff_line(&line, out);
                listing.next = message.get().checked_add(1).and_then(MessageNumber::new);
            }
            if listing.next.is_none() {
                out.put_slice(b".\r\n");
            }
        });
        if listing.next.is_none()
            && let State::Listing(maildrop, _) = core::mem::replace(&mut self.state, State::Closed)
        {
            self.listed = true;
            self.back_to_transaction(maildrop);
        }
    }

    fn note_listed(&mut self, now: Duration) {
        if core::mem::take(&mut self.listed) {
            self.active = now;
        }
    }

    /// The answer is complete: the next command, unless the server goes down.
    pub(crate) fn back_to_transaction(&mut self, maildrop: Maildrop) {
        self.state = State::Transaction(maildrop);
        if let Some(closed) = self.closed.clone() {
            self.close(closed);
        }
    }

    pub(crate) fn open(&mut self, identity: Identity) {
        self.state = State::Opening;
        self.events.push_back(Event::Open { identity });
    }

    /// Ends the session once the outbox is empty.
    pub(crate) fn close(&mut self, closed: Closed) {
        self.closed = Some(closed);
        self.state = State::Closing;
    }

    pub(crate) fn bad_command(&mut self, phrase: Phrase) {
        self.bad_commands += 1;
        self.send_err(phrase);
    }

    pub(crate) fn send_ok(&mut self, phrase: Phrase) {
        self.send(&Reply::ok(self.words(phrase)));
    }

    pub(crate) fn send_err(&mut self, phrase: Phrase) {
        self.send(&Reply::err(self.words(phrase)));
    }

    pub(crate) fn send(&mut self, reply: &Reply) {
        trace::reply(reply);
        self.outbox.gather(|out| reply.encode(out));
    }

    pub(crate) fn words(&self, phrase: Phrase) -> &'static str {
        (self.language.words)(phrase)
    }

    pub(crate) fn refusal(&self, refusal: Refusal) -> Reply {
        let (phrase, code) = match refusal {
            Refusal::Credentials => (Phrase::WrongCredentials, ResponseCode::Auth),
            Refusal::InUse => (Phrase::InUse, ResponseCode::InUse),
            Refusal::LoginDelay => (Phrase::LoginDelay, ResponseCode::LoginDelay),
            Refusal::Permanent => (Phrase::Permanent, ResponseCode::SysPerm),
            Refusal::Temporary => (Phrase::Temporary, ResponseCode::SysTemp),
            Refusal::Utf8 => (Phrase::NeedsUtf8, ResponseCode::Utf8),
        };
        Reply::err(self.words(phrase)).with_code(code)
    }

    /// The host answered: the client's time begins anew.
    pub(crate) fn touch(&mut self, now: Duration) {
        self.active = now;
    }

    pub(crate) fn state_is_authorization(&self) -> bool {
        matches!(self.state, State::Authorization { .. })
    }

    fn fail(&mut self, error: Error) {
        self.send_err(Phrase::Enough);
        self.close(Closed::Error(error.clone()));
        self.error = Some(error);
    }

    fn max_bad_commands(&self) -> u32 {
        let (before, after) = self.config.max_bad_commands;
        if self.state.is_before_login() { before } else { after }
    }
}

/// Whether the input begins as a TLS handshake record does.
fn speaks_tls(input: &BytesMut) -> bool {
    input.starts_with(&[0x16, 0x03])
}

/// Whether a line is of HTTP or SMTP: a browser that was led here sends what an attacker wrote.
fn speaks_another_protocol(line: &[u8]) -> bool {
    let word = line.split(|octet| *octet == b' ').next().unwrap_or_default();
    let is_http = line.get(line.len().saturating_sub(9)..).is_some_and(|end| end.starts_with(b" HTTP/"));
    is_http || OTHER_PROTOCOLS.iter().any(|other| other.eq_ignore_ascii_case(word))
}

const OTHER_PROTOCOLS: [&[u8]; 10] =
    [b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"CONNECT", b"EHLO", b"HELO", b"LHLO"];
