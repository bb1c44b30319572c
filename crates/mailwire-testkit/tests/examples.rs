//! The example programs do what they promise, also when the line breaks, the program dies, or the server is odd.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use mailwire_testkit::programs::{Child, example};
use tempfile::TempDir;

/// A maildrop with messages of all kinds.
fn messages() -> Vec<Vec<u8>> {
    let mut messages = vec![
        b"Subject: one\r\n\r\nhello\r\n".to_vec(),
        b".\r\n..\r\n.dots\r\n\r\n.\r\n".to_vec(),
        b"Subject: eight bits\r\n\r\n\xE9\xFF\x80\r\n".to_vec(),
        b"Subject: looks like protocol\r\n\r\n+OK 1\r\n-ERR\r\n+ \r\n".to_vec(),
    ];
    for number in 0..30 {
        let line = format!("line of message {number}\r\n");
        messages.push(["Subject: more\r\n\r\n", &line.repeat(100 * number + 1)].concat().into_bytes());
    }
    messages
}

/// A running `mailserver` with these messages for ann, whose password is `secret`.
struct MailServer {
    _child: Child,
    port: u16,
    tls_port: u16,
    folder: TempDir,
}

impl MailServer {
    fn start(messages: &[Vec<u8>]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mail = folder.path().join("mail");
        fs::create_dir(&mail).unwrap();
        for (number, message) in messages.iter().enumerate() {
            fs::write(mail.join(format!("{number:04}.eml")), message).unwrap();
        }
        let mut command = Command::new(example("mailserver"));
        command.args([
            "--pop3",
            "127.0.0.1:0",
            "--pop3s",
            "127.0.0.1:0",
            "--user",
            "ann:secret",
            "--allow-plaintext",
        ]);
        command.arg("--import").arg(&mail).arg("--write-cert").arg(folder.path().join("cert.pem"));
        let mut child = Child::spawn(command.stdout(Stdio::piped()));
        let mut lines = BufReader::new(child.stdout()).lines().map(Result::unwrap);
        let mut port = |name: &str| {
            let line = lines.next().unwrap();
            line.strip_prefix(&format!("listening {name} 127.0.0.1:")).unwrap().parse().unwrap()
        };
        let (port, tls_port) = (port("pop3"), port("pop3s"));
        assert_eq!(lines.next().as_deref(), Some("ready"));
        Self { _child: child, port, tls_port, folder }
    }

    /// `pop3_fetch` for ann, into `maildir`, over `port`, which leads to this server.
    fn fetch(&self, port: u16, maildir: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(example("pop3_fetch"));
        command.args(["--host", "localhost", "--user", "ann"]).args(arguments);
        command.args(["--security", if port == self.tls_port { "tls" } else { "stls" }]);
        command.arg("--port").arg(port.to_string()).arg("--maildir").arg(maildir);
        command.arg("--ca").arg(self.folder.path().join("cert.pem")).env("MAILWIRE_PASSWORD", "secret");
        command
    }

    /// How many messages are left, and how many octets.
    fn stat(&self) -> String {
        let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", self.port)).unwrap());
        let mut last = String::new();
        for command in ["", "USER ann\r\n", "PASS secret\r\n", "STAT\r\n"] {
            stream.get_mut().write_all(command.as_bytes()).unwrap();
            last.clear();
            stream.read_line(&mut last).unwrap();
            assert!(last.starts_with("+OK"), "{last}");
        }
        stream.get_mut().write_all(b"QUIT\r\n").unwrap();
        stream.read_to_string(&mut String::new()).unwrap();
        last.split(' ').nth(1).unwrap().to_owned()
    }
}

/// Runs a command that has to succeed, and returns what it printed.
fn succeed(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// All messages of a Maildir, sorted.
fn stored(maildir: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(maildir.join("new")).unwrap();
    let mut messages: Vec<_> = entries.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    messages.sort();
    messages
}

fn sorted(mut messages: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    messages.sort();
    messages
}

/// A relay to `port` that cuts the connection number `n` after `cuts[n]` octets of the server, and lets the others be.
fn relay(port: u16, cuts: Vec<usize>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let relay = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut cuts = cuts.into_iter();
        for client in listener.incoming() {
            let (client, limit) = (client.unwrap(), cuts.next().unwrap_or(usize::MAX));
            let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || {
                let _ = std::io::copy(&mut from_client, &mut to_server);
                let _ = to_server.shutdown(Shutdown::Both);
            });
            thread::spawn(move || {
                let _ = std::io::copy(&mut (&server).take(limit as u64), &mut &client);
                let _ = client.shutdown(Shutdown::Both);
                let _ = server.shutdown(Shutdown::Both);
            });
        }
    });
    relay
}

