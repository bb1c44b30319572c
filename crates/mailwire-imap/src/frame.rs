//! Where a command or response ends: lines, literals, and what is streamed.
//!
//! A frame is a line that ends with CRLF, or several of them with literals between:
//!
//! ```text
//! a1 LOGIN {3}          the line ends with a literal header,
//! ann {11+}             so three octets follow, then the line goes on
//! correct ho "x"        to the next header, or to its end
//! ```

use alloc::vec::Vec;
use core::fmt;

use bytes::{Buf as _, Bytes, BytesMut};
use memchr::memchr;

use crate::{Limits, Quirks};

/// Takes frames from the front of a growing buffer, and looks at each octet once.
///
/// ```
/// use bytes::BytesMut;
/// use mailwire_imap::{Limits, Quirks, frame::{Event, Framer}};
///
/// let mut framer = Framer::responses(Limits::client(), Quirks::lenient());
/// let mut input = BytesMut::from("* 1 FETCH (BODY[] {5}\r\nhel");
/// assert_eq!(framer.next_event(&mut input)?, None);
/// input.extend_from_slice(b"lo)\r\n* 2 EXISTS\r\n");
/// let Some(Event::Frame(frame)) = framer.next_event(&mut input)? else { panic!() };
/// assert_eq!(frame.octets(), &b"* 1 FETCH (BODY[] {5}\r\nhello)"[..]);
/// let Some(Event::Frame(frame)) = framer.next_event(&mut input)? else { panic!() };
/// assert_eq!(frame.octets(), &b"* 2 EXISTS"[..]);
/// # Ok::<(), mailwire_imap::frame::FramingError>(())
/// ```
#[derive(Clone)]
pub struct Framer {
    peer: Peer,
    limits: Limits,
    quirks: Quirks,
    state: State,
    /// How many octets at the front of the input need no second look.
    scanned: usize,
    /// Where in the input the line that is being scanned starts.
    line_start: usize,
    /// What was before the last streamed literal, taken out of the input; also handed on as the head of that literal.
    head: Bytes,
    streamed: Vec<usize>,
    /// Octets of this frame outside of literals, but for the line that is being scanned.
    line_octets: usize,
    literal_octets: u64,
    is_text: bool,
    is_bare: bool,
}

impl Framer {
    /// For a client: what servers send.
    pub fn responses(limits: Limits, quirks: Quirks) -> Self {
        Self::new(Peer::Server, limits, quirks)
    }

    /// For a server: what clients send.
    pub fn commands(limits: Limits, quirks: Quirks) -> Self {
        Self::new(Peer::Client, limits, quirks)
    }

    fn new(peer: Peer, limits: Limits, quirks: Quirks) -> Self {
        Self {
            peer,
            limits,
            quirks,
            state: State::Line,
            scanned: 0,
            line_start: 0,
            head: Bytes::new(),
            streamed: Vec::new(),
            line_octets: 0,
            literal_octets: 0,
            is_text: false,
            is_bare: false,
        }
    }

    /// Takes what comes next, or nothing if it is not all there yet.
    ///
    /// The octets that are left in `input` must be there again at the next call; more may follow them. To call this
    /// after [`Event::Literal`] is to accept the literal; [`refuse`](Self::refuse) is the other answer.
    ///
    /// # Errors
    ///
    /// All are fatal for the connection, because what follows cannot be trusted to be a frame.
    /// - [`FramingError::LineTooLong`] as soon as there are too many octets, whether the line has ended or not.
    /// - [`FramingError::BareLineFeed`] if a line ends with LF alone and [`Quirks::bare_line_feed`] is off.
    /// - [`FramingError::LiteralTooLong`] if a literal's length is over 63 bits and its octets come anyway.
    /// - [`FramingError::TooManyLiterals`] if a frame has more streamed literals than [`Limits::streamed_literals`].
    /// - [`FramingError::TooMuchToDiscard`] if a refused command goes on beyond [`Limits::discard`].
    pub fn next_event(&mut self, input: &mut BytesMut) -> Result<Option<Event>, FramingError> {
        loop {
            match self.state {
                State::Inline { until } => {
                    if input.len() < until {
                        return Ok(None);
                    }
                    (self.scanned, self.line_start, self.state) = (until, until, State::Line);
                }
                State::Stream { left: 0 } | State::Discard { left: 0 } => {
                    self.state = if matches!(self.state, State::Discard { .. }) {
                        State::DiscardLine
                    } else {
                        State::Line
                    };
                }
                State::Stream { left } => return Ok(self.chunk(input, left)),
                State::Discard { left } => {
                    let gone = left.min(input.len() as u64);
                    input.advance(usize::try_from(gone).unwrap_or(input.len()));
                    self.state = State::Discard { left: left - gone };
                    if gone < left {
                        return Ok(None);
                    }
                }
                State::Line | State::DiscardLine => match self.line(input)? {
                    Step::Again => {}
                    Step::Event(event) => return Ok(Some(event)),
                    Step::Incomplete => return Ok(None),
                },
            }
        }
    }

