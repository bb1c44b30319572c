//! What LIST and its kin tell: mailboxes, each with what belongs to it.

use alloc::{
    borrow::ToOwned,
    collections::BTreeMap,
    string::String,
    vec::{self, Vec},
};
use core::slice;

use mailwire_imap::{
    Mailbox,
    acl::{MyRights, Rights},
    command::ListSelect,
    list::{Attribute, Attributes, Extended, List},
    mailbox_status::{Attribute as Figure, MailboxStatus},
    metadata::{Annotation, Entries, Entry, Metadata},
    response::Data,
};

use super::Figures;
use crate::Untagged;

/// Mailboxes in the order in which the server told them.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Listing {
    /// One for each mailbox. They can be taken out while the command is in progress; what belongs to them and comes later
    /// is an event then.
    pub mailboxes: Vec<Listed>,
    /// Where in [`mailboxes`](Self::mailboxes) a name is: a server that is asked for STATUS may tell thousands.
    places: BTreeMap<Vec<u8>, usize>,
}

/// What is told of one mailbox.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Listed {
    /// Its name. To name it in a command, use this value: it goes back in the octets in which it came.
    pub mailbox: Mailbox,
    /// What it is like.
    pub attributes: Attributes,
    /// What stands between the levels of the hierarchy; nothing for a flat one.
    pub delimiter: Option<u8>,
    /// What LIST-EXTENDED told besides.
    pub extended: Vec<Extended>,
    /// Its figures, if they were asked for and told.
    pub status: Option<Figures>,
    /// Its annotations, if they were asked for and told.
    pub metadata: Vec<Annotation>,
    /// What the user may do with it, if that was asked for and told.
    pub rights: Option<Rights>,
}

impl Listing {
    /// The mailbox of this name.
    pub fn find(&self, mailbox: &Mailbox) -> Option<&Listed> {
        self.place(mailbox).and_then(|place| self.mailboxes.get(place))
    }

    /// The mailboxes one by one.
    pub fn iter(&self) -> slice::Iter<'_, Listed> {
        self.mailboxes.iter()
    }

    /// Adds rows, except of mailboxes that are there.
    pub(crate) fn extend(&mut self, rows: impl IntoIterator<Item = Listed>) {
        for row in rows {
            if self.place(&row.mailbox).is_none() {
                self.push(row);
            }
        }
    }

    /// Keeps those rows alone for which this is true.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(&Listed) -> bool) {
        let rows = core::mem::take(self);
        self.extend(rows.into_iter().filter(is_kept));
    }

    fn push(&mut self, row: Listed) {
        self.places.insert(row.mailbox.wire(false).into_owned(), self.mailboxes.len());
        self.mailboxes.push(row);
    }

    /// Adds a row. A second one for the same mailbox is news, and no answer
    /// ([RFC 5258 section 3.3](https://www.rfc-editor.org/rfc/rfc5258#section-3.3)).
    pub(crate) fn add(&mut self, list: List) -> Option<List> {
        if self.place(&list.mailbox).is_some() {
            return Some(list);
        }
        self.push(list.into());
        None
    }

    /// Takes a STATUS that tells what was asked for, and not yet told, of a mailbox that is there.
    pub(crate) fn join_status(&mut self, told: MailboxStatus, asked: &[Figure]) -> Option<MailboxStatus> {
        match self.find_mut(&told.mailbox) {
            Some(row) if Figures::from(told.clone()).add_to(row.status.as_ref(), asked) => {
                row.status.get_or_insert_default().take(told);
                None
            }
            _ => Some(told),
        }
    }

    /// The same with METADATA.
    pub(crate) fn join_metadata(&mut self, told: Metadata, asked: &[Entry]) -> Option<Metadata> {
        let Metadata { mailbox, entries: Entries::Values(values) } = told else { return Some(told) };
        match self.find_mut(&mailbox) {
            Some(row) if row.metadata.is_empty() && values.iter().any(|one| asked.contains(&one.entry)) => {
                row.metadata = values;
                None
            }
            _ => Some(Metadata { mailbox, entries: Entries::Values(values) }),
        }
    }

    /// The same with MYRIGHTS.
    pub(crate) fn join_rights(&mut self, told: MyRights) -> Option<MyRights> {
        match self.find_mut(&told.mailbox) {
            Some(row) if row.rights.is_none() => {
                row.rights = Some(told.rights);
                None
            }
            _ => Some(told),
        }
    }

    /// The same, to be changed.
    pub(crate) fn find_mut(&mut self, mailbox: &Mailbox) -> Option<&mut Listed> {
        let place = self.place(mailbox)?;
        self.mailboxes.get_mut(place)
    }

    /// Where this mailbox is. What comes next mostly belongs to the last one.
    fn place(&self, mailbox: &Mailbox) -> Option<usize> {
        if let Some(last) = self.mailboxes.len().checked_sub(1)
            && self.mailboxes.get(last).is_some_and(|row| row.mailbox == *mailbox)
        {
            return Some(last);
        }
        let place = *self.places.get(&*mailbox.wire(false))?;
        // The row that was there may have been taken out.
        self.mailboxes.get(place).is_some_and(|row| row.mailbox == *mailbox).then_some(place)
    }
}

