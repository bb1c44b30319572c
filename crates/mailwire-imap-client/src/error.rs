use alloc::{boxed::Box, string::String};
use core::time::Duration;

use mailwire_imap::{Code, Octets, Status, encoder::EncodeError, frame::FramingError, status::Kind};

use crate::login::{is_not_connected, referrals};

/// Why a connection is at its end. Its variants say whose fault it is.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// This side called what cannot be called now. The connection goes on.
    #[error("wrong use of the connection: {0}")]
    ApiMisuse(#[from] ApiMisuse),
    /// The server said that it ends the session: BYE that nobody asked for.
    #[error("the server ends the session: {}", text(status))]
    Bye {
        /// What it said.
        status: Box<Status>,
    },
    /// The server sent octets that cannot be framed: too long a line, for example.
    #[error("the server's octets cannot be framed: {0}")]
    Framing(#[from] FramingError),
    /// The server makes us hold too much.
    #[error("the server exceeds a limit: {0}")]
    Limit(#[from] Limit),
    /// The server does what the protocol forbids.
    #[error("the server misbehaves: {0}")]
    PeerMisbehaved(#[from] PeerMisbehaved),
    /// The server is silent for too long.
    #[error("no answer in time: {0}")]
    Timeout(#[from] Timeout),
    /// The connection ended before LOGOUT was answered.
    #[error("the connection ended in the middle of the session")]
    UnexpectedEof,
}

/// A call that does not fit the state of the connection; it has no effect.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiMisuse {
    /// A login, STARTTLS or COMPRESS is in progress, and everything else has to wait for its end.
    #[error("a login, the start of TLS or of compression is in progress")]
    Busy,
    /// Nothing can be sent any more.
    #[error("the connection is closed or closing")]
    Closed,
    /// The session is logged in already.
    #[error("the session is logged in")]
    LoggedIn,
    /// COMPRESS is active already, or was never agreed on, or nothing ended it.
    #[error("compression cannot begin or end now")]
    NoCompressionNow,
    /// No literal is wanted, or fewer octets of it.
    #[error("no octets are wanted, or fewer of them")]
    NoLiteralNow,
    /// TLS is there already, or was never asked for, or it is too late for it.
    #[error("TLS cannot begin now")]
    NoTlsNow,
    /// AUTHENTICATE, LOGIN, STARTTLS, COMPRESS and IDLE are sent by methods of their own.
    #[error("this command has a method of its own")]
    OwnMethod,
}

/// Which limit the server exceeds.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// [`Config::max_events`](crate::Config::max_events)
    #[error("too many events that nobody takes")]
    Events,
}

/// What the server did that the protocol forbids.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PeerMisbehaved {
    /// Octets that are still compressed after the OK to UNAUTHENTICATE, which ends the compression
    /// ([RFC 8437 section 4.1](https://www.rfc-editor.org/rfc/rfc8437#section-4.1)).
    #[error("compressed octets follow the answer to UNAUTHENTICATE")]
    CompressedAfterUnauthenticate,
    /// A completion or `+` before its command was sent: somebody guesses, or injects.
    #[error("an answer came before its command was sent")]
    EarlyAnswer,
    /// The first line is no greeting.
    #[error("the first line is no greeting")]
    NoGreeting,
    /// Octets after the OK to STARTTLS and before TLS (CVE-2011-0411 and its kin).
    #[error("octets in clear text follow the answer to STARTTLS")]
    PlaintextAfterStartTls,
    /// PREAUTH on a line without TLS, where TLS is required or was asked for: nobody could begin it any more
    /// ([RFC 9051 section 7.1.4](https://www.rfc-editor.org/rfc/rfc9051#section-7.1.4)).
    #[error("the session is authenticated in clear text, so that TLS cannot begin")]
    PreAuthInClear,
    /// OK to a login whose mechanism makes the server prove itself, without the proof.
    #[error("the server accepts the login without proving who it is")]
    UnprovenServer,
}

/// Which deadline has passed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Timeout {
    /// [`Timeouts::command`](crate::Timeouts::command)
    #[error("a whole answer")]
    Command,
    /// [`Timeouts::done`](crate::Timeouts::done)
    #[error("the end of IDLE")]
    Done,
    /// [`Timeouts::greeting`](crate::Timeouts::greeting)
    #[error("the greeting")]
    Greeting,
    /// [`Timeouts::silence`](crate::Timeouts::silence)
    #[error("the next octet")]
    Silence,
}

