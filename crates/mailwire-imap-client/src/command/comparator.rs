//! COMPARATOR: by which rules the server compares strings in SEARCH, SORT and THREAD.

use alloc::vec::Vec;

use mailwire_imap::{Octets, command::Body, comparator, response::Data};

use crate::{Command, Server, Unsupported, Untagged};

/// `COMPARATOR` ([RFC 5255 section 4.7](https://www.rfc-editor.org/rfc/rfc5255#section-4.7)).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Comparator {
    /// What the user would like, best first; nothing to ask for the one in use.
    pub patterns: Vec<Octets>,
}

impl Comparator {
    /// The first of these that the server knows: `cz;*`, `i;unicode-casemap`, `default`.
    pub fn new<T: Into<Octets>>(patterns: impl IntoIterator<Item = T>) -> Self {
        Self { patterns: patterns.into_iter().map(Into::into).collect() }
    }

    /// Asks for the one in use.
    pub fn current() -> Self {
        Self::default()
    }
}

/// What COMPARATOR is answered with: the one in use, and those that fit if they are several. Nothing if the server did not
/// tell.
pub type Comparators = Option<comparator::Comparator>;

impl Command for Comparator {
    type Output = Comparators;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("I18NLEVEL=2")?;
        Ok(Body::Comparator(self.patterns.clone()))
    }

    fn absorb(&self, data: Untagged, comparators: &mut Comparators) -> Option<Untagged> {
        let Untagged::Data(Data::Comparator(told)) = data else { return Some(data) };
        *comparators = Some(told);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    #[test]
    fn comparator() {
        let czech = Comparator::new(["cz;*", "i;basic"]);
        assert_eq!(written(&czech, "I18NLEVEL=2").as_deref(), Ok(r#"COMPARATOR "cz;*" i;basic"#));
        assert_eq!(written(&Comparator::current(), "I18NLEVEL=2").as_deref(), Ok("COMPARATOR"));
        assert_eq!(written(&czech, "I18NLEVEL=1"), lacks("I18NLEVEL=2"));
        let lines = ["* COMPARATOR i;basic (i;basic i;octet)", "* LANGUAGE (DE)", "a OK done"];
        let (told, given_back) = answer(&czech, &lines);
        let told = told.unwrap();
        assert_eq!(
            (told.active, told.matching.len(), given_back),
            ("i;basic".into(), 2, lines[1..2].to_vec())
        );
    }
}
