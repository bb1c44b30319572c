use alloc::boxed::Box;
use core::fmt;

/// The unique-id of a message: one that stays the same over sessions, and is never used for another message.
///
/// RFC 1939 section 7: one to 70 characters from 0x21 to 0x7E. [`new`](Self::new) enforces that. What a server sends
/// may be longer or hold other octets, and is kept as it is.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UniqueId(Box<[u8]>);

impl UniqueId {
    /// The most characters of a conforming unique-id.
    pub const MAX_LENGTH: usize = 70;

    /// Checks `octets` against RFC 1939.
    ///
    /// # Errors
    ///
    /// [`InvalidUniqueId`] unless they are one to 70 characters from 0x21 to 0x7E.
    pub fn new(octets: impl AsRef<[u8]>) -> Result<Self, InvalidUniqueId> {
        let octets = octets.as_ref();
        let conforms = (1..=Self::MAX_LENGTH).contains(&octets.len())
            && octets.iter().all(|octet| (0x21..=0x7E).contains(octet));
        if conforms { Ok(Self(octets.into())) } else { Err(InvalidUniqueId) }
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn from_wire(octets: &[u8]) -> Self {
        Self(octets.into())
    }
}

impl fmt::Debug for UniqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl fmt::Display for UniqueId {
    /// Printable ASCII; other octets are escaped, so that two different ids never look the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.escape_ascii().fmt(f)
    }
}

/// Octets that cannot be a unique-id: not one to 70 characters from 0x21 to 0x7E.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a unique-id has 1 to 70 printable ASCII characters and no space")]
pub struct InvalidUniqueId;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_seventy_printable_characters() {
        for length in [1, 70] {
            assert!(UniqueId::new("!~"[..1].repeat(length)).is_ok());
        }
        assert!(UniqueId::new("a".repeat(71)).is_err());
        for octets in ["", " ", "a b", "a\x7f", "é", "a\r\n"] {
            assert!(UniqueId::new(octets).is_err(), "{octets:?}");
        }
    }
}
