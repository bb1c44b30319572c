use bytes::Bytes;
use mailwire_pop3::{
    Capability, Command, ParseError, Reply,
    language::LanguageListing,
    listing::{ScanListing, UniqueIdListing},
};

use crate::{LoginError, Method};

/// What happened, in the order of the wire.
///
/// The answer to a command is one [`Reply`](Self::Reply), then, if its `more` is set, any number of [`Row`](Self::Row)
/// and [`Data`](Self::Data), then [`End`](Self::End).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The server is there. Commands sent before that leave now.
    Greeting {
        /// Its greeting.
        reply: Reply,
    },
    /// The first line of an answer, or all of it.
    Reply {
        /// To which command.
        id: CommandId,
        /// The line.
        reply: Reply,
        /// Whether rows or data follow, up to [`Event::End`].
        more: bool,
    },
    /// A line of a listing.
    Row {
        /// Of the answer to which command.
        id: CommandId,
        /// What it says.
        row: Row,
    },
    /// Octets of a message, dot-stuffing undone. Never empty.
    Data {
        /// Of the answer to which command.
        id: CommandId,
        /// The octets.
        octets: Bytes,
    },
    /// An answer with rows or data is complete.
    End {
        /// The answer to which command.
        id: CommandId,
    },
    /// The server agreed to STLS: make the TLS handshake, then call [`tls_started`](crate::Connection::tls_started).
    StartTls,
    /// The server does not agree to STLS; the session goes on in clear text.
    StartTlsRefused {
        /// What it said.
        reply: Reply,
    },
    /// The session is logged in, and its capabilities are known.
    LoggedIn {
        /// By what.
        method: Method,
    },
    /// The login failed. The session may go on, unless the server closes it.
    LoginFailed {
        /// Why.
        error: LoginError,
    },
    /// A `-ERR` without a command: the server is about to close the connection, and says why.
    Notice {
        /// What it says.
        reply: Reply,
    },
    /// QUIT was answered: the session is over, close the connection.
    Closed,
}

/// Which of the commands that were [sent](crate::Connection::send) an event is about.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CommandId(pub(crate) u64);

/// A line of a listing.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Row {
    /// Of CAPA.
    Capability(Capability),
    /// Of LANG.
    Language(LanguageListing),
    /// Of AUTH without arguments: the name of a mechanism, as sent.
    Mechanism(Bytes),
    /// Of LIST.
    Scan(ScanListing),
    /// Of UIDL.
    UniqueId(UniqueIdListing),
    /// Of any of these, but it cannot be read. The rows around it can.
    Unparsed(ParseError),
}

impl Row {
    /// Reads a line of the answer to `command`.
    pub(crate) fn parse(command: &Command, line: &Bytes) -> Self {
        let row = match command {
            Command::AuthList => Ok(Self::Mechanism(line.clone())),
            Command::Capa => Capability::parse(line).map(Self::Capability),
            Command::Lang(_) => LanguageListing::parse(line).map(Self::Language),
            Command::Uidl(_) => UniqueIdListing::parse(line).map(Self::UniqueId),
            _ => ScanListing::parse(line).map(Self::Scan),
        };
        row.unwrap_or_else(Self::Unparsed)
    }
}
