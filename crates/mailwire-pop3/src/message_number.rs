use core::{fmt, num::NonZeroU32};

use crate::{
    ParseError,
    grammar::{Parsed, mismatch, number, whole},
};

/// The number of a message in a maildrop, from 1 to 4,294,967,295, valid for one session.
///
/// RFC 1939 section 4: numbers do not change within a session, whatever is deleted.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct MessageNumber(NonZeroU32);

impl MessageNumber {
    /// The first message.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// The message `number`, or nothing for 0.
    pub const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The message at `index`, counted from 0.
    pub fn from_index(index: usize) -> Option<Self> {
        u32::try_from(index).ok()?.checked_add(1).and_then(Self::new)
    }

    /// The number, counted from 1.
    pub const fn get(self) -> u32 {
        self.0.get()
    }

    /// The place in an array, counted from 0.
    pub const fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    /// Reads digits alone: no sign, no spaces.
    ///
    /// # Errors
    ///
    /// [`ParseError`] for anything else, for 0, and for numbers over 32 bits.
    pub fn parse(octets: &[u8]) -> Result<Self, ParseError> {
        whole(octets, message_number)
    }
}

impl fmt::Display for MessageNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `msg = 1*DIGIT`, not zero ([RFC 1939 section 5](https://www.rfc-editor.org/rfc/rfc1939#section-5)).
pub(crate) fn message_number(input: &[u8]) -> Parsed<'_, MessageNumber> {
    let (rest, value) = number(input)?;
    match u32::try_from(value).ok().and_then(MessageNumber::new) {
        Some(number) => Ok((rest, number)),
        None => mismatch("message number from 1 to 4294967295", input),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_numbers_are_read() {
        for (wire, number) in [
            (&b"1"[..], Some(1)),
            (b"4294967295", Some(u32::MAX)),
            (b"007", Some(7)),
            (b"0", None),
            (b"-1", None),
            (b"+1", None),
            (b"4294967296", None),
            (b"4294967297", None),
            (b"99999999999999999999999", None),
            (b"1 ", None),
            (b"1x", None),
            (b"", None),
        ] {
            let read = MessageNumber::parse(wire).ok().map(MessageNumber::get);
            assert_eq!(read, number, "{}", wire.escape_ascii());
        }
    }
}
