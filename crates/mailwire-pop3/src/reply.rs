//! Status lines: what a server says to a command.

use alloc::string::String;
use core::fmt;

use bytes::{BufMut as _, Bytes, BytesMut};

use crate::{ParseError, ResponseCode, text::harmless};

/// The first line of a reply, or all of it: `+OK` or `-ERR`, perhaps a code, and a text for people.
///
/// Its text can hold no line end: what is given to [`ok`](Self::ok) and [`err`](Self::err) loses its control characters,
/// and in what [`parse`](Self::parse) reads CR and LF become spaces.
#[derive(Clone, Eq, PartialEq)]
pub struct Reply {
    status: Status,
    code: Option<ResponseCode>,
    text: Bytes,
}

impl Reply {
    /// `+OK text`
    pub fn ok(text: impl AsRef<[u8]>) -> Self {
        Self::with_status(Status::Ok, text.as_ref())
    }

    /// `-ERR text`
    pub fn err(text: impl AsRef<[u8]>) -> Self {
        Self::with_status(Status::Err, text.as_ref())
    }

    /// The same with a response code before the text.
    #[must_use]
    pub fn with_code(mut self, code: ResponseCode) -> Self {
        self.code = Some(code);
        self
    }

    fn with_status(status: Status, text: &[u8]) -> Self {
        let mut text = harmless(text);
        // A text that starts with a bracket would be read as a response code (RFC 2449 section 3, `schar`).
        if let Some(first) = text.first_mut().filter(|first| **first == b'[') {
            *first = b'(';
        }
        Self { status, code: None, text: text.into() }
    }

    /// Reads a line without its line end.
    ///
    /// The status may have any case, and NULs before it are skipped. Brackets that hold no response code are text.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if the line starts neither with `+OK` nor with `-ERR`.
    pub fn parse(line: &[u8]) -> Result<Self, ParseError> {
        let nulls = line.iter().take_while(|octet| **octet == 0).count();
        let shown = line.get(nulls..).unwrap_or_default();
        let starts = |status: &[u8]| {
            let (word, rest) = shown.split_at_checked(status.len())?;
            let ends = rest.first().is_none_or(|octet| matches!(octet, b' ' | b'\t' | b'['));
            (ends && word.eq_ignore_ascii_case(status)).then_some(rest)
        };
        let (status, rest) = if let Some(rest) = starts(b"+OK") {
            (Status::Ok, rest)
        } else if let Some(rest) = starts(b"-ERR") {
            (Status::Err, rest)
        } else {
            return Err(ParseError::new("status", nulls, line));
        };
        let text = rest.strip_prefix(b" ").or(rest.strip_prefix(b"\t")).unwrap_or(rest);
        let (code, text) = match ResponseCode::split_from(text) {
            Some((code, text)) => (Some(code), text),
            None => (None, text),
        };
        Ok(Self { status, code, text: on_one_line(text) })
    }

    /// Appends the line to `out`, with its CRLF.
    ///
    /// A text that would make the line longer than the 512 octets of RFC 2449 section 4 is cut.
    pub fn encode(&self, out: &mut BytesMut) {
        let start = out.len();
        out.put_slice(self.status.as_bytes());
        if let Some(code) = &self.code {
            use core::fmt::Write as _;
            // Writing to a `BytesMut` grows it and cannot fail.
            let _ = write!(out, " {code}");
        }
        if !self.text.is_empty() {
            out.put_u8(b' ');
            out.put_slice(&self.text);
        }
        out.truncate(start + MAX_LINE - 2);
        out.put_slice(b"\r\n");
    }

    /// Whether the server did what it was asked.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Whether the status is `+OK`.
    pub fn is_ok(&self) -> bool {
        self.status == Status::Ok
    }

    /// The response code, if there is one.
    pub fn code(&self) -> Option<&ResponseCode> {
        self.code.as_ref()
    }

    /// What follows the status and the response code.
    pub fn text(&self) -> &Bytes {
        &self.text
    }

    /// The text, octets that are not UTF-8 replaced by U+FFFD.
    pub fn to_string_lossy(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }
}

impl fmt::Display for Reply {
    /// The line in printable ASCII: fit for a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status.as_bytes().escape_ascii())?;
        if let Some(code) = &self.code {
            write!(f, " {code}")?;
        }
        if self.text.is_empty() { Ok(()) } else { write!(f, " {}", self.text.escape_ascii()) }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({self})")
    }
}

/// `status = "+OK" / "-ERR"` ([RFC 1939 section 3](https://www.rfc-editor.org/rfc/rfc1939#section-3))
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// `+OK`
    Ok,
    /// `-ERR`
    Err,
}

