//! What is told of messages, for what is done here in place of the server.

use alloc::vec::Vec;

use mailwire_imap::{Uid, UidSet, command::Messages};

use crate::{
    Execute,
    command::{
        Fetch,
        fetch::{Query, Row, Told},
    },
};

/// Fetches items of messages, and gives them to `take` in the order of the mailbox. Those that are gone are left out.
/// Returns those of which something could not be read.
pub(super) async fn facts<E: Execute + ?Sized>(
    session: &mut E,
    uids: &UidSet,
    query: &Query,
    mut take: impl FnMut(Uid, &Told) -> bool + Send,
) -> Result<UidSet, E::Error> {
    let mut incomplete = UidSet::new();
    for piece in uids.chunks(AT_ONCE) {
        let fetched = session.run(Fetch::new(Messages::Uid(piece.clone()), query.clone())).await?;
        let mut rows: Vec<(Uid, Row<Told>)> =
            fetched.rows.into_iter().filter_map(|row| Some((row.uid?, row))).collect();
        if !fetched.unreadable.is_empty() {
            let told = rows.iter().map(|(uid, _)| *uid).collect();
            rows.extend(piece.difference(&told).numbers().map(|uid| (uid, Row::default())));
        }
        // Of what is told twice, the row with more in it comes last, and stays.
        rows.sort_by_key(|(uid, row)| (*uid, row.items.items().len()));
        for (index, (uid, row)) in rows.iter().enumerate() {
            if rows.get(index + 1).is_some_and(|(next, _)| next == uid) {
                continue;
            }
            if !take(*uid, &row.items) || !row.invalid.is_empty() {
                incomplete.insert(*uid);
            }
        }
    }
    Ok(incomplete)
}

/// How many messages are asked for by one command: what is told of more need not be in memory at once.
const AT_ONCE: u32 = 5000;
