//! What a client sends, as a server hears it.

use bytes::BytesMut;
use mailwire_imap::{
    Decoder, Limits, Quirks, Tag,
    command::Body,
    frame::{Event, Framer, Literal},
};

/// Reads what a client sends: commands, and the lines that belong to AUTHENTICATE and IDLE. Anything else is a panic.
pub struct Ear {
    framer: Framer,
    decoder: Decoder,
    input: BytesMut,
    /// A literal that the client sends only if it is invited, and how many octets were there when it was announced.
    offered: Option<(Literal, usize)>,
    /// Whether AUTHENTICATE was the last command, so that lines of base64 may follow.
    authenticates: bool,
    idle: Idle,
}

/// How far IDLE is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Idle {
    Off,
    On,
    /// The server has answered it, perhaps before `DONE` was heard.
    Answered,
}

impl Ear {
    /// A server that takes any literal.
    pub fn new() -> Self {
        let mut decoder = Decoder::new(Limits::client(), Quirks::strict());
        decoder.set_utf8(true);
        Self {
            framer: Framer::commands(Limits::client(), Quirks::strict()),
            decoder,
            input: BytesMut::new(),
            offered: None,
            authenticates: false,
            idle: Idle::Off,
        }
    }

    /// The commands that are complete now.
    pub fn hear(&mut self, octets: &[u8]) -> Vec<(Tag, Body)> {
        self.input.extend_from_slice(octets);
        let mut commands = Vec::new();
        while !self.input.is_empty() {
            if let Some((literal, at)) = self.offered.take() {
                // Nobody says whether the literal was invited, but nothing that is sent in one begins like a command.
                match self.input.get(at..) {
                    None | Some([]) => {
                        self.offered = Some((literal, at));
                        break;
                    }
                    Some(next) if is_command(next) => {
                        self.framer.refuse(&literal, &mut self.input).expect("nothing of it came");
                        continue;
                    }
                    Some(_) => {}
                }
            }
            if self.framer.is_at_start() && !is_command(&self.input) {
                self.framer.expect_line();
            }
            let was_at_start = self.framer.is_at_start();
            match self.framer.next_event(&mut self.input).expect("what is sent can be framed") {
                None => break,
                Some(Event::Literal(literal)) if literal.is_synchronising() => {
                    self.offered = Some((literal, self.input.len()));
                }
                Some(Event::Frame(frame)) => {
                    let octets = frame.octets().clone();
                    if was_at_start && !is_command(&octets) {
                        self.line(&octets);
                        continue;
                    }
                    let command = self.decoder.command(frame);
                    let command =
                        command.unwrap_or_else(|error| panic!("{error}: {}", octets.escape_ascii()));
                    self.authenticates = matches!(command.body, Body::Authenticate { .. });
                    assert_ne!(self.idle, Idle::On, "{:?} during IDLE", command.body);
                    self.idle = if matches!(command.body, Body::Idle) { Idle::On } else { Idle::Off };
                    commands.push((command.tag, command.body));
                }
                Some(_) => {}
            }
        }
        commands
    }

    /// Whether everything that was heard is whole, or ends where the client waits for `+`.
    pub fn is_whole(&self) -> bool {
        self.input.is_empty() || self.offered.as_ref().is_some_and(|(_, at)| self.input.len() == *at)
    }

    /// The last command has its answer: IDLE ends without `DONE` then.
    pub fn answered(&mut self) {
        if self.idle == Idle::On {
            self.idle = Idle::Answered;
        }
    }

    fn line(&mut self, octets: &[u8]) {
        if self.idle != Idle::Off && self.decoder.idle_line(octets).is_ok() {
            self.idle = Idle::Off;
            return;
        }
        let is_response = self.authenticates && self.decoder.authenticate_line(octets).is_ok();
        assert!(is_response, "no command and no line of one: {}", octets.escape_ascii());
    }
}

impl Default for Ear {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether there is a tag as the client makes them.
fn is_command(octets: &[u8]) -> bool {
    let is_letter = |octet: &u8| matches!(octet, b'A'..=b'Z' | b'2'..=b'7');
    octets.get(..8).is_some_and(|tag| tag.iter().all(is_letter)) && octets.get(8) == Some(&b' ')
}
