//! BODYSTRUCTURE: the tree of the parts of a message.

use alloc::{boxed::Box, vec::Vec};

use crate::{
    Octets,
    encoder::{EncodeError, Encoder},
    envelope::{Envelope, envelope},
    form::form,
    grammar::{close, is_closing, list, loose_spaces, nil, nstring, number64, open, sp, string},
    input::{Input, Parsed},
    value::{Value, value},
};

mod attachment;
mod damaged;
mod parameter;
mod parts;
mod shown;
#[cfg(test)]
mod tests;

pub use self::attachment::Attachment;

/// The structure of a message or of one of its parts.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum BodyStructure {
    /// One that could not be read, as it came.
    Invalid(Octets),
    /// Several parts.
    Multipart(Box<Multipart>),
    /// One part.
    Single(Box<Single>),
}

/// `body-type-mpart` ([RFC 9051 section 7.5.2](https://www.rfc-editor.org/rfc/rfc9051#section-7.5.2))
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Multipart {
    /// The parts, in order.
    pub parts: Vec<BodyStructure>,
    /// `mixed`, `alternative`, in any case.
    pub subtype: Octets,
    /// The parameters, of BODYSTRUCTURE alone.
    pub parameters: Parameters,
    /// What BODYSTRUCTURE has and BODY has not.
    pub extension: Extension,
}

/// `body-type-1part`
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Single {
    /// `text`, `image`, in any case.
    pub media_type: Octets,
    /// `plain`, `jpeg`, in any case.
    pub subtype: Octets,
    /// The parameters, such as the charset.
    pub parameters: Parameters,
    /// The `Content-ID` field.
    pub id: Option<Octets>,
    /// The `Content-Description` field.
    pub description: Option<Octets>,
    /// The transfer encoding: `7BIT`, `BASE64`, in any case.
    pub encoding: Octets,
    /// The size in its transfer encoding, in octets.
    pub octets: u64,
    /// What text and messages have beside this.
    pub kind: Kind,
    /// An MD5 digest of the content.
    pub md5: Option<Octets>,
    /// What BODYSTRUCTURE has and BODY has not.
    pub extension: Extension,
}

/// Which kind of single part it is.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Kind {
    /// Neither of the others.
    #[default]
    Basic,
    /// `message/rfc822` or `message/global`
    Message {
        /// The header of the message.
        envelope: Box<Envelope>,
        /// Its structure.
        body: BodyStructure,
        /// Its length in lines.
        lines: u64,
    },
    /// `text/...`
    Text {
        /// Its length in lines.
        lines: u64,
    },
}

/// Names and values.
pub type Parameters = Vec<(Octets, Octets)>;

/// What follows the fields that are always there; all of it may be missing.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Extension {
    /// The `Content-Disposition` field.
    pub disposition: Option<Disposition>,
    /// The languages of the content.
    pub language: Vec<Octets>,
    /// Where the content is.
    pub location: Option<Octets>,
    /// What standards to come add.
    pub more: Vec<Value>,
    /// How many of the fields are on the wire: 0 for BODY. Those of a single part count from its MD5.
    pub fields: u8,
}

/// `body-fld-dsp`
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Disposition {
    /// `inline` or `attachment`, in any case.
    pub kind: Octets,
    /// The parameters, such as the file name.
    pub parameters: Parameters,
}

impl BodyStructure {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        match self {
            // What cannot be read cannot be sent.
            Self::Invalid(_) => out.refuse("body").done(),
            Self::Multipart(multipart) => multipart.encode(out),
            Self::Single(single) => single.encode(out),
        }
    }
}

impl Multipart {
    fn encode(&self, out: &mut Encoder) {
        // One without parts can be read, but the standard has no form for it.
        if self.parts.is_empty() {
            out.fail(EncodeError::EmptyList);
        }
        out.raw(b"(");
        for part in &self.parts {
            part.encode(out);
        }
        out.sp().string(&self.subtype);
        if self.extension.fields > 0 {
            encode_parameters(&self.parameters, out.sp());
            self.extension.encode(out);
        }
        out.raw(b")");
    }
}

impl Single {
    /// Whether it is of this type, in any case.
    pub fn is(&self, media_type: &str, subtype: &str) -> bool {
        self.media_type.eq_ignore_ascii_case(media_type.as_bytes())
            && self.subtype.eq_ignore_ascii_case(subtype.as_bytes())
    }

