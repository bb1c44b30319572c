//! Values out of noise, for fuzzers and property tests: those that could be invalid are made valid.

use alloc::{string::String, vec::Vec};

use arbitrary::{Arbitrary, Result, Unstructured};

use crate::{
    Atom, Capabilities, Flag, Flags, Mailbox, ModSeq, NumberList, NumberSet, Octets, ParseError,
    PartialRange, Secret, Tag, Uid, Url,
    acl::Rights,
    date::{Date, DateTime},
    filter::FilterName,
    flag::Keyword,
    grammar::{ASTRING, ATOM, is},
    list,
    metadata::Entry,
    number::Number,
    search_result::Score,
    url::{Host, MailboxRef, Message, Server, Target},
};

/// One to sixteen octets, `x` in place of those for which `is_valid` does not hold.
fn word(u: &mut Unstructured<'_>, is_valid: impl Fn(u8) -> bool) -> Result<Vec<u8>> {
    let length = u.int_in_range(1..=16)?;
    (0..length).map(|_| u.arbitrary().map(|octet| if is_valid(octet) { octet } else { b'x' })).collect()
}

impl<'a> Arbitrary<'a> for Octets {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        // Mostly text, as in mail.
        if u.ratio(3, 4)? {
            <&str>::arbitrary(u).map(Into::into)
        } else {
            <&[u8]>::arbitrary(u).map(Into::into)
        }
    }
}

impl<'a> Arbitrary<'a> for Atom {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        word(u, |octet| is(octet, ATOM)).map(|octets| Self::from_parsed(octets.into()))
    }
}

impl<'a> Arbitrary<'a> for Tag {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        word(u, |octet| octet != b'+' && is(octet, ASTRING)).map(|octets| Self::from_parsed(octets.into()))
    }
}

impl<'a> Arbitrary<'a> for Mailbox {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=3)? {
            0 => Self::INBOX,
            1 => Self::from_wire(Octets::arbitrary(u)?, false),
            _ => Self::new(String::arbitrary(u)?),
        })
    }
}

impl<'a> Arbitrary<'a> for Keyword {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        word(u, |octet| is(octet, ATOM)).map(Self::from_parsed)
    }
}

impl<'a> Arbitrary<'a> for FilterName {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let name = word(u, |octet| octet != b'/' && is(octet, ATOM))?;
        Self::new(name).map_err(|_| arbitrary::Error::IncorrectFormat)
    }
}

impl<'a> Arbitrary<'a> for Score {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Self::new(u.int_in_range(1..=100)?).ok_or(arbitrary::Error::IncorrectFormat)
    }
}

impl<'a> Arbitrary<'a> for Flag {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let known = [
            Self::Answered,
            Self::Deleted,
            Self::Draft,
            Self::Flagged,
            Self::Seen,
            Self::Forwarded,
            Self::Junk,
        ];
        if u.arbitrary()? {
            return u.choose(&known).cloned();
        }
        let keyword = Keyword::arbitrary(u)?;
        // By way of the name, so that one that is known is itself.
        Ok(Self::keyword(keyword.as_bytes()).unwrap_or(Self::Seen))
    }
}

impl<'a> Arbitrary<'a> for Flags {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.arbitrary_iter()?.collect()
    }
}

impl<'a> Arbitrary<'a> for list::Attribute {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let known = [Self::HasChildren, Self::HasNoChildren, Self::NoSelect, Self::Sent, Self::Subscribed];
        if u.arbitrary()? {
            return u.choose(&known).cloned();
        }
        let name = [b"\\", &word(u, |octet| is(octet, ATOM))?[..]].concat();
        let name = core::str::from_utf8(&name).ok().and_then(|name| name.parse().ok());
        Ok(name.unwrap_or(Self::Archive))
    }
}

impl<'a> Arbitrary<'a> for list::Attributes {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.arbitrary_iter()?.collect()
    }
}

impl<'a> Arbitrary<'a> for Capabilities {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let words = u.arbitrary_iter::<Atom>()?.collect::<Result<Vec<Atom>>>()?;
        Ok(Self::new(words.iter().map(Atom::as_bytes)).unwrap_or_default())
    }
}

