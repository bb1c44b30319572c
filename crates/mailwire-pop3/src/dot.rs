//! Multi-line bodies: dot-stuffing, and the CRLF `.` CRLF that ends them.
//!
//! [RFC 1939 section 3](https://www.rfc-editor.org/rfc/rfc1939#section-3): a line that starts with `.` gets one more
//! in front of it, and a line of `.` alone ends the body. Both directions take chunks of any size and hold no more
//! than three octets between them.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use memchr::{memchr_iter, memmem};

/// Turns what a server sends after `+OK` into the octets of the message.
///
/// Only CRLF `.` CRLF ends a body; `.` LF and a dot after a bare LF do not.
///
/// ```
/// use bytes::BytesMut;
/// use mailwire_pop3::dot::Unstuffer;
///
/// let mut unstuffer = Unstuffer::new();
/// let mut input = BytesMut::from("..one\r\ntwo\r\n.\r\n+OK next reply\r\n");
/// let mut message = Vec::new();
/// while let Some(chunk) = unstuffer.next_chunk(&mut input) {
///     message.extend_from_slice(&chunk);
/// }
/// assert!(unstuffer.is_finished());
/// assert_eq!(message, b".one\r\ntwo\r\n");
/// assert_eq!(&input[..], b"+OK next reply\r\n");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Unstuffer {
    state: Place,
}

/// Where the next octet of the input stands.
///
/// ```text
///            .                    CR            LF
/// LineStart ---> Dot ---------------> DotCr ---------> Finished
///     ^           | other               | other
///     | LF        v                     v
///   Cr <------- Within <----------------+      (a CR after the dot is an octet of the message)
///         CR
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Place {
    /// At the start of the body, or after CRLF.
    #[default]
    LineStart,
    /// After a dot at the start of a line, which is taken out whatever follows.
    Dot,
    /// After that dot and CR.
    DotCr,
    /// Inside a line.
    Within,
    /// Inside a line, after CR.
    Cr,
    /// After the body.
    Finished,
}

impl Unstuffer {
    /// At the start of a body: after the CRLF of the status line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes octets of the body from the front of `input`, until it is empty or the body ends.
    ///
    /// Nothing means that more input is needed, or that the body [is finished](Self::is_finished). What is returned
    /// shares the memory of `input`. A chunk without dots at the start of lines is not copied; in another one what
    /// stands between the dots is moved together.
    pub fn next_chunk(&mut self, input: &mut BytesMut) -> Option<Bytes> {
        loop {
            match (self.state, input.first().copied()?) {
                (Place::Finished, _) => return None,
                (Place::LineStart, b'.') => self.skip(input, Place::Dot),
                (Place::Dot, b'\r') => self.skip(input, Place::DotCr),
                (Place::DotCr, b'\n') => self.skip(input, Place::Finished),
                (Place::DotCr, _) => {
                    // The dot was stuffing after all, and the CR is an octet of the message.
                    self.state = Place::Cr;
                    return Some(Bytes::from_static(b"\r"));
                }
                (Place::LineStart | Place::Dot | Place::Within | Place::Cr, _) => {
                    return Some(self.unstuff(input).freeze());
                }
            }
        }
    }

    /// Whether the end of the body has been read; what is left in the input comes after it.
    pub fn is_finished(&self) -> bool {
        self.state == Place::Finished
    }

    fn skip(&mut self, input: &mut BytesMut, next: Place) {
        input.advance(1);
        self.state = next;
    }

    /// Takes octets up to the last line start that is followed by a dot whose meaning is not yet known, or all.
    fn unstuff(&mut self, input: &mut BytesMut) -> BytesMut {
        // Octets of the body that are already in place, and the octets after them that are known to be body.
        let (mut written, mut from) = (0, 0);
        // A dot after the CR that ended the former chunk and the LF that begins this one.
        let split_line_end = self.state == Place::Cr && input.starts_with(b"\n.");
        let first = split_line_end.then_some(1);
        let dots = Dots::new();
        while let Some(dot) = first.filter(|_| from == 0).or_else(|| dots.find(input, from)) {
            match (input.get(dot + 1), input.get(dot + 2)) {
                (None, _) | (Some(b'\r'), None | Some(b'\n')) => {
                    // The end of the body, or perhaps so: stop before the dot.
                    move_down(input, from..dot, &mut written);
                    return self.take(input, written, dot, Place::LineStart);
                }
                _ => {
                    move_down(input, from..dot, &mut written);
                    from = dot + 1;
                }
            }
        }
        let end = input.len();
        let next = self.place_after(input);
        move_down(input, from..end, &mut written);
        self.take(input, written, end, next)
    }

    fn take(&mut self, input: &mut BytesMut, written: usize, consumed: usize, next: Place) -> BytesMut {
        self.state = next;
        let mut chunk = input.split_to(consumed);
        chunk.truncate(written);
        chunk
    }

    fn place_after(&self, input: &BytesMut) -> Place {
        match **input {
            [.., b'\r', b'\n'] => Place::LineStart,
            [b'\n'] if self.state == Place::Cr => Place::LineStart,
            [.., b'\r'] => Place::Cr,
            _ => Place::Within,
        }
    }
}

