use alloc::{borrow::Cow, string::String};
use core::{
    fmt,
    hash::{Hash, Hasher},
};

use crate::{
    Octets,
    grammar::astring_text,
    input::{Input, Parsed},
    utf7,
};

mod names;

/// The name of a mailbox: what it means, and the octets in which it was received.
///
/// `INBOX` is the same in any case. A name that a server sent is sent back in the same octets, also if they follow no rule.
///
/// ```
/// use mailwire_imap::Mailbox;
///
/// assert_eq!(Mailbox::new("inbox"), Mailbox::INBOX);
/// assert_eq!(Mailbox::new("Entwürfe").wire(false).as_ref(), b"Entw&APw-rfe");
/// ```
#[derive(Clone)]
pub struct Mailbox(Form);

#[derive(Clone)]
enum Form {
    Inbox,
    /// UTF-8, as a caller named it.
    Named(Octets),
    /// As received in modified UTF-7, or what was meant to be that.
    Utf7(Octets),
    /// As received by a peer that has enabled UTF-8.
    Utf8(Octets),
}

impl Mailbox {
    /// The mailbox that every user has.
    pub const INBOX: Self = Self(Form::Inbox);

    /// The mailbox of this name.
    pub fn new(name: impl AsRef<str>) -> Self {
        let name = name.as_ref();
        if is_inbox(name.as_bytes()) {
            return Self::INBOX;
        }
        Self(Form::Named(Octets::copy_from_slice(name.as_bytes())))
    }

    /// The mailbox whose name has these octets on the wire; `is_utf8` after UTF8=ACCEPT or IMAP4rev2 were enabled.
    pub fn from_wire(octets: impl Into<Octets>, is_utf8: bool) -> Self {
        let octets = octets.into();
        Self(match octets {
            octets if is_inbox(&octets) => Form::Inbox,
            octets if is_utf8 => Form::Utf8(octets),
            octets => Form::Utf7(octets),
        })
    }

    /// The same of a text in its place in the frame.
    #[inline]
    pub(crate) fn read<'a>(input: Input<'a>, text: Cow<'a, [u8]>) -> Self {
        Self(match text {
            text if is_inbox(&text) => Form::Inbox,
            text if input.context.is_utf8 => Form::Utf8(input.octets(text)),
            text => Form::Utf7(input.octets(text)),
        })
    }

    /// Whether it is `INBOX`.
    pub fn is_inbox(&self) -> bool {
        matches!(self.0, Form::Inbox)
    }

    pub(crate) fn holds_nul(&self) -> bool {
        matches!(&self.0, Form::Named(octets) | Form::Utf7(octets) | Form::Utf8(octets) if octets.contains(&0))
    }

    /// The name for people. Octets that are neither modified UTF-7 nor UTF-8 are shown as they are, with U+FFFD for those
    /// that are no text at all.
    pub fn name(&self) -> Cow<'_, str> {
        match &self.0 {
            Form::Inbox => "INBOX".into(),
            Form::Utf7(octets) if octets.contains(&b'&') => match utf7::decode(octets) {
                Some(name) => name.into(),
                None => String::from_utf8_lossy(octets),
            },
            Form::Named(octets) | Form::Utf7(octets) | Form::Utf8(octets) => String::from_utf8_lossy(octets),
        }
    }

    /// The octets to send, before they are quoted; `is_utf8` if the peer has enabled UTF-8.
    pub fn wire(&self, is_utf8: bool) -> Cow<'_, [u8]> {
        match &self.0 {
            Form::Inbox => Cow::Borrowed(b"INBOX"),
            Form::Utf7(octets) if is_utf8 && octets.contains(&b'&') => match utf7::decode(octets) {
                Some(name) => name.into_bytes().into(),
                None => octets.as_ref().into(),
            },
            Form::Named(octets) | Form::Utf8(octets)
                if !is_utf8 && octets.iter().any(|octet| matches!(octet, b'&' | 0x7F.. | ..b' ')) =>
            {
                match core::str::from_utf8(octets) {
                    Ok(name) => utf7::encode(name).into_bytes().into(),
                    Err(_) => octets.as_ref().into(),
                }
            }
            Form::Named(octets) | Form::Utf7(octets) | Form::Utf8(octets) => octets.as_ref().into(),
        }
    }

    /// The same in memory of its own, so that it does not hold the frame in which it came.
    #[must_use]
    pub fn detach(&self) -> Self {
        let copy = |octets: &Octets| Octets::copy_from_slice(octets);
        Self(match &self.0 {
            Form::Inbox => Form::Inbox,
            Form::Named(octets) => Form::Named(copy(octets)),
            Form::Utf7(octets) => Form::Utf7(copy(octets)),
            Form::Utf8(octets) => Form::Utf8(copy(octets)),
        })
    }
}

