//! What is told of one message, and where it stands among the others.

use alloc::{collections::VecDeque, vec::Vec};

use crate::codec::{
    ModSeq, Octets, ParseError, SeqNum, Uid,
    fetch::{Content, Fetch, Item, Message},
};

/// What is told of one message.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Row<T> {
    /// Its place in the mailbox when this was told; absent if UIDONLY is enabled.
    pub seq: Option<SeqNum>,
    /// Its UID, which is always asked for.
    pub uid: Option<Uid>,
    /// Its modification sequence, if that was asked for, or told unasked because CONDSTORE is enabled.
    pub mod_seq: Option<ModSeq>,
    /// What was asked for.
    pub items: T,
    /// What was told and cannot be had; the others of the message are not harmed.
    pub invalid: Vec<Invalid>,
}

/// An item that cannot be had.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Invalid {
    /// The octets of this one were not kept: there are more than [`Fetch::longest`](super::Fetch::longest). Fetch it by
    /// [`FetchBody`](crate::command::FetchBody).
    TooLong(Item),
    /// This one cannot be read.
    Unreadable {
        /// All its octets.
        octets: Octets,
        /// Why.
        error: ParseError,
    },
}

impl<T> Row<T> {
    /// The same with other items.
    pub fn map<U>(self, items: impl FnOnce(T) -> U) -> Row<U> {
        let Self { seq, uid, mod_seq, invalid, .. } = self;
        Row { seq, uid, mod_seq, items: items(self.items), invalid }
    }

    /// One of which nothing is told yet.
    pub(super) fn new(message: Message, uid: Option<Uid>) -> Self
    where
        T: Default,
    {
        Self { seq: number(message), uid, mod_seq: None, items: T::default(), invalid: Vec::new() }
    }

    /// Tells one more, unless there are many already: a server could send them without end.
    pub(super) fn push_invalid(&mut self, invalid: Invalid) {
        if self.invalid.len() < MOST_INVALID {
            self.invalid.push(invalid);
        }
    }

    fn is_of(&self, seq: Option<SeqNum>, uid: Option<Uid>) -> bool {
        match (self.uid, uid) {
            (Some(one), Some(other)) => one == other,
            _ => self.seq.is_some() && self.seq == seq,
        }
    }
}

/// The row of a message among those that nobody has taken.
///
/// Servers go through a mailbox from its first to its last message, so it is the last row, or found by halving. For one that
/// does not, the last rows are looked through, and no more than that: there may be a million.
pub(super) fn find<T>(
    rows: &mut VecDeque<Row<T>>,
    message: Message,
    uid: Option<Uid>,
) -> Option<&mut Row<T>> {
    let seq = number(message);
    let last = rows.back()?;
    let place = if last.is_of(seq, uid) {
        rows.len() - 1
    } else if uid.is_some() && last.uid.is_some() {
        if uid > last.uid {
            return None;
        }
        rows.partition_point(|row| row.uid < uid)
    } else {
        if seq > last.seq {
            return None;
        }
        rows.partition_point(|row| row.seq < seq)
    };
    let place = match rows.get(place) {
        Some(row) if row.is_of(seq, uid) => place,
        _ => {
            let from_end = rows.iter().rev().take(LOOKED_THROUGH).position(|row| row.is_of(seq, uid))?;
            rows.len() - 1 - from_end
        }
    };
    rows.get_mut(place)
}

/// Puts what a response tells into the row of its message, which is a new one if there is none.
pub(crate) fn place<T: Default>(rows: &mut VecDeque<Row<T>>, fetch: &Fetch, fill: impl FnOnce(&mut Row<T>)) {
    let (message, uid) = (fetch.message, fetch.uid());
    if let Some(row) = find(rows, message, uid) {
        return fill(row);
    }
    let mut row = Row::new(message, uid);
    fill(&mut row);
    rows.push_back(row);
}

fn number(message: Message) -> Option<SeqNum> {
    if let Message::Sequence(seq) = message { Some(seq) } else { None }
}

/// The octets of a message that an item holds.
pub(super) fn content(item: &Item) -> Option<&Content> {
    match item {
        Item::Binary(binary) => Some(&binary.content),
        Item::Body(body) => Some(&body.content),
        Item::Rfc822(content) | Item::Rfc822Header(content) | Item::Rfc822Text(content) => Some(content),
        _ => None,
    }
}

/// The same, to be put in.
pub(super) fn content_mut(item: &mut Item) -> Option<&mut Content> {
    match item {
        Item::Binary(binary) => Some(&mut binary.content),
        Item::Body(body) => Some(&mut body.content),
        Item::Rfc822(content) | Item::Rfc822Header(content) | Item::Rfc822Text(content) => Some(content),
        _ => None,
    }
}

/// How many bad items of one message are told.
const MOST_INVALID: usize = 100;

/// How many rows are looked through for a message of a server that goes through them in no order.
const LOOKED_THROUGH: usize = 64;
