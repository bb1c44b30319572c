//! The server's machine: dialogues in pieces of every size.

use std::time::Duration;

use bytes::BytesMut;
use mailwire::pop3::{
    Quirks, UniqueId,
    capability::Retention,
    greeting::Timestamp,
    language::{LanguageListing, LanguageTag},
    server::{Connection, Entry, Event, Language, Phrase, Refusal},
};
use mailwire::sasl::server::Answer;
use mailwire_testkit::dialogue::server::{Host, Run, check, cleartext, encrypted};

const LOGIN: &str = "C: USER ann
    S: +OK send the password
    C: PASS secret
    = opened ann
    S: +OK logged in
    ";

fn two_messages() -> Host {
    Host::with(&[b"Subject: a\r\n\r\none\r\ntwo\r\n.three\r\n", b".\r\n"])
}

#[test]
fn a_session_as_in_the_standard() {
    let mut config = encrypted();
    config.login.apop = Timestamp::new("<1896.697170952@dbc.mtview.ca.us>");
    check(
        &config,
        &two_messages(),
        "C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
         = opened mrose
         S: +OK logged in
         C: STAT
         S: +OK 2 35
         C: LIST
         S: +OK the list follows
         S: 1 32
         S: 2 3
         S: .
         C: LIST 2
         S: +OK 2 3
         C: UIDL
         S: +OK the list follows
         S: 1 id-1
         S: 2 id-2
         S: .
         C: UIDL 2
         S: +OK 2 id-2
         C: RETR 1
         S: +OK 32 octets
         S: Subject: a
         S:
         S: one
         S: two
         S: ..three
         S: .
         C: RETR 2
         S: +OK 3 octets
         S: ..
         S: .
         C: TOP 1 1
         S: +OK the message follows
         S: Subject: a
         S:
         S: one
         S: .
         C: TOP 1 0
         S: +OK the message follows
         S: Subject: a
         S:
         S: .
         C: NOOP
         S: +OK done
         C: DELE 1
         S: +OK marked as deleted
         C: QUIT
         = deleted 1
         S: +OK bye
         = closed Quit",
    );
}

#[test]
fn every_step_of_a_download_may_come_in_one_segment() {
    check(
        &encrypted(),
        &Host::with(&[b"hello\r\n"]),
        "C~ USER ann\\r\\nPASS secret\\r\\nSTAT\\r\\nRETR 1\\r\\nDELE 1\\r\\nQUIT\\r\\n
         = opened ann
         = deleted 1
         = closed Quit
         S: +OK send the password
         S: +OK logged in
         S: +OK 1 7
         S: +OK 7 octets
         S: hello
         S: .
         S: +OK marked as deleted
         S: +OK bye",
    );
}

#[test]
fn numbers_that_are_none_are_refused() {
    let script = [LOGIN, "C: DELE 1\nS: +OK marked as deleted\n"].concat();
    let bad = "-ERR the command cannot be read";
    let none = "-ERR no such message";
    let deleted = "-ERR the message is marked as deleted";
    for (command, reply) in [
        ("RETR 0", bad),
        ("RETR -1", bad),
        ("RETR +1", bad),
        ("RETR 4294967297", bad),
        ("RETR", bad),
        ("RETR 3", none),
        ("RETR 4294967295", none),
        ("RETR 1", deleted),
        ("DELE 1", deleted),
        ("LIST 1", deleted),
        ("UIDL 1", deleted),
        ("TOP 1 0", deleted),
        ("TOP 2 4294967296", bad),
        ("TOP 2 -1", bad),
        ("TOP 2", bad),
        ("LIST 3", none),
        ("DELE 3", none),
        ("STAT", "+OK 1 3"),
        ("LIST", "+OK the list follows\nS: 2 3\nS: ."),
        ("UIDL", "+OK the list follows\nS: 2 id-2\nS: ."),
        ("RSET\nS: +OK no message is marked as deleted\nC: STAT", "+OK 2 35"),
        ("XTND", "-ERR unknown command"),
        ("USER ann", "-ERR not in this state"),
        ("PASS x", "-ERR not in this state"),
        ("APOP ann c4c9334bac560ecc979e58001b3e22fb", "-ERR not in this state"),
        ("AUTH PLAIN", "-ERR not in this state"),
        ("STLS", "-ERR not in this state"),
        ("UTF8", "-ERR not in this state"),
    ] {
        check(&encrypted(), &two_messages(), &format!("{script}C: {command}\nS: {reply}"));
    }
}

