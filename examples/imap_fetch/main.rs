//! Downloads a mailbox into a Maildir, with flags.
//!
//!     MAILWIRE_PASSWORD=secret cargo run --example imap_fetch -- --host imap.example.org --user ann --maildir ~/Mail
//!
//! Each message is in a file that has its UID in its name, so the next run downloads what is new and brings the flags of the
//! others up to date. A run that was interrupted goes on where it was. Nothing is changed on the server.

#[path = "../account.rs"]
mod account;
mod maildir;

use std::{error::Error as StdError, io::IsTerminal as _, path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use mailwire::{
    imap::{
        Uid, UidSet,
        client::command::{
            Select,
            fetch::{Body, Flags, InternalDate, Size},
        },
        section::Section,
    },
    tokio::imap::{Client, Connect as _, Error},
};

use crate::{
    account::Account,
    maildir::{Arrival, Maildir},
};

#[derive(Parser)]
#[command(about = "Downloads a mailbox into a Maildir, with flags")]
struct Arguments {
    #[command(flatten)]
    account: Account,
    /// Which mailbox.
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
    /// Where the messages go. It is made if it is not there.
    #[arg(long, value_name = "FOLDER")]
    maildir: PathBuf,
    /// Compresses the octets on the way, if the server can.
    #[arg(long)]
    compress: bool,
    /// Removes messages from the Maildir that are gone from the server.
    #[arg(long)]
    mirror: bool,
    /// How often a lost connection is made again before the next message is there.
    #[arg(long, default_value_t = 5)]
    retries: u32,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match fetch(&Arguments::parse()).await {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn fetch(arguments: &Arguments) -> Result<String, Box<dyn StdError>> {
    let mut stored = 0;
    let mut failures = 0;
    loop {
        let before = stored;
        let error = match session(arguments, &mut stored).await {
            Ok(summary) => return Ok(summary),
            Err(error) => error,
        };
        failures = if stored > before { 1 } else { failures + 1 };
        if !error.downcast_ref().is_some_and(Error::is_temporary) || failures > arguments.retries {
            return Err(error);
        }
        let pause = Duration::from_millis(100 << failures.min(9));
        eprintln!("{error}; trying again in {pause:?}");
        tokio::time::sleep(pause).await;
    }
}

/// One connection: what is there, then what is missing.
async fn session(arguments: &Arguments, stored: &mut usize) -> Result<String, Box<dyn StdError>> {
    let mut client = arguments.account.account(arguments.compress)?.connect().await?;
    let mailbox = client.run(Select::examine(&*arguments.mailbox)).await?;
    let validity =
        mailbox.uid_validity.ok_or("the server has no UIDVALIDITY, so that nothing could be found again")?;
    let account = format!("{}@{}/{}", arguments.account.user, arguments.account.host, arguments.mailbox);
    let mut maildir = Maildir::open(&arguments.maildir, &account, validity)?;

    let mut there = UidSet::new();
    let (mut short, mut long, mut octets, mut refreshed) = (UidSet::new(), Vec::new(), 0, 0);
    let mut rows = client.fetch(mailbox.all(), (Flags, Size)).await?;
    while let Some(row) = rows.try_next().await? {
        let (Some(uid), (flags, size)) = (row.uid, row.items) else { continue };
        there.insert(uid);
        if maildir.has(uid) {
            refreshed += usize::from(maildir.refresh(uid, &flags.unwrap_or_default())?);
            continue;
        }
        let size = size.unwrap_or(u64::MAX);
        octets += size;
        // Many small messages are one command; a large one is never held in memory.
        if size <= LARGEST_IN_MEMORY {
            short.insert(uid);
        } else {
            long.push((uid, flags.unwrap_or_default()));
        }
    }
    drop(rows);

    let progress = progress_bar(octets)?;
    let before = *stored;
    if !short.is_empty() {
        let mut rows = client.fetch(short, (Flags, InternalDate, Body::whole())).await?;
        while let Some(row) = rows.try_next().await? {
            // A message that was expunged meanwhile has no body.
            let (Some(uid), (flags, date, Some(body))) = (row.uid, row.items) else { continue };
            let arrival = Arrival { uid, flags: flags.unwrap_or_default(), date };
            let mut file = maildir.begin(&arrival)?;
            file.write(&body)?;
            maildir.commit(file)?;
            progress.inc(body.len() as u64);
            *stored += 1;
        }
    }
    for (uid, flags) in long {
        download(&mut client, &mut maildir, Arrival { uid, flags, date: None }, &progress).await?;
        *stored += 1;
    }
    progress.finish_and_clear();
    let removed = if arguments.mirror { maildir.keep_only(&there)? } else { 0 };
    let (wire, packed) = (client.octets().received, client.compressed_octets());
    client.logout().await?;
    let compressed = packed.map_or(String::new(), |packed| format!(", {} compressed", packed.received));
    Ok(format!(
        "{} downloaded, {refreshed} with new flags, {removed} removed; {wire} octets received{compressed}",
        *stored - before
    ))
}

/// Writes one message as its octets come. What is not complete is never seen in the Maildir.
async fn download(
    client: &mut Client,
    maildir: &mut Maildir,
    arrival: Arrival,
    progress: &ProgressBar,
) -> Result<(), Box<dyn StdError>> {
    let mut file = maildir.begin(&arrival)?;
    let uid: Uid = arrival.uid;
    let mut body = client.fetch_body(uid, Section::whole()).await?;
    while let Some(octets) = body.chunk().await? {
        file.write(&octets)?;
        progress.inc(octets.len() as u64);
    }
    Ok(maildir.commit(file)?)
}

fn progress_bar(octets: u64) -> Result<ProgressBar, Box<dyn StdError>> {
    if octets == 0 || !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    Ok(ProgressBar::new(octets).with_style(ProgressStyle::with_template(style)?))
}

const LARGEST_IN_MEMORY: u64 = 256 * 1024;
