//! RENAME: another name for a mailbox, and for all below it.

use mailwire_imap::{Mailbox, command::Body};

use super::{Listed, listing};
use crate::{Command, Server, Unsupported, Untagged};

/// `RENAME` ([RFC 9051 section 6.3.6](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.6)).
///
/// Of INBOX it moves the messages into a new mailbox, and INBOX stays, empty.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rename {
    /// Its name until now.
    pub from: Mailbox,
    /// Its name from now on.
    pub to: Mailbox,
}

impl Rename {
    /// From one name to another.
    pub fn new(from: impl Into<Mailbox>, to: impl Into<Mailbox>) -> Self {
        Self { from: from.into(), to: to.into() }
    }
}

/// What RENAME is answered with.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Renamed {
    /// The mailbox as it is now, if the server told it; it does if it made other names of those that were given.
    pub mailbox: Option<Listed>,
}

impl Command for Rename {
    type Output = Renamed;

    fn body(&self, _: &Server) -> Result<Body, Unsupported> {
        Ok(Body::Rename(self.from.clone(), self.to.clone()))
    }

    fn absorb(&self, data: Untagged, renamed: &mut Renamed) -> Option<Untagged> {
        listing::take_renamed(data, &self.from, &mut renamed.mailbox)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, written};

    #[test]
    fn rename() {
        let rename = Rename::new("a b", "ä");
        assert_eq!(written(&rename, "").as_deref(), Ok(r#"RENAME "a b" &AOQ-"#));
        let lines = [
            r#"* LIST () "/" c ("OLDNAME" ("d"))"#,
            r#"* LIST () "/" &AOQ- ("OLDNAME" ("a b"))"#,
            r#"* LIST () "/" &AOQ- ("OLDNAME" ("a b"))"#,
            "a OK done",
        ];
        let (renamed, given_back) = answer(&rename, &lines);
        assert_eq!(given_back, [lines[0], lines[2]]);
        assert_eq!(renamed.mailbox.unwrap().mailbox, Mailbox::new("ä"));
    }
}
