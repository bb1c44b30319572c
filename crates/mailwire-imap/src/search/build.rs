//! Search keys as sentences.

use alloc::{boxed::Box, vec::Vec};
use core::{
    num::NonZeroU32,
    ops::{BitAnd, BitOr, Not},
    time::Duration,
};

use super::Search;
use crate::{Flag, ModSeq, Octets, SequenceSet, UidSet, annotation, date::Date, filter::FilterName};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident $variant:ident,)*) => {
        $(
            $(#[$doc])*
            pub const fn $name() -> Self {
                Self::$variant
            }
        )*
    };
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident $variant:ident,)*) => {
        $(
            $(#[$doc])*
            pub fn $name(text: impl AsRef<[u8]>) -> Self {
                Self::$variant(Octets::copy_from_slice(text.as_ref()))
            }
        )*
    };
}

macro_rules! narrower {
    ($($(#[$doc:meta])* $name:ident $variant:ident $kind:ty,)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(self, value: $kind) -> Self {
                self.and(Self::$variant(value))
            }
        )*
    };
}

/// Whole sentences start with these.
impl Search {
    words! {
        /// Every message.
        all All,
        /// Messages with `\Answered`.
        answered Answered,
        /// Messages with `\Deleted`.
        deleted Deleted,
        /// Messages with `\Draft`.
        draft Draft,
        /// Messages with `\Flagged`.
        flagged Flagged,
        /// Messages without `\Recent`; of IMAP4rev1.
        old Old,
        /// Messages with `\Recent`; of IMAP4rev1.
        recent Recent,
        /// Messages that the last search saved: `$` ([RFC 5182](https://www.rfc-editor.org/rfc/rfc5182)).
        saved Saved,
        /// Messages with `\Seen`.
        seen Seen,
        /// Messages without `\Answered`.
        unanswered Unanswered,
        /// Messages without `\Deleted`.
        undeleted Undeleted,
        /// Messages without `\Draft`.
        undraft Undraft,
        /// Messages without `\Flagged`.
        unflagged Unflagged,
        /// Messages without `\Seen`.
        unseen Unseen,
    }

    texts! {
        /// Messages with this in `Bcc`.
        bcc Bcc,
        /// Messages with this in the body.
        body Body,
        /// Messages with this in `Cc`.
        cc Cc,
        /// The message with this identifier ([RFC 8474](https://www.rfc-editor.org/rfc/rfc8474)).
        email_id EmailId,
        /// Messages with this in `From`.
        from From,
        /// Messages with this label, at Gmail.
        gmail_label GmailLabels,
        /// Messages that Gmail finds: `has:attachment in:unread`.
        gmail_raw GmailRaw,
        /// Messages with this in `Subject`.
        subject Subject,
        /// Messages with this anywhere.
        text Text,
        /// Messages of the thread with this identifier ([RFC 8474](https://www.rfc-editor.org/rfc/rfc8474)).
        thread_id ThreadId,
        /// Messages with this in `To`.
        to To,
    }

    /// Messages with this in a header field of this name; with an empty text, all that have such a field.
    pub fn header(name: impl AsRef<[u8]>, text: impl AsRef<[u8]>) -> Self {
        Self::Header(Octets::copy_from_slice(name.as_ref()), Octets::copy_from_slice(text.as_ref()))
    }

    /// Messages with an annotation of this entry, in whose name `%` and `*` are wildcards, that has this text in one of its
    /// values; nothing for those that have no such value (RFC 5257).
    pub fn annotation(
        entry: impl AsRef<[u8]>,
        attribute: annotation::Attribute,
        text: Option<&[u8]>,
    ) -> Self {
        let entry = Octets::copy_from_slice(entry.as_ref());
        let value = text.map(Octets::copy_from_slice);
        Self::Annotation(Box::new(annotation::Wanted { entry, attribute, value }))
    }

    /// Messages with this keyword.
    pub const fn keyword(keyword: Flag) -> Self {
        Self::Keyword(keyword)
    }

    /// Messages without this keyword.
    pub const fn unkeyword(keyword: Flag) -> Self {
        Self::Unkeyword(keyword)
    }

    /// Messages with these UIDs.
    pub fn uids(uids: impl Into<UidSet>) -> Self {
        Self::Uid(uids.into())
    }

    /// Messages at these places.
    pub fn sequence(numbers: impl Into<SequenceSet>) -> Self {
        Self::Sequence(numbers.into())
    }

    /// Messages that have changed since, with this modification sequence or a higher one
    /// ([RFC 7162](https://www.rfc-editor.org/rfc/rfc7162)).
    pub const fn mod_seq(value: ModSeq) -> Self {
        Self::ModSeq(value)
    }