#[test]
fn a_maildrop_is_downloaded_once_and_deleted_when_it_is_time() {
    let messages = messages();
    let server = MailServer::start(&messages);
    let maildir = server.folder.path().join("maildir");
    let total = messages.len();
    let fetch = |port, arguments: &[&str]| succeed(server.fetch(port, &maildir, arguments));

    let kept = fetch(server.tls_port, &["--keep"]);
    assert_eq!(kept, format!("{total} downloaded, 0 deleted on the server, {total} left there\n"));
    assert_eq!(stored(&maildir), sorted(messages.clone()), "octet by octet");

    let again = fetch(server.port, &["--keep-days", "7"]);
    assert_eq!(again, format!("0 downloaded, 0 deleted on the server, {total} left there\n"));

    // Eight days pass for the first message.
    let journal = journal_of(&maildir);
    let text = fs::read_to_string(&journal).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    let (seen, id) = first.split_once('\t').unwrap();
    let aged = seen.parse::<u64>().unwrap() - 8 * 24 * 60 * 60;
    fs::write(&journal, format!("{aged}\t{id}\n{rest}")).unwrap();
    let aged = fetch(server.port, &["--keep-days", "7"]);
    assert_eq!(aged, format!("0 downloaded, 1 deleted on the server, {} left there\n", total - 1));
    assert_eq!(server.stat(), (total - 1).to_string());

    let deleted = fetch(server.port, &[]);
    assert_eq!(deleted, format!("0 downloaded, {} deleted on the server, 0 left there\n", total - 1));
    assert_eq!(server.stat(), "0");
    assert_eq!(stored(&maildir).len(), total, "nothing is deleted here");
}

#[test]
fn a_lost_connection_loses_and_doubles_nothing() {
    let messages = messages();
    let server = MailServer::start(&messages);
    let size: usize = messages.iter().map(Vec::len).sum();
    // In the greeting, in the handshake, in the login, in the listing, in messages, at the end.
    let cuts = [5, 700, 2_500, 5_000, size / 3, size / 2, size];
    for cut in cuts {
        let maildir = server.folder.path().join(format!("maildir-{cut}"));
        let port = relay(server.port, vec![cut]);
        let summary = succeed(server.fetch(port, &maildir, &["--keep"]));
        assert!(summary.ends_with("left there\n"), "{summary}");
        assert_eq!(stored(&maildir), sorted(messages.clone()), "cut after {cut} octets");
        assert!(fs::read_dir(maildir.join("cur")).unwrap().next().is_none());
    }
    let maildir = server.folder.path().join("maildir");
    let port = relay(server.port, vec![size / 2, size / 2, size]);
    succeed(server.fetch(port, &maildir, &[]));
    assert_eq!(stored(&maildir), sorted(messages));
    assert_eq!(server.stat(), "0");
}

#[test]
fn a_killed_download_goes_on_where_it_was() {
    let messages = messages();
    let server = MailServer::start(&messages);
    let maildir = server.folder.path().join("maildir");
    for count in [1, 7, 20] {
        let mut child = Child::spawn(server.fetch(server.port, &maildir, &["--keep"]).stdout(Stdio::null()));
        // Until it has got somewhere; it may also be done before it dies.
        while child.is_running() && entries(&maildir.join("new")) < count {
            thread::yield_now();
        }
        child.kill();
    }
    // A line that the crash tore: half a unique-id.
    let journal = journal_of(&maildir);
    let mut text = fs::read_to_string(&journal).unwrap();
    text.push_str("1700000000\t6f4");
    fs::write(&journal, text).unwrap();
    succeed(server.fetch(server.port, &maildir, &["--keep"]));
    assert_eq!(stored(&maildir), sorted(messages));
    let again = succeed(server.fetch(server.port, &maildir, &["--keep"]));
    assert!(again.starts_with("0 downloaded"), "{again}");
}

#[test]
fn a_message_that_was_read_meanwhile_is_not_downloaded_again() {
    let server = MailServer::start(&messages());
    let maildir = server.folder.path().join("maildir");
    succeed(server.fetch(server.port, &maildir, &["--keep"]));
    // A mail reader moves what it has shown, and a crash takes the journal away.
    for entry in fs::read_dir(maildir.join("new")).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{}:2,S", entry.file_name().into_string().unwrap());
        fs::rename(entry.path(), maildir.join("cur").join(name)).unwrap();
    }
    fs::remove_file(journal_of(&maildir)).unwrap();
    let again = succeed(server.fetch(server.port, &maildir, &["--keep"]));
    assert!(again.starts_with("0 downloaded"), "{again}");
}

