//! Which part of a message is meant: `1.2.HEADER.FIELDS (SUBJECT)`.

use alloc::vec::Vec;
use core::{fmt, num::NonZeroU32, str::FromStr};

use crate::{
    Octets, ParseError,
    decoder::read_text,
    encoder::{EncodeError, Encoder, shown},
    grammar::{astring, list, nz_number, octet, sp, word},
    input::{Input, Parsed},
};

/// What stands between the brackets of `BODY[...]`.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Section {
    /// Which part of the message; no numbers for the message itself.
    pub part: Part,
    /// What of the part.
    pub text: Text,
}

/// The numbers on the way from a message to one of its parts: `1.2`; none for the message itself.
///
/// ```
/// use mailwire_imap::section::Part;
///
/// let message: Part = "3".parse()?;
/// assert_eq!(message.join(&"1.2".parse()?).to_string(), "3.1.2");
/// # Ok::<(), mailwire_imap::ParseError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Part(pub Vec<NonZeroU32>);

/// What of a message or part is meant.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Text {
    /// All of it.
    #[default]
    All,
    /// `HEADER`: all header fields.
    Header,
    /// `HEADER.FIELDS`: the header fields of these names.
    HeaderFields(Vec<Octets>),
    /// `HEADER.FIELDS.NOT`: the header fields of other names.
    HeaderFieldsNot(Vec<Octets>),
    /// `MIME`: the MIME header of a part.
    Mime,
    /// `TEXT`: what follows the header.
    Text,
}

impl Section {
    /// The whole message.
    pub fn whole() -> Self {
        Self::default()
    }

    /// `HEADER.FIELDS` of the message.
    pub fn fields(names: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        let names = names.into_iter().map(|name| Octets::copy_from_slice(name.as_ref())).collect();
        Self { part: Part::default(), text: Text::HeaderFields(names) }
    }

    /// `HEADER` of the message.
    pub fn header() -> Self {
        Self { part: Part::default(), text: Text::Header }
    }

    /// `TEXT` of the message.
    pub fn text() -> Self {
        Self { part: Part::default(), text: Text::Text }
    }

    /// The content of a part.
    pub fn part(part: Part) -> Self {
        Self { part, text: Text::All }
    }

    /// `MIME`: the MIME header of a part. The message itself has none.
    pub fn mime(part: Part) -> Self {
        Self { part, text: Text::Mime }
    }

    /// Whether both mean the same: names of fields are the same in any case, in the same order.
    pub fn is_same(&self, other: &Self) -> bool {
        let same = |one: &[Octets], other: &[Octets]| {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        self.part == other.part
            && match (&self.text, &other.text) {
                (Text::HeaderFields(one), Text::HeaderFields(other))
                | (Text::HeaderFieldsNot(one), Text::HeaderFieldsNot(other)) => same(one, other),
                (one, other) => one == other,
            }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        // Only a part has a MIME header.
        if self.text == Text::Mime && self.part.0.is_empty() {
            out.fail(EncodeError::Conflict);
        }
        out.raw(b"[");
        self.part.encode_numbers(out);
        let text: &[u8] = match &self.text {
            Text::All => b"",
            Text::Header => b"HEADER",
            Text::HeaderFields(_) => b"HEADER.FIELDS ",
            Text::HeaderFieldsNot(_) => b"HEADER.FIELDS.NOT ",
            Text::Mime => b"MIME",
            Text::Text => b"TEXT",
        };
        if !text.is_empty() && !self.part.0.is_empty() {
            out.raw(b".");
        } else if self.text == Text::Mime {
            out.refuse("section-msgtext");
        }
        out.raw(text);
        if let Text::HeaderFields(names) | Text::HeaderFieldsNot(names) = &self.text {
            if names.is_empty() {
                out.fail(EncodeError::EmptyList);
            }
            out.list(names, |out, name| out.astring(name).done());
        }
        out.raw(b"]");
    }
}

impl FromStr for Section {
    type Err = ParseError;

    /// Reads the form that is shown: `1.2.HEADER.FIELDS (SUBJECT)`; no text is the whole message.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        read_text(&alloc::format!("[{text}]"), section)
    }
}

