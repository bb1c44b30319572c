//! What Dovecot says to every command that it supports, read by our codec: nothing of it is unknown.
#![cfg(feature = "peers")]

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::TcpStream,
};

use bytes::BytesMut;
use mailwire::imap::{
    Command, Decoder, Limits, Quirks, Response,
    command::Body,
    encoder::{Abilities, Encoder, Part},
    frame::{Event, Framer},
    response::Data,
};
use mailwire_testkit::peers::{Dovecot, Protocol, Settings};

/// A connection that reads and writes by the codec alone.
struct Connection {
    socket: TcpStream,
    framer: Framer,
    decoder: Decoder,
    abilities: Abilities,
    input: BytesMut,
    /// The first words of what the server has said.
    said: BTreeSet<String>,
    /// The dialogue as in the codec's `tests/dialogues`.
    transcript: String,
}

impl Connection {
    fn open(server: &Dovecot) -> Self {
        let mut abilities = Abilities::default();
        abilities.binary = true;
        let mut connection = Self {
            socket: TcpStream::connect(("127.0.0.1", server.port(Protocol::Imap))).unwrap(),
            framer: Framer::responses(Limits::client(), Quirks::strict()),
            decoder: Decoder::new(Limits::client(), Quirks::lenient()),
            abilities,
            input: BytesMut::new(),
            said: BTreeSet::new(),
            transcript: String::new(),
        };
        assert!(matches!(connection.response(), Response::Data(Data::Status(_))));
        connection
    }

