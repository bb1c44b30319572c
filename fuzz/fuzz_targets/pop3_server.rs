//! The server machine with a hostile client and any host.
//!
//! Its input is a script of what the host does, and the wire of the client. When the script ends, the host is a friendly
//! one.
#![no_main]

use std::{sync::OnceLock, time::Duration};

use arbitrary::Unstructured;
use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::{only_lines, script_and_wire};
use mailwire_pop3_server::{
    ApiMisuse, Closed, Config, Connection, Entry, Error, Event, Language, Phrase, Push, Refusal,
    codec::{
        Quirks, UniqueId,
        greeting::Timestamp,
        language::{LanguageListing, LanguageTag},
    },
    sasl::{
        ChannelBinding, ChannelBindingKind, Mechanism, ScramHash, ScramKeys, Secret,
        server::{Answer, Decoy, Question},
    },
};

fuzz_target!(|data: &[u8]| {
    let (mut script, wire) = script_and_wire(data);
    let mut session = Session::new(&mut script, wire);
    let mut steps = 0_u32;
    while session.step(&mut script).is_ok() {
        steps += 1;
        if steps.is_multiple_of(4) {
            session.check();
        }
    }
    session.check();
    session.finish();
});

struct Session<'a> {
    connection: Connection,
    now: Duration,
    wire: &'a [u8],
    input: BytesMut,
    output: Vec<u8>,
    /// Octets that were pushed, and not yet drained.
    pushed: usize,
    /// What the host was asked and did not answer.
    asked: Option<Asked>,
    /// The reply to STLS was drained.
    in_handshake: bool,
    logged_in: bool,
    committed: bool,
    closed: Option<Closed>,
    error: Option<Error>,
    eof: bool,
    /// Whether the password is on the wire, and nowhere but in PASS.
    watch_password: bool,
}

#[derive(Debug)]
enum Asked {
    Sasl(Question),
    Apop,
    Open,
    Message { pushed: usize },
    Commit,
    Tls,
}

/// Nothing is left to do.
struct Done;

impl<'a> Session<'a> {
    fn new(script: &mut Unstructured<'_>, wire: &'a [u8]) -> Self {
        let mut session = Self {
            connection: Connection::new(Duration::ZERO, config(script)),
            now: Duration::ZERO,
            wire,
            input: BytesMut::new(),
            output: Vec::new(),
            pushed: 0,
            asked: None,
            in_handshake: false,
            logged_in: false,
            committed: false,
            closed: None,
            error: None,
            eof: false,
            watch_password: password_is_only_in_pass(wire),
        };
        session.drain();
        session
    }

    /// What the script says, or what a friendly host does.
    fn step(&mut self, script: &mut Unstructured<'_>) -> Result<(), Done> {
        let Ok(decision) = (if script.is_empty() { Err(()) } else { script.arbitrary::<u8>().map_err(drop) })
        else {
            return self.friendly_step();
        };
        match decision % 12 {
            0..4 => self.feed(usize::from(octet(script))),
            4..7 if self.asked.is_some() => self.answer(script),
            4..7 => self.read(),
            7 => self.shut_down(),
            8 => self.wait(Duration::from_secs(u64::from(octet(script)) * 4)),
            9 if octet(script) == 0 => self.hang_up(),
            9 => self.misuse(),
            10 => self.read(),
            _ => self.friendly_step().unwrap_or_default(),
        }
        // A client that does not read, now and then.
        if decision < 192 {
            self.drain();
        } else {
            self.drain_events();
            self.in_handshake = false;
        }
        Ok(())
    }

    fn friendly_step(&mut self) -> Result<(), Done> {
        self.drain();
        if self.asked.is_some() {
            self.answer(&mut Unstructured::new(&[]));
        } else if !self.wire.is_empty() && self.connection.wants_input() {
            self.feed(usize::MAX);
        } else if let Some(deadline) =
            self.connection.poll_timeout().filter(|_| !self.connection.wants_input())
        {
            self.wait(deadline.saturating_sub(self.now));
        } else {
            let before = (self.input.len(), self.output.len());
            self.read();
            self.drain();
            if before == (self.input.len(), self.output.len()) {
                return Err(Done);
            }
        }
        self.drain();
        Ok(())
    }

    fn feed(&mut self, size: usize) {
        if matches!(self.asked, Some(Asked::Tls)) {
            return;
        }
        let (chunk, rest) = self.wire.split_at(size.min(self.wire.len()));
        self.wire = rest;
        self.input.extend_from_slice(chunk);
        self.read();
    }

