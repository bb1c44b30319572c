mod append;
mod compress;
mod login;
mod preauth;
mod search;

use alloc::{
    format,
    string::{String, ToString as _},
    vec,
    vec::Vec,
};

use mailwire_imap::{
    Uid,
    command::{Fetch, Messages, SearchCommand, Select},
    fetch::{Content, Item},
    fetch_attribute::Attribute,
    response::Data,
};
use mailwire_sasl::client::Credentials;

use super::*;
use crate::{PeerMisbehaved, Unsupported, Untagged};

/// A server that a test speaks for. `%` in what it says is the tag of the oldest command that it has not answered.
struct Peer {
    connection: Connection,
    input: BytesMut,
    now: Duration,
    tags: VecDeque<String>,
}

impl Peer {
    fn new(config: Config) -> Self {
        let now = Duration::ZERO;
        Self { connection: Connection::new(now, config), input: BytesMut::new(), now, tags: VecDeque::new() }
    }

    /// A session that is logged in, with these capabilities.
    fn authenticated(capabilities: &str) -> Self {
        let mut peer = Self::new(Config::default());
        peer.says(&format!("* PREAUTH [CAPABILITY IMAP4rev1 {capabilities}] hello\r\n")).unwrap();
        peer.events();
        peer
    }

    /// The same with a mailbox of three messages selected.
    fn selected(capabilities: &str) -> Self {
        let mut peer = Self::authenticated(capabilities);
        peer.send(Body::Select(Select::new("INBOX")));
        peer.hears(&["SELECT INBOX"]);
        peer.says("* 3 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n% OK [READ-WRITE] done\r\n").unwrap();
        peer.events();
        peer
    }

    fn send<C: Command>(&mut self, command: C) -> Ticket<C> {
        self.connection.send(self.now, command).unwrap()
    }

    /// What has left, line by line, without tags.
    fn sent(&mut self) -> Vec<String> {
        let mut octets = Vec::new();
        while let Some(more) = self.connection.poll_transmit() {
            octets.extend_from_slice(&more);
        }
        let text = String::from_utf8(octets).unwrap();
        text.split_inclusive("\r\n")
            .map(|line| {
                let line = line.strip_suffix("\r\n").unwrap_or(line);
                match line.split_once(' ') {
                    Some((tag, rest))
                        if tag.len() == 8 && rest.starts_with(|c: char| c.is_ascii_uppercase()) =>
                    {
                        self.tags.push_back(tag.into());
                        rest.into()
                    }
                    _ => line.into(),
                }
            })
            .collect()
    }

    fn hears(&mut self, lines: &[&str]) {
        assert_eq!(self.sent(), lines);
    }

    fn says(&mut self, text: &str) -> Result<(), Error> {
        for line in text.split_inclusive("\r\n") {
            let line = match line.strip_prefix('%') {
                Some(rest) => format!("{}{rest}", self.tags.pop_front().unwrap()),
                None => line.into(),
            };
            self.input.extend_from_slice(line.as_bytes());
        }
        self.connection.handle_input(self.now, &mut self.input)
    }

    fn events(&mut self) -> Vec<String> {
        core::iter::from_fn(|| self.connection.poll_event()).map(|event| shown(&event)).collect()
    }
}

/// An event in a few words.
fn shown(event: &Event) -> String {
    match event {
        Event::Completed { id } => format!("completed {}", id.0),
        Event::Data { data } => format!("data {data:?}"),
        Event::Exists { count, before } => format!("exists {before} -> {count}"),
        Event::Expunged { message, uid } => format!("expunged {} {:?}", message.get(), uid.map(Uid::get)),
        Event::Fetch { fetch, uid } => format!("fetch {:?} {:?}", fetch.items.len(), uid.map(Uid::get)),
        Event::LiteralWanted { length, .. } => format!("wanted {length}"),
        other => format!("{other:?}").split([' ', '{']).next().unwrap_or_default().into(),
    }
}

