use mailwire_pop3::line::FramingError;

/// Why a connection is at its end. Its variants say whose fault it is.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client sent a line that cannot end, or that is too long.
    #[error("the client's octets cannot be framed: {0}")]
    Framing(#[from] FramingError),
    /// The client does what the protocol forbids.
    #[error("the client misbehaves: {0}")]
    PeerMisbehaved(#[from] PeerMisbehaved),
}

/// What the client did that the protocol forbids.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PeerMisbehaved {
    /// It speaks HTTP, SMTP or TLS.
    #[error("the client speaks another protocol")]
    OtherProtocol,
    /// Octets after STLS and before TLS (CVE-2011-0411 and its kin).
    #[error("octets in clear text follow STLS")]
    PlaintextAfterStls,
    /// [`Config::max_bad_commands`](crate::Config::max_bad_commands)
    #[error("too many bad commands in a row")]
    TooManyBadCommands,
    /// [`LoginPolicy::max_failures`](crate::LoginPolicy::max_failures)
    #[error("too many failed logins")]
    TooManyFailures,
}

/// A call that does not fit the state of the connection; it has no effect.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the connection did not ask for this")]
pub struct ApiMisuse;