#[test]
fn nothing_of_a_maildrop_is_there_before_login() {
    for command in ["STAT", "LIST", "LIST 1", "RETR 1", "DELE 1", "RSET", "TOP 1 0", "UIDL", "NOOP"] {
        check(&encrypted(), &two_messages(), &format!("C: {command}\nS: -ERR not in this state"));
    }
    check(&encrypted(), &two_messages(), "C: PASS secret\nS: -ERR not in this state");
    check(&encrypted(), &two_messages(), "C: QUIT\nS: +OK bye\n= closed Quit");
}

#[test]
fn what_is_deleted_is_deleted_at_quit_and_nowhere_else() {
    for end in [
        "> eof",
        "> wait 600\n= closed Timeout",
        "> shutdown\nS: -ERR [SYS/TEMP] the server is going down\n= closed ShutDown",
        "C: RSET\nS: +OK no message is marked as deleted\nC: QUIT\n= deleted\nS: +OK bye\n= closed Quit",
    ] {
        check(&encrypted(), &two_messages(), &format!("{LOGIN}C: DELE 1\nS: +OK marked as deleted\n{end}"));
    }
    let mut host = two_messages();
    host.fail_commit = true;
    let failed =
        "C: QUIT\n= deleted 2\nS: -ERR [SYS/TEMP] some deleted messages were not removed\n= closed Quit";
    check(&encrypted(), &host, &format!("{LOGIN}C: DELE 2\nS: +OK marked as deleted\n{failed}"));
}

#[test]
fn octets_behind_stls_end_the_session_and_nothing_of_before_is_kept() {
    let mut config = cleartext();
    config.stls = true;
    config.login.allow_cleartext = true;
    for injected in ["USER evil\\r\\n", "USER ev", "\\r\\n", "A"] {
        let mut run = Run::new(&config, &two_messages(), 1000);
        run.play(&format!(
            "C~ STLS\\r\\n{injected}
             = error the client misbehaves: octets in clear text follow STLS
             = closed Error(PeerMisbehaved(PlaintextAfterStls))
             S: -ERR too many errors"
        ));
    }
    check(
        &config,
        &two_messages(),
        "C: USER ann
         S: +OK send the password
         C: STLS
         S: +OK begin TLS
         = tls
         > tls
         C: PASS secret
         S: -ERR not in this state",
    );
    check(&config, &two_messages(), "C: UTF8\nS: +OK UTF-8 mode\nC: STLS\nS: -ERR not in this state");
    config.stls = false;
    check(&config, &two_messages(), "C: STLS\nS: -ERR unknown command");
}

#[test]
fn other_protocols_are_turned_away_without_an_echo() {
    for line in [
        "GET / HTTP/1.1",
        "POST /mail HTTP/1.1",
        "EHLO evil.example",
        "helo evil",
        "CONNECT a:25 HTTP/1.0",
        "OPTIONS * HTTP/1.1",
    ] {
        check(
            &encrypted(),
            &two_messages(),
            &format!(
                "C: {line}
                 = error the client misbehaves: the client speaks another protocol
                 = closed Error(PeerMisbehaved(OtherProtocol))
                 S: -ERR too many errors"
            ),
        );
    }
    check(
        &cleartext(),
        &two_messages(),
        "C~ \\x16\\x03\\x01\\x02\\0\\x01
         = error the client misbehaves: the client speaks another protocol
         = closed Error(PeerMisbehaved(OtherProtocol))
         S: -ERR too many errors",
    );
}

