//! Who may do what with a mailbox: GETACL, SETACL, DELETEACL, LISTRIGHTS and MYRIGHTS.

use alloc::vec::Vec;

use mailwire_imap::{
    Mailbox, Octets,
    acl::{Change, Entry, Rights},
    capability::Capability,
    command::Body,
    response::Data,
};

use crate::{Command, Server, Unsupported, Untagged};

/// `GETACL` ([RFC 4314 section 3.3](https://www.rfc-editor.org/rfc/rfc4314#section-3.3)): who has which rights.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GetAcl {
    /// Of which mailbox.
    pub mailbox: Mailbox,
}

impl GetAcl {
    /// Of this mailbox.
    pub fn new(mailbox: impl Into<Mailbox>) -> Self {
        Self { mailbox: mailbox.into() }
    }
}

impl Command for GetAcl {
    type Output = Vec<Entry>;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("ACL")?;
        Ok(Body::GetAcl(self.mailbox.clone()))
    }

    fn absorb(&self, data: Untagged, entries: &mut Vec<Entry>) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::Acl(acl)) if acl.mailbox == self.mailbox => *entries = acl.entries,
            other => return Some(other),
        }
        None
    }
}

/// `SETACL` ([RFC 4314 section 3.1](https://www.rfc-editor.org/rfc/rfc4314#section-3.1)): changes somebody's rights.
///
/// A server of the former RFC 2086, which announces no `RIGHTS=`, knows `c` and `d` in place of `k`, `x`, `t` and `e`
/// ([`Rights::OBSOLETE_CREATE`], [`Rights::OBSOLETE_DELETE`]). They grant more than what they stand for, so that nothing is
/// translated: the new ones are [`Unsupported`] there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SetAcl {
    /// Of which mailbox.
    pub mailbox: Mailbox,
    /// Whose.
    pub identifier: Octets,
    /// What becomes of the rights.
    pub change: Change,
}

impl SetAcl {
    /// What becomes of the rights of `identifier`: a user, a group, [`ANYONE`](mailwire_imap::acl::ANYONE), or one of these
    /// after `-`.
    pub fn new(mailbox: impl Into<Mailbox>, identifier: impl Into<Octets>, change: Change) -> Self {
        Self { mailbox: mailbox.into(), identifier: identifier.into(), change }
    }
}

impl Command for SetAcl {
    type Output = ();

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("ACL")?;
        let (Change::Add(rights) | Change::Remove(rights) | Change::Replace(rights)) = self.change else {
            return Ok(Body::SetAcl(self.mailbox.clone(), self.identifier.clone(), self.change));
        };
        if rights.intersects(new_rights()) && !server.iter().any(|one| matches!(one, Capability::Rights(_))) {
            return Err(Unsupported { capability: "RIGHTS=kxte" });
        }
        Ok(Body::SetAcl(self.mailbox.clone(), self.identifier.clone(), self.change))
    }
}

/// What RFC 2086 did not have.
fn new_rights() -> Rights {
    Rights::CREATE | Rights::DELETE_MAILBOX | Rights::DELETE_MESSAGES | Rights::EXPUNGE
}

/// `DELETEACL` ([RFC 4314 section 3.2](https://www.rfc-editor.org/rfc/rfc4314#section-3.2)): takes somebody out of the list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeleteAcl {
    /// Of which mailbox.
    pub mailbox: Mailbox,
    /// Whom.
    pub identifier: Octets,
}

impl DeleteAcl {
    /// Takes out `identifier`.
    pub fn new(mailbox: impl Into<Mailbox>, identifier: impl Into<Octets>) -> Self {
        Self { mailbox: mailbox.into(), identifier: identifier.into() }
    }
}

impl Command for DeleteAcl {
    type Output = ();

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("ACL")?;
        Ok(Body::DeleteAcl(self.mailbox.clone(), self.identifier.clone()))
    }
}

/// `LISTRIGHTS` ([RFC 4314 section 3.4](https://www.rfc-editor.org/rfc/rfc4314#section-3.4)): which rights somebody can have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListRights {
    /// Of which mailbox.
    pub mailbox: Mailbox,
    /// Whose.
    pub identifier: Octets,
}

impl ListRights {
    /// Those of `identifier`.
    pub fn new(mailbox: impl Into<Mailbox>, identifier: impl Into<Octets>) -> Self {
        Self { mailbox: mailbox.into(), identifier: identifier.into() }
    }
}

