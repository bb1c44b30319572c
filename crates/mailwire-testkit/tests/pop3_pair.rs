//! Client and server against each other in memory: any messages, any buffers, cut anywhere.

use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use mailwire::{
    pop3::{
        Command, MessageNumber, UniqueId, client,
        server::{self, Entry, Push},
    },
    sasl::{ScramKeys, client::Credentials, server::Answer, server::Question},
    store::canonical,
};
use mailwire_testkit::server_dialogue::encrypted;
use proptest::prelude::*;

/// One direction of a connection: what was sent and not read, as full sockets hold it, and where it is cut.
struct Pipe {
    octets: BytesMut,
    room: usize,
    /// How many octets may still pass.
    left: usize,
    pending: Bytes,
}

impl Pipe {
    fn new(room: usize, left: usize) -> Self {
        Self { octets: BytesMut::new(), room, left, pending: Bytes::new() }
    }

    /// Moves what fits; `false` if nothing moved.
    fn fill(&mut self, mut next: impl FnMut() -> Option<Bytes>) -> bool {
        let before = self.octets.len();
        while self.octets.len() < self.room && self.left > 0 {
            if self.pending.is_empty() {
                match next() {
                    Some(octets) => self.pending = octets,
                    None => break,
                }
            }
            let fits = (self.room - self.octets.len()).min(self.left).min(self.pending.len());
            self.octets.extend_from_slice(&self.pending.split_to(fits));
            self.left -= fits;
        }
        self.octets.len() > before
    }

    /// Hands out at most `size` octets.
    fn read(&mut self, size: usize, into: &mut BytesMut) -> usize {
        let size = size.min(self.octets.len());
        into.extend_from_slice(&self.octets[..size]);
        self.octets.advance(size);
        size
    }
}

/// How the two sides are joined.
#[derive(Clone, Debug)]
struct Line {
    room: usize,
    piece: usize,
    cut_to_client: usize,
    cut_to_server: usize,
}

impl Line {
    fn whole(room: usize, piece: usize) -> Self {
        Self { room, piece, cut_to_client: usize::MAX, cut_to_server: usize::MAX }
    }
}

/// What came out of a session.
#[derive(Debug, Default)]
struct Outcome {
    /// Complete messages, by number.
    received: Vec<(u32, Vec<u8>)>,
    /// What the server was told to delete; nothing if it was not told.
    committed: Option<Vec<u32>>,
    /// Whether the client saw QUIT answered.
    closed: bool,
    error: Option<client::Error>,
}

/// Downloads and deletes all messages. It ends when nothing moves any more, and panics if that is not an end.
fn download(messages: &[Vec<u8>], login: client::Login, pipelined: usize, line: &Line) -> Outcome {
    let now = Duration::ZERO;
    let mut client_config = client::Config::default();
    (client_config.encrypted, client_config.max_in_flight) = (true, pipelined);
    let mut client = client::Connection::new(now, client_config);
    let mut server_config = encrypted();
    server_config.max_buffered = 300;
    let mut server = server::Connection::new(now, server_config);
    let (mut to_client, mut to_server) =
        (Pipe::new(line.room, line.cut_to_client), Pipe::new(line.room, line.cut_to_server));
    let (mut client_input, mut server_input) = (BytesMut::new(), BytesMut::new());
    let mut outcome = Outcome::default();
    let mut sending: Option<(usize, usize)> = None;
    let mut expected = std::collections::VecDeque::new();
    let mut current = Vec::new();
    let mut login = Some(login);
    loop {
        let mut moved = to_server.fill(|| client.poll_transmit()) | to_client.fill(|| server.poll_transmit());
        moved |= to_client.read(line.piece, &mut client_input) > 0;
        if let Err(error) = client.handle_input(now, &mut client_input) {
            outcome.error = Some(error);
            return outcome;
        }
        while let Some(event) = client.poll_event() {
            moved = true;
            match event {
                client::Event::Greeting { .. } => client.login(now, login.take().unwrap()).unwrap(),
                client::Event::LoggedIn { .. } => {
                    for number in
                        (1..=messages.len()).map(|number| MessageNumber::new(number as u32).unwrap())
                    {
                        client.send(now, Command::Retr(number)).unwrap();
                        expected.push_back(number);
                    }
                    if messages.is_empty() {
                        client.send(now, Command::Quit).unwrap();
                    }
                }
                client::Event::Reply { reply, .. } => assert!(reply.is_ok(), "{reply}"),
                client::Event::Data { octets, .. } => current.extend_from_slice(&octets),
                client::Event::End { .. } => {
                    let number = expected.pop_front().unwrap();
                    outcome.received.push((number.get(), std::mem::take(&mut current)));
                    // Only what has arrived may be deleted.
                    client.send(now, Command::Dele(number)).unwrap();
                    if expected.is_empty() {
                        client.send(now, Command::Quit).unwrap();
                    }
                }
                client::Event::Closed => outcome.closed = true,
                event => panic!("{event:?}"),
            }
        }
        if outcome.closed {
            return outcome;
        }
        moved |= to_server.read(line.piece, &mut server_input) > 0;
        let before = server_input.len();
        if server.wants_input() {
            server.handle_input(now, &mut server_input).unwrap();
        }
        moved |= server_input.len() < before;
        while let Some(event) = server.poll_event() {
            moved = true;
            match event {
                server::Event::Ask(question) => server.answer(now, answer(&question)).unwrap(),
                server::Event::Open { .. } => server.opened(now, entries(messages)).unwrap(),
                server::Event::Retrieve { message, .. } => sending = Some((message.index(), 0)),
                server::Event::Commit { deleted } => {
                    outcome.committed = Some(deleted.iter().map(|number| number.get()).collect());
                    server.committed(now, true).unwrap();
                }
                server::Event::Closed(_) => {}
                event => panic!("{event:?}"),
            }
        }
        while let Some((index, offset)) = sending.filter(|_| server.wants_octets()) {
            let rest = &messages[index][offset..];
            let octets = Bytes::copy_from_slice(&rest[..rest.len().min(97)]);
            moved = true;
            sending = Some((index, offset + octets.len()));
            if octets.is_empty() {
                server.finish(now).unwrap();
                sending = None;
            } else {
                assert_eq!(server.push(now, octets).unwrap(), Push::More);
            }
        }
        if !moved {
            let cut = to_client.left == 0 || to_server.left == 0;
            assert!(cut, "both sides wait for each other for ever");
            server.handle_eof(now);
            outcome.error = client.handle_eof(now).err();
            return outcome;
        }
    }
}

