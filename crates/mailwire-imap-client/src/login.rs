use mailwire_imap::Status;
use mailwire_sasl::Mechanism;

/// A way to log in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Method {
    /// LOGIN (RFC 9051 section 6.2.3)
    Login,
    /// The session was authenticated from the start: PREAUTH.
    PreAuth,
    /// AUTHENTICATE with this mechanism (RFC 9051 section 6.2.2)
    Sasl(Mechanism),
}

/// Why a login failed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// There is no way that both sides know and the policy permits.
    #[error("no way to log in that both sides know and that is permitted here")]
    NoMethod,
    /// The server refuses.
    #[error("the server refuses the login: {}", status.to_string_lossy())]
    Refused {
        /// By what.
        method: Method,
        /// What it said; its code may say whether to ask the user for another password or to try later.
        status: Status,
    },
}
