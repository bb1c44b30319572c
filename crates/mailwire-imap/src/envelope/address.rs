//! Addresses as people see them, and the groups that they are in.

use alloc::string::String;
use core::fmt::{self, Write as _};

use super::Address;
use crate::{Octets, encoded_word};

impl Address {
    /// An address without a name.
    pub fn new(mailbox: impl Into<Octets>, host: impl Into<Octets>) -> Self {
        Self { mailbox: Some(mailbox.into()), host: Some(host.into()), ..Self::default() }
    }

    /// The same with a name, which is not made into encoded words.
    #[must_use]
    pub fn with_name(self, name: impl Into<Octets>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The start of a group.
    pub fn group(name: impl Into<Octets>) -> Self {
        Self { mailbox: Some(name.into()), ..Self::default() }
    }

    /// The end of a group: nothing at all.
    pub fn group_end() -> Self {
        Self::default()
    }

    /// The name with its encoded words decoded: see [`encoded_word::decode`].
    pub fn decoded_name(&self) -> Option<Octets> {
        self.name.as_ref().map(encoded_word::decode)
    }

    /// The name of the group that starts here, if one does: a mailbox alone. Some servers send addresses without a host so;
    /// [`mailboxes`] tells them by the end of the group that is not there.
    pub fn group_name(&self) -> Option<&Octets> {
        let is_alone = is_nothing(&self.name) && is_nothing(&self.host);
        self.mailbox.as_ref().filter(|mailbox| is_alone && !mailbox.is_empty())
    }

    /// Whether a group ends here.
    pub fn is_group_end(&self) -> bool {
        is_nothing(&self.name) && is_nothing(&self.mailbox) && is_nothing(&self.host)
    }
}

fn is_nothing(octets: &Option<Octets>) -> bool {
    octets.as_ref().is_none_or(|octets| octets.is_empty())
}

/// The addresses to which mail can be sent, each with the name of the group in which it is.
///
/// ```
/// use mailwire_imap::envelope::{Address, mailboxes};
///
/// let to = [
///     Address::new("ann", "example.org"),
///     Address::group("Friends"),
///     Address::new("bob", "example.org"),
///     Address::group_end(),
/// ];
/// let all: Vec<_> = mailboxes(&to).map(|(group, one)| format!("{one} {}", group.is_some())).collect();
/// assert_eq!(all, ["ann@example.org false", "bob@example.org true"]);
/// ```
pub fn mailboxes(addresses: &[Address]) -> impl Iterator<Item = (Option<&Octets>, &Address)> {
    let mut group = None;
    places(addresses).filter_map(move |(address, place)| {
        match place {
            Place::Start(name) => group = Some(name),
            Place::End => group = None,
            Place::Mailbox => return Some((group, address)),
        }
        None
    })
}

/// Addresses as they stand in a header, for people: `Ann <ann@example.org>, Friends: bob@example.org;`.
///
/// ```
/// use mailwire_imap::envelope::{Address, show};
///
/// let cc = [Address::group("undisclosed-recipients"), Address::group_end(), Address::new("ann", "example.org")];
/// assert_eq!(show(&cc), "undisclosed-recipients:;, ann@example.org");
/// ```
pub fn show(addresses: &[Address]) -> String {
    let (mut shown, mut before) = (String::new(), "");
    for (address, place) in places(addresses) {
        // Writing to a string cannot fail.
        let _ = match place {
            Place::Start(name) => write!(shown, "{before}{}:", Phrase(&name.to_str_lossy())),
            Place::End => write!(shown, ";"),
            Place::Mailbox => write!(shown, "{before}{}", Mailbox(address)),
        };
        before = if matches!(place, Place::Start(_)) { " " } else { ", " };
    }
    shown
}

/// What an address is among the others.
enum Place<'a> {
    End,
    Mailbox,
    Start(&'a Octets),
}

/// A group has a start and an end: without one of them the start is an address without a host, and the end is nothing.
fn places(addresses: &[Address]) -> impl Iterator<Item = (&Address, Place<'_>)> {
    let mut is_inside = false;
    addresses.iter().enumerate().filter_map(move |(index, address)| {
        let place = match address.group_name() {
            Some(name) if !is_inside && ends(addresses.get(index + 1..).unwrap_or_default()) => {
                is_inside = true;
                Place::Start(name)
            }
            None if address.is_group_end() => {
                if !core::mem::take(&mut is_inside) {
                    return None;
                }
                Place::End
            }
            _ => Place::Mailbox,
        };
        Some((address, place))
    })
}

/// Whether a group ends before another one starts.
fn ends(addresses: &[Address]) -> bool {
    let mut marks =
        addresses.iter().filter(|address| address.is_group_end() || address.group_name().is_some());
    marks.next().is_some_and(Address::is_group_end)
}

/// For people: `Ann <ann@example.org>`, with encoded words decoded, quotes where a header needs them, and spaces for control
/// characters. The start of a group is `Name:`, its end is `;`.
///
/// ```
/// use mailwire_imap::envelope::Address;
///
/// let ann = Address::new("ann", "example.org").with_name("=?UTF-8?Q?Ann=C3=A9e?=");
/// assert_eq!(ann.to_string(), "Année <ann@example.org>");
/// assert_eq!(ann.with_name("Doe, Ann").to_string(), "\"Doe, Ann\" <ann@example.org>");
/// ```
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_group_end() {
            return f.write_str(";");
        }
        if let Some(name) = self.group_name() {
            return write!(f, "{}:", Phrase(&name.to_str_lossy()));
        }
        write!(f, "{}", Mailbox(self))
    }
}