#[test]
fn bad_commands_end_the_session_after_three_and_after_twenty() {
    let bad = "C: NONSENSE\nS: -ERR unknown command\n";
    let end = "S: -ERR too many errors\n= error the client misbehaves: too many bad commands in a row\n= closed Error(PeerMisbehaved(TooManyBadCommands))";
    check(&encrypted(), &two_messages(), &format!("{}{end}", bad.repeat(3)));
    let good = "C: AUTH\nS: +OK the list follows\nS: SCRAM-SHA-256\nS: SCRAM-SHA-1\nS: PLAIN\nS: .\n";
    check(&encrypted(), &two_messages(), &format!("{0}{good}{0}{good}", bad.repeat(2)));
    check(
        &encrypted(),
        &two_messages(),
        &format!("{LOGIN}{}C: NOOP\nS: +OK done\n{}{end}", bad.repeat(19), bad.repeat(20)),
    );
}

#[test]
fn empty_lines_and_bare_line_feeds_are_taken_unless_strict() {
    let script = "C~ \\r\\n\\nNOOP\\n\\r\\nQUIT\\n
         S: -ERR not in this state
         S: +OK bye
         = closed Quit";
    check(&encrypted(), &two_messages(), script);
    let mut strict = encrypted();
    strict.quirks = Quirks::strict();
    check(&strict, &two_messages(), "C:\nS: -ERR the command cannot be read");
    check(
        &strict,
        &two_messages(),
        "C~ NOOP\\n
         = error the client's octets cannot be framed: a line ends with LF alone, without CR
         = closed Error(Framing(BareLineFeed))
         S: -ERR too many errors",
    );
    for odd in ["\\0", "\\r\\r", "STAT\\0", "USER a\\0b", "\\xFF\\xFE", "   "] {
        check(&encrypted(), &two_messages(), &format!("C: {odd}\nS: -ERR the command cannot be read"));
    }
}

#[test]
fn lines_have_a_limit_and_not_one_octet_more() {
    let mut config = encrypted();
    config.limits.command_line = 20;
    config.limits.sasl_line = 24;
    let end = "= error the client's octets cannot be framed: a line is longer than LIMIT octets
         = closed Error(Framing(LineTooLong { limit: LIMIT }))
         S: -ERR too many errors";
    check(&config, &two_messages(), "C: USER 678901234567890\nS: +OK send the password");
    check(&config, &two_messages(), &format!("C: USER 6789012345678901\n{}", end.replace("LIMIT", "20")));
    check(&config, &two_messages(), &format!("C~ USER 6789012345678901\n{}", end.replace("LIMIT", "20")));
    check(
        &config,
        &two_messages(),
        &format!("C: AUTH PLAIN\nS: +<SP>\nC: {}\nS: -ERR the command cannot be read", "A".repeat(24)),
    );
    let long = "A".repeat(25);
    check(
        &config,
        &two_messages(),
        &format!("C: AUTH PLAIN\nS: +<SP>\nC: {long}\n{}", end.replace("LIMIT", "24")),
    );
}

#[test]
fn time_runs_out_before_login_and_after() {
    let slow = "S: -ERR too long without a command\n= closed Timeout";
    check(
        &encrypted(),
        &two_messages(),
        &format!("> wait 179\nC: CAPA X\nS: -ERR the command cannot be read\n> wait 1\n{slow}"),
    );
    check(&encrypted(), &two_messages(), &format!("C: AUTH PLAIN\nS: +<SP>\n> wait 180\n{slow}"));
    check(&encrypted(), &two_messages(), &format!("C~ USER an\n> wait 180\n{slow}"));
    // After login each command begins it anew, and nothing is said at the end.
    let idle = "> wait 599\nC: NOOP\nS: +OK done\n".repeat(3);
    check(&encrypted(), &two_messages(), &format!("{LOGIN}{idle}> wait 600\n= closed Timeout"));
}

