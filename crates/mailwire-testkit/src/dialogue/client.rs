//! Dialogues of the client's machine, written as they are read.
//!
//! | line | meaning |
//! | --- | --- |
//! | `S: +OK ready` | the server sends this line; it is fed in pieces of every size |
//! | `S~ +O` | the same without a line end |
//! | `C: STAT` | the client has sent this line, and nothing else since the last `C:` |
//! | `> STAT` | the application sends a command |
//! | `> login ann secret` | the application logs in; `cleartext` at the end permits it without TLS, `late` sends no initial response, `as bob` is for the mail of somebody else |
//! | `> token ann ya29` | the application logs in by a token |
//! | `> stls`, `> tls`, `> eof`, `> wait 60`, `> discard 1` | asks for TLS; TLS has begun; the server has closed; seconds pass; the answer to the second command is not wanted |
//! | `= reply +OK 2 320` | this is the next event; `<..>` at the end stands for anything |

use std::{collections::VecDeque, fmt::Write as _, time::Duration};

use bytes::{Bytes, BytesMut};
use mailwire::{
    pop3::{
        Command,
        client::{CommandId, Config, Connection, Error, Event, Login, Row},
        dot::{Stuffer, stuff_line},
    },
    sasl::client::Credentials,
};

use super::{Line, unescaped};

/// Runs a dialogue with pieces of every size, each time with a new connection.
///
/// # Panics
///
/// If something else is sent or happens than is written.
pub fn check(config: &Config, script: &str) {
    for size in 1..=LARGEST_PIECE {
        Run::new(config, size).play(script);
    }
}

/// Runs a dialogue once, in pieces of `size`, and gives back the connection.
///
/// # Panics
///
/// As [`check`].
pub fn play(config: &Config, size: usize, script: &str) -> Connection {
    let mut run = Run::new(config, size);
    run.play(script);
    run.connection
}

struct Run {
    connection: Connection,
    input: BytesMut,
    size: usize,
    now: Duration,
    ids: Vec<CommandId>,
    sent: Vec<u8>,
    happened: Vec<String>,
}

impl Run {
    fn new(config: &Config, size: usize) -> Self {
        Self {
            connection: Connection::new(Duration::ZERO, config.clone()),
            input: BytesMut::new(),
            size,
            now: Duration::ZERO,
            ids: Vec::new(),
            sent: Vec::new(),
            happened: Vec::new(),
        }
    }

    fn play(&mut self, script: &str) {
        for (number, line) in
            script.lines().map(str::trim_start).enumerate().filter(|(_, line)| !line.is_empty())
        {
            let place = format!("line {number}, pieces of {}: {line}", self.size);
            // Spaces at an end of a line mean something: editors must not lose them.
            let line = line.replace("<SP>", " ");
            if line.starts_with('S') {
                let sent = self.sent.escape_ascii().to_string();
                assert_eq!(sent, "", "sent before it was the client's turn: {place}");
            }
            match line.split_at_checked(2) {
                Some(("S:", text)) => {
                    self.feed(
                        &[unescaped(text.strip_prefix(' ').unwrap_or(text)), b"\r\n".to_vec()].concat(),
                    );
                }
                Some(("S~", text)) => self.feed(&unescaped(text.strip_prefix(' ').unwrap_or(text))),
                Some(("C:", text)) => {
                    let expected = [text.strip_prefix(' ').unwrap_or(text).as_bytes(), b"\r\n"].concat();
                    let sent: Vec<u8> = self.sent.drain(..expected.len().min(self.sent.len())).collect();
                    assert_eq!(
                        sent.escape_ascii().to_string(),
                        expected.escape_ascii().to_string(),
                        "{place}"
                    );
                }
                Some(("> ", text)) => self.act(text),
                Some(("= ", text)) => {
                    assert!(!self.happened.is_empty(), "nothing happened at {place}");
                    let happened = self.happened.remove(0);
                    match text.strip_suffix("<..>") {
                        Some(start) => assert!(happened.starts_with(start), "{happened} at {place}"),
                        None => assert_eq!(happened, text, "{place}"),
                    }
                }
                _ => panic!("{place}"),
            }
            if !line.starts_with("C:") && !line.starts_with('=') {
                self.drain();
            }
        }
        assert_eq!(self.happened, Vec::<String>::new(), "more happened, in pieces of {}", self.size);
        assert_eq!(self.sent.escape_ascii().to_string(), "", "more was sent, in pieces of {}", self.size);
    }

    fn feed(&mut self, octets: &[u8]) {
        for piece in octets.chunks(self.size) {
            self.input.extend_from_slice(piece);
            let result = self.connection.handle_input(self.now, &mut self.input);
            self.drain();
            if let Err(error) = result {
                let again = self.connection.handle_input(self.now, &mut self.input);
                assert_eq!(again.as_ref(), Err(&error), "errors stick");
                self.happened.push(format!("error {error}"));
                return;
            }
        }
    }

