//! Our IMAP client on tokio against Dovecot.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use mailwire::{
    imap::{
        Flag, Uid, UidSet,
        client::{
            Event, Method, Session as _,
            command::{
                Append, Create, Enable, Extension, Select, Store,
                fetch::{Body, Flags},
            },
        },
        section::Section,
    },
    sasl::Mechanism,
    tokio::{
        imap::{Client, ClientConfig, Error, Handle, Security},
        tls::{Roots, client_config},
    },
};
use mailwire_testkit::{
    peers::{Dovecot, Protocol, Settings},
    programs::{Child, example},
};
use rustls::pki_types::CertificateDer;

fn start(settings: Settings) -> Dovecot {
    Dovecot::start(settings.user("ann", "secret")).unwrap()
}

fn config(server: &Dovecot, security: Security) -> ClientConfig {
    let mut config = ClientConfig::default();
    let authority = CertificateDer::from(server.certificate().authority_der().to_vec());
    config.tls = Some(client_config(Roots::Only(vec![authority]), None).unwrap());
    config.port = Some(server.port(if security == Security::Tls { Protocol::Imaps } else { Protocol::Imap }));
    config.security = security;
    config
}

async fn connect(server: &Dovecot, security: Security) -> Client {
    let mut client = Client::connect("localhost", config(server, security)).await.unwrap();
    client.login("ann", "secret").await.unwrap();
    client
}

/// Messages of all kinds, as they stand on the wire.
fn messages(count: usize) -> Vec<Vec<u8>> {
    let mut messages = vec![
        b"Subject: one\r\n\r\nhello\r\n".to_vec(),
        b"Subject: protocol\r\n\r\n* BYE\r\na1 OK {5}\r\n+ \r\n)\r\n".to_vec(),
        b"Subject: eight bits\r\n\r\n\xE9\xFF\x80\r\n".to_vec(),
        b"Subject: no end\r\n\r\nend".to_vec(),
        b"Subject: empty\r\n\r\n".to_vec(),
    ];
    messages.extend(
        (messages.len()..count).map(|number| {
            format!("Subject: {number}\r\n\r\n{}", "text\r\n".repeat(number % 97)).into_bytes()
        }),
    );
    messages
}

#[tokio::test]
async fn every_kind_of_line_and_every_way_to_log_in() {
    let server = start(Settings::new());
    for security in [Security::Plaintext, Security::StartTls, Security::StartTlsIfOffered, Security::Tls] {
        let mut client = Client::connect("localhost", config(&server, security)).await.unwrap();
        let method = client.login("ann", "secret").await.unwrap().method;
        assert_eq!(method, Method::Sasl(Mechanism::ScramSha256), "the strongest that both know");
        assert_eq!(client.is_encrypted(), security != Security::Plaintext);
        client.logout().await.unwrap();
    }
    for (mechanisms, expected) in [
        ("plain", Method::Sasl(Mechanism::Plain)),
        ("plain cram-md5", Method::Sasl(Mechanism::CramMd5)),
        ("plain cram-md5 scram-sha-1", Method::Sasl(Mechanism::ScramSha1)),
    ] {
        let server = start(Settings::new().mechanisms(mechanisms));
        let mut client = Client::connect("localhost", config(&server, Security::StartTls)).await.unwrap();
        assert_eq!(client.login("ann", "secret").await.unwrap().method, expected, "{mechanisms}");
        client.logout().await.unwrap();
        let mut client = Client::connect("localhost", config(&server, Security::StartTls)).await.unwrap();
        let error = client.login("ann", "wrong").await.unwrap_err();
        assert!(error.is_authentication() && !error.is_fatal(), "{error}");
        client.login("ann", "secret").await.unwrap();
    }
}

