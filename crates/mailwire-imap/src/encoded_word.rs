//! Encoded words, the text beyond ASCII in headers: `=?UTF-8?Q?caf=C3=A9?=`
//! ([RFC 2047](https://www.rfc-editor.org/rfc/rfc2047)).

use alloc::vec::Vec;

use memchr::memmem;

use crate::{Octets, charset::Charset};

/// The text with its encoded words decoded, as UTF-8.
///
/// Words of UTF-8, US-ASCII and ISO-8859-1 are decoded, those of other charsets are left as they are. Characters that are
/// cut in two by the end of a word, words in quotes, in the middle of text and without padding are read too, because
/// they are common.
///
/// ```
/// use mailwire_imap::{Octets, encoded_word};
///
/// let subject = Octets::from("Re: =?UTF-8?B?Y2Fmw6k=?= =?ISO-8859-1?Q?_=E0_midi?=");
/// assert_eq!(encoded_word::decode(&subject), "Re: café à midi");
/// ```
#[must_use]
pub fn decode(text: &Octets) -> Octets {
    if memmem::find(text, b"=?").is_none() {
        return text.clone();
    }
    let (mut decoded, mut rest) = (Decoded::default(), &**text);
    while let Some((before, from)) = memmem::find(rest, b"=?").and_then(|start| rest.split_at_checked(start))
    {
        decoded.plain(before);
        rest = match EncodedWord::read(from) {
            Some((word, after)) => {
                decoded.word(word);
                after
            }
            None => {
                let (mark, after) = from.split_at_checked(2).unwrap_or_default();
                decoded.plain(mark);
                after
            }
        };
    }
    decoded.plain(rest);
    decoded.finish().into()
}

/// One encoded word of a charset that is known.
struct EncodedWord {
    charset: Charset,
    octets: Vec<u8>,
}

impl EncodedWord {
    /// `encoded-word = "=?" charset "?" encoding "?" encoded-text "?="`
    /// ([RFC 2047 section 2](https://www.rfc-editor.org/rfc/rfc2047#section-2)), and what follows it.
    fn read(text: &[u8]) -> Option<(Self, &[u8])> {
        let (charset, rest) = up_to_question_mark(text.get(2..)?)?;
        // A language may follow the charset: RFC 2231 section 5.
        let charset = Charset::named(charset.split(|octet| *octet == b'*').next()?)?;
        let (encoding, rest) = up_to_question_mark(rest)?;
        let (encoded, rest) = up_to_question_mark(rest)?;
        let octets = match encoding {
            b"B" | b"b" => base64(encoded)?,
            b"Q" | b"q" => quoted(encoded),
            _ => return None,
        };
        Some((Self { charset, octets }, rest.strip_prefix(b"=")?))
    }
}

fn up_to_question_mark(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (before, rest) = text.split_at_checked(memchr::memchr(b'?', text)?)?;
    Some((before, rest.get(1..)?))
}

/// The text so far, and the word that waits for more of its charset.
#[derive(Default)]
struct Decoded<'a> {
    out: Vec<u8>,
    word: Option<EncodedWord>,
    /// White space after the word.
    gap: &'a [u8],
}

impl<'a> Decoded<'a> {
    fn plain(&mut self, text: &'a [u8]) {
        if text.is_empty() {
            return;
        }
        if self.word.is_some() && self.gap.is_empty() && text.trim_ascii().is_empty() {
            self.gap = text;
            return;
        }
        self.end_word();
        self.out.extend_from_slice(core::mem::take(&mut self.gap));
        self.out.extend_from_slice(text);
    }

    /// White space between two words is no text ([RFC 2047 section 6.2](https://www.rfc-editor.org/rfc/rfc2047#section-6.2)).
    fn word(&mut self, next: EncodedWord) {
        self.gap = b"";
        match &mut self.word {
            Some(word) if word.charset == next.charset => word.octets.extend(next.octets),
            _ => {
                self.end_word();
                self.word = Some(next);
            }
        }
    }