/// Takes the row that tells what became of a name that was given in a command
/// ([RFC 9051 section 6.3.9.7](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.9.7)).
pub(crate) fn take_renamed(data: Untagged, given: &Mailbox, row: &mut Option<Listed>) -> Option<Untagged> {
    match data {
        Untagged::Data(Data::List(list)) if list.old_name() == Some(given) && row.is_none() => {
            *row = Some(list.into());
            None
        }
        other => Some(other),
    }
}

impl IntoIterator for Listing {
    type IntoIter = vec::IntoIter<Listed>;
    type Item = Listed;

    fn into_iter(self) -> Self::IntoIter {
        self.mailboxes.into_iter()
    }
}

impl<'a> IntoIterator for &'a Listing {
    type IntoIter = slice::Iter<'a, Listed>;
    type Item = &'a Listed;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Listed {
    /// Whether it can be selected: it is there, and it is more than a level of the hierarchy
    /// ([RFC 9051 section 7.3.1](https://www.rfc-editor.org/rfc/rfc9051#section-7.3.1)).
    pub fn is_selectable(&self) -> bool {
        !self.has(&Attribute::NoSelect) && !self.has(&Attribute::NonExistent)
    }

    /// Whether the name is subscribed, as far as LIST was asked for it. In what LSUB tells it does not show.
    pub fn is_subscribed(&self) -> bool {
        self.has(&Attribute::Subscribed)
    }

    /// Whether there are mailboxes below, if that was told.
    pub fn has_children(&self) -> Option<bool> {
        let is_parent = self.has(&Attribute::HasChildren)
            || self.extended.iter().any(|item| matches!(item, Extended::ChildInfo(_)));
        let is_leaf = self.has(&Attribute::HasNoChildren) || self.has(&Attribute::NoInferiors);
        is_parent.then_some(true).or(is_leaf.then_some(false))
    }

    /// Whether a mailbox below this one was found by this option: `CHILDINFO`.
    pub fn has_child(&self, option: &ListSelect) -> bool {
        self.extended.iter().any(|item| matches!(item, Extended::ChildInfo(found) if found.contains(option)))
    }

    /// The former name, if the mailbox was renamed, or its name made a regular one: `OLDNAME`.
    pub fn old_name(&self) -> Option<&Mailbox> {
        self.extended
            .iter()
            .find_map(|item| if let Extended::OldName(name) = item { Some(name) } else { None })
    }

    /// Whether it has this attribute.
    pub fn has(&self, attribute: &Attribute) -> bool {
        self.attributes.contains(attribute)
    }

    /// The levels of its name, from the top, for people.
    pub fn levels(&self) -> Vec<String> {
        let name = self.mailbox.name();
        match self.delimiter {
            Some(delimiter) => name.split(char::from(delimiter)).map(ToOwned::to_owned).collect(),
            None => Vec::from([name.into_owned()]),
        }
    }
}

impl From<List> for Listed {
    fn from(list: List) -> Self {
        Self {
            // Listings are kept for long, frames are not.
            mailbox: list.mailbox.detach(),
            attributes: list.attributes,
            delimiter: list.delimiter,
            extended: list.extended,
            status: None,
            metadata: Vec::new(),
            rights: None,
        }
    }
}
