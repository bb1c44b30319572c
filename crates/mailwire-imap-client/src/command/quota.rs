//! How much an account may hold: GETQUOTA, GETQUOTAROOT and SETQUOTA.

use alloc::{collections::BTreeSet, vec::Vec};

use mailwire_imap::{
    Mailbox, Octets,
    command::Body,
    quota::{Limit, Quota, Resource, ResourceName},
    response::Data,
};

use crate::{Command, Server, Unsupported, Untagged};

/// `GETQUOTA` ([RFC 9208 section 4.1.2](https://www.rfc-editor.org/rfc/rfc9208#section-4.1.2)): the limits of a root.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GetQuota {
    /// Of which root; often the empty name.
    pub root: Octets,
}

impl GetQuota {
    /// Of this root.
    pub fn new(root: impl Into<Octets>) -> Self {
        Self { root: root.into() }
    }
}

impl Command for GetQuota {
    type Output = Vec<Resource>;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("QUOTA")?;
        Ok(Body::GetQuota(self.root.clone()))
    }

    fn absorb(&self, data: Untagged, resources: &mut Vec<Resource>) -> Option<Untagged> {
        take(data, &self.root, resources)
    }
}

/// `SETQUOTA` ([RFC 9208 section 4.1.3](https://www.rfc-editor.org/rfc/rfc9208#section-4.1.3)): other limits for a root, in
/// place of those before. It is for administrators; the answer is what the limits are now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SetQuota {
    /// Of which root.
    pub root: Octets,
    /// All limits; what has none here is not limited any more.
    pub limits: Vec<Limit>,
}

impl SetQuota {
    /// These limits, in the unit of each resource.
    pub fn new(root: impl Into<Octets>, limits: impl IntoIterator<Item = (ResourceName, u64)>) -> Self {
        let limits = limits.into_iter().map(|(name, limit)| Limit { name, limit });
        Self { root: root.into(), limits: limits.collect() }
    }
}

impl Command for SetQuota {
    type Output = Vec<Resource>;

    /// RFC 2087 had the command without a word of its own, so that QUOTA is enough.
    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        if !server.has("QUOTASET") {
            server.require("QUOTA")?;
        }
        Ok(Body::SetQuota(self.root.clone(), self.limits.clone()))
    }

    fn absorb(&self, data: Untagged, resources: &mut Vec<Resource>) -> Option<Untagged> {
        take(data, &self.root, resources)
    }
}

/// `GETQUOTAROOT` ([RFC 9208 section 4.1.1](https://www.rfc-editor.org/rfc/rfc9208#section-4.1.1)): the limits that are on a
/// mailbox.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GetQuotaRoot {
    /// Which mailbox. It need not exist yet.
    pub mailbox: Mailbox,
}

impl GetQuotaRoot {
    /// The limits on this mailbox.
    pub fn new(mailbox: impl Into<Mailbox>) -> Self {
        Self { mailbox: mailbox.into() }
    }
}

/// The limits that are on a mailbox.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Quotas {
    /// The roots that the mailbox counts for; none if it counts for none.
    pub roots: Vec<Octets>,
    /// The limits of each root, as far as they were told.
    pub quotas: Vec<Quota>,
    /// The roots of these.
    told: BTreeSet<Vec<u8>>,
}

impl Quotas {
    /// What is limited in this way: the one of which the least is left.
    pub fn resource(&self, name: &ResourceName) -> Option<&Resource> {
        let all = self.quotas.iter().flat_map(|quota| &quota.resources).filter(|one| one.name == *name);
        all.min_by_key(|one| one.limit.saturating_sub(one.usage))
    }

    /// How much there is of all messages, and may be, in units of 1024 octets.
    pub fn storage(&self) -> Option<&Resource> {
        self.resource(&ResourceName::Storage)
    }
}

impl Command for GetQuotaRoot {
    type Output = Quotas;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("QUOTA")?;
        Ok(Body::GetQuotaRoot(self.mailbox.clone()))
    }

    fn absorb(&self, data: Untagged, quotas: &mut Quotas) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::QuotaRoot(told)) if told.mailbox == self.mailbox => {
                quotas.roots = told.roots;
            }
            // Some name another root here than there, so that each is taken, once.
            Untagged::Data(Data::Quota(told)) if quotas.told.insert(told.root.to_vec()) => {
                quotas.quotas.push(told);
            }
            other => return Some(other),
        }
        None
    }
}

/// The answer, if it is about this root.
fn take(data: Untagged, root: &Octets, resources: &mut Vec<Resource>) -> Option<Untagged> {
    match data {
        Untagged::Data(Data::Quota(told)) if told.root == *root => *resources = told.resources,
        other => return Some(other),
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    #[test]
    fn what_is_sent() {
        let set = SetQuota::new("", [(ResourceName::Storage, 512), (ResourceName::Message, 10)]);
        for (line, wire) in [
            (written(&GetQuota::new(""), "QUOTA"), r#"GETQUOTA """#),
            (written(&GetQuotaRoot::new("inbox"), "QUOTA"), "GETQUOTAROOT INBOX"),
            (written(&set, "QUOTA QUOTASET"), r#"SETQUOTA "" (STORAGE 512 MESSAGE 10)"#),
            (written(&set, "QUOTA"), r#"SETQUOTA "" (STORAGE 512 MESSAGE 10)"#),
        ] {
            assert_eq!(line.as_deref(), Ok(wire));
        }
        assert_eq!(written(&GetQuota::new(""), ""), lacks("QUOTA"));
        assert_eq!(written(&GetQuotaRoot::new("a"), ""), lacks("QUOTA"));
        assert_eq!(written(&set, ""), lacks("QUOTA"));
    }

    #[test]
    fn limits_of_a_root() {
        let lines = ["* QUOTA other (STORAGE 1 2)", r#"* QUOTA "" (STORAGE 10 5000000000)"#, "a OK done"];
        let storage = Resource { name: ResourceName::Storage, usage: 10, limit: 5_000_000_000 };
        let (resources, given_back) = answer(&GetQuota::new(""), &lines);
        assert_eq!((resources, given_back), ([storage.clone()].to_vec(), lines[..1].to_vec()));
        let (resources, given_back) = answer(&SetQuota::new("", []), &lines);
        assert_eq!((resources, given_back), ([storage].to_vec(), lines[..1].to_vec()));
    }

    #[test]
    fn limits_on_a_mailbox() {
        let lines = [
            "* QUOTAROOT other x",
            r#"* QUOTAROOT INBOX "" "b""#,
            r#"* QUOTA "" (STORAGE 10 512 MESSAGE 1 2)"#,
            r#"* QUOTA "b" (STORAGE 20 300)"#,
            r#"* QUOTA "b" (STORAGE 21 300)"#,
            "a OK done",
        ];
        let (quotas, given_back) = answer(&GetQuotaRoot::new("INBOX"), &lines);
        assert_eq!(given_back, [lines[0], lines[4]]);
        assert_eq!((quotas.roots.len(), quotas.quotas.len()), (2, 2));
        assert_eq!(quotas.storage().map(|one| (one.usage, one.limit)), Some((20, 300)), "the tightest");
        assert_eq!(quotas.resource(&ResourceName::Message).map(|one| one.limit), Some(2));
        assert_eq!(quotas.resource(&ResourceName::Mailbox), None);
    }
}
