//! Debian's and Python's clients against our server, the example program `mailserver`.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use mailwire_testkit::{
    peers::{
        Account, Certificate, Client, Fetch, Mechanism, Security,
        clients::{curl, poplib},
        dovecot::wire_form,
    },
    programs::{Child, example},
};
use tempfile::TempDir;

/// Messages of all kinds, the largest of 20 MB.
fn messages() -> Vec<Vec<u8>> {
    let mut messages = vec![
        b"Subject: one\r\n\r\nhello\r\n".to_vec(),
        b"Subject: dots\r\n\r\n.\r\n..\r\n...\r\n.profile\r\n\r\n.\r\n".to_vec(),
        b"Subject: eight bits\r\n\r\n\xE9\xFF\x80\r\n".to_vec(),
        b"Subject: bare line feeds\n\n.\n+OK 1\n-ERR\n".to_vec(),
        b"Subject: no end\r\n\r\nend".to_vec(),
        [
            &b"Subject: 20 MB\r\n\r\n"[..],
            &b"seventy octets of text, or a few less, over and over again\r\n".repeat(335_000),
        ]
        .concat(),
    ];
    messages.extend(
        (0..30).map(|number| {
            format!("Subject: {number}\r\n\r\n{}", "text\r\n".repeat(number * 50)).into_bytes()
        }),
    );
    messages
}

/// A running `mailserver` with these messages for ann.
struct Server {
    child: Child,
    certificate: Certificate,
    ports: [u16; 2],
    _folder: TempDir,
}

impl Server {
    fn start(messages: &[Vec<u8>]) -> Self {
        let (folder, certificate) = (tempfile::tempdir().unwrap(), Certificate::localhost().unwrap());
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("mail")).unwrap();
        for (number, message) in messages.iter().enumerate() {
            fs::write(path("mail").join(format!("{number:04}.eml")), message).unwrap();
        }
        fs::write(path("cert.pem"), certificate.pem()).unwrap();
        fs::write(path("key.pem"), certificate.key_pem()).unwrap();
        let mut command = Command::new(example("mailserver"));
        command.args(["--pop3", "127.0.0.1:0", "--pop3s", "127.0.0.1:0", "--user", "ann:secret words"]);
        command.arg("--allow-plaintext").arg("--import").arg(path("mail"));
        command.arg("--cert").arg(path("cert.pem")).arg("--key").arg(path("key.pem"));
        let mut child = Child::spawn(command.stdout(Stdio::piped()));
        let mut lines = BufReader::new(child.stdout()).lines().map(Result::unwrap);
        let ports = [(); 2].map(|()| lines.next().unwrap().rsplit(':').next().unwrap().parse().unwrap());
        assert_eq!(lines.next().as_deref(), Some("ready"));
        Self { child, certificate, ports, _folder: folder }
    }

    fn account(&self, security: Security) -> Account {
        Account {
            authority: Some(self.certificate.authority_pem().to_owned()),
            host: "localhost".into(),
            password: "secret words".into(),
            port: self.ports[usize::from(security == Security::Tls)],
            security,
            user: "ann".into(),
        }
    }

    /// How many messages are left.
    fn count(&self) -> usize {
        let lines = curl::request(&self.account(Security::Tls), "LIST", true, &Fetch::new()).unwrap();
        lines.split(|octet| *octet == b'\n').filter(|line| line.contains(&b' ')).count()
    }
}

fn securities(client: Client) -> impl Iterator<Item = Security> {
    let all = [Security::Plain, Security::Stls, Security::Tls];
    all.into_iter().filter(move |security| client != Client::Getmail || *security != Security::Stls)
}

