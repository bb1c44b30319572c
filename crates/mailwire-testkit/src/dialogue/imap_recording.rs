//! Recorded sessions with IMAP servers, played whole to the client's machine.
//!
//! The machine does what the client of the recording did: commands with methods of their own (LOGIN, IDLE, STARTTLS, ..) by these.
//! What it sends has to be what was sent then, and the server says what it said, with the machine's tags.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use bytes::BytesMut;
use mailwire::{
    imap::{
        Decoder, Limits, Quirks,
        client::{CommandError, Config, Connection, Error, Event, Login, Method, Ticket},
        command::Body,
        frame::{self, Framer},
    },
    sasl::{Mechanism, base64_decode, client::Credentials},
};

/// One connection of a recording.
#[derive(Clone, Debug)]
pub struct Session {
    /// What the comment before it says.
    pub title: String,
    turns: Vec<Turn>,
    /// Whether the client of the recording waited for an invitation before each literal.
    waits: bool,
}

/// What one side says.
#[derive(Clone, Debug)]
pub enum Turn {
    /// A command, and its tag.
    Command(String, Box<Body>),
    /// A line of the client that is no command, without its end: base64, `*`, `DONE`.
    Line(String),
    /// A whole response.
    Response(Vec<u8>),
}

/// What came of a session.
#[derive(Debug, Default)]
pub struct Played {
    /// What was told, in order.
    pub events: Vec<String>,
    /// Commands by their tags in the recording, and what the server said to those that it refused.
    pub answers: BTreeMap<String, Result<(), CommandError>>,
    /// Commands that no client of this machine sends.
    pub skipped: Vec<String>,
    /// The error that ended it.
    pub error: Option<Error>,
}

/// The connections of a recording.
///
/// # Panics
///
/// If something in it is no command and no response.
pub fn sessions(text: &str) -> Vec<Session> {
    let mut sessions = Vec::new();
    let (mut title, mut reader) = (String::new(), Reader::default());
    for line in text.lines().chain([""]) {
        if line.is_empty() || line.starts_with('#') {
            let Reader { turns, waits, .. } = std::mem::take(&mut reader).finish();
            if !turns.is_empty() {
                sessions.push(Session { title: title.clone(), turns, waits });
            }
            line.trim_start_matches(['#', ' ']).clone_into(&mut title);
        } else if let Some((mark, text)) = line.split_once(':').filter(|(mark, _)| mark.len() == 1) {
            reader.line(mark, text.strip_prefix(' ').unwrap_or(text));
        }
    }
    sessions
}

/// Plays a session with the server's octets in pieces of `size`. `look` sees the machine before each turn of it.
///
/// # Panics
///
/// If the machine sends anything else than the client of the recording.
pub fn play(session: &Session, size: usize, mut look: impl FnMut(&Turn, &Connection)) -> Played {
    let mut run = Run::new(size);
    if session.waits {
        run.connection.server_mut().switch_off("LITERAL+");
        run.connection.server_mut().switch_off("LITERAL-");
    }
    let mut turns = session.turns.iter().peekable();
    while let Some(turn) = turns.next() {
        look(turn, &run.connection);
        match turn {
            Turn::Command(tag, body) => {
                let next = session.turns.iter().skip_while(|other| !std::ptr::eq(*other, turn)).nth(2);
                if !run.command(tag, body, next) {
                    run.played.skipped.push(tag.clone());
                    let is_end = |turn: &Turn| matches!(turn, Turn::Response(octets) if octets.starts_with(format!("{tag} ").as_bytes()));
                    while turns.next_if(|turn| !is_end(turn)).is_some() {}
                    turns.next();
                }
            }
            Turn::Line(line) => run.line(line),
            Turn::Response(octets) => run.response(octets),
        }
        if run.played.error.is_some() {
            break;
        }
    }
    if run.connection.is_closed() && run.played.error.is_none() {
        run.played.error = run.connection.handle_eof(Duration::ZERO).err();
    }
    run.played
}

struct Run {
    connection: Connection,
    input: BytesMut,
    size: usize,
    /// What has left, as far as it is no whole command.
    sent: BytesMut,
    framer: Framer,
    /// The command that is being sent, with its tag in the recording.
    sending: Option<(String, Body)>,
    /// Lines that left and are no commands.
    lines: VecDeque<String>,
    /// The machine's tags of those in the recording.
    tags: BTreeMap<String, String>,
    tickets: Vec<(String, Ticket<Body>)>,
    /// The tag in the recording of the login that is in progress.
    login: Option<String>,
    played: Played,
}

impl Run {
    fn new(size: usize) -> Self {
        Self {
            connection: Connection::new(Duration::ZERO, Config::default()),
            input: BytesMut::new(),
            size,
            sent: BytesMut::new(),
            framer: Framer::commands(Limits::client(), Quirks::strict()),
            sending: None,
            lines: VecDeque::new(),
            tags: BTreeMap::new(),
            tickets: Vec::new(),
            login: None,
            played: Played::default(),
        }
    }

