//! A session over a store, without a runtime.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::BytesMut;
use mailwire_pop3_server::{Closed, Config, Connection};
use mailwire_sasl::server::Decoy;
use mailwire_service::{
    MemoryDirectory,
    pop3::{Options, Session, Step},
};
use mailwire_store::MemoryStore;

/// A session over `store`, and what it sends.
struct Played {
    session: Session<MemoryStore, MemoryDirectory>,
    sent: Vec<u8>,
    last: Option<Step>,
}

impl Played {
    fn new(store: &MemoryStore, options: Options) -> Self {
        let mut config = Config::new("a seed of at least 18 octets", Decoy::new("key"));
        config.encrypted = true;
        config.max_buffered = 1000;
        let directory = MemoryDirectory::new().with_user("ann", "secret", b"sixteen octets..").unwrap();
        let connection = Connection::new(Duration::ZERO, config);
        let session = Session::new(connection, Arc::new(store.clone()), Arc::new(directory), options);
        Self { session, sent: Vec::new(), last: None }
    }

    /// Everything that the session says to these octets.
    fn say(&mut self, octets: &str) -> String {
        let mut input = BytesMut::from(octets);
        loop {
            while let Some(octets) = self.session.connection().poll_transmit() {
                assert!(octets.len() < 70_000, "octets leave between the steps");
                self.sent.extend_from_slice(&octets);
            }
            if self.session.has_work() {
                // Nothing in memory has to be waited for.
                let step =
                    pin!(self.session.step(|| Duration::ZERO)).poll(&mut Context::from_waker(Waker::noop()));
                match step {
                    Poll::Ready(step) => self.last = Some(step),
                    Poll::Pending => panic!("the store is in memory"),
                }
            } else if input.is_empty() || !self.session.connection().wants_input() {
                return String::from_utf8(std::mem::take(&mut self.sent)).unwrap();
            } else {
                self.session.connection().handle_input(Duration::ZERO, &mut input).unwrap();
            }
        }
    }
}

fn store_with(messages: &[String]) -> MemoryStore {
    let store = MemoryStore::new();
    store.add_user("ann");
    messages.iter().for_each(|message| store.deliver("ann", message.clone()).unwrap());
    store
}

#[test]
fn a_session_reads_and_deletes() {
    let large = "a line of a large message\n".repeat(20_000);
    let store = store_with(&["Subject: one\n\none\n".into(), large.clone()]);
    let mut played = Played::new(&store, Options::default());
    assert_eq!(
        played.say("USER ann\r\nPASS wrong\r\n"),
        "+OK POP3 server ready\r\n+OK send the password\r\n"
    );
    played.session.connection().handle_timeout(Duration::from_secs(2));
    assert_eq!(played.say(""), "-ERR [AUTH] authentication failed\r\n");
    assert_eq!(played.say("USER ann\r\nPASS secret\r\n"), "+OK send the password\r\n+OK logged in\r\n");
    assert_eq!(played.say("RETR 1\r\n"), "+OK 21 octets\r\nSubject: one\r\n\r\none\r\n.\r\n");
    assert_eq!(
        played.say("TOP 2 1\r\n").lines().count(),
        20_002,
        "a message without an empty line is all header"
    );
    let retrieved = played.say("RETR 2\r\n");
    assert!(retrieved.ends_with(&format!("{}.\r\n", large.replace('\n', "\r\n"))));
    assert_eq!(played.say("DELE 2\r\n"), "+OK marked as deleted\r\n");
    assert_eq!(store.messages("ann").len(), 2);
    assert_eq!(played.say("QUIT\r\n"), "+OK bye\r\n");
    assert_eq!(played.last, Some(Step::Close(Closed::Quit)));
    assert_eq!(store.messages("ann"), ["Subject: one\r\n\r\none\r\n"]);
}

#[test]
fn a_session_that_is_dropped_unlocks_and_deletes_nothing() {
    let store = store_with(&["one\n".into()]);
    let login = "USER ann\r\nPASS secret\r\nDELE 1\r\n";
    let mut first = Played::new(&store, Options::default());
    assert!(first.say(login).ends_with("+OK marked as deleted\r\n"));
    let mut second = Played::new(&store, Options::default());
    assert!(second.say(login).contains("-ERR [IN-USE]"));
    drop(first);
    assert!(second.say(login).ends_with("+OK marked as deleted\r\n"));
    drop(second);
    assert_eq!(store.messages("ann").len(), 1);
}

#[test]
fn a_header_in_utf8_is_refused_to_who_did_not_ask_for_it_unless_the_host_says_otherwise() {
    let store = store_with(&["Subject: é\n\n".into()]);
    let login = "USER ann\r\nPASS secret\r\nRETR 1\r\n";
    assert!(
        Played::new(&store, Options::default())
            .say(login)
            .ends_with("-ERR [UTF8] the message needs UTF-8 mode\r\n")
    );
    let asked = format!("UTF8\r\n{login}");
    assert!(Played::new(&store, Options::default()).say(&asked).ends_with("Subject: é\r\n\r\n.\r\n"));
    let mut options = Options::default();
    options.send_utf8_unasked = true;
    assert!(Played::new(&store, options).say(login).ends_with("Subject: é\r\n\r\n.\r\n"));
}

#[test]
fn a_user_who_exists_and_one_who_does_not_are_answered_alike() {
    let store = store_with(&[]);
    let answers = ["ann", "nobody"].map(|user| {
        let mut played = Played::new(&store, Options::default());
        let mut said = played.say(&format!("USER {user}\r\nPASS wrong\r\n"));
        played.session.connection().handle_timeout(Duration::from_secs(2));
        said += &played.say("");
        said
    });
    assert_eq!(answers[0], answers[1]);
}