/// Finds dots that stand after CRLF.
struct Dots(memmem::Finder<'static>);

impl Dots {
    fn new() -> Self {
        Self(memmem::Finder::new(b"\r\n."))
    }

    /// The first one whose CRLF stands at `start` or later.
    fn find(&self, octets: &[u8], start: usize) -> Option<usize> {
        let rest = octets.get(start..)?;
        // Where every line has a dot, a search that is made for long ways would take its run-up for each of them.
        let near = rest.get(..NEAR).unwrap_or(rest);
        let found = near.windows(3).position(|window| window == b"\r\n.").or_else(|| self.0.find(rest))?;
        Some(start + found + 2)
    }
}

/// Moves `range` down to `written`, and counts it there.
fn move_down(octets: &mut BytesMut, range: core::ops::Range<usize>, written: &mut usize) {
    let length = range.len();
    if range.start != *written && range.end <= octets.len() {
        octets.copy_within(range, *written);
    }
    *written += length;
}

/// Turns the octets of a message into what a server sends after `+OK`.
///
/// ```
/// use bytes::Bytes;
/// use mailwire_pop3::dot::Stuffer;
///
/// let mut stuffer = Stuffer::new();
/// assert_eq!(stuffer.chunk(Bytes::from_static(b".one\r\ntwo")), "..one\r\ntwo");
/// assert_eq!(stuffer.finish(), "\r\n.\r\n");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stuffer {
    line_feeds: LineFeeds,
    /// The last octets of the body, as far as the next one's meaning depends on them.
    after: After,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum LineFeeds {
    /// Kept as they are.
    #[default]
    Exact,
    /// Preceded by CR where they have none.
    Canonical,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum After {
    /// The start, or CRLF.
    #[default]
    LineEnd,
    Cr,
    Other,
}

impl Stuffer {
    /// Sends octets exactly as they are; only a missing CRLF is added at the end of the body.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends every bare LF as CRLF, as a server should.
    ///
    /// A client that takes LF for the end of a line would take LF `.` LF in a message for the end of the body, and the
    /// rest of the message for replies. With this constructor no message can do that.
    pub fn canonical() -> Self {
        Self { line_feeds: LineFeeds::Canonical, after: After::default() }
    }

    /// The next octets to send. `octets` themselves, uncopied, if there is nothing to insert.
    pub fn chunk(&mut self, octets: Bytes) -> Bytes {
        let out = match self.line_feeds {
            LineFeeds::Exact => self.insert_exact(&octets),
            LineFeeds::Canonical => self.insert_canonical(&octets),
        };
        self.after = match *octets {
            [] => self.after,
            [.., b'\r', b'\n'] => After::LineEnd,
            [b'\n'] if self.after == After::Cr => After::LineEnd,
            [.., b'\n'] if self.line_feeds == LineFeeds::Canonical => After::LineEnd,
            [.., b'\r'] => After::Cr,
            _ => After::Other,
        };
        out.map_or(octets, BytesMut::freeze)
    }

    /// The end of the body.
    pub fn finish(self) -> Bytes {
        Bytes::from_static(if self.after == After::LineEnd { b".\r\n" } else { b"\r\n.\r\n" })
    }

    fn insert_exact(&self, octets: &[u8]) -> Option<BytesMut> {
        let mut out = Insertion::new(octets);
        let split_line_end = self.after == After::Cr && octets.starts_with(b"\n.");
        if self.after == After::LineEnd && octets.first() == Some(&b'.') {
            out.insert(0, b".");
        } else if split_line_end {
            out.insert(1, b".");
        }
        let (dots, mut start) = (Dots::new(), 0);
        while let Some(dot) = dots.find(octets, start) {
            out.insert(dot, b".");
            start = dot + 1;
        }
        out.finish()
    }

    fn insert_canonical(&self, octets: &[u8]) -> Option<BytesMut> {
        let mut out = Insertion::new(octets);
        if self.after == After::LineEnd && octets.first() == Some(&b'.') {
            out.insert(0, b".");
        }
        for line_feed in memchr_iter(b'\n', octets) {
            let after_cr = match line_feed.checked_sub(1) {
                Some(before) => octets.get(before) == Some(&b'\r'),
                None => self.after == After::Cr,
            };
            if !after_cr {
                out.insert(line_feed, b"\r");
            }
            if octets.get(line_feed + 1) == Some(&b'.') {
                out.insert(line_feed + 1, b".");
            }
        }
        out.finish()
    }
}

/// A copy of octets with others inserted, made when the first one is.
struct Insertion<'a> {
    octets: &'a [u8],
    copied: usize,
    out: Option<BytesMut>,
}

impl<'a> Insertion<'a> {
    fn new(octets: &'a [u8]) -> Self {
        Self { octets, copied: 0, out: None }
    }

    fn insert(&mut self, at: usize, inserted: &[u8]) {
        let room = self.octets.len() + self.octets.len() / 64 + 16;
        let out = self.out.get_or_insert_with(|| BytesMut::with_capacity(room));
        out.put_slice(self.octets.get(self.copied..at).unwrap_or_default());
        out.put_slice(inserted);
        self.copied = at;
    }

    fn finish(self) -> Option<BytesMut> {
        let mut out = self.out?;
        out.put_slice(self.octets.get(self.copied..).unwrap_or_default());
        Some(out)
    }
}

/// Takes the stuffing off one line of a multi-line reply; nothing if the line ends it.
pub fn unstuff_line(line: &Bytes) -> Option<Bytes> {
    match line.first() {
        Some(b'.') if line.len() == 1 => None,
        Some(b'.') => Some(line.slice(1..)),
        _ => Some(line.clone()),
    }
}

/// Appends one line of a multi-line reply to `out`, stuffed and with its CRLF.
pub fn stuff_line(line: &[u8], out: &mut BytesMut) {
    if line.first() == Some(&b'.') {
        out.put_u8(b'.');
    }
    out.put_slice(line);
    out.put_slice(b"\r\n");
}

/// How many octets are looked at one by one before the search proper: a few very short lines.
const NEAR: usize = 16;

#[cfg(test)]
mod tests;
