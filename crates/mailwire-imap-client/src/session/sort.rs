//! Messages in an order.

use mailwire_imap::{NumberList, Uid, command::SortKey};

use super::{
    facts::facts,
    search::{is_charset_unknown, search_with},
};
use crate::{
    Command as _, CommandError, Execute,
    command::{Search, Sort, Sorted, fetch::Query},
    sort::{Facts, Sorter, is_known, needs_envelope},
};

/// Messages in the order that the server makes, else in the same order made here.
pub(super) async fn sort<E: Execute + ?Sized>(session: &mut E, sort: Sort) -> Result<Sorted<Uid>, E::Error> {
    let server = session.server().await?;
    let can_be_done_here = sort.criteria.iter().all(|criterion| is_known(&criterion.key))
        && !(sort.returns.relevancy || sort.returns.update.is_some());
    if !can_be_done_here || sort.body(&server).is_ok() {
        match session.run(sort.clone()).await {
            Ok(sorted) if can_be_done_here && !sorted.unreadable.is_empty() => {}
            Err(error) if can_be_done_here && E::command_error(&error).is_some_and(is_not_known) => {}
            result => return result,
        }
    }
    here(session, &sort).await
}

/// Whether another way may do: the server does not know SORT, or the charset of the texts.
pub(super) fn is_not_known(error: &CommandError) -> bool {
    error.is_bad() || is_charset_unknown(error) || matches!(error, CommandError::Unsupported(_))
}