    /// Refuses the literal that the last [`Event::Literal`] announced, and the command with it.
    ///
    /// A client that waits for `+` sends no octet of a synchronising literal then; those of a non-synchronising one, and
    /// what follows them up to the end of the command, are dropped by the calls of [`next_event`](Self::next_event).
    ///
    /// # Errors
    ///
    /// [`FramingError::TooMuchToDiscard`] if the literal is longer than [`Limits::discard`]: the connection has to end.
    pub fn refuse(&mut self, literal: &Literal, input: &mut BytesMut) -> Result<(), FramingError> {
        if !matches!(self.state, State::Inline { .. } | State::Stream { .. }) {
            return Ok(());
        }
        input.advance(self.scanned.min(input.len()));
        self.reset();
        if !literal.is_synchronising {
            self.discard(literal.length)?;
        }
        Ok(())
    }

    /// Takes the next frame as one line without literals, empty lines included: `DONE`, or base64 of a SASL exchange.
    ///
    /// This has no effect in the middle of a frame.
    pub fn expect_line(&mut self) {
        self.is_bare = true;
    }

    /// What the framer enforces; a server that raises limits after login changes them here.
    pub fn limits_mut(&mut self) -> &mut Limits {
        &mut self.limits
    }

    /// Whether nothing of a frame has been taken out of the input yet: what is left in it starts a frame.
    pub fn is_at_start(&self) -> bool {
        matches!(self.state, State::Line) && self.head.is_empty()
    }

    fn chunk(&mut self, input: &mut BytesMut, left: u64) -> Option<Event> {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
        if length == 0 {
            return None;
        }
        self.state = State::Stream { left: left - length as u64 };
        Some(Event::Chunk(input.split_to(length).freeze()))
    }

    /// Looks for the end of the line that starts at `line_start`.
    fn line(&mut self, input: &mut BytesMut) -> Result<Step, FramingError> {
        self.skip_nuls(input);
        let fresh = input.get(self.scanned..).unwrap_or_default();
        let Some(found) = memchr(b'\n', fresh) else {
            self.scanned = input.len();
            // A CR that may belong to the line end is not yet an octet of the line.
            let length = input.len() - self.line_start - usize::from(ends_with_cr(input, self.line_start));
            self.within_limit(length)?;
            return Ok(Step::Incomplete);
        };
        let feed = self.scanned + found;
        let line = input.get(self.line_start..feed).unwrap_or_default();
        let has_cr = line.last() == Some(&b'\r');
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // The length first: whether the line feed came along with the line makes no difference then.
        self.within_limit(line.len())?;
        if !has_cr && !self.quirks.bare_line_feed {
            return Err(FramingError::BareLineFeed);
        }
        if self.is_first_line() {
            if line.is_empty() && self.quirks.empty_line && !self.is_bare {
                input.advance(feed + 1);
                self.scanned = 0;
                return Ok(Step::Again);
            }
            self.is_text = self.is_bare || (self.peer == Peer::Server && holds_text(line));
        }
        let header = if self.is_text { None } else { Header::at_end_of(line) };
        let (length, end) = (line.len(), feed + 1);
        if matches!(self.state, State::DiscardLine) {
            return self.dropped_line(header, input, end);
        }
        match header {
            Some(Header { length: Some(literal), is_synchronising, is_binary }) => {
                self.line_octets += length;
                let literal = Literal {
                    head: Frame::default(),
                    length: literal,
                    is_synchronising,
                    is_binary,
                    is_streamed: false,
                };
                self.literal(literal, input, end)
            }
            // A client that synchronises can be told BAD; for anybody else the octets are on their way.
            Some(header) if self.peer == Peer::Server || !header.is_synchronising => {
                Err(FramingError::LiteralTooLong)
            }
            _ => Ok(Step::Event(Event::Frame(self.whole(input, feed - usize::from(has_cr), end)))),
        }
    }

