use super::{Client, Fetch, Mechanism, maildir};
use crate::peers::process::Place;
use crate::peers::{Account, Error, Security};

pub(super) fn fetch(place: &Place, account: &Account, fetch: &Fetch) -> Result<Vec<Vec<u8>>, Error> {
    let word = Client::Mpop.mechanism(fetch)?;
    let directory = place.maildir("messages")?;
    let Account { host, password, port, user, .. } = account;
    let configuration = format!(
        "account default
host {host}
port {port}
user {user}
password {password}
auth {word}
{security}
{trust}
uidls_file {uidls}
received_header off
delivery maildir {directory}
keep {keep}
",
        security = match account.security {
            Security::Plain => "tls off",
            Security::Stls => "tls on\ntls_starttls on",
            Security::Tls => "tls on\ntls_starttls off",
        },
        trust = match &account.authority {
            Some(pem) => format!("tls_trust_file {}", place.file("authority.pem", pem)?.display()),
            None => "tls_certcheck off".into(),
        },
        uidls = place.path().join("uidls").display(),
        directory = directory.display(),
        keep = if fetch.delete { "off" } else { "on" },
    );
    let configuration = place.file("mpoprc", configuration)?;

    // Not `--debug`: it prints every octet of every message.
    let mut command = place.command("mpop");
    command.args(["--only-new=off", "--half-quiet"]).arg("--file").arg(configuration);
    place.run(&mut command, fetch.deadline)?;
    maildir(&directory)
}

pub(super) fn word(mechanism: Mechanism) -> Option<&'static str> {
    Some(match mechanism {
        Mechanism::Apop => "apop",
        Mechanism::CramMd5 => "cram-md5",
        Mechanism::Default => "on",
        Mechanism::Login => "login",
        Mechanism::Plain => "plain",
        Mechanism::ScramSha1 => "scram-sha-1",
        Mechanism::ScramSha256 => "scram-sha-256",
        Mechanism::User => "user",
    })
}
