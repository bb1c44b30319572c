//! LIST: mailboxes, and what is told of them.

use alloc::{vec, vec::Vec};

use mailwire_imap::{
    Mailbox,
    command::{self, Body, ListReturn, ListSelect},
    mailbox_status::Attribute,
    metadata::Entry,
    response::Data,
};

use super::{Listing, status};
use crate::{Command, Server, Unsupported, Untagged};

/// `LIST` ([RFC 9051 section 6.3.9](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.9)), with what LIST-EXTENDED
/// (RFC 5258), LIST-STATUS (RFC 5819), LIST-METADATA (RFC 9590), LIST-MYRIGHTS (RFC 8440) and SPECIAL-USE (RFC 6154) add.
///
/// ```
/// use mailwire_imap_client::{codec::mailbox_status::Attribute, command::List};
///
/// let all = List::new("*");
/// let subscribed = List::new("%").only_subscribed().with_parents().with_status([Attribute::Unseen]);
/// # let _ = (all, subscribed);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct List {
    /// Which mailboxes.
    pub select: Vec<ListSelect>,
    /// What the patterns are relative to; mostly nothing. How it joins them is up to the server.
    pub reference: Option<Mailbox>,
    /// Names in which `%` stands for anything on one level, and `*` for anything at all.
    pub patterns: Vec<Mailbox>,
    /// What is told of them beside.
    pub returns: Vec<ListReturn>,
}

impl List {
    /// The mailboxes whose names match, as plain LIST tells them.
    pub fn new(pattern: impl Into<Mailbox>) -> Self {
        Self { patterns: vec![pattern.into()], ..Self::default() }
    }

    /// Also those whose names match this (LIST-EXTENDED).
    #[must_use]
    pub fn or(mut self, pattern: impl Into<Mailbox>) -> Self {
        self.patterns.push(pattern.into());
        self
    }

    /// Patterns are relative to this.
    #[must_use]
    pub fn below(mut self, reference: impl Into<Mailbox>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Only those that fulfil this option.
    #[must_use]
    pub fn only(mut self, option: ListSelect) -> Self {
        self.select.push(option);
        self
    }

    /// Only those with a special use, which is told (SPECIAL-USE).
    #[must_use]
    pub fn only_special_use(self) -> Self {
        self.only(ListSelect::SpecialUse)
    }

    /// Only names that are subscribed, also of mailboxes that are no more (LIST-EXTENDED).
    #[must_use]
    pub fn only_subscribed(self) -> Self {
        self.only(ListSelect::Subscribed)
    }

    /// Also names that match and have only below them what is looked for; [`Listed::has_child`](super::Listed::has_child)
    /// tells them apart (LIST-EXTENDED).
    #[must_use]
    pub fn with_parents(self) -> Self {
        self.only(ListSelect::RecursiveMatch)
    }

    /// Tells this too.
    #[must_use]
    pub fn with(mut self, option: ListReturn) -> Self {
        self.returns.push(option);
        self
    }

    /// Tells whether there are mailboxes below. A server with CHILDREN (RFC 3348) alone tells it unasked.
    #[must_use]
    pub fn with_children(self) -> Self {
        self.with(ListReturn::Children)
    }

    /// Tells these annotations of each mailbox (LIST-METADATA).
    #[must_use]
    pub fn with_metadata(self, entries: impl IntoIterator<Item = Entry>) -> Self {
        self.with(ListReturn::Metadata(entries.into_iter().collect()))
    }

    /// Tells what the user may do with each mailbox (LIST-MYRIGHTS).
    #[must_use]
    pub fn with_rights(self) -> Self {
        self.with(ListReturn::MyRights)
    }

    /// Tells what mailboxes are for (SPECIAL-USE).
    #[must_use]
    pub fn with_special_use(self) -> Self {
        self.with(ListReturn::SpecialUse)
    }

    /// Tells these figures of each mailbox that can be selected, or with none all that the server can tell cheaply
    /// ([`Figures::told_by`](super::Figures::told_by), LIST-STATUS).
    #[must_use]
    pub fn with_status(self, attributes: impl IntoIterator<Item = Attribute>) -> Self {
        self.with(ListReturn::Status(attributes.into_iter().collect()))
    }

    /// Tells which names are subscribed (LIST-EXTENDED).
    #[must_use]
    pub fn with_subscribed(self) -> Self {
        self.with(ListReturn::Subscribed)
    }
}

impl<T: Into<Mailbox>> From<T> for List {
    fn from(pattern: T) -> Self {
        Self::new(pattern)
    }
}

impl Command for List {
    type Output = Listing;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        self.select.iter().try_for_each(|option| match option {
            ListSelect::SpecialUse => server.require("SPECIAL-USE"),
            _ => server.require("LIST-EXTENDED"),
        })?;
        if self.patterns.len() > 1 {
            server.require("LIST-EXTENDED")?;
        }
        let mut returns = Vec::new();
        for option in &self.returns {
            returns.extend(told(option, server)?);
        }
        Ok(Body::List(command::List {
            select: self.select.clone(),
            reference: self.reference.clone(),
            patterns: self.patterns.clone(),
            returns: (!returns.is_empty()).then_some(returns),
        }))
    }

