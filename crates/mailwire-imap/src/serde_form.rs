//! How values look in serde's formats where the derived form would not be what people expect, or would let in what is not
//! valid: a set of UIDs is `"1:5,7"`, a flag `"\\Seen"`, a moment `"17-Jul-1996 02:44:25 -0700"`.

use alloc::{borrow::Cow, format, string::String, vec::Vec};
use core::{fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, SeqAccess, Visitor},
};

use crate::{
    Atom, Capabilities, Flag, Flags, Mailbox, ModSeq, NumberList, NumberSet, Octets, ParseError,
    PartialRange, Secret, Tag, Url,
    acl::Rights,
    date::{Date, DateTime},
    filter::FilterName,
    flag::Keyword,
    list,
    metadata::Entry,
    number::Number,
    search_result::Score,
};

/// Types that are one text, by what they show and what they read.
macro_rules! text {
    ($($name:ident $expected:literal,)*) => {
        $(
            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    read_text(deserializer, $expected)
                }
            }
        )*
    };
}

text! {
    Atom "an atom",
    Date "a date, as in 1-Feb-1994",
    DateTime "a moment, as in 17-Jul-1996 02:44:25 -0700",
    Entry "an entry name, as in /private/comment",
    FilterName "the name of a filter",
    Flag "a flag",
    Keyword "a keyword",
    PartialRange "a part of a result, as in 1:500 or -1:-500",
    Rights "rights, as in lrs",
    Tag "a tag",
    Url "a URL of IMAP",
}

impl<N: Number> Serialize for NumberSet<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, N: Number> Deserialize<'de> for NumberSet<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        // An empty one has no form on the wire, but it has one here.
        if text.is_empty() { Ok(Self::new()) } else { text.parse().map_err(D::Error::custom) }
    }
}

impl<N: Number> Serialize for NumberList<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, N: Number> Deserialize<'de> for NumberList<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text(deserializer, "numbers in their order, as in 5,3:1")
    }
}

fn read_text<'de, D: Deserializer<'de>, T: FromStr<Err: fmt::Display>>(
    deserializer: D,
    expected: &'static str,
) -> Result<T, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    text.parse().map_err(|error| D::Error::custom(format!("not {expected}: {error}")))
}

/// A list of what it holds.
macro_rules! sequence {
    ($($name:ident $item:ty,)*) => {
        $(
            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_seq(self.iter())
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    Vec::<$item>::deserialize(deserializer).map(|items| items.into_iter().collect())
                }
            }
        )*
    };
}

use list::{Attribute as ListAttribute, Attributes as ListAttributes};

sequence! {
    Flags Flag,
    ListAttributes ListAttribute,
}

impl Serialize for ListAttribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(self.as_bytes()))
    }
}

impl<'de> Deserialize<'de> for ListAttribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text(deserializer, "an attribute of a mailbox")
    }
}

impl Serialize for Capabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.words().map(String::from_utf8_lossy))
    }
}

impl<'de> Deserialize<'de> for Capabilities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(words.iter().map(|word| word.as_bytes())).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for ModSeq {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = u64::deserialize(deserializer)?;
        Self::new(value).ok_or_else(|| D::Error::custom("not a mod-sequence of 63 bits"))
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u8::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("not a score from 1 to 100"))
    }
}

/// The name, or where that would lose what the server sent, its octets on the wire.
impl Serialize for Mailbox {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = self.name();
        if !serializer.is_human_readable() {
            serializer.serialize_bytes(&self.wire(false))
        } else if Self::new(&name).wire(false) == self.wire(false) {
            serializer.serialize_str(&name)
        } else {
            serializer.collect_seq(self.wire(false).iter())
        }
    }
}

impl<'de> Deserialize<'de> for Mailbox {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Read::deserialize(deserializer)? {
            Read::Text(name) => Self::new(name),
            Read::Octets(octets) => Self::from_wire(octets, false),
        })
    }
}

/// A text if it is one, or its octets.
impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_str() {
            Some(text) if serializer.is_human_readable() => serializer.serialize_str(text),
            _ => serializer.serialize_bytes(self),
        }
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Read::deserialize(deserializer)? {
            Read::Text(text) => text.into(),
            Read::Octets(octets) => octets,
        })
    }
}

enum Read {
    Text(String),
    Octets(Octets),
}

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(ReadVisitor)
        } else {
            deserializer.deserialize_byte_buf(ReadVisitor)
        }
    }
}

struct ReadVisitor;

impl<'de> Visitor<'de> for ReadVisitor {
    type Value = Read;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or octets")
    }

    fn visit_str<E>(self, text: &str) -> Result<Read, E> {
        Ok(Read::Text(text.into()))
    }

    fn visit_bytes<E>(self, octets: &[u8]) -> Result<Read, E> {
        Ok(Read::Octets(octets.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Read, A::Error> {
        let mut octets = Vec::new();
        while let Some(octet) = sequence.next_element()? {
            octets.push(octet);
        }
        Ok(Read::Octets(octets.into()))
    }
}

/// Never the secret: what is written is `null`, and what is read is what a program was configured with.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let secret =
            zeroize::Zeroizing::new(Option::<String>::deserialize(deserializer)?.unwrap_or_default());
        Ok(Self::new(secret.as_bytes()))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "ParseError")]
struct ParseErrorForm<'a> {
    rule: Cow<'a, str>,
    offset: usize,
    octets_start: usize,
    octets: Octets,
}

impl Serialize for ParseError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ParseErrorForm {
            rule: self.rule().into(),
            offset: self.offset(),
            octets_start: self.octets_start(),
            octets: self.octets().into(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ParseError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = ParseErrorForm::deserialize(deserializer)?;
        Ok(Self::from_parts(form.rule.into_owned().into(), form.offset, form.octets_start, &form.octets))
    }
}
