//! The server's machine, state by state: which commands are valid where, and what a session may cost.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mailwire::{
    pop3::{
        UniqueId,
        server::{Closed, Connection, Entry, Event, Push, Refusal},
    },
    sasl::server::Answer,
};
use mailwire_testkit::dialogue::server::{Host, Run, check, cleartext, encrypted};

const NOW: Duration = Duration::ZERO;
const BAD: &str = "-ERR the command cannot be read";
const NOT_NOW: &str = "-ERR not in this state";

fn host() -> Host {
    Host::with(&[b"Subject: a\r\n\r\none\r\n", b"two\r\n"])
}

#[test]
fn every_command_in_every_state() {
    const LIST: &str = "+OK the list follows";
    let mechanisms = format!("{LIST}\nS: SCRAM-SHA-256\nS: SCRAM-SHA-1\nS: PLAIN\nS: .");
    let languages = format!("{LIST}\nS: en English\nS: .");
    let sizes = format!("{LIST}\nS: 1 19\nS: 2 5\nS: .");
    let ids = format!("{LIST}\nS: 1 id-1\nS: 2 id-2\nS: .");
    let bye = "+OK bye\n= closed Quit";
    // The command, the reply before login, the reply after.
    for (command, before, after) in [
        ("APOP ann c4c9334bac560ecc979e58001b3e22fb", "-ERR unknown command", NOT_NOW),
        ("AUTH", &*mechanisms, NOT_NOW),
        ("AUTH PLAIN", "+<SP>", NOT_NOW),
        ("AUTH NONSENSE", "-ERR no such mechanism here", NOT_NOW),
        ("DELE 1", NOT_NOW, "+OK marked as deleted"),
        ("LANG", &languages, &languages),
        ("LANG en", "+OK en English it is", "+OK en English it is"),
        ("LIST", NOT_NOW, &sizes),
        ("LIST 1", NOT_NOW, "+OK 1 19"),
        ("NOOP", NOT_NOW, "+OK done"),
        ("PASS secret", NOT_NOW, NOT_NOW),
        ("QUIT", bye, "\n= deleted\nS: +OK bye\n= closed Quit"),
        ("RETR 2", NOT_NOW, "+OK 5 octets\nS: two\nS: ."),
        ("RSET", NOT_NOW, "+OK no message is marked as deleted"),
        ("STAT", NOT_NOW, "+OK 2 24"),
        ("STLS", "+OK begin TLS\n= tls", NOT_NOW),
        ("TOP 1 0", NOT_NOW, "+OK the message follows\nS: Subject: a\nS:\nS: ."),
        ("UIDL", NOT_NOW, &ids),
        ("UIDL 2", NOT_NOW, "+OK 2 id-2"),
        ("USER ann", "+OK send the password", NOT_NOW),
        ("UTF8", "+OK UTF-8 mode", NOT_NOW),
        ("XTND X", "-ERR unknown command", "-ERR unknown command"),
        ("STAT 1", BAD, BAD),
        ("RETR", BAD, BAD),
    ] {
        let mut config = cleartext();
        (config.stls, config.login.allow_cleartext) = (true, true);
        check(&config, &host(), &format!("C: {command}\nS: {before}"));
        let login = "C: USER ann\nS: +OK send the password\nC: PASS secret\n= opened ann\nS: +OK logged in\n";
        let reply = if after.starts_with('\n') { after.into() } else { format!("S: {after}") };
        check(&config, &host(), &format!("{login}C: {command}\n{reply}"));
        // After QUIT nothing is read any more.
        check(&config, &host(), &format!("C: QUIT\nS: {bye}\nC: {command}"));
        // Between USER and PASS what asks for nothing is no harm, and any other login forgets the name.
        let forgets = ["APOP", "AUTH", "PASS", "QUIT", "STLS"].iter().any(|word| command.starts_with(word));
        if !forgets && !command.starts_with("XTND") {
            let script = "C: USER ann\nS: +OK send the password\n";
            let end = "C: PASS secret\n= opened ann\nS: +OK logged in\n";
            check(&config, &host(), &format!("{script}C: {command}\nS: {before}\n{end}"));
        }
    }
}

#[test]
fn one_octet_a_second_does_not_keep_a_connection() {
    let mut connection = Connection::new(NOW, encrypted());
    let mut input = BytesMut::new();
    let mut second = 0;
    while !connection.is_closed() {
        second += 1;
        let now = Duration::from_secs(second);
        input.extend_from_slice(b"A");
        connection.handle_input(now, &mut input).unwrap();
        connection.handle_timeout(now);
        while connection.poll_transmit().is_some() {}
    }
    assert_eq!(second, 180);
    // Nor do commands that are valid before login.
    let mut run = Run::new(&encrypted(), &host(), 100);
    run.play(&"> wait 50\nC: LANG en\nS: +OK en English it is\n".repeat(3));
    run.play("> wait 30\nS: -ERR too long without a command\n= closed Timeout");
}

