//! Results that the server keeps up to date.

use alloc::{vec, vec::Vec};

use mailwire_imap::{
    NumberList, NumberSet, SeqNum, Tag,
    command::Body,
    response::Data,
    search_result::{ESearch, ESearchItem},
};

use super::Naming;
use crate::{Command, Event, Server, Unsupported};

/// The result of a search or sort that goes on: "contexts"
/// ([RFC 5267 section 4.3](https://www.rfc-editor.org/rfc/rfc5267#section-4.3)).
///
/// Give it the events of the connection from the end of the command on. It ends with [`CancelUpdate`], and when another
/// mailbox is selected.
///
/// ```
/// # use core::time::Duration;
/// # use bytes::BytesMut;
/// # use mailwire_imap_client::{Config, Connection};
/// use mailwire_imap_client::{codec, command::Search};
///
/// # let now = Duration::ZERO;
/// # let mut imap = Connection::new(now, Config::default());
/// # let greeting = "* PREAUTH [CAPABILITY IMAP4rev1 CONTEXT=SEARCH] hello\r\n";
/// # imap.handle_input(now, &mut BytesMut::from(greeting)).unwrap();
/// let ticket = imap.send(now, Search::uid(codec::Search::flagged()).update())?;
/// # let sent = imap.poll_transmit().unwrap();
/// # let tag = String::from_utf8(sent[..8].into()).unwrap();
/// # let answer = format!("* ESEARCH (TAG \"{tag}\") UID COUNT 2 ALL 5:6\r\n{tag} OK done\r\n");
/// # imap.handle_input(now, &mut BytesMut::from(answer.as_str())).unwrap();
/// // Once it is completed:
/// let mut flagged = imap.take(&ticket).unwrap().unwrap().live().expect("the server tells what changes");
/// assert_eq!(flagged.count(), 2);
/// # while imap.poll_event().is_some() {}
/// # let news = format!("* ESEARCH (TAG \"{tag}\") UID REMOVEFROM (0 5) ADDTO (0 8:9)\r\n");
/// # imap.handle_input(now, &mut BytesMut::from(news.as_str())).unwrap();
/// while let Some(event) = imap.poll_event() {
///     flagged.handle(&event);
/// }
/// assert_eq!(flagged.set().unwrap().to_string(), "6,8:9");
/// # Ok::<(), mailwire_imap_client::ApiMisuse>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Live<N> {
    tag: Tag,
    count: u64,
    /// Nothing if the result was never told, but only how long it is.
    results: Option<Results<N>>,
    is_over: bool,
}

/// What changed in a result.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Change<N> {
    /// Messages came into it.
    Added {
        /// The place of the first one in the result, counted from 1; nothing if the order of the mailbox tells it.
        at: Option<u32>,
        /// Which messages, in the order of the result.
        messages: NumberList<N>,
    },
    /// Messages went out of it.
    Removed {
        /// The place of the first one in the result until now, counted from 1; nothing if it was not told.
        at: Option<u32>,
        /// Which messages.
        messages: NumberList<N>,
    },
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Results<N> {
    /// Of a search: in the order of the mailbox.
    Set(NumberSet<N>),
    /// Of a sort.
    List(NumberList<N>),
}

impl<N: Naming> Live<N> {
    pub(super) fn of_search(
        tag: Tag,
        count: Option<u32>,
        all: Option<NumberSet<N>>,
        changes: &[ESearchItem],
    ) -> Self {
        Self::with(tag, count, all.map(Results::Set), changes)
    }

    pub(super) fn of_sort(
        tag: Tag,
        count: Option<u32>,
        order: Option<NumberList<N>>,
        changes: &[ESearchItem],
    ) -> Self {
        Self::with(tag, count, order.map(Results::List), changes)
    }

    fn with(tag: Tag, count: Option<u32>, results: Option<Results<N>>, changes: &[ESearchItem]) -> Self {
        let mut live = Self { tag, count: count.unwrap_or_default().into(), results, is_over: false };
        live.apply(changes);
        live
    }

    /// Takes an event, and tells what it changed in the result, in this order.
    ///
    /// Sequence numbers in the result become those that the messages have now when one before them is expunged. That is
    /// told by its number alone: after QRESYNC or UIDONLY was enabled, search by UID.
    pub fn handle(&mut self, event: &Event) -> Vec<Change<N>> {
        match event {
            Event::Data { data: Data::ESearch(told) } => return self.take(told),
            Event::Expunged { message, .. } => self.expunged(*message),
            Event::MailboxClosed => self.is_over = true,
            _ => {}
        }
        Vec::new()
    }

