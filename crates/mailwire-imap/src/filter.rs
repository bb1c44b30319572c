//! Filters: searches that are stored on the server under a name.

use alloc::format;
use core::{fmt, str::FromStr};

use crate::{
    Octets,
    encoder::Encoder,
    grammar::{ATOM, astring, run},
    input::{Input, Parsed},
    metadata::Entry,
};

/// The name of a filter: visible ASCII without `/` and what cannot stand in an atom
/// ([RFC 5466 section 4](https://www.rfc-editor.org/rfc/rfc5466#section-4)).
///
/// ```
/// use mailwire_imap::filter::FilterName;
///
/// let name = FilterName::new("on-the-road")?;
/// assert_eq!(name.value_entry(true).to_string(), "/private/filters/values/on-the-road");
/// # Ok::<(), mailwire_imap::filter::InvalidFilterName>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct FilterName(Octets);

impl FilterName {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// [`InvalidFilterName`] if it is empty, or holds another octet.
    pub fn new(name: impl AsRef<[u8]>) -> Result<Self, InvalidFilterName> {
        let name = name.as_ref();
        if is_valid(name) { Ok(Self(Octets::copy_from_slice(name))) } else { Err(InvalidFilterName) }
    }

    /// The filter whose search or description is kept in this entry of the server's metadata, and whether it is that of one
    /// user alone.
    pub fn of_entry(entry: &Entry) -> Option<(Self, bool)> {
        let octets = entry.as_bytes();
        let is_private = entry.is_private();
        let path = octets.get(if is_private { "/private".len() } else { "/shared".len() }..)?;
        let name = ["/filters/values/", "/filters/descriptions/"].iter().find_map(|start| {
            let (before, name) = path.split_at_checked(start.len())?;
            before.eq_ignore_ascii_case(start.as_bytes()).then_some(name)
        })?;
        (is_private || entry.is_shared()).then_some(())?;
        Some((Self::new(name).ok()?, is_private))
    }

    /// The entry of the server's metadata with the search, for one user or for all. Its value is what
    /// [`Search`](crate::Search) shows and reads as text. A user's own filter goes before one of all.
    pub fn value_entry(&self, is_private: bool) -> Entry {
        self.entry(is_private, "values")
    }

    /// The entry of the server's metadata with a text for people.
    pub fn description_entry(&self, is_private: bool) -> Entry {
        self.entry(is_private, "descriptions")
    }

    /// The name as on the wire.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.raw(&self.0);
    }

    fn entry(&self, is_private: bool, kind: &str) -> Entry {
        let scope = if is_private { "private" } else { "shared" };
        Entry::from_valid(format!("/{scope}/filters/{kind}/{self}").into())
    }
}

fn is_valid(name: &[u8]) -> bool {
    !name.is_empty() && run(name, ATOM) == name.len() && !name.contains(&b'/')
}

impl FromStr for FilterName {
    type Err = InvalidFilterName;

    fn from_str(name: &str) -> Result<Self, InvalidFilterName> {
        Self::new(name)
    }
}

impl fmt::Display for FilterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for FilterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

/// Octets that cannot name a filter.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the name of a filter is of visible ASCII, without a slash")]
pub struct InvalidFilterName;

/// `filter-name = 1*<any ATOM-CHAR except "/">`; one in quotes is understood.
pub(crate) fn filter_name(input: Input<'_>) -> Parsed<'_, FilterName> {
    let (rest, name) = astring(input)?;
    if is_valid(&name) { Ok((rest, FilterName(name))) } else { input.expected("filter-name") }
}

/// The same in brackets, which end it.
pub(crate) fn filter_name_in_code(input: Input<'_>) -> Parsed<'_, FilterName> {
    let (name, rest) = input.split(run(input.rest(), ATOM));
    if is_valid(name) { Ok((rest, FilterName(input.bytes(name)))) } else { input.expected("filter-name") }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn names_and_entries() {
        for name in ["", "a/b", "a b", "é", "a]", "a\r\nb", "*"] {
            assert_eq!(FilterName::new(name), Err(InvalidFilterName), "{name}");
        }
        let name = FilterName::new("a-1").unwrap();
        for (entry, text) in [
            (name.value_entry(true), "/private/filters/values/a-1"),
            (name.value_entry(false), "/shared/filters/values/a-1"),
            (name.description_entry(true), "/private/filters/descriptions/a-1"),
            (name.description_entry(false), "/shared/filters/descriptions/a-1"),
        ] {
            assert_eq!(entry.to_string(), text);
            assert_eq!(FilterName::of_entry(&entry), Some((name.clone(), text.starts_with("/private"))));
            assert_eq!(Entry::new(text).as_ref(), Ok(&entry));
        }
        for text in [
            "/shared/comment",
            "/shared/filters/values/a/b",
            "/shared/filters/other/a",
            "/else/filters/values/a",
        ] {
            assert_eq!(FilterName::of_entry(&Entry::new(text).unwrap()), None, "{text}");
        }
    }
}
