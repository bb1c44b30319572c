use mailwire_pop3::{ParseError, line::FramingError};

/// Why a connection is at its end. Its variants say whose fault it is.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// This side called what cannot be called now. The connection goes on.
    #[error("wrong use of the connection: {0}")]
    ApiMisuse(#[from] ApiMisuse),
    /// The server sent a line that cannot end, or that is too long.
    #[error("the server's octets cannot be framed: {0}")]
    Framing(#[from] FramingError),
    /// The server makes us hold too much.
    #[error("the server exceeds a limit: {0}")]
    Limit(Limit),
    /// The server sent a line that has to be understood and cannot be.
    #[error("the server's line cannot be read: {0}")]
    Parse(#[from] ParseError),
    /// The server does what the protocol forbids.
    #[error("the server misbehaves: {0}")]
    PeerMisbehaved(#[from] PeerMisbehaved),
    /// The server is silent for too long.
    #[error("no answer in time: {0}")]
    Timeout(Timeout),
    /// The connection ended before QUIT was answered. What was to be deleted may still be there.
    #[error("the connection ended in the middle of the session")]
    UnexpectedEof,
}

/// A call that does not fit the state of the connection; it has no effect.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiMisuse {
    /// Nothing can be sent any more.
    #[error("the connection is closed or closing")]
    Closed,
    /// TLS is there already, or was never asked for.
    #[error("TLS cannot begin now")]
    NoTlsNow,
    /// A login or a STLS is in progress, and everything else has to wait for its end.
    #[error("a login or the start of TLS is in progress")]
    Busy,
    /// The command belongs to the authorization state, the session is past it.
    #[error("the session is logged in already")]
    LoggedIn,
    /// AUTH and STLS are sent by [`login`](crate::Connection::login) and [`start_tls`](crate::Connection::start_tls) alone.
    #[error("this command has a method of its own")]
    OwnMethod,
}

/// Which limit the server exceeds.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::capabilities`](mailwire_pop3::Limits::capabilities)
    #[error("too many capabilities")]
    Capabilities,
    /// [`Config::max_rows`](crate::Config::max_rows)
    #[error("too many rows in one listing")]
    Rows,
}

/// What the server did that the protocol forbids.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PeerMisbehaved {
    /// A reply before its command was sent: somebody guesses, or injects.
    #[error("a reply came before its command was sent")]
    EarlyReply,
    /// Octets after the reply to STLS and before TLS (CVE-2011-0411 and its kin).
    #[error("octets in clear text follow the reply to STLS")]
    PlaintextAfterStls,
    /// The server's greeting is `-ERR`.
    #[error("the server refuses the connection")]
    RefusedConnection,
    /// A reply to nothing.
    #[error("a reply came without a command")]
    UnsolicitedReply,
    /// `+OK` to a login whose mechanism makes the server prove itself, without the proof.
    #[error("the server accepts the login without proving who it is")]
    UnprovenServer,
    /// A challenge outside an AUTH exchange.
    #[error("a challenge came outside of a login")]
    UnsolicitedChallenge,
}

/// Which deadline has passed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Timeout {
    /// [`Timeouts::greeting`](crate::Timeouts::greeting)
    #[error("the greeting")]
    Greeting,
    /// [`Timeouts::silence`](crate::Timeouts::silence)
    #[error("the next octet")]
    Silence,
    /// [`Timeouts::command`](crate::Timeouts::command)
    #[error("a whole reply")]
    Command,
}