    /// Takes what the server says of the result of a search; nothing changes if it is that of another one.
    pub fn take(&mut self, told: &ESearch) -> Vec<Change<N>> {
        if told.tag.as_ref() == Some(&self.tag) { self.apply(&told.items) } else { Vec::new() }
    }

    /// How many messages are in the result.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The result of a search; nothing if [all](super::Found::all) was not asked for.
    pub fn set(&self) -> Option<&NumberSet<N>> {
        if let Some(Results::Set(set)) = &self.results { Some(set) } else { None }
    }

    /// The result of a sort, in its order; nothing if it was not asked for.
    pub fn list(&self) -> Option<&NumberList<N>> {
        if let Some(Results::List(list)) = &self.results { Some(list) } else { None }
    }

    /// Whether the mailbox was closed: nothing changes any more.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// The command that ends it.
    pub fn cancel(&self) -> CancelUpdate {
        CancelUpdate { tags: vec![self.tag.clone()] }
    }

    /// "The client MUST process ADDTO and REMOVEFROM return data items in the order they appear".
    fn apply(&mut self, items: &[ESearchItem]) -> Vec<Change<N>> {
        let mut changes = Vec::new();
        for item in items {
            let (told, is_added) = match item {
                ESearchItem::AddTo(told) => (told, true),
                ESearchItem::RemoveFrom(told) => (told, false),
                _ => continue,
            };
            for (position, messages) in told {
                let (at, messages) = (Some(*position).filter(|at| *at > 0), messages.clone().cast());
                if is_added {
                    self.add(at, &messages);
                    changes.push(Change::Added { at, messages });
                } else {
                    self.remove(at, &messages);
                    changes.push(Change::Removed { at, messages });
                }
            }
        }
        changes
    }

    fn add(&mut self, at: Option<u32>, messages: &NumberList<N>) {
        match &mut self.results {
            None => self.count = self.count.saturating_add(messages.len()),
            Some(Results::Set(set)) => {
                messages.ranges().for_each(|(start, end)| set.insert_range(start..=end));
                self.count = set.len().unwrap_or_default();
            }
            Some(Results::List(list)) => {
                let before = at.map_or(list.len(), |at| u64::from(at) - 1);
                let (front, back) = (list.part(0..before), list.part(before..u64::MAX));
                *list = NumberList::from_ranges(front.ranges().chain(messages.ranges()).chain(back.ranges()));
                self.count = list.len();
            }
        }
    }

    fn remove(&mut self, at: Option<u32>, messages: &NumberList<N>) {
        match &mut self.results {
            None => self.count = self.count.saturating_sub(messages.len()),
            Some(Results::Set(set)) => {
                messages.ranges().for_each(|(start, end)| set.remove_range(start..=end));
                self.count = set.len().unwrap_or_default();
            }
            Some(Results::List(list)) => {
                *list = without(list, at, messages);
                self.count = list.len();
            }
        }
    }

    /// Gives the messages the numbers that they have after one was expunged.
    fn expunged(&mut self, message: SeqNum) {
        if N::IS_UID {
            return;
        }
        let gone = message.get();
        let moved = |(start, end): (N, N)| {
            let (start, end) = (start.to_non_zero().get(), end.to_non_zero().get());
            let start = if start > gone { start - 1 } else { start };
            let end = if end >= gone { end - 1 } else { end };
            let number = |number| core::num::NonZeroU32::new(number).map(N::from_non_zero);
            number(start).zip(number(end)).filter(|_| start <= end)
        };
        match &mut self.results {
            Some(Results::Set(set)) => {
                let ranges = set.ranges().map(|range| (*range.start(), *range.end()));
                *set = ranges.filter_map(moved).map(|(start, end)| start..=end).collect();
                self.count = set.len().unwrap_or_default();
            }
            Some(Results::List(list)) => {
                *list = NumberList::from_ranges(list.ranges().filter_map(moved));
                self.count = list.len();
            }
            None => {}
        }
    }
}

