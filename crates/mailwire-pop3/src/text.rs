//! What may stand inside a line: the types that keep CR, LF and NUL out of it.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// One argument of a command, such as a user name: octets other than CR, LF and NUL, and at least one.
///
/// UTF-8 beyond ASCII is for servers that announce `UTF8 USER` (RFC 6856 section 2.2).
///
/// ```
/// use mailwire_pop3::Argument;
///
/// assert_eq!(Argument::new("ann")?.as_bytes(), b"ann");
/// assert!(Argument::new("ann\r\nDELE 1").is_err());
/// # Ok::<(), mailwire_pop3::InvalidArgument>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Argument(Box<[u8]>);

impl Argument {
    /// Checks `octets`.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`] if they are empty or hold CR, LF or NUL.
    pub fn new(octets: impl AsRef<[u8]>) -> Result<Self, InvalidArgument> {
        let octets = octets.as_ref();
        if octets.is_empty() {
            return Err(InvalidArgument::Empty);
        }
        fits_a_line(octets)?;
        Ok(Self(octets.into()))
    }

    /// The octets as sent.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The argument as text, octets that are not UTF-8 replaced by U+FFFD.
    pub fn to_string_lossy(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl fmt::Debug for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// A password or another secret that fits a line: octets other than CR, LF and NUL, possibly none.
///
/// It is overwritten when dropped, compared in constant time, and absent from `Debug`.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Checks `octets`.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument::Octet`] if they hold CR, LF or NUL.
    pub fn new(octets: impl AsRef<[u8]>) -> Result<Self, InvalidArgument> {
        fits_a_line(octets.as_ref())?;
        Ok(Self(Zeroizing::new(octets.as_ref().to_vec())))
    }

    /// The secret itself.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl Eq for Secret {}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Octets that cannot be an argument of a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidArgument {
    /// There are none.
    #[error("the argument is empty")]
    Empty,
    /// CR, LF or NUL would end the line or be lost.
    #[error("the argument holds octet {octet:#04x} at offset {offset}, which cannot stand in a line")]
    Octet {
        /// The octet.
        octet: u8,
        /// Its place, counted from 0.
        offset: usize,
    },
}

fn fits_a_line(octets: &[u8]) -> Result<(), InvalidArgument> {
    match octets.iter().position(|octet| matches!(octet, b'\r' | b'\n' | 0)) {
        Some(offset) => {
            Err(InvalidArgument::Octet { octet: octets.get(offset).copied().unwrap_or_default(), offset })
        }
        None => Ok(()),
    }
}

/// `text` as it may stand in a reply: control characters become spaces.
pub(crate) fn harmless(text: &[u8]) -> Vec<u8> {
    text.iter().map(|octet| if octet.is_ascii_control() { b' ' } else { *octet }).collect()
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn a_line_end_cannot_enter_an_argument() {
        for octets in [&b"a\rb"[..], b"a\nb", b"a\0b", b"\r\n"] {
            assert!(Argument::new(octets).is_err(), "{}", octets.escape_ascii());
            assert!(Secret::new(octets).is_err(), "{}", octets.escape_ascii());
        }
        assert_eq!(Argument::new(""), Err(InvalidArgument::Empty));
        assert_eq!(Argument::new("a\n"), Err(InvalidArgument::Octet { octet: b'\n', offset: 1 }));
        assert_eq!(Secret::new("").map(|secret| secret.expose().len()), Ok(0));
    }

    #[test]
    fn a_secret_is_not_shown() {
        let secret = Secret::new("tanstaaf").unwrap();
        assert!(!format!("{secret:?}").contains("tanstaaf"));
        assert_eq!(secret, Secret::new("tanstaaf").unwrap());
        assert_ne!(secret, Secret::new("tanstaag").unwrap());
    }
}
