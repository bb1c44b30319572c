//! Which commands may be in progress together ([RFC 9051 section 5.5](https://www.rfc-editor.org/rfc/rfc9051#section-5.5)).

use core::mem::discriminant;

use mailwire_imap::{
    Search,
    append::Target,
    command::{Body, Messages},
};

use crate::search_keys;

/// Whether `next` may be sent while `body` is in progress, without any doubt about what an answer means.
pub(crate) fn may_follow(next: &Body, body: &Body) -> bool {
    if is_alone(next) || is_alone(body) || changes_mailbox(next) {
        return false;
    }
    // "the client MUST NOT send a command with message sequence numbers" while EXPUNGE may come.
    if uses_numbers(next) && may_expunge(body) {
        return false;
    }
    !answers_alike(next, body)
}

/// Whether nothing may be in progress beside it: what follows it is read otherwise, or may not be sent at all.
pub(crate) fn is_alone(body: &Body) -> bool {
    matches!(
        body,
        Body::Authenticate { .. }
            | Body::Compress(_)
            | Body::Enable(_)
            | Body::Idle
            | Body::Language(_)
            | Body::Login(..)
            | Body::Logout
            | Body::StartTls
            | Body::Unauthenticate
    )
}

/// Whether a method of the connection sends it, and nobody else may.
pub(crate) fn has_own_method(body: &Body) -> bool {
    matches!(
        body,
        Body::Authenticate { .. } | Body::Compress(_) | Body::Idle | Body::Login(..) | Body::StartTls
    )
}

/// Whether it selects or leaves a mailbox: what was told of the former one has to be there before.
pub(crate) fn changes_mailbox(body: &Body) -> bool {
    matches!(body, Body::Close | Body::Examine(_) | Body::Select(_) | Body::Unselect)
}

/// Whether message sequence numbers stand in it, or in its answer.
pub(crate) fn uses_numbers(body: &Body) -> bool {
    let by_number = |messages: &Messages| !messages.is_uid();
    match body {
        Body::Convert(convert) => by_number(&convert.messages),
        Body::Copy(messages, _) | Body::Move(messages, _) => by_number(messages),
        Body::Fetch(fetch) => by_number(&fetch.messages),
        Body::Replace(replace) => {
            matches!(replace.target, Target::Sequence(_) | Target::Last { is_uid: false })
        }
        Body::Search(search) => !search.is_uid || names_numbers(&search.search),
        Body::Sort(sort) => !sort.search.is_uid || names_numbers(&sort.search.search),
        Body::Store(store) => by_number(&store.messages),
        Body::Thread(thread) => !thread.search.is_uid || names_numbers(&thread.search.search),
        _ => false,
    }
}

/// Whether sequence numbers are among the keys.
fn names_numbers(search: &Search) -> bool {
    search_keys::any(search, |key| matches!(key, Search::Sequence(_)))
}

/// Whether the server may send EXPUNGE before it is completed: not during FETCH, STORE and SEARCH by number.
fn may_expunge(body: &Body) -> bool {
    !(matches!(body, Body::Fetch(_) | Body::Search(_) | Body::Store(_)) && uses_numbers(body))
}

