//! The client machine with a hostile server and any application.
//!
//! Its input is a script of what the application calls, and the wire of the server. In the wire `%` at the start of a line
//! stands for the tag of the oldest command that has no answer yet, `^` for that of the newest, and `"%"` for the oldest
//! without answering it. When the script ends, the rest of the wire comes line by line, and then the end of the connection.
#![no_main]

use std::{
    collections::{HashSet, VecDeque},
    mem::discriminant,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arbitrary::Unstructured;
use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::{
    imap::{
        application::{Fold, command, octet},
        ear::Ear,
    },
    script_and_wire,
};
use mailwire_imap_client::{
    ApiMisuse, CommandError, Config, Connection, Error, Event, Login, Method, Ticket,
    codec::{Quirks, SeqNum, Tag, UidSet, command::Body},
    sasl::{self, ChannelBinding, ChannelBindingKind, Mechanism, client::Credentials},
};

fuzz_target!(|data: &[u8]| {
    let (mut script, wire) = script_and_wire(data);
    let mut session = Session::new(&mut script, wire);
    let mut steps = 0_u32;
    while !script.is_empty() {
        session.step(&mut script);
        steps += 1;
        if steps.is_multiple_of(4) {
            session.check();
        }
    }
    session.feed_the_rest();
    session.hang_up();
    session.drain();
    session.check();
});

struct Session<'a> {
    connection: Connection,
    max_in_flight: usize,
    map_ranges: usize,
    now: Duration,
    wire: &'a [u8],
    is_line_start: bool,
    input: BytesMut,
    ear: Ear,
    /// What the application sent, in order, until its answer was taken.
    sent: VecDeque<Sent>,
    tags: HashSet<Tag>,
    /// The tags that the server has not answered, in its own words.
    unanswered: VecDeque<Tag>,
    error: Option<Error>,
    /// The view of the mailbox when the error came: so it stays.
    last_view: String,
    is_over: bool,
    /// TLS or compression has to begin, or compression to end: nothing may leave.
    is_paused: bool,
    /// Whether the server does not know the password, so that it is nowhere but in commands.
    watch_password: bool,
}

struct Sent {
    ticket: Ticket<Fold>,
    body: Body,
    is_on_the_wire: bool,
    is_discarded: Arc<AtomicBool>,
    is_completed: bool,
}