/// `UID SEARCH`, with the answer as text.
#[derive(Debug)]
struct Find;

impl Command for Find {
    type Output = String;

    fn body(&self, _: &Server) -> Result<Body, Unsupported> {
        Ok(Body::Search(SearchCommand::uid(mailwire_imap::Search::unseen())))
    }

    fn absorb(&self, data: Untagged, found: &mut String) -> Option<Untagged> {
        let Untagged::Data(Data::Search(numbers)) = data else { return Some(data) };
        *found = format!("{:?}", numbers.numbers);
        None
    }
}

/// `UID FETCH n BODY[]`, with the octets as they come.
#[derive(Debug)]
struct Message;

impl Command for Message {
    type Output = (Vec<u8>, Option<Content>);

    fn body(&self, _: &Server) -> Result<Body, Unsupported> {
        let uids: UidSet = "7".parse().unwrap();
        let attribute = Attribute::peek(mailwire_imap::section::Section::whole());
        Ok(Body::Fetch(Fetch::new(Messages::Uid(uids), vec![attribute])))
    }

    fn absorb(&self, data: Untagged, output: &mut Self::Output) -> Option<Untagged> {
        let body = |fetch: &mailwire_imap::fetch::Fetch| {
            fetch.items.iter().find_map(|item| match item {
                Item::Body(body) => Some(body.content.clone()),
                _ => None,
            })
        };
        match data {
            Untagged::Chunk(octets) => output.0.extend_from_slice(&octets),
            Untagged::Head(Data::Fetch(fetch)) | Untagged::Data(Data::Fetch(fetch))
                if body(&fetch).is_some() =>
            {
                output.1 = body(&fetch);
            }
            other => return Some(other),
        }
        None
    }

    fn inline_literal(&self) -> Option<u64> {
        Some(10)
    }
}

#[test]
fn commands_are_pipelined_and_answers_go_to_whom_they_belong() {
    let mut peer = Peer::selected("");
    let (find, noop) = (peer.send(Find), peer.send(Body::Noop));
    peer.hears(&["UID SEARCH UNSEEN", "NOOP"]);
    peer.says("* SEARCH 2 9\r\n* 4 EXISTS\r\n% OK found\r\n* SEARCH 5\r\n% NO later\r\n").unwrap();
    assert_eq!(peer.connection.selected().map(|view| view.exists), Some(4));
    let events = peer.events();
    assert_eq!(events[..2], ["exists 3 -> 4", "completed 1"]);
    assert!(events[2].starts_with("data Search") && events[3] == "completed 2", "{events:?}");
    assert_eq!(peer.connection.take(&find), Some(Ok("[2, 9]".into())));
    assert_eq!(peer.connection.take(&find), None);
    let error = peer.connection.take(&noop).unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the server refuses NOOP: later");
}

#[test]
fn a_number_means_the_message_that_has_it_when_the_command_is_sent() {
    let mut peer = Peer::selected("");
    let by_number =
        || Body::Fetch(Fetch::new(Messages::Sequence("1".parse().unwrap()), vec![Attribute::Flags]));
    peer.send(Body::Noop);
    peer.send(by_number());
    peer.send(Body::Check);
    peer.hears(&["NOOP"]);
    peer.says("* 1 EXPUNGE\r\n% OK done\r\n").unwrap();
    peer.hears(&["FETCH 1 FLAGS", "CHECK"]);
    assert_eq!(peer.events(), ["expunged 1 None", "completed 1"]);
}

