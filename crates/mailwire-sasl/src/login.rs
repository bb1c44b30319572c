//! LOGIN, which was never standardised: two prompts, whose text "SHOULD be ignored"
//! ([draft-murchison-sasl-login](https://datatracker.ietf.org/doc/html/draft-murchison-sasl-login-00)).

use alloc::string::String;

use crate::{
    Error, Secret,
    saslprep::{self, Use},
};

/// Reads the client's answer to the first prompt, and prepares it.
pub(crate) fn decode_user(message: &[u8]) -> Result<String, Error> {
    let user = core::str::from_utf8(message).map_err(|_| Error::malformed("UTF-8"))?;
    Ok(saslprep::prepare(user, Use::Query)?.into_owned())
}

/// Reads the client's answer to the second prompt: text is prepared, other octets are left alone, since "passwords MAY
/// contain arbitrary binary data".
pub(crate) fn decode_password(message: &[u8]) -> Result<Secret, Error> {
    match core::str::from_utf8(message) {
        Ok(password) => Ok(saslprep::prepare(password, Use::Query)?.into_owned().into()),
        Err(_) if message.iter().any(|octet| matches!(octet, b'\0' | b'\r' | b'\n')) => {
            Err(Error::malformed("a password without NUL, CR and LF"))
        }
        Err(_) => Ok(message.into()),
    }
}

/// The first prompt. The draft has `User Name` but "there is at least one widely deployed client which requires" this.
pub(crate) const USER_PROMPT: &[u8] = b"Username:";

/// The second prompt.
pub(crate) const PASSWORD_PROMPT: &[u8] = b"Password:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_prepared_and_octets_are_not() {
        assert_eq!(decode_user("I\u{ad}X".as_bytes()).as_deref(), Ok("IX"));
        assert!(decode_user(b"\xff").is_err());
        for (wire, password) in [(&b"secret"[..], &b"secret"[..]), (b"\xc2\xaa", b"a"), (b"p\xff", b"p\xff")]
        {
            assert_eq!(decode_password(wire), Ok(password.into()));
        }
        for wire in [&b""[..], b"a\0", b"\xff\0", b"\xff\r", b"\xff\n", b"\x07"] {
            assert!(decode_password(wire).is_err(), "{}", wire.escape_ascii());
        }
    }
}