/// Whether nobody could tell whose the answers are, or which of the two the server did first.
fn answers_alike(one: &Body, other: &Body) -> bool {
    match (one, other) {
        // Told by the same responses.
        (Body::Fetch(_), Body::Store(_))
        | (Body::Store(_), Body::Fetch(_))
        | (Body::List(_) | Body::Rlist(..), Body::List(_) | Body::Rlist(..))
        | (Body::Lsub(..) | Body::Rlsub(..), Body::Lsub(..) | Body::Rlsub(..))
        | (
            Body::GetQuota(_) | Body::GetQuotaRoot(_) | Body::SetQuota(..),
            Body::GetQuota(_) | Body::GetQuotaRoot(_) | Body::SetQuota(..),
        ) => true,
        // Told apart by the messages, the mailbox or the tag, or without data of their own.
        (
            Body::Append(_)
            | Body::Check
            | Body::Copy(..)
            | Body::Create(..)
            | Body::Delete(_)
            | Body::DeleteAcl(..)
            | Body::ESearch(_)
            | Body::Expunge(_)
            | Body::Fetch(_)
            | Body::Move(..)
            | Body::Noop
            | Body::Rename(..)
            | Body::SetAcl(..)
            | Body::SetMetadata(..)
            | Body::Status(..)
            | Body::Store(_)
            | Body::Subscribe(_)
            | Body::Unsubscribe(_),
            _,
        ) => false,
        (Body::Search(one), Body::Search(other)) => one.returns.is_none() || other.returns.is_none(),
        (Body::Sort(one), Body::Sort(other)) => {
            one.search.returns.is_none() || other.search.returns.is_none()
        }
        _ => discriminant(one) == discriminant(other),
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use mailwire_imap::{
        MailboxFilter, UidSet,
        command::{ESearch, Fetch, Return, SearchCommand, Select, Sort, SortKey},
        fetch_attribute::Attribute,
    };

    use super::*;

    #[test]
    fn what_may_be_in_progress_together() {
        let by_number =
            || Body::Fetch(Fetch::new(Messages::Sequence("1:*".parse().unwrap()), vec![Attribute::Flags]));
        let by_uid = || Body::Fetch(Fetch::new(Messages::Uid(UidSet::all()), vec![Attribute::Flags]));
        let search = || Body::Search(SearchCommand::sequence(Search::unseen()));
        let uid_search = || Body::Search(SearchCommand::uid(Search::unseen()));
        let tagged = || Body::Search(SearchCommand::uid(Search::unseen()).returning([Return::All]));
        let select = || Body::Select(Select::new("INBOX"));
        let sort = || Body::Sort(Sort::uid([SortKey::Date.into()], Search::unseen()));
        let tagged_sort = || {
            let mut sort = Sort::uid([SortKey::Date.into()], Search::unseen());
            sort.search = sort.search.returning([Return::Count]);
            Body::Sort(sort)
        };
        let everywhere = || Body::ESearch(ESearch::new([MailboxFilter::Personal], Search::unseen()));
        let list = || Body::List(mailwire_imap::command::List::new("*"));
        let numbered = || Body::Search(SearchCommand::uid(Search::Sequence("1:5".parse().unwrap())));
        for (body, next, may) in [
            (by_number(), by_number(), true),
            (by_number(), search(), true),
            (by_number(), Body::Noop, true),
            // The examples of the RFC.
            (Body::Noop, by_number(), false),
            (by_uid(), by_number(), false),
            (Body::Noop, numbered(), false),
            (Body::Noop, by_uid(), true),
            (select(), uid_search(), true),
            (select(), by_number(), false),
            (by_uid(), select(), false),
            (by_uid(), Body::Close, false),
            (uid_search(), uid_search(), false),
            (uid_search(), tagged(), false),
            (tagged(), tagged(), true),
            (sort(), sort(), false),
            (sort(), tagged_sort(), false),
            (tagged_sort(), tagged_sort(), true),
            (everywhere(), everywhere(), true),
            (everywhere(), tagged(), true),
            (list(), list(), false),
            (list(), Body::Rlist("".into(), "*".into()), false),
            (Body::Rlsub("".into(), "*".into()), Body::Lsub("".into(), "*".into()), false),
            (list(), Body::Lsub("".into(), "*".into()), true),
            (Body::GetQuota("".into()), Body::GetQuotaRoot("a".into()), false),
            (list(), Body::Status("a".into(), vec![]), true),
            (Body::Status("a".into(), vec![]), Body::Status("b".into(), vec![]), true),
            (Body::Idle, Body::Noop, false),
            (Body::Noop, Body::Logout, false),
            (Body::StartTls, Body::Capability, false),
        ] {
            assert_eq!(may_follow(&next, &body), may, "{next:?} during {body:?}");
        }
    }
}
