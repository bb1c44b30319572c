use alloc::{
    collections::{BTreeMap, btree_map::Entry},
    vec,
    vec::Vec,
};

use mailwire_imap::Number;

use super::{Forest, Message, MessageId, links::Links};
use crate::collation::Key;

/// Threads of messages that answer each other: `REFERENCES`
/// ([RFC 5256 section 3](https://www.rfc-editor.org/rfc/rfc5256#section-3), by J. Zawinski's algorithm). The messages are given
/// in the order of the mailbox.
///
/// ```
/// use mailwire_imap_client::{
///     codec::{Envelope, SeqNum},
///     thread::{Message, by_references},
/// };
///
/// let envelope = |subject: &str, id: &str| {
///     let mut envelope = Envelope::default();
///     (envelope.subject, envelope.message_id) = (Some(subject.into()), Some(id.into()));
///     envelope
/// };
/// let messages = [
///     Message::new(SeqNum::new(1).unwrap(), &envelope("Hello", "<a@x>"), b"", None),
///     Message::new(SeqNum::new(2).unwrap(), &envelope("Re: Hello", "<b@x>"), b"<a@x>", None),
///     Message::new(SeqNum::new(3).unwrap(), &envelope("Lunch", "<c@x>"), b"<a@x> <b@x>", None),
/// ];
/// assert_eq!(by_references(&messages).to_string(), "(1 2 3)");
/// ```
pub fn by_references<N: Number>(messages: &[Message<N>]) -> Forest<N> {
    let mut threads = Threads::pruned(&linked(messages), messages);
    threads.gather();
    threads.in_order(threads.roots())
}

/// The same without a look at subjects, and with the thread last that has the message sent last: `REFS`, as Dovecot does it.
pub fn by_refs<N: Number>(messages: &[Message<N>]) -> Forest<N> {
    let threads = Threads::pruned(&linked(messages), messages);
    threads.in_order(threads.roots_by_last())
}

/// Step 1: the parent of each message, by its place, and after the messages those that are referred to and not there.
///
/// The first of several messages with the same identifier has it; the others have none, nor have those without a valid one.
fn linked<N>(messages: &[Message<N>]) -> Vec<Option<usize>> {
    let (mut links, mut places) = (Links::default(), BTreeMap::<&MessageId, usize>::new());
    for message in messages {
        let place = links.add();
        if let Some(id) = &message.id {
            places.entry(id).or_insert(place);
        }
    }
    for (place, message) in messages.iter().enumerate() {
        let mut last = None;
        for id in &message.references {
            let next = *places.entry(id).or_insert_with(|| links.add());
            // A: what has a parent keeps it, because the field may have been shortened in the middle.
            if let Some(last) = last {
                links.link(next, last);
            }
            last = Some(next);
        }
        // B: what the message itself says counts more.
        if links.parent(place) != last {
            links.cut(place);
            last.map(|last| links.link(place, last));
        }
    }
    links.into_parents()
}

/// When a message was sent, and its place in the mailbox: by this siblings are sorted.
type Order = (i64, usize);

/// Threads from step 2 on: messages that are there, by their places, and dummies at the start of threads alone, which have
/// the places after them.
struct Threads<'a, N> {
    messages: &'a [Message<N>],
    /// Of each message.
    parents: Vec<Option<usize>>,
    /// The first child of each dummy that is one.
    dummies: Vec<Option<Order>>,
    /// Where the children of each dummy went that is one no more.
    merged: BTreeMap<usize, usize>,
}

impl<'a, N: Number> Threads<'a, N> {
    /// Steps 2 and 3: no dummy but at the start of a thread that would fall apart without it.
    ///
    /// A message becomes a child of the next one above it that is there; if there is none, of the dummy at the top.
    fn pruned(links: &[Option<usize>], messages: &'a [Message<N>]) -> Self {
        let count = messages.len();
        let (mut parents, mut children) = (vec![None; links.len()], vec![0_usize; links.len()]);
        for place in from_the_top(links) {
            let Some(above) = at(links, place) else { continue };
            let nearest = if above < count { above } else { at(&parents, above).unwrap_or(above) };
            set(&mut parents, place, nearest);
            if place < count {
                children.get_mut(nearest).into_iter().for_each(|count| *count += 1);
            }
        }
        parents.truncate(count);
        for parent in &mut parents {
            parent.take_if(|parent| *parent >= count && children.get(*parent) == Some(&1));
        }
        let dummies = vec![None; links.len() - count];
        let mut threads = Self { messages, parents, dummies, merged: BTreeMap::new() };
        threads.find_first_children();
        threads
    }

    /// Sorts the children of the dummies, of which only the first has to be known.
    fn find_first_children(&mut self) {
        self.dummies.fill(None);
        for (place, message) in self.messages.iter().enumerate() {
            let Some(parent) = at(&self.parents, place) else { continue };
            let dummy = parent.checked_sub(self.messages.len()).and_then(|index| self.dummies.get_mut(index));
            let order = (message.sent, place);
            dummy.into_iter().for_each(|first| *first = Some(first.map_or(order, |first| first.min(order))));
        }
    }

    /// Step 4: the messages and dummies at the top, sorted.
    fn roots(&self) -> Vec<(Order, usize)> {
        let top = self.messages.iter().enumerate().filter(|(place, _)| at(&self.parents, *place).is_none());
        let messages = top.map(|(place, message)| ((message.sent, place), place));
        let dummies = self.dummies.iter().zip(self.messages.len()..);
        let mut roots: Vec<(Order, usize)> =
            messages.chain(dummies.filter_map(|(first, place)| Some(((*first)?, place)))).collect();
        roots.sort_unstable();
        roots
    }

