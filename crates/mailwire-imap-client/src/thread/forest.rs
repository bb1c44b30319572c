use alloc::{vec, vec::Vec};
use core::{fmt, num::NonZeroU32, slice};

use mailwire_imap::{Number, search_result};

/// Threads of messages in the order in which they are shown: each message stands after its parent, and what answers it
/// follows at once.
///
/// ```
/// use mailwire_imap_client::{codec::{SeqNum, search_result}, thread::Forest};
///
/// // (2)(3 6 (4)(44 7))
/// let branch = |members: &[u32], branches| search_result::Thread { members: members.to_vec(), branches };
/// let told = vec![branch(&[2], vec![]), branch(&[3, 6], vec![branch(&[4], vec![]), branch(&[44, 7], vec![])])];
/// let threads: Forest<SeqNum> = told.iter().collect();
/// let shown: Vec<String> = threads
///     .nodes()
///     .iter()
///     .map(|node| format!("{}{}", "  ".repeat(node.depth), node.message.unwrap()))
///     .collect();
/// assert_eq!(shown, ["2", "3", "  6", "    4", "    44", "      7"]);
/// assert_eq!(threads.threads().count(), 2);
/// assert_eq!(threads.to_string(), "(2)(3 6 (4)(44 7))");
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Forest<N> {
    nodes: Vec<Node<N>>,
}

/// A message in its thread.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Node<N> {
    /// Which message; nothing for one that is not there, or was not asked for, of which there are at least two answers.
    pub message: Option<N>,
    /// How many messages are above it in its thread: 0 where a thread starts.
    pub depth: usize,
    /// Where in [`Forest::nodes`] the message stands that it answers.
    pub parent: Option<usize>,
}

impl<N: Number> Forest<N> {
    /// Adds a message below another one that is on the way from the last one to its root, or a thread. Returns its place.
    pub(crate) fn push(&mut self, message: Option<N>, parent: Option<usize>) -> usize {
        let depth = parent.and_then(|parent| self.nodes.get(parent)).map_or(0, |parent| parent.depth + 1);
        self.nodes.push(Node { message, depth, parent });
        self.nodes.len() - 1
    }

    /// All messages of all threads.
    pub fn nodes(&self) -> &[Node<N>] {
        &self.nodes
    }

    /// The threads one by one. [`Node::parent`] counts from the start of all.
    pub fn threads(&self) -> impl Iterator<Item = &[Node<N>]> {
        self.nodes.chunk_by(|_, next| next.depth > 0)
    }

    /// The places of the messages that answer the one at this place. To find the next, it looks at all that is between.
    pub fn children(&self, place: usize) -> impl Iterator<Item = usize> + '_ {
        let depth = self.nodes.get(place).map_or(0, |node| node.depth);
        let below = self.nodes.iter().enumerate().skip(place.saturating_add(1));
        below
            .take_while(move |(_, node)| node.depth > depth)
            .filter(move |(_, node)| node.depth == depth + 1)
            .map(|(place, _)| place)
    }

    /// The messages, in the order in which they are shown.
    pub fn messages(&self) -> impl Iterator<Item = N> + '_ {
        self.nodes.iter().filter_map(|node| node.message)
    }

    /// Whether there are no threads.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

impl<N> Default for Forest<N> {
    fn default() -> Self {
        Self { nodes: Vec::new() }
    }
}

/// As a server tells them.
impl<'a, N: Number> FromIterator<&'a search_result::Thread> for Forest<N> {
    fn from_iter<I: IntoIterator<Item = &'a search_result::Thread>>(threads: I) -> Self {
        let mut forest = Self::default();
        threads.into_iter().for_each(|thread| forest.extend_by(thread));
        forest
    }
}

