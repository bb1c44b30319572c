use alloc::{string::String, vec::Vec};

use crate::{ApiMisuse, Error, base64_encode};

/// The printable form of the caller's random octets: base64, so `printable` without comma
/// ([RFC 5802 section 7](https://www.rfc-editor.org/rfc/rfc5802#section-7)).
///
/// # Errors
///
/// [`ApiMisuse::ShortNonce`] if there are fewer than [`MIN_OCTETS`].
pub(crate) fn printable(octets: &[u8]) -> Result<String, Error> {
    if octets.len() < MIN_OCTETS {
        return Err(ApiMisuse::ShortNonce.into());
    }
    Ok(base64_encode(octets))
}

/// The random octets that a caller gives to an exchange.
pub(crate) type Nonce = Vec<u8>;

/// Enough that two exchanges never share a nonce, and nobody guesses one.
const MIN_OCTETS: usize = 18;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_eighteen_octets_and_no_fewer() {
        assert_eq!(printable(&[0; 17]), Err(ApiMisuse::ShortNonce.into()));
        assert_eq!(printable(&[0xff; 18]).unwrap(), "////////////////////////");
    }
}
