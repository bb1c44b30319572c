//! What FETCH can ask for, as values with the types of their answers.

use alloc::vec::Vec;
use core::fmt;

use crate::codec::{
    self, Octets, annotation,
    date::DateTime,
    fetch::{Content, Item},
    fetch_attribute::Attribute,
    section::{Part, Section, Text},
};

/// What is asked of each message, and the type of what is told: one of the values of [this module](crate::command::fetch),
/// several of them as a tuple, or a [`Query`](super::Query) that is put together at run time.
pub trait Items: fmt::Debug + Send + 'static {
    /// What is told. Everything in it may be absent, because a server need not tell what it was asked for.
    type Told: fmt::Debug + Default + Send + 'static;

    /// What is sent.
    fn ask(&self, attributes: &mut Vec<Attribute>);

    /// Whether `item` answers it.
    fn is_asked(&self, item: &Item) -> bool;

    /// Puts an item into its place, or gives it back if it was not asked for. What was there before is replaced.
    fn put(&self, item: Item, told: &mut Self::Told) -> Option<Item>;
}

macro_rules! simple {
    ($($(#[$doc:meta])* $name:ident = $attribute:expr, $told:ty: $item:pat => $value:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
            pub struct $name;

            impl Items for $name {
                type Told = Option<$told>;

                fn ask(&self, attributes: &mut Vec<Attribute>) {
                    attributes.push($attribute);
                }

                fn is_asked(&self, item: &Item) -> bool {
                    #[allow(unused_variables)]
                    let is_asked = matches!(item, $item);
                    is_asked
                }

                fn put(&self, item: Item, told: &mut Self::Told) -> Option<Item> {
                    match item {
                        $item => {
                            *told = $value;
                            None
                        }
                        other => Some(other),
                    }
                }
            }
        )*
    };
}

simple! {
    /// The structure of the message ([RFC 9051 section 7.5.2](https://www.rfc-editor.org/rfc/rfc9051#section-7.5.2)).
    BodyStructure = Attribute::BodyStructure, codec::BodyStructure:
        Item::BodyStructure(structure) => Some(structure);
    /// An id that the message keeps when it is moved or copied ([RFC 8474](https://www.rfc-editor.org/rfc/rfc8474)).
    EmailId = Attribute::EmailId, Octets: Item::EmailId(id) => Some(id);
    /// Date, subject, senders, recipients and ids from the header.
    Envelope = Attribute::Envelope, codec::Envelope: Item::Envelope(envelope) => Some(*envelope);
    /// The flags.
    Flags = Attribute::Flags, codec::Flags: Item::Flags(flags) => Some(flags);
    /// The labels of Gmail.
    GmailLabels = Attribute::GmailLabels, Vec<Octets>: Item::GmailLabels(labels) => Some(labels);
    /// The id that Gmail gives the message, whatever labels it has.
    GmailMessageId = Attribute::GmailMessageId, u64: Item::GmailMessageId(id) => Some(id);
    /// The id of Gmail's conversation.
    GmailThreadId = Attribute::GmailThreadId, u64: Item::GmailThreadId(id) => Some(id);
    /// When the message arrived; absent too if the server tells what is no date.
    InternalDate = Attribute::InternalDate, DateTime: Item::InternalDate(date) => date;
    /// The modification sequence ([RFC 7162](https://www.rfc-editor.org/rfc/rfc7162)).
    ModSeq = Attribute::ModSeq, codec::ModSeq: Item::ModSeq(value) => Some(value);
    /// When the message came into this mailbox ([RFC 8514](https://www.rfc-editor.org/rfc/rfc8514)); absent too if the
    /// server does not keep it there.
    SaveDate = Attribute::SaveDate, DateTime: Item::SaveDate(date) => date;
    /// The size in octets: `RFC822.SIZE`.
    Size = Attribute::Rfc822Size, u64: Item::Rfc822Size(octets) => Some(octets);
    /// The id of the conversation ([RFC 8474](https://www.rfc-editor.org/rfc/rfc8474)); absent too if the message is in none.
    ThreadId = Attribute::ThreadId, Octets: Item::ThreadId(id) => id;
    /// The UID alone. It is asked for whatever else is, and stands in [`Row::uid`](super::Row::uid).
    Uid = Attribute::Uid, codec::Uid: Item::Uid(uid) => Some(uid);
}

/// The first words of the text ([RFC 8970](https://www.rfc-editor.org/rfc/rfc8970)); absent too if the server has none.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Preview {
    /// Whether it is wanted only if it costs the server nothing: `LAZY`.
    pub lazy: bool,
}

