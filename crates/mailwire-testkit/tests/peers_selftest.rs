//! The harness against itself: every client against Dovecot, so that a failure with one of ours in place of either
//! is ours.

use std::time::{Duration, Instant};

use mailwire_testkit::peers::clients::{curl, poplib};
use mailwire_testkit::peers::{
    Account, Client, Dovecot, Error, Fetch, Mechanism, Security, Settings, dovecot,
};

const SECURITIES: [Security; 3] = [Security::Plain, Security::Stls, Security::Tls];

#[test]
fn every_client_fetches_every_octet() {
    let server = server();
    let messages = deliver(&server, &[eight_bit(), dots(), no_final_newline()]);
    for (client, security) in pairs() {
        let fetched = client.fetch(&account(&server, security), &Fetch::new()).unwrap();
        assert_stored(client, &fetched, &messages);
    }
    assert_eq!(server.messages("ann").unwrap(), messages, "kept on the server as they were");
}

#[test]
fn every_client_fetches_a_large_message() {
    let server = server();
    let messages = deliver(&server, &[large()]);
    for client in Client::ALL {
        let fetched = client.fetch(&account(&server, Security::Tls), &Fetch::new()).unwrap();
        assert_stored(client, &fetched, &messages);
    }
}

#[test]
fn every_client_fetches_many_messages_in_order() {
    let server = server();
    let messages: Vec<Vec<u8>> =
        (0..12).map(|n| format!("Message-ID: <{n}@localhost>\n\nnumber {n}\n").into_bytes()).collect();
    deliver(&server, &messages);
    for client in Client::ALL {
        let fetched = client.fetch(&account(&server, Security::Plain), &Fetch::new()).unwrap();
        assert_stored(client, &fetched, &messages);
    }
}

#[test]
fn every_client_deletes_what_it_fetched() {
    for client in Client::ALL {
        let server = server();
        let messages = deliver(&server, &[eight_bit(), dots()]);
        let account = account(&server, Security::Plain);
        assert_stored(client, &client.fetch(&account, &Fetch::new().delete()).unwrap(), &messages);
        assert_eq!(server.messages("ann").unwrap(), [b""; 0], "{client:?}");
        assert_eq!(
            client.fetch(&account, &Fetch::new()).unwrap(),
            [b""; 0],
            "{client:?} and an empty maildrop"
        );
    }
}

#[test]
fn every_mechanism_of_every_client_is_the_one_that_dovecot_logs() {
    let server = server();
    deliver(&server, &[dots()]);
    for client in Client::ALL {
        for mechanism in Mechanism::ALL {
            let before = server.log().matches("Info: Login:").count();
            let result = client.fetch(&account(&server, Security::Plain), &Fetch::new().mechanism(mechanism));
            if (client, mechanism) == (Client::Mpop, Mechanism::Apop) {
                assert!(matches!(result, Err(Error::Failed { .. })), "mpop takes no timestamp with a `=`");
                continue;
            }
            if !client.supports(mechanism) {
                assert!(matches!(result, Err(Error::Unsupported { .. })), "{client:?} {mechanism:?}");
                continue;
            }
            assert_eq!(result.unwrap().len(), 1, "{client:?} {mechanism:?}");
            let logged = logins(&server).split_off(before);
            let expected = logged_as(client, mechanism);
            assert!(
                !logged.is_empty() && logged.iter().all(|name| name == expected),
                "{client:?} {mechanism:?}: {logged:?}"
            );
        }
    }
}

#[test]
fn a_wrong_password_fails_every_client() {
    let server = server();
    for client in Client::ALL {
        let account = Account { password: "wrong".into(), ..account(&server, Security::Plain) };
        let error = client.fetch(&account, &Fetch::new()).unwrap_err();
        assert!(matches!(error, Error::Failed { .. }), "{client:?}: {error}");
    }
}

#[test]
fn a_certificate_of_another_authority_fails_every_client_but_those_told_to_take_any() {
    let server = server();
    let messages = deliver(&server, &[dots()]);
    let other = mailwire_testkit::peers::Certificate::localhost().unwrap();
    for (client, security) in pairs().filter(|(_, security)| *security != Security::Plain) {
        let stranger =
            Account { authority: Some(other.authority_pem().into()), ..account(&server, security) };
        let error = client.fetch(&stranger, &Fetch::new()).unwrap_err();
        assert!(matches!(error, Error::Failed { .. }), "{client:?} {security:?}: {error}");

        let trusting = Account { authority: None, ..stranger };
        assert_stored(client, &client.fetch(&trusting, &Fetch::new()).unwrap(), &messages);
    }
}

