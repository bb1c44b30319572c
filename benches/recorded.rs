//! A server on the loopback that says always the same, as the client's commands come.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use crate::mail;

/// What the server says to the two commands that are measured.
struct Recording {
    count: usize,
    bodies: Vec<u8>,
    structures: Vec<u8>,
}

/// Serves a mailbox of `count` messages of about `size` octets, one connection after the other, and tells on which port.
pub(crate) fn serve(count: usize, size: usize) -> io::Result<u16> {
    let mut recording = Recording { count, bodies: Vec::new(), structures: Vec::new() };
    for number in 1..=count {
        mail::body_response(number, size, &mut recording.bodies);
        mail::structure_response(number, size, &mut recording.structures);
    }
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let port = listener.local_addr()?.port();
    let recording = Arc::new(recording);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that leaves too early fails by itself.
            let _ = session(&recording, &stream);
        }
    });
    Ok(port)
}

fn session(recording: &Recording, mut stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.write_all(format!("* OK [CAPABILITY {CAPABILITIES}] ready\r\n").as_bytes())?;
    for line in BufReader::new(stream).lines() {
        let line = line?.to_ascii_uppercase();
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        let mut answer = Vec::new();
        let word = command.trim_start_matches("UID ").split(' ').next().unwrap_or_default();
        match word {
            "CAPABILITY" => answer.extend_from_slice(format!("* CAPABILITY {CAPABILITIES}\r\n").as_bytes()),
            "EXAMINE" | "SELECT" => answer.extend_from_slice(selected(recording.count).as_bytes()),
            "FETCH" if command.contains("ENVELOPE") => stream.write_all(&recording.structures)?,
            "FETCH" => stream.write_all(&recording.bodies)?,
            "LOGOUT" => answer.extend_from_slice(b"* BYE\r\n"),
            _ => {}
        }
        answer.extend_from_slice(format!("{tag} OK {word} completed\r\n").as_bytes());
        stream.write_all(&answer)?;
    }
    Ok(())
}

fn selected(count: usize) -> String {
    format!(
        "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded)\r\n* OK [PERMANENTFLAGS ()] fixed\r\n\
         * {count} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1770000000] valid\r\n* OK [UIDNEXT {}] next\r\n",
        count + 1
    )
}

const CAPABILITIES: &str = "IMAP4rev1 SASL-IR AUTH=PLAIN";
