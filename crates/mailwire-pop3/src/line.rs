//! Lines: where they end, and how long they may be.

use bytes::{Buf as _, Bytes, BytesMut};

use crate::Quirks;

/// Takes lines from the front of a growing buffer, and looks at each octet once.
///
/// ```
/// use bytes::BytesMut;
/// use mailwire_pop3::{Quirks, line::Framer};
///
/// let mut framer = Framer::new(Quirks::lenient());
/// let mut input = BytesMut::from("STAT\r\nLI");
/// assert_eq!(framer.next_line(&mut input, 8192)?.as_deref(), Some(&b"STAT"[..]));
/// assert_eq!(framer.next_line(&mut input, 8192)?, None);
/// input.extend_from_slice(b"ST\r\n");
/// assert_eq!(framer.next_line(&mut input, 8192)?.as_deref(), Some(&b"LIST"[..]));
/// # Ok::<(), mailwire_pop3::line::FramingError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Framer {
    quirks: Quirks,
    /// How many octets at the front of the input hold no LF.
    scanned: usize,
}

impl Framer {
    /// A framer at the start of a line.
    pub fn new(quirks: Quirks) -> Self {
        Self { quirks, scanned: 0 }
    }

    /// Takes one line, without its line end, or nothing if there is no whole one yet.
    ///
    /// `limit` is the most octets that a line may have, its line end not counted. The octets that are left in `input`
    /// must be there again at the next call; more may follow them.
    ///
    /// # Errors
    ///
    /// Both are fatal for the connection, because what follows cannot be trusted to be a line.
    /// - [`FramingError::LineTooLong`] as soon as more than `limit` octets are there, whether the line has ended or not.
    /// - [`FramingError::BareLineFeed`] if the line ends with LF alone and [`Quirks::bare_line_feed`] is off.
    pub fn next_line(&mut self, input: &mut BytesMut, limit: usize) -> Result<Option<Bytes>, FramingError> {
        let fresh = input.get(self.scanned..).unwrap_or_default();
        let Some(found) = memchr::memchr(b'\n', fresh) else {
            self.scanned = input.len();
            // A CR that may belong to the line end is not yet an octet of the line.
            let length = input.len() - usize::from(input.last() == Some(&b'\r'));
            return if length > limit { Err(FramingError::LineTooLong { limit }) } else { Ok(None) };
        };
        let end = self.scanned + found;
        self.scanned = 0;
        let mut line = input.split_to(end);
        input.advance(1);
        let ends_with_cr = line.last() == Some(&b'\r');
        line.truncate(end - usize::from(ends_with_cr));
        // The length first: whether the line feed came along with the line makes no difference then.
        if line.len() > limit {
            Err(FramingError::LineTooLong { limit })
        } else if !ends_with_cr && !self.quirks.bare_line_feed {
            Err(FramingError::BareLineFeed)
        } else {
            Ok(Some(line.freeze()))
        }
    }
}

/// A line that cannot be framed; the connection has to end.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FramingError {
    /// A line ends with LF alone.
    #[error("a line ends with LF alone, without CR")]
    BareLineFeed,
    /// A line is longer than the limit.
    #[error("a line is longer than {limit} octets")]
    LineTooLong {
        /// The most octets a line may have here.
        limit: usize,
    },
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::*;

    fn lines(wire: &[u8], chunk: usize, limit: usize, quirks: Quirks) -> Result<Vec<Bytes>, FramingError> {
        let (mut framer, mut input, mut lines) = (Framer::new(quirks), BytesMut::new(), Vec::new());
        for chunk in wire.chunks(chunk) {
            input.extend_from_slice(chunk);
            while let Some(line) = framer.next_line(&mut input, limit)? {
                lines.push(line);
            }
        }
        Ok(lines)
    }

    #[test]
    fn every_split_gives_the_same_lines() {
        let wire = b"STAT\r\n\r\nLIST 1\r\nA\rB\r\nC\r\r\nD\nE";
        for chunk in 1..=wire.len() {
            let expected: Vec<&[u8]> = vec![b"STAT", b"", b"LIST 1", b"A\rB", b"C\r", b"D"];
            assert_eq!(lines(wire, chunk, 100, Quirks::lenient()).unwrap(), expected, "{chunk}");
            assert_eq!(lines(wire, chunk, 100, Quirks::strict()), Err(FramingError::BareLineFeed));
        }
    }

    #[test]
    fn a_line_has_limit_octets_and_not_one_more() {
        for chunk in 1..14 {
            assert_eq!(lines(b"0123456789\r\n", chunk, 10, Quirks::strict()).unwrap().len(), 1);
            for wire in [&b"0123456789a\r\n"[..], b"0123456789a", b"0123456789\ra"] {
                let error = Err(FramingError::LineTooLong { limit: 10 });
                assert_eq!(lines(wire, chunk, 10, Quirks::strict()), error, "{chunk}");
            }
            let both = lines(b"0123456789a\n", chunk, 10, Quirks::strict());
            assert_eq!(both, Err(FramingError::LineTooLong { limit: 10 }), "{chunk}");
        }
    }
}
