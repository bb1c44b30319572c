//! The order of messages that SORT makes ([RFC 5256 section 3](https://www.rfc-editor.org/rfc/rfc5256#section-3),
//! [RFC 5957](https://www.rfc-editor.org/rfc/rfc5957)), for whoever has no server that does.

use alloc::{borrow::Cow, vec::Vec};
use core::cmp::Reverse;

use mailwire_imap::{
    Envelope,
    command::{Criterion, SortKey},
    date::DateTime,
    envelope::Address,
};

use crate::{collation::Key, sent_date, subject::BaseSubject};

/// Sorts messages by criteria.
///
/// ```
/// use mailwire_imap_client::{
///     codec::{Envelope, command::SortKey},
///     sort::{Facts, Sorter},
/// };
///
/// let criteria = [SortKey::Subject.into(), SortKey::Size.reversed()];
/// let mut sorter = Sorter::new(&criteria);
/// for (name, subject, size) in [("one", "beta", 5), ("two", "Re: Alpha", 5), ("three", "alpha", 7)] {
///     let envelope = Envelope { subject: Some(subject.into()), ..Envelope::default() };
///     sorter.push(name, &Facts { envelope: Some(&envelope), size: Some(size), ..Facts::default() });
/// }
/// assert_eq!(sorter.sorted(), ["three", "two", "one"]);
/// ```
#[derive(Clone, Debug)]
pub struct Sorter<'a, T> {
    criteria: &'a [Criterion],
    messages: Vec<(Vec<Value>, T)>,
}

/// What is known of a message; what is not counts as nothing, and comes first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// Its envelope.
    pub envelope: Option<&'a Envelope>,
    /// When it arrived.
    pub arrival: Option<DateTime>,
    /// How many octets it has.
    pub size: Option<u64>,
}

/// By what a message is compared by one criterion. Those of one criterion are of one kind.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Value {
    Falling(Reverse<Basic>),
    Rising(Basic),
}

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Basic {
    Moment(i64),
    Size(u64),
    Text(Key),
}

impl<'a, T> Sorter<'a, T> {
    /// The order of what is the same by the first criterion is that of the second, and so on. Those that only a server
    /// knows ([`is_known`]) change nothing.
    pub const fn new(criteria: &'a [Criterion]) -> Self {
        Self { criteria, messages: Vec::new() }
    }

    /// Adds a message. They are given in the order of the mailbox, which decides between messages that are the same by all
    /// criteria.
    pub fn push(&mut self, message: T, facts: &Facts<'_>) {
        let values = self.criteria.iter().filter_map(|criterion| {
            let basic = facts.basic(&criterion.key)?;
            Some(if criterion.reverse { Value::Falling(Reverse(basic)) } else { Value::Rising(basic) })
        });
        self.messages.push((values.collect(), message));
    }

    /// The messages in their order.
    pub fn sorted(mut self) -> Vec<T> {
        self.messages.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.messages.into_iter().map(|(_, message)| message).collect()
    }
}

/// Whether messages can be compared by this key without the server: all but annotations and relevancy.
pub fn is_known(key: &SortKey) -> bool {
    Facts::default().basic(key).is_some()
}

/// Whether the envelope is needed to compare messages by this key.
pub fn needs_envelope(key: &SortKey) -> bool {
    is_known(key) && !matches!(key, SortKey::Arrival | SortKey::Size)
}

impl Facts<'_> {
    fn basic(&self, key: &SortKey) -> Option<Basic> {
        let addresses = |of: fn(&Envelope) -> &[Address]| self.envelope.map(of).unwrap_or_default();
        Some(match key {
            SortKey::Arrival => Basic::Moment(self.arrival.map_or(i64::MIN, DateTime::unix_seconds)),
            SortKey::Cc => mailbox(addresses(|envelope| &envelope.cc)),
            SortKey::Date => {
                let date = self.envelope.and_then(|envelope| envelope.date.as_deref());
                Basic::Moment(sent_date::order(date, self.arrival))
            }
            SortKey::DisplayFrom => display(addresses(|envelope| &envelope.from)),
            SortKey::DisplayTo => display(addresses(|envelope| &envelope.to)),
            SortKey::From => mailbox(addresses(|envelope| &envelope.from)),
            SortKey::Size => Basic::Size(self.size.unwrap_or_default()),
            SortKey::Subject => {
                let subject = self.envelope.and_then(|envelope| envelope.subject.as_ref());
                Basic::Text(subject.map(|subject| BaseSubject::new(subject).key()).unwrap_or_default())
            }
            SortKey::To => mailbox(addresses(|envelope| &envelope.to)),
            _ => return None,
        })
    }
}

/// `addr-mailbox` of the first address.
fn mailbox(addresses: &[Address]) -> Basic {
    let mailbox = addresses.first().and_then(|first| first.mailbox.as_deref());
    Basic::Text(Key::new(mailbox.unwrap_or_default()))
}

/// The name of the first address, else the address ([RFC 5957 section 3](https://www.rfc-editor.org/rfc/rfc5957#section-3)).
fn display(addresses: &[Address]) -> Basic {
    let Some(first) = addresses.first() else { return Basic::Text(Key::default()) };
    if let Some(name) = first.decoded_name().filter(|name| !name.is_empty()) {
        return Basic::Text(Key::new(name));
    }
    let address = match (first.mailbox.as_deref(), first.host.as_deref()) {
        (Some(mailbox), Some(host)) => Cow::Owned([mailbox, b"@", host].concat()),
        (mailbox, _) => Cow::Borrowed(mailbox.unwrap_or_default()),
    };
    Basic::Text(Key::new(address))
}

