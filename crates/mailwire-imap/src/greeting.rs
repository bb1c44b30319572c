//! The greeting: the first line of a server.

use crate::{
    Capabilities, Code, Decoder, Octets, ParseError, Response,
    encoder::Encoder,
    frame::Frame,
    response::Data,
    status::{self, Status},
};

/// `greeting = "*" SP (resp-cond-auth / resp-cond-bye)`
/// ([RFC 9051 section 7.1](https://www.rfc-editor.org/rfc/rfc9051#section-7.1)), which [`Decoder::greeting`] reads.
///
/// ```
/// use mailwire_imap::{Decoder, greeting::{Greeting, Kind}};
///
/// let greeting = Decoder::default().greeting(&b"* OK [CAPABILITY IMAP4rev2 SASL-IR] ready"[..])?;
/// assert_eq!((greeting.kind, &*greeting.text.to_str_lossy()), (Kind::Ok, "ready"));
/// assert!(greeting.capabilities().is_some_and(|capabilities| capabilities.has("SASL-IR")));
/// # Ok::<(), mailwire_imap::ParseError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Greeting {
    /// Which one.
    pub kind: Kind,
    /// The response code; often the capabilities.
    pub code: Option<Code>,
    /// The text for people.
    pub text: Octets,
}

/// Which greeting.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Kind {
    /// `BYE`: the server refuses the connection
    Bye,
    /// `OK`: a login is needed
    Ok,
    /// `PREAUTH`: the session is logged in
    PreAuth,
}

impl Greeting {
    /// A greeting with a text.
    pub fn new(kind: Kind, text: impl AsRef<[u8]>) -> Self {
        Self { kind, code: None, text: Octets::copy_from_slice(text.as_ref()) }
    }

    /// The same with a code.
    #[must_use]
    pub fn with_code(self, code: Code) -> Self {
        Self { code: Some(code), ..self }
    }

    /// What the server can do, if it says so.
    pub fn capabilities(&self) -> Option<&Capabilities> {
        if let Some(Code::Capability(capabilities)) = &self.code { Some(capabilities) } else { None }
    }

    /// Writes the greeting, with its line end.
    pub fn encode(&self, out: &mut Encoder) {
        Response::from(self.clone()).encode(out);
    }
}

impl From<Greeting> for Status {
    fn from(greeting: Greeting) -> Self {
        let kind = match greeting.kind {
            Kind::Bye => status::Kind::Bye,
            Kind::Ok => status::Kind::Ok,
            Kind::PreAuth => status::Kind::PreAuth,
        };
        Self { kind, code: greeting.code, text: greeting.text }
    }
}

impl From<Greeting> for Response {
    fn from(greeting: Greeting) -> Self {
        Self::Data(Data::Status(greeting.into()))
    }
}

impl Decoder {
    /// Reads the first line of a server.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if it is something else, NO and BAD included: then the peer is no server of IMAP.
    pub fn greeting(&self, frame: impl Into<Frame>) -> Result<Greeting, ParseError> {
        let frame = frame.into();
        let is_other = |place| ParseError::new("greeting", place, frame.octets());
        if !frame.octets().starts_with(b"* ") {
            return Err(is_other(0));
        }
        match self.parse_response(&frame)? {
            Response::Data(Data::Status(status)) => greeting(status).ok_or_else(|| is_other(2)),
            _ => Err(is_other(2)),
        }
    }
}

fn greeting(Status { kind, code, text }: Status) -> Option<Greeting> {
    let kind = match kind {
        status::Kind::Bye => Kind::Bye,
        status::Kind::Ok => Kind::Ok,
        status::Kind::PreAuth => Kind::PreAuth,
        status::Kind::Bad | status::Kind::No => return None,
    };
    Some(Greeting { kind, code, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, Quirks, table::RESPONSE};

    #[test]
    fn greetings_both_ways() {
        let strict = Decoder::new(Limits::client(), Quirks::strict());
        for (wire, kind, has_capabilities) in [
            ("* OK IMAP4rev1 Service Ready", Kind::Ok, false),
            ("* OK [CAPABILITY IMAP4rev2 STARTTLS LOGINDISABLED] ready", Kind::Ok, true),
            ("* OK ", Kind::Ok, false),
            ("* OK [ALERT] down at ten", Kind::Ok, false),
            ("* PREAUTH IMAP4rev2 server logged in as Smith", Kind::PreAuth, false),
            ("* PREAUTH [CAPABILITY IMAP4rev1] hi", Kind::PreAuth, true),
            ("* BYE Autologout; idle for too long", Kind::Bye, false),
            ("* BYE [UNAVAILABLE] come again", Kind::Bye, false),
        ] {
            let read = strict.greeting(wire.as_bytes()).unwrap();
            assert_eq!((read.kind, read.capabilities().is_some()), (kind, has_capabilities), "{wire}");
            assert_eq!(Decoder::default().greeting(wire.as_bytes()).as_ref(), Ok(&read));
            assert_eq!(RESPONSE.written(|out| read.encode(out)).strip_suffix("\r\n"), Some(wire));
        }
        let made = Greeting::new(Kind::Ok, "a\r\nb").with_code(Code::ReadOnly);
        assert_eq!(RESPONSE.written(|out| made.encode(out)), "* OK [READ-ONLY] a  b\r\n");
    }

    #[test]
    fn what_is_no_greeting() {
        for (wire, place) in [
            ("* NO x", 2),
            ("* BAD x", 2),
            ("a1 OK x", 0),
            ("+ OK x", 0),
            ("* CAPABILITY IMAP4rev1", 2),
            ("* 1 EXISTS", 2),
            ("+OK POP3 ready", 0),
            ("220 mx.example ESMTP", 0),
            ("HTTP/1.1 400 Bad Request", 0),
            ("", 0),
        ] {
            let error = Decoder::default().greeting(wire.as_bytes()).unwrap_err();
            assert_eq!(error.offset(), place, "{error}");
        }
        assert!(Decoder::new(Limits::client(), Quirks::strict()).greeting(&b"* [ALERT] x"[..]).is_err());
        assert_eq!(Decoder::default().greeting(&b"* [ALERT] x"[..]).unwrap().code, Some(Code::Alert));
    }
}
