//! Where a user's own mailboxes are.

use alloc::vec;

use mailwire_imap::{
    Mailbox,
    list::{Namespace, Namespaces},
};

use super::list::unless_refused;
use crate::{
    Execute,
    command::{self, List},
};

/// The namespaces of a user.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct FoundNamespaces {
    /// The user's own, those of other users, and those of all.
    pub namespaces: Namespaces,
    /// Who told it.
    pub by: NamespacesBy,
}

/// Who told which namespaces there are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum NamespacesBy {
    /// `LIST "" ""`, which tells the delimiter: all mailboxes are taken for the user's own.
    List,
    /// NAMESPACE
    #[default]
    Namespace,
}

pub(super) async fn namespaces<E: Execute + ?Sized>(session: &mut E) -> Result<FoundNamespaces, E::Error> {
    if session.server().await?.has("NAMESPACE")
        && let Some(namespaces) = unless_refused::<E, _>(session.run(command::Namespace).await)?
        && namespaces != Namespaces::default()
    {
        return Ok(FoundNamespaces { namespaces, by: NamespacesBy::Namespace });
    }
    let root = session.run(List::new("")).await?;
    let delimiter = root.iter().find_map(|row| row.delimiter);
    let personal = vec![Namespace::new(Mailbox::new(""), delimiter)];
    Ok(FoundNamespaces {
        namespaces: Namespaces { personal, ..Namespaces::default() },
        by: NamespacesBy::List,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Session as _, session::script::Script};

    #[test]
    fn by_namespace() {
        let answer: &[&str] = &[r#"* NAMESPACE (("INBOX." ".")) NIL NIL"#, "% OK done"];
        let mut script = Script::new("IMAP4rev1 NAMESPACE", &[("NAMESPACE", answer)]);
        let found = script.play(async |script| script.namespaces().await).unwrap();
        assert_eq!(found.by, NamespacesBy::Namespace);
        assert_eq!(found.namespaces.personal, [Namespace::new("INBOX.", Some(b'.'))]);
    }

    /// NAMESPACE is missing, refused, or tells nothing.
    #[test]
    fn by_list() {
        let root: &[&str] = &[r#"* LIST (\Noselect) "/" """#, "% OK done"];
        let list = (r#"LIST "" """#, root);
        let (refused, empty): (&[&str], &[&str]) =
            (&["% NO never"], &["* NAMESPACE NIL NIL NIL", "% OK done"]);
        for (words, steps) in [
            ("IMAP4rev1", &[list][..]),
            ("IMAP4rev1 NAMESPACE", &[("NAMESPACE", refused), list]),
            ("IMAP4rev1 NAMESPACE", &[("NAMESPACE", empty), list]),
        ] {
            let found = Script::new(words, steps).play(async |script| script.namespaces().await).unwrap();
            assert_eq!(found.by, NamespacesBy::List);
            assert_eq!(found.namespaces.personal, [Namespace::new("", Some(b'/'))]);
        }
        let flat: &[&str] = &[r#"* LIST (\Noselect) NIL """#, "% OK done"];
        let mut script = Script::new("IMAP4rev1", &[(r#"LIST "" """#, flat)]);
        let found = script.play(async |script| script.namespaces().await).unwrap();
        assert_eq!(found.namespaces.personal, [Namespace::new("", None)]);
    }
}
