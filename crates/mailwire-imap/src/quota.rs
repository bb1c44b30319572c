//! Quota: limits of what an account may hold.

use alloc::vec::Vec;
use core::fmt;

use crate::{
    Atom, Mailbox, Octets,
    encoder::Encoder,
    grammar::{
        astring, atom, close, digits, is_closing, list, loose_spaces, number64, open, quoted, sp, to_end,
    },
    input::{Input, Parsed},
    mailbox::mailbox,
};

/// `* QUOTA` ([RFC 9208 section 4.2.1](https://www.rfc-editor.org/rfc/rfc9208#section-4.2.1))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Quota {
    /// What the limits are for; often the empty name.
    pub root: Octets,
    /// The limits; none if there is nothing that is limited.
    pub resources: Vec<Resource>,
}

/// One limit, and what of it is used.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Resource {
    /// Of what.
    pub name: ResourceName,
    /// How much is used, in the unit of the resource.
    pub usage: u64,
    /// How much may be.
    pub limit: u64,
}

/// What can be limited ([RFC 9208 section 5](https://www.rfc-editor.org/rfc/rfc9208#section-5)); the same in any case.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum ResourceName {
    /// `ANNOTATION-STORAGE`: all annotations, in units of 1024 octets
    AnnotationStorage,
    /// `MAILBOX`: how many mailboxes
    Mailbox,
    /// `MESSAGE`: how many messages
    Message,
    /// `STORAGE`: all messages, in units of 1024 octets
    Storage,
    /// Any other, as it came.
    Other(Atom),
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(self.as_bytes()).unwrap_or_default())
    }
}

impl ResourceName {
    pub(crate) fn read(name: &[u8], atom: impl FnOnce() -> Atom) -> Self {
        let known = [Self::AnnotationStorage, Self::Mailbox, Self::Message, Self::Storage];
        known
            .into_iter()
            .find(|one| one.as_bytes().eq_ignore_ascii_case(name))
            .unwrap_or_else(|| Self::Other(atom()))
    }

    /// The octets on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::AnnotationStorage => b"ANNOTATION-STORAGE",
            Self::Mailbox => b"MAILBOX",
            Self::Message => b"MESSAGE",
            Self::Storage => b"STORAGE",
            Self::Other(name) => name.as_bytes(),
        }
    }
}

/// `* QUOTAROOT` ([RFC 9208 section 4.2.2](https://www.rfc-editor.org/rfc/rfc9208#section-4.2.2))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct QuotaRoot {
    /// Of which mailbox.
    pub mailbox: Mailbox,
    /// The roots whose limits it counts for; none if it counts for none.
    pub roots: Vec<Octets>,
}

/// A limit that SETQUOTA sets: `setquota-resource`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Limit {
    /// Of what.
    pub name: ResourceName,
    /// How much there may be, in the unit of the resource.
    pub limit: u64,
}

impl Quota {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.astring(&self.root).sp().list(&self.resources, |out, resource| {
            out.raw(resource.name.as_bytes()).sp().number(resource.usage).sp().number(resource.limit);
        });
    }
}

impl QuotaRoot {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.mailbox(&self.mailbox);
        for root in &self.roots {
            out.sp().astring(root);
        }
    }
}

pub(crate) fn encode_limits(limits: &[Limit], out: &mut Encoder) {
    // Numbers have 63 bits: what is above is no limit at all.
    let most = i64::MAX as u64;
    out.list(limits, |out, one| out.raw(one.name.as_bytes()).sp().number(one.limit.min(most)).done());
}

