use core::fmt;

use alloc::vec::Vec;

use mailwire_imap::Octets;

/// The identifier of a message without its angle brackets, in the one form that all ways to quote it have.
///
/// RFC 5256 asks for it: `<"01KF8JCEOCBS0045PS"@example.org>` and `<01KF8JCEOCBS0045PS@example.org>` are the same. What
/// programs make of `msg-id` ([RFC 5322 section 3.6.4](https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4)) is read too: an
/// identifier without `@`, and one that was folded in the middle.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct MessageId(Octets);

impl MessageId {
    /// The first identifier in a field.
    ///
    /// ```
    /// use mailwire_imap_client::thread::MessageId;
    ///
    /// let answered = MessageId::first(b"Message of Monday from Ann <\"a b\"@example.org> (<c@d>)");
    /// assert_eq!(answered.unwrap().to_string(), "a b@example.org");
    /// ```
    pub fn first(field: &[u8]) -> Option<Self> {
        Self::all(field).next()
    }

    /// The identifiers in a field, in their order; what stands between them is passed over. One look at each octet.
    pub fn all(field: &[u8]) -> impl Iterator<Item = Self> {
        let mut rest = field;
        core::iter::from_fn(move || {
            loop {
                let start = rest.iter().position(|octet| *octet == b'<')?;
                let (id, after) = read(rest.get(start + 1..)?);
                rest = after;
                if let Some(id) = id.filter(|id| !id.is_empty()) {
                    return Some(Self(id.into()));
                }
            }
        })
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageId({:?})", self.0)
    }
}

/// What stands up to `>`, and what follows; nothing if another `<` comes before, which then is where it goes on.
fn read(text: &[u8]) -> (Option<Vec<u8>>, &[u8]) {
    let (mut id, mut is_quoted) = (Vec::new(), false);
    let mut rest = text;
    while let [octet, after @ ..] = rest {
        match octet {
            b'"' => is_quoted = !is_quoted,
            b'\\' if is_quoted => match after {
                [quoted, after @ ..] => {
                    id.push(*quoted);
                    rest = after;
                    continue;
                }
                [] => return (None, b""),
            },
            _ if is_quoted => id.push(*octet),
            b'>' => return (Some(id), after),
            b'<' => return (None, rest),
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => id.push(*octet),
        }
        rest = after;
    }
    (None, b"")
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString as _};

    use super::*;

    #[test]
    fn identifiers_of_a_field() {
        for (field, ids) in [
            ("<a@b>", &["a@b"][..]),
            ("<a@b> <c@d>\r\n\t<e@f>", &["a@b", "c@d", "e@f"]),
            ("<a@b><c@d>,<e@f>", &["a@b", "c@d", "e@f"]),
            ("References: <a@b>\r\n\r\n", &["a@b"]),
            ("<\"a\"@b>", &["a@b"]),
            ("<\"a\\b\\\"c\"@[1.2.3.4]>", &["ab\"c@[1.2.3.4]"]),
            ("<\"a>b\"@c> <d@e>", &["a>b@c", "d@e"]),
            ("<a@\r\n b>", &["a@b"]),
            ("<Aa@B.example> <aa@b.example>", &["Aa@B.example", "aa@b.example"]),
            ("Ann <a@b> of Monday", &["a@b"]),
            ("<no-at>", &["no-at"]),
            ("", &[]),
            ("a@b", &[]),
            ("<>", &[]),
            ("< > <\"\"> <a@b>", &["a@b"]),
            ("<a <b@c>", &["b@c"]),
            ("<<a@b>>", &["a@b"]),
            ("<a@b", &[]),
            ("<\"a@b>", &[]),
            ("<\"a\\", &[]),
            ("> <a@b> >", &["a@b"]),
        ] {
            let read: alloc::vec::Vec<String> =
                MessageId::all(field.as_bytes()).map(|id| id.to_string()).collect();
            assert_eq!(read, ids, "{field}");
        }
    }

    #[test]
    fn long_fields_take_one_look() {
        for piece in ["<", "<\"", "<\"\\\"", "< ", "<a>"] {
            let field = piece.repeat(300_000);
            let count = MessageId::all(field.as_bytes()).count();
            assert_eq!(count, if piece == "<a>" { 300_000 } else { 0 }, "{piece}");
        }
    }
}
