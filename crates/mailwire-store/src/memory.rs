use std::{
    collections::{HashMap, HashSet},
    fmt::Write as _,
    future::{Future, ready},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::{Error, Maildrop, MaildropEntry, MaildropStore, canonical};

/// A store in memory, shared by its clones.
///
/// ```
/// use mailwire_store::MemoryStore;
///
/// let store = MemoryStore::new();
/// store.add_user("ann");
/// store.deliver("ann", "Subject: hello\r\n\r\nworld\r\n")?;
/// assert_eq!(store.messages("ann").len(), 1);
/// # Ok::<(), mailwire_store::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    users: Arc<Mutex<HashMap<String, User>>>,
}

#[derive(Debug, Default)]
struct User {
    messages: Vec<Message>,
    /// How often each digest was delivered, so that two equal messages have different unique-ids, also after one of
    /// them is gone.
    delivered: HashMap<String, u64>,
    in_use: bool,
}

#[derive(Clone, Debug)]
struct Message {
    entry: MaildropEntry,
    octets: Bytes,
}

impl MemoryStore {
    /// A store without users.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a user with an empty maildrop, unless there is one.
    pub fn add_user(&self, user: &str) {
        self.lock().entry(user.into()).or_default();
    }

    /// Puts a message into a maildrop. Its lines end with CRLF afterwards.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such user.
    pub fn deliver(&self, user: &str, message: impl Into<Bytes>) -> Result<(), Error> {
        let octets = canonical(message.into());
        let digest = digest(&octets);
        let mut users = self.lock();
        let user = users.get_mut(user).ok_or(Error::NotFound)?;
        let count = user.delivered.entry(digest.clone()).or_default();
        *count += 1;
        let entry = MaildropEntry {
            octets: octets.len() as u64,
            unique_id: format!("{digest}.{count}"),
            utf8_header: has_utf8_header(&octets),
        };
        user.messages.push(Message { entry, octets });
        Ok(())
    }

    /// The messages of a user, in the order of delivery; none if there is no such user.
    pub fn messages(&self, user: &str) -> Vec<Bytes> {
        let users = self.lock();
        let messages = users.get(user).map(|user| user.messages.as_slice()).unwrap_or_default();
        messages.iter().map(|message| message.octets.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, User>> {
        // Nothing here panics between two changes that belong together.
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, name: &str) -> Result<MemoryMaildrop, Error> {
        let mut users = self.lock();
        let user = users.get_mut(name).ok_or(Error::NotFound)?;
        if core::mem::replace(&mut user.in_use, true) {
            return Err(Error::InUse);
        }
        let entries = user.messages.iter().map(|message| message.entry.clone()).collect();
        let octets = user.messages.iter().map(|message| message.octets.clone()).collect();
        Ok(MemoryMaildrop { store: self.clone(), user: name.into(), entries, octets })
    }
}

impl MaildropStore for MemoryStore {
    type Maildrop = MemoryMaildrop;

    fn open_maildrop(&self, user: &str) -> impl Future<Output = Result<MemoryMaildrop, Error>> + Send {
        ready(self.open(user))
    }
}

/// An open maildrop of a [`MemoryStore`].
#[derive(Debug)]
pub struct MemoryMaildrop {
    store: MemoryStore,
    user: String,
    entries: Vec<MaildropEntry>,
    octets: Vec<Bytes>,
}

impl MemoryMaildrop {
    fn delete(&self, deleted: &[usize]) {
        let gone = |index: &usize| self.entries.get(*index).map(|entry| entry.unique_id.as_str());
        let gone: HashSet<&str> = deleted.iter().filter_map(gone).collect();
        if let Some(user) = self.store.lock().get_mut(&self.user) {
            user.messages.retain(|message| !gone.contains(message.entry.unique_id.as_str()));
        }
    }
}

impl Maildrop for MemoryMaildrop {
    fn messages(&self) -> &[MaildropEntry] {
        &self.entries
    }

    fn read(
        &self,
        index: usize,
        offset: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Bytes, Error>> + Send {
        let slice = |octets: &Bytes| {
            let start = usize::try_from(offset).unwrap_or(usize::MAX).min(octets.len());
            octets.slice(start..start.saturating_add(limit).min(octets.len()))
        };
        ready(self.octets.get(index).map(slice).ok_or(Error::NotFound))
    }

    fn commit(self, deleted: &[usize]) -> impl Future<Output = Result<(), Error>> + Send {
        self.delete(deleted);
        ready(Ok(()))
    }
}

impl Drop for MemoryMaildrop {
    fn drop(&mut self) {
        if let Some(user) = self.store.lock().get_mut(&self.user) {
            user.in_use = false;
        }
    }
}

/// The same message gets the same unique-id after a restart, and no other message does.
fn digest(octets: &[u8]) -> String {
    Sha256::digest(octets).iter().take(20).fold(String::new(), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}

fn has_utf8_header(message: &[u8]) -> bool {
    let end = memchr::memmem::find(message, b"\r\n\r\n").unwrap_or(message.len());
    let header = message.get(..end).unwrap_or_default();
    !header.is_ascii() && std::str::from_utf8(header).is_ok()
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use super::*;

    #[test]
    fn it_conforms() {
        let store = MemoryStore::new();
        store.add_user("ann");
        let deliver = |message: Bytes| store.deliver("ann", message).unwrap();
        let suite = pin!(crate::conformance::maildrop_store(&store, "ann", "nobody", deliver));
        assert_eq!(suite.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()));
    }

    #[test]
    fn headers_beyond_ascii_are_known() {
        let store = MemoryStore::new();
        store.add_user("ann");
        for (message, utf8_header) in [
            (&b"Subject: a\r\n\r\n\xC3\xA9\r\n"[..], false),
            (b"Subject: \xC3\xA9\r\n\r\na\r\n", true),
            (b"Subject: \xE9\r\n\r\na\r\n", false),
        ] {
            store.deliver("ann", message).unwrap();
            let maildrop = store.open("ann").unwrap();
            assert_eq!(maildrop.entries.last().map(|entry| entry.utf8_header), Some(utf8_header));
        }
    }
}
