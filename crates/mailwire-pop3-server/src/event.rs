use alloc::{string::String, vec::Vec};

use mailwire_pop3::MessageNumber;
use mailwire_sasl::server::{Identity, Question};

use crate::{Error, Language};

/// What the host has to do. Each, the last two excepted, is answered by one method of
/// [`Connection`](crate::Connection); no further command is read before.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The client logs in by SASL, or by USER and PASS.
    /// Answer with [`answer`](crate::Connection::answer) or [`refused`](crate::Connection::refused).
    Ask(Question),
    /// The client logs in by APOP.
    /// Answer with [`answer_apop`](crate::Connection::answer_apop) or [`refused`](crate::Connection::refused).
    AskApop(ApopQuestion),
    /// The client is who it says: open and lock its maildrop.
    /// Answer with [`opened`](crate::Connection::opened) or [`refused`](crate::Connection::refused).
    Open {
        /// Who it is.
        identity: Identity,
    },
    /// Read a message.
    /// Answer with any number of [`push`](crate::Connection::push), then [`finish`](crate::Connection::finish); or with
    /// [`failed`](crate::Connection::failed).
    Retrieve {
        /// Which.
        message: MessageNumber,
        /// Whether only the beginning is wanted: the host may push all, and is told when it is enough.
        partial: bool,
        /// Whether the client takes UTF-8 headers; a message that has some may be refused with
        /// [`failed`](crate::Connection::failed) otherwise (RFC 6856 section 2.1).
        utf8: bool,
    },
    /// QUIT: do the deletions, and unlock the maildrop.
    /// Answer with [`committed`](crate::Connection::committed).
    Commit {
        /// What is to be deleted, in rising order.
        deleted: Vec<MessageNumber>,
    },
    /// The client agrees to TLS: flush, make the handshake, then call
    /// [`tls_started`](crate::Connection::tls_started).
    StartTls,
    /// The client chose another language for texts.
    Language(Language),
    /// The session is over: flush, and close the connection. Unlock the maildrop; delete nothing.
    Closed(Closed),
}

/// A login by APOP. The host says what the shared secret of `user` is, and the digest is checked here.
#[derive(Debug)]
pub struct ApopQuestion {
    /// Whose.
    pub user: String,
}

/// Why a session is over.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Closed {
    /// The client said QUIT.
    Quit,
    /// The client was silent for too long.
    Timeout,
    /// An error ended it.
    Error(Error),
    /// The host failed in the middle of a message.
    HostFailed,
    /// The host [shut it down](crate::Connection::shut_down).
    ShutDown,
}

/// Why the host does not do what a client asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// `[AUTH]`: the credentials are wrong, or the user may not log in. It counts as a failed login, and is answered late.
    Credentials,
    /// `[IN-USE]`: another session has the maildrop.
    InUse,
    /// `[LOGIN-DELAY]`: the last login was too short a time ago.
    LoginDelay,
    /// `[SYS/PERM]`: the system fails until a person mends it.
    Permanent,
    /// `[SYS/TEMP]`: the system fails, and is likely to work later.
    Temporary,
    /// `[UTF8]`: the message needs UTF-8 mode.
    Utf8,
}