#[cfg(test)]
mod tests {
    use mailwire_imap::Octets;

    use super::*;

    /// The places of messages, from 1, that have these values, in their order.
    fn sorted<V: Copy>(criteria: &[Criterion], values: &[V], envelope: &dyn Fn(V) -> Envelope) -> Vec<usize> {
        let mut sorter = Sorter::new(criteria);
        for (index, value) in values.iter().enumerate() {
            sorter.push(index + 1, &Facts { envelope: Some(&envelope(*value)), ..Facts::default() });
        }
        sorter.sorted()
    }

    fn some(text: &str) -> Option<Octets> {
        Some(text.into())
    }

    #[test]
    fn by_what_messages_are_compared() {
        let subject = |text: &str| Envelope { subject: some(text), ..Envelope::default() };
        let subjects = ["beta", "Re: Alpha", "", "alpha", "[x] ALPHA", "=?UTF-8?Q?=C3=81lpha?="];
        assert_eq!(sorted(&[SortKey::Subject.into()], &subjects, &subject), [3, 2, 4, 5, 6, 1]);
        assert_eq!(sorted(&[SortKey::Subject.reversed()], &subjects, &subject), [1, 6, 2, 4, 5, 3]);
        let date = |text: &str| Envelope { date: some(text), ..Envelope::default() };
        let dates =
            ["1 Jan 2001 00:01:33 +0000", "31 Dec 2000 16:01:32 -0800", "soon", "31 Dec 2000 16:01:33 -0800"];
        assert_eq!(sorted(&[SortKey::Date.into()], &dates, &date), [3, 2, 1, 4]);
        assert_eq!(sorted(&[SortKey::Date.reversed()], &dates, &date), [1, 4, 2, 3]);
        assert_eq!(sorted(&[], &dates, &date), [1, 2, 3, 4]);
        assert_eq!(sorted(&[SortKey::Relevancy.into()], &dates, &date), [1, 2, 3, 4]);
    }

    #[test]
    fn addresses_are_compared_by_the_first_one() {
        type Case = (&'static str, &'static str, &'static str);
        let address = |(name, mailbox, host): Case| Address {
            name: some(name).filter(|name| !name.is_empty()),
            mailbox: some(mailbox).filter(|mailbox| !mailbox.is_empty()),
            host: some(host).filter(|host| !host.is_empty()),
            route: None,
        };
        let people = [
            ("Zoë", "ann", "x.example"),
            ("", "Bob", "y.example"),
            ("=?UTF-8?Q?=C3=84nn?=", "carol", "a.example"),
            ("", "bob", "a.example"),
            ("", "group", ""),
            ("", "", ""),
            ("\"\"", "z", "z"),
        ];
        let from = |case: Case| Envelope {
            from: [address(case), address(("", "a", "a"))].into(),
            ..Envelope::default()
        };
        let to = |case: Case| Envelope { to: [address(case)].into(), ..Envelope::default() };
        let cc = |case: Case| Envelope { cc: [address(case)].into(), ..Envelope::default() };
        let fields: [(SortKey, &dyn Fn(Case) -> Envelope); 3] =
            [(SortKey::From, &from), (SortKey::To, &to), (SortKey::Cc, &cc)];
        for (key, envelope) in fields {
            assert_eq!(sorted(&[key.into()], &people, envelope), [6, 1, 2, 4, 3, 5, 7]);
        }
        assert_eq!(sorted(&[SortKey::DisplayFrom.into()], &people, &from), [6, 7, 3, 4, 2, 5, 1]);
        assert_eq!(sorted(&[SortKey::DisplayTo.into()], &people, &to), [6, 7, 3, 4, 2, 5, 1]);
        assert_eq!(
            sorted(&[SortKey::DisplayTo.into()], &people, &from),
            [1, 2, 3, 4, 5, 6, 7],
            "they have no To"
        );
    }

    #[test]
    fn the_second_criterion_decides_what_the_first_does_not() {
        let criteria = [SortKey::Size.reversed(), SortKey::Arrival.into()];
        let mut sorter = Sorter::new(&criteria);
        let day = |text: &str| text.parse().ok();
        for (name, size, arrival) in [
            ("a", Some(5), day("02-Jan-2000 00:00:00 +0000")),
            ("b", Some(7), day("02-Jan-2000 00:00:00 +0000")),
            ("c", Some(5), day("01-Jan-2000 23:59:59 -0001")),
            ("d", None, None),
            ("e", Some(5), day("02-Jan-2000 00:00:00 +0000")),
            ("f", Some(5), None),
        ] {
            sorter.push(name, &Facts { size, arrival, ..Facts::default() });
        }
        assert_eq!(sorter.sorted(), ["b", "f", "a", "e", "c", "d"]);
        assert!(is_known(&SortKey::Cc) && !is_known(&SortKey::Relevancy));
        assert!(needs_envelope(&SortKey::Cc) && !needs_envelope(&SortKey::Size));
    }
}
