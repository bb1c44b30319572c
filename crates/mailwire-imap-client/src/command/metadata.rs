//! Annotations of mailboxes and of the server: GETMETADATA and SETMETADATA.

use alloc::{vec, vec::Vec};

use mailwire_imap::{
    Code, Mailbox, Octets, Status,
    command::Body,
    metadata::{self, Annotation, Depth, Entries, Entry},
    response::Data,
};

use crate::{Command, Server, Unsupported, Untagged};

/// `GETMETADATA` ([RFC 5464 section 4.2](https://www.rfc-editor.org/rfc/rfc5464#section-4.2)).
///
/// ```
/// use mailwire_imap_client::{codec::metadata::Entry, command::GetMetadata};
///
/// let comment = GetMetadata::new("INBOX", [Entry::new("/private/comment")?]).up_to(1024);
/// let admin = GetMetadata::of_server([Entry::new("/shared/admin")?]);
/// # let _ = (comment, admin);
/// # Ok::<(), mailwire_imap_client::codec::metadata::InvalidEntry>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GetMetadata {
    /// Of which mailbox; the empty name stands for the server.
    pub mailbox: Mailbox,
    /// Which annotations.
    pub entries: Vec<Entry>,
    /// How many levels below these are told.
    pub depth: Option<Depth>,
    /// The most octets of a value.
    pub max_size: Option<u64>,
}

impl GetMetadata {
    /// These annotations of a mailbox.
    pub fn new(mailbox: impl Into<Mailbox>, entries: impl IntoIterator<Item = Entry>) -> Self {
        Self { mailbox: mailbox.into(), entries: entries.into_iter().collect(), depth: None, max_size: None }
    }

    /// These annotations of the server.
    pub fn of_server(entries: impl IntoIterator<Item = Entry>) -> Self {
        Self::new("", entries)
    }

    /// Also those so many levels below.
    #[must_use]
    pub fn with_depth(self, depth: Depth) -> Self {
        Self { depth: Some(depth), ..self }
    }

    /// No values of more octets; [`MetadataFound::longest_left_out`] tells if there were any.
    #[must_use]
    pub fn up_to(self, octets: u64) -> Self {
        Self { max_size: Some(octets), ..self }
    }
}

/// What GETMETADATA finds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct MetadataFound {
    /// The annotations that exist.
    pub annotations: Vec<Annotation>,
    /// The octets of the longest value that was left out because it is too long.
    pub longest_left_out: Option<u64>,
}

impl MetadataFound {
    /// The value of an annotation.
    pub fn value(&self, entry: &Entry) -> Option<&Octets> {
        self.annotations.iter().find(|one| one.entry == *entry).and_then(|one| one.value.as_ref())
    }
}

impl Command for GetMetadata {
    type Output = MetadataFound;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        require(&self.mailbox, server)?;
        Ok(Body::GetMetadata(metadata::GetMetadata {
            max_size: self.max_size,
            depth: self.depth,
            mailbox: self.mailbox.clone(),
            entries: self.entries.clone(),
        }))
    }

    fn absorb(&self, data: Untagged, found: &mut MetadataFound) -> Option<Untagged> {
        let Untagged::Data(Data::Metadata(told)) = data else { return Some(data) };
        match told.entries {
            Entries::Values(values) if told.mailbox == self.mailbox => found.annotations.extend(values),
            entries => {
                return Some(Untagged::Data(Data::Metadata(metadata::Metadata { entries, ..told })));
            }
        }
        None
    }

    fn finish(&self, status: &Status, found: &mut MetadataFound) {
        if let Some(Code::MetadataLongEntries(octets)) = status.code {
            found.longest_left_out = Some(octets);
        }
    }
}

/// `SETMETADATA` ([RFC 5464 section 4.3](https://www.rfc-editor.org/rfc/rfc5464#section-4.3)): all of it, or nothing.
///
/// The codes `METADATA MAXSIZE`, `METADATA TOOMANY` and `METADATA NOPRIVATE` say why a server refuses.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SetMetadata {
    /// Of which mailbox; the empty name stands for the server.
    pub mailbox: Mailbox,
    /// What is set; an annotation without a value is taken away.
    pub annotations: Vec<Annotation>,
}

