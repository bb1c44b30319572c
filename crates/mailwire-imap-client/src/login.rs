//! How to log in. The steps of it are in `attempt`.

mod attempt;
mod error;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;

use mailwire_imap::{Code, Octets, Status};
use mailwire_sasl::{ChannelBinding, Limits, Mechanism, client::Credentials};

pub use self::error::LoginError;
pub(crate) use self::{
    attempt::{Action, Attempt, Context},
    error::is_not_connected,
};

/// How to log in: with which credentials, and what is permitted.
///
/// The ways are tried in this order, and the first that both sides know is taken: SASL mechanisms that do not show the
/// password, the strongest first; PLAIN and other SASL mechanisms that do; LOGIN, unless the server says `LOGINDISABLED`.
/// The next one is tried only if the server refused a way before it saw anything derived from the password.
///
/// On a line without TLS nothing that shows the password or the token is taken, unless
/// [`allow_cleartext`](Self::allow_cleartext) says so.
///
/// ```
/// use mailwire_imap_client::{
///     Login, Method,
///     sasl::{Mechanism, client::Credentials},
/// };
///
/// # let random = [7; 18];
/// let login = Login::new(Credentials::password("ann", "correct horse"), random)
///     .without(Method::Login)
///     .without(Method::Sasl(Mechanism::CramMd5));
/// assert!(!format!("{login:?}").contains("horse"));
/// ```
#[derive(Clone, Debug)]
pub struct Login {
    credentials: Credentials,
    nonce: Vec<u8>,
    binding: Option<ChannelBinding>,
    limits: Limits,
    allow_cleartext: bool,
    initial_response: bool,
    excluded: Vec<Method>,
}

/// A way to log in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Method {
    /// LOGIN ([RFC 9051 section 6.2.3](https://www.rfc-editor.org/rfc/rfc9051#section-6.2.3))
    Login,
    /// The session was authenticated from the start: PREAUTH.
    PreAuth,
    /// AUTHENTICATE with this mechanism
    /// ([RFC 9051 section 6.2.2](https://www.rfc-editor.org/rfc/rfc9051#section-6.2.2))
    Sasl(Mechanism),
}

/// A login that succeeded.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LoggedIn {
    /// By what.
    pub method: Method,
    /// What the server said: the tagged OK, or its greeting if that was PREAUTH.
    pub status: Status,
}

impl LoggedIn {
    /// The response code of what the server said.
    pub fn code(&self) -> Option<&Code> {
        self.status.code.as_ref()
    }

    /// Where the user's own mailboxes are if they are elsewhere, and this server has public ones alone: `[REFERRAL ..]`
    /// ([RFC 2221 section 4](https://www.rfc-editor.org/rfc/rfc2221#section-4)). [`Url::parse`](mailwire_imap::url::Url::parse)
    /// reads such a URL.
    pub fn referrals(&self) -> &[Octets] {
        referrals(self.code())
    }
}

impl Login {
    /// With these credentials. `nonce` is at least 18 octets that nobody can predict, different for each login.
    pub fn new(credentials: Credentials, nonce: impl Into<Vec<u8>>) -> Self {
        Self {
            credentials,
            nonce: nonce.into(),
            binding: None,
            limits: Limits::default(),
            allow_cleartext: false,
            initial_response: true,
            excluded: Vec::new(),
        }
    }

    /// What ties the login to the TLS connection below it.
    #[must_use]
    pub fn with_channel_binding(mut self, binding: impl Into<Option<ChannelBinding>>) -> Self {
        self.binding = binding.into();
        self
    }

    /// What the server may make this side compute.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Permits ways that show the password on a line without TLS.
    #[must_use]
    pub fn allow_cleartext(mut self) -> Self {
        self.allow_cleartext = true;
        self
    }

    /// Never uses this way.
    #[must_use]
    pub fn without(mut self, method: Method) -> Self {
        self.excluded.push(method);
        self
    }

    /// Sends nothing along with AUTHENTICATE, for servers that announce `SASL-IR` and cannot do it.
    ///
    /// Where a server says `BAD` to it, the same is tried without by itself.
    #[must_use]
    pub fn without_initial_response(mut self) -> Self {
        self.initial_response = false;
        self
    }
}

/// The URLs of `[REFERRAL ..]`.
pub(crate) fn referrals(code: Option<&Code>) -> &[Octets] {
    if let Some(Code::Referral(urls)) = code { urls } else { &[] }
}
