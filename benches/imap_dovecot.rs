//! The client on tokio beside curl, mbsync, `async-imap` and imaplib, against Dovecot: what each takes of the processor, as a
//! process of its own.
//!
//! Who is not installed is left out, and so is who cannot do a task.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use mailwire_testkit::{
    peers::{Dovecot, Protocol, Settings},
    programs,
};

use crate::{
    clients::{
        Account, Entrant, Failure, PASSWORD, Sums, Task, contest, imaplib, is_child, measure, own, sums,
    },
    measure::{Goals, is_test},
};

mod clients;
mod mail;
mod measure;

fn main() -> Result<(), Failure> {
    if is_child() {
        return Ok(());
    }
    let (count, large) = if is_test() { (10, 1 << 20) } else { (10_000, 1 << 30) };
    let settings = Settings::new().mechanisms("plain login").user(MANY, PASSWORD).user(ONE, PASSWORD);
    let server = match Dovecot::start(settings) {
        Ok(server) => server,
        Err(error) => {
            println!("Nothing is measured: {error}");
            return Ok(());
        }
    };
    for number in 1..=count {
        server.deliver(MANY, &mail::message(number, SMALL))?;
    }
    server.deliver(ONE, &mail::message(1, large))?;
    let bench = Bench { folder: tempfile::tempdir()?, port: server.port(Protocol::Imap) };

    let mut goals = Goals::default();
    bench.read(Task::Bodies, &format!("FLAGS BODY[] of {count} messages"), &mut goals)?;
    bench.store(MANY, &format!("{count} messages into a Maildir"), &mut goals)?;
    bench.read(Task::Structures, &format!("ENVELOPE FLAGS BODYSTRUCTURE of {count} messages"), &mut goals)?;
    let large = format!("a message of {} MiB", large >> 20);
    bench.read(Task::Large, &large, &mut goals)?;
    bench.store(ONE, &format!("{large} into a Maildir"), &mut goals)?;
    goals.end();
    Ok(())
}

struct Bench {
    folder: tempfile::TempDir,
    port: u16,
}

impl Bench {
    /// What is fetched is thrown away.
    fn read(&self, task: Task, what: &str, goals: &mut Goals) -> Result<(), Failure> {
        let account = self.account(if task == Task::Large { ONE } else { MANY });
        let sums = sums(task, account)?;
        let mut clients = vec![Entrant::new("mailwire-tokio", own("mailwire", task, account)).finds(sums)];
        let others = [
            self.curl(task, account, sums),
            Ok(Entrant::new("async-imap", own("async-imap", task, account)).finds(sums)),
            imaplib(task, account).map(|imaplib| Entrant::new("imaplib", imaplib).finds(sums)),
        ];
        for other in others {
            match other {
                Ok(other) => clients.push(other),
                Err(error) => println!("\nLeft out of {what}: {error}"),
            }
        }
        contest(what, clients, if task == Task::Large { 3 } else { 15 }, goals)
    }

    /// What is fetched is stored.
    fn store(&self, user: &'static str, what: &str, goals: &mut Goals) -> Result<(), Failure> {
        let account = self.account(user);
        let task = if user == ONE { Task::Large } else { Task::Bodies };
        let sums = sums(task, account)?;
        let mut clients = vec![self.imap_fetch(account, sums)?];
        match self.mbsync(account, sums) {
            Ok(mbsync) => clients.push(mbsync),
            Err(error) => println!("\nLeft out of {what}: {error}"),
        }
        contest(what, clients, 3, goals)
    }

    /// For bodies, URLs with a range of UIDs, which are one FETCH after the other on one connection: curl can ask for several
    /// messages at once by a command of its user, but of their octets it prints none then. For structures, such commands, each
    /// for as few messages as this takes: curl 7.88 counts what it answers as headers, each line with all before it, and
    /// takes 300 KiB of them.
    fn curl(&self, task: Task, Account { port, user }: Account, sums: Sums) -> Result<Entrant, Failure> {
        let mut curl = Command::new(installed("curl")?);
        curl.args(["--silent", "--show-error", "--user", &format!("{user}:{PASSWORD}")]);
        let inbox = format!("imap://127.0.0.1:{port}/INBOX");
        match task {
            Task::Bodies => curl.arg(format!("{inbox};UID=[1-{}]", sums.messages)),
            Task::Structures => curl.arg("--config").arg(self.commands(user, &inbox, sums.messages)?),
            Task::Large => curl.arg(format!("{inbox};UID=1")),
        };
        let output = self.folder.path().join("curl");
        measure(&curl, Some(&output))?;
        let printed = fs::read(&output)?;
        fs::remove_file(&output)?;
        let is_right = match task {
            Task::Structures => printed.split(|octet| *octet == b'\n').count() as u64 == sums.messages + 1,
            Task::Bodies | Task::Large => printed.len() as u64 == sums.octets,
        };
        if !is_right {
            return Err(format!("curl printed {} octets", printed.len()).into());
        }
        Ok(Entrant::new("curl", curl).output("/dev/null".into()))
    }

