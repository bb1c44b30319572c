//! Flags and keywords of messages.

use alloc::vec::Vec;
use core::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use crate::{
    Octets,
    atom::{InvalidAtom, valid},
    encoder::Encoder,
    grammar::{ATOM, FLAG, close, is, is_closing, loose_spaces, nil, open, run, sp},
    input::{Input, Parsed},
};

/// A set of flags. The order in which they came is not kept; a keyword is the same in any case.
///
/// ```
/// use mailwire_imap::flag::{Flag, Flags};
///
/// let flags: Flags = [Flag::Seen, Flag::keyword("work")?].into_iter().collect();
/// assert!(flags.contains(&Flag::keyword("WORK")?));
/// assert_eq!(flags.to_string(), "(\\Seen work)");
/// # Ok::<(), mailwire_imap::InvalidAtom>(())
/// ```
#[derive(Clone, Default, Eq, Hash, PartialEq)]
pub struct Flags {
    /// One bit for each of [`NAMES`].
    known: u32,
    /// Sorted.
    keywords: Vec<Keyword>,
}

impl Flags {
    /// No flags.
    pub const fn new() -> Self {
        Self { known: 0, keywords: Vec::new() }
    }

    /// Adds a flag, and tells whether it was not there.
    pub fn insert(&mut self, flag: Flag) -> bool {
        let keyword = match flag.bit() {
            Ok(bit) => {
                let is_new = self.known & bit == 0;
                self.known |= bit;
                return is_new;
            }
            Err(keyword) => keyword,
        };
        match self.keywords.binary_search(&keyword) {
            Ok(_) => false,
            Err(place) => {
                self.keywords.insert(place, keyword);
                true
            }
        }
    }

    /// Takes a flag out, and tells whether it was there.
    pub fn remove(&mut self, flag: &Flag) -> bool {
        let keyword = match flag.clone().bit() {
            Ok(bit) => {
                let was_there = self.known & bit != 0;
                self.known &= !bit;
                return was_there;
            }
            Err(keyword) => keyword,
        };
        match self.keywords.binary_search(&keyword) {
            Ok(place) => {
                self.keywords.remove(place);
                true
            }
            Err(_) => false,
        }
    }

    /// Whether a flag is there.
    pub fn contains(&self, flag: &Flag) -> bool {
        match flag.clone().bit() {
            Ok(bit) => self.known & bit != 0,
            Err(keyword) => self.keywords.binary_search(&keyword).is_ok(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.known == 0 && self.keywords.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.known.count_ones() as usize + self.keywords.len()
    }

    /// All flags, the system's first.
    pub fn iter(&self) -> impl Iterator<Item = Flag> + '_ {
        let known = (0..NAMES.len()).filter(|bit| self.known & (1 << bit) != 0);
        known.filter_map(Flag::nth).chain(self.keywords.iter().cloned().map(Flag::Keyword))
    }

    /// The same in memory of its own, so that it does not hold the frame in which it came.
    #[must_use]
    pub fn detach(&self) -> Self {
        let copy = |keyword: &Keyword| Keyword(Octets::copy_from_slice(&keyword.0));
        Self { known: self.known, keywords: self.keywords.iter().map(copy).collect() }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.list(self.iter(), |out, flag| out.raw(flag.as_bytes()).done());
    }
}

impl FromIterator<Flag> for Flags {
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        let mut set = Self::new();
        set.extend(flags);
        set
    }
}

impl Extend<Flag> for Flags {
    fn extend<I: IntoIterator<Item = Flag>>(&mut self, flags: I) {
        for flag in flags {
            self.insert(flag);
        }
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (index, flag) in self.iter().enumerate() {
            write!(f, "{}{flag}", if index > 0 { " " } else { "" })?;
        }
        f.write_str(")")
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags{self}")
    }
}

