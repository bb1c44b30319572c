use alloc::{vec, vec::Vec};
use core::fmt;

use hmac::{
    EagerHash, Hmac, KeyInit, Mac,
    digest::{self, Digest},
};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::Secret;

/// The hash function of a SCRAM mechanism.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ScramHash {
    /// SHA-1, 20 octets.
    Sha1,
    /// SHA-256, 32 octets.
    Sha256,
    /// SHA-512, 64 octets.
    Sha512,
}

impl ScramHash {
    /// All hash functions, shortest first.
    pub const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// The name of the mechanism without channel binding, which is also the scheme of stored keys.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SCRAM-SHA-1",
            Self::Sha256 => "SCRAM-SHA-256",
            Self::Sha512 => "SCRAM-SHA-512",
        }
    }

    /// The number of octets of a hash.
    #[must_use]
    pub const fn octets(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// `H(str)` ([RFC 5802 section 2.2](https://www.rfc-editor.org/rfc/rfc5802#section-2.2))
    pub(crate) fn digest(self, octets: &[u8]) -> Secret {
        match self {
            Self::Sha1 => Sha1::digest(octets).as_slice().into(),
            Self::Sha256 => Sha256::digest(octets).as_slice().into(),
            Self::Sha512 => Sha512::digest(octets).as_slice().into(),
        }
    }

    /// `HMAC(key, str)`
    pub(crate) fn hmac(self, key: &[u8], octets: &[u8]) -> Secret {
        match self {
            Self::Sha1 => hmac::<Sha1>(key, octets),
            Self::Sha256 => hmac::<Sha256>(key, octets),
            Self::Sha512 => hmac::<Sha512>(key, octets),
        }
    }

    /// `Hi(str, salt, i)`, which is PBKDF2 with one block
    pub(crate) fn salted(self, password: &[u8], salt: &[u8], iterations: u32) -> Secret {
        let mut out = vec![0; self.octets()];
        match self {
            Self::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, iterations, &mut out),
            Self::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, &mut out),
            Self::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, iterations, &mut out),
        }
        out.into()
    }
}

impl fmt::Display for ScramHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// `HMAC-MD5`, for CRAM-MD5 ([RFC 2104](https://www.rfc-editor.org/rfc/rfc2104)).
pub(crate) fn hmac_md5(key: &[u8], octets: &[u8]) -> Secret {
    hmac::<Md5>(key, octets)
}

/// Octet by octet `left XOR right`, as long as the shorter one.
pub(crate) fn xor(left: &Secret, right: &Secret) -> Secret {
    left.expose().iter().zip(right.expose()).map(|(left, right)| left ^ right).collect::<Vec<u8>>().into()
}

fn hmac<D: EagerHash + Digest>(key: &[u8], octets: &[u8]) -> Secret {
    // A key longer than a block is hashed first: by hand, because a whole block is a key that cannot be refused.
    let mut block = digest::Key::<Hmac<D>>::default();
    if key.len() > block.len() {
        let hashed = D::digest(key);
        block.iter_mut().zip(hashed.iter()).for_each(|(to, from)| *to = *from);
    } else {
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    }
    let mut mac = <Hmac<D> as KeyInit>::new(&block);
    zeroize::Zeroize::zeroize(block.as_mut_slice());
    mac.update(octets);
    mac.finalize().into_bytes().as_slice().into()
}
