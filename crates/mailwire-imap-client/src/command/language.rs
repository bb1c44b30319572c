//! LANGUAGE: in which the server speaks to people.

use alloc::vec::Vec;

use mailwire_imap::{Octets, command::Body, list::Namespaces, response::Data};

use crate::{Command, Server, Unsupported, Untagged};

/// `LANGUAGE` ([RFC 5255 section 3.2](https://www.rfc-editor.org/rfc/rfc5255#section-3.2)).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Language {
    /// The languages that the user would like, best first; none to ask for those that there are.
    pub ranges: Vec<Octets>,
}

impl Language {
    /// The first of these that the server knows: `de-CH`, `default`.
    pub fn new<T: Into<Octets>>(ranges: impl IntoIterator<Item = T>) -> Self {
        Self { ranges: ranges.into_iter().map(Into::into).collect() }
    }

    /// Asks which ones there are.
    pub fn list() -> Self {
        Self::default()
    }
}

/// What LANGUAGE is answered with.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Languages {
    /// The one in use, or if none was named all that there are.
    pub languages: Vec<Octets>,
    /// The namespaces, with their names in this language.
    pub namespaces: Option<Namespaces>,
}

impl Command for Language {
    type Output = Languages;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("LANGUAGE")?;
        Ok(Body::Language(self.ranges.clone()))
    }

    fn absorb(&self, data: Untagged, languages: &mut Languages) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::Language(told)) => languages.languages = told,
            Untagged::Data(Data::Namespace(told)) => languages.namespaces = Some(told),
            other => return Some(other),
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    #[test]
    fn language() {
        let french = Language::new(["FR-CA", "default"]);
        assert_eq!(written(&french, "LANGUAGE").as_deref(), Ok("LANGUAGE FR-CA default"));
        assert_eq!(written(&Language::list(), "LANGUAGE").as_deref(), Ok("LANGUAGE"));
        assert_eq!(written(&french, ""), lacks("LANGUAGE"));
        let lines = [
            "* LANGUAGE (DE)",
            r#"* NAMESPACE (("" "/")) (("Other/" "/" "TRANSLATION" ("Andere Ben&APw-tzer/"))) NIL"#,
            "* COMPARATOR i;basic",
            "a OK done",
        ];
        let (languages, given_back) = answer(&french, &lines);
        assert_eq!((languages.languages, given_back), ([Octets::from("DE")].to_vec(), lines[2..3].to_vec()));
        let namespaces = languages.namespaces.unwrap();
        let translation = namespaces.other_users[0].translation.as_ref().unwrap();
        assert_eq!(translation.name(), "Andere Benützer/");
    }
}
