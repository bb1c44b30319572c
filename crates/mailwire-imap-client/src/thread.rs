//! Threads: which message answers which, by the algorithms of
//! [RFC 5256 section 3](https://www.rfc-editor.org/rfc/rfc5256#section-3).
//!
//! [`by_references`], [`by_refs`] and [`by_ordered_subject`] do what a server does in answer to `THREAD REFERENCES`, `REFS` and
//! `ORDEREDSUBJECT`. They take n log n steps and no recursion, whatever the messages say: a thread may be as deep as there
//! are messages.

use alloc::vec::Vec;

use mailwire_imap::{Envelope, date::DateTime};

use crate::{collation::Key, sent_date, subject::BaseSubject};

mod forest;
mod links;
mod message_id;
mod ordered_subject;
mod references;

pub use self::{
    forest::{Forest, Node},
    message_id::MessageId,
    ordered_subject::by_ordered_subject,
    references::{by_references, by_refs},
};

/// What the algorithms take of a message.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Message<N> {
    /// How the message is named in the result.
    pub number: N,
    /// When it was sent, in seconds since the start of 1970: see [`sent_date::order`].
    pub sent: i64,
    /// Its base subject, as it is compared.
    pub subject: Key,
    /// Whether its subject says that it is a reply or was forwarded.
    pub is_reply: bool,
    /// Its own identifier.
    pub id: Option<MessageId>,
    /// The messages that it answers, the first of the thread first.
    pub references: Vec<MessageId>,
}

impl<N> Message<N> {
    /// Takes what a server tells: the envelope, the field or fields named `References` with their names or without, and
    /// when the message arrived.
    ///
    /// Without identifiers in `References`, the first one of `In-Reply-To` is taken.
    pub fn new(number: N, envelope: &Envelope, references: &[u8], arrival: Option<DateTime>) -> Self {
        let base = envelope.subject.as_ref().map(BaseSubject::new).unwrap_or_default();
        let mut references: Vec<MessageId> = MessageId::all(references).collect();
        if references.is_empty() {
            references.extend(envelope.in_reply_to.as_deref().and_then(MessageId::first));
        }
        Self {
            number,
            sent: sent_date::order(envelope.date.as_deref(), arrival),
            subject: base.key(),
            is_reply: base.is_reply,
            id: envelope.message_id.as_deref().and_then(MessageId::first),
            references,
        }
    }
}

#[cfg(test)]
mod tests;
