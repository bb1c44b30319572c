//! Opening a mailbox of which much is known, and learning what has changed.

use alloc::vec;

use mailwire_imap::{
    Search, Uid, UidSet,
    command::QResync,
    fetch::{self, Item, Message},
};

use super::{list::was_refused, search::search};
use crate::{
    CommandError, Execute,
    command::{Enable, Extension, Fetch, Opened, Select, fetch::Flags},
};

/// A mailbox that was opened again.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Resynced {
    /// The mailbox, with what has [changed](Opened::changed) and [vanished](Opened::vanished) since, whoever found it out.
    pub opened: Opened,
    /// Whether UIDs mean what they meant. If not, nothing that is known is true any more, and nothing is told of changes.
    pub is_continued: bool,
    /// How changes were found out.
    pub by: ResyncedBy,
}

/// How it was found out what has changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ResyncedBy {
    /// By SELECT with CONDSTORE, FETCH with CHANGEDSINCE, and SEARCH for the messages that are there.
    Condstore,
    /// By SELECT, FETCH for the flags of all messages that are known, changed or not, and SEARCH for those that are there.
    Flags,
    /// By SELECT with QRESYNC.
    QResync,
}

pub(super) async fn select_qresync<E: Execute + ?Sized>(
    session: &mut E,
    select: Select,
    known: QResync,
) -> Result<Resynced, E::Error> {
    if can_qresync(session).await? {
        match session.run(select.clone().with_qresync(known.clone())).await {
            Ok(opened) => {
                let is_continued = opened.uid_validity == Some(known.uid_validity);
                return Ok(Resynced { opened, is_continued, by: ResyncedBy::QResync });
            }
            // Announced, and not understood.
            Err(error) if E::command_error(&error).is_some_and(CommandError::is_bad) => {}
            Err(error) => return Err(error),
        }
    }
    let has_condstore = session.server().await?.has("CONDSTORE");
    let select = Select { condstore: has_condstore, qresync: None, ..select };
    let mut resynced = Resynced {
        opened: session.run(select).await?,
        is_continued: false,
        by: if has_condstore { ResyncedBy::Condstore } else { ResyncedBy::Flags },
    };
    if resynced.opened.uid_validity == Some(known.uid_validity) {
        resynced.is_continued = true;
        compare(session, &known, &mut resynced).await?;
    }
    Ok(resynced)
}

/// Whether QRESYNC is enabled, or can be.
async fn can_qresync<E: Execute + ?Sized>(session: &mut E) -> Result<bool, E::Error> {
    let server = session.server().await?;
    if server.enabled().qresync || !server.has("QRESYNC") {
        return Ok(server.enabled().qresync);
    }
    match session.run(Enable::new([Extension::QResync])).await {
        Ok(_) => Ok(session.server().await?.enabled().qresync),
        // After SELECT a server may refuse it.
        Err(error) if was_refused::<E>(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Finds out what QRESYNC would have told.
async fn compare<E: Execute + ?Sized>(
    session: &mut E,
    known: &QResync,
    resynced: &mut Resynced,
) -> Result<(), E::Error> {
    let Some(uids) = known_uids(known, &resynced.opened) else { return Ok(()) };
    let present = match resynced.opened.exists {
        0 => UidSet::new(),
        _ => search(session, Search::Uid(uids.clone())).await?,
    };
    let present = &present & &uids;
    resynced.opened.vanished = &uids - &present;
    let since = match resynced.opened.highest_mod_seq {
        Some(highest) if highest <= known.mod_seq => return Ok(()),
        Some(_) => Some(known.mod_seq),
        // The server keeps no modification sequences, for this mailbox at least.
        None => {
            resynced.by = ResyncedBy::Flags;
            None
        }
    };
    if present.is_empty() {
        return Ok(());
    }
    let fetch = Fetch { changed_since: since, ..Fetch::new(present, Flags) };
    let fetched = session.run(fetch).await?;
    if !fetched.unreadable.is_empty() {
        return Err(CommandError::Doubtful.into());
    }
    for row in fetched.rows {
        let message = row.seq.map(Message::Sequence).or(row.uid.map(Message::Uid));
        if let (Some(message), Some(uid)) = (message, row.uid) {
            let mut items = vec![Item::Uid(uid)];
            items.extend(row.items.map(Item::Flags));
            items.extend(row.mod_seq.map(Item::ModSeq));
            resynced.opened.changed.push(fetch::Fetch { message, items });
        }
    }
    Ok(())
}

/// The messages that are known: those that were named, or all that can have been there.
fn known_uids(known: &QResync, opened: &Opened) -> Option<UidSet> {
    let before_next = || {
        let last = opened.uid_next?.get().checked_sub(1).and_then(Uid::new)?;
        Some(UidSet::from(Uid::new(1)?..=last))
    };
    match &known.known_uids {
        Some(uids) if uids.has_star() => before_next().map(|all| &uids.resolve(u32::MAX) & &all),
        Some(uids) => Some(uids.clone()),
        None => before_next(),
    }
    .filter(|uids| !uids.is_empty())
}

#[cfg(test)]
mod tests;