#[test]
fn a_literal_waits_for_the_server_then_for_the_application() {
    use mailwire_imap::append::{Append, Message};
    let mut peer = Peer::authenticated("");
    let message = Message::new(Content::Streamed(5));
    let append = peer.send(Body::Append(Append { mailbox: "Sent".into(), messages: vec![message] }));
    peer.send(Body::Noop);
    peer.hears(&["APPEND Sent {5}"]);
    assert_eq!(
        peer.connection.push_literal(peer.now, append.id(), "hello".into()),
        Err(ApiMisuse::NoLiteralNow),
        "not before the server invites it"
    );
    peer.says("+ go ahead\r\n").unwrap();
    assert_eq!(peer.events(), ["wanted 5"]);
    peer.connection.push_literal(peer.now, append.id(), "hel".into()).unwrap();
    assert_eq!(peer.connection.wanted_literal(), Some((append.id(), 2)));
    peer.connection.push_literal(peer.now, append.id(), "lo".into()).unwrap();
    assert_eq!(peer.sent().concat(), "helloNOOP");
    peer.says("% OK [APPENDUID 1 2] done\r\n").unwrap();
    assert_eq!(peer.connection.take(&append), Some(Ok(())));
}

#[test]
fn a_literal_that_is_refused_is_not_sent() {
    use mailwire_imap::append::{Append, Message};
    for refusal in ["% NO [TOOBIG] no\r\n", "% BAD no\r\n"] {
        let mut peer = Peer::authenticated("");
        let message = Message::new(Content::Octets("hello".into()));
        let append = peer.send(Body::Append(Append { mailbox: "Sent".into(), messages: vec![message] }));
        peer.send(Body::Noop);
        peer.hears(&["APPEND Sent {5}"]);
        peer.says(refusal).unwrap();
        peer.hears(&["NOOP"]);
        assert!(peer.connection.take(&append).unwrap().is_err());
        peer.says("+ nothing waits for this\r\n% OK done\r\n").unwrap();
        assert_eq!(peer.events(), ["completed 0", "completed 1"]);
    }
}

#[test]
fn a_literal_that_is_refused_in_the_middle_is_sent_to_its_end() {
    use mailwire_imap::append::{Append, Message};
    let mut peer = Peer::authenticated("LITERAL+");
    let messages = vec![Message::new(Content::Streamed(5)), Message::new(Content::Streamed(4))];
    let append = peer.send(Body::Append(Append { mailbox: "Sent".into(), messages }));
    peer.hears(&["APPEND Sent {5+}"]);
    assert_eq!(peer.events(), ["wanted 5"]);
    peer.connection.push_literal(peer.now, append.id(), "hel".into()).unwrap();
    // Octets that nobody has taken yet do not make the refusal an early one.
    peer.says("% NO [OVERQUOTA] no\r\n").unwrap();
    assert_eq!(peer.events(), ["completed 0"]);
    peer.send(Body::Noop);
    peer.connection.push_literal(peer.now, append.id(), "lo".into()).unwrap();
    assert_eq!(peer.events(), ["wanted 4"], "the second one is wanted too");
    peer.connection.push_literal(peer.now, append.id(), "abcd".into()).unwrap();
    assert_eq!(peer.sent(), ["hello {4+}", "abcd", "NOOP"]);
}

#[test]
fn a_logout_that_is_taken_back_leaves_the_session_as_it_was() {
    let mut peer = Peer::selected("");
    peer.send(Body::Noop);
    let logout = peer.send(Body::Logout);
    peer.hears(&["NOOP"]);
    peer.connection.discard(logout.id());
    peer.send(Body::Check);
    peer.hears(&["CHECK"]);
}

#[test]
fn octets_of_a_message_come_as_they_are_and_are_never_responses() {
    let mut peer = Peer::selected("");
    let ticket = peer.send(Message);
    peer.hears(&["UID FETCH 7 BODY.PEEK[]"]);
    peer.says("* 2 FETCH (UID 7 BODY[] {18}\r\n* OK\r\n").unwrap();
    assert_eq!(
        peer.connection.output(&ticket).unwrap(),
        &(b"* OK\r\n".to_vec(), Some(Content::Streamed(18)))
    );
    peer.says("a5 OK done\r\n)\r\n% OK done\r\n").unwrap();
    assert_eq!(peer.events(), ["completed 1"]);
    let (octets, _) = peer.connection.take(&ticket).unwrap().unwrap();
    assert_eq!(octets, b"* OK\r\na5 OK done\r\n");
    assert_eq!(peer.connection.selected().unwrap().uid(mailwire_imap::SeqNum::new(2).unwrap()), Uid::new(7));
}

