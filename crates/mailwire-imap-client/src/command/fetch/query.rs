//! What FETCH can ask for, put together at run time.

use alloc::vec::Vec;

use super::items::{Items, is_origin, is_section};
use crate::codec::{
    BodyStructure, Envelope, Flags, ModSeq, Octets, Uid,
    annotation::{self, Annotation},
    date::DateTime,
    fetch::Item,
    fetch_attribute::Attribute,
    section::{Part, Section, Text},
};

/// Items that are known at run time alone.
///
/// ```
/// use mailwire_imap_client::{codec::UidSet, command::{Fetch, fetch::Query}};
///
/// let mut query = Query::new().envelope().flags();
/// let wants_subject = true;
/// if wants_subject {
///     query = query.header_fields(["Subject"]);
/// }
/// let fetch = Fetch::new(UidSet::all(), query);
/// # let _ = fetch;
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Query {
    attributes: Vec<Attribute>,
}

macro_rules! simple {
    ($($(#[$doc:meta])* $name:ident $attribute:expr;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(self) -> Self {
                self.and($attribute)
            }
        )*
    };
}

impl Query {
    /// Nothing but the UID.
    pub fn new() -> Self {
        Self::default()
    }

    simple! {
        /// The structure of the message.
        body_structure Attribute::BodyStructure;
        /// `EMAILID`
        email_id Attribute::EmailId;
        /// Date, subject, senders, recipients and ids from the header.
        envelope Attribute::Envelope;
        /// The flags.
        flags Attribute::Flags;
        /// The labels of Gmail.
        gmail_labels Attribute::GmailLabels;
        /// The id that Gmail gives the message.
        gmail_message_id Attribute::GmailMessageId;
        /// The id of Gmail's conversation.
        gmail_thread_id Attribute::GmailThreadId;
        /// The header of the message.
        header Attribute::peek(HEADER);
        /// When the message arrived.
        internal_date Attribute::InternalDate;
        /// The modification sequence.
        mod_seq Attribute::ModSeq;
        /// The first words of the text.
        preview Attribute::Preview { lazy: false };
        /// When the message came into this mailbox.
        save_date Attribute::SaveDate;
        /// The size in octets.
        size Attribute::Rfc822Size;
        /// What follows the header.
        text Attribute::peek(TEXT);
        /// `THREADID`
        thread_id Attribute::ThreadId;
        /// The whole message.
        whole Attribute::peek(Section::whole());
    }

    /// Anything else.
    #[must_use]
    pub fn and(mut self, attribute: Attribute) -> Self {
        self.attributes.push(attribute);
        self
    }

    /// Annotations.
    #[must_use]
    pub fn annotation(self, request: annotation::Request) -> Self {
        self.and(Attribute::Annotation(request))
    }

    /// The content of a part without its transfer encoding.
    #[must_use]
    pub fn binary(self, part: Part) -> Self {
        self.and(Attribute::Binary { part, partial: None, peek: true })
    }

    /// How many octets those are.
    #[must_use]
    pub fn binary_size(self, part: Part) -> Self {
        self.and(Attribute::BinarySize(part))
    }

    /// Those fields of the header that have these names, in any case.
    #[must_use]
    pub fn header_fields(self, names: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        self.section(Section::fields(names))
    }

    /// The content of a part, in its transfer encoding.
    #[must_use]
    pub fn part(self, part: Part) -> Self {
        self.section(Section::part(part))
    }

    /// A section of the message, without setting `\Seen`.
    #[must_use]
    pub fn section(self, section: Section) -> Self {
        self.and(Attribute::peek(section))
    }
}

impl FromIterator<Attribute> for Query {
    fn from_iter<I: IntoIterator<Item = Attribute>>(attributes: I) -> Self {
        Self { attributes: attributes.into_iter().collect() }
    }
}

impl Items for Query {
    type Told = Told;

    fn ask(&self, attributes: &mut Vec<Attribute>) {
        attributes.extend(self.attributes.iter().cloned());
    }

    fn is_asked(&self, item: &Item) -> bool {
        self.attributes.iter().any(|attribute| answers(item, attribute))
            || (self.attributes.is_empty() && matches!(item, Item::Uid(_)))
    }

    fn put(&self, item: Item, told: &mut Told) -> Option<Item> {
        if !self.is_asked(&item) {
            return Some(item);
        }
        match told.items.iter_mut().find(|before| is_same(before, &item)) {
            Some(before) => *before = item,
            None => told.items.push(item),
        }
        None
    }
}

/// What is told of a message. Everything may be absent, because a server need not tell what it was asked for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Told {
    items: Vec<Item>,
}

macro_rules! told {
    ($($(#[$doc:meta])* $name:ident: $told:ty, $item:pat => $value:expr;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(&self) -> Option<$told> {
                self.items.iter().find_map(|item| if let $item = item { $value } else { None })
            }
        )*
    };
}

