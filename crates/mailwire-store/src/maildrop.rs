use std::future::Future;

use bytes::Bytes;

use crate::Error;

/// Opens maildrops: what a POP3 server needs of a store.
pub trait MaildropStore: Send + Sync + 'static {
    /// An open maildrop.
    type Maildrop: Maildrop;

    /// Opens the maildrop of `user`, and locks it against other sessions
    /// ([RFC 1939 section 4](https://www.rfc-editor.org/rfc/rfc1939#section-4)).
    ///
    /// # Errors
    ///
    /// [`Error::InUse`] if another session has it, [`Error::NotFound`] if the user has none.
    fn open_maildrop(&self, user: &str) -> impl Future<Output = Result<Self::Maildrop, Error>> + Send;
}

/// An open and locked maildrop: a view that does not change, whatever is delivered meanwhile.
///
/// Dropping it unlocks it and changes nothing else.
pub trait Maildrop: Send + Sync + 'static {
    /// The messages, in an order that is the same in each session.
    fn messages(&self) -> &[MaildropEntry];

    /// Reads octets of the message at `index`, counted from 0, beginning at `offset`: at most `limit`, at least one, and
    /// none at its end alone.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such message, any other if it cannot be read.
    fn read(
        &self,
        index: usize,
        offset: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Bytes, Error>> + Send;

    /// Deletes the messages at `deleted`, which are in rising order, and unlocks the maildrop.
    ///
    /// # Errors
    ///
    /// Any, if not all are deleted. Those that are not are there again in the next session.
    fn commit(self, deleted: &[usize]) -> impl Future<Output = Result<(), Error>> + Send;
}

/// A message of a maildrop.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MaildropEntry {
    /// How many octets [`Maildrop::read`] gives, each line ended by CRLF.
    pub octets: u64,
    /// One to 70 characters from 0x21 to 0x7E. No other message ever has them, and they stay the same over sessions.
    pub unique_id: String,
    /// Whether its header has UTF-8 beyond ASCII, so that a client has to be prepared for it
    /// ([RFC 6856 section 2.1](https://www.rfc-editor.org/rfc/rfc6856#section-2.1)).
    pub utf8_header: bool,
}
