//! Client and server in memory: two pipes between them that fill up, split, delay and break, and time that is told.
//!
//! ```
//! use mailwire_testkit::pair::{Session, Wire};
//!
//! let outcome = Session::new(&["Subject: hello\r\n"]).run(&Wire::new(64));
//! assert_eq!(outcome.received, [(1, b"Subject: hello\r\n".to_vec())]);
//! assert_eq!(outcome.committed, Some(vec![1]));
//! ```

use std::{collections::VecDeque, time::Duration};

use bytes::{Buf as _, Bytes, BytesMut};
use mailwire::{
    pop3::{
        Command, MessageNumber,
        client::{self, Event as ClientEvent, Login, LoginError, Method},
        greeting::Timestamp,
        server::{self, Closed, Event as ServerEvent, Push},
    },
    sasl::{ChannelBinding, ChannelBindingKind, Mechanism, client::Credentials},
};

use crate::dialogue::server::{Host, encrypted};

/// What joins client and server.
#[derive(Clone, Debug)]
pub struct Wire {
    /// How many octets each direction holds before its sender has to wait.
    pub room: usize,
    /// How many octets are read at once, round and round.
    pub pieces: Vec<usize>,
    /// How much time passes with each move.
    pub delay: Duration,
    /// How many octets reach the client.
    pub to_client: usize,
    /// How many octets reach the server.
    pub to_server: usize,
    /// Whether a cut is silence, as when a cable is drawn, and not the end of the stream.
    pub silent: bool,
}

impl Wire {
    /// One that breaks nowhere.
    #[must_use]
    pub fn new(room: usize) -> Self {
        Self {
            room,
            pieces: vec![usize::MAX],
            delay: Duration::ZERO,
            to_client: usize::MAX,
            to_server: usize::MAX,
            silent: false,
        }
    }
}

/// A client that downloads all messages, deletes each as soon as it has arrived, and quits.
#[derive(Clone, Debug)]
pub struct Session {
    /// The client's configuration.
    pub client: client::Config,
    /// The server's configuration.
    pub server: server::Config,
    /// Who answers the server.
    pub host: Host,
    /// How the client logs in.
    pub login: Login,
    /// Whether TLS is begun by STLS.
    pub stls: bool,
    /// What both sides know of the TLS connection.
    pub binding: Option<ChannelBinding>,
}

impl Session {
    /// On a line with TLS, by whatever login is the strongest.
    #[must_use]
    pub fn new(messages: &[impl AsRef<[u8]>]) -> Self {
        let messages: Vec<&[u8]> = messages.iter().map(AsRef::as_ref).collect();
        let mut client = client::Config::default();
        client.encrypted = true;
        Self {
            client,
            server: encrypted(),
            host: Host::with(&messages),
            login: login(),
            stls: false,
            binding: None,
        }
    }

    /// By this way alone.
    #[must_use]
    pub fn by(mut self, method: Method) -> Self {
        let policy = &mut self.server.login;
        (policy.mechanisms, policy.user_pass) = (Vec::new(), method == Method::UserPass);
        match method {
            Method::Apop => policy.apop = Timestamp::new("<1896.697170952@dbc.mtview.ca.us>"),
            Method::Sasl(mechanism) => policy.mechanisms.push(mechanism),
            _ => {}
        }
        if matches!(method, Method::Sasl(mechanism) if mechanism.binds_channel()) {
            let binding = ChannelBinding::new(ChannelBindingKind::TlsExporter, "of this connection");
            self.login = self.login.with_channel_binding(binding.clone());
            self.binding = Some(binding);
        }
        self
    }

    /// As this user, who may be nobody, with this password.
    #[must_use]
    pub fn as_user(mut self, user: &str, password: &str) -> Self {
        self.login = Login::new(Credentials::password(user, password), *b"eighteen octets at least");
        if let Some(binding) = &self.binding {
            self.login = self.login.with_channel_binding(binding.clone());
        }
        self
    }

    /// On a line without TLS, on which STLS begins it.
    #[must_use]
    pub fn with_stls(mut self) -> Self {
        (self.client.encrypted, self.server.encrypted) = (false, false);
        (self.stls, self.server.stls) = (true, true);
        self
    }

    /// Runs until QUIT is answered, an error comes, or nothing can happen any more.
    #[must_use]
    pub fn run(&self, wire: &Wire) -> Outcome {
        Run::new(self, wire).run()
    }

    /// The ways to log in with a password.
    pub fn methods() -> impl Iterator<Item = Method> {
        let fits = |mechanism: &Mechanism| login_credentials().supports(*mechanism);
        let mechanisms = Mechanism::ALL.into_iter().filter(fits).map(Method::Sasl);
        mechanisms.chain([Method::Apop, Method::UserPass])
    }
}

