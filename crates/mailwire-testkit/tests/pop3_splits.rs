//! How the octets are split makes no difference to either machine, and no octets make either of them panic or hang.

use std::time::Duration;

use bytes::BytesMut;
use mailwire::pop3::{
    Command, MessageNumber, Secret,
    client::{Config, Connection, Event},
};
use mailwire_testkit::{
    chunks,
    dialogue::server::{Host, Run, encrypted},
};
use proptest::prelude::*;

const NOW: Duration = Duration::ZERO;

/// What a server may say, and what it may not.
fn server_octets() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"+OK"[..],
        b"+OK 1 2\r\n",
        b"+OK more\r\n",
        b"-ERR [AUTH] no\r\n",
        b"+ \r\n",
        b"+ QUJD\r\n",
        b"1 120\r\n",
        b"2 id\r\n",
        b"SASL PLAIN\r\n",
        b"..\r\n",
        b".",
        b".\r\n",
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"\xFFtext",
        b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// What a client may say, and what it may not.
fn client_octets() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"USER mrose\r\n"[..],
        b"PASS tanstaaf\r\n",
        b"USER mrose\r\nPASS tanstaaf\r\n",
        b"AUTH PLAIN\r\n",
        b"AUTH PLAIN AG1yb3NlAHRhbnN0YWFm\r\n",
        b"AG1yb3NlAHRhbnN0YWFm\r\n",
        b"*\r\n",
        b"CAPA\r\n",
        b"STAT\r\n",
        b"LIST\r\n",
        b"uidl 2\r\n",
        b"RETR 1\r\n",
        b"TOP 1 1\r\n",
        b"DELE 1\r\n",
        b"RSET\r\n",
        b"LANG\r\n",
        b"UTF8\n",
        b"STLS\r\n",
        b"QUIT\r\n",
        b"\r\n",
        b"\r",
        b"\n",
        b"\0\xFF",
        b"GET / HTTP/1.1\r\n",
        b"XTND and so on ",
    ]);
    prop::collection::vec(piece, 0..25).prop_map(|pieces| pieces.concat())
}

fn shown(event: Event, events: &mut Vec<String>) {
    let shown = match event {
        Event::Data { octets, .. } => {
            let octets = octets.escape_ascii().to_string();
            match events.last_mut() {
                Some(last) if last.starts_with("data ") => return last.push_str(&octets),
                _ => format!("data {octets}"),
            }
        }
        event => format!("{event:?}"),
    };
    events.push(shown);
}

