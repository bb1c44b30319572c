//! Finds messages, sorts them, or shows them as threads, whatever the server can do of that.
//!
//!     MAILWIRE_PASSWORD=secret cargo run --example imap_search -- --host imap.example.org --user ann UNSEEN FROM bob
//!
//! What is looked for is written as IMAP has it (RFC 9051 section 6.4.4): `SINCE 1-Feb-2026 OR SUBJECT lunch TEXT '"a pizza"'`.
//! What the server cannot do is done here, and told on standard error.

mod account;

use std::{collections::HashMap, error::Error as StdError, process::ExitCode};

use clap::{Parser, ValueEnum};
use mailwire::{
    imap::{
        Envelope, Mailbox, MailboxFilter, NumberList, PartialRange, Search, Uid, UidSet,
        client::{
            CommandError,
            command::{self, FoundBy, Live, MultiSearch, Select, Sort, SortedBy, fetch},
        },
        command::{Criterion, SortKey, ThreadAlgorithm},
        envelope,
    },
    tokio::imap::{Client, Connect as _, Error, Session as _},
};

use crate::account::Account;

#[derive(Parser)]
#[command(about = "Finds messages, sorts them, or shows them as threads")]
struct Arguments {
    #[command(flatten)]
    account: Account,
    /// In which mailbox.
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
    /// In all of the user's own mailboxes, counting what is found in each.
    #[arg(long, conflicts_with_all = ["mailbox", "sort", "threads", "follow", "newest"])]
    everywhere: bool,
    /// Says only how many messages are found.
    #[arg(long, conflicts_with_all = ["sort", "threads", "follow", "newest"])]
    count: bool,
    /// By what they are sorted; what is the same by the first is sorted by the second, and so on.
    #[arg(long, value_enum, value_name = "KEY")]
    sort: Vec<Key>,
    /// From the greatest to the least.
    #[arg(long, requires = "sort")]
    reverse: bool,
    /// Shows what answers what.
    #[arg(
        long,
        value_enum,
        value_name = "ALGORITHM",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "references"
    )]
    threads: Option<Algorithm>,
    /// Only the last so many of what is found, or of its order.
    #[arg(long, value_name = "N", conflicts_with = "threads")]
    newest: Option<u32>,
    /// Goes on, and tells what comes into the result and what goes out of it.
    #[arg(long, conflicts_with_all = ["sort", "threads"])]
    follow: bool,
    /// What is looked for; all messages if it is nothing.
    keys: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Key {
    Arrival,
    Cc,
    Date,
    DisplayFrom,
    DisplayTo,
    From,
    Size,
    Subject,
    To,
}

#[derive(Clone, Copy, ValueEnum)]
enum Algorithm {
    References,
    Refs,
    Subject,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match find(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let hint =
                if error.downcast_ref().is_some_and(Error::is_temporary) { "; later it may do" } else { "" };
            eprintln!("{error}{hint}");
            ExitCode::FAILURE
        }
    }
}

async fn find(arguments: &Arguments) -> Result<(), Box<dyn StdError>> {
    let keys = if arguments.keys.is_empty() { Search::all() } else { arguments.keys.join(" ").parse()? };
    let mut client = arguments.account.account(false)?.connect().await?;
    if arguments.everywhere {
        everywhere(&mut client, keys).await?;
        return Ok(client.logout().await?);
    }
    client.run(Select::examine(&*arguments.mailbox)).await?;
    match arguments.threads {
        Some(algorithm) => threads(&mut client, algorithm, keys).await?,
        None if arguments.follow => follow(&mut client, keys).await?,
        None if !arguments.sort.is_empty() => sorted(&mut client, arguments, keys).await?,
        None => found(&mut client, arguments, keys).await?,
    }
    Ok(client.logout().await?)
}

async fn found(client: &mut Client, arguments: &Arguments, keys: Search) -> Result<(), Error> {
    let mut search = command::Search::uid(keys);
    search.returns.count = arguments.count;
    search.returns.partial = last(arguments.newest);
    let found = client.search_with(search).await?;
    if found.by == FoundBy::Search {
        eprintln!("the server has no ESEARCH: it told all of what it found");
    }
    if arguments.count {
        println!("{}", found.count.unwrap_or_default());
        return Ok(());
    }
    let uids = found.partial.unwrap_or(found.all);
    let lines = lines(client, &uids).await?;
    uids.numbers().filter_map(|uid| lines.get(&uid)).for_each(|line| println!("{line}"));
    Ok(())
}

async fn sorted(client: &mut Client, arguments: &Arguments, keys: Search) -> Result<(), Error> {
    let criterion = |key: &Key| Criterion { reverse: arguments.reverse, key: (*key).into() };
    let mut sort = Sort::uid(arguments.sort.iter().map(criterion), keys);
    sort.returns.partial = last(arguments.newest);
    let sorted = client.sort_with(sort).await?;
    tell_who(sorted.by, &sorted.incomparable);
    let order: NumberList<Uid> = sorted.partial.unwrap_or(sorted.order);
    let lines = lines(client, &order.to_set()).await?;
    order.numbers().filter_map(|uid| lines.get(&uid)).for_each(|line| println!("{line}"));
    Ok(())
}

