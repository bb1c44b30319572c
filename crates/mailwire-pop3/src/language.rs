//! Languages of texts for people ([RFC 6856 section 3](https://www.rfc-editor.org/rfc/rfc6856#section-3)).

use alloc::{boxed::Box, string::String};

use bytes::{BufMut as _, BytesMut};
use nom::{
    bytes::complete::{tag, take_while1},
    combinator::recognize,
    multi::separated_list1,
};

use crate::{
    ParseError, Reply,
    grammar::{Parsed, rest_of_line, rule, trimmed, whole},
};

/// Which language a client asks for: a tag or its beginning, such as `de` or `es-MX`, or `*` for the server's choice.
///
/// A basic language range of RFC 4647 section 2.1.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct LanguageRange(Box<str>);

impl LanguageRange {
    /// `*`: what the server's administrator prefers.
    pub fn any() -> Self {
        Self("*".into())
    }

    /// Checks `range`.
    ///
    /// # Errors
    ///
    /// [`ParseError`] unless it is `*`, or subtags of one to eight letters and digits joined by `-`.
    pub fn new(range: &str) -> Result<Self, ParseError> {
        whole(range.as_bytes(), self::range)
    }

    /// The range as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `tag` is in this range: the same, or longer by whole subtags, whatever the case (RFC 4647 section 3.3.1).
    pub fn matches(&self, tag: &LanguageTag) -> bool {
        let tag = tag.as_str();
        let same = tag.get(..self.0.len()).is_some_and(|start| start.eq_ignore_ascii_case(&self.0));
        &*self.0 == "*" || same && matches!(tag.as_bytes().get(self.0.len()), None | Some(b'-'))
    }
}

/// The tag of a language, such as `en-boont` (RFC 5646).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct LanguageTag(Box<str>);

impl LanguageTag {
    /// Checks `tag`.
    ///
    /// # Errors
    ///
    /// [`ParseError`] unless it is subtags of one to eight letters and digits joined by `-`.
    pub fn new(tag: &str) -> Result<Self, ParseError> {
        whole(tag.as_bytes(), self::tag_of_language)
    }

    /// `en`
    pub fn english() -> Self {
        Self("en".into())
    }

    /// The tag as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag at the front of the text of a positive reply to `LANG range`.
    pub fn chosen_by(reply: &Reply) -> Option<Self> {
        let word = reply.text().split(|octet| *octet == b' ').next()?;
        whole(word, tag_of_language).ok()
    }
}

/// A line of the reply to LANG: `es Espanol`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LanguageListing {
    /// The tag.
    pub tag: LanguageTag,
    /// The language's name in the language itself; empty if the server tells none.
    pub description: String,
}

impl LanguageListing {
    /// Reads a line without its line end.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if it does not start with a language tag.
    pub fn parse(line: &[u8]) -> Result<Self, ParseError> {
        let listing = |input| {
            let (rest, tag) = tag_of_language(input)?;
            rest_of_line(rest).map(|(_, text)| (&b""[..], (tag, text)))
        };
        let (tag, description) = whole(line, listing)?;
        if !matches!(description.first(), None | Some(b' ' | b'\t')) {
            return Err(ParseError::new("SP", tag.0.len(), line));
        }
        Ok(Self { tag, description: String::from_utf8_lossy(trimmed(description)).into_owned() })
    }

    /// Appends the line to `out`, without a line end. Control characters of the description become spaces.
    pub fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.tag.0.as_bytes());
        if !self.description.is_empty() {
            out.put_u8(b' ');
            out.put_slice(&crate::text::harmless(self.description.as_bytes()));
        }
    }
}

/// `language-range = (1*8ALPHA *("-" 1*8alphanum)) / "*"`
pub(crate) fn range(input: &[u8]) -> Parsed<'_, LanguageRange> {
    match input.strip_prefix(b"*") {
        Some(rest) => Ok((rest, LanguageRange::any())),
        None => tag_of_language(input).map(|(rest, tag)| (rest, LanguageRange(tag.0))),
    }
}

fn tag_of_language(input: &[u8]) -> Parsed<'_, LanguageTag> {
    let is_alphanum = |octet: u8| octet.is_ascii_alphanumeric();
    let subtags = separated_list1(
        tag(&b"-"[..]),
        nom::combinator::verify(take_while1(is_alphanum), |subtag: &[u8]| subtag.len() <= 8),
    );
    let (rest, octets) = rule("language-tag", recognize(subtags))(input)?;
    Ok((rest, LanguageTag(octets.iter().copied().map(char::from).collect::<String>().into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_both_ways() {
        for (wire, tag, description) in [
            ("en English", "en", "English"),
            ("en-boont English Boontling dialect", "en-boont", "English Boontling dialect"),
            ("es Español", "es", "Español"),
            ("i-default", "i-default", ""),
        ] {
            let listing =
                LanguageListing { tag: LanguageTag::new(tag).unwrap(), description: description.into() };
            assert_eq!(LanguageListing::parse(wire.as_bytes()), Ok(listing.clone()));
            let mut out = BytesMut::new();
            listing.encode(&mut out);
            assert_eq!(out, wire.as_bytes());
        }
        for wire in ["", " en", "-en", "en_US x", "abcdefghi", "*"] {
            assert!(LanguageListing::parse(wire.as_bytes()).is_err(), "{wire}");
        }
    }

    #[test]
    fn ranges_match_whole_subtags() {
        for (range, tag, matches) in [
            ("*", "de", true),
            ("de", "de", true),
            ("DE", "de-CH", true),
            ("de-CH", "de", false),
            ("d", "de", false),
            ("de-1996", "de-1996", true),
        ] {
            let (range, tag) = (LanguageRange::new(range).unwrap(), LanguageTag::new(tag).unwrap());
            assert_eq!(range.matches(&tag), matches, "{range:?} {tag:?}");
        }
        assert!(LanguageRange::new("").is_err() && LanguageRange::new("a-").is_err());
    }

    #[test]
    fn the_chosen_language() {
        let chosen = |wire: &[u8]| LanguageTag::chosen_by(&Reply::parse(wire).unwrap());
        assert_eq!(chosen(b"+OK es Idioma cambiado").unwrap().as_str(), "es");
        assert_eq!(chosen(b"+OK"), None);
    }
}
