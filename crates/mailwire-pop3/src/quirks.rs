/// Which departures from the standards are tolerated.
///
/// The default is [`lenient`](Self::lenient): real servers and clients send all of these.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Quirks {
    /// A line that ends with LF alone, as scripts and telnet users send it: `STAT\n`.
    pub bare_line_feed: bool,
    /// An empty line between commands or before a reply: `\r\nSTAT\r\n`.
    pub empty_line: bool,
    /// `+OK` in place of `+ ` in the middle of an AUTH exchange, as older servers send it.
    pub ok_as_challenge: bool,
}

impl Quirks {
    /// All departures are tolerated.
    pub const fn lenient() -> Self {
        Self { bare_line_feed: true, empty_line: true, ok_as_challenge: true }
    }

    /// None is.
    pub const fn strict() -> Self {
        Self { bare_line_feed: false, empty_line: false, ok_as_challenge: false }
    }
}

impl Default for Quirks {
    fn default() -> Self {
        Self::lenient()
    }
}
