//! A server that plays its part: one session, one mailbox, and no more commands than the example sends.

use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    thread::{self, JoinHandle},
};

use bytes::BytesMut;
use mailwire::imap::{
    Command, Decoder, Limits, Quirks,
    command::{Body, Messages},
    frame::{Event, Framer},
};

use crate::Failure;

/// The server, in a thread of its own.
pub(crate) struct Peer {
    address: SocketAddr,
    thread: JoinHandle<Result<(), Failure>>,
}

impl Peer {
    pub(crate) fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let thread = thread::spawn(move || serve(&mut listener.accept()?.0));
        Ok(Self { address, thread })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for the end of the session.
    pub(crate) fn join(self) -> Result<(), Failure> {
        self.thread.join().unwrap_or_else(|_| Err("the server of the demonstration has panicked".into()))
    }
}

/// One session, up to LOGOUT.
fn serve(stream: &mut TcpStream) -> Result<(), Failure> {
    let (limits, quirks) = (Limits::server(), Quirks::strict());
    let decoder = Decoder::new(limits.clone(), quirks);
    let mut framer = Framer::commands(limits, quirks);
    let mut input = BytesMut::new();
    let mut octets = [0; 4096];
    stream.write_all(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] the demonstration is ready\r\n")?;
    loop {
        while let Some(event) = framer.next_event(&mut input)? {
            let Event::Frame(frame) = event else { return Err("nothing here takes a literal".into()) };
            let command = decoder.command(frame)?;
            stream.write_all(answer(&command)?.as_bytes())?;
            if command.body == Body::Logout {
                return Ok(());
            }
        }
        match stream.read(&mut octets)? {
            0 => return Err("the client has gone".into()),
            length => input.extend_from_slice(&octets[..length]),
        }
    }
}

fn answer(command: &Command) -> Result<String, Failure> {
    let Command { tag, body } = command;
    let mut out = String::new();
    let expected = format!("\0{USER}\0{PASSWORD}");
    let end = match body {
        Body::Authenticate { .. } => match body.initial_response() {
            Some(said) if said.expose() == expected.as_bytes() => "OK [CAPABILITY IMAP4rev1] welcome",
            _ => "NO [AUTHENTICATIONFAILED] somebody else",
        },
        Body::Examine(_) => {
            write!(out, "* {COUNT} EXISTS\r\n* FLAGS ()\r\n* OK [UIDVALIDITY 1] ok\r\n")?;
            "OK [READ-ONLY] done"
        }
        Body::Fetch(fetch) => {
            if let Messages::Sequence(numbers) = &fetch.messages {
                for number in numbers.resolve(COUNT).numbers() {
                    write_row(&mut out, number.get())?;
                }
            }
            "OK done"
        }
        Body::Logout => {
            out.push_str("* BYE see you\r\n");
            "OK done"
        }
        _ => "BAD that is not in the script",
    };
    write!(out, "{tag} {end}\r\n")?;
    Ok(out)
}

/// Subjects come as quoted strings, literals, encoded words, and not at all.
fn write_row(out: &mut String, number: u32) -> Result<(), Failure> {
    let subject = match number % 5 {
        0 => "\"=?UTF-8?Q?Gr=C3=BC=C3=9Fe?= from afar\"".to_owned(),
        1 => "NIL".to_owned(),
        2 => {
            let subject = format!("\"quoted\" {number}");
            format!("{{{}}}\r\n{subject}", subject.len())
        }
        _ => format!("\"message {number}\""),
    };
    let day = number % 28 + 1;
    write!(
        out,
        "* {number} FETCH (UID {} INTERNALDATE \"{day:2}-Feb-2026 10:00:00 +0000\" \
         ENVELOPE (NIL {subject} NIL NIL NIL NIL NIL NIL NIL NIL))\r\n",
        number + 100
    )?;
    Ok(())
}

pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const USER: &str = "ann";
const COUNT: u32 = 25;
