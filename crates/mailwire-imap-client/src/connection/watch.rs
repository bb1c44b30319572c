//! News while nothing else is to be done: IDLE, or NOOP from time to time.

use alloc::boxed::Box;
use core::time::Duration;

use mailwire_imap::{Status, command::Body};

use super::Connection;
use crate::{
    CommandId,
    queue::{Entry, Owner, Typed},
};

/// How far the watching is.
///
/// ```text
///        line is free           +               a command waits, or the timer
/// Off --------------> Asked --------> Idling -----------------------------> Ending
///  ^                                                                          |
///  +------------------------------ completed ---------------------------------+
/// ```
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Whether the application wants it.
    is_on: bool,
    /// IDLE was refused: this server is polled.
    is_refused: bool,
    phase: Phase,
    /// IDLE or NOOP, while it is in progress.
    id: Option<CommandId>,
    /// When the next NOOP is due.
    poll_at: Option<Duration>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Phase {
    #[default]
    Off,
    Asked {
        since: Duration,
    },
    Idling {
        since: Duration,
    },
    Ending {
        since: Duration,
    },
}

impl Watch {
    pub(super) fn is_idling(&self) -> bool {
        matches!(self.phase, Phase::Idling { .. })
    }

    pub(super) fn id(&self) -> Option<CommandId> {
        self.id
    }

    /// IDLE has left.
    pub(super) fn sent(&mut self, now: Duration) {
        self.phase = Phase::Asked { since: now };
    }

    /// Since when the answer to `DONE` is due.
    pub(super) fn done_since(&self) -> Option<Duration> {
        if let Phase::Ending { since } = self.phase { Some(since) } else { None }
    }
}

impl Connection {
    /// Tells that for `paused` before `now` the application moved no octets, because it had other things to do. That is not
    /// the server's fault, so this time does not count for the deadlines of answers.
    pub fn paused(&mut self, now: Duration, paused: Duration) {
        for since in [&mut self.heard, &mut self.waiting_since] {
            *since = (*since + paused).min(now);
        }
        if let Phase::Ending { since } = &mut self.watch.phase {
            *since = (*since + paused).min(now);
        }
    }

    pub(super) fn set_watch(&mut self, now: Duration, on: bool) {
        self.watch.is_on = on;
        self.watch.poll_at = None;
        if !on {
            self.end_idle(now);
        }
        self.pump(now);
    }

    /// Queues IDLE if it is wanted and the line is free, and tells whether it did.
    pub(super) fn begin_idle(&mut self, now: Duration) -> bool {
        let is_free = self.queue.is_empty() && self.login.is_none() && !self.logging_out;
        if !self.watch.is_on || !is_free || !self.state.is_authenticated() || self.watch.id.is_some() {
            return false;
        }
        if self.watch.is_refused || !self.server.has("IDLE") {
            self.watch.poll_at.get_or_insert(now + self.config.timeouts.poll);
            return false;
        }
        self.ask(Body::Idle);
        true
    }

    /// The server sent `+`.
    pub(super) fn idling(&mut self, now: Duration) {
        if matches!(self.watch.phase, Phase::Asked { .. }) {
            self.watch.phase = Phase::Idling { since: now };
        }
        if self.queue.has_waiting() || !self.watch.is_on {
            self.end_idle(now);
        }
    }

    /// Sends `DONE`, once, if the server waits for it.
    pub(super) fn end_idle(&mut self, now: Duration) {
        if self.watch.is_idling() {
            crate::trace::plain("DONE");
            self.transmit.line(b"DONE");
            self.watch.phase = Phase::Ending { since: now };
            (self.heard, self.waiting_since) = (now, now);
        }
    }

    pub(super) fn on_watch_end(&mut self, now: Duration, status: &Status) {
        let was_idle = self.watch.phase != Phase::Off;
        self.watch.phase = Phase::Off;
        self.watch.id = None;
        // A server that ends IDLE with NO, or never begins it, is asked by NOOP.
        self.watch.is_refused |= was_idle && !status.is_ok();
        self.watch.poll_at = Some(now + self.config.timeouts.poll);
    }

    /// When the watching has to do something, which is no error.
    pub(super) fn watch_deadline(&self) -> Option<Duration> {
        if !self.state.is_authenticated() || !self.watch.is_on {
            return None;
        }
        match self.watch.phase {
            Phase::Idling { since } => self.config.timeouts.idle.map(|after| since + after),
            Phase::Off if self.queue.is_empty() => self.watch.poll_at,
            Phase::Off | Phase::Asked { .. } | Phase::Ending { .. } => None,
        }
    }

    pub(super) fn watch_timeout(&mut self, now: Duration) {
        if self.watch_deadline().is_none_or(|deadline| deadline > now) {
            return;
        }
        if self.watch.is_idling() {
            self.end_idle(now);
        } else {
            self.watch.poll_at = None;
            self.ask(Body::Noop);
        }
    }

    fn ask(&mut self, body: Body) {
        let id = self.new_id();
        self.watch.id = Some(id);
        self.queue.push(Entry::new(id, Owner::Watch, Box::new(Typed::new(body))));
    }
}
