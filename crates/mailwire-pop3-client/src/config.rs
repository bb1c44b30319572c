use core::time::Duration;

use mailwire_pop3::{Limits, Quirks};

/// How a [`Connection`](crate::Connection) behaves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Whether TLS protects the line already, as it does on port 995. Default false.
    pub encrypted: bool,
    /// What the server may make us hold.
    pub limits: Limits,
    /// The most commands that wait for their replies at once, if the server announces `PIPELINING`. Default 32.
    ///
    /// Further ones wait in a queue here, so that a batch of any size never fills the buffers of both sides, after which
    /// each would wait for the other for ever.
    pub max_in_flight: usize,
    /// The most rows that one listing may have. Default 16,777,216.
    pub max_rows: usize,
    /// Which departures from the standards are tolerated. All are, by default.
    pub quirks: Quirks,
    /// Deadlines.
    pub timeouts: Timeouts,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            encrypted: false,
            limits: Limits::default(),
            max_in_flight: 32,
            max_rows: 1 << 24,
            quirks: Quirks::default(),
            timeouts: Timeouts::default(),
        }
    }
}

/// How long a client waits; `None` is for ever.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For the greeting, since the connection was made. Default 60 s.
    pub greeting: Option<Duration>,
    /// For the next octet, while a reply is due. Default 120 s.
    pub silence: Option<Duration>,
    /// For a whole reply, bodies of messages not counted. Default 600 s.
    pub command: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            greeting: Some(Duration::from_secs(60)),
            silence: Some(Duration::from_secs(120)),
            command: Some(Duration::from_secs(600)),
        }
    }
}
