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
        Uid, UidSet,
        client::{
            Event,
            command::{
                Select,
                fetch::{Envelope, Flags},
            },
        },
        fetch::{Fetch, Message},
    },
    sasl::client::Credentials,
    tokio::imap::{self, Backoff, Client, News, Reconnecting, Reopened},
};

use crate::account::Account;

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

/// The session, and what is known of the mailbox from one connection to the next.
struct Watcher {
    session: Reconnecting<imap::Account<Credentials>>,
    mailbox: String,
    /// What the UID of the next message will be at least.
    next: Option<Uid>,
    told: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn StdError>> {
    let mut backoff = Backoff::default();
    backoff.longest = Duration::from_secs(arguments.longest_pause);
    let mut session = Reconnecting::new(arguments.account.account(false)?).with_backoff(backoff);
    session.watch(true);
    let mut watcher = Watcher { session, mailbox: arguments.mailbox, next: None, told: 0 };
    while arguments.until.is_none_or(|until| watcher.told < until) {
        match watcher.session.next().await? {
            News::Connected { mailbox } => watcher.connected(mailbox).await?,
            News::Event(event) => watcher.tell(&event).await?,
            News::Lost { error, pause } => println!("{error}; connecting again in {pause:.1?}"),
            _ => {}
        }
    }
    watcher.session.logout().await?;
    Ok(())
}

impl Watcher {
    async fn connected(&mut self, mailbox: Reopened) -> Result<(), imap::Error> {
        match mailbox {
            Reopened::Nothing => self.open().await,
            Reopened::Replaced { .. } => {
                println!("its UIDs mean nothing any more: it was made anew");
                self.open().await
            }
            Reopened::Resynced(resynced) => {
                println!("{}: {} messages", self.mailbox, resynced.opened.exists);
                // Of messages that came meanwhile more is told below.
                let before_next =
                    |fetch: &&Fetch| fetch.uid().is_none_or(|uid| self.next.is_none_or(|next| uid < next));
                resynced.opened.changed.iter().filter(before_next).for_each(tell_flags);
                if !resynced.opened.vanished.is_empty() {
                    println!("of UIDs {} none is there", resynced.opened.vanished);
                }
                self.tell_new().await
            }
            Reopened::Refused { error, .. } => Err(error),
            _ => Ok(()),
        }
    }

    async fn open(&mut self) -> Result<(), imap::Error> {
        let select = Select::examine(&*self.mailbox);
        let opened = self.session.repeat(async |client| client.run(select.clone()).await).await?;
        println!("{}: {} messages", self.mailbox, opened.exists);
        self.next = opened.uid_next;
        Ok(())
    }

    async fn tell(&mut self, event: &Event) -> Result<(), imap::Error> {
        match event {
            Event::Exists { count, before } if count > before => self.tell_new().await?,
            Event::Exists { count, .. } => println!("{count} messages"),
            Event::Expunged { message, uid } => match uid {
                Some(uid) => println!("message {} (UID {uid}) is gone", message.get()),
                None => println!("message {} is gone", message.get()),
            },
            Event::Vanished { uids, .. } => println!("UIDs {uids} are gone"),
            Event::Fetch { fetch, .. } => tell_flags(fetch),
            Event::Alert { status } => println!("the server says: {}", status.to_string_lossy()),
            Event::UidValidityChanged { .. } => println!("its UIDs mean nothing any more"),
            _ => {}
        }
        Ok(())
    }

    /// Tells of messages that came since the last time. If the line breaks meanwhile, the rest is told in the next session.
    async fn tell_new(&mut self) -> Result<(), imap::Error> {
        let (next, told) = (&mut self.next, &mut self.told);
        self.session.repeat(async |client| tell_from(client, next, told).await).await
    }
}

async fn tell_from(client: &mut Client, next: &mut Option<Uid>, told: &mut usize) -> Result<(), imap::Error> {
    // Of a mailbox that could not be opened again the next news tell.
    let Some(first) = next.filter(|_| client.selected().is_some()) else { return Ok(()) };
    let mut rows = client.fetch(UidSet::starting_at(first), (Envelope, Flags)).await?;
    while let Some(row) = rows.try_next().await? {
        // `n:*` is the last message, even if there is none from n on.
        let Some(uid) = row.uid.filter(|uid| next.is_none_or(|next| *uid >= next)) else { continue };
        let (envelope, flags) = row.items;
        let subject = envelope.and_then(|envelope| envelope.subject).unwrap_or_default();
        println!("new: UID {uid} {} {}", flags.unwrap_or_default(), subject.to_str_lossy());
        *next = Uid::new(uid.get().saturating_add(1));
        *told += 1;
    }
    Ok(())
}

fn tell_flags(fetch: &Fetch) {
    let Some(flags) = fetch.flags() else { return };
    match (fetch.uid(), fetch.message) {
        (Some(uid), _) => println!("UID {uid} has flags {flags}"),
        (None, Message::Sequence(number)) => println!("message {number} has flags {flags}"),
        _ => {}
    }
}
