//! Dialogues of the server's machine, written as they are read.
//!
//! | line | meaning |
//! | --- | --- |
//! | `C: STAT` | the client sends this line; it is fed in pieces of every size |
//! | `C~ ST` | the same without a line end |
//! | `S: +OK 2 320` | the server has sent this line, and nothing else since the last `S:`; `S~` is without a line end |
//! | `> wait 60`, `> tls`, `> shutdown`, `> eof` | seconds pass; TLS has begun; the server goes down; the client has closed |
//! | `= closed Quit`, `= deleted 1 2`, `= opened ann`, `= tls`, `= error ...` | this is what the host has learnt next |
//!
//! Events are answered at once by a [`Host`].

use std::{collections::HashMap, time::Duration};

use bytes::{Bytes, BytesMut};
use mailwire::{
    pop3::{
        UniqueId,
        server::{Config, Connection, Entry, Event, Push, Refusal},
    },
    sasl::{
        ChannelBinding, ScramKeys, Secret,
        server::{Answer, Decoy, Question},
    },
};

use super::unescaped;

/// Who answers the machine's events.
#[derive(Clone, Debug, Default)]
pub struct Host {
    /// Passwords by user.
    pub users: HashMap<String, String>,
    /// The messages of every user.
    pub messages: Vec<Vec<u8>>,
    /// Their unique-ids; `id-1`, `id-2` and so on where there are none.
    pub unique_ids: Vec<String>,
    /// Every login is refused with this.
    pub refuse_login: Option<Refusal>,
    /// Every maildrop is refused with this.
    pub refuse_open: Option<Refusal>,
    /// Reading fails when so many octets of a message have been read.
    pub fail_after: Option<usize>,
    /// Not everything can be deleted.
    pub fail_commit: bool,
}

impl Host {
    /// Ann, whose password is `secret`, and mrose, whose is `tanstaaf`; and these messages.
    #[must_use]
    pub fn with(messages: &[&[u8]]) -> Self {
        let users =
            [("ann", "secret"), ("mrose", "tanstaaf")].map(|(user, password)| (user.into(), password.into()));
        let messages = messages.iter().map(|message| message.to_vec()).collect();
        Self { users: users.into(), messages, ..Self::default() }
    }

    pub(crate) fn secret(&self, user: &str) -> Option<Secret> {
        self.users.get(user).map(|password| Secret::from(password.as_str()))
    }

    pub(crate) fn answer(&self, question: &Question) -> Answer {
        let password = |user: &String| self.users.get(user);
        match question {
            Question::Password { user, password: given, .. } => match password(user) {
                Some(known) if Secret::from(known.as_str()) == *given => Answer::Granted,
                _ => Answer::Denied,
            },
            Question::CramMd5Password { user } => {
                Answer::Password(password(user).map(|password| password.as_str().into()))
            }
            Question::ScramKeys { user, hash, .. } => Answer::Keys(
                password(user)
                    .map(|password| ScramKeys::derive(*hash, password, b"sixteen octets..", 4096).unwrap()),
            ),
            _ => Answer::Denied,
        }
    }

    fn assert_no_secret(&self, shown: &str) {
        for password in self.users.values() {
            assert!(!super::shows(shown, password), "{shown}");
        }
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        let entry = |(index, message): (usize, &Vec<u8>)| Entry {
            octets: message.len() as u64,
            unique_id: match self.unique_ids.get(index) {
                Some(id) => UniqueId::new(id.as_str()).unwrap(),
                None => UniqueId::new(format!("id-{}", index + 1)).unwrap(),
            },
        };
        self.messages.iter().enumerate().map(entry).collect()
    }
}

/// A configuration on a line with TLS, without anything random.
#[must_use]
pub fn encrypted() -> Config {
    let mut config = cleartext();
    config.encrypted = true;
    config
}

/// A configuration on a line without TLS, without anything random.
#[must_use]
pub fn cleartext() -> Config {
    Config::new("a seed of at least 18 octets", Decoy::new("the same for all connections"))
}

