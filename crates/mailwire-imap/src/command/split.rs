use alloc::{vec, vec::Vec};

use super::{Body, Messages, Return};
use crate::{
    Search, Uid, UidSet,
    encoder::{Abilities, Encoder, Part},
};

impl Body {
    /// The same as several commands, if its UIDs make the line longer than `octets`: servers have bounds from 1,000 octets
    /// on. Tag, space and line end count with 32 octets; a range that is too long by itself has its command all the same.
    ///
    /// UIDs mean the same in each piece. Sequence numbers would not, if messages are expunged in between, and a part of the
    /// result (`PARTIAL`) cannot be told from parts of it; such commands stay whole, as do those without messages. Of a
    /// SEARCH it is the UIDs that all messages have to be among that are taken apart; what was found by the pieces is put
    /// together by whoever sends them.
    ///
    /// ```
    /// use mailwire_imap::{Uid, UidSet, command::{Body, Messages}};
    ///
    /// let uids: UidSet = (1..10_000).step_by(2).filter_map(Uid::new).collect();
    /// let pieces = Body::Move(Messages::Uid(uids), "Archive".into()).split_to(1000);
    /// assert_eq!(pieces.len(), 26);
    /// ```
    #[must_use]
    pub fn split_to(&self, octets: usize) -> Vec<Self> {
        let mut whole = self.clone();
        let Some(uids) = whole.uids().map(core::mem::take) else { return vec![whole] };
        if let Some(place) = whole.uids() {
            *place = Uid::new(1).into_iter().collect();
        }
        let left = octets.saturating_sub(MAX_TAG).saturating_sub(whole.written());
        let pieces = uids.split_to(left.max(1));
        let with = |uids: UidSet| {
            let mut piece = whole.clone();
            if let Some(place) = piece.uids() {
                *place = uids;
            }
            piece
        };
        if pieces.is_empty() { vec![with(uids)] } else { pieces.into_iter().map(with).collect() }
    }

    /// The UIDs that can be taken apart.
    fn uids(&mut self) -> Option<&mut UidSet> {
        let messages = match self {
            Self::Convert(convert) => &mut convert.messages,
            Self::Copy(messages, _) | Self::Expunge(Some(messages)) | Self::Move(messages, _) => messages,
            Self::Fetch(fetch) if fetch.partial.is_none() => &mut fetch.messages,
            Self::Search(search) if can_be_put_together(search.returns.as_deref()) => {
                return required_uids(&mut search.search);
            }
            Self::Store(store) => &mut store.messages,
            _ => return None,
        };
        if let Messages::Uid(uids) = messages { Some(uids) } else { None }
    }

    /// How many octets it takes, literals included.
    fn written(&self) -> usize {
        let mut out = Encoder::client(Abilities::default());
        self.encode(&mut out);
        let octets = |part: &Part| if let Part::Octets(octets) = part { octets.len() } else { 0 };
        out.finish().map(|parts| parts.iter().map(octets).sum()).unwrap_or_default()
    }
}

/// Whether the result of a search follows from those of pieces of it.
fn can_be_put_together(returns: Option<&[Return]>) -> bool {
    let can = |one: &Return| matches!(one, Return::All | Return::Count | Return::Max | Return::Min);
    returns.is_none_or(|returns| returns.iter().all(can))
}

/// The UIDs among which all that is found has to be.
fn required_uids(search: &mut Search) -> Option<&mut UidSet> {
    match search {
        Search::Uid(uids) => Some(uids),
        Search::And(keys) => {
            keys.iter_mut().find_map(|key| if let Search::Uid(uids) = key { Some(uids) } else { None })
        }
        _ => None,
    }
}

/// A tag, a space and a line end.
const MAX_TAG: usize = 32;

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString as _};

    use super::*;
    use crate::{
        Command, Mailbox, Tag,
        command::{Fetch, SearchCommand},
        fetch_attribute::Attribute,
    };

    fn lines(body: &Body, octets: usize) -> Vec<(usize, Body)> {
        let sent = |body: Body| {
            let mut out = Encoder::client(Abilities::default());
            let command = Command { tag: Tag::new("abcdefgh12345678").unwrap(), body };
            command.encode(&mut out);
            let parts = out.finish().unwrap();
            let [Part::Octets(line)] = parts.as_slice() else { panic!() };
            (line.len(), command.body)
        };
        body.split_to(octets).into_iter().map(sent).collect()
    }

    #[test]
    fn each_line_is_within_the_limit_and_nothing_is_lost() {
        let odd: UidSet = (1..20_000).step_by(2).filter_map(Uid::new).collect();
        let open: UidSet = format!("{odd},30000:*").parse().unwrap();
        for uids in [odd, open] {
            let messages = || Messages::Uid(uids.clone());
            for body in [
                Body::Copy(messages(), Mailbox::new("Archive")),
                Body::Move(messages(), Mailbox::new("Entwürfe & mehr")),
                Body::Expunge(Some(messages())),
                Body::Fetch(Fetch::new(messages(), Attribute::full())),
                Body::Search(SearchCommand::uid(Search::uids(uids.clone()))),
                Body::Search(SearchCommand::uid(Search::unseen().and(Search::uids(uids.clone())))),
                Body::Search(SearchCommand::uid(Search::uids(uids.clone())).returning([Return::Count])),
            ] {
                for limit in [200, 1000, 8000, 16 * 1024] {
                    let pieces = lines(&body, limit);
                    assert!(pieces.iter().all(|(length, _)| *length <= limit), "{limit} {pieces:?}");
                    assert!(pieces.len() < 100_000 / limit * 3, "no piece is needlessly short");
                    let all = pieces
                        .into_iter()
                        .fold(UidSet::new(), |all, (_, mut piece)| all.union(piece.uids().unwrap()));
                    assert_eq!(all, uids);
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_split_stays_whole() {
        let numbers: crate::SequenceSet = (1..5000).step_by(2).filter_map(crate::SeqNum::new).collect();
        let uids: UidSet = numbers.to_string().parse().unwrap();
        let mut partial = Fetch::new(Messages::Uid(uids.clone()), Attribute::fast());
        partial.partial = "1:100".parse().ok();
        assert!(partial.partial.is_some());
        for body in [
            Body::Move(Messages::Sequence(numbers), Mailbox::INBOX),
            Body::Move(Messages::Saved { is_uid: true }, Mailbox::INBOX),
            Body::Fetch(partial),
            // Not all that is found has to be among these, or the results cannot be put together.
            Body::Search(SearchCommand::uid(!Search::uids(uids.clone()))),
            Body::Search(SearchCommand::uid(Search::uids(uids.clone()) | Search::seen())),
            Body::Search(SearchCommand::uid(Search::uids(uids.clone())).returning([Return::Save])),
            Body::Search(SearchCommand::uid(Search::seen())),
            Body::Expunge(None),
            Body::Noop,
            Body::Copy(Messages::Uid(UidSet::new()), Mailbox::INBOX),
        ] {
            assert_eq!(body.split_to(100), [body]);
        }
        // A range that is too long by itself is sent.
        let one = Body::Copy(Messages::Uid("1:4294967295,7".parse().unwrap()), Mailbox::INBOX);
        assert_eq!(one.split_to(0).len(), 1);
    }
}
