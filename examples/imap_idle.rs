//! Prints what happens in a mailbox, as it happens.
//!
//!     MAILWIRE_PASSWORD=secret cargo run --example imap_idle -- --host imap.example.org --user ann
//!
//! A lost connection is made again, with longer and longer pauses while the server is away; what happened meanwhile is told
//! then.

mod account;

use std::{error::Error as StdError, process::ExitCode, time::Duration};

use clap::Parser;
use mailwire::{
    imap::{
        Uid, UidSet, UidValidity,
        client::{
            Event,
            command::{
                Select,
                fetch::{Envelope, Flags},
            },
        },
        fetch::Message,
    },
    tokio::imap::Client,
};

use crate::account::{Account, may_pass};

#[derive(Parser)]
#[command(about = "Prints what happens in a mailbox, as it happens")]
struct Arguments {
    #[command(flatten)]
    account: Account,
    /// Which mailbox.
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
    /// Ends after so many new messages.
    #[arg(long, value_name = "N")]
    until: Option<usize>,
    /// The longest pause before a lost connection is made again, in seconds.
    #[arg(long, default_value_t = 300)]
    longest_pause: u64,
}

/// What is known of the mailbox from one connection to the next.
#[derive(Default)]
struct Known {
    validity: Option<UidValidity>,
    /// What the UID of the next message will be at least.
    next: Option<Uid>,
    told: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut known = Known::default();
    let mut pause = FIRST_PAUSE;
    loop {
        let before = known.told;
        let error = match watch(&arguments, &mut known, &mut pause).await {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => error,
        };
        if !may_pass(error.as_ref()) {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
        if known.told > before {
            pause = FIRST_PAUSE;
        }
        println!("{error}; connecting again in {pause:?}");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(arguments.longest_pause));
    }
}

/// One connection, until it is lost.
async fn watch(
    arguments: &Arguments,
    known: &mut Known,
    pause: &mut Duration,
) -> Result<(), Box<dyn StdError>> {
    let mut client = arguments.account.connect(false).await?;
    let mailbox = client.run(Select::examine(&*arguments.mailbox)).await?;
    println!("{}: {} messages", arguments.mailbox, mailbox.exists);
    *pause = FIRST_PAUSE;
    let is_same = known.validity.is_some() && known.validity == mailbox.uid_validity;
    if known.validity.is_some() && !is_same {
        println!("its UIDs mean nothing any more: it was made anew");
    }
    if !is_same || known.next.is_none() {
        known.next = mailbox.uid_next;
    }
    known.validity = mailbox.uid_validity;
    tell_new(&mut client, known).await?;
    let is_done = |known: &Known| arguments.until.is_some_and(|until| known.told >= until);
    while !is_done(known) {
        let mut idle = client.idle()?;
        let event = idle.next().await?;
        drop(idle);
        tell(&mut client, &event, known).await?;
    }
    client.logout().await?;
    Ok(())
}

async fn tell(client: &mut Client, event: &Event, known: &mut Known) -> Result<(), Box<dyn StdError>> {
    match event {
        Event::Exists { count, before } if count > before => tell_new(client, known).await?,
        Event::Exists { count, .. } => println!("{count} messages"),
        Event::Expunged { message, uid } => match uid {
            Some(uid) => println!("message {} (UID {uid}) is gone", message.get()),
            None => println!("message {} is gone", message.get()),
        },
        Event::Vanished { uids, .. } => println!("UIDs {uids} are gone"),
        Event::Fetch { fetch, uid } => {
            if let Some(flags) = fetch.flags() {
                match (fetch.message, uid) {
                    (_, Some(uid)) => println!("UID {uid} has flags {flags}"),
                    (Message::Sequence(number), None) => println!("message {number} has flags {flags}"),
                    _ => {}
                }
            }
        }
        Event::Alert { status } => println!("the server says: {}", status.to_string_lossy()),
        Event::UidValidityChanged { .. } => println!("its UIDs mean nothing any more"),
        _ => {}
    }
    Ok(())
}

/// Tells of messages that came since the last time.
async fn tell_new(client: &mut Client, known: &mut Known) -> Result<(), Box<dyn StdError>> {
    let Some(next) = known.next else { return Ok(()) };
    let mut rows = client.fetch(UidSet::starting_at(next), (Envelope, Flags)).await?;
    while let Some(row) = rows.try_next().await? {
        // `n:*` is the last message, even if there is none from n on.
        let Some(uid) = row.uid.filter(|uid| known.next.is_none_or(|next| *uid >= next)) else { continue };
        let (envelope, flags) = row.items;
        let subject = envelope.and_then(|envelope| envelope.subject).unwrap_or_default();
        println!("new: UID {uid} {} {}", flags.unwrap_or_default(), subject.to_str_lossy());
        known.next = Uid::new(uid.get().saturating_add(1));
        known.told += 1;
    }
    Ok(())
}

const FIRST_PAUSE: Duration = Duration::from_secs(1);
