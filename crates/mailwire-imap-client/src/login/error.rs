use alloc::boxed::Box;
use core::time::Duration;

use mailwire_imap::{Code, Octets, Status, encoder::EncodeError};
use mailwire_sasl::{OAuthError, saslprep};

use super::{Method, referrals};
use crate::error::{backoff, is_temporary};

/// Why a login failed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// The server offers to bind the login to TLS and does not take the binding, as Cyrus, which knows `tls-unique` alone, and TLS
    /// 1.3 has none of that. Or somebody who sits on the line has another connection to the server than we have to him: so
    /// nothing weaker is tried. Who trusts the line excludes [this way](Self::method): see
    /// [`Login::without`](crate::Login::without).
    #[error("the server does not take the binding of the login to TLS: {}", status.to_string_lossy())]
    Binding {
        /// By what.
        method: Method,
        /// What it said.
        status: Box<Status>,
    },
    /// The server's challenge is no base64, or longer than [`Limits::max_message`](mailwire_sasl::Limits::max_message).
    #[error("the challenge cannot be read: {error}")]
    Challenge {
        /// By what.
        method: Method,
        /// What is wrong.
        error: mailwire_sasl::Error,
    },
    /// The user name or password cannot stand in a command.
    #[error("the user name or password cannot be sent: {0}")]
    InvalidCredentials(EncodeError),
    /// Only LOGIN is left, and the server announces `LOGINDISABLED`: mostly because TLS has to begin first.
    #[error("the server takes no LOGIN, and nothing else that is permitted here")]
    LoginDisabled,
    /// There is no way that both sides know and the policy permits.
    #[error("no way to log in that both sides know and that is permitted here")]
    NoMethod,
    /// The server says OK to the login and to the next command that there is no mailbox behind it, as Exchange does with
    /// users who may not use IMAP, and with wrong names of shared mailboxes.
    #[error("the server accepts the login, but has no mailbox for it: {}", status.to_string_lossy())]
    NotConnected {
        /// By what.
        method: Method,
        /// What it said.
        status: Box<Status>,
    },
    /// The server does not take the token, and says why.
    #[error("the server refuses the token: {error:?}")]
    OAuth {
        /// By what.
        method: Method,
        /// The server's words.
        error: Box<OAuthError>,
        /// What it said after them.
        status: Box<Status>,
    },
    /// The user name or password has characters that no login may have
    /// ([RFC 4013](https://www.rfc-editor.org/rfc/rfc4013)).
    #[error("the user name or password cannot be prepared: {0}")]
    Preparation(saslprep::Error),
    /// The server refuses.
    #[error("the server refuses the login: {}", status.to_string_lossy())]
    Refused {
        /// By what.
        method: Method,
        /// What it said; its code may say whether to ask the user for another password or to try later.
        status: Box<Status>,
    },
    /// The server's side of the exchange is wrong, so it may be somebody else.
    #[error("the exchange failed: {error}")]
    Sasl {
        /// By what.
        method: Method,
        /// What is wrong.
        error: mailwire_sasl::Error,
    },
}

impl LoginError {
    /// Which way was tried last.
    pub fn method(&self) -> Option<Method> {
        match self {
            Self::InvalidCredentials(_) | Self::LoginDisabled | Self::NoMethod | Self::Preparation(_) => None,
            Self::Binding { method, .. }
            | Self::Challenge { method, .. }
            | Self::NotConnected { method, .. }
            | Self::OAuth { method, .. }
            | Self::Refused { method, .. }
            | Self::Sasl { method, .. } => Some(*method),
        }
    }

    /// What the server said at the end, if it was asked.
    pub fn status(&self) -> Option<&Status> {
        match self {
            Self::Binding { status, .. }
            | Self::NotConnected { status, .. }
            | Self::OAuth { status, .. }
            | Self::Refused { status, .. } => Some(status),
            _ => None,
        }
    }

    /// The response code of the server's answer: `[AUTHENTICATIONFAILED]`, `[EXPIRED]`, `[CONTACTADMIN]`
    /// ([RFC 5530](https://www.rfc-editor.org/rfc/rfc5530)).
    pub fn code(&self) -> Option<&Code> {
        self.status()?.code.as_ref()
    }

    /// Where the user's mailboxes are, as URLs, if this server has none for him: `[REFERRAL ..]`
    /// ([RFC 2221 section 4](https://www.rfc-editor.org/rfc/rfc2221#section-4)).
    ///
    /// Anybody who sits on the line, or runs the server, can say this: ask the user before the password goes elsewhere.
    pub fn referrals(&self) -> &[Octets] {
        referrals(self.code())
    }

    /// Whether the same credentials may do later: the system is ill, busy, or throttles.
    pub fn is_temporary(&self) -> bool {
        // The limit of a login is how many sessions there are, which will be fewer.
        self.status().is_some_and(|status| is_temporary(status) || status.code == Some(Code::Limit))
    }

    /// How long the server wants us to wait, as Exchange says it in its text:
    /// `Request is throttled. Suggested Backoff Time: 92415 milliseconds`.
    pub fn backoff(&self) -> Option<Duration> {
        self.status().and_then(backoff)
    }
}

/// Whether Cyrus says that it is not the password which is wrong: `NO bad protocol / cancel`.
pub(crate) fn is_bad_protocol(status: &Status) -> bool {
    status.to_string_lossy().to_ascii_lowercase().starts_with("bad protocol")
}

/// Whether a refusal says that the login, which had an OK, was none.
pub(crate) fn is_not_connected(status: &Status) -> bool {
    !status.is_ok()
        && status.to_string_lossy().to_ascii_lowercase().contains("authenticated but not connected")
}
