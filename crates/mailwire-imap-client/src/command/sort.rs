//! SORT: messages in the order that the server makes.

use alloc::vec::Vec;
use core::{marker::PhantomData, mem};

use mailwire_imap::{
    Code, ModSeq, NumberList, NumberSet, Octets, PartialRange, Search as Key, SeqNum, Status, Tag, Uid,
    command::{self, Body, Criterion, Return, SearchCommand, SortKey},
    response::{Data, Unknown},
    search_result::Score,
};

use super::{
    Live, Naming, Returns,
    search::{Answer, has_fuzzy, is_answer, places_of, require_keys},
};
use crate::{Command, Server, Unsupported, Untagged};

/// `SORT`, `UID SORT` ([RFC 5256 section 3](https://www.rfc-editor.org/rfc/rfc5256#section-3)).
///
/// Without a word on what is wanted, it is [all](Sorted::order) that is found. A server without ESORT
/// ([RFC 5267 section 3](https://www.rfc-editor.org/rfc/rfc5267#section-3)) tells that whatever is asked, and the rest is
/// taken from it.
///
/// ```
/// use mailwire_imap_client::{codec::{Search, command::SortKey}, command::Sort};
///
/// let newest_first = Sort::uid([SortKey::Date.reversed()], Search::undeleted());
/// let first_screen = newest_first.partial("1:50".parse()?).count();
/// # let _ = first_screen;
/// # Ok::<(), mailwire_imap_client::codec::InvalidPartialRange>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sort<N = Uid> {
    /// By what, in order; at least one.
    pub criteria: Vec<Criterion>,
    /// Which messages.
    pub keys: Key,
    /// What is wanted of them. A server keeps no sorted result: [`save`](Returns::save) is without effect.
    pub returns: Returns,
    /// The charset of the texts, which has to be told; US-ASCII if that is enough, else UTF-8.
    pub charset: Option<Octets>,
    naming: PhantomData<fn() -> N>,
}

impl Sort<Uid> {
    /// `UID SORT`: UIDs are told.
    pub fn uid(criteria: impl IntoIterator<Item = Criterion>, keys: Key) -> Self {
        Self::new(criteria, keys)
    }
}

impl Sort<SeqNum> {
    /// `SORT`: sequence numbers are told.
    pub fn sequence(criteria: impl IntoIterator<Item = Criterion>, keys: Key) -> Self {
        Self::new(criteria, keys)
    }
}

impl<N: Naming> Sort<N> {
    fn new(criteria: impl IntoIterator<Item = Criterion>, keys: Key) -> Self {
        let criteria = criteria.into_iter().collect();
        Self { criteria, keys, returns: Returns::default(), charset: None, naming: PhantomData }
    }

    super::search::builders!();

    fn options(&self, server: &Server) -> Result<Option<Vec<Return>>, Unsupported> {
        let returns = Returns { save: false, ..self.returns.clone() };
        let wants_order_alone = returns.wants_all() && !(returns.count || returns.min || returns.max);
        let is_known = server.has("ESORT") || server.has("CONTEXT=SORT");
        if !returns.needs_extension() && (wants_order_alone || !is_known) {
            return Ok(None);
        }
        if returns.update.is_some() {
            server.require("CONTEXT=SORT")?;
        }
        if !is_known {
            server.require("ESORT")?;
        }
        let has_context = server.has("CONTEXT=SORT");
        let has_partial = |range: PartialRange| has_context && !range.is_from_end();
        returns.options(server, has_partial, has_context, has_fuzzy(&self.keys)).map(Some)
    }
}

impl<N: Naming> Command for Sort<N> {
    type Output = Sorted<N>;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        if !server.has("ESORT") && !server.has("CONTEXT=SORT") {
            server.require("SORT")?;
        }
        for criterion in &self.criteria {
            match criterion.key {
                SortKey::Annotation(..) => server.require("ANNOTATE-EXPERIMENT-1")?,
                SortKey::DisplayFrom | SortKey::DisplayTo => server.require("SORT=DISPLAY")?,
                SortKey::Relevancy => server.require("SEARCH=FUZZY")?,
                _ => {}
            }
        }
        require_keys(&self.keys, server)?;
        let search = SearchCommand {
            is_uid: N::IS_UID,
            returns: self.options(server)?,
            charset: Some(charset(self.charset.as_ref(), &self.keys, server)),
            search: self.keys.clone(),
        };
        Ok(Body::Sort(command::Sort { search, criteria: self.criteria.clone() }))
    }

    fn absorb(&self, data: Untagged, sorted: &mut Sorted<N>) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::Sort(numbers)) => sorted.answer.take_numbers(numbers),
            Untagged::Data(Data::ESearch(told)) if told.mailbox.is_none() => {
                sorted.answer.take(told, self.returns.update.is_some());
            }
            Untagged::Data(Data::Status(Status { code: Some(Code::NoUpdate(_)), .. }))
                if self.returns.update.is_some() =>
            {
                sorted.answer.is_update_refused = true;
            }
            Untagged::Unknown(unknown) if is_answer(&unknown.octets, &["SORT", "ESEARCH"]) => {
                sorted.unreadable.push(unknown);
            }
            other => return Some(other),
        }
        None
    }

    fn finish(&self, status: &Status, sorted: &mut Sorted<N>) {
        if status.is_ok() {
            sorted.complete(&self.returns);
        }
    }
}

