//! Annotations of messages: ANNOTATE-EXPERIMENT-1.

use alloc::{vec, vec::Vec};
use core::num::NonZeroU32;

use crate::{
    Octets,
    encoder::{EncodeError, Encoder},
    grammar::{LIST, astring, close, is_closing, list, nstring, nz_number, open, run, sp, string, word},
    input::{Input, Parsed},
    metadata::{Entry, encode_entries, entry},
};

/// An entry of a message and its attributes: `entry-att`
/// ([RFC 5257 section 5](https://www.rfc-editor.org/rfc/rfc5257#section-5)).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Annotation {
    /// `/comment`, or that of a part: `/1.2/comment`
    pub entry: Entry,
    /// Attributes and their values; one without a value does not exist, and STORE takes it away.
    pub attributes: Vec<(Attribute, Option<Octets>)>,
}

/// What SEARCH looks for: `search-key =/ "ANNOTATION" SP entry-match SP att-search SP value`
/// ([RFC 5257 section 5](https://www.rfc-editor.org/rfc/rfc5257#section-5)).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Wanted {
    /// The name of the entry, in which `%` and `*` are wildcards.
    pub entry: Octets,
    /// One of its values.
    pub attribute: Attribute,
    /// What is in it; nothing if there is no value.
    pub value: Option<Octets>,
}

/// What an entry consists of; the same in any case.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Attribute {
    /// `size`: how many octets the values have
    Size,
    /// `size.priv`
    SizePrivate,
    /// `size.shared`
    SizeShared,
    /// `value`: both values, in a request alone
    Value,
    /// `value.priv`: the value that the user alone sees
    ValuePrivate,
    /// `value.shared`: the value that all see
    ValueShared,
    /// Any other, as it came.
    Other(Octets),
}

const NAMES: [(Attribute, &[u8]); 6] = [
    (Attribute::Size, b"size"),
    (Attribute::SizePrivate, b"size.priv"),
    (Attribute::SizeShared, b"size.shared"),
    (Attribute::Value, b"value"),
    (Attribute::ValuePrivate, b"value.priv"),
    (Attribute::ValueShared, b"value.shared"),
];

impl Attribute {
    /// Whether SEARCH can look into it.
    pub(crate) fn is_for_search(&self) -> bool {
        *self == Self::Value || self.is_for_sort()
    }

    /// Whether SORT can order by it.
    pub(crate) fn is_for_sort(&self) -> bool {
        matches!(self, Self::ValuePrivate | Self::ValueShared)
    }

    /// The octets on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Other(name) => name,
            known => NAMES.iter().find(|(one, _)| one == known).map(|(_, name)| *name).unwrap_or_default(),
        }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        if self.as_bytes().iter().any(|octet| matches!(octet, b'*' | b'%')) {
            out.refuse("attrib");
        }
        let known = NAMES.iter().find(|(_, name)| name.eq_ignore_ascii_case(self.as_bytes()));
        out.astring(known.map_or(self.as_bytes(), |(_, name)| *name));
    }
}

/// What FETCH asks for: `"ANNOTATION" SP "(" entries SP attribs ")"`
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Request {
    /// Names of entries, in which `%` and `*` are wildcards.
    pub entries: Vec<Octets>,
    /// Which attributes of them.
    pub attributes: Vec<Attribute>,
}

/// What FETCH tells.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Told {
    /// Entries that have changed.
    Names(Vec<Entry>),
    /// Entries that were asked for.
    Values(Vec<Annotation>),
}

/// `ann-size`: what a mailbox supports
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Support {
    /// `NONE`: no annotations
    None,
    /// `READ-ONLY`: none that can be changed
    ReadOnly {
        /// `NOPRIVATE`: shared ones alone
        no_private: bool,
    },
    /// Annotations of up to so many octets.
    Size {
        /// The most octets of a value.
        max: NonZeroU32,
        /// `NOPRIVATE`: shared ones alone
        no_private: bool,
    },
}

impl Support {
    pub(crate) fn encode(self, out: &mut Encoder) {
        let is_shared_only = match self {
            Self::None => return out.raw(b"NONE").done(),
            Self::ReadOnly { no_private } => {
                out.raw(b"READ-ONLY");
                no_private
            }
            Self::Size { max, no_private } => {
                out.number(max.get().into());
                no_private
            }
        };
        out.raw(if is_shared_only { b" NOPRIVATE" } else { b"" });
    }
}

