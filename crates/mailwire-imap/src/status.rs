//! Status responses: OK, NO, BAD, PREAUTH and BYE.

use alloc::string::String;
use core::fmt;

use crate::{
    Octets, ParseError,
    encoder::{Encoder, shown},
    grammar::word,
    input::{Input, Parsed},
    response::Response,
    response_code::{Code, code},
};

/// A status, perhaps with a code, and a text for people ([RFC 9051 section 7.1](https://www.rfc-editor.org/rfc/rfc9051#section-7.1)).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Status {
    /// Which one.
    pub kind: Kind,
    /// The response code.
    pub code: Option<Code>,
    /// The text. What is written of it has spaces in place of control characters, and U+FFFD in place of what is not UTF-8.
    pub text: Octets,
}

/// Which status.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Kind {
    /// `BAD`: a protocol error
    Bad,
    /// `BYE`: the connection ends
    Bye,
    /// `NO`: a failure
    No,
    /// `OK`: success
    Ok,
    /// `PREAUTH`: a greeting that needs no login
    PreAuth,
}

impl Status {
    /// A status with a text.
    pub fn new(kind: Kind, text: impl AsRef<[u8]>) -> Self {
        Self { kind, code: None, text: Octets::copy_from_slice(text.as_ref()) }
    }

    /// `BAD`, with a text.
    pub fn bad(text: impl AsRef<[u8]>) -> Self {
        Self::new(Kind::Bad, text)
    }

    /// `BYE`, with a text.
    pub fn bye(text: impl AsRef<[u8]>) -> Self {
        Self::new(Kind::Bye, text)
    }

    /// `NO`, with a text.
    pub fn no(text: impl AsRef<[u8]>) -> Self {
        Self::new(Kind::No, text)
    }

    /// `OK`, with a text.
    ///
    /// ```
    /// use mailwire_imap::{Code, Response, Status};
    ///
    /// let status = Status::ok("SELECT completed").with_code(Code::ReadWrite);
    /// assert_eq!(status.to_string(), "OK [READ-WRITE] SELECT completed");
    /// let untagged = Response::from(status.clone());
    /// let tagged = Response::Tagged("a1".parse().unwrap(), status);
    /// assert_ne!(untagged, tagged);
    /// ```
    pub fn ok(text: impl AsRef<[u8]>) -> Self {
        Self::new(Kind::Ok, text)
    }

    /// The same with a code.
    #[must_use]
    pub fn with_code(self, code: Code) -> Self {
        Self { code: Some(code), ..self }
    }

    /// Whether it is `OK`.
    pub fn is_ok(&self) -> bool {
        self.kind == Kind::Ok
    }

    /// The text, octets that are not UTF-8 replaced by U+FFFD.
    pub fn to_string_lossy(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.raw(self.kind.as_bytes()).sp();
        if let Some(code) = &self.code {
            code.encode(out);
            out.sp();
        }
        encode_text(&self.text, self.code.is_some(), out);
    }
}

/// A text that cannot be taken for a code.
pub(crate) fn encode_text(text: &[u8], has_code: bool, out: &mut Encoder) {
    match String::from_utf8_lossy(text).as_bytes() {
        [b'[', rest @ ..] if !has_code => out.raw(b"(").text(rest).done(),
        text => out.text(text).done(),
    }
}

/// As on the wire: `NO [OVERQUOTA] Over quota`.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        if let Some(code) = &self.code {
            write!(f, " [{code}]")?;
        }
        if self.text.is_empty() {
            return Ok(());
        }
        write!(f, " {}", shown(|out| out.text(&self.text).done()))
    }
}

/// The word on the wire.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(self.as_bytes()).unwrap_or_default())
    }
}

impl Kind {
    fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Bad => b"BAD",
            Self::Bye => b"BYE",
            Self::No => b"NO",
            Self::Ok => b"OK",
            Self::PreAuth => b"PREAUTH",
        }
    }

    pub(crate) fn read(word: &[u8]) -> Option<Self> {
        match word {
            b"OK" => Some(Self::Ok),
            b"NO" => Some(Self::No),
            b"BAD" => Some(Self::Bad),
            b"BYE" => Some(Self::Bye),
            b"PREAUTH" => Some(Self::PreAuth),
            _ => None,
        }
    }
}

/// `("OK" / "NO" / "BAD" / "BYE" / "PREAUTH") SP`
pub(crate) fn kind(input: Input<'_>) -> Parsed<'_, Kind> {
    if input.first() == Some(b'[') && input.quirks().missing_status {
        return Ok((input, Kind::Ok));
    }
    let (rest, word) = word(input)?;
    match Kind::read(word.as_bytes()) {
        Some(kind) => after_kind(rest).map(|(rest, ())| (rest, kind)),
        None => input.expected("status"),
    }
}

/// The space, which may be missing where the text is.
#[inline]
pub(crate) fn after_kind(input: Input<'_>) -> Parsed<'_, ()> {
    match input.first() {
        Some(b' ') => Ok((input.skip(1), ())),
        None if input.quirks().missing_text => Ok((input, ())),
        _ => input.expected("SP"),
    }
}

/// `resp-text = ["[" resp-text-code "]" SP] [text]`, made the response that it is part of where it is.
#[inline]
pub(crate) fn resp_text(
    input: Input<'_>,
    kind: Kind,
    response: impl FnOnce(Status) -> Response,
) -> Result<Response, ParseError> {
    if input.first() == Some(b'[')
        && let Some((rest, code)) = code(input)
    {
        let rest = match rest.first() {
            Some(b' ') => rest.skip(1),
            Some(_) if !input.quirks().missing_text => return Err(rest.error("SP")),
            _ => rest,
        };
        let text = text(rest)?;
        return Ok(response(Status { kind, code: Some(code), text: rest.bytes(text) }));
    }
    // Apart from the above, because a code that is not there need not be copied.
    let text = text(input)?;
    Ok(response(Status { kind, code: None, text: input.bytes(text) }))
}

/// `text`, to the end of the line.
#[inline]
fn text(input: Input<'_>) -> Result<&[u8], ParseError> {
    let text = input.rest();
    if input.quirks().missing_text || (core::str::from_utf8(text).is_ok() && !text.contains(&0)) {
        Ok(text)
    } else {
        Err(input.error("TEXT-CHAR"))
    }
}
