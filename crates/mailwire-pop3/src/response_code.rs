//! Response codes: the machine's part of a reply's text.

use alloc::{boxed::Box, string::String};
use core::fmt;

/// An extended response code, such as `[IN-USE]` or `[SYS/TEMP]`.
///
/// Codes are hierarchical: a client that does not know `SYS/TEMP/DISK` may act on `SYS/TEMP`
/// ([RFC 2449 section 8](https://www.rfc-editor.org/rfc/rfc2449#section-8)); [`is_within`](Self::is_within) does that.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ResponseCode {
    /// `LOGIN-DELAY`: the last login was too short a time ago (RFC 2449 section 8.1.1).
    LoginDelay,
    /// `IN-USE`: another session has the maildrop (RFC 2449 section 8.1.2).
    InUse,
    /// `SYS/TEMP`: a failure of the system that is likely to pass (RFC 3206 section 4).
    SysTemp,
    /// `SYS/PERM`: a failure of the system that a person has to mend (RFC 3206 section 4).
    SysPerm,
    /// `AUTH`: the credentials are wrong, so ask the user for others (RFC 3206 section 5).
    Auth,
    /// `UTF8`: this message needs UTF-8 mode (RFC 6856 section 5).
    Utf8,
    /// Any other code.
    Other(OtherCode),
}

impl ResponseCode {
    /// Reads a code without its brackets, in any case of letters; nothing if it has an empty level or an octet that
    /// cannot stand in a code.
    pub fn new(code: &str) -> Option<Self> {
        let valid = code.split('/').all(|level| !level.is_empty() && level.bytes().all(is_rchar));
        let known = [Self::LoginDelay, Self::InUse, Self::SysTemp, Self::SysPerm, Self::Auth, Self::Utf8];
        let other = || Self::Other(OtherCode(code.into()));
        valid.then(|| {
            known.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(code)).unwrap_or_else(other)
        })
    }

    /// The code without its brackets.
    pub fn as_str(&self) -> &str {
        match self {
            Self::LoginDelay => "LOGIN-DELAY",
            Self::InUse => "IN-USE",
            Self::SysTemp => "SYS/TEMP",
            Self::SysPerm => "SYS/PERM",
            Self::Auth => "AUTH",
            Self::Utf8 => "UTF8",
            Self::Other(other) => &other.0,
        }
    }

    /// Whether this code is `ancestor` or below it: `SYS/TEMP/DISK` is within `SYS/TEMP` and `SYS`.
    ///
    /// ```
    /// use mailwire_pop3::ResponseCode;
    ///
    /// let code = ResponseCode::new("sys/temp/disk").unwrap();
    /// assert!(code.is_within("SYS/TEMP") && !code.is_within("SYS/T"));
    /// ```
    pub fn is_within(&self, ancestor: &str) -> bool {
        let mut levels = self.as_str().split('/');
        ancestor.split('/').all(|level| levels.next().is_some_and(|own| own.eq_ignore_ascii_case(level)))
    }

    /// `resp-code = "[" resp-level *("/" resp-level) "]"`, and what follows it; nothing if `text` starts otherwise.
    pub(crate) fn split_from(text: &[u8]) -> Option<(Self, &[u8])> {
        let end = memchr::memchr(b']', text)?;
        let code = core::str::from_utf8(text.get(1..end)?).ok()?;
        let rest = text.get(end + 1..)?;
        Some((
            Self::new(code).filter(|_| text.first() == Some(&b'['))?,
            rest.strip_prefix(b" ").unwrap_or(rest),
        ))
    }
}

impl fmt::Display for ResponseCode {
    /// The code in its brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", self.as_str())
    }
}

/// A code that is not known here; [`ResponseCode::as_str`] shows it.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct OtherCode(Box<str>);

impl fmt::Debug for OtherCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from(self.0.clone()))
    }
}

/// `rchar = %x21-2E / %x30-5C / %x5E-7F`
fn is_rchar(octet: u8) -> bool {
    matches!(octet, 0x21..=0x2E | 0x30..=0x5C | 0x5E..=0x7E)
}
