//! Which mailbox is for what: sent messages, drafts, the trash.

use alloc::{string::String, vec::Vec};

use mailwire_imap::{Mailbox, list::Attribute, metadata::Entry};

use super::list::{list, unless_refused};
use crate::{
    Execute,
    collation::Key,
    command::{List, Listed, Listing, SetMetadata, Xlist},
};

mod names;

use self::names::{LANGUAGES, Language};

/// The mailboxes with a special use.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SpecialFolders {
    /// One for each use of each mailbox: a mailbox may have several uses, and what the server told may be of several
    /// mailboxes.
    pub folders: Vec<SpecialFolder>,
}

/// A mailbox with a special use.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct SpecialFolder {
    /// What it is for.
    pub special_use: SpecialUse,
    /// The mailbox.
    pub mailbox: Listed,
    /// How we know.
    pub by: UseFoundBy,
}

/// What a mailbox can be for ([RFC 6154 section 2](https://www.rfc-editor.org/rfc/rfc6154#section-2)).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum SpecialUse {
    /// `\All`: all messages of the account
    All,
    /// `\Archive`: what is kept
    Archive,
    /// `\Drafts`: what is being written
    Drafts,
    /// `\Flagged`: all messages with `\Flagged`
    Flagged,
    /// `\Important`: what is important for the user ([RFC 8457](https://www.rfc-editor.org/rfc/rfc8457))
    Important,
    /// `\Junk`: unwanted messages
    Junk,
    /// `\Sent`: copies of what was sent
    Sent,
    /// `\Trash`: what is to be deleted
    Trash,
}

/// How it is known what a mailbox is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum UseFoundBy {
    /// The server told it: SPECIAL-USE, or the attributes of LIST unasked.
    Attribute,
    /// The mailbox has a name that many give to such a mailbox; the server did not tell of any for this use.
    Name,
    /// XLIST told it.
    Xlist,
}

impl SpecialFolders {
    /// The mailbox for this use; the first one if there are several.
    pub fn find(&self, special_use: SpecialUse) -> Option<&SpecialFolder> {
        self.folders.iter().find(|folder| folder.special_use == special_use)
    }

    /// Its name.
    pub fn mailbox(&self, special_use: SpecialUse) -> Option<&Mailbox> {
        self.find(special_use).map(|folder| &folder.mailbox.mailbox)
    }

    fn take_attributes(&mut self, listing: &Listing, by: UseFoundBy) {
        for row in listing {
            let uses = row.attributes.iter().filter_map(|attribute| SpecialUse::of(&attribute));
            let folder = |special_use| SpecialFolder { special_use, mailbox: row.clone(), by };
            self.folders.extend(uses.map(folder));
        }
    }

    /// Guesses what nobody told.
    fn take_names(&mut self, listing: &Listing) {
        for special_use in SpecialUse::NAMED {
            if self.find(*special_use).is_none()
                && let Some(row) = special_use.by_name(listing)
            {
                let folder =
                    SpecialFolder { special_use: *special_use, mailbox: row.clone(), by: UseFoundBy::Name };
                self.folders.push(folder);
            }
        }
    }
}

impl SpecialUse {
    /// Those that have well-known names.
    const NAMED: &[Self] =
        &[Self::All, Self::Archive, Self::Drafts, Self::Flagged, Self::Junk, Self::Sent, Self::Trash];

    /// The attribute of LIST and CREATE.
    pub fn attribute(self) -> Attribute {
        match self {
            Self::All => Attribute::All,
            Self::Archive => Attribute::Archive,
            Self::Drafts => Attribute::Drafts,
            Self::Flagged => Attribute::Flagged,
            Self::Important => Attribute::Important,
            Self::Junk => Attribute::Junk,
            Self::Sent => Attribute::Sent,
            Self::Trash => Attribute::Trash,
        }
    }