#[test]
fn what_cannot_be_told_apart_is_left_on_the_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let (mut reader, mut commands) = (BufReader::new(stream), Vec::new());
        reader.get_mut().write_all(b"+OK\r\n").unwrap();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let reply: &[u8] = match line.trim_end() {
                "CAPA" => b"-ERR\r\n",
                "UIDL" => b"+OK\r\n1 same\r\n2 same\r\n3\r\n4 own\r\n.\r\n",
                "RETR 4" => b"+OK\r\nmessage\r\n.\r\n",
                _ => b"+OK\r\n",
            };
            reader.get_mut().write_all(reply).unwrap();
            commands.push(line.trim_end().to_owned());
            if line.starts_with("QUIT") {
                return commands;
            }
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(example("pop3_fetch"));
    command.args(["--host", "127.0.0.1", "--user", "ann", "--password", "secret", "--security", "plaintext"]);
    command.arg("--port").arg(port.to_string()).arg("--maildir").arg(folder.path());
    succeed(command);
    let commands = server.join().unwrap();
    let expected = ["CAPA", "USER ann", "PASS secret", "UIDL", "RETR 4", "DELE 4", "QUIT"];
    assert_eq!(commands.iter().filter(|line| *line != "CAPA").count(), expected.len() - 1, "{commands:?}");
    assert_eq!(commands.last_chunk(), Some(&["RETR 4", "DELE 4", "QUIT"].map(str::to_owned)));
    assert_eq!(stored(folder.path()), [b"message\r\n"]);
}

#[test]
fn a_wrong_password_is_told_and_not_tried_again() {
    let server = MailServer::start(&[]);
    let maildir = server.folder.path().join("maildir");
    let output = server.fetch(server.port, &maildir, &[]).env("MAILWIRE_PASSWORD", "wrong").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("[AUTH]") && !told.contains("wrong") && !told.contains("trying again"), "{told}");
}

#[test]
fn the_server_imports_folders_and_ends_gracefully() {
    let folder = tempfile::tempdir().unwrap();
    let bob = folder.path().join("bob");
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(bob.join(part)).unwrap();
    }
    fs::write(bob.join("cur/1:2,S"), "Subject: read\n\n").unwrap();
    fs::write(bob.join("new/2"), "Subject: new\r\n\r\nno end").unwrap();
    fs::write(bob.join("tmp/3"), "not there yet").unwrap();
    let mbox = "From a@b Thu Jan  1 00:00:00 1970\nSubject: one\n\n>From here\n>>From there\nFrom inside\n\n\
                From a@b Thu Jan  1 00:00:00 1970\nSubject: two\n\n\n";
    fs::write(folder.path().join("all.mbox"), mbox).unwrap();
    fs::write(folder.path().join("single.eml"), "Subject: single\n\n").unwrap();
    fs::write(folder.path().join("notes.txt"), "no mail").unwrap();

    let mut command = Command::new(example("mailserver"));
    command.args(["--pop3s", "127.0.0.1:0", "--user", "ann:secret", "--user", "bob:secret"]);
    command.arg("--import").arg(folder.path()).arg("--write-cert").arg(folder.path().join("cert.pem"));
    let mut child = Child::spawn(command.stdout(Stdio::piped()).stderr(Stdio::null()));
    let mut lines = BufReader::new(child.stdout()).lines().map(Result::unwrap);
    let port = lines.next().unwrap().rsplit(':').next().unwrap().to_owned();
    assert_eq!(lines.next().as_deref(), Some("ready"));
    let fetch = |user: &str| {
        let maildir = folder.path().join(format!("{user}-fetched"));
        let mut command = Command::new(example("pop3_fetch"));
        command.args([
            "--host",
            "localhost",
            "--user",
            user,
            "--password",
            "secret",
            "--keep",
            "--port",
            &port,
        ]);
        command.arg("--maildir").arg(&maildir).arg("--ca").arg(folder.path().join("cert.pem"));
        succeed(command);
        stored(&maildir).into_iter().map(|message| String::from_utf8(message).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(
        fetch("ann"),
        [
            "Subject: one\r\n\r\nFrom here\r\n>From there\r\nFrom inside\r\n",
            "Subject: single\r\n\r\n",
            "Subject: two\r\n\r\n"
        ]
    );
    assert_eq!(fetch("bob"), ["Subject: new\r\n\r\nno end\r\n", "Subject: read\r\n\r\n"]);
    assert_eq!(child.terminate(), Some(0));
}

/// The next command has to be this one; in the answer `%` is its tag, which is returned.
fn hear(stream: &mut BufReader<TcpStream>, command: &str, answer: &str) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    let (tag, heard) = line.trim_end().split_once(' ').unwrap_or(("", line.trim_end()));
    assert_eq!(heard, command);
    stream.get_mut().write_all(answer.replace("% ", &format!("{tag} ")).as_bytes()).unwrap();
    tag.to_owned()
}

