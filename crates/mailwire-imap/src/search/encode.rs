use alloc::vec::Vec;

use super::Search;
use crate::{
    Flag, Octets,
    encoder::{EncodeError, Encoder},
};

impl Search {
    /// Whether there is text beyond ASCII, for which a charset has to be told.
    pub fn needs_charset(&self) -> bool {
        let mut keys = Vec::from([self]);
        while let Some(key) = keys.pop() {
            let needs = match key {
                Self::And(inner) => {
                    keys.extend(inner);
                    false
                }
                Self::Or(one, other) => {
                    keys.extend([&**one, &**other]);
                    false
                }
                Self::Not(inner) | Self::Fuzzy(inner) => {
                    keys.push(inner);
                    false
                }
                Self::Annotation(wanted) => wanted.value.as_ref().is_some_and(|value| !value.is_ascii()),
                Self::Header(name, text) => !name.is_ascii() || !text.is_ascii(),
                other => other.named_text().is_some_and(|(_, text)| !text.is_ascii()),
            };
            if needs {
                return true;
            }
        }
        false
    }

    /// Writes it without parentheses, as the program of a SEARCH.
    pub(crate) fn encode_program(&self, out: &mut Encoder) {
        match self.only_key() {
            Self::And(keys) if keys.is_empty() => out.raw(b"ALL").done(),
            Self::And(keys) => out.separated(keys, |out, key| key.encode(out, 0)).done(),
            key => key.encode(out, 0),
        }
    }

    /// A group of one key is that key.
    fn only_key(&self) -> &Self {
        let mut key = self;
        while let Self::And(keys) = key
            && let [only] = keys.as_slice()
        {
            key = only;
        }
        key
    }

    fn encode(&self, out: &mut Encoder, depth: usize) {
        if depth >= MAX_NESTING {
            return out.fail(EncodeError::TooDeep).done();
        }
        let key = self.only_key();
        if let Some(word) = key.bare_word() {
            return out.raw(word).done();
        }
        if let Some((word, text)) = key.named_text() {
            return out.raw(word).sp().astring(text).done();
        }
        match key {
            Self::And(keys) if keys.is_empty() => out.raw(b"ALL").done(),
            // As it is read: a group of one is that key.
            Self::And(keys) if keys.len() == 1 => keys.iter().for_each(|key| key.encode(out, depth + 1)),
            Self::And(keys) => out.list(keys, |out, key| key.encode(out, depth + 1)).done(),
            Self::Annotation(wanted) => wanted.encode(out.raw(b"ANNOTATION ")),
            Self::Before(date) => date.encode(out.raw(b"BEFORE ")),
            Self::Filter(name) => name.encode(out.raw(b"FILTER ")),
            Self::Fuzzy(key) => key.encode(out.raw(b"FUZZY "), depth + 1),
            Self::GmailMessageId(id) => out.raw(b"X-GM-MSGID ").number(*id).done(),
            Self::GmailThreadId(id) => out.raw(b"X-GM-THRID ").number(*id).done(),
            Self::Header(name, text) => out.raw(b"HEADER ").astring(name).sp().astring(text).done(),
            Self::Keyword(flag) => encode_keyword(flag, out.raw(b"KEYWORD ")),
            Self::Larger(octets) => out.raw(b"LARGER ").number(*octets).done(),
            Self::ModSeq(value) => out.raw(b"MODSEQ ").number(value.get()).done(),
            Self::Not(key) => key.encode(out.raw(b"NOT "), depth + 1),
            Self::Older(seconds) => out.raw(b"OLDER ").number(seconds.get().into()).done(),
            Self::On(date) => date.encode(out.raw(b"ON ")),
            Self::Or(one, other) => {
                one.encode(out.raw(b"OR "), depth + 1);
                other.encode(out.sp(), depth + 1);
            }
            Self::SavedBefore(date) => date.encode(out.raw(b"SAVEDBEFORE ")),
            Self::SavedOn(date) => date.encode(out.raw(b"SAVEDON ")),
            Self::SavedSince(date) => date.encode(out.raw(b"SAVEDSINCE ")),
            Self::SentBefore(date) => date.encode(out.raw(b"SENTBEFORE ")),
            Self::SentOn(date) => date.encode(out.raw(b"SENTON ")),
            Self::SentSince(date) => date.encode(out.raw(b"SENTSINCE ")),
            Self::Sequence(set) => set.encode(out),
            Self::Since(date) => date.encode(out.raw(b"SINCE ")),
            Self::Smaller(octets) => out.raw(b"SMALLER ").number(*octets).done(),
            Self::Uid(set) => set.encode(out.raw(b"UID ")),
            Self::Unkeyword(flag) => encode_keyword(flag, out.raw(b"UNKEYWORD ")),
            Self::Younger(seconds) => out.raw(b"YOUNGER ").number(seconds.get().into()).done(),
            _ => out.fail(EncodeError::EmptyList).done(),
        }
    }

    fn bare_word(&self) -> Option<&'static [u8]> {
        Some(match self {
            Self::All => b"ALL",
            Self::Answered => b"ANSWERED",
            Self::Deleted => b"DELETED",
            Self::Draft => b"DRAFT",
            Self::Flagged => b"FLAGGED",
            Self::New => b"NEW",
            Self::Old => b"OLD",
            Self::Recent => b"RECENT",
            Self::SaveDateSupported => b"SAVEDATESUPPORTED",
            Self::Saved => b"$",
            Self::Seen => b"SEEN",
            Self::Unanswered => b"UNANSWERED",
            Self::Undeleted => b"UNDELETED",
            Self::Undraft => b"UNDRAFT",
            Self::Unflagged => b"UNFLAGGED",
            Self::Unseen => b"UNSEEN",
            _ => return None,
        })
    }

    fn named_text(&self) -> Option<(&'static [u8], &Octets)> {
        Some(match self {
            Self::Bcc(text) => (b"BCC", text),
            Self::Body(text) => (b"BODY", text),
            Self::Cc(text) => (b"CC", text),
            Self::EmailId(text) => (b"EMAILID", text),
            Self::From(text) => (b"FROM", text),
            Self::GmailLabels(text) => (b"X-GM-LABELS", text),
            Self::GmailRaw(text) => (b"X-GM-RAW", text),
            Self::Subject(text) => (b"SUBJECT", text),
            Self::Text(text) => (b"TEXT", text),
            Self::ThreadId(text) => (b"THREADID", text),
            Self::To(text) => (b"TO", text),
            _ => return None,
        })
    }
}

/// As much as our own decoder reads by default.
const MAX_NESTING: usize = 100;

/// `flag-keyword = atom`
fn encode_keyword(flag: &Flag, out: &mut Encoder) {
    if flag.as_bytes().starts_with(b"\\") {
        out.fail(EncodeError::NotKeyword);
    }
    out.raw(flag.as_bytes());
}
