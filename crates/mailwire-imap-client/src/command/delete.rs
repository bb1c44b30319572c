//! DELETE: a mailbox goes, with its messages.

use mailwire_imap::{Mailbox, command::Body};

use super::{Listed, listing};
use crate::{Command, Server, Unsupported, Untagged};

/// `DELETE` ([RFC 9051 section 6.3.5](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.5)).
///
/// Mailboxes below stay: then the name may remain as a level that cannot be selected, or the server refuses with the code
/// `HASCHILDREN`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Delete {
    /// Which mailbox.
    pub mailbox: Mailbox,
}

impl Delete {
    /// The mailbox of this name.
    pub fn new(mailbox: impl Into<Mailbox>) -> Self {
        Self { mailbox: mailbox.into() }
    }
}

/// What DELETE is answered with.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Deleted {
    /// The name of the mailbox, if the server made another one of what was given.
    pub renamed: Option<Listed>,
}

impl Command for Delete {
    type Output = Deleted;

    fn body(&self, _: &Server) -> Result<Body, Unsupported> {
        Ok(Body::Delete(self.mailbox.clone()))
    }

    fn absorb(&self, data: Untagged, deleted: &mut Deleted) -> Option<Untagged> {
        listing::take_renamed(data, &self.mailbox, &mut deleted.renamed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, written};

    #[test]
    fn delete() {
        let delete = Delete::new("NIL");
        assert_eq!(written(&delete, "").as_deref(), Ok(r#"DELETE "NIL""#));
        let lines = [
            r#"* LIST (\NonExistent) "/" nil ("OLDNAME" ("NIL"))"#,
            r#"* LIST (\NonExistent) "/" other"#,
            "a OK done",
        ];
        let (deleted, given_back) = answer(&delete, &lines);
        assert_eq!(
            (deleted.renamed.unwrap().mailbox, given_back),
            (Mailbox::new("nil"), lines[1..2].to_vec())
        );
    }
}
