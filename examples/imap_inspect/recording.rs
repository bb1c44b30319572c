//! Octets of one side of a connection, and what they say.

use mailwire::imap::{
    Capabilities, Command, Decoder, Limits, Octets, Quirks, Response,
    command::Body,
    fetch::Item,
    frame::{Event, Frame, Framer},
    response::Data,
};

use crate::What;

/// A response or command, or what could not be read as one.
pub(crate) struct Entry {
    /// Where in the recording it starts, in octets.
    pub(crate) offset: u64,
    pub(crate) said: Said,
    /// Literals that are too long to be shown.
    pub(crate) literals: Vec<Literal>,
}

pub(crate) enum Said {
    Command(Box<Command>),
    /// A line between commands: `DONE`, or a response of SASL.
    Line(&'static str),
    Response(Box<Response>),
    Unparsed {
        reason: String,
        offset: u64,
        octets: Octets,
    },
}

/// The start of a long literal.
pub(crate) struct Literal {
    pub(crate) length: u64,
    pub(crate) start: Vec<u8>,
}

pub(crate) struct Recording {
    what: What,
    framer: Framer,
    decoder: Decoder,
    input: bytes::BytesMut,
    /// How many octets have been added.
    added: u64,
    /// Where the frame starts that is being read.
    start: u64,
    /// The literals of that frame that were streamed: where in the frame each is missing, and what is kept of it.
    literals: Vec<(usize, Literal)>,
    /// Whether the start of the literal that is streamed may be shown.
    is_shown: bool,
    /// Whether the client may be in IDLE or AUTHENTICATE.
    is_exchange: bool,
    is_ended: bool,
    is_over: bool,
}

impl Recording {
    pub(crate) fn new(what: What, is_strict: bool, is_utf8: bool) -> Self {
        let quirks = if is_strict { Quirks::strict() } else { Quirks::lenient() };
        let mut limits = Limits::client();
        limits.inline_literal = MAX_LITERAL;
        let framer = match what {
            What::Commands => Framer::commands(limits.clone(), quirks),
            What::Responses => Framer::responses(limits.clone(), quirks),
        };
        let mut decoder = Decoder::new(limits, quirks);
        decoder.set_utf8(is_utf8);
        Self {
            what,
            framer,
            decoder,
            input: bytes::BytesMut::new(),
            added: 0,
            start: 0,
            literals: Vec::new(),
            is_shown: false,
            is_exchange: false,
            is_ended: false,
            is_over: false,
        }
    }

    pub(crate) fn add(&mut self, octets: &[u8]) {
        self.added += octets.len() as u64;
        self.input.extend_from_slice(octets);
    }

    /// No more octets follow.
    pub(crate) fn end(&mut self) {
        self.is_ended = true;
    }

    /// Whether nothing more can be read, because it is not known where the next response or command starts.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    pub(crate) fn next_entry(&mut self) -> Option<Entry> {
        while !self.is_over {
            match self.framer.next_event(&mut self.input) {
                Ok(Some(Event::Literal(literal))) if literal.is_streamed() => {
                    self.is_shown = self.may_show(literal.head());
                    let place = literal.head().octets().len();
                    self.literals.push((place, Literal { length: literal.length(), start: Vec::new() }));
                }
                Ok(Some(Event::Chunk(octets))) => self.keep(&octets),
                Ok(Some(Event::Frame(frame))) => return Some(self.frame(&frame)),
                Ok(Some(_)) => {}
                Ok(None) if self.is_ended => {
                    self.is_over = true;
                    let is_whole = self.input.is_empty() && self.framer.is_at_start();
                    return (!is_whole).then(|| self.unframed("it ends in the middle".into()));
                }
                Ok(None) => return None,
                Err(error) => {
                    self.is_over = true;
                    return Some(self.unframed(format!("{error}; what follows cannot be read")));
                }
            }
        }
        None
    }

