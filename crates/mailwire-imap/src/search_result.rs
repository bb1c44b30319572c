//! What SEARCH, SORT and THREAD find.

use alloc::vec::Vec;
use core::{num::NonZeroU32, slice};

use crate::{
    Atom, Mailbox, ModSeq, PartialRange, SeqNum, SequenceSet, Tag, Uid, UidSet, UidValidity,
    atom::tag_string,
    encoder::{EncodeError, Encoder},
    grammar::{Word, atom, close, is_closing, loose_spaces, mod_sequence, number, nz_number, open, sp, word},
    input::{Input, Parsed},
    mailbox::mailbox,
    number_list::{NumberList, number_list},
    number_run::nz_numbers,
    partial::partial_range,
    value::{Value, value},
};

/// `* SEARCH` and `* SORT`: numbers, or UIDs if it was `UID SEARCH`, which the answer does not say.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Numbers {
    /// In the order of the wire; none is 0.
    pub numbers: Vec<u32>,
    /// The greatest one of what was found, with CONDSTORE.
    pub mod_seq: Option<ModSeq>,
}

impl Numbers {
    /// The numbers as UIDs, in no order: of `UID SEARCH`.
    pub fn to_uids(&self) -> UidSet {
        self.numbers.iter().copied().filter_map(Uid::new).collect()
    }

    /// The numbers as sequence numbers, in no order: of `SEARCH`.
    pub fn to_sequence(&self) -> SequenceSet {
        self.numbers.iter().copied().filter_map(SeqNum::new).collect()
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        for number in &self.numbers {
            encode_number(*number, out.sp());
        }
        if let Some(value) = self.mod_seq {
            out.raw(b" (MODSEQ ").number(value.get()).raw(b")");
        }
    }
}

/// `nz-number`
fn encode_number(number: u32, out: &mut Encoder) {
    if number == 0 {
        out.fail(EncodeError::Zero);
    }
    out.number(number.into());
}

