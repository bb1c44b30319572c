//! EXTERNAL ([RFC 4422 appendix A](https://www.rfc-editor.org/rfc/rfc4422#appendix-A)): who the client is stands in its
//! certificate, and its one message says only as whom it wants to act.

use alloc::string::String;

use crate::{
    Error,
    saslprep::{self, Use},
};

/// Reads and prepares `external-initial-resp = authz-id-string`, UTF-8 without NUL. Nothing means the identity of the lower layer.
pub(crate) fn decode(message: &[u8]) -> Result<Option<String>, Error> {
    let text = core::str::from_utf8(message).map_err(|_| Error::malformed("UTF-8"))?;
    if text.is_empty() {
        return Ok(None);
    }
    Ok(Some(saslprep::prepare(text, Use::Query)?.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_no_identity() {
        assert_eq!(decode(b""), Ok(None));
        assert_eq!(decode(b"fred@example.com"), Ok(Some("fred@example.com".into())));
        for wire in [&b"\0"[..], b"fred\0", b"\xff", b"\xc2\xad"] {
            assert!(decode(wire).is_err(), "{}", wire.escape_ascii());
        }
    }
}
