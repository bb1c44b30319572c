//! Commands on their way: those that wait, those in progress, and those whose answers nobody has taken yet.

use alloc::{
    boxed::Box,
    collections::{BTreeMap, VecDeque},
    vec::Vec,
};
use core::{any::Any, fmt};

use mailwire_imap::{Status, Tag, command::Body};

use crate::{Command, CommandError, CommandId, Server, Unsupported, Untagged, ambiguity};

/// Commands by the state that they are in; each is in one of the three.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: VecDeque<Entry>,
    /// In the order in which they were sent.
    active: Vec<Entry>,
    finished: BTreeMap<CommandId, Finished>,
}

/// A command that is not at its end.
pub(crate) struct Entry {
    pub(crate) id: CommandId,
    pub(crate) owner: Owner,
    pub(crate) task: Box<dyn Task>,
    /// Nobody wants the answer.
    pub(crate) discarded: bool,
    /// What is sent next: one command, or one of several with some of the UIDs each. Nothing before the first was asked for.
    pub(crate) pieces: VecDeque<Body>,
    /// Whether `pieces` are what the task says now.
    pub(crate) is_fresh: bool,
    /// What was sent last.
    pub(crate) sent: Option<Sent>,
}

/// A command on the wire.
pub(crate) struct Sent {
    pub(crate) tag: Tag,
    pub(crate) body: Body,
    /// How much has to be handed out before an answer can come: up to the first stop, or all of it once it is whole.
    pub(crate) until: u64,
    pub(crate) is_whole: bool,
}

/// A command whose answer waits to be taken.
struct Finished {
    task: Box<dyn Task>,
    result: Result<(), CommandError>,
}

/// Who gets the answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Owner {
    Application,
    Compress,
    Login,
    StartTls,
    Watch,
}

/// A command and its answer, whatever their types.
pub(crate) trait Task: Send {
    fn body(&self, server: &Server) -> Result<Body, Unsupported>;
    fn check(&self, server: &Server) -> Result<(), CommandError>;
    fn absorb(&mut self, data: Untagged) -> Option<Untagged>;
    fn finish(&mut self, status: &Status);
    fn inline_literal(&self) -> Option<u64>;
    /// Drops what was collected.
    fn reset(&mut self);
    fn output(&mut self) -> &mut dyn Any;
}

/// A command with its answer so far.
pub(crate) struct Typed<C: Command> {
    command: C,
    output: C::Output,
}

impl<C: Command> Typed<C> {
    pub(crate) fn new(command: C) -> Self {
        Self { command, output: C::Output::default() }
    }
}

impl<C: Command> Task for Typed<C> {
    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        self.command.body(server)
    }

    fn check(&self, server: &Server) -> Result<(), CommandError> {
        self.command.check(server)
    }

    fn absorb(&mut self, data: Untagged) -> Option<Untagged> {
        self.command.absorb(data, &mut self.output)
    }

    fn finish(&mut self, status: &Status) {
        self.command.finish(status, &mut self.output);
    }

    fn inline_literal(&self) -> Option<u64> {
        self.command.inline_literal()
    }

    fn reset(&mut self) {
        self.output = C::Output::default();
    }

    fn output(&mut self) -> &mut dyn Any {
        &mut self.output
    }
}

impl Entry {
    pub(crate) fn new(id: CommandId, owner: Owner, task: Box<dyn Task>) -> Self {
        Self { id, owner, task, discarded: false, pieces: VecDeque::new(), is_fresh: false, sent: None }
    }

    /// What it is on the wire now.
    pub(crate) fn body(&self) -> Option<&Body> {
        self.sent.as_ref().map(|sent| &sent.body)
    }

    fn absorb(&mut self, data: Untagged) -> Option<Untagged> {
        let rest = self.task.absorb(data);
        if rest.is_none() && self.discarded {
            self.task.reset();
        }
        rest
    }
}

impl Queue {
    pub(crate) fn push(&mut self, entry: Entry) {
        self.waiting.push_back(entry);
    }

    /// The next command, if it may be sent now beside those in progress.
    pub(crate) fn next(&mut self, server: &Server, line: usize, limit: usize) -> Option<Next> {
        if self.active.iter().filter_map(Entry::body).any(ambiguity::is_alone)
            || self.active.len() >= limit.max(1)
        {
            return None;
        }
        let entry = self.waiting.front_mut()?;
        if !entry.is_fresh {
            let body = entry.task.check(server).and_then(|()| Ok(entry.task.body(server)?));
            match body {
                Ok(body) => entry.pieces = body.split_to(line).into(),
                Err(error) => return Some(Next::Failed(self.waiting.pop_front()?, error)),
            }
            entry.is_fresh = true;
        }
        let next = entry.pieces.front()?;
        if server.enabled().uid_only && ambiguity::uses_numbers(next) {
            return Some(Next::Failed(self.waiting.pop_front()?, CommandError::NoSequenceNumbers));
        }
        let may = self.active.iter().filter_map(Entry::body).all(|body| ambiguity::may_follow(next, body))
            && (self.active.is_empty() || !(ambiguity::is_alone(next) || ambiguity::changes_mailbox(next)));
        if may { Some(Next::Send(self.waiting.pop_front()?)) } else { None }
    }

    pub(crate) fn activate(&mut self, entry: Entry) {
        self.active.push(entry);
    }

    /// What the tasks said of what they send may be wrong now.
    pub(crate) fn server_changed(&mut self) {
        for entry in &mut self.waiting {
            entry.is_fresh = false;
        }
    }

