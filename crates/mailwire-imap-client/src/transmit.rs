//! What leaves: whole commands, and those that wait in the middle.

use alloc::collections::VecDeque;
use core::fmt;

use bytes::{Bytes, BytesMut};
use mailwire_imap::encoder::Part;

use crate::CommandId;

/// Octets in the order in which they leave, and the command that is being written.
///
/// A command with a literal is written in steps: the server invites the octets with `+`, the application brings them. As long
/// as that lasts no other command can be written.
#[derive(Default)]
pub(crate) struct Transmit {
    /// Short pieces are put together.
    out: VecDeque<Bytes>,
    short: BytesMut,
    writing: Option<Writing>,
    /// How many octets were written since the beginning, and how many of those `poll` has handed out.
    written: u64,
    taken: u64,
}

/// The command that is being written.
struct Writing {
    id: CommandId,
    parts: VecDeque<Part>,
    step: Step,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Step {
    /// The next part can be written.
    Ready,
    /// `+` is waited for.
    Invitation,
    /// The application has to bring this many octets.
    Octets(u64),
}

/// What writing came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Progress {
    /// The command is written whole.
    Whole,
    /// `+` is waited for.
    Invitation,
    /// The application has to bring this many octets.
    Octets(u64),
}

impl Transmit {
    /// Begins to write a command. There must be none that is being written.
    pub(crate) fn begin(&mut self, id: CommandId, parts: impl Into<VecDeque<Part>>) -> Progress {
        self.writing = Some(Writing { id, parts: parts.into(), step: Step::Ready });
        self.proceed()
    }

    /// The server sent `+`. `None` if nothing waits for it.
    pub(crate) fn invited(&mut self) -> Option<(CommandId, Progress)> {
        let writing = self.writing.as_mut().filter(|writing| writing.step == Step::Invitation)?;
        writing.step = Step::Ready;
        let id = writing.id;
        Some((id, self.proceed()))
    }

    /// Takes octets that the application brings. `None`, without effect, if they are not wanted.
    pub(crate) fn push(&mut self, id: CommandId, octets: Bytes) -> Option<Progress> {
        let writing = self.writing.as_mut().filter(|writing| writing.id == id)?;
        let Step::Octets(left) = writing.step else { return None };
        let left = left.checked_sub(octets.len() as u64)?;
        writing.step = if left == 0 { Step::Ready } else { Step::Octets(left) };
        self.put(octets);
        Some(self.proceed())
    }

    /// Writes nothing more of a command that was refused before its octets were invited.
    pub(crate) fn withdraw(&mut self, id: CommandId) {
        let waits = |writing: &Writing| writing.id == id && writing.step == Step::Invitation;
        if self.writing.as_ref().is_some_and(waits) {
            self.writing = None;
        }
    }

    /// Writes a line that is no command: `DONE`, or a response of SASL.
    pub(crate) fn line(&mut self, line: &[u8]) {
        self.short.extend_from_slice(line);
        self.short.extend_from_slice(b"\r\n");
        self.written += line.len() as u64 + 2;
    }

    /// The next octets to send.
    pub(crate) fn poll(&mut self) -> Option<Bytes> {
        let next = self.out.pop_front().or_else(|| {
            let short = self.short.split().freeze();
            (!short.is_empty()).then_some(short)
        });
        self.taken += next.as_ref().map_or(0, |octets| octets.len() as u64);
        next
    }

    /// How many octets were written since the beginning.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Whether the first so many octets were all handed out.
    pub(crate) fn was_taken(&self, until: u64) -> bool {
        until <= self.taken
    }

    /// Which command is being written.
    pub(crate) fn writing(&self) -> Option<CommandId> {
        self.writing.as_ref().map(|writing| writing.id)
    }

    /// How many octets the application still has to bring for a command.
    pub(crate) fn wanted(&self) -> Option<(CommandId, u64)> {
        self.writing.as_ref().and_then(|writing| match writing.step {
            Step::Octets(left) => Some((writing.id, left)),
            Step::Ready | Step::Invitation => None,
        })
    }