impl Request {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        if self.entries.is_empty() || self.attributes.is_empty() {
            out.fail(EncodeError::EmptyList);
        }
        out.raw(b"(");
        match self.entries.as_slice() {
            [one] => encode_pattern(one, out),
            several => out.list1(several, |out, one| encode_pattern(one, out)).done(),
        }
        out.sp();
        match self.attributes.as_slice() {
            [one] => one.encode(out),
            several => out.list1(several, |out, one| one.encode(out)).done(),
        }
        out.raw(b")");
    }
}

impl Told {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Names(names) => encode_entries(names, out),
            Self::Values(values) => encode_annotations(values, out),
        }
    }
}

/// `"(" entry-att *(SP entry-att) ")"`
pub(crate) fn encode_annotations(annotations: &[Annotation], out: &mut Encoder) {
    out.list1(annotations, |out, one| {
        out.astring(one.entry.as_bytes()).sp().list1(&one.attributes, |out, (name, value)| {
            name.encode(out);
            out.sp().nstring(value.as_deref());
        });
    });
}

impl Wanted {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        if !self.attribute.is_for_search() {
            out.fail(EncodeError::Conflict);
        }
        encode_pattern(&self.entry, out);
        self.attribute.encode(out.sp());
        out.sp().nstring(self.value.as_deref());
    }
}

/// `entry-match = list-mailbox`
fn encode_pattern(pattern: &[u8], out: &mut Encoder) {
    if !pattern.is_empty() && run(pattern, LIST) == pattern.len() {
        out.raw(pattern)
    } else {
        out.string(pattern)
    };
}

