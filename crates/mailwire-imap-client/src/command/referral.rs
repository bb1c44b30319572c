//! RLIST and RLSUB: lists with the mailboxes of other servers.

use mailwire_imap::{Mailbox, command::Body, response::Data};

use super::Listing;
use crate::{Command, Server, Unsupported, Untagged};

/// `RLIST` ([RFC 2193 section 5.1](https://www.rfc-editor.org/rfc/rfc2193#section-5.1)): LIST with mailboxes of other
/// servers. A command that names one of these is refused with the code `REFERRAL`, which says where it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rlist {
    /// What the pattern is relative to; mostly the empty name.
    pub reference: Mailbox,
    /// Names in which `%` stands for anything on one level, and `*` for anything at all.
    pub pattern: Mailbox,
}

impl Rlist {
    /// The mailboxes whose names match.
    pub fn new(pattern: impl Into<Mailbox>) -> Self {
        Self { reference: Mailbox::new(""), pattern: pattern.into() }
    }
}

impl Command for Rlist {
    type Output = Listing;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("MAILBOX-REFERRALS")?;
        Ok(Body::Rlist(self.reference.clone(), self.pattern.clone()))
    }

    fn absorb(&self, data: Untagged, listing: &mut Listing) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::List(list)) => {
                listing.add(list).map(|list| Untagged::Data(Data::List(list)))
            }
            other => Some(other),
        }
    }
}

/// `RLSUB` ([RFC 2193 section 5.2](https://www.rfc-editor.org/rfc/rfc2193#section-5.2)): LSUB with mailboxes of other
/// servers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rlsub {
    /// What the pattern is relative to; mostly the empty name.
    pub reference: Mailbox,
    /// Names in which `%` stands for anything on one level, and `*` for anything at all.
    pub pattern: Mailbox,
}

impl Rlsub {
    /// The subscribed names that match.
    pub fn new(pattern: impl Into<Mailbox>) -> Self {
        Self { reference: Mailbox::new(""), pattern: pattern.into() }
    }
}

impl Command for Rlsub {
    type Output = Listing;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("MAILBOX-REFERRALS")?;
        Ok(Body::Rlsub(self.reference.clone(), self.pattern.clone()))
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
    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    #[test]
    fn lists_with_mailboxes_of_other_servers() {
        let (rlist, rlsub) = (Rlist::new("%"), Rlsub::new("%"));
        assert_eq!(written(&rlist, "MAILBOX-REFERRALS").as_deref(), Ok(r#"RLIST "" %"#));
        assert_eq!(written(&rlsub, "MAILBOX-REFERRALS").as_deref(), Ok(r#"RLSUB "" %"#));
        assert_eq!(written(&rlist, ""), lacks("MAILBOX-REFERRALS"));
        assert_eq!(written(&rlsub, ""), lacks("MAILBOX-REFERRALS"));
        let lines = [r#"* LIST () "/" a"#, r#"* LSUB () "/" b"#];
        let (listing, given_back) = answer(&rlist, &lines);
        assert!(listing.find(&Mailbox::new("a")).is_some() && given_back == lines[1..]);
        let (listing, given_back) = answer(&rlsub, &lines);
        assert!(listing.find(&Mailbox::new("b")).is_some() && given_back == lines[..1]);
    }
}
