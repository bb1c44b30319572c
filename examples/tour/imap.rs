//! IMAP: a client, and a server that plays a script.

use std::error::Error;

use mailwire::{
    imap::{
        Flag, Search, UidSet,
        client::{
            Session as _,
            command::{
                Append, Extension, Id, List, Noop, Select, Store,
                fetch::{Envelope, Flags},
            },
        },
        mailbox_status::Attribute,
        section::Section,
    },
    sasl::client::Credentials,
    tokio::imap::{Client, ClientConfig, Event, Handle, Security},
};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream};

use crate::explain;

/// What a mail program does on most days.
pub(crate) async fn tour() -> Result<(), Box<dyn Error>> {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let server = tokio::spawn(play(theirs));

    explain(
        "The client logs in by the strongest way that both sides know, says who it is, and enables what it can\n\
         use. Commands whose answers cannot be mixed up are on their way at once.",
    );
    let mut config = ClientConfig::default();
    // There is no TLS in a pipe in memory.
    config.security = Security::Plaintext;
    config.id = Id::new([("name", "tour")]).fields;
    config.enable = vec![Extension::Condstore];
    let mut client = Client::from_stream(ours, "localhost", config).await?;
    client.authenticate(Credentials::password("ann", "correct horse")).await?;
    client.set_up().await?;

    explain(
        "Which mailboxes are there, and how much is in them? This server has no LIST-STATUS, so it is asked for\n\
         each of them, and the answer says so.",
    );
    let list = client.list(List::new("*").with_status([Attribute::Messages])).await?;
    for listed in &list.listing.mailboxes {
        let messages = listed.status.as_ref().and_then(|status| status.messages);
        println!("      {}: {messages:?} messages", listed.mailbox.name());
    }
    println!("      by other means: {:?}", list.fallbacks);

    explain(
        "What is wanted of messages is a tuple of items, and each row has a tuple of answers. Rows are read as fast\n\
         as they are taken, and dropped at will.",
    );
    client.run(Select::new("INBOX")).await?;
    let mut rows = client.fetch(UidSet::all(), (Envelope, Flags)).await?;
    while let Some(row) = rows.try_next().await? {
        let (envelope, flags) = row.items;
        println!("      {:?} {:?} {flags:?}", row.uid, envelope.and_then(|envelope| envelope.subject));
    }
    drop(rows);

    explain("Messages are found, read in constant memory, and marked.");
    let found = client.search(Search::unseen()).await?;
    for uid in found.numbers() {
        let mut message = Vec::new();
        client.fetch_body(uid, Section::whole()).await?.copy_to(&mut message).await?;
        assert_eq!(message, MESSAGE.as_bytes(), "octet by octet, whatever it looks like");
    }
    client.store(Store::add(found, [Flag::Seen]).silent()).await?;

    explain("A new message is read from its source while it is sent.");
    let draft = Append::streamed("Drafts", MESSAGE.len() as u64).flags([Flag::Draft]);
    let appended = client.append_from(draft, MESSAGE.as_bytes()).await?;
    println!("      its UID is {:?}", appended.uid());

    explain("What happens from now on comes by IDLE, which is ended and begun again around other commands.");
    let mut idle = client.idle()?;
    if let Event::Exists { count, .. } = idle.next().await? {
        println!("      now there are {count}");
    }
    idle.client().run(Noop).await?;
    drop(idle);

    explain("Several tasks can share the connection. A lock keeps a mailbox selected for who needs it.");
    let handle = Handle::spawn(client);
    let other = handle.clone();
    tokio::try_join!(handle.run(Noop), other.run(Noop))?;
    let drafts = handle.lock("Drafts", "a look at the drafts").await?;
    println!("      {} in Drafts", drafts.selected().await?.map_or(0, |selected| selected.exists));
    drop(drafts);
    handle.logout().await?;
    Ok(server.await??)
}

/// The server: it expects these commands in this order, and says these answers.
async fn play(stream: DuplexStream) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] the tour's server\r\n").await?;
    for (expected, answer) in SCRIPT {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or_default();
        assert!(command.starts_with(expected), "{command} in place of {expected}");
        if command.ends_with('}') {
            stream.write_all(b"+ go on\r\n").await?;
            let mut message = vec![0; MESSAGE.len() + 2];
            stream.read_exact(&mut message).await?;
        }
        let answer = answer.replace("OCTETS", &format!("{{{}}}\r\n{MESSAGE}", MESSAGE.len()));
        stream.write_all(answer.as_bytes()).await?;
        if command == "IDLE" {
            // Until "DONE".
            stream.read_line(&mut String::new()).await?;
        }
        stream.write_all(format!("{tag} OK done\r\n").as_bytes()).await?;
    }
    Ok(())
}

/// Commands, or what they begin with, and what is said before the OK.
const SCRIPT: [(&str, &str); 19] = [
    ("AUTHENTICATE PLAIN", "* CAPABILITY IMAP4rev1 ID ENABLE CONDSTORE IDLE UIDPLUS ESEARCH\r\n"),
    ("ID (\"name\" \"tour\")", "* ID (\"name\" \"script\")\r\n"),
    ("ENABLE CONDSTORE", "* ENABLED CONDSTORE\r\n"),
    ("LIST \"\" *", "* LIST () \"/\" INBOX\r\n* LIST (\\Drafts) \"/\" Drafts\r\n"),
    ("STATUS INBOX (MESSAGES)", "* STATUS INBOX (MESSAGES 2)\r\n"),
    ("STATUS Drafts (MESSAGES)", "* STATUS Drafts (MESSAGES 0)\r\n"),
    ("SELECT INBOX", "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 10] ok\r\n"),
    (
        "UID FETCH 1:* (UID ENVELOPE FLAGS)",
        "* 1 FETCH (UID 4 FLAGS (\\Seen) ENVELOPE (NIL \"Lunch\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n\
         * 2 FETCH (UID 9 FLAGS () ENVELOPE (NIL \"No reply\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n",
    ),
    ("UID SEARCH RETURN (ALL) UNSEEN", "* ESEARCH UID ALL 9\r\n"),
    ("UID FETCH 9 (UID BODY.PEEK[])", "* 2 FETCH (UID 9 BODY[] OCTETS)\r\n"),
    ("UID STORE 9 +FLAGS.SILENT (\\Seen)", ""),
    ("APPEND Drafts (\\Draft) {", "* OK [APPENDUID 8 1] ok\r\n"),
    ("IDLE", "+ idling\r\n* 3 EXISTS\r\n"),
    ("NOOP", ""),
    ("IDLE", "+ idling\r\n"),
    ("NOOP", ""),
    ("NOOP", ""),
    ("SELECT Drafts", "* 1 EXISTS\r\n"),
    ("LOGOUT", "* BYE bye\r\n"),
];

/// A message that looks like the protocol.
const MESSAGE: &str = "Subject: No reply\r\n\r\n* BYE this is text\r\na1 OK and so is this\r\n";
