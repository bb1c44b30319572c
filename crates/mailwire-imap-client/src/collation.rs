//! The order of strings: `i;unicode-casemap` ([RFC 5051](https://www.rfc-editor.org/rfc/rfc5051)), by which SORT and THREAD
//! compare ([RFC 5256 section 7](https://www.rfc-editor.org/rfc/rfc5256#section-7)).

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use unicode_normalization::char::decompose_compatible;

/// What a string is compared by: keys are equal where the strings are, and ordered as the strings are.
///
/// Each character is made a capital and taken apart, so that neither case nor the form of accents counts. What is no
/// UTF-8 comes after all that is, octet by octet ([RFC 5255 section 4.6](https://www.rfc-editor.org/rfc/rfc5255#section-4.6)).
///
/// ```
/// use mailwire_imap_client::collation::Key;
///
/// assert_eq!(Key::new("Éléa"), Key::new("E\u{301}LE\u{301}A"));
/// assert!(Key::new("") < Key::new("ann") && Key::new("ann") < Key::new("Bob"));
/// assert!(Key::new("я") < Key::new(b"a\xFF"));
/// ```
#[derive(Clone, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Key(Box<[u8]>);

impl Key {
    /// The key of a string.
    pub fn new(text: impl AsRef<[u8]>) -> Self {
        let octets = text.as_ref();
        if octets.is_ascii() {
            return Self(octets.to_ascii_uppercase().into());
        }
        let Ok(text) = core::str::from_utf8(octets) else {
            // An octet that UTF-8 never has, and the greatest one.
            return Self([b"\xFF", octets].concat().into());
        };
        let mut key = Vec::with_capacity(octets.len());
        let mut push = |c: char| key.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        text.chars().for_each(|c| decompose_compatible(titlecase(c), &mut push));
        Self(key.into())
    }

    /// Whether it is that of a string of nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key(\"{}\")", self.0.escape_ascii())
    }
}

/// The one character that `UnicodeData.txt` has as the titlecase of another. The standard library has no titlecase, and its
/// capitals may be several characters, so what differs is listed here.
fn titlecase(c: char) -> char {
    match c {
        // Digraphs have a titlecase beside their capital.
        '\u{1C4}'..='\u{1C6}' => '\u{1C5}',
        '\u{1C7}'..='\u{1C9}' => '\u{1C8}',
        '\u{1CA}'..='\u{1CC}' => '\u{1CB}',
        '\u{1F1}'..='\u{1F3}' => '\u{1F2}',
        // Georgian has capitals that no title has.
        '\u{10D0}'..='\u{10FF}' => c,
        // Greek with an iota below: its capitals are one character in a title, and two in text.
        '\u{1F80}'..='\u{1F87}' | '\u{1F90}'..='\u{1F97}' | '\u{1FA0}'..='\u{1FA7}' => moved(c, 8),
        '\u{1FB3}' | '\u{1FC3}' | '\u{1FF3}' => moved(c, 9),
        _ => {
            let mut capitals = c.to_uppercase();
            match (capitals.next(), capitals.next()) {
                (Some(capital), None) => capital,
                _ => c,
            }
        }
    }
}

fn moved(c: char, by: u32) -> char {
    char::from_u32(u32::from(c) + by).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_case_nor_form_counts() {
        for (one, other, is_same) in [
            ("", "", true),
            ("Subject", "SUBJECT", true),
            ("straße", "STRAßE", true),
            // A capital of two characters is none of this collation.
            ("straße", "STRASSE", false),
            ("É", "e\u{301}", true),
            ("é", "e", false),
            // Compatibility forms: a ligature, a wide letter, a Roman number.
            ("ﬁ", "fi", false),
            ("Ａ", "a", true),
            ("Ⅳ", "iv", true),
            ("ǆ", "Ǆ", true),
            ("ǆ", "ǅ", true),
            ("ᾳ", "ᾼ", true),
            ("ᾀ", "ᾈ", true),
            ("µ", "Μ", true),
            ("ſ", "S", true),
            ("ı", "i", true),
            ("привет", "ПРИВЕТ", true),
            ("ა", "Ა", false),
            ("한", "한", true),
            ("a b", "a  b", false),
        ] {
            assert_eq!(Key::new(one) == Key::new(other), is_same, "{one} {other}");
        }
        assert!(Key::new("").is_empty() && !Key::new(" ").is_empty());
    }

    /// The example of RFC 5255 section 4.6, with its fourth string in UTF-8.
    #[test]
    fn what_is_no_text_comes_last() {
        let no_text_1 = &b"\xD0\xC0\xD0\xBD\xD0\xB4\xD1\x80\xD0\xB5\xD0\xB9"[..];
        let no_text_2 = &b"\xD0\x92\xD0\xB0\xD1\x81\xD0\xB8\xD0\xBB\xD0\xB8\xFF\xB9"[..];
        let (sergey, alexey) = ("сЕРГЕЙ".as_bytes(), "Алексей".as_bytes());
        let mut strings = [no_text_1, sergey, no_text_2, alexey];
        strings.sort_by_key(|string| Key::new(string));
        assert_eq!(strings, [alexey, sergey, no_text_2, no_text_1]);
    }
}
