//! Parts of messages without their transfer encoding ([RFC 2045 section 6](https://www.rfc-editor.org/rfc/rfc2045#section-6)).

use alloc::vec::Vec;

/// How octets of a part are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TransferEncoding {
    /// `7BIT`, `8BIT`, `BINARY`: as they are.
    Identity,
    /// `BASE64`
    Base64,
    /// `QUOTED-PRINTABLE`
    QuotedPrintable,
    /// One that nobody knows: they stay as they are.
    Unknown,
}

impl TransferEncoding {
    /// Reads the word of a BODYSTRUCTURE, in any case.
    pub fn new(word: &[u8]) -> Self {
        match word.trim_ascii().to_ascii_lowercase().as_slice() {
            b"" | b"7bit" | b"8bit" | b"binary" => Self::Identity,
            b"base64" => Self::Base64,
            b"quoted-printable" => Self::QuotedPrintable,
            _ => Self::Unknown,
        }
    }

    /// The octets without the encoding. What breaks its rules is passed over, as the RFC advises, and a part that was cut off
    /// is decoded as far as it goes.
    pub fn decode(self, octets: &[u8]) -> Vec<u8> {
        match self {
            Self::Base64 => base64(octets),
            Self::QuotedPrintable => quoted_printable(octets),
            Self::Identity | Self::Unknown => octets.to_vec(),
        }
    }
}

/// Octets outside the alphabet are skipped. Padding ends a run; another may follow, as where texts were put together.
fn base64(octets: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(octets.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for octet in octets {
        let value = match octet {
            b'A'..=b'Z' => octet - b'A',
            b'a'..=b'z' => octet - b'a' + 26,
            b'0'..=b'9' => octet - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                (bits, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push((bits >> count) as u8);
        }
    }
    decoded
}

fn quoted_printable(octets: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(octets.len());
    let mut lines = octets.split(|octet| *octet == b'\n').peekable();
    while let Some(line) = lines.next() {
        let is_last = lines.peek().is_none();
        let has_return = line.last() == Some(&b'\r');
        // Blanks at the end of a line were added on the way.
        let text = if is_last { line } else { line.trim_ascii_end() };
        let is_soft = quoted_line(text, &mut decoded);
        if !is_last && !is_soft {
            decoded.extend_from_slice(if has_return { b"\r\n" } else { b"\n" });
        }
    }
    decoded
}

/// Decodes a line, and tells whether it goes on in the next one.
fn quoted_line(mut text: &[u8], decoded: &mut Vec<u8>) -> bool {
    while let Some(place) = memchr(text) {
        let (before, after) = text.split_at(place);
        decoded.extend_from_slice(before);
        match after {
            [b'='] | [b'=', b'\r'] => return true,
            [b'=', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                decoded.push(hexadecimal(*high) << 4 | hexadecimal(*low));
                text = rest;
            }
            [one, rest @ ..] => {
                decoded.push(*one);
                text = rest;
            }
            [] => return false,
        }
    }
    decoded.extend_from_slice(text);
    false
}

fn memchr(text: &[u8]) -> Option<usize> {
    text.iter().position(|octet| *octet == b'=')
}

fn hexadecimal(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit.wrapping_sub(b'A').wrapping_add(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for (word, encoding) in [
            ("7BIT", TransferEncoding::Identity),
            ("", TransferEncoding::Identity),
            (" Base64 ", TransferEncoding::Base64),
            ("QUOTED-printable", TransferEncoding::QuotedPrintable),
            ("x-uuencode", TransferEncoding::Unknown),
        ] {
            assert_eq!(TransferEncoding::new(word.as_bytes()), encoding, "{word}");
        }
        assert_eq!(TransferEncoding::Unknown.decode(b"=41"), b"=41");
    }

    #[test]
    fn base64_of_all_kinds() {
        for (encoded, decoded) in [
            (&b"aGVsbG8="[..], &b"hello"[..]),
            (b"aGVs\r\nbG8=\r\n", b"hello"),
            (b"aGVsbG8", b"hello"),
            (b"aGVsb", b"hel"),
            (b"a*G-V_s!bG8=", b"hello"),
            (b"aA==aQ==", b"hi"),
            (b"/+8=", b"\xFF\xEF"),
            (b"====", b""),
            (b"a", b""),
            (b"", b""),
        ] {
            assert_eq!(TransferEncoding::Base64.decode(encoded), decoded, "{}", encoded.escape_ascii());
        }
    }

    #[test]
    fn quoted_printable_of_all_kinds() {
        for (encoded, decoded) in [
            (&b"caf=C3=A9"[..], "café".as_bytes()),
            (b"caf=c3=a9", "café".as_bytes()),
            (b"a=\r\nb\r\nc", b"ab\r\nc"),
            (b"a= \t\r\nb", b"ab"),
            (b"a=\nb\nc\n", b"ab\nc\n"),
            (b"a  \r\nb  ", b"a\r\nb  "),
            (b"a =3D b=", b"a = b"),
            (b"100=% =G1 =4", b"100=% =G1 =4"),
            (b"a=\r", b"a"),
            (b"=0D=0A", b"\r\n"),
            (b"", b""),
        ] {
            let encoding = TransferEncoding::QuotedPrintable;
            assert_eq!(encoding.decode(encoded), decoded, "{}", encoded.escape_ascii());
        }
    }
}