/// `*(SP nz-number) [SP "(" "MODSEQ" SP mod-sequence-value ")"]`
pub(crate) fn numbers(input: Input<'_>) -> Parsed<'_, Numbers> {
    let (rest, numbers) = nz_numbers(input)?;
    if rest.is_empty() {
        return Ok((rest, Numbers { numbers, mod_seq: None }));
    }
    let (rest, ()) = open(rest)?;
    let (after, name) = word(rest)?;
    if name.as_bytes() != b"MODSEQ" {
        return rest.expected("MODSEQ");
    }
    let rest = after;
    let (rest, value) = mod_sequence(sp(rest)?.0)?;
    Ok((close(rest)?.0, Numbers { numbers, mod_seq: Some(value) }))
}

/// `* ESEARCH` ([RFC 9051 section 7.3.4](https://www.rfc-editor.org/rfc/rfc9051#section-7.3.4))
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct ESearch {
    /// Of the command that this answers.
    pub tag: Option<Tag>,
    /// Which mailbox this is about, for a search in several ones (RFC 7377).
    pub mailbox: Option<(Mailbox, UidValidity)>,
    /// Whether the numbers are UIDs.
    pub is_uid: bool,
    /// What was found.
    pub items: Vec<ESearchItem>,
}

/// `search-return-data`
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum ESearchItem {
    /// `ADDTO`: what came into a result that is kept up to date, with positions (RFC 5267)
    AddTo(Vec<(u32, NumberList<NonZeroU32>)>),
    /// `ALL`, in the order of a sort
    All(NumberList<NonZeroU32>),
    /// `COUNT`
    Count(u32),
    /// `MAX`
    Max(NonZeroU32),
    /// `MIN`
    Min(NonZeroU32),
    /// `MODSEQ`
    ModSeq(ModSeq),
    /// `PARTIAL`: a range of the result, as asked for, and what is in it (RFC 5267, RFC 9394)
    Partial(PartialRange, Option<NumberList<NonZeroU32>>),
    /// `RELEVANCY`: a score from 1 to 100 for each (RFC 6203)
    Relevancy(Vec<Score>),
    /// `REMOVEFROM`: what went out of a result that is kept up to date
    RemoveFrom(Vec<(u32, NumberList<NonZeroU32>)>),
    /// Any other.
    Other(Atom, Value),
}

/// How well a message fits a fuzzy search, from 1 to 100
/// ([RFC 6203 section 4](https://www.rfc-editor.org/rfc/rfc6203#section-4)).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Score(u8);

impl Score {
    /// The score, or nothing if it is not from 1 to 100.
    pub const fn new(score: u8) -> Option<Self> {
        if score >= 1 && score <= 100 { Some(Self(score)) } else { None }
    }

    /// The score.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl ESearch {
    /// All that was found, in the order of the result; nothing if it was not asked for, or nothing was found.
    pub fn all(&self) -> Option<&NumberList<NonZeroU32>> {
        self.items
            .iter()
            .find_map(|item| if let ESearchItem::All(numbers) = item { Some(numbers) } else { None })
    }

    /// How many messages were found, if it was asked for.
    pub fn count(&self) -> Option<u32> {
        self.items
            .iter()
            .find_map(|item| if let ESearchItem::Count(count) = item { Some(*count) } else { None })
    }

    /// The last message that was found; nothing if it was not asked for, or nothing was found.
    pub fn max(&self) -> Option<NonZeroU32> {
        self.items
            .iter()
            .find_map(|item| if let ESearchItem::Max(number) = item { Some(*number) } else { None })
    }

    /// The first message that was found; nothing if it was not asked for, or nothing was found.
    pub fn min(&self) -> Option<NonZeroU32> {
        self.items
            .iter()
            .find_map(|item| if let ESearchItem::Min(number) = item { Some(*number) } else { None })
    }

    /// The greatest modification sequence of what was found, with CONDSTORE.
    pub fn mod_seq(&self) -> Option<ModSeq> {
        self.items
            .iter()
            .find_map(|item| if let ESearchItem::ModSeq(value) = item { Some(*value) } else { None })
    }

    /// The part of the result that was asked for, and which one it is; without numbers there is nothing in it.
    pub fn partial(&self) -> Option<(PartialRange, Option<&NumberList<NonZeroU32>>)> {
        self.items.iter().find_map(|item| match item {
            ESearchItem::Partial(range, numbers) => Some((*range, numbers.as_ref())),
            _ => None,
        })
    }

    /// The UIDs of all that was found, in no order; none if the numbers are no UIDs.
    ///
    /// ```
    /// use mailwire_imap::{Decoder, response::{Data, Response}};
    ///
    /// let response = Decoder::default().response(&b"* ESEARCH (TAG \"a\") UID COUNT 3 ALL 5,7:8"[..]);
    /// let Response::Data(Data::ESearch(found)) = response else { panic!() };
    /// assert_eq!((found.uids().to_string().as_str(), found.count()), ("5,7:8", Some(3)));
    /// ```
    pub fn uids(&self) -> UidSet {
        self.all().filter(|_| self.is_uid).map(|all| all.to_set().cast()).unwrap_or_default()
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        encode_correlator(self.tag.as_ref(), self.mailbox.as_ref(), out);
        if self.is_uid {
            out.raw(b" UID");
        }
        for item in &self.items {
            item.encode(out.sp());
        }
    }
}

impl ESearchItem {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::AddTo(changes) => encode_changes(changes, out.raw(b"ADDTO ")),
            Self::All(numbers) => numbers.encode(out.raw(b"ALL ")),
            Self::Count(count) => out.raw(b"COUNT ").number(u64::from(*count)).done(),
            Self::Max(number) => out.raw(b"MAX ").number(u64::from(number.get())).done(),
            Self::Min(number) => out.raw(b"MIN ").number(u64::from(number.get())).done(),
            Self::ModSeq(value) => out.raw(b"MODSEQ ").number(value.get()).done(),
            Self::Partial(range, numbers) => {
                range.encode(out.raw(b"PARTIAL ("));
                out.sp();
                match numbers {
                    Some(numbers) => numbers.encode(out),
                    None => out.raw(b"NIL").done(),
                }
                out.raw(b")");
            }
            Self::Relevancy(scores) => {
                out.raw(b"RELEVANCY ").list(scores, |out, score| out.number(u64::from(score.get())).done());
            }
            Self::RemoveFrom(changes) => encode_changes(changes, out.raw(b"REMOVEFROM ")),
            Self::Other(name, value) => value.encode(out.other_atom(name, KNOWN).sp()),
        }
    }
}

fn encode_changes(changes: &[(u32, NumberList<NonZeroU32>)], out: &mut Encoder) {
    out.list(changes, |out, (position, numbers)| numbers.encode(out.number(u64::from(*position)).sp()));
}

