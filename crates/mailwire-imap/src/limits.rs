/// What a peer may make us hold, in octets and counts.
///
/// Streamed literals are not here: nothing of them is held.
///
/// ```
/// use mailwire_imap::Limits;
///
/// let mut limits = Limits::before_login();
/// assert_eq!(limits.line, 8 * 1024);
/// limits = Limits::server();
/// limits.inline_literal = 1024 * 1024; // the host wants few messages streamed
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// The most octets of one command or response outside of its literals, line ends not counted.
    /// Default 1 MiB at a client, 64 KiB at a server.
    pub line: usize,
    /// The longest literal that is collected; longer ones are streamed. Default 64 MiB at a client, 64 KiB at a server.
    pub inline_literal: u64,
    /// The most octets of all collected literals of one command or response; what comes beyond is streamed.
    /// Default 64 MiB at a client, 128 KiB at a server.
    pub inline_literals: u64,
    /// The most literals of one command or response that are streamed: for each, what stands before it is read again.
    /// Default 1,000 at a client, 10,000 at a server, where each may be a message of one APPEND.
    pub streamed_literals: usize,
    /// The longest non-synchronising literal that a server collects without asking: 4096 for a server that announces
    /// LITERAL- ([RFC 7888 section 5](https://www.rfc-editor.org/rfc/rfc7888#section-5)); longer ones are announced as if
    /// they were streamed. Default no limit of its own.
    pub non_synchronising_literal: u64,
    /// How many octets of a refused command a server reads only to drop them. Default 1 MiB.
    pub discard: u64,
    /// How deep parentheses, search keys, body structures and threads may nest. Default 100.
    pub nesting: usize,
    /// The most ranges or numbers of one set in a command. Default 10,000.
    pub set_ranges: usize,
}

impl Limits {
    /// What a client grants a server.
    pub const fn client() -> Self {
        Self {
            line: 1024 * 1024,
            inline_literal: 64 * 1024 * 1024,
            inline_literals: 64 * 1024 * 1024,
            streamed_literals: 1000,
            non_synchronising_literal: u64::MAX,
            discard: 1024 * 1024,
            nesting: 100,
            set_ranges: usize::MAX,
        }
    }

    /// What a server grants a client that has not logged in: as much as a login needs, and one list, as ID has it. The first
    /// literal that is longer is announced as if it were streamed, so that the server can refuse it.
    pub const fn before_login() -> Self {
        Self {
            line: 8 * 1024,
            inline_literal: 8 * 1024,
            inline_literals: 8 * 1024,
            streamed_literals: 1,
            discard: 8 * 1024,
            nesting: 1,
            set_ranges: 1,
            ..Self::server()
        }
    }

    /// What a server grants a client that has logged in.
    pub const fn server() -> Self {
        Self {
            line: 64 * 1024,
            inline_literal: 64 * 1024,
            inline_literals: 128 * 1024,
            streamed_literals: 10_000,
            non_synchronising_literal: u64::MAX,
            discard: 1024 * 1024,
            nesting: 100,
            set_ranges: 10_000,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::client()
    }
}