#[tokio::test]
async fn a_thousand_messages_and_a_large_one_come_octet_by_octet() {
    let server = start(Settings::new());
    let messages = messages(1000);
    let mut client = connect(&server, Security::Tls).await;
    client.run(Create::new("Entwürfe")).await.unwrap();
    let mut expected = BTreeMap::new();
    for batch in messages.chunks(100) {
        // Pipelined: the answers are waited for after all have left.
        let tickets: Vec<_> = batch
            .iter()
            .enumerate()
            .map(|(at, message)| {
                let flags = if at % 2 == 0 { vec![Flag::Seen] } else { vec![Flag::Flagged] };
                let append = Append::new("Entwürfe", message.clone()).flags(flags);
                client.send(append).unwrap()
            })
            .collect();
        for (message, ticket) in batch.iter().zip(tickets) {
            let appended = client.wait(ticket).await.unwrap();
            expected.insert(appended.uid().unwrap(), message.clone());
        }
    }
    let opened = client.run(Select::new("Entwürfe")).await.unwrap();
    assert_eq!(opened.exists, 1000);
    let mut rows = client.fetch(opened.all(), (Flags, Body::whole())).await.unwrap();
    let mut count = 0;
    while let Some(row) = rows.try_next().await.unwrap() {
        let (flags, body) = row.items;
        let uid = row.uid.unwrap();
        assert_eq!(body.as_deref(), Some(&expected[&uid][..]), "UID {uid}");
        let flags = flags.unwrap();
        assert!(flags.contains(&Flag::Seen) != flags.contains(&Flag::Flagged), "UID {uid}: {flags}");
        count += 1;
    }
    assert_eq!(count, 1000);
    drop(rows);

    let line = b"seventy octets of text, or a few less, over and over again, and again\r\n";
    let large = [&b"Subject: large\r\n\r\n"[..], &line.repeat(1_400_000)].concat();
    let append = Append::streamed("Entwürfe", large.len() as u64);
    let appended = client.append_from(append, std::io::Cursor::new(large.clone())).await.unwrap();
    let uid = appended.uid().unwrap();
    let mut body = client.fetch_body(uid, Section::whole()).await.unwrap();
    let mut at = 0;
    while let Some(octets) = body.chunk().await.unwrap() {
        assert!(large[at..].starts_with(&octets), "octet {at}");
        at += octets.len();
    }
    assert_eq!(at, large.len());
    drop(body);
    // A transfer that nobody wants any more does not put the session out of step.
    let mut body = client.fetch_body(uid, Section::whole()).await.unwrap();
    body.chunk().await.unwrap();
    drop(body);
    assert_eq!(client.selected().unwrap().exists, 1001);
    client.logout().await.unwrap();
}

#[tokio::test]
async fn two_sessions_see_what_each_other_does_and_resynchronise() {
    let server = start(
        Settings::new().lines("mail_plugins = zlib\nprotocol imap {\n  mail_plugins = zlib imap_zlib\n}"),
    );
    let (mut one, mut other) =
        (connect(&server, Security::StartTls).await, connect(&server, Security::Plaintext).await);
    one.compress().await.unwrap();
    for message in messages(20) {
        one.run(Append::new("INBOX", message)).await.unwrap();
    }
    for client in [&mut one, &mut other] {
        client.run(Enable::new([Extension::QResync])).await.unwrap();
        client.run(Select::new("INBOX")).await.unwrap();
    }
    let known = one.run(Select::new("INBOX")).await.unwrap();
    assert_eq!(known.exists, 20);

    let mut idle = one.idle().unwrap();
    other.run(Append::new("INBOX", &b"Subject: new\r\n\r\n"[..])).await.unwrap();
    loop {
        if let Event::Exists { count, .. } = idle.next().await.unwrap() {
            assert_eq!(count, 21);
            break;
        }
    }
    let third: UidSet = other.search(mailwire::imap::Search::All).await.unwrap();
    let gone: Uid = third.numbers().nth(2).unwrap();
    other.remove(UidSet::from(gone)).await.unwrap();
    loop {
        if let Event::Vanished { uids, .. } = idle.next().await.unwrap() {
            assert_eq!(uids, UidSet::from(gone));
            break;
        }
    }
    drop(idle);
    assert_eq!(one.selected().unwrap().exists, 20);
    let flagged = third.numbers().nth(5).unwrap();
    one.logout().await.unwrap();
    other.run(Store::add(UidSet::from(flagged), [Flag::Flagged])).await.unwrap();

    // What happened since is told in one call.
    let mut again = connect(&server, Security::Tls).await;
    again.run(Enable::new([Extension::QResync])).await.unwrap();
    let resync = mailwire::imap::command::QResync {
        uid_validity: known.uid_validity.unwrap(),
        mod_seq: known.highest_mod_seq.unwrap(),
        known_uids: None,
        sequence_match: None,
    };
    let opened = again.run(Select::new("INBOX").with_qresync(resync)).await.unwrap();
    assert!(opened.vanished.contains(gone), "{}", opened.vanished);
    let changed: UidSet = opened.changed.iter().filter_map(mailwire::imap::fetch::Fetch::uid).collect();
    assert!(changed.contains(flagged), "{changed}");
}