async fn threads(client: &mut Client, algorithm: Algorithm, keys: Search) -> Result<(), Error> {
    let threads = client.thread(algorithm.into(), keys).await?;
    tell_who(threads.by, &threads.incomparable);
    let lines = lines(client, &threads.forest.messages().collect()).await?;
    for node in threads.forest.nodes() {
        let line = node.message.and_then(|uid| lines.get(&uid)).map_or("(not there)", String::as_str);
        println!("{}{line}", "  ".repeat(node.depth.min(20)));
    }
    Ok(())
}

/// What is found in each mailbox: by one command, or one by one.
async fn everywhere(client: &mut Client, keys: Search) -> Result<(), Error> {
    let search = MultiSearch::new([MailboxFilter::Personal], keys.clone()).count();
    match client.run(search).await {
        Ok(found) => {
            for one in found.mailboxes {
                tell_count(one.mailbox.as_ref(), one.found.count);
            }
        }
        Err(Error::Command(CommandError::Unsupported(_))) => {
            eprintln!("the server cannot search in several mailboxes: they are opened one by one");
            for row in client.list("*").await?.listing.mailboxes {
                // Some have no messages but mailboxes below them alone.
                if client.run(Select::examine(row.mailbox.clone())).await.is_ok() {
                    let found = client.search_with(command::Search::uid(keys.clone()).count()).await?;
                    tell_count(Some(&row.mailbox), found.count);
                }
            }
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Tells what changes: by the server, or by another search whenever something happens.
async fn follow(client: &mut Client, keys: Search) -> Result<(), Error> {
    let search = command::Search::uid(keys.clone()).update();
    let live = match client.run(search).await {
        Ok(found) => found.live(),
        Err(Error::Command(CommandError::Unsupported(_))) => None,
        Err(error) => return Err(error),
    };
    if live.is_none() {
        eprintln!("the server does not tell what changes: it is asked whenever something happens");
    }
    let set = |live: &Live<Uid>| live.set().cloned().unwrap_or_default();
    let mut known = UidSet::new();
    let mut now = match &live {
        Some(live) => set(live),
        None => client.search(keys.clone()).await?,
    };
    let mut live = live;
    loop {
        for uid in known.difference(&now).numbers() {
            println!("- {uid}");
        }
        let lines = lines(client, &now.difference(&known)).await?;
        now.numbers().filter_map(|uid| lines.get(&uid)).for_each(|line| println!("+ {line}"));
        known = now;
        client.watch(true)?;
        let event = client.next_event().await?;
        now = match &mut live {
            Some(live) => {
                live.handle(&event);
                set(live)
            }
            None => client.search(keys.clone()).await?,
        };
    }
}

/// A line for each message.
async fn lines(client: &mut Client, uids: &UidSet) -> Result<HashMap<Uid, String>, Error> {
    let mut lines = HashMap::new();
    if uids.is_empty() {
        return Ok(lines);
    }
    let mut rows = client.fetch(uids.clone(), (fetch::Envelope, fetch::Size)).await?;
    while let Some(row) = rows.try_next().await? {
        let (envelope, size) = row.items;
        if let Some(uid) = row.uid {
            lines.insert(uid, line(uid, &envelope.unwrap_or_default(), size.unwrap_or_default()));
        }
    }
    Ok(lines)
}

fn line(uid: Uid, told: &Envelope, size: u64) -> String {
    let subject = told.decoded_subject().unwrap_or_default();
    let date = told.date.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{uid:>6} {size:>8}  {date}  {}  {subject}", envelope::show(&told.from))
}

fn last(count: Option<u32>) -> Option<PartialRange> {
    PartialRange::from_end(1, count?)
}

fn tell_who(by: SortedBy, incomparable: &UidSet) {
    if by == SortedBy::Client {
        eprintln!("the server cannot do this: it is done here");
    }
    if !incomparable.is_empty() {
        eprintln!("these could not be compared: {incomparable}");
    }
}

fn tell_count(mailbox: Option<&Mailbox>, count: Option<u32>) {
    if let Some(count) = count.filter(|count| *count > 0) {
        println!("{count:>6}  {}", mailbox.map(Mailbox::name).unwrap_or_default());
    }
}

impl From<Key> for SortKey {
    fn from(key: Key) -> Self {
        match key {
            Key::Arrival => Self::Arrival,
            Key::Cc => Self::Cc,
            Key::Date => Self::Date,
            Key::DisplayFrom => Self::DisplayFrom,
            Key::DisplayTo => Self::DisplayTo,
            Key::From => Self::From,
            Key::Size => Self::Size,
            Key::Subject => Self::Subject,
            Key::To => Self::To,
        }
    }
}

impl From<Algorithm> for ThreadAlgorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::References => Self::References,
            Algorithm::Refs => Self::Refs,
            Algorithm::Subject => Self::OrderedSubject,
        }
    }
}
