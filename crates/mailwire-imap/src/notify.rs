//! NOTIFY: which events a client wants to be told of, and where.

use alloc::vec::Vec;

use crate::{
    Atom, MailboxFilter,
    encoder::{EncodeError, Encoder},
    fetch_attribute::{Attribute, attribute},
    grammar::{atom, close, is_closing, list, open, sp, to_end, word},
    input::{Input, Parsed},
    mailbox_filter::filter_mailboxes,
};

/// What NOTIFY takes ([RFC 5465 section 3.1](https://www.rfc-editor.org/rfc/rfc5465#section-3.1)).
///
/// ```
/// use mailwire_imap::{Encoder, MailboxFilter, Tag, command::{Body, Command}, encoder::{Abilities, Part}};
/// use mailwire_imap::notify::{Event, EventGroup, EventName, Notify};
///
/// let messages = [Event::message_new([]), EventName::MessageExpunge.into()];
/// let notify = Notify::Set {
///     status: true,
///     groups: vec![
///         EventGroup::new(MailboxFilter::Selected, messages.clone()),
///         EventGroup::new(MailboxFilter::Personal, messages),
///     ],
/// };
/// let mut out = Encoder::client(Abilities::default());
/// Command { tag: Tag::new("a1").unwrap(), body: Body::Notify(notify) }.encode(&mut out);
/// let wire = "a1 NOTIFY SET STATUS (selected (MessageNew MessageExpunge)) (personal (MessageNew MessageExpunge))\r\n";
/// assert_eq!(out.finish(), Ok(vec![Part::Octets(wire.into())]));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Notify {
    /// `NONE`: no events at all, not even those of the selected mailbox
    None,
    /// `SET`: these events, in place of those before
    Set {
        /// Whether a STATUS response for each of the mailboxes comes first.
        status: bool,
        /// Mailboxes and their events. The first group that fits a mailbox counts.
        groups: Vec<EventGroup>,
    },
}

/// `event-group`: mailboxes, and what is told of them
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct EventGroup {
    /// Which mailboxes.
    pub mailboxes: MailboxFilter,
    /// Of what the client is told; none is `NONE` on the wire.
    pub events: Vec<Event>,
}

/// `event`: what a client is told of
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Event {
    /// Which one.
    pub name: EventName,
    /// What is told of a new message beside its UID. It can be asked for in the selected mailbox only.
    pub attributes: Vec<Attribute>,
}

/// `event-name`
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum EventName {
    /// `AnnotationChange`
    AnnotationChange,
    /// `FlagChange`
    FlagChange,
    /// `MailboxMetadataChange`
    MailboxMetadataChange,
    /// `MailboxName`: mailboxes are created, deleted and renamed, and access to them changes
    MailboxName,
    /// `MessageExpunge`
    MessageExpunge,
    /// `MessageNew`
    MessageNew,
    /// `ServerMetadataChange`
    ServerMetadataChange,
    /// `SubscriptionChange`
    SubscriptionChange,
    /// Any other.
    Other(Atom),
}

impl EventGroup {
    /// Mailboxes and events.
    pub fn new(mailboxes: MailboxFilter, events: impl IntoIterator<Item = Event>) -> Self {
        Self { mailboxes, events: events.into_iter().collect() }
    }

    /// Whether a server has to accept the group: `MessageNew` and `MessageExpunge` go together, `FlagChange` and
    /// `AnnotationChange` not without them, and the selected mailbox has events of messages alone
    /// ([RFC 5465 sections 5 and 8](https://www.rfc-editor.org/rfc/rfc5465#section-5)).
    pub fn is_coherent(&self) -> bool {
        let has = |name| self.events.iter().any(|event| event.name == name);
        let (new, expunge) = (has(EventName::MessageNew), has(EventName::MessageExpunge));
        let changes = has(EventName::FlagChange) || has(EventName::AnnotationChange);
        let is_selected = self.mailboxes.is_selected();
        let fits = |event: &Event| match event.name {
            EventName::MessageNew => is_selected || event.attributes.is_empty(),
            EventName::AnnotationChange | EventName::FlagChange | EventName::MessageExpunge => true,
            _ => !is_selected,
        };
        new == expunge && (new || !changes) && self.events.iter().all(fits)
    }
}

impl Event {
    /// New messages, and what is told of them in the selected mailbox.
    pub fn message_new(attributes: impl IntoIterator<Item = Attribute>) -> Self {
        Self { name: EventName::MessageNew, attributes: attributes.into_iter().collect() }
    }
}

impl From<EventName> for Event {
    fn from(name: EventName) -> Self {
        Self { name, attributes: Vec::new() }
    }
}

impl EventName {
    /// The name as on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::AnnotationChange => "AnnotationChange",
            Self::FlagChange => "FlagChange",
            Self::MailboxMetadataChange => "MailboxMetadataChange",
            Self::MailboxName => "MailboxName",
            Self::MessageExpunge => "MessageExpunge",
            Self::MessageNew => "MessageNew",
            Self::ServerMetadataChange => "ServerMetadataChange",
            Self::SubscriptionChange => "SubscriptionChange",
            Self::Other(name) => name.as_str(),
        }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        let known = KNOWN.iter().find(|known| known.as_str().eq_ignore_ascii_case(self.as_str()));
        out.raw(known.unwrap_or(self).as_str().as_bytes());
    }
}

