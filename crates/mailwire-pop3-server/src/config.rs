use alloc::{string::String, vec, vec::Vec};
use core::time::Duration;

use mailwire_pop3::{Limits, Quirks, capability::Retention, greeting::Timestamp};
use mailwire_sasl::{Mechanism, Secret, server::Decoy};

use crate::Language;

/// How a [`Connection`](crate::Connection) behaves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Whether TLS protects the line already, as it does on port 995. Default false.
    pub encrypted: bool,
    /// What CAPA says about how long messages stay. Nothing by default.
    pub expire: Option<Retention>,
    /// What CAPA says that the server is. Nothing by default.
    pub implementation: Option<String>,
    /// The languages of texts, the preferred one first. English by default.
    pub languages: Vec<Language>,
    /// What the client may make us hold.
    pub limits: Limits,
    /// Who may log in, and how.
    pub login: LoginPolicy,
    /// The most octets of replies that wait to be sent before further commands are read. Default 65,536.
    pub max_buffered: usize,
    /// The most bad commands in a row, before login and after. Default 3 and 20. With the last one the session ends.
    pub max_bad_commands: (u32, u32),
    /// Which departures from the standards are tolerated. All are, by default.
    pub quirks: Quirks,
    /// Whether the host can begin TLS, so that STLS is offered. Default false.
    pub stls: bool,
    /// After how much silence a session ends.
    pub timeouts: Timeouts,
}

impl Config {
    /// The defaults, with `seed`: at least 18 random octets, different for each connection; and `decoy`: the same for all
    /// connections of a server.
    pub fn new(seed: impl Into<Secret>, decoy: Decoy) -> Self {
        Self {
            encrypted: false,
            expire: None,
            implementation: None,
            languages: vec![Language::english()],
            limits: Limits::default(),
            login: LoginPolicy::new(seed.into(), decoy),
            max_buffered: 64 * 1024,
            max_bad_commands: (3, 20),
            quirks: Quirks::default(),
            stls: false,
            timeouts: Timeouts::default(),
        }
    }

    /// The language of who has chosen none.
    pub(crate) fn first_language(&self) -> Language {
        self.languages.first().cloned().unwrap_or_else(Language::english)
    }
}

/// Who may log in, and how.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoginPolicy {
    /// Whether ways that show the password are permitted without TLS. Default false, as RFC 5034 section 4 asks.
    pub allow_cleartext: bool,
    /// The timestamp of the greeting, different for each connection: it offers APOP, for which the host must know
    /// passwords. Nothing by default.
    pub apop: Option<Timestamp>,
    /// What hides who exists.
    pub decoy: Decoy,
    /// The seconds that CAPA announces between logins. Nothing by default; the host enforces it.
    pub delay: Option<u64>,
    /// How long the reply to a failed login is held back. Default 2 s.
    pub failure_delay: Duration,
    /// The most failed logins. Default 3. With the last one the session ends.
    pub max_failures: u32,
    /// The SASL mechanisms to offer. Default SCRAM-SHA-256, SCRAM-SHA-1 and their `-PLUS`, and PLAIN.
    pub mechanisms: Vec<Mechanism>,
    /// Random octets that no other connection has, for nonces.
    pub seed: Secret,
    /// Whether USER and PASS are offered. Default true.
    pub user_pass: bool,
}

impl LoginPolicy {
    fn new(seed: Secret, decoy: Decoy) -> Self {
        Self {
            allow_cleartext: false,
            apop: None,
            decoy,
            delay: None,
            failure_delay: Duration::from_secs(2),
            max_failures: 3,
            mechanisms: vec![
                Mechanism::ScramSha256Plus,
                Mechanism::ScramSha256,
                Mechanism::ScramSha1Plus,
                Mechanism::ScramSha1,
                Mechanism::Plain,
            ],
            seed,
            user_pass: true,
        }
    }
}

/// After how much silence a session ends; `None` is never.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Timeouts {
    /// From the connection to the end of the login. Default 3 min.
    pub login: Option<Duration>,
    /// From one command to the next after login. Default 10 min, the least that RFC 1939 section 3 permits.
    pub idle: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { login: Some(Duration::from_secs(180)), idle: Some(Duration::from_secs(600)) }
    }
}