    /// Does what sends this command. Whether there is such a thing.
    fn command(&mut self, tag: &str, body: &Body, next: Option<&Turn>) -> bool {
        let now = Duration::ZERO;
        let login = match body {
            Body::Login(user, password) => Some(login(user, password.expose(), Method::Login)),
            Body::Authenticate { mechanism, initial_response } => {
                let Some(mechanism) = mechanism.as_str().parse().ok() else {
                    return false;
                };
                let first = initial_response.as_ref().map(|first| first.expose().to_vec());
                let line =
                    if let Some(Turn::Line(line)) = next { Some(line.clone().into_bytes()) } else { None };
                let Some(words) = first.clone().or(line).filter(|line| line != b"*") else { return false };
                let login = authenticate(mechanism, &words);
                Some(if first.is_some() { login } else { login.without_initial_response() })
            }
            _ => None,
        };
        self.sending = Some((tag.to_owned(), body.clone()));
        match body {
            _ if login.is_some() => {
                self.login = Some(tag.to_owned());
                self.connection.login(now, login.unwrap()).unwrap();
            }
            Body::Compress(name) if name.as_bytes() == b"DEFLATE" => self.connection.compress(now).unwrap(),
            Body::Compress(_) => {
                self.sending = None;
                return false;
            }
            Body::StartTls => self.connection.start_tls(now).unwrap(),
            Body::Idle => self.connection.watch(now, true).unwrap(),
            body => {
                let ticket = self.connection.send(now, body.clone()).unwrap();
                self.tickets.push((tag.to_owned(), ticket));
            }
        }
        self.drain();
        assert!(self.tags.contains_key(tag), "{tag} was not sent");
        true
    }

    /// What the client said in the middle of a command: the machine has said it, or says it now.
    fn line(&mut self, line: &str) {
        if line == "DONE" {
            self.connection.watch(Duration::ZERO, false).unwrap();
            self.drain();
        }
        let said = self.lines.pop_front().expect("a line that was sent");
        // Nobody knows the right answer to a challenge who does not know the password: it was wrong then, and is now.
        assert!(said == line || line == "YQ==", "{said} in place of {line}");
    }

    /// What the server said, with the machine's tags in place of those of the recording.
    fn response(&mut self, octets: &[u8]) {
        let first = octets.split(|octet| *octet == b' ').next().unwrap_or_default();
        let first = String::from_utf8_lossy(first).into_owned();
        let mut said = octets.to_vec();
        if let Some(tag) = self.tags.get(&first) {
            said.splice(..first.len(), tag.bytes());
            // What was refused in the middle is not sent to its end.
            if self.sending.take().is_some() {
                self.sent.clear();
                self.framer = Framer::commands(Limits::client(), Quirks::strict());
            }
        }
        for (old, new) in &self.tags {
            let old = format!("(TAG \"{old}\")").into_bytes();
            if let Some(at) = said.windows(old.len()).position(|window| window == old) {
                said.splice(at..at + old.len(), format!("(TAG \"{new}\")").into_bytes());
            }
        }
        for piece in said.chunks(self.size) {
            self.input.extend_from_slice(piece);
            let result = self.connection.handle_input(Duration::ZERO, &mut self.input);
            self.drain();
            if let Err(error) = result {
                self.played.error = Some(error);
                return;
            }
        }
    }

    fn drain(&mut self) {
        while let Some(octets) = self.connection.poll_transmit() {
            self.sent.extend_from_slice(&octets);
        }
        self.read_sent();
        while let Some(event) = self.connection.poll_event() {
            self.event(&event);
        }
    }