    /// Offers data to the commands in progress, the oldest first, or first to the one that has a part of it already.
    /// Who took it, or the data.
    pub(crate) fn offer(&mut self, data: Untagged, first: Option<CommandId>) -> Offered {
        let mut data = data;
        let of_first = self.active.iter_mut().filter(|entry| first == Some(entry.id));
        for entry in of_first {
            match entry.absorb(data) {
                None => return Offered::Taken(entry.id),
                Some(back) => data = back,
            }
        }
        for entry in &mut self.active {
            if first == Some(entry.id) || !is_for(&data, entry) {
                continue;
            }
            match entry.absorb(data) {
                None => return Offered::Taken(entry.id),
                Some(back) => data = back,
            }
        }
        Offered::Left(data)
    }

    /// Takes a command out whose tag was answered.
    pub(crate) fn answered(&mut self, tag: &Tag) -> Option<Entry> {
        let is_it = |entry: &Entry| entry.sent.as_ref().is_some_and(|sent| sent.tag == *tag);
        let at = self.active.iter().position(is_it)?;
        Some(self.active.remove(at))
    }

    /// Takes the oldest command in progress out.
    pub(crate) fn take_oldest(&mut self) -> Option<Entry> {
        (!self.active.is_empty()).then(|| self.active.remove(0))
    }

    /// Puts a command back that has more pieces.
    pub(crate) fn wait_again(&mut self, entry: Entry) {
        self.waiting.push_front(entry);
    }

    /// Keeps the answer until it is taken.
    pub(crate) fn finish(&mut self, entry: Entry, result: Result<(), CommandError>) {
        if !entry.discarded {
            self.finished.insert(entry.id, Finished { task: entry.task, result });
        }
    }

    /// The answer of a command, whole or in part.
    pub(crate) fn output(&mut self, id: CommandId) -> Option<&mut dyn Any> {
        if self.finished.contains_key(&id) {
            return self.finished.get_mut(&id).map(|finished| finished.task.output());
        }
        self.find(id).map(|entry| entry.task.output())
    }

    /// Takes the whole answer of a command that is at its end.
    pub(crate) fn take<T: Default + 'static>(&mut self, id: CommandId) -> Option<Result<T, CommandError>> {
        let mut finished = self.finished.remove(&id)?;
        Some(match finished.result {
            Ok(()) => Ok(finished.task.output().downcast_mut().map(core::mem::take).unwrap_or_default()),
            Err(error) => Err(error),
        })
    }

    /// Nobody wants the answer; what was not sent yet never will be. Whether there was such a command.
    pub(crate) fn discard(&mut self, id: CommandId) -> bool {
        if self.finished.remove(&id).is_some() {
            return true;
        }
        let before = self.waiting.len();
        self.waiting.retain(|entry| entry.id != id || entry.sent.is_some());
        if self.waiting.len() < before {
            return true;
        }
        let Some(entry) = self.find(id) else { return false };
        entry.discarded = true;
        entry.pieces.clear();
        entry.task.reset();
        true
    }

    /// A command in progress.
    pub(crate) fn get(&self, id: CommandId) -> Option<&Entry> {
        self.active.iter().find(|entry| entry.id == id)
    }

    pub(crate) fn find(&mut self, id: CommandId) -> Option<&mut Entry> {
        self.active.iter_mut().chain(&mut self.waiting).find(|entry| entry.id == id)
    }

    /// Whether LOGOUT waits or is in progress.
    pub(crate) fn has_logout(&self, server: &Server) -> bool {
        let is_logout = |entry: &Entry| match entry.body() {
            Some(body) => matches!(body, Body::Logout),
            None => matches!(entry.task.body(server), Ok(Body::Logout)),
        };
        self.active.iter().chain(&self.waiting).any(is_logout)
    }

    /// Whether a command of this owner waits or is in progress.
    pub(crate) fn has_owner(&self, owner: Owner) -> bool {
        self.active.iter().chain(&self.waiting).any(|entry| entry.owner == owner)
    }

    /// The oldest command in progress.
    pub(crate) fn oldest(&self) -> Option<&Entry> {
        self.active.first()
    }

    /// Whether a tag is on the wire.
    pub(crate) fn has_tag(&self, tag: &Tag) -> bool {
        self.active.iter().any(|entry| entry.sent.as_ref().is_some_and(|sent| sent.tag == *tag))
    }

    /// Whether a command waits.
    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether no command waits or is in progress.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.active.is_empty()
    }

    /// How many commands are not at their end.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len() + self.active.len()
    }
}

/// What became of data.
pub(crate) enum Offered {
    /// No command takes it.
    Left(Untagged),
    /// This one took it.
    Taken(CommandId),
}

/// What may be done next.
pub(crate) enum Next {
    Failed(Entry, CommandError),
    Send(Entry),
}

/// Answers with a tag are for the command with this tag alone, and so is that the result of a search is not kept up to date.
fn is_for(data: &Untagged, entry: &Entry) -> bool {
    use mailwire_imap::{Code, response::Data};
    let tag = match data {
        Untagged::Data(Data::Converted(converted)) | Untagged::Head(Data::Converted(converted)) => {
            Some(&converted.tag)
        }
        Untagged::Data(Data::ESearch(found)) => found.tag.as_ref(),
        Untagged::Data(Data::UidBatches(batches)) => batches.tag.as_ref(),
        Untagged::Data(Data::Status(Status { code: Some(Code::NoUpdate(tag)), .. })) => Some(tag),
        _ => None,
    };
    tag.is_none_or(|tag| entry.sent.as_ref().is_some_and(|sent| sent.tag == *tag))
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("owner", &self.owner)
            .field("tag", &self.sent.as_ref().map(|sent| &sent.tag))
            .field("discarded", &self.discarded)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finished").field("result", &self.result).finish_non_exhaustive()
    }
}
