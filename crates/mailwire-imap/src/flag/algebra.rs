//! Flags as a set: operators, and one by one.

use core::ops::{BitAnd, BitOr, Sub};

use super::{Flag, Flags};

impl Flags {
    /// Whether `other` has all that are in this one.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.known & !other.known == 0
            && self.keywords.iter().all(|keyword| other.keywords.binary_search(keyword).is_ok())
    }
}

impl Flag {
    /// The name, which is ASCII: `\Seen`, `$Junk`, `work`.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// Whether the name starts with a backslash: only servers make such flags.
    pub fn is_system(&self) -> bool {
        self.as_bytes().starts_with(b"\\")
    }
}

/// All flags of both.
impl BitOr for &Flags {
    type Output = Flags;

    fn bitor(self, other: Self) -> Flags {
        let mut all = self.clone();
        all.known |= other.known;
        all.extend(other.keywords.iter().cloned().map(Flag::Keyword));
        all
    }
}

/// The flags that both have.
impl BitAnd for &Flags {
    type Output = Flags;

    fn bitand(self, other: Self) -> Flags {
        let is_there = |keyword: &&super::Keyword| other.keywords.binary_search(keyword).is_ok();
        let keywords = self.keywords.iter().filter(is_there).cloned().collect();
        Flags { known: self.known & other.known, keywords }
    }
}

/// The flags that the other does not have: what changed is `&new - &old` and `&old - &new`.
impl Sub for &Flags {
    type Output = Flags;

    fn sub(self, other: Self) -> Flags {
        let is_new = |keyword: &&super::Keyword| other.keywords.binary_search(keyword).is_err();
        let keywords = self.keywords.iter().filter(is_new).cloned().collect();
        Flags { known: self.known & !other.known, keywords }
    }
}

impl IntoIterator for Flags {
    type Item = Flag;
    type IntoIter = alloc::vec::IntoIter<Flag>;

    /// All flags, the system's first.
    fn into_iter(self) -> Self::IntoIter {
        self.iter().collect::<alloc::vec::Vec<_>>().into_iter()
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    fn flags(names: &str) -> Flags {
        names.split_ascii_whitespace().map(|name| name.parse().unwrap()).collect()
    }

    #[test]
    fn sets_of_flags() {
        for (one, other, all, both, left) in [
            ("", "", "()", "()", "()"),
            ("\\Seen a b", "\\Seen B c", "(\\Seen a b c)", "(\\Seen b)", "(a)"),
            ("\\Seen", "\\Draft", "(\\Draft \\Seen)", "()", "(\\Seen)"),
            ("$Junk \\X", "$junk \\x", "($Junk \\X)", "($Junk \\X)", "()"),
        ] {
            let (one, other) = (flags(one), flags(other));
            assert_eq!(
                [&one | &other, &one & &other, &one - &other].map(|flags| flags.to_string()),
                [all, both, left]
            );
            assert_eq!(one.is_subset(&other), left == "()");
            assert!((&one & &other).is_subset(&one) && one.is_subset(&(&one | &other)));
        }
        let names =
            flags("work \\Seen $Junk \\X").into_iter().map(|flag| (flag.to_string(), flag.is_system()));
        let names: alloc::vec::Vec<_> = names.collect();
        let expected = [("\\Seen", true), ("$Junk", false), ("\\X", true), ("work", false)];
        assert_eq!(names, expected.map(|(name, is_system)| (name.to_string(), is_system)));
        assert_eq!(Flag::Seen.as_str(), "\\Seen");
    }
}