#[test]
fn a_client_that_hangs_is_killed_at_its_deadline() {
    // Connections are accepted by the kernel, and never answered.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for client in Client::ALL {
        let account = Account {
            authority: None,
            host: "127.0.0.1".into(),
            password: "secret".into(),
            port: silent.local_addr().unwrap().port(),
            security: Security::Plain,
            user: "ann".into(),
        };
        let start = Instant::now();
        let error = client.fetch(&account, &Fetch::new().deadline(Duration::from_secs(1))).unwrap_err();
        assert!(matches!(error, Error::Deadline { .. }), "{client:?}: {error}");
        assert!(start.elapsed() < Duration::from_secs(10), "{client:?}");
    }
}

#[test]
fn a_password_with_spaces_is_taken_as_it_is() {
    let server = Dovecot::start(Settings::new().user("bob", "in  the middle")).unwrap();
    server.deliver("bob", &dots()).unwrap();
    for client in Client::ALL {
        let account = server.account("bob", Security::Plain).unwrap();
        assert_stored(client, &client.fetch(&account, &Fetch::new()).unwrap(), &[dots()]);
    }
}

#[test]
fn curl_fetches_one_message_and_sends_any_command() {
    let server = server();
    deliver(&server, &[eight_bit(), no_final_newline()]);
    let account = account(&server, Security::Stls);
    let fetch = Fetch::new();
    assert_eq!(curl::retrieve(&account, 2, &fetch).unwrap(), dovecot::wire_form(&no_final_newline()));
    assert!(matches!(curl::retrieve(&account, 3, &fetch), Err(Error::Failed { .. })));
    assert_eq!(curl::request(&account, "TOP 2 0", true, &fetch).unwrap(), b"Subject: open\r\n\r\n");
    assert_eq!(curl::request(&account, "NOOP", false, &fetch).unwrap(), b"");
    assert_eq!(curl::request(&account, "DELE 1", false, &fetch).unwrap(), b"");
    assert_eq!(server.messages("ann").unwrap(), [no_final_newline()]);
}

#[test]
fn poplib_walks_through_a_dialogue() {
    let server = server();
    deliver(&server, &[dots(), no_final_newline()]);
    let account = account(&server, Security::Plain);
    let steps = [
        "greeting", "capa", "stls", "utf8", "user", "pass", "stat", "list", "list 2", "uidl", "uidl 1",
        "top 1 0", "retr 2", "retr 9", "dele 1", "stat", "rset", "stat", "dele 2", "noop", "quit",
    ];
    let answers = poplib::dialogue(&account, &steps, &Fetch::new()).unwrap();
    let answer = |step: &str| &answers[steps.iter().position(|known| *known == step).unwrap()];
    let lines = |step| String::from_utf8_lossy(answer(step).lines.as_deref().unwrap()).into_owned();
    let response = |step| String::from_utf8_lossy(&answer(step).response).into_owned();

    assert_eq!(answers.len(), steps.len());
    assert!(response("greeting").starts_with("+OK Dovecot"));
    assert!(lines("capa").contains("STLS\r\n"));
    assert!(response("stls").starts_with("+OK"));
    assert!(response("utf8").starts_with("-ERR"), "Dovecot 2.3 has no UTF8");
    assert_eq!(lines("list").lines().count(), 2);
    let size = dovecot::wire_form(&no_final_newline()).len() - 2;
    assert_eq!(response("list 2"), format!("+OK 2 {size}"), "without the line end that Dovecot adds");
    assert_eq!(lines("uidl").lines().count(), 2);
    assert_eq!(response("uidl 1")[4..], lines("uidl")[..lines("uidl").find('\r').unwrap()]);
    assert_eq!(lines("top 1 0"), "Subject: dots\r\n\r\n");
    assert_eq!(answer("retr 2").lines.as_deref().unwrap(), dovecot::wire_form(&no_final_newline()));
    assert!(response("retr 9").starts_with("-ERR"));
    let stats: Vec<_> = steps.iter().zip(&answers).filter(|(step, _)| **step == "stat").collect();
    let counts: Vec<u8> = stats.iter().map(|(_, answer)| answer.response[0]).collect();
    assert_eq!(counts, b"212", "two, one deleted, two after RSET");
    assert_eq!(server.messages("ann").unwrap(), [dots()]);
}