#[test]
fn imap_idle_goes_on_when_the_server_comes_back() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = Command::new(example("imap_idle"));
    command.args(["--host", "localhost", "--user", "ann", "--security", "plaintext", "--until", "2"]);
    command.arg("--port").arg(listener.local_addr().unwrap().port().to_string());
    command.env("MAILWIRE_PASSWORD", "secret").stdout(Stdio::piped());
    let mut child = Child::spawn(&mut command);
    let session = || {
        let mut stream = BufReader::new(listener.accept().unwrap().0);
        stream.get_mut().write_all(b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE CONDSTORE] hello\r\n").unwrap();
        stream
    };
    let new = |number: u32, uid: u32, subject: &str| {
        let envelope = format!("(NIL \"{subject}\" NIL NIL NIL NIL NIL NIL NIL NIL)");
        format!("* {number} FETCH (UID {uid} FLAGS () ENVELOPE {envelope})\r\n% OK done\r\n")
    };
    let opened = |exists: u32, next: u32, mod_seq: u32| {
        format!(
            "* {exists} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT {next}] ok\r\n\
            * OK [HIGHESTMODSEQ {mod_seq}] ok\r\n% OK [READ-ONLY] done\r\n"
        )
    };

    let mut stream = session();
    hear(&mut stream, "EXAMINE INBOX", &opened(3, 10, 90));
    let idle = hear(&mut stream, "IDLE", "+ idling\r\n* 4 EXISTS\r\n");
    hear(&mut stream, "DONE", &format!("{idle} OK idled\r\n"));
    hear(&mut stream, "UID FETCH 10:* (UID ENVELOPE FLAGS)", &new(4, 10, "before"));
    hear(&mut stream, "IDLE", "+ idling\r\n* BYE restarting\r\n");
    drop(stream);

    let mut stream = session();
    hear(&mut stream, "EXAMINE INBOX (CONDSTORE)", &opened(4, 12, 95));
    hear(&mut stream, "UID SEARCH UID 1:11", "* SEARCH 7 8 10 11\r\n% OK done\r\n");
    let changed =
        "* 1 FETCH (UID 7 FLAGS (\\Seen) MODSEQ (93))\r\n* 4 FETCH (UID 11 FLAGS () MODSEQ (95))\r\n";
    let fetch = "UID FETCH 7:8,10:11 (UID FLAGS) (CHANGEDSINCE 90)";
    hear(&mut stream, fetch, &format!("{changed}% OK done\r\n"));
    hear(&mut stream, "UID FETCH 11:* (UID ENVELOPE FLAGS)", &new(4, 11, "meanwhile"));
    hear(&mut stream, "LOGOUT", "* BYE bye\r\n% OK done\r\n");

    let mut printed = String::new();
    child.stdout().read_to_string(&mut printed).unwrap();
    let (before, after) = printed.split_once("; connecting again in ").unwrap();
    assert!(before.starts_with("INBOX: 3 messages\nnew: UID 10 () before\n"), "{before}");
    assert!(before.contains("restarting"), "{before}");
    let (_, after) = after.split_once('\n').unwrap();
    let expected = "INBOX: 4 messages\nUID 7 has flags (\\Seen)\nof UIDs 1:6,9 none is there\nnew: UID 11 () meanwhile\n";
    assert_eq!(after, expected);
}

#[test]
fn the_tour_ends_well() {
    let told = succeed(Command::new(example("tour")));
    for line in [
        "AUTHENTICATE PLAIN ****",
        "now there are 3",
        "1 in Drafts",
        "C: AUTH SCRAM-SHA-256-PLUS ****",
        "C: RETR 3",
        "1 message is left in the store",
        "That was all.",
    ] {
        assert!(told.contains(line), "{line} is missing in {told}");
    }
    assert!(!told.contains("correct horse"));
}

fn entries(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

fn journal_of(maildir: &Path) -> PathBuf {
    let mut files: BTreeMap<_, _> = fs::read_dir(maildir)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name(), entry.path()))
        .collect();
    files.retain(|name, _| name.to_string_lossy().starts_with(".pop3_fetch-"));
    files.into_values().next().unwrap()
}
