//! Dialogues as the RFCs write them, played against both machines.
//!
//! A [`Scene`] plays one text twice: against the client's machine, as the server that says its `S:` lines, and against the
//! server's machine, as the client that says its `C:` lines. Each time in pieces of every size, and cut at every octet.
//! [`client`] and [`server`] have notations of their own for what only one side shows: events, errors, misuse.
//!
//! | line | meaning |
//! | --- | --- |
//! | `S: +OK 2 320` | what the server says; of its own replies only status, code and data have to be these |
//! | `C: STAT` | what the client says: by itself if it is in the middle of a login, else because it is told to |
//! | `(login ann secret)` | the client is told to log in; `cleartext` at the end permits it without TLS |
//! | `(TLS)` | both sides have made the handshake |
//! | `(wait 2)` | seconds pass |
//! | `(deleted 1 2)` | what the server was told to delete, at the end |
//!
//! Spaces at the end of a line are written `<SP>`, octets `\xE9`, `\0`, `\r` and `\n`. The server's rows to CAPA are its own,
//! and are not compared.

pub mod client;
pub mod imap_client;
pub mod imap_peer;
pub mod imap_recording;
pub mod server;

use std::collections::VecDeque;

use mailwire::pop3::{Command, Reply, client::Config as ClientConfig, server::Config as ServerConfig};

use self::{
    client::Player,
    server::{Host, Run},
};
use crate::chunks;

/// What a transcript is played with.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The client's side.
    pub client: ClientConfig,
    /// The server's side.
    pub server: ServerConfig,
    /// Who answers the server's questions.
    pub host: Host,
    /// From one cut to the next: 1, unless each run derives a key.
    pub cut_step: usize,
}

impl Scene {
    /// A line without TLS, on which STLS and logins that show the password are permitted.
    #[must_use]
    pub fn cleartext(host: Host) -> Self {
        let mut server = server::cleartext();
        (server.stls, server.login.allow_cleartext) = (true, true);
        Self { client: ClientConfig::default(), server, host, cut_step: 1 }
    }

    /// A line with TLS.
    #[must_use]
    pub fn encrypted(host: Host) -> Self {
        let mut client = ClientConfig::default();
        client.encrypted = true;
        Self { client, server: server::encrypted(), host, cut_step: 1 }
    }

    /// Plays `transcript` against both machines.
    ///
    /// # Panics
    ///
    /// If either does something else.
    pub fn check(&self, transcript: &str) {
        self.check_client(transcript);
        self.check_server(transcript);
    }

    /// Plays `transcript` against the client.
    ///
    /// # Panics
    ///
    /// If it sends or tells something else, shows a secret, or takes the end of the stream for the end of an answer.
    pub fn check_client(&self, transcript: &str) {
        let lines = parsed(transcript);
        let mut whole = bytes::Bytes::new();
        for size in chunks::every_size() {
            let mut player = Player::new(&self.client, size, usize::MAX);
            player.play(&lines);
            whole = player.into_told();
        }
        let octets: usize = lines.iter().map(Line::server_octets).sum();
        for cut in (0..octets).step_by(self.cut_step) {
            let mut player = Player::new(&self.client, usize::MAX, cut);
            player.play(&lines);
            let told = player.into_told();
            assert!(whole.starts_with(&told), "cut after {cut}: {}", told.escape_ascii());
        }
    }

    /// Plays `transcript` against the server.
    ///
    /// # Panics
    ///
    /// If it sends something else, shows a secret, or deletes anything before QUIT is there.
    pub fn check_server(&self, transcript: &str) {
        let lines = parsed(transcript);
        for size in chunks::every_size() {
            Play::new(self, size).play(&lines);
        }
        let said: Vec<u8> = lines.iter().flat_map(Line::client_octets).copied().collect();
        let quits = said.ends_with(b"QUIT\r\n");
        for cut in (0..said.len()).step_by(self.cut_step) {
            let deleted = Play::new(self, usize::MAX).play_until(&lines, cut);
            assert!(!deleted, "cut after {cut} of {}, QUIT {quits}", said.len());
        }
    }
}

/// A line of a transcript.
#[derive(Debug)]
enum Line {
    Client(Vec<u8>),
    Note(Vec<String>),
    Server(Vec<u8>),
}

impl Line {
    fn client_octets(&self) -> &[u8] {
        if let Self::Client(octets) = self { octets } else { b"" }
    }

    fn server_octets(&self) -> usize {
        if let Self::Server(octets) = self { octets.len() } else { 0 }
    }
}

/// The server's side of a transcript.
struct Play {
    run: Run,
    commands: VecDeque<Option<Command>>,
    reading: Reading,
    /// What the client says next is a line of SASL.
    challenged: bool,
}

/// What the next line of the server is.
enum Reading {
    Greeting,
    /// Rows of an answer to CAPA, which are the server's own.
    OwnRows,
    Rows,
    Status,
}

impl Play {
    fn new(scene: &Scene, size: usize) -> Self {
        let mut run = Run::new(&scene.server, &scene.host, size);
        run.sent = std::mem::take(&mut run.greeting);
        Self { run, commands: VecDeque::new(), reading: Reading::Greeting, challenged: false }
    }

    fn play(&mut self, lines: &[Line]) {
        for line in lines {
            match line {
                Line::Client(octets) => self.say(octets),
                Line::Note(words) => self.note(words),
                Line::Server(octets) => self.compare(octets),
            }
            self.run.assert_no_secret();
        }
        assert_eq!(self.run.sent.escape_ascii().to_string(), "", "more was sent");
    }

