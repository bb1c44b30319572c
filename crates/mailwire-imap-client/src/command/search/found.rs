//! What a search finds.

use alloc::vec::Vec;
use core::mem;

use mailwire_imap::{
    ModSeq, NumberList, NumberSet, Tag,
    response::Unknown,
    search_result::{ESearch, ESearchItem, Numbers, Score},
};

use super::{Naming, Returns, places_of};
use crate::command::Live;

/// What a search finds, once it is complete.
///
/// What was asked for is there, and what follows from it: from [all](Self::all) that was found follow the first, the last,
/// and how many they are.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Found<N> {
    /// All of it, unless only something else was asked for.
    pub all: NumberSet<N>,
    /// How many messages were found.
    pub count: Option<u32>,
    /// The last message; nothing if none was found.
    pub max: Option<N>,
    /// The first message; nothing if none was found.
    pub min: Option<N>,
    /// The greatest modification sequence of those that are told, if the search asked for `MODSEQ`
    /// ([RFC 7162 section 3.1.5](https://www.rfc-editor.org/rfc/rfc7162#section-3.1.5)).
    pub mod_seq: Option<ModSeq>,
    /// The part that was asked for.
    pub partial: Option<NumberSet<N>>,
    /// How well messages fit a fuzzy search.
    pub relevancy: Vec<(N, Score)>,
    /// Whether the server keeps what was found, as `$`.
    pub saved: bool,
    /// Whether the server tells what changes in it: it was asked to, and did not refuse (`[NOUPDATE ..]`).
    pub is_live: bool,
    /// The tag of the command, if the answer has it: changes bear it, too.
    pub tag: Option<Tag>,
    /// What the answer was.
    pub by: FoundBy,
    /// Responses that seem to be the answer, and of which not even the outer form can be read: messages may be missing.
    pub unreadable: Vec<Unknown>,
    /// Whether [`all`](Self::all) is known.
    is_all_known: bool,
    pub(in crate::command) answer: Answer<N>,
}

/// What the answer to a search was.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum FoundBy {
    /// `* ESEARCH` ([RFC 4731](https://www.rfc-editor.org/rfc/rfc4731)): the server told what was asked for. A server that
    /// finds nothing may say nothing.
    #[default]
    ESearch,
    /// `* SEARCH`: the server told all, and the rest was counted here.
    Search,
}

/// What was told so far. Ranges become a set once, however many there are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Answer<N> {
    pub(crate) count: Option<u32>,
    pub(crate) max: Option<N>,
    pub(crate) min: Option<N>,
    pub(crate) mod_seq: Option<ModSeq>,
    pub(crate) partial: Option<NumberList<N>>,
    pub(crate) relevancy: Vec<(N, Score)>,
    pub(crate) tag: Option<Tag>,
    /// All numbers, in their order.
    pub(crate) ranges: Vec<(N, N)>,
    pub(crate) is_all_told: bool,
    pub(crate) was_plain: bool,
    pub(crate) was_extended: bool,
    pub(crate) is_update_refused: bool,
    /// What came into the result or went out of it before the command was at its end.
    pub(crate) changes: Vec<ESearchItem>,
}

impl<N: Naming> Found<N> {
    /// The result as one that goes on, if the server [tells what changes](Self::is_live).
    pub fn live(&self) -> Option<Live<N>> {
        let all = self.is_all_known.then(|| self.all.clone());
        let tag = self.tag.clone().filter(|_| self.is_live)?;
        Some(Live::of_search(tag, self.count, all, &self.answer.changes))
    }