/// Finds messages and sorts them by what the server tells of each.
async fn here<E: Execute + ?Sized>(session: &mut E, sort: &Sort) -> Result<Sorted<Uid>, E::Error> {
    let mut search = Search::uid(sort.keys.clone());
    search.charset = sort.charset.clone();
    let found = search_with(session, search).await?;
    let keys = || sort.criteria.iter().map(|criterion| &criterion.key);
    let envelope = keys().any(needs_envelope);
    let arrival = keys().any(|key| matches!(key, SortKey::Arrival | SortKey::Date));
    let size = keys().any(|key| *key == SortKey::Size);
    let mut query = Query::new();
    for (is_needed, with) in [
        (envelope, Query::envelope as fn(Query) -> Query),
        (arrival, Query::internal_date),
        (size, Query::size),
    ] {
        query = if is_needed { with(query) } else { query };
    }
    let mut sorter = Sorter::new(&sort.criteria);
    let incomparable = facts(session, &found.all, &query, |uid, told| {
        let facts = Facts { envelope: told.envelope(), arrival: told.internal_date(), size: told.size() };
        sorter.push(uid, &facts);
        (!envelope || facts.envelope.is_some())
            && (!arrival || facts.arrival.is_some())
            && (!size || facts.size.is_some())
    })
    .await?;
    let order = NumberList::from_iter(sorter.sorted());
    let mut sorted = Sorted::made_here(order, &sort.returns);
    (sorted.mod_seq, sorted.incomparable, sorted.unreadable) =
        (found.mod_seq, incomparable, found.unreadable);
    Ok(sorted)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use mailwire_imap::Search as Key;

    use super::*;
    use crate::{Session as _, command::SortedBy, session::script::Script};

    #[test]
    fn the_server_sorts_if_it_can() {
        let steps: &[(&str, &[&str])] =
            &[("UID SORT (REVERSE DATE) US-ASCII UNSEEN", &["* SORT 9 2 3", "% OK done"])];
        let mut script = Script::new("IMAP4rev1 SORT", steps);
        let sorted =
            script.play(async |script| script.sort([SortKey::Date.reversed()], Key::unseen()).await).unwrap();
        assert_eq!((sorted.order.to_string().as_str(), sorted.by), ("9,2:3", SortedBy::Server));
    }

    #[test]
    fn it_is_sorted_here_if_not() {
        let steps: &[(&str, &[&str])] = &[
            ("UID SEARCH UNSEEN", &["* SEARCH 2 3 5 9", "% OK done"]),
            (
                "UID FETCH 2:3,5,9 (UID ENVELOPE INTERNALDATE)",
                &[
                    "* 3 FETCH (UID 9 INTERNALDATE \"01-Jan-2000 00:00:00 +0000\" ENVELOPE (NIL \"b\" NIL NIL NIL NIL NIL NIL NIL NIL))",
                    "* 1 FETCH (UID 2 INTERNALDATE \"03-Jan-2000 00:00:00 +0000\" ENVELOPE (NIL \"Re: A\" NIL NIL NIL NIL NIL NIL NIL NIL))",
                    "* 1 FETCH (FLAGS (\\Seen))",
                    "* 2 FETCH (UID 3 INTERNALDATE \"04-Jan-2000 00:00:00 +0000\" ENVELOPE (\"2 Jan 2000 00:00:00 +0000\" \"a\" NIL NIL NIL NIL NIL NIL NIL NIL))",
                    "% OK done",
                ],
            ),
        ];
        let mut script = Script::new("IMAP4rev1", steps);
        let criteria = [SortKey::Subject.into(), SortKey::Date.into()];
        let sorted = script.play(async |script| script.sort(criteria, Key::unseen()).await).unwrap();
        assert_eq!((sorted.order.to_string().as_str(), sorted.by), ("3,2,9", SortedBy::Client));
        // What is gone is gone.
        assert_eq!((sorted.count, sorted.min, sorted.max), (Some(3), Uid::new(3), Uid::new(9)));
        assert!(sorted.incomparable.is_empty() && script.events.len() == 1, "{:?}", script.events);
    }

    #[test]
    fn what_cannot_be_compared_is_told() {
        let steps: &[(&str, &[&str])] = &[
            ("UID SEARCH RETURN (ALL) UNSEEN", &["* ESEARCH (TAG \"%\") UID ALL 2:5", "% OK done"]),
            (
                "UID FETCH 2:5 (UID RFC822.SIZE)",
                &[
                    "* 1 FETCH (UID 2 RFC822.SIZE 7)",
                    "* 3 FETCH (UID 4)",
                    "* 4 FETCH (UID 5 RFC822.SIZE 5)",
                    "* 2 FETCH x",
                    "% OK done",
                ],
            ),
        ];
        let mut script = Script::new("IMAP4rev2 SORT=DISPLAY", steps);
        let sort = Sort::uid([SortKey::Size.into()], Key::unseen()).partial("-1:-2".parse().unwrap());
        let sorted = script.play(async |script| script.sort_with(sort).await).unwrap();
        assert_eq!(
            (sorted.order.to_string().as_str(), sorted.incomparable.to_string().as_str()),
            ("3:5,2", "3:4")
        );
        assert_eq!(sorted.partial.map(|part| part.to_string()).as_deref(), Some("5,2"));
    }

    #[test]
    fn a_server_that_refuses_is_not_asked_again() {
        let found: (&str, &[&str]) = ("UID SEARCH SUBJECT x", &["* SEARCH 2", "% OK done"]);
        let told: (&str, &[&str]) =
            ("UID FETCH 2 (UID RFC822.SIZE)", &["* 1 FETCH (UID 2 RFC822.SIZE 7)", "% OK done"]);
        let line = "UID SORT (SIZE) US-ASCII SUBJECT x";
        for answer in [&["% BAD SORT?"][..], &["% NO [BADCHARSET] no"], &["* SORT 2 y", "% OK done"]] {
            let mut script = Script::new("IMAP4rev1 SORT", &[(line, answer), found, told]);
            let sort =
                async |script: &mut Script| script.sort([SortKey::Size.into()], Key::subject("x")).await;
            assert_eq!(script.play(sort).unwrap().by, SortedBy::Client);
        }
        let mut script = Script::new("IMAP4rev1 SORT", &[(line, &["% NO [LIMIT] too many"])]);
        let sort = async |script: &mut Script| script.sort([SortKey::Size.into()], Key::subject("x")).await;
        assert!(script.play(sort).is_err());
        // What only a server knows.
        let mut script = Script::new("IMAP4rev1", &[]);
        let sort = async |script: &mut Script| {
            script.sort([SortKey::Relevancy.into()], Key::text("x").fuzzy()).await
        };
        assert!(matches!(script.play(sort), Err(CommandError::Unsupported(_))));
    }
}
