//! Dialogues of IMAP, as the tests of the codec keep them, played by the client's machine.
//!
//! Each command of a dialogue is sent as it is, with a tag of the machine's own; the server's lines answer it. What a command
//! with a method of its own does (LOGIN, STARTTLS, IDLE, ..) is left out here.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use bytes::{Buf as _, BytesMut};
use mailwire::imap::{
    Decoder, Limits, Quirks,
    client::{Config, Connection, Error, Event, Ticket},
    command::Body,
    frame::{self, Framer},
};

/// A paragraph of a dialogue: what both sides say, up to an empty line or a comment.
#[derive(Clone, Debug)]
pub struct Paragraph {
    /// Where it starts.
    pub line: usize,
    /// Whether UTF-8 was enabled before.
    pub is_utf8: bool,
    turns: Vec<Turn>,
}

#[derive(Clone, Debug)]
enum Turn {
    /// A command, and its tag.
    Command(Vec<u8>, Box<Body>),
    /// A line of the server, or the part of one up to a literal.
    Server(Vec<u8>),
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What happened, in words.
    pub happened: Vec<String>,
    /// How many commands were sent.
    pub sent: usize,
    /// How many of those the server completed.
    pub completed: usize,
    /// How many had an answer then.
    pub answered: usize,
    /// The octets of the server.
    pub octets: usize,
    /// The error that ended it.
    pub error: Option<Error>,
}

/// The paragraphs of a dialogue that have commands the machine sends as they are.
pub fn paragraphs(text: &str) -> Vec<Paragraph> {
    let (mut all, mut lines, mut is_utf8) = (Vec::new(), Vec::new(), false);
    for (index, line) in text.lines().chain([""]).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            all.extend(paragraph(std::mem::take(&mut lines), is_utf8));
        } else if line == "utf8" {
            is_utf8 = true;
        } else if !matches!(line, "strict" | "recorded") && !line.starts_with('=') {
            lines.push((index + 1, line));
        }
    }
    all
}

/// Plays a paragraph with the server's octets in pieces of `size`, up to `cut` of them, after which the stream ends.
///
/// # Panics
///
/// If the machine sends another command than it was told to.
pub fn play(paragraph: &Paragraph, size: usize, cut: usize) -> Outcome {
    let mut run = Run::new(paragraph.is_utf8, size, cut);
    for turn in &paragraph.turns {
        match turn {
            Turn::Command(tag, body) => run.send(tag, body),
            Turn::Server(octets) => run.feed(octets),
        }
        if run.outcome.error.is_some() {
            break;
        }
    }
    if run.outcome.error.is_none() && cut != usize::MAX {
        run.outcome.error = run.connection.handle_eof(Duration::ZERO).err();
        run.drain();
    }
    run.outcome
}

struct Run {
    connection: Connection,
    input: BytesMut,
    size: usize,
    left: usize,
    /// The machine's tags of those in the dialogue.
    tags: HashMap<Vec<u8>, Vec<u8>>,
    tickets: Vec<Ticket<Body>>,
    /// Commands that wait, with their tags in the dialogue.
    waiting: VecDeque<(Vec<u8>, Body)>,
    sent: BytesMut,
    outcome: Outcome,
}

impl Run {
    fn new(is_utf8: bool, size: usize, cut: usize) -> Self {
        let mut run = Self {
            connection: Connection::new(Duration::ZERO, Config::default()),
            input: BytesMut::new(),
            size: usize::MAX,
            left: usize::MAX,
            tags: HashMap::new(),
            tickets: Vec::new(),
            waiting: VecDeque::new(),
            sent: BytesMut::new(),
            outcome: Outcome::default(),
        };
        run.feed(b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ BINARY ENABLE UTF8=ACCEPT] hello\r\n");
        run.send(b"start", &Body::Select(mailwire::imap::command::Select::new("INBOX")));
        run.feed(b"* 200 EXISTS\r\nstart OK done\r\n");
        if is_utf8 {
            let capabilities = mailwire::imap::Capabilities::new(["UTF8=ACCEPT"]).unwrap();
            run.send(b"utf8", &Body::Enable(capabilities));
            run.feed(b"* ENABLED UTF8=ACCEPT\r\nutf8 OK done\r\n");
        }
        run.outcome = Outcome::default();
        (run.size, run.left) = (size, cut);
        run
    }

    fn send(&mut self, tag: &[u8], body: &Body) {
        let Ok(ticket) = self.connection.send(Duration::ZERO, body.clone()) else { return };
        self.tickets.push(ticket);
        self.waiting.push_back((tag.to_vec(), body.clone()));
        self.drain();
    }

