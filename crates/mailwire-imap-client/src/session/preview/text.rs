//! Octets of a text become a few words for people.

use alloc::{string::String, vec::Vec};

use super::{super::decode::TransferEncoding, LOOKED_AT, html};
use crate::codec::body_structure::Single;

/// How the octets of a part are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    encoding: TransferEncoding,
    /// One octet for a character.
    is_latin: bool,
    pub(super) is_html: bool,
}

impl Reading {
    pub(super) fn new(single: &Single, is_html: bool) -> Self {
        let charset = single.parameter("charset").map(|charset| charset.to_ascii_lowercase());
        let is_latin = matches!(charset.as_deref(), Some(b"iso-8859-1" | b"iso-8859-15" | b"windows-1252"));
        Self { encoding: TransferEncoding::new(&single.encoding), is_latin, is_html }
    }

    /// The first words: blanks and line ends become one space each, quoted lines are left out, and the rest is cut to as many
    /// characters as RFC 8970 section 3.1 has.
    pub(super) fn words(self, octets: &[u8]) -> String {
        // A server may send more than it was asked for.
        let decoded = self.encoding.decode(octets.get(..LOOKED_AT as usize).unwrap_or(octets));
        let text = if self.is_latin {
            decoded.iter().map(|octet| char::from(*octet)).collect()
        } else {
            String::from_utf8_lossy(&decoded).into_owned()
        };
        if self.is_html { shorten(&html::text(&text)) } else { shorten(&without_quotes(&text)) }
    }
}

/// Lines that are not of another message, unless all are.
fn without_quotes(text: &str) -> String {
    let own: Vec<&str> = text.lines().filter(|line| !line.starts_with('>')).collect();
    if own.iter().all(|line| line.trim().is_empty()) { text.into() } else { own.join("\n") }
}

fn shorten(text: &str) -> String {
    let is_blank = |one: char| one.is_whitespace() || one.is_control();
    let mut short = String::new();
    let mut count = 0;
    for word in text.split(is_blank).filter(|word| !word.is_empty()) {
        let space = usize::from(count > 0);
        if space == 1 && count < CHARACTERS {
            short.push(' ');
        }
        let left = CHARACTERS.saturating_sub(count + space);
        short.extend(word.chars().take(left));
        count += space + word.chars().count();
        if count >= CHARACTERS {
            break;
        }
    }
    // A character that was cut off with the rest of the text.
    short.truncate(short.trim_end_matches([' ', '\u{FFFD}']).len());
    short
}

/// The most characters of a preview.
const CHARACTERS: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_put_in_one_line() {
        for (text, short) in [
            ("", ""),
            (" \r\n\t", ""),
            ("a\r\n\r\n  b\tc ", "a b c"),
            ("> of another\r\n> one\r\nmine", "mine"),
            ("> all\r\n> quoted", "> all > quoted"),
            ("x\u{FFFD}", "x"),
        ] {
            assert_eq!(shorten(&without_quotes(text)), short);
        }
    }

    #[test]
    fn no_more_than_so_many_characters() {
        for text in ["é".repeat(500), "é ".repeat(500), "éé ".repeat(500)] {
            let short = shorten(&text);
            assert!(
                (CHARACTERS - 2..=CHARACTERS).contains(&short.chars().count()),
                "{}",
                short.chars().count()
            );
        }
        assert_eq!(shorten(&["a".repeat(199), "bc".into()].join(" ")), "a".repeat(199));
        assert_eq!(shorten(&["a".repeat(198), "bc".into()].join(" ")), "a".repeat(198) + " b");
    }

    #[test]
    fn charsets() {
        let mut single = Single { encoding: "8bit".into(), ..Single::default() };
        assert_eq!(Reading::new(&single, false).words(b"caf\xC3\xA9 x\xC3"), "café x");
        single.parameters = [("Charset".into(), "ISO-8859-1".into())].into();
        assert_eq!(Reading::new(&single, false).words(b"caf\xE9"), "café");
    }
}
