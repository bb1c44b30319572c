use std::{io, sync::Arc};

use mailwire_pop3::{ParseError, Reply, ResponseCode};
use mailwire_pop3_client::{ApiMisuse, LoginError};

/// What went wrong between a [`Client`](super::Client) and its server.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server closed the connection, and said why before.
    #[error("the server closed the connection: {reply}")]
    Closed {
        /// What it said.
        reply: Reply,
    },
    /// [`ClientConfig::connect_timeout`](super::ClientConfig::connect_timeout) has passed.
    #[error("no connection in time")]
    ConnectTimeout,
    /// The network, or the TLS handshake.
    #[error("{0}")]
    Io(Arc<io::Error>),
    /// The login failed; the session may go on.
    #[error("{0}")]
    Login(Arc<LoginError>),
    /// A call that does not fit the state of the session; it has no effect.
    #[error("{0}")]
    Misuse(#[from] ApiMisuse),
    /// The server's positive reply does not say what it has to say; the session goes on.
    #[error("the reply to {command} cannot be read: {error}")]
    Parse {
        /// The keyword.
        command: String,
        /// What is wrong with it.
        error: ParseError,
    },
    /// The session broke down.
    #[error("{0}")]
    Protocol(#[from] mailwire_pop3_client::Error),
    /// The server says `-ERR`; the session goes on.
    #[error("the server refuses {command}: {reply}")]
    Refused {
        /// The keyword.
        command: String,
        /// What it said.
        reply: Reply,
    },
    /// The server has no STLS, and without TLS nothing is done.
    #[error("the server does not begin TLS: {reply}")]
    StlsRefused {
        /// What it said.
        reply: Reply,
    },
    /// TLS cannot be set up on this side.
    #[error("{0}")]
    Tls(#[from] crate::tls::Error),
    /// The server refuses a command that it does not announce: UIDL, TOP and others are optional.
    #[error("the server has no {command}: {reply}")]
    Unsupported {
        /// The keyword.
        command: String,
        /// What it said.
        reply: Reply,
    },
}

impl Error {
    /// The response code of the server's reply, if there is one.
    pub fn code(&self) -> Option<&ResponseCode> {
        match self {
            Self::Closed { reply }
            | Self::Refused { reply, .. }
            | Self::StlsRefused { reply }
            | Self::Unsupported { reply, .. } => reply.code(),
            Self::Login(error) => error.code(),
            _ => None,
        }
    }

    /// Whether the user's credentials are wrong, so that asking for others helps, and trying again does not.
    pub fn is_authentication(&self) -> bool {
        matches!(self, Self::Login(error) if !error.is_temporary())
    }

    /// Whether the session is over, so that only a new connection helps.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Closed { .. }
            | Self::ConnectTimeout
            | Self::Io(_)
            | Self::Protocol(_)
            | Self::StlsRefused { .. }
            | Self::Tls(_) => true,
            Self::Login(_)
            | Self::Misuse(_)
            | Self::Parse { .. }
            | Self::Refused { .. }
            | Self::Unsupported { .. } => false,
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