    /// The next response, which is never unknown.
    fn response(&mut self) -> Response {
        loop {
            match self.framer.next_event(&mut self.input).unwrap() {
                Some(Event::Frame(frame)) => {
                    self.record("S", frame.octets());
                    let response = self.decoder.response(frame.clone());
                    let shown = format!("{response:?}");
                    assert!(!matches!(response, Response::Unknown(_)), "{shown}");
                    for bad in ["Invalid {", "Invalid(", "Other(", "Other {"] {
                        assert!(!shown.contains(bad), "{}: {shown}", frame.octets().escape_ascii());
                    }
                    if let Response::Data(data) = &response {
                        self.said.insert(format!("{data:?}").split(['(', ' ']).next().unwrap().to_owned());
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
    fn run(&mut self, wire: &str) -> String {
        let command = Decoder::new(Limits::client(), Quirks::strict());
        let mut decoder = command;
        decoder.set_utf8(self.abilities.utf8);
        let command = decoder.command(wire.as_bytes()).unwrap_or_else(|error| panic!("{wire}: {error}"));
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
                    self.record("C", sent.strip_suffix(b"\r\n").unwrap());
                    sent.clear();
                    let response = self.response();
                    assert!(matches!(response, Response::Continue(_)), "{wire}: {response:?}");
                }
                other => panic!("{other:?}"),
            }
        }
        self.record("C", sent.strip_suffix(b"\r\n").unwrap());
        self.end(&command)
    }

    fn end(&mut self, command: &Command) -> String {
        loop {
            match self.response() {
                Response::Tagged(tag, status) if tag == command.tag => {
                    return format!("{:?} {}", status.kind, status.text);
                }
                Response::Continue(_) if matches!(command.body, Body::Idle) => {
                    self.record("C", b"DONE");
                    self.socket.write_all(b"DONE\r\n").unwrap();
                }
                Response::Data(Data::Enabled(capabilities)) => {
                    let is_utf8 = capabilities.has("UTF8=ACCEPT");
                    self.decoder.set_utf8(is_utf8);
                    self.abilities.utf8 = is_utf8;
                }
                _ => {}
            }
        }
    }

    fn record(&mut self, side: &str, octets: &[u8]) {
        for line in octets.split(|octet| *octet == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            self.transcript += &format!("{side}: ");
            for part in line.utf8_chunks() {
                for char in part.valid().chars() {
                    if char.is_control() || char == '\u{fffd}' {
                        let octets: Vec<String> =
                            char.to_string().bytes().map(|octet| format!("{octet:02x}")).collect();
                        self.transcript += &format!("\\{{{}}}", octets.join(" "));
                    } else {
                        self.transcript.push(char);
                    }
                }
                if !part.invalid().is_empty() {
                    let octets: Vec<String> =
                        part.invalid().iter().map(|octet| format!("{octet:02x}")).collect();
                    self.transcript += &format!("\\{{{}}}", octets.join(" "));
                }
            }
            self.transcript += "\n";
        }
    }
}

/// Mail of the kinds that there are.
fn messages() -> Vec<Vec<u8>> {
    let mixed = "From: \"Ann \\\"the\\\" Nonymous\" <ann@example.org>, undisclosed: ;\nTo: Bob <bob@example.org>, =?utf-8?q?J=C3=BCrgen?= <j@example.org>\n\
        Cc: team: a@example.org, b@example.org;\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= and a \"quote\"\nDate: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\n\
        Message-ID: <1@example.org>\nIn-Reply-To: <0@example.org> <00@example.org>\nReferences: <0@example.org>\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=\"outer\"\n\npreamble\n--outer\nContent-Type: multipart/alternative; boundary=inner\n\n\
        --inner\nContent-Type: text/plain; charset=utf-8; format=flowed\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe\n\
        --inner\nContent-Type: text/html; charset=utf-8\nContent-Language: de, en\n\n<p>Hello</p>\n--inner--\n--outer\n\
        Content-Type: application/pdf; name=\"a \\\"b\\\".pdf\"\nContent-Disposition: attachment; filename*=utf-8''na%C3%AFve.pdf; size=3\n\
        Content-ID: <part@example.org>\nContent-Description: a file\nContent-Transfer-Encoding: base64\nContent-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\n\
        Content-Location: http://example.org/a.pdf\n\nYWJj\n--outer\nContent-Type: message/rfc822\n\nFrom: c@example.org\nSubject: within\n\nwithin\n--outer--\n";
    vec![
        b"Subject: plain\nFrom: a@example.org\nDate: 1 Jan 2020 00:00:00 GMT\nMessage-ID: <0@example.org>\n\nhello\n".to_vec(),
        mixed.as_bytes().to_vec(),
        b"Subject: 8 bit \xE9\xFF\nFrom: \xC3\xA9 <e@example.org>\n\n\xE9\xFF\n".to_vec(),
        b"\n".to_vec(),
        [&b"Subject: "[..], &b"long ".repeat(300), b"\nFrom: <>\nTo: @route:x@example.org\nDate: nonsense\n\nbody\n"].concat(),
    ]
}

#[test]
fn everything_that_dovecot_says_is_read() {
    let settings = Settings::default().user("ann", "secret").lines(PLUGINS);
    let server = Dovecot::start(settings).unwrap();
    messages().iter().for_each(|message| server.deliver("ann", message).unwrap());
    let mut connection = Connection::open(&server);
    let mut refused = Vec::new();
    for wire in COMMANDS {
        let answer = connection.run(wire);
        if !answer.starts_with("Ok") {
            refused.push(format!("{wire}: {answer}"));
        }
    }
    // Shown if the test fails. As a file in the codec's `tests/dialogues` it is a test without Dovecot.
    println!("{}", connection.transcript);
    // What is refused is refused on purpose: its tag says so.
    let unexpected: Vec<_> = refused.iter().filter(|answer| !answer.starts_with("no")).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    for data in [
        "Acl",
        "Capability",
        "ESearch",
        "Enabled",
        "Exists",
        "Expunge",
        "Fetch",
        "Flags",
        "GenUrlAuth",
        "Id",
        "List",
        "ListRights",
        "Lsub",
        "MailboxStatus",
        "Metadata",
        "MyRights",
        "Namespace",
        "Quota",
        "QuotaRoot",
        "Recent",
        "Search",
        "Sort",
        "Status",
        "Thread",
        "UrlFetch",
        "Vanished",
    ] {
        assert!(connection.said.contains(data), "{data}: {:?}", connection.said);
    }
}

const PLUGINS: &str = "
mail_plugins = $mail_plugins acl quota
mail_attribute_dict = file:%h/attributes
protocol imap {
  mail_plugins = $mail_plugins imap_acl imap_quota
  imap_metadata = yes
  imap_urlauth_host = localhost
}
plugin {
  acl = vfile
  quota = maildir:User quota
  quota_rule = *:storage=1G
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    special_use = \\Sent
    auto = subscribe
  }
  mailbox Trash {
    special_use = \\Trash
    auto = create
  }
}
";

/// Those whose tag starts with `no` are refused.
const COMMANDS: &[&str] = &[
    "c1 CAPABILITY",
    "no1 LOGIN ann wrong",
    "no2 SELECT INBOX",
    "a1 LOGIN ann secret",
    "a2 ID (\"name\" \"mailwire\")",
    "a3 NAMESPACE",
    "a4 ENABLE CONDSTORE",
    "a5 LIST \"\" *",
    "a6 LIST (SPECIAL-USE) \"\" * RETURN (SUBSCRIBED CHILDREN STATUS (MESSAGES UNSEEN UIDNEXT HIGHESTMODSEQ SIZE))",
    "a7 CREATE Entw&APw-rfe",
    "a8 CREATE \"a b/c\"",
    "a9 SUBSCRIBE \"a b/c\"",
    "a10 LSUB \"\" *",
    "a11 LIST \"\" (INBOX %) RETURN (SPECIAL-USE)",
    "a12 RENAME \"a b/c\" \"d (e)\"",
    "a13 STATUS INBOX (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ SIZE)",
    "no3 STATUS Nowhere (MESSAGES)",
    "a14 SELECT INBOX (CONDSTORE)",
    "a15 FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)",
    "a16 FETCH 1:* (BODYSTRUCTURE MODSEQ)",
    "a17 FETCH 1:* BODY",
    "a18 UID FETCH 1:* (BODY.PEEK[] BODY.PEEK[HEADER] BODY.PEEK[TEXT])",
    "a19 FETCH 2 (BODY.PEEK[1.2.MIME] BODY.PEEK[2] BODY.PEEK[3.HEADER] BODY.PEEK[3.TEXT] BODY.PEEK[HEADER.FIELDS (SUBJECT DATE)])",
    "a20 FETCH 2 (BODY.PEEK[]<0.10> BODY.PEEK[HEADER.FIELDS.NOT (RECEIVED)]<5.20> BINARY.PEEK[1.1] BINARY.SIZE[2])",
    "a21 FETCH 1 (RFC822 RFC822.HEADER RFC822.TEXT)",
    "a22 FETCH 1:* (PREVIEW SAVEDATE)",
    "a23 STORE 1 +FLAGS (\\Flagged $Forwarded work)",
    "a24 UID STORE 2 (UNCHANGEDSINCE 1) +FLAGS.SILENT (\\Seen)",
    "a25 SEARCH UNSEEN",
    "a26 UID SEARCH RETURN (MIN MAX COUNT ALL) OR FROM ann SUBJECT plain",
    "a27 SEARCH RETURN (SAVE) LARGER 10",
    "a28 FETCH $ UID",
    "a29 SEARCH CHARSET UTF-8 SUBJECT {7+}\r\nGrüße",
    "a30 SEARCH MODSEQ 1",
    "a31 UID SEARCH RETURN (PARTIAL 1:2) ALL",
    "no4 SEARCH CHARSET X-NONE TEXT a",
    "a32 SORT (REVERSE DATE) UTF-8 ALL",
    "a33 UID SORT RETURN (ALL COUNT) (SUBJECT ARRIVAL) UTF-8 ALL",
    "a34 THREAD REFERENCES UTF-8 ALL",
    "a35 UID THREAD REFS UTF-8 ALL",
    "a36 COPY 1:2 Trash",
    "a37 UID MOVE 5 Trash",
    "a38 APPEND INBOX (\\Seen) \" 7-Feb-1994 21:52:25 -0800\" {26+}\r\nSubject: appended\r\n\r\nhello",
    "a39 APPEND INBOX {20+}\r\nSubject: one\r\n\r\nbody {20+}\r\nSubject: two\r\n\r\nbody",
    "a40 APPEND INBOX CATENATE (TEXT {18+}\r\nSubject: three\r\n\r\n URL \"/INBOX/;UID=2\")",
    "a41 APPEND INBOX ~{24+}\r\nSubject: four\r\n\r\nbody\r\nx",
    "a42 IDLE",
    "a43 STORE 1 +FLAGS.SILENT (\\Deleted)",
    "a44 UID EXPUNGE 1",
    "a45 EXPUNGE",
    "a46 CHECK",
    "a47 GETQUOTAROOT INBOX",
    "a48 GETQUOTA \"User quota\"",
    "a49 GETACL INBOX",
    "a50 MYRIGHTS INBOX",
    "a51 LISTRIGHTS INBOX bob",
    "a52 SETACL INBOX bob lrs",
    "a53 DELETEACL INBOX bob",
    "a54 SETMETADATA INBOX (/private/comment \"a \\\"comment\\\"\")",
    "a55 GETMETADATA INBOX /private/comment",
    "a56 GETMETADATA (DEPTH infinity) INBOX (/private /shared)",
    "a57 GENURLAUTH \"imap://ann@localhost/INBOX/;UID=2;URLAUTH=anonymous\" INTERNAL",
    "a58 URLFETCH \"imap://ann@localhost/INBOX/;UID=2;URLAUTH=anonymous:internal:00000000000000000000000000000000000000000000\"",
    "a59 RESETKEY",
    "a60 NOTIFY SET STATUS (selected (MessageNew (UID FLAGS) MessageExpunge FlagChange)) (subscribed (MessageNew MessageExpunge))",
    "a61 NOTIFY NONE",
    "a62 UNSELECT",
    "a63 ENABLE QRESYNC",
    "a64 SELECT INBOX (QRESYNC (1 1 1:100))",
    "a65 UID FETCH 1:* FLAGS (CHANGEDSINCE 1 VANISHED)",
    "a66 STORE * +FLAGS (\\Deleted)",
    "a67 EXPUNGE",
    "no5 FETCH 999 FLAGS",
    "a68 CLOSE",
    "a69 EXAMINE INBOX",
    "no6 STORE 1 +FLAGS (\\Seen)",
    "a70 DELETE \"d (e)\"",
    "no7 DELETE Nowhere",
    "a71 UNSUBSCRIBE \"a b/c\"",
    "a72 NOOP",
    "a73 LOGOUT",
];
