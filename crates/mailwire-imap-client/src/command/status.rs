//! STATUS: figures of a mailbox that need not be selected.

use alloc::{vec, vec::Vec};

use mailwire_imap::{
    Atom, Mailbox, ModSeq, Octets, Uid, UidValidity, Value,
    capability::Capability,
    command::Body,
    mailbox_status::{Attribute, Item, MailboxStatus},
    response::Data,
};

use crate::{Command, Server, Unsupported, Untagged};

/// `STATUS` ([RFC 9051 section 6.3.11](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.11)).
///
/// A server that has no figure to tell says OK all the same: what it did not tell is absent from [`Figures`].
///
/// ```
/// use mailwire_imap_client::{codec::mailbox_status::Attribute, command::Status};
///
/// let status = Status::new("INBOX", [Attribute::Messages, Attribute::UidNext]);
/// # let _ = status;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Status {
    /// Of which mailbox. RFC 9051 advises not to ask for the selected one.
    pub mailbox: Mailbox,
    /// What is asked for; nothing stands for all that the server can tell cheaply ([`Figures::told_by`]).
    pub attributes: Vec<Attribute>,
}

impl Status {
    /// These figures.
    pub fn new(mailbox: impl Into<Mailbox>, attributes: impl IntoIterator<Item = Attribute>) -> Self {
        Self { mailbox: mailbox.into(), attributes: attributes.into_iter().collect() }
    }

    /// All that the server can tell cheaply.
    pub fn all(mailbox: impl Into<Mailbox>) -> Self {
        Self::new(mailbox, [])
    }
}

impl Command for Status {
    type Output = Figures;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        Ok(Body::Status(self.mailbox.clone(), asked(&self.attributes, server)?))
    }

    fn absorb(&self, data: Untagged, figures: &mut Figures) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::MailboxStatus(status)) if status.mailbox == self.mailbox => {
                figures.take(status);
                None
            }
            other => Some(other),
        }
    }
}

/// What STATUS tells of a mailbox. What was not asked for, or not told, is absent.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Figures {
    /// The most octets of an appended message, if there is a limit at all
    /// ([RFC 7889 section 3.1](https://www.rfc-editor.org/rfc/rfc7889#section-3.1)).
    pub append_limit: Option<Option<u64>>,
    /// Messages with `\Deleted`.
    pub deleted: Option<u32>,
    /// Octets that expunging would free.
    pub deleted_storage: Option<u64>,
    /// The highest modification sequence.
    pub highest_mod_seq: Option<ModSeq>,
    /// The mailbox's own id ([RFC 8474 section 4.3](https://www.rfc-editor.org/rfc/rfc8474#section-4.3)).
    pub mailbox_id: Option<Octets>,
    /// All messages.
    pub messages: Option<u32>,
    /// Recent messages (IMAP4rev1).
    pub recent: Option<u32>,
    /// All octets.
    pub size: Option<u64>,
    /// What the UID of the next message will be at least.
    pub uid_next: Option<Uid>,
    /// Of which the UIDs are.
    pub uid_validity: Option<UidValidity>,
    /// Messages without `\Seen`.
    pub unseen: Option<u32>,
    /// What else the server told.
    pub others: Vec<(Atom, Value)>,
}

impl Figures {
    /// What a server can tell cheaply: all that it announces, without sizes, for which some read every message.
    pub fn told_by(server: &Server) -> Vec<Attribute> {
        let mut all =
            vec![Attribute::Messages, Attribute::UidNext, Attribute::UidValidity, Attribute::Unseen];
        let more = [
            Attribute::AppendLimit,
            Attribute::Deleted,
            Attribute::HighestModSeq,
            Attribute::MailboxId,
            Attribute::Recent,
        ];
        // A limit of all mailboxes is told by the capability alone (RFC 7889 section 2).
        let is_told_already =
            |attribute: Attribute| attribute == Attribute::AppendLimit && !server.has("APPENDLIMIT");
        let is_asked =
            |attribute: &Attribute| can_tell(*attribute, server).is_ok() && !is_told_already(*attribute);
        all.extend(more.into_iter().filter(is_asked));
        all
    }