#[tokio::test]
async fn tasks_share_a_session_and_a_lost_server_is_an_error() {
    let server = start(Settings::new());
    let client = connect(&server, Security::Tls).await;
    let handle = Handle::spawn(client);
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let handle = handle.clone();
            tokio::spawn(async move {
                let name = format!("folder {number}");
                handle.run(Create::new(&*name)).await?;
                handle.run(Append::new(&*name, &b"Subject: x\r\n\r\n"[..])).await?;
                handle.run(mailwire::imap::client::command::Status::all(&*name)).await
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap().messages, Some(1));
    }
    drop(server);
    let error = loop {
        if let Err(error) = handle.run(mailwire::imap::client::command::Noop).await {
            break error;
        }
    };
    assert!(error.is_fatal() && !matches!(error, Error::Command(_)), "{error}");
}

#[tokio::test]
async fn imap_fetch_keeps_a_maildir_like_the_mailbox() {
    let compression = "mail_plugins = zlib\nprotocol imap {\n  mail_plugins = zlib imap_zlib\n}";
    let server = start(Settings::new().lines(compression));
    let mut client = connect(&server, Security::Plaintext).await;
    let (messages, large) = (messages(60), [&b"\r\n"[..], &b"x".repeat(3_000_000)].concat());
    for message in messages.iter().chain([&large]) {
        client.run(Append::new("INBOX", message.clone())).await.unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let (maildir, authority) = (folder.path().join("mail"), folder.path().join("ca.pem"));
    fs::write(&authority, server.certificate().authority_pem()).unwrap();
    let command = |options: &[&str]| {
        let mut command = Command::new(example("imap_fetch"));
        command
            .args(["--host", "localhost", "--user", "ann", "--ca"])
            .arg(&authority)
            .arg("--maildir")
            .arg(&maildir);
        command.args(["--port", &server.port(Protocol::Imaps).to_string()]).args(options);
        command.env("MAILWIRE_PASSWORD", "secret").stderr(Stdio::piped());
        command
    };
    // A run that is ended somewhere leaves nothing half.
    let mut first = Child::spawn(command(&[]).stdout(Stdio::null()));
    while !maildir.join("new").exists() {
        tokio::task::yield_now().await;
    }
    first.kill();
    let run = |options: &[&str]| {
        let output = command(options).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["--compress"]);
    let mut expected: Vec<_> = messages.iter().chain([&large]).cloned().collect();
    expected.sort();
    assert_eq!(contents(&maildir), expected);

    client.run(Select::new("INBOX")).await.unwrap();
    let uids = client.search(mailwire::imap::Search::All).await.unwrap();
    let (flagged, gone) = (uids.numbers().nth(1).unwrap(), uids.numbers().nth(2).unwrap());
    client.run(Store::add(UidSet::from(flagged), [Flag::Flagged, Flag::Seen])).await.unwrap();
    client.remove(UidSet::from(gone)).await.unwrap();
    let said = run(&["--mirror", "--compress"]);
    assert!(
        said.starts_with("0 downloaded, 1 with new flags, 1 removed;") && said.contains("compressed"),
        "{said}"
    );
    let named = |name: &fs::DirEntry| name.file_name().to_string_lossy().ends_with(":2,FS");
    let flagged: Vec<_> =
        fs::read_dir(maildir.join("cur")).unwrap().map(Result::unwrap).filter(named).collect();
    assert_eq!(fs::read(flagged[0].path()).unwrap(), messages[1]);
    assert_eq!((flagged.len(), contents(&maildir).len()), (1, 60));
}

/// What is in the messages of a Maildir, sorted.
fn contents(maildir: &Path) -> Vec<Vec<u8>> {
    let files = ["new", "cur"].into_iter().flat_map(|part| fs::read_dir(maildir.join(part)).unwrap());
    let mut contents: Vec<_> = files.map(|file| fs::read(file.unwrap().path()).unwrap()).collect();
    contents.sort();
    contents
}
