use core::fmt;

use mailwire_imap::{
    Capabilities, Flags, ModSeq, SeqNum, Status, Uid, UidSet, UidValidity,
    fetch::Fetch,
    flag::PermanentFlags,
    response::{Data, Unknown},
};

use crate::{LoggedIn, LoginError};

/// Names one command of a connection.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CommandId(pub(crate) u64);

impl fmt::Debug for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommandId({})", self.0)
    }
}

/// What happened, in the order in which it did.
///
/// The connection's own view is up to date before an event is there: after [`Expunged`](Self::Expunged)
/// [`Selected::exists`](crate::Selected::exists) is one less. What a command took into its output is no event.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// Text that has to be shown to the user: `[ALERT]`
    /// ([RFC 9051 section 7.1](https://www.rfc-editor.org/rfc/rfc9051#section-7.1)), and `[WEBALERT url]` of Gmail. What
    /// the status says beside is handled as ever.
    Alert {
        /// What was said.
        status: Status,
    },
    /// The server says that it ends the session.
    Bye {
        /// What it said.
        status: Status,
    },
    /// What the server can do was told anew.
    CapabilitiesChanged,
    /// The session is over: LOGOUT was answered. Nothing comes after this.
    Closed,
    /// COMPRESS was agreed on: compress from now on, both ways, then call
    /// [`compression_started`](crate::Connection::compression_started). What is left in the input is compressed.
    Compress,
    /// The server does not compress; the session goes on as before.
    CompressRefused {
        /// What it said.
        status: Status,
    },
    /// A command is at its end: [`Connection::take`](crate::Connection::take) has its answer.
    Completed {
        /// Which command.
        id: CommandId,
    },
    /// UNAUTHENTICATE was answered with OK, so that nothing is compressed any more, in either direction. Do not inflate what
    /// follows that line, nor deflate what is sent, then call
    /// [`compression_ended`](crate::Connection::compression_ended).
    ///
    /// All that [`poll_transmit`](crate::Connection::poll_transmit) gave until now is in compressed octets, flushed, and
    /// nothing was sent after UNAUTHENTICATE; a server that refuses it goes on with compressed octets, and so does the client.
    CompressionEnded,
    /// Data that no command took, and that has no event of its own.
    Data {
        /// What was told.
        data: Data,
    },
    /// Data after a response whose literal had another length than announced. These may be octets of a message, so they
    /// changed nothing and no command took them.
    Doubtful {
        /// What was read.
        data: Data,
    },
    /// Capabilities were enabled.
    Enabled {
        /// Which.
        capabilities: Capabilities,
    },
    /// There are more messages in the selected mailbox, or fewer after a server lost count.
    Exists {
        /// How many there are now.
        count: u32,
        /// How many there were.
        before: u32,
    },
    /// A message is gone; the numbers of those after it are one less now.
    Expunged {
        /// Its number until now.
        message: SeqNum,
        /// Its UID, where it was known.
        uid: Option<Uid>,
    },
    /// News of a message that nobody asked for: mostly its flags.
    Fetch {
        /// What was told. [`uid`](Self::Fetch::uid) may be known where it was not told.
        fetch: Fetch,
        /// The UID, told or known.
        uid: Option<Uid>,
    },
    /// Which flags there are in the selected mailbox.
    Flags {
        /// All of them.
        flags: Flags,
    },
    /// The server accepts connections.
    Greeting {
        /// What it said; its kind is `OK` or `PREAUTH`.
        status: Status,
    },
    /// The highest modification sequence of the selected mailbox became greater.
    HighestModSeq {
        /// The value.
        mod_seq: ModSeq,
    },
    /// A command needs octets of the application: give them to
    /// [`Connection::push_literal`](crate::Connection::push_literal).
    LiteralWanted {
        /// Which command.
        id: CommandId,
        /// How many.
        length: u64,
    },
    /// The login succeeded.
    LoggedIn {
        /// By what, and what the server said to it.
        login: LoggedIn,
    },
    /// The login failed. The session may go on: another login can be tried.
    LoginFailed {
        /// Why.
        error: LoginError,
    },
    /// No mailbox is selected any more, without CLOSE or UNSELECT: the server closed it, or SELECT failed.
    MailboxClosed,
    /// Which flags can be changed for good.
    PermanentFlags {
        /// All of them.
        flags: PermanentFlags,
    },
    /// How many messages are recent (IMAP4rev1).
    Recent {
        /// How many.
        count: u32,
    },
    /// STARTTLS was agreed on: make the handshake, then call [`tls_started`](crate::Connection::tls_started).
    StartTls,
    /// The server does not begin TLS; the session goes on in clear text.
    StartTlsRefused {
        /// What it said.
        status: Status,
    },
    /// An untagged `OK`, `NO` or `BAD` that no command took.
    Status {
        /// What was said.
        status: Status,
    },
    /// A completion for a command that was never sent; it changes nothing.
    StrayCompletion {
        /// What was said.
        status: Status,
    },
    /// The UIDs of the selected mailbox mean nothing any more: everything that was kept of it has to be fetched again.
    UidValidityChanged {
        /// Until now, if it was known.
        before: Option<UidValidity>,
        /// From now on.
        now: UidValidity,
    },
    /// A response that could not be read. The session goes on.
    Unknown {
        /// Its octets, and why.
        response: Unknown,
    },
    /// Messages are gone (QRESYNC, UIDONLY).
    Vanished {
        /// Whether they were gone before this session knew of them.
        earlier: bool,
        /// Which ones; ranges may have UIDs that never were.
        uids: UidSet,
    },
}
