use alloc::{borrow::Cow, string::String, vec::Vec};
use core::{
    borrow::Borrow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
};

use bytes::Bytes;

/// Octets of a string: short ones in place, longer ones as a piece of the frame in which they came.
///
/// Mostly they are text, of which IMAP does not always tell the charset. A clone copies no more than 32 octets.
///
/// ```
/// use mailwire_imap::Octets;
///
/// let subject = Octets::from("café");
/// assert_eq!(subject, "café");
/// assert_eq!(subject.as_str(), Some("café"));
/// assert_eq!(Octets::from(&b"caf\xE9"[..]).as_str(), None);
/// assert_eq!(Octets::from(&b"caf\xE9"[..]).to_string(), "caf\u{FFFD}");
/// ```
#[derive(Clone)]
pub struct Octets(Form);

/// Most strings of a mailbox fit in place: no counter to keep, no memory to ask for, no frame held.
#[derive(Clone)]
enum Form {
    Inline(Inline),
    Shared(Bytes),
}

/// Written in the pieces in which it is copied, so that what was just written can be read again at once. What is beyond the
/// length is zero.
#[derive(Clone, Copy)]
#[repr(C)]
struct Inline {
    octets: [u8; INLINE],
    length: Length,
}

impl Octets {
    /// No octets.
    pub const fn new() -> Self {
        Self(Form::Inline(Inline { octets: [0; INLINE], length: Length::L0 }))
    }

    /// Octets that live as long as the program.
    pub const fn from_static(octets: &'static [u8]) -> Self {
        Self(Form::Shared(Bytes::from_static(octets)))
    }

    /// Copies `octets`.
    pub fn copy_from_slice(octets: &[u8]) -> Self {
        match Length::new(octets.len()) {
            Some(length) => Self(Form::Inline(Inline::new(octets, length))),
            None => Self(Form::Shared(Bytes::copy_from_slice(octets))),
        }
    }

    /// The octets in the buffer type of others; long ones without a copy.
    pub fn into_bytes(self) -> Bytes {
        match self.0 {
            Form::Inline(_) => Bytes::copy_from_slice(&self),
            Form::Shared(octets) => octets,
        }
    }

    /// The text, if it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        core::str::from_utf8(self).ok()
    }

    /// The text, with U+FFFD for what is not UTF-8.
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self)
    }

    /// `part`, which is a part of `frame`; long ones without a copy.
    #[inline]
    pub(crate) fn part_of(frame: &Bytes, part: &[u8]) -> Self {
        // A copy whose size is fixed is the fastest, so what follows the part comes along and is blanked.
        let offset = part.as_ptr().addr().wrapping_sub(frame.as_ptr().addr());
        let rest = frame.get(offset..).unwrap_or_default();
        match (rest.first_chunk(), rest.first_chunk(), Length::new(part.len())) {
            (Some(chunk), _, Some(length)) => Self(Form::Inline(Inline::start_of(chunk, length))),
            (None, Some(eight), Some(length)) if part.len() <= 8 => {
                Self(Form::Inline(Inline::start_of_eight(eight, length)))
            }
            _ => Self::at_end_of(frame, part),
        }
    }

    #[inline(never)]
    fn at_end_of(frame: &Bytes, part: &[u8]) -> Self {
        match Length::new(part.len()) {
            Some(length) => Self(Form::Inline(Inline::new(part, length))),
            None => Self(Form::Shared(frame.slice_ref(part))),
        }
    }

    /// `part`, which is a part of these octets; long ones without a copy.
    pub(crate) fn part(&self, part: &[u8]) -> Self {
        match &self.0 {
            Form::Inline(_) => Self::copy_from_slice(part),
            Form::Shared(octets) => Self::part_of(octets, part),
        }
    }

    /// The same in memory of its own, so that it does not hold the frame in which it came.
    #[must_use]
    pub fn detach(&self) -> Self {
        Self::copy_from_slice(self)
    }
}

