use bytes::Bytes;
use memchr::memchr_iter;

/// Lets through the header of a message, the empty line after it, and so many lines of the body
/// ([RFC 1939 section 7](https://www.rfc-editor.org/rfc/rfc1939#section-7)).
#[derive(Debug)]
pub(crate) struct Top {
    /// How many lines of the body are still wanted.
    lines: u32,
    in_header: bool,
    line: Line,
    complete: bool,
}

/// What the current line has so far.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Line {
    Nothing,
    Cr,
    Other,
}

impl Top {
    pub(crate) fn new(lines: u32) -> Self {
        Self { lines, in_header: true, line: Line::Nothing, complete: false }
    }

    /// The part of `octets` that is wanted.
    pub(crate) fn take(&mut self, octets: &Bytes) -> Bytes {
        if self.complete {
            return Bytes::new();
        }
        let mut start = 0;
        for end in memchr_iter(b'\n', octets) {
            let is_empty = match (self.line, end - start) {
                (Line::Nothing | Line::Cr, 0) => true,
                (Line::Nothing, 1) => octets.get(start) == Some(&b'\r'),
                _ => false,
            };
            (self.line, start) = (Line::Nothing, end + 1);
            if !self.in_header {
                self.lines -= 1;
            } else if is_empty {
                self.in_header = false;
            }
            if !self.in_header && self.lines == 0 {
                self.complete = true;
                return octets.slice(..start);
            }
        }
        self.line = match (self.line, octets.get(start..)) {
            (line, Some([]) | None) => line,
            (Line::Nothing, Some(b"\r")) => Line::Cr,
            _ => Line::Other,
        };
        octets.clone()
    }

    /// Whether nothing more is wanted.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn a_header_and_some_lines_in_every_split() {
        let message = b"From: ann\r\nSubject: a\r\n\r\none\r\n\r\nthree\r\n";
        for (message, lines, length) in [
            (&message[..], 0, 25),
            (message, 1, 30),
            (message, 2, 32),
            (message, 3, 39),
            (message, 4, 39),
            (message, u32::MAX, 39),
            (b"From: ann\n\none\ntwo\n", 1, 15),
            (b"\r\none\r\ntwo", 1, 7),
            (b"\r\none\r\ntwo", 2, 10),
            (b"From: no body\r\n", 5, 15),
            (b"From: \r\r\n\r\none\r\n", 0, 11),
            (b"", 5, 0),
        ] {
            for size in 1..=message.len().max(1) {
                let mut top = Top::new(lines);
                let taken: Vec<u8> =
                    message.chunks(size).flat_map(|chunk| top.take(&Bytes::copy_from_slice(chunk))).collect();
                assert_eq!(
                    taken,
                    &message[..length],
                    "{lines} lines of {} by {size}",
                    message.escape_ascii()
                );
            }
        }
    }
}
