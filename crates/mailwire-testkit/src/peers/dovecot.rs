//! Dovecot, the server that most mail lives on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use super::process::{self, Identity, Place};
use super::{Account, Certificate, Error, Protocol, Security, port};

/// What a [`Dovecot`] is started with.
#[derive(Clone, Debug)]
pub struct Settings {
    lines: String,
    mechanisms: String,
    users: Vec<User>,
}

impl Settings {
    /// No users, and the mechanisms `plain login cram-md5 apop scram-sha-1 scram-sha-256`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            lines: String::new(),
            mechanisms: "plain login cram-md5 apop scram-sha-1 scram-sha-256".into(),
            users: Vec::new(),
        }
    }

    /// Adds lines to the end of `dovecot.conf`, where they override what stands before them.
    #[must_use]
    pub fn lines(mut self, lines: &str) -> Self {
        self.lines.push_str(lines);
        self.lines.push('\n');
        self
    }

    /// Offers these mechanisms instead, by Dovecot's names with spaces between.
    ///
    /// Without `apop` the greeting has no timestamp; without `plain` USER and PASS are refused.
    #[must_use]
    pub fn mechanisms(mut self, mechanisms: &str) -> Self {
        mechanisms.clone_into(&mut self.mechanisms);
        self
    }

    /// Adds a user with an empty mailbox.
    #[must_use]
    pub fn user(mut self, name: &str, password: &str) -> Self {
        self.users.push(User { name: name.into(), password: password.into() });
        self
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

/// A running Dovecot on ports of its own; dropping it ends it.
///
/// It keeps passwords in clear text, so that it knows every mechanism, takes logins without TLS, and delays no answer
/// to a wrong password.
#[derive(Debug)]
pub struct Dovecot {
    certificate: Certificate,
    child: Child,
    delivered: std::cell::Cell<u32>,
    place: Place,
    ports: Ports,
    users: Vec<User>,
}

impl Dovecot {
    /// Starts it, and returns once it greets.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] if it is not installed, [`Error::NotReady`] with its log if it does not greet.
    pub fn start(settings: Settings) -> Result<Self, Error> {
        let certificate = Certificate::localhost()?;
        let place = Place::new()?;
        prepare(&place, &settings, &certificate)?;
        // Between our look for free ports and its `listen`, somebody else may take one.
        for _ in 0..ATTEMPTS {
            let ports = Ports::free()?;
            let configuration = configuration(&place, &settings, &ports);
            let configuration = place.file("dovecot.conf", configuration)?;
            let mut child =
                place.start(place.command("/usr/sbin/dovecot").arg("-F").arg("-c").arg(configuration))?;
            if port::greet(&mut child, &[ports.pop3, ports.imap], READY)? {
                let delivered = std::cell::Cell::new(0);
                return Ok(Self { certificate, child, delivered, place, ports, users: settings.users });
            }
            process::stop_group(&mut child, STOP);
        }
        Err(Error::NotReady { log: log(&place), program: "dovecot".into() })
    }

    /// Puts a message into a user's INBOX, as a mail delivery agent does.
    ///
    /// Messages are numbered in the order of delivery. What the server sends of them is [`wire_form`].
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if there is no such user or no room.
    pub fn deliver(&self, user: &str, message: &[u8]) -> Result<(), Error> {
        let number = self.delivered.get();
        self.delivered.set(number + 1);
        // Dovecot sorts new messages by the time and microseconds of their names.
        let name = format!("{}.M{number}P1.localhost", 1_000_000_000 + number);
        let written = self.place.file(&format!("homes/{user}/Maildir/tmp/{name}"), message)?;
        let delivered = self.maildir(user).join("new").join(name);
        fs::rename(&written, &delivered).map_err(Error::io(format!("delivering to {user}")))
    }

    /// How a client reaches `user`'s mail by POP3.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if there is no such user.
    pub fn account(&self, user: &str, security: Security) -> Result<Account, Error> {
        let unknown = || Error::Unsupported { peer: "dovecot", what: format!("a user named {user}") };
        let user = self.users.iter().find(|known| known.name == user).ok_or_else(unknown)?;
        let protocol = if security == Security::Tls { Protocol::Pop3s } else { Protocol::Pop3 };
        Ok(Account {
            authority: Some(self.certificate.authority_pem().to_owned()),
            host: "localhost".into(),
            password: user.password.clone(),
            port: self.port(protocol),
            security,
            user: user.name.clone(),
        })
    }

    /// The certificate that it shows, and the authority to trust.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// What it logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        log(&self.place)
    }

    /// The messages in a user's INBOX, in order of delivery: the files as they were delivered.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if there is no such user.
    pub fn messages(&self, user: &str) -> Result<Vec<Vec<u8>>, Error> {
        let maildir = self.maildir(user);
        let mut paths = [process::list(&maildir.join("cur"))?, process::list(&maildir.join("new"))?].concat();
        paths.sort_by_key(|path| path.file_name().map(ToOwned::to_owned));
        paths.iter().map(|path| process::read(path)).collect()
    }

    /// The port of a protocol on `127.0.0.1`.
    #[must_use]
    pub fn port(&self, protocol: Protocol) -> u16 {
        match protocol {
            Protocol::Imap => self.ports.imap,
            Protocol::Imaps => self.ports.imaps,
            Protocol::Pop3 => self.ports.pop3,
            Protocol::Pop3s => self.ports.pop3s,
        }
    }

    fn maildir(&self, user: &str) -> PathBuf {
        self.place.path().join("homes").join(user).join("Maildir")
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        process::stop_group(&mut self.child, STOP);
    }
}

