//! Whether an answer is about the messages that a command names.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use mailwire_imap::{
    SeqNum, Uid,
    command::Messages,
    fetch::{Fetch, Item, Message},
    response::Data,
};

use crate::Untagged;

/// Whether `message`, whose UID may be told beside, is among `messages` as far as that can be told.
///
/// `*` and what the last search saved are known to the server alone; a message without UID may be any.
pub(crate) fn may_name(messages: &Messages, message: Message, uid: Option<Uid>) -> bool {
    match (messages, message) {
        (Messages::Sequence(set), Message::Sequence(number)) => set.has_star() || set.contains(number),
        (Messages::Uid(set), _) => uid.is_none_or(|uid| set.has_star() || set.contains(uid)),
        _ => true,
    }
}

/// Whether a response that cannot be read tells something of a message that may be among these, by its front: `* 7 FETCH `.
pub(crate) fn may_be_fetch(messages: &Messages, octets: &[u8]) -> bool {
    let mut words = octets.splitn(4, |octet| *octet == b' ');
    let (Some(b"*"), Some(number), Some(word)) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let number = core::str::from_utf8(number).ok().and_then(|number| number.parse::<NonZeroU32>().ok());
    let Some(number) = number else {
        return false;
    };
    let (number, uid) = (SeqNum::from(number), Uid::from(number));
    match word.to_ascii_uppercase().as_slice() {
        b"FETCH" => may_name(messages, number.into(), None),
        b"UIDFETCH" => may_name(messages, uid.into(), Some(uid)),
        _ => false,
    }
}

/// What is given back of a response of which a part was taken: the rest, with what names the message.
pub(crate) fn left(message: Message, uid: Option<Uid>, mut items: Vec<Item>) -> Option<Untagged> {
    if items.is_empty() {
        return None;
    }
    if matches!(message, Message::Sequence(_)) {
        items.splice(0..0, uid.map(Item::Uid));
    }
    Some(Untagged::Data(Data::Fetch(Fetch { message, items })))
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn what_can_be_told() {
        let number = |value| Message::from(SeqNum::new(value).unwrap());
        let numbers = |set: &str| Messages::Sequence(set.parse().unwrap());
        let uids = |set: &str| Messages::Uid(set.parse().unwrap());
        for (messages, message, uid, expected) in [
            (numbers("1:3"), number(3), Some(9), true),
            (numbers("1:3"), number(4), Some(2), false),
            (numbers("9:*"), number(4), None, true),
            (uids("1:3"), number(9), Some(3), true),
            (uids("1:3"), number(2), Some(9), false),
            (uids("1:3"), number(9), None, true),
            (uids("9:*"), number(2), Some(2), true),
            (Messages::Saved { is_uid: false }, number(2), None, true),
        ] {
            assert_eq!(may_name(&messages, message, uid.and_then(Uid::new)), expected, "{messages:?}");
        }
    }

    #[test]
    fn by_the_front() {
        let numbers = Messages::Sequence("3:5".parse().unwrap());
        let uids = Messages::Uid("3:5".parse().unwrap());
        for (messages, octets, expected) in [
            (&numbers, "* 3 FETCH (", true),
            (&numbers, "* 6 FETCH (FLAGS", false),
            (&uids, "* 6 fetch", true),
            (&uids, "* 6 UIDFETCH (", false),
            (&uids, "* 5 UIDFETCH (", true),
            (&uids, "* 5 EXPUNGE", false),
            (&uids, "* FETCH 5", false),
            (&uids, "* 0 FETCH (", false),
            (&uids, "a 5 FETCH (", false),
            (&uids, "*", false),
        ] {
            assert_eq!(may_be_fetch(messages, octets.as_bytes()), expected, "{octets}");
        }
    }
}
