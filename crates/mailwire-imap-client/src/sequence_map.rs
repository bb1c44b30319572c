//! Which sequence number belongs to which UID, as far as it was told.

use alloc::vec::Vec;

use mailwire_imap::{SeqNum, Uid, UidSet};

/// Runs of messages whose numbers and UIDs both go up by one.
///
/// Numbers and UIDs rise together, so a run is three numbers, and a mailbox of a million messages from which few were
/// expunged is a few runs. Where nothing was told there is no run.
#[derive(Clone, Debug)]
pub(crate) struct SequenceMap {
    /// In ascending order of both, none touching the next.
    runs: Vec<Run>,
    limit: usize,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Run {
    number: u32,
    uid: u32,
    length: u32,
}

impl SequenceMap {
    /// An empty map of at most `limit` runs.
    pub(crate) fn new(limit: usize) -> Self {
        Self { runs: Vec::new(), limit }
    }

    /// The message with this number has this UID. What contradicts it is forgotten: the server knows best.
    pub(crate) fn learn(&mut self, number: SeqNum, uid: Uid) {
        let (number, uid) = (number.get(), uid.get());
        let mut at = self.runs.partition_point(|run| run.number <= number);
        if let Some(run) = at.checked_sub(1).and_then(|before| self.runs.get_mut(before)) {
            let offset = number - run.number;
            if offset < run.length {
                if run.uid.checked_add(offset) == Some(uid) {
                    return;
                }
                self.forget(number, uid);
                at = self.runs.partition_point(|run| run.number <= number);
            }
        }
        let fits = |before: Option<&Run>, after: Option<&Run>| {
            before.is_none_or(|run| run.last_uid() < uid) && after.is_none_or(|run| run.uid > uid)
        };
        let before = at.checked_sub(1);
        if !fits(before.and_then(|before| self.runs.get(before)), self.runs.get(at)) {
            self.forget(number, uid);
            at = self.runs.partition_point(|run| run.number <= number);
        }
        self.insert(at, Run { number, uid, length: 1 });
        if self.runs.len() > self.limit {
            self.runs.drain(..self.runs.len() / 4 + 1);
        }
    }

    /// All messages are these, in order.
    pub(crate) fn learn_all(&mut self, uids: &UidSet) {
        self.runs.clear();
        let mut number = 1_u32;
        for range in uids.ranges() {
            let (first, last) = (range.start().get(), range.end().get());
            let length = (last - first).saturating_add(1);
            self.runs.push(Run { number, uid: first, length });
            let Some(next) = number.checked_add(length) else { break };
            number = next;
        }
        let superfluous = self.runs.len().saturating_sub(self.limit);
        self.runs.drain(..superfluous);
    }

    /// The message with this number is gone. Its UID, if it was known.
    pub(crate) fn expunge(&mut self, number: SeqNum) -> Option<Uid> {
        let number = number.get();
        let uid = self.uid(SeqNum::new(number)?);
        let mut at = self.runs.partition_point(|run| run.number <= number);
        if let Some(before) = at.checked_sub(1)
            && let Some(run) = self.runs.get(before).copied()
            && number - run.number < run.length
        {
            let offset = number - run.number;
            let front = Run { length: offset, ..run };
            let back = Run {
                number: number + 1,
                uid: run.uid.saturating_add(offset).saturating_add(1),
                length: run.length - offset - 1,
            };
            let pieces = [front, back].into_iter().filter(|run| run.length > 0);
            self.runs.splice(before..at, pieces);
            at = if front.length > 0 { at } else { before };
        }
        for run in self.runs.get_mut(at..).unwrap_or_default() {
            run.number -= 1;
        }
        self.join(at);
        uid
    }

