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
/// Mostly they are text, of which IMAP does not always tell the charset. A clone copies no more than 23 octets.
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

/// As large as `Bytes` alone. Most strings of a mailbox fit in place: no counter to keep, no memory to ask for, no frame held.
#[derive(Clone)]
enum Form {
    Inline { length: u8, octets: [u8; INLINE] },
    Shared(Bytes),
}

impl Octets {
    /// No octets.
    pub const fn new() -> Self {
        Self(Form::Inline { length: 0, octets: [0; INLINE] })
    }

    /// Octets that live as long as the program.
    pub const fn from_static(octets: &'static [u8]) -> Self {
        Self(Form::Shared(Bytes::from_static(octets)))
    }

    /// Copies `octets`.
    pub fn copy_from_slice(octets: &[u8]) -> Self {
        Self::inline(octets).unwrap_or_else(|| Self(Form::Shared(Bytes::copy_from_slice(octets))))
    }

    /// The octets in the buffer type of others; long ones without a copy.
    pub fn into_bytes(self) -> Bytes {
        match self.0 {
            Form::Inline { .. } => Bytes::copy_from_slice(&self),
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
        Self::inline(part).unwrap_or_else(|| Self(Form::Shared(frame.slice_ref(part))))
    }

    /// `part`, which is a part of these octets; long ones without a copy.
    pub(crate) fn part(&self, part: &[u8]) -> Self {
        match &self.0 {
            Form::Inline { .. } => Self::copy_from_slice(part),
            Form::Shared(octets) => Self::part_of(octets, part),
        }
    }

    /// The same in memory of its own, so that it does not hold the frame in which it came.
    #[must_use]
    pub fn detach(&self) -> Self {
        Self::copy_from_slice(self)
    }

    #[inline]
    fn inline(part: &[u8]) -> Option<Self> {
        let mut octets = [0; INLINE];
        let length = part.len();
        // Two copies of a fixed size, which may overlap, cost less than one whose size is not known.
        match length {
            0 => {}
            1..4 => octets.get_mut(..length)?.iter_mut().zip(part).for_each(|(to, from)| *to = *from),
            4..8 => ends::<4>(&mut octets, part)?,
            8..16 => ends::<8>(&mut octets, part)?,
            16..=INLINE => ends::<16>(&mut octets, part)?,
            _ => return None,
        }
        Some(Self(Form::Inline { length: length as u8, octets }))
    }
}

/// Copies the first `N` octets and the last `N`, which are all of them.
#[inline]
fn ends<const N: usize>(to: &mut [u8; INLINE], from: &[u8]) -> Option<()> {
    *to.first_chunk_mut::<N>()? = *from.first_chunk::<N>()?;
    *to.get_mut(from.len().checked_sub(N)?..from.len())?.first_chunk_mut::<N>()? = *from.last_chunk::<N>()?;
    Some(())
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
            Form::Inline { length, octets } => octets.get(..usize::from(*length)).unwrap_or_default(),
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

/// What fits beside the length and the tag in the room of a `Bytes`.
const INLINE: usize = 23;

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn short_and_long_ones_are_the_same_to_the_user() {
        for length in 0..60 {
            let octets: Vec<u8> = (0..length).collect();
            let frame = Bytes::from([&octets[..], b"rest"].concat());
            let part = Octets::part_of(&frame, &frame[..octets.len()]);
            for same in [Octets::from(&octets[..]), part.clone(), part.detach(), octets.clone().into()] {
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
    fn they_are_as_large_as_a_buffer_of_others() {
        assert_eq!(size_of::<Octets>(), size_of::<Bytes>());
    }
}
