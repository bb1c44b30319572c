//! Access rights of mailboxes: ACL, LISTRIGHTS and MYRIGHTS.

use alloc::{string::String, vec::Vec};
use core::{fmt, ops, str::FromStr};

use crate::{
    Mailbox, Octets,
    encoder::Encoder,
    grammar::{astring, sp, to_end},
    input::{Input, Parsed},
    mailbox::mailbox,
};

/// A set of rights, each of which is a letter or digit ([RFC 4314 section 2](https://www.rfc-editor.org/rfc/rfc4314#section-2)).
///
/// ```
/// use mailwire_imap::acl::Rights;
///
/// let rights = Rights::new("lrswd")?;
/// assert!(rights.contains(Rights::READ | Rights::SEEN));
/// assert_eq!((rights - Rights::WRITE).to_string(), "lrsd");
/// assert_eq!(rights.without_obsolete(Rights::CREATE).to_string(), "lrswxte");
/// # Ok::<(), mailwire_imap::acl::InvalidRight>(())
/// ```
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub struct Rights {
    /// One bit for each visible octet of ASCII.
    octets: u128,
}

impl Rights {
    /// No rights.
    pub const NONE: Self = Self { octets: 0 };
    /// `a`: to change who has which rights
    pub const ADMINISTER: Self = Self::one(b'a');
    /// `n`: to write shared annotations (RFC 5257)
    pub const ANNOTATE: Self = Self::one(b'n');
    /// `k`: to create mailboxes below this one
    pub const CREATE: Self = Self::one(b'k');
    /// `x`: to delete the mailbox
    pub const DELETE_MAILBOX: Self = Self::one(b'x');
    /// `t`: to set and clear `\Deleted`
    pub const DELETE_MESSAGES: Self = Self::one(b't');
    /// `e`: to expunge
    pub const EXPUNGE: Self = Self::one(b'e');
    /// `i`: to append messages and copy them to the mailbox
    pub const INSERT: Self = Self::one(b'i');
    /// `l`: to see the mailbox in lists
    pub const LOOKUP: Self = Self::one(b'l');
    /// `p`: to send mail to the address of the mailbox
    pub const POST: Self = Self::one(b'p');
    /// `r`: to select the mailbox and read it
    pub const READ: Self = Self::one(b'r');
    /// `s`: to have `\Seen` kept from one session to the next
    pub const SEEN: Self = Self::one(b's');
    /// `w`: to set and clear flags other than `\Seen` and `\Deleted`
    pub const WRITE: Self = Self::one(b'w');
    /// `c` of RFC 2086, which stands for `k`, or for `k` and `x`
    pub const OBSOLETE_CREATE: Self = Self::one(b'c');
    /// `d` of RFC 2086, which stands for `e` and `t`, or for these and `x`
    pub const OBSOLETE_DELETE: Self = Self::one(b'd');

    /// These rights; one may be there more than once.
    ///
    /// # Errors
    ///
    /// [`InvalidRight`] for what is neither a small letter nor a digit.
    pub fn new(rights: impl AsRef<[u8]>) -> Result<Self, InvalidRight> {
        let rights = rights.as_ref();
        match rights.iter().find(|right| !matches!(right, b'a'..=b'z' | b'0'..=b'9')) {
            Some(right) => Err(InvalidRight(*right)),
            None => Ok(rights.iter().fold(Self::NONE, |set, right| set | Self::one(*right))),
        }
    }

    const fn one(right: u8) -> Self {
        Self { octets: 1 << right }
    }

    /// All that can be read: also rights that no document allows, if they are visible ASCII.
    fn tolerated(octets: &[u8]) -> Option<Self> {
        octets
            .iter()
            .all(u8::is_ascii_graphic)
            .then(|| octets.iter().fold(Self::NONE, |set, right| set | Self::one(*right)))
    }

    /// Whether all of these are there.
    pub const fn contains(self, rights: Self) -> bool {
        self.octets & rights.octets == rights.octets
    }

    /// Whether one of these is there.
    pub const fn intersects(self, rights: Self) -> bool {
        self.octets & rights.octets != 0
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.octets == 0
    }