/// `mailbox = name-addr / addr-spec` ([RFC 5322 section 3.4](https://www.rfc-editor.org/rfc/rfc5322#section-3.4))
struct Mailbox<'a>(&'a Address);

impl fmt::Display for Mailbox<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.decoded_name().filter(|name| !name.is_empty()) {
            Some(name) if is_nothing(&self.0.mailbox) && is_nothing(&self.0.host) => {
                write!(f, "{}", Phrase(&name.to_str_lossy()))
            }
            Some(name) => write!(f, "{} <{}>", Phrase(&name.to_str_lossy()), AddrSpec(self.0)),
            None => write!(f, "{}", AddrSpec(self.0)),
        }
    }
}

/// `addr-spec` ([RFC 5322 section 3.4.1](https://www.rfc-editor.org/rfc/rfc5322#section-3.4.1))
struct AddrSpec<'a>(&'a Address);

impl fmt::Display for AddrSpec<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(mailbox) = &self.0.mailbox {
            let mailbox = mailbox.to_str_lossy();
            let is_plain = !mailbox.is_empty()
                && mailbox.split('.').all(|atom| !atom.is_empty() && !atom.contains(is_special));
            if is_plain { f.write_str(&mailbox)? } else { quoted(&mailbox, f)? }
        }
        match self.0.host.as_ref().filter(|host| !host.is_empty()) {
            Some(host) => write!(f, "@{}", host.to_str_lossy().replace(char::is_control, " ")),
            None => Ok(()),
        }
    }
}

/// `phrase` ([RFC 5322 section 3.2.5](https://www.rfc-editor.org/rfc/rfc5322#section-3.2.5)), with dots as people write them.
struct Phrase<'a>(&'a str);

impl fmt::Display for Phrase<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains(|c| c != ' ' && is_special(c)) { quoted(self.0, f) } else { f.write_str(self.0) }
    }
}

fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            c if c.is_control() => f.write_char(' ')?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

/// Whether it can be in no atom.
fn is_special(c: char) -> bool {
    matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | ':' | ';' | '@' | '\\' | ',' | '"' | ' ')
        || c.is_control()
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString as _, vec::Vec};

    use super::*;

    fn address(name: &str, mailbox: &str, host: &str) -> Address {
        let some = |text: &str| Some(Octets::from(text)).filter(|text| !text.is_empty());
        Address { name: some(name), mailbox: some(mailbox), host: some(host), route: None }
    }

    #[test]
    fn addresses_as_people_see_them() {
        for (name, mailbox, host, shown) in [
            ("Ann", "ann", "x.example", "Ann <ann@x.example>"),
            ("", "ann", "x.example", "ann@x.example"),
            ("Ann Q. Public", "a.q", "x", "Ann Q. Public <a.q@x>"),
            ("Public, Ann", "a", "x", "\"Public, Ann\" <a@x>"),
            ("Ann \"Q\" \\", "a", "x", "\"Ann \\\"Q\\\" \\\\\" <a@x>"),
            ("=?UTF-8?B?w4lsw6lh?=", "e", "x", "Éléa <e@x>"),
            ("=?UTF-8?Q?a=0D=0ABcc:_b?=", "a", "x", "\"a  Bcc: b\" <a@x>"),
            ("=?UTF-8?Q?b@y_<b@y>?=", "a", "x", "\"b@y <b@y>\" <a@x>"),
            ("", "a b", "x", "\"a b\"@x"),
            ("", ".a", "x", "\".a\"@x"),
            ("", "", "x", "@x"),
            ("", "a", "x\r\ny", "a@x  y"),
            ("Ann", "ann", "", "Ann <ann>"),
            ("Ann", "", "", "Ann"),
            ("", "Friends, old", "", "\"Friends, old\":"),
            ("", "", "", ";"),
        ] {
            assert_eq!(address(name, mailbox, host).to_string(), shown);
        }
        let empty = Address { host: Some(Octets::new()), ..address("", "g", "") };
        assert_eq!(empty.group_name(), Some(&"g".into()), "an empty string in place of NIL");
    }

    #[test]
    fn groups_are_told_apart() {
        let (a, b) = (|| address("", "a", "x"), || address("", "b", "x"));
        let (start, end) = (|name: &str| Address::group(name), Address::group_end);
        for (addresses, members, shown) in [
            (Vec::new(), &[][..], ""),
            (Vec::from([a(), b()]), &["a@x", "b@x"], "a@x, b@x"),
            (Vec::from([start("g"), a(), b(), end()]), &["g a@x", "g b@x"], "g: a@x, b@x;"),
            (Vec::from([a(), start("g"), end(), b()]), &["a@x", "b@x"], "a@x, g:;, b@x"),
            (
                Vec::from([start("g"), a(), end(), start("h"), b(), end()]),
                &["g a@x", "h b@x"],
                "g: a@x;, h: b@x;",
            ),
            // No end: an address of a server that gives no host. No start: nothing.
            (Vec::from([start("root"), a()]), &["root:", "a@x"], "root, a@x"),
            (Vec::from([start("root"), start("g"), a(), end()]), &["root:", "g a@x"], "root, g: a@x;"),
            (Vec::from([a(), end(), b()]), &["a@x", "b@x"], "a@x, b@x"),
            (Vec::from([end()]), &[], ""),
        ] {
            let found: Vec<String> = mailboxes(&addresses)
                .map(|(group, one)| {
                    group.map(|name| format!("{name} ")).unwrap_or_default() + &one.to_string()
                })
                .collect();
            assert_eq!(found, members);
            assert_eq!(show(&addresses), shown);
        }
    }
}
