mod login;

use alloc::{boxed::Box, collections::VecDeque};
use core::time::Duration;

use bytes::{Bytes, BytesMut};
use mailwire_pop3::{
    Capabilities, Command, Reply,
    auth::Challenge,
    dot::{Unstuffer, unstuff_line},
    greeting::Timestamp,
    line::Framer,
};

use crate::{
    ApiMisuse, CommandId, Config, Error, Event, Limit, Login, PeerMisbehaved, Row, Timeout,
    in_flight::{InFlight, Owner, Pending, Progress},
    login::{Attempt, Context},
    state::State,
    trace,
};

/// One session with a POP3 server, without I/O.
///
/// After each call of [`handle_input`](Self::handle_input), [`handle_eof`](Self::handle_eof),
/// [`handle_timeout`](Self::handle_timeout), [`send`](Self::send), [`login`](Self::login),
/// [`start_tls`](Self::start_tls) and [`tls_started`](Self::tls_started), drain
/// [`poll_transmit`](Self::poll_transmit), [`poll_event`](Self::poll_event) and [`poll_timeout`](Self::poll_timeout).
///
/// `now` is the reading of any clock that never goes back, as a duration since a point that the caller chose.
///
/// ```
/// use core::time::Duration;
/// use bytes::BytesMut;
/// use mailwire_pop3_client::{Config, Connection, Event, codec::Command};
///
/// let now = Duration::ZERO;
/// let mut connection = Connection::new(now, Config::default());
///
/// let mut input = BytesMut::from("+OK ready\r\n");
/// connection.handle_input(now, &mut input)?;
/// assert!(matches!(connection.poll_event(), Some(Event::Greeting { .. })));
///
/// let quit = connection.send(now, Command::Quit)?;
/// assert_eq!(connection.poll_transmit().as_deref(), Some(&b"QUIT\r\n"[..]));
///
/// input.extend_from_slice(b"+OK bye\r\n");
/// connection.handle_input(now, &mut input)?;
/// assert!(matches!(connection.poll_event(), Some(Event::Reply { id, .. }) if id == quit));
/// assert!(matches!(connection.poll_event(), Some(Event::Closed)));
/// # Ok::<(), mailwire_pop3_client::Error>(())
/// ```
#[derive(Debug)]
pub struct Connection {
    config: Config,
    state: State,
    framer: Framer,
    in_flight: InFlight,
    events: VecDeque<Event>,
    next_id: u64,
    /// `None` until CAPA is answered, and after TLS began.
    capabilities: Option<Capabilities>,
    /// The rows of an answer to CAPA that is not complete.
    incoming: Capabilities,
    timestamp: Option<Timestamp>,
    login: Option<Box<Attempt>>,
    encrypted: bool,
    utf8: bool,
    quitting: bool,
    /// When the last octet came, or the wait for one began.
    heard: Duration,
    /// When the wait for the oldest answer began.
    waiting_since: Duration,
}

