//! Searches that are stored on the server under a name ([RFC 5466](https://www.rfc-editor.org/rfc/rfc5466)).

use alloc::{collections::BTreeMap, string::ToString as _, vec, vec::Vec};

use mailwire_imap::{
    Mailbox, Octets, ParseError, Search, Status,
    command::Body,
    filter::FilterName,
    metadata::{self, Annotation, Depth, Entries, Entry},
    response::Data,
};

use crate::{Command, Server, Unsupported, Untagged};

/// The filters that there are, of the user and of all: GETMETADATA of the entries where they are kept.
///
/// To search by one, use [`Search::Filter`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct GetFilters;

/// What filters there are.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Filters {
    /// In the order of their names, when the command is at its end. Of two with one name the user's own is used.
    pub filters: Vec<Filter>,
    told: BTreeMap<(FilterName, bool), Parts>,
}

/// A search and a text about it, while they come.
type Parts = (Option<Octets>, Option<Octets>);

/// A search that is stored on the server.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Filter {
    /// Its name.
    pub name: FilterName,
    /// Whether it is the user's own, and not of all.
    pub is_private: bool,
    /// The keys, as they stand after `SEARCH`, in UTF-8.
    pub keys: Octets,
    /// A text for people.
    pub description: Option<Octets>,
}

impl Filter {
    /// The keys as a value.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if they are none that we know: other clients may have written them.
    pub fn search(&self) -> Result<Search, ParseError> {
        self.keys.to_str_lossy().parse()
    }
}

impl Command for GetFilters {
    type Output = Filters;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("FILTERS")?;
        Ok(Body::GetMetadata(metadata::GetMetadata {
            max_size: None,
            depth: Some(Depth::One),
            mailbox: Mailbox::new(""),
            entries: ROOTS.iter().filter_map(|root| Entry::new(root).ok()).collect(),
        }))
    }

    fn absorb(&self, data: Untagged, filters: &mut Filters) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::Metadata(told)) if is_answer(&told) => {
                if let Entries::Values(values) = told.entries {
                    values.into_iter().for_each(|annotation| filters.take(annotation));
                }
                None
            }
            other => Some(other),
        }
    }

    fn finish(&self, _: &Status, filters: &mut Filters) {
        let told = core::mem::take(&mut filters.told);
        let filter = |((name, is_private), (keys, description))| {
            Some(Filter { name, is_private, keys: keys?, description })
        };
        filters.filters = told.into_iter().filter_map(filter).collect();
    }
}

impl Filters {
    fn take(&mut self, annotation: Annotation) {
        let Some((name, is_private)) = FilterName::of_entry(&annotation.entry) else { return };
        let is_value = annotation.entry == name.value_entry(is_private);
        let parts = self.told.entry((name, is_private)).or_default();
        *(if is_value { &mut parts.0 } else { &mut parts.1 }) = annotation.value;
    }
}

/// Whether it tells filters, and not other annotations of the server.
fn is_answer(told: &metadata::Metadata) -> bool {
    let is_filter = |annotation: &Annotation| FilterName::of_entry(&annotation.entry).is_some();
    matches!(&told.entries, Entries::Values(values) if values.iter().all(is_filter))
        && told.mailbox == Mailbox::new("")
}

/// Stores a search under a name, or takes one away: SETMETADATA.
///
/// ```
/// use mailwire_imap_client::{
///     codec::{Search, filter::FilterName},
///     command::SetFilter,
/// };
///
/// let name = FilterName::new("on-the-road")?;
/// let filter = SetFilter::new(name.clone(), &Search::from("boss@example.com")).described("What cannot wait");
/// let gone = SetFilter::remove(name);
/// # let _ = (filter, gone);
/// # Ok::<(), mailwire_imap_client::codec::filter::InvalidFilterName>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SetFilter {
    /// Its name.
    pub name: FilterName,
    /// Whether it is for the user alone, and not for all.
    pub is_private: bool,
    /// The keys, as they stand after `SEARCH`, in UTF-8; nothing to take it away.
    pub keys: Option<Octets>,
    /// A text for people.
    pub description: Option<Octets>,
}