/// What a result says of the command that it answers: its tag, and the mailbox that this part is about.
type Correlator = (Option<Tag>, Option<(Mailbox, UidValidity)>);

pub(crate) fn encode_correlator(
    tag: Option<&Tag>,
    mailbox: Option<&(Mailbox, UidValidity)>,
    out: &mut Encoder,
) {
    if tag.is_none() && mailbox.is_none() {
        return;
    }
    out.raw(b" (");
    if let Some(tag) = tag {
        out.raw(b"TAG ").tag_string(tag);
    }
    if let Some((mailbox, uid_validity)) = mailbox {
        out.raw(if tag.is_some() { b" MAILBOX " } else { b"MAILBOX " }).mailbox(mailbox);
        out.raw(b" UIDVALIDITY ").number(uid_validity.get().into());
    }
    out.raw(b")");
}

/// `[search-correlator] [SP "UID"] *(SP search-return-data)`
pub(crate) fn esearch(input: Input<'_>) -> Parsed<'_, ESearch> {
    let (mut input, (tag, mailbox)) = correlator(input)?;
    let uid = sp(input).and_then(|(rest, ())| word(rest)).ok();
    let uid =
        uid.filter(|(rest, word)| word.as_bytes() == b"UID" && matches!(rest.first(), None | Some(b' ')));
    let is_uid = uid.is_some();
    if let Some((rest, _)) = uid {
        input = rest;
    }
    let (input, items) = crate::grammar::to_end(input, item)?;
    Ok((input, ESearch { tag, mailbox, is_uid, items }))
}

/// `[SP "(" one-correlator *(SP one-correlator) ")"]`
/// ([RFC 7377 section 4](https://www.rfc-editor.org/rfc/rfc7377#section-4))
pub(crate) fn correlator(input: Input<'_>) -> Parsed<'_, Correlator> {
    let Some((before, ())) = sp(input).ok().filter(|(rest, ())| rest.first() == Some(b'(')) else {
        return Ok((input, (None, None)));
    };
    let (mut input, ()) = open(before)?;
    let (mut tag, mut mailbox_name, mut uid_validity) = (None, None, None);
    while !is_closing(input) {
        let (rest, name) = word(loose_spaces(input))?;
        let (rest, ()) = sp(rest)?;
        input = match name.as_bytes() {
            b"TAG" => {
                let (rest, found) = tag_string(rest)?;
                tag = Some(found);
                rest
            }
            b"MAILBOX" => {
                let (rest, name) = mailbox(rest)?;
                mailbox_name = Some(name);
                rest
            }
            b"UIDVALIDITY" => {
                let (rest, value) = nz_number(rest)?;
                uid_validity = Some(value.into());
                rest
            }
            _ => return input.expected("search-correlator"),
        };
        if !is_closing(input) {
            input = sp(input)?.0;
        }
    }
    Ok((close(input)?.0, (tag, mailbox_name.zip(uid_validity))))
}

fn item(input: Input<'_>) -> Parsed<'_, ESearchItem> {
    let (after, octets) = atom(input)?;
    let name = Word::new(octets, octets.len());
    let (rest, ()) = sp(after)?;
    match name.as_bytes() {
        b"ADDTO" => changes(rest).map(|(rest, changes)| (rest, ESearchItem::AddTo(changes))),
        b"ALL" => result_list(rest).map(|(rest, numbers)| (rest, ESearchItem::All(numbers))),
        b"COUNT" => number(rest).map(|(rest, count)| (rest, ESearchItem::Count(count))),
        b"MAX" => nz_number(rest).map(|(rest, number)| (rest, ESearchItem::Max(number))),
        b"MIN" => nz_number(rest).map(|(rest, number)| (rest, ESearchItem::Min(number))),
        b"MODSEQ" => mod_sequence(rest).map(|(rest, value)| (rest, ESearchItem::ModSeq(value))),
        b"PARTIAL" => partial(rest),
        b"RELEVANCY" => {
            crate::grammar::list(rest, score).map(|(rest, scores)| (rest, ESearchItem::Relevancy(scores)))
        }
        b"REMOVEFROM" => changes(rest).map(|(rest, changes)| (rest, ESearchItem::RemoveFrom(changes))),
        _ => {
            let name = Atom::from_parsed(input.bytes(input.up_to(after)));
            value(rest, 0).map(|(rest, value)| (rest, ESearchItem::Other(name, value)))
        }
    }
}

/// `score = 1*3DIGIT`, from 1 to 100; those below and above are taken for these, where that is tolerated.
fn score(input: Input<'_>) -> Parsed<'_, Score> {
    let (rest, value) = number(input)?;
    match u8::try_from(value).ok().and_then(Score::new) {
        Some(score) => Ok((rest, score)),
        None if input.quirks().loose_numbers => Ok((rest, Score(value.clamp(1, 100) as u8))),
        None => input.expected("score from 1 to 100"),
    }
}

/// `sequence-set` of a result: in its order, but `12:10` is `10:12`
/// ([RFC 5267 section 3.2](https://www.rfc-editor.org/rfc/rfc5267#section-3.2)).
fn result_list(input: Input<'_>) -> Parsed<'_, NumberList<NonZeroU32>> {
    number_list(input).map(|(rest, numbers)| (rest, numbers.rising()))
}

fn changes(input: Input<'_>) -> Parsed<'_, Vec<(u32, NumberList<NonZeroU32>)>> {
    crate::grammar::list(input, |input| {
        let (rest, position) = number(input)?;
        let (rest, numbers) = result_list(sp(rest)?.0)?;
        Ok((rest, (position, numbers)))
    })
}

/// `ret-data-partial = "PARTIAL" SP "(" partial-range SP partial-results ")"`
fn partial(input: Input<'_>) -> Parsed<'_, ESearchItem> {
    let (rest, ()) = open(input)?;
    let (rest, range) = partial_range(rest)?;
    let (rest, ()) = sp(rest)?;
    let (rest, numbers) = match crate::grammar::nil(rest) {
        Some(rest) => (rest, None),
        None => result_list(rest).map(|(rest, numbers)| (rest, Some(numbers)))?,
    };
    Ok((close(rest)?.0, ESearchItem::Partial(range, numbers)))
}

/// One thread of messages ([RFC 5256 section 4](https://www.rfc-editor.org/rfc/rfc5256#section-4)): each of the members is
/// the child of the one before it, and the branches are children of the last one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Thread {
    /// Messages one below the other; none if the root is not known.
    pub members: Vec<u32>,
    /// What follows the last member, if that is more than one message.
    pub branches: Vec<Thread>,
}

impl Thread {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        // A stack of our own: who writes mail decides how deep threads nest.
        let mut stack = Vec::from([self.encode_members(out)]);
        while let Some(branches) = stack.last_mut() {
            match branches.next() {
                Some(branch) => stack.push(branch.encode_members(out)),
                None => {
                    out.raw(b")");
                    stack.pop();
                }
            }
        }
    }

    fn encode_members(&self, out: &mut Encoder) -> slice::Iter<'_, Self> {
        out.raw(b"(").separated(&self.members, |out, number| encode_number(*number, out));
        if !self.members.is_empty() && !self.branches.is_empty() {
            out.sp();
        }
        self.branches.iter()
    }
}

/// `[SP 1*thread-list]`
pub(crate) fn threads(input: Input<'_>) -> Parsed<'_, Vec<Thread>> {
    if loose_spaces(input).is_empty() {
        return Ok((input, Vec::new()));
    }
    let (mut input, ()) = sp(input)?;
    let mut threads = Vec::new();
    while threads.is_empty() || !input.is_empty() {
        let (rest, one) = thread(input, 0)?;
        threads.push(one);
        input = loose_spaces(rest);
    }
    Ok((input, threads))
}

/// `thread-list = "(" (thread-members / thread-nested) ")"`
fn thread(input: Input<'_>, depth: usize) -> Parsed<'_, Thread> {
    if depth >= input.context.limits.nesting {
        return input.expected("thread nested within the limit");
    }
    let (mut input, ()) = open(input)?;
    let mut one = Thread::default();
    while input.first().is_some_and(|octet| octet.is_ascii_digit()) {
        let (rest, number) = nz_number(input)?;
        one.members.push(number.get());
        input = if rest.first() == Some(b' ') { rest.skip(1) } else { rest };
    }
    while input.first() == Some(b'(') {
        let (rest, branch) = thread(input, depth + 1)?;
        one.branches.push(branch);
        input = loose_spaces(rest);
    }
    Ok((close(input)?.0, one))
}

/// What has an item of its own.
const KNOWN: &[&str] =
    &["ADDTO", "ALL", "COUNT", "MAX", "MIN", "MODSEQ", "PARTIAL", "RELEVANCY", "REMOVEFROM", "UID"];

#[cfg(test)]
mod tests;
