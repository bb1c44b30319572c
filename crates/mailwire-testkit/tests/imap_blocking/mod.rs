//! A session over a blocking socket, without a runtime: what procedures are run on against real servers.
#![allow(dead_code, unused_imports, unused_macros, reason = "each test uses a part of it")]

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use mailwire::{
    imap::client::{
        Command, CommandError, Config, Connection, Event, Execute, Login, Selected, Server, Ticket,
    },
    sasl::client::Credentials,
};

/// What one procedure or command comes to: `call!(session.create("Sent"))`.
macro_rules! call {
    ($session:ident.$method:ident($($argument:expr),* $(,)?)) => {
        $session.play(async |session| session.$method($($argument),*).await)
    };
    ($session:ident().$method:ident($($argument:expr),* $(,)?)) => {
        $session().play(async |session| session.$method($($argument),*).await)
    };
}
pub(crate) use call;

/// The longest line of a command.
pub(crate) const LINE: usize = 1000;

pub(crate) struct Session {
    pub(crate) connection: Connection,
    stream: TcpStream,
    input: BytesMut,
    start: Instant,
    /// What a streamed literal is made of.
    pub(crate) literal: Bytes,
    /// What no command took.
    pub(crate) events: Vec<Event>,
}

impl Session {
    /// Connects and logs in.
    pub(crate) fn connect(port: u16, user: &str, password: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut config = Config::default();
        config.line = LINE;
        let mut session = Self {
            connection: Connection::new(Duration::ZERO, config),
            stream,
            input: BytesMut::new(),
            start: Instant::now(),
            literal: Bytes::new(),
            events: Vec::new(),
        };
        session.wait(|event| matches!(event, Event::Greeting { .. }).then_some(()));
        session.log_in(user, password);
        session
    }

    pub(crate) fn log_in(&mut self, user: &str, password: &str) {
        let login = Login::new(Credentials::password(user, password), [7; 18]).allow_cleartext();
        self.connection.login(self.start.elapsed(), login).unwrap();
        self.wait(|event| match event {
            Event::LoginFailed { error } => panic!("{error}"),
            event => matches!(event, Event::LoggedIn { .. }).then_some(()),
        });
    }

    /// What a procedure comes to.
    pub(crate) fn play<T>(&mut self, procedure: impl AsyncFnOnce(&mut Self) -> T) -> T {
        match pin!(procedure(self)).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => output,
            Poll::Pending => unreachable!("everything blocks"),
        }
    }

    /// Runs a command, with a look at its output after each read.
    pub(crate) fn run_with<C: Command>(
        &mut self,
        command: C,
        mut look: impl FnMut(&mut C::Output),
    ) -> Result<C::Output, CommandError> {
        let ticket: Ticket<C> = self.connection.send(self.start.elapsed(), command).unwrap();
        loop {
            if let Some(answer) = self.connection.take(&ticket) {
                return answer;
            }
            self.step();
            if let Some(output) = self.connection.output(&ticket) {
                look(output);
            }
        }
    }

    /// Reads until there is an event that `pick` makes something of. It and those before it are taken.
    pub(crate) fn wait<T>(&mut self, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
        loop {
            while !self.events.is_empty() {
                if let Some(picked) = pick(&self.events.remove(0)) {
                    return picked;
                }
            }
            self.step();
        }
    }

    /// Writes all, then reads once.
    fn step(&mut self) {
        self.write();
        if self.drain() {
            return;
        }
        let mut octets = [0; 64 * 1024];
        let count = loop {
            match self.stream.read(&mut octets) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                count => break count.unwrap(),
            }
        };
        assert!(count > 0, "the server closed the connection");
        self.input.extend_from_slice(&octets[..count]);
        self.connection.handle_input(self.start.elapsed(), &mut self.input).unwrap();
        self.drain();
        self.write();
    }

    fn write(&mut self) {
        while let Some(octets) = self.connection.poll_transmit() {
            self.stream.write_all(&octets).unwrap();
        }
    }

    /// Whether there were events.
    fn drain(&mut self) -> bool {
        let mut had_any = false;
        while let Some(event) = self.connection.poll_event() {
            had_any = true;
            match event {
                Event::LiteralWanted { id, length } => {
                    assert_eq!(length, self.literal.len() as u64);
                    for piece in self.literal.clone().chunks(10_000) {
                        let piece = Bytes::copy_from_slice(piece);
                        self.connection.push_literal(self.start.elapsed(), id, piece).unwrap();
                    }
                }
                Event::Completed { .. } => {}
                event => self.events.push(event),
            }
        }
        had_any
    }
}

impl Execute for Session {
    type Error = CommandError;

    async fn run<C: Command>(&mut self, command: C) -> Result<C::Output, CommandError> {
        self.run_with(command, |_| {})
    }

    async fn server(&mut self) -> Result<Server, CommandError> {
        Ok(self.connection.server().clone())
    }

    async fn selected(&mut self) -> Result<Option<Selected>, CommandError> {
        Ok(self.connection.selected().cloned())
    }

    fn command_error(error: &CommandError) -> Option<&CommandError> {
        Some(error)
    }
}