impl Status {
    fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Ok => b"+OK",
            Self::Err => b"-ERR",
        }
    }
}

/// The text of a line, in which a bare CR can stand: a proxy that sends it on must not send a line end along.
fn on_one_line(text: &[u8]) -> Bytes {
    if memchr::memchr2(b'\r', b'\n', text).is_none() {
        return Bytes::copy_from_slice(text);
    }
    text.iter().map(|octet| if matches!(octet, b'\r' | b'\n') { b' ' } else { *octet }).collect()
}

/// RFC 2449 section 4, with CRLF.
const MAX_LINE: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(reply: &Reply) -> BytesMut {
        let mut out = BytesMut::new();
        reply.encode(&mut out);
        out
    }

    #[test]
    fn replies_both_ways() {
        for (wire, reply) in [
            (&b"+OK"[..], Reply::ok("")),
            (b"+OK 2 320", Reply::ok("2 320")),
            (b"-ERR no such message", Reply::err("no such message")),
            (b"-ERR [IN-USE] Do you have another POP session running?", {
                Reply::err("Do you have another POP session running?").with_code(ResponseCode::InUse)
            }),
            (b"-ERR [LOGIN-DELAY] wait", Reply::err("wait").with_code(ResponseCode::LoginDelay)),
            (b"-ERR [SYS/TEMP] later", Reply::err("later").with_code(ResponseCode::SysTemp)),
            (b"-ERR [SYS/PERM] call", Reply::err("call").with_code(ResponseCode::SysPerm)),
            (b"-ERR [AUTH]", Reply::err("").with_code(ResponseCode::Auth)),
            (b"-ERR [UTF8] message", Reply::err("message").with_code(ResponseCode::Utf8)),
            (b"-ERR [SYS/TEMP/DISK] full", {
                Reply::err("full").with_code(ResponseCode::new("SYS/TEMP/DISK").unwrap())
            }),
        ] {
            assert_eq!(Reply::parse(wire), Ok(reply.clone()), "{}", wire.escape_ascii());
            assert_eq!(encoded(&reply), [wire, b"\r\n"].concat());
        }
    }

    #[test]
    fn what_servers_send_otherwise() {
        for (wire, is_ok, code, text) in [
            (&b"+ok ready"[..], true, None, &b"ready"[..]),
            (b"\0\0+OK ready", true, None, b"ready"),
            (b"+OK\tready", true, None, b"ready"),
            (b"+OK ", true, None, b""),
            (b"-ERR[IN-USE]locked", false, Some("IN-USE"), b"locked"),
            (b"-ERR [in-use] locked", false, Some("IN-USE"), b"locked"),
            (b"+OK [no code here", true, None, b"[no code here"),
            (b"+OK [] empty", true, None, b"[] empty"),
            (b"+OK [A//B] empty level", true, None, b"[A//B] empty level"),
            (b"+OK [two words] text", true, None, b"[two words] text"),
            (b"+OK caf\xE9", true, None, b"caf\xE9"),
        ] {
            let reply = Reply::parse(wire).unwrap();
            assert_eq!(reply.is_ok(), is_ok, "{}", wire.escape_ascii());
            assert_eq!(reply.code().map(ResponseCode::as_str), code, "{}", wire.escape_ascii());
            assert_eq!(reply.text(), text);
        }
    }

    #[test]
    fn what_is_no_reply_is_refused_with_its_octets() {
        for wire in [&b""[..], b"+OKAY", b"OK", b"-ER", b"+ ", b" +OK", b"HTTP/1.1 400\x07"] {
            let error = Reply::parse(wire).unwrap_err();
            assert_eq!((error.rule(), error.offset(), error.octets()), ("status", 0, wire));
        }
        let error = Reply::parse(b"HTTP/1.1\x07").unwrap_err();
        assert_eq!(alloc::format!("{error}"), r#"status expected at octet 0 of "HTTP/1.1\x07""#);
    }

    #[test]
    fn a_text_stays_on_its_line() {
        assert_eq!(encoded(&Reply::ok("a\r\n+OK b")), &b"+OK a  +OK b\r\n"[..]);
        for wire in [&b"+OK a\r\n+OK b"[..], b"+OK a\r\r+OK b", b"+OK a\n\r+OK b"] {
            let reply = Reply::parse(wire).unwrap();
            assert_eq!(encoded(&reply), &b"+OK a  +OK b\r\n"[..], "{}", wire.escape_ascii());
        }
        assert_eq!(encoded(&Reply::ok("[AUTH] b")), &b"+OK (AUTH] b\r\n"[..]);
        let long = encoded(&Reply::ok("a".repeat(1000)));
        assert_eq!(long.len(), 512);
        assert!(long.ends_with(b"a\r\n"));
    }
}
