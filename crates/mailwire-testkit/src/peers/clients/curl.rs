//! curl: the one client that shows what RETR gave, and nothing else.

use std::process::Command;

use super::{Client, Fetch, Mechanism, files};
use crate::peers::process::Place;
use crate::peers::{Account, Error, Security};

/// Fetches the message with this number, octet by octet.
///
/// # Errors
///
/// As [`Client::fetch`]; in particular curl fails with status 8 if there is no such message.
pub fn retrieve(account: &Account, number: u32, fetch: &Fetch) -> Result<Vec<u8>, Error> {
    let place = Place::new()?;
    let mut command = command(&place, account, fetch)?;
    place.run(command.arg(url(account, &number.to_string())), fetch.deadline)
}

/// Sends one command, such as `TOP 1 0`, `UIDL` or `CAPA`, and gives back the lines that it is answered with.
///
/// `multi_line` says whether there are any: curl would wait for them.
///
/// # Errors
///
/// As [`Client::fetch`]; an answer of `-ERR` is [`Error::Failed`].
pub fn request(account: &Account, request: &str, multi_line: bool, fetch: &Fetch) -> Result<Vec<u8>, Error> {
    let place = Place::new()?;
    let mut command = command(&place, account, fetch)?;
    command.args(["--request", request]).args((!multi_line).then_some("--head"));
    place.run(command.arg(url(account, "")), fetch.deadline)
}

pub(super) fn fetch(place: &Place, account: &Account, fetch: &Fetch) -> Result<Vec<Vec<u8>>, Error> {
    let listing = place.run(command(place, account, fetch)?.arg(url(account, "")), fetch.deadline)?;
    let listing = String::from_utf8_lossy(&listing).into_owned();
    // Of an answer with no lines curl makes one empty line.
    let numbers: Vec<&str> = listing.lines().filter_map(|line| Some(line.split_once(' ')?.0)).collect();
    let directory = place.directory("messages")?;
    if numbers.is_empty() {
        return Ok(Vec::new());
    }

    // All in one connection, as a program that uses the library does.
    let mut retrieve = command(place, account, fetch)?;
    for (index, number) in numbers.iter().enumerate() {
        retrieve.arg(url(account, number)).arg("--output").arg(directory.join(format!("{index:06}")));
    }
    place.run(&mut retrieve, fetch.deadline)?;

    if fetch.delete {
        let mut delete = command(place, account, fetch)?;
        delete.args(["--head", "--request", "DELE"]);
        place.run(delete.args(numbers.iter().map(|number| url(account, number))), fetch.deadline)?;
    }
    files(&directory)
}

pub(super) fn word(mechanism: Mechanism) -> Option<&'static str> {
    match mechanism {
        Mechanism::Apop => Some("AUTH=+APOP"),
        Mechanism::CramMd5 => Some("AUTH=CRAM-MD5"),
        Mechanism::Default => Some("AUTH=*"),
        Mechanism::Login => Some("AUTH=LOGIN"),
        Mechanism::Plain => Some("AUTH=PLAIN"),
        // Debian builds it without the library that knows SCRAM, and it says USER only to who has no SASL.
        Mechanism::ScramSha1 | Mechanism::ScramSha256 | Mechanism::User => None,
    }
}

fn command(place: &Place, account: &Account, fetch: &Fetch) -> Result<Command, Error> {
    let mut command = place.command("curl");
    // `--verbose` puts the dialogue into the error of a test that fails.
    command.args(["--disable", "--silent", "--show-error", "--fail-early", "--verbose"]);
    command.args(["--login-options", Client::Curl.mechanism(fetch)?]);
    command.arg("--user").arg(format!("{}:{}", account.user, account.password));
    match &account.authority {
        Some(authority) => command.arg("--cacert").arg(place.file("authority.pem", authority)?),
        None => command.arg("--insecure"),
    };
    command.args((account.security == Security::Stls).then_some("--ssl-reqd"));
    Ok(command)
}

fn url(account: &Account, path: &str) -> String {
    let scheme = if account.security == Security::Tls { "pop3s" } else { "pop3" };
    format!("{scheme}://{}:{}/{path}", account.host, account.port)
}
