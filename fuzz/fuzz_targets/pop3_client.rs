//! The client machine with a hostile server and any application.
//!
//! Its input is a script of what the application calls, and the wire of the server. When the script ends, the rest of the
//! wire comes line by line, and then the end of the connection.
#![no_main]

use std::{collections::VecDeque, time::Duration};

use arbitrary::Unstructured;
use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::{only_lines, script_and_wire};
use mailwire_pop3_client::{
    ApiMisuse, CommandId, Config, Connection, Error, Event, Login, Method,
    codec::{
        Argument, Capability, Command, MessageNumber, Quirks, Secret,
        auth::InitialResponse,
        command::{MechanismName, Other},
        greeting::Timestamp,
        language::LanguageRange,
    },
    sasl::{ChannelBinding, ChannelBindingKind, Limits, Mechanism, client::Credentials},
};

fuzz_target!(|data: &[u8]| {
    let (mut script, wire) = script_and_wire(data);
    let mut session = Session::new(&mut script, wire);
    let mut steps = 0_u32;
    while !script.is_empty() {
        session.step(&mut script);
        steps += 1;
        if steps.is_multiple_of(4) {
            session.check();
        }
    }
    session.feed_the_rest();
    session.hang_up();
    session.drain();
    session.check();
});

struct Session<'a> {
    connection: Connection,
    max_in_flight: usize,
    now: Duration,
    wire: &'a [u8],
    input: BytesMut,
    /// What the application sent, in order, until its answer is complete.
    sent: VecDeque<Sent>,
    error: Option<Error>,
    closed: bool,
    /// Whether CAPA was ever answered, so that the server may have announced PIPELINING.
    knows_capabilities: bool,
    /// Whether the server does not know the password, so that it is nowhere but in commands.
    watch_password: bool,
}

struct Sent {
    id: CommandId,
    line: BytesMut,
    is_on_the_wire: bool,
    is_discarded: bool,
    /// The status line came, and more is to come.
    more: bool,
}

