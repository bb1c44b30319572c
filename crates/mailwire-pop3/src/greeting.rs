//! The timestamp of a greeting, and the digest of APOP over it.

use alloc::{boxed::Box, string::String};
use core::fmt;

use md5::{Digest as _, Md5};
use subtle::ConstantTimeEq as _;

use crate::Reply;

/// The timestamp in a server's greeting, with its angle brackets: it offers APOP.
///
/// [RFC 1939 section 7](https://www.rfc-editor.org/rfc/rfc1939#section-7): a `msg-id` that is different each time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Timestamp(Box<str>);

impl Timestamp {
    /// Checks `timestamp`: `<`, at least one printable ASCII character other than angle brackets, `>`.
    pub fn new(timestamp: &str) -> Option<Self> {
        let inner = timestamp.strip_prefix('<')?.strip_suffix('>')?;
        let is_vchar = |octet: u8| octet.is_ascii_graphic() && octet != b'<' && octet != b'>';
        (!inner.is_empty() && inner.bytes().all(is_vchar)).then(|| Self(timestamp.into()))
    }

    /// Finds it in a greeting; a server whose greeting has none, or has it without brackets, or with a space or a
    /// control character in it, has no APOP.
    pub fn find(greeting: &Reply) -> Option<Self> {
        let text = greeting.text();
        let start = memchr::memchr(b'<', text)?;
        let length = memchr::memchr(b'>', text.get(start..)?)?;
        Self::new(core::str::from_utf8(text.get(start..=start + length)?).ok()?)
    }

    /// The timestamp with its brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What APOP sends: MD5 over the timestamp followed by the shared secret.
    ///
    /// ```
    /// use mailwire_pop3::greeting::Timestamp;
    ///
    /// let timestamp = Timestamp::new("<1896.697170952@dbc.mtview.ca.us>").unwrap();
    /// assert_eq!(timestamp.digest(b"tanstaaf").to_hex(), "c4c9334bac560ecc979e58001b3e22fb");
    /// ```
    pub fn digest(&self, secret: &[u8]) -> Digest {
        Digest(Md5::new().chain_update(self.0.as_bytes()).chain_update(secret).finalize().into())
    }
}

/// The digest of APOP: 16 octets, sent as 32 hexadecimal digits.
///
/// It stands in for a password: `Debug` does not show it, and it is compared in constant time.
#[derive(Clone, Copy)]
pub struct Digest([u8; 16]);

impl Digest {
    /// Reads 32 hexadecimal digits; RFC 1939 wants lower case, some clients send upper case.
    pub fn from_hex(digits: &[u8]) -> Option<Self> {
        let mut octets = [0; 16];
        if digits.len() != 2 * octets.len() {
            return None;
        }
        for (octet, pair) in octets.iter_mut().zip(digits.chunks(2)) {
            for digit in pair {
                *octet = *octet << 4 | u8::try_from(char::from(*digit).to_digit(16)?).ok()?;
            }
        }
        Some(Self(octets))
    }

    /// 32 hexadecimal digits in lower case.
    pub fn to_hex(self) -> String {
        let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
        self.0.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 0xF)]).collect()
    }
}

impl Eq for Digest {}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_in_greetings() {
        for (wire, timestamp) in [
            (
                &b"+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>"[..],
                Some("<1896.697170952@dbc.mtview.ca.us>"),
            ),
            (b"+OK <a@b> ready", Some("<a@b>")),
            (b"+OK ready", None),
            (b"+OK ready 1896.697170952@dbc.mtview.ca.us", None),
            (b"+OK <>", None),
            (b"+OK <a b>", None),
            (b"+OK <a\x01b>", None),
            (b"+OK <a\xFFb>", None),
            (b"+OK <<a@b>", None),
            (b"+OK a@b> <", None),
        ] {
            let found = Timestamp::find(&Reply::parse(wire).unwrap());
            assert_eq!(found.as_ref().map(Timestamp::as_str), timestamp, "{}", wire.escape_ascii());
        }
    }

    #[test]
    fn digests_both_ways() {
        let digest = Digest::from_hex(b"C4C9334BAC560ECC979E58001B3E22FB").unwrap();
        assert_eq!(digest.to_hex(), "c4c9334bac560ecc979e58001b3e22fb");
        assert!(!alloc::format!("{digest:?}").contains("c4"));
        for digits in [&b""[..], b"c4", &[b'g'; 32], &[b'0'; 31], &[b'0'; 33], &[0xFF; 32]] {
            assert_eq!(Digest::from_hex(digits), None);
        }
    }
}