/// `"(" entry-att *(SP entry-att) ")"`, as in `att-annotate`
pub(crate) fn annotations(input: Input<'_>) -> Parsed<'_, Vec<Annotation>> {
    let (rest, all) = list(input, annotation)?;
    if all.is_empty() { input.expected("entry-att") } else { Ok((rest, all)) }
}

/// `entry-att = entry SP "(" att-value *(SP att-value) ")"`
fn annotation(input: Input<'_>) -> Parsed<'_, Annotation> {
    let (rest, entry) = entry(input)?;
    let (before, ()) = sp(rest)?;
    let (rest, attributes) = list(before, |input| {
        let (rest, name) = attribute(input)?;
        let (rest, value) = nstring(sp(rest)?.0)?;
        Ok((rest, (name, value)))
    })?;
    if attributes.is_empty() {
        before.expected("att-value")
    } else {
        Ok((rest, Annotation { entry, attributes }))
    }
}

/// `"(" entry-att *(SP entry-att) ")" / "(" entry *(SP entry) ")"`
pub(crate) fn told(input: Input<'_>) -> Parsed<'_, Told> {
    let (after, ()) = open(input)?;
    let (rest, _) = entry(after)?;
    if is_closing(rest) || !rest.rest().starts_with(b" (") {
        return list(input, entry).map(|(rest, names)| (rest, Told::Names(names)));
    }
    annotations(input).map(|(rest, values)| (rest, Told::Values(values)))
}

/// `"(" entries SP attribs ")"`
pub(crate) fn request(input: Input<'_>) -> Parsed<'_, Request> {
    let (rest, ()) = open(input)?;
    let (rest, entries) = one_or_more(rest, pattern)?;
    let (rest, attributes) = one_or_more(sp(rest)?.0, attribute)?;
    Ok((close(rest)?.0, Request { entries, attributes }))
}

fn one_or_more<'a, T>(input: Input<'a>, item: impl Fn(Input<'a>) -> Parsed<'a, T>) -> Parsed<'a, Vec<T>> {
    if input.first() != Some(b'(') {
        return item(input).map(|(rest, one)| (rest, vec![one]));
    }
    let (rest, items) = list(input, item)?;
    if items.is_empty() { input.expected("list that is not empty") } else { Ok((rest, items)) }
}

/// `entry-match = list-mailbox`
fn pattern(input: Input<'_>) -> Parsed<'_, Octets> {
    if matches!(input.rest(), [b'"' | b'{', ..] | [b'~', b'{', ..]) {
        return string(input);
    }
    let (octets, rest) = input.split(run(input.rest(), LIST));
    if octets.is_empty() { input.expected("entry-match") } else { Ok((rest, input.bytes(octets))) }
}

/// `entry-match SP att-search SP value`
pub(crate) fn wanted(input: Input<'_>) -> Parsed<'_, Wanted> {
    let (rest, entry) = pattern(input)?;
    let (rest, attribute) = att_search(sp(rest)?.0)?;
    let (rest, value) = nstring(sp(rest)?.0)?;
    Ok((rest, Wanted { entry, attribute, value }))
}

/// `attrib = astring`, without wildcards
pub(crate) fn attribute(input: Input<'_>) -> Parsed<'_, Attribute> {
    let (rest, name) = astring(input)?;
    if name.iter().any(|octet| matches!(octet, b'*' | b'%')) {
        return input.expected("attrib");
    }
    let known = NAMES.into_iter().find(|(_, word)| name.eq_ignore_ascii_case(word));
    Ok((rest, known.map_or(Attribute::Other(name), |(known, _)| known)))
}

/// `att-search = "value" / "value.priv" / "value.shared"`
fn att_search(input: Input<'_>) -> Parsed<'_, Attribute> {
    match attribute(input)? {
        (rest, known) if known.is_for_search() => Ok((rest, known)),
        _ => input.expected("att-search"),
    }
}

/// `att-sort = "value.priv" / "value.shared"`
pub(crate) fn att_sort(input: Input<'_>) -> Parsed<'_, Attribute> {
    match attribute(input)? {
        (rest, known) if known.is_for_sort() => Ok((rest, known)),
        _ => input.expected("att-sort"),
    }
}

/// `ann-size = "NONE" / (("READ-ONLY" / nz-number) [SP "NOPRIVATE"])`
pub(crate) fn support(input: Input<'_>) -> Parsed<'_, Support> {
    let (rest, first) = word(input)?;
    let after = rest.rest().get(..10).filter(|next| next.eq_ignore_ascii_case(b" NOPRIVATE"));
    let (no_private, end) = (after.is_some(), if after.is_some() { rest.skip(10) } else { rest });
    match first.as_bytes() {
        b"NONE" => Ok((rest, Support::None)),
        b"READ-ONLY" => Ok((end, Support::ReadOnly { no_private })),
        _ => nz_number(input).map(|(_, max)| (end, Support::Size { max, no_private })),
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;
    use crate::{
        Decoder, Limits, Quirks,
        fetch::Item,
        response::{Data, Response},
    };

    #[test]
    fn what_is_told() {
        let wire = b"* 1 FETCH (ANNOTATION (/comment (VALUE.PRIV \"a\" x.priv ~{1}\r\n\0) /1/b (size.shared NIL)) UID 1)";
        let Response::Data(Data::Fetch(fetch)) = Decoder::default().response(&wire[..]) else { panic!() };
        let Item::Annotation(Told::Values(values)) = &fetch.items[0] else { panic!() };
        assert_eq!(values[0].attributes[0], (Attribute::ValuePrivate, Some("a".into())));
        assert_eq!(values[0].attributes[1], (Attribute::Other("x.priv".into()), Some("\0".into())));
        assert_eq!(
            (values[1].entry.as_bytes(), &values[1].attributes[0]),
            (&b"/1/b"[..], &(Attribute::SizeShared, None))
        );
        let wire = b"* 1 FETCH (ANNOTATION (/comment /b) UID 1)";
        let Response::Data(Data::Fetch(fetch)) = Decoder::default().response(&wire[..]) else { panic!() };
        assert!(matches!(&fetch.items[0], Item::Annotation(Told::Names(names)) if names.len() == 2));
    }

    #[test]
    fn what_is_refused() {
        let strict = Decoder::new(Limits::server(), Quirks::strict());
        for wire in [
            "SEARCH ANNOTATION /a size x",
            "SEARCH ANNOTATION /a value",
            "SORT (ANNOTATION /a value) UTF-8 ALL",
            "SORT (ANNOTATION /* value.priv) UTF-8 ALL",
            "FETCH 1 ANNOTATION",
            "FETCH 1 (ANNOTATION ())",
            "FETCH 1 (ANNOTATION (/a ()))",
            "FETCH 1 (ANNOTATION (() value))",
            "FETCH 1 (ANNOTATION (/a val*))",
            "STORE 1 ANNOTATION ()",
            "STORE 1 ANNOTATION (/a)",
            "STORE 1 ANNOTATION (/a ())",
            "STORE 1 ANNOTATION (/* (value.priv \"x\"))",
            "STORE 1 +ANNOTATION (/a (value.priv \"x\"))",
        ] {
            assert!(strict.command(format!("a {wire}").as_bytes()).is_err(), "{wire}");
        }
    }
}
