//! A client and a server in one memory, with no sockets between them.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mailwire_pop3_client as client;
use mailwire_pop3_server as server;
use mailwire_pop3_server::codec::{Argument, Command, MessageNumber, Secret, UniqueId};
use mailwire_sasl::server::{Answer, Decoy};

/// Both ends of a session that is logged in, and what is on its way between them.
pub(crate) struct Pair {
    client: client::Connection,
    server: server::Connection,
    to_client: BytesMut,
    to_server: BytesMut,
    message: Message,
    /// How many pieces of the message were pushed.
    pushed: usize,
    is_retrieving: bool,
    pub(crate) received: Received,
}

/// What the server sends for each RETR: so many times the same piece.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) piece: Bytes,
    pub(crate) pieces: usize,
}

/// What the client was given.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Received {
    pub(crate) messages: usize,
    pub(crate) octets: usize,
}

impl Pair {
    /// A server with `messages` times the same message.
    pub(crate) fn new(messages: usize, message: Message, pipelining: bool) -> Self {
        let mut config = server::Config::new("a seed of at least 18 octets", Decoy::new("a decoy's key"));
        config.encrypted = true;
        let mut client_config = client::Config::default();
        client_config.encrypted = true;
        let mut pair = Self {
            client: client::Connection::new(NOW, client_config),
            server: server::Connection::new(NOW, config),
            to_client: BytesMut::new(),
            to_server: BytesMut::new(),
            message,
            pushed: 0,
            is_retrieving: false,
            received: Received::default(),
        };
        let user = Command::User(Argument::new("ann").expect("it is one"));
        let password = Command::Pass(Secret::new("correct horse").expect("it is one"));
        for command in [Command::Capa, user, password] {
            pair.send(command);
        }
        pair.run(messages);
        if let Some(capabilities) = pair.client.capabilities_mut().filter(|_| !pipelining) {
            capabilities.remove("PIPELINING");
        }
        assert!(pair.client.is_logged_in());
        pair
    }

    pub(crate) fn retrieve(&mut self, count: usize) {
        for index in 0..count {
            self.send(Command::Retr(MessageNumber::from_index(index).expect("it is a number")));
        }
        self.run(count);
    }

    fn send(&mut self, command: Command) {
        self.client.send(NOW, command).expect("the session is open");
    }

    /// Until nothing moves.
    fn run(&mut self, messages: usize) {
        loop {
            self.drain_client();
            if !self.to_server.is_empty() && self.server.wants_input() {
                self.server.handle_input(NOW, &mut self.to_server).expect("the client is a good one");
            }
            self.host(messages);
            let mut moved = false;
            while let Some(octets) = self.server.poll_transmit() {
                moved = true;
                self.to_client.extend_from_slice(&octets);
                // A socket has a buffer of some size, too.
                if self.to_client.len() >= SOCKET {
                    break;
                }
            }
            if moved {
                self.client.handle_input(NOW, &mut self.to_client).expect("the server is a good one");
            } else if self.client.pending() == 0 {
                return;
            }
        }
    }

    fn drain_client(&mut self) {
        while let Some(event) = self.client.poll_event() {
            match event {
                client::Event::Data { octets, .. } => self.received.octets += octets.len(),
                client::Event::End { .. } => self.received.messages += 1,
                _ => {}
            }
        }
        while let Some(octets) = self.client.poll_transmit() {
            self.to_server.extend_from_slice(&octets);
        }
    }

    fn host(&mut self, messages: usize) {
        while let Some(event) = self.server.poll_event() {
            match event {
                server::Event::Ask(_) => self.server.answer(NOW, Answer::Granted).expect("it was asked"),
                server::Event::Open { .. } => {
                    let octets = (self.message.piece.len() * self.message.pieces) as u64;
                    let unique_id = |index: usize| UniqueId::new(index.to_string()).expect("it is one");
                    let entry = |index| server::Entry { octets, unique_id: unique_id(index) };
                    self.server.opened(NOW, (0..messages).map(entry).collect()).expect("it was asked");
                }
                server::Event::Retrieve { .. } => (self.is_retrieving, self.pushed) = (true, 0),
                event => panic!("{event:?} is not expected"),
            }
        }
        while self.is_retrieving && self.server.wants_octets() {
            if self.pushed == self.message.pieces {
                self.server.finish(NOW).expect("it was asked");
                self.is_retrieving = false;
            } else {
                self.pushed += 1;
                self.server.push(NOW, self.message.piece.clone()).expect("it was asked");
            }
        }
    }
}

/// Nothing here takes long enough for a deadline.
const NOW: Duration = Duration::ZERO;

const SOCKET: usize = 64 * 1024;
