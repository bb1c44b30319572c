//! The client's machine: dialogues in pieces of every size.

use std::time::Duration;

use bytes::BytesMut;
use mailwire::pop3::{
    Command, MessageNumber,
    client::{ApiMisuse, Config, Connection, Event},
};
use mailwire_testkit::dialogue::client::{check, play};

fn encrypted() -> Config {
    let mut config = Config::default();
    config.encrypted = true;
    config
}

#[test]
fn a_session_as_in_the_standard() {
    check(
        &encrypted(),
        "S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
         = greeting +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
         > login mrose tanstaaf
         C: CAPA
         S: -ERR unknown
         C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
         S: +OK mrose's maildrop has 2 messages (320 octets)
         = logged in Apop
         > STAT
         C: STAT
         S: +OK 2 320
         = reply +OK 2 320
         > LIST
         C: LIST
         S: +OK 2 messages (320 octets)
         S: 1 120
         S: 2 200
         S: .
         = reply +OK 2 messages (320 octets) ..
         = row 1 120
         = row 2 200
         = end
         > RETR 1
         C: RETR 1
         S: +OK 120 octets
         S: Subject: dots
         S:
         S: ..
         S: ...two
         S: +OK is text here, and so is -ERR
         S: .
         = reply +OK 120 octets ..
         = data Subject: dots\\r\\n\\r\\n.\\r\\n..two\\r\\n+OK is text here, and so is -ERR\\r\\n
         = end
         > DELE 1
         C: DELE 1
         S: +OK message 1 deleted
         = reply +OK message 1 deleted
         > QUIT
         C: QUIT
         S: +OK dewey POP3 server signing off (maildrop empty)
         = reply +OK dewey POP3 server signing off (maildrop empty)
         = closed
         > eof",
    );
}

#[test]
fn tls_begins_with_nothing_left_of_what_was_before() {
    check(
        &Config::default(),
        "S: +OK <1896.697170952@dbc.mtview.ca.us>
         = greeting +OK <1896.697170952@dbc.mtview.ca.us>
         > CAPA
         C: CAPA
         S: +OK
         S: STLS
         S: PIPELINING
         S: .
         = reply +OK ..
         = row STLS
         = row PIPELINING
         = end
         > stls
         C: STLS
         > NOOP
         = misuse a login or the start of TLS is in progress
         S: +OK go ahead
         = start tls
         > NOOP
         = misuse a login or the start of TLS is in progress
         > tls
         > login mrose tanstaaf
         C: CAPA
         S: +OK
         S: .
         C: USER mrose",
    );
    check(
        &Config::default(),
        "S: +OK
         = greeting +OK
         > stls
         C: STLS
         S: -ERR no
         = no tls -ERR no
         > tls
         = misuse TLS cannot begin now
         > NOOP
         C: NOOP
         S: -ERR
         = reply -ERR",
    );
}

#[test]
fn octets_in_clear_text_before_tls_end_the_session() {
    for size in 1..40 {
        let mut connection = Connection::new(Duration::ZERO, Config::default());
        let mut input = BytesMut::from("+OK\r\n");
        connection.handle_input(Duration::ZERO, &mut input).unwrap();
        connection.start_tls(Duration::ZERO).unwrap();
        assert!(connection.poll_transmit().is_some());
        let injected = b"+OK begin\r\n+OK capabilities follow\r\n";
        let results: Vec<_> = injected
            .chunks(size)
            .map(|piece| {
                input.extend_from_slice(piece);
                connection.handle_input(Duration::ZERO, &mut input)
            })
            .collect();
        let error = results.last().unwrap().as_ref().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the server misbehaves: octets in clear text follow the reply to STLS",
            "{size}"
        );
        let events: Vec<Event> = std::iter::from_fn(|| connection.poll_event()).collect();
        // Who has the octets in one piece with the reply is not even asked to begin.
        let asked = events.iter().any(|event| matches!(event, Event::StartTls));
        assert!(!asked || size <= b"+OK begin\r\n".len(), "{size}");
        assert_eq!(connection.tls_started(Duration::ZERO), Err(ApiMisuse::NoTlsNow));
    }
}

#[test]
fn a_reply_before_its_command_was_sent_ends_the_session() {
    let now = Duration::ZERO;
    let mut connection = Connection::new(now, Config::default());
    let mut input = BytesMut::from("+OK\r\n");
    connection.handle_input(now, &mut input).unwrap();
    connection.send(now, Command::Stat).unwrap();
    // What the application queued was not taken yet.
    input.extend_from_slice(b"+OK 1 1\r\n");
    let error = connection.handle_input(now, &mut input).unwrap_err();
    assert_eq!(error.to_string(), "the server misbehaves: a reply came before its command was sent");
    check(
        &Config::default(),
        "S: +OK
         S: +OK 1 1
         = greeting +OK
         = error the server misbehaves: a reply came without a command",
    );
}

