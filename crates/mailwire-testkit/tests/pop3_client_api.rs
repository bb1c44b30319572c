//! What the client's machine says to its own application: misuse, and answers with types.

use std::time::Duration;

use bytes::BytesMut;
use mailwire::{
    pop3::{
        Argument, Command, MessageNumber, Secret,
        client::{
            ApiMisuse, Config, Connection, Event, Login,
            request::{Capa, Lang, Languages, List, ListOne, Listing, Plain, Request, Stat, Uidl, UidlOne},
        },
        command::MechanismName,
        language::LanguageRange,
        listing::DropListing,
    },
    sasl::client::Credentials,
};
use mailwire_testkit::dialogue::client::{check, play};

const NOW: Duration = Duration::ZERO;

fn login() -> Login {
    Login::new(Credentials::password("ann", "tanstaaf"), *b"eighteen octets at least")
}

#[test]
fn what_does_not_fit_the_state_has_no_effect() {
    let auth = || Command::Auth { mechanism: MechanismName::new("PLAIN").unwrap(), initial_response: None };
    let user = || Command::User(Argument::new("ann").unwrap());
    let pass = || Command::Pass(Secret::new("tanstaaf").unwrap());
    let start = "S: +OK\n= greeting +OK\n";
    let logged_in = format!("{start}> PASS x\nC: PASS x\nS: +OK\n= reply +OK\n");
    let busy = format!("{start}> login ann tanstaaf\nC: CAPA\n");
    let closing = format!("{start}> QUIT\nC: QUIT\n");
    let handshake = format!("{start}> stls\nC: STLS\nS: +OK\n= start tls\n");
    for (script, send, login_result, tls) in [
        ("", None, None, None),
        (start, None, None, None),
        (&logged_in, None, Some(ApiMisuse::LoggedIn), Some(ApiMisuse::LoggedIn)),
        (&busy, Some(ApiMisuse::Busy), Some(ApiMisuse::Busy), Some(ApiMisuse::Busy)),
        (&handshake, Some(ApiMisuse::Busy), Some(ApiMisuse::Busy), Some(ApiMisuse::Busy)),
        (&closing, Some(ApiMisuse::Closed), Some(ApiMisuse::Closed), Some(ApiMisuse::Closed)),
    ] {
        let connection = || play(&Config::default(), 100, script);
        assert_eq!(connection().send(NOW, Command::Noop).err(), send, "{script}");
        assert_eq!(connection().login(NOW, login()).err(), login_result, "{script}");
        assert_eq!(connection().start_tls(NOW).err(), tls, "{script}");
        // A method of their own have these, whatever the state.
        for command in [auth(), Command::Stls] {
            let expected = send.unwrap_or(ApiMisuse::OwnMethod);
            assert_eq!(connection().send(NOW, command).err(), Some(expected), "{script}");
        }
        for command in [user(), pass()] {
            let expected = if script == logged_in { Some(ApiMisuse::LoggedIn) } else { send };
            assert_eq!(connection().send(NOW, command).err(), expected, "{script}");
        }
        if script != handshake {
            assert_eq!(connection().tls_started(NOW).err(), Some(ApiMisuse::NoTlsNow), "{script}");
        }
        // And nothing of it is sent.
        let mut connection = connection();
        while connection.poll_transmit().is_some() {}
        assert!(connection.send(NOW, Command::Stls).is_err());
        assert!(connection.poll_transmit().is_none(), "{script}");
    }
    let mut encrypted = Config::default();
    encrypted.encrypted = true;
    check(&encrypted, "S: +OK\n= greeting +OK\n> stls\n= misuse TLS cannot begin now");
}

#[test]
fn nothing_can_be_done_after_an_error() {
    let mut connection = play(&Config::default(), 100, "S: +OK\n= greeting +OK\n");
    connection.handle_eof(NOW).unwrap_err();
    assert!(connection.is_closed() && connection.poll_timeout().is_none());
    assert_eq!(connection.send(NOW, Command::Noop), Err(ApiMisuse::Closed));
    assert_eq!(connection.login(NOW, login()), Err(ApiMisuse::Closed));
    assert_eq!(connection.start_tls(NOW), Err(ApiMisuse::Closed));
    assert!(connection.handle_timeout(NOW).is_err());
}

