use std::{io, sync::Arc, time::Duration};

use mailwire_imap_client::{
    ApiMisuse, CommandError, Error as Protocol, LoginError, Unsupported,
    codec::{Code, Mailbox, Octets, Status},
};

/// What went wrong between a [`Client`](super::Client) and its server.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The session was ended by this side.
    #[error("the session is closed")]
    Closed,
    /// A command has no answer; the session goes on.
    #[error("{0}")]
    Command(#[from] CommandError),
    /// [`ClientConfig::connect_timeout`](super::ClientConfig::connect_timeout) has passed.
    #[error("no session in time")]
    ConnectTimeout,
    /// There are no credentials to log in with.
    #[error("no credentials: {0}")]
    Credentials(Arc<dyn std::error::Error + Send + Sync>),
    /// So many events were lost, because nobody took them and
    /// [`ClientConfig::events`](super::ClientConfig::events) was exceeded; the session goes on, and so do the next events. What
    /// [`selected`](super::Client::selected) says is right.
    #[error("{count} events were lost, because nobody took them")]
    EventsLost {
        /// How many.
        count: u64,
    },
    /// The network, or the TLS handshake.
    #[error("{0}")]
    Io(Arc<io::Error>),
    /// Somebody else had the mailbox for too long: see [`Handle::lock_with`](super::Handle::lock_with). The session goes on.
    #[error("{} has been locked for {} s: {purpose}", mailbox.name(), held.as_secs())]
    Locked {
        /// Which mailbox was locked.
        mailbox: Mailbox,
        /// What for.
        purpose: String,
        /// Since when.
        held: Duration,
    },
    /// The login failed; the session may go on.
    #[error("{0}")]
    Login(Arc<LoginError>),
    /// The server did not send the octets of a message, or not all: the message may be gone. The session goes on.
    #[error("the server did not send all octets of the message")]
    Missing,
    /// A call that does not fit the state of the session; it has no effect.
    #[error("{0}")]
    Misuse(#[from] ApiMisuse),
    /// A transfer was given up, because nobody read from it while other commands were waited for, and
    /// [`ClientConfig::read_ahead`](super::ClientConfig::read_ahead) was exceeded; the session goes on.
    #[error("the transfer was given up: nobody read from it while other commands were waited for")]
    Overrun,
    /// The session broke down.
    #[error("{0}")]
    Protocol(Protocol),
    /// The message that was being sent could not be read from its source. The server waits for the rest of it, so the session
    /// cannot go on.
    #[error("the message that was being sent cannot be read: {0}")]
    Source(Arc<io::Error>),
    /// The message that was being sent is shorter than announced. The server waits for the rest of it, so the session cannot
    /// go on.
    #[error("the message that was being sent is {missing} octets shorter than announced")]
    SourceTooShort {
        /// How many octets are missing.
        missing: u64,
    },
    /// The server does not begin TLS, and without TLS nothing is done.
    #[error("the server does not begin TLS: {}", status.to_string_lossy())]
    StartTlsRefused {
        /// What it said.
        status: Box<Status>,
    },
    /// TLS cannot be set up on this side.
    #[error("{0}")]
    Tls(#[from] crate::tls::Error),
}

impl Error {
    /// What the server said, if it is the server that refused or closed.
    pub fn status(&self) -> Option<&Status> {
        match self {
            Self::Command(error) => error.status(),
            Self::Login(error) => error.status(),
            Self::Protocol(error) => error.status(),
            Self::StartTlsRefused { status } => Some(status),
            _ => None,
        }
    }

    /// The response code of what the server said ([RFC 9051 section 7.1](https://www.rfc-editor.org/rfc/rfc9051#section-7.1)).
    pub fn code(&self) -> Option<&Code> {
        self.status()?.code.as_ref()
    }

    /// Where the mailboxes are, as URLs, if the server says that they are elsewhere: `[REFERRAL ..]`
    /// ([RFC 2221](https://www.rfc-editor.org/rfc/rfc2221), [RFC 2193](https://www.rfc-editor.org/rfc/rfc2193)).
    pub fn referrals(&self) -> &[Octets] {
        if let Some(Code::Referral(urls)) = self.code() { urls } else { &[] }
    }

    /// The name of the command that was refused.
    pub fn command(&self) -> Option<&'static str> {
        if let Self::Command(CommandError::Refused { command, .. }) = self { Some(command) } else { None }
    }

    /// Whether the user's credentials are wrong, so that asking for others helps, and trying again does not.
    pub fn is_authentication(&self) -> bool {
        match self {
            Self::Login(error) if matches!(**error, LoginError::Binding { .. }) => false,
            Self::Login(error) => !error.is_temporary() && error.referrals().is_empty(),
            _ => false,
        }
    }

    /// Whether the session is over, so that only a new connection helps.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Closed
            | Self::ConnectTimeout
            | Self::Credentials(_)
            | Self::Io(_)
            | Self::Protocol(_)
            | Self::Source(_)
            | Self::SourceTooShort { .. }
            | Self::StartTlsRefused { .. }
            | Self::Tls(_) => true,
            Self::Command(_)
            | Self::EventsLost { .. }
            | Self::Locked { .. }
            | Self::Login(_)
            | Self::Missing
            | Self::Misuse(_)
            | Self::Overrun => false,
        }
    }

    /// Whether the same may succeed later: the server is busy, or the network is down.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Command(error) => error.is_temporary(),
            Self::Login(error) => error.is_temporary(),
            Self::ConnectTimeout | Self::Locked { .. } => true,
            // A certificate that is not trusted, or no TLS where TLS is meant.
            Self::Io(error) => error.kind() != io::ErrorKind::InvalidData,
            Self::Protocol(error) => {
                matches!(error, Protocol::Bye { .. } | Protocol::Timeout(_) | Protocol::UnexpectedEof)
            }
            _ => false,
        }
    }

    /// How long the server wants us to wait before we try again, if it says so.
    pub fn backoff(&self) -> Option<Duration> {
        match self {
            Self::Command(error) => error.backoff(),
            Self::Login(error) => error.backoff(),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(Arc::new(error))
    }
}

impl From<LoginError> for Error {
    fn from(error: LoginError) -> Self {
        Self::Login(Arc::new(error))
    }
}

impl From<Protocol> for Error {
    fn from(error: Protocol) -> Self {
        match error {
            Protocol::ApiMisuse(misuse) => Self::Misuse(misuse),
            error => Self::Protocol(error),
        }
    }
}

impl From<Unsupported> for Error {
    fn from(error: Unsupported) -> Self {
        Self::Command(error.into())
    }
}