/// A session that is logged in, with these sizes.
fn logged_in(config: mailwire::pop3::server::Config, sizes: &[u64]) -> Connection {
    let mut connection = Connection::new(NOW, config);
    let mut input = BytesMut::from("USER ann\r\nPASS x\r\n");
    connection.handle_input(NOW, &mut input).unwrap();
    connection.answer(NOW, Answer::Granted).unwrap();
    let entry = |(index, octets): (usize, &u64)| {
        let id = format!("!{}~", "x".repeat(index % 69));
        Entry { octets: *octets, unique_id: UniqueId::new(id).unwrap() }
    };
    connection.opened(NOW, sizes.iter().enumerate().map(entry).collect()).unwrap();
    drain(&mut connection);
    connection
}

fn drain(connection: &mut Connection) -> Vec<u8> {
    while connection.poll_event().is_some() {}
    std::iter::from_fn(|| connection.poll_transmit()).flatten().collect()
}

fn say(connection: &mut Connection, line: &str) {
    let mut input = BytesMut::from(line);
    input.extend_from_slice(b"\r\n");
    connection.handle_input(NOW, &mut input).unwrap();
}

/// A client that reads slowly is not one that is silent.
#[test]
fn the_time_after_a_listing_begins_when_its_last_row_is_taken() {
    let mut config = encrypted();
    config.max_buffered = 100;
    let mut connection = logged_in(config, &[1; 1000]);
    say(&mut connection, "LIST");
    let mut now = NOW;
    while let Some(octets) = connection.poll_transmit() {
        now += Duration::from_secs(10);
        assert!(octets.len() < 120);
        assert!(connection.poll_timeout().is_none_or(|deadline| deadline <= now));
    }
    assert!(now > Duration::from_secs(600), "longer than a client may be silent: {now:?}");
    connection.handle_timeout(now);
    assert_eq!(connection.poll_timeout(), Some(now + Duration::from_secs(600)));
    connection.handle_timeout(now + Duration::from_secs(599));
    assert!(drain(&mut connection).is_empty() && !connection.is_closed());
    connection.handle_timeout(now + Duration::from_secs(600));
    assert!(drain(&mut connection).is_empty() && connection.is_closed());
}

#[test]
fn the_time_after_a_message_begins_when_the_host_has_given_all_of_it() {
    let minute = |count: u64| Duration::from_secs(60 * count);
    let mut connection = logged_in(encrypted(), &[6]);
    say(&mut connection, "RETR 1");
    assert_eq!(connection.poll_timeout(), None, "the host is not hurried");
    connection.push(minute(9), "one\r\n".into()).unwrap();
    connection.finish(minute(15)).unwrap();
    assert_eq!(connection.poll_timeout(), Some(minute(25)));
    say(&mut connection, "RETR 1");
    connection.failed(minute(30), Refusal::Temporary).unwrap();
    assert_eq!(connection.poll_timeout(), Some(minute(40)));
}

#[test]
fn a_maildrop_may_exceed_four_gibibytes() {
    let mut connection = logged_in(encrypted(), &[1 << 32, 5 << 32, u64::MAX >> 1]);
    say(&mut connection, "DELE 3");
    drain(&mut connection);
    say(&mut connection, "STAT");
    assert_eq!(drain(&mut connection), b"+OK 2 25769803776\r\n");
    say(&mut connection, "LIST 2");
    assert_eq!(drain(&mut connection), b"+OK 2 21474836480\r\n");
}

#[test]
fn a_message_of_any_size_leaves_in_bounded_pieces() {
    let mut config = encrypted();
    config.max_buffered = 1000;
    let mut connection = logged_in(config, &[1 << 30]);
    say(&mut connection, "RETR 1");
    let (mut pushed, mut received, mut most) = (0, 0, 0);
    while pushed < 100_000 {
        while connection.wants_octets() {
            assert_eq!(connection.push(NOW, Bytes::from(vec![b'.'; 100])), Ok(Push::More));
            pushed += 100;
        }
        let mut waiting = 0;
        while let Some(octets) = connection.poll_transmit() {
            waiting += octets.len();
        }
        received += waiting;
        most = most.max(waiting);
    }
    connection.finish(NOW).unwrap();
    received += drain(&mut connection).len();
    assert!(most <= 1000 + 101, "{most}");
    let (status, stuffing, end) = ("+OK 1073741824 octets\r\n".len(), 1, "\r\n.\r\n".len());
    assert_eq!(received, pushed + status + stuffing + end);
}

#[test]
fn top_tells_the_host_when_it_is_enough() {
    let mut connection = logged_in(encrypted(), &[100]);
    say(&mut connection, "TOP 1 1");
    let event = connection.poll_event();
    assert!(matches!(event, Some(Event::Retrieve { partial: true, utf8: false, .. })), "{event:?}");
    assert_eq!(connection.push(NOW, "A: b\r\n\r\n".into()), Ok(Push::More));
    assert_eq!(connection.push(NOW, "one\r\ntwo\r\n".into()), Ok(Push::Enough));
    assert_eq!(connection.push(NOW, "three\r\n".into()), Ok(Push::Enough), "and it stays enough");
    connection.finish(NOW).unwrap();
    assert_eq!(drain(&mut connection), b"+OK the message follows\r\nA: b\r\n\r\none\r\n.\r\n");
}