    fn absorb(&self, data: Untagged, listing: &mut Listing) -> Option<Untagged> {
        let Untagged::Data(data) = data else { return Some(data) };
        let back = match data {
            Data::List(list) => listing.add(list).map(Data::List),
            Data::MailboxStatus(told) => match self.returns.iter().find_map(attributes) {
                Some(asked) => listing.join_status(told, asked).map(Data::MailboxStatus),
                None => Some(Data::MailboxStatus(told)),
            },
            Data::Metadata(told) => match self.returns.iter().find_map(entries) {
                Some(asked) => listing.join_metadata(told, asked).map(Data::Metadata),
                None => Some(Data::Metadata(told)),
            },
            Data::MyRights(told) if self.returns.contains(&ListReturn::MyRights) => {
                listing.join_rights(told).map(Data::MyRights)
            }
            other => Some(other),
        };
        back.map(Untagged::Data)
    }
}

/// What has to be sent so that the server tells this.
fn told(option: &ListReturn, server: &Server) -> Result<Option<ListReturn>, Unsupported> {
    match option {
        ListReturn::Children if server.has("CHILDREN") && !server.has("LIST-EXTENDED") => return Ok(None),
        ListReturn::Metadata(_) => server.require("LIST-METADATA")?,
        ListReturn::MyRights => server.require("LIST-MYRIGHTS")?,
        ListReturn::SpecialUse => server.require("SPECIAL-USE")?,
        ListReturn::Status(attributes) => {
            server.require("LIST-STATUS")?;
            return Ok(Some(ListReturn::Status(status::asked(attributes, server)?)));
        }
        _ => server.require("LIST-EXTENDED")?,
    }
    Ok(Some(option.clone()))
}

fn attributes(option: &ListReturn) -> Option<&[Attribute]> {
    if let ListReturn::Status(attributes) = option { Some(attributes) } else { None }
}

fn entries(option: &ListReturn) -> Option<&[Entry]> {
    if let ListReturn::Metadata(entries) = option { Some(entries) } else { None }
}