impl<'a> Session<'a> {
    fn new(script: &mut Unstructured<'_>, wire: &'a [u8]) -> Self {
        let mut config = Config::default();
        let bits = octet(script);
        config.max_in_flight = usize::from(bits & 3);
        config.encrypted = bits & 4 != 0;
        if bits & 8 != 0 {
            config.quirks = Quirks::strict();
        }
        config.max_rows = 4 + usize::from(bits >> 4);
        config.limits.reply_line = 256;
        config.limits.capabilities = 8;
        Self {
            max_in_flight: config.max_in_flight.max(1),
            connection: Connection::new(Duration::ZERO, config),
            now: Duration::ZERO,
            wire,
            input: BytesMut::new(),
            sent: VecDeque::new(),
            error: None,
            closed: false,
            knows_capabilities: false,
            watch_password: !wire.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes()),
        }
    }

    fn step(&mut self, script: &mut Unstructured<'_>) {
        let decision = octet(script);
        match decision % 16 {
            0 | 1 => self.feed_through(b"\n"),
            2 => self.feed_through(b"\n.\r\n"),
            3 => self.feed(usize::from(octet(script))),
            4..8 => self.send(script),
            8 | 9 => self.login(script),
            10 => self.start_tls(),
            11 => self.tls_started(),
            12 => self.discard(octet(script)),
            13 => self.wait(Duration::from_secs(u64::from(octet(script)))),
            14 if octet(script) == 0 => self.hang_up(),
            14 => self.feed(1),
            _ => self.edit_capabilities(octet(script)),
        }
        self.drain_events();
        // Now and then the octets do not leave at once.
        if decision < 224 {
            self.drain();
        }
    }

    fn feed(&mut self, size: usize) {
        let (chunk, rest) = self.wire.split_at(size.min(self.wire.len()));
        self.wire = rest;
        self.input.extend_from_slice(chunk);
        let result = self.connection.handle_input(self.now, &mut self.input);
        self.settle(result);
    }

    /// Up to the end of a line or of a body.
    fn feed_through(&mut self, end: &[u8]) {
        let found = self.wire.windows(end.len()).position(|window| window == end);
        self.feed(found.map_or(usize::MAX, |start| start + end.len()));
    }

    fn feed_the_rest(&mut self) {
        while !self.wire.is_empty() {
            self.feed_through(b"\n");
            self.drain();
            self.tls_started();
        }
    }

    fn hang_up(&mut self) {
        let result = self.connection.handle_eof(self.now);
        assert!(result.is_err() || self.connection.is_closed());
        self.settle(result);
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
        let due = self.connection.poll_timeout().is_some_and(|deadline| deadline <= self.now);
        let result = self.connection.handle_timeout(self.now);
        assert_eq!(result.is_err(), due || self.error.is_some());
        self.settle(result);
    }

    /// An error is for ever.
    fn settle(&mut self, result: Result<(), Error>) {
        if let Some(error) = &self.error {
            assert_eq!(result.as_ref(), Err(error));
        } else if let Err(error) = result {
            assert!(self.connection.is_closed() && !self.connection.is_logged_in());
            assert_eq!(self.connection.poll_timeout(), None);
            self.error = Some(error);
        }
    }

    fn send(&mut self, script: &mut Unstructured<'_>) {
        let Some(command) = command(script) else { return };
        let mut line = BytesMut::new();
        command.encode(&mut line);
        let over = self.error.is_some() || self.connection.is_closed();
        match self.connection.send(self.now, command) {
            Ok(id) => {
                assert!(!over && !self.connection.is_busy());
                assert!(self.sent.iter().all(|sent| sent.id < id));
                self.sent.push_back(Sent {
                    id,
                    line,
                    is_on_the_wire: false,
                    is_discarded: false,
                    more: false,
                });
            }
            Err(misuse) => assert!(!over || misuse == ApiMisuse::Closed),
        }
    }

    fn login(&mut self, script: &mut Unstructured<'_>) {
        let bits = octet(script);
        let credentials = match bits & 7 {
            0 => Credentials::token(USER, PASSWORD),
            1 => Credentials::anonymous("trace"),
            2 => Credentials::external().with_authorization("bob"),
            3 => Credentials::password(USER, "p\u{e4}ss\u{ad}w\u{f6}rd"),
            4 => Credentials::password("t\r\nDELE 1", "\0\r\n"),
            5 => Credentials::password(USER, PASSWORD).with_authorization("bob"),
            _ => Credentials::password(USER, PASSWORD),
        };
        let mut limits = Limits::default();
        (limits.min_iterations, limits.max_iterations) = (1, 8);
        let mut login = Login::new(credentials, [7; 18]).with_limits(limits);
        if bits & 8 == 0 {
            login = login.allow_cleartext();
        }
        if bits & 16 != 0 {
            login = login.without_initial_response();
        }
        if bits & 32 != 0 {
            login =
                login.with_channel_binding(ChannelBinding::new(ChannelBindingKind::TlsExporter, "octets"));
        }
        if bits & 64 != 0 {
            login = login.without(Method::Sasl(Mechanism::ALL[usize::from(octet(script)) % 13]));
        }
        if bits & 128 != 0 {
            login = login.without(Method::Apop);
        }
        let is_idle = self.connection.pending() == 0;
        if self.connection.login(self.now, login).is_ok() {
            assert!(is_idle && self.error.is_none());
            self.sent.clear();
        }
    }

    fn start_tls(&mut self) {
        if self.connection.start_tls(self.now).is_ok() {
            assert!(!self.connection.is_encrypted() && !self.connection.is_logged_in());
        }
    }

    fn tls_started(&mut self) {
        if self.connection.tls_started(self.now).is_ok() {
            assert!(self.connection.is_encrypted() && self.connection.capabilities().is_none());
            assert!(self.input.is_empty() && self.error.is_none());
        }
    }

    fn discard(&mut self, index: u8) {
        let count = self.sent.len().max(1);
        if let Some(sent) = self.sent.get_mut(usize::from(index) % count) {
            sent.is_discarded = true;
            self.connection.discard(sent.id);
        }
    }

    fn edit_capabilities(&mut self, decision: u8) {
        let Some(capabilities) = self.connection.capabilities_mut() else { return };
        match decision % 4 {
            0 => capabilities.insert(Capability::Pipelining),
            1 => capabilities.remove("PIPELINING"),
            2 => capabilities.insert(Capability::Sasl(
                Mechanism::ALL.iter().filter_map(|name| MechanismName::new(name.name()).ok()).collect(),
            )),
            _ => capabilities.remove("SASL"),
        }
    }

    /// Takes the octets: whole lines, those of the application in its order, and never too many.
    fn drain(&mut self) {
        self.drain_events();
        while let Some(octets) = self.connection.poll_transmit() {
            assert!(!octets.is_empty() && !octets[..octets.len() - 1].ends_with(b"\n"));
            for line in only_lines(&octets) {
                assert!(!line.contains(&b'\r'), "{}", line.escape_ascii());
                let Some(next) = self.sent.iter_mut().find(|sent| !sent.is_on_the_wire) else { continue };
                assert_eq!(next.line.strip_suffix(b"\r\n"), Some(line));
                next.is_on_the_wire = true;
            }
        }
        let outstanding = self.sent.iter().filter(|sent| sent.is_on_the_wire).count();
        let most = if self.knows_capabilities { self.max_in_flight } else { 1 };
        assert!(outstanding <= most, "{outstanding} of {most} commands are in flight");
    }

    fn drain_events(&mut self) {
        self.knows_capabilities |= self.connection.capabilities().is_some();
        while let Some(event) = self.connection.poll_event() {
            assert!(!self.closed, "{event:?} after the end");
            match event {
                Event::Reply { id, more, .. } => {
                    let front = self.sent.front_mut().expect("a reply has a command");
                    assert!(front.id == id && front.is_on_the_wire && !front.more);
                    front.more = more;
                    if !more {
                        self.sent.pop_front();
                    }
                }
                Event::Row { id, .. } => self.within(id),
                Event::Data { id, octets } => {
                    assert!(!octets.is_empty());
                    self.within(id);
                }
                Event::End { id } => {
                    let front = self.sent.pop_front().expect("an end has a command");
                    assert!(front.id == id && front.more);
                }
                Event::LoggedIn { .. } => assert!(!self.connection.is_busy() || self.error.is_some()),
                Event::LoginFailed { error } => {
                    let _ = (error.method(), error.code(), error.is_temporary(), error.to_string());
                }
                Event::StartTls | Event::StartTlsRefused { .. } => assert!(self.sent.is_empty()),
                Event::Greeting { reply } => {
                    let _ = Timestamp::find(&reply);
                }
                Event::Notice { .. } => {}
                Event::Closed => {
                    assert!(self.connection.is_closed());
                    self.closed = true;
                }
                event => panic!("{event:?} is new"),
            }
        }
    }

    fn within(&self, id: CommandId) {
        let front = self.sent.front().expect("a row has a command");
        assert!(front.id == id && front.more && !front.is_discarded);
    }

    fn check(&self) {
        if self.watch_password {
            let shown = format!("{:?} {:?}", self.connection, self.error);
            assert!(!shown.contains(PASSWORD) && !shown.contains("116, 97, 110, 115, 116"), "{shown}");
        }
        if self.error.is_some() {
            assert!(self.connection.is_closed());
        }
    }
}