/// Runs a dialogue with pieces of every size, each time with a new connection. The greeting is not written.
///
/// # Panics
///
/// If something else is sent or happens than is written.
pub fn check(config: &Config, host: &Host, script: &str) {
    for size in 1..=LARGEST_PIECE {
        Run::new(config, host, size).play(script);
    }
}

/// One session of a [`Host`].
#[derive(Debug)]
pub struct Run {
    /// The machine.
    pub connection: Connection,
    pub(super) greeting: Vec<u8>,
    host: Host,
    input: BytesMut,
    size: usize,
    now: Duration,
    pub(super) sent: Vec<u8>,
    pub(super) happened: Vec<String>,
}

impl Run {
    /// A session whose greeting was sent.
    #[must_use]
    pub fn new(config: &Config, host: &Host, size: usize) -> Self {
        let mut connection = Connection::new(Duration::ZERO, config.clone());
        let greeting = std::iter::from_fn(|| connection.poll_transmit()).flatten().collect();
        Self {
            connection,
            greeting,
            host: host.clone(),
            input: BytesMut::new(),
            size,
            now: Duration::ZERO,
            sent: Vec::new(),
            happened: Vec::new(),
        }
    }

    /// Plays a dialogue.
    ///
    /// # Panics
    ///
    /// If something else is sent or happens than is written.
    pub fn play(&mut self, script: &str) {
        for (number, line) in
            script.lines().map(str::trim_start).enumerate().filter(|(_, line)| !line.is_empty())
        {
            let place = format!("line {number}, pieces of {}: {line}", self.size);
            let line = line.replace("<SP>", " ");
            if line.starts_with('C') {
                let sent = self.sent.escape_ascii().to_string();
                assert_eq!(sent, "", "sent before it was the server's turn: {place}");
            }
            match line.split_at_checked(2) {
                Some(("C:", text)) => {
                    self.feed(
                        &[unescaped(text.strip_prefix(' ').unwrap_or(text)), b"\r\n".to_vec()].concat(),
                    );
                }
                Some(("C~", text)) => self.feed(&unescaped(text.strip_prefix(' ').unwrap_or(text))),
                Some((which @ ("S:" | "S~"), text)) => {
                    let mut expected = unescaped(text.strip_prefix(' ').unwrap_or(text));
                    if which == "S:" {
                        expected.extend_from_slice(b"\r\n");
                    }
                    let sent: Vec<u8> = self.sent.drain(..expected.len().min(self.sent.len())).collect();
                    assert_eq!(
                        sent.escape_ascii().to_string(),
                        expected.escape_ascii().to_string(),
                        "{place}"
                    );
                }
                Some(("> ", text)) => self.act(text),
                Some(("= ", text)) => {
                    assert!(!self.happened.is_empty(), "nothing happened at {place}");
                    let happened = self.happened.remove(0);
                    match text.strip_suffix("<..>") {
                        Some(start) => assert!(happened.starts_with(start), "{happened} at {place}"),
                        None => assert_eq!(happened, text, "{place}"),
                    }
                }
                _ => panic!("{place}"),
            }
        }
        assert_eq!(self.happened, Vec::<String>::new(), "more happened, in pieces of {}", self.size);
        assert_eq!(self.sent.escape_ascii().to_string(), "", "more was sent, in pieces of {}", self.size);
    }

    /// Lets the machine hear these octets, in pieces.
    pub fn hear(&mut self, octets: &[u8]) {
        self.feed(octets);
    }

    /// What it has sent since the last line that was compared.
    #[must_use]
    pub fn sent(&self) -> String {
        self.sent.escape_ascii().to_string()
    }

    /// What the host has learnt since the last that was compared.
    #[must_use]
    pub fn happened(&self) -> &[String] {
        &self.happened
    }

    pub(super) fn feed(&mut self, octets: &[u8]) {
        for piece in octets.chunks(self.size) {
            self.input.extend_from_slice(piece);
            self.run();
        }
    }