#[test]
fn a_message_with_utf8_headers_is_kept_from_who_does_not_take_it() {
    for utf8 in [false, true] {
        let mut connection = Connection::new(NOW, encrypted());
        let mode = if utf8 { "UTF8\r\n" } else { "" };
        let mut input = BytesMut::from(&*format!("{mode}USER ann\r\nPASS x\r\nRETR 1\r\n"));
        connection.handle_input(NOW, &mut input).unwrap();
        connection.answer(NOW, Answer::Granted).unwrap();
        let entry = Entry { octets: 1, unique_id: UniqueId::new("a").unwrap() };
        connection.opened(NOW, vec![entry]).unwrap();
        connection.handle_input(NOW, &mut input).unwrap();
        let asked = std::iter::from_fn(|| connection.poll_event()).find_map(|event| match event {
            Event::Retrieve { utf8, .. } => Some(utf8),
            _ => None,
        });
        assert_eq!(asked, Some(utf8));
        connection.failed(NOW, Refusal::Utf8).unwrap();
        let sent = drain(&mut connection);
        assert!(sent.ends_with(b"-ERR [UTF8] the message needs UTF-8 mode\r\n"), "{}", sent.escape_ascii());
    }
}

#[test]
fn a_shutdown_lets_answers_end_and_deletes_nothing() {
    let going = "-ERR [SYS/TEMP] the server is going down\r\n";
    // Before login, between messages: at once, with the reason.
    for prefix in ["", "USER ann\r\n", "AUTH PLAIN\r\n"] {
        let mut connection = Connection::new(NOW, encrypted());
        let mut input = BytesMut::from(prefix);
        connection.handle_input(NOW, &mut input).unwrap();
        drain(&mut connection);
        connection.shut_down();
        assert_eq!(drain(&mut connection), going.as_bytes());
        assert!(connection.is_closed());
    }
    // While the host thinks: its answer comes too late and has no effect.
    let mut connection = Connection::new(NOW, encrypted());
    let mut input = BytesMut::from("USER ann\r\nPASS x\r\n");
    connection.handle_input(NOW, &mut input).unwrap();
    connection.shut_down();
    assert!(connection.answer(NOW, Answer::Granted).is_err());
    assert!(drain(&mut connection).ends_with(going.as_bytes()));
    // A listing ends first, deletions that were asked for are done.
    let mut config = encrypted();
    config.max_buffered = 100;
    let mut connection = logged_in(config, &[1; 1000]);
    say(&mut connection, "LIST");
    connection.shut_down();
    let listed = drain(&mut connection);
    assert!(listed.ends_with(b"1000 1\r\n.\r\n"), "{}", listed.len());
    assert!(connection.is_closed());
    let mut connection = logged_in(encrypted(), &[1]);
    say(&mut connection, "DELE 1");
    say(&mut connection, "QUIT");
    connection.shut_down();
    connection.committed(NOW, true).unwrap();
    let ends: Vec<Event> = std::iter::from_fn(|| connection.poll_event()).collect();
    assert!(matches!(&ends[..], [Event::Commit { deleted }] if deleted.len() == 1), "{ends:?}");
    assert!(
        std::iter::from_fn(|| connection.poll_transmit())
            .flatten()
            .eq(*b"+OK marked as deleted\r\n+OK bye\r\n")
    );
    assert!(matches!(connection.poll_event(), Some(Event::Closed(Closed::Quit))));
}

#[test]
fn nothing_in_clear_text_stands_in_the_handshake() {
    let mut config = cleartext();
    config.stls = true;
    for (end, closed) in [("wait 180", "Timeout"), ("shutdown", "ShutDown")] {
        check(&config, &host(), &format!("C: STLS\nS: +OK begin TLS\n= tls\n> {end}\n= closed {closed}"));
    }
}

#[test]
fn every_event_is_answered_once() {
    let mut connection = logged_in(encrypted(), &[1]);
    assert!(connection.opened(NOW, Vec::new()).is_err());
    say(&mut connection, "RETR 1");
    assert!(connection.committed(NOW, true).is_err());
    connection.finish(NOW).unwrap();
    assert!(connection.finish(NOW).is_err());
    assert!(connection.push(NOW, "x".into()).is_err());
    assert!(connection.failed(NOW, Refusal::Temporary).is_err());
    say(&mut connection, "QUIT");
    connection.committed(NOW, true).unwrap();
    assert!(connection.committed(NOW, true).is_err());
    assert!(drain(&mut connection).ends_with(b"+OK bye\r\n"));
}