impl fmt::Display for Section {
    /// As between the brackets; what cannot be written is shown as `...`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = shown(|out| self.encode(out));
        let inner = shown.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        f.write_str(inner.unwrap_or(&shown))
    }
}

impl Part {
    /// The part of this number below this one; nothing is added for 0.
    pub(crate) fn child(&self, index: u32) -> Self {
        let mut numbers = Vec::with_capacity(self.0.len() + 1);
        numbers.extend_from_slice(&self.0);
        numbers.extend(NonZeroU32::new(index));
        Self(numbers)
    }

    /// The part that has the number `inner` in the message that this part is: how what was found in the structure of an
    /// attached message is fetched.
    #[must_use]
    pub fn join(&self, inner: &Self) -> Self {
        Self([&self.0[..], &inner.0].concat())
    }

    pub(crate) fn encode_numbers(&self, out: &mut Encoder) {
        for (index, number) in self.0.iter().enumerate() {
            if index > 0 {
                out.raw(b".");
            }
            out.number(u64::from(number.get()));
        }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.raw(b"[");
        self.encode_numbers(out);
        out.raw(b"]");
    }
}

impl FromStr for Part {
    type Err = ParseError;

    /// Reads the form that is shown: `1.2`; no text is no numbers.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        read_text(text, numbers)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, number) in self.0.iter().enumerate() {
            write!(f, "{}{number}", if index > 0 { "." } else { "" })?;
        }
        Ok(())
    }
}

/// `section = "[" [section-spec] "]"` ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9))
pub(crate) fn section(input: Input<'_>) -> Parsed<'_, Section> {
    let (input, ()) = octet(input, b'[', "section")?;
    let (after, part) = numbers(input)?;
    let is_separate = part.0.is_empty() || input.up_to(after).ends_with(b".");
    let (input, text) = match after.first() {
        Some(b']') => (after, Text::All),
        _ if is_separate => section_text(after)?,
        _ => return after.expected("\".\""),
    };
    if text == Text::Mime && part.0.is_empty() {
        return input.expected("section-msgtext");
    }
    Ok((octet(input, b']', "\"]\"")?.0, Section { part, text }))
}

/// `section-binary = "[" [section-part] "]"`
pub(crate) fn section_binary(input: Input<'_>) -> Parsed<'_, Part> {
    let (input, ()) = octet(input, b'[', "section-binary")?;
    let (input, part) = numbers(input)?;
    Ok((octet(input, b']', "\"]\"")?.0, part))
}

/// `[section-part]`, and the dot after it if a text follows.
fn numbers(mut input: Input<'_>) -> Parsed<'_, Part> {
    let mut part = Part::default();
    while input.first().is_some_and(|octet| octet.is_ascii_digit()) {
        if part.0.len() >= input.context.limits.nesting {
            return input.expected("section-part within the limit");
        }
        let (rest, number) = nz_number(input)?;
        part.0.push(number);
        input = match rest.first() {
            Some(b'.') if rest.rest().get(1).is_some_and(|octet| *octet != b']') => rest.skip(1),
            _ => return Ok((rest, part)),
        };
    }
    Ok((input, part))
}

fn section_text(input: Input<'_>) -> Parsed<'_, Text> {
    let (rest, word) = word(input)?;
    let header_list = |rest| -> Parsed<'_, Vec<Octets>> {
        let (before, ()) = sp(rest)?;
        let (rest, names) = list(before, astring)?;
        if names.is_empty() { before.expected("header-list") } else { Ok((rest, names)) }
    };
    match word.as_bytes() {
        b"HEADER" => Ok((rest, Text::Header)),
        b"HEADER.FIELDS" => header_list(rest).map(|(rest, names)| (rest, Text::HeaderFields(names))),
        b"HEADER.FIELDS.NOT" => header_list(rest).map(|(rest, names)| (rest, Text::HeaderFieldsNot(names))),
        b"MIME" => Ok((rest, Text::Mime)),
        b"TEXT" => Ok((rest, Text::Text)),
        _ => input.expected("section-text"),
    }
}

#[cfg(test)]
mod tests;
