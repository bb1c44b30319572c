//! What is told of accounts and servers: quota, access rights, metadata, identification.

use alloc::vec::Vec;

use crate::{
    Mailbox, Octets,
    encoder::Encoder,
    grammar::{
        astring, close, is_closing, list, loose_spaces, nil, nstring, number64, open, sp, string, to_end,
    },
    input::{Input, Parsed},
    mailbox::mailbox,
};

/// `* QUOTA` ([RFC 9208 section 4.2.1](https://www.rfc-editor.org/rfc/rfc9208#section-4.2.1))
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Quota {
    /// What the limits are for; often the empty name.
    pub root: Octets,
    /// The limits.
    pub resources: Vec<Resource>,
}

/// One limit, and what of it is used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Resource {
    /// `STORAGE`, `MESSAGE`, `MAILBOX`, `ANNOTATION-STORAGE`, or another, in any case.
    pub name: Octets,
    /// How much is used; of `STORAGE`, in units of 1024 octets.
    pub usage: u64,
    /// How much may be.
    pub limit: u64,
}

impl Quota {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.astring(&self.root).sp().list(&self.resources, |out, resource| {
            out.astring(&resource.name).sp().number(resource.usage).sp().number(resource.limit);
        });
    }
}

/// `quota-root-name SP quota-list`
pub(crate) fn quota(input: Input<'_>) -> Parsed<'_, Quota> {
    let (input, root) = astring(input)?;
    let (mut input, ()) = open(sp(input)?.0)?;
    let mut resources = Vec::new();
    input = loose_spaces(input);
    while !is_closing(input) {
        let (rest, name) = astring(input)?;
        let (rest, usage) = number64(sp(rest)?.0)?;
        let (rest, limit) = number64(sp(rest)?.0)?;
        resources.push(Resource { name, usage, limit });
        input = if is_closing(rest) { rest } else { sp(rest)?.0 };
    }
    Ok((close(input)?.0, Quota { root, resources }))
}

/// `mailbox *(SP quota-root-name)`
pub(crate) fn quota_root(input: Input<'_>) -> Parsed<'_, (Mailbox, Vec<Octets>)> {
    let (input, mailbox) = mailbox(input)?;
    let (input, roots) = to_end(input, astring)?;
    Ok((input, (mailbox, roots)))
}

/// `* ACL` ([RFC 4314 section 3.6](https://www.rfc-editor.org/rfc/rfc4314#section-3.6))
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Acl {
    /// Whose rights.
    pub mailbox: Mailbox,
    /// Identifiers and rights.
    pub entries: Vec<(Octets, Octets)>,
}

/// `* LISTRIGHTS` ([RFC 4314 section 3.7](https://www.rfc-editor.org/rfc/rfc4314#section-3.7))
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListRights {
    /// Of which mailbox.
    pub mailbox: Mailbox,
    /// Whose.
    pub identifier: Octets,
    /// What is always granted.
    pub required: Octets,
    /// What can be granted; the rights of one string go together.
    pub optional: Vec<Octets>,
}

impl Acl {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.mailbox(&self.mailbox);
        for (identifier, rights) in &self.entries {
            out.sp().astring(identifier).sp().astring(rights);
        }
    }
}

impl ListRights {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.mailbox(&self.mailbox).sp().astring(&self.identifier).sp().astring(&self.required);
        for rights in &self.optional {
            out.sp().astring(rights);
        }
    }
}

/// `mailbox *(SP identifier SP rights)`
pub(crate) fn acl(input: Input<'_>) -> Parsed<'_, Acl> {
    let (input, mailbox) = mailbox(input)?;
    let (input, entries) = to_end(input, |input| {
        let (rest, identifier) = astring(input)?;
        let (rest, rights) = astring(sp(rest)?.0)?;
        Ok((rest, (identifier, rights)))
    })?;
    Ok((input, Acl { mailbox, entries }))
}

/// `mailbox SP identifier SP rights *(SP rights)`
pub(crate) fn list_rights(input: Input<'_>) -> Parsed<'_, ListRights> {
    let (input, mailbox) = mailbox(input)?;
    let (input, identifier) = astring(sp(input)?.0)?;
    let (input, required) = astring(sp(input)?.0)?;
    let (input, optional) = to_end(input, astring)?;
    Ok((input, ListRights { mailbox, identifier, required, optional }))
}

/// `* METADATA` ([RFC 5464 section 4.4](https://www.rfc-editor.org/rfc/rfc5464#section-4.4))
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Metadata {
    /// Of which mailbox; the empty name stands for the server.
    pub mailbox: Mailbox,
    /// What is told.
    pub entries: Entries,
}

/// Annotations.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Entries {
    /// Entries that have changed.
    Names(Vec<Octets>),
    /// Entries and their values.
    Values(Vec<(Octets, Option<Octets>)>),
}

impl Metadata {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.mailbox(&self.mailbox).sp();
        match &self.entries {
            Entries::Names(names) => out.separated(names, |out, name| out.astring(name).done()).done(),
            Entries::Values(values) => encode_values(values, out),
        }
    }
}

pub(crate) fn encode_values(values: &[(Octets, Option<Octets>)], out: &mut Encoder) {
    out.list(values, |out, (name, value)| out.astring(name).sp().nstring(value.as_deref()).done());
}

/// `mailbox SP (entry-values / entry-list)`
pub(crate) fn metadata(input: Input<'_>) -> Parsed<'_, Metadata> {
    let (input, mailbox) = mailbox(input)?;
    let (after, ()) = sp(input)?;
    if after.first() == Some(b'(') {
        let (rest, values) = entry_values(after)?;
        return Ok((rest, Metadata { mailbox, entries: Entries::Values(values) }));
    }
    let (rest, names) = to_end(input, astring)?;
    Ok((rest, Metadata { mailbox, entries: Entries::Names(names) }))
}

/// `"(" entry-value *(SP entry-value) ")"`
pub(crate) fn entry_values(input: Input<'_>) -> Parsed<'_, Vec<(Octets, Option<Octets>)>> {
    list(input, |input| {
        let (rest, name) = astring(input)?;
        let (rest, value) = nstring(sp(rest)?.0)?;
        Ok((rest, (name, value)))
    })
}

/// What ID says: fields and values ([RFC 2971](https://www.rfc-editor.org/rfc/rfc2971)).
pub type Fields = Vec<(Octets, Option<Octets>)>;

pub(crate) fn encode_fields(fields: Option<&Fields>, out: &mut Encoder) {
    match fields {
        Some(fields) => {
            out.list(fields, |out, (name, value)| out.string(name).sp().nstring(value.as_deref()).done());
        }
        None => out.raw(b"NIL").done(),
    }
}

/// `id-params-list = "(" *(string SP nstring) ")" / nil`
pub(crate) fn fields(input: Input<'_>) -> Parsed<'_, Option<Fields>> {
    if let Some(rest) = nil(input) {
        return Ok((rest, None));
    }
    let (input, fields) = list(input, |input| {
        let (rest, name) = string(input)?;
        let (rest, value) = nstring(sp(rest)?.0)?;
        Ok((rest, (name, value)))
    })?;
    Ok((input, Some(fields)))
}
