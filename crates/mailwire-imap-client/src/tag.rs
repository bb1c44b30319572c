//! Tags that nobody can guess.

use mailwire_imap::Tag;
use sha2::{Digest as _, Sha256};

/// Makes tags out of a seed.
///
/// A tag that can be guessed lets whoever can put octets into the stream, the sender of a message perhaps, answer a
/// command that has not been sent.
#[derive(Clone)]
pub(crate) struct Tags {
    seed: [u8; 16],
    count: u64,
}

impl Tags {
    pub(crate) fn new(seed: [u8; 16]) -> Self {
        Self { seed, count: 0 }
    }

    /// The next tag: eight letters and digits that say nothing of the one after it.
    pub(crate) fn next(&mut self) -> Option<Tag> {
        let digest = Sha256::new().chain_update(self.seed).chain_update(self.count.to_be_bytes()).finalize();
        self.count += 1;
        let letters =
            digest.iter().take(LENGTH).filter_map(|octet| ALPHABET.get(usize::from(octet % 32)).copied());
        let mut tag = [b'A'; LENGTH];
        tag.iter_mut().zip(letters).for_each(|(to, from)| *to = from);
        Tag::new(tag).ok()
    }
}

const LENGTH: usize = 8;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::*;

    #[test]
    fn tags_differ_by_count_and_seed() {
        let tags = |seed| {
            let mut tags = Tags::new([seed; 16]);
            (0..1000).map(move |_| tags.next().unwrap().as_str().to_owned())
        };
        use alloc::borrow::ToOwned as _;
        let all: BTreeSet<_> = tags(1).chain(tags(2)).collect();
        assert_eq!(all.len(), 2000);
        assert_eq!(tags(1).next(), tags(1).next(), "the same seed gives the same tags");
    }
}