    /// Nothing more is sent.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    fn proceed(&mut self) -> Progress {
        loop {
            let Some(writing) = &mut self.writing else { return Progress::Whole };
            match writing.step {
                Step::Ready => {}
                Step::Invitation => return Progress::Invitation,
                Step::Octets(left) => return Progress::Octets(left),
            }
            match writing.parts.pop_front() {
                Some(Part::Octets(octets)) => self.put(octets),
                Some(Part::Stream { length: 0 }) => {}
                Some(Part::Stream { length }) => writing.step = Step::Octets(length),
                // All parts that wait for `+` are this one.
                Some(_) => writing.step = Step::Invitation,
                None => {
                    self.writing = None;
                    return Progress::Whole;
                }
            }
        }
    }

    fn put(&mut self, octets: Bytes) {
        self.written += octets.len() as u64;
        if octets.len() <= SHORT {
            self.short.extend_from_slice(&octets);
            return;
        }
        let short = self.short.split().freeze();
        self.out.extend((!short.is_empty()).then_some(short));
        self.out.push_back(octets);
    }
}

impl fmt::Debug for Transmit {
    /// Without octets: they hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transmit")
            .field("out", &self.out.len())
            .field("short", &self.short.len())
            .field("writing", &self.writing.as_ref().map(|writing| (writing.id, writing.step)))
            .finish()
    }
}

/// Up to this many octets are copied; longer pieces leave as they are.
const SHORT: usize = 1024;

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::*;

    fn taken(transmit: &mut Transmit) -> Vec<u8> {
        core::iter::from_fn(|| transmit.poll()).flatten().collect()
    }

    #[test]
    fn literals_wait_for_the_server_and_the_application() {
        let id = CommandId(1);
        let mut transmit = Transmit::default();
        let parts = vec![
            Part::Octets("a APPEND x {3}\r\n".into()),
            Part::Wait,
            Part::Stream { length: 3 },
            Part::Octets("\r\n".into()),
        ];
        assert_eq!(transmit.begin(id, parts), Progress::Invitation);
        let head = transmit.written();
        assert!(!transmit.was_taken(head));
        assert_eq!(taken(&mut transmit), b"a APPEND x {3}\r\n");
        assert!(transmit.was_taken(head));
        assert_eq!(transmit.push(id, "abc".into()), None, "not invited");
        assert_eq!(transmit.invited(), Some((id, Progress::Octets(3))));
        assert_eq!(transmit.invited(), None);
        assert_eq!(transmit.push(id, "ab".into()), Some(Progress::Octets(1)));
        assert_eq!(transmit.push(id, "cd".into()), None, "too many");
        assert_eq!(transmit.push(CommandId(2), "c".into()), None, "of another command");
        assert_eq!(transmit.push(id, "c".into()), Some(Progress::Whole));
        assert!(!transmit.was_taken(transmit.written()));
        assert_eq!(taken(&mut transmit), b"abc\r\n");
        assert!(transmit.was_taken(transmit.written()));
    }

    #[test]
    fn what_was_refused_before_it_was_invited_is_not_sent() {
        let id = CommandId(1);
        let parts =
            || vec![Part::Octets("a LOGIN {3}\r\n".into()), Part::Wait, Part::Octets("ann x\r\n".into())];
        let mut transmit = Transmit::default();
        transmit.begin(id, parts());
        transmit.withdraw(id);
        assert_eq!((taken(&mut transmit), transmit.invited()), (b"a LOGIN {3}\r\n".to_vec(), None));
        transmit.begin(id, parts());
        transmit.invited();
        transmit.withdraw(id);
        assert!(taken(&mut transmit).ends_with(b"ann x\r\n"), "what was invited is sent whole");
    }

    #[test]
    fn long_pieces_are_not_copied_and_keep_their_order() {
        let long = Bytes::from(vec![b'x'; 5000]);
        let mut transmit = Transmit::default();
        let parts = vec![Part::Octets("a ".into()), Part::Octets(long.clone()), Part::Octets("\r\n".into())];
        assert_eq!(transmit.begin(CommandId(1), parts), Progress::Whole);
        assert_eq!(transmit.poll().as_deref(), Some(&b"a "[..]));
        assert_eq!(transmit.poll().map(|octets| octets.as_ptr()), Some(long.as_ptr()));
        assert!(!transmit.was_taken(transmit.written()));
        assert_eq!(transmit.poll().as_deref(), Some(&b"\r\n"[..]));
        assert!(transmit.was_taken(transmit.written()) && transmit.poll().is_none());
    }
}
