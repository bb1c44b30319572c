//! The charsets that need no tables.

use alloc::{string::String, vec::Vec};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Charset {
    /// ISO-8859-1
    Latin1,
    /// UTF-8, and US-ASCII, which is a part of it.
    Utf8,
}

impl Charset {
    /// The charset of this name, in any case, if it is one of those.
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        let is = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        match () {
            () if is(&["utf-8", "us-ascii", "utf8", "ascii"]) => Some(Self::Utf8),
            () if is(&["iso-8859-1", "iso8859-1", "iso_8859-1", "latin1"]) => Some(Self::Latin1),
            () => None,
        }
    }

    /// Adds the text to `out` in UTF-8, with U+FFFD for what is none.
    pub(crate) fn decode(self, octets: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Latin1 => {
                let mut text = String::with_capacity(octets.len());
                text.extend(octets.iter().copied().map(char::from));
                out.extend_from_slice(text.as_bytes());
            }
            Self::Utf8 => out.extend_from_slice(String::from_utf8_lossy(octets).as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_utf8() {
        for (name, octets, text) in [
            ("utf-8", &b"caf\xC3\xA9"[..], Some("café")),
            ("UTF8", b"caf\xC3", Some("caf\u{FFFD}")),
            ("US-ASCII", b"cafe", Some("cafe")),
            ("ISO-8859-1", b"caf\xE9\x80", Some("café\u{80}")),
            ("iso-8859-15", b"\xA4", None),
            ("", b"a", None),
        ] {
            let decoded = Charset::named(name.as_bytes()).map(|charset| {
                let mut out = Vec::new();
                charset.decode(octets, &mut out);
                String::from_utf8(out).unwrap()
            });
            assert_eq!(decoded.as_deref(), text, "{name}");
        }
    }
}
