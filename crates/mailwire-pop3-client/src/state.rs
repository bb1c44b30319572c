use mailwire_pop3::Command;

use crate::Error;

/// Where the session stands ([RFC 1939 section 3](https://www.rfc-editor.org/rfc/rfc1939#section-3)).
///
/// ```text
///            greeting                  login                QUIT answered
/// Greeting -----------> Authorization -------> Transaction ---------------> Closed
///                         |    ^    |                                         ^
///             STLS agreed |    |    +------------- QUIT answered -------------+
///                         v    | tls_started
///                        Handshake
///
/// any, on an error ---> Failed, for ever
/// ```
#[derive(Debug)]
pub(crate) enum State {
    Greeting,
    Authorization,
    Handshake,
    Transaction,
    Closed,
    Failed(Error),
}

impl State {
    /// After the greeting `+OK`.
    pub(crate) fn on_greeting(self) -> Self {
        match self {
            Self::Greeting => Self::Authorization,
            other @ (Self::Authorization
            | Self::Handshake
            | Self::Transaction
            | Self::Closed
            | Self::Failed(_)) => other,
        }
    }

    /// After the whole answer to `command`.
    pub(crate) fn on_answer(self, command: &Command, is_ok: bool) -> Self {
        match (self, command) {
            (Self::Authorization, Command::Stls) if is_ok => Self::Handshake,
            (Self::Authorization, Command::Apop { .. } | Command::Auth { .. } | Command::Pass(_))
                if is_ok =>
            {
                Self::Transaction
            }
            // "-ERR some deleted messages not removed" ends the session too (RFC 1939 section 6).
            (Self::Authorization | Self::Transaction, Command::Quit) => Self::Closed,
            (other, _) => other,
        }
    }

    /// After the TLS handshake.
    pub(crate) fn on_tls(self) -> Self {
        match self {
            Self::Handshake => Self::Authorization,
            other @ (Self::Greeting
            | Self::Authorization
            | Self::Transaction
            | Self::Closed
            | Self::Failed(_)) => other,
        }
    }

    /// Whether commands may leave.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Authorization | Self::Transaction)
    }
}