    /// Step 5: what has the same subject is one thread.
    fn gather(&mut self) {
        let roots = self.roots();
        let mut table = BTreeMap::new();
        // B
        for (first, root) in &roots {
            let Some(subject) = self.subject(*first) else { continue };
            match table.entry(subject) {
                Entry::Vacant(entry) => _ = entry.insert(*root),
                Entry::Occupied(mut entry) if self.is_better(*root, *entry.get()) => _ = entry.insert(*root),
                Entry::Occupied(_) => {}
            }
        }
        // C
        for (first, root) in &roots {
            let Some(known) = self.subject(*first).and_then(|subject| table.get_mut(subject)) else {
                continue;
            };
            if *known != *root {
                self.merge(*root, known);
            }
        }
        let count = self.messages.len();
        for parent in self.parents.iter_mut().flatten().filter(|parent| **parent >= count) {
            *parent = self.merged.get(parent).copied().unwrap_or(*parent);
        }
        self.find_first_children();
    }

    /// The subject of a thread, if it has one: that of its first message, or of the first child of a dummy.
    fn subject(&self, (_, place): Order) -> Option<&'a Key> {
        self.messages.get(place).map(|message| &message.subject).filter(|subject| !subject.is_empty())
    }

    /// Whether a thread is to be in the table in place of another one.
    fn is_better(&self, root: usize, known: usize) -> bool {
        let is_dummy = root >= self.messages.len();
        known < self.messages.len() && (is_dummy || self.is_reply(known) && !self.is_reply(root))
    }

    fn is_reply(&self, place: usize) -> bool {
        self.messages.get(place).is_some_and(|message| message.is_reply)
    }

    /// Step 5.C: puts a thread below the one of the table, or both below a new dummy.
    fn merge(&mut self, root: usize, known: &mut usize) {
        let count = self.messages.len();
        match (root < count, *known < count) {
            (false, _) => _ = self.merged.insert(root, *known),
            (true, false) => set(&mut self.parents, root, *known),
            (true, true) if self.is_reply(root) && !self.is_reply(*known) => {
                set(&mut self.parents, root, *known);
            }
            (true, true) => {
                let dummy = count + self.dummies.len();
                self.dummies.push(None);
                set(&mut self.parents, root, dummy);
                set(&mut self.parents, *known, dummy);
                *known = dummy;
            }
        }
    }

    /// The same sorted by the last message of each thread, and by where they start if that is the same.
    fn roots_by_last(&self) -> Vec<(Order, usize)> {
        let count = self.messages.len();
        let (mut roots, mut last) = (vec![None; count], vec![i64::MIN; count + self.dummies.len()]);
        for place in from_the_top(&self.parents) {
            let root = match at(&self.parents, place) {
                None => place,
                Some(parent) => at(&roots, parent).unwrap_or(parent),
            };
            set(&mut roots, place, root);
            let sent = self.messages.get(place).map_or(i64::MIN, |message| message.sent);
            last.get_mut(root).into_iter().for_each(|last| *last = sent.max(*last));
        }
        let mut roots = self.roots();
        for ((sent, _), root) in &mut roots {
            *sent = last.get(*root).copied().unwrap_or(*sent);
        }
        roots.sort_unstable();
        roots
    }

    /// Step 6: all siblings sorted, below these roots.
    fn in_order(&self, roots: Vec<(Order, usize)>) -> Forest<N> {
        let messages = self.messages.iter().zip(&self.parents).enumerate();
        let mut children: Vec<(usize, Order)> = messages
            .filter_map(|(place, (message, parent))| Some(((*parent)?, (message.sent, place))))
            .collect();
        children.sort_unstable();
        let children_of = |place: usize| {
            let from = children.partition_point(|(parent, _)| *parent < place);
            let below = children.get(from..).unwrap_or_default();
            below.iter().take_while(move |(parent, _)| *parent == place).map(|(_, (_, child))| *child)
        };
        let mut forest = Forest::default();
        for (_, root) in roots {
            // A stack of our own: who writes mail decides how deep threads nest.
            let mut stack = Vec::new();
            let mut next = Some((root, None));
            while let Some((place, parent)) = next {
                let number = self.messages.get(place).map(|message| message.number);
                let shown = forest.push(number, parent);
                stack.push((children_of(place), shown));
                next = None;
                while let Some((siblings, parent)) = stack.last_mut() {
                    next = siblings.next().map(|child| (child, Some(*parent)));
                    if next.is_some() {
                        break;
                    }
                    stack.pop();
                }
            }
        }
        forest
    }
}

/// All places, each after that of its parent.
fn from_the_top(parents: &[Option<usize>]) -> Vec<usize> {
    let (mut order, mut is_seen) = (Vec::with_capacity(parents.len()), vec![false; parents.len()]);
    for place in 0..parents.len() {
        let (from, mut next) = (order.len(), Some(place));
        while let Some(place) = next {
            match is_seen.get_mut(place) {
                Some(is_seen) if !*is_seen => *is_seen = true,
                _ => break,
            }
            order.push(place);
            next = at(parents, place);
        }
        order.get_mut(from..).unwrap_or_default().reverse();
    }
    order
}

fn at(places: &[Option<usize>], place: usize) -> Option<usize> {
    places.get(place).copied().flatten()
}

fn set(places: &mut [Option<usize>], place: usize, to: usize) {
    if let Some(place) = places.get_mut(place) {
        *place = Some(to);
    }
}