#[test]
fn every_client_fetches_octet_by_octet_and_leaves_or_deletes() {
    let messages = messages();
    for client in Client::ALL {
        let mut server = Server::start(&messages);
        let expected: Vec<_> =
            messages.iter().map(|message| client.stored_form(&wire_form(message))).collect();
        for security in securities(client) {
            let fetched = client.fetch(&server.account(security), &Fetch::new());
            let fetched = fetched.unwrap_or_else(|error| panic!("{} {security:?}: {error}", client.name()));
            assert!(fetched == expected, "{} {security:?}", client.name());
        }
        assert_eq!(server.count(), messages.len(), "{} leaves", client.name());
        let security = securities(client).last().unwrap();
        let fetched = client.fetch(&server.account(security), &Fetch::new().delete()).unwrap();
        assert!(fetched == expected, "{} deletes", client.name());
        assert_eq!(server.count(), 0, "{} deletes", client.name());
        assert_eq!(server.child.terminate(), Some(0));
    }
}

#[test]
fn every_way_to_log_in_that_a_client_has_works() {
    let server = Server::start(&[b"Subject: one\r\n\r\n".to_vec()]);
    let mut tried = 0;
    for client in Client::ALL {
        for mechanism in Mechanism::ALL.into_iter().filter(|mechanism| client.supports(*mechanism)) {
            // fetchmail speaks APOP and CRAM-MD5 in the clear only.
            let security = if client == Client::Fetchmail { Security::Plain } else { Security::Tls };
            let fetch = Fetch::new().mechanism(mechanism);
            let fetched = client.fetch(&server.account(security), &fetch);
            let fetched = fetched.unwrap_or_else(|error| panic!("{} {mechanism:?}: {error}", client.name()));
            assert_eq!(fetched.len(), 1, "{} {mechanism:?}", client.name());
            tried += 1;
        }
    }
    assert!(tried > 15, "{tried}");
}

#[test]
fn a_wrong_password_is_refused() {
    let server = Server::start(&[]);
    for client in [Client::Curl, Client::Mpop, Client::Poplib] {
        let mut account = server.account(Security::Tls);
        account.password = "wrong".into();
        assert!(client.fetch(&account, &Fetch::new()).is_err(), "{}", client.name());
    }
}

#[test]
fn curl_asks_for_parts() {
    let server = Server::start(&messages());
    let account = server.account(Security::Stls);
    let request = |request| curl::request(&account, request, true, &Fetch::new()).unwrap();
    assert_eq!(curl::retrieve(&account, 1, &Fetch::new()).unwrap(), messages()[0]);
    assert_eq!(request("TOP 2 2"), b"Subject: dots\r\n\r\n.\r\n..\r\n");
    assert!(request("CAPA").windows(6).any(|line| line == b"UIDL\r\n"));
    assert!(curl::retrieve(&account, 1000, &Fetch::new()).is_err());
}

#[test]
fn poplib_says_every_command() {
    let server = Server::start(&messages());
    let steps = [
        "greeting", "capa", "utf8", "user", "pass", "stat", "list", "list 1", "uidl", "uidl 1", "retr 1",
        "top 2 1", "dele 1", "retr 1", "dele 1", "list 1", "rset", "list 1", "noop", "dele 2", "quit",
    ];
    let answers = poplib::dialogue(&server.account(Security::Stls), &steps, &Fetch::new()).unwrap();
    let refused: Vec<_> = steps
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| answer.response.starts_with(b"-ERR"))
        .map(|(step, _)| *step)
        .collect();
    assert_eq!(refused, ["retr 1", "dele 1", "list 1"], "what was deleted cannot be asked for");
    let of = |step: &str| &answers[steps.iter().position(|other| *other == step).unwrap()];
    assert!(of("greeting").response.starts_with(b"+OK POP3 server ready <"));
    assert_eq!(
        of("list").lines.as_ref().unwrap().split(|octet| *octet == b'\n').count() - 1,
        messages().len()
    );
    assert_eq!(of("retr 1").lines.as_deref(), Some(&messages()[0][..]));
    assert_eq!(of("top 2 1").lines.as_deref(), Some(&b"Subject: dots\r\n\r\n.\r\n"[..]));
    assert_eq!(server.count(), messages().len() - 1);

    let apop =
        poplib::dialogue(&server.account(Security::Plain), &["apop", "stat", "quit"], &Fetch::new()).unwrap();
    assert!(apop.iter().all(|answer| !answer.response.starts_with(b"-ERR")));
}