impl<N: Number> Forest<N> {
    /// Adds a thread as a server tells it.
    pub(crate) fn extend_by(&mut self, thread: &search_result::Thread) {
        // A stack of our own: who writes mail decides how deep threads nest.
        let mut stack: Vec<(slice::Iter<'_, search_result::Thread>, Option<usize>)> =
            vec![(slice::from_ref(thread).iter(), None)];
        while let Some((threads, parent)) = stack.last_mut() {
            let parent = *parent;
            match threads.next() {
                Some(thread) => {
                    let last = self.push_members(thread, parent);
                    stack.push((thread.branches.iter(), last));
                }
                None => _ = stack.pop(),
            }
        }
    }

    /// Adds the members of a thread, each below the one before, and returns the place of the last. Branches without a
    /// member above them have one that is not there.
    fn push_members(&mut self, thread: &search_result::Thread, parent: Option<usize>) -> Option<usize> {
        let members = thread.members.iter().filter_map(|number| NonZeroU32::new(*number));
        let last =
            members.fold(parent, |parent, number| Some(self.push(Some(N::from_non_zero(number)), parent)));
        if last == parent && thread.branches.len() > 1 { Some(self.push(None, parent)) } else { last }
    }
}

impl<N: Number> Forest<N> {
    /// Reads `1*thread-list` as they stand on the wire, however deep they nest.
    pub(crate) fn read(wire: &[u8]) -> Option<Self> {
        let mut nodes: Vec<(Option<N>, Option<usize>)> = Vec::new();
        // What the lists that are open are below, and what comes next is below.
        let (mut open, mut above): (Vec<Option<usize>>, Option<usize>) = (Vec::new(), None);
        let (mut rest, mut is_start) = (wire, false);
        while let [octet, after @ ..] = rest {
            let was_start = core::mem::take(&mut is_start);
            rest = after;
            match octet {
                b' ' | b'\r' | b'\n' => is_start = was_start,
                b'(' => {
                    if was_start {
                        nodes.push((None, above));
                        above = Some(nodes.len() - 1);
                    }
                    open.push(above);
                    is_start = true;
                }
                b')' => above = open.pop()?,
                b'1'..=b'9' if !open.is_empty() => {
                    let digits = after.iter().take_while(|octet| octet.is_ascii_digit()).count();
                    let (more, after) = after.split_at_checked(digits)?;
                    let number = more.iter().try_fold(u32::from(octet & 0xF), |number, digit| {
                        number.checked_mul(10)?.checked_add(u32::from(digit & 0xF))
                    })?;
                    nodes.push((NonZeroU32::new(number).map(N::from_non_zero), above));
                    above = Some(nodes.len() - 1);
                    rest = after;
                }
                _ => return None,
            }
        }
        open.is_empty().then(|| Self::without_needless(&nodes))
    }

    /// Messages and their parents, without those that are not there and have not at least two answers.
    fn without_needless(nodes: &[(Option<N>, Option<usize>)]) -> Self {
        let mut children = vec![0_usize; nodes.len()];
        let parents = nodes.iter().filter_map(|(_, parent)| *parent);
        parents.for_each(|parent| children.get_mut(parent).into_iter().for_each(|count| *count += 1));
        let (mut forest, mut places) = (Self::default(), Vec::with_capacity(nodes.len()));
        for ((message, parent), children) in nodes.iter().zip(children) {
            let parent = parent.and_then(|parent| places.get(parent).copied().flatten());
            let is_needed = message.is_some() || children > 1;
            places.push(if is_needed { Some(forest.push(*message, parent)) } else { parent });
        }
        forest
    }

    /// Adds the threads of another one behind those of this one.
    pub(crate) fn append(&mut self, other: Self) {
        let before = self.nodes.len();
        let moved = |node: Node<N>| Node { parent: node.parent.map(|parent| parent + before), ..node };
        self.nodes.extend(other.nodes.into_iter().map(moved));
    }
}

/// As on the wire: `(2)(3 6 (4 23)(44 7 96))`.
impl<N: fmt::Display> fmt::Display for Forest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut children = vec![0_usize; self.nodes.len()];
        let parents = self.nodes.iter().filter_map(|node| node.parent);
        parents.for_each(|parent| children.get_mut(parent).into_iter().for_each(|count| *count += 1));
        // How deep the messages are with which the lists that are open start.
        let mut open: Vec<usize> = Vec::new();
        let mut is_after_number = false;
        for node in &self.nodes {
            while open.pop_if(|depth| *depth >= node.depth).is_some() {
                f.write_str(")")?;
                is_after_number = false;
            }
            if node.parent.and_then(|parent| children.get(parent)).is_none_or(|siblings| *siblings > 1) {
                f.write_str(if is_after_number { " (" } else { "(" })?;
                open.push(node.depth);
                is_after_number = false;
            }
            if let Some(message) = &node.message {
                write!(f, "{}{message}", if is_after_number { " " } else { "" })?;
                is_after_number = true;
            }
        }
        open.iter().try_for_each(|_| f.write_str(")"))
    }
}
