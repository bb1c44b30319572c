//! Real peers: Debian's Dovecot and Cyrus as servers, and the mail fetchers of Debian and Python as clients.
//!
//! The feature `peers` turns this module on, and whoever turns it on has the programs installed: a program that is
//! missing fails its test ([`Error::Missing`]), it does not skip it. On Debian they are `cyrus-common`,
//! `sasl2-bin`, `dovecot-pop3d`, `dovecot-imapd`, `curl`, `fetchmail`, `getmail6`, `isync`, `mpop` and `python3`; and `imapd` and
//! `idled` of `cyrus-imapd`, which cannot be installed beside Dovecot, are in `/usr/local/lib/cyrus/bin`.
//!
//! Everything here blocks, lives in temporary directories, listens on loopback only, and ends what it started. No
//! program runs as root: where the tests do, it runs as Debian's user `mail`.
//!
//! ```no_run
//! use mailwire_testkit::peers::{Client, Dovecot, Fetch, Security, Settings, dovecot};
//!
//! let server = Dovecot::start(Settings::new().user("ann", "secret"))?;
//! let message = b"Subject: hello\n\nbody\n";
//! server.deliver("ann", message)?;
//! let fetched = Client::Curl.fetch(&server.account("ann", Security::Tls)?, &Fetch::new())?;
//! assert_eq!(fetched, [Client::Curl.stored_form(&dovecot::wire_form(message))]);
//! # Ok::<(), mailwire_testkit::peers::Error>(())
//! ```

pub mod certificate;
pub mod clients;
pub mod cyrus;
pub mod dovecot;
mod error;
pub mod mbsync;
mod port;
mod process;

pub use self::certificate::Certificate;
pub use self::clients::{Client, Fetch, Mechanism};
pub use self::cyrus::Cyrus;
pub use self::dovecot::{Dovecot, Settings};
pub use self::error::Error;
pub use self::mbsync::Mbsync;

/// Where a client finds its mail, and as whom it may read it.
///
/// User and password go into configuration files of five syntaxes, so they are printable ASCII without quotes,
/// backslash, `%`, `#` and a space at either end; [`Client::fetch`] refuses others with [`Error::Unsupported`].
#[derive(Clone, Debug)]
pub struct Account {
    /// Certificate authority in PEM that the server's certificate must lead to; `None` accepts any certificate.
    pub authority: Option<String>,
    /// Host name or address, and the name that the certificate is checked for.
    pub host: String,
    /// Password of the user.
    pub password: String,
    /// Port of the server.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Name of the user.
    pub user: String,
}

/// A protocol with a port of its own.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Protocol {
    /// IMAP, with STARTTLS on offer.
    Imap,
    /// IMAP inside TLS.
    Imaps,
    /// POP3, with STLS on offer.
    Pop3,
    /// POP3 inside TLS.
    Pop3s,
}

/// How a connection is protected.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Security {
    /// Not at all: passwords and mail in clear text.
    Plain,
    /// TLS after the command STLS, in IMAP STARTTLS, and no login without it.
    Stls,
    /// TLS from the first octet.
    Tls,
}
