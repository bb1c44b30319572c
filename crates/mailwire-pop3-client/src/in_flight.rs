use alloc::collections::VecDeque;
use core::fmt;

use bytes::{Bytes, BytesMut};
use mailwire_pop3::{Command, auth, dot::Unstuffer};

use crate::CommandId;

/// Commands on their way: those that wait, those whose answers are due, and the octets that leave next.
#[derive(Default)]
pub(crate) struct InFlight {
    waiting: VecDeque<Pending>,
    /// In the order in which their answers come.
    sent: VecDeque<Pending>,
    /// How many of `sent`, counted from the back, were not yet taken by `poll_transmit`.
    unflushed: usize,
    transmit: BytesMut,
}

/// A command whose answer is due.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) id: CommandId,
    pub(crate) command: Command,
    pub(crate) owner: Owner,
    pub(crate) progress: Progress,
    /// The application does not want the rest of the answer.
    pub(crate) discarded: bool,
}

/// Who gets the answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Owner {
    Application,
    Login,
    StartTls,
}

/// How much of the answer was read.
#[derive(Debug)]
pub(crate) enum Progress {
    /// Nothing: the status line is next.
    Status,
    /// The status line, and this many rows of a listing.
    Rows(usize),
    /// The status line, and a part of a message.
    Message(Unstuffer),
}

impl InFlight {
    pub(crate) fn enqueue(&mut self, pending: Pending) {
        self.waiting.push_back(pending);
    }

    /// Lets commands leave until `limit` answers are due.
    pub(crate) fn pump(&mut self, limit: usize) {
        while let Some(next) = self.waiting.front() {
            let alone = must_be_alone(&next.command)
                || self.sent.back().is_some_and(|last| must_be_alone(&last.command));
            if self.sent.len() >= if alone { 1 } else { limit.max(1) } {
                break;
            }
            let Some(next) = self.waiting.pop_front() else { break };
            crate::trace::sent(&next.command);
            next.command.encode(&mut self.transmit);
            self.sent.push_back(next);
            self.unflushed += 1;
        }
    }

    /// Sends a line of a SASL exchange; AUTH is the only command in flight then.
    pub(crate) fn respond(&mut self, response: &auth::Response) {
        response.encode(&mut self.transmit);
        self.unflushed = self.sent.len();
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<Bytes> {
        self.unflushed = 0;
        (!self.transmit.is_empty()).then(|| self.transmit.split().freeze())
    }

    pub(crate) fn front(&self) -> Option<&Pending> {
        self.sent.front()
    }

    /// The oldest command that is not answered, whether it was sent or waits.
    pub(crate) fn oldest(&self) -> Option<&Pending> {
        self.front().or(self.waiting.front())
    }

    pub(crate) fn front_mut(&mut self) -> Option<&mut Pending> {
        self.sent.front_mut()
    }

    pub(crate) fn pop(&mut self) -> Option<Pending> {
        let pending = self.sent.pop_front();
        self.unflushed = self.unflushed.min(self.sent.len());
        pending
    }

    pub(crate) fn find_mut(&mut self, id: CommandId) -> Option<&mut Pending> {
        self.sent.iter_mut().chain(self.waiting.iter_mut()).find(|pending| pending.id == id)
    }

    /// Whether the octets of the oldest command have all been taken.
    pub(crate) fn is_front_flushed(&self) -> bool {
        self.unflushed < self.sent.len()
    }

    /// Whether an answer is due.
    pub(crate) fn is_awaiting(&self) -> bool {
        !self.sent.is_empty()
    }

    /// How many commands are not answered yet.
    pub(crate) fn len(&self) -> usize {
        self.sent.len() + self.waiting.len()
    }
}

impl fmt::Debug for InFlight {
    /// Without the octets that leave next: they hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InFlight")
            .field("waiting", &self.waiting)
            .field("sent", &self.sent)
            .field("unflushed", &self.unflushed)
            .field("transmit", &self.transmit.len())
            .finish()
    }
}

/// The answers to these change what the octets after them mean.
fn must_be_alone(command: &Command) -> bool {
    matches!(command, Command::Apop { .. } | Command::Auth { .. } | Command::Pass(_) | Command::Stls)
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use mailwire_pop3::Secret;

    use super::*;
    use crate::Connection;

    #[test]
    fn a_password_that_is_about_to_leave_is_not_shown() {
        let now = core::time::Duration::ZERO;
        let mut connection = Connection::new(now, crate::Config::default());
        connection.handle_input(now, &mut BytesMut::from("+OK\r\n")).unwrap();
        connection.send(now, Command::Pass(Secret::new("tanstaaf").unwrap())).unwrap();
        let shown = format!("{connection:?}");
        assert!(!shown.contains("tanstaaf"), "{shown}");
        assert_eq!(connection.poll_transmit().as_deref(), Some(&b"PASS tanstaaf\r\n"[..]));
    }

    #[test]
    fn nothing_is_queued_behind_stls_even_before_the_greeting() {
        let now = core::time::Duration::ZERO;
        let mut connection = Connection::new(now, crate::Config::default());
        connection.start_tls(now).unwrap();
        assert!(connection.is_busy());
        assert_eq!(connection.send(now, Command::Capa), Err(crate::ApiMisuse::Busy));
    }
}
