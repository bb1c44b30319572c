//! A Maildir that remembers which messages of an account it has.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

/// A Maildir, and what was downloaded into it from one account.
pub(crate) struct Maildir {
    folder: PathBuf,
    account: String,
    /// By unique-id.
    records: HashMap<String, Record>,
    /// The names in `new` and `cur`, without flags, when the Maildir was opened.
    names: HashSet<String>,
    journal: File,
    stored: usize,
}

/// A message that was downloaded.
pub(crate) struct Record {
    /// When it was, in seconds since 1970.
    pub(crate) first_seen: u64,
}

/// A message that is being written.
pub(crate) struct Draft {
    id: String,
    name: String,
    path: PathBuf,
    file: BufWriter<File>,
}

impl Maildir {
    /// Opens a Maildir, and makes what of it is not there. Unique-ids mean nothing outside of `account`.
    pub(crate) fn open(folder: &Path, account: &str) -> io::Result<Self> {
        let mut names = HashSet::new();
        for part in ["cur", "new", "tmp"] {
            fs::create_dir_all(folder.join(part))?;
            for entry in fs::read_dir(folder.join(part)).into_iter().flatten().filter(|_| part != "tmp") {
                let name = entry?.file_name().to_string_lossy().into_owned();
                names.insert(name.split(':').next().unwrap_or_default().to_owned());
            }
        }
        let path = journal_of(folder, account);
        let mut text = fs::read_to_string(&path).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(String::new()),
            _ => Err(error),
        })?;
        // A crash may have torn the last line, and half a unique-id may be that of another message.
        text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
        let journal = OpenOptions::new().create(true).append(true).open(path)?;
        journal.set_len(text.len() as u64)?;
        journal.sync_all()?;
        sync(folder)?;
        let lines = text.lines().filter_map(|line| line.split_once('\t'));
        let record =
            |(seen, id): (&str, &str)| Some((id.to_owned(), Record { first_seen: seen.parse().ok()? }));
        let records = lines.filter_map(record).collect();
        Ok(Self {
            folder: folder.to_owned(),
            account: account.to_owned(),
            records,
            names,
            journal,
            stored: 0,
        })
    }

    /// What is known of the message, if it was downloaded, in this run or in an earlier one.
    pub(crate) fn find(&self, id: &str) -> Option<&Record> {
        self.records.get(id)
    }

    /// Whether the message is there. A crash between the message and its line in the journal leaves the message, whose
    /// name tells its unique-id: then the line is written now.
    pub(crate) fn has(&mut self, id: &str, now: u64) -> io::Result<bool> {
        if !self.records.contains_key(id) && self.names.contains(&self.name_of(id)) {
            self.record(id, now)?;
        }
        Ok(self.records.contains_key(id))
    }

    /// How many messages this run has stored.
    pub(crate) fn stored(&self) -> usize {
        self.stored
    }

    /// Begins to write a message.
    pub(crate) fn begin(&self, id: &str) -> io::Result<Draft> {
        let name = self.name_of(id);
        let path = self.folder.join("tmp").join(&name);
        let file = BufWriter::new(File::create(&path)?);
        Ok(Draft { id: id.to_owned(), name, path, file })
    }

    /// Makes a message appear, as a whole and for good: it is on disk before it has its name, and its name is on disk
    /// before this returns.
    pub(crate) fn commit(&mut self, draft: Draft, now: u64) -> io::Result<()> {
        let Draft { id, name, path, file } = draft;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(path, self.folder.join("new").join(name))?;
        sync(&self.folder.join("new"))?;
        self.record(&id, now)?;
        self.stored += 1;
        Ok(())
    }

    /// Forgets the unique-ids that the server does not have any more.
    pub(crate) fn forget_all_but(&mut self, keep: impl Fn(&str) -> bool) -> io::Result<()> {
        self.records.retain(|id, _| keep(id));
        let fresh = self.folder.join("tmp").join("journal");
        let mut file = BufWriter::new(File::create(&fresh)?);
        for (id, record) in &self.records {
            writeln!(file, "{}\t{id}", record.first_seen)?;
        }
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        let path = journal_of(&self.folder, &self.account);
        fs::rename(fresh, &path)?;
        sync(&self.folder)?;
        self.journal = OpenOptions::new().append(true).open(path)?;
        Ok(())
    }

    fn record(&mut self, id: &str, first_seen: u64) -> io::Result<()> {
        writeln!(self.journal, "{first_seen}\t{id}")?;
        self.journal.sync_all()?;
        self.records.insert(id.to_owned(), Record { first_seen });
        Ok(())
    }

    fn name_of(&self, id: &str) -> String {
        format!("{}.mailwire", digest(&format!("{}\n{id}", self.account)))
    }
}

impl Draft {
    /// Writes the next octets.
    pub(crate) fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        self.file.write_all(octets)
    }
}

/// The file with a line for each message: its time, TAB, its unique-id.
fn journal_of(folder: &Path, account: &str) -> PathBuf {
    folder.join(format!(".pop3_fetch-{}", digest(account)))
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(16).map(|octet| format!("{octet:02x}")).collect()
}

/// Makes the names in a folder survive a crash.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
