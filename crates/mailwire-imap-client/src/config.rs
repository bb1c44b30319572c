use core::time::Duration;

use mailwire_imap::{Limits, Quirks};

/// How a [`Connection`](crate::Connection) behaves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Whether TLS protects the line already, as it does on port 993. Default false.
    pub encrypted: bool,
    /// Octets that nobody can predict, different for each connection: tags are made of them, so that nobody can answer a
    /// command that he has not seen. The default, zeros, is for tests alone.
    pub seed: [u8; 16],
    /// What the server may make us hold.
    pub limits: Limits,
    /// The longest command line in octets, beside literals; commands with more UIDs are sent in pieces. Default 8000,
    /// which all but a few servers take ([RFC 7162 section 4](https://www.rfc-editor.org/rfc/rfc7162#section-4)).
    pub line: usize,
    /// The most commands that wait for their completion at once. Default 32; 1 switches pipelining off.
    pub max_in_flight: usize,
    /// The most events that wait to be polled. Default 1,048,576. A caller that drains them after each call never meets it.
    pub max_events: usize,
    /// The most ranges that the map from sequence numbers to UIDs has; beyond, what is known of the lowest numbers is
    /// forgotten. Default 4096, of 12 octets each.
    pub map_ranges: usize,
    /// Whether a session that is authenticated in clear text from the start is an error. Default false; set it where TLS
    /// is required and still has to begin, unless STARTTLS is [asked for](crate::Connection::start_tls) before the greeting.
    pub requires_tls: bool,
    /// Which departures from the standards are tolerated. All are, by default.
    pub quirks: Quirks,
    /// Deadlines.
    pub timeouts: Timeouts,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            encrypted: false,
            seed: [0; 16],
            limits: Limits::client(),
            line: 8000,
            max_in_flight: 32,
            max_events: 1 << 20,
            map_ranges: 4096,
            requires_tls: false,
            quirks: Quirks::default(),
            timeouts: Timeouts::default(),
        }
    }
}

/// How long a client waits; `None` is for ever.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For the next piece of the answer to a command, since it became the oldest one: data that commands take, literals that
    /// come as chunks, literals that are sent, and `[INPROGRESS ..]` start it anew, what the server tells beside does not.
    /// Default 30 min.
    pub command: Option<Duration>,
    /// For the answer to `DONE`. Default 60 s.
    pub done: Option<Duration>,
    /// For the greeting, since the connection was made. Default 60 s.
    pub greeting: Option<Duration>,
    /// After which IDLE is ended and begun again, whatever the server says meanwhile: many drop a session after 30 min
    /// ([RFC 2177 section 3](https://www.rfc-editor.org/rfc/rfc2177#section-3)). Default 28 min.
    pub idle: Option<Duration>,
    /// How often a server without IDLE is asked for news while the mailbox is [watched](crate::Connection::watch).
    /// Default 2 min.
    pub poll: Duration,
    /// For the next octet, while an answer is due. Default 5 min: SEARCH and SORT may take long.
    pub silence: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            command: Some(Duration::from_secs(30 * 60)),
            done: Some(Duration::from_secs(60)),
            greeting: Some(Duration::from_secs(60)),
            idle: Some(Duration::from_secs(28 * 60)),
            poll: Duration::from_secs(120),
            silence: Some(Duration::from_secs(300)),
        }
    }
}
