//! Search keys: which messages SEARCH looks for.

use alloc::{boxed::Box, vec::Vec};

use crate::{
    Flag, ModSeq, Octets, SequenceSet, UidSet, annotation,
    date::{Date, date},
    encoder::{EncodeError, Encoder},
    flag::flag,
    grammar::{astring, close, digits, is_closing, loose_spaces, nstring, number, open, sp, word},
    input::{Input, Parsed},
    set::sequence_set,
};

/// `search-key` ([RFC 9051 section 6.4.4](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.4)) and those of the extensions,
/// also as a sentence:
///
/// ```
/// use mailwire_imap::{date::Date, search::Search};
///
/// let date = Date::new(2026, 11, 1).unwrap();
/// let search = Search::unseen().and(Search::from("ann")).since(date).and(!Search::Flagged);
/// assert_eq!(search.to_string(), "UNSEEN FROM ann SINCE 1-Nov-2026 NOT FLAGGED");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Search {
    /// Every message.
    All,
    /// What all of these find.
    And(Vec<Search>),
    /// `ANNOTATION` (RFC 5257)
    Annotation {
        /// The name of the entry, in which `%` and `*` are wildcards.
        entry: Octets,
        /// One of its values.
        attribute: annotation::Attribute,
        /// What is in it; nothing if there is no value.
        value: Option<Octets>,
    },
    /// `ANSWERED`
    Answered,
    /// `BCC`
    Bcc(Octets),
    /// `BEFORE`, by the date of arrival
    Before(Date),
    /// `BODY`
    Body(Octets),
    /// `CC`
    Cc(Octets),
    /// `DELETED`
    Deleted,
    /// `DRAFT`
    Draft,
    /// `EMAILID` (RFC 8474)
    EmailId(Octets),
    /// `FILTER` (RFC 5466)
    Filter(Octets),
    /// `FLAGGED`
    Flagged,
    /// `FROM`
    From(Octets),
    /// `FUZZY` (RFC 6203)
    Fuzzy(Box<Search>),
    /// `X-GM-LABELS`, of Gmail
    GmailLabels(Octets),
    /// `X-GM-MSGID`, of Gmail
    GmailMessageId(u64),
    /// `X-GM-RAW`, of Gmail
    GmailRaw(Octets),
    /// `X-GM-THRID`, of Gmail
    GmailThreadId(u64),
    /// `HEADER`: a field of this name with this in it
    Header(Octets, Octets),
    /// `KEYWORD`
    Keyword(Flag),
    /// `LARGER`, in octets
    Larger(u64),
    /// `MODSEQ` (RFC 7162): not below this
    ModSeq(ModSeq),
    /// `NEW`, of IMAP4rev1
    New,
    /// What the other does not find.
    Not(Box<Search>),
    /// `OLD`, of IMAP4rev1
    Old,
    /// `OLDER` (RFC 5032), in seconds
    Older(u32),
    /// `ON`, by the date of arrival
    On(Date),
    /// What one of the two finds.
    Or(Box<Search>, Box<Search>),
    /// `RECENT`, of IMAP4rev1
    Recent,
    /// `SAVEDATESUPPORTED` (RFC 8514)
    SaveDateSupported,
    /// `$`: what the last search saved
    Saved,
    /// `SAVEDBEFORE` (RFC 8514)
    SavedBefore(Date),
    /// `SAVEDON` (RFC 8514)
    SavedOn(Date),
    /// `SAVEDSINCE` (RFC 8514)
    SavedSince(Date),
    /// `SEEN`
    Seen,
    /// `SENTBEFORE`, by the `Date` field
    SentBefore(Date),
    /// `SENTON`, by the `Date` field
    SentOn(Date),
    /// `SENTSINCE`, by the `Date` field
    SentSince(Date),
    /// These sequence numbers.
    Sequence(SequenceSet),
    /// `SINCE`, by the date of arrival
    Since(Date),
    /// `SMALLER`, in octets
    Smaller(u64),
    /// `SUBJECT`
    Subject(Octets),
    /// `TEXT`: in the header or the body
    Text(Octets),
    /// `THREADID` (RFC 8474)
    ThreadId(Octets),
    /// `TO`
    To(Octets),
    /// These UIDs.
    Uid(UidSet),
    /// `UNANSWERED`
    Unanswered,
    /// `UNDELETED`
    Undeleted,
    /// `UNDRAFT`
    Undraft,
    /// `UNFLAGGED`
    Unflagged,
    /// `UNKEYWORD`
    Unkeyword(Flag),
    /// `UNSEEN`
    Unseen,
    /// `YOUNGER` (RFC 5032), in seconds
    Younger(u32),
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