/// What came of a session.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Complete messages, by number, in the order in which they arrived.
    pub received: Vec<(u32, Vec<u8>)>,
    /// What the server was told to delete; nothing if it was not told.
    pub committed: Option<Vec<u32>>,
    /// By what the client logged in.
    pub method: Option<Method>,
    /// Why the client could not log in.
    pub refused: Option<LoginError>,
    /// Whether the client saw QUIT answered.
    pub closed: bool,
    /// Why the client's session ended, if not so.
    pub error: Option<client::Error>,
    /// Why the server's session ended, if it has.
    pub server_closed: Option<Closed>,
    /// How many octets reached the client and the server.
    pub octets: (usize, usize),
    /// The most octets of a reply that the server gave out at once.
    pub largest: usize,
    /// How much time has passed.
    pub elapsed: Duration,
}

struct Run<'a> {
    session: &'a Session,
    wire: &'a Wire,
    now: Duration,
    client: client::Connection,
    server: server::Connection,
    client_input: BytesMut,
    server_input: BytesMut,
    to_client: Pipe,
    to_server: Pipe,
    turn: usize,
    /// Messages that were asked for, the next one to arrive first, and what is there of it.
    expected: VecDeque<MessageNumber>,
    current: Vec<u8>,
    /// A message that the server reads, and how far it is.
    sending: Option<(usize, usize)>,
    outcome: Outcome,
}

impl<'a> Run<'a> {
    fn new(session: &'a Session, wire: &'a Wire) -> Self {
        let mut server = server::Connection::new(Duration::ZERO, session.server.clone());
        server.set_channel_bindings(session.bindings());
        let mut client = client::Connection::new(Duration::ZERO, session.client.clone());
        if session.stls {
            client.start_tls(Duration::ZERO).unwrap();
        }
        Self {
            session,
            wire,
            now: Duration::ZERO,
            client,
            server,
            client_input: BytesMut::new(),
            server_input: BytesMut::new(),
            to_client: Pipe::new(wire.room, wire.to_client),
            to_server: Pipe::new(wire.room, wire.to_server),
            turn: 0,
            expected: VecDeque::new(),
            current: Vec::new(),
            sending: None,
            outcome: Outcome::default(),
        }
    }

    fn run(mut self) -> Outcome {
        while self.outcome.error.is_none() && !self.outcome.closed {
            let moved = self.move_octets() | self.run_client() | self.run_server();
            self.now += self.wire.delay;
            if !moved && !self.pass_time() {
                break;
            }
        }
        if self.outcome.closed {
            while self.server.poll_transmit().is_some() {}
            self.run_server();
        } else {
            self.server.handle_eof(self.now);
        }
        self.outcome.elapsed = self.now;
        self.outcome.octets =
            (self.wire.to_client - self.to_client.left, self.wire.to_server - self.to_server.left);
        self.outcome
    }

    fn move_octets(&mut self) -> bool {
        let (client, server, outcome) = (&mut self.client, &mut self.server, &mut self.outcome);
        let moved = self.to_server.fill(|| client.poll_transmit())
            | self.to_client.fill(|| {
                let octets = server.poll_transmit()?;
                outcome.largest = outcome.largest.max(octets.len());
                Some(octets)
            });
        self.turn += 1;
        let piece = self.wire.pieces[self.turn % self.wire.pieces.len()];
        moved
            | self.to_client.read(piece, &mut self.client_input)
            | self.to_server.read(piece, &mut self.server_input)
    }

    fn run_client(&mut self) -> bool {
        if !self.client_input.is_empty()
            && let Err(error) = self.client.handle_input(self.now, &mut self.client_input)
        {
            self.outcome.error = Some(error);
        }
        let mut moved = false;
        while let Some(event) = self.client.poll_event() {
            moved = true;
            self.on_client_event(event);
        }
        moved
    }

    fn on_client_event(&mut self, event: ClientEvent) {
        let (now, session) = (self.now, self.session);
        match event {
            ClientEvent::Greeting { .. } if session.stls => {}
            ClientEvent::Greeting { .. } => self.client.login(now, session.login.clone()).unwrap(),
            ClientEvent::StartTls => {
                self.client.tls_started(now).unwrap();
                self.client.login(now, session.login.clone()).unwrap();
            }
            ClientEvent::LoggedIn { method } => {
                self.outcome.method = Some(method);
                for index in 0..session.host.messages.len() {
                    let number = MessageNumber::from_index(index).unwrap();
                    self.client.send(now, Command::Retr(number)).unwrap();
                    self.expected.push_back(number);
                }
                if self.expected.is_empty() {
                    self.client.send(now, Command::Quit).unwrap();
                }
            }
            ClientEvent::Reply { reply, .. } => assert!(reply.is_ok(), "{reply}"),
            ClientEvent::Data { octets, .. } => self.current.extend_from_slice(&octets),
            ClientEvent::End { .. } => {
                let number = self.expected.pop_front().unwrap();
                self.outcome.received.push((number.get(), std::mem::take(&mut self.current)));
                // Only what has arrived may be deleted.
                self.client.send(now, Command::Dele(number)).unwrap();
                if self.expected.is_empty() {
                    self.client.send(now, Command::Quit).unwrap();
                }
            }
            ClientEvent::Closed => self.outcome.closed = true,
            ClientEvent::LoginFailed { error } => {
                self.outcome.refused = Some(error);
                self.client.send(now, Command::Quit).unwrap();
            }
            event => panic!("{event:?}"),
        }
    }

