//! CRAM-MD5 ([RFC 2195](https://www.rfc-editor.org/rfc/rfc2195)): the client answers a challenge with its keyed digest.

use alloc::{format, string::String, vec::Vec};

use subtle::ConstantTimeEq;

use crate::{
    Error, Secret,
    saslprep::{self, Use},
    scram::hash::hmac_md5,
};

/// A client's response: "the user name, a space, and a 'digest'" in lower-case hexadecimal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Response {
    pub(crate) user: String,
    digest: Secret,
}

impl Response {
    /// Reads a response, and prepares the user name.
    pub(crate) fn decode(message: &[u8]) -> Result<Self, Error> {
        let text = core::str::from_utf8(message).map_err(|_| Error::malformed("UTF-8"))?;
        // The user name may have spaces, the digest has none.
        let (user, digest) = text.rsplit_once(' ').ok_or(Error::malformed("user SP digest"))?;
        let hexadecimal = |octet: u8| octet.is_ascii_digit() || matches!(octet, b'a'..=b'f');
        if digest.len() != 32 || !digest.bytes().all(hexadecimal) {
            return Err(Error::malformed("32 lower-case hexadecimal digits"));
        }
        Ok(Self { user: saslprep::prepare(user, Use::Query)?.into_owned(), digest: digest.into() })
    }

    /// True if the digest was made with `password`.
    pub(crate) fn verify(&self, challenge: &[u8], password: &Secret) -> subtle::Choice {
        digest(challenge, password).ct_eq(&self.digest)
    }
}

/// The challenge: the syntax "must correspond to that of an RFC 822 'msg-id'".
pub(crate) fn challenge(nonce: &str, host: &str) -> Vec<u8> {
    // Base64 has a slash and an equals sign, which an atom may have, and no character that it may not.
    format!("<{nonce}@{host}>").into_bytes()
}

/// The response to `challenge`.
pub(crate) fn respond(challenge: &[u8], user: &str, password: &Secret) -> Secret {
    [user.as_bytes(), digest(challenge, password).expose()].join(&b' ').into()
}

/// `HMAC-MD5(password, challenge)` in hexadecimal.
fn digest(challenge: &[u8], password: &Secret) -> Secret {
    let digest = hmac_md5(password.expose(), challenge);
    digest
        .expose()
        .iter()
        .flat_map(|octet| [hexadecimal(octet >> 4), hexadecimal(octet & 0xf)])
        .collect::<Vec<u8>>()
        .into()
}

/// Arithmetic, no table: the time says nothing about the digit.
fn hexadecimal(nibble: u8) -> u8 {
    let beyond_nine = u8::from(nibble > 9);
    b'0' + nibble + beyond_nine * (b'a' - b'0' - 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHALLENGE: &[u8] = b"<1896.697170952@postoffice.reston.mci.net>";
    const RESPONSE: &[u8] = b"tim b913a602c7eda7a495b4e6e7334d3890";

    #[test]
    fn example_of_the_rfc() {
        let password = Secret::from("tanstaaftanstaaf");
        assert_eq!(respond(CHALLENGE, "tim", &password).expose(), RESPONSE);
        let response = Response::decode(RESPONSE).unwrap();
        assert_eq!(response.user, "tim");
        assert!(bool::from(response.verify(CHALLENGE, &password)));
        assert!(!bool::from(response.verify(CHALLENGE, &"tanstaaf".into())));
        assert!(!bool::from(response.verify(b"<other@host>", &password)));
    }

    #[test]
    fn keys_longer_than_a_block_are_hashed() {
        // RFC 2202, test cases 1, 6 and 7 of HMAC-MD5.
        for (key, octets, digest) in [
            (&[0x0b; 16][..], &b"Hi There"[..], "9294727a3638bb1c13f48ef8158bfc9d"),
            (
                &[0xaa; 80][..],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd",
            ),
            (
                &[0xaa; 80][..],
                b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
                "6f630fad67cda0ee1fb1f562db3aa53e",
            ),
        ] {
            assert_eq!(super::digest(octets, &key.into()), digest.into());
        }
    }

    #[test]
    fn refuses_what_is_no_response() {
        for wire in [
            &b""[..],
            b" ",
            b"tim",
            b"tim ",
            b" b913a602c7eda7a495b4e6e7334d3890",
            b"timb913a602c7eda7a495b4e6e7334d3890",
            b"tim b913a602c7eda7a495b4e6e7334d389",
            b"tim b913a602c7eda7a495b4e6e7334d38900",
            b"tim B913A602C7EDA7A495B4E6E7334D3890",
            b"tim b913a602c7eda7a495b4e6e7334d389g",
            b"\xff b913a602c7eda7a495b4e6e7334d3890",
            b"t\0m b913a602c7eda7a495b4e6e7334d3890",
        ] {
            assert!(Response::decode(wire).is_err(), "{}", wire.escape_ascii());
        }
        let user = Response::decode(b"tim the beaver b913a602c7eda7a495b4e6e7334d3890")
            .map(|response| response.user);
        assert_eq!(user.as_deref(), Ok("tim the beaver"));
    }
}
