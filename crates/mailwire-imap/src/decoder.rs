use bytes::Bytes;

use crate::{
    Limits, ParseError, Quirks,
    command::{Command, CommandError, parse::command},
    frame::Frame,
    input::{Context, Input, Parsed, whole},
    response::{Response, Unknown, response},
};

/// Reads frames: the grammar, with what it tolerates and what it bounds.
///
/// ```
/// use mailwire_imap::{Decoder, response::{Data, Response}};
///
/// let decoder = Decoder::default();
/// assert_eq!(decoder.response(&b"* 23 EXISTS"[..]), Response::Data(Data::Exists(23)));
/// let Response::Unknown(unknown) = decoder.response(&b"* 23 EXITS"[..]) else { panic!() };
/// assert_eq!(unknown.error.to_string(), r#"message-data expected at octet 5 of "* 23 EXITS""#);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    limits: Limits,
    quirks: Quirks,
    is_utf8: bool,
}

impl Decoder {
    /// A decoder with these limits and quirks.
    pub fn new(limits: Limits, quirks: Quirks) -> Self {
        Self { limits, quirks, is_utf8: false }
    }

    /// From now on strings and mailbox names are UTF-8: UTF8=ACCEPT or IMAP4rev2 was enabled.
    pub fn set_utf8(&mut self, is_utf8: bool) {
        self.is_utf8 = is_utf8;
    }

    /// What the decoder bounds; a server that raises limits after login changes them here.
    pub fn limits_mut(&mut self) -> &mut Limits {
        &mut self.limits
    }

    /// Reads one response. What cannot be read is [`Response::Unknown`], with its octets and the reason.
    pub fn response(&self, frame: impl Into<Frame>) -> Response {
        let frame = frame.into();
        match self.parse_response(&frame) {
            Ok(response) => response,
            Err(error) => Response::Unknown(Unknown { octets: frame.octets().clone().into(), error }),
        }
    }

    /// The same, with what cannot be read as an error.
    ///
    /// # Errors
    ///
    /// [`ParseError`] with the rule and the place where it failed.
    #[inline]
    pub fn parse_response(&self, frame: &Frame) -> Result<Response, ParseError> {
        response(Input::new(&self.context(frame, false)))
    }

    /// Reads one command, or the head of one whose literal is streamed.
    ///
    /// # Errors
    ///
    /// [`CommandError`] with the tag for the answer, the rule and the place where it failed.
    pub fn command(&self, frame: impl Into<Frame>) -> Result<Command, CommandError> {
        self.parse_command(&frame.into())
    }

    /// The same of a frame that the caller keeps.
    ///
    /// # Errors
    ///
    /// The same.
    #[inline]
    pub fn parse_command(&self, frame: &Frame) -> Result<Command, CommandError> {
        command(&self.context(frame, true))
    }

    pub(crate) fn quirks(&self) -> Quirks {
        self.quirks
    }

    pub(crate) fn context<'a>(&'a self, frame: &'a Frame, is_command: bool) -> Context<'a> {
        Context {
            frame,
            octets: frame.octets(),
            limits: &self.limits,
            quirks: self.quirks,
            is_utf8: self.is_utf8,
            is_command,
            tag: &[],
        }
    }
}

/// Reads a text that stands alone by a rule of the grammar, without tolerance.
pub(crate) fn read_text<T>(
    text: &str,
    rule: impl for<'a> FnOnce(Input<'a>) -> Parsed<'a, T>,
) -> Result<T, ParseError> {
    let decoder = Decoder::new(Limits::client(), Quirks::strict());
    let frame = Frame::from(text.as_bytes());
    whole(&decoder.context(&frame, false), rule)
}

impl From<&[u8]> for Frame {
    /// A copy of the octets.
    fn from(octets: &[u8]) -> Self {
        Bytes::copy_from_slice(octets).into()
    }
}
