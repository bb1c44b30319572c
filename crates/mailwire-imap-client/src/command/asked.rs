//! Whether an answer is about the messages that a command names.

use mailwire_imap::{Uid, command::Messages, fetch::Message};

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

#[cfg(test)]
mod tests {
    use mailwire_imap::SeqNum;

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
}