impl Inline {
    /// The first `length` octets of `chunk`.
    #[inline]
    fn start_of(chunk: &[u8; INLINE], length: Length) -> Self {
        let mut octets = *chunk;
        let mask = MASK.get(INLINE - length as usize..).and_then(<[u8]>::first_chunk);
        let mask: &[u8; INLINE] = mask.unwrap_or(&[0; INLINE]);
        octets.iter_mut().zip(mask).for_each(|(octet, mask)| *octet &= mask);
        Self { octets, length }
    }

    /// The first `length` octets of `eight`, where there are no more than these.
    #[inline]
    fn start_of_eight(eight: &[u8; 8], length: Length) -> Self {
        let mask = u64::MAX.checked_shr(64 - 8 * length as u32).unwrap_or_default();
        let mut octets = [0; INLINE];
        if let Some(first) = octets.first_chunk_mut() {
            *first = (u64::from_le_bytes(*eight) & mask).to_le_bytes();
        }
        Self { octets, length }
    }

    /// These octets, which are `length`.
    #[inline]
    fn new(part: &[u8], length: Length) -> Self {
        let eights = in_eights::<{ INLINE / 8 }>(part);
        let octets = eights.as_flattened().first_chunk().copied();
        Self { octets: octets.unwrap_or([0; INLINE]), length }
    }

    #[inline]
    fn as_slice(&self) -> &[u8] {
        self.octets.get(..self.length as usize).unwrap_or_default()
    }
}

/// The first octets in eights, with zeros behind those that are there. Made in registers: octets that are copied one after the
/// other could be read again in larger pieces only after a while.
#[inline]
pub(crate) fn in_eights<const N: usize>(octets: &[u8]) -> [[u8; 8]; N] {
    core::array::from_fn(|index| octets.get(8 * index..).map_or([0; 8], first_eight))
}

#[inline]
fn first_eight(octets: &[u8]) -> [u8; 8] {
    octets.first_chunk().copied().unwrap_or_else(|| fewer_than_eight(octets).to_le_bytes())
}

/// Octets as a number, the first one lowest. The first and the last ones of a fixed count are all of them; they may overlap.
#[inline]
fn fewer_than_eight(octets: &[u8]) -> u64 {
    let shift = |count: usize| (8 * (octets.len().wrapping_sub(count))) as u32 % u64::BITS;
    if let (Some(first), Some(last)) = (octets.first_chunk(), octets.last_chunk()) {
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << shift(4);
    }
    if let (Some(first), Some(last)) = (octets.first_chunk(), octets.last_chunk()) {
        return u64::from(u16::from_le_bytes(*first)) | u64::from(u16::from_le_bytes(*last)) << shift(2);
    }
    octets.first().copied().map_or(0, u64::from)
}

macro_rules! lengths {
    ($($name:ident)*) => {
        /// Of octets in place. That it has few values leaves room for the tags of what it is in, up to `Option<Octets>`.
        #[derive(Clone, Copy)]
        #[repr(u64)]
        enum Length {
            $($name,)*
        }

        const LENGTHS: [Length; INLINE + 1] = [$(Length::$name),*];
    };
}

lengths! {
    L0 L1 L2 L3 L4 L5 L6 L7 L8 L9 L10 L11 L12 L13 L14 L15 L16 L17 L18 L19
    L20 L21 L22 L23 L24 L25 L26 L27 L28 L29 L30 L31 L32
}

impl Length {
    #[inline]
    fn new(length: usize) -> Option<Self> {
        LENGTHS.get(length).copied()
    }
}

impl Default for Octets {
    fn default() -> Self {
        Self::new()
    }
}

impl Eq for Octets {}

