//! The lines of a SASL exchange ([RFC 5034 section 4](https://www.rfc-editor.org/rfc/rfc5034#section-4)).

use alloc::vec::Vec;

use base64ct::{Base64, Encoding as _};
use bytes::{BufMut as _, BytesMut};
use zeroize::Zeroizing;

use crate::{ParseError, Secret, grammar::trimmed};

/// What a client says first, in the AUTH command itself: base64, or `=` for nothing.
///
/// `Debug` does not show it.
#[derive(Clone, Debug)]
pub struct InitialResponse(Octets);

impl InitialResponse {
    /// Octets to send; they may be none.
    pub fn new(octets: impl Into<Vec<u8>>) -> Self {
        Self(Octets(Zeroizing::new(octets.into())))
    }

    /// The octets.
    pub fn expose(&self) -> &[u8] {
        &self.0.0
    }

    /// How many octets it has on the wire.
    pub fn encoded_len(&self) -> usize {
        if self.expose().is_empty() { 1 } else { self.expose().len().div_ceil(3) * 4 }
    }

    pub(crate) fn parse(word: &[u8]) -> Result<Self, ParseError> {
        if word == b"=" { Ok(Self::new([])) } else { decoded(word).map(|octets| Self(Octets(octets))) }
    }

    pub(crate) fn encode(&self, out: &mut BytesMut) {
        if self.expose().is_empty() { out.put_u8(b'=') } else { put_base64(self.expose(), out) }
    }
}

impl Eq for InitialResponse {}

impl PartialEq for InitialResponse {
    fn eq(&self, other: &Self) -> bool {
        Secret::new(put(self.expose())).ok() == Secret::new(put(other.expose())).ok()
    }
}

/// A client's line in answer to a challenge.
///
/// `Debug` does not show its octets.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Response {
    /// `*`: the client gives up this exchange.
    Cancel,
    /// Base64, possibly of nothing.
    Data(ResponseData),
}

impl Response {
    /// A response with these octets.
    pub fn data(octets: impl Into<Vec<u8>>) -> Self {
        Self::Data(ResponseData(Octets(Zeroizing::new(octets.into()))))
    }

    /// Reads a line without its line end.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if the line is no padded base64. It does not show the line.
    pub fn parse(line: &[u8]) -> Result<Self, ParseError> {
        match trimmed(line) {
            b"*" => Ok(Self::Cancel),
            word => decoded(word).map(|octets| Self::Data(ResponseData(Octets(octets)))),
        }
    }

    /// Appends the line to `out`, with its CRLF.
    pub fn encode(&self, out: &mut BytesMut) {
        match self {
            Self::Cancel => out.put_u8(b'*'),
            Self::Data(data) => put_base64(data.expose(), out),
        }
        out.put_slice(b"\r\n");
    }
}

/// The octets of a [`Response`].
#[derive(Clone, Debug)]
pub struct ResponseData(Octets);

impl ResponseData {
    /// The octets.
    pub fn expose(&self) -> &[u8] {
        &self.0.0
    }
}

/// A server's line `+ base64`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Challenge(Vec<u8>);

impl Challenge {
    /// A challenge with these octets; they may be none.
    pub fn new(octets: impl Into<Vec<u8>>) -> Self {
        Self(octets.into())
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether `line` is a challenge at all: it starts with `+` and is not a status line.
    pub fn is_challenge(line: &[u8]) -> bool {
        matches!(line, [b'+'] | [b'+', b' ' | b'\t', ..])
    }

    /// Reads a line without its line end; a bare `+` is an empty challenge.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if the line is no `+` followed by padded base64.
    pub fn parse(line: &[u8]) -> Result<Self, ParseError> {
        match line.split_first() {
            Some((b'+', word)) if Self::is_challenge(line) => {
                decoded(trimmed(word)).map(|octets| Self(octets.to_vec()))
            }
            _ => Err(ParseError::new("continue-req", 0, line)),
        }
    }

    /// Appends the line to `out`, with its CRLF.
    pub fn encode(&self, out: &mut BytesMut) {
        out.put_slice(b"+ ");
        put_base64(&self.0, out);
        out.put_slice(b"\r\n");
    }
}

#[derive(Clone)]
struct Octets(Zeroizing<Vec<u8>>);

impl core::fmt::Debug for Octets {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("..")
    }
}

/// `base64`: "clients and servers MUST reject (and not ignore) any character not explicitly allowed".
fn decoded(word: &[u8]) -> Result<Zeroizing<Vec<u8>>, ParseError> {
    let mut octets = Zeroizing::new(word.to_vec());
    match Base64::decode_in_place(&mut octets).map(<[u8]>::len) {
        Ok(length) => {
            octets.truncate(length);
            Ok(octets)
        }
        Err(_) => Err(ParseError::new("base64", 0, b"...")),
    }
}

fn put(octets: &[u8]) -> BytesMut {
    let mut out = BytesMut::new();
    put_base64(octets, &mut out);
    out
}

fn put_base64(octets: &[u8], out: &mut BytesMut) {
    let start = out.len();
    out.put_bytes(0, octets.len().div_ceil(3) * 4);
    // The room is exact, so encoding cannot fail.
    let _ = Base64::encode(octets, out.get_mut(start..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn challenges_both_ways() {
        for (wire, octets) in [
            (&b"+ "[..], &b""[..]),
            (b"+ AA==", b"\0"),
            (
                b"+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+",
                b"<1896.697170952@postoffice.reston.mci.net>",
            ),
        ] {
            let challenge = Challenge::parse(wire).unwrap();
            assert_eq!(challenge.as_bytes(), octets);
            let mut out = BytesMut::new();
            challenge.encode(&mut out);
            assert_eq!(out, [wire, b"\r\n"].concat());
        }
        // Servers forget the space of an empty challenge, or add one.
        for wire in [&b"+"[..], b"+  ", b"+\t"] {
            assert_eq!(Challenge::parse(wire).unwrap().as_bytes(), b"", "{}", wire.escape_ascii());
        }
    }

    #[test]
    fn only_whole_padded_base64_is_read() {
        for wire in [
            "+ A",
            "+ AA",
            "+ AA=",
            "+ =AAA",
            "+ AAA=BBB",
            "+ AA==AA==",
            "+ AA-_",
            "+ AA ==",
            "+OK",
            "-ERR",
            "",
        ] {
            assert!(Challenge::parse(wire.as_bytes()).is_err(), "{wire}");
        }
        for wire in ["=", "A", "AA==A", "**", "* *", "AB\0="] {
            assert!(Response::parse(wire.as_bytes()).is_err(), "{wire}");
        }
        assert!(matches!(Response::parse(b"*"), Ok(Response::Cancel)));
        assert!(matches!(Response::parse(b""), Ok(Response::Data(data)) if data.expose().is_empty()));
    }

    #[test]
    fn responses_are_not_shown() {
        assert!(!format!("{:?}", Response::data(*b"tanstaaf")).contains("tanstaaf"));
        assert!(!format!("{:?}", Response::data(*b"tanstaaf")).contains("116"));
        assert!(!format!("{:?}", Response::parse(b"dGFuc3RhYWY")).contains("dGFu"));
        assert!(!format!("{:?}", InitialResponse::new(*b"tanstaaf")).contains("116"));
    }
}
