//! XLIST: what mailboxes are for, before there was SPECIAL-USE.

use mailwire_imap::{Mailbox, command::Body, response::Data};

use super::Listing;
use crate::{Command, Server, Unsupported, Untagged};

/// `XLIST`, a command of Gmail's that others took over: LIST with attributes for what mailboxes are for.
///
/// The attribute `\Inbox` is on INBOX, whose name may be in the user's language.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Xlist {
    /// What the pattern is relative to; mostly the empty name.
    pub reference: Mailbox,
    /// Names in which `%` stands for anything on one level, and `*` for anything at all.
    pub pattern: Mailbox,
}

impl Xlist {
    /// The mailboxes whose names match.
    pub fn new(pattern: impl Into<Mailbox>) -> Self {
        Self { reference: Mailbox::new(""), pattern: pattern.into() }
    }
}

impl Command for Xlist {
    type Output = Listing;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("XLIST")?;
        Ok(Body::Xlist(self.reference.clone(), self.pattern.clone()))
    }

    fn absorb(&self, data: Untagged, listing: &mut Listing) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::Xlist(list)) => {
                listing.add(list).map(|list| Untagged::Data(Data::Xlist(list)))
            }
            other => Some(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use mailwire_imap::list::Attribute;

    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    #[test]
    fn xlist() {
        let xlist = Xlist::new("*");
        assert_eq!(written(&xlist, "XLIST").as_deref(), Ok(r#"XLIST "" *"#));
        assert_eq!(written(&xlist, "SPECIAL-USE"), lacks("XLIST"));
        let lines = [
            r#"* XLIST (\HasNoChildren \Sent) "/" Gesendet"#,
            r#"* LIST () "/" b"#,
            "* 4 EXISTS",
            "a OK done",
        ];
        let (listing, given_back) = answer(&xlist, &lines);
        assert_eq!(given_back, lines[1..3]);
        assert!(listing.find(&Mailbox::new("Gesendet")).unwrap().has(&Attribute::Sent));
    }
}
