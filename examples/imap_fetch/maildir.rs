//! A Maildir whose file names tell which message of which mailbox they are.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use mailwire::imap::{Flag, Flags, Uid, UidSet, UidValidity, date::DateTime};
use sha2::{Digest as _, Sha256};

/// A Maildir with the messages of one mailbox.
pub(crate) struct Maildir {
    folder: PathBuf,
    /// The front of the names: mailbox and UIDVALIDITY. Behind it is the UID.
    prefix: String,
    /// Where the messages are that are there already.
    paths: HashMap<Uid, PathBuf>,
}

/// A message that comes.
pub(crate) struct Arrival {
    pub(crate) uid: Uid,
    pub(crate) flags: Flags,
    /// When it arrived at the server, if that is known.
    pub(crate) date: Option<DateTime>,
}

/// A message that is being written.
pub(crate) struct Draft {
    uid: Uid,
    name: String,
    date: Option<DateTime>,
    path: PathBuf,
    file: BufWriter<File>,
}

impl Maildir {
    /// Opens a Maildir, and makes what of it is not there.
    pub(crate) fn open(folder: &Path, mailbox: &str, validity: UidValidity) -> io::Result<Self> {
        let digest: String =
            Sha256::digest(mailbox).iter().take(8).map(|octet| format!("{octet:02x}")).collect();
        let prefix = format!("{digest}.{}.", validity.get());
        let mut paths = HashMap::new();
        for part in ["tmp", "new", "cur"] {
            fs::create_dir_all(folder.join(part))?;
            for entry in fs::read_dir(folder.join(part))? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let Some(rest) = name.strip_prefix(&prefix) else { continue };
                if part == "tmp" {
                    // Of a run that was interrupted.
                    fs::remove_file(entry.path())?;
                } else if let Some(uid) =
                    rest.split('.').next().and_then(|uid| uid.parse().ok()).and_then(Uid::new)
                {
                    paths.insert(uid, entry.path());
                }
            }
        }
        Ok(Self { folder: folder.to_owned(), prefix, paths })
    }

    /// Whether a message is there.
    pub(crate) fn has(&self, uid: Uid) -> bool {
        self.paths.contains_key(&uid)
    }

    /// Brings the flags of a message up to date, and tells whether they changed.
    pub(crate) fn refresh(&mut self, uid: Uid, flags: &Flags) -> io::Result<bool> {
        let Some(path) = self.paths.get_mut(&uid) else { return Ok(false) };
        let fresh =
            self.folder.join("cur").join(format!("{}{uid}.mailwire:2,{}", self.prefix, letters(flags)));
        // A message without flags that a reader has not looked at yet stays in `new`.
        let is_new = path.parent().is_some_and(|parent| parent.ends_with("new"));
        if *path == fresh || (is_new && letters(flags).is_empty()) {
            return Ok(false);
        }
        fs::rename(&*path, &fresh)?;
        *path = fresh;
        Ok(true)
    }

    /// Begins to write a message.
    pub(crate) fn begin(&self, arrival: &Arrival) -> io::Result<Draft> {
        let letters = letters(&arrival.flags);
        let base = format!("{}{}.mailwire", self.prefix, arrival.uid);
        let path = self.folder.join("tmp").join(&base);
        let name = if letters.is_empty() { format!("new/{base}") } else { format!("cur/{base}:2,{letters}") };
        let file = BufWriter::new(File::create(&path)?);
        Ok(Draft { uid: arrival.uid, name, date: arrival.date, path, file })
    }

    /// Makes a message appear, as a whole and for good: it is on disk before it has its name.
    pub(crate) fn commit(&mut self, draft: Draft) -> io::Result<()> {
        let Draft { uid, name, date, path, file } = draft;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        if let Some(arrived) = date.and_then(|date| u64::try_from(date.unix_seconds()).ok()) {
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(arrived))?;
        }
        file.sync_all()?;
        let target = self.folder.join(name);
        fs::rename(path, &target)?;
        self.paths.insert(uid, target);
        Ok(())
    }

    /// Removes the messages that are not among these, and tells how many there were.
    pub(crate) fn keep_only(&mut self, uids: &UidSet) -> io::Result<usize> {
        let gone: Vec<Uid> = self.paths.keys().copied().filter(|uid| !uids.contains(*uid)).collect();
        for uid in &gone {
            if let Some(path) = self.paths.remove(uid) {
                fs::remove_file(path)?;
            }
        }
        Ok(gone.len())
    }
}

impl Draft {
    /// Writes the next octets.
    pub(crate) fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        self.file.write_all(octets)
    }
}

/// Flags as the names of a Maildir have them, in the order of the alphabet.
fn letters(flags: &Flags) -> String {
    [
        (Flag::Draft, 'D'),
        (Flag::Flagged, 'F'),
        (Flag::Forwarded, 'P'),
        (Flag::Answered, 'R'),
        (Flag::Seen, 'S'),
        (Flag::Deleted, 'T'),
    ]
    .into_iter()
    .filter_map(|(flag, letter)| flags.contains(&flag).then_some(letter))
    .collect()
}