/// One flag.
#[derive(Clone, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Flag {
    /// `\Answered`
    Answered,
    /// `\Deleted`
    Deleted,
    /// `\Draft`
    Draft,
    /// `\Flagged`
    Flagged,
    /// `\Recent`, of IMAP4rev1
    Recent,
    /// `\Seen`
    Seen,
    /// `$Forwarded`
    Forwarded,
    /// `$Important` ([RFC 8457](https://www.rfc-editor.org/rfc/rfc8457))
    Important,
    /// `$Junk`
    Junk,
    /// `$MDNSent`
    MdnSent,
    /// `$NotJunk`
    NotJunk,
    /// `$Phishing`
    Phishing,
    /// `$Submitted`
    Submitted,
    /// `$SubmitPending`
    SubmitPending,
    /// Any other, those included that start with a backslash.
    Keyword(Keyword),
}

impl Flag {
    /// The flag of this name: `work`, `$Junk`, `\Seen`.
    ///
    /// # Errors
    ///
    /// [`InvalidAtom`] if the name cannot be a flag.
    pub fn keyword(name: impl AsRef<[u8]>) -> Result<Self, InvalidAtom> {
        let name = name.as_ref();
        valid(name.strip_prefix(b"\\").unwrap_or(name), |octet| is(octet, ATOM))?;
        Ok(known(name).unwrap_or_else(|| Self::Keyword(Keyword(Octets::copy_from_slice(name)))))
    }

    /// The octets on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Keyword(keyword) => &keyword.0,
            known => known.index().and_then(|index| NAMES.get(index)).copied().unwrap_or_default(),
        }
    }

    fn bit(self) -> Result<u32, Keyword> {
        match (self.index(), self) {
            (_, Self::Keyword(keyword)) => Err(keyword),
            (index, _) => Ok(index.map_or(0, |index| 1 << index)),
        }
    }

    /// The place in [`NAMES`].
    fn index(&self) -> Option<usize> {
        Some(match self {
            Self::Answered => 0,
            Self::Deleted => 1,
            Self::Draft => 2,
            Self::Flagged => 3,
            Self::Recent => 4,
            Self::Seen => 5,
            Self::Forwarded => 6,
            Self::Important => 7,
            Self::Junk => 8,
            Self::MdnSent => 9,
            Self::NotJunk => 10,
            Self::Phishing => 11,
            Self::Submitted => 12,
            Self::SubmitPending => 13,
            Self::Keyword(_) => return None,
        })
    }

    fn nth(index: usize) -> Option<Self> {
        Some(match index {
            0 => Self::Answered,
            1 => Self::Deleted,
            2 => Self::Draft,
            3 => Self::Flagged,
            4 => Self::Recent,
            5 => Self::Seen,
            6 => Self::Forwarded,
            7 => Self::Important,
            8 => Self::Junk,
            9 => Self::MdnSent,
            10 => Self::NotJunk,
            11 => Self::Phishing,
            12 => Self::Submitted,
            13 => Self::SubmitPending,
            _ => return None,
        })
    }
}

impl FromStr for Flag {
    type Err = InvalidAtom;

    fn from_str(name: &str) -> Result<Self, InvalidAtom> {
        Self::keyword(name)
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(self.as_bytes()).unwrap_or_default())
    }
}

impl fmt::Debug for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(self.as_bytes()).unwrap_or_default())
    }
}

/// A flag that has no name of its own here; the same in any case.
#[derive(Clone)]
pub struct Keyword(Octets);

impl Keyword {
    #[cfg(feature = "arbitrary")]
    pub(crate) fn from_parsed(octets: Vec<u8>) -> Self {
        Self(octets.into())
    }

    /// The octets on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn folded(&self) -> impl Iterator<Item = u8> + '_ {
        self.0.iter().map(u8::to_ascii_lowercase)
    }
}

impl Eq for Keyword {}

impl PartialEq for Keyword {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Ord for Keyword {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

impl PartialOrd for Keyword {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Keyword {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for octet in self.folded() {
            state.write_u8(octet);
        }
    }
}

impl FromStr for Keyword {
    type Err = InvalidAtom;

    fn from_str(name: &str) -> Result<Self, InvalidAtom> {
        valid(name.strip_prefix('\\').unwrap_or(name).as_bytes(), |octet| is(octet, ATOM))?;
        Ok(Self(name.into()))
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(&self.0).unwrap_or_default())
    }
}

impl fmt::Debug for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(&self.0).unwrap_or_default())
    }
}

/// The flags that can be set for good, and whether new keywords can be made.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct PermanentFlags {
    /// The flags.
    pub flags: Flags,
    /// Whether `\*` is among them.
    pub may_create: bool,
}