#[test]
fn a_message_that_cannot_be_read_never_looks_complete() {
    let mut host = two_messages();
    host.fail_after = Some(0);
    check(
        &encrypted(),
        &host,
        &format!(
            "{LOGIN}C: RETR 1\nS: -ERR [SYS/TEMP] the system fails for now, try later\nC: NOOP\nS: +OK done"
        ),
    );
    host.fail_after = Some(15);
    check(
        &encrypted(),
        &host,
        &format!(
            "{LOGIN}C~ RETR 1\\r\\nNOOP\\r\\n\nS: +OK 32 octets\nS: Subject: a\nS:\nS~ o\n= closed HostFailed"
        ),
    );
}

#[test]
fn languages() {
    let mut config = encrypted();
    let tag = LanguageTag::new("de-CH").unwrap();
    let words = |phrase| if phrase == Phrase::LanguageChosen { "Deutsch, gern" } else { "gut" };
    config
        .languages
        .push(Language { listing: LanguageListing { tag, description: "Schweizerdeutsch".into() }, words });
    check(
        &config,
        &two_messages(),
        &format!(
            "C: LANG
             S: +OK the list follows
             S: en English
             S: de-CH Schweizerdeutsch
             S: .
             C: LANG fr
             S: -ERR no such language
             C: LANG de
             S: +OK de-CH Deutsch, gern
             C: NOOP
             S: -ERR gut
             C: LANG *
             S: +OK en English it is
             {LOGIN}"
        ),
    );
}

#[test]
fn the_language_of_before_tls_is_forgotten() {
    let mut config = cleartext();
    config.stls = true;
    let listing = LanguageListing { tag: LanguageTag::new("de").unwrap(), description: "Deutsch".into() };
    config.languages.push(Language { listing, words: |_| "gut" });
    check(
        &config,
        &two_messages(),
        "C: LANG de
         S: +OK de gut
         C: STLS
         S: +OK gut
         = tls
         > tls
         C: NOOP
         S: -ERR not in this state",
    );
}

#[test]
fn stls_is_announced_where_it_is_valid_and_nowhere_else() {
    let mut config = cleartext();
    (config.stls, config.login.allow_cleartext) = (true, true);
    let announced = |run: &Run| run.connection.capabilities().has("STLS");
    let mut run = Run::new(&config, &two_messages(), 1000);
    assert!(announced(&run));
    run.play(LOGIN);
    assert!(!announced(&run), "RFC 2595: in the authorization state alone");
}

#[test]
fn what_is_configured_is_announced() {
    let mut config = encrypted();
    config.expire = Some(Retention::Days(60));
    config.implementation = Some("Shlemazle".into());
    config.login.delay = Some(900);
    config.login.user_pass = false;
    config.login.mechanisms.clear();
    check(
        &config,
        &two_messages(),
        "C: CAPA
         S: +OK the list follows
         S: TOP
         S: UIDL
         S: RESP-CODES
         S: AUTH-RESP-CODE
         S: PIPELINING
         S: UTF8 USER
         S: LANG
         S: EXPIRE 60
         S: LOGIN-DELAY 900
         S: IMPLEMENTATION Shlemazle
         S: .
         C: USER ann
         S: -ERR unknown command
         C: APOP ann c4c9334bac560ecc979e58001b3e22fb
         S: -ERR unknown command",
    );
}

