/// What a peer may make us hold, in octets and counts.
///
/// Bodies of messages are not here: they are streamed, and nothing of them is held.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest command line a server reads, in octets without its line end. Default 8192.
    ///
    /// RFC 2449 section 4 asks for 255; clients send longer ones in `AUTH OAUTHBEARER` all the same.
    pub command_line: usize,
    /// The longest line of a SASL exchange, in octets without its line end, on either side. Default 65,536.
    ///
    /// RFC 5034 section 4 sets no limit but what the mechanisms need.
    pub sasl_line: usize,
    /// The longest status or listing line a client reads, in octets without its line end. Default 8192.
    ///
    /// RFC 2449 sections 3 and 4 promise 512.
    pub reply_line: usize,
    /// The most capabilities that are kept of one answer to CAPA. Default 256.
    pub capabilities: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { command_line: 8 * 1024, sasl_line: 64 * 1024, reply_line: 8 * 1024, capabilities: 256 }
    }
}