    /// Commands for curl, by which it fetches structures on one connection.
    fn commands(&self, user: &str, inbox: &str, messages: u64) -> Result<PathBuf, Failure> {
        let command = |first: u64| {
            let last = messages.min(first + AT_ONCE - 1);
            let fetch = format!("UID FETCH {first}:{last} (ENVELOPE FLAGS BODYSTRUCTURE)");
            format!("silent\nshow-error\nuser = {user}:{PASSWORD}\nrequest = \"{fetch}\"\nurl = {inbox}\n")
        };
        let commands: Vec<String> = (1..=messages).step_by(AT_ONCE as usize).map(command).collect();
        let file = self.folder.path().join("curlrc");
        fs::write(&file, commands.join("next\n"))?;
        Ok(file)
    }

    fn imap_fetch(&self, Account { port, user }: Account, sums: Sums) -> Result<Entrant, Failure> {
        let mut command = Command::new(imap_fetch()?);
        command.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--security", "plaintext"]);
        let folder = self.folder.path().join("imap_fetch");
        command.args(["--user", user, "--password", PASSWORD, "--maildir"]).arg(&folder);
        Ok(stores(Entrant::new("mailwire-tokio (imap_fetch)", command), folder.clone(), folder, sums))
    }

    fn mbsync(&self, Account { port, user }: Account, sums: Sums) -> Result<Entrant, Failure> {
        let mbsync = installed("mbsync")?;
        let (folder, file) = (self.folder.path().join("mbsync"), self.folder.path().join("mbsyncrc"));
        let near = folder.display();
        let configuration = format!(
            "IMAPAccount dovecot\nHost 127.0.0.1\nPort {port}\nUser {user}\nPass {PASSWORD}\nSSLType None\nAuthMechs LOGIN\n\n\
             IMAPStore far\nAccount dovecot\n\nMaildirStore near\nPath {near}/\nInbox {near}/INBOX\n\n\
             Channel all\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSync Pull\nSyncState *\n"
        );
        fs::write(&file, configuration)?;
        let mut command = Command::new(mbsync);
        command.args(["--quiet", "--quiet", "--config"]).arg(&file).arg("all");
        Ok(stores(Entrant::new("mbsync", command), folder.clone(), folder.join("INBOX"), sums))
    }

    fn account(&self, user: &'static str) -> Account {
        Account { port: self.port, user }
    }
}

/// Begins with an empty folder, in which a Maildir with all messages has to be at the end.
fn stores(client: Entrant, folder: PathBuf, maildir: PathBuf, sums: Sums) -> Entrant {
    let prepare = move || {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        Ok(fs::create_dir(&folder)?)
    };
    client.prepare(prepare).check(move |_| {
        let stored = ["cur", "new"].map(|part| files(&maildir.join(part)));
        let [(cur, in_cur), (new, in_new)] = stored;
        if cur + new == sums.messages {
            return Ok(());
        }
        Err(format!("{} messages with {} octets are in the Maildir", cur + new, in_cur + in_new).into())
    })
}

/// How many files are in a folder, and how many octets in them.
fn files(folder: &Path) -> (u64, u64) {
    let sizes = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some(entry.metadata().ok()?.len()));
    sizes.fold((0, 0), |(count, octets), size| (count + 1, octets + size))
}

/// The example, as fast as the compiler makes it.
fn imap_fetch() -> Result<PathBuf, Failure> {
    if is_test() {
        return Ok(programs::example("imap_fetch"));
    }
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "--profile", "bench", "--package", "mailwire-examples"]);
    build.args(["--example", "imap_fetch", "--message-format", "json"]);
    let output = build.current_dir(env!("CARGO_MANIFEST_DIR")).output()?;
    let messages = String::from_utf8(output.stdout)?;
    let (_, after) = messages.rsplit_once("\"executable\":\"").ok_or("imap_fetch was not built")?;
    Ok(after.split('"').next().unwrap_or_default().into())
}

fn installed(program: &'static str) -> Result<&'static str, Failure> {
    let answer = Command::new(program).arg("--version").output();
    answer.map(|_| program).map_err(|error| format!("{program}: {error}").into())
}

/// Who has many messages.
const MANY: &str = "ann";
/// Who has one.
const ONE: &str = "bob";
const SMALL: usize = 2048;
/// How many structures curl can be told of by one command.
const AT_ONCE: u64 = 6;