#[test]
fn a_literal_of_another_length_is_told_and_hides_nothing() {
    let mut peer = Peer::selected("");
    let (ticket, next) = (peer.send(Message), peer.send(Body::Noop));
    peer.sent();
    // Two octets more than announced: the rest of the line is no response, and what follows cannot be trusted.
    peer.says(
        "* 2 FETCH (UID 7 BODY[] {3}\r\nhello)\r\n* 1 EXPUNGE\r\n% OK done\r\n* 2 EXPUNGE\r\n% OK done\r\n",
    )
    .unwrap();
    assert_eq!(peer.events(), ["Unknown", "Doubtful", "completed 1", "expunged 2 None", "completed 2"]);
    assert_eq!(peer.connection.take(&ticket), Some(Err(CommandError::Doubtful)));
    assert_eq!(peer.connection.take(&next), Some(Ok(())));
}

#[test]
fn what_cannot_be_read_ends_nothing() {
    let mut peer = Peer::selected("");
    peer.says("* 23 EXITS\r\n* 4 EXISTS\r\nzzzzzzzz OK who asked\r\n+ nobody\r\n").unwrap();
    assert_eq!(peer.events(), ["Unknown", "exists 3 -> 4", "StrayCompletion"]);
}

#[test]
fn nobody_answers_what_was_not_sent() {
    let mut peer = Peer::authenticated("");
    let ticket = peer.send(Body::Noop);
    let tag = {
        // Whoever guesses the tag before the command has left is not the server.
        let mut tags = Tags::new([0; 16]);
        tags.next().unwrap()
    };
    assert_eq!(peer.says(&format!("{tag} OK done\r\n")), Err(PeerMisbehaved::EarlyAnswer.into()));
    assert_eq!(peer.says("* OK\r\n"), Err(PeerMisbehaved::EarlyAnswer.into()), "errors stick");
    assert_eq!((peer.sent(), peer.connection.take(&ticket)), (vec![], None));
}

#[test]
fn tls_discards_what_was_said_before_it() {
    let mut peer = Peer::new(Config::default());
    peer.says("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hello\r\n").unwrap();
    peer.connection.start_tls(peer.now).unwrap();
    assert!(peer.connection.send(peer.now, Body::Noop).is_ok(), "it waits for TLS");
    peer.hears(&["STARTTLS"]);
    peer.says("% OK begin\r\n").unwrap();
    assert_eq!(peer.events(), ["CapabilitiesChanged", "Greeting", "StartTls"]);
    assert_eq!(peer.sent(), Vec::<String>::new(), "nothing is sent in clear text any more");
    peer.connection.tls_started(peer.now).unwrap();
    assert!(peer.connection.server().capabilities().is_none() && peer.connection.is_encrypted());
    peer.hears(&["NOOP"]);
}

#[test]
fn octets_behind_the_answer_to_starttls_are_an_attack() {
    for (first, second) in [("% OK begin\r\n* CAPABILITY AUTH=PLAIN\r\n", ""), ("% OK begin\r\n", "* OK\r\n")]
    {
        let mut peer = Peer::new(Config::default());
        peer.says("* OK hello\r\n").unwrap();
        peer.connection.start_tls(peer.now).unwrap();
        peer.sent();
        let result = peer.says(first).and_then(|()| peer.says(second));
        assert_eq!(result, Err(PeerMisbehaved::PlaintextAfterStartTls.into()));
        assert!(!peer.events().contains(&"StartTls".into()));
    }
}