    fn read(&mut self) {
        let (wanted, before) = (self.connection.wants_input(), self.input.len());
        let result = self.connection.handle_input(self.now, &mut self.input);
        assert!(wanted || self.input.len() == before, "input was taken that was not wanted");
        match (&self.error, result) {
            (Some(error), result) => assert_eq!(result.as_ref(), Err(error)),
            (None, Err(error)) => self.error = Some(error),
            (None, Ok(())) => {}
        }
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
        // The second is for who was told late that the login failed, and is too late for another.
        for _ in 0..2 {
            self.connection.handle_timeout(self.now);
        }
        let due = self.connection.poll_timeout().filter(|deadline| *deadline <= self.now);
        assert_eq!(due, None, "a deadline stays");
        if matches!(self.asked, Some(Asked::Tls)) && self.connection.poll_timeout().is_none() {
            self.asked = None;
        }
    }

    /// A question that is open is taken back, unless it is about a message or deletions.
    fn shut_down(&mut self) {
        self.connection.shut_down();
        self.asked = self.asked.take().filter(|asked| matches!(asked, Asked::Message { .. } | Asked::Commit));
    }

    fn hang_up(&mut self) {
        self.connection.handle_eof(self.now);
        self.eof = true;
        self.asked = None;
        assert!(self.connection.is_closed() && !self.connection.wants_input());
    }

    fn answer(&mut self, script: &mut Unstructured<'_>) {
        let Some(asked) = self.asked.take() else { return };
        let decision = octet(script);
        let refusal = [
            Refusal::Credentials,
            Refusal::InUse,
            Refusal::LoginDelay,
            Refusal::Permanent,
            Refusal::Temporary,
            Refusal::Utf8,
        ][usize::from(decision / 4) % 6];
        let result = match asked {
            Asked::Sasl(_) | Asked::Apop | Asked::Open if decision % 4 == 3 => {
                self.connection.refused(self.now, refusal)
            }
            Asked::Sasl(question) => {
                let answer = answer(&question, decision);
                self.connection.answer(self.now, answer)
            }
            Asked::Apop => {
                let secret = decision.is_multiple_of(4).then(|| Secret::from(PASSWORD));
                self.connection.answer_apop(self.now, secret.as_ref())
            }
            Asked::Open => {
                self.logged_in = true;
                self.connection.opened(self.now, entries(decision))
            }
            Asked::Message { pushed } => self.answer_retrieve(script, decision, refusal, pushed),
            Asked::Commit => self.connection.committed(self.now, decision.is_multiple_of(4)),
            Asked::Tls => self.start_tls(),
        };
        assert_eq!(result, Ok(()), "what was asked can be answered");
    }

    fn start_tls(&mut self) -> Result<(), ApiMisuse> {
        assert!(self.input.is_empty(), "octets in clear text follow STLS");
        self.in_handshake = false;
        let binding = ChannelBinding::new(ChannelBindingKind::TlsExporter, "exported octets");
        self.connection.tls_started(self.now, vec![binding])
    }

    fn answer_retrieve(
        &mut self,
        script: &mut Unstructured<'_>,
        decision: u8,
        refusal: Refusal,
        pushed: usize,
    ) -> Result<(), ApiMisuse> {
        if decision % 4 == 3 {
            return self.connection.failed(self.now, refusal);
        }
        if decision % 4 == 2 || pushed > 2 || !self.connection.wants_octets() {
            if !self.connection.wants_octets() {
                self.asked = Some(Asked::Message { pushed });
                self.drain();
                return Ok(());
            }
            return self.connection.finish(self.now);
        }
        let size = usize::from(octet(script));
        let octets = match script.bytes(size.min(script.len())) {
            Ok(octets) if !octets.is_empty() => Bytes::copy_from_slice(octets),
            _ => Bytes::from_static(MESSAGE),
        };
        self.pushed += 2 * octets.len();
        match self.connection.push(self.now, octets)? {
            Push::Enough => self.connection.finish(self.now),
            _ => {
                self.asked = Some(Asked::Message { pushed: pushed + 1 });
                Ok(())
            }
        }
    }