impl<'a> Arbitrary<'a> for Rights {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let letters: Vec<u8> = u.arbitrary_iter::<u8>()?.collect::<Result<_>>()?;
        let letters: Vec<u8> = letters.iter().map(|letter| b'a' + letter % 26).collect();
        Ok(Self::new(letters).unwrap_or(Self::NONE))
    }
}

impl<'a> Arbitrary<'a> for Url {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let host = Host::new(word(u, |octet| octet.is_ascii_alphanumeric())?);
        let server = Server {
            user: u.arbitrary()?,
            ..Server::new(host.map_err(|_| arbitrary::Error::IncorrectFormat)?)
        };
        let name: String = u.arbitrary()?;
        let mailbox =
            if name.is_empty() || name.contains('\0') { Mailbox::INBOX } else { Mailbox::new(name) };
        let mailbox = MailboxRef { mailbox, uid_validity: u.arbitrary()? };
        let target = match Option::<Uid>::arbitrary(u)? {
            Some(uid) => Target::Message(Message { mailbox, uid, section: None, partial: None, auth: None }),
            None => Target::List(mailbox, None),
        };
        // A user without a name has no form.
        let is_named = server.user.as_ref().is_some_and(|user| !user.is_empty() && !user.contains(&0));
        Ok(Self { server: Some(Server { user: server.user.filter(|_| is_named), ..server }), target })
    }
}

impl<'a> Arbitrary<'a> for Entry {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let root: &[u8] = if u.arbitrary()? { b"/private/" } else { b"/shared/" };
        let name = [root, &word(u, |octet| octet.is_ascii_alphanumeric())?].concat();
        Self::new(name).map_err(|_| arbitrary::Error::IncorrectFormat)
    }
}

impl<'a> Arbitrary<'a> for Date {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let (year, month) = (u.int_in_range(0..=9999)?, u.int_in_range(1..=12)?);
        let day = u.int_in_range(1..=31)?;
        Self::new(year, month, day).or(Self::new(year, month, 1)).ok_or(arbitrary::Error::IncorrectFormat)
    }
}

impl<'a> Arbitrary<'a> for DateTime {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let (hour, minute, second) =
            (u.int_in_range(0..=23)?, u.int_in_range(0..=59)?, u.int_in_range(0..=60)?);
        let offset = u.int_in_range(-5999..=5999)?;
        Self::new(u.arbitrary()?, hour, minute, second, offset).ok_or(arbitrary::Error::IncorrectFormat)
    }
}

impl<'a> Arbitrary<'a> for ModSeq {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.arbitrary().map(|value: u64| Self::clamped(value >> 1))
    }
}

impl<'a> Arbitrary<'a> for PartialRange {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let (one, other) = (u.int_in_range(1..=u32::MAX)?, u.int_in_range(1..=u32::MAX)?);
        let range = if u.arbitrary()? { Self::from_start(one, other) } else { Self::from_end(one, other) };
        range.ok_or(arbitrary::Error::IncorrectFormat)
    }
}

impl<'a, N: Number> Arbitrary<'a> for NumberSet<N> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut set = Self::from(N::from_non_zero(u.arbitrary()?));
        for range in u.arbitrary_iter()? {
            let (one, other): (core::num::NonZeroU32, core::num::NonZeroU32) = range?;
            set.insert_range(N::from_non_zero(one.min(other))..=N::from_non_zero(one.max(other)));
        }
        Ok(set)
    }
}

impl<'a, N: Number> Arbitrary<'a> for NumberList<N> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut numbers = Vec::from([N::from_non_zero(u.arbitrary()?)]);
        for number in u.arbitrary_iter()? {
            numbers.push(N::from_non_zero(number?));
        }
        Ok(numbers.into_iter().collect())
    }
}

impl<'a> Arbitrary<'a> for Secret {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        <&[u8]>::arbitrary(u).map(Self::new)
    }
}

impl<'a> Arbitrary<'a> for ParseError {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self::new("any rule", u.int_in_range(0..=300)?, <&[u8]>::arbitrary(u)?))
    }
}