    fn act(&mut self, text: &str) {
        let words: Vec<&str> = text.split(' ').collect();
        let result = match *words {
            ["login", user, password] => self.connection.login(self.now, login(user, password)),
            ["login", user, password, "cleartext"] => {
                self.connection.login(self.now, login(user, password).allow_cleartext())
            }
            ["login", user, password, "late"] => {
                self.connection.login(self.now, login(user, password).without_initial_response())
            }
            ["login", user, password, "as", other] => {
                let credentials = Credentials::password(user, password).with_authorization(other);
                self.connection.login(self.now, Login::new(credentials, *b"eighteen octets at least"))
            }
            ["token", user, token] => self
                .connection
                .login(self.now, Login::new(Credentials::token(user, token), *b"eighteen octets at least")),
            ["stls"] => self.connection.start_tls(self.now),
            ["tls"] => self.connection.tls_started(self.now),
            ["eof"] => {
                if let Err(error) = self.connection.handle_eof(self.now) {
                    self.drain();
                    self.happened.push(format!("error {error}"));
                }
                Ok(())
            }
            ["wait", seconds] => {
                self.now += Duration::from_secs(seconds.parse().unwrap());
                if let Err(error) = self.connection.handle_timeout(self.now) {
                    self.happened.push(format!("error {error}"));
                }
                Ok(())
            }
            ["discard", index] => {
                let id = self.ids[index.parse::<usize>().unwrap()];
                self.connection.discard(id);
                Ok(())
            }
            _ => {
                let command = Command::parse(text.as_bytes()).unwrap();
                self.connection.send(self.now, command).map(|id| self.ids.push(id))
            }
        };
        if let Err(misuse) = result {
            self.happened.push(format!("misuse {misuse}"));
        }
    }

    fn drain(&mut self) {
        while let Some(octets) = self.connection.poll_transmit() {
            self.sent.extend_from_slice(&octets);
        }
        while let Some(event) = self.connection.poll_event() {
            let told = match event {
                Event::Data { octets, .. } => {
                    let octets = octets.escape_ascii().to_string();
                    match self.happened.last_mut() {
                        // Where octets are cut depends on the pieces.
                        Some(last) if last.starts_with("data ") => {
                            last.push_str(&octets);
                            continue;
                        }
                        _ => format!("data {octets}"),
                    }
                }
                event => told(&event),
            };
            self.happened.push(told);
        }
    }
}

/// The client's side of a [transcript](super::Scene).
pub(super) struct Player {
    connection: Connection,
    input: BytesMut,
    size: usize,
    /// How many octets the server may still say.
    left: usize,
    now: Duration,
    sent: Vec<u8>,
    commands: VecDeque<(CommandId, Command)>,
    stuffer: Stuffer,
    /// What the events say, as it stands on the wire.
    told: BytesMut,
    /// What they have to say: the server's lines, those of a login and of STLS excepted.
    expected: Vec<u8>,
    secrets: Vec<String>,
    wants_tls: bool,
    closed: bool,
}

impl Player {
    pub(super) fn new(config: &Config, size: usize, left: usize) -> Self {
        Self {
            connection: Connection::new(Duration::ZERO, config.clone()),
            input: BytesMut::new(),
            size,
            left,
            now: Duration::ZERO,
            sent: Vec::new(),
            commands: VecDeque::new(),
            stuffer: Stuffer::new(),
            told: BytesMut::new(),
            expected: Vec::new(),
            secrets: Vec::new(),
            wants_tls: false,
            closed: false,
        }
    }

    pub(super) fn into_told(self) -> Bytes {
        self.told.freeze()
    }

    /// Plays the lines, or those before the cut, and then the end of the stream.
    pub(super) fn play(&mut self, lines: &[Line]) {
        for line in lines {
            let is_whole = match line {
                Line::Client(octets) => self.expect(octets),
                Line::Note(words) => self.note(words),
                Line::Server(octets) => self.feed(octets),
            };
            if !is_whole {
                break;
            }
            if self.size == usize::MAX {
                self.assert_no_secret();
            }
        }
        if self.left > 0 {
            assert_eq!(self.told.escape_ascii().to_string(), self.expected.escape_ascii().to_string());
            assert_eq!(self.sent.escape_ascii().to_string(), "", "more was sent");
        }
        let end = self.connection.handle_eof(self.now);
        assert_eq!(end, if self.closed { Ok(()) } else { Err(Error::UnexpectedEof) });
    }

    fn feed(&mut self, octets: &[u8]) -> bool {
        assert_eq!(self.sent.escape_ascii().to_string(), "", "sent before {}", octets.escape_ascii());
        if !self.connection.is_busy() {
            self.expected.extend_from_slice(octets);
        }
        let said = octets.len().min(self.left);
        self.left -= said;
        for piece in octets[..said].chunks(self.size) {
            self.input.extend_from_slice(piece);
            let result = self.connection.handle_input(self.now, &mut self.input);
            result.unwrap_or_else(|error| panic!("{error} at {}", octets.escape_ascii()));
            self.drain();
        }
        said == octets.len()
    }

