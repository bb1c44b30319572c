use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mailwire_imap_client::{CommandId, Ticket as Inner};

/// A command that was [sent](super::Client::send) and whose answer is to be [waited](super::Client::wait) for.
///
/// Who drops it does not want the answer any more: a command that has not left yet never will, and the answer to another is
/// read and thrown away.
pub struct Ticket<C> {
    pub(crate) inner: Inner<C>,
    dropped: Option<Dropped>,
}

/// The commands whose tickets were dropped, and of which the machine does not know it yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dropped(Arc<Mutex<Vec<CommandId>>>);

impl Dropped {
    pub(crate) fn take(&self) -> Vec<CommandId> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<CommandId>> {
        // A list of numbers is right at each moment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> Ticket<C> {
    pub(crate) fn new(inner: Inner<C>, dropped: Dropped) -> Self {
        Self { inner, dropped: Some(dropped) }
    }

    pub(crate) fn id(&self) -> CommandId {
        self.inner.id()
    }

    /// Its answer was taken.
    pub(crate) fn answered(mut self) {
        self.dropped = None;
    }
}

impl<C> Drop for Ticket<C> {
    fn drop(&mut self) {
        if let Some(dropped) = &self.dropped {
            dropped.lock().push(self.id());
        }
    }
}

impl<C> fmt::Debug for Ticket<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
