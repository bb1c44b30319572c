//! Long literals that come in pieces, put together again.

use alloc::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use mailwire_imap::fetch::Content;

/// The literals of the response that is being read.
#[derive(Debug, Default)]
pub(crate) struct Literals {
    collected: VecDeque<Collected>,
}

#[derive(Debug, Default)]
struct Collected {
    /// Most often one piece is all of it, and then it is not copied.
    first: Bytes,
    more: BytesMut,
    /// Longer than what is wanted: nothing of it is kept.
    is_too_long: bool,
}

impl Literals {
    /// A literal begins: the last of these, which are those of its response that are kept. What there is beside them is of a
    /// response that could not be read to its end.
    pub(crate) fn begin<'a>(&mut self, kept: impl Iterator<Item = &'a Content>, longest: u64) {
        let streamed =
            |content: &Content| if let Content::Streamed(length) = content { Some(*length) } else { None };
        let (before, length) = kept
            .filter_map(streamed)
            .fold((0, None), |(count, last), length| (count + usize::from(last.is_some()), Some(length)));
        let Some(length) = length else { return };
        if self.collected.len() > before {
            self.collected.clear();
        }
        self.collected.push_back(Collected { is_too_long: length > longest, ..Collected::default() });
    }

    /// Octets of it. Nothing is reserved for what was merely announced.
    pub(crate) fn push(&mut self, octets: Bytes) {
        match self.collected.back_mut() {
            Some(literal) if literal.is_too_long => {}
            Some(literal) if literal.first.is_empty() => literal.first = octets,
            Some(literal) => {
                if literal.more.is_empty() {
                    literal.more.extend_from_slice(&literal.first);
                }
                literal.more.extend_from_slice(&octets);
            }
            None => {}
        }
    }

    /// Puts the next literal where it was left out. It stays [`Content::Streamed`] if it was not kept.
    pub(crate) fn fill(&mut self, content: &mut Content) {
        if !matches!(content, Content::Streamed(_)) {
            return;
        }
        let Some(literal) = self.collected.pop_front() else { return };
        if !literal.is_too_long {
            let octets = if literal.more.is_empty() { literal.first } else { literal.more.freeze() };
            *content = Content::Octets(octets.into());
        }
    }

    /// The response is at its end.
    pub(crate) fn clear(&mut self) {
        self.collected.clear();
    }
}
