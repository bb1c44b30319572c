use alloc::vec::Vec;

use mailwire_imap::Number;

use super::{Forest, Message};

/// Threads of the messages with the same base subject: `ORDEREDSUBJECT`
/// ([RFC 5256 section 3](https://www.rfc-editor.org/rfc/rfc5256#section-3)). The messages are given in the order of the
/// mailbox.
pub fn by_ordered_subject<N: Number>(messages: &[Message<N>]) -> Forest<N> {
    let mut sorted: Vec<&Message<N>> = messages.iter().collect();
    // A stable sort: messages that were sent in the same second stay in the order of the mailbox.
    sorted.sort_by(|one, other| (&one.subject, one.sent).cmp(&(&other.subject, other.sent)));
    let mut threads: Vec<&[&Message<N>]> =
        sorted.chunk_by(|one, other| one.subject == other.subject).collect();
    threads.sort_by_key(|thread| thread.first().map(|first| (first.sent, first.number)));
    let mut forest = Forest::default();
    for thread in threads {
        let mut root = None;
        for message in thread {
            let place = forest.push(Some(message.number), root);
            root.get_or_insert(place);
        }
    }
    forest
}
