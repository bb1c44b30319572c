use alloc::{string::String, vec::Vec};
use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Octets that nobody but the peer may see: a password, a token, a key, a message that carries one.
///
/// They are overwritten when dropped, `Debug` prints only that there is a secret, and `==` takes a time that depends
/// on the lengths alone.
///
/// ```
/// use mailwire_sasl::Secret;
///
/// let password = Secret::from("tanstaaftanstaaf");
/// assert_eq!(format!("{password:?}"), "Secret(..)");
/// assert_eq!(password.expose(), b"tanstaaftanstaaf");
/// ```
#[derive(Clone, Default)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Overwrites the octets now, and leaves none.
    pub fn clear(&mut self) {
        self.0.zeroize();
    }

    /// The octets themselves. What is done with them is the caller's responsibility.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// True if there are no octets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of octets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The octets as text, or `None` if they are not UTF-8.
    pub(crate) fn expose_str(&self) -> Option<&str> {
        core::str::from_utf8(&self.0).ok()
    }
}

impl ConstantTimeEq for Secret {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.0.ct_eq(&other.0)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Eq for Secret {}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl ZeroizeOnDrop for Secret {}

impl From<&[u8]> for Secret {
    fn from(octets: &[u8]) -> Self {
        Self(octets.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Secret {
    fn from(octets: &[u8; N]) -> Self {
        Self(octets.to_vec())
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl From<Vec<u8>> for Secret {
    fn from(octets: Vec<u8>) -> Self {
        Self(octets)
    }
}

impl From<Zeroizing<String>> for Secret {
    fn from(mut text: Zeroizing<String>) -> Self {
        Self(core::mem::take(&mut *text).into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn debug_shows_nothing_and_equality_is_by_content() {
        let secret = Secret::from("hunter2");
        for shown in [format!("{secret:?}"), format!("{secret:#?}"), format!("{:?}", Some(&secret))] {
            assert!(!shown.contains("hunter2"), "{shown}");
            assert!(!shown.contains("104"), "{shown}");
        }
        assert_eq!(secret, Secret::from(b"hunter2"));
        assert_ne!(secret, Secret::from("hunter3"));
        assert_ne!(secret, Secret::from("hunter22"));
        assert_eq!(Secret::from(Zeroizing::new(String::from("a"))), Secret::from(std::vec![b'a']));
    }

    #[test]
    fn clear_leaves_no_octets() {
        let mut secret = Secret::from("hunter2");
        secret.clear();
        assert!(secret.is_empty());
        assert_eq!(secret.len(), 0);
    }
}
