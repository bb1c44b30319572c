use alloc::{vec, vec::Vec};

use super::parse::name;
use crate::{
    Atom, Mailbox,
    encoder::{EncodeError, Encoder},
    grammar::{HIGH, LIST, list, loose_spaces, run, sp, string, word},
    input::{Input, Parsed},
    mailbox::mailbox,
    mailbox_status,
    metadata::{Entry, encode_entries, entries},
    value::{Value, value},
};

/// What LIST takes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct List {
    /// Which mailboxes.
    pub select: Vec<ListSelect>,
    /// What the patterns are relative to; mostly empty.
    pub reference: Option<Mailbox>,
    /// Names in which `%` and `*` are wildcards; more than one with LIST-EXTENDED.
    pub patterns: Vec<Mailbox>,
    /// What is told of them; nothing without `RETURN`.
    pub returns: Option<Vec<ListReturn>>,
}

impl List {
    /// The mailboxes whose names match, without options.
    pub fn new(pattern: impl Into<Mailbox>) -> Self {
        Self { patterns: vec![pattern.into()], ..Self::default() }
    }
}

/// `list-select-opt` ([RFC 5258 section 3.1](https://www.rfc-editor.org/rfc/rfc5258#section-3.1))
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum ListSelect {
    /// `RECURSIVEMATCH`: also the parents of what the other options find; not alone, nor with `REMOTE` alone
    RecursiveMatch,
    /// `REMOTE`: also mailboxes of other servers
    Remote,
    /// `SPECIAL-USE`: those with a use (RFC 6154)
    SpecialUse,
    /// `SUBSCRIBED`: those that are subscribed
    Subscribed,
    /// Any other, with its value in parentheses.
    Other(Atom, Option<Value>),
}

/// `return-option` ([RFC 5258 section 3.2](https://www.rfc-editor.org/rfc/rfc5258#section-3.2))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum ListReturn {
    /// `CHILDREN`: whether there are mailboxes below
    Children,
    /// `METADATA` (RFC 9590)
    Metadata(Vec<Entry>),
    /// `MYRIGHTS` (RFC 8440)
    MyRights,
    /// `SPECIAL-USE`: what they are for (RFC 6154)
    SpecialUse,
    /// `STATUS` (RFC 5819)
    Status(Vec<mailbox_status::Attribute>),
    /// `SUBSCRIBED`: whether they are subscribed
    Subscribed,
    /// Any other, with its value in parentheses.
    Other(Atom, Option<Value>),
}

impl ListSelect {
    /// The option of this name, in any case.
    pub(crate) fn from_name(name: &[u8]) -> Option<Self> {
        let other = || Atom::new(name).ok().map(|name| Self::Other(name, None));
        Self::read(&name.to_ascii_uppercase()).or_else(other)
    }

    fn read(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"RECURSIVEMATCH" => Self::RecursiveMatch,
            b"REMOTE" => Self::Remote,
            b"SPECIAL-USE" => Self::SpecialUse,
            b"SUBSCRIBED" => Self::Subscribed,
            _ => return None,
        })
    }

    /// The octets on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::RecursiveMatch => b"RECURSIVEMATCH",
            Self::Remote => b"REMOTE",
            Self::SpecialUse => b"SPECIAL-USE",
            Self::Subscribed => b"SUBSCRIBED",
            Self::Other(name, _) => name.as_bytes(),
        }
    }

    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Other(name, Some(value)) => encode_other(name, value, out),
            Self::Other(name, None) => out.other(name.as_bytes(), KNOWN).done(),
            known => out.raw(known.as_bytes()).done(),
        }
    }
}

impl ListReturn {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Children => out.raw(b"CHILDREN").done(),
            Self::Metadata(entries) => encode_entries(entries, out.raw(b"METADATA ")),
            Self::MyRights => out.raw(b"MYRIGHTS").done(),
            Self::SpecialUse => out.raw(b"SPECIAL-USE").done(),
            Self::Status(attributes) if attributes.is_empty() => out.fail(EncodeError::EmptyList).done(),
            Self::Status(attributes) => {
                out.raw(b"STATUS ").list1(attributes, |out, one| out.raw(one.as_bytes()).done());
            }
            Self::Subscribed => out.raw(b"SUBSCRIBED").done(),
            Self::Other(name, None) => out.other(name.as_bytes(), KNOWN).done(),
            Self::Other(name, Some(value)) => encode_other(name, value, out),
        }
    }
}

/// `option-extension`: its value stands in parentheses.
fn encode_other(name: &Atom, value: &Value, out: &mut Encoder) {
    if !matches!(value, Value::List(_)) {
        out.refuse("option-value");
    }
    value.encode(out.other(name.as_bytes(), KNOWN).sp());
}

