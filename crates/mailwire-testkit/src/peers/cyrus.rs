//! Cyrus, the server that knows the extensions that Dovecot does not.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Child;
use std::time::Duration;

use super::process::{self, Identity, Place};
use super::{Account, Certificate, Error, Protocol, Security, port};

/// What a [`Cyrus`] is started with.
#[derive(Clone, Debug)]
pub struct Settings {
    lines: String,
    mechanisms: String,
    users: Vec<User>,
}

impl Settings {
    /// No users, and the mechanisms `PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            lines: String::new(),
            mechanisms: "PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256".into(),
            users: Vec::new(),
        }
    }

    /// Adds a user who sees and may change everybody's mailboxes, and has none.
    ///
    /// To this user the INBOX of `ann` is `user/ann`.
    #[must_use]
    pub fn admin(mut self, name: &str, password: &str) -> Self {
        self.users.push(User { is_admin: true, name: name.into(), password: password.into() });
        self
    }

    /// Adds lines to `imapd.conf`, in place of those that stand there for the same options.
    #[must_use]
    pub fn lines(mut self, lines: &str) -> Self {
        self.lines.push_str(lines);
        self.lines.push('\n');
        self
    }

    /// Offers these mechanisms instead, by the names of SASL with spaces between.
    #[must_use]
    pub fn mechanisms(mut self, mechanisms: &str) -> Self {
        mechanisms.clone_into(&mut self.mechanisms);
        self
    }

    /// Adds a user; the first login makes an empty INBOX without a quota.
    #[must_use]
    pub fn user(mut self, name: &str, password: &str) -> Self {
        self.users.push(User { is_admin: false, name: name.into(), password: password.into() });
        self
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

/// A running Cyrus on ports of its own; dropping it ends it.
///
/// It keeps passwords in clear text, so that it knows every mechanism, takes logins without TLS, and delays no answer
/// to a wrong password. A session that idles hears at once of what another one does. It has no POP3.
#[derive(Debug)]
pub struct Cyrus {
    certificate: Certificate,
    child: Child,
    place: Place,
    ports: Ports,
    users: Vec<User>,
}

impl Cyrus {
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
            let [imap, imaps] = port::free()?;
            let ports = Ports { imap, imaps };
            let services = place.file("cyrus.conf", services(&place, &ports)?)?;
            let mut command = place.command(&program("master")?);
            command.arg("-C").arg(place.path().join(CONFIGURATION)).arg("-M").arg(services);
            command.arg("-p").arg(place.path().join("pid")).arg("-L").arg(place.path().join("log"));
            let mut child = place.start(&mut command)?;
            if port::greet(&mut child, &[imap], READY)? {
                return Ok(Self { certificate, child, place, ports, users: settings.users });
            }
            process::stop_group(&mut child, STOP);
        }
        Err(Error::NotReady { log: log(&place), program: "cyrus".into() })
    }

    /// Puts a message into a user's INBOX, by APPEND.
    ///
    /// What the server sends of it is [`wire_form`].
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if there is no such user, [`Error::Io`] with the server's words if it refuses the
    /// message: it takes none with an octet 0 or a header that is none.
    pub fn deliver(&self, user: &str, message: &[u8]) -> Result<(), Error> {
        let account = self.account(user, Security::Plain)?;
        append(&account, &wire_form(message)).map_err(Error::io(format!("delivering to {user}")))
    }

    /// How a client reaches `user`'s mail by IMAP.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if there is no such user.
    pub fn account(&self, user: &str, security: Security) -> Result<Account, Error> {
        let unknown = || Error::Unsupported { peer: "cyrus", what: format!("a user named {user}") };
        let user = self.users.iter().find(|known| known.name == user).ok_or_else(unknown)?;
        let protocol = if security == Security::Tls { Protocol::Imaps } else { Protocol::Imap };
        Ok(Account {
            authority: Some(self.certificate.authority_pem().to_owned()),
            host: "localhost".into(),
            password: user.password.clone(),
            port: self.port(protocol)?,
            security,
            user: user.name.clone(),
        })
    }

    /// The certificate that it shows, and the authority to trust.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// What it wrote so far; its log proper goes to syslog, and is lost where there is none.
    #[must_use]
    pub fn log(&self) -> String {
        log(&self.place)
    }

    /// The port of a protocol on `127.0.0.1`.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for POP3.
    pub fn port(&self, protocol: Protocol) -> Result<u16, Error> {
        match protocol {
            Protocol::Imap => Ok(self.ports.imap),
            Protocol::Imaps => Ok(self.ports.imaps),
            Protocol::Pop3 | Protocol::Pop3s => {
                Err(Error::Unsupported { peer: "cyrus", what: "POP3 in this harness".into() })
            }
        }
    }
}

impl Drop for Cyrus {
    fn drop(&mut self) {
        process::stop_group(&mut self.child, STOP);
    }
}

/// What Cyrus sends of a delivered message: every line end is CRLF, and nothing is added to the last line.
#[must_use]
pub fn wire_form(message: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(message.len() + message.len() / 32);
    for &octet in message {
        if octet == b'\n' && wire.last() != Some(&b'\r') {
            wire.push(b'\r');
        }
        wire.push(octet);
    }
    wire
}

#[derive(Clone, Debug)]
struct User {
    is_admin: bool,
    name: String,
    password: String,
}

#[derive(Clone, Copy, Debug)]
struct Ports {
    imap: u16,
    imaps: u16,
}