/// A list without these messages: at their place, or wherever they are if they are not there.
fn without<N: Naming>(list: &NumberList<N>, at: Option<u32>, messages: &NumberList<N>) -> NumberList<N> {
    let gone = messages.to_set();
    if let Some(at) = at.map(u64::from) {
        let (from, to) = (at - 1, (at - 1).saturating_add(messages.len()));
        if list.part(from..to).to_set() == gone {
            let (front, back) = (list.part(0..from), list.part(to..u64::MAX));
            return NumberList::from_ranges(front.ranges().chain(back.ranges()));
        }
    }
    let left = |(start, end): (N, N)| {
        let left = NumberSet::from(start..=end).difference(&gone);
        let ranges: Vec<(N, N)> = left.ranges().map(|range| (*range.start(), *range.end())).collect();
        ranges
    };
    NumberList::from_ranges(list.ranges().flat_map(left))
}

/// `CANCELUPDATE` ([RFC 5267 section 4.3.5](https://www.rfc-editor.org/rfc/rfc5267#section-4.3.5)): results that are kept up
/// to date no more, by the tags of their commands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CancelUpdate {
    /// Of which searches.
    pub tags: Vec<Tag>,
}

impl Command for CancelUpdate {
    type Output = ();

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("CONTEXT=SEARCH").or_else(|_| server.require("CONTEXT=SORT"))?;
        Ok(Body::CancelUpdate(self.tags.clone()))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};

    use mailwire_imap::{Decoder, Response, Search as Key, Uid};

    use super::*;
    use crate::command::{
        Search,
        dialogue::{lacks, written},
        peer::answer,
    };

    fn event(line: &str) -> Event {
        let Response::Data(data) = Decoder::default().response(line.as_bytes()) else { panic!("{line}") };
        match data {
            Data::Expunge(message) => Event::Expunged { message, uid: None },
            data => Event::Data { data },
        }
    }

    fn list(tag: &str, order: &str) -> Live<Uid> {
        let order: NumberList<Uid> = order.parse().unwrap();
        let count = order.len() as u32;
        Live::of_sort(Tag::new(tag).unwrap(), Some(count), Some(order), &[])
    }

    fn shown(live: &Live<impl Naming>) -> String {
        let set = live.set().map(ToString::to_string);
        set.or_else(|| live.list().map(ToString::to_string)).unwrap_or_else(|| live.count().to_string())
    }

    #[test]
    fn results_of_a_search() {
        let search = Search::uid(Key::flagged()).update();
        let (found, _) = answer(
            &search,
            &[
                "* ESEARCH (TAG \"C01\") UID COUNT 2 ALL 2734:2735",
                // Before it is at its end.
                "* ESEARCH (TAG \"C01\") UID ADDTO (0 9) REMOVEFROM (0 2735)",
                "C01 OK done",
            ],
        );
        let mut live = found.live().unwrap();
        assert_eq!(shown(&live), "9,2734");
        for (line, result, count) in [
            ("* ESEARCH (TAG \"C02\") UID ADDTO (0 7)", "9,2734", 0),
            ("* ESEARCH UID ADDTO (0 7)", "9,2734", 0),
            ("* 5 EXPUNGE", "9,2734", 0),
            ("* ESEARCH (TAG \"C01\") UID COUNT 7", "9,2734", 0),
            // The examples of the RFC.
            ("* ESEARCH (TAG \"C01\") UID ADDTO (1 2733 1 2732 1 2731)", "9,2731:2734", 3),
            (
                "* ESEARCH (TAG \"C01\") UID ADDTO (0 32768:32769) ADDTO (0 2735)",
                "9,2731:2735,32768:32769",
                2,
            ),
            ("* ESEARCH (TAG \"C01\") UID REMOVEFROM (0 32768 7 2735)", "9,2731:2734,32769", 2),
            ("* ESEARCH (TAG \"C01\") UID REMOVEFROM (0 1:4294967295)", "", 1),
        ] {
            assert_eq!((live.handle(&event(line)).len(), shown(&live)), (count, result.into()), "{line}");
        }
        assert!(!live.is_over());
        live.handle(&Event::MailboxClosed);
        assert!(live.is_over());
    }

    #[test]
    fn results_of_a_sort_have_places() {
        for (before, line, after) in [
            ("5,3,9", "ADDTO (1 7)", "7,5,3,9"),
            ("5,3,9", "ADDTO (3 7:8)", "5,3,7:8,9"),
            ("5,3,9", "ADDTO (4 7 1 1)", "1,5,3,9,7"),
            ("5,3,9", "ADDTO (0 7)", "5,3,9,7"),
            ("5,3,9", "ADDTO (99 7)", "5,3,9,7"),
            ("2734:2735", "ADDTO (1 2733 1 2732 1 2731)", "2731,2732,2733,2734:2735"),
            ("1:9", "ADDTO (5 20)", "1:4,20,5:9"),
            ("5,3,9", "REMOVEFROM (2 3)", "5,9"),
            ("5,3,9", "REMOVEFROM (0 5)", "3,9"),
            ("1:9", "REMOVEFROM (3 3:4)", "1:2,5:9"),
            ("1:9", "REMOVEFROM (0 4,8)", "1:3,5:7,9"),
            // Not where it is said to be.
            ("5,3,9", "REMOVEFROM (1 3)", "5,9"),
            ("5,3,9", "REMOVEFROM (9 3)", "5,9"),
            ("5,3,9", "REMOVEFROM (0 7)", "5,3,9"),
            ("5,3,9", "REMOVEFROM (1 5) ADDTO (3 5)", "3,9,5"),
        ] {
            let mut live = list("a", before);
            live.handle(&event(&alloc::format!("* ESEARCH (TAG \"a\") UID {line}")));
            assert_eq!(shown(&live), after, "{before} {line}");
            assert_eq!(live.count(), live.list().unwrap().len());
        }
        let hostile = event("* ESEARCH (TAG \"a\") UID ADDTO (4294967295 1:4294967295 1 1:4294967295)");
        let mut live = list("a", "5,3,9");
        live.handle(&hostile);
        assert_eq!(shown(&live), "1:4294967295,5,3,9,1:4294967295");
        let Event::Data { data: Data::ESearch(told) } = event("* ESEARCH (TAG \"a\") UID ADDTO (2 7)") else {
            panic!()
        };
        let change = Change::Added { at: Some(2), messages: "7".parse().unwrap() };
        assert_eq!(list("a", "5").take(&told), [change]);
    }

    #[test]
    fn numbers_follow_the_mailbox() {
        let search = Search::sequence(Key::flagged()).update();
        let (found, _) = answer(&search, &["* ESEARCH (TAG \"a\") COUNT 4 ALL 3:5,9", "a OK"]);
        let mut live = found.live().unwrap();
        for (line, result) in [
            ("* 10 EXPUNGE", "3:5,9"),
            ("* 1 EXPUNGE", "2:4,8"),
            ("* ESEARCH (TAG \"a\") REMOVEFROM (0 3)", "2,4,8"),
            ("* 3 EXPUNGE", "2:3,7"),
            ("* 2 EXPUNGE", "2,6"),
            ("* ESEARCH (TAG \"a\") ADDTO (0 7)", "2,6:7"),
        ] {
            live.handle(&event(line));
            assert_eq!(shown(&live), result, "{line}");
        }
        let tag = Tag::new("a").unwrap();
        let mut sorted: Live<SeqNum> = Live::of_sort(tag, Some(4), Some("9,3:5,1".parse().unwrap()), &[]);
        sorted.handle(&event("* 4 EXPUNGE"));
        assert_eq!(shown(&sorted), "8,3:4,1");
    }

    #[test]
    fn only_the_count_may_be_known() {
        let search = Search::sequence(Key::flagged()).update().count();
        let (found, _) = answer(&search, &["* ESEARCH (TAG \"a\") COUNT 4", "a OK"]);
        let mut live = found.live().unwrap();
        live.handle(&event("* ESEARCH (TAG \"a\") ADDTO (0 7:9) REMOVEFROM (0 2)"));
        assert_eq!((live.count(), live.set()), (6, None));
        live.handle(&event("* ESEARCH (TAG \"a\") REMOVEFROM (0 1:4294967295)"));
        assert_eq!(live.count(), 0);
        let (found, _) = answer(&Search::uid(Key::flagged()), &["* ESEARCH (TAG \"a\") ALL 4", "a OK"]);
        assert_eq!(found.live(), None, "nobody asked for changes");
    }

    #[test]
    fn it_can_be_ended() {
        let cancel = list("B01", "1").cancel();
        for words in ["CONTEXT=SEARCH", "CONTEXT=SORT"] {
            assert_eq!(written(&cancel, words), Ok("CANCELUPDATE \"B01\"".into()));
        }
        assert_eq!(written(&cancel, "ESEARCH"), lacks("CONTEXT=SORT"));
    }
}
