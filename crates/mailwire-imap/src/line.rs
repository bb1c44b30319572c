//! Lines that are no commands: `DONE`, and both sides of a SASL exchange.

use alloc::vec::Vec;

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use crate::{
    Atom, Decoder, Octets, ParseError, Secret, command::Body, encoder::Encoder, frame::Frame,
    response::Continue,
};

/// What a client sends after a `+` that asks for no literal. A [`Framer`](crate::frame::Framer) that expects a line finds it.
///
/// ```
/// use mailwire_imap::{Decoder, Encoder, encoder::Part, line::Line};
///
/// let mut out = Encoder::client(Default::default());
/// Line::response("\0ann\0secret").encode(&mut out);
/// let parts = out.finish()?;
/// assert_eq!(parts, [Part::Octets("AGFubgBzZWNyZXQ=\r\n".into())]);
///
/// let decoder = Decoder::default();
/// assert_eq!(decoder.authenticate_line(&b"AGFubgBzZWNyZXQ="[..])?, Line::response("\0ann\0secret"));
/// assert_eq!(decoder.authenticate_line(&b"*"[..])?, Line::Cancel);
/// assert_eq!(decoder.idle_line(&b"DONE"[..])?, Line::Done);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Line {
    /// `*`: the client gives up AUTHENTICATE
    /// ([RFC 9051 section 6.2.2](https://www.rfc-editor.org/rfc/rfc9051#section-6.2.2)).
    Cancel,
    /// `DONE`: it ends IDLE ([RFC 9051 section 6.3.13](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.13)).
    Done,
    /// What a mechanism of SASL answers; on the wire it is base64, of nothing too.
    Response(Secret),
}

impl Line {
    /// An answer of a mechanism: the octets themselves.
    pub fn response(octets: impl AsRef<[u8]>) -> Self {
        Self::Response(Secret::new(octets))
    }

    /// Writes the line, with its line end.
    pub fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Cancel => out.raw(b"*"),
            Self::Done => out.raw(b"DONE"),
            Self::Response(octets) => out.raw(&encoded(octets.expose())),
        };
        out.end();
    }
}

impl Decoder {
    /// Reads the line that ends IDLE.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if it is not `DONE`, in any case.
    pub fn idle_line(&self, frame: impl Into<Frame>) -> Result<Line, ParseError> {
        let frame = frame.into();
        if self.trimmed(frame.octets()).eq_ignore_ascii_case(b"DONE") {
            Ok(Line::Done)
        } else {
            Err(ParseError::new("DONE", 0, frame.octets()))
        }
    }

    /// Reads a client's line of a SASL exchange.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if it is neither `*` nor padded base64. It shows nothing of the line.
    pub fn authenticate_line(&self, frame: impl Into<Frame>) -> Result<Line, ParseError> {
        let frame = frame.into();
        match self.trimmed(frame.octets()) {
            b"*" => Ok(Line::Cancel),
            line => match decoded(line) {
                Some(octets) => Ok(Line::Response(octets)),
                None => Err(ParseError::new("base64", 0, frame.octets()).redacted(frame.octets(), 0)),
            },
        }
    }

    /// Without spaces at the end, if these are tolerated.
    fn trimmed<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        if self.quirks().loose_spaces { line.trim_ascii() } else { line }
    }
}

impl Body {
    /// AUTHENTICATE, with what a mechanism says first: the octets themselves, possibly none
    /// ([RFC 4959](https://www.rfc-editor.org/rfc/rfc4959)).
    ///
    /// ```
    /// use mailwire_imap::command::Body;
    ///
    /// let body = Body::authenticate("PLAIN".parse()?, Some(b"\0ann\0secret"));
    /// assert_eq!(body.initial_response().unwrap().expose(), b"\0ann\0secret");
    /// # Ok::<(), mailwire_imap::InvalidAtom>(())
    /// ```
    pub fn authenticate(mechanism: Atom, initial_response: Option<&[u8]>) -> Self {
        let base64 = |octets: &[u8]| match octets {
            [] => Secret::new("="),
            octets => Secret::new(encoded(octets).as_slice()),
        };
        Self::Authenticate { mechanism, initial_response: initial_response.map(base64) }
    }

    /// The octets of what a mechanism says first in AUTHENTICATE; nothing if it does not, or if that is no base64.
    pub fn initial_response(&self) -> Option<Secret> {
        let Self::Authenticate { initial_response: Some(word), .. } = self else { return None };
        match word.expose() {
            b"=" => Some(Secret::new("")),
            word => decoded(word),
        }
    }
}

impl Continue {
    /// A challenge of a mechanism: the octets themselves.
    pub fn of_challenge(octets: impl AsRef<[u8]>) -> Self {
        Self { code: None, text: Octets::from(encoded(octets.as_ref()).as_slice()) }
    }

