//! Programs that fetch mail by POP3.
//!
//! What each makes of a message, as seen with the versions of Debian 12:
//!
//! | client | lines end in | added | logs in with | limits |
//! | --- | --- | --- | --- | --- |
//! | curl 7.88 | CRLF | nothing | strongest of CRAM-MD5, LOGIN, PLAIN; APOP when asked | one RETR a URL; an answer with no lines becomes an empty line |
//! | fetchmail 6.4 | CRLF | nothing (`invisible`, `no rewrite`, ..) | CRAM-MD5, USER; APOP as a protocol of its own | |
//! | getmail 6.18 | LF | `Return-Path: <unknown>` | USER; APOP when asked | no STLS |
//! | mpop 1.4 | LF | nothing (`received_header off`) | strongest of SCRAM-SHA-256, SCRAM-SHA-1, PLAIN, .. | no APOP where the timestamp has a `=`, as Dovecot's has |
//! | poplib | CRLF | nothing | USER; APOP when asked | lines up to 2048 octets |
//!
//! A `From ` at the start of a line stays as it is: none of the deliveries used here is an mbox. A `Return-Path` that
//! a message brings is moved by getmail to its front.

use std::path::Path;
use std::time::Duration;

use super::process::Place;
use super::{Account, Error, process};

pub mod curl;
mod fetchmail;
mod getmail;
mod mpop;
pub mod poplib;

/// A program that fetches mail.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Client {
    /// curl and its library: one transfer a message.
    Curl,
    /// fetchmail, delivering to a script.
    Fetchmail,
    /// getmail6, delivering to a Maildir.
    Getmail,
    /// mpop, delivering to a Maildir; it pipelines.
    Mpop,
    /// Python's standard library, by a script.
    Poplib,
}

impl Client {
    /// Every client.
    pub const ALL: [Self; 5] = [Self::Curl, Self::Fetchmail, Self::Getmail, Self::Mpop, Self::Poplib];

    /// Fetches every message, and gives them back in their order, octet by octet as the client stored them.
    ///
    /// # Errors
    ///
    /// - [`Error::Failed`] and [`Error::Deadline`] with what the client wrote, dialogue included where it shows that;
    /// - [`Error::Missing`] if it is not installed;
    /// - [`Error::Unsupported`] if it has not got what `account` or `fetch` ask for.
    pub fn fetch(self, account: &Account, fetch: &Fetch) -> Result<Vec<Vec<u8>>, Error> {
        self.check("user name", &account.user)?;
        self.check("password", &account.password)?;
        let place = Place::new()?;
        match self {
            Self::Curl => curl::fetch(&place, account, fetch),
            Self::Fetchmail => fetchmail::fetch(&place, account, fetch),
            Self::Getmail => getmail::fetch(&place, account, fetch),
            Self::Mpop => mpop::fetch(&place, account, fetch),
            Self::Poplib => poplib::fetch(&place, account, fetch),
        }
    }

    /// What the client stores of a message that a server sends as `wire`.
    #[must_use]
    pub fn stored_form(self, wire: &[u8]) -> Vec<u8> {
        match self {
            Self::Curl | Self::Fetchmail | Self::Poplib => wire.to_vec(),
            Self::Getmail => [b"Return-Path: <unknown>\n", &*with_lf(wire)].concat(),
            Self::Mpop => with_lf(wire),
        }
    }

    /// Whether the client can log in like that.
    #[must_use]
    pub fn supports(self, mechanism: Mechanism) -> bool {
        self.word(mechanism).is_some()
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Fetchmail => "fetchmail",
            Self::Getmail => "getmail",
            Self::Mpop => "mpop",
            Self::Poplib => "poplib",
        }
    }

    /// The client's own word for `mechanism`.
    fn word(self, mechanism: Mechanism) -> Option<&'static str> {
        match self {
            Self::Curl => curl::word(mechanism),
            Self::Fetchmail => fetchmail::word(mechanism),
            Self::Getmail => getmail::word(mechanism),
            Self::Mpop => mpop::word(mechanism),
            Self::Poplib => poplib::word(mechanism),
        }
    }

    fn mechanism(self, fetch: &Fetch) -> Result<&'static str, Error> {
        self.word(fetch.mechanism).ok_or_else(|| self.lacks(format!("logging in by {:?}", fetch.mechanism)))
    }

    fn lacks(self, what: impl Into<String>) -> Error {
        Error::Unsupported { peer: self.name(), what: what.into() }
    }

    fn check(self, what: &str, value: &str) -> Result<(), Error> {
        let plain = |octet: u8| matches!(octet, b' '..=b'~') && !b"\"'\\%#".contains(&octet);
        if value.trim() == value && !value.is_empty() && value.bytes().all(plain) {
            return Ok(());
        }
        Err(self.lacks(format!("a {what} such as {value:?} in this harness")))
    }
}

/// How mail is fetched.
#[derive(Clone, Debug)]
pub struct Fetch {
    deadline: Duration,
    delete: bool,
    mechanism: Mechanism,
}

impl Fetch {
    /// Keeps the messages on the server, leaves the mechanism to the client, and gives it five minutes.
    #[must_use]
    pub fn new() -> Self {
        Self { deadline: Duration::from_secs(300), delete: false, mechanism: Mechanism::Default }
    }

    /// Kills the client after `deadline`.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Deletes the messages from the server once they are stored.
    #[must_use]
    pub fn delete(mut self) -> Self {
        self.delete = true;
        self
    }

    /// Logs in like that; [`Client::supports`] tells whether it can.
    #[must_use]
    pub fn mechanism(mut self, mechanism: Mechanism) -> Self {
        self.mechanism = mechanism;
        self
    }
}

impl Default for Fetch {
    fn default() -> Self {
        Self::new()
    }
}

/// How a client logs in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Mechanism {
    /// APOP.
    Apop,
    /// `AUTH CRAM-MD5`.
    CramMd5,
    /// What the client chooses by itself.
    Default,
    /// `AUTH LOGIN`.
    Login,
    /// `AUTH PLAIN`.
    Plain,
    /// `AUTH SCRAM-SHA-1`.
    ScramSha1,
    /// `AUTH SCRAM-SHA-256`.
    ScramSha256,
    /// USER and PASS.
    User,
}

impl Mechanism {
    /// Every mechanism.
    pub const ALL: [Self; 8] = [
        Self::Apop,
        Self::CramMd5,
        Self::Default,
        Self::Login,
        Self::Plain,
        Self::ScramSha1,
        Self::ScramSha256,
        Self::User,
    ];
}

/// The messages of a Maildir in order of delivery: `1795392964.M105006P11642Q2.host` is the second of its process.
fn maildir(directory: &Path) -> Result<Vec<Vec<u8>>, Error> {
    let ordinal = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        let digits = name.split_once('.')?.1.split_once('Q')?.1;
        digits.split(|next: char| !next.is_ascii_digit()).next()?.parse::<u64>().ok()
    };
    let mut paths = process::list(&directory.join("new"))?;
    paths.sort_by_key(|path| ordinal(path));
    paths.iter().map(|path| process::read(path)).collect()
}

/// The files of a directory in the order of their names.
fn files(directory: &Path) -> Result<Vec<Vec<u8>>, Error> {
    process::list(directory)?.iter().map(|path| process::read(path)).collect()
}

fn with_lf(wire: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(wire.len());
    for (index, &octet) in wire.iter().enumerate() {
        if octet != b'\r' || wire.get(index + 1) != Some(&b'\n') {
            lines.push(octet);
        }
    }
    lines
}
