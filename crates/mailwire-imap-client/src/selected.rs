//! The view of the selected mailbox.

use mailwire_imap::{
    Flags, Mailbox, ModSeq, Octets, SeqNum, SequenceSet, Uid, UidSet, UidValidity,
    command::Messages,
    flag::{Flag, PermanentFlags},
};

use crate::sequence_map::SequenceMap;

mod notice;

pub(crate) use notice::Change;

/// What is known of the selected mailbox, as of the last response.
///
/// It is small, whatever the size of the mailbox: sequence numbers and UIDs that belong together are kept as ranges, and
/// only as many as [`Config::map_ranges`](crate::Config::map_ranges).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Selected {
    /// Its name.
    pub mailbox: Mailbox,
    /// How many messages there are.
    pub exists: u32,
    /// Which flags there are.
    pub flags: Flags,
    /// The highest modification sequence that was told (CONDSTORE).
    pub highest_mod_seq: Option<ModSeq>,
    /// The mailbox's own id (OBJECTID).
    pub mailbox_id: Option<Octets>,
    /// Whether the server keeps no modification sequences for it: `[NOMODSEQ]`.
    pub no_mod_seq: bool,
    /// Which flags can be changed for good; nothing if the server did not say, which means all.
    pub permanent_flags: Option<PermanentFlags>,
    /// Whether nothing can be changed: EXAMINE, or `[READ-ONLY]`.
    pub read_only: bool,
    /// How many messages are recent, if the server tells (IMAP4rev1).
    pub recent: Option<u32>,
    /// Whether UIDs do not last beyond the session: `[UIDNOTSTICKY]`.
    pub uid_not_sticky: bool,
    /// What the UID of the next message will be at least.
    pub uid_next: Option<Uid>,
    /// Of which the UIDs are.
    pub uid_validity: Option<UidValidity>,
    /// The first message that has not been seen, as SELECT told it (IMAP4rev1).
    pub unseen: Option<SeqNum>,
    pub(crate) map: SequenceMap,
}

impl Selected {
    /// A mailbox of which nothing is known but its name.
    pub(crate) fn new(mailbox: Mailbox, read_only: bool, map_ranges: usize) -> Self {
        Self {
            mailbox,
            exists: 0,
            flags: Flags::new(),
            highest_mod_seq: None,
            mailbox_id: None,
            no_mod_seq: false,
            permanent_flags: None,
            read_only,
            recent: None,
            uid_not_sticky: false,
            uid_next: None,
            uid_validity: None,
            unseen: None,
            map: SequenceMap::new(map_ranges),
        }
    }

    /// All messages, by UID; for FETCH, SEARCH and the like.
    pub fn all(&self) -> Messages {
        Messages::Uid(UidSet::all())
    }

    /// All messages that are there now, by sequence number; nothing if there are none.
    pub fn all_by_number(&self) -> Option<Messages> {
        let last = SeqNum::new(self.exists)?;
        Some(Messages::Sequence(SequenceSet::from(SeqNum::new(1)?..=last)))
    }

    /// The UID of a message, where it is known.
    pub fn uid(&self, message: SeqNum) -> Option<Uid> {
        self.map.uid(message)
    }

    /// The sequence number of a message, where it is known.
    pub fn sequence_number(&self, uid: Uid) -> Option<SeqNum> {
        self.map.sequence_number(uid)
    }

    /// Whether a flag can be changed for good. A server that does not say it means all.
    pub fn can_store(&self, flag: &Flag) -> bool {
        !self.read_only
            && self.permanent_flags.as_ref().is_none_or(|permanent| {
                let is_new_keyword = matches!(flag, Flag::Keyword(_)) && permanent.may_create;
                permanent.flags.contains(flag) || is_new_keyword
            })
    }
}