impl Items for Preview {
    type Told = Option<Octets>;

    fn ask(&self, attributes: &mut Vec<Attribute>) {
        attributes.push(Attribute::Preview { lazy: self.lazy });
    }

    fn is_asked(&self, item: &Item) -> bool {
        matches!(item, Item::Preview(_))
    }

    fn put(&self, item: Item, told: &mut Self::Told) -> Option<Item> {
        let Item::Preview(text) = item else { return Some(item) };
        *told = text;
        None
    }
}

/// Annotations of the message ([RFC 5257](https://www.rfc-editor.org/rfc/rfc5257)).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Annotation(pub annotation::Request);

impl Items for Annotation {
    type Told = Option<Vec<annotation::Annotation>>;

    fn ask(&self, attributes: &mut Vec<Attribute>) {
        attributes.push(Attribute::Annotation(self.0.clone()));
    }

    fn is_asked(&self, item: &Item) -> bool {
        matches!(item, Item::Annotation(annotation::Told::Values(_)))
    }

    fn put(&self, item: Item, told: &mut Self::Told) -> Option<Item> {
        let Item::Annotation(annotation::Told::Values(values)) = item else { return Some(item) };
        *told = Some(values);
        None
    }
}

/// Octets of the message or of a part of it: `BODY[...]`. They are absent too if there is no such part.
///
/// `\Seen` is not set, unless [`seen`](Self::seen) says so.
///
/// ```
/// use mailwire_imap_client::command::fetch::Body;
///
/// let first_kilobyte = Body::whole().range(0, 1024);
/// let subject = Body::header_fields(["Subject"]);
/// # let _ = (first_kilobyte, subject);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Body {
    /// Which part of the message.
    pub section: Section,
    /// Where to start, and how many octets at most.
    pub partial: Option<(u64, u64)>,
    /// Whether `\Seen` is not to be set.
    pub peek: bool,
}

impl Body {
    /// This section.
    pub fn section(section: Section) -> Self {
        Self { section, partial: None, peek: true }
    }

    /// The whole message.
    pub fn whole() -> Self {
        Self::section(Section::whole())
    }

    /// The content of a part, in its transfer encoding; [`Binary`] is without.
    pub fn part(part: Part) -> Self {
        Self::section(Section::part(part))
    }

    /// The header of the message.
    pub fn header() -> Self {
        Self::section(Section { part: Part::default(), text: Text::Header })
    }

    /// Those fields of the header that have these names, in any case.
    pub fn header_fields(names: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        Self::section(Section::fields(names))
    }

    /// What follows the header.
    pub fn text() -> Self {
        Self::section(Section { part: Part::default(), text: Text::Text })
    }

    /// From octet `start` on, counted from 0, `length` octets at most.
    #[must_use]
    pub fn range(self, start: u64, length: u64) -> Self {
        Self { partial: Some((start, length)), ..self }
    }

    /// The message counts as seen then.
    #[must_use]
    pub fn seen(self) -> Self {
        Self { peek: false, ..self }
    }
}

impl Items for Body {
    type Told = Option<Octets>;

    fn ask(&self, attributes: &mut Vec<Attribute>) {
        let (section, partial, peek) = (self.section.clone(), self.partial, self.peek);
        attributes.push(Attribute::Body { section, partial, peek });
    }

    fn is_asked(&self, item: &Item) -> bool {
        matches!(item, Item::Body(body)
            if is_origin(self.partial, body.origin) && is_section(&self.section, &body.section))
    }

    fn put(&self, item: Item, told: &mut Self::Told) -> Option<Item> {
        if !self.is_asked(&item) {
            return Some(item);
        }
        let Item::Body(body) = item else { return Some(item) };
        *told = octets(body.content);
        None
    }
}

/// Octets of a part without their transfer encoding: `BINARY[...]` ([RFC 3516](https://www.rfc-editor.org/rfc/rfc3516)).
///
/// `\Seen` is not set, unless [`seen`](Self::seen) says so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Binary {
    /// Which part of the message.
    pub part: Part,
    /// Where to start, and how many octets at most, both without transfer encoding.
    pub partial: Option<(u64, u64)>,
    /// Whether `\Seen` is not to be set.
    pub peek: bool,
}