/// What the client makes of `octets`, read in pieces of these sizes, when `commands` are sent after the greeting.
fn client_events(commands: &[Command], octets: &[u8], sizes: &[usize]) -> Vec<String> {
    let mut config = Config::default();
    (config.max_rows, config.limits.reply_line) = (5, 60);
    let mut connection = Connection::new(NOW, config);
    let mut input = BytesMut::from("+OK\r\n");
    connection.handle_input(NOW, &mut input).unwrap();
    for command in commands {
        connection.send(NOW, command.clone()).unwrap();
    }
    let (mut events, mut rest) = (Vec::new(), octets);
    for size in sizes.iter().cycle() {
        while connection.poll_transmit().is_some() {}
        let (piece, after) = rest.split_at((*size).min(rest.len()));
        input.extend_from_slice(piece);
        let result = connection.handle_input(NOW, &mut input);
        while let Some(event) = connection.poll_event() {
            shown(event, &mut events);
        }
        if let Err(error) = result {
            events.push(error.to_string());
            assert!(connection.poll_transmit().is_none(), "nothing is sent after an error");
            break;
        }
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    events
}

fn command() -> impl Strategy<Value = Command> {
    let one = MessageNumber::FIRST;
    prop::sample::select(vec![
        Command::Capa,
        Command::List(None),
        Command::Retr(one),
        Command::Stat,
        Command::Uidl(None),
        Command::Quit,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn of_what_a_server_says(
        command in command(),
        octets in server_octets(),
        one in chunks::sizes(30),
        other in chunks::sizes(200),
    ) {
        let commands = [command];
        prop_assert_eq!(client_events(&commands, &octets, &one), client_events(&commands, &octets, &other));
    }

    #[test]
    fn of_what_a_client_says(octets in client_octets(), size in 1..30_usize) {
        let heard = |size| {
            let mut run = Run::new(&encrypted(), &Host::with(&[b"a: b\r\n\r\none\r\ntwo", b""]), size);
            run.hear(&octets);
            run
        };
        let (pieces, whole) = (heard(size), heard(usize::MAX));
        prop_assert_eq!(pieces.sent(), whole.sent());
        prop_assert_eq!(pieces.happened(), whole.happened());
    }
}

#[test]
fn nothing_that_was_queued_is_sent_after_an_error() {
    let mut connection = Connection::new(NOW, Config::default());
    let mut input = BytesMut::from("+OK\r\n");
    connection.handle_input(NOW, &mut input).unwrap();
    connection.send(NOW, Command::Stat).unwrap();
    connection.send(NOW, Command::Dele(MessageNumber::FIRST)).unwrap();
    assert_eq!(connection.poll_transmit().as_deref(), Some(&b"STAT\r\n"[..]));
    input.extend_from_slice(b"+OK 1 1\r\n+OK forged\r\n");
    let error = connection.handle_input(NOW, &mut input).unwrap_err();
    assert_eq!(error.to_string(), "the server misbehaves: a reply came without a command");
    assert_eq!(connection.poll_transmit(), None);
    // Nor what was on its way out, which may be a password.
    let mut connection = Connection::new(NOW, Config::default());
    input.clear();
    input.extend_from_slice(b"+OK\r\n");
    connection.handle_input(NOW, &mut input).unwrap();
    connection.send(NOW, Command::Pass(Secret::new("tanstaaf").unwrap())).unwrap();
    input.extend_from_slice(b"-ERR early\r\n");
    connection.handle_input(NOW, &mut input).unwrap_err();
    assert_eq!(connection.poll_transmit(), None);
}

/// The application gives up some of the messages, at any point: the others arrive whole.
#[test]
fn what_is_discarded_disturbs_nothing_else() {
    for size in 1..40 {
        for discarded in 0..3_usize {
            for after in 0..5 {
                let octets = b"+OK\r\n..one\r\n.\r\n+OK\r\ntwo\r\n.\r\n+OK\r\nthree\r\n.\r\n";
                let mut connection = Connection::new(NOW, Config::default());
                let mut input = BytesMut::from("+OK\r\n");
                connection.handle_input(NOW, &mut input).unwrap();
                let ids = [1, 2, 3].map(|number| {
                    let number = MessageNumber::new(number).unwrap();
                    connection.send(NOW, Command::Retr(number)).unwrap()
                });
                let (mut received, mut events) = ([const { Vec::new() }; 3], 0);
                let mut ends = 0;
                for line in octets.split_inclusive(|octet| *octet == b'\n') {
                    for piece in line.chunks(size) {
                        input.extend_from_slice(piece);
                        while connection.poll_transmit().is_some() {}
                        connection.handle_input(NOW, &mut input).unwrap();
                        while let Some(event) = connection.poll_event() {
                            events += 1;
                            if events == after {
                                connection.discard(ids[discarded]);
                            }
                            match event {
                                Event::Data { id, octets } => {
                                    let index = ids.iter().position(|of| *of == id).unwrap();
                                    received[index].extend_from_slice(&octets);
                                }
                                Event::End { .. } => ends += 1,
                                _ => {}
                            }
                        }
                    }
                }
                assert_eq!(ends, 3, "each answer has its end");
                for (index, message) in [&b".one\r\n"[..], b"two\r\n", b"three\r\n"].into_iter().enumerate() {
                    assert!(
                        received[index] == message || index == discarded && after > 0,
                        "{index} of {size}"
                    );
                }
            }
        }
    }
}
