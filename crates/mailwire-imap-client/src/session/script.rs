//! For the tests of procedures: a server that expects certain commands, one after the other, and says certain lines.

use alloc::{
    collections::VecDeque,
    string::{String, ToString},
    vec::Vec,
};
use core::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::BytesMut;

use crate::{Command, CommandError, Config, Connection, Event, Execute, Selected, Server};

/// A session that is logged in, with a server of a script.
pub(crate) struct Script {
    connection: Connection,
    input: BytesMut,
    steps: VecDeque<(String, Vec<String>)>,
    /// What no command took.
    pub(crate) events: Vec<Event>,
}

impl Script {
    /// A server with these capabilities, and what is said: the command without its tag, and the answer, in which `%` is the
    /// tag.
    pub(crate) fn new(capabilities: &str, steps: &[(&str, &[&str])]) -> Self {
        let steps = steps
            .iter()
            .map(|(command, answer)| (command.to_string(), answer.iter().map(ToString::to_string).collect()));
        let mut script = Self {
            connection: Connection::new(Duration::ZERO, Config::default()),
            input: BytesMut::new(),
            steps: steps.collect(),
            events: Vec::new(),
        };
        script.says(&["* PREAUTH [CAPABILITY ", capabilities, "] hello"].concat());
        script.events.clear();
        script
    }

    /// What the procedure comes to. All of the script has to have been said.
    pub(crate) fn play<T>(&mut self, procedure: impl AsyncFnOnce(&mut Self) -> T) -> T {
        let result = ready(procedure(self));
        assert_eq!(self.steps, [], "left of the script");
        result
    }

    fn says(&mut self, line: &str) {
        self.input.extend_from_slice(line.as_bytes());
        self.input.extend_from_slice(b"\r\n");
        self.connection.handle_input(Duration::ZERO, &mut self.input).unwrap();
        while let Some(event) = self.connection.poll_event() {
            if !matches!(event, Event::Completed { .. }) {
                self.events.push(event);
            }
        }
    }

    /// The line that has left, with its tag apart. Literals are invited.
    fn sent(&mut self) -> Option<(String, String)> {
        let mut octets = Vec::new();
        while let Some(more) = self.connection.poll_transmit() {
            octets.extend_from_slice(&more);
            if octets.ends_with(b"}\r\n") {
                self.says("+ go ahead");
            }
        }
        let line = String::from_utf8(octets).unwrap();
        let (tag, line) = line.split_once(' ')?;
        Some((tag.into(), line.trim_end_matches("\r\n").into()))
    }
}

impl Execute for Script {
    type Error = CommandError;

    async fn run<C: Command>(&mut self, command: C) -> Result<C::Output, CommandError> {
        let ticket = self.connection.send(Duration::ZERO, command).unwrap();
        if let Some((tag, line)) = self.sent() {
            let (expected, answer) = self.steps.pop_front().unwrap_or_else(|| panic!("unexpected: {line}"));
            assert_eq!(line, expected);
            answer.iter().for_each(|line| self.says(&line.replace('%', &tag)));
        }
        self.connection.take(&ticket).unwrap_or_else(|| panic!("no completion in the script"))
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

/// What a future comes to that never waits.
fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}