    /// Says the first `cut` octets, then closes; whether something was to be deleted.
    fn play_until(&mut self, lines: &[Line], cut: usize) -> bool {
        let mut left = cut;
        for line in lines {
            match line {
                Line::Client(octets) => {
                    let said = octets.len().min(left);
                    left -= said;
                    self.run.feed(&octets[..said]);
                    if said < octets.len() {
                        break;
                    }
                }
                Line::Note(words) if matches!(&*words[0], "TLS" | "wait") => self.note(words),
                Line::Note(_) | Line::Server(_) => {}
            }
        }
        self.run.act("eof");
        self.run.deleted().is_some()
    }

    fn say(&mut self, octets: &[u8]) {
        if !std::mem::take(&mut self.challenged) {
            let line = octets.strip_suffix(b"\r\n").unwrap();
            self.commands.push_back(Command::parse(line).ok());
        }
        self.run.feed(octets);
    }

    fn note(&mut self, words: &[String]) {
        match &*words[0] {
            "TLS" => {
                assert!(self.run.happened.iter().any(|what| what == "tls"), "no TLS");
                self.run.act("tls");
            }
            "wait" => self.run.act(&words.join(" ")),
            "deleted" => {
                let deleted = self.run.deleted().expect("nothing was to be deleted");
                assert_eq!(deleted, words[1..].join(" "));
            }
            "login" => {}
            word => panic!("{word}"),
        }
    }

    fn compare(&mut self, expected: &[u8]) {
        let sent = self.next_line();
        let place = format!("{} in place of {}", sent.escape_ascii(), expected.escape_ascii());
        let is_last = expected == b".\r\n";
        match self.reading {
            Reading::Greeting => {
                assert_eq!(reply(&sent).status(), reply(expected).status(), "{place}");
                self.reading = Reading::Status;
            }
            Reading::OwnRows => {
                // What was taken goes back: all rows are skipped with the last one that is expected.
                self.run.sent.splice(..0, sent);
                if is_last {
                    while self.next_line() != b".\r\n" {}
                    self.reading = Reading::Status;
                }
            }
            Reading::Rows => {
                assert_eq!(sent, expected, "{place}");
                if is_last {
                    self.reading = Reading::Status;
                }
            }
            Reading::Status if expected.starts_with(b"+ ") => {
                assert_eq!(sent, expected, "{place}");
                self.challenged = true;
            }
            Reading::Status => self.compare_status(&sent, expected, &place),
        }
    }

    fn compare_status(&mut self, sent: &[u8], expected: &[u8], place: &str) {
        let command = self.commands.pop_front().flatten();
        let (sent, expected) = (reply(sent), reply(expected));
        assert_eq!((sent.status(), sent.code()), (expected.status(), expected.code()), "{place}");
        if !sent.is_ok() {
            return;
        }
        match command {
            Some(Command::Capa) => self.reading = Reading::OwnRows,
            Some(command) if command.expects_multi_line() => self.reading = Reading::Rows,
            Some(Command::Stat | Command::List(Some(_)) | Command::Uidl(Some(_))) => {
                assert_eq!(sent.text(), expected.text(), "{place}");
            }
            _ => {}
        }
    }

    fn next_line(&mut self) -> Vec<u8> {
        let end = self.run.sent.iter().position(|octet| *octet == b'\n').map_or(0, |end| end + 1);
        self.run.sent.drain(..end).collect()
    }
}

fn reply(line: &[u8]) -> Reply {
    let line = line.strip_suffix(b"\r\n").unwrap_or(line);
    Reply::parse(line).unwrap_or_else(|error| panic!("{error}: {}", line.escape_ascii()))
}

fn parsed(transcript: &str) -> Vec<Line> {
    let lines = transcript.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| match line.split_at_checked(2) {
            Some(("C:", text)) => Line::Client(wire(text)),
            Some(("S:", text)) => Line::Server(wire(text)),
            _ => {
                let words = line.strip_prefix('(').and_then(|line| line.strip_suffix(')')).expect(line);
                Line::Note(words.split(' ').map(Into::into).collect())
            }
        })
        .collect()
}

/// Whether a secret is there as text or as a list of numbers.
fn shows(shown: &str, secret: &str) -> bool {
    let numbers = format!("{:?}", secret.as_bytes());
    shown.contains(secret) || shown.contains(numbers.trim_matches(['[', ']']))
}

/// A line of the wire, with its line end.
fn wire(text: &str) -> Vec<u8> {
    let text = text.strip_prefix(' ').unwrap_or(text).replace("<SP>", " ");
    [unescaped(&text), b"\r\n".to_vec()].concat()
}

/// `\xE9`, `\0`, `\r` and `\n` in a line stand for octets.
fn unescaped(text: &str) -> Vec<u8> {
    let (mut octets, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let (octet, after) = match (first, after) {
            (b'\\', [b'x', high, low, after @ ..]) => {
                let digits = String::from_utf8_lossy(&[*high, *low]).into_owned();
                (u8::from_str_radix(&digits, 16).unwrap(), after)
            }
            (b'\\', [b'r', after @ ..]) => (b'\r', after),
            (b'\\', [b'n', after @ ..]) => (b'\n', after),
            (b'\\', [b'0', after @ ..]) => (0, after),
            (octet, after) => (*octet, after),
        };
        octets.push(octet);
        rest = after;
    }
    octets
}