    /// Whether this one was told.
    pub fn has(&self, attribute: Attribute) -> bool {
        match attribute {
            Attribute::AppendLimit => self.append_limit.is_some(),
            Attribute::Deleted => self.deleted.is_some(),
            Attribute::DeletedStorage => self.deleted_storage.is_some(),
            Attribute::HighestModSeq => self.highest_mod_seq.is_some(),
            Attribute::MailboxId => self.mailbox_id.is_some(),
            Attribute::Messages => self.messages.is_some(),
            Attribute::Recent => self.recent.is_some(),
            Attribute::Size => self.size.is_some(),
            Attribute::UidNext => self.uid_next.is_some(),
            Attribute::UidValidity => self.uid_validity.is_some(),
            Attribute::Unseen => self.unseen.is_some(),
            _ => false,
        }
    }

    /// Whether something is told that was asked for, and is not known yet.
    pub(crate) fn add_to(&self, known: Option<&Self>, asked: &[Attribute]) -> bool {
        let is_asked = |one: &Attribute| asked.is_empty() || asked.contains(one);
        let is_known = |one: &Attribute| known.is_some_and(|known| known.has(*one));
        ALL.iter().any(|one| is_asked(one) && self.has(*one) && !is_known(one))
    }

    /// Takes what a STATUS response tells; what it does not tell stays.
    pub(crate) fn take(&mut self, status: MailboxStatus) {
        let mut others = Vec::new();
        for item in status.items {
            match item {
                Item::AppendLimit(limit) => self.append_limit = Some(limit),
                Item::Deleted(count) => self.deleted = Some(count),
                Item::DeletedStorage(octets) => self.deleted_storage = Some(octets),
                Item::HighestModSeq(value) => self.highest_mod_seq = Some(value),
                Item::MailboxId(id) => self.mailbox_id = Some(id),
                Item::Messages(count) => self.messages = Some(count),
                Item::Recent(count) => self.recent = Some(count),
                Item::Size(octets) => self.size = Some(octets),
                Item::UidNext(uid) => self.uid_next = Some(uid),
                Item::UidValidity(value) => self.uid_validity = Some(value),
                Item::Unseen(count) => self.unseen = Some(count),
                Item::Other(name, value) => others.push((name, value)),
                _ => {}
            }
        }
        if !others.is_empty() {
            self.others = others;
        }
    }
}

impl From<MailboxStatus> for Figures {
    fn from(status: MailboxStatus) -> Self {
        let mut figures = Self::default();
        figures.take(status);
        figures
    }
}

/// These attributes, or all cheap ones in place of none, if the server can tell each of them.
pub(crate) fn asked(attributes: &[Attribute], server: &Server) -> Result<Vec<Attribute>, Unsupported> {
    if attributes.is_empty() {
        return Ok(Figures::told_by(server));
    }
    attributes.iter().try_for_each(|attribute| can_tell(*attribute, server))?;
    Ok(attributes.to_vec())
}

/// A server answers BAD to a whole STATUS that has one word which it does not know.
fn can_tell(attribute: Attribute, server: &Server) -> Result<(), Unsupported> {
    match attribute {
        // With the limit of all mailboxes, it is a word of its own.
        Attribute::AppendLimit if server.iter().any(|one| matches!(one, Capability::AppendLimit(_))) => {
            Ok(())
        }
        Attribute::AppendLimit => server.require("APPENDLIMIT"),
        // RFC 9208 section 4.1.4, RFC 9051 section 6.3.11
        Attribute::Deleted if server.has("IMAP4rev2") => Ok(()),
        Attribute::Deleted => server.require("QUOTA=RES-MESSAGE"),
        Attribute::DeletedStorage => server.require("QUOTA=RES-STORAGE"),
        Attribute::HighestModSeq => server.require("CONDSTORE"),
        Attribute::MailboxId => server.require("OBJECTID"),
        // It is gone from IMAP4rev2 (RFC 9051 appendix E).
        Attribute::Recent if server.enabled().imap4rev2 => Err(Unsupported { capability: "IMAP4rev1" }),
        Attribute::Size => server.require("STATUS=SIZE"),
        _ => Ok(()),
    }
}

