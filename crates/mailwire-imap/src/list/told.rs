//! What LIST tells of a mailbox, as questions.

use core::fmt;

use super::{Attribute, Attributes, List};

impl List {
    /// Whether it can be selected: it exists, and may be read as far as the server tells.
    ///
    /// ```
    /// use mailwire_imap::{Decoder, list::Attribute, response::{Data, Response}};
    ///
    /// let wire = br#"* LIST (\HasNoChildren \Sent) "/" "Sent Items""#;
    /// let Response::Data(Data::List(list)) = Decoder::default().response(&wire[..]) else { panic!() };
    /// assert!(list.is_selectable());
    /// assert_eq!((list.has_children(), list.special_use()), (Some(false), Some(Attribute::Sent)));
    /// ```
    pub fn is_selectable(&self) -> bool {
        ![Attribute::NoSelect, Attribute::NonExistent, Attribute::NoAccess]
            .iter()
            .any(|attribute| self.attributes.contains(attribute))
    }

    /// Whether there are mailboxes below this one, if it is told; `\Noinferiors` says that there are none.
    pub fn has_children(&self) -> Option<bool> {
        let has = |attribute| self.attributes.contains(&attribute);
        if has(Attribute::HasChildren) {
            return Some(true);
        }
        (has(Attribute::HasNoChildren) || has(Attribute::NoInferiors)).then_some(false)
    }

    /// What it is for, the first use if there are several ([RFC 6154](https://www.rfc-editor.org/rfc/rfc6154)); what XLIST
    /// calls by another name is what SPECIAL-USE has.
    pub fn special_use(&self) -> Option<Attribute> {
        self.attributes.iter().find_map(|attribute| match attribute {
            Attribute::AllMail => Some(Attribute::All),
            Attribute::Spam => Some(Attribute::Junk),
            Attribute::Starred => Some(Attribute::Flagged),
            attribute if attribute.is_use() => Some(attribute),
            _ => None,
        })
    }
}

impl Attributes {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.known.count_ones() as usize + self.others.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.known == 0 && self.others.is_empty()
    }
}

impl<const N: usize> From<[Attribute; N]> for Attributes {
    fn from(attributes: [Attribute; N]) -> Self {
        attributes.into_iter().collect()
    }
}

impl fmt::Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (index, attribute) in self.iter().enumerate() {
            write!(f, "{}{attribute}", if index > 0 { " " } else { "" })?;
        }
        f.write_str(")")
    }
}

impl Attribute {
    /// The name, which is ASCII, with its backslash.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// Whether it says what a mailbox is for ([RFC 6154](https://www.rfc-editor.org/rfc/rfc6154) and what is registered since).
    pub fn is_use(&self) -> bool {
        matches!(
            self,
            Self::All
                | Self::Archive
                | Self::Drafts
                | Self::Flagged
                | Self::Important
                | Self::Junk
                | Self::Memos
                | Self::Scheduled
                | Self::Sent
                | Self::Snoozed
                | Self::Trash
        )
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::Mailbox;

    #[test]
    fn what_is_told_of_a_mailbox() {
        let list = |names: &str| {
            let mut list = List::new(Mailbox::INBOX, Some(b'/'));
            list.attributes = names.split_ascii_whitespace().map(|name| name.parse().unwrap()).collect();
            list
        };
        for (names, is_selectable, has_children, special_use) in [
            ("", true, None, None),
            ("\\Noselect \\HasChildren", false, Some(true), None),
            ("\\NonExistent", false, None, None),
            ("\\NoAccess \\Noinferiors", false, Some(false), None),
            ("\\HasNoChildren \\Sent \\Archive", true, Some(false), Some(Attribute::Archive)),
            ("\\Spam", true, None, Some(Attribute::Junk)),
            ("\\AllMail", true, None, Some(Attribute::All)),
            ("\\Starred", true, None, Some(Attribute::Flagged)),
            ("\\Inbox \\Subscribed \\X-Own", true, None, None),
        ] {
            let list = list(names);
            assert_eq!(
                (list.is_selectable(), list.has_children(), list.special_use()),
                (is_selectable, has_children, special_use),
                "{names}"
            );
            assert_eq!(list.attributes.len(), names.split_ascii_whitespace().count());
            assert_eq!(list.attributes.is_empty(), names.is_empty());
        }
        assert_eq!(Attributes::from([Attribute::Sent, "\\x".parse().unwrap()]).to_string(), "(\\Sent \\x)");
    }
}