    /// How many there are.
    pub const fn len(self) -> usize {
        self.octets.count_ones() as usize
    }

    /// The rights, in the order in which they are written.
    pub fn iter(self) -> impl Iterator<Item = char> {
        let others = (b'!'..=b'~').filter(|right| !ORDER.contains(right));
        let all = ORDER.iter().copied().chain(others);
        all.filter(move |right| self.contains(Self::one(*right))).map(char::from)
    }

    /// What a client of RFC 2086 means: `c` becomes `create`, which is `k` or `kx` as a server decides, and `d` becomes
    /// `te`, with `x` if `create` does not have it
    /// ([RFC 4314 section 2.1.1](https://www.rfc-editor.org/rfc/rfc4314#section-2.1.1)).
    #[must_use]
    pub fn without_obsolete(self, create: Self) -> Self {
        let (create, delete) = members(create);
        let mut rights = self - (Self::OBSOLETE_CREATE | Self::OBSOLETE_DELETE);
        if self.contains(Self::OBSOLETE_CREATE) {
            rights |= create;
        }
        if self.contains(Self::OBSOLETE_DELETE) {
            rights |= delete;
        }
        rights
    }

    /// What a server tells for clients of RFC 2086: `c` beside any right that it stands for, and `d` too; `create` is what
    /// `c` stands for, `k` or `kx`.
    #[must_use]
    pub fn with_obsolete(self, create: Self) -> Self {
        let (create, delete) = members(create);
        let mut rights = self;
        if self.intersects(create) {
            rights |= Self::OBSOLETE_CREATE;
        }
        if self.intersects(delete) {
            rights |= Self::OBSOLETE_DELETE;
        }
        rights
    }

    fn encode(self, out: &mut Encoder) {
        let octets: Vec<u8> = self.iter().map(|right| right as u8).collect();
        out.astring(&octets);
    }
}

/// What `c` and `d` stand for.
fn members(create: Rights) -> (Rights, Rights) {
    let delete = Rights::DELETE_MESSAGES | Rights::EXPUNGE;
    if create.contains(Rights::DELETE_MAILBOX) {
        (create, delete)
    } else {
        (create, delete | Rights::DELETE_MAILBOX)
    }
}

impl ops::BitOr for Rights {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self { octets: self.octets | other.octets }
    }
}

impl ops::BitOrAssign for Rights {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl ops::BitAnd for Rights {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self { octets: self.octets & other.octets }
    }
}

impl ops::Sub for Rights {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { octets: self.octets & !other.octets }
    }
}

impl FromIterator<Rights> for Rights {
    fn from_iter<I: IntoIterator<Item = Rights>>(rights: I) -> Self {
        rights.into_iter().fold(Self::NONE, ops::BitOr::bitor)
    }
}

impl FromStr for Rights {
    type Err = InvalidRight;

    fn from_str(rights: &str) -> Result<Self, InvalidRight> {
        Self::new(rights)
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().collect::<String>())
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rights({self})")
    }
}

/// An octet that is no right.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("octet {0:#04x} is no right")]
pub struct InvalidRight(pub u8);

/// What SETACL does with the rights of an identifier: `mod-rights`
/// ([RFC 4314 section 3.1](https://www.rfc-editor.org/rfc/rfc4314#section-3.1)).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Change {
    /// `+`: these are granted beside the others
    Add(Rights),
    /// `-`: these are taken away
    Remove(Rights),
    /// These are granted, and no others.
    Replace(Rights),
}

impl Change {
    /// What becomes of `rights`.
    pub fn apply(self, rights: Rights) -> Rights {
        match self {
            Self::Add(added) => rights | added,
            Self::Remove(removed) => rights - removed,
            Self::Replace(new) => new,
        }
    }

    pub(crate) fn encode(self, out: &mut Encoder) {
        let (sign, rights) = match self {
            Self::Add(rights) => ('+', rights),
            Self::Remove(rights) => ('-', rights),
            Self::Replace(rights) => return rights.encode(out),
        };
        let octets: String = core::iter::once(sign).chain(rights.iter()).collect();
        out.astring(octets.as_bytes());
    }
}