    /// The octets of the challenge, which may be none; nothing if the text is no base64.
    ///
    /// ```
    /// use mailwire_imap::response::Continue;
    ///
    /// assert_eq!(Continue::of_challenge("r=abc").challenge().as_deref(), Some(&b"r=abc"[..]));
    /// ```
    pub fn challenge(&self) -> Option<Vec<u8>> {
        if self.code.is_some() {
            return None;
        }
        Base64::decode_vec(core::str::from_utf8(self.text.trim_ascii()).ok()?).ok()
    }
}

fn encoded(octets: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Base64::encode_string(octets).into_bytes())
}

fn decoded(line: &[u8]) -> Option<Secret> {
    let octets = Zeroizing::new(Base64::decode_vec(core::str::from_utf8(line).ok()?).ok()?);
    Some(Secret::new(octets.as_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, Quirks, response::Response, table::COMMAND};

    fn strict() -> Decoder {
        Decoder::new(Limits::server(), Quirks::strict())
    }

    #[test]
    fn lines_both_ways() {
        for (wire, line) in [
            ("*", Line::Cancel),
            ("", Line::response("")),
            ("AGFubgBzZWNyZXQ=", Line::response("\0ann\0secret")),
            ("/w==", Line::response(b"\xFF")),
            ("+/+/", Line::response(b"\xFB\xFF\xBF")),
            // A response of SASL whose base64 is a word of the protocol.
            ("DONE", Line::response(b"\x0C\xE3\x44")),
        ] {
            assert_eq!(strict().authenticate_line(wire.as_bytes()), Ok(line.clone()), "{wire}");
            assert_eq!(COMMAND.written(|out| line.encode(out)), [wire, "\r\n"].concat());
        }
        assert_eq!(strict().idle_line(&b"done"[..]), Ok(Line::Done));
        assert_eq!(COMMAND.written(|out| Line::Done.encode(out)), "DONE\r\n");
        assert_eq!(Decoder::default().idle_line(&b"DONE "[..]), Ok(Line::Done));
        assert_eq!(Decoder::default().authenticate_line(&b"* "[..]), Ok(Line::Cancel));
    }

    #[test]
    fn what_is_no_line() {
        for wire in ["", "DONE x", "a DONE", "*", "DON", "DONEDONE", "DONE\0"] {
            assert_eq!(Decoder::default().idle_line(wire.as_bytes()).unwrap_err().rule(), "DONE", "{wire}");
        }
        assert!(
            strict().idle_line(&b"DONE "[..]).is_err() && strict().authenticate_line(&b"* "[..]).is_err()
        );
        for wire in
            ["=", "AGFubgBzZWNyZXQ", "AGFubgBzZWNyZXR=", "AA==AA==", "secret!", "AGFu bgBz", "**", "\u{e9}"]
        {
            let error = Decoder::default().authenticate_line(wire.as_bytes()).unwrap_err();
            assert_eq!((error.rule(), error.octets()), ("base64", &b" ..."[..]), "{wire}");
        }
        assert!(!alloc::format!("{:?}", Line::response("secret")).contains("secret"));
    }

    #[test]
    fn challenges_and_initial_responses() {
        for octets in [&b""[..], b"r=abc,s=QQ==", b"\0\xFF", b"[ALERT] x"] {
            let challenge = Continue::of_challenge(octets);
            let wire =
                crate::table::RESPONSE.written(|out| Response::Continue(challenge.clone()).encode(out));
            let read = strict().response(wire.trim_end_matches("\r\n").as_bytes());
            assert_eq!(read, Response::Continue(challenge.clone()));
            assert_eq!(challenge.challenge().as_deref(), Some(octets));
            let body = Body::authenticate("X".parse().unwrap(), Some(octets));
            assert_eq!(body.initial_response().as_ref().map(Secret::expose), Some(octets));
        }
        for wire in ["+ idling", "+ [ALERT] x", "+ a"] {
            let Response::Continue(text) = Decoder::default().response(wire.as_bytes()) else { panic!() };
            assert_eq!(text.challenge(), None, "{wire}");
        }
        let Response::Continue(bare) = Decoder::default().response(&b"+"[..]) else { panic!() };
        assert_eq!(bare.challenge().as_deref(), Some(&b""[..]));
        let empty = Body::authenticate("X".parse().unwrap(), Some(b""));
        assert!(
            matches!(&empty, Body::Authenticate { initial_response: Some(word), .. } if word.expose() == b"=")
        );
        assert_eq!(Body::authenticate("X".parse().unwrap(), None).initial_response(), None);
        assert_eq!(Body::Noop.initial_response(), None);
    }
}
