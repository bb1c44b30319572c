//! What an application asks of a client.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use arbitrary::Unstructured;
use bytes::Bytes;
use mailwire_imap_client::{
    Command, Server, Unsupported, Untagged,
    codec::{
        Command as Line, Decoder, Encoder, Limits, Quirks, Status,
        append::{Append, Message},
        command::Body,
        encoder::{Abilities, Part},
        fetch::Content,
        response::Data,
    },
};

/// A command that takes what its appetite says.
#[derive(Debug)]
pub struct Fold {
    /// What is sent.
    pub body: Body,
    /// Which responses it takes, and how long the literals are that it collects.
    pub appetite: u8,
    /// Whether nobody wants the answer, so that what was taken is forgotten.
    pub is_discarded: Arc<AtomicBool>,
}

/// What it took.
#[derive(Debug, Default)]
pub struct Folded {
    has_head: bool,
    octets: usize,
    responses: usize,
}

impl Command for Fold {
    type Output = Folded;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        if self.appetite & 8 != 0 {
            server.require("X-SOMETHING")?;
        }
        Ok(self.body.clone())
    }

    fn absorb(&self, data: Untagged, folded: &mut Folded) -> Option<Untagged> {
        let takes = |bit: u8| self.appetite & bit != 0;
        match data {
            Untagged::Head(Data::Fetch(_)) if takes(1) => folded.has_head = true,
            Untagged::Head(data) => return Some(Untagged::Head(data)),
            Untagged::Chunk(octets) => {
                let is_expected = folded.has_head || self.is_discarded.load(Ordering::Relaxed);
                assert!(is_expected && !octets.is_empty(), "a chunk without its head");
                folded.octets += octets.len();
            }
            Untagged::Data(data @ Data::Fetch(_)) if takes(2) => {
                let _ = data;
                folded.responses += 1;
            }
            data if takes(4) => {
                let _ = data;
                folded.responses += 1;
            }
            data => return Some(data),
        }
        None
    }

    fn finish(&self, status: &Status, folded: &mut Folded) {
        let _ = status.to_string_lossy();
        folded.responses += 1;
    }

    fn inline_literal(&self) -> Option<u64> {
        (self.appetite & 16 != 0).then_some(u64::from(self.appetite >> 5) * 4)
    }
}

/// A command of a table, an APPEND whose octets the application brings, or any that a program can make.
pub fn command(script: &mut Unstructured<'_>) -> Option<Body> {
    let kind = usize::from(octet(script));
    if let Some(text) = COMMANDS.get(kind) {
        let command = Decoder::new(Limits::client(), Quirks::strict()).command(Bytes::from_static(text));
        return Some(command.unwrap_or_else(|error| panic!("{error}: {}", text.escape_ascii())).body);
    }
    if kind < 128 {
        let lengths = (0..=kind % 3).map(|_| u64::from(octet(script)) * 20);
        let messages = lengths.map(|length| Message::new(Content::Streamed(length))).collect();
        return Some(Body::Append(Append { mailbox: "Sent".into(), messages }));
    }
    let body: Body = script.arbitrary().ok()?;
    let mut out = Encoder::client(Abilities::default());
    let tag = "a".parse().expect("a tag");
    Line { tag, body: body.clone() }.encode(&mut out);
    // A literal that waits must not look like a command.
    let is_plain = out.finish().is_ok_and(|parts| parts.iter().all(|part| matches!(part, Part::Octets(_))));
    is_plain.then_some(body)
}

/// The next decision; zero at the end.
pub fn octet(script: &mut Unstructured<'_>) -> u8 {
    if script.is_empty() { 0 } else { script.arbitrary().unwrap_or_default() }
}

/// What applications send. Seeds name them by their places, so new ones go to the end.
const COMMANDS: &[&[u8]] = &[
    b"a NOOP",
    b"a SELECT INBOX",
    b"a UID FETCH 1:* (UID FLAGS BODY.PEEK[])",
    b"a FETCH 1:3 (FLAGS)",
    b"a UID SEARCH UNSEEN",
    b"a UID SEARCH RETURN (ALL) UNSEEN",
    b"a STORE 1 +FLAGS (\\Seen)",
    b"a UID STORE 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,35,37,39 FLAGS.SILENT (\\Deleted)",
    b"a EXPUNGE",
    b"a UID EXPUNGE 1:9",
    b"a UID MOVE 1:9 Archive",
    b"a COPY 2 Archive",
    b"a CLOSE",
    b"a UNSELECT",
    b"a EXAMINE INBOX (CONDSTORE)",
    b"a SELECT INBOX (QRESYNC (1 2 1:9))",
    b"a ENABLE CONDSTORE QRESYNC IMAP4rev2 UTF8=ACCEPT UIDONLY",
    b"a UNAUTHENTICATE",
    b"a LOGOUT",
    b"a CAPABILITY",
    b"a LIST \"\" *",
    b"a STATUS INBOX (MESSAGES UIDNEXT HIGHESTMODSEQ)",
    b"a CREATE \"Entw&APw-rfe\"",
    b"a CREATE {3}\r\nx\ry",
    b"a ID (\"name\" {2}\r\n\xc3\xa4)",
    b"a NAMESPACE",
    b"a IDLE",
    b"a STARTTLS",
    b"a LOGIN a b",
    b"a AUTHENTICATE PLAIN",
    b"a COMPRESS DEFLATE",
    b"a SETMETADATA INBOX (/private/comment ~{2}\r\n\0x)",
    b"a FETCH * (UID ENVELOPE)",
    b"a GETQUOTAROOT INBOX",
];
