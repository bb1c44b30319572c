//! Downloads a maildrop into a Maildir.
//!
//!     MAILWIRE_PASSWORD=secret cargo run --example pop3_fetch -- --host pop.example.org --user ann --maildir ~/Mail --keep
//!
//! Nothing is downloaded twice, over all runs: unique-ids are remembered in a file `.pop3_fetch-...` of the Maildir. Nothing is
//! deleted from the server that is not safely on disk: file and folder are synced first. A lost connection is made again.

mod maildir;

use std::{
    collections::{BTreeMap, HashMap},
    error::Error as StdError,
    fs,
    io::{ErrorKind, IsTerminal as _},
    path::PathBuf,
    process::ExitCode,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use mailwire::{
    pop3::MessageNumber,
    sasl::client::Credentials,
    tokio::{
        pop3::{Client, ClientConfig, Error, Message, Security},
        tls::{self, Roots},
    },
};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};

use crate::maildir::{Maildir, Record};

#[derive(Parser)]
#[command(about = "Downloads a maildrop into a Maildir")]
struct Arguments {
    /// The server.
    #[arg(long)]
    host: String,
    /// Its port: 995, or 110 without TLS from the first octet, if it is not given.
    #[arg(long)]
    port: Option<u16>,
    /// Who logs in.
    #[arg(long)]
    user: String,
    /// The password. It is better in the environment, where other users of this machine do not see it.
    #[arg(long, env = "MAILWIRE_PASSWORD", hide_env_values = true)]
    password: String,
    /// Where the messages go. It is made if it is not there.
    #[arg(long, value_name = "FOLDER")]
    maildir: PathBuf,
    /// When TLS begins.
    #[arg(long, value_enum, default_value = "tls")]
    security: When,
    /// The only certificates to trust, in PEM; otherwise whom the system trusts.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Leaves all messages on the server; otherwise they are deleted there.
    #[arg(long, conflicts_with = "keep_days")]
    keep: bool,
    /// Leaves each message on the server for so many days after it was first seen.
    #[arg(long, value_name = "N")]
    keep_days: Option<u64>,
    /// How often a lost connection is made again before the next message is there.
    #[arg(long, default_value_t = 5)]
    retries: u32,
}

#[derive(Clone, Copy, ValueEnum)]
enum When {
    Tls,
    Stls,
    Plaintext,
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
    let account = format!("{}@{}", arguments.user, arguments.host);
    let mut maildir = Maildir::open(&arguments.maildir, &account)?;
    let mut failures = 0;
    loop {
        let before = maildir.stored();
        let error = match session(arguments, &mut maildir).await {
            Ok(summary) => return Ok(summary),
            Err(error) => error,
        };
        failures = if maildir.stored() > before { 1 } else { failures + 1 };
        if !may_pass(error.as_ref()) || failures > arguments.retries {
            return Err(error);
        }
        let pause = Duration::from_millis(100 << failures.min(9));
        eprintln!("{error}; trying again in {pause:?}");
        tokio::time::sleep(pause).await;
    }
}

/// Whether another connection may do better.
fn may_pass(error: &(dyn StdError + 'static)) -> bool {
    match error.downcast_ref::<Error>() {
        // An untrusted certificate, or no TLS where TLS is meant.
        Some(Error::Io(error)) => error.kind() != ErrorKind::InvalidData,
        Some(Error::Login(error)) => error.is_temporary(),
        Some(Error::Closed { .. } | Error::ConnectTimeout | Error::Protocol(_)) => true,
        _ => false,
    }
}

/// One connection: downloads what is new, then deletes what is due.
async fn session(arguments: &Arguments, maildir: &mut Maildir) -> Result<String, Box<dyn StdError>> {
    let credentials = Credentials::password(&arguments.user, arguments.password.as_str());
    let mut client = Client::connect_and_login(&arguments.host, config(arguments)?, credentials).await?;
    let ids = client.uidl().await?;
    for error in &ids.unreadable {
        eprintln!("left alone: {error}");
    }
    let is_complete = ids.unreadable.is_empty();
    let mut numbers: BTreeMap<MessageNumber, String> = BTreeMap::new();
    let mut seen: HashMap<String, u32> = HashMap::new();
    for row in ids {
        let id = row.unique_id.to_string();
        *seen.entry(id.clone()).or_default() += 1;
        numbers.insert(row.message, id);
    }
    // A server that gives one unique-id to two messages could make us delete one of them unread.
    numbers.retain(|number, id| {
        let is_unique = seen.get(id) == Some(&1);
        if !is_unique {
            eprintln!("left alone: message {number} has the unique-id of another one");
        }
        is_unique
    });

    let mut new = Vec::new();
    for (number, id) in &numbers {
        if !maildir.has(id, now())? {
            new.push(*number);
        }
    }
    let downloaded = new.len();
    let progress = progress_bar(&mut client, &new).await?;
    let mut batch = client.retr_many(new);
    while let Some(message) = batch.next().await {
        match message {
            Ok(message) => {
                let id = numbers.get(&message.number()).cloned().unwrap_or_default();
                store(message, &id, maildir, &progress).await?;
            }
            Err(error) if error.is_fatal() => return Err(error.into()),
            Err(error) => eprintln!("left alone: {error}"),
        }
    }
    drop(batch);
    progress.finish_and_clear();

    let mut deleted = 0;
    for (number, id) in &numbers {
        if maildir.find(id).is_some_and(|record| is_due(arguments, record)) {
            client.dele(*number).await?;
            deleted += 1;
        }
    }
    client.quit().await?;
    if is_complete {
        maildir.forget_all_but(|id| seen.contains_key(id))?;
    }
    Ok(format!(
        "{downloaded} downloaded, {deleted} deleted on the server, {} left there",
        seen.len() - deleted
    ))
}

/// Writes one message as its octets come. What is not complete is never seen in the Maildir.
async fn store(
    mut message: Message<'_>,
    id: &str,
    maildir: &mut Maildir,
    progress: &ProgressBar,
) -> Result<(), Box<dyn StdError>> {
    let mut file = maildir.begin(id)?;
    while let Some(octets) = message.chunk().await? {
        file.write(&octets)?;
        progress.inc(octets.len() as u64);
    }
    Ok(maildir.commit(file, now())?)
}

fn is_due(arguments: &Arguments, record: &Record) -> bool {
    let age = now().saturating_sub(record.first_seen);
    !arguments.keep && arguments.keep_days.is_none_or(|days| age >= days * SECONDS_PER_DAY)
}

fn config(arguments: &Arguments) -> Result<ClientConfig, Box<dyn StdError>> {
    let mut config = ClientConfig::default();
    config.port = arguments.port;
    config.security = match arguments.security {
        When::Tls => Security::Tls,
        When::Stls => Security::Stls,
        When::Plaintext => Security::Plaintext,
    };
    if let Some(file) = &arguments.ca {
        let certificates = CertificateDer::pem_slice_iter(&fs::read(file)?).collect::<Result<_, _>>()?;
        config.tls = Some(tls::client_config(Roots::Only(certificates), None)?);
    }
    Ok(config)
}

async fn progress_bar(client: &mut Client, new: &[MessageNumber]) -> Result<ProgressBar, Box<dyn StdError>> {
    if new.is_empty() || !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let sizes = client.list().await?;
    let total =
        sizes.rows.iter().filter(|row| new.binary_search(&row.message).is_ok()).map(|row| row.octets).sum();
    let style = "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    Ok(ProgressBar::new(total).with_style(ProgressStyle::with_template(style)?))
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;
