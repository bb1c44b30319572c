//! NAMESPACE: where a user's own mailboxes are, and those of others.

use mailwire_imap::{command::Body, list::Namespaces, response::Data};

use crate::{Command, Server, Unsupported, Untagged};

/// `NAMESPACE` ([RFC 9051 section 6.3.10](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.10)).
///
/// [`Session::namespaces`](crate::Session::namespaces) knows what to do without it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Namespace;

impl Command for Namespace {
    type Output = Namespaces;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("NAMESPACE")?;
        Ok(Body::Namespace)
    }

    fn absorb(&self, data: Untagged, namespaces: &mut Namespaces) -> Option<Untagged> {
        let Untagged::Data(Data::Namespace(told)) = data else { return Some(data) };
        *namespaces = told;
        None
    }
}

#[cfg(test)]
mod tests {
    use mailwire_imap::list;

    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    #[test]
    fn namespace() {
        assert_eq!(written(&Namespace, "NAMESPACE").as_deref(), Ok("NAMESPACE"));
        assert_eq!(written(&Namespace, "IMAP4rev1"), lacks("NAMESPACE"));
        let lines =
            [r#"* NAMESPACE (("INBOX." ".")) NIL (("Shared/" NIL))"#, r#"* LIST () "." a"#, "a OK done"];
        let (namespaces, given_back) = answer(&Namespace, &lines);
        assert_eq!(given_back, lines[1..2]);
        assert_eq!(namespaces.personal, [list::Namespace::new("INBOX.", Some(b'.'))]);
        assert_eq!(namespaces.shared, [list::Namespace::new("Shared/", None)]);
        assert!(namespaces.other_users.is_empty());
    }
}