    fn literal(
        &mut self,
        mut literal: Literal,
        input: &mut BytesMut,
        end: usize,
    ) -> Result<Step, FramingError> {
        let sum = self.literal_octets.saturating_add(literal.length);
        let is_too_long = literal.length > self.limits.inline_literal
            || sum > self.limits.inline_literals
            || (self.peer == Peer::Client
                && !literal.is_synchronising
                && literal.length > self.limits.non_synchronising_literal);
        let until = usize::try_from(literal.length).ok().and_then(|length| end.checked_add(length));
        match until {
            Some(until) if !is_too_long => {
                self.literal_octets = sum;
                self.scanned = end;
                self.state = State::Inline { until };
                if self.peer == Peer::Server || !literal.is_synchronising {
                    return Ok(Step::Again);
                }
            }
            _ => {
                let limit = self.limits.streamed_literals;
                if self.streamed.len() >= limit {
                    return Err(FramingError::TooManyLiterals { limit });
                }
                self.head = self.after_head(input.split_to(end)).freeze();
                self.streamed.push(self.head.len());
                (self.scanned, self.line_start) = (0, 0);
                self.state = State::Stream { left: literal.length };
                literal.is_streamed = true;
                literal.head =
                    Frame { octets: self.head.clone(), streamed: self.streamed.clone(), is_head: true };
            }
        }
        Ok(Step::Event(Event::Literal(literal)))
    }

    /// The head and what came after it. The head is copied if somebody still has it, or anything made of it.
    fn after_head(&mut self, octets: BytesMut) -> BytesMut {
        if self.head.is_empty() {
            return octets;
        }
        let head = core::mem::take(&mut self.head);
        let mut all = head.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
        all.unsplit(octets);
        all
    }

    fn whole(&mut self, input: &mut BytesMut, length: usize, end: usize) -> Frame {
        let octets = input.split_to(length);
        input.advance(end - length);
        let octets = self.after_head(octets);
        let streamed = core::mem::take(&mut self.streamed);
        self.reset();
        Frame { octets: octets.freeze(), streamed, is_head: false }
    }

    /// A line of a command that was refused: another literal may follow it.
    fn dropped_line(
        &mut self,
        header: Option<Header>,
        input: &mut BytesMut,
        end: usize,
    ) -> Result<Step, FramingError> {
        input.advance(end);
        let dropped = self.literal_octets.saturating_add(end as u64);
        self.reset();
        if let Some(Header { length, is_synchronising: false, .. }) = header {
            self.literal_octets = dropped;
            self.discard(length.unwrap_or(u64::MAX))?;
        }
        Ok(Step::Again)
    }

    fn discard(&mut self, length: u64) -> Result<(), FramingError> {
        // While a command is dropped, all of its octets count here.
        self.literal_octets = self.literal_octets.saturating_add(length);
        if self.literal_octets > self.limits.discard {
            return Err(FramingError::TooMuchToDiscard { limit: self.limits.discard });
        }
        self.state = State::Discard { left: length };
        Ok(())
    }

    fn skip_nuls(&mut self, input: &mut BytesMut) {
        if self.scanned == 0 && self.is_first_line() && self.quirks.leading_nul && self.peer == Peer::Server {
            let nuls = input.iter().position(|octet| *octet != 0).unwrap_or(input.len());
            input.advance(nuls);
        }
    }

    fn is_first_line(&self) -> bool {
        self.line_start == 0 && self.head.is_empty() && matches!(self.state, State::Line)
    }

    fn within_limit(&self, length: usize) -> Result<(), FramingError> {
        let limit = self.limits.line;
        if self.line_octets.saturating_add(length) > limit {
            return Err(FramingError::LineTooLong { limit });
        }
        Ok(())
    }

    fn reset(&mut self) {
        self.state = State::Line;
        (self.scanned, self.line_start, self.line_octets, self.literal_octets) = (0, 0, 0, 0);
        self.head = Bytes::new();
        self.streamed = Vec::new();
        (self.is_text, self.is_bare) = (false, false);
    }
}

/// Without octets: a password may be among them.
impl fmt::Debug for Framer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Framer")
            .field("peer", &self.peer)
            .field("state", &self.state)
            .field("scanned", &self.scanned)
            .field("limits", &self.limits)
            .field("quirks", &self.quirks)
            .finish_non_exhaustive()
    }
}

/// What [`Framer::next_event`] finds.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Octets of the literal that was announced before.
    Chunk(Bytes),
    /// A whole command or response.
    Frame(Frame),
    /// A literal begins: it will be streamed, or the client waits for `+`, or both.
    Literal(Literal),
}

/// Without octets: a password may be among them.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chunk(octets) => write!(f, "Chunk({} octets)", octets.len()),
            Self::Frame(frame) => frame.fmt(f),
            Self::Literal(literal) => literal.fmt(f),
        }
    }
}

/// A command or response without its last line end.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Frame {
    octets: Bytes,
    /// Where octets of literals are missing, because they were streamed; in ascending order.
    streamed: Vec<usize>,
    is_head: bool,
}

impl Frame {
    /// All octets but those of streamed literals.
    pub fn octets(&self) -> &Bytes {
        &self.octets
    }

