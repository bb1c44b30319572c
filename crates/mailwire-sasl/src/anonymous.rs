//! ANONYMOUS ([RFC 4505](https://www.rfc-editor.org/rfc/rfc4505)): anybody, with a trace if they like.

use alloc::string::String;

use crate::{Error, saslprep};

/// Reads `message = [ email / token ]`.
pub(crate) fn decode(message: &[u8]) -> Result<Option<String>, Error> {
    let trace = core::str::from_utf8(message).map_err(|_| Error::malformed("UTF-8"))?;
    check(trace)?;
    Ok(Some(trace).filter(|trace| !trace.is_empty()).map(String::from))
}

/// Whether `trace` may be sent: it is prepared by the profile "trace", and `token = 1*255TCHAR`.
pub(crate) fn check(trace: &str) -> Result<(), Error> {
    if trace.chars().count() > MAX_CHARACTERS {
        return Err(Error::malformed("at most 255 characters"));
    }
    Ok(saslprep::check_trace(trace)?)
}

const MAX_CHARACTERS: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_is_optional() {
        assert_eq!(decode(b""), Ok(None));
        for trace in ["sirhc", "ann@example.org", "J\u{fc}rgen"] {
            assert_eq!(decode(trace.as_bytes()), Ok(Some(trace.into())));
        }
        for wire in [&b"\0"[..], b"a\r\nb", b"\xff"] {
            assert!(decode(wire).is_err(), "{}", wire.escape_ascii());
        }
    }

    #[test]
    fn trace_has_255_characters_and_no_more() {
        assert!(decode("\u{fc}".repeat(255).as_bytes()).is_ok());
        assert_eq!(decode("\u{fc}".repeat(256).as_bytes()), Err(Error::malformed("at most 255 characters")));
    }
}
