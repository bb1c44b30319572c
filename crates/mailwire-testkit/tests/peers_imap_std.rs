//! The example `imap_std`, a client without any runtime, against Dovecot.

use std::{fs, process::Command};

use mailwire_testkit::{
    peers::{Dovecot, Protocol, Settings},
    programs::example,
};

#[test]
fn subjects_come_over_every_kind_of_line() {
    let server = Dovecot::start(Settings::new().user("ann", "secret")).unwrap();
    for number in 1..=30 {
        let message = format!("Subject: =?UTF-8?Q?m=C3=BCde?= {number}\nFrom: bob@example.org\n\nhello\n");
        server.deliver("ann", message.as_bytes()).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("ca.pem");
    fs::write(&certificate, server.certificate().authority_pem()).unwrap();
    let list = |security: &str, password: &str| {
        let protocol = if security == "tls" { Protocol::Imaps } else { Protocol::Imap };
        let mut command = Command::new(example("imap_std"));
        command.args(["--host", "localhost", "--user", "ann", "--security", security]);
        command.arg("--port").arg(server.port(protocol).to_string()).arg("--ca").arg(&certificate);
        command.env("MAILWIRE_PASSWORD", password).output().unwrap()
    };
    for security in ["tls", "starttls", "plaintext"] {
        let output = list(security, "secret");
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{security}: {}", String::from_utf8_lossy(&output.stderr));
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[..2], ["logged in by Sasl(ScramSha256)", "INBOX has 30 messages"], "{security}");
        let subjects: Vec<&str> = lines[2..].iter().filter_map(|line| line.get(27..)).collect();
        let expected: Vec<String> = (11..=30).rev().map(|number| format!("müde {number}")).collect();
        assert_eq!(subjects, expected, "{security}");
    }
    let output = list("tls", "wrong");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("imap_std: the server refuses the login"));
}
