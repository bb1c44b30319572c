use super::{Client, Fetch, Mechanism, maildir};
use crate::peers::process::Place;
use crate::peers::{Account, Error, Security};

pub(super) fn fetch(place: &Place, account: &Account, fetch: &Fetch) -> Result<Vec<Vec<u8>>, Error> {
    let word = Client::Getmail.mechanism(fetch)?;
    let directory = place.maildir("messages")?;
    let Account { host, password, port, user, .. } = account;
    let configuration = format!(
        "[retriever]
type = {retriever}
server = {host}
port = {port}
username = {user}
password = {password}
{word}
{trust}
[destination]
type = Maildir
path = {directory}/
[options]
delete = {delete}
read_all = true
received = false
delivered_to = false
",
        retriever = match account.security {
            Security::Plain => "SimplePOP3Retriever",
            Security::Stls => return Err(Client::Getmail.lacks("STLS")),
            Security::Tls => "SimplePOP3SSLRetriever",
        },
        trust = match &account.authority {
            Some(pem) if account.security == Security::Tls => {
                format!("ca_certs = {}", place.file("authority.pem", pem)?.display())
            }
            _ => String::new(),
        },
        directory = directory.display(),
        delete = fetch.delete,
    );
    place.file("getmailrc", configuration)?;

    let mut command = place.command("getmail");
    command.arg("--getmaildir").arg(place.path()).args(["--rcfile", "getmailrc", "--verbose"]);
    place.run(&mut command, fetch.deadline)?;
    maildir(&directory)
}

pub(super) fn word(mechanism: Mechanism) -> Option<&'static str> {
    match mechanism {
        Mechanism::Apop => Some("use_apop = true"),
        Mechanism::Default | Mechanism::User => Some(""),
        Mechanism::CramMd5
        | Mechanism::Login
        | Mechanism::Plain
        | Mechanism::ScramSha1
        | Mechanism::ScramSha256 => None,
    }
}
