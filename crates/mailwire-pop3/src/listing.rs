//! Listings: how large the messages of a maildrop are, and what their unique-ids are.

use bytes::{BufMut as _, BytesMut};
use nom::{Parser, combinator::opt, sequence::preceded};

use crate::{
    MessageNumber, ParseError, UniqueId,
    grammar::{Parsed, number, rest_of_line, spaces, trimmed, whole, word},
    message_number::message_number,
};

/// The text of a reply to STAT: `2 320`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct DropListing {
    /// How many messages there are, those marked as deleted not counted.
    pub messages: u32,
    /// How large they are together, in octets. It may exceed 4 GiB.
    pub octets: u64,
}

impl DropListing {
    /// Reads the text of a reply. Further columns are ignored, as RFC 1939 section 5 permits them.
    ///
    /// # Errors
    ///
    /// [`ParseError`] for anything else; a negative number too, as some servers send it.
    pub fn parse(text: &[u8]) -> Result<Self, ParseError> {
        let columns = (opt(spaces), message_count, spaces, number, further_columns);
        whole(text, columns.map(|(_, messages, _, octets, _)| Self { messages, octets }))
    }

    /// Appends `2 320` to `out`, without a line end.
    pub fn encode(&self, out: &mut BytesMut) {
        write(out, format_args!("{} {}", self.messages, self.octets));
    }
}

/// A line of a reply to LIST: `1 120`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ScanListing {
    /// The message.
    pub message: MessageNumber,
    /// Its size as sent by RETR, dot-stuffing not counted, in octets.
    pub octets: u64,
}

impl ScanListing {
    /// Reads a line without its line end. Further columns are ignored, as RFC 1939 section 5 permits them.
    ///
    /// # Errors
    ///
    /// [`ParseError`] for anything else.
    pub fn parse(line: &[u8]) -> Result<Self, ParseError> {
        let columns = (opt(spaces), message_number, spaces, number, further_columns);
        whole(line, columns.map(|(_, message, _, octets, _)| Self { message, octets }))
    }

    /// Appends `1 120` to `out`, without a line end.
    pub fn encode(&self, out: &mut BytesMut) {
        write(out, format_args!("{} {}", self.message, self.octets));
    }
}

/// A line of a reply to UIDL: `1 whqtswO00WBw418f9t5JxYwZ`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UniqueIdListing {
    /// The message.
    pub message: MessageNumber,
    /// Its unique-id.
    pub unique_id: UniqueId,
}

impl UniqueIdListing {
    /// Reads a line without its line end.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if the number or the unique-id is missing.
    pub fn parse(line: &[u8]) -> Result<Self, ParseError> {
        let columns = (opt(spaces), message_number, spaces, word, further_columns);
        whole(
            line,
            columns.map(|(_, message, _, id, _)| Self { message, unique_id: UniqueId::from_wire(id) }),
        )
    }

    /// Appends the line to `out`, without a line end.
    pub fn encode(&self, out: &mut BytesMut) {
        write(out, format_args!("{} ", self.message));
        out.put_slice(self.unique_id.as_bytes());
    }
}

fn message_count(input: &[u8]) -> Parsed<'_, u32> {
    let (rest, value) = number(input)?;
    match u32::try_from(value) {
        Ok(value) => Ok((rest, value)),
        Err(_) => crate::grammar::mismatch("number of 32 bits", input),
    }
}

fn further_columns(input: &[u8]) -> Parsed<'_, ()> {
    match trimmed(input) {
        b"" => Ok((b"", ())),
        _ => preceded(spaces, rest_of_line).map(drop).parse(input),
    }
}

fn write(out: &mut BytesMut, arguments: core::fmt::Arguments<'_>) {
    use core::fmt::Write as _;
    // Writing to a `BytesMut` grows it and cannot fail.
    let _ = out.write_fmt(arguments);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(number: u32) -> MessageNumber {
        MessageNumber::new(number).unwrap()
    }

    #[test]
    fn drop_listings() {
        for (wire, messages, octets) in [
            ("2 320", 2, 320),
            ("0 0", 0, 0),
            ("2 320 extra columns", 2, 320),
            (" 2  320 ", 2, 320),
            ("1 4294967296000", 1, 4_294_967_296_000),
        ] {
            assert_eq!(DropListing::parse(wire.as_bytes()), Ok(DropListing { messages, octets }), "{wire}");
        }
        for wire in
            ["", "2", "-1 320", "2 -1", "2 messages", "4294967296 0", "0 18446744073709551616", "2 3x"]
        {
            assert!(DropListing::parse(wire.as_bytes()).is_err(), "{wire}");
        }
    }

    #[test]
    fn scan_listings() {
        for (wire, octets) in
            [("3 120", 120), ("3 120 more", 120), ("3 120 ", 120), ("3 18446744073709551615", u64::MAX)]
        {
            assert_eq!(
                ScanListing::parse(wire.as_bytes()),
                Ok(ScanListing { message: n(3), octets }),
                "{wire}"
            );
        }
        for wire in ["", "3", "3 ", "0 120", "3 -120", "x 120", "3 (120)", "."] {
            assert!(ScanListing::parse(wire.as_bytes()).is_err(), "{wire}");
        }
    }

    #[test]
    fn unique_id_listings() {
        let long = "x".repeat(200);
        for (wire, id) in
            [("1 whqtswO00WBw418f9t5JxYwZ", "whqtswO00WBw418f9t5JxYwZ"), ("1 a more", "a"), (" 1  a ", "a")]
        {
            let read = UniqueIdListing::parse(wire.as_bytes()).unwrap();
            assert_eq!((read.message, read.unique_id.as_bytes()), (n(1), id.as_bytes()), "{wire}");
        }
        let read = UniqueIdListing::parse(alloc::format!("1 {long}").as_bytes()).unwrap();
        assert_eq!(read.unique_id.as_bytes(), long.as_bytes());
        for wire in ["", "1", "1 ", "0 a", "a b"] {
            assert!(UniqueIdListing::parse(wire.as_bytes()).is_err(), "{wire}");
        }
    }

    #[test]
    fn listings_are_written_as_they_are_read() {
        let mut out = BytesMut::new();
        DropListing { messages: 2, octets: 320 }.encode(&mut out);
        out.put_u8(b'/');
        ScanListing { message: n(1), octets: 120 }.encode(&mut out);
        out.put_u8(b'/');
        UniqueIdListing { message: n(2), unique_id: UniqueId::new("QhdPYR:00WBw1Ph7x7").unwrap() }
            .encode(&mut out);
        assert_eq!(&out[..], b"2 320/1 120/2 QhdPYR:00WBw1Ph7x7");
    }
}