    /// Whether the frame ends with the header of a literal that is streamed, and goes on after it.
    pub fn is_head(&self) -> bool {
        self.is_head
    }

    /// Whether the octets of the literal that would start at `offset` were streamed.
    pub(crate) fn is_streamed_at(&self, offset: usize) -> bool {
        self.streamed.binary_search(&offset).is_ok()
    }
}

/// Without octets: a password may be among them.
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({} octets{})", self.octets.len(), if self.is_head { ", a head" } else { "" })
    }
}

impl From<Bytes> for Frame {
    /// A whole frame whose octets are at hand, with nothing streamed.
    fn from(octets: Bytes) -> Self {
        Self { octets, streamed: Vec::new(), is_head: false }
    }
}

/// A literal that has been announced: `{310}`, `{310+}`, `~{310}`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Literal {
    head: Frame,
    length: u64,
    is_synchronising: bool,
    is_binary: bool,
    is_streamed: bool,
}

impl Literal {
    /// What stands before the literal, its header included. It is empty if the literal is not streamed.
    pub fn head(&self) -> &Frame {
        &self.head
    }

    /// How many octets the literal has.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether a client waits for `+` before it sends the octets.
    pub fn is_synchronising(&self) -> bool {
        self.is_synchronising
    }

    /// Whether it is a literal8, which may hold NUL.
    pub fn is_binary(&self) -> bool {
        self.is_binary
    }

    /// Whether its octets come as [`Event::Chunk`], and not in the frame.
    pub fn is_streamed(&self) -> bool {
        self.is_streamed
    }
}

/// Octets that cannot be framed; the connection has to end.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FramingError {
    /// A line ends with LF alone.
    #[error("a line ends with LF alone, without CR")]
    BareLineFeed,
    /// The octets of a command or response outside of literals are more than the limit.
    #[error("a line is longer than {limit} octets")]
    LineTooLong {
        /// The most octets a line may have here.
        limit: usize,
    },
    /// A literal's length is over 63 bits.
    #[error("the length of a literal is over 63 bits")]
    LiteralTooLong,
    /// A command or response has more streamed literals than the limit.
    #[error("there are more than {limit} long literals in one command or response")]
    TooManyLiterals {
        /// The most streamed literals it may have.
        limit: usize,
    },
    /// A refused command is longer than what is read only to be dropped.
    #[error("a refused command is longer than {limit} octets")]
    TooMuchToDiscard {
        /// The most octets that are dropped.
        limit: u64,
    },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Peer {
    Client,
    Server,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Inside of a line.
    Line,
    /// Inside of a literal that is collected, which ends at `until`.
    Inline { until: usize },
    /// Inside of a literal that is streamed.
    Stream { left: u64 },
    /// Inside of a literal of a refused command.
    Discard { left: u64 },
    /// Inside of a line of a refused command.
    DiscardLine,
}

enum Step {
    Again,
    Event(Event),
    Incomplete,
}

/// `"{" number64 ["+"] "}"`, with `~` before it for a literal8.
#[derive(Clone, Copy)]
struct Header {
    /// Nothing if the number is over 63 bits.
    length: Option<u64>,
    is_synchronising: bool,
    is_binary: bool,
}

impl Header {
    fn at_end_of(line: &[u8]) -> Option<Self> {
        let line = line.strip_suffix(b"}")?;
        let (line, is_synchronising) = line.strip_suffix(b"+").map_or((line, true), |line| (line, false));
        let other = line.iter().rposition(|octet| !octet.is_ascii_digit())?;
        let (before, digits) = line.split_at_checked(other + 1)?;
        let before = before.strip_suffix(b"{")?;
        if digits.is_empty() {
            return None;
        }
        let length = digits.iter().try_fold(0_u64, |value, digit| {
            value.checked_mul(10)?.checked_add(u64::from(digit.wrapping_sub(b'0')))
        });
        let length = length.filter(|length| i64::try_from(*length).is_ok());
        Some(Self { length, is_synchronising, is_binary: before.ends_with(b"~") })
    }
}

/// Whether a response is text for people to its end, in which nothing is a literal: `+ text`, a tagged status, `* OK text`.
fn holds_text(line: &[u8]) -> bool {
    let Some(data) = line.strip_prefix(b"* ") else { return true };
    let word = data.split(|octet| *octet == b' ').next().unwrap_or_default();
    data.starts_with(b"[")
        || [&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"]
            .iter()
            .any(|status| word.eq_ignore_ascii_case(status))
}

fn ends_with_cr(input: &[u8], line_start: usize) -> bool {
    input.get(line_start..).is_some_and(|line| line.last() == Some(&b'\r'))
}

#[cfg(test)]
mod tests;