fn prepare(place: &Place, settings: &Settings, certificate: &Certificate) -> Result<(), Error> {
    place.file("certificate.pem", certificate.pem())?;
    place.file("key.pem", certificate.key_pem())?;
    for directory in ["spool", "state/db", "state/log", "state/proc", "state/socket", "temporary"] {
        place.directory(directory)?;
    }
    place.file(CONFIGURATION, configuration(place, settings))?;
    for User { name, password, .. } in &settings.users {
        let password = place.file("password", password)?;
        let open = File::open(&password).map_err(Error::io("reading a password"))?;
        let mut command = place.command("/usr/sbin/saslpasswd2");
        command.args(["-p", "-c", "-u", "localhost", "-f"]).arg(place.path().join("users")).arg(name);
        place.run(command.stdin(open), COMMAND)?;
        fs::remove_file(&password).map_err(Error::io("removing a password"))?;
    }
    Ok(())
}

/// `imapd.conf`; an option may stand in it once.
fn configuration(place: &Place, settings: &Settings) -> String {
    let Settings { lines, mechanisms, users } = settings;
    let Identity { group, user, .. } = place.identity();
    let directory = place.path().display();
    let admins: Vec<&str> =
        users.iter().filter(|user| user.is_admin).map(|user| user.name.as_str()).collect();
    let admins = admins.join(" ");
    let ours = format!(
        "
admins: {admins}
allowplaintext: yes
autocreate_post: yes
autocreate_quota: 0
configdirectory: {directory}/state
cyrus_group: {group}
cyrus_user: {user}
defaultpartition: default
failedloginpause: 0
master_bind_errors_fatal: yes
munge8bit: no
partition-default: {directory}/spool
sasl_auxprop_plugin: sasldb
sasl_mech_list: {mechanisms}
sasl_pwcheck_method: auxprop
sasl_sasldb_path: {directory}/users
servername: localhost
temp_path: {directory}/temporary
tls_client_certs: off
tls_server_cert: {directory}/certificate.pem
tls_server_key: {directory}/key.pem
unix_group_enable: no
"
    );
    let option = |line: &str| line.split(':').next().unwrap_or_default().trim().to_owned();
    let theirs: BTreeSet<String> = lines.lines().map(option).collect();
    let kept = ours.lines().filter(|line| !line.is_empty() && !theirs.contains(&option(line)));
    kept.chain(lines.lines()).flat_map(|line| [line, "\n"]).collect()
}

/// `cyrus.conf`; the programs of a service need to be told where `imapd.conf` is, the `master` does not do that.
fn services(place: &Place, ports: &Ports) -> Result<String, Error> {
    let Ports { imap, imaps } = ports;
    let [recover, imapd, idled] = [program("ctl_cyrusdb")?, program("imapd")?, program("idled")?];
    let configuration = place.path().join(CONFIGURATION);
    let configuration = configuration.display();
    Ok(format!(
        r#"
START {{
  recover cmd="{recover} -C {configuration} -r"
}}
SERVICES {{
  imap cmd="{imapd} -C {configuration}" listen="127.0.0.1:{imap}" prefork=0
  imaps cmd="{imapd} -C {configuration} -s" listen="127.0.0.1:{imaps}" prefork=0
}}
DAEMON {{
  idled cmd="{idled} -C {configuration}"
}}
"#
    ))
}

/// Stores a message in INBOX.
fn append(account: &Account, message: &[u8]) -> io::Result<()> {
    let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, account.port))?;
    socket.set_read_timeout(Some(COMMAND))?;
    let mut answers = BufReader::new(socket.try_clone()?);
    let Account { password, user, .. } = account;
    write!(socket, "a LOGIN {{{}+}}\r\n{user} {{{}+}}\r\n{password}\r\n", user.len(), password.len())?;
    ok(&mut answers, "a ")?;
    write!(socket, "b APPEND INBOX {{{}+}}\r\n", message.len())?;
    socket.write_all(message)?;
    socket.write_all(b"\r\n")?;
    ok(&mut answers, "b ")?;
    socket.write_all(b"c LOGOUT\r\n")?;
    ok(&mut answers, "c ")
}

/// Reads up to the answer with that tag, which has to be OK.
fn ok(answers: &mut impl io::BufRead, tag: &str) -> io::Result<()> {
    let mut line = String::new();
    while !line.starts_with(tag) {
        line.clear();
        if answers.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    if line.starts_with(&format!("{tag}OK")) { Ok(()) } else { Err(io::Error::other(line)) }
}

/// Where one of its programs is.
fn program(name: &str) -> Result<String, Error> {
    let paths = FOLDERS.map(|folder| format!("{folder}/{name}"));
    let found = paths.into_iter().find(|path| Path::new(path).exists());
    found.ok_or_else(|| Error::Missing { program: format!("cyrus {name}") })
}

fn log(place: &Place) -> String {
    let log = fs::read(Path::new(place.path()).join("log")).unwrap_or_default();
    // A service that cannot start is tried again and again, and says so each time.
    let tail = log.len().saturating_sub(16 << 10);
    format!("{}\n{}", String::from_utf8_lossy(&log[tail..]), place.output())
}

const CONFIGURATION: &str = "imapd.conf";

/// How often it is tried with other ports.
const ATTEMPTS: usize = 5;

/// Debian's folder, and the one for what cannot be installed beside Dovecot.
const FOLDERS: [&str; 2] = ["/usr/lib/cyrus/bin", "/usr/local/lib/cyrus/bin"];

/// Time for one of its commands, or one answer.
const COMMAND: Duration = Duration::from_secs(60);

/// Time to the greeting; on an idle machine it takes 100 ms.
const READY: Duration = Duration::from_secs(20);

/// Time to end when asked to.
const STOP: Duration = Duration::from_secs(5);