    /// Makes what was told what was asked for. A search among many UIDs is sent in pieces, each of which has its end.
    pub(crate) fn complete(&mut self, returns: &Returns) {
        let answer = mem::take(&mut self.answer);
        let all: NumberSet<N> = answer.ranges.iter().map(|(start, end)| *start..=*end).collect();
        self.partial = match (returns.partial, answer.partial) {
            (_, Some(told)) => Some(told.to_set()),
            // All was asked for in its place, or nothing was found.
            (Some(range), None) => Some(all.part(places_of(range, all.len().unwrap_or_default()))),
            (None, None) => None,
        };
        let (mut count, mut min, mut max) = (answer.count, answer.min, answer.max);
        let is_silent = !answer.was_extended && !returns.is_save_alone();
        self.is_all_known = answer.is_all_told || returns.wants_all() || is_silent;
        if self.is_all_known {
            let length = all.len().unwrap_or_default();
            count = count.or(Some(u32::try_from(length).unwrap_or(u32::MAX)));
            min = min.or(all.first());
            max = max.or(all.greatest());
        }
        self.count = count.map(|count| self.count.unwrap_or_default().saturating_add(count)).or(self.count);
        self.min = self.min.into_iter().chain(min).min();
        self.max = self.max.max(max);
        self.all = self.all.union(&all);
        self.mod_seq = self.mod_seq.max(answer.mod_seq);
        self.relevancy.extend(answer.relevancy);
        self.saved = returns.save;
        self.is_live = returns.update.is_some() && answer.tag.is_some() && !answer.is_update_refused;
        self.tag = answer.tag;
        if answer.was_plain {
            self.by = FoundBy::Search;
        }
        self.answer.changes = answer.changes;
    }
}

impl<N: Naming> Answer<N> {
    /// Takes `* SEARCH` or `* SORT`.
    pub(crate) fn take_numbers(&mut self, told: Numbers) {
        (self.is_all_told, self.was_plain) = (true, true);
        self.mod_seq = self.mod_seq.max(told.mod_seq);
        let numbers = told.numbers.into_iter().filter_map(core::num::NonZeroU32::new).map(N::from_non_zero);
        self.extend(NumberList::from_iter(numbers).ranges());
    }

    /// Takes `* ESEARCH`; what changed in a result only if that was asked for.
    pub(crate) fn take(&mut self, told: ESearch, is_live: bool) {
        self.was_extended = true;
        self.tag = told.tag.or(self.tag.take());
        let (mut list, mut scores) = (None, Vec::new());
        for item in told.items {
            match item {
                ESearchItem::All(numbers) => {
                    let numbers = numbers.cast();
                    self.is_all_told = true;
                    self.extend(numbers.ranges());
                    list = Some(numbers);
                }
                ESearchItem::Partial(_, numbers) => {
                    let numbers = numbers.map(NumberList::cast).unwrap_or_else(|| NumberList::from_iter([]));
                    self.partial = Some(numbers.clone());
                    list = list.or(Some(numbers));
                }
                ESearchItem::Count(count) => self.count = Some(count),
                ESearchItem::Max(number) => self.max = Some(N::from_non_zero(number)),
                ESearchItem::Min(number) => self.min = Some(N::from_non_zero(number)),
                ESearchItem::ModSeq(value) => self.mod_seq = self.mod_seq.max(Some(value)),
                ESearchItem::Relevancy(told) => scores = told,
                change @ (ESearchItem::AddTo(_) | ESearchItem::RemoveFrom(_)) if is_live => {
                    self.changes.push(change);
                }
                _ => {}
            }
        }
        if let Some(list) = list {
            self.relevancy.extend(list.numbers().zip(scores));
        }
    }

    fn extend(&mut self, ranges: impl Iterator<Item = (N, N)>) {
        self.ranges.extend(ranges);
    }
}

/// Whether a response that cannot be read is one of these, by its front: `* SEARCH`.
pub(crate) fn is_answer(octets: &[u8], names: &[&str]) -> bool {
    let Some(rest) = octets.strip_prefix(b"* ") else { return false };
    let end = rest.iter().position(|octet| !octet.is_ascii_alphabetic()).unwrap_or(rest.len());
    let name = rest.get(..end).unwrap_or_default();
    names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

impl<N> Default for Found<N> {
    fn default() -> Self {
        Self {
            all: NumberSet::default(),
            count: None,
            max: None,
            min: None,
            mod_seq: None,
            partial: None,
            relevancy: Vec::new(),
            saved: false,
            is_live: false,
            tag: None,
            by: FoundBy::default(),
            unreadable: Vec::new(),
            is_all_known: false,
            answer: Answer::default(),
        }
    }
}

impl<N> Default for Answer<N> {
    fn default() -> Self {
        Self {
            count: None,
            max: None,
            min: None,
            mod_seq: None,
            partial: None,
            relevancy: Vec::new(),
            tag: None,
            ranges: Vec::new(),
            is_all_told: false,
            was_plain: false,
            was_extended: false,
            is_update_refused: false,
            changes: Vec::new(),
        }
    }
}
