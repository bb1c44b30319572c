use alloc::{borrow::Cow, string::String, vec::Vec};
use core::{borrow::Borrow, fmt, ops::Deref};

use bytes::Bytes;

/// Octets of a string: a piece of the frame in which they came, or memory of their own.
///
/// Mostly they are text, of which IMAP does not always tell the charset. A clone costs no copy.
///
/// ```
/// use mailwire_imap::Octets;
///
/// let subject = Octets::from("café");
/// assert_eq!(subject, "café");
/// assert_eq!(subject.as_str(), Some("café"));
/// assert_eq!(Octets::from(&b"caf\xE9"[..]).as_str(), None);
/// assert_eq!(Octets::from(&b"caf\xE9"[..]).to_string(), "caf\u{FFFD}");
/// ```
#[derive(Clone, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Octets(Bytes);

impl Octets {
    /// No octets.
    pub const fn new() -> Self {
        Self(Bytes::new())
    }

    /// Octets that live as long as the program.
    pub const fn from_static(octets: &'static [u8]) -> Self {
        Self(Bytes::from_static(octets))
    }

    /// Copies `octets`.
    pub fn copy_from_slice(octets: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(octets))
    }

    /// The octets in the buffer type of others, without a copy.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }

    /// The text, if it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        core::str::from_utf8(&self.0).ok()
    }

    /// The text, with U+FFFD for what is not UTF-8.
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// `part`, which is a part of these octets, without a copy.
    pub(crate) fn slice_ref(&self, part: &[u8]) -> Self {
        Self(self.0.slice_ref(part))
    }

    pub(crate) const fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    /// The same in memory of its own, so that it does not hold the frame in which it came.
    #[must_use]
    pub fn detach(&self) -> Self {
        Self::copy_from_slice(&self.0)
    }
}

impl Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Octets {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for Octets {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl From<Bytes> for Octets {
    fn from(octets: Bytes) -> Self {
        Self(octets)
    }
}

impl From<Octets> for Bytes {
    fn from(octets: Octets) -> Self {
        octets.0
    }
}

impl From<&[u8]> for Octets {
    fn from(octets: &[u8]) -> Self {
        Self::copy_from_slice(octets)
    }
}

impl<const N: usize> From<&[u8; N]> for Octets {
    fn from(octets: &[u8; N]) -> Self {
        Self::copy_from_slice(octets)
    }
}

impl From<&str> for Octets {
    fn from(text: &str) -> Self {
        Self::copy_from_slice(text.as_bytes())
    }
}

impl From<String> for Octets {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<Vec<u8>> for Octets {
    fn from(octets: Vec<u8>) -> Self {
        Self(octets.into())
    }
}

impl PartialEq<[u8]> for Octets {
    fn eq(&self, other: &[u8]) -> bool {
        self.0 == other
    }
}

impl PartialEq<&[u8]> for Octets {
    fn eq(&self, other: &&[u8]) -> bool {
        self.0 == *other
    }
}

impl<const N: usize> PartialEq<&[u8; N]> for Octets {
    fn eq(&self, other: &&[u8; N]) -> bool {
        self.0 == other[..]
    }
}

impl PartialEq<str> for Octets {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Octets {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// The text, with U+FFFD for what is not UTF-8.
impl fmt::Display for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_str_lossy())
    }
}

/// Quoted, with escapes for what is not printable ASCII.
impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}