/// Why a command has no answer. The session goes on.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// A literal before the completion had another length than announced. The command was completed with OK, but a part of
    /// its answer may be missing.
    #[error("a response that could not be read may have hidden a part of the answer")]
    Doubtful,
    /// It cannot be written for this server; nothing was sent.
    #[error("the command cannot be sent: {0}")]
    Encode(#[from] EncodeError),
    /// Sequence numbers after UIDONLY was enabled ([RFC 9586](https://www.rfc-editor.org/rfc/rfc9586)); nothing was sent.
    #[error("sequence numbers mean nothing after UIDONLY was enabled")]
    NoSequenceNumbers,
    /// The server says NO or BAD.
    #[error("the server refuses {command}: {}", text(status))]
    Refused {
        /// The command's first word, or its second after `UID`.
        command: &'static str,
        /// What it said; [`Status::kind`] is `NO` or `BAD`.
        status: Box<Status>,
    },
    /// The message is longer than the server takes ([RFC 7889](https://www.rfc-editor.org/rfc/rfc7889)); nothing was sent.
    #[error("the message has {octets} octets, and the server takes no more than {limit}")]
    TooLarge {
        /// How many octets it has.
        octets: u64,
        /// How many the server takes.
        limit: u64,
    },
    /// The server lacks what it takes; nothing was sent.
    #[error("{0}")]
    Unsupported(#[from] Unsupported),
}

/// The server does not announce what a command takes, or the application switched it off.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the server has no {capability}")]
pub struct Unsupported {
    /// The word of CAPABILITY.
    pub capability: &'static str,
}

impl Error {
    /// What the server said, if it is the server that ended the session.
    pub fn status(&self) -> Option<&Status> {
        if let Self::Bye { status } = self { Some(status) } else { None }
    }

    /// Where to go instead, as URLs, if the server says so while it closes: `* BYE [REFERRAL ..]`
    /// ([RFC 2221 section 4.2](https://www.rfc-editor.org/rfc/rfc2221#section-4.2)).
    pub fn referrals(&self) -> &[Octets] {
        referrals(self.status().and_then(|status| status.code.as_ref()))
    }
}

impl CommandError {
    /// What the server said, if it was asked.
    pub fn status(&self) -> Option<&Status> {
        if let Self::Refused { status, .. } = self { Some(status) } else { None }
    }

    /// The response code of the server's answer.
    pub fn code(&self) -> Option<&Code> {
        self.status()?.code.as_ref()
    }

    /// Where the mailbox is, as URLs, if another server has it: `[REFERRAL ..]`
    /// ([RFC 2193 section 4](https://www.rfc-editor.org/rfc/rfc2193#section-4)).
    pub fn referrals(&self) -> &[Octets] {
        referrals(self.code())
    }

    /// Whether the server says that it is the command that is wrong: `BAD`.
    pub fn is_bad(&self) -> bool {
        self.status().is_some_and(|status| status.kind == Kind::Bad)
    }

    /// Whether the same command may succeed later.
    pub fn is_temporary(&self) -> bool {
        self.status().is_some_and(is_temporary)
    }

    /// Whether the server, which said OK to the login, says now that there is no mailbox behind it, as Exchange does:
    /// `BAD User is authenticated but not connected.` Then it is the login that failed.
    pub fn is_not_connected(&self) -> bool {
        self.status().is_some_and(is_not_connected)
    }

    /// How long the server wants us to wait, as Exchange says it in its text:
    /// `Request is throttled. Suggested Backoff Time: 92415 milliseconds`.
    pub fn backoff(&self) -> Option<Duration> {
        self.status().and_then(backoff)
    }
}

/// Whether what was refused may be granted later. What a `LIMIT` forbids it forbids the next time, too.
pub(crate) fn is_temporary(status: &Status) -> bool {
    matches!(status.code, Some(Code::Unavailable | Code::InUse | Code::TempFail)) || backoff(status).is_some()
}

/// The delay in the text of a status.
pub(crate) fn backoff(status: &Status) -> Option<Duration> {
    let text = status.to_string_lossy();
    let (_, after) = text.split_once("Backoff Time: ")?;
    let (number, unit) = after.split_once(' ')?;
    let number: u64 = number.parse().ok()?;
    Some(if unit.starts_with("milli") { Duration::from_millis(number) } else { Duration::from_secs(number) })
}

fn text(status: &Status) -> String {
    status.to_string_lossy()
}

#[cfg(test)]
mod tests {
    use alloc::boxed::Box;

    use super::*;

    #[test]
    fn what_exceeds_a_limit_exceeds_it_the_next_time_too() {
        // Dovecot to an APPEND of too many octets; who asks again is refused again.
        let text = "Mail size is larger than the maximum size allowed by server configuration";
        for (code, is_temporary) in [(Code::Limit, false), (Code::OverQuota, false), (Code::InUse, true)] {
            let status = Status::no(text).with_code(code);
            let error = CommandError::Refused { command: "APPEND", status: Box::new(status.clone()) };
            assert_eq!(error.is_temporary(), is_temporary, "{error}");
        }
    }
}