    fn expect(&mut self, octets: &[u8]) -> bool {
        if self.sent.is_empty() {
            match Command::parse(octets.strip_suffix(b"\r\n").unwrap()).unwrap() {
                Command::Stls => self.connection.start_tls(self.now).unwrap(),
                command => {
                    if let Command::Pass(password) = &command {
                        self.secrets.push(String::from_utf8_lossy(password.expose()).into());
                    }
                    let id = self.connection.send(self.now, command.clone()).unwrap();
                    self.commands.push_back((id, command));
                }
            }
            self.drain();
        }
        let sent: Vec<u8> = self.sent.drain(..octets.len().min(self.sent.len())).collect();
        assert_eq!(sent.escape_ascii().to_string(), octets.escape_ascii().to_string());
        true
    }

    fn note(&mut self, words: &[String]) -> bool {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match *words {
            ["login", user, password, ref rest @ ..] => {
                self.secrets.push(password.into());
                let login = login(user, password);
                let login = if rest == ["cleartext"] { login.allow_cleartext() } else { login };
                self.connection.login(self.now, login).unwrap();
            }
            ["TLS"] => {
                assert!(std::mem::take(&mut self.wants_tls), "no TLS");
                self.connection.tls_started(self.now).unwrap();
            }
            ["wait", seconds] => {
                self.now += Duration::from_secs(seconds.parse().unwrap());
                self.connection.handle_timeout(self.now).unwrap();
            }
            ["deleted", ..] => {}
            _ => panic!("{words:?}"),
        }
        self.drain();
        true
    }

    fn drain(&mut self) {
        while let Some(event) = self.connection.poll_event() {
            self.tell(event);
        }
        while let Some(octets) = self.connection.poll_transmit() {
            self.sent.extend_from_slice(&octets);
        }
    }

    /// Writes an event as the wire has it.
    fn tell(&mut self, event: Event) {
        match event {
            Event::Greeting { reply } | Event::Notice { reply } => reply.encode(&mut self.told),
            Event::Reply { reply, more, .. } => {
                reply.encode(&mut self.told);
                self.stuffer = Stuffer::new();
                if !more {
                    self.commands.pop_front();
                }
            }
            Event::Row { row, .. } => {
                let mut line = BytesMut::new();
                match row {
                    Row::Capability(row) => row.encode(&mut line),
                    Row::Language(row) => row.encode(&mut line),
                    Row::Mechanism(row) => line.extend_from_slice(&row),
                    Row::Scan(row) => row.encode(&mut line),
                    Row::UniqueId(row) => row.encode(&mut line),
                    row => panic!("{row:?}"),
                }
                stuff_line(&line, &mut self.told);
            }
            Event::Data { octets, .. } => {
                let octets = self.stuffer.chunk(octets);
                self.told.extend_from_slice(&octets);
            }
            Event::End { id } => {
                let (first, command) = self.commands.pop_front().unwrap();
                assert_eq!(first, id);
                let is_message = matches!(command, Command::Retr(_) | Command::Top { .. });
                let stuffer = std::mem::take(&mut self.stuffer);
                self.told.extend_from_slice(&if is_message { stuffer.finish() } else { ".\r\n".into() });
            }
            Event::StartTls => self.wants_tls = true,
            Event::Closed => self.closed = true,
            Event::LoggedIn { .. } | Event::LoginFailed { .. } | Event::StartTlsRefused { .. } => {}
            event => panic!("{event:?}"),
        }
    }

    fn assert_no_secret(&self) {
        let shown = format!("{:?}", self.connection);
        for secret in &self.secrets {
            assert!(!super::shows(&shown, secret), "{secret} in {shown}");
        }
    }
}

fn login(user: &str, password: &str) -> Login {
    Login::new(Credentials::password(user, password), *b"eighteen octets at least")
}

fn told(event: &Event) -> String {
    let mut text = String::new();
    let written = match event {
        Event::Greeting { reply } => write!(text, "greeting {reply}"),
        Event::Reply { reply, more, .. } => write!(text, "reply {reply}{}", if *more { " .." } else { "" }),
        Event::Row { row, .. } => match row {
            Row::Capability(capability) => write!(text, "row {}", capability.tag()),
            Row::Language(language) => write!(text, "row {} {}", language.tag.as_str(), language.description),
            Row::Mechanism(name) => write!(text, "row {}", name.escape_ascii()),
            Row::Scan(row) => write!(text, "row {} {}", row.message, row.octets),
            Row::UniqueId(row) => write!(text, "row {} {}", row.message, row.unique_id),
            Row::Unparsed(error) => write!(text, "unparsed {error}"),
            _ => write!(text, "{row:?}"),
        },
        Event::End { .. } => write!(text, "end"),
        Event::StartTls => write!(text, "start tls"),
        Event::StartTlsRefused { reply } => write!(text, "no tls {reply}"),
        Event::LoggedIn { method } => write!(text, "logged in {method:?}"),
        Event::LoginFailed { error } => write!(text, "login failed {error}"),
        Event::Notice { reply } => write!(text, "notice {reply}"),
        Event::Closed => write!(text, "closed"),
        _ => write!(text, "{event:?}"),
    };
    written.unwrap();
    text
}

const LARGEST_PIECE: usize = 80;