impl Told {
    told! {
        /// Annotations.
        annotations: &[Annotation], Item::Annotation(annotation::Told::Values(values)) => Some(values.as_slice());
        /// The structure of the message.
        body_structure: &BodyStructure, Item::BodyStructure(structure) => Some(structure);
        /// `EMAILID`
        email_id: &Octets, Item::EmailId(id) => Some(id);
        /// Date, subject, senders, recipients and ids from the header.
        envelope: &Envelope, Item::Envelope(envelope) => Some(&**envelope);
        /// The flags.
        flags: &Flags, Item::Flags(flags) => Some(flags);
        /// The labels of Gmail.
        gmail_labels: &[Octets], Item::GmailLabels(labels) => Some(labels.as_slice());
        /// The id that Gmail gives the message.
        gmail_message_id: u64, Item::GmailMessageId(id) => Some(*id);
        /// The id of Gmail's conversation.
        gmail_thread_id: u64, Item::GmailThreadId(id) => Some(*id);
        /// When the message arrived.
        internal_date: DateTime, Item::InternalDate(date) => *date;
        /// The modification sequence.
        mod_seq: ModSeq, Item::ModSeq(value) => Some(*value);
        /// The first words of the text.
        preview: &Octets, Item::Preview(text) => text.as_ref();
        /// When the message came into this mailbox.
        save_date: DateTime, Item::SaveDate(date) => *date;
        /// The size in octets.
        size: u64, Item::Rfc822Size(octets) => Some(*octets);
        /// `THREADID`
        thread_id: &Octets, Item::ThreadId(id) => id.as_ref();
        /// The UID.
        uid: Uid, Item::Uid(uid) => Some(*uid);
    }

    /// Octets of a part without its transfer encoding.
    pub fn binary(&self, part: &Part) -> Option<&Octets> {
        self.items.iter().find_map(|item| match item {
            Item::Binary(binary) if binary.part == *part => binary.content.octets(),
            _ => None,
        })
    }

    /// How many octets those are.
    pub fn binary_size(&self, part: &Part) -> Option<u64> {
        self.items.iter().find_map(|item| match item {
            Item::BinarySize(told, octets) if told == part => Some(*octets),
            _ => None,
        })
    }

    /// The header of the message.
    pub fn header(&self) -> Option<&Octets> {
        self.section(&HEADER)
    }

    /// Those fields of the header that were asked for by these names.
    pub fn header_fields(&self, names: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Option<&Octets> {
        self.section(&Section::fields(names))
    }

    /// The content of a part, in its transfer encoding.
    pub fn part(&self, part: &Part) -> Option<&Octets> {
        self.section(&Section::part(part.clone()))
    }

    /// Octets of a section.
    pub fn section(&self, section: &Section) -> Option<&Octets> {
        self.items.iter().find_map(|item| match item {
            Item::Body(body) if is_section(section, &body.section) => body.content.octets(),
            _ => None,
        })
    }

    /// What follows the header.
    pub fn text(&self) -> Option<&Octets> {
        self.section(&TEXT)
    }

    /// The whole message.
    pub fn whole(&self) -> Option<&Octets> {
        self.section(&Section::whole())
    }

    /// All of it, in the order in which it came.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// All of it, to be kept.
    pub fn into_items(self) -> Vec<Item> {
        self.items
    }
}

/// Whether an item answers what was asked for.
fn answers(item: &Item, attribute: &Attribute) -> bool {
    match (attribute, item) {
        (Attribute::Binary { part, partial, .. }, Item::Binary(binary)) => {
            *part == binary.part && is_origin(*partial, binary.origin)
        }
        (Attribute::BinarySize(asked), Item::BinarySize(told, _)) => asked == told,
        (Attribute::Body { section, partial, .. }, Item::Body(body)) => {
            is_section(section, &body.section) && is_origin(*partial, body.origin)
        }
        (Attribute::Annotation(_), Item::Annotation(annotation::Told::Values(_)))
        | (Attribute::BodyShort, Item::BodyShort(_))
        | (Attribute::BodyStructure, Item::BodyStructure(_))
        | (Attribute::EmailId, Item::EmailId(_))
        | (Attribute::Envelope, Item::Envelope(_))
        | (Attribute::Flags, Item::Flags(_))
        | (Attribute::GmailLabels, Item::GmailLabels(_))
        | (Attribute::GmailMessageId, Item::GmailMessageId(_))
        | (Attribute::GmailThreadId, Item::GmailThreadId(_))
        | (Attribute::InternalDate, Item::InternalDate(_))
        | (Attribute::ModSeq, Item::ModSeq(_))
        | (Attribute::Preview { .. }, Item::Preview(_))
        | (Attribute::Rfc822, Item::Rfc822(_))
        | (Attribute::Rfc822Header, Item::Rfc822Header(_))
        | (Attribute::Rfc822Size, Item::Rfc822Size(_))
        | (Attribute::Rfc822Text, Item::Rfc822Text(_))
        | (Attribute::SaveDate, Item::SaveDate(_))
        | (Attribute::ThreadId, Item::ThreadId(_))
        | (Attribute::Uid, Item::Uid(_)) => true,
        _ => false,
    }
}

/// Whether one takes the place of the other.
fn is_same(one: &Item, other: &Item) -> bool {
    match (one, other) {
        (Item::Binary(one), Item::Binary(other)) => one.part == other.part && one.origin == other.origin,
        (Item::BinarySize(one, _), Item::BinarySize(other, _)) => one == other,
        (Item::Body(one), Item::Body(other)) => one.section == other.section && one.origin == other.origin,
        _ => core::mem::discriminant(one) == core::mem::discriminant(other),
    }
}

const HEADER: Section = Section { part: Part(Vec::new()), text: Text::Header };
const TEXT: Section = Section { part: Part(Vec::new()), text: Text::Text };