const ALL: &[Attribute] = &[
    Attribute::AppendLimit,
    Attribute::Deleted,
    Attribute::DeletedStorage,
    Attribute::HighestModSeq,
    Attribute::MailboxId,
    Attribute::Messages,
    Attribute::Recent,
    Attribute::Size,
    Attribute::UidNext,
    Attribute::UidValidity,
    Attribute::Unseen,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, enabled, lacks, written, written_for};

    #[test]
    fn what_is_sent() {
        let size = Status::new("Entwürfe", [Attribute::Messages, Attribute::Size]);
        assert_eq!(written(&size, "STATUS=SIZE").as_deref(), Ok("STATUS Entw&APw-rfe (MESSAGES SIZE)"));
        assert_eq!(written(&size, "IMAP4rev2").as_deref(), Ok("STATUS Entw&APw-rfe (MESSAGES SIZE)"));
        assert_eq!(written(&size, "IMAP4rev1"), lacks("STATUS=SIZE"));
        for (attribute, word) in [
            (Attribute::AppendLimit, "APPENDLIMIT"),
            (Attribute::Deleted, "QUOTA=RES-MESSAGE"),
            (Attribute::DeletedStorage, "QUOTA=RES-STORAGE"),
            (Attribute::HighestModSeq, "CONDSTORE"),
            (Attribute::MailboxId, "OBJECTID"),
        ] {
            let status = Status::new("a", [attribute]);
            assert_eq!(written(&status, "IMAP4rev1"), lacks(word));
            assert!(written(&status, word).is_ok(), "{word}");
        }
        assert!(written(&Status::new("a", [Attribute::AppendLimit]), "APPENDLIMIT=257890").is_ok());
    }

    #[test]
    fn all_is_what_the_server_can_tell() {
        let all = Status::all("a");
        for (words, line) in [
            ("", "STATUS a (MESSAGES UIDNEXT UIDVALIDITY UNSEEN RECENT)"),
            (
                "QRESYNC OBJECTID STATUS=SIZE",
                "STATUS a (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ MAILBOXID RECENT)",
            ),
            ("APPENDLIMIT", "STATUS a (MESSAGES UIDNEXT UIDVALIDITY UNSEEN APPENDLIMIT RECENT)"),
            // Cyrus 3.6 announces a limit of all mailboxes, and answers BAD to who asks for that of one.
            ("APPENDLIMIT=257890", "STATUS a (MESSAGES UIDNEXT UIDVALIDITY UNSEEN RECENT)"),
        ] {
            assert_eq!(written(&all, words).as_deref(), Ok(line));
        }
        let rev2 = enabled("IMAP4rev2", "IMAP4rev2");
        let line = "STATUS a (MESSAGES UIDNEXT UIDVALIDITY UNSEEN DELETED)";
        assert_eq!(written_for(&all, &rev2).as_deref(), Ok(line));
        let recent = Status::new("a", [Attribute::Recent]);
        assert_eq!(written_for(&recent, &rev2), lacks("IMAP4rev1"));
    }

    #[test]
    fn figures_of_this_mailbox_alone() {
        let status = Status::all("Entwürfe");
        let (figures, given_back) = answer(
            &status,
            &[
                "* STATUS INBOX (MESSAGES 9)",
                "* STATUS Entw&APw-rfe (MESSAGES 3 UIDNEXT 4 X-A 1 X-B (2))",
                "* 5 EXISTS",
                "* STATUS \"Entw&APw-rfe\" (MESSAGES 4 UIDNEXT 0 HIGHESTMODSEQ 7 APPENDLIMIT NIL SIZE 5000000000 X-A 3)",
                "a OK done",
            ],
        );
        assert_eq!(given_back, ["* STATUS INBOX (MESSAGES 9)", "* 5 EXISTS"]);
        assert_eq!((figures.messages, figures.uid_next.map(Uid::get)), (Some(4), Some(4)));
        assert_eq!((figures.append_limit, figures.size), (Some(None), Some(5_000_000_000)));
        assert_eq!((figures.highest_mod_seq.map(ModSeq::get), figures.unseen), (Some(7), None));
        assert_eq!(figures.others, [(Atom::new("X-A").unwrap(), Value::Atom("3".into()))]);
        assert!(figures.has(Attribute::Size) && !figures.has(Attribute::Unseen));
    }

    #[test]
    fn inbox_in_any_case() {
        let (figures, given_back) = answer(&Status::all("inbox"), &["* STATUS Inbox (UNSEEN 1)"]);
        assert_eq!((figures.unseen, given_back.len()), (Some(1), 0));
    }
}