#[test]
fn a_session_authenticated_in_clear_text_is_refused_where_tls_is_required() {
    let mut config = Config { requires_tls: true, ..Config::default() };
    let mut peer = Peer::new(config.clone());
    assert_eq!(peer.says("* PREAUTH hello\r\n"), Err(PeerMisbehaved::PreAuthInClear.into()));
    config.encrypted = true;
    assert_eq!(Peer::new(config).says("* PREAUTH hello\r\n"), Ok(()));
    let mut peer = Peer::new(Config::default());
    assert!(matches!(peer.says("* BYE [REFERRAL imap://h/] go\r\n"), Err(Error::Bye { .. })));
    assert_eq!(Peer::new(Config::default()).says("220 smtp\r\n"), Err(PeerMisbehaved::NoGreeting.into()));
}

#[test]
fn a_login_asks_for_capabilities_before_and_after() {
    let mut peer = Peer::new(Config::default());
    peer.says("* OK hello\r\n").unwrap();
    let login = Login::new(Credentials::password("ann", "correct horse"), [7; 18]).allow_cleartext();
    peer.connection.login(peer.now, login).unwrap();
    assert_eq!(peer.connection.send(peer.now, Body::Noop).unwrap_err(), ApiMisuse::Busy);
    peer.hears(&["CAPABILITY"]);
    peer.says("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n% OK done\r\n").unwrap();
    peer.hears(&["AUTHENTICATE PLAIN"]);
    peer.says("+ \r\n").unwrap();
    peer.hears(&["AGFubgBjb3JyZWN0IGhvcnNl"]);
    assert!(!format!("{:?}", peer.connection).contains("horse"));
    peer.says("% OK in\r\n").unwrap();
    peer.hears(&["CAPABILITY"]);
    peer.says("* CAPABILITY IMAP4rev1 IDLE\r\n% OK done\r\n").unwrap();
    assert_eq!(peer.events(), ["Greeting", "CapabilitiesChanged", "CapabilitiesChanged", "LoggedIn"]);
    assert!(peer.connection.is_logged_in() && peer.connection.server().has("IDLE"));
}

#[test]
fn the_line_idles_when_it_is_free() {
    let mut peer = Peer::selected("IDLE");
    peer.connection.watch(peer.now, true).unwrap();
    peer.hears(&["IDLE"]);
    // A command that comes before the server is ready has to wait for it.
    let noop = peer.send(Body::Noop);
    assert_eq!(peer.sent(), Vec::<String>::new());
    peer.says("+ idling\r\n").unwrap();
    peer.hears(&["DONE"]);
    peer.says("* 4 EXISTS\r\n% OK done\r\n").unwrap();
    peer.hears(&["NOOP"]);
    peer.says("% OK done\r\n").unwrap();
    assert_eq!(peer.events(), ["exists 3 -> 4", "completed 2"]);
    assert_eq!(peer.connection.take(&noop), Some(Ok(())));
    peer.hears(&["IDLE"]);
    peer.says("+\r\n").unwrap();
    // What the server says does not put off that IDLE is begun anew.
    let deadline = peer.connection.poll_timeout().unwrap();
    peer.now = Duration::from_secs(60);
    peer.says("* OK Still here\r\n").unwrap();
    assert_eq!(peer.connection.poll_timeout(), Some(deadline));
    peer.now = deadline;
    peer.connection.handle_timeout(peer.now).unwrap();
    peer.hears(&["DONE"]);
    peer.says("% OK done\r\n").unwrap();
    peer.hears(&["IDLE"]);
    peer.says("+ \r\n").unwrap();
    peer.connection.watch(peer.now, false).unwrap();
    peer.hears(&["DONE"]);
    // An answer to DONE that never comes.
    peer.now = peer.connection.poll_timeout().unwrap();
    assert_eq!(peer.connection.handle_timeout(peer.now), Err(Timeout::Done.into()));
}