#[test]
fn a_server_that_goes_down_lets_a_message_end() {
    let (now, mut input) = (Duration::ZERO, BytesMut::from("USER ann\r\nPASS x\r\nRETR 1\r\nSTAT\r\n"));
    let mut connection = Connection::new(now, encrypted());
    connection.handle_input(now, &mut input).unwrap();
    connection.answer(now, Answer::Granted).unwrap();
    let entry = Entry { octets: 6, unique_id: UniqueId::new("a").unwrap() };
    connection.opened(now, vec![entry]).unwrap();
    connection.handle_input(now, &mut input).unwrap();
    connection.push(now, "one".into()).unwrap();
    connection.shut_down();
    connection.push(now, "two".into()).unwrap();
    connection.finish(now).unwrap();
    let sent: Vec<u8> = std::iter::from_fn(|| connection.poll_transmit()).flatten().collect();
    assert!(sent.ends_with(b"+OK 6 octets\r\nonetwo\r\n.\r\n"), "{}", sent.escape_ascii());
    assert!(connection.is_closed());
    assert!(std::iter::from_fn(|| connection.poll_event()).any(|event| matches!(event, Event::Closed(_))));
}

#[test]
fn nothing_is_read_from_who_does_not_read() {
    let now = Duration::ZERO;
    let mut config = encrypted();
    config.max_buffered = 1000;
    let mut connection = Connection::new(now, config);
    let mut input = BytesMut::from("USER ann\r\nPASS x\r\n");
    connection.handle_input(now, &mut input).unwrap();
    connection.answer(now, Answer::Granted).unwrap();
    let entry = |number| Entry { octets: 1, unique_id: UniqueId::new(format!("{number}")).unwrap() };
    connection.opened(now, (0..100_000).map(entry).collect()).unwrap();
    input.extend_from_slice(&b"NOOP\r\n".repeat(100_000));
    connection.handle_input(now, &mut input).unwrap();
    assert!(input.len() > 500_000, "most commands wait in the input");
    assert!(!connection.wants_input());

    // A listing of any length leaves in pieces of bounded size.
    input.clear();
    input.extend_from_slice(b"UIDL\r\n");
    while connection.poll_transmit().is_some() {}
    connection.handle_input(now, &mut input).unwrap();
    let (mut largest, mut total) = (0, Vec::new());
    while let Some(octets) = connection.poll_transmit() {
        largest = largest.max(octets.len());
        total.extend_from_slice(&octets);
    }
    assert!(largest < 1100, "{largest}");
    assert_eq!(total.iter().filter(|octet| **octet == b'\n').count(), 100_002);
    assert!(total.ends_with(b"100000 99999\r\n.\r\n"));
}

#[test]
fn secrets_are_in_no_debug_output() {
    let now = Duration::ZERO;
    let mut connection = Connection::new(now, encrypted());
    let mut input = BytesMut::from("USER ann\r\nPASS tanstaaf\r\n");
    connection.handle_input(now, &mut input).unwrap();
    let event = std::iter::from_fn(|| connection.poll_event()).last().unwrap();
    assert!(matches!(event, Event::Ask(_)));
    for shown in [format!("{connection:?}"), format!("{event:?}")] {
        assert!(!shown.contains("tanstaaf") && !shown.contains("a seed of at least"), "{shown}");
    }
}

#[test]
fn answers_that_nobody_asked_for_have_no_effect() {
    let now = Duration::ZERO;
    let mut connection = Connection::new(now, encrypted());
    assert!(connection.answer(now, Answer::Granted).is_err());
    assert!(connection.answer_apop(now, None).is_err());
    assert!(connection.opened(now, Vec::new()).is_err());
    assert!(connection.refused(now, Refusal::InUse).is_err());
    assert!(connection.push(now, "x".into()).is_err());
    assert!(connection.finish(now).is_err());
    assert!(connection.failed(now, Refusal::Temporary).is_err());
    assert!(connection.committed(now, true).is_err());
    assert!(connection.tls_started(now, Vec::new()).is_err());
    let mut input = BytesMut::from("APOP ann c4c9334bac560ecc979e58001b3e22fb\r\nSTAT\r\n");
    connection.handle_input(now, &mut input).unwrap();
    let sent: Vec<u8> = std::iter::from_fn(|| connection.poll_transmit()).flatten().collect();
    assert!(sent.ends_with(b"-ERR not in this state\r\n"));
}