/// Sends a request, and folds the answer.
fn answer<R: Request>(request: &R, wire: &str) -> Result<R::Output, String> {
    let mut connection = Connection::new(NOW, Config::default());
    let mut input = BytesMut::from("+OK\r\n");
    connection.handle_input(NOW, &mut input).unwrap();
    connection.send(NOW, request.command()).unwrap();
    while connection.poll_transmit().is_some() {}
    input.extend_from_slice(wire.replace('\n', "\r\n").as_bytes());
    connection.handle_input(NOW, &mut input).unwrap();
    assert_eq!(connection.pending(), 0, "the answer is complete");
    let mut output = R::Output::default();
    while let Some(event) = connection.poll_event() {
        match event {
            Event::Reply { reply, .. } if reply.is_ok() => {
                request.on_reply(&reply, &mut output).map_err(|error| error.to_string())?;
            }
            Event::Reply { reply, .. } => return Err(reply.to_string()),
            Event::Row { row, .. } => request.on_row(row, &mut output),
            _ => {}
        }
    }
    Ok(output)
}

fn shown<T: std::fmt::Debug>(listing: Result<Listing<T>, String>) -> (usize, usize) {
    let listing = listing.unwrap();
    (listing.rows.len(), listing.unreadable.len())
}

#[test]
fn answers_have_types() {
    let one = MessageNumber::FIRST;
    assert_eq!(answer(&Stat, "+OK 2 320 more\n"), Ok(DropListing { messages: 2, octets: 320 }));
    assert_eq!(
        answer(&Stat, "+OK 1 9000000000\n").unwrap().octets,
        9_000_000_000,
        "a maildrop may exceed 4 GiB"
    );
    assert_eq!(answer(&ListOne(one), "+OK 1 120\n").unwrap().unwrap().octets, 120);
    assert_eq!(answer(&UidlOne(one), "+OK 1 abc\n").unwrap().unwrap().unique_id.as_bytes(), b"abc");
    assert_eq!(shown(answer(&List, "+OK\n1 120\n2 200\n.\n")), (2, 0));
    assert_eq!(shown(answer(&List, "+OK\n.\n")), (0, 0), "an empty maildrop");
    assert_eq!(shown(answer(&Uidl, "+OK\n1 a\n..dot b\n.\n")), (1, 1));
    assert_eq!(shown(answer(&Languages, "+OK\nen English\n.\n")), (1, 0));
    let lang = Lang(LanguageRange::new("es").unwrap());
    assert_eq!(answer(&lang, "+OK es Idioma cambiado\n").unwrap().unwrap().as_str(), "es");
    assert!(answer(&Capa, "+OK\nPIPELINING\n.\n").unwrap().has("PIPELINING"));
    assert_eq!(answer(&Plain(Command::Noop), "+OK\n"), Ok(()));
}

/// One bad row hides no other, one bad line is told with its octets, and the session goes on after both.
#[test]
fn answers_that_cannot_be_read_are_told_with_their_octets() {
    for wire in ["+OK -1 -1\n", "+OK\n", "+OK 1\n", "+OK two 320\n", "+OK 4294967296 1\n"] {
        let error = answer(&Stat, wire).unwrap_err();
        let text = wire.trim_end().trim_start_matches("+OK").trim();
        assert!(error.contains(text), "{error}");
    }
    assert_eq!(shown(answer(&Uidl, "+OK\n1 a\n2\n3 c\nx\n\n6 f more\n.\n")), (3, 3));
    assert_eq!(shown(answer(&List, "+OK\n1 1\n2 -2\n3 3 3\n0 4\n4294967296 5\n.\n")), (2, 3));
    assert_eq!(answer(&Uidl, "-ERR unknown command\n").unwrap_err(), "-ERR unknown command");
}