impl Notify {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        let Self::Set { status, groups } = self else { return out.raw(b"NONE").done() };
        if groups.is_empty() {
            out.fail(EncodeError::EmptyList);
        }
        out.raw(if *status { b"SET STATUS " } else { b"SET " });
        out.separated(groups, |out, group| group.encode(out));
    }
}

impl EventGroup {
    fn encode(&self, out: &mut Encoder) {
        self.mailboxes.encode(out.raw(b"("));
        if self.events.is_empty() {
            return out.raw(b" NONE)").done();
        }
        out.sp().list(&self.events, |out, event| event.encode(out)).raw(b")");
    }
}

impl Event {
    fn encode(&self, out: &mut Encoder) {
        self.name.encode(out);
        if !self.attributes.is_empty() {
            out.sp().list(&self.attributes, |out, one| one.encode(out));
        }
    }
}

/// `notify = "NOTIFY" SP (notify-set / notify-none)`, after the space
pub(crate) fn notify(input: Input<'_>) -> Parsed<'_, Notify> {
    let (rest, name) = word(input)?;
    match name.as_bytes() {
        b"NONE" => Ok((rest, Notify::None)),
        b"SET" => notify_set(rest),
        _ => input.expected("SET or NONE"),
    }
}

/// `notify-set = "SET" [SP "STATUS"] SP event-groups`, `event-groups = event-group *(SP event-group)`
fn notify_set(input: Input<'_>) -> Parsed<'_, Notify> {
    let start = sp(input)?.0;
    let (input, status) = match start.first() {
        Some(b'(') => (input, false),
        _ => match word(start)? {
            (rest, name) if name.as_bytes() == b"STATUS" => (rest, true),
            _ => return start.expected("STATUS"),
        },
    };
    let (rest, groups) = to_end(input, event_group)?;
    if groups.is_empty() {
        input.expected("event-groups")
    } else {
        Ok((rest, Notify::Set { status, groups }))
    }
}

/// `event-group = "(" filter-mailboxes SP events ")"`
fn event_group(input: Input<'_>) -> Parsed<'_, EventGroup> {
    let (rest, ()) = open(input)?;
    let (rest, mailboxes) = filter_mailboxes(rest)?;
    let (rest, events) = events(sp(rest)?.0)?;
    Ok((close(rest)?.0, EventGroup { mailboxes, events }))
}

/// `events = ("(" event *(SP event) ")") / "NONE"`. Events without parentheses, as in the examples of
/// [RFC 5465 section 3.1](https://www.rfc-editor.org/rfc/rfc5465#section-3.1), are understood.
fn events(input: Input<'_>) -> Parsed<'_, Vec<Event>> {
    if input.first() == Some(b'(') {
        let (rest, events) = list(input, event)?;
        return if events.is_empty() { input.expected("event") } else { Ok((rest, events)) };
    }
    let (rest, first) = event(input)?;
    if is_closing(rest) && first.attributes.is_empty() && first.name.as_str().eq_ignore_ascii_case("NONE") {
        return Ok((rest, Vec::new()));
    }
    let (mut input, mut events) = (rest, Vec::from([first]));
    while !is_closing(input) {
        let (rest, one) = event(sp(input)?.0)?;
        events.push(one);
        input = rest;
    }
    Ok((input, events))
}

/// `event = message-event / mailbox-event / user-event / event-ext`
fn event(input: Input<'_>) -> Parsed<'_, Event> {
    let (rest, name) = event_name(input)?;
    let after = sp(rest).map_or(rest, |(after, ())| after);
    if after.first() != Some(b'(') {
        return Ok((rest, name.into()));
    }
    let (rest, attributes) = list(after, attribute)?;
    if attributes.is_empty() { after.expected("fetch-att") } else { Ok((rest, Event { name, attributes })) }
}

/// `event-name = message-event-name / mailbox-event / user-event`
pub(crate) fn event_name(input: Input<'_>) -> Parsed<'_, EventName> {
    let (rest, octets) = atom(input)?;
    let name = KNOWN.iter().find(|name| name.as_str().as_bytes().eq_ignore_ascii_case(octets)).cloned();
    Ok((rest, name.unwrap_or_else(|| EventName::Other(Atom::from_parsed(input.bytes(octets))))))
}

/// All events that have a value of their own.
const KNOWN: &[EventName] = &[
    EventName::AnnotationChange,
    EventName::FlagChange,
    EventName::MailboxMetadataChange,
    EventName::MailboxName,
    EventName::MessageExpunge,
    EventName::MessageNew,
    EventName::ServerMetadataChange,
    EventName::SubscriptionChange,
];

#[cfg(test)]
mod tests;