impl Connection {
    /// A session whose connection was just made.
    pub fn new(now: Duration, config: Config) -> Self {
        Self {
            state: State::Greeting,
            framer: Framer::new(config.quirks),
            in_flight: InFlight::default(),
            events: VecDeque::new(),
            next_id: 0,
            capabilities: None,
            incoming: Capabilities::new(),
            timestamp: None,
            login: None,
            encrypted: config.encrypted,
            utf8: false,
            quitting: false,
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
        if let State::Failed(error) = &self.state {
            return Err(error.clone());
        }
        if !input.is_empty() {
            self.heard = now;
        }
        let result = self.read(now, input);
        match &result {
            Ok(()) => self.pump(now),
            Err(error) => self.fail(error),
        }
        result
    }

    /// Tells that the server closed the connection.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedEof`] unless QUIT was answered: an answer that was due never came.
    pub fn handle_eof(&mut self, _now: Duration) -> Result<(), Error> {
        match &self.state {
            State::Closed => Ok(()),
            State::Failed(error) => Err(error.clone()),
            State::Greeting | State::Authorization | State::Handshake | State::Transaction => {
                if let Some(error) = self.login.take().and_then(|attempt| attempt.into_refusal()) {
                    self.events.push_back(Event::LoginFailed { error });
                }
                self.fail(&Error::UnexpectedEof);
                Err(Error::UnexpectedEof)
            }
        }
    }

    /// Tells that the time is `now`, at or after what [`poll_timeout`](Self::poll_timeout) said.
    ///
    /// # Errors
    ///
    /// [`Error::Timeout`] if a deadline has passed; it is fatal.
    pub fn handle_timeout(&mut self, now: Duration) -> Result<(), Error> {
        if let State::Failed(error) = &self.state {
            return Err(error.clone());
        }
        let passed = self.deadlines().find(|(deadline, _)| *deadline <= now);
        match passed {
            None => Ok(()),
            Some((_, timeout)) => {
                self.fail(&Error::Timeout(timeout));
                Err(Error::Timeout(timeout))
            }
        }
    }

    /// Queues a command. It leaves after the greeting, as soon as pipelining permits.
    ///
    /// DELE and QUIT behind a RETR that is not answered delete a message that may never arrive: send them after its end.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if the command does not fit the state of the session.
    pub fn send(&mut self, now: Duration, command: Command) -> Result<CommandId, ApiMisuse> {
        if self.is_over() {
            return Err(ApiMisuse::Closed);
        }
        if self.is_busy() {
            return Err(ApiMisuse::Busy);
        }
        match command {
            Command::Auth { .. } | Command::Stls => return Err(ApiMisuse::OwnMethod),
            Command::User(_) | Command::Pass(_) | Command::Apop { .. } if self.is_logged_in() => {
                return Err(ApiMisuse::LoggedIn);
            }
            Command::Quit => self.quitting = true,
            _ => {}
        }
        Ok(self.enqueue(now, command, Owner::Application))
    }

    /// Logs in by the strongest way that both sides know, and asks for capabilities before, if they are not known, and
    /// after. It ends with [`Event::LoggedIn`] or [`Event::LoginFailed`].
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if the session is logged in, closing, or has commands in flight.
    pub fn login(&mut self, now: Duration, login: Login) -> Result<(), ApiMisuse> {
        self.check_idle()?;
        let attempt = self.login.insert(Box::new(Attempt::new(login)));
        let action = attempt.begin(&Context {
            capabilities: self.capabilities.as_ref(),
            timestamp: self.timestamp.as_ref(),
            encrypted: self.encrypted,
        });
        self.act(now, action);
        self.pump(now);
        Ok(())
    }

    /// Asks the server to begin TLS. It ends with [`Event::StartTls`] or [`Event::StartTlsRefused`].
    ///
    /// # Errors
    ///
    /// [`ApiMisuse`], without effect, if TLS is there already, if the session is logged in or closing, if it has commands
    /// in flight, or in UTF-8 mode ([RFC 6856 section 2.1](https://www.rfc-editor.org/rfc/rfc6856#section-2.1)).
    pub fn start_tls(&mut self, now: Duration) -> Result<(), ApiMisuse> {
        self.check_idle()?;
        if self.encrypted || self.utf8 {
            return Err(ApiMisuse::NoTlsNow);
        }
        self.enqueue(now, Command::Stls, Owner::StartTls);
        Ok(())
    }

    /// Tells that the TLS handshake is done.
    ///
    /// "The client MUST discard any knowledge about the server's capabilities that was not obtained from TLS"
    /// ([RFC 2595 section 4](https://www.rfc-editor.org/rfc/rfc2595#section-4)): so are the timestamp for APOP, which
    /// came in clear text, and everything else.
    ///
    /// # Errors
    ///
    /// [`ApiMisuse::NoTlsNow`], without effect, unless [`Event::StartTls`] was the last event.
    pub fn tls_started(&mut self, now: Duration) -> Result<(), ApiMisuse> {
        if !matches!(self.state, State::Handshake) {
            return Err(ApiMisuse::NoTlsNow);
        }
        self.transition(State::on_tls);
        self.framer = Framer::new(self.config.quirks);
        self.capabilities = None;
        self.timestamp = None;
        self.encrypted = true;
        self.heard = now;
        self.pump(now);
        Ok(())
    }

    /// Tells that for `paused` before `now` the application moved no octets, because it had other things to do. That is not
    /// the server's fault, so this time does not count for the deadlines.
    pub fn paused(&mut self, now: Duration, paused: Duration) {
        for since in [&mut self.heard, &mut self.waiting_since] {
            *since = (*since + paused).min(now);
        }
    }

    /// Drops what is still to come of the answer to `id`, [`Event::End`] excepted.
    pub fn discard(&mut self, id: CommandId) {
        if let Some(pending) = self.in_flight.find_mut(id) {
            pending.discarded = true;
        }
        self.events.retain(
            |event| !matches!(event, Event::Data { id: of, .. } | Event::Row { id: of, .. } if *of == id),
        );
    }

    /// The capabilities, for switching some of them off.
    pub fn capabilities_mut(&mut self) -> Option<&mut Capabilities> {
        self.capabilities.as_mut()
    }

    /// The next octets to send.
    pub fn poll_transmit(&mut self) -> Option<Bytes> {
        self.in_flight.poll_transmit()
    }

    /// What happened next.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), unless another call comes first.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.deadlines().map(|(deadline, _)| deadline).min()
    }

