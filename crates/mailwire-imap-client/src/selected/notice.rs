//! How responses change the view.

use mailwire_imap::{
    Code, Uid, UidSet, UidValidity,
    fetch::{Fetch, Message},
    response::Data,
};

use super::Selected;
use crate::Event;

/// What a response changed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Change {
    /// How many messages there are.
    Count {
        /// How many there were.
        before: u32,
    },
    /// A message is gone.
    Expunged {
        /// Its UID, where it was known.
        uid: Option<Uid>,
    },
    /// Messages are gone.
    Vanished {
        /// Those that were there.
        uids: UidSet,
    },
    /// Something that the response itself says.
    Other,
}

impl Selected {
    /// Takes a response. Nothing if it is not about the mailbox, or cannot be true.
    pub(crate) fn notice(&mut self, data: &Data) -> Option<Change> {
        match data {
            Data::Exists(count) => {
                let before = core::mem::replace(&mut self.exists, *count);
                self.map.truncate(*count);
                Some(Change::Count { before })
            }
            Data::Expunge(number) if number.get() <= self.exists => {
                self.exists -= 1;
                Some(Change::Expunged { uid: self.map.expunge(*number) })
            }
            Data::Fetch(fetch) => {
                self.learn(fetch);
                Some(Change::Other)
            }
            Data::Flags(flags) => {
                self.flags = flags.detach();
                Some(Change::Other)
            }
            Data::Recent(count) => {
                self.recent = Some(*count);
                Some(Change::Other)
            }
            Data::Vanished { earlier: true, .. } => Some(Change::Other),
            Data::Vanished { earlier: false, uids } => Some(self.vanish(uids)),
            _ => None,
        }
    }

    /// Takes a response code. What is news.
    pub(crate) fn notice_code(&mut self, code: &Code) -> Option<Event> {
        match code {
            Code::HighestModSeq(value) => {
                let is_news = self.highest_mod_seq.is_none_or(|before| before < *value);
                self.highest_mod_seq = Some(*value).max(self.highest_mod_seq);
                self.no_mod_seq = false;
                is_news.then_some(Event::HighestModSeq { mod_seq: *value })
            }
            Code::PermanentFlags(flags) => {
                self.permanent_flags = Some(flags.clone());
                Some(Event::PermanentFlags { flags: flags.clone() })
            }
            Code::UidValidity(value) => self.validity(*value),
            Code::MailboxId(id) => self.set(|view| view.mailbox_id = Some(id.detach())),
            Code::NoModSeq => self.set(|view| (view.no_mod_seq, view.highest_mod_seq) = (true, None)),
            Code::ReadOnly => self.set(|view| view.read_only = true),
            Code::ReadWrite => self.set(|view| view.read_only = false),
            Code::UidNext(uid) => self.set(|view| view.uid_next = Some(*uid)),
            Code::UidNotSticky => self.set(|view| view.uid_not_sticky = true),
            Code::Unseen(number) => self.set(|view| view.unseen = Some(*number)),
            _ => None,
        }
    }

    fn set(&mut self, change: impl FnOnce(&mut Self)) -> Option<Event> {
        change(self);
        None
    }

    fn validity(&mut self, now: UidValidity) -> Option<Event> {
        let before = self.uid_validity.replace(now);
        if before == Some(now) {
            return None;
        }
        self.map.clear();
        Some(Event::UidValidityChanged { before, now })
    }

    fn learn(&mut self, fetch: &Fetch) {
        let Message::Sequence(number) = fetch.message else { return };
        // News of a message that nobody told us of: a server that lost count.
        if number.get() <= self.exists
            && let Some(uid) = fetch.uid()
        {
            self.map.learn(number, uid);
        }
    }

    /// "VANISHED without EARLIER decrements the number of messages by the number of UIDs"
    /// ([RFC 7162 section 3.2.10](https://www.rfc-editor.org/rfc/rfc7162#section-3.2.10)); some servers name UIDs that never
    /// were, which is seen where all are known.
    fn vanish(&mut self, uids: &UidSet) -> Change {
        let uids = if self.map.len() == self.exists { self.map.known(uids) } else { uids.clone() };
        let gone = uids.len().unwrap_or(u64::MAX).min(self.exists.into());
        let gone = u32::try_from(gone).unwrap_or(self.exists);
        self.map.vanish(&uids);
        self.exists -= gone;
        self.map.truncate(self.exists);
        Change::Vanished { uids }
    }
}

#[cfg(test)]
mod tests;
