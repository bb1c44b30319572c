//! Search keys: which messages SEARCH looks for.

use alloc::{boxed::Box, vec::Vec};
use core::{fmt, num::NonZeroU32, str::FromStr};

use crate::{
    Flag, Limits, ModSeq, Octets, ParseError, Quirks, SequenceSet, UidSet, annotation,
    date::Date,
    encoder::{Abilities, Encoder, Part},
    filter::FilterName,
    frame::Frame,
    input::{Context, whole},
};

mod build;
mod encode;
mod parse;

pub(crate) use parse::program;

/// `search-key` ([RFC 9051 section 6.4.4](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.4)) and those of the extensions,
/// also as a sentence:
///
/// ```
/// use core::time::Duration;
/// use mailwire_imap::{Search, date::Date};
///
/// let date = Date::new(2026, 11, 1).unwrap();
/// let search = Search::unseen().and(Search::from("ann")).since(date).and(!Search::flagged());
/// assert_eq!(search.to_string(), "UNSEEN FROM ann SINCE 1-Nov-2026 NOT FLAGGED");
///
/// let search = Search::any(["ann", "bob", "carol"].map(Search::from)).larger(1_000_000);
/// assert_eq!(search.to_string(), "OR FROM ann OR FROM bob FROM carol LARGER 1000000");
///
/// let search = Search::in_last(Duration::from_secs(3600)).and(Search::subject("hi").or(Search::answered()).not());
/// assert_eq!(search.to_string(), "YOUNGER 3600 NOT OR SUBJECT hi ANSWERED");
/// ```
///
/// As text it is what stands on the wire, and what filters ([RFC 5466](https://www.rfc-editor.org/rfc/rfc5466)) keep:
///
/// ```
/// use mailwire_imap::Search;
///
/// let search: Search = "OR SMALLER 5000 FROM \"boss@example.com\"".parse()?;
/// assert_eq!(search, Search::Smaller(5000).or(Search::from("boss@example.com")));
/// # Ok::<(), mailwire_imap::ParseError>(())
/// ```
///
/// Servers refuse keys that are nested too deeply, and so does the encoder, at 100 levels:
/// [`EncodeError::TooDeep`](crate::encoder::EncodeError::TooDeep). To find any of many things, use [`any`](Self::any), which
/// nests as little as can be. A value is dropped, compared and shown level by level: nobody should build one of ten
/// thousands.
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
    Annotation(Box<annotation::Wanted>),
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
    Filter(FilterName),
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
    /// `KEYWORD`: a flag without a backslash; the others have keys of their own
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
    /// `OLDER` (RFC 5032): arrived at least this many seconds ago
    Older(NonZeroU32),
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
    /// `UNKEYWORD`: a flag without a backslash
    Unkeyword(Flag),
    /// `UNSEEN`
    Unseen,
    /// `YOUNGER` (RFC 5032): arrived at most this many seconds ago
    Younger(NonZeroU32),
}

impl FromStr for Search {
    type Err = ParseError;

    /// Reads keys as they stand after `SEARCH`, in UTF-8.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let frame = Frame::from(text.as_bytes());
        let limits = Limits::server();
        let context = Context {
            frame: &frame,
            octets: frame.octets(),
            limits: &limits,
            quirks: Quirks::strict(),
            is_utf8: true,
            is_command: true,
            tag: &[],
        };
        whole(&context, program)
    }
}

impl fmt::Display for Search {
    /// As on the wire, in UTF-8; what cannot be written is shown as `...`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Encoder::client(Abilities::all());
        self.encode_program(&mut out);
        let Ok(parts) = out.finish() else { return f.write_str("...") };
        for part in parts {
            if let Part::Octets(octets) = part {
                f.write_str(&Octets::from(octets).to_str_lossy())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
