//! poplib: the POP3 client of Python's standard library, one call after the other.

use std::process::Command;

use super::{Client, Fetch, Mechanism, files};
use crate::peers::process::{self, Place};
use crate::peers::{Account, Error, Security};

/// What a server answered to one step of a [`dialogue`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// The lines of a multi-line answer without dot-stuffing and terminator; each ends in CRLF.
    pub lines: Option<Vec<u8>>,
    /// The first line without CRLF; `-ERR` is no failure of the dialogue.
    pub response: Vec<u8>,
}

/// Connects, runs the steps in their order, and gives back as many answers.
///
/// Steps are `apop`, `capa`, `dele 1`, `greeting`, `list`, `list 1`, `noop`, `pass`, `quit`, `retr 1`, `rset`, `stat`,
/// `stls`, `top 1 10`, `uidl`, `uidl 1`, `user` and `utf8`. There is no login but by steps; STLS is sent without a step
/// if `account` says so. The answer to `stat` is the two numbers that poplib read, that to `capa` has no first line.
///
/// # Errors
///
/// As [`Client::fetch`]: a step after the connection was lost ends the script with a failure.
pub fn dialogue(account: &Account, steps: &[&str], fetch: &Fetch) -> Result<Vec<Answer>, Error> {
    let place = Place::new()?;
    place.run(command(&place, account)?.args(steps), fetch.deadline)?;
    let directory = place.path().join("answers");
    let answer = |index| {
        let lines = directory.join(format!("{index:06}.lines"));
        let lines = if lines.exists() { Some(process::read(&lines)?) } else { None };
        Ok(Answer { lines, response: process::read(&directory.join(format!("{index:06}.response")))? })
    };
    (0..steps.len()).map(answer).collect()
}

pub(super) fn fetch(place: &Place, account: &Account, fetch: &Fetch) -> Result<Vec<Vec<u8>>, Error> {
    let login = Client::Poplib.mechanism(fetch)?;
    let mut command = command(place, account)?;
    command.args(["fetch", if fetch.delete { "delete" } else { "keep" }]);
    place.run(command.args(login.split(' ')), fetch.deadline)?;
    files(&place.path().join("answers"))
}

pub(super) fn word(mechanism: Mechanism) -> Option<&'static str> {
    match mechanism {
        Mechanism::Apop => Some("apop"),
        Mechanism::Default | Mechanism::User => Some("user pass"),
        Mechanism::CramMd5
        | Mechanism::Login
        | Mechanism::Plain
        | Mechanism::ScramSha1
        | Mechanism::ScramSha256 => None,
    }
}

fn command(place: &Place, account: &Account) -> Result<Command, Error> {
    // The system's Python: another one may lie where only root can go.
    let mut command = place.command("/usr/bin/python3");
    command.arg(place.file("poplib_dialogue.py", include_str!("poplib.py"))?);
    command.args([&account.host, &account.port.to_string()]);
    command.arg(match account.security {
        Security::Plain => "plain",
        Security::Stls => "stls",
        Security::Tls => "tls",
    });
    match &account.authority {
        Some(pem) => command.arg(place.file("authority.pem", pem)?),
        None => command.arg(""),
    };
    command.args([&account.user, &account.password]).arg(place.directory("answers")?);
    Ok(command)
}
