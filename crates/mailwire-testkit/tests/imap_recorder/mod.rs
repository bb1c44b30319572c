//! Plays a script to an IMAP server by the codec alone, and records what both say as the codec's tests read it.

use std::{
    collections::{BTreeSet, VecDeque},
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use bytes::BytesMut;
use mailwire_imap::{
    Command, Decoder, Limits, Quirks, Response,
    command::Body,
    encoder::{Abilities, Encoder, Literals, Part},
    frame::{Event, Frame, Framer},
    response::Data,
    response_code::Code,
    status::{Kind, Status},
};

#[path = "../../../mailwire-imap/tests/dialogue/mod.rs"]
#[allow(dead_code)]
pub(crate) mod dialogue;
pub(crate) mod mail;
mod script;

use dialogue::inspect;
use script::Step;

/// What came of a script.
pub(crate) struct Recording {
    /// The dialogue as in the codec's `tests/dialogues`.
    pub(crate) text: String,
    /// The first words of what the server has said.
    pub(crate) said: BTreeSet<String>,
    /// The octets of what holds something that nobody has registered.
    pub(crate) other: Vec<String>,
    /// The octets of what tolerance alone reads.
    pub(crate) tolerated: Vec<String>,
    /// The octets of what cannot be read.
    pub(crate) unreadable: Vec<String>,
    /// Commands that were answered otherwise than their tags say.
    pub(crate) surprises: Vec<String>,
    /// The UIDVALIDITY that was told last.
    validity: String,
    /// The URL that was told last.
    url: String,
}

/// What is expected of a recording.
pub(crate) struct Expected<'a> {
    /// What the server says at least once.
    pub(crate) said: &'a [&'a str],
    /// What holds something that nobody has registered: a part of each, and nothing else may.
    pub(crate) other: &'a [&'a str],
    /// What tolerance alone reads: a part of each, and nothing else may.
    pub(crate) tolerated: &'a [&'a str],
    /// What cannot be read: a part of each, and nothing else may.
    pub(crate) unreadable: &'a [&'a str],
}

/// Everything is read, written and read again, in pieces too, and what is odd is what is expected to be.
pub(crate) fn assert_read(recording: &Recording, expected: &Expected<'_>) {
    assert!(recording.surprises.is_empty(), "{:#?}", recording.surprises);
    let odd = [
        (&recording.unreadable, expected.unreadable),
        (&recording.other, expected.other),
        (&recording.tolerated, expected.tolerated),
    ];
    for (found, expected) in odd {
        for line in found {
            assert!(expected.iter().any(|part| line.contains(part)), "not expected: {line}");
        }
        for part in expected {
            assert!(found.iter().any(|line| line.contains(part)), "expected: {part}");
        }
    }
    for word in expected.said {
        assert!(recording.said.contains(*word), "{word}: {:?}", recording.said);
    }
    let report = dialogue::check(&recording.text);
    assert!(report.failures.is_empty(), "{:#?}", report.failures);
}

/// Plays `steps`; `script.rs` tells their forms.
pub(crate) fn record(port: u16, title: &str, steps: &[&str]) -> Recording {
    let mut recording = Recording {
        text: format!("# {title}\nrecorded\nstrict\n"),
        said: BTreeSet::new(),
        other: Vec::new(),
        tolerated: Vec::new(),
        unreadable: Vec::new(),
        surprises: Vec::new(),
        validity: String::new(),
        url: String::new(),
    };
    let mut session = None;
    let mut other = None;
    for step in script::steps(steps) {
        match step {
            Step::Open { title, literals } => {
                recording.text += &format!("\n# {title}\n");
                session = Some(Session::open(port, literals, &mut recording));
            }
            Step::Run { wire, replies } => {
                let session = session.as_mut().expect("a connection is opened first");
                let wire = &wire.replace("%VALIDITY%", &recording.validity).replace("%URL%", &recording.url);
                let answer = session.run(wire, replies, Some(&mut recording));
                if answer.starts_with("Ok") == wire.starts_with("no") {
                    recording.surprises.push(format!("{wire}: {answer}"));
                }
            }
            Step::Other(wire) => {
                let other = other.get_or_insert_with(|| Session::connect(port, Literals::Plus));
                let answer = other.run(wire, VecDeque::new(), None);
                assert!(answer.starts_with("Ok"), "{wire}: {answer}");
            }
            Step::Await(word) => {
                let session = session.as_mut().expect("a connection is opened first");
                while word_of(&session.response(Some(&mut recording))) != word {}
            }
            Step::Done => session.as_mut().expect("a connection is opened first").done(&mut recording),
        }
    }
    recording
}

impl Drop for Recording {
    /// Shown where a test fails. As a file in the codec's `tests/dialogues` it is a test without the server.
    fn drop(&mut self) {
        println!("{}", self.text);
    }
}

/// A connection that reads and writes by the codec alone.
struct Session {
    socket: TcpStream,
    framer: Framer,
    abilities: Abilities,
    input: BytesMut,
    /// The command that idles.
    idle: Option<Command>,
}

impl Session {
    fn open(port: u16, literals: Literals, recording: &mut Recording) -> Self {
        let mut session = Self::bare(port, literals);
        assert!(matches!(session.response(Some(recording)), Response::Data(Data::Status(_))));
        session
    }

    fn connect(port: u16, literals: Literals) -> Self {
        let mut session = Self::bare(port, literals);
        session.response(None);
        session
    }

    fn bare(port: u16, literals: Literals) -> Self {
        let socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut abilities = Abilities::default();
        (abilities.binary, abilities.literals) = (true, literals);
        let framer = Framer::responses(Limits::client(), Quirks::strict());
        Self { socket, framer, abilities, input: BytesMut::new(), idle: None }
    }