impl PermanentFlags {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        let mut flags: Vec<Flag> = self.flags.iter().collect();
        flags.extend(self.may_create.then(|| Flag::Keyword(Keyword(Octets::from_static(b"\\*")))));
        out.list(flags, |out, flag| out.raw(flag.as_bytes()).done());
    }
}

/// `"(" [flag-perm *(SP flag-perm)] ")"`
pub(crate) fn permanent_flags(input: Input<'_>) -> Parsed<'_, PermanentFlags> {
    let mut permanent = PermanentFlags::default();
    let (mut input, ()) = open(input)?;
    while !is_closing(input) {
        input = loose_spaces(input);
        if input.rest().starts_with(b"\\*") {
            permanent.may_create = true;
            input = input.skip(2);
        } else {
            let (rest, flag) = flag(input)?;
            permanent.flags.extend(flag);
            input = rest;
        }
        if !is_closing(input) {
            input = sp(input)?.0;
        }
    }
    Ok((close(input)?.0, permanent))
}

/// `flag-list = "(" [flag *(SP flag)] ")"` ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9))
pub(crate) fn flag_list(input: Input<'_>) -> Parsed<'_, Flags> {
    let mut flags = Flags::new();
    if let Some(rest) = nil(input).filter(|_| is_loose(input)) {
        return Ok((rest, flags));
    }
    let (mut input, ()) = open(input)?;
    input = loose_spaces(input);
    while !is_closing(input) {
        let (rest, flag) = flag(input)?;
        if let Some(flag) = flag {
            flags.insert(flag);
        }
        input = if is_closing(rest) { rest } else { sp(rest)?.0 };
    }
    Ok((close(input)?.0, flags))
}

/// `flag`; nothing for what is none and is passed over.
pub(crate) fn flag(input: Input<'_>) -> Parsed<'_, Option<Flag>> {
    let is_loose = is_loose(input);
    let (octets, rest) = input.split(run(input.rest(), FLAG));
    if let Some(known) = known(octets) {
        return Ok((rest, Some(known)));
    }
    let name = octets.strip_prefix(b"\\").unwrap_or(octets);
    if !name.is_empty() && name.iter().all(|octet| is(*octet, ATOM)) && !(is_loose && octets == b"NIL") {
        return Ok((rest, Some(Flag::Keyword(Keyword(input.bytes(octets))))));
    }
    if !is_loose || octets.is_empty() {
        return input.expected("flag");
    }
    // `\*` in other lists, NIL, brackets: nothing that could be set again.
    Ok((rest, None))
}

/// Nothing that a client sends is passed over: `STORE 1 FLAGS NIL` is to set a keyword, and not to clear all flags.
fn is_loose(input: Input<'_>) -> bool {
    input.quirks().loose_flags && !input.context.is_command
}

fn known(name: &[u8]) -> Option<Flag> {
    let flag = match (name.len(), name.get(1)?.to_ascii_lowercase()) {
        (5, b's') => Flag::Seen,
        (5, b'j') => Flag::Junk,
        (6, b'd') => Flag::Draft,
        (7, b'r') => Flag::Recent,
        (8, b'd') => Flag::Deleted,
        (8, b'f') => Flag::Flagged,
        (8, b'm') => Flag::MdnSent,
        (8, b'n') => Flag::NotJunk,
        (9, b'a') => Flag::Answered,
        (9, b'p') => Flag::Phishing,
        (10, b'f') => Flag::Forwarded,
        (10, b'i') => Flag::Important,
        (10, b's') => Flag::Submitted,
        (14, b's') => Flag::SubmitPending,
        _ => return None,
    };
    name.eq_ignore_ascii_case(flag.as_bytes()).then_some(flag)
}

/// In the order of their bits.
const NAMES: [&[u8]; 14] = [
    b"\\Answered",
    b"\\Deleted",
    b"\\Draft",
    b"\\Flagged",
    b"\\Recent",
    b"\\Seen",
    b"$Forwarded",
    b"$Important",
    b"$Junk",
    b"$MDNSent",
    b"$NotJunk",
    b"$Phishing",
    b"$Submitted",
    b"$SubmitPending",
];

#[cfg(test)]
mod tests;