impl Search {
    texts! {
        /// Messages with this in `Bcc`.
        bcc Bcc,
        /// Messages with this in the body.
        body Body,
        /// Messages with this in `Cc`.
        cc Cc,
        /// Messages with this in `From`.
        from From,
        /// Messages with this in `Subject`.
        subject Subject,
        /// Messages with this anywhere.
        text Text,
        /// Messages with this in `To`.
        to To,
    }

    /// Every message.
    pub const fn all() -> Self {
        Self::All
    }

    /// Messages without `\Seen`.
    pub const fn unseen() -> Self {
        Self::Unseen
    }

    /// Messages with this in a header field of this name.
    pub fn header(name: impl AsRef<[u8]>, text: impl AsRef<[u8]>) -> Self {
        Self::Header(Octets::copy_from_slice(name.as_ref()), Octets::copy_from_slice(text.as_ref()))
    }

    /// What both find.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut keys = match self {
            Self::And(keys) => keys,
            one => Vec::from([one]),
        };
        match other {
            Self::And(others) => keys.extend(others),
            other => keys.push(other),
        }
        Self::And(keys)
    }

    /// What one of both finds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::Or(Box::new(self), Box::new(other))
    }

    /// Those of them that arrived on this day or later.
    #[must_use]
    pub fn since(self, date: Date) -> Self {
        self.and(Self::Since(date))
    }

    /// Those of them that arrived before this day.
    #[must_use]
    pub fn before(self, date: Date) -> Self {
        self.and(Self::Before(date))
    }

    /// Whether there is text beyond ASCII, for which a charset has to be told.
    pub fn needs_charset(&self) -> bool {
        match self {
            Self::And(keys) => keys.iter().any(Self::needs_charset),
            Self::Or(one, other) => one.needs_charset() || other.needs_charset(),
            Self::Not(key) | Self::Fuzzy(key) => key.needs_charset(),
            Self::Annotation { value, .. } => value.as_ref().is_some_and(|value| !value.is_ascii()),
            Self::Header(name, text) => !name.is_ascii() || !text.is_ascii(),
            other => other.named_text().is_some_and(|(_, text)| !text.is_ascii()),
        }
    }

    /// Writes it without parentheses, as the program of a SEARCH.
    pub(crate) fn encode_program(&self, out: &mut Encoder) {
        match self {
            Self::And(keys) if keys.is_empty() => out.raw(b"ALL").done(),
            Self::And(keys) => out.separated(keys, |out, key| key.encode(out)).done(),
            key => key.encode(out),
        }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        if let Some(word) = self.bare_word() {
            return out.raw(word).done();
        }
        if let Some((word, text)) = self.named_text() {
            return out.raw(word).sp().astring(text).done();
        }
        match self {
            Self::And(keys) if keys.is_empty() => out.raw(b"ALL").done(),
            Self::And(keys) => out.list(keys, |out, key| key.encode(out)).done(),
            Self::Annotation { entry, attribute, value } => {
                annotation::encode_pattern(entry, out.raw(b"ANNOTATION "));
                attribute.encode(out.sp());
                out.sp().nstring(value.as_deref());
            }
            Self::Before(date) => date.encode(out.raw(b"BEFORE ")),
            Self::Fuzzy(key) => key.encode(out.raw(b"FUZZY ")),
            Self::GmailMessageId(id) => out.raw(b"X-GM-MSGID ").number(*id).done(),
            Self::GmailThreadId(id) => out.raw(b"X-GM-THRID ").number(*id).done(),
            Self::Header(name, text) => out.raw(b"HEADER ").astring(name).sp().astring(text).done(),
            Self::Keyword(flag) => out.raw(b"KEYWORD ").raw(flag.as_bytes()).done(),
            Self::Larger(octets) => out.raw(b"LARGER ").number(*octets).done(),
            Self::ModSeq(value) => out.raw(b"MODSEQ ").number(value.get()).done(),
            Self::Not(key) => key.encode(out.raw(b"NOT ")),
            Self::Older(seconds) => out.raw(b"OLDER ").number((*seconds).into()).done(),
            Self::On(date) => date.encode(out.raw(b"ON ")),
            Self::Or(one, other) => {
                one.encode(out.raw(b"OR "));
                other.encode(out.sp());
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
            Self::Unkeyword(flag) => out.raw(b"UNKEYWORD ").raw(flag.as_bytes()).done(),
            Self::Younger(seconds) => out.raw(b"YOUNGER ").number((*seconds).into()).done(),
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
            Self::Filter(text) => (b"FILTER", text),
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

impl core::ops::Not for Search {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Not(key) => *key,
            key => Self::Not(Box::new(key)),
        }
    }
}

impl core::fmt::Display for Search {
    /// As on the wire, for a log.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut out = Encoder::client(crate::encoder::Abilities::all());
        self.encode_program(&mut out);
        for part in out.finish().unwrap_or_default() {
            if let crate::encoder::Part::Octets(octets) = part {
                write!(f, "{}", alloc::string::String::from_utf8_lossy(&octets).escape_debug())?;
            }
        }
        Ok(())
    }
}