#[test]
fn a_server_without_idle_is_asked() {
    for capabilities in ["", "IDLE"] {
        let mut peer = Peer::selected(capabilities);
        peer.connection.watch(peer.now, true).unwrap();
        if !capabilities.is_empty() {
            peer.hears(&["IDLE"]);
            peer.says("% BAD no such command\r\n").unwrap();
        }
        for _ in 0..3 {
            peer.hears(&[]);
            peer.now = peer.connection.poll_timeout().unwrap();
            peer.connection.handle_timeout(peer.now).unwrap();
            peer.hears(&["NOOP"]);
            peer.says("* 5 EXISTS\r\n% OK done\r\n").unwrap();
        }
        assert_eq!(peer.events().len(), 3);
        assert_eq!(peer.connection.pending(), 0);
    }
}

#[test]
fn the_end_of_a_session() {
    let mut peer = Peer::selected("");
    let logout = peer.send(Body::Logout);
    assert_eq!(peer.connection.send(peer.now, Body::Noop).unwrap_err(), ApiMisuse::Closed);
    peer.sent();
    peer.says("* BYE bye\r\n% OK done\r\n").unwrap();
    assert_eq!(peer.events(), ["Bye", "completed 1", "Closed"]);
    assert_eq!(peer.connection.take(&logout), Some(Ok(())));
    assert_eq!(peer.connection.handle_eof(peer.now), Ok(()));

    let mut peer = Peer::selected("");
    peer.send(Body::Noop);
    peer.sent();
    assert!(matches!(peer.says("* BYE overloaded\r\n* BYE overloaded\r\n"), Err(Error::Bye { .. })));

    let mut peer = Peer::selected("");
    assert_eq!(peer.connection.handle_eof(peer.now), Err(Error::UnexpectedEof));

    // A tagged BYE, and none at all.
    let mut peer = Peer::selected("");
    let logout = peer.send(Body::Logout);
    peer.sent();
    peer.says("% BYE bye\r\n").unwrap();
    assert_eq!(peer.connection.take(&logout), Some(Ok(())));
    let mut peer = Peer::selected("");
    peer.send(Body::Logout);
    peer.sent();
    peer.says("* BYE bye\r\n").unwrap();
    assert_eq!(peer.connection.handle_eof(peer.now), Ok(()), "BYE was said, the rest is a formality");
}

#[test]
fn a_mailbox_is_left_by_a_select_that_fails_and_by_closed() {
    let mut peer = Peer::selected("");
    peer.send(Body::Select(Select::new("Nowhere")));
    peer.sent();
    peer.says("* 2 EXPUNGE\r\n% NO [NONEXISTENT] no\r\n").unwrap();
    assert_eq!(peer.events(), ["MailboxClosed", "completed 1"]);
    assert!(peer.connection.selected().is_none() && peer.connection.is_logged_in());

    let mut peer = Peer::selected("");
    peer.send(Body::Select(Select::new("Other")));
    peer.sent();
    peer.says("* 9 EXISTS\r\n* OK [CLOSED] ok\r\n* 1 EXISTS\r\n% OK [READ-ONLY] done\r\n").unwrap();
    let view = peer.connection.selected().unwrap();
    assert_eq!((view.exists, view.read_only, view.mailbox.name().as_ref()), (1, true, "Other"));
    assert_eq!(peer.events(), ["completed 1"]);
}

#[test]
fn what_nobody_wants_is_read_and_dropped() {
    let mut peer = Peer::selected("");
    let (find, never) = (peer.send(Find), peer.send(Find));
    peer.hears(&["UID SEARCH UNSEEN"]);
    peer.connection.discard(find.id());
    peer.connection.discard(never.id());
    peer.says("* SEARCH 2 9\r\n% OK found\r\n").unwrap();
    assert_eq!((peer.events(), peer.sent()), (vec![], vec![]));
    assert_eq!(peer.connection.take(&find), None);
}