impl Eq for Mailbox {}

impl PartialEq for Mailbox {
    /// Whether a server takes both for the same: what they are on the wire, in the same encoding. Octets that follow no rule
    /// are the same as themselves alone, whatever they look like.
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Form::Inbox, Form::Inbox) => true,
            (Form::Named(one), Form::Named(other))
            | (Form::Utf7(one), Form::Utf7(other))
            | (Form::Utf8(one), Form::Utf8(other)) => one == other,
            _ => self.wire(false) == other.wire(false),
        }
    }
}

impl Hash for Mailbox {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.wire(false).hash(state);
    }
}

impl From<&str> for Mailbox {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailbox({:?})", self.name())
    }
}

fn is_inbox(octets: &[u8]) -> bool {
    // Five letters at once: the bit is what capitals differ by, and no other octet becomes a letter by it.
    let [first @ .., last] = octets else { return false };
    first
        .try_into()
        .is_ok_and(|first| u32::from_le_bytes(first) | 0x2020_2020 == u32::from_le_bytes(*b"inbo"))
        && last | 0x20 == b'x'
}

/// `mailbox = "INBOX" / astring` ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9))
#[inline]
pub(crate) fn mailbox(input: Input<'_>) -> Parsed<'_, Mailbox> {
    let (rest, text) = astring_text(input)?;
    Ok((rest, Mailbox::read(input, text)))
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    #[test]
    fn names_and_octets() {
        for (wire, name) in [
            (&b"INBOX"[..], "INBOX"),
            (b"iNbOx", "INBOX"),
            (b"INBOX/a", "INBOX/a"),
            (b"inbox/a", "inbox/a"),
            (b"Entw&APw-rfe", "Entwürfe"),
            (b"&bad", "&bad"),
            (b"caf\xC3\xA9", "café"),
            (b"caf\xE9", "caf\u{FFFD}"),
            (b"NIL", "NIL"),
            (b"a\tb", "a\tb"),
        ] {
            let mailbox = Mailbox::from_wire(Octets::from_static(wire), false);
            assert_eq!(mailbox.name(), name);
            if !mailbox.is_inbox() {
                assert_eq!(mailbox.wire(false), wire, "received octets go back");
            }
        }
        assert_eq!(Mailbox::from_wire("Entw&APw-rfe", false), Mailbox::new("Entwürfe"));
        assert_eq!(Mailbox::from_wire("Entwürfe", true), Mailbox::new("Entwürfe"));
        assert_eq!(Mailbox::from_wire("a&b", true), Mailbox::new("a&b"));
        assert_eq!(Mailbox::from_wire("Entw&APw-rfe", false).wire(true), "Entwürfe".as_bytes());
        assert_eq!(Mailbox::new("a&b").wire(false).as_ref(), b"a&-b");
        // What is the same has one hash, also a name that no mailbox can have.
        let both = [Mailbox::new("a\0"), Mailbox::from_wire("a&AAA-", false)];
        assert_eq!(both[0], both[1]);
        assert_eq!(std::collections::HashSet::from(both).len(), 1);
        // What is no encoding of a name is not that name: the server would not take one for the other.
        for wire in ["a&b", "&AGE-", "Entwürfe"] {
            let (received, named) = (Mailbox::from_wire(wire, false), Mailbox::new(wire));
            assert!(received.name() == named.name() && received != named, "{wire}");
        }
    }
}