/// `* ACL` ([RFC 4314 section 3.6](https://www.rfc-editor.org/rfc/rfc4314#section-3.6))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Acl {
    /// Whose rights.
    pub mailbox: Mailbox,
    /// Who has which ones.
    pub entries: Vec<Entry>,
}

/// Somebody, and rights.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Entry {
    /// A user, a group, [`ANYONE`], or one of these after `-`: then the rights are taken from it.
    pub identifier: Octets,
    /// Which rights.
    pub rights: Rights,
}

impl Entry {
    /// Whether the rights are denied, and not granted.
    pub fn is_negative(&self) -> bool {
        self.identifier.first() == Some(&b'-')
    }
}

/// The identifier that stands for everybody, those who did not log in included.
pub const ANYONE: &str = "anyone";

/// `* LISTRIGHTS` ([RFC 4314 section 3.7](https://www.rfc-editor.org/rfc/rfc4314#section-3.7))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct ListRights {
    /// Of which mailbox.
    pub mailbox: Mailbox,
    /// Whose.
    pub identifier: Octets,
    /// What is always granted.
    pub required: Rights,
    /// What can be granted; the rights of one set go together.
    pub optional: Vec<Rights>,
}

/// `* MYRIGHTS` ([RFC 4314 section 3.8](https://www.rfc-editor.org/rfc/rfc4314#section-3.8))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct MyRights {
    /// Of which mailbox.
    pub mailbox: Mailbox,
    /// What the user may do.
    pub rights: Rights,
}

impl Acl {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.mailbox(&self.mailbox);
        for Entry { identifier, rights } in &self.entries {
            rights.encode(out.sp().astring(identifier).sp());
        }
    }
}

impl ListRights {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        self.required.encode(out.mailbox(&self.mailbox).sp().astring(&self.identifier).sp());
        for rights in &self.optional {
            rights.encode(out.sp());
        }
    }
}

impl MyRights {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        self.rights.encode(out.mailbox(&self.mailbox).sp());
    }
}