impl PartialEq for Octets {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Ord for Octets {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl PartialOrd for Octets {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Octets {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl Deref for Octets {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match &self.0 {
            Form::Inline(inline) => inline.as_slice(),
            Form::Shared(octets) => octets,
        }
    }
}

impl AsRef<[u8]> for Octets {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Borrow<[u8]> for Octets {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl From<Bytes> for Octets {
    fn from(octets: Bytes) -> Self {
        Self(Form::Shared(octets))
    }
}

impl From<Octets> for Bytes {
    fn from(octets: Octets) -> Self {
        octets.into_bytes()
    }
}

impl From<&[u8]> for Octets {
    fn from(octets: &[u8]) -> Self {
        Self::copy_from_slice(octets)
    }
}

impl<const N: usize> From<&[u8; N]> for Octets {
    fn from(octets: &[u8; N]) -> Self {
        Self::copy_from_slice(octets)
    }
}

impl From<&str> for Octets {
    fn from(text: &str) -> Self {
        Self::copy_from_slice(text.as_bytes())
    }
}

impl From<String> for Octets {
    fn from(text: String) -> Self {
        Self(Form::Shared(text.into()))
    }
}

impl From<&String> for Octets {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<Cow<'_, str>> for Octets {
    fn from(text: Cow<'_, str>) -> Self {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl From<Octets> for Vec<u8> {
    fn from(octets: Octets) -> Self {
        octets.into_bytes().into()
    }
}

impl From<Vec<u8>> for Octets {
    fn from(octets: Vec<u8>) -> Self {
        Self(Form::Shared(octets.into()))
    }
}

impl PartialEq<[u8]> for Octets {
    fn eq(&self, other: &[u8]) -> bool {
        **self == *other
    }
}

impl PartialEq<&[u8]> for Octets {
    fn eq(&self, other: &&[u8]) -> bool {
        **self == **other
    }
}

impl<const N: usize> PartialEq<&[u8; N]> for Octets {
    fn eq(&self, other: &&[u8; N]) -> bool {
        **self == other[..]
    }
}

impl PartialEq<str> for Octets {
    fn eq(&self, other: &str) -> bool {
        **self == *other.as_bytes()
    }
}

impl PartialEq<String> for Octets {
    fn eq(&self, other: &String) -> bool {
        **self == *other.as_bytes()
    }
}

impl PartialEq<&str> for Octets {
    fn eq(&self, other: &&str) -> bool {
        **self == *other.as_bytes()
    }
}

/// The text, with U+FFFD for what is not UTF-8.
impl fmt::Display for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_str_lossy())
    }
}

/// Quoted, with escapes for what is not printable ASCII.
impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.escape_ascii())
    }
}

/// Words, names, addresses and dates fit, and many a subject.
const INLINE: usize = 32;

/// Ones and then zeros: what starts as far before the change as a string is long is its mask.
const MASK: [u8; 2 * INLINE] = {
    let mut mask = [0; 2 * INLINE];
    mask.split_at_mut(INLINE).0.copy_from_slice(&[0xFF; INLINE]);
    mask
};

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn short_and_long_ones_are_the_same_to_the_user() {
        for length in 0..60 {
            let octets: Vec<u8> = (0..length).collect();
            let frame = Bytes::from([&octets[..], b"rest"].concat());
            let all = Bytes::from(octets.clone());
            let part = Octets::part_of(&frame, &frame[..octets.len()]);
            let at_end = Octets::part_of(&all, &all);
            let copies =
                [Octets::from(&octets[..]), part.clone(), part.detach(), at_end, octets.clone().into()];
            for same in copies {
                assert_eq!(*same, *octets);
                assert_eq!(same, part);
                assert_eq!(same.clone().into_bytes(), octets);
                assert_eq!(same.cmp(&part), Ordering::Equal);
                assert_eq!(*same.part(&same[octets.len() / 2..]), octets[octets.len() / 2..]);
            }
            assert_ne!(part, Octets::from(vec![9; octets.len() + 1]));
        }
    }

    #[test]
    fn text_of_all_kinds() {
        let long = "x".repeat(100);
        for text in ["", "café", &long] {
            let owned = String::from(text);
            for octets in
                [Octets::from(&owned), Cow::Borrowed(text).into(), Cow::<str>::Owned(owned.clone()).into()]
            {
                assert!(octets == owned && octets == text);
                assert_eq!(Vec::from(octets), text.as_bytes());
            }
        }
    }

    #[test]
    fn tags_need_no_room_of_their_own() {
        assert_eq!([size_of::<Octets>(), size_of::<Option<Octets>>()], [40, 40]);
    }
}
