//! URLAUTH: URLs by which others may read a part of a message.
//!
//! URLs are octets here, because what was signed are octets; [`Url`](crate::url::Url) reads them.

use alloc::vec::Vec;

use crate::{
    Atom, BodyStructure, Octets,
    body_structure::body_structure,
    encoder::{EncodeError, Encoder},
    fetch::{Content, content},
    grammar::{astring, close, is_closing, open, sp, to_end, word},
    input::{Input, Parsed},
    value::{Value, value},
};

/// What GENURLAUTH is to sign ([RFC 4467 section 7](https://www.rfc-editor.org/rfc/rfc4467#section-7)).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Unsigned {
    /// A URL that ends with `;URLAUTH=` and who may use it: `url-rump`
    pub url: Octets,
    /// How; mostly `INTERNAL`.
    pub mechanism: Atom,
}

/// What URLFETCH asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Request {
    /// A URL that was signed.
    pub url: Octets,
    /// What of it; nothing for its octets as they are in the message.
    pub parts: Vec<RequestPart>,
}

/// What URLAUTH=BINARY asks for ([RFC 5524 section 3.1](https://www.rfc-editor.org/rfc/rfc5524#section-3.1)).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum RequestPart {
    /// `BINARY`: the octets without their transfer encoding; not beside `BODY`
    Binary,
    /// `BODY`: the octets as they are in the message
    Body,
    /// `BODYPARTSTRUCTURE`
    BodyPartStructure,
}

/// What URLFETCH tells of one URL.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Fetched {
    /// The URL that was asked for.
    pub url: Octets,
    /// What it stands for.
    pub data: Data,
}

/// What a URL stands for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Data {
    /// What was asked for by name.
    Parts(Vec<Part>),
    /// The octets; none if the URL stands for nothing, or was not signed for this user.
    Plain(Content),
}

/// `url-metadata-el` ([RFC 5524 section 5](https://www.rfc-editor.org/rfc/rfc5524#section-5))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Part {
    /// `BINARY`; nothing if the transfer encoding is not known.
    Binary(Content),
    /// `BODY`
    Body(Content),
    /// `BODYPARTSTRUCTURE`
    BodyPartStructure(BodyStructure),
    /// Any other.
    Other(Octets, Value),
}

/// A mechanism that URLMECH names, and what it tells of itself in base64.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Mechanism {
    /// Its name; `INTERNAL` is the first one.
    pub name: Atom,
    /// What a client needs to know of it.
    pub data: Option<Atom>,
}

impl Unsigned {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        encode_mechanism(&self.mechanism, out.string(&self.url).sp());
    }
}

impl Request {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        if self.parts.is_empty() {
            return out.string(&self.url).done();
        }
        let count = |part| self.parts.iter().filter(|one| **one == part).count();
        let is_twice = count(RequestPart::Binary) + count(RequestPart::Body) > 1;
        if is_twice || count(RequestPart::BodyPartStructure) > 1 {
            out.fail(EncodeError::Conflict);
        }
        out.raw(b"(").string(&self.url);
        for (index, part) in self.parts.iter().enumerate() {
            if self.parts.get(..index).is_some_and(|before| before.contains(part)) {
                out.fail(EncodeError::Conflict);
            }
            out.sp().raw(part.as_bytes());
        }
        out.raw(b")");
    }
}

impl RequestPart {
    fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Binary => b"BINARY",
            Self::Body => b"BODY",
            Self::BodyPartStructure => b"BODYPARTSTRUCTURE",
        }
    }
}

impl Fetched {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.string(&self.url);
        match &self.data {
            Data::Plain(content) => content.encode(out.sp()),
            Data::Parts(parts) => {
                if parts.is_empty() {
                    out.fail(EncodeError::EmptyList);
                }
                for part in parts {
                    part.encode(out.raw(b" ("));
                    out.raw(b")");
                }
            }
        }
    }
}

impl Part {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Binary(content) => content.encode(out.raw(b"BINARY ")),
            Self::Body(content) => content.encode(out.raw(b"BODY ")),
            Self::BodyPartStructure(structure) => structure.encode(out.raw(b"BODYPARTSTRUCTURE ")),
            Self::Other(name, value) => {
                value.encode(out.other(name, &["BINARY", "BODY", "BODYPARTSTRUCTURE"]).sp());
            }
        }
    }
}

impl Mechanism {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        encode_mechanism(&self.name, out);
        if let Some(data) = &self.data {
            out.raw(b"=").raw(data.as_bytes());
        }
    }
}