    /// What has left is the next of the commands that were to be sent.
    fn read_sent(&mut self) {
        let mut framer = Framer::commands(Limits::client(), Quirks::strict());
        let mut decoder = Decoder::new(Limits::server(), Quirks::strict());
        decoder.set_utf8(self.connection.server().is_utf8());
        while let Ok(Some(event)) = framer.next_event(&mut self.sent) {
            if let frame::Event::Frame(frame) = event {
                let (tag, body) = self.waiting.pop_front().expect("a command that was to be sent");
                let command = decoder.command(frame).unwrap_or_else(|error| panic!("{error} in {body:?}"));
                assert_eq!(command.body, body);
                self.tags.insert(tag, command.tag.as_bytes().to_vec());
                self.outcome.sent += 1;
            }
        }
        assert!(!self.sent.has_remaining(), "half a command");
    }

    /// A line of the server, with the machine's tag in place of the dialogue's.
    fn feed(&mut self, line: &[u8]) {
        let mut octets = line.to_vec();
        let first = line.split(|octet| *octet == b' ').next().unwrap_or_default();
        if let Some(tag) = self.tags.get(first) {
            octets.splice(..first.len(), tag.iter().copied());
            self.outcome.completed += 1;
        }
        for (old, new) in &self.tags {
            let (old, new) =
                ([b"(TAG \"", &old[..], b"\")"].concat(), [b"(TAG \"", &new[..], b"\")"].concat());
            if let Some(at) = octets.windows(old.len()).position(|window| window == old) {
                octets.splice(at..at + old.len(), new);
            }
        }
        octets.truncate(self.left);
        self.left -= octets.len().min(self.left);
        self.outcome.octets += octets.len();
        for piece in octets.chunks(self.size) {
            self.input.extend_from_slice(piece);
            let result = self.connection.handle_input(Duration::ZERO, &mut self.input);
            self.drain();
            if let Err(error) = result {
                self.outcome.error = Some(error);
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
            if let Event::Completed { id } = event {
                let ticket =
                    self.tickets.iter().find(|ticket| ticket.id() == id).copied().expect("a command of ours");
                let result = self.connection.take(&ticket);
                self.outcome.happened.push(format!("completed {id:?} {result:?}"));
                self.outcome.answered += 1;
            } else {
                self.outcome.happened.push(format!("{event:?}"));
            }
        }
    }
}

/// Lines into turns. Nothing if there is no command in it that the machine sends as it is, or one that is no command.
fn paragraph(lines: Vec<(usize, &str)>, is_utf8: bool) -> Option<Paragraph> {
    let line = lines.first()?.0;
    let mut turns = Vec::new();
    let mut pending = BytesMut::new();
    let mut decoder = Decoder::new(Limits::server(), Quirks::strict());
    decoder.set_utf8(is_utf8);
    for (_, text) in lines {
        let (mark, text) = text.split_at_checked(2)?;
        let mut octets = octets(text.strip_prefix(' ').unwrap_or(text))?;
        octets.extend_from_slice(b"\r\n");
        match mark {
            "C:" => {
                pending.extend_from_slice(&octets);
                let mut framer = Framer::commands(Limits::server(), Quirks::strict());
                let mut input = pending.clone();
                loop {
                    match framer.next_event(&mut input).ok()? {
                        Some(frame::Event::Frame(frame)) => {
                            let command = decoder.command(frame).ok()?;
                            if has_own_method(&command.body) {
                                return None;
                            }
                            turns
                                .push(Turn::Command(command.tag.as_bytes().to_vec(), Box::new(command.body)));
                            pending.clear();
                        }
                        Some(_) => {}
                        None => break,
                    }
                }
            }
            // Invitations are the run's own.
            "S:" if octets.starts_with(b"+") && !pending.is_empty() => {}
            "S:" | "U:" | "O:" => turns.push(Turn::Server(octets)),
            _ => return None,
        }
    }
    let has_command = turns.iter().any(|turn| matches!(turn, Turn::Command(..)));
    (has_command && pending.is_empty()).then_some(Paragraph { line, is_utf8, turns })
}

fn has_own_method(body: &Body) -> bool {
    matches!(
        body,
        Body::Authenticate { .. } | Body::Compress(_) | Body::Idle | Body::Login(..) | Body::StartTls
    )
}

/// The text, with `\{c3 28}` as the octets that it stands for.
pub(super) fn octets(text: &str) -> Option<Vec<u8>> {
    let (mut octets, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once("\\{") {
        octets.extend_from_slice(before.as_bytes());
        let (hexadecimal, after) = after.split_once('}')?;
        for octet in hexadecimal.split(' ') {
            octets.push(u8::from_str_radix(octet, 16).ok()?);
        }
        rest = after;
    }
    octets.extend_from_slice(rest.as_bytes());
    Some(octets)
}
