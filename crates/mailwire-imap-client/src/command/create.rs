//! CREATE: a new mailbox.

use alloc::vec::Vec;

use mailwire_imap::{Code, Mailbox, Octets, Status, command::Body, list::Attribute};

use super::{Listed, listing};
use crate::{Command, Server, Unsupported, Untagged};

/// `CREATE` ([RFC 9051 section 6.3.4](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.4)), with what the mailbox is for
/// where the server has CREATE-SPECIAL-USE ([RFC 6154 section 3](https://www.rfc-editor.org/rfc/rfc6154#section-3)).
///
/// A name that ends with the delimiter says that mailboxes are to come below it.
///
/// ```
/// use mailwire_imap_client::{codec::list::Attribute, command::Create};
///
/// let drafts = Create::new("Drafts").for_use(Attribute::Drafts);
/// # let _ = drafts;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Create {
    /// Its name.
    pub mailbox: Mailbox,
    /// What it is for.
    pub uses: Vec<Attribute>,
}

impl Create {
    /// A mailbox of this name.
    pub fn new(mailbox: impl Into<Mailbox>) -> Self {
        Self { mailbox: mailbox.into(), uses: Vec::new() }
    }

    /// Says what it is for. A server that cannot do that refuses with the code `USEATTR`, and creates nothing.
    #[must_use]
    pub fn for_use(mut self, attribute: Attribute) -> Self {
        self.uses.push(attribute);
        self
    }
}

impl<T: Into<Mailbox>> From<T> for Create {
    fn from(mailbox: T) -> Self {
        Self::new(mailbox)
    }
}

/// What CREATE is answered with.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Created {
    /// The mailbox's own id ([RFC 8474 section 4.1](https://www.rfc-editor.org/rfc/rfc8474#section-4.1)).
    pub mailbox_id: Option<Octets>,
    /// The mailbox as it is, if the server made another name of the one that was given.
    pub renamed: Option<Listed>,
}

impl Command for Create {
    type Output = Created;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        if !self.uses.is_empty() {
            server.require("CREATE-SPECIAL-USE")?;
        }
        Ok(Body::Create(self.mailbox.clone(), self.uses.clone()))
    }

    fn absorb(&self, data: Untagged, created: &mut Created) -> Option<Untagged> {
        listing::take_renamed(data, &self.mailbox, &mut created.renamed)
    }

    fn finish(&self, status: &Status, created: &mut Created) {
        if let Some(Code::MailboxId(id)) = &status.code {
            created.mailbox_id = Some(id.detach());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    #[test]
    fn what_is_sent() {
        let plain = Create::new("a/");
        assert_eq!(written(&plain, "").as_deref(), Ok("CREATE a/"));
        let used = Create::new("Entwürfe").for_use(Attribute::Drafts);
        let line = r"CREATE Entw&APw-rfe (USE (\Drafts))";
        assert_eq!(written(&used, "CREATE-SPECIAL-USE").as_deref(), Ok(line));
        assert_eq!(written(&used, "SPECIAL-USE IMAP4rev2"), lacks("CREATE-SPECIAL-USE"));
    }

    #[test]
    fn what_is_told() {
        let lines = [
            r#"* LIST () "/" Normalized ("OLDNAME" ("NonNormalized"))"#,
            r#"* LIST (\Subscribed) "/" NonNormalized"#,
            r#"* LIST () "/" b ("OLDNAME" ("c"))"#,
            "a OK [MAILBOXID (F2212)] done",
        ];
        let (created, given_back) = answer(&Create::new("NonNormalized"), &lines);
        assert_eq!(given_back, lines[1..3], "what others do is news");
        assert_eq!(created.mailbox_id, Some("F2212".into()));
        assert_eq!(created.renamed.unwrap().mailbox, Mailbox::new("Normalized"));
        assert_eq!(answer(&Create::new("a"), &["a OK done"]).0, Created::default());
    }
}