    fn run_server(&mut self) -> bool {
        let before = self.server_input.len();
        if self.server.wants_input() {
            self.server.handle_input(self.now, &mut self.server_input).unwrap();
        }
        let mut moved = self.server_input.len() < before;
        while let Some(event) = self.server.poll_event() {
            moved = true;
            self.on_server_event(event);
        }
        moved | self.send_message()
    }

    fn on_server_event(&mut self, event: ServerEvent) {
        let (now, host) = (self.now, &self.session.host);
        match event {
            ServerEvent::Ask(question) => self.server.answer(now, host.answer(&question)).unwrap(),
            ServerEvent::AskApop(question) => {
                self.server.answer_apop(now, host.secret(&question.user).as_ref()).unwrap();
            }
            ServerEvent::Open { .. } => self.server.opened(now, host.entries()).unwrap(),
            ServerEvent::Retrieve { message, .. } => self.sending = Some((message.index(), 0)),
            ServerEvent::Commit { deleted } => {
                self.outcome.committed = Some(deleted.iter().map(|number| number.get()).collect());
                self.server.committed(now, true).unwrap();
            }
            ServerEvent::StartTls => self.server.tls_started(now, self.session.bindings()).unwrap(),
            ServerEvent::Closed(closed) => self.outcome.server_closed = Some(closed),
            event => panic!("{event:?}"),
        }
    }

    /// Gives the server of the message that it reads as much as it has room for.
    fn send_message(&mut self) -> bool {
        let mut moved = false;
        while let Some((index, offset)) = self.sending.filter(|_| self.server.wants_octets()) {
            moved = true;
            let rest = &self.session.host.messages[index][offset..];
            let octets = Bytes::copy_from_slice(&rest[..rest.len().min(READ)]);
            self.sending = Some((index, offset + octets.len()));
            if octets.is_empty() {
                self.server.finish(self.now).unwrap();
                self.sending = None;
            } else {
                assert_eq!(self.server.push(self.now, octets).unwrap(), Push::More);
            }
        }
        moved
    }

    /// Nothing moves: the end of the stream, or the next deadline. `false` if there is neither.
    fn pass_time(&mut self) -> bool {
        let is_cut = self.to_client.left == 0 || self.to_server.left == 0;
        if is_cut && !self.wire.silent {
            self.outcome.error = self.client.handle_eof(self.now).err();
            return false;
        }
        let deadlines = [self.client.poll_timeout(), self.server.poll_timeout()];
        let Some(deadline) = deadlines.into_iter().flatten().min() else { return false };
        self.now = self.now.max(deadline);
        self.outcome.error = self.client.handle_timeout(self.now).err();
        self.server.handle_timeout(self.now);
        true
    }
}

impl Session {
    fn bindings(&self) -> Vec<ChannelBinding> {
        self.binding.iter().cloned().collect()
    }
}

/// One direction: what was sent and not read.
struct Pipe {
    octets: BytesMut,
    room: usize,
    /// How many octets may still pass.
    left: usize,
    pending: Bytes,
}

impl Pipe {
    fn new(room: usize, left: usize) -> Self {
        Self { octets: BytesMut::new(), room, left, pending: Bytes::new() }
    }

    /// Moves what fits; `false` if nothing moved.
    fn fill(&mut self, mut next: impl FnMut() -> Option<Bytes>) -> bool {
        let before = self.octets.len();
        while self.octets.len() < self.room && self.left > 0 {
            if self.pending.is_empty() {
                match next() {
                    Some(octets) => self.pending = octets,
                    None => break,
                }
            }
            let fits = (self.room - self.octets.len()).min(self.left).min(self.pending.len());
            self.octets.extend_from_slice(&self.pending.split_to(fits));
            self.left -= fits;
        }
        self.octets.len() > before
    }

    /// Hands out at most `size` octets; `false` if there are none.
    fn read(&mut self, size: usize, into: &mut BytesMut) -> bool {
        let size = size.min(self.octets.len());
        into.extend_from_slice(&self.octets[..size]);
        self.octets.advance(size);
        size > 0
    }
}

fn login() -> Login {
    Login::new(login_credentials(), *b"eighteen octets at least")
}

fn login_credentials() -> Credentials {
    Credentials::password("mrose", "tanstaaf")
}

/// How many octets the host reads at once.
const READ: usize = 97;