/// `genurlauth = "GENURLAUTH" 1*(SP url-rump SP mechanism)`
pub(crate) fn unsigned(input: Input<'_>) -> Parsed<'_, Vec<Unsigned>> {
    let (rest, all) = to_end(input, |input| {
        let (rest, url) = astring(input)?;
        let (rest, mechanism) = mechanism(sp(rest)?.0)?;
        Ok((rest, Unsigned { url, mechanism }))
    })?;
    if all.is_empty() { input.expected("url-rump") } else { Ok((rest, all)) }
}

pub(crate) fn encode_mechanism(mechanism: &Atom, out: &mut Encoder) {
    if !mechanism.as_bytes().iter().all(is_mechanism_part) {
        out.refuse("mechanism");
    }
    out.raw(mechanism.as_bytes());
}

fn is_mechanism_part(octet: &u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.')
}

/// `mechanism = "INTERNAL" / 1*(ALPHA / DIGIT / "-" / ".")`
pub(crate) fn mechanism(input: Input<'_>) -> Parsed<'_, Atom> {
    let (octets, rest) =
        input.split(input.rest().iter().take_while(|octet| is_mechanism_part(octet)).count());
    if octets.is_empty() {
        input.expected("mechanism")
    } else {
        Ok((rest, Atom::from_parsed(input.bytes(octets))))
    }
}

/// `1*(SP mechanism ["=" base64])`
pub(crate) fn mechanisms(mut input: Input<'_>) -> Parsed<'_, Vec<Mechanism>> {
    let mut all = Vec::new();
    while input.first() == Some(b' ') {
        let (rest, name) = mechanism(sp(input)?.0)?;
        let (rest, data) = if rest.first() == Some(b'=') {
            base64(rest.skip(1)).map(|(rest, data)| (rest, Some(data)))?
        } else {
            (rest, None)
        };
        all.push(Mechanism { name, data });
        input = rest;
    }
    if all.is_empty() { input.expected("mechanism") } else { Ok((input, all)) }
}

fn base64(input: Input<'_>) -> Parsed<'_, Atom> {
    let is_part = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=');
    let (octets, rest) = input.split(input.rest().iter().take_while(|octet| is_part(octet)).count());
    if octets.is_empty() {
        input.expected("base64")
    } else {
        Ok((rest, Atom::from_parsed(input.bytes(octets))))
    }
}

/// `urlfetch = "URLFETCH" 1*(SP (url-full / "(" url-full 1*(SP url-fetch-param) ")"))`
pub(crate) fn requests(input: Input<'_>) -> Parsed<'_, Vec<Request>> {
    let (rest, all) = to_end(input, |input| {
        if input.first() == Some(b'(') {
            return request(input);
        }
        astring(input).map(|(rest, url)| (rest, Request { url, parts: Vec::new() }))
    })?;
    if all.is_empty() { input.expected("url-full") } else { Ok((rest, all)) }
}

/// `"(" url-full 1*(SP url-fetch-param) ")"`: none twice, and one of `BODY` and `BINARY` alone.
fn request(input: Input<'_>) -> Parsed<'_, Request> {
    let (mut input, url) = astring(open(input)?.0)?;
    let mut parts = Vec::new();
    while !is_closing(input) || parts.is_empty() {
        let (before, ()) = sp(input)?;
        let (rest, word) = word(before)?;
        let part = match word.as_bytes() {
            b"BINARY" if !parts.contains(&RequestPart::Body) => RequestPart::Binary,
            b"BODY" if !parts.contains(&RequestPart::Binary) => RequestPart::Body,
            b"BODYPARTSTRUCTURE" => RequestPart::BodyPartStructure,
            _ => return before.expected("url-fetch-param"),
        };
        if parts.contains(&part) {
            return before.expected("another url-fetch-param");
        }
        parts.push(part);
        input = rest;
    }
    Ok((close(input)?.0, Request { url, parts }))
}

/// `urlfetch-data = "*" SP "URLFETCH" 1*(SP url-full (SP nstring / url-metadata))`
pub(crate) fn fetched(input: Input<'_>) -> Parsed<'_, Fetched> {
    let (rest, url) = astring(input)?;
    let (after, ()) = sp(rest)?;
    if after.first() != Some(b'(') {
        return content(after).map(|(rest, content)| (rest, Fetched { url, data: Data::Plain(content) }));
    }
    let (mut input, mut parts) = (rest, Vec::new());
    while input.rest().starts_with(b" (") {
        let (mut rest, one) = part(input.skip(2))?;
        parts.push(one);
        // Dovecot puts all of them into one pair of parentheses.
        while input.quirks().loose_fetch && rest.first() == Some(b' ') {
            let (after, one) = part(rest.skip(1))?;
            parts.push(one);
            rest = after;
        }
        input = close(rest)?.0;
    }
    Ok((input, Fetched { url, data: Data::Parts(parts) }))
}

/// `url-metadata-el`
fn part(input: Input<'_>) -> Parsed<'_, Part> {
    let (after, name) = word(input)?;
    let (rest, ()) = sp(after)?;
    match name.as_bytes() {
        b"BINARY" => content(rest).map(|(rest, content)| (rest, Part::Binary(content))),
        b"BODY" => content(rest).map(|(rest, content)| (rest, Part::Body(content))),
        b"BODYPARTSTRUCTURE" => {
            body_structure(rest).map(|(rest, structure)| (rest, Part::BodyPartStructure(structure)))
        }
        _ => {
            let name = input.bytes(input.up_to(after));
            value(rest, 0).map(|(rest, value)| (rest, Part::Other(name, value)))
        }
    }
}