    /// What the server can do: nothing until CAPA is answered, an empty set if it has no CAPA.
    pub fn capabilities(&self) -> Option<&Capabilities> {
        self.capabilities.as_ref()
    }

    /// Whether the session is logged in.
    pub fn is_logged_in(&self) -> bool {
        matches!(self.state, State::Transaction)
    }

    /// Whether the session has ended, by QUIT or by an error.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed | State::Failed(_))
    }

    /// Whether a login or the start of TLS is in progress, so that commands have to wait.
    pub fn is_busy(&self) -> bool {
        self.login.is_some() || self.is_starting_tls()
    }

    /// Whether TLS protects the line.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// How many commands are not answered yet.
    pub fn pending(&self) -> usize {
        self.in_flight.len()
    }

    fn read(&mut self, now: Duration, input: &mut BytesMut) -> Result<(), Error> {
        loop {
            if matches!(self.state, State::Handshake) {
                if input.is_empty() {
                    return Ok(());
                }
                // Nobody is to make a handshake on this line any more.
                self.events.retain(|event| !matches!(event, Event::StartTls));
                return Err(PeerMisbehaved::PlaintextAfterStls.into());
            }
            if matches!(self.state, State::Closed) {
                return Ok(());
            }
            if self.read_message(now, input) {
                continue;
            }
            if matches!(self.in_flight.front(), Some(Pending { progress: Progress::Message(_), .. })) {
                return Ok(());
            }
            let Some(line) = self.framer.next_line(input, self.line_limit())? else { return Ok(()) };
            self.on_line(now, &line)?;
        }
    }

    /// Takes octets of a message; `false` if there are none to take.
    fn read_message(&mut self, now: Duration, input: &mut BytesMut) -> bool {
        let Some(Pending { id, progress: Progress::Message(unstuffer), discarded, .. }) =
            self.in_flight.front_mut()
        else {
            return false;
        };
        if let Some(octets) = unstuffer.next_chunk(input) {
            if !*discarded {
                self.events.push_back(Event::Data { id: *id, octets });
            }
            return true;
        }
        let finished = unstuffer.is_finished();
        if finished {
            self.finish(now, true);
        }
        finished
    }

    fn on_line(&mut self, now: Duration, line: &Bytes) -> Result<(), Error> {
        if matches!(self.state, State::Greeting) {
            return self.on_greeting(line);
        }
        match self.in_flight.front().map(|pending| &pending.progress) {
            Some(Progress::Rows(count)) => {
                let count = *count;
                self.on_row(now, line, count)
            }
            _ if line.is_empty() && self.config.quirks.empty_line => Ok(()),
            _ => self.on_status(now, line),
        }
    }

    fn on_greeting(&mut self, line: &Bytes) -> Result<(), Error> {
        trace::received(line);
        let reply = Reply::parse(line)?;
        if !reply.is_ok() {
            self.events.push_back(Event::Notice { reply });
            return Err(PeerMisbehaved::RefusedConnection.into());
        }
        self.timestamp = Timestamp::find(&reply);
        self.transition(State::on_greeting);
        self.events.push_back(Event::Greeting { reply });
        Ok(())
    }

    fn on_status(&mut self, now: Duration, line: &Bytes) -> Result<(), Error> {
        let challenge = Challenge::is_challenge(line);
        let Some(pending) = self.in_flight.front_mut() else {
            trace::received(line);
            return self.on_unsolicited(line, challenge);
        };
        let (id, owner, multi_line) = (pending.id, pending.owner, pending.command.expects_multi_line());
        let is_auth = matches!(pending.command, Command::Auth { .. });
        if !self.in_flight.is_front_flushed() {
            return Err(PeerMisbehaved::EarlyReply.into());
        }
        if is_auth && challenge {
            trace::hidden(line);
            let challenge = Challenge::parse(line);
            self.with_attempt(now, |attempt, _| attempt.on_challenge(challenge));
            return Ok(());
        }
        trace::received(line);
        if challenge {
            return Err(PeerMisbehaved::UnsolicitedChallenge.into());
        }
        let reply = Reply::parse(line)?;
        if is_auth && let Some(challenge) = self.challenge_in(&reply) {
            self.with_attempt(now, |attempt, _| attempt.on_challenge(Ok(challenge)));
            return Ok(());
        }
        let more = multi_line && reply.is_ok();
        if more && let Some(pending) = self.in_flight.front_mut() {
            pending.progress = match pending.command {
                Command::Retr(_) | Command::Top { .. } => Progress::Message(Unstuffer::new()),
                _ => Progress::Rows(0),
            };
            self.incoming = Capabilities::new();
        }
        let is_ok = reply.is_ok();
        match owner {
            Owner::Application => self.events.push_back(Event::Reply { id, reply, more }),
            Owner::StartTls if is_ok => self.events.push_back(Event::StartTls),
            Owner::StartTls => self.events.push_back(Event::StartTlsRefused { reply }),
            Owner::Login if !more => return self.on_login_reply(now, &reply),
            Owner::Login => {}
        }
        if !more {
            self.finish(now, is_ok);
        }
        Ok(())
    }

    fn on_row(&mut self, now: Duration, line: &Bytes, count: usize) -> Result<(), Error> {
        let Some(line) = unstuff_line(line) else {
            self.finish(now, true);
            return Ok(());
        };
        trace::received(&line);
        if count >= self.config.max_rows {
            return Err(Error::Limit(Limit::Rows));
        }
        let Some(pending) = self.in_flight.front_mut() else { return Ok(()) };
        pending.progress = Progress::Rows(count + 1);
        let row = Row::parse(&pending.command, &line);
        if let Row::Capability(capability) = &row {
            self.incoming.insert(capability.clone());
            if self.incoming.len() > self.config.limits.capabilities {
                return Err(Error::Limit(Limit::Capabilities));
            }
        }
        if pending.owner == Owner::Application && !pending.discarded {
            self.events.push_back(Event::Row { id: pending.id, row });
        }
        Ok(())
    }

    fn on_unsolicited(&mut self, line: &Bytes, challenge: bool) -> Result<(), Error> {
        if challenge {
            return Err(PeerMisbehaved::UnsolicitedChallenge.into());
        }
        match Reply::parse(line)? {
            // "-ERR Autologout" and its kin, before a server closes.
            reply if !reply.is_ok() => {
                self.events.push_back(Event::Notice { reply });
                Ok(())
            }
            _ => Err(PeerMisbehaved::UnsolicitedReply.into()),
        }
    }

    /// The answer to the oldest command is complete.
    fn finish(&mut self, now: Duration, is_ok: bool) {
        let Some(pending) = self.in_flight.pop() else { return };
        self.waiting_since = now;
        let multi_line = !matches!(pending.progress, Progress::Status);
        match pending.command {
            Command::Capa => self.capabilities = Some(core::mem::take(&mut self.incoming)),
            Command::Utf8 if is_ok => self.utf8 = true,
            _ => {}
        }
        self.transition(|state| state.on_answer(&pending.command, is_ok));
        match pending.owner {
            Owner::Application if multi_line => self.events.push_back(Event::End { id: pending.id }),
            Owner::Login if multi_line => self.with_attempt(now, Attempt::on_capabilities),
            Owner::Application | Owner::Login | Owner::StartTls => {}
        }
        if matches!(self.state, State::Closed) {
            self.events.push_back(Event::Closed);
        }
    }

    fn enqueue(&mut self, now: Duration, command: Command, owner: Owner) -> CommandId {
        let id = CommandId(self.next_id);
        self.next_id += 1;
        self.in_flight.enqueue(Pending { id, command, owner, progress: Progress::Status, discarded: false });
        self.pump(now);
        id
    }

    fn pump(&mut self, now: Duration) {
        if !self.state.is_open() {
            return;
        }
        let was_idle = !self.in_flight.is_awaiting();
        let pipelining =
            self.capabilities.as_ref().is_some_and(|capabilities| capabilities.has("PIPELINING"));
        self.in_flight.pump(if pipelining { self.config.max_in_flight } else { 1 });
        if was_idle && self.in_flight.is_awaiting() {
            (self.heard, self.waiting_since) = (now, now);
        }
    }

    fn transition(&mut self, step: impl FnOnce(State) -> State) {
        self.state = step(core::mem::replace(&mut self.state, State::Closed));
    }

    /// Nothing more is sent to a server that cannot be trusted, not even what was queued before.
    fn fail(&mut self, error: &Error) {
        self.login = None;
        self.in_flight = InFlight::default();
        self.state = State::Failed(error.clone());
    }

    fn check_idle(&self) -> Result<(), ApiMisuse> {
        if self.is_over() {
            Err(ApiMisuse::Closed)
        } else if self.is_logged_in() {
            Err(ApiMisuse::LoggedIn)
        } else if self.login.is_some() || self.in_flight.len() > 0 || matches!(self.state, State::Handshake) {
            Err(ApiMisuse::Busy)
        } else {
            Ok(())
        }
    }

    fn is_over(&self) -> bool {
        self.quitting || self.is_closed()
    }

    fn is_starting_tls(&self) -> bool {
        matches!(self.state, State::Handshake)
            || self.in_flight.oldest().is_some_and(|pending| pending.owner == Owner::StartTls)
    }

    fn line_limit(&self) -> usize {
        match self.in_flight.front() {
            Some(Pending { command: Command::Auth { .. }, .. }) => self.config.limits.sasl_line,
            _ => self.config.limits.reply_line,
        }
    }

    fn deadlines(&self) -> impl Iterator<Item = (Duration, Timeout)> {
        let timeouts = &self.config.timeouts;
        let greeting = matches!(self.state, State::Greeting);
        let awaiting = self.state.is_open() && self.in_flight.is_awaiting();
        let in_message =
            self.in_flight.front().is_some_and(|pending| matches!(pending.progress, Progress::Message(_)));
        let greeting = timeouts
            .greeting
            .filter(|_| greeting)
            .map(|after| (self.waiting_since + after, Timeout::Greeting));
        let silence =
            timeouts.silence.filter(|_| awaiting).map(|after| (self.heard + after, Timeout::Silence));
        let command = timeouts
            .command
            .filter(|_| awaiting && !in_message)
            .map(|after| (self.waiting_since + after, Timeout::Command));
        [greeting, silence, command].into_iter().flatten()
    }
}
