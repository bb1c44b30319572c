//! Who has the selected mailbox.

use std::{
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use mailwire_imap_client::{
    Command, CommandError, Execute, Selected, Server,
    codec::Mailbox,
    command::{Opened, Select},
};
use tokio::{
    sync::OwnedMutexGuard,
    time::{Instant, timeout},
};

use super::Handle;
use crate::imap::{Client, Error};

/// Those who wait for the mailbox, and who has it.
#[derive(Default)]
pub(super) struct Queue {
    /// It is fair: who waits first is first.
    turn: Arc<tokio::sync::Mutex<()>>,
    holder: Mutex<Option<Holder>>,
}

#[derive(Clone, Debug)]
struct Holder {
    mailbox: Mailbox,
    purpose: String,
    since: Instant,
}

impl Queue {
    fn holder(&self) -> MutexGuard<'_, Option<Holder>> {
        // It is replaced as a whole.
        self.holder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Handle {
    /// Waits until nobody else has a lock, and selects this mailbox unless it is selected already. Who waits first is first.
    ///
    /// `purpose` is told to those who wait too long.
    ///
    /// ```no_run
    /// # use mailwire_tokio::imap::{Error, Handle, codec::UidSet, command::fetch::Flags};
    /// # async fn example(handle: Handle) -> Result<(), Error> {
    /// let inbox = handle.lock("INBOX", "reading flags").await?;
    /// let rows = inbox.fetch(UidSet::all(), Flags)?.collect().await?;
    /// println!("{} messages", rows.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A lock binds those who ask for it: commands that need no selected mailbox need no lock.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run), if the mailbox cannot be selected.
    pub async fn lock(&self, mailbox: impl Into<Mailbox>, purpose: &str) -> Result<Lock, Error> {
        self.lock_with(Select::new(mailbox), purpose, None).await
    }

    /// The same with all that SELECT and EXAMINE can be told, and with the longest time to wait for others.
    ///
    /// With [`Select::qresync`] the mailbox is selected anew in any case, for the sake of the answer.
    ///
    /// # Errors
    ///
    /// As [`lock`](Self::lock), and [`Error::Locked`] when the time has passed.
    pub async fn lock_with(
        &self,
        select: Select,
        purpose: &str,
        limit: Option<Duration>,
    ) -> Result<Lock, Error> {
        let turn = self.shared.queue.turn.clone().lock_owned();
        let turn = match limit {
            Some(limit) => timeout(limit, turn).await.map_err(|_| self.locked())?,
            None => turn.await,
        };
        let (mailbox, purpose) = (select.mailbox.clone(), purpose.to_owned());
        *self.shared.queue.holder() = Some(Holder { mailbox, purpose, since: Instant::now() });
        let mut lock = Lock { handle: self.clone(), opened: None, _turn: turn };
        let selected = self.selected().await?;
        let is_there = selected.is_some_and(|selected| {
            selected.mailbox == select.mailbox && selected.read_only == select.read_only
        });
        if !is_there || select.qresync.is_some() {
            lock.opened = Some(self.run(select).await?);
        }
        Ok(lock)
    }

    fn locked(&self) -> Error {
        let holder = self.shared.queue.holder().clone();
        holder.map_or(Error::Closed, |holder| Error::Locked {
            mailbox: holder.mailbox,
            purpose: holder.purpose,
            held: holder.since.elapsed(),
        })
    }
}

/// A mailbox that stays selected until this is dropped: see [`Handle::lock`]. It does all that a [`Handle`] does.
#[derive(Debug)]
pub struct Lock {
    handle: Handle,
    opened: Option<Opened>,
    _turn: OwnedMutexGuard<()>,
}

impl Lock {
    /// What the server told when the mailbox was selected for this lock; nothing if it was selected before.
    pub fn opened(&self) -> Option<&Opened> {
        self.opened.as_ref()
    }
}

impl Deref for Lock {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.handle
    }
}

impl Execute for Lock {
    type Error = Error;

    async fn run<C: Command>(&mut self, command: C) -> Result<C::Output, Error> {
        self.handle.run(command).await
    }

    async fn run_all<C: Command>(&mut self, commands: Vec<C>) -> Vec<Result<C::Output, Error>> {
        self.handle.run_all(commands).await
    }

    async fn server(&mut self) -> Result<Server, Error> {
        self.handle.server().await
    }

    async fn selected(&mut self) -> Result<Option<Selected>, Error> {
        self.handle.selected().await
    }

    fn command_error(error: &Error) -> Option<&CommandError> {
        Client::command_error(error)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        *self.handle.shared.queue.holder() = None;
    }
}
