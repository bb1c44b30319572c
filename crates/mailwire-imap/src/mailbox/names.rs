//! Names of mailboxes by the levels of the hierarchy, and from other kinds of text.

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::cmp::Ordering;

use super::Mailbox;

impl Mailbox {
    /// The names of the levels, from the top, for people: `["Lists", "Rust"]` of `Lists/Rust`. Without a delimiter there is one.
    ///
    /// ```
    /// use mailwire_imap::Mailbox;
    ///
    /// let mailbox = Mailbox::from_wire("Lists/Entw&APw-rfe", false);
    /// assert_eq!(mailbox.levels(Some(b'/')), ["Lists", "Entwürfe"]);
    /// ```
    pub fn levels(&self, delimiter: Option<u8>) -> Vec<String> {
        let name = self.name();
        match delimiter {
            Some(delimiter) => name.split(char::from(delimiter)).map(String::from).collect(),
            None => Vec::from([name.into_owned()]),
        }
    }

    /// The mailbox of this name one level below.
    ///
    /// ```
    /// use mailwire_imap::Mailbox;
    ///
    /// assert_eq!(Mailbox::INBOX.child("Old", b'.'), Mailbox::new("INBOX.Old"));
    /// ```
    #[must_use]
    pub fn child(&self, name: &str, delimiter: u8) -> Self {
        let mut full = self.name().into_owned();
        full.push(char::from(delimiter));
        full.push_str(name);
        Self::new(full)
    }

    /// The mailbox one level above, if there is one.
    pub fn parent(&self, delimiter: u8) -> Option<Self> {
        let name = self.name();
        let (parent, _) = name.rsplit_once(char::from(delimiter))?;
        (!parent.is_empty()).then(|| Self::new(parent))
    }
}

impl From<String> for Mailbox {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl From<&String> for Mailbox {
    fn from(name: &String) -> Self {
        Self::new(name)
    }
}

impl From<Cow<'_, str>> for Mailbox {
    fn from(name: Cow<'_, str>) -> Self {
        Self::new(name)
    }
}

impl From<&Self> for Mailbox {
    fn from(mailbox: &Self) -> Self {
        mailbox.clone()
    }
}

/// Whether it is the mailbox of this name: `INBOX` in any case.
impl PartialEq<str> for Mailbox {
    fn eq(&self, name: &str) -> bool {
        *self == Self::new(name)
    }
}

/// Whether it is the mailbox of this name: `INBOX` in any case.
impl PartialEq<&str> for Mailbox {
    fn eq(&self, name: &&str) -> bool {
        *self == Self::new(name)
    }
}

/// By name, with `INBOX` before all others; of those that only differ in their octets, by these.
impl Ord for Mailbox {
    fn cmp(&self, other: &Self) -> Ordering {
        if self == other {
            return Ordering::Equal;
        }
        let by_name =
            || self.name().cmp(&other.name()).then_with(|| self.wire(false).cmp(&other.wire(false)));
        other.is_inbox().cmp(&self.is_inbox()).then_with(by_name)
    }
}

impl PartialOrd for Mailbox {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn levels_of_the_hierarchy() {
        for (name, delimiter, levels, parent) in [
            ("a/b/c", Some(b'/'), &["a", "b", "c"][..], Some("a/b")),
            ("inbox", Some(b'/'), &["INBOX"], None),
            ("Inbox/x", Some(b'/'), &["Inbox", "x"], Some("INBOX")),
            ("a.b", None, &["a.b"], None),
            ("/a", Some(b'/'), &["", "a"], None),
            ("a//b", Some(b'/'), &["a", "", "b"], Some("a/")),
            ("ü.ö", Some(b'.'), &["ü", "ö"], Some("ü")),
        ] {
            let mailbox = Mailbox::new(name);
            assert_eq!(mailbox.levels(delimiter), levels, "{name}");
            let found = delimiter.and_then(|delimiter| mailbox.parent(delimiter));
            assert_eq!(found, parent.map(Mailbox::new), "{name}");
            if let (Some(delimiter), Some(parent), Some(last)) = (delimiter, parent, levels.last()) {
                assert_eq!(
                    Mailbox::new(parent).child(last, delimiter).to_string().to_lowercase(),
                    name.to_lowercase()
                );
            }
        }
    }

    #[test]
    fn names_in_order() {
        let mut names = ["b", "Z", "INBOX", "a", "inbox", "é"].map(Mailbox::new);
        names.sort();
        assert_eq!(names.map(|one| one.to_string()), ["INBOX", "INBOX", "Z", "a", "b", "é"]);
        assert!(Mailbox::new("iNbOx") == "inbox" && Mailbox::new("a") != *"A");
        // The same to people, but not on the wire.
        let (one, other) = (Mailbox::from_wire(&b"\xE9"[..], false), Mailbox::from_wire(&b"\xE8"[..], false));
        assert!(one > other && one != other && one.name() == other.name());
        for from in [
            Mailbox::from(String::from("a")),
            (&String::from("a")).into(),
            Cow::Borrowed("a").into(),
            (&Mailbox::new("a")).into(),
        ] {
            assert_eq!(from, "a");
        }
    }
}
