//! LSUB: the names that are subscribed, as IMAP4rev1 tells them.

use mailwire_imap::{Mailbox, command::Body, response::Data};

use super::Listing;
use crate::{Command, Server, Unsupported, Untagged};

/// `LSUB` ([RFC 3501 section 6.3.9](https://www.rfc-editor.org/rfc/rfc3501#section-6.3.9)). IMAP4rev2 has
/// [`List::only_subscribed`](super::List::only_subscribed) in its place.
///
/// A name may be of no mailbox any more. With `%` a name that has only subscribed ones below it is told too, as one that
/// cannot be selected; of other mailboxes the attributes may be wrong, unless LIST tells them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Lsub {
    /// What the pattern is relative to; mostly the empty name.
    pub reference: Mailbox,
    /// Names in which `%` stands for anything on one level, and `*` for anything at all.
    pub pattern: Mailbox,
}

impl Lsub {
    /// The subscribed names that match.
    pub fn new(pattern: impl Into<Mailbox>) -> Self {
        Self { reference: Mailbox::new(""), pattern: pattern.into() }
    }
}

impl Command for Lsub {
    type Output = Listing;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        if server.enabled().imap4rev2 {
            return Err(Unsupported { capability: "IMAP4rev1" });
        }
        Ok(Body::Lsub(self.reference.clone(), self.pattern.clone()))
    }

    fn absorb(&self, data: Untagged, listing: &mut Listing) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::Lsub(list)) => {
                listing.add(list).map(|list| Untagged::Data(Data::Lsub(list)))
            }
            other => Some(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::command::dialogue::{answer, enabled, lacks, written, written_for};

    #[test]
    fn lsub() {
        let lsub = Lsub::new("*");
        assert_eq!(written(&lsub, "").as_deref(), Ok(r#"LSUB "" *"#));
        let rev2 = enabled("IMAP4rev2", "IMAP4rev2");
        assert_eq!(written_for(&lsub, &rev2), lacks("IMAP4rev1"));
        let lines = [r#"* LSUB () "/" a"#, r#"* LIST () "/" b"#, r#"* LSUB (\Noselect) NIL c"#, "a OK done"];
        let (listing, given_back) = answer(&lsub, &lines);
        assert_eq!(given_back, [lines[1]]);
        let names: Vec<_> = listing.iter().map(|row| (row.mailbox.name(), row.is_selectable())).collect();
        assert_eq!(names, [("a".into(), true), ("c".into(), false)]);
    }
}