#[test]
fn poplib_logs_in_by_apop() {
    let server = server();
    let account = account(&server, Security::Stls);
    let answers = poplib::dialogue(&account, &["apop", "stat", "quit"], &Fetch::new()).unwrap();
    assert!(answers[0].response.starts_with(b"+OK"));
    assert_eq!(answers[1].response, b"0 0");
    assert_eq!(logins(&server), ["APOP"]);
}

#[test]
fn without_apop_the_greeting_has_no_timestamp() {
    let server = Dovecot::start(Settings::new().user("ann", "secret").mechanisms("plain")).unwrap();
    let account = server.account("ann", Security::Plain).unwrap();
    let answers = poplib::dialogue(&account, &["greeting"], &Fetch::new()).unwrap();
    assert!(!answers[0].response.contains(&b'<'));
}

fn server() -> Dovecot {
    Dovecot::start(Settings::new().user("ann", "secret")).unwrap()
}

fn account(server: &Dovecot, security: Security) -> Account {
    server.account("ann", security).unwrap()
}

fn deliver(server: &Dovecot, messages: &[Vec<u8>]) -> Vec<Vec<u8>> {
    for message in messages {
        server.deliver("ann", message).unwrap();
    }
    messages.to_vec()
}

/// Every client with every protection that it knows.
fn pairs() -> impl Iterator<Item = (Client, Security)> {
    let all = Client::ALL.into_iter().flat_map(|client| SECURITIES.map(|security| (client, security)));
    all.filter(|pair| *pair != (Client::Getmail, Security::Stls))
}

#[track_caller]
fn assert_stored(client: Client, fetched: &[Vec<u8>], delivered: &[Vec<u8>]) {
    let expected: Vec<Vec<u8>> =
        delivered.iter().map(|message| client.stored_form(&dovecot::wire_form(message))).collect();
    assert_eq!(fetched.len(), expected.len(), "{client:?}");
    for (fetched, expected) in fetched.iter().zip(&expected) {
        // Not `assert_eq!`, which would print 20 MB.
        let shown = |octets: &[u8]| octets[..octets.len().min(500)].escape_ascii().to_string();
        assert!(fetched == expected, "{client:?} stored\n{}\nfor\n{}", shown(fetched), shown(expected));
    }
}

/// The mechanisms of all logins so far, by Dovecot's names.
fn logins(server: &Dovecot) -> Vec<String> {
    let method = |line: &str| Some(line.split_once("method=")?.1.split_once(',')?.0.to_owned());
    server.log().lines().filter(|line| line.contains("Info: Login:")).filter_map(method).collect()
}

fn logged_as(client: Client, mechanism: Mechanism) -> &'static str {
    match (mechanism, client) {
        (Mechanism::Apop, _) => "APOP",
        (Mechanism::CramMd5, _) | (Mechanism::Default, Client::Curl | Client::Fetchmail) => "CRAM-MD5",
        (Mechanism::Login, _) => "LOGIN",
        (Mechanism::ScramSha1, _) => "SCRAM-SHA-1",
        (Mechanism::ScramSha256, _) | (Mechanism::Default, Client::Mpop) => "SCRAM-SHA-256",
        // Dovecot runs USER and PASS as PLAIN.
        _ => "PLAIN",
    }
}

fn eight_bit() -> Vec<u8> {
    let all: Vec<u8> = (0x80..=0xFF).collect();
    [b"From: \xC3\xA9\nSubject: octets \xE9\xFF\n\nbody ", &*all, b"\nFrom here\n"].concat()
}

fn dots() -> Vec<u8> {
    b"Subject: dots\n\n.\n..\n.dot\n. \n...\n\n.\n".to_vec()
}

fn no_final_newline() -> Vec<u8> {
    b"Subject: open\n\nno final newline".to_vec()
}

/// 20 MB.
fn large() -> Vec<u8> {
    let mut message = b"Subject: large\n\n".to_vec();
    for line in 0.. {
        if message.len() > 20_000_000 {
            break;
        }
        message.extend_from_slice(format!("{line:09} {}\n", "x".repeat(60)).as_bytes());
    }
    message
}