impl List {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        if lacks_base(&self.select) {
            out.fail(EncodeError::Conflict);
        }
        if !self.select.is_empty() {
            if self
                .select
                .iter()
                .all(|option| matches!(option, ListSelect::RecursiveMatch | ListSelect::Remote))
                && self.select.contains(&ListSelect::RecursiveMatch)
            {
                out.refuse("list-select-base-opt");
            }
            out.list(&self.select, |out, one| one.encode(out)).sp();
        }
        out.mailbox(self.reference.as_ref().unwrap_or(&Mailbox::new(""))).sp();
        match self.patterns.as_slice() {
            [] => out.fail(EncodeError::EmptyList).done(),
            [one] => out.list_mailbox(one).done(),
            several => out.list(several, |out, one| out.list_mailbox(one).done()).done(),
        }
        if let Some(returns) = &self.returns {
            out.raw(b" RETURN ").list(returns, |out, one| one.encode(out));
        }
    }
}

/// `list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]`
pub(super) fn list_command(input: Input<'_>) -> Parsed<'_, List> {
    let (mut input, mut command) = (input, List::default());
    if input.first() == Some(b'(') {
        let (rest, select) = select_options(input)?;
        (input, command.select) = (sp(rest)?.0, select);
    }
    let (rest, reference) = mailbox(input)?;
    command.reference = Some(reference);
    let (before, ()) = sp(rest)?;
    let (rest, patterns) = match before.first() {
        Some(b'(') => list(before, pattern)?,
        _ => pattern(before).map(|(rest, one)| (rest, vec![one]))?,
    };
    if patterns.is_empty() {
        return before.expected("list-mailbox");
    }
    command.patterns = patterns;
    if loose_spaces(rest).is_empty() {
        return Ok((rest, command));
    }
    let (before, ()) = sp(rest)?;
    let (rest, word) = word(before)?;
    if word.as_bytes() != b"RETURN" {
        return before.expected("RETURN");
    }
    let (rest, returns) = list(sp(rest)?.0, return_option)?;
    Ok((rest, List { returns: Some(returns), ..command }))
}

/// `list-select-opts`: if something modifies, there has to be what it modifies.
fn select_options(input: Input<'_>) -> Parsed<'_, Vec<ListSelect>> {
    let (rest, options) = list(input, |input| {
        let (rest, word) = word(input)?;
        match ListSelect::read(word.as_bytes()) {
            Some(known) => Ok((rest, known)),
            None => other(input).map(|(rest, (name, value))| (rest, ListSelect::Other(name, value))),
        }
    })?;
    if lacks_base(&options) {
        return input.expected("list-select-base-opt");
    }
    Ok((rest, options))
}

/// Whether `RECURSIVEMATCH` is there without anything that it modifies.
fn lacks_base(options: &[ListSelect]) -> bool {
    let is_dependent =
        |option: &ListSelect| matches!(option, ListSelect::RecursiveMatch | ListSelect::Remote);
    options.contains(&ListSelect::RecursiveMatch) && options.iter().all(is_dependent)
}

/// `return-option`
fn return_option(input: Input<'_>) -> Parsed<'_, ListReturn> {
    let (rest, word) = word(input)?;
    let known = match word.as_bytes() {
        b"CHILDREN" => ListReturn::Children,
        b"METADATA" => {
            return entries(sp(rest)?.0).map(|(rest, entries)| (rest, ListReturn::Metadata(entries)));
        }
        b"MYRIGHTS" => ListReturn::MyRights,
        b"SPECIAL-USE" => ListReturn::SpecialUse,
        b"STATUS" => {
            let (rest, attributes) = list(sp(rest)?.0, mailbox_status::attribute)?;
            return if attributes.is_empty() {
                input.expected("status-att")
            } else {
                Ok((rest, ListReturn::Status(attributes)))
            };
        }
        b"SUBSCRIBED" => ListReturn::Subscribed,
        _ => return other(input).map(|(rest, (name, value))| (rest, ListReturn::Other(name, value))),
    };
    Ok((rest, known))
}

/// `option-extension = (option-standard-tag / option-vendor-tag) [SP option-value]`
fn other(input: Input<'_>) -> Parsed<'_, (Atom, Option<Value>)> {
    let (rest, name) = name(input)?;
    if !rest.rest().starts_with(b" (") {
        return Ok((rest, (name, None)));
    }
    let (rest, value) = value(sp(rest)?.0, 0)?;
    Ok((rest, (name, Some(value))))
}

/// `list-mailbox = 1*list-char / string`
pub(super) fn pattern(input: Input<'_>) -> Parsed<'_, Mailbox> {
    let is_utf8 = input.context.is_utf8;
    if matches!(input.rest(), [b'"' | b'{', ..] | [b'~', b'{', ..]) {
        return string(input).map(|(rest, octets)| (rest, Mailbox::from_wire(octets, is_utf8)));
    }
    let class = if input.quirks().raw_names { LIST | HIGH } else { LIST };
    let (octets, rest) = input.split(run(input.rest(), class));
    if octets.is_empty() {
        return input.expected("list-mailbox");
    }
    Ok((rest, Mailbox::from_wire(input.bytes(octets), is_utf8)))
}

/// Options of both kinds that have values of their own.
const KNOWN: &[&str] =
    &["CHILDREN", "METADATA", "MYRIGHTS", "RECURSIVEMATCH", "REMOTE", "SPECIAL-USE", "STATUS", "SUBSCRIBED"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decoder, Limits, Quirks, command::Body};

    fn read(wire: &str) -> Option<List> {
        match Decoder::new(Limits::server(), Quirks::strict()).command(wire.as_bytes()).ok()?.body {
            Body::List(list) => Some(list),
            _ => None,
        }
    }

    #[test]
    fn options() {
        let command =
            read("a LIST (subscribed X-A (b (c))) \"\" (INBOX %) RETURN (special-use X-B MYRIGHTS)").unwrap();
        let value = |octets: &str| Value::Atom(octets.into());
        let nested = Value::List(vec![value("b"), Value::List(vec![value("c")])]);
        let other = ListSelect::Other(Atom::new("X-A").unwrap(), Some(nested));
        assert_eq!(command.select, [ListSelect::Subscribed, other]);
        let other = ListReturn::Other(Atom::new("X-B").unwrap(), None);
        assert_eq!(command.returns, Some(vec![ListReturn::SpecialUse, other, ListReturn::MyRights]));
        assert_eq!(command.patterns, [Mailbox::INBOX, Mailbox::new("%")]);
    }

    /// What the grammar has no form for is not written.
    #[test]
    fn what_has_no_form() {
        use crate::{
            annotation,
            command::{Command, SearchCommand},
            encoder::Abilities,
            metadata,
            search::Search,
            urlauth,
        };

        let entry = Entry::new("/a").unwrap();
        let search = |attribute| Body::Search(SearchCommand::uid(Search::annotation("/a", attribute, None)));
        let fetch = |parts: &[urlauth::RequestPart]| {
            Body::UrlFetch(vec![urlauth::Request { url: "u".into(), parts: parts.into() }])
        };
        let list = |select: &[ListSelect], returns: &[ListReturn]| {
            Body::List(List { select: select.into(), returns: Some(returns.into()), ..List::new("%") })
        };
        let annotation = metadata::Annotation { entry, value: None };
        use urlauth::RequestPart::{Binary, Body as Octets, BodyPartStructure};
        for (body, error) in [
            (Body::Delete(Mailbox::new("a\0b")), Some(EncodeError::Nul)),
            (Body::Status(Mailbox::INBOX, Vec::new()), Some(EncodeError::EmptyList)),
            (Body::SetMetadata(Mailbox::INBOX, Vec::new()), Some(EncodeError::EmptyList)),
            (Body::SetMetadata(Mailbox::INBOX, vec![annotation]), None),
            (Body::UrlFetch(Vec::new()), Some(EncodeError::EmptyList)),
            (Body::GenUrlAuth(Vec::new()), Some(EncodeError::EmptyList)),
            (fetch(&[Binary, Octets]), Some(EncodeError::Conflict)),
            (fetch(&[Binary, Binary]), Some(EncodeError::Conflict)),
            (fetch(&[BodyPartStructure, Octets]), None),
            (search(annotation::Attribute::Size), Some(EncodeError::Conflict)),
            (search(annotation::Attribute::Value), None),
            (list(&[ListSelect::Remote, ListSelect::RecursiveMatch], &[]), Some(EncodeError::Conflict)),
            (list(&[ListSelect::Remote], &[]), None),
            (list(&[], &[ListReturn::Metadata(Vec::new())]), Some(EncodeError::EmptyList)),
            (list(&[], &[ListReturn::Status(Vec::new())]), Some(EncodeError::EmptyList)),
        ] {
            let command = Command { tag: crate::Tag::new("a").unwrap(), body };
            let mut out = Encoder::client(Abilities::all());
            command.encode(&mut out);
            assert_eq!(out.finish().err(), error, "{command:?}");
        }
    }

    #[test]
    fn which_options_go_together() {
        for (options, is_read) in [
            ("", true),
            ("REMOTE", true),
            ("SUBSCRIBED REMOTE RECURSIVEMATCH", true),
            ("RECURSIVEMATCH SPECIAL-USE", true),
            ("RECURSIVEMATCH X-A", true),
            ("RECURSIVEMATCH", false),
            ("REMOTE RECURSIVEMATCH", false),
            ("SUBSCRIBED  REMOTE", false),
        ] {
            assert_eq!(read(&alloc::format!("a LIST ({options}) \"\" %")).is_some(), is_read, "{options}");
        }
        for wire in [
            "a LIST \"\" ()",
            "a LIST \"\" % RETURN",
            "a LIST \"\" % RETURN (STATUS ())",
            "a LIST \"\" % RETURN (METADATA)",
        ] {
            assert_eq!(read(wire), None, "{wire}");
        }
    }
}