/// `rights = astring` of letters and digits ([RFC 4314 section 7](https://www.rfc-editor.org/rfc/rfc4314#section-7));
/// other visible ASCII where a server may send what it wants.
fn rights(input: Input<'_>) -> Parsed<'_, Rights> {
    let (rest, octets) = astring(input)?;
    let strict = Rights::new(&octets).ok();
    match strict.or_else(|| Rights::tolerated(&octets).filter(|_| !input.context.is_command)) {
        Some(rights) => Ok((rest, rights)),
        None => input.expected("rights"),
    }
}

/// `mod-rights = astring`, with `+` or `-` before the rights
pub(crate) fn change(input: Input<'_>) -> Parsed<'_, Change> {
    let (rest, octets) = astring(input)?;
    let (make, rights): (fn(Rights) -> Change, _) = match octets.split_first() {
        Some((b'+', rights)) => (Change::Add, rights),
        Some((b'-', rights)) => (Change::Remove, rights),
        _ => (Change::Replace, &octets[..]),
    };
    match Rights::new(rights) {
        Ok(rights) => Ok((rest, make(rights))),
        Err(_) => input.expected("mod-rights"),
    }
}

/// `acl-data = "ACL" SP mailbox *(SP identifier SP rights)`
pub(crate) fn acl(input: Input<'_>) -> Parsed<'_, Acl> {
    let (input, mailbox) = mailbox(input)?;
    let (input, entries) = to_end(input, |input| {
        let (rest, identifier) = astring(input)?;
        let (rest, rights) = rights(sp(rest)?.0)?;
        Ok((rest, Entry { identifier, rights }))
    })?;
    Ok((input, Acl { mailbox, entries }))
}

/// `listrights-data = "LISTRIGHTS" SP mailbox SP identifier SP rights *(SP rights)`
pub(crate) fn list_rights(input: Input<'_>) -> Parsed<'_, ListRights> {
    let (input, mailbox) = mailbox(input)?;
    let (input, identifier) = astring(sp(input)?.0)?;
    let (input, required) = rights(sp(input)?.0)?;
    let (input, optional) = to_end(input, rights)?;
    Ok((input, ListRights { mailbox, identifier, required, optional }))
}

/// `myrights-data = "MYRIGHTS" SP mailbox SP rights`
pub(crate) fn my_rights(input: Input<'_>) -> Parsed<'_, MyRights> {
    let (input, mailbox) = mailbox(input)?;
    let (input, rights) = rights(sp(input)?.0)?;
    Ok((input, MyRights { mailbox, rights }))
}

/// The order in which RFC 4314 names them; digits and what is left come after these.
const ORDER: &[u8] = b"lrswipkxtecdan";

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString as _};

    use super::*;
    use crate::{
        Decoder, Limits, Quirks,
        response::{Data, Response},
    };

    #[test]
    fn sets_of_rights() {
        let rights = |text: &str| Rights::new(text).unwrap();
        assert_eq!(rights("etxkpiwsrl").to_string(), "lrswipkxte");
        assert_eq!(rights("z9a0ll").to_string(), "la09z");
        assert_eq!((rights("lr") | rights("rs")).to_string(), "lrs");
        assert_eq!((rights("lr") & rights("rs")).to_string(), "r");
        assert_eq!((rights("lr") - rights("rs")).to_string(), "l");
        assert!(rights("lrs").contains(rights("sl")) && !rights("lr").contains(rights("ls")));
        assert!(rights("lr").intersects(rights("ls")) && !rights("lr").intersects(Rights::NONE));
        assert_eq!((rights("lr").len(), rights("").is_empty(), rights("") == Rights::NONE), (2, true, true));
        assert_eq!([rights("l"), rights("r")].into_iter().collect::<Rights>(), rights("lr"));
        for (text, octet) in [("lR", b'R'), ("+l", b'+'), ("l\r\n", b'\r'), ("l r", b' '), ("é", 0xC3)] {
            assert_eq!(Rights::new(text), Err(InvalidRight(octet)), "{text:?}");
        }
    }

    #[test]
    fn rights_of_the_former_document() {
        let rights = |text: &str| Rights::new(text).unwrap();
        let (k, kx) = (rights("k"), rights("kx"));
        for (asked, create, granted, told) in [
            ("lrswikda", k, "lrswikxtea", "lrswikxtecda"),
            ("lrswikda", kx, "lrswiktea", "lrswiktecda"),
            ("c", k, "k", "kc"),
            ("c", kx, "kx", "kxc"),
            ("x", k, "x", "xd"),
            ("x", kx, "x", "xc"),
            ("t", kx, "t", "td"),
            ("lr", k, "lr", "lr"),
        ] {
            let set = rights(asked).without_obsolete(create);
            assert_eq!((set, set.with_obsolete(create)), (rights(granted), rights(told)), "{asked}");
            assert_eq!(set.with_obsolete(create).without_obsolete(create) & set, set);
        }
    }

    #[test]
    fn changes() {
        let rights = |text: &str| Rights::new(text).unwrap();
        assert_eq!(Change::Add(rights("a")).apply(rights("lr")), rights("lra"));
        assert_eq!(Change::Remove(rights("la")).apply(rights("lr")), rights("r"));
        assert_eq!(Change::Replace(rights("a")).apply(rights("lr")), rights("a"));
    }

    #[test]
    fn what_is_no_right_is_kept_where_it_does_no_harm() {
        let strict = Decoder::new(Limits::client(), Quirks::lenient());
        let Response::Data(Data::Acl(acl)) = strict.response(&b"* ACL x -bob lR# ann \"\""[..]) else {
            panic!()
        };
        let shown: Vec<_> = acl
            .entries
            .iter()
            .map(|one| format!("{} {} {}", one.identifier, one.rights, one.is_negative()))
            .collect();
        assert_eq!(shown, ["-bob l#R true", "ann  false"]);
        assert!(matches!(strict.response(&b"* MYRIGHTS x \"l r\""[..]), Response::Unknown(_)));
        for wire in ["a SETACL x y lR", "a SETACL x y \"+l r\"", "a SETACL x y ++l", "a SETACL x y"] {
            assert!(strict.command(wire.as_bytes()).is_err(), "{wire}");
        }
    }
}