fn answer(question: &Question) -> Answer {
    match question {
        Question::Password { password, .. } if password.expose() == b"secret" => Answer::Granted,
        Question::ScramKeys { hash, .. } => {
            Answer::Keys(ScramKeys::derive(*hash, "secret", b"sixteen octets..", 4096).ok())
        }
        _ => Answer::Denied,
    }
}

fn entries(messages: &[Vec<u8>]) -> Vec<Entry> {
    let entry = |(index, message): (usize, &Vec<u8>)| Entry {
        octets: message.len() as u64,
        unique_id: UniqueId::new(index.to_string()).unwrap(),
    };
    messages.iter().enumerate().map(entry).collect()
}

fn login() -> client::Login {
    client::Login::new(Credentials::password("ann", "secret"), *b"eighteen octets at least")
}

fn plain() -> client::Login {
    let scram =
        mailwire::sasl::Mechanism::ALL.into_iter().filter(|mechanism| mechanism.scram_hash().is_some());
    scram.fold(login(), |login, mechanism| login.without(client::Method::Sasl(mechanism)))
}

/// As the server sends them: with CRLF alone, and one at the end.
fn as_sent(messages: &[Vec<u8>]) -> Vec<(u32, Vec<u8>)> {
    let sent = messages.iter().map(|message| canonical(Bytes::copy_from_slice(message)).to_vec());
    sent.enumerate().map(|(index, message)| (index as u32 + 1, message)).collect()
}

fn any_message() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"\r\n"[..],
        b"\n",
        b"\r",
        b".",
        b"..",
        b"text",
        b"+OK",
        b"-ERR ",
        b"\xFF\0",
        b"\r\n.\r\n",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_message_arrives_once_and_whole(
        messages in prop::collection::vec(any_message(), 0..12),
        room in 1..200_usize,
        piece in 1..100_usize,
        pipelined in 1..9_usize,
    ) {
        let outcome = download(&messages, plain(), pipelined, &Line::whole(room, piece));
        prop_assert!(outcome.closed && outcome.error.is_none());
        prop_assert_eq!(outcome.received, as_sent(&messages));
        prop_assert_eq!(outcome.committed, Some((1..=messages.len() as u32).collect()));
    }
}

#[test]
fn a_cut_at_any_octet_loses_and_doubles_nothing() {
    let messages = [b"Subject: one\r\n\r\n..one\r\n".to_vec(), b"".to_vec(), b"+OK\r\n.\r\n".to_vec()];
    let whole = Line::whole(64, 64);
    let mut ends = [0; 2];
    for (direction, end) in ends.iter_mut().enumerate() {
        for cut in 0.. {
            let mut line = whole.clone();
            *[&mut line.cut_to_client, &mut line.cut_to_server][direction] = cut;
            let outcome = download(&messages, plain(), 4, &line);
            let complete = as_sent(&messages);
            assert!(
                complete.starts_with(&outcome.received),
                "what is complete is whole: cut {cut} of {direction}"
            );
            if outcome.closed {
                *end = cut;
                break;
            }
            assert_eq!(outcome.error, Some(client::Error::UnexpectedEof), "cut {cut} of {direction}");
            // Deletions are done only when QUIT has come in whole, and then all messages have arrived.
            if let Some(committed) = outcome.committed {
                assert_eq!((committed.len(), outcome.received.len()), (3, 3), "cut {cut} of {direction}");
            }
        }
    }
    assert!(ends.iter().all(|end| *end > 80), "every octet of the dialogue was a cut: {ends:?}");
}

#[test]
fn a_batch_of_a_hundred_thousand_does_not_fill_the_buffers_of_both_sides() {
    let messages = vec![b"a\r\n".to_vec(); 50_000];
    let outcome = download(&messages, login(), 32, &Line::whole(512, 512));
    assert_eq!(outcome.received.len(), 50_000);
    assert_eq!(outcome.committed.map(|committed| committed.len()), Some(50_000));
}
