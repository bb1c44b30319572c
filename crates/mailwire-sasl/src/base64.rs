use alloc::{string::String, vec::Vec};

use base64ct::{Base64, Encoding};

use crate::{Error, Limit};

/// Decodes base64 as SASL carries it: standard alphabet, padded, nothing before, between or after
/// ([RFC 4648 section 4](https://www.rfc-editor.org/rfc/rfc4648#section-4)).
///
/// The time depends on the length alone. An empty text has no octets.
///
/// # Errors
///
/// - [`Error::Limit`] if there would be more than `max` octets.
/// - [`Error::Malformed`] if `text` is not base64, also if its unused bits are not zero.
///
/// ```
/// use mailwire_sasl::base64_decode;
///
/// assert_eq!(base64_decode(b"AHRpbQ==", 100)?, b"\0tim");
/// # Ok::<(), mailwire_sasl::Error>(())
/// ```
pub fn base64_decode(text: &[u8], max: usize) -> Result<Vec<u8>, Error> {
    let padding = text.iter().rev().take(2).filter(|&&octet| octet == b'=').count();
    if (text.len() / 4 * 3).saturating_sub(padding) > max {
        return Err(Error::Limit(Limit::Message));
    }
    let text = core::str::from_utf8(text).map_err(|_| Error::malformed("base64"))?;
    Base64::decode_vec(text).map_err(|_| Error::malformed("base64"))
}

/// Encodes octets as base64: standard alphabet, padded, one line.
///
/// The time depends on the length alone.
#[must_use]
pub fn base64_encode(octets: &[u8]) -> String {
    Base64::encode_string(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions() {
        for (octets, text) in
            [(&b""[..], ""), (b"f", "Zg=="), (b"fo", "Zm8="), (b"foo", "Zm9v"), (b"\xff\xff\xfb", "///7")]
        {
            assert_eq!(base64_encode(octets), text);
            assert_eq!(base64_decode(text.as_bytes(), octets.len()).as_deref(), Ok(octets));
        }
    }

    #[test]
    fn only_canonical_text() {
        for text in [
            &b"Zg"[..],
            b"Zg=",
            b"Zg===",
            b"Zh==",
            b"Zm9=",
            b"Z===",
            b"====",
            b"=",
            b" Zg==",
            b"Zg==\r\n",
            b"Zg==Zg==",
            b"Zm-v",
            b"Zm_v",
            b"Zm\xffv",
            b"Z\0==",
            b"*",
        ] {
            assert_eq!(base64_decode(text, 100), Err(Error::malformed("base64")), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn limit_is_exact() {
        for (text, length) in [(&b"Zm9v"[..], 3), (b"Zm8=", 2), (b"Zg==", 1)] {
            assert!(base64_decode(text, length).is_ok());
            assert_eq!(base64_decode(text, length - 1), Err(Error::Limit(Limit::Message)));
        }
    }
}
