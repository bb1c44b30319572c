//! Messages are taken away for good.

use crate::{
    Execute,
    codec::{Flag, Uid, UidSet, command::Messages},
    command::{Expunge, Fetch, Store, UidExpunge},
};

/// What becomes of messages that are taken away, on a server without UIDPLUS: its EXPUNGE knows no UIDs, and takes away what
/// others have marked, too.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum WithoutUidPlus {
    /// All messages with `\Deleted` are expunged.
    ExpungeAll,
    /// They keep `\Deleted`, and stay until somebody expunges the mailbox.
    #[default]
    Mark,
}

/// In which way messages were taken away.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Removed {
    /// There was nothing to take away.
    Nothing,
    /// By the one command that did it all: MOVE or REPLACE.
    AtOnce,
    /// By STORE and UID EXPUNGE.
    Expunged,
    /// By STORE and EXPUNGE, and with them all that others had marked ([`WithoutUidPlus::ExpungeAll`]).
    ExpungedAll,
    /// They are still there, with `\Deleted` ([`WithoutUidPlus::Mark`]).
    Marked,
}

pub(super) async fn remove<E: Execute + ?Sized>(
    session: &mut E,
    messages: Messages,
    without: WithoutUidPlus,
) -> Result<Removed, E::Error> {
    let uids = exact(session, messages).await?;
    remove_exact(session, uids, without).await
}

/// Takes away messages whose UIDs are known, and nothing else.
pub(super) async fn remove_exact<E: Execute + ?Sized>(
    session: &mut E,
    uids: UidSet,
    without: WithoutUidPlus,
) -> Result<Removed, E::Error> {
    if uids.is_empty() {
        return Ok(Removed::Nothing);
    }
    session.run(Store::add(uids.clone(), [Flag::Deleted]).silent()).await?;
    if session.server().await?.has("UIDPLUS") {
        session.run(UidExpunge::new(uids)).await?;
        return Ok(Removed::Expunged);
    }
    match without {
        WithoutUidPlus::ExpungeAll => {
            session.run(Expunge).await?;
            Ok(Removed::ExpungedAll)
        }
        WithoutUidPlus::Mark => Ok(Removed::Marked),
    }
}

/// The UIDs of messages, such that no message that comes later is among them. Between two commands, `*` becomes another
/// message, UIDs that were not used yet become used, and sequence numbers move.
pub(super) async fn exact<E: Execute + ?Sized>(
    session: &mut E,
    messages: Messages,
) -> Result<UidSet, E::Error> {
    if let Messages::Uid(uids) = &messages {
        let next = session.selected().await?.and_then(|selected| selected.uid_next);
        let is_old = |greatest: Uid| next.is_some_and(|next| greatest < next);
        if !uids.has_star() && uids.greatest().is_none_or(is_old) {
            return Ok(uids.clone());
        }
    }
    let mut fetched = session.run(Fetch::new(messages, ())).await?;
    Ok(fetched.rows.drain(..).filter_map(|row| row.uid).collect())
}
