//! Status responses: OK, NO, BAD, PREAUTH and BYE.

use alloc::string::String;

use crate::{
    Octets,
    encoder::Encoder,
    grammar::word,
    input::{Input, Parsed},
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

/// `("OK" / "NO" / "BAD" / "BYE" / "PREAUTH") SP resp-text`
pub(crate) fn status(input: Input<'_>) -> Parsed<'_, Status> {
    if input.first() == Some(b'[') && input.quirks().missing_status {
        return resp_text(input, Kind::Ok);
    }
    let (rest, word) = word(input)?;
    let Some(kind) = Kind::read(word.as_bytes()) else { return input.expected("status") };
    match rest.first() {
        Some(b' ') => resp_text(rest.skip(1), kind),
        None if rest.quirks().missing_text => resp_text(rest, kind),
        _ => rest.expected("SP"),
    }
}

/// `resp-text = ["[" resp-text-code "]" SP] [text]`
fn resp_text(input: Input<'_>, kind: Kind) -> Parsed<'_, Status> {
    let (code, input) = match input.first() {
        Some(b'[') => match code(input) {
            Some((rest, code)) if rest.first() == Some(b' ') => (Some(code), rest.skip(1)),
            Some((rest, _)) if !rest.is_empty() && !input.quirks().missing_text => {
                return rest.expected("SP");
            }
            Some((rest, code)) => (Some(code), rest),
            None => (None, input),
        },
        _ => (None, input),
    };
    let text = input.rest();
    let is_text = input.quirks().missing_text || (core::str::from_utf8(text).is_ok() && !text.contains(&0));
    if !is_text {
        return input.expected("TEXT-CHAR");
    }
    Ok((input.skip(text.len()), Status { kind, code, text: input.bytes(text) }))
}