    fn read_sent(&mut self) {
        let Some((tag, body)) = &self.sending else {
            while let Some(end) = self.sent.windows(2).position(|window| window == b"\r\n") {
                let line = self.sent.split_to(end + 2);
                self.lines.push_back(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            return;
        };
        if !self.sent.is_empty() && !self.tags.contains_key(tag) {
            let first = self.sent[..].split(|octet| *octet == b' ').next().unwrap_or_default();
            self.tags.insert(tag.clone(), String::from_utf8_lossy(first).into_owned());
        }
        let mut decoder = Decoder::new(Limits::server(), Quirks::strict());
        decoder.set_utf8(self.connection.server().is_utf8());
        while let Some(event) = self.framer.next_event(&mut self.sent).unwrap() {
            if let frame::Event::Frame(frame) = event {
                let command = decoder.command(frame).unwrap_or_else(|error| panic!("{error} in {body:?}"));
                assert_eq!(&command.body, body);
                self.sending = None;
                return self.read_sent();
            }
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Completed { id } => {
                let at = self
                    .tickets
                    .iter()
                    .position(|(_, ticket)| ticket.id() == *id)
                    .expect("a command of ours");
                let (tag, ticket) = self.tickets.swap_remove(at);
                let answer = self.connection.take(&ticket).expect("a whole answer");
                self.played.answers.insert(tag, answer);
            }
            Event::LoggedIn { login } => {
                let tag = self.login.take().expect("a login of ours");
                self.played.answers.insert(tag, Ok(()));
                assert_ne!(login.method, Method::PreAuth);
            }
            Event::LoginFailed { error } => {
                let tag = self.login.take().expect("a login of ours");
                let status = Box::new(error.status().expect("a server that refuses").clone());
                self.played.answers.insert(tag, Err(CommandError::Refused { command: "LOGIN", status }));
            }
            Event::Compress => self.connection.compression_started(Duration::ZERO).unwrap(),
            Event::StartTls => self.connection.tls_started(Duration::ZERO).unwrap(),
            _ => {}
        }
        self.played.events.push(format!("{event:?}"));
    }
}

/// A login by this way alone.
fn login(user: &[u8], password: &[u8], method: Method) -> Login {
    let text = |octets| String::from_utf8(Vec::from(octets)).unwrap();
    let credentials = Credentials::password(text(user), text(password));
    let others =
        Mechanism::ALL.into_iter().map(Method::Sasl).chain([Method::Login]).filter(|one| *one != method);
    others.fold(Login::new(credentials, [7; 18]).allow_cleartext(), Login::without)
}

/// The same by SASL, with what the client said first.
fn authenticate(mechanism: Mechanism, words: &[u8]) -> Login {
    let words = base64_decode(words, 1000).unwrap();
    let fields: Vec<_> = words.split(|octet| *octet == 0).collect();
    let [_, user, password] = fields[..] else {
        return login(b"ann", b"wrong", Method::Sasl(mechanism));
    };
    login(user, password, Method::Sasl(mechanism))
}

/// Makes turns of lines.
#[derive(Default)]
struct Reader {
    turns: Vec<Turn>,
    /// The command that began at this turn, as far as it was read.
    command: Option<(usize, Vec<u8>)>,
    response: Vec<u8>,
    /// Whether the command in progress takes lines that are no commands.
    takes_lines: bool,
    waits: bool,
}

impl Reader {
    fn line(&mut self, mark: &str, text: &str) {
        let mut octets = super::imap_client::octets(text).expect("octets");
        octets.extend_from_slice(b"\r\n");
        match mark {
            "C" if self.takes_lines => self.turns.push(Turn::Line(text.to_owned())),
            "C" => {
                let (_, command) = self.command.get_or_insert_with(|| (self.turns.len(), Vec::new()));
                command.extend_from_slice(&octets);
                self.end_command();
            }
            _ => {
                self.response.extend_from_slice(&octets);
                let mut framer = Framer::responses(Limits::client(), Quirks::default());
                let mut input = BytesMut::from(&self.response[..]);
                while let Some(event) = framer.next_event(&mut input).unwrap() {
                    if matches!(event, frame::Event::Frame(_)) {
                        let response = std::mem::take(&mut self.response);
                        self.end(&response);
                        self.turns.push(Turn::Response(response));
                        return;
                    }
                }
            }
        }
    }

    /// Puts a command that is whole where it began.
    fn end_command(&mut self) -> bool {
        let Some((at, octets)) = &self.command else { return false };
        let mut framer = Framer::commands(Limits::server(), Quirks::strict());
        let mut input = BytesMut::from(&octets[..]);
        while let Some(event) = framer.next_event(&mut input).unwrap() {
            if let frame::Event::Frame(frame) = event {
                let command = Decoder::new(Limits::server(), Quirks::strict()).command(frame).unwrap();
                self.takes_lines = matches!(command.body, Body::Authenticate { .. } | Body::Idle);
                let tag = String::from_utf8_lossy(command.tag.as_bytes()).into_owned();
                let head = String::from_utf8_lossy(octets);
                self.waits |= head.lines().any(|line| line.ends_with('}') && !line.ends_with("+}"));
                self.turns.insert(*at, Turn::Command(tag, Box::new(command.body)));
                self.command = None;
                return true;
            }
        }
        false
    }

    /// A tagged response is the end of the command, and one whose literal it refuses is read as if octets had come.
    fn end(&mut self, response: &[u8]) {
        if response.starts_with(b"* ") || response.starts_with(b"+") {
            return;
        }
        self.takes_lines = false;
        if let Some((_, octets)) = &mut self.command {
            let head = String::from_utf8_lossy(octets).into_owned();
            let (_, length) = head.trim_end_matches("}\r\n").rsplit_once('{').expect("a literal");
            octets.extend(std::iter::repeat_n(b'x', length.trim_end_matches('+').parse().unwrap()));
            octets.extend_from_slice(b"\r\n");
            assert!(self.end_command(), "{head}");
        }
    }

    fn finish(self) -> Self {
        assert!(self.command.is_none() && self.response.is_empty(), "half a command or response");
        self
    }
}