    fn response(&mut self, recording: Option<&mut Recording>) -> Response {
        loop {
            match self.framer.next_event(&mut self.input).unwrap() {
                Some(Event::Frame(frame)) => {
                    let response = self.decoder(Quirks::lenient()).response(frame.clone());
                    if let Some(recording) = recording {
                        let strict = self.decoder(Quirks::strict()).parse_response(&frame);
                        recording.response(&frame, &response, strict.as_ref() == Ok(&response));
                    }
                    return response;
                }
                Some(event) => panic!("{event:?}"),
                None => {
                    let mut buffer = [0; 4096];
                    let length = self.socket.read(&mut buffer).unwrap();
                    assert!(length > 0, "the server has closed the connection");
                    self.input.extend_from_slice(&buffer[..length]);
                }
            }
        }
    }

    /// Sends a command, as our encoder writes it, and reads up to its end; what it was answered with.
    fn run(
        &mut self,
        wire: &str,
        mut replies: VecDeque<&str>,
        mut recording: Option<&mut Recording>,
    ) -> String {
        let command = self.decoder(Quirks::strict()).command(wire.as_bytes());
        let command = command.unwrap_or_else(|error| panic!("{wire}: {error}"));
        let mut out = Encoder::client(self.abilities);
        command.encode(&mut out);
        let mut sent = Vec::new();
        for part in out.finish().unwrap() {
            match part {
                Part::Octets(octets) => {
                    self.socket.write_all(&octets).unwrap();
                    sent.extend_from_slice(&octets);
                }
                Part::Wait => {
                    if let Some(recording) = &mut recording {
                        recording.lines("C", sent.strip_suffix(b"\r\n").unwrap());
                    }
                    sent.clear();
                    match self.response(recording.as_deref_mut()) {
                        Response::Continue(_) => {}
                        Response::Tagged(_, status) => return format!("{:?} {}", status.kind, status.text),
                        response => panic!("{wire}: {response:?}"),
                    }
                }
                other => panic!("{other:?}"),
            }
        }
        if let Some(recording) = &mut recording {
            recording.lines("C", sent.strip_suffix(b"\r\n").unwrap());
        }
        loop {
            match self.response(recording.as_deref_mut()) {
                Response::Tagged(tag, status) if tag == command.tag => {
                    return format!("{:?} {}", status.kind, status.text);
                }
                Response::Continue(_) if command.body == Body::Idle => {
                    self.idle = Some(command);
                    return "Ok".into();
                }
                Response::Continue(_) => {
                    let reply = replies.pop_front().unwrap_or_else(|| panic!("{wire}: no reply"));
                    self.line(reply, recording.as_deref_mut());
                }
                Response::Data(Data::Enabled(capabilities)) => {
                    self.abilities.utf8 |= capabilities.has("UTF8=ACCEPT");
                }
                _ => {}
            }
        }
    }

    /// Ends an IDLE.
    fn done(&mut self, recording: &mut Recording) {
        let idle = self.idle.take().expect("a session that idles");
        self.line("DONE", Some(recording));
        loop {
            if let Response::Tagged(tag, status) = self.response(Some(recording)) {
                assert_eq!((tag, status.kind), (idle.tag, Kind::Ok));
                return;
            }
        }
    }

    fn line(&mut self, line: &str, recording: Option<&mut Recording>) {
        self.socket.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        if let Some(recording) = recording {
            recording.lines("C", line.as_bytes());
        }
    }

    fn decoder(&self, quirks: Quirks) -> Decoder {
        let mut decoder = Decoder::new(Limits::client(), quirks);
        decoder.set_utf8(self.abilities.utf8);
        decoder
    }
}

impl Recording {
    fn response(&mut self, frame: &Frame, response: &Response, is_strict: bool) {
        let shown = || frame.octets().escape_ascii().to_string();
        let mark = if matches!(response, Response::Unknown(_)) {
            self.unreadable.push(shown());
            "U"
        } else if inspect::unknown_in_response(response).is_some() {
            self.other.push(shown());
            "O"
        } else if !is_strict {
            self.tolerated.push(shown());
            "T"
        } else {
            "S"
        };
        match response {
            Response::Data(Data::Status(Status { code: Some(Code::UidValidity(validity)), .. })) => {
                self.validity = validity.to_string();
            }
            Response::Data(Data::GenUrlAuth(urls)) => {
                self.url = urls.iter().map(ToString::to_string).collect();
            }
            _ => {}
        }
        self.said.insert(word_of(response));
        self.lines(mark, frame.octets());
    }

    fn lines(&mut self, mark: &str, octets: &[u8]) {
        for line in octets.split(|octet| *octet == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            self.text += &format!("{mark}: ");
            for part in line.utf8_chunks() {
                for char in part.valid().chars() {
                    if char.is_control() || char == '\u{fffd}' {
                        self.hexadecimal(char.to_string().as_bytes());
                    } else {
                        self.text.push(char);
                    }
                }
                self.hexadecimal(part.invalid());
            }
            self.text += "\n";
        }
    }

    fn hexadecimal(&mut self, octets: &[u8]) {
        if !octets.is_empty() {
            let octets: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
            self.text += &format!("\\{{{}}}", octets.join(" "));
        }
    }
}

/// `Fetch` for a FETCH: the variant of what the server says.
fn word_of(response: &Response) -> String {
    let shown = match response {
        Response::Data(data) => format!("{data:?}"),
        other => format!("{other:?}"),
    };
    shown.split(['(', ' ']).next().unwrap_or_default().to_owned()
}
