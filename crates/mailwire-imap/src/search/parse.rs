use alloc::{boxed::Box, vec::Vec};

use super::Search;
use crate::{
    Flag, ModSeq, Octets, annotation,
    date::{Date, date},
    filter::filter_name,
    flag::flag,
    grammar::{astring, close, digits, is_closing, loose_spaces, nz_number, open, sp, word},
    input::{Input, Parsed},
    set::sequence_set,
};

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
            let (rest, wanted) = annotation::wanted(after)?;
            Ok((rest, Search::Annotation(Box::new(wanted))))
        }
        b"BCC" => text(Search::Bcc),
        b"BEFORE" => day(Search::Before),
        b"BODY" => text(Search::Body),
        b"CC" => text(Search::Cc),
        b"EMAILID" => text(Search::EmailId),
        b"FILTER" => filter_name(after).map(|(rest, name)| (rest, Search::Filter(name))),
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
        b"OLDER" => nz_number(after).map(|(rest, seconds)| (rest, Search::Older(seconds))),
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
        b"YOUNGER" => nz_number(after).map(|(rest, seconds)| (rest, Search::Younger(seconds))),
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

/// `flag-keyword = atom`: the flags with a backslash have keys of their own.
fn keyword(input: Input<'_>) -> Parsed<'_, Flag> {
    match flag(input)? {
        (rest, Some(flag)) if !flag.as_bytes().starts_with(b"\\") => Ok((rest, flag)),
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
