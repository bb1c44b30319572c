//! Capabilities as text, and questions about several of them.

use core::{fmt, str::FromStr};

use super::{Capabilities, Capability};
use crate::{
    Octets,
    atom::{InvalidAtom, valid},
    grammar::{ATOM, is},
};

impl Capabilities {
    /// Whether one is there.
    pub fn contains(&self, capability: &Capability) -> bool {
        self.iter().any(|known| known == *capability)
    }

    /// The mechanisms of SASL, as they came: what follows `AUTH=`.
    ///
    /// ```
    /// use mailwire_imap::Capabilities;
    ///
    /// let capabilities = Capabilities::new(["IMAP4rev2", "AUTH=SCRAM-SHA-256", "AUTH=PLAIN"])?;
    /// assert!(capabilities.mechanisms().eq(["SCRAM-SHA-256", "PLAIN"]));
    /// # Ok::<(), mailwire_imap::InvalidAtom>(())
    /// ```
    pub fn mechanisms(&self) -> impl Iterator<Item = &str> {
        self.words().filter_map(|word| {
            let (start, name) = word.split_at_checked(b"AUTH=".len())?;
            let name = core::str::from_utf8(name).ok().filter(|name| !name.is_empty())?;
            start.eq_ignore_ascii_case(b"AUTH=").then_some(name)
        })
    }

    /// The same with one more word, unless it is there already.
    ///
    /// # Errors
    ///
    /// [`InvalidAtom`] if it is no atom.
    pub fn with(&self, word: impl AsRef<[u8]>) -> Result<Self, InvalidAtom> {
        let word = word.as_ref();
        let is_there = self.words().any(|known| known.eq_ignore_ascii_case(word));
        Self::new(self.words().chain((!is_there).then_some(word)))
    }
}

/// The words, with spaces between them.
impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.words().enumerate() {
            write!(f, "{}{}", if index > 0 { " " } else { "" }, Octets::from(word))?;
        }
        Ok(())
    }
}

impl FromStr for Capability {
    type Err = InvalidAtom;

    /// Reads one word as CAPABILITY has it.
    fn from_str(word: &str) -> Result<Self, InvalidAtom> {
        valid(word.as_bytes(), |octet| is(octet, ATOM))?;
        Ok(Self::read(word.as_bytes(), Octets::copy_from_slice))
    }
}

/// The word as CAPABILITY has it.
impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AppendLimit(None) => f.write_str("APPENDLIMIT"),
            Self::AppendLimit(Some(limit)) => write!(f, "APPENDLIMIT={limit}"),
            Self::Auth(name) => write!(f, "AUTH={name}"),
            Self::Compress(name) => write!(f, "COMPRESS={name}"),
            Self::I18nLevel(level) => write!(f, "I18NLEVEL={level}"),
            Self::ImapSieve(url) => write!(f, "IMAPSIEVE={url}"),
            Self::MessageLimit(limit) => write!(f, "MESSAGELIMIT={limit}"),
            Self::QuotaResource(name) => write!(f, "QUOTA=RES-{name}"),
            Self::Rights(rights) => write!(f, "RIGHTS={rights}"),
            Self::SaveLimit(limit) => write!(f, "SAVELIMIT={limit}"),
            Self::Thread(algorithm) => write!(f, "THREAD={}", algorithm.as_str()),
            Self::Other(word) => word.fmt(f),
            simple => f.write_str(simple.simple_word()),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn words_come_back() {
        for word in [
            "ACL",
            "IMAP4rev2",
            "UTF8=ACCEPT",
            "X-GM-EXT-1",
            "LITERAL+",
            "APPENDLIMIT",
            "APPENDLIMIT=5",
            "AUTH=PLAIN",
            "COMPRESS=DEFLATE",
            "I18NLEVEL=1",
            "IMAPSIEVE=sieve://example.com",
            "IMAPSIEVE=",
            "MESSAGELIMIT=1000",
            "QUOTA=RES-STORAGE",
            "QUOTA=RES-X",
            "RIGHTS=kxte",
            "SAVELIMIT=1",
            "THREAD=REFERENCES",
            "THREAD=X",
            "X-NOBODY",
        ] {
            let capability: Capability = word.parse().unwrap();
            assert_eq!(capability.to_string(), word);
            assert_eq!(
                word.to_ascii_lowercase().parse::<Capability>().unwrap().to_string().to_uppercase(),
                word.to_uppercase()
            );
        }
        for word in ["", "a b", "a\r\nb", "(", "\u{e9}"] {
            assert!(word.parse::<Capability>().is_err(), "{word:?}");
        }
    }

    #[test]
    fn sets_of_words() {
        let capabilities = Capabilities::new(["IMAP4rev1", "auth=PLAIN", "AUTH=", "IDLE"]).unwrap();
        assert_eq!(capabilities.to_string(), "IMAP4rev1 auth=PLAIN AUTH= IDLE");
        assert!(capabilities.contains(&Capability::Idle) && !capabilities.contains(&Capability::Move));
        assert!(capabilities.mechanisms().eq(["PLAIN"]));
        assert_eq!(capabilities.with("idle").unwrap(), capabilities);
        assert!(capabilities.with("MOVE").unwrap().has("MOVE") && capabilities.with("a b").is_err());
    }
}