    /// What an attribute of LIST or XLIST says.
    pub fn of(attribute: &Attribute) -> Option<Self> {
        Some(match attribute {
            Attribute::All | Attribute::AllMail => Self::All,
            Attribute::Archive => Self::Archive,
            Attribute::Drafts => Self::Drafts,
            Attribute::Flagged | Attribute::Starred => Self::Flagged,
            Attribute::Important => Self::Important,
            Attribute::Junk | Attribute::Spam => Self::Junk,
            Attribute::Sent => Self::Sent,
            Attribute::Trash => Self::Trash,
            _ => return None,
        })
    }

    /// The mailbox whose name fits best: near the top, and with the more frequent name.
    fn by_name(self, listing: &Listing) -> Option<&Listed> {
        let names: Vec<Key> =
            LANGUAGES.iter().flat_map(|language| self.names(language)).map(Key::new).collect();
        let rank = |row: &Listed| {
            let (depth, leaf) = place(row, listing)?;
            let leaf = Key::new(leaf);
            Some((depth, names.iter().position(|name| *name == leaf)?))
        };
        let candidates = listing.iter().filter(|row| row.is_selectable() && !row.mailbox.is_inbox());
        let ranked = candidates.filter_map(|row| Some((rank(row)?, row)));
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, row)| row)
    }

    fn names(self, language: &Language) -> &'static [&'static str] {
        match self {
            Self::All => language.all,
            Self::Archive => language.archive,
            Self::Drafts => language.drafts,
            Self::Flagged => language.flagged,
            Self::Important => &[],
            Self::Junk => language.junk,
            Self::Sent => language.sent,
            Self::Trash => language.trash,
        }
    }
}

pub(super) async fn special_folders<E: Execute + ?Sized>(
    session: &mut E,
) -> Result<SpecialFolders, E::Error> {
    let server = session.server().await?;
    let mut found = SpecialFolders::default();
    if !server.has("SPECIAL-USE") && server.has("XLIST") {
        let listing = unless_refused::<E, _>(session.run(Xlist::new("*")).await)?.unwrap_or_default();
        if !listing.mailboxes.is_empty() {
            found.take_attributes(&listing, UseFoundBy::Xlist);
            found.take_names(&listing);
            return Ok(found);
        }
    }
    // All mailboxes at once, for those whose use is not told.
    let all = List::new("*");
    let mut listing = match server.has("SPECIAL-USE") {
        true => list(session, all.clone().with_special_use()).await?.listing,
        false => Listing::default(),
    };
    if listing.mailboxes.is_empty() {
        listing = list(session, all).await?.listing;
    }
    found.take_attributes(&listing, UseFoundBy::Attribute);
    found.take_names(&listing);
    Ok(found)
}

/// What says so on the server.
pub(super) fn set(mailbox: Mailbox, uses: impl IntoIterator<Item = SpecialUse>) -> SetMetadata {
    let uses: Vec<Attribute> = uses.into_iter().map(SpecialUse::attribute).collect();
    if uses.is_empty() {
        return SetMetadata::remove(mailbox, Entry::SPECIAL_USE);
    }
    let words: Vec<&[u8]> = uses.iter().map(Attribute::as_bytes).collect();
    SetMetadata::set(mailbox, Entry::SPECIAL_USE, words.join(&b' '))
}

/// How deep a mailbox is, and the last level of its name, if that can be a name of its own: at the top, in INBOX, in
/// `[Gmail]` and the like, or in what is no mailbox. Who has `Projects/Sent` in a mailbox `Projects` means something else.
fn place(row: &Listed, listing: &Listing) -> Option<(usize, String)> {
    let mut levels = row.levels();
    let leaf = levels.pop()?;
    let [parent] = levels.as_slice() else { return levels.is_empty().then_some((0, leaf)) };
    let is_group = parent.starts_with('[') || parent.eq_ignore_ascii_case("INBOX");
    let is_mailbox = |parent: &String| listing.find(&Mailbox::new(parent)).is_some_and(Listed::is_selectable);
    (is_group || !is_mailbox(parent)).then_some((1, leaf))
}

#[cfg(test)]
mod tests;
