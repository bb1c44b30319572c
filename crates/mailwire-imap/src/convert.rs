//! CONVERT: parts of messages in another media type, made by the server ([RFC 5259](https://www.rfc-editor.org/rfc/rfc5259)).

use alloc::vec::Vec;
use core::num::NonZeroU32;

use crate::{
    Atom, BodyStructure, Octets, Tag, Uid, command::Messages, fetch::Content, section::Part, value::Value,
};

mod encode;
mod parse;

pub(crate) use parse::{conversion, convert, converted};

/// What CONVERT takes ([RFC 5259 section 6](https://www.rfc-editor.org/rfc/rfc5259#section-6)).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Convert {
    /// Of which messages.
    pub messages: Messages,
    /// Into which media type, as in `image/jpeg`; if there is none, the server chooses.
    pub target: Option<Octets>,
    /// How, by name and value: `PIX-X`, `charset`.
    pub parameters: Vec<(Octets, Octets)>,
    /// What is asked for.
    pub attributes: Vec<Attribute>,
}

/// `convert-att`
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Attribute {
    /// `AVAILABLECONVERSIONS[...]`: the media types into which it can be converted
    AvailableConversions(Part),
    /// `BINARY[...]`: the converted octets
    Binary {
        /// Which part of the message.
        part: Part,
        /// Where to start in what it was converted into, and how many octets at most.
        partial: Option<(u64, u64)>,
    },
    /// `BINARY.SIZE[...]`: how many there are
    BinarySize(Part),
    /// `BODYPARTSTRUCTURE[...]`: the structure of what it is converted into
    BodyPartStructure(Part),
    /// `BODY[...HEADER]`, encoded words in another charset
    Header(Part),
    /// `BODY[...MIME]`, encoded words in another charset
    Mime(Part),
    /// `UID`
    Uid,
}

/// `* 2 CONVERTED`, the answer ([RFC 5259 section 8.1](https://www.rfc-editor.org/rfc/rfc5259#section-8.1))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Converted {
    /// The sequence number of the message.
    pub number: NonZeroU32,
    /// Of the command that this answers.
    pub tag: Tag,
    /// What is told, in the order of the wire.
    pub items: Vec<Item>,
}

/// `convert-msg-att`: what was asked for, or why it is not there
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Item {
    /// `AVAILABLECONVERSIONS[...]`: media types
    AvailableConversions(Part, Result<Vec<Octets>, Failure>),
    /// `BINARY[...]`
    Binary {
        /// Which part of the message.
        part: Part,
        /// Where the octets start in what it was converted into, if it was asked for a range.
        origin: Option<u64>,
        /// The octets.
        content: Result<Content, Failure>,
    },
    /// `BINARY.SIZE[...]`: how many octets
    BinarySize(Part, Result<u64, Failure>),
    /// `BODYPARTSTRUCTURE[...]`
    BodyPartStructure(Part, Result<BodyStructure, Failure>),
    /// `BODY[...HEADER]`
    Header(Part, Result<Content, Failure>),
    /// `BODY[...MIME]`
    Mime(Part, Result<Content, Failure>),
    /// `UID`, which comes first
    Uid(Uid),
    /// Any other.
    Other {
        /// Its name.
        name: Atom,
        /// Which part of the message, if it is told.
        part: Option<Part>,
        /// Its value.
        value: Value,
    },
}

/// `converterror-phrase` ([RFC 5259 section 9](https://www.rfc-editor.org/rfc/rfc5259#section-9))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Failure {
    /// A text for people.
    pub text: Octets,
    /// The reason.
    pub reason: Reason,
}

/// `convert-error-code`
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Reason {
    /// `BADPARAMETERS`: the server has no such conversion, or cannot do it in this way
    BadParameters(Vec<BadParameters>),
    /// `MISSINGPARAMETERS`: it has to know more for it
    MissingParameters(Vec<MissingParameters>),
    /// `TEMPFAIL`: it may work later, and after how many minutes
    TempFail(Option<NonZeroU32>),
}

/// What of `BADPARAMETERS` is about one conversion.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct BadParameters {
    /// The media type of the part; none if there is no such part.
    pub source: Option<Octets>,
    /// The media type that it should have been converted into.
    pub target: Octets,
    /// The parameters that were not understood; none if there is no such conversion at all.
    pub parameters: Vec<(Octets, Octets)>,
}

/// What of `MISSINGPARAMETERS` is about one conversion.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct MissingParameters {
    /// The media type of the part.
    pub source: Octets,
    /// The media type that it should have been converted into.
    pub target: Octets,
    /// The names of what has to be told.
    pub names: Vec<Octets>,
}

/// `* CONVERSION`: what CONVERSIONS finds ([RFC 5259 section 5.2](https://www.rfc-editor.org/rfc/rfc5259#section-5.2))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Conversion {
    /// The media type from which the server can convert.
    pub source: Octets,
    /// The media type into which it can.
    pub target: Octets,
    /// The names of the parameters that it understands for this.
    pub parameters: Vec<Octets>,
}

#[cfg(test)]
mod tests;
