use alloc::boxed::Box;
use core::time::Duration;

use mailwire_pop3::{Argument, MessageNumber, Reply, dot::Stuffer, greeting::Digest};
use mailwire_sasl::server::Exchange;

use crate::{maildrop::Maildrop, top::Top};

/// Where the session stands ([RFC 1939 section 3](https://www.rfc-editor.org/rfc/rfc1939#section-3)).
///
/// Commands are read in `Authorization` and `Transaction` alone, lines of SASL in `Challenged`.
///
/// ```text
///                 +-- Handshake <--STLS--+
///    tls_started  v                      |
/// ------------> Authorization -----------+---- QUIT ------------------------> Closing ---> Closed
///                 |       ^                                                     ^    (flushed)
///  AUTH PASS APOP |       | failure, at once or later                           |
///                 v       |                                                     |
///              Asking <-> Challenged, Delayed                                   |
///                 | yes   |                                                     |
///                 v       | refused                                             |
///              Opening ---+                                                     |
///                 | opened                                                      |
///                 v                                                             |
///             Transaction ---- QUIT ---> Committing ---- committed -------------+
///               |     ^                                                         ^
///     LIST RETR v     | the end of the answer                                   |
///              Listing, Retrieving ------ failed in the middle, any error ------+
/// ```
#[derive(Debug)]
pub(crate) enum State {
    Authorization {
        user: Option<Argument>,
    },
    /// The host knows whether the credentials are right.
    Asking(Box<Asking>),
    /// The client's response to a SASL challenge is next.
    Challenged(Box<Exchange>),
    /// The reply to a failed login waits.
    Delayed {
        until: Duration,
        reply: Reply,
    },
    Handshake,
    Opening,
    Transaction(Maildrop),
    Listing(Maildrop, Listing),
    Retrieving(Maildrop, Transfer),
    Committing,
    /// The last octets leave.
    Closing,
    Closed,
}

/// What was asked.
#[derive(Debug)]
pub(crate) enum Asking {
    Sasl(Exchange),
    Apop { user: Argument, digest: Digest },
}

/// A listing that leaves row by row, as fast as the client reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listing {
    pub(crate) columns: Columns,
    /// The message of the next row; nothing after the last.
    pub(crate) next: Option<MessageNumber>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Columns {
    Octets,
    UniqueId,
}

/// A message on its way.
#[derive(Debug)]
pub(crate) struct Transfer {
    /// For the reply, which leaves with the first octets.
    pub(crate) octets: u64,
    pub(crate) is_started: bool,
    pub(crate) stuffer: Stuffer,
    pub(crate) top: Option<Top>,
}

impl State {
    pub(crate) fn start() -> Self {
        Self::Authorization { user: None }
    }

    /// Whether the client is not logged in.
    pub(crate) fn is_before_login(&self) -> bool {
        match self {
            Self::Authorization { .. }
            | Self::Asking(_)
            | Self::Challenged(_)
            | Self::Delayed { .. }
            | Self::Handshake
            | Self::Opening => true,
            Self::Transaction(_)
            | Self::Listing(..)
            | Self::Retrieving(..)
            | Self::Committing
            | Self::Closing
            | Self::Closed => false,
        }
    }

    /// Whether the next line of the client can be read.
    pub(crate) fn reads_lines(&self) -> bool {
        match self {
            Self::Authorization { .. } | Self::Challenged(_) | Self::Transaction(_) => true,
            Self::Asking(_)
            | Self::Delayed { .. }
            | Self::Handshake
            | Self::Opening
            | Self::Listing(..)
            | Self::Retrieving(..)
            | Self::Committing
            | Self::Closing
            | Self::Closed => false,
        }
    }
}
