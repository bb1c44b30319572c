use super::{
    Attribute, BadParameters, Conversion, Convert, Converted, Failure, Item, MissingParameters, Reason,
};
use crate::{
    BodyStructure, Octets,
    encoder::{EncodeError, Encoder},
    fetch::{Content, encode_origin},
    fetch_attribute::encode_partial,
    section::{Part, Section, Text},
};

impl Convert {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        self.messages.encode(out);
        out.raw(b" (").nstring(self.target.as_deref());
        encode_parameters(&self.parameters, out);
        out.raw(b") ");
        match self.attributes.as_slice() {
            [] => out.fail(EncodeError::EmptyList).done(),
            [one] => one.encode(out),
            several => out.list(several, |out, one| one.encode(out)).done(),
        }
    }
}

/// `[SP "(" transcoding-params ")"]`
fn encode_parameters(parameters: &[(Octets, Octets)], out: &mut Encoder) {
    if !parameters.is_empty() {
        out.sp().list(parameters, |out, (name, value)| out.astring(name).sp().astring(value).done());
    }
}

impl Attribute {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::AvailableConversions(part) => part.encode(out.raw(b"AVAILABLECONVERSIONS")),
            Self::Binary { part, partial } => {
                part.encode(out.raw(b"BINARY"));
                encode_partial(*partial, out);
            }
            Self::BinarySize(part) => part.encode(out.raw(b"BINARY.SIZE")),
            Self::BodyPartStructure(part) => part.encode(out.raw(b"BODYPARTSTRUCTURE")),
            Self::Header(part) => encode_section(part, Text::Header, out),
            Self::Mime(part) => encode_section(part, Text::Mime, out),
            Self::Uid => out.raw(b"UID").done(),
        }
    }
}

/// `"BODY[HEADER]" / "BODY[" section-part (".HEADER]" / ".MIME]")`
fn encode_section(part: &Part, text: Text, out: &mut Encoder) {
    Section { part: part.clone(), text }.encode(out.raw(b"BODY"));
}

impl Converted {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        if self.items.is_empty() {
            out.fail(EncodeError::EmptyList);
        }
        out.number(self.number.get().into()).raw(b" CONVERTED (TAG ").tag_string(&self.tag);
        out.raw(b") ").list(&self.items, |out, item| item.encode(out));
    }
}

impl Item {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::AvailableConversions(part, types) => {
                part.encode(out.raw(b"AVAILABLECONVERSIONS"));
                encode_result(types, out, |types, out| {
                    out.raw(b"(").list(types, |out, one| out.string(one).done()).raw(b")").done();
                });
            }
            Self::Binary { part, origin, content } => {
                part.encode(out.raw(b"BINARY"));
                encode_origin(*origin, out);
                encode_result(content, out, Content::encode);
            }
            Self::BinarySize(part, size) => {
                part.encode(out.raw(b"BINARY.SIZE"));
                encode_result(size, out, |size, out| out.number(*size).done());
            }
            Self::BodyPartStructure(part, structure) => {
                part.encode(out.raw(b"BODYPARTSTRUCTURE"));
                encode_result(structure, out, BodyStructure::encode);
            }
            Self::Header(part, content) => {
                encode_section(part, Text::Header, out);
                encode_result(content, out, Content::encode);
            }
            Self::Mime(part, content) => {
                encode_section(part, Text::Mime, out);
                encode_result(content, out, Content::encode);
            }
            Self::Uid(uid) => out.raw(b"UID ").number(uid.get().into()).done(),
            Self::Other { name, part, value } => {
                // A bracket would start the part.
                if name.as_bytes().contains(&b'[') {
                    out.fail(EncodeError::Conflict);
                }
                out.other(name.as_bytes(), KNOWN);
                if let Some(part) = part {
                    part.encode(out);
                }
                value.encode(out.sp());
            }
        }
    }
}

/// `SP (value / converterror-phrase)`
fn encode_result<T>(result: &Result<T, Failure>, out: &mut Encoder, write: impl FnOnce(&T, &mut Encoder)) {
    match result {
        Ok(value) => write(value, out.sp()),
        Err(failure) => failure.encode(out.sp()),
    }
}

impl Failure {
    fn encode(&self, out: &mut Encoder) {
        out.raw(b"(ERROR ").string(&self.text);
        match &self.reason {
            Reason::BadParameters(all) => {
                require(all, out.raw(b" BADPARAMETERS"));
                all.iter().for_each(|one| one.encode(out));
            }
            Reason::MissingParameters(all) => {
                require(all, out.raw(b" MISSINGPARAMETERS"));
                all.iter().for_each(|one| one.encode(out));
            }
            Reason::TempFail(None) => out.raw(b" TEMPFAIL").done(),
            Reason::TempFail(Some(minutes)) => out.raw(b" TEMPFAIL ").number(minutes.get().into()).done(),
        }
        out.raw(b")");
    }
}

fn require<T>(list: &[T], out: &mut Encoder) {
    if list.is_empty() {
        out.fail(EncodeError::EmptyList);
    }
}

impl BadParameters {
    fn encode(&self, out: &mut Encoder) {
        out.sp().nstring(self.source.as_deref()).sp().string(&self.target);
        encode_parameters(&self.parameters, out);
    }
}

impl MissingParameters {
    fn encode(&self, out: &mut Encoder) {
        require(&self.names, out);
        out.sp().string(&self.source).sp().string(&self.target);
        out.sp().list(&self.names, |out, name| out.astring(name).done());
    }
}

impl Conversion {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.string(&self.source).sp().string(&self.target);
        if !self.parameters.is_empty() {
            out.sp().list(&self.parameters, |out, name| out.astring(name).done());
        }
    }
}

/// What has an item of its own.
const KNOWN: &[&str] = &["AVAILABLECONVERSIONS", "BINARY", "BINARY.SIZE", "BODY", "BODYPARTSTRUCTURE", "UID"];