impl Binary {
    /// The content of a part.
    pub fn part(part: Part) -> Self {
        Self { part, partial: None, peek: true }
    }

    /// From octet `start` on, counted from 0, `length` octets at most.
    #[must_use]
    pub fn range(self, start: u64, length: u64) -> Self {
        Self { partial: Some((start, length)), ..self }
    }

    /// The message counts as seen then.
    #[must_use]
    pub fn seen(self) -> Self {
        Self { peek: false, ..self }
    }
}

impl Items for Binary {
    type Told = Option<Octets>;

    fn ask(&self, attributes: &mut Vec<Attribute>) {
        let (part, partial, peek) = (self.part.clone(), self.partial, self.peek);
        attributes.push(Attribute::Binary { part, partial, peek });
    }

    fn is_asked(&self, item: &Item) -> bool {
        matches!(item, Item::Binary(binary)
            if is_origin(self.partial, binary.origin) && self.part == binary.part)
    }

    fn put(&self, item: Item, told: &mut Self::Told) -> Option<Item> {
        if !self.is_asked(&item) {
            return Some(item);
        }
        let Item::Binary(binary) = item else { return Some(item) };
        *told = octets(binary.content);
        None
    }
}

/// How many octets [`Binary`] has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BinarySize(pub Part);

impl Items for BinarySize {
    type Told = Option<u64>;

    fn ask(&self, attributes: &mut Vec<Attribute>) {
        attributes.push(Attribute::BinarySize(self.0.clone()));
    }

    fn is_asked(&self, item: &Item) -> bool {
        matches!(item, Item::BinarySize(part, _) if *part == self.0)
    }

    fn put(&self, item: Item, told: &mut Self::Told) -> Option<Item> {
        match item {
            Item::BinarySize(part, octets) if part == self.0 => {
                *told = Some(octets);
                None
            }
            other => Some(other),
        }
    }
}

/// Nothing but the UID, which stands in [`Row::uid`](super::Row::uid).
impl Items for () {
    type Told = ();

    fn ask(&self, _: &mut Vec<Attribute>) {}

    fn is_asked(&self, item: &Item) -> bool {
        matches!(item, Item::Uid(_))
    }

    fn put(&self, item: Item, (): &mut ()) -> Option<Item> {
        (!matches!(item, Item::Uid(_))).then_some(item)
    }
}

macro_rules! tuples {
    ($(($($name:ident $place:tt),+);)*) => {
        $(
            impl<$($name: Items),+> Items for ($($name,)+) {
                type Told = ($($name::Told,)+);

                fn ask(&self, attributes: &mut Vec<Attribute>) {
                    $(self.$place.ask(attributes);)+
                }

                fn is_asked(&self, item: &Item) -> bool {
                    false $(|| self.$place.is_asked(item))+
                }

                fn put(&self, item: Item, told: &mut Self::Told) -> Option<Item> {
                    $(
                        let item = self.$place.put(item, &mut told.$place)?;
                    )+
                    Some(item)
                }
            }
        )*
    };
}

tuples! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
}

/// The octets, unless there are none.
pub(super) fn octets(content: Content) -> Option<Octets> {
    if let Content::Octets(octets) = content { Some(octets) } else { None }
}

/// Whether octets that start at `told` answer a request for this range. Some servers do not tell that it is the start.
pub(crate) fn is_origin(asked: Option<(u64, u64)>, told: Option<u64>) -> bool {
    match (asked, told) {
        (Some((start, _)), Some(told)) => start == told,
        (None, Some(told)) => told == 0,
        (_, None) => true,
    }
}

/// Whether it is the same section: names of fields may come in any order and case.
pub(crate) fn is_section(asked: &Section, told: &Section) -> bool {
    let same = |asked: &[Octets], told: &[Octets]| {
        let has = |name: &Octets| told.iter().any(|told| told.eq_ignore_ascii_case(name));
        asked.len() == told.len() && asked.iter().all(has)
    };
    asked.part == told.part
        && match (&asked.text, &told.text) {
            (Text::HeaderFields(asked), Text::HeaderFields(told))
            | (Text::HeaderFieldsNot(asked), Text::HeaderFieldsNot(told)) => same(asked, told),
            (asked, told) => asked == told,
        }
}
