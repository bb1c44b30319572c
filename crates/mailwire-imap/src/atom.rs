use core::{fmt, str::FromStr};

use crate::{
    Octets,
    grammar::{ATOM, TAG, astring, is, run},
    input::{Input, Parsed},
};

/// `atom`: visible ASCII without parentheses, quotes, braces, wildcards, backslashes and `]`; at least one.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Atom(Octets);

/// The name that a client gives a command: an atom without `+`, in which `]` may stand.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Tag(Octets);

impl Atom {
    /// Checks `octets`.
    ///
    /// # Errors
    ///
    /// [`InvalidAtom`] if another octet is among them, or none is.
    pub fn new(octets: impl AsRef<[u8]>) -> Result<Self, InvalidAtom> {
        let octets = octets.as_ref();
        valid(octets, |octet| run(&[octet], ATOM) == 1)?;
        Ok(Self(Octets::copy_from_slice(octets)))
    }

    pub(crate) fn from_parsed(octets: Octets) -> Self {
        Self(octets)
    }

    /// Whether it is `other`, in any case.
    pub fn is(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other.as_bytes())
    }
}

impl Tag {
    /// Checks `octets`.
    ///
    /// # Errors
    ///
    /// [`InvalidAtom`] if another octet is among them, or none is.
    pub fn new(octets: impl AsRef<[u8]>) -> Result<Self, InvalidAtom> {
        let octets = octets.as_ref();
        valid(octets, |octet| is(octet, TAG))?;
        Ok(Self(Octets::copy_from_slice(octets)))
    }

    pub(crate) fn from_parsed(octets: Octets) -> Self {
        Self(octets)
    }
}

macro_rules! octets {
    ($($name:ident)*) => {
        $(
            impl $name {
                /// The octets as on the wire.
                pub fn as_bytes(&self) -> &[u8] {
                    &self.0
                }

                /// The octets, which are ASCII.
                pub fn as_str(&self) -> &str {
                    core::str::from_utf8(&self.0).unwrap_or_default()
                }
            }

            impl FromStr for $name {
                type Err = InvalidAtom;

                fn from_str(text: &str) -> Result<Self, InvalidAtom> {
                    Self::new(text)
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(self.as_str())
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, "{:?}", self.as_str())
                }
            }
        )*
    };
}

octets!(Atom Tag);

/// `tag-string = astring` whose octets are a tag ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9))
pub(crate) fn tag_string(input: Input<'_>) -> Parsed<'_, Tag> {
    let (rest, octets) = astring(input)?;
    match valid(&octets, |octet| is(octet, TAG)) {
        Ok(()) => Ok((rest, Tag(octets))),
        Err(_) => input.expected("tag-string"),
    }
}

/// Octets that cannot be an atom, a tag or a keyword.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAtom {
    /// There are none.
    #[error("it is empty")]
    Empty,
    /// An octet that would end it.
    #[error("octet {octet:#04x} at offset {offset} cannot stand in it")]
    Octet {
        /// The octet.
        octet: u8,
        /// Its place, counted from 0.
        offset: usize,
    },
}

pub(crate) fn valid(octets: &[u8], is_valid: impl Fn(u8) -> bool) -> Result<(), InvalidAtom> {
    if octets.is_empty() {
        return Err(InvalidAtom::Empty);
    }
    match octets.iter().copied().enumerate().find(|(_, octet)| !is_valid(*octet)) {
        Some((offset, octet)) => Err(InvalidAtom::Octet { octet, offset }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_enters_that_ends_a_word() {
        for octets in ["", "a b", "a\r\nb", "a(", "a)", "a{", "a%", "a*", "a\"", "a\\", "a\0", "a\x7F", "é"]
        {
            assert!(Atom::new(octets).is_err(), "{octets:?}");
            assert!(Tag::new(octets).is_err(), "{octets:?}");
        }
        assert_eq!(Atom::new("a]"), Err(InvalidAtom::Octet { octet: b']', offset: 1 }));
        assert!(Tag::new("a]").is_ok());
        assert!(Tag::new("a+").is_err());
        assert_eq!(Atom::new("a+b[c").unwrap().as_str(), "a+b[c");
    }
}