    fn end_word(&mut self) {
        if let Some(word) = self.word.take() {
            word.charset.decode(&word.octets, &mut self.out);
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.end_word();
        self.out.extend_from_slice(self.gap);
        self.out
    }
}

/// `Q` ([RFC 2047 section 4.2](https://www.rfc-editor.org/rfc/rfc2047#section-4.2)); what is no code stays.
fn quoted(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((octet, after)) = rest.split_first() {
        let code = if *octet == b'=' { after.split_first_chunk().and_then(hexadecimal) } else { None };
        (rest, _) = match code {
            Some((code, after)) => (after, out.push(code)),
            None => (after, out.push(if *octet == b'_' { b' ' } else { *octet })),
        };
    }
    out
}

/// An octet as two digits, and what follows.
pub(crate) fn hexadecimal<'a>((digits, rest): (&[u8; 2], &'a [u8])) -> Option<(u8, &'a [u8])> {
    let digit = |octet: u8| char::from(octet).to_digit(16);
    let code = digit(digits[0])? * 16 + digit(digits[1])?;
    Some((code as u8, rest))
}

/// `B`, with or without padding ([RFC 2047 section 4.1](https://www.rfc-editor.org/rfc/rfc2047#section-4.1)).
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0_u32, 0);
    for octet in text {
        let value = match octet {
            b'A'..=b'Z' => octet - b'A',
            b'a'..=b'z' => octet - b'a' + 26,
            b'0'..=b'9' => octet - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            // Two pieces that were put together have padding in the middle.
            b'=' => {
                (bits, count) = (0, 0);
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            _ => return None,
        };
        (bits, count) = (bits << 6 | u32::from(value), count + 6);
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_text() {
        for (text, decoded) in [
            ("", ""),
            ("plain", "plain"),
            ("=?", "=?"),
            ("a =?b?= c", "a =?b?= c"),
            // The examples of RFC 2047, section 8.
            ("(=?ISO-8859-1?Q?a?=)", "(a)"),
            ("(=?ISO-8859-1?Q?a?= b)", "(a b)"),
            ("(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"),
            ("(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"),
            ("(=?ISO-8859-1?Q?a?=\r\n =?ISO-8859-1?Q?b?=)", "(ab)"),
            ("(=?ISO-8859-1?Q?a_b?=)", "(a b)"),
            ("(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a =?ISO-8859-2?Q?_b?=)"),
            ("=?US-ASCII*EN?Q?Keith_Moore?= <m@cs.example>", "Keith Moore <m@cs.example>"),
            ("=?utf-8?q?caf=C3=A9?= =?iso-8859-1?q?_caf=e9?= ", "café café "),
            // One character in two words.
            ("=?UTF-8?B?Y2Fmww==?= =?UTF-8?B?qQ==?=", "café"),
            ("=?UTF-8?Q?caf=C3?=", "caf\u{FFFD}"),
            // No padding, padding in the middle, two words that touch, a word in text and in quotes.
            ("=?UTF-8?B?Y2Fmw6k?=", "café"),
            ("=?UTF-8?B?YQ==Yg==?=", "ab"),
            ("=?UTF-8?Q?a?==?UTF-8?Q?b?=", "ab"),
            ("x=?UTF-8?Q?a?=y", "xay"),
            ("\"=?UTF-8?Q?a b?=\"", "\"a b\""),
            ("=?UTF-8?Q?100=_=ZZ=?=", "100= =ZZ="),
            // What is not known or no word stays.
            ("=?KOI8-R?B?8NLJ18XU?= =?UTF-8?Q?a?=", "=?KOI8-R?B?8NLJ18XU?= a"),
            ("=?UTF-8?X?a?= =?UTF-8?B?!?= =?UTF-8?Q?a", "=?UTF-8?X?a?= =?UTF-8?B?!?= =?UTF-8?Q?a"),
            ("=?UTF-8?Q??=", ""),
            ("=?=?UTF-8?Q?a?=", "=?a"),
        ] {
            assert_eq!(decode(&text.into()), decoded, "{text}");
        }
        assert_eq!(decode(&Octets::from(&b"\xE9=?UTF-8?Q?a?="[..])), &b"\xE9a"[..], "what is no text stays");
    }

    #[test]
    fn words_without_an_end_take_one_look() {
        let text = Octets::from(b"=?UTF-8?Q?".repeat(100_000));
        assert_eq!(decode(&text), text);
    }
}
