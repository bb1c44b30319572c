use alloc::{vec, vec::Vec};

use mailwire_pop3::{MessageNumber, UniqueId, listing::DropListing};

use crate::Phrase;

/// A message of a maildrop, as it was when the maildrop was opened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// How many octets RETR sends for it, with CRLF line ends, dot-stuffing not counted.
    pub octets: u64,
    /// What tells it from all other messages that are or were in this maildrop.
    pub unique_id: UniqueId,
}

/// An open maildrop: its messages never change their numbers, whatever is deleted.
#[derive(Debug)]
pub(crate) struct Maildrop {
    entries: Vec<Entry>,
    /// For each entry, whether it is marked.
    deleted: Vec<bool>,
    /// The sums over those that are not, kept up to date so that STAT costs the same for any maildrop.
    listing: DropListing,
}

impl Maildrop {
    pub(crate) fn new(mut entries: Vec<Entry>) -> Self {
        // No number stands for what comes after 4,294,967,295 messages.
        entries.truncate(u32::MAX as usize);
        let mut maildrop = Self { deleted: Vec::new(), entries, listing: DropListing::default() };
        maildrop.reset();
        maildrop
    }

    /// The message, unless it does not exist or is marked as deleted.
    pub(crate) fn find(&self, message: MessageNumber) -> Result<&Entry, Phrase> {
        let entry = self.entries.get(message.index()).ok_or(Phrase::NoSuchMessage)?;
        if self.is_deleted(message) { Err(Phrase::AlreadyDeleted) } else { Ok(entry) }
    }

    pub(crate) fn delete(&mut self, message: MessageNumber) -> Result<(), Phrase> {
        let octets = self.find(message)?.octets;
        if let Some(deleted) = self.deleted.get_mut(message.index()) {
            *deleted = true;
            self.listing.messages -= 1;
            self.listing.octets = self.listing.octets.saturating_sub(octets);
        }
        Ok(())
    }

    pub(crate) fn reset(&mut self) {
        self.deleted = vec![false; self.entries.len()];
        self.listing.messages = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.listing.octets = self.entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.octets));
    }

    /// What is marked as deleted, in rising order.
    pub(crate) fn deleted(&self) -> Vec<MessageNumber> {
        let marked = self.deleted.iter().enumerate().filter(|(_, deleted)| **deleted);
        marked.filter_map(|(index, _)| MessageNumber::from_index(index)).collect()
    }

    pub(crate) fn listing(&self) -> DropListing {
        self.listing
    }

    /// The first message from `first` on that is not marked as deleted.
    pub(crate) fn next_from(&self, first: MessageNumber) -> Option<(MessageNumber, &Entry)> {
        // A slice, not `skip`: a listing asks this for each of its rows, and must not count up to it each time.
        let ahead = self.deleted.get(first.index()..)?.iter().position(|deleted| !deleted)?;
        let index = first.index() + ahead;
        Some((MessageNumber::from_index(index)?, self.entries.get(index)?))
    }

    fn is_deleted(&self, message: MessageNumber) -> bool {
        self.deleted.get(message.index()).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(number: u32) -> MessageNumber {
        MessageNumber::new(number).unwrap()
    }

    #[test]
    fn numbers_stay_when_messages_are_deleted() {
        let entry = |octets, id: &str| Entry { octets, unique_id: UniqueId::new(id).unwrap() };
        let mut maildrop = Maildrop::new(vec![entry(1, "a"), entry(2, "b"), entry(u64::MAX, "c")]);
        assert_eq!(maildrop.listing(), DropListing { messages: 3, octets: u64::MAX });
        assert_eq!(maildrop.delete(n(3)), Ok(()));
        assert_eq!(maildrop.delete(n(1)), Ok(()));
        assert_eq!(maildrop.delete(n(1)), Err(Phrase::AlreadyDeleted));
        assert_eq!(maildrop.delete(n(4)), Err(Phrase::NoSuchMessage));
        assert_eq!(maildrop.next_from(n(1)).map(|(message, entry)| (message, entry.octets)), Some((n(2), 2)));
        assert_eq!(maildrop.next_from(n(3)), None);
        assert_eq!(maildrop.deleted(), [n(1), n(3)]);
        maildrop.reset();
        assert!(maildrop.deleted().is_empty());
        assert_eq!(maildrop.listing().messages, 3);
    }
}