    /// In a command nothing is shown but messages: what is not, may be a password.
    fn may_show(&self, head: &Frame) -> bool {
        let is_message = |command: Command| matches!(command.body, Body::Append(_) | Body::Replace(_));
        self.what == What::Responses || self.decoder.command(head.clone()).is_ok_and(is_message)
    }

    fn keep(&mut self, octets: &[u8]) {
        if let Some((_, literal)) = self.literals.last_mut().filter(|_| self.is_shown) {
            let room = MAX_SHOWN - literal.start.len();
            literal.start.extend(octets.iter().take(room));
        }
    }

    fn frame(&mut self, frame: &Frame) -> Entry {
        let said = match self.what {
            What::Commands => self.command(frame),
            What::Responses => self.response(frame),
        };
        let offset = std::mem::replace(&mut self.start, self.added - self.input.len() as u64);
        Entry { offset, said, literals: self.taken_literals() }
    }

    fn command(&mut self, frame: &Frame) -> Said {
        // A command has a space after its tag; no line of an exchange has one.
        if self.is_exchange && !frame.octets().contains(&b' ') {
            let is_done = frame.octets().eq_ignore_ascii_case(b"DONE");
            self.is_exchange = !is_done;
            return Said::Line(if is_done { "DONE" } else { "a response of SASL" });
        }
        match self.decoder.command(frame.clone()) {
            Ok(command) => {
                self.is_exchange = matches!(command.body, Body::Authenticate { .. } | Body::Idle);
                if let Body::Enable(capabilities) = &command.body {
                    self.enable(capabilities);
                }
                Said::Command(Box::new(command))
            }
            Err(error) => {
                let offset = self.place(error.error.offset());
                // The octets are in the reason, but for secrets.
                Said::Unparsed { reason: error.to_string(), offset, octets: Octets::new() }
            }
        }
    }

    fn response(&mut self, frame: &Frame) -> Said {
        match self.decoder.response(frame.clone()) {
            Response::Unknown(unknown) => Said::Unparsed {
                reason: unknown.error.to_string(),
                offset: self.place(unknown.error.offset()),
                octets: unknown.octets,
            },
            response => {
                if let Response::Data(Data::Enabled(capabilities)) = &response {
                    self.enable(capabilities);
                }
                match invalid(&response) {
                    Some((error, octets)) => Said::Unparsed {
                        reason: format!("{error}; the rest is {response:?}"),
                        offset: self.place(error.offset()),
                        octets,
                    },
                    None => Said::Response(Box::new(response)),
                }
            }
        }
    }

    fn enable(&mut self, capabilities: &Capabilities) {
        if capabilities.has("UTF8=ACCEPT") || capabilities.has("IMAP4rev2") {
            self.decoder.set_utf8(true);
        }
    }

    /// Where in the recording this octet of the frame is.
    fn place(&self, offset: usize) -> u64 {
        let missing =
            self.literals.iter().filter(|(place, _)| *place <= offset).map(|(_, literal)| literal.length);
        self.start + offset as u64 + missing.sum::<u64>()
    }

    /// What is left, of which it is not known what it is.
    fn unframed(&mut self, reason: String) -> Entry {
        // It may be a password.
        let octets = if self.what == What::Commands { Octets::new() } else { self.input[..].into() };
        let said = Said::Unparsed { reason, offset: self.start, octets };
        Entry { offset: self.start, said, literals: self.taken_literals() }
    }

    fn taken_literals(&mut self) -> Vec<Literal> {
        std::mem::take(&mut self.literals).into_iter().map(|(_, literal)| literal).collect()
    }
}

/// The first item of a FETCH that could not be read, though the others could.
fn invalid(response: &Response) -> Option<(&mailwire::imap::ParseError, Octets)> {
    let Response::Data(Data::Fetch(fetch)) = response else { return None };
    fetch.items.iter().find_map(|item| match item {
        Item::Invalid { octets, error } => Some((error, octets.clone())),
        _ => None,
    })
}

/// Longer literals are not held.
const MAX_LITERAL: u64 = 64 * 1024;
/// How much of them is shown, in octets.
const MAX_SHOWN: usize = 60;
