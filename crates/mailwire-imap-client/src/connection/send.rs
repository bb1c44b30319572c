//! How commands leave.

use alloc::boxed::Box;
use core::time::Duration;

use mailwire_imap::{Command as Line, command::Body, encoder::Encoder};

use super::{Compression, Connection};
use crate::{
    CommandError, CommandId, Event, Selected,
    queue::{Entry, Next, Owner, Sent, Task},
    state::State,
    trace,
    transmit::Progress,
};

impl Connection {
    pub(super) fn enqueue(&mut self, now: Duration, owner: Owner, task: impl Task + 'static) -> CommandId {
        let id = self.new_id();
        self.queue.push(Entry::new(id, owner, Box::new(task)));
        self.pump(now);
        id
    }

    pub(super) fn new_id(&mut self) -> CommandId {
        let id = CommandId(self.next_id);
        self.next_id += 1;
        id
    }

    /// Lets everything leave that may.
    pub(super) fn pump(&mut self, now: Duration) {
        if !self.state.is_open() || matches!(self.compression, Compression::Agreed | Compression::Ending) {
            return;
        }
        let was_idle = self.queue.oldest().is_none();
        if self.queue.has_waiting() {
            self.end_idle(now);
        }
        loop {
            while self.transmit.writing().is_none()
                && let Some(next) = self.queue.next(&self.server, self.config.line, self.config.max_in_flight)
            {
                match next {
                    Next::Failed(entry, error) => self.not_sent(entry, error),
                    Next::Send(entry) => self.write(now, entry),
                }
            }
            if !self.begin_idle(now) {
                break;
            }
        }
        if was_idle && self.queue.oldest().is_some() {
            (self.heard, self.waiting_since) = (now, now);
        }
    }

    fn write(&mut self, now: Duration, mut entry: Entry) {
        let Some(body) = entry.pieces.pop_front() else { return };
        let Some(tag) = self.tags.next().filter(|tag| !self.queue.has_tag(tag)).or_else(|| self.tags.next())
        else {
            return;
        };
        let line = Line { tag, body };
        let mut out = Encoder::client(self.server.abilities());
        line.encode(&mut out);
        let parts = match out.finish() {
            Ok(parts) => parts,
            Err(error) => return self.not_sent(entry, error.into()),
        };
        trace::sent(&line, &parts);
        self.prepare(now, &line.body);
        let id = entry.id;
        entry.sent = Some(Sent { tag: line.tag, body: line.body, until: 0, is_whole: false });
        self.queue.activate(entry);
        let progress = self.transmit.begin(id, parts);
        self.progressed(id, progress);
    }

    /// What changes here when a command leaves.
    fn prepare(&mut self, now: Duration, body: &Body) {
        match body {
            Body::Select(select) | Body::Examine(select) => {
                let read_only = matches!(body, Body::Examine(_));
                let name = select.mailbox.detach();
                self.opening = Some(Box::new(Selected::new(name, read_only, self.config.map_ranges)));
            }
            Body::Login(..) | Body::Authenticate { .. } => self.are_capabilities_fresh = false,
            Body::Idle => self.watch.sent(now),
            _ => {}
        }
    }

    pub(super) fn progressed(&mut self, id: CommandId, progress: Progress) {
        if let Progress::Octets(length) = progress {
            self.events.push_back(Event::LiteralWanted { id, length });
        }
        let written = self.transmit.written();
        if let Some(sent) = self.queue.find(id).and_then(|entry| entry.sent.as_mut()) {
            sent.is_whole = progress == Progress::Whole;
            if sent.is_whole || sent.until == 0 {
                sent.until = written;
            }
        }
    }

    fn not_sent(&mut self, entry: Entry, error: CommandError) {
        match entry.owner {
            Owner::Application => self.completed(entry, Err(error)),
            // None of their own is refused by the encoder but a login whose user name holds NUL.
            Owner::Login => self.login_not_sent(&error),
            Owner::Compress | Owner::StartTls | Owner::Watch => {}
        }
    }

    pub(super) fn completed(&mut self, entry: Entry, result: Result<(), CommandError>) {
        let (id, discarded) = (entry.id, entry.discarded);
        self.queue.finish(entry, result);
        if !discarded {
            self.events.push_back(Event::Completed { id });
        }
    }

    /// Whether an answer may come to a command: enough of it was handed out.
    pub(super) fn may_be_answered(&self, entry: &Entry) -> bool {
        entry.sent.as_ref().is_some_and(|sent| self.transmit.was_taken(sent.until))
    }

    /// Whether nothing is read now: what comes next is TLS or compressed.
    pub(super) fn is_paused(&self) -> bool {
        matches!(self.compression, Compression::Agreed | Compression::Ending)
            || matches!(self.state, State::Handshake | State::Closed)
    }
}