impl<'a> Session<'a> {
    fn new(script: &mut Unstructured<'_>, wire: &'a [u8]) -> Self {
        let mut config = Config::default();
        let bits = octet(script);
        config.max_in_flight = usize::from(bits & 3);
        config.encrypted = bits & 4 != 0;
        config.requires_tls = bits & 8 != 0;
        if bits & 16 != 0 {
            config.quirks = Quirks::strict();
        }
        config.line = if bits & 32 != 0 { 60 } else { 8000 };
        config.map_ranges = 1 + usize::from(bits >> 6);
        config.max_events = 64;
        config.limits.line = 512;
        config.limits.inline_literal = 32;
        config.limits.inline_literals = 256;
        Self {
            max_in_flight: config.max_in_flight.max(1),
            map_ranges: config.map_ranges,
            connection: Connection::new(Duration::ZERO, config),
            now: Duration::ZERO,
            wire,
            is_line_start: true,
            input: BytesMut::new(),
            ear: Ear::new(),
            sent: VecDeque::new(),
            tags: HashSet::new(),
            unanswered: VecDeque::new(),
            error: None,
            last_view: String::new(),
            is_over: false,
            is_paused: false,
            watch_password: !wire.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes()),
        }
    }

    fn step(&mut self, script: &mut Unstructured<'_>) {
        let decision = octet(script);
        match decision % 32 {
            0..6 => self.feed_line(),
            6 | 7 => self.feed(usize::from(octet(script))),
            8..16 => self.send(script),
            16 | 17 => self.login(script),
            18 => self.start_tls(),
            19 => self.tls_started(),
            20 => self.compress(),
            21 => self.compression_started(),
            22 => self.discard(octet(script)),
            23 | 24 => self.wait(Duration::from_secs(u64::from(octet(script)) * 10)),
            25 | 26 => self.push(octet(script)),
            27 => drop(self.connection.watch(self.now, octet(script) & 1 == 0)),
            28 => self.take(octet(script)),
            29 => self.edit_server(octet(script)),
            30 if octet(script) == 0 => self.hang_up(),
            30 => self.feed(1),
            _ => self.know_uids(octet(script)),
        }
        self.drain_events();
        // Now and then the octets do not leave at once.
        if decision < 224 {
            self.drain();
        }
    }

    fn feed(&mut self, size: usize) {
        let (chunk, rest) = self.wire.split_at(size.min(self.wire.len()));
        self.wire = rest;
        for octet in chunk {
            let tag = match octet {
                b'%' if self.is_line_start => self.unanswered.pop_front(),
                b'^' if self.is_line_start => self.unanswered.pop_back(),
                b'%' if self.input.ends_with(b"\"") => self.unanswered.front().cloned(),
                _ => None,
            };
            match tag {
                Some(tag) => {
                    self.input.extend_from_slice(tag.as_bytes());
                    if self.is_line_start {
                        self.ear.answered();
                    }
                }
                None => self.input.extend_from_slice(&[*octet]),
            }
            self.is_line_start = *octet == b'\n';
        }
        let result = self.connection.handle_input(self.now, &mut self.input);
        self.settle(result);
        if self.error.is_none() && !self.is_paused && !self.connection.is_closed() {
            // A line of 512 octets and literals of 256, and what is between them.
            let is_left = matches!(self.drain_events(), Paused::No) && self.input.len() > 1024;
            assert!(!is_left, "{} octets are left in the input", self.input.len());
        }
    }

    fn feed_line(&mut self) {
        let end = self.wire.iter().position(|octet| *octet == b'\n');
        self.feed(end.map_or(self.wire.len(), |end| end + 1));
    }

    fn feed_the_rest(&mut self) {
        while !self.wire.is_empty() {
            self.feed_line();
            self.drain();
            self.tls_started();
            self.compression_started();
            self.push(0);
        }
    }

    fn hang_up(&mut self) {
        let result = self.connection.handle_eof(self.now);
        assert!(result.is_err() || self.connection.is_closed());
        self.settle(result);
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
        let due = self.connection.poll_timeout().is_some_and(|deadline| deadline <= self.now);
        let result = self.connection.handle_timeout(self.now);
        assert!(result.is_ok() || due || self.error.is_some());
        if result.is_ok() {
            let next = self.connection.poll_timeout();
            assert!(next.is_none_or(|next| next > self.now), "{next:?} is over at {:?}", self.now);
        }
        self.settle(result);
    }

    /// An error is for ever.
    fn settle(&mut self, result: Result<(), Error>) {
        if let Some(error) = &self.error {
            assert_eq!(result.as_ref(), Err(error));
        } else if let Err(error) = result {
            assert!(self.connection.is_closed() && !self.connection.is_logged_in());
            self.last_view = format!("{:?}", self.connection.selected());
            assert_eq!(self.connection.poll_timeout(), None);
            assert!(self.connection.poll_transmit().is_none(), "nothing leaves after an error");
            self.error = Some(error);
        }
    }

    fn send(&mut self, script: &mut Unstructured<'_>) {
        let Some(body) = command(script) else { return };
        let is_discarded = Arc::new(AtomicBool::new(false));
        let fold = Fold { body, appetite: octet(script), is_discarded: is_discarded.clone() };
        let over = self.error.is_some() || self.connection.is_closed();
        let body = fold.body.clone();
        match self.connection.send(self.now, fold) {
            Ok(ticket) => {
                assert!(!over);
                assert!(self.sent.iter().all(|sent| sent.ticket.id() < ticket.id()));
                self.sent.push_back(Sent {
                    ticket,
                    body,
                    is_on_the_wire: false,
                    is_discarded,
                    is_completed: false,
                });
            }
            Err(misuse) => assert!(!over || misuse == ApiMisuse::Closed),
        }
    }

    fn login(&mut self, script: &mut Unstructured<'_>) {
        let bits = octet(script);
        let credentials = match bits & 7 {
            0 => Credentials::token(USER, PASSWORD),
            1 => Credentials::anonymous("trace"),
            2 => Credentials::external().with_authorization("bob"),
            3 => Credentials::password("t\u{ef}m", "p\u{e4}ss\u{ad}w\u{f6}rd"),
            4 => Credentials::password("t\r\nb LOGOUT", "\r\n\0"),
            5 => Credentials::password(USER, PASSWORD).with_authorization("bob"),
            _ => Credentials::password(USER, PASSWORD),
        };
        let mut limits = sasl::Limits::default();
        (limits.min_iterations, limits.max_iterations) = (1, 8);
        let mut login = Login::new(credentials, [7; 18]).with_limits(limits);
        if bits & 8 == 0 {
            login = login.allow_cleartext();
        }
        if bits & 16 != 0 {
            login = login.without_initial_response();
        }
        if bits & 32 != 0 {
            login =
                login.with_channel_binding(ChannelBinding::new(ChannelBindingKind::TlsExporter, "octets"));
        }
        if bits & 64 != 0 {
            login = login.without(Method::Sasl(Mechanism::ALL[usize::from(octet(script)) % 13]));
        }
        if bits & 128 != 0 {
            login = login.without(Method::Login);
        }
        let is_idle = self.connection.pending() == 0;
        if self.connection.login(self.now, login).is_ok() {
            assert!(is_idle && self.error.is_none());
        }
    }

    fn start_tls(&mut self) {
        if self.connection.start_tls(self.now).is_ok() {
            assert!(!self.connection.is_encrypted() && !self.connection.is_logged_in());
        }
    }

    fn tls_started(&mut self) {
        if self.connection.tls_started(self.now).is_ok() {
            assert!(self.connection.is_encrypted() && self.connection.server().capabilities().is_none());
            assert!(self.input.is_empty() && self.error.is_none());
            self.is_paused = false;
        }
    }

    fn compress(&mut self) {
        if self.connection.compress(self.now).is_ok() {
            assert!(self.connection.is_logged_in() && !self.connection.is_compressed());
        }
    }

    fn compression_started(&mut self) {
        let ended = self.connection.compression_ended(self.now).is_ok();
        if ended || self.connection.compression_started(self.now).is_ok() {
            assert_eq!(self.connection.is_compressed(), !ended);
            self.is_paused = false;
            let result = self.connection.handle_input(self.now, &mut self.input);
            self.settle(result);
        }
    }

    fn discard(&mut self, index: u8) {
        let count = self.sent.len().max(1);
        let Some(sent) = self.sent.get(usize::from(index) % count) else { return };
        sent.is_discarded.store(true, Ordering::Relaxed);
        self.connection.discard(sent.ticket.id());
        let ticket = sent.ticket;
        assert!(self.connection.take(&ticket).is_none());
    }

    fn push(&mut self, size: u8) {
        let Some((id, left)) = self.connection.wanted_literal() else { return };
        assert!(left > 0 && self.error.is_none());
        let length = if size == 0 { left } else { left.min(u64::from(size) * 16) };
        let octets = vec![b'x'; length as usize + 1];
        if length == left {
            let more = self.connection.push_literal(self.now, id, Bytes::from(octets.clone()));
            assert_eq!(more, Err(ApiMisuse::NoLiteralNow));
        }
        let octets = Bytes::from(octets).slice(1..);
        assert_eq!(self.connection.push_literal(self.now, id, octets), Ok(()));
    }

    /// An answer is there when it was said so, and once.
    fn take(&mut self, index: u8) {
        let count = self.sent.len().max(1);
        let Some(sent) = self.sent.get(usize::from(index) % count) else { return };
        let ticket = sent.ticket;
        if !sent.is_discarded() {
            assert!(self.connection.output(&ticket).is_some());
        }
        let taken = self.connection.take(&ticket);
        assert_eq!(taken.is_some(), sent.is_completed && !sent.is_discarded());
        if let Some(taken) = taken {
            if let Err(error) = taken {
                let _ = (error.is_temporary(), error.is_not_connected(), error.to_string());
                assert!(sent.is_on_the_wire || !matches!(error, CommandError::Refused { .. }));
            }
            assert!(self.connection.take(&ticket).is_none());
            self.sent.retain(|sent| sent.ticket.id() != ticket.id());
        }
    }

    fn edit_server(&mut self, decision: u8) {
        let words = ["LITERAL+", "IMAP4rev2", "IDLE", "SASL-IR"];
        let word = words[usize::from(decision % 4)];
        let server = self.connection.server_mut();
        if decision & 4 == 0 {
            server.switch_off(word);
            assert!(!server.has(word));
        } else {
            server.switch_on(word);
        }
    }

    fn know_uids(&mut self, decision: u8) {
        let uids: UidSet = ["1:3", "1,3,5,7,9", "4:6,9", "4294967290:4294967295"][usize::from(decision % 4)]
            .parse()
            .expect("a set");
        let view = self.connection.selected().filter(|_| self.error.is_none());
        let exists = view.map(|view| u64::from(view.exists));
        assert_eq!(self.connection.know_uids(&uids), exists.is_some() && uids.len() == exists);
    }

    /// Takes the octets: whole commands, those of the application in its order, and never too many.
    fn drain(&mut self) {
        self.drain_events();
        while let Some(octets) = self.connection.poll_transmit() {
            assert!(!octets.is_empty() && self.error.is_none());
            assert!(!self.is_paused, "what would be read as TLS or as compressed: {}", octets.escape_ascii());
            for (tag, body) in self.ear.hear(&octets) {
                self.heard(tag, &body);
            }
        }
        let is_wanted = self.connection.wanted_literal().is_some();
        assert!(self.ear.is_whole() || is_wanted || self.error.is_some(), "a part of a command is missing");
        let in_flight = |sent: &&Sent| sent.is_on_the_wire && !sent.is_completed && !sent.is_discarded();
        let in_flight = self.sent.iter().filter(in_flight).count();
        assert!(
            in_flight <= self.max_in_flight,
            "{in_flight} of {} commands are in flight",
            self.max_in_flight
        );
    }

    fn heard(&mut self, tag: Tag, body: &Body) {
        assert!(self.tags.insert(tag.clone()), "the same tag twice: {tag}");
        self.unanswered.push_back(tag);
        let is_it = |sent: &Sent| discriminant(&sent.body) == discriminant(body);
        // What nobody wants any more may have begun to leave, or never will.
        let may_be_next =
            |sent: &Sent| !sent.is_on_the_wire && !sent.is_completed && (!sent.is_discarded() || is_it(sent));
        let next = self.sent.iter_mut().find(|sent| may_be_next(sent));
        if let Some(next) = next.filter(|next| is_it(next)) {
            next.is_on_the_wire = true;
            return;
        }
        let is_piece = self.sent.iter().any(|sent| sent.is_on_the_wire && is_it(sent));
        let is_own = matches!(
            body,
            Body::Authenticate { .. }
                | Body::Capability
                | Body::Compress(_)
                | Body::Idle
                | Body::Login(..)
                | Body::Noop
                | Body::StartTls
        );
        assert!(is_piece || is_own, "out of turn: {body:?}");
    }

    fn drain_events(&mut self) -> Paused {
        while let Some(event) = self.connection.poll_event() {
            assert!(!self.is_over, "{event:?} after the end");
            match event {
                Event::Closed => {
                    assert!(self.connection.is_closed());
                    self.is_over = true;
                }
                Event::Completed { id } => {
                    let sent = self.sent.iter_mut().find(|sent| sent.ticket.id() == id);
                    let sent = sent.expect("somebody sent it");
                    assert!(!sent.is_completed && !sent.is_discarded());
                    sent.is_completed = true;
                }
                Event::Compress => {
                    assert!(self.connection.is_compressed());
                    self.is_paused = true;
                }
                Event::CompressionEnded => {
                    assert!(self.connection.is_compressed() && !self.connection.is_logged_in());
                    self.is_paused = true;
                }
                Event::LiteralWanted { length, .. } => assert!(length > 0),
                Event::LoggedIn { .. } => {
                    assert!(self.connection.is_logged_in() || self.connection.is_closed());
                }
                Event::LoginFailed { error } => {
                    let _ = (error.method(), error.code(), error.backoff(), error.is_temporary());
                    let _ = error.to_string();
                }
                Event::StartTls => self.is_paused = true,
                _ => {}
            }
        }
        if self.error.is_some() {
            self.is_over = true;
        }
        if self.is_paused { Paused::Yes } else { Paused::No }
    }

    fn check(&self) {
        if self.watch_password {
            let shown = format!("{:?} {:?}", self.connection, self.error);
            assert!(!shown.contains(PASSWORD) && !shown.contains("116, 97, 110, 115, 116"), "{shown}");
        }
        if self.error.is_some() {
            assert!(self.connection.is_closed() && self.connection.pending() <= self.sent.len() + 1);
        }
        self.check_view();
    }

    /// Numbers and UIDs belong to each other one by one, in the same order, and there are no more than messages.
    fn check_view(&self) {
        if self.error.is_some() {
            assert_eq!(format!("{:?}", self.connection.selected()), self.last_view);
        }
        let Some(view) = self.connection.selected() else { return };
        assert!(self.connection.is_logged_in() || self.error.is_some());
        let shown = format!("{view:?}");
        let ranges = shown.matches("Run {").count();
        assert!(ranges <= self.map_ranges, "{ranges} of {} ranges", self.map_ranges);
        let numbers = (1..=view.exists.min(100)).chain([view.exists, view.exists.saturating_add(1)]);
        let mut last = None;
        for number in numbers.filter_map(SeqNum::new) {
            let Some(uid) = view.uid(number) else { continue };
            assert!(number.get() <= view.exists, "{number:?} of {}", view.exists);
            assert_eq!(view.sequence_number(uid), Some(number));
            assert!(last.is_none_or(|(before, known)| (before < number) == (known < uid)), "{shown}");
            last = Some((number, uid));
        }
    }
}

enum Paused {
    No,
    Yes,
}

impl Sent {
    fn is_discarded(&self) -> bool {
        self.is_discarded.load(Ordering::Relaxed)
    }
}

const PASSWORD: &str = "tanstaaftanstaaf";
const USER: &str = "tim";