/// `quota-response = "QUOTA" SP quota-root-name SP quota-list`
pub(crate) fn quota(input: Input<'_>) -> Parsed<'_, Quota> {
    let (input, root) = astring(input)?;
    let (mut input, ()) = open(sp(input)?.0)?;
    let mut resources = Vec::new();
    input = loose_spaces(input);
    while !is_closing(input) {
        let (rest, name) = resource_name(input)?;
        let (rest, usage) = number64(sp(rest)?.0)?;
        let (rest, limit) = number64(sp(rest)?.0)?;
        resources.push(Resource { name, usage, limit });
        input = if is_closing(rest) { rest } else { sp(rest)?.0 };
    }
    Ok((close(input)?.0, Quota { root, resources }))
}

/// `quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root-name)`
pub(crate) fn quota_root(input: Input<'_>) -> Parsed<'_, QuotaRoot> {
    let (input, mailbox) = mailbox(input)?;
    let (input, roots) = to_end(input, astring)?;
    Ok((input, QuotaRoot { mailbox, roots }))
}

/// `setquota-list = "(" [setquota-resource *(SP setquota-resource)] ")"`
pub(crate) fn limits(input: Input<'_>) -> Parsed<'_, Vec<Limit>> {
    list(input, |input| {
        let (rest, name) = resource_name(input)?;
        let (rest, limit) = digits(sp(rest)?.0)?;
        if i64::try_from(limit).is_err() {
            input.expected("number of 63 bits")
        } else {
            Ok((rest, Limit { name, limit }))
        }
    })
}

/// `resource-name = "STORAGE" / "MESSAGE" / "MAILBOX" / "ANNOTATION-STORAGE" / resource-name-ext`
fn resource_name(input: Input<'_>) -> Parsed<'_, ResourceName> {
    // A server may have quoted it.
    let is_quoted = input.first() == Some(b'"') && input.quirks().loose_numbers && !input.context.is_command;
    if is_quoted {
        let (rest, octets) = quoted(input)?;
        return match Atom::new(&octets) {
            Ok(name) => Ok((rest, ResourceName::read(&octets, || name))),
            Err(_) => input.expected("resource-name"),
        };
    }
    let (rest, octets) = atom(input)?;
    Ok((rest, ResourceName::read(octets, || Atom::from_parsed(input.bytes(octets)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Decoder, Limits, Quirks,
        response::{Data, Response},
    };

    #[test]
    fn resources_are_the_same_in_any_case() {
        let wire =
            b"* QUOTA \"a b\" (storage 10 512 Message 1 2 MAILBOX 3 4 annotation-storage 5 6 X-NEW 7 8)";
        let Response::Data(Data::Quota(quota)) = Decoder::default().response(&wire[..]) else { panic!() };
        assert_eq!(quota.root, "a b");
        let other = ResourceName::Other(Atom::new("X-NEW").unwrap());
        let expected = [
            (ResourceName::Storage, 10, 512),
            (ResourceName::Message, 1, 2),
            (ResourceName::Mailbox, 3, 4),
            (ResourceName::AnnotationStorage, 5, 6),
            (other, 7, 8),
        ];
        let read: Vec<_> = quota.resources.into_iter().map(|one| (one.name, one.usage, one.limit)).collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn what_servers_send_otherwise() {
        for (wire, shown) in [
            ("* QUOTA \"\" (\"STORAGE\" 1 2)", Some((ResourceName::Storage, 1, 2))),
            ("* QUOTA \"\" ( STORAGE  1  2 )", Some((ResourceName::Storage, 1, 2))),
            ("* QUOTA \"\" (STORAGE -1 9.0e3)", Some((ResourceName::Storage, 0, 9000))),
            ("* QUOTA \"\" (\"a b\" 1 2)", None),
            ("* QUOTA \"\" (STORAGE 1)", None),
        ] {
            let strict = Decoder::new(Limits::client(), Quirks::strict());
            assert!(matches!(strict.response(wire.as_bytes()), Response::Unknown(_)), "{wire}");
            let read = match Decoder::default().response(wire.as_bytes()) {
                Response::Data(Data::Quota(mut quota)) => quota.resources.pop(),
                _ => None,
            };
            assert_eq!(read.map(|one| (one.name, one.usage, one.limit)), shown, "{wire}");
        }
    }

    #[test]
    fn limits_of_limits() {
        let server = Decoder::new(Limits::server(), Quirks::lenient());
        for (wire, is_read) in [
            ("a SETQUOTA \"\" ()", true),
            ("a SETQUOTA \"\" (STORAGE 9223372036854775807)", true),
            ("a SETQUOTA \"\" (STORAGE 9223372036854775808)", false),
            ("a SETQUOTA \"\" (STORAGE -1)", false),
            ("a SETQUOTA \"\" (STORAGE)", false),
            ("a SETQUOTA \"\" STORAGE 1", false),
        ] {
            assert_eq!(server.command(wire.as_bytes()).is_ok(), is_read, "{wire}");
        }
    }
}