#[test]
fn many_uids_are_sent_in_pieces() {
    let config = Config { line: 100, ..Config::default() };
    let mut peer = Peer::new(config);
    peer.says("* PREAUTH hi\r\n").unwrap();
    let uids: UidSet = (1..100).step_by(2).filter_map(Uid::new).collect();
    let copy = peer.send(Body::Copy(Messages::Uid(uids), "Archive".into()));
    let mut sent = 0;
    while let [line] = &peer.sent()[..] {
        assert!(line.len() + 11 <= 100 && line.starts_with("UID COPY "), "{line}");
        sent += line.split(' ').nth(2).unwrap().split(',').count();
        peer.says("% OK done\r\n").unwrap();
    }
    assert_eq!((sent, peer.connection.take(&copy)), (50, Some(Ok(()))));
}

#[test]
fn what_is_enabled_changes_how_octets_are_read() {
    let mut peer = Peer::authenticated("ENABLE UTF8=ACCEPT UIDONLY");
    let enable = |words: &[&str]| Body::Enable(mailwire_imap::Capabilities::new(words).unwrap());
    peer.send(enable(&["UTF8=ACCEPT"]));
    peer.send(Body::Create("Entwürfe".into(), vec![]));
    peer.hears(&["ENABLE UTF8=ACCEPT"]);
    peer.says("* ENABLED UTF8=ACCEPT\r\n% OK done\r\n").unwrap();
    peer.hears(&["CREATE \"Entwürfe\""]);
    peer.says("% OK done\r\n").unwrap();
    // A server that enables and does not say so.
    peer.send(enable(&["UIDONLY", "X-UNKNOWN"]));
    peer.sent();
    peer.says("% OK done\r\n").unwrap();
    assert!(peer.connection.server().enabled().uid_only);
    let numbered =
        peer.send(Body::Fetch(Fetch::new(Messages::Sequence("1".parse().unwrap()), vec![Attribute::Flags])));
    assert_eq!(peer.connection.take(&numbered), Some(Err(CommandError::NoSequenceNumbers)));
}

#[test]
fn silence_is_noticed_and_progress_is_not_silence() {
    let mut peer = Peer::selected("");
    peer.send(Body::Noop);
    peer.sent();
    let silence = peer.connection.poll_timeout().unwrap();
    peer.now = silence - Duration::from_secs(1);
    peer.says("* OK [INPROGRESS] working\r\n").unwrap();
    assert!(peer.connection.poll_timeout().unwrap() > silence);
    peer.now = peer.connection.poll_timeout().unwrap();
    assert_eq!(peer.connection.handle_timeout(peer.now), Err(Timeout::Silence.into()));

    let mut peer = Peer::new(Config::default());
    peer.now = peer.connection.poll_timeout().unwrap();
    peer.connection.paused(peer.now, Duration::from_secs(1));
    assert_eq!(peer.connection.poll_timeout(), Some(peer.now + Duration::from_secs(1)));
    assert_eq!(peer.connection.handle_timeout(peer.now), Ok(()));
    peer.now += Duration::from_secs(1);
    assert_eq!(peer.connection.handle_timeout(peer.now), Err(Timeout::Greeting.into()));
}

#[test]
fn events_that_nobody_takes_are_bounded() {
    let config = Config { max_events: 10, ..Config::default() };
    let mut peer = Peer::new(config);
    peer.says("* PREAUTH hi\r\n").unwrap();
    assert_eq!(peer.says(&"* OK hi\r\n".repeat(9)), Ok(()));
    assert_eq!(peer.says("* OK hi\r\n"), Err(crate::Limit::Events.into()));
}

#[test]
fn alerts_are_events_of_their_own() {
    let mut peer = Peer::selected("");
    peer.says("* NO [ALERT] disk full\r\n* BAD [WEBALERT https://example.com] log in\r\n").unwrap();
    assert_eq!(peer.events(), ["Alert", "Alert"]);
    assert!(peer.connection.know_uids(&"4,8:9".parse().unwrap()));
    assert!(!peer.connection.know_uids(&"4".parse().unwrap()));
}