/// `search-key *(SP search-key)`, to the end.
pub(crate) fn program(input: Input<'_>) -> Parsed<'_, Search> {
    let (mut input, first) = key(input, 0)?;
    if loose_spaces(input).is_empty() {
        return Ok((input, first));
    }
    let mut keys = Vec::from([first]);
    while !loose_spaces(input).is_empty() {
        let (rest, key) = key(sp(input)?.0, 0)?;
        keys.push(key);
        input = rest;
    }
    Ok((input, Search::And(keys)))
}

/// `search-key`
fn key(input: Input<'_>, depth: usize) -> Parsed<'_, Search> {
    if depth >= input.context.limits.nesting {
        return input.expected("search-key nested within the limit");
    }
    match input.first() {
        Some(b'(') => return group(input, depth),
        Some(b'$') => return Ok((input.skip(1), Search::Saved)),
        Some(b'0'..=b'9' | b'*') => {
            return sequence_set(input).map(|(rest, set)| (rest, Search::Sequence(set)));
        }
        _ => {}
    }
    let (rest, name) = word(input)?;
    if let Some(key) = bare(name.as_bytes()) {
        return Ok((rest, key));
    }
    let after = sp(rest)?.0;
    let text = |make: fn(Octets) -> Search| astring(after).map(|(rest, text)| (rest, make(text)));
    let day = |make: fn(Date) -> Search| date(after).map(|(rest, date)| (rest, make(date)));
    let large = |make: fn(u64) -> Search| digits(after).map(|(rest, number)| (rest, make(number)));
    match name.as_bytes() {
        b"ANNOTATION" => {
            let (rest, entry) = annotation::pattern(after)?;
            let (rest, attribute) = annotation::att_search(sp(rest)?.0)?;
            let (rest, value) = nstring(sp(rest)?.0)?;
            Ok((rest, Search::Annotation { entry, attribute, value }))
        }
        b"BCC" => text(Search::Bcc),
        b"BEFORE" => day(Search::Before),
        b"BODY" => text(Search::Body),
        b"CC" => text(Search::Cc),
        b"EMAILID" => text(Search::EmailId),
        b"FILTER" => text(Search::Filter),
        b"FROM" => text(Search::From),
        b"FUZZY" => key(after, depth + 1).map(|(rest, key)| (rest, Search::Fuzzy(Box::new(key)))),
        b"HEADER" => {
            let (rest, name) = astring(after)?;
            let (rest, text) = astring(sp(rest)?.0)?;
            Ok((rest, Search::Header(name, text)))
        }
        b"KEYWORD" => keyword(after).map(|(rest, flag)| (rest, Search::Keyword(flag))),
        b"LARGER" => large(Search::Larger),
        b"MODSEQ" => mod_seq(after),
        b"NOT" => key(after, depth + 1).map(|(rest, key)| (rest, Search::Not(Box::new(key)))),
        b"OLDER" => number(after).map(|(rest, seconds)| (rest, Search::Older(seconds))),
        b"ON" => day(Search::On),
        b"OR" => {
            let (rest, one) = key(after, depth + 1)?;
            let (rest, other) = key(sp(rest)?.0, depth + 1)?;
            Ok((rest, Search::Or(Box::new(one), Box::new(other))))
        }
        b"SAVEDBEFORE" => day(Search::SavedBefore),
        b"SAVEDON" => day(Search::SavedOn),
        b"SAVEDSINCE" => day(Search::SavedSince),
        b"SENTBEFORE" => day(Search::SentBefore),
        b"SENTON" => day(Search::SentOn),
        b"SENTSINCE" => day(Search::SentSince),
        b"SINCE" => day(Search::Since),
        b"SMALLER" => large(Search::Smaller),
        b"SUBJECT" => text(Search::Subject),
        b"TEXT" => text(Search::Text),
        b"THREADID" => text(Search::ThreadId),
        b"TO" => text(Search::To),
        b"UID" if after.first() == Some(b'$') => Ok((after.skip(1), Search::Saved)),
        b"UID" => sequence_set(after).map(|(rest, set)| (rest, Search::Uid(set))),
        b"UNKEYWORD" => keyword(after).map(|(rest, flag)| (rest, Search::Unkeyword(flag))),
        b"X-GM-LABELS" => text(Search::GmailLabels),
        b"X-GM-MSGID" => large(Search::GmailMessageId),
        b"X-GM-RAW" => text(Search::GmailRaw),
        b"X-GM-THRID" => large(Search::GmailThreadId),
        b"YOUNGER" => number(after).map(|(rest, seconds)| (rest, Search::Younger(seconds))),
        _ => input.expected("search-key"),
    }
}

/// `"(" search-key *(SP search-key) ")"`
fn group(input: Input<'_>, depth: usize) -> Parsed<'_, Search> {
    let (input, ()) = open(input)?;
    let (mut input, first) = key(loose_spaces(input), depth + 1)?;
    if is_closing(input) {
        return Ok((close(input)?.0, first));
    }
    let mut keys = Vec::from([first]);
    while !is_closing(input) {
        let (rest, key) = key(sp(input)?.0, depth + 1)?;
        keys.push(key);
        input = rest;
    }
    Ok((close(input)?.0, Search::And(keys)))
}

fn keyword(input: Input<'_>) -> Parsed<'_, Flag> {
    match flag(input)? {
        (rest, Some(flag)) => Ok((rest, flag)),
        _ => input.expected("flag-keyword"),
    }
}

/// `[SP entry-name SP entry-type-req] SP mod-sequence-valzer`; the entry is not kept, as all flags have one value.
fn mod_seq(input: Input<'_>) -> Parsed<'_, Search> {
    let mut input = input;
    if input.first() == Some(b'"') {
        let (rest, _) = astring(input)?;
        let (rest, _) = word(sp(rest)?.0)?;
        input = sp(rest)?.0;
    }
    let (rest, value) = digits(input)?;
    match ModSeq::new(value) {
        Some(value) => Ok((rest, Search::ModSeq(value))),
        None => input.expected("mod-sequence-valzer"),
    }
}

fn bare(word: &[u8]) -> Option<Search> {
    Some(match word {
        b"ALL" => Search::All,
        b"ANSWERED" => Search::Answered,
        b"DELETED" => Search::Deleted,
        b"DRAFT" => Search::Draft,
        b"FLAGGED" => Search::Flagged,
        b"NEW" => Search::New,
        b"OLD" => Search::Old,
        b"RECENT" => Search::Recent,
        b"SAVEDATESUPPORTED" => Search::SaveDateSupported,
        b"SEEN" => Search::Seen,
        b"UNANSWERED" => Search::Unanswered,
        b"UNDELETED" => Search::Undeleted,
        b"UNDRAFT" => Search::Undraft,
        b"UNFLAGGED" => Search::Unflagged,
        b"UNSEEN" => Search::Unseen,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