    /// Answers that nobody asked for have no effect.
    fn misuse(&mut self) {
        let before =
            (self.connection.wants_input(), self.connection.is_closed(), self.connection.poll_timeout());
        let now = self.now;
        if !matches!(self.asked, Some(Asked::Sasl(_))) {
            assert_eq!(self.connection.answer(now, Answer::Granted), Err(ApiMisuse));
        }
        if !matches!(self.asked, Some(Asked::Apop)) {
            assert_eq!(self.connection.answer_apop(now, None), Err(ApiMisuse));
        }
        if !matches!(self.asked, Some(Asked::Open)) {
            assert_eq!(self.connection.opened(now, Vec::new()), Err(ApiMisuse));
        }
        if !matches!(self.asked, Some(Asked::Sasl(_) | Asked::Apop | Asked::Open)) {
            assert_eq!(self.connection.refused(now, Refusal::Credentials), Err(ApiMisuse));
        }
        if !matches!(self.asked, Some(Asked::Message { .. })) {
            assert_eq!(self.connection.push(now, Bytes::from_static(b"x")), Err(ApiMisuse));
            assert_eq!(self.connection.finish(now), Err(ApiMisuse));
            assert_eq!(self.connection.failed(now, Refusal::Temporary), Err(ApiMisuse));
        }
        if !matches!(self.asked, Some(Asked::Commit)) {
            assert_eq!(self.connection.committed(now, true), Err(ApiMisuse));
        }
        if !matches!(self.asked, Some(Asked::Tls)) {
            assert_eq!(self.connection.tls_started(now, Vec::new()), Err(ApiMisuse));
        }
        let after =
            (self.connection.wants_input(), self.connection.is_closed(), self.connection.poll_timeout());
        assert_eq!(before, after);
    }

    fn drain(&mut self) {
        let mut drained = 0;
        while let Some(octets) = self.connection.poll_transmit() {
            assert!(!octets.is_empty());
            assert!(!self.in_handshake, "clear text in the handshake: {}", octets.escape_ascii());
            drained += octets.len();
            self.output.extend_from_slice(&octets);
        }
        assert!(drained <= MAX_BUFFERED + self.pushed + ROOM, "{drained} octets were held");
        self.pushed = 0;
        self.drain_events();
    }

    fn drain_events(&mut self) {
        while let Some(event) = self.connection.poll_event() {
            assert!(self.closed.is_none(), "{event:?} after the end");
            if self.watch_password {
                assert_hides_password(&event);
            }
            match event {
                Event::Ask(question) => self.ask(Asked::Sasl(question)),
                Event::AskApop(_) => self.ask(Asked::Apop),
                Event::Open { .. } => {
                    assert!(!self.logged_in);
                    self.ask(Asked::Open);
                }
                Event::Retrieve { .. } => {
                    assert!(self.logged_in);
                    self.ask(Asked::Message { pushed: 0 });
                }
                Event::Commit { deleted } => {
                    assert!(self.logged_in && !self.committed);
                    assert!(deleted.is_sorted());
                    self.committed = true;
                    self.ask(Asked::Commit);
                }
                Event::StartTls => {
                    self.ask(Asked::Tls);
                    self.in_handshake = true;
                }
                Event::Language(_) => {}
                Event::Closed(closed) => {
                    assert!(self.connection.is_closed());
                    self.asked = None;
                    self.closed = Some(closed);
                }
                event => panic!("{event:?} is new"),
            }
        }
    }

    fn ask(&mut self, asked: Asked) {
        assert!(self.asked.is_none(), "{asked:?} while {:?} is pending", self.asked);
        self.asked = Some(asked);
    }

    fn check(&self) {
        if self.watch_password {
            assert_hides_password(&self.connection);
        }
        let _ = self.connection.capabilities();
    }

    fn finish(self) {
        let ends_early = self.closed == Some(Closed::HostFailed)
            || self.eof
            || matches!(self.asked, Some(Asked::Message { .. }));
        let end = self.output.iter().rposition(|octet| *octet == b'\n').map_or(0, |end| end + 1);
        let whole = if ends_early { &self.output[..end] } else { &self.output };
        only_lines(whole);
    }
}

fn config(script: &mut Unstructured<'_>) -> Config {
    let bits = octet(script);
    let mut config = Config::new("a seed of at least 18 octets", Decoy::new("decoy").with_iterations(1));
    config.encrypted = bits & 1 != 0;
    config.stls = bits & 2 != 0;
    config.login.allow_cleartext = bits & 4 == 0;
    config.login.apop = Timestamp::new("<1@example.org>").filter(|_| bits & 8 == 0);
    config.login.mechanisms = Mechanism::ALL.to_vec();
    config.login.user_pass = bits & 16 == 0;
    if bits & 32 != 0 {
        config.quirks = Quirks::strict();
    }
    if bits & 64 != 0 {
        config.implementation = Some("a\r\n.\r\nb".into());
        config.login.delay = Some(900);
    }
    if bits & 128 != 0 {
        config.languages.insert(0, hostile_language());
    }
    config.limits.command_line = 256;
    config.limits.sasl_line = 512;
    config.max_buffered = MAX_BUFFERED;
    config.max_bad_commands = (3, 5);
    config
}