#[test]
fn what_servers_really_send_is_read() {
    check(
        &encrypted(),
        "S: +OK
         = greeting +OK
         > PASS x
         C: PASS x
         S: \\0\\0+ok
         = reply +OK
         > UIDL
         C: UIDL
         S: +OK
         S: 1 whqtswO00WBw418f9t5JxYwZ
         S: 2
         S: x y
         S: 3 abc more columns
         S: .
         = reply +OK ..
         = row 1 whqtswO00WBw418f9t5JxYwZ
         = unparsed SP expected at octet 1 of \"2\"
         = unparsed 1*DIGIT expected at octet 0 of \"x y\"
         = row 3 abc
         = end
         > LIST
         C: LIST
         S: +OK
         S~ 1 120 extra\\n2 200\\n
         S: 3 -1
         S: .
         = reply +OK ..
         = row 1 120
         = row 2 200
         = unparsed 1*DIGIT expected at octet 2 of \"3 -1\"
         = end
         > TOP 1 0
         C: TOP 1 0
         S: -ERR unknown command
         = reply -ERR unknown command
         > RETR 1
         C: RETR 1
         S: +OK
         S: .
         = reply +OK ..
         = end
         > RETR 2
         C: RETR 2
         S: +OK
         S~ .not stuffed\\n.\\n\\r\\n.\\r\\n
         = reply +OK ..
         = data not stuffed\\n.\\n\\r\\n
         = end
         S:
         S: -ERR [SYS/TEMP] autologout
         = notice -ERR [SYS/TEMP] autologout
         > eof
         = error the connection ended in the middle of the session",
    );
}

#[test]
fn a_body_that_is_not_wanted_is_read_and_thrown_away() {
    check(
        &encrypted(),
        "S: +OK
         = greeting +OK
         > RETR 1
         > NOOP
         C: RETR 1
         S: +OK 12 octets
         S: one
         = reply +OK 12 octets ..
         = data one\\r\\n
         > discard 0
         S: two
         S: .
         = end
         C: NOOP
         S: +OK
         = reply +OK",
    );
}

#[test]
fn the_end_of_the_stream_is_an_error_wherever_it_comes() {
    let script = b"+OK ready\r\n+OK 3 octets\r\none\r\n.\r\n+OK bye\r\n";
    for end in 0..script.len() {
        let now = Duration::ZERO;
        let mut connection = Connection::new(now, Config::default());
        let mut input = BytesMut::new();
        connection.send(now, Command::Retr(MessageNumber::FIRST)).unwrap();
        connection.send(now, Command::Quit).unwrap();
        let mut complete = false;
        for octet in &script[..end] {
            input.extend_from_slice(&[*octet]);
            while connection.poll_transmit().is_some() {}
            connection.handle_input(now, &mut input).unwrap();
            while let Some(event) = connection.poll_event() {
                complete |= matches!(event, Event::End { .. });
            }
            while connection.poll_transmit().is_some() {}
        }
        assert_eq!(complete, end >= b"+OK ready\r\n+OK 3 octets\r\none\r\n.\r\n".len(), "{end}");
        assert!(connection.handle_eof(now).is_err(), "{end}");
        assert!(connection.handle_input(now, &mut input).is_err(), "and it stays so");
    }
}

#[test]
fn no_more_answers_are_due_than_the_bound() {
    let now = Duration::ZERO;
    let mut config = encrypted();
    config.max_in_flight = 7;
    let mut connection = play(
        &config,
        100,
        "S: +OK\n= greeting +OK\n> CAPA\nC: CAPA\nS: +OK\nS: PIPELINING\nS: .\n= reply +OK ..\n= row PIPELINING\n= end",
    );
    for _ in 0..1000 {
        connection.send(now, Command::Noop).unwrap();
    }
    let (mut input, mut answered) = (BytesMut::new(), 0);
    while answered < 1000 {
        let sent = std::iter::from_fn(|| connection.poll_transmit())
            .flatten()
            .filter(|octet| *octet == b'\n')
            .count();
        assert!(sent <= 7 && sent > 0);
        answered += sent;
        input.extend_from_slice(&b"+OK\r\n".repeat(sent));
        connection.handle_input(now, &mut input).unwrap();
        while connection.poll_event().is_some() {}
    }
    assert_eq!(connection.pending(), 0);
}