    pub(super) fn act(&mut self, text: &str) {
        match text.split_once(' ').unwrap_or((text, "")) {
            ("wait", seconds) => {
                self.now += Duration::from_secs(seconds.parse().unwrap());
                self.connection.handle_timeout(self.now);
            }
            ("tls", _) => {
                let bindings =
                    vec![ChannelBinding::new(mailwire::sasl::ChannelBindingKind::TlsExporter, "binding")];
                self.connection.tls_started(self.now, bindings).unwrap();
            }
            ("shutdown", _) => self.connection.shut_down(),
            ("eof", _) => self.connection.handle_eof(self.now),
            _ => panic!("{text}"),
        }
        self.run();
    }

    /// What was to be deleted at QUIT; nothing if nobody was told.
    pub(super) fn deleted(&self) -> Option<&str> {
        let told = self.happened.iter().find_map(|what| what.strip_prefix("deleted"))?;
        Some(told.trim_start())
    }

    pub(super) fn assert_no_secret(&self) {
        self.host.assert_no_secret(&format!("{:?}", self.connection));
    }

    /// Lets the machine take and give all that it can.
    fn run(&mut self) {
        loop {
            while let Some(octets) = self.connection.poll_transmit() {
                self.sent.extend_from_slice(&octets);
            }
            if let Some(event) = self.connection.poll_event() {
                self.on_event(event);
                continue;
            }
            let before = self.input.len();
            if before == 0 || !self.connection.wants_input() {
                return;
            }
            if let Err(error) = self.connection.handle_input(self.now, &mut self.input) {
                let again = self.connection.handle_input(self.now, &mut self.input);
                assert_eq!(again.as_ref(), Err(&error), "errors stick");
                self.happened.push(format!("error {error}"));
                self.input.clear();
            } else if self.input.len() == before {
                while let Some(octets) = self.connection.poll_transmit() {
                    self.sent.extend_from_slice(&octets);
                }
                return;
            }
        }
    }

    fn on_event(&mut self, event: Event) {
        let now = self.now;
        self.host.assert_no_secret(&format!("{event:?}"));
        match event {
            Event::Ask(_) if self.host.refuse_login.is_some() => {
                self.connection.refused(now, self.host.refuse_login.unwrap()).unwrap();
            }
            Event::Ask(question) => self.connection.answer(now, self.host.answer(&question)).unwrap(),
            Event::AskApop(question) => {
                self.connection.answer_apop(now, self.host.secret(&question.user).as_ref()).unwrap();
            }
            Event::Open { identity } => {
                self.happened.push(format!("opened {}", identity.effective()));
                match self.host.refuse_open {
                    Some(refusal) => self.connection.refused(now, refusal).unwrap(),
                    None => self.connection.opened(now, self.host.entries()).unwrap(),
                }
            }
            Event::Retrieve { message, .. } => self.retrieve(message.index()),
            Event::Commit { deleted } => {
                let numbers: Vec<String> = deleted.iter().map(ToString::to_string).collect();
                self.happened.push(format!("deleted {}", numbers.join(" ")).trim_end().into());
                self.connection.committed(now, !self.host.fail_commit).unwrap();
            }
            Event::StartTls => self.happened.push("tls".into()),
            Event::Closed(closed) => self.happened.push(format!("closed {closed:?}")),
            _ => {}
        }
    }

    fn retrieve(&mut self, index: usize) {
        let now = self.now;
        let message = Bytes::from(self.host.messages[index].clone());
        let readable = self.host.fail_after.unwrap_or(message.len()).min(message.len());
        let mut read = 0;
        while read < readable {
            let end = (read + self.size).min(readable);
            let push = self.connection.push(now, message.slice(read..end)).unwrap();
            read = end;
            if push == Push::Enough {
                break;
            }
        }
        match self.host.fail_after {
            Some(_) => self.connection.failed(now, Refusal::Temporary).unwrap(),
            None => self.connection.finish(now).unwrap(),
        }
    }
}

const LARGEST_PIECE: usize = 60;