/// Whoever wrote its words does not know what a line is.
fn hostile_language() -> Language {
    let words = |phrase| match phrase {
        Phrase::Done => "[AUTH] done\r\n-ERR",
        Phrase::Bye => "",
        _ => "\0ja\n",
    };
    let tag = LanguageTag::new("x-bad").expect("it is a tag");
    Language { listing: LanguageListing { tag, description: "a\r\n.\r\n".into() }, words }
}

fn entries(decision: u8) -> Vec<Entry> {
    let sizes = [0, 120, 4_294_967_296, u64::MAX];
    let count = if decision == 0 { 2 } else { usize::from(decision / 4) % 8 };
    (0..count)
        .map(|index| Entry {
            octets: sizes[(index + 1) % 4],
            unique_id: UniqueId::new("x".repeat(index * 9 + 1)).expect("it is one"),
        })
        .collect()
}

/// The right answer for a decision of 0, others for others.
fn answer(question: &Question, decision: u8) -> Answer {
    if decision % 4 == 1 {
        return [
            Answer::Denied,
            Answer::Granted,
            Answer::GrantedAs("bob".into()),
            Answer::GrantedAs(String::new()),
            Answer::Keys(None),
            Answer::Password(None),
            Answer::OAuthFailure("{\"status\":\"401\"}".into()),
            Answer::OAuthFailure("\r\n\0".into()),
        ][usize::from(decision / 4) % 8]
            .clone();
    }
    let granted = |right| if right { Answer::Granted } else { Answer::Denied };
    match question {
        Question::Password { user, password, .. } => {
            granted(user == USER && *password == Secret::from(PASSWORD))
        }
        Question::CramMd5Password { user } => Answer::Password((user == USER).then(|| PASSWORD.into())),
        Question::ScramKeys { user, hash, .. } => Answer::Keys((user == USER).then(|| keys(*hash))),
        Question::Token { token, .. } if *token == Secret::from(PASSWORD) => Answer::GrantedAs(USER.into()),
        Question::Anonymous { .. } | Question::Authorize { .. } => Answer::Granted,
        Question::External { .. } => Answer::GrantedAs(USER.into()),
        _ => Answer::Denied,
    }
}

fn keys(hash: ScramHash) -> ScramKeys {
    static KEYS: OnceLock<Vec<ScramKeys>> = OnceLock::new();
    let all = KEYS.get_or_init(|| {
        [ScramHash::Sha1, ScramHash::Sha256, ScramHash::Sha512]
            .into_iter()
            .map(|hash| {
                ScramKeys::derive(hash, PASSWORD, b"sixteen octets..", 1).expect("they can be derived")
            })
            .collect()
    });
    all.iter().find(|keys| keys.hash() == hash).expect("all are there").clone()
}

fn password_is_only_in_pass(wire: &[u8]) -> bool {
    let holds = |octets: &[u8]| octets.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes());
    let mut lines = wire.split(|octet| *octet == b'\n').filter(|line| holds(line)).peekable();
    let is_pass = |line: &[u8]| {
        line.split_at_checked(5).is_some_and(|(word, rest)| {
            word.eq_ignore_ascii_case(b"PASS ") && !holds(word) && rest.starts_with(PASSWORD.as_bytes())
        })
    };
    lines.peek().is_some() && lines.all(is_pass)
}

fn assert_hides_password(value: &impl std::fmt::Debug) {
    let shown = format!("{value:?}");
    assert!(!shown.contains(PASSWORD) && !shown.contains("116, 97, 110, 115, 116"), "{shown}");
}

fn octet(script: &mut Unstructured<'_>) -> u8 {
    if script.is_empty() { 0 } else { script.arbitrary().unwrap_or_default() }
}

const MAX_BUFFERED: usize = 128;
/// More than the longest answer that is gathered at once: to CAPA, or a listing of all entries.
const ROOM: usize = 2048;
const MESSAGE: &[u8] = b"Subject: dots\n\n.\n..\r\n.\r\n+OK\nend";
const PASSWORD: &str = "tanstaaftanstaaf";
const USER: &str = "tim";