impl SetFilter {
    /// Stores a search, for the user alone.
    pub fn new(name: FilterName, search: &Search) -> Self {
        Self { name, is_private: true, keys: Some(search.to_string().into()), description: None }
    }

    /// Takes a filter of the user away.
    pub fn remove(name: FilterName) -> Self {
        Self { name, is_private: true, keys: None, description: None }
    }

    /// For all users.
    #[must_use]
    pub fn shared(self) -> Self {
        Self { is_private: false, ..self }
    }

    /// With a text for people.
    #[must_use]
    pub fn described(self, text: impl Into<Octets>) -> Self {
        Self { description: Some(text.into()), ..self }
    }
}

impl Command for SetFilter {
    type Output = ();

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("FILTERS")?;
        let value = Annotation { entry: self.name.value_entry(self.is_private), value: self.keys.clone() };
        let mut annotations = vec![value];
        if self.description.is_some() || self.keys.is_none() {
            let entry = self.name.description_entry(self.is_private);
            annotations.push(Annotation { entry, value: self.description.clone() });
        }
        Ok(Body::SetMetadata(Mailbox::new(""), annotations))
    }
}

/// Where filters are kept.
const ROOTS: &[&str] = &[
    "/private/filters/values",
    "/shared/filters/values",
    "/private/filters/descriptions",
    "/shared/filters/descriptions",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    fn name() -> FilterName {
        FilterName::new("on-the-road").unwrap()
    }

    #[test]
    fn what_is_sent() {
        let get = r#"GETMETADATA (DEPTH 1) "" (/private/filters/values /shared/filters/values /private/filters/descriptions /shared/filters/descriptions)"#;
        assert_eq!(written(&GetFilters, "FILTERS").as_deref(), Ok(get));
        let search = Search::from("boss@example.com").and(Search::unseen());
        let set = SetFilter::new(name(), &search);
        let line = r#"SETMETADATA "" (/private/filters/values/on-the-road "FROM boss@example.com UNSEEN")"#;
        assert_eq!(written(&set, "FILTERS").as_deref(), Ok(line));
        let described = set.clone().described("x");
        assert!(
            written(&described, "FILTERS")
                .unwrap()
                .ends_with("/private/filters/descriptions/on-the-road \"x\")")
        );
        let remove = SetFilter::remove(name()).shared();
        let line = r#"SETMETADATA "" (/shared/filters/values/on-the-road NIL /shared/filters/descriptions/on-the-road NIL)"#;
        assert_eq!(written(&remove, "FILTERS").as_deref(), Ok(line));
        assert_eq!(written(&GetFilters, "METADATA"), lacks("FILTERS"));
        assert_eq!(written(&set, "METADATA"), lacks("FILTERS"));
    }

    #[test]
    fn what_is_told() {
        let lines = [
            r#"* METADATA "" (/private/filters/values/on-the-road "OR SMALLER 5000 FROM \"boss@example.com\"" /private/filters/descriptions/on-the-road "x")"#,
            r#"* METADATA "" (/shared/filters/values/big "LARGER 5000" /shared/filters/values/gone NIL)"#,
            r#"* METADATA "" (/shared/filters/values/odd "NO SUCH (KEY")"#,
            r#"* METADATA INBOX (/shared/filters/values/other "ALL")"#,
            r#"* METADATA "" (/shared/comment "y")"#,
            r#"* METADATA "" /shared/filters/values/new"#,
            "a OK done",
        ];
        let (filters, given_back) = answer(&GetFilters, &lines);
        assert_eq!(given_back, lines[3..6]);
        let [big, odd, road] = &filters.filters[..] else { panic!("{filters:?}") };
        assert_eq!(
            (road.name.clone(), road.is_private, road.description.clone()),
            (name(), true, Some("x".into()))
        );
        assert!(matches!(road.search(), Ok(Search::Or(..))));
        assert_eq!((big.is_private, big.search()), (false, Ok(Search::Larger(5000))));
        assert!(odd.search().is_err());
    }
}