    /// The messages with these UIDs are gone.
    ///
    /// Where a UID was not known, all after it have other numbers now and nobody said which: that is forgotten.
    pub(crate) fn vanish(&mut self, uids: &UidSet) {
        let mut gone = 0_u32;
        let mut kept: Vec<Run> = Vec::new();
        let mut runs = core::mem::take(&mut self.runs).into_iter().peekable();
        for range in uids.ranges() {
            let (first, last) = (range.start().get(), range.end().get());
            let mut known = 0_u64;
            while let Some(run) = runs.peek_mut() {
                if run.uid > last {
                    break;
                }
                let before = run.length.min(first.saturating_sub(run.uid));
                if before > 0 {
                    push(&mut kept, Run { number: run.number - gone, length: before, ..*run });
                }
                let rest = run.length - before;
                let within = rest.min((last - (run.uid + before).min(last)).saturating_add(1));
                if rest == 0 {
                    runs.next();
                    continue;
                }
                known += u64::from(within);
                gone += within;
                let taken = before + within;
                if taken == run.length {
                    runs.next();
                } else {
                    *run =
                        Run { number: run.number + taken, uid: run.uid + taken, length: run.length - taken };
                    break;
                }
            }
            if known != u64::from(last - first) + 1 {
                self.runs = kept;
                return;
            }
        }
        for run in runs {
            push(&mut kept, Run { number: run.number - gone, ..run });
        }
        self.runs = kept;
    }

    /// Of how many messages the UID is known.
    pub(crate) fn len(&self) -> u32 {
        self.runs.iter().map(|run| run.length).sum()
    }

    /// There are `exists` messages: nothing is known of others.
    pub(crate) fn truncate(&mut self, exists: u32) {
        self.runs.retain_mut(|run| {
            run.length = run.length.min(exists.saturating_add(1).saturating_sub(run.number));
            run.length > 0
        });
    }

    /// Nothing is known any more.
    pub(crate) fn clear(&mut self) {
        self.runs.clear();
    }

    /// The UID of the message with this number.
    pub(crate) fn uid(&self, number: SeqNum) -> Option<Uid> {
        let number = number.get();
        let at = self.runs.partition_point(|run| run.number <= number);
        let run = self.runs.get(at.checked_sub(1)?)?;
        let offset = number - run.number;
        (offset < run.length).then(|| Uid::new(run.uid.checked_add(offset)?))?
    }

    /// The number of the message with this UID.
    pub(crate) fn sequence_number(&self, uid: Uid) -> Option<SeqNum> {
        let uid = uid.get();
        let at = self.runs.partition_point(|run| run.uid <= uid);
        let run = self.runs.get(at.checked_sub(1)?)?;
        let offset = uid - run.uid;
        (offset < run.length).then(|| SeqNum::new(run.number.checked_add(offset)?))?
    }

    /// The UIDs that are known among these.
    pub(crate) fn known(&self, uids: &UidSet) -> UidSet {
        let known: UidSet =
            self.runs.iter().filter_map(|run| Some(Uid::new(run.uid)?..=Uid::new(run.last_uid())?)).collect();
        known.intersection(uids)
    }

    fn insert(&mut self, at: usize, run: Run) {
        self.runs.insert(at, run);
        self.join(at + 1);
        self.join(at);
    }

    /// Makes the run at `at` one with that before it, if they touch.
    fn join(&mut self, at: usize) {
        let Some(before) = at.checked_sub(1) else { return };
        let (Some(one), Some(other)) = (self.runs.get(before).copied(), self.runs.get(at).copied()) else {
            return;
        };
        let touches = one.number.checked_add(one.length) == Some(other.number)
            && one.uid.checked_add(one.length) == Some(other.uid);
        if touches && let Some(run) = self.runs.get_mut(before) {
            run.length += other.length;
            self.runs.remove(at);
        }
    }

    /// Forgets what says otherwise than that `number` has `uid`: the runs in which both are not on the same side of it.
    fn forget(&mut self, number: u32, uid: u32) {
        self.runs.retain(|run| {
            let below = run.last_number() < number && run.last_uid() < uid;
            let above = run.number > number && run.uid > uid;
            below || above
        });
    }
}

impl Run {
    fn last_uid(self) -> u32 {
        self.uid.saturating_add(self.length - 1)
    }

    fn last_number(self) -> u32 {
        self.number.saturating_add(self.length - 1)
    }
}

/// Adds a run at the end, to the last one if they touch.
fn push(runs: &mut Vec<Run>, run: Run) {
    match runs.last_mut() {
        Some(last)
            if last.number.checked_add(last.length) == Some(run.number)
                && last.uid.checked_add(last.length) == Some(run.uid) =>
        {
            last.length += run.length;
        }
        _ => runs.push(run),
    }
}

#[cfg(test)]
mod tests;
