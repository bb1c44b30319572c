//! ID: who the client and the server are.

use alloc::vec::Vec;

use mailwire_imap::{Octets, command::Body, id::Fields, response::Data};

use crate::{Command, Server, Unsupported, Untagged};

/// `ID` ([RFC 2971](https://www.rfc-editor.org/rfc/rfc2971)), for statistics and the search for faults alone. Some servers
/// want it right after the login, before they do anything else.
///
/// ```
/// use mailwire_imap_client::command::Id;
///
/// let id = Id::new([("name", "Example"), ("version", "1.0")]);
/// # let _ = id;
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Id {
    /// What the client tells of itself: up to 30 fields.
    pub fields: Option<Fields>,
}

impl Id {
    /// Tells these fields, and asks.
    pub fn new<N: Into<Octets>, V: Into<Octets>>(fields: impl IntoIterator<Item = (N, V)>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.into(), Some(value.into())));
        Self { fields: Some(fields.collect()) }
    }

    /// Tells nothing, and asks.
    pub fn asking() -> Self {
        Self::default()
    }
}

/// What the server tells of itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Identity {
    /// Names and values.
    pub fields: Fields,
}

impl Identity {
    /// The value of a field: `name`, `version`, `vendor`.
    pub fn field(&self, name: &str) -> Option<&Octets> {
        let is_it = |(known, _): &&(Octets, Option<Octets>)| known.eq_ignore_ascii_case(name.as_bytes());
        self.fields.iter().find(is_it).and_then(|(_, value)| value.as_ref())
    }
}

impl Command for Id {
    type Output = Identity;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("ID")?;
        Ok(Body::Id(self.fields.clone()))
    }

    fn absorb(&self, data: Untagged, identity: &mut Identity) -> Option<Untagged> {
        let Untagged::Data(Data::Id(fields)) = data else { return Some(data) };
        identity.fields = fields.unwrap_or_else(Vec::new);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    #[test]
    fn id() {
        let id = Id::new([("name", "Example"), ("os", "a \"b\"")]);
        assert_eq!(written(&id, "ID").as_deref(), Ok(r#"ID ("name" "Example" "os" "a \"b\"")"#));
        assert_eq!(written(&Id::asking(), "IMAP4rev2").as_deref(), Ok("ID NIL"));
        assert_eq!(written(&id, "IMAP4rev1"), lacks("ID"));
        let many = Id::new((0..31).map(|_| ("a", "b")));
        assert!(written(&many, "ID").is_err(), "no more than 30 fields");
        let lines = [r#"* ID ("Name" "Cyrus" "version" NIL )"#, "* 4 EXISTS", "a OK done"];
        let (identity, given_back) = answer(&id, &lines);
        assert_eq!(given_back, ["* 4 EXISTS"]);
        assert_eq!(identity.field("name"), Some(&"Cyrus".into()));
        assert_eq!((identity.field("version"), identity.fields.len()), (None, 2));
        assert_eq!(answer(&id, &["* ID NIL", "a OK done"]).0, Identity::default());
    }
}
