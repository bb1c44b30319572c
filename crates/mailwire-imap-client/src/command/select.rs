//! SELECT and EXAMINE: opening a mailbox.

use alloc::{boxed::Box, vec::Vec};
use core::ops::RangeInclusive;

use mailwire_imap::{
    Code, Flags, Mailbox, ModSeq, Octets, SeqNum, Status, Uid, UidSet, UidValidity, annotation,
    command::{self, Body, Messages, QResync},
    fetch::Fetch,
    flag::PermanentFlags,
    response::Data,
};

use super::Listed;
use crate::{Command, Server, Unsupported, Untagged};

/// `SELECT` and `EXAMINE` ([RFC 9051 sections 6.3.2 and 6.3.3](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.2)), with
/// what CONDSTORE and QRESYNC (RFC 7162) add.
///
/// The mailbox that was selected is left, whether the answer is OK or not. It goes on in
/// [`Connection::selected`](crate::Connection::selected); the answer is how things stood when it was opened.
///
/// ```
/// use mailwire_imap_client::command::Select;
///
/// let inbox = Select::new("INBOX");
/// let archive = Select::examine("Archive").with_condstore();
/// # let _ = (inbox, archive);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Select {
    /// Which mailbox.
    pub mailbox: Mailbox,
    /// `EXAMINE`: nothing can be changed, and nothing changes by reading.
    pub read_only: bool,
    /// Asks for changes of annotations to be told (RFC 5257).
    pub annotate: bool,
    /// Asks for modification sequences. Many servers tell them anyway.
    pub condstore: bool,
    /// Tells what is known, and asks for what has changed since. QRESYNC has to be [enabled](super::Enable) before.
    pub qresync: Option<QResync>,
}

impl Select {
    /// `SELECT`
    pub fn new(mailbox: impl Into<Mailbox>) -> Self {
        Self { mailbox: mailbox.into(), read_only: false, annotate: false, condstore: false, qresync: None }
    }

    /// `EXAMINE`
    pub fn examine(mailbox: impl Into<Mailbox>) -> Self {
        Self { read_only: true, ..Self::new(mailbox) }
    }

    /// Asks for modification sequences (CONDSTORE).
    #[must_use]
    pub fn with_condstore(self) -> Self {
        Self { condstore: true, ..self }
    }

    /// Tells what is known, and asks for what has changed since (QRESYNC).
    #[must_use]
    pub fn with_qresync(self, known: QResync) -> Self {
        Self { qresync: Some(known), ..self }
    }
}

/// `SELECT`
impl From<Mailbox> for Select {
    fn from(mailbox: Mailbox) -> Self {
        Self::new(mailbox)
    }
}

/// `SELECT` of the mailbox of this name.
impl From<&str> for Select {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// A mailbox as it was when it was opened.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Opened {
    /// Which annotations it supports, if the server tells.
    pub annotations: Option<annotation::Support>,
    /// What has changed since what was [known](Select::qresync), each with its UID; other changes may be among it.
    pub changed: Vec<Fetch>,
    /// How many messages there are.
    pub exists: u32,
    /// Which flags there are.
    pub flags: Flags,
    /// The highest modification sequence.
    pub highest_mod_seq: Option<ModSeq>,
    /// What LIST would say of it, told by IMAP4rev2.
    pub list: Option<Box<Listed>>,
    /// The mailbox's own id (OBJECTID).
    pub mailbox_id: Option<Octets>,
    /// Whether the server keeps no modification sequences for it.
    pub no_mod_seq: bool,
    /// Which flags can be changed for good; nothing if the server did not say, which means all.
    pub permanent_flags: Option<PermanentFlags>,
    /// Whether nothing can be changed.
    pub read_only: bool,
    /// How many messages are recent (IMAP4rev1).
    pub recent: Option<u32>,
    /// What the UID of the next message will be at least.
    pub uid_next: Option<Uid>,
    /// Whether UIDs do not last beyond the session.
    pub uid_not_sticky: bool,
    /// Of which the UIDs are. If it is not the one that is [known](Select::qresync), nothing that is known is true.
    pub uid_validity: Option<UidValidity>,
    /// The first message that has not been seen (IMAP4rev1).
    pub unseen: Option<SeqNum>,
    /// What is gone since what was [known](Select::qresync), when the command is at its end. Ranges may have UIDs that never
    /// were.
    pub vanished: UidSet,
    /// The same while it comes.
    earlier: Vec<RangeInclusive<Uid>>,
}

impl Opened {
    /// All messages, by UID; for FETCH, SEARCH and the like.
    pub fn all(&self) -> Messages {
        Messages::Uid(UidSet::all())
    }

    /// Takes a code; whether it is one that describes the mailbox.
    fn take(&mut self, code: &Code) -> bool {
        match code {
            Code::Annotations(support) => self.annotations = Some(*support),
            // Up to here, all was about the mailbox that was selected before.
            Code::Closed => *self = Self::default(),
            Code::HighestModSeq(value) => self.highest_mod_seq = Some(*value),
            Code::MailboxId(id) => self.mailbox_id = Some(id.detach()),
            Code::NoModSeq => self.no_mod_seq = true,
            Code::PermanentFlags(flags) => self.permanent_flags = Some(flags.clone()),
            Code::ReadOnly => self.read_only = true,
            Code::ReadWrite => self.read_only = false,
            Code::UidNext(uid) => self.uid_next = Some(*uid),
            Code::UidNotSticky => self.uid_not_sticky = true,
            Code::UidValidity(value) => self.uid_validity = Some(*value),
            Code::Unseen(number) => self.unseen = Some(*number),
            _ => return false,
        }
        true
    }
}

impl Command for Select {
    type Output = Opened;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        if self.condstore {
            server.require("CONDSTORE")?;
        }
        if self.qresync.is_some() {
            server.require("QRESYNC")?;
        }
        if self.annotate {
            server.require("ANNOTATE-EXPERIMENT-1")?;
        }
        let select = command::Select {
            mailbox: self.mailbox.clone(),
            condstore: self.condstore,
            annotate: self.annotate,
            qresync: self.qresync.clone().map(Box::new),
        };
        Ok(if self.read_only { Body::Examine(select) } else { Body::Select(select) })
    }

    fn absorb(&self, data: Untagged, opened: &mut Opened) -> Option<Untagged> {
        let Untagged::Data(data) = data else { return Some(data) };
        match data {
            Data::Exists(count) => opened.exists = count,
            Data::Fetch(fetch) if self.qresync.is_some() => opened.changed.push(fetch),
            Data::Flags(flags) => opened.flags = flags.detach(),
            Data::List(list)
                if list.mailbox == self.mailbox
                    || list.old_name().is_some_and(|old| *old == self.mailbox) =>
            {
                opened.list = Some(Box::new(list.into()));
            }
            Data::Recent(count) => opened.recent = Some(count),
            Data::Status(status)
                if status.is_ok() && status.code.as_ref().is_some_and(|code| opened.take(code)) => {}
            Data::Vanished { earlier: true, uids } if self.qresync.is_some() => {
                opened.earlier.extend(uids.ranges());
            }
            other => return Some(Untagged::Data(other)),
        }
        None
    }

    fn finish(&self, status: &Status, opened: &mut Opened) {
        opened.vanished = core::mem::take(&mut opened.earlier).into_iter().collect();
        opened.read_only |= self.read_only;
        if let Some(code) = &status.code {
            opened.take(code);
        }
    }
}

#[cfg(test)]
mod tests;
