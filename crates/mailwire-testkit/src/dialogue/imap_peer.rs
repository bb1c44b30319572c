//! A server of IMAP that a test speaks for, before the client's machine.

use std::{cell::Cell, collections::VecDeque, time::Duration};

use bytes::BytesMut;
use mailwire::imap::client::{Command, CommandError, Config, Connection, Error, Event, Ticket};

/// The machine, and what it has sent and told.
///
/// `%` at the start of a line that the server [says](Self::says) is the tag of the oldest command that it has not answered.
#[derive(Debug)]
pub struct Peer {
    /// The machine.
    pub connection: Connection,
    /// What time it is.
    pub now: Duration,
    input: BytesMut,
    tags: VecDeque<String>,
}

thread_local! {
    /// How many octets the machine gets at once.
    static SIZE: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Plays tests once more with all that servers say in pieces: of one octet, and of some.
pub fn in_pieces(tests: &[fn()]) {
    for size in [1, 2, 3, 7] {
        SIZE.set(size);
        tests.iter().for_each(|test| test());
    }
    SIZE.set(usize::MAX);
}

impl Peer {
    /// A session before the greeting.
    pub fn new(config: Config) -> Self {
        let now = Duration::ZERO;
        Self { connection: Connection::new(now, config), now, input: BytesMut::new(), tags: VecDeque::new() }
    }

    /// A session that is logged in, with these capabilities beside IMAP4rev1.
    ///
    /// # Panics
    ///
    /// Never, unless the machine refuses a greeting.
    pub fn authenticated(capabilities: &str) -> Self {
        let mut peer = Self::new(Config::default());
        peer.says(format!("* PREAUTH [CAPABILITY IMAP4rev1 {capabilities}] hello\r\n")).unwrap();
        peer.events();
        peer
    }

    /// The same with a mailbox of `exists` messages selected.
    ///
    /// # Panics
    ///
    /// As [`authenticated`](Self::authenticated).
    pub fn selected(capabilities: &str, exists: u32) -> Self {
        let mut peer = Self::authenticated(capabilities);
        let select = peer.send(mailwire::imap::client::command::Select::new("INBOX"));
        peer.sent();
        peer.says(format!("* {exists} EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n% OK done\r\n")).unwrap();
        peer.events();
        peer.answer(&select).unwrap();
        peer
    }

    /// Sends a command.
    ///
    /// # Panics
    ///
    /// If it does not fit the state of the session.
    pub fn send<C: Command>(&mut self, command: C) -> Ticket<C> {
        self.connection.send(self.now, command).unwrap()
    }

    /// The answer of a command that is at its end.
    ///
    /// # Errors
    ///
    /// That of the command.
    ///
    /// # Panics
    ///
    /// If it is not at its end.
    pub fn answer<C: Command>(&mut self, ticket: &Ticket<C>) -> Result<C::Output, CommandError> {
        self.connection.take(ticket).expect("a command at its end")
    }

    /// What has left since the last call, line by line, without tags.
    pub fn sent(&mut self) -> Vec<String> {
        let mut octets = Vec::new();
        while let Some(more) = self.connection.poll_transmit() {
            octets.extend_from_slice(&more);
        }
        let text = octets.escape_ascii().to_string();
        text.split_inclusive("\\r\\n").map(|line| self.without_tag(line)).collect()
    }

    /// The server says these lines, whole or in part.
    ///
    /// # Errors
    ///
    /// That of the machine.
    ///
    /// # Panics
    ///
    /// If there is `%` and no command to answer.
    pub fn says(&mut self, text: impl AsRef<[u8]>) -> Result<(), Error> {
        let mut said = Vec::new();
        for line in text.as_ref().split_inclusive(|octet| *octet == b'\n') {
            if let Some(rest) = line.strip_prefix(b"%") {
                let tag = self.tags.pop_front().expect("a command to answer");
                said.extend_from_slice(tag.as_bytes());
                said.extend_from_slice(rest);
            } else {
                said.extend_from_slice(line);
            }
        }
        if said.is_empty() {
            return self.connection.handle_input(self.now, &mut self.input);
        }
        said.chunks(SIZE.get()).try_for_each(|piece| {
            self.input.extend_from_slice(piece);
            self.connection.handle_input(self.now, &mut self.input)
        })
    }

    /// What has happened since the last call.
    pub fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.connection.poll_event()).collect()
    }

    fn without_tag(&mut self, line: &str) -> String {
        let line = line.strip_suffix("\\r\\n").unwrap_or(line);
        match line.split_once(' ') {
            Some((tag, rest)) if tag.len() == 8 && rest.starts_with(|c: char| c.is_ascii_uppercase()) => {
                self.tags.push_back(tag.into());
                rest.into()
            }
            _ => line.into(),
        }
    }
}
