//! mbsync of Debian's `isync`, which keeps a Maildir and an IMAP account alike.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::process::{self, Place};
use super::{Account, Error, Security};

/// A Maildir that mbsync keeps like an account.
///
/// Lines end in LF there. mbsync may add the field `X-TUID` to what it copies, in either direction: [`without_id`] takes it
/// away.
#[derive(Debug)]
pub struct Mbsync {
    configuration: PathBuf,
    place: Place,
}

/// A message in the Maildir.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Its letters in their order: `D`raft, `F`lagged, `R`eplied, `S`een, `T`rashed.
    pub flags: String,
    /// What is in its file.
    pub octets: Vec<u8>,
    /// Where it is.
    pub path: PathBuf,
}

impl Mbsync {
    /// An empty Maildir for an IMAP account: `account` has the port of IMAP.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if there is no room for it.
    pub fn new(account: &Account) -> Result<Self, Error> {
        let place = Place::new()?;
        let mail = place.directory("mail")?;
        let Account { host, password, port, user, .. } = account;
        let security = match account.security {
            Security::Plain => "None",
            Security::Stls => "STARTTLS",
            Security::Tls => "IMAPS",
        };
        let trust = match &account.authority {
            Some(pem) => format!("CertificateFile {}\n", place.file("authority.pem", pem)?.display()),
            None => String::new(),
        };
        let configuration = format!(
            "IMAPAccount account
Host {host}
Port {port}
User {user}
Pass {password}
SSLType {security}
{trust}
IMAPStore far
Account account

MaildirStore near
Path {mail}/
Inbox {mail}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Expunge Both
SyncState *
",
            mail = mail.display(),
        );
        let configuration = place.file("mbsyncrc", configuration)?;
        Ok(Self { configuration, place })
    }

    /// Puts a message into the Maildir, with these letters as flags.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if there is no such mailbox yet: what comes first from the account makes it.
    pub fn add(&self, mailbox: &str, name: &str, flags: &str, octets: &[u8]) -> Result<(), Error> {
        let file = format!("mail/{mailbox}/cur/1000000000.{name}.localhost:2,{flags}");
        self.place.file(&file, octets).map(drop)
    }

    /// The messages in a mailbox of the Maildir, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if there is no such mailbox.
    pub fn messages(&self, mailbox: &str) -> Result<Vec<Message>, Error> {
        let folder = self.place.path().join("mail").join(mailbox);
        let paths = [process::list(&folder.join("cur"))?, process::list(&folder.join("new"))?].concat();
        let message = |path: PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let flags = name.split_once(":2,").map_or("", |(_, flags)| flags).to_owned();
            Ok(Message { flags, octets: process::read(&path)?, path })
        };
        paths.into_iter().map(message).collect()
    }

    /// Makes both sides alike.
    ///
    /// # Errors
    ///
    /// [`Error::Failed`] and [`Error::Deadline`] with what it wrote, [`Error::Missing`] if it is not installed.
    pub fn sync(&self) -> Result<(), Error> {
        let mut command = self.place.command("mbsync");
        command.arg("--config").arg(&self.configuration).arg("--all");
        self.place.run(&mut command, DEADLINE).map(drop)
    }
}

impl Message {
    /// Gives it other flags, as a mail program does that reads the Maildir.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if it is gone.
    pub fn set_flags(&self, flags: &str) -> Result<(), Error> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let stem = name.split_once(":2,").map_or(&*name, |(stem, _)| stem);
        let folder = self.path.parent().and_then(Path::parent).unwrap_or(&self.path);
        let changed = folder.join("cur").join(format!("{stem}:2,{flags}"));
        fs::rename(&self.path, changed).map_err(Error::io("giving flags to a message"))
    }
}

/// A message without the field that mbsync may add, by which it finds its copies.
#[must_use]
pub fn without_id(message: &[u8]) -> Vec<u8> {
    let lines = message.split_inclusive(|octet| *octet == b'\n');
    lines.filter(|line| !line.starts_with(b"X-TUID: ")).collect::<Vec<_>>().concat()
}

const DEADLINE: Duration = Duration::from_secs(60);