#[cfg(test)]
mod tests {
    use mailwire_imap::acl::Rights;

    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    #[test]
    fn what_is_sent() {
        for (list, words, line) in [
            (List::new("*"), "", r#"LIST "" *"#),
            (List::new("%").below("#news."), "", "LIST #news. %"),
            (List::new(""), "", r#"LIST "" """#),
            (List::new("%").or("a%"), "LIST-EXTENDED", r#"LIST "" (% a%)"#),
            (List::new("*").only_special_use(), "SPECIAL-USE", r#"LIST (SPECIAL-USE) "" *"#),
            (List::new("*").with_special_use(), "SPECIAL-USE", r#"LIST "" * RETURN (SPECIAL-USE)"#),
            (
                List::new("%").only_subscribed().with_parents().with_children().with_subscribed(),
                "IMAP4rev2",
                r#"LIST (SUBSCRIBED RECURSIVEMATCH) "" % RETURN (CHILDREN SUBSCRIBED)"#,
            ),
            (List::new("%").with_children(), "CHILDREN", r#"LIST "" %"#),
            (
                List::new("%").with_status([Attribute::Unseen, Attribute::Messages]),
                "LIST-STATUS",
                r#"LIST "" % RETURN (STATUS (UNSEEN MESSAGES))"#,
            ),
            (
                List::new("%").with_status([]),
                "LIST-STATUS CONDSTORE IMAP4rev2",
                r#"LIST "" % RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN DELETED HIGHESTMODSEQ RECENT))"#,
            ),
            (
                List::new("%").with_rights().with_metadata([Entry::new("/shared/comment").unwrap()]),
                "LIST-MYRIGHTS LIST-METADATA",
                r#"LIST "" % RETURN (MYRIGHTS METADATA (/shared/comment))"#,
            ),
        ] {
            assert_eq!(written(&list, words).as_deref(), Ok(line), "{words}");
        }
    }

    #[test]
    fn what_cannot_be_sent() {
        for (list, word) in [
            (List::new("%").or("a%"), "LIST-EXTENDED"),
            (List::new("%").only_subscribed(), "LIST-EXTENDED"),
            (List::new("%").only_special_use(), "SPECIAL-USE"),
            (List::new("%").with_special_use(), "SPECIAL-USE"),
            (List::new("%").with_children(), "LIST-EXTENDED"),
            (List::new("%").with_status([]), "LIST-STATUS"),
            (List::new("%").with_rights(), "LIST-MYRIGHTS"),
            (List::new("%").with_metadata([]), "LIST-METADATA"),
        ] {
            assert_eq!(written(&list, "IMAP4rev1"), lacks(word));
        }
        let size = List::new("%").with_status([Attribute::Size]);
        assert_eq!(written(&size, "LIST-STATUS"), lacks("STATUS=SIZE"));
    }

    #[test]
    fn rows_are_joined_by_mailbox() {
        let list = List::new("%")
            .with_status([Attribute::Messages])
            .with_rights()
            .with_metadata([Entry::new("/shared/comment").unwrap()]);
        let lines = [
            r#"* LIST (\HasChildren) "." INBOX"#,
            "* STATUS inbox (MESSAGES 17)",
            "* MYRIGHTS INBOX lr",
            r#"* LIST (\Subscribed) "." Entw&APw-rfe"#,
            r#"* LIST (\Noselect) "." bar ("CHILDINFO" ("SUBSCRIBED"))"#,
            "* METADATA Entw&APw-rfe (/shared/Comment \"a\")",
            "* STATUS Entw&APw-rfe (MESSAGES 30)",
            "* MYRIGHTS Entw&APw-rfe lrs",
            "a OK done",
        ];
        let (listing, given_back) = answer(&list, &lines);
        assert_eq!((listing.mailboxes.len(), given_back.len()), (3, 0));
        let row = listing.find(&Mailbox::new("Entwürfe")).unwrap();
        assert_eq!(row.status.as_ref().unwrap().messages, Some(30));
        assert_eq!((row.rights, row.metadata.len()), (Some(Rights::new("lrs").unwrap()), 1));
        assert!(row.is_subscribed() && row.has_children().is_none());
        let [inbox, _, bar] = &listing.mailboxes[..] else { panic!() };
        assert_eq!((inbox.status.as_ref().unwrap().messages, inbox.has_children()), (Some(17), Some(true)));
        assert!(!bar.is_selectable() && bar.status.is_none() && bar.has_children() == Some(true));
    }

    #[test]
    fn what_was_not_asked_for_is_given_back() {
        let lines = [
            r#"* LIST () "." a"#,
            "* STATUS a (MESSAGES 17)",
            "* MYRIGHTS a lr",
            "* METADATA a (/shared/comment \"x\")",
            r#"* LSUB () "." a"#,
            "* 5 EXISTS",
        ];
        let (listing, given_back) = answer(&List::new("%"), &lines);
        assert_eq!((listing.mailboxes.len(), given_back), (1, lines[1..].to_vec()));

        let list = List::new("%")
            .with_status([Attribute::Messages])
            .with_rights()
            .with_metadata([Entry::new("/shared/comment").unwrap()]);
        let lines = [
            "* STATUS a (MESSAGES 17)",
            r#"* LIST () "." a"#,
            "* STATUS a (UNSEEN 17)",
            "* STATUS a (MESSAGES 17)",
            "* STATUS a (MESSAGES 18)",
            "* MYRIGHTS b lr",
            "* METADATA a /shared/comment",
            "* METADATA a (/shared/other \"x\")",
            r#"* LIST (\NonExistent) "." a"#,
        ];
        let (listing, given_back) = answer(&list, &lines);
        let news = [lines[0], lines[2], lines[4], lines[5], lines[6], lines[7], lines[8]];
        assert_eq!(given_back, news, "another mailbox, other figures, what is told a second time");
        assert_eq!(listing.mailboxes[0].status.as_ref().unwrap().messages, Some(17));
        assert!(listing.mailboxes[0].is_selectable());
    }
}
