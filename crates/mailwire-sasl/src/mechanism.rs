use core::{fmt, str::FromStr};

use crate::ScramHash;

/// A SASL mechanism that this crate speaks, on both sides.
///
/// `Ord` is the order of strength, weakest first. What decides, in this order:
///
/// 1. Nothing is proved: ANONYMOUS.
/// 2. The password itself goes to the server: LOGIN, then PLAIN.
/// 3. Only a digest goes, but of a function from 1992, and the server must store the password: CRAM-MD5.
/// 4. A token goes that is limited in time and scope: XOAUTH2, then OAUTHBEARER.
/// 5. Both sides prove that they know the password and none shows it: SCRAM, the longer hash the stronger.
/// 6. The same, and the proof is worth nothing on any other TLS connection: SCRAM with `-PLUS`.
/// 7. The lower layer already proved who the client is, usually with a certificate: EXTERNAL.
///
/// ```
/// use mailwire_sasl::Mechanism;
///
/// assert_eq!("scram-sha-256".parse(), Ok(Mechanism::ScramSha256));
/// assert!(Mechanism::ScramSha1Plus > Mechanism::ScramSha512);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Mechanism {
    /// `ANONYMOUS` ([RFC 4505](https://www.rfc-editor.org/rfc/rfc4505)): no identity, only an optional trace.
    Anonymous,
    /// `LOGIN`: two prompts for user and password. Obsolete, but some servers have nothing else.
    Login,
    /// `PLAIN` ([RFC 4616](https://www.rfc-editor.org/rfc/rfc4616)): user and password in one message.
    Plain,
    /// `CRAM-MD5` ([RFC 2195](https://www.rfc-editor.org/rfc/rfc2195)).
    CramMd5,
    /// `XOAUTH2`: a bearer token, as Google and Microsoft took it before OAUTHBEARER.
    XOAuth2,
    /// `OAUTHBEARER` ([RFC 7628](https://www.rfc-editor.org/rfc/rfc7628)): a bearer token.
    OAuthBearer,
    /// `SCRAM-SHA-1` ([RFC 5802](https://www.rfc-editor.org/rfc/rfc5802)).
    ScramSha1,
    /// `SCRAM-SHA-256` ([RFC 7677](https://www.rfc-editor.org/rfc/rfc7677)).
    ScramSha256,
    /// `SCRAM-SHA-512`.
    ScramSha512,
    /// `SCRAM-SHA-1-PLUS`: with channel binding.
    ScramSha1Plus,
    /// `SCRAM-SHA-256-PLUS`: with channel binding.
    ScramSha256Plus,
    /// `SCRAM-SHA-512-PLUS`: with channel binding.
    ScramSha512Plus,
    /// `EXTERNAL` ([RFC 4422 appendix A](https://www.rfc-editor.org/rfc/rfc4422#appendix-A)).
    External,
}

impl Mechanism {
    /// All mechanisms, weakest first.
    pub const ALL: [Self; 13] = [
        Self::Anonymous,
        Self::Login,
        Self::Plain,
        Self::CramMd5,
        Self::XOAuth2,
        Self::OAuthBearer,
        Self::ScramSha1,
        Self::ScramSha256,
        Self::ScramSha512,
        Self::ScramSha1Plus,
        Self::ScramSha256Plus,
        Self::ScramSha512Plus,
        Self::External,
    ];

    /// The registered name, as it goes over the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "ANONYMOUS",
            Self::CramMd5 => "CRAM-MD5",
            Self::External => "EXTERNAL",
            Self::Login => "LOGIN",
            Self::OAuthBearer => "OAUTHBEARER",
            Self::Plain => "PLAIN",
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::ScramSha1Plus => "SCRAM-SHA-1-PLUS",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha256Plus => "SCRAM-SHA-256-PLUS",
            Self::ScramSha512 => "SCRAM-SHA-512",
            Self::ScramSha512Plus => "SCRAM-SHA-512-PLUS",
            Self::XOAuth2 => "XOAUTH2",
        }
    }

    /// True if the mechanism is bound to the TLS connection below it (`-PLUS`).
    #[must_use]
    pub const fn binds_channel(self) -> bool {
        matches!(self, Self::ScramSha1Plus | Self::ScramSha256Plus | Self::ScramSha512Plus)
    }

    /// True if the client speaks first, so that its message can go along with the command as an initial response
    /// ([RFC 4422 section 3.3](https://www.rfc-editor.org/rfc/rfc4422#section-3.3)).
    #[must_use]
    pub const fn is_client_first(self) -> bool {
        !matches!(self, Self::CramMd5 | Self::Login)
    }

    /// True if who reads the line can use what it carries: the password or the token crosses it as it is.
    ///
    /// Such a mechanism belongs on an encrypted line only.
    #[must_use]
    pub const fn is_plaintext(self) -> bool {
        matches!(self, Self::Login | Self::OAuthBearer | Self::Plain | Self::XOAuth2)
    }

    /// The hash of a SCRAM mechanism, `None` for all others.
    #[must_use]
    pub const fn scram_hash(self) -> Option<ScramHash> {
        match self {
            Self::ScramSha1 | Self::ScramSha1Plus => Some(ScramHash::Sha1),
            Self::ScramSha256 | Self::ScramSha256Plus => Some(ScramHash::Sha256),
            Self::ScramSha512 | Self::ScramSha512Plus => Some(ScramHash::Sha512),
            Self::Anonymous
            | Self::CramMd5
            | Self::External
            | Self::Login
            | Self::OAuthBearer
            | Self::Plain
            | Self::XOAuth2 => None,
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Mechanism {
    type Err = UnknownMechanism;

    fn from_str(name: &str) -> Result<Self, UnknownMechanism> {
        Self::ALL
            .into_iter()
            .find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
            .ok_or(UnknownMechanism)
    }
}

/// The name is of no mechanism that this crate knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("unknown SASL mechanism")]
#[non_exhaustive]
pub struct UnknownMechanism;

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn names_round_trip_in_any_case() {
        for mechanism in Mechanism::ALL {
            assert_eq!(mechanism.to_string().parse(), Ok(mechanism));
            assert_eq!(mechanism.name().to_lowercase().parse(), Ok(mechanism));
        }
        for name in ["", "SCRAM-SHA-256-PLUS ", "SCRAM-SHA-384", "PLAIN\0", "ＰＬＡＩＮ"] {
            assert_eq!(name.parse::<Mechanism>(), Err(UnknownMechanism), "{name:?}");
        }
    }

    #[test]
    fn all_is_sorted_by_strength() {
        assert!(Mechanism::ALL.is_sorted());
    }

    #[test]
    fn only_scram_has_a_hash_and_only_plus_binds() {
        for mechanism in Mechanism::ALL {
            assert_eq!(mechanism.scram_hash().is_some(), mechanism.name().starts_with("SCRAM-"));
            assert_eq!(mechanism.binds_channel(), mechanism.name().ends_with("-PLUS"));
        }
    }
}