    /// The value of a parameter; its name in any case.
    pub fn parameter(&self, name: &str) -> Option<&Octets> {
        find(&self.parameters, name)
    }

    /// The same in UTF-8: in the forms of RFC 2231 (`name*`, `name*0`), and encoded words, which have no place there but are
    /// often seen. Of charsets other than UTF-8, US-ASCII and ISO-8859-1 nothing is decoded.
    pub fn decoded_parameter(&self, name: &str) -> Option<Octets> {
        parameter::decoded(&self.parameters, name)
    }

    fn encode(&self, out: &mut Encoder) {
        out.raw(b"(").string(&self.media_type).sp().string(&self.subtype).sp();
        encode_parameters(&self.parameters, out);
        out.sp().nstring(self.id.as_deref()).sp().nstring(self.description.as_deref());
        out.sp().string(&self.encoding).sp().number(self.octets);
        let is_message = self.is("message", "rfc822") || self.is("message", "global");
        match &self.kind {
            Kind::Basic => {}
            Kind::Message { .. } if !is_message => out.refuse("media-message").done(),
            Kind::Text { .. } if !self.media_type.eq_ignore_ascii_case(b"text") => {
                out.refuse("media-text").done();
            }
            Kind::Message { envelope, body, lines } => {
                envelope.encode(out.sp());
                body.encode(out.sp());
                out.sp().number(*lines);
            }
            Kind::Text { lines } => out.sp().number(*lines).done(),
        }
        if self.extension.fields > 0 {
            out.sp().nstring(self.md5.as_deref());
            self.extension.encode(out);
        }
        out.raw(b")");
    }
}

impl Extension {
    /// What follows the first field, which is that of the caller.
    fn encode(&self, out: &mut Encoder) {
        if self.fields > 1 {
            match &self.disposition {
                Some(disposition) => {
                    out.raw(b" (").string(&disposition.kind).sp();
                    encode_parameters(&disposition.parameters, out);
                    out.raw(b")");
                }
                None => out.raw(b" NIL").done(),
            }
        }
        if self.fields > 2 {
            match self.language.as_slice() {
                [] => out.raw(b" NIL").done(),
                [one] => out.sp().string(one).done(),
                several => out.sp().list(several, |out, one| out.string(one).done()).done(),
            }
        }
        if self.fields > 3 {
            out.sp().nstring(self.location.as_deref());
        }
        // They stand behind all other fields.
        if self.fields < 4 && !self.more.is_empty() {
            out.refuse("body-extension");
        }
        for value in &self.more {
            value.encode(out.sp());
        }
    }
}

fn find<'a>(parameters: &'a Parameters, name: &str) -> Option<&'a Octets> {
    parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
}

fn encode_parameters(parameters: &[(Octets, Octets)], out: &mut Encoder) {
    if parameters.is_empty() {
        out.raw(b"NIL");
        return;
    }
    out.list(parameters, |out, (name, value)| out.string(name).sp().string(value).done());
}