/// Which rights somebody can have.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Grantable {
    /// What is always granted.
    pub required: Rights,
    /// What can be granted; the rights of one set go together.
    pub optional: Vec<Rights>,
}

impl Command for ListRights {
    type Output = Grantable;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("ACL")?;
        Ok(Body::ListRights(self.mailbox.clone(), self.identifier.clone()))
    }

    fn absorb(&self, data: Untagged, grantable: &mut Grantable) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::ListRights(told))
                if told.mailbox == self.mailbox && told.identifier == self.identifier =>
            {
                *grantable = Grantable { required: told.required, optional: told.optional };
            }
            other => return Some(other),
        }
        None
    }
}

/// `MYRIGHTS` ([RFC 4314 section 3.5](https://www.rfc-editor.org/rfc/rfc4314#section-3.5)): what the user may do.
///
/// A server tells obsolete rights beside the new ones; one of RFC 2086 tells them alone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MyRights {
    /// With which mailbox.
    pub mailbox: Mailbox,
}

impl MyRights {
    /// With this mailbox.
    pub fn new(mailbox: impl Into<Mailbox>) -> Self {
        Self { mailbox: mailbox.into() }
    }
}

impl Command for MyRights {
    type Output = Rights;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("ACL")?;
        Ok(Body::MyRights(self.mailbox.clone()))
    }

    fn absorb(&self, data: Untagged, rights: &mut Rights) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::MyRights(told)) if told.mailbox == self.mailbox => *rights = told.rights,
            other => return Some(other),
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    fn rights(rights: &str) -> Rights {
        Rights::new(rights).unwrap()
    }

    #[test]
    fn what_is_sent() {
        let words = "ACL RIGHTS=texk";
        let set = |change| SetAcl::new("a b", "fred", change);
        for (line, wire) in [
            (written(&GetAcl::new("a b"), words), r#"GETACL "a b""#),
            (written(&set(Change::Add(rights("lk"))), words), r#"SETACL "a b" fred +lk"#),
            (written(&set(Change::Remove(rights("l"))), words), r#"SETACL "a b" fred -l"#),
            (written(&set(Change::Replace(rights("lrs"))), "ACL"), r#"SETACL "a b" fred lrs"#),
            (written(&set(Change::Replace(rights("lrsd"))), "ACL"), r#"SETACL "a b" fred lrsd"#),
            (written(&DeleteAcl::new("a", "-fred"), words), "DELETEACL a -fred"),
            (written(&ListRights::new("a", "anyone"), words), "LISTRIGHTS a anyone"),
            (written(&MyRights::new("a"), words), "MYRIGHTS a"),
        ] {
            assert_eq!(line.as_deref(), Ok(wire));
        }
        for right in ["k", "x", "t", "e"] {
            assert_eq!(written(&set(Change::Add(rights(right))), "ACL"), lacks("RIGHTS=kxte"), "{right}");
        }
        for line in [
            written(&GetAcl::new("a"), ""),
            written(&set(Change::Add(rights("l"))), ""),
            written(&DeleteAcl::new("a", "b"), ""),
            written(&ListRights::new("a", "b"), ""),
            written(&MyRights::new("a"), ""),
        ] {
            assert_eq!(line, lacks("ACL"));
        }
    }

    #[test]
    fn what_is_told_of_this_mailbox() {
        let lines = ["* ACL b fred l", "* MYRIGHTS a l", "* ACL a fred rwipslxcetda -chris wi", "a OK done"];
        let (entries, given_back) = answer(&GetAcl::new("a"), &lines);
        assert_eq!(given_back, lines[..2]);
        let named: Vec<_> =
            entries.iter().map(|one| (&*one.identifier, one.rights, one.is_negative())).collect();
        assert_eq!(named, [(&b"fred"[..], rights("rwipslxcetda"), false), (b"-chris", rights("wi"), true)]);

        let lines = ["* LISTRIGHTS a smith lr", "* LISTRIGHTS a fred la r swicdkxte", "a OK done"];
        let (grantable, given_back) = answer(&ListRights::new("a", "fred"), &lines);
        assert_eq!((grantable.required, given_back), (rights("la"), lines[..1].to_vec()));
        assert_eq!(grantable.optional, [rights("r"), rights("swicdkxte")]);

        let lines = ["* MYRIGHTS INBOX lr", "* MYRIGHTS a rwiptsldaex", "a OK done"];
        let (mine, given_back) = answer(&MyRights::new("a"), &lines);
        assert_eq!((mine, given_back), (rights("rwiptsldaex"), lines[..1].to_vec()));
    }
}