#[test]
fn without_pipelining_commands_wait_for_each_other() {
    check(
        &encrypted(),
        "> STAT
         > NOOP
         S: +OK
         = greeting +OK
         C: STAT
         S: +OK 0 0
         = reply +OK 0 0
         C: NOOP
         S: +OK
         = reply +OK
         > QUIT
         > NOOP
         = misuse the connection is closed or closing
         C: QUIT
         S: -ERR some messages were not removed
         = reply -ERR some messages were not removed
         = closed
         > eof",
    );
}

#[test]
fn deadlines_pass() {
    check(&Config::default(), "> wait 59\n> wait 1\n= error no answer in time: the greeting");
    check(
        &Config::default(),
        "S: +OK
         = greeting +OK
         > wait 10000
         > LIST
         C: LIST
         > wait 119
         S: +OK
         = reply +OK ..
         > wait 119
         S: 1 1
         = row 1 1
         > wait 120
         = error no answer in time: the next octet",
    );
    let mut config = Config::default();
    config.timeouts.command = Some(Duration::from_secs(300));
    let slow = "> wait 100\nS: 1 1\n= row 1 1\n".repeat(2);
    check(
        &config,
        &format!(
            "S: +OK\n= greeting +OK\n> LIST\nC: LIST\nS: +OK\n= reply +OK ..\n{slow}> wait 100\n= error no answer in time: a whole reply"
        ),
    );
    // A message may take as long as it moves.
    let slow = "> wait 100\nS~ a\n".repeat(9);
    let data = format!("= data {}\\r\\n", "a".repeat(9));
    check(
        &config,
        &format!(
            "S: +OK\n= greeting +OK\n> RETR 1\nC: RETR 1\nS: +OK\n= reply +OK ..\n{slow}S:\nS: .\n{data}\n= end"
        ),
    );
}

#[test]
fn limits_hold_at_n_and_break_at_n_plus_one() {
    let mut config = Config::default();
    config.limits.reply_line = 20;
    config.max_rows = 2;
    config.limits.capabilities = 2;
    let start = "S: +OK\n= greeting +OK\n";
    let long = "S: +OK 9012345678901234\n= error the server's octets cannot be framed: a line is longer than 20 octets";
    check(
        &config,
        &format!(
            "{start}> NOOP\nC: NOOP\nS: +OK 5678901234567890\n= reply +OK 5678901234567890\n> NOOP\nC: NOOP\n{}",
            long.replace("+OK 9", "+OK 56789")
        ),
    );
    let rows = "> UIDL\nC: UIDL\nS: +OK\nS: 1 a\nS: 2 b\n= reply +OK ..\n= row 1 a\n= row 2 b\n";
    check(&config, &format!("{start}{rows}S: .\n= end"));
    check(
        &config,
        &format!("{start}{rows}S: 3 c\n= error the server exceeds a limit: too many rows in one listing"),
    );
    config.max_rows = 10;
    let capa = "> CAPA\nC: CAPA\nS: +OK\nS: A\nS: B\n= reply +OK ..\n= row A\n= row B\n";
    check(&config, &format!("{start}{capa}S: .\n= end"));
    check(&config, &format!("{start}{capa}S: C\n= error the server exceeds a limit: too many capabilities"));
}

#[test]
fn what_is_no_pop3_is_refused_with_its_octets() {
    for (line, rule) in
        [("* OK IMAP4rev1", "status"), ("220 smtp.example.org", "status"), ("<html>", "status")]
    {
        check(
            &Config::default(),
            &format!(
                "S: {line}\n= error the server's line cannot be read: {rule} expected at octet 0 of \"{line}\""
            ),
        );
    }
    check(
        &Config::default(),
        "S: -ERR [SYS/TEMP] full\n= notice -ERR [SYS/TEMP] full\n= error the server misbehaves: the server refuses the connection",
    );
    check(
        &Config::default(),
        "S: +OK\n= greeting +OK\n> NOOP\nC: NOOP\nS: + AA==\n= error the server misbehaves: a challenge came outside of a login",
    );
}

#[test]
fn languages_and_utf8() {
    check(
        &Config::default(),
        "S: +OK
         = greeting +OK
         > LANG
         C: LANG
         S: +OK
         S: en English
         S: es Espa\\xC3\\xB1ol
         S: .
         = reply +OK ..
         = row en English
         = row es Español
         = end
         > LANG es
         C: LANG es
         S: +OK es Idioma cambiado
         = reply +OK es Idioma cambiado
         > UTF8
         C: UTF8
         S: +OK
         = reply +OK
         > stls
         = misuse TLS cannot begin now",
    );
}