/// The charset that SORT and THREAD have to tell, which many servers know only one of.
pub(super) fn charset(asked: Option<&Octets>, keys: &Key, server: &Server) -> Octets {
    let is_ascii = !keys.needs_charset() && !server.is_utf8();
    asked.cloned().unwrap_or_else(|| if is_ascii { "US-ASCII".into() } else { "UTF-8".into() })
}

/// What SORT brings, once it is complete. First and last are those of the order.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Sorted<N> {
    /// All that was found, in its order, unless only something else was asked for.
    pub order: NumberList<N>,
    /// How many messages were found.
    pub count: Option<u32>,
    /// The last message; nothing if none was found.
    pub max: Option<N>,
    /// The first message; nothing if none was found.
    pub min: Option<N>,
    /// The greatest modification sequence of those that are told, if the search asked for `MODSEQ`
    /// ([RFC 7162 section 3.1.10](https://www.rfc-editor.org/rfc/rfc7162#section-3.1.10)).
    pub mod_seq: Option<ModSeq>,
    /// The part that was asked for.
    pub partial: Option<NumberList<N>>,
    /// How well messages fit a fuzzy search.
    pub relevancy: Vec<(N, Score)>,
    /// Whether the server tells what changes in it: it was asked to, and did not refuse (`[NOUPDATE ..]`).
    pub is_live: bool,
    /// The tag of the command, if the answer has it: changes bear it, too.
    pub tag: Option<Tag>,
    /// Who made the order.
    pub by: SortedBy,
    /// If the order was made here: messages of which the server did not tell what they are compared by.
    pub incomparable: NumberSet<N>,
    /// Responses that seem to be the answer, and of which not even the outer form can be read: messages may be missing.
    pub unreadable: Vec<Unknown>,
    is_order_known: bool,
    answer: Answer<N>,
}

/// Who put messages in their order, or in threads.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SortedBy {
    /// This library, from what the server told of each message.
    Client,
    /// The server.
    #[default]
    Server,
}

impl<N: Naming> Sorted<N> {
    /// The result as one that goes on, if the server [tells what changes](Self::is_live).
    pub fn live(&self) -> Option<Live<N>> {
        let order = self.is_order_known.then(|| self.order.clone());
        let tag = self.tag.clone().filter(|_| self.is_live)?;
        Some(Live::of_sort(tag, self.count, order, &self.answer.changes))
    }

    fn complete(&mut self, returns: &Returns) {
        let answer = mem::take(&mut self.answer);
        self.is_order_known = answer.is_all_told || returns.wants_all() || !answer.was_extended;
        self.partial = answer.partial;
        self.relevancy = answer.relevancy;
        self.mod_seq = answer.mod_seq;
        self.is_live = returns.update.is_some() && answer.tag.is_some() && !answer.is_update_refused;
        self.tag = answer.tag;
        (self.count, self.min, self.max) = (answer.count, answer.min, answer.max);
        self.put_in_order(NumberList::from_ranges(answer.ranges), returns);
        self.answer.changes = answer.changes;
    }

    /// An order that was made here.
    pub(crate) fn made_here(order: NumberList<N>, returns: &Returns) -> Self {
        let mut sorted = Self { by: SortedBy::Client, is_order_known: true, ..Self::default() };
        sorted.put_in_order(order, returns);
        sorted
    }

    /// Takes the whole order, and from it what was not told.
    fn put_in_order(&mut self, order: NumberList<N>, returns: &Returns) {
        self.order = order;
        if let Some(range) = returns.partial {
            let part = || self.order.part(places_of(range, self.order.len()));
            self.partial.get_or_insert_with(part);
        }
        if self.is_order_known {
            let mut ranges = self.order.ranges();
            let (first, last) = (ranges.next(), ranges.next_back());
            self.count = self.count.or(Some(u32::try_from(self.order.len()).unwrap_or(u32::MAX)));
            self.min = self.min.or(first.map(|first| first.0));
            self.max = self.max.or(last.or(first).map(|last| last.1));
        }
    }
}

impl<N: Naming> Default for Sorted<N> {
    fn default() -> Self {
        Self {
            order: NumberList::from_ranges([]),
            count: None,
            max: None,
            min: None,
            mod_seq: None,
            partial: None,
            relevancy: Vec::new(),
            is_live: false,
            tag: None,
            by: SortedBy::default(),
            incomparable: NumberSet::default(),
            unreadable: Vec::new(),
            is_order_known: false,
            answer: Answer::default(),
        }
    }
}

#[cfg(test)]
mod tests;