/// `body`; one that is damaged is mended, or a value of its own, where that is tolerated.
pub(crate) fn body_structure(input: Input<'_>) -> Parsed<'_, BodyStructure> {
    match body(input, 0) {
        Ok((rest, structure)) if is_closing(rest) || rest.first() == Some(b' ') => Ok((rest, structure)),
        result if !input.quirks().loose_structure => result,
        result => match form(input, 0) {
            Ok((rest, form)) => {
                let structure = damaged::mended(&form);
                Ok((rest, structure.unwrap_or_else(|| BodyStructure::Invalid(form.octets()))))
            }
            Err(_) => result,
        },
    }
}

/// `body = "(" (body-type-1part / body-type-mpart) ")"`
fn body(input: Input<'_>, depth: usize) -> Parsed<'_, BodyStructure> {
    if depth >= input.context.limits.nesting {
        return input.expected("body nested within the limit");
    }
    let (inner, ()) = open(input)?;
    let inner = loose_spaces(inner);
    if inner.first() == Some(b'(') { multipart(inner, depth) } else { single(inner, depth) }
}

/// `body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]`
fn multipart(input: Input<'_>, depth: usize) -> Parsed<'_, BodyStructure> {
    // This and a single part are in their box from the start: so much is not moved once it is whole.
    let mut multipart = Box::<Multipart>::default();
    let mut input = input;
    while input.first() == Some(b'(') {
        let (rest, part) = body(input, depth + 1)?;
        multipart.parts.push(part);
        input = rest;
    }
    (input, multipart.subtype) = string(sp(input)?.0)?;
    if !is_closing(input) {
        (input, multipart.parameters) = parameters(sp(input)?.0)?;
        input = extension(input, &mut multipart.extension)?.0;
    }
    Ok((close(input)?.0, BodyStructure::Multipart(multipart)))
}

/// `body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]`
fn single(input: Input<'_>, depth: usize) -> Parsed<'_, BodyStructure> {
    let (mut single, mut input) = (Box::<Single>::default(), input);
    (input, single.media_type) = string(input)?;
    (input, single.subtype) = string(sp(input)?.0)?;
    (input, single.parameters) = parameters(sp(input)?.0)?;
    (input, single.id) = nstring(sp(input)?.0)?;
    (input, single.description) = nstring(sp(input)?.0)?;
    (input, single.encoding) = string(sp(input)?.0)?;
    (input, single.octets) = number64(sp(input)?.0)?;
    if single.media_type.eq_ignore_ascii_case(b"text") {
        let (rest, lines) = number64(sp(input)?.0)?;
        (input, single.kind) = (rest, Kind::Text { lines });
    } else if is_message(&single) {
        let (rest, envelope) = envelope(sp(input)?.0)?;
        let (rest, body) = body(sp(rest)?.0, depth + 1)?;
        let (rest, lines) = number64(sp(rest)?.0)?;
        (input, single.kind) = (rest, Kind::Message { envelope, body, lines });
    }
    if !is_closing(input) {
        (input, single.md5) = nstring(sp(input)?.0)?;
        input = extension(input, &mut single.extension)?.0;
    }
    Ok((close(input)?.0, BodyStructure::Single(single)))
}

fn is_message(single: &Single) -> bool {
    single.is("message", "rfc822") || single.is("message", "global")
}

/// `body-fld-param = "(" string SP string *(SP string SP string) ")" / nil`
fn parameters(input: Input<'_>) -> Parsed<'_, Parameters> {
    if let Some(rest) = nil(input) {
        return Ok((rest, Parameters::new()));
    }
    let (mut input, ()) = open(input)?;
    let mut parameters = Parameters::with_capacity(1);
    input = loose_spaces(input);
    loop {
        let (rest, name) = string(input)?;
        let (rest, value) = string(sp(rest)?.0)?;
        parameters.push((name, value));
        if is_closing(rest) {
            return Ok((close(rest)?.0, parameters));
        }
        input = sp(rest)?.0;
    }
}

/// `[SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]`, after the first extension field.
fn extension<'a>(mut input: Input<'a>, extension: &mut Extension) -> Parsed<'a, ()> {
    extension.fields = 1;
    if !is_closing(input) {
        (input, extension.disposition) = disposition(sp(input)?.0)?;
        extension.fields = 2;
    }
    if !is_closing(input) {
        (input, extension.language) = language(sp(input)?.0)?;
        extension.fields = 3;
    }
    if !is_closing(input) {
        (input, extension.location) = nstring(sp(input)?.0)?;
        extension.fields = 4;
    }
    while !is_closing(input) {
        let (rest, more) = value(sp(input)?.0, 0)?;
        extension.more.push(more);
        input = rest;
    }
    Ok((input, ()))
}

/// `body-fld-dsp = "(" string SP body-fld-param ")" / nil`
fn disposition(input: Input<'_>) -> Parsed<'_, Option<Disposition>> {
    if let Some(rest) = nil(input) {
        return Ok((rest, None));
    }
    let (input, ()) = open(input)?;
    let (input, kind) = string(loose_spaces(input))?;
    let (input, parameters) = parameters(sp(input)?.0)?;
    Ok((close(input)?.0, Some(Disposition { kind, parameters })))
}

/// `body-fld-lang = nstring / "(" string *(SP string) ")"`
fn language(input: Input<'_>) -> Parsed<'_, Vec<Octets>> {
    if input.first() != Some(b'(') {
        let (rest, one) = nstring(input)?;
        return Ok((rest, one.into_iter().collect()));
    }
    let (rest, languages) = list(input, string)?;
    if languages.is_empty() { input.expected("string") } else { Ok((rest, languages)) }
}