/// Any command that can be made.
fn command(script: &mut Unstructured<'_>) -> Option<Command> {
    let kind = octet(script);
    let number = MessageNumber::new(u32::from(kind >> 5) + 1)?;
    Some(match kind % 24 {
        0 => Command::Stat,
        1 => Command::List(None),
        2 => Command::List(Some(number)),
        3 => Command::Retr(number),
        4 => Command::Dele(number),
        5 => Command::Noop,
        6 => Command::Rset,
        7 => Command::Top { message: number, lines: u32::from(octet(script)) },
        8 => Command::Uidl(None),
        9 => Command::Uidl(Some(number)),
        10 => Command::Capa,
        11 => Command::Utf8,
        12 => Command::Lang(None),
        13 => Command::Lang(LanguageRange::new(if kind & 128 == 0 { "*" } else { "de" }).ok()),
        14 => Command::Quit,
        15 => {
            Command::User(Argument::new(script.bytes(usize::from(kind >> 6).min(script.len())).ok()?).ok()?)
        }
        16 => Command::Pass(Secret::new(PASSWORD).ok()?),
        17 => Command::Apop {
            name: Argument::new(USER).ok()?,
            digest: Timestamp::new("<1@example.org>")?.digest(PASSWORD.as_bytes()),
        },
        18 => Command::AuthList,
        19 => Command::Other(Other::new("XTND", (kind & 128 == 0).then_some("XMIT")).ok()?),
        20 => Command::Auth {
            mechanism: MechanismName::new("PLAIN").ok()?,
            initial_response: Some(InitialResponse::new(*b"\0tim\0x")),
        },
        21 => Command::Stls,
        22 => Command::Retr(number),
        _ => Command::Capa,
    })
}

fn octet(script: &mut Unstructured<'_>) -> u8 {
    if script.is_empty() { 0 } else { script.arbitrary().unwrap_or_default() }
}

const PASSWORD: &str = "tanstaaftanstaaf";
const USER: &str = "tim";