/// What Dovecot sends of a delivered file: every line ends in CRLF, the last one too.
///
/// Where the file has no last line end, STAT, LIST and the first line of RETR tell a size without the CRLF that is
/// added, 2 octets less than the length of this.
#[must_use]
pub fn wire_form(file: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(file.len() + file.len() / 32);
    for &octet in file {
        if octet == b'\n' && wire.last() != Some(&b'\r') {
            wire.push(b'\r');
        }
        wire.push(octet);
    }
    if !wire.ends_with(b"\r\n") {
        wire.extend_from_slice(b"\r\n");
    }
    wire
}

#[derive(Clone, Debug)]
struct User {
    name: String,
    password: String,
}

#[derive(Clone, Copy, Debug)]
struct Ports {
    imap: u16,
    imaps: u16,
    pop3: u16,
    pop3s: u16,
}

impl Ports {
    fn free() -> Result<Self, Error> {
        let [imap, imaps, pop3, pop3s] = port::free()?;
        Ok(Self { imap, imaps, pop3, pop3s })
    }
}

fn prepare(place: &Place, settings: &Settings, certificate: &Certificate) -> Result<(), Error> {
    place.file("certificate.pem", certificate.pem())?;
    place.file("key.pem", certificate.key_pem())?;
    let mut users = String::new();
    for User { name, password } in &settings.users {
        users.push_str(&format!("{name}:{{PLAIN}}{password}::::::\n"));
        place.maildir(&format!("homes/{name}/Maildir"))?;
    }
    place.file("users", users)?;
    Ok(())
}

fn configuration(place: &Place, settings: &Settings, ports: &Ports) -> String {
    let Settings { lines, mechanisms, .. } = settings;
    let Ports { imap, imaps, pop3, pop3s } = ports;
    let Identity { gid, group, uid, user, .. } = place.identity();
    let directory = place.path().display();
    format!(
        "
base_dir = {directory}/run
state_dir = {directory}/state
log_path = {directory}/log
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <{directory}/certificate.pem
ssl_key = <{directory}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = {mechanisms}
mail_max_userip_connections = 1000
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:~/Maildir
passdb {{
  driver = passwd-file
  args = {directory}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={directory}/homes/%u
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
{lines}"
    )
}

fn log(place: &Place) -> String {
    let log = fs::read(Path::new(place.path()).join("log")).unwrap_or_default();
    format!("{}\n{}", String::from_utf8_lossy(&log), place.output())
}

/// How often it is tried with other ports.
const ATTEMPTS: usize = 5;

/// Time to the greeting; on an idle machine it takes 50 ms.
const READY: Duration = Duration::from_secs(20);

/// Time to end when asked to.
const STOP: Duration = Duration::from_secs(5);
