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
    grammar::{ATOM, FLAG, close, hash, is, is_closing, loose_spaces, nil, open, run, sp},
    input::{Input, Parsed},
};

mod algebra;

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

    /// Keywords that were added at the end come to their places; of those that are the same the first is kept.
    fn sort(&mut self) {
        if self.keywords.len() > 1 {
            self.keywords.sort();
            self.keywords.dedup();
        }
    }
}

impl<const N: usize> From<[Flag; N]> for Flags {
    fn from(flags: [Flag; N]) -> Self {
        flags.into_iter().collect()
    }
}

impl FromIterator<Flag> for Flags {
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        let mut set = Self::new();
        set.extend(flags);
        set
    }
}

/// Sorts once, however many flags there are.
impl Extend<Flag> for Flags {
    fn extend<I: IntoIterator<Item = Flag>>(&mut self, flags: I) {
        let before = self.keywords.len();
        for flag in flags {
            match flag.bit() {
                Ok(bit) => self.known |= bit,
                Err(keyword) => self.keywords.push(keyword),
            }
        }
        if self.keywords.len() > before {
            self.sort();
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

macro_rules! flags {
    ($($variant:ident $word:literal $doc:literal,)*) => {
        /// One flag ([the registry](https://www.iana.org/assignments/imap-jmap-keywords)).
        #[derive(Clone, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum Flag {
            $(
                #[doc = concat!("`", $word, "`", $doc)]
                $variant,
            )*
            /// Any other, those included that start with a backslash.
            Keyword(Keyword),
        }

        /// The same without the others: the places in [`NAMES`].
        enum Place {
            $($variant,)*
        }

        /// In the order of their bits.
        const NAMES: &[&str] = &[$($word),*];

        impl Flag {
            /// The place in [`NAMES`].
            fn index(&self) -> Option<usize> {
                match self {
                    $(Self::$variant => Some(Place::$variant as usize),)*
                    Self::Keyword(_) => None,
                }
            }

            fn nth(index: usize) -> Option<Self> {
                $(
                    if index == Place::$variant as usize {
                        return Some(Self::$variant);
                    }
                )*
                None
            }
        }

        /// The place in [`NAMES`] of this one, in any case.
        fn known(name: &[u8]) -> Option<usize> {
            let found = hash(name);
            $(
                if found == const { hash($word.as_bytes()) } {
                    return name.eq_ignore_ascii_case($word.as_bytes()).then_some(Place::$variant as usize);
                }
            )*
            None
        }
    };
}

flags! {
    Answered "\\Answered" "",
    Deleted "\\Deleted" "",
    Draft "\\Draft" "",
    Flagged "\\Flagged" "",
    Recent "\\Recent" ", of IMAP4rev1",
    Seen "\\Seen" "",
    Forwarded "$Forwarded" ": the message was sent on",
    Important "$Important" " ([RFC 8457](https://www.rfc-editor.org/rfc/rfc8457))",
    Junk "$Junk" ": the user called it junk",
    MdnSent "$MDNSent" ": it was told that the message was read, or need not be",
    NotJunk "$NotJunk" ": the user called it no junk",
    Phishing "$Phishing" ": the message may deceive",
    Submitted "$Submitted" ": the message was submitted",
    SubmitPending "$SubmitPending" ": the message is being submitted",
    AutoSent "$autosent" ": the message was sent by a program for the user (RFC 9979)",
    CanUnsubscribe "$canunsubscribe" ": a list from which one can unsubscribe (RFC 9979)",
    Followed "$followed" ": the user wants to hear of answers (RFC 9979)",
    HasAttachment "$hasattachment" " (RFC 9979)",
    HasMemo "$hasmemo" ": there is a memo in the same thread (RFC 9979)",
    HasNoAttachment "$hasnoattachment" " (RFC 9979)",
    Imported "$imported" ": the message comes from another mailbox (RFC 9979)",
    IsTrusted "$istrusted" ": the sender was verified (RFC 9979)",
    MailFlagBit0 "$MailFlagBit0" ": the lowest bit of the colour (RFC 9979)",
    MailFlagBit1 "$MailFlagBit1" " (RFC 9979)",
    MailFlagBit2 "$MailFlagBit2" " (RFC 9979)",
    MaskedEmail "$maskedemail" ": the message came to an address made for one sender (RFC 9979)",
    Memo "$memo" ": a note of the user (RFC 9979)",
    Muted "$muted" ": the user does not want to hear of answers (RFC 9979)",
    New "$new" ": the message is to be shown as new again (RFC 9979)",
    Notify "$notify" ": the user is to be told (RFC 9979)",
    Unsubscribed "$unsubscribed" ": the user unsubscribed from the list (RFC 9979)",
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
        Ok(known(name)
            .and_then(Self::nth)
            .unwrap_or_else(|| Self::Keyword(Keyword(Octets::copy_from_slice(name)))))
    }

    /// The octets on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Keyword(keyword) => &keyword.0,
            known => known.index().and_then(|index| NAMES.get(index)).copied().unwrap_or_default().as_bytes(),
        }
    }

    fn bit(self) -> Result<u32, Keyword> {
        match (self.index(), self) {
            (_, Self::Keyword(keyword)) => Err(keyword),
            (index, _) => Ok(index.map_or(0, |index| 1 << index)),
        }
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
    let (mut flags, mut may_create) = (Vec::new(), false);
    let (mut input, ()) = open(input)?;
    while !is_closing(input) {
        input = loose_spaces(input);
        if input.rest().starts_with(b"\\*") {
            may_create = true;
            input = input.skip(2);
        } else {
            let (rest, flag) = flag(input)?;
            flags.extend(flag);
            input = rest;
        }
        if !is_closing(input) {
            input = sp(input)?.0;
        }
    }
    let flags = flags.into_iter().collect();
    Ok((close(input)?.0, PermanentFlags { flags, may_create }))
}

/// `flag-list = "(" [flag *(SP flag)] ")"` ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9))
pub(crate) fn flag_list(input: Input<'_>) -> Parsed<'_, Flags> {
    let mut flags = Flags::new();
    if input.first() != Some(b'(')
        && let Some(rest) = nil(input).filter(|_| is_loose(input))
    {
        return Ok((rest, flags));
    }
    let (mut input, ()) = open(input)?;
    input = loose_spaces(input);
    while !is_closing(input) {
        let (octets, mut rest) = input.split(run(input.rest(), FLAG));
        match known(octets) {
            Some(index) => flags.known |= 1 << index,
            None => {
                let (after, flag) = flag(input)?;
                flags.keywords.extend(flag.and_then(|flag| flag.bit().err()));
                rest = after;
            }
        }
        input = if is_closing(rest) { rest } else { sp(rest)?.0 };
    }
    // Sorted once: a list in falling order would make each insertion move all others.
    flags.sort();
    Ok((close(input)?.0, flags))
}

/// `flag`; nothing for what is none and is passed over.
pub(crate) fn flag(input: Input<'_>) -> Parsed<'_, Option<Flag>> {
    let is_loose = is_loose(input);
    let (octets, rest) = input.split(run(input.rest(), FLAG));
    if let Some(known) = known(octets) {
        return Ok((rest, Flag::nth(known)));
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

#[cfg(test)]
mod tests;