    /// What a filter on the server finds ([RFC 5466](https://www.rfc-editor.org/rfc/rfc5466)).
    pub const fn filter(name: FilterName) -> Self {
        Self::Filter(name)
    }

    /// Messages that arrived within this time before now, in whole seconds
    /// ([RFC 5032](https://www.rfc-editor.org/rfc/rfc5032)).
    pub fn in_last(time: Duration) -> Self {
        Self::Younger(seconds(time))
    }

    /// Messages that arrived before that, in whole seconds ([RFC 5032](https://www.rfc-editor.org/rfc/rfc5032)).
    pub fn before_last(time: Duration) -> Self {
        Self::Older(seconds(time))
    }

    /// What any of these finds; nothing if there are none.
    ///
    /// `OR` takes two keys: of many it makes a tree that is as low as can be.
    pub fn any(keys: impl IntoIterator<Item = Self>) -> Self {
        let mut keys: Vec<Self> = keys.into_iter().collect();
        while keys.len() > 2 {
            keys = halved(keys);
        }
        let last = keys.pop();
        match (keys.pop(), last) {
            (Some(one), Some(other)) => one.or(other),
            (None, Some(one)) => one,
            _ => Self::Not(Box::new(Self::All)),
        }
    }

    /// What all of these find; everything if there are none.
    pub fn all_of(keys: impl IntoIterator<Item = Self>) -> Self {
        keys.into_iter().fold(Self::All, Self::and)
    }
}

/// Neighbours as pairs, from the end.
fn halved(mut keys: Vec<Search>) -> Vec<Search> {
    let mut pairs = Vec::with_capacity(keys.len().div_ceil(2));
    while let Some(other) = keys.pop() {
        pairs.push(match keys.pop() {
            Some(one) => one.or(other),
            None => other,
        });
    }
    pairs.reverse();
    pairs
}

/// They go on with these.
impl Search {
    /// What both find.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut keys = match self {
            Self::All => return other,
            Self::And(keys) => keys,
            one => Vec::from([one]),
        };
        match other {
            Self::All => {}
            Self::And(others) => keys.extend(others),
            other => keys.push(other),
        }
        match keys.len() {
            1 => keys.pop().unwrap_or(Self::All),
            _ => Self::And(keys),
        }
    }

    /// What one of both finds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::Or(Box::new(self), Box::new(other))
    }

    /// What this does not find, as `!` does.
    #[allow(clippy::should_implement_trait, reason = "it is implemented, and nobody has to import it")]
    #[must_use]
    pub fn not(self) -> Self {
        match self {
            Self::Not(key) => *key,
            key => Self::Not(Box::new(key)),
        }
    }

    /// The same, with matches that are not exact ([RFC 6203](https://www.rfc-editor.org/rfc/rfc6203)).
    #[must_use]
    pub fn fuzzy(self) -> Self {
        Self::Fuzzy(Box::new(self))
    }

    narrower! {
        /// Those of them that arrived before this day.
        before Before Date,
        /// Those of them that are larger than this many octets.
        larger Larger u64,
        /// Those of them that arrived on this day.
        on On Date,
        /// Those of them that came into the mailbox before this day ([RFC 8514](https://www.rfc-editor.org/rfc/rfc8514)).
        saved_before SavedBefore Date,
        /// Those of them that came into the mailbox on this day ([RFC 8514](https://www.rfc-editor.org/rfc/rfc8514)).
        saved_on SavedOn Date,
        /// Those of them that came into the mailbox on this day or later
        /// ([RFC 8514](https://www.rfc-editor.org/rfc/rfc8514)).
        saved_since SavedSince Date,
        /// Those of them whose `Date` is before this day.
        sent_before SentBefore Date,
        /// Those of them whose `Date` is this day.
        sent_on SentOn Date,
        /// Those of them whose `Date` is this day or later.
        sent_since SentSince Date,
        /// Those of them that arrived on this day or later.
        since Since Date,
        /// Those of them that are smaller than this many octets.
        smaller Smaller u64,
    }
}

/// Whole seconds, at least one; more than the wire can say becomes the most that it can.
fn seconds(time: Duration) -> NonZeroU32 {
    let whole = time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0));
    NonZeroU32::new(u32::try_from(whole).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN)
}

impl Not for Search {
    type Output = Self;

    fn not(self) -> Self {
        Self::not(self)
    }
}

impl BitAnd for Search {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

impl BitOr for Search {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

#[cfg(test)]
mod tests;