impl SetMetadata {
    /// Sets an annotation of a mailbox.
    pub fn set(mailbox: impl Into<Mailbox>, entry: Entry, value: impl Into<Octets>) -> Self {
        let annotation = Annotation { entry, value: Some(value.into()) };
        Self { mailbox: mailbox.into(), annotations: vec![annotation] }
    }

    /// Takes an annotation of a mailbox away.
    pub fn remove(mailbox: impl Into<Mailbox>, entry: Entry) -> Self {
        Self { mailbox: mailbox.into(), annotations: vec![Annotation { entry, value: None }] }
    }

    /// Sets another one too.
    #[must_use]
    pub fn and(mut self, entry: Entry, value: Option<Octets>) -> Self {
        self.annotations.push(Annotation { entry, value });
        self
    }
}

impl Command for SetMetadata {
    type Output = ();

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        require(&self.mailbox, server)?;
        Ok(Body::SetMetadata(self.mailbox.clone(), self.annotations.clone()))
    }
}

/// Annotations of the server alone have a capability of their own.
fn require(mailbox: &Mailbox, server: &Server) -> Result<(), Unsupported> {
    let is_of_server = *mailbox == Mailbox::new("");
    if is_of_server && server.has("METADATA-SERVER") { Ok(()) } else { server.require("METADATA") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    fn entry(name: &str) -> Entry {
        Entry::new(name).unwrap()
    }

    #[test]
    fn what_is_sent() {
        let get = GetMetadata::new("INBOX", [entry("/shared/comment"), entry("/private/comment")]);
        let below = GetMetadata::of_server([entry("/shared")]).with_depth(Depth::Infinity).up_to(1024);
        let set = SetMetadata::set("INBOX", entry("/private/a"), "x y").and(entry("/private/b"), None);
        let lines = SetMetadata::set("INBOX", entry("/private/a"), "two\r\nlines");
        for (line, wire) in [
            (written(&get, "METADATA"), "GETMETADATA INBOX (/shared/comment /private/comment)"),
            (written(&below, "METADATA-SERVER"), r#"GETMETADATA (MAXSIZE 1024 DEPTH infinity) "" /shared"#),
            (written(&set, "METADATA"), r#"SETMETADATA INBOX (/private/a "x y" /private/b NIL)"#),
            (written(&lines, "METADATA"), "SETMETADATA INBOX (/private/a {10}\r\n~two\r\nlines)"),
            (
                written(&SetMetadata::remove("", entry("/private/b")), "METADATA"),
                r#"SETMETADATA "" (/private/b NIL)"#,
            ),
        ] {
            assert_eq!(line.as_deref(), Ok(wire));
        }
        assert_eq!(written(&get, "METADATA-SERVER"), lacks("METADATA"));
        assert_eq!(written(&set, "METADATA-SERVER"), lacks("METADATA"));
        assert_eq!(written(&below, ""), lacks("METADATA"));
    }

    #[test]
    fn what_is_told() {
        let get = GetMetadata::new("INBOX", [entry("/shared/comment"), entry("/private/comment")]);
        let lines = [
            r#"* METADATA other (/shared/comment "x")"#,
            "* METADATA INBOX /shared/comment",
            r#"* METADATA INBOX (/private/Comment "My own")"#,
            "* METADATA INBOX (/shared/comment NIL)",
            "a OK [METADATA LONGENTRIES 2199] done",
        ];
        let (found, given_back) = answer(&get, &lines);
        assert_eq!(given_back, lines[..2], "changes are news");
        assert_eq!(found.value(&entry("/private/comment")), Some(&"My own".into()));
        assert_eq!((found.value(&entry("/shared/comment")), found.longest_left_out), (None, Some(2199)));
        assert_eq!(answer(&SetMetadata::remove("INBOX", entry("/a")), &lines[..1]).1, lines[..1]);
    }
}
