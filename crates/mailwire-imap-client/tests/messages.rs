//! Commands about messages as dialogues: a server that a script speaks for, in pieces of any size.

use std::{collections::VecDeque, time::Duration};

use bytes::{Bytes, BytesMut};
use mailwire_imap_client::{
    Command, CommandError, Config, Connection, Error, Event, Ticket,
    codec::{Code, Flag, ModSeq, Uid, UidSet, convert, section::Section},
    command::{
        Append, Convert, Copy, Fetch, FetchBody, Move, Select, Store,
        fetch::{Body, BodyStructure, Envelope, Flags, InternalDate, Invalid, Size},
    },
};

const NOW: Duration = Duration::ZERO;

/// A server. `%` at the start of a line that it says is the tag of the oldest command that it has not answered.
struct Peer {
    connection: Connection,
    input: BytesMut,
    tags: VecDeque<String>,
    /// How many octets come at once.
    piece: usize,
    events: Vec<Event>,
}

impl Peer {
    /// A session with a mailbox of three messages.
    fn new(capabilities: &str, config: Config) -> Self {
        let (connection, input) = (Connection::new(NOW, config), BytesMut::new());
        let mut peer =
            Self { connection, input, tags: VecDeque::new(), piece: usize::MAX, events: Vec::new() };
        peer.says(&format!("* PREAUTH [CAPABILITY IMAP4rev1 {capabilities}] hello\r\n"));
        peer.send(Select::new("INBOX"));
        peer.hears("SELECT INBOX\r\n");
        peer.says("* 3 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n% OK [READ-WRITE] done\r\n");
        peer.events.clear();
        peer
    }

    fn send<C: Command>(&mut self, command: C) -> Ticket<C> {
        self.connection.send(NOW, command).unwrap()
    }

    /// What has left, without tags.
    fn sent(&mut self) -> String {
        let octets = std::iter::from_fn(|| self.connection.poll_transmit()).flatten().collect();
        let (text, mut sent) = (String::from_utf8(octets).unwrap(), String::new());
        for line in text.split_inclusive("\r\n") {
            match line.split_once(' ') {
                Some((tag, rest)) if tag.len() == 8 => {
                    self.tags.push_back(tag.into());
                    sent.push_str(rest);
                }
                _ => sent.push_str(line),
            }
        }
        sent
    }

    #[track_caller]
    fn hears(&mut self, text: &str) {
        assert_eq!(self.sent(), text);
    }

    fn says(&mut self, text: &str) {
        self.says_until(text, |_| {}).unwrap();
    }

    /// Says it in pieces, with a look at the client after each.
    fn says_until(&mut self, text: &str, mut look: impl FnMut(&mut Connection)) -> Result<(), Error> {
        let mut wire = String::new();
        for line in text.split_inclusive("\r\n") {
            match line.strip_prefix('%') {
                Some(rest) => wire.extend([&self.tags.pop_front().unwrap(), rest]),
                None => wire.push_str(line),
            }
        }
        for piece in wire.as_bytes().chunks(self.piece) {
            self.input.extend_from_slice(piece);
            self.connection.handle_input(NOW, &mut self.input)?;
            look(&mut self.connection);
            self.events.extend(std::iter::from_fn(|| self.connection.poll_event()));
        }
        Ok(())
    }

    fn answer<C: Command>(&mut self, ticket: &Ticket<C>) -> C::Output {
        self.connection.take(ticket).unwrap().unwrap()
    }

    /// Events beside completions, in a few words.
    fn news(&mut self) -> Vec<String> {
        let short = |event: Event| match event {
            Event::Completed { .. } => None,
            Event::Exists { count, .. } => Some(format!("exists {count}")),
            Event::Expunged { message, .. } => Some(format!("expunged {message}")),
            Event::Fetch { fetch, uid } => Some(format!(
                "fetch {} {:?}",
                uid.map_or(0, Uid::get),
                fetch.flags().map(ToString::to_string)
            )),
            other => Some(format!("{other:?}")),
        };
        self.events.drain(..).filter_map(short).collect()
    }
}

fn uids(set: &str) -> UidSet {
    set.parse().unwrap()
}

fn pieces() -> [usize; 6] {
    [1, 2, 3, 7, 64, usize::MAX]
}

#[test]
fn rows_are_taken_while_the_command_runs() {
    let text: String = (1..=50)
        .map(|uid| {
            format!(
                "* {uid} FETCH (UID {uid} FLAGS (\\Seen) BODY[] {{6}}\r\na{uid:02}\r\n\0 RFC822.SIZE 6)\r\n"
            )
            .replace('\0', "z")
        })
        .collect();
    for piece in pieces() {
        let mut peer = Peer::new("", Config::default());
        let fetch = peer.send(Fetch::new(uids("1:50"), (Flags, Size, Body::whole())));
        peer.hears("UID FETCH 1:50 (UID FLAGS RFC822.SIZE BODY.PEEK[])\r\n");
        peer.piece = piece;
        let (mut taken, mut most) = (Vec::new(), 0);
        let mut look = |connection: &mut Connection| {
            if let Some(fetched) = connection.output(&fetch) {
                most = most.max(fetched.rows.len());
                taken.extend(fetched.rows.drain(..));
            }
        };
        peer.says_until(&text, &mut look).unwrap();
        peer.says("% OK done\r\n");
        assert!(peer.answer(&fetch).rows.is_empty());
        assert_eq!((taken.len(), piece < 10 && most > 1), (50, false), "{piece}");
        for (row, uid) in taken.iter().zip(1..) {
            let (flags, size, octets) = &row.items;
            assert_eq!((row.uid, *size), (Uid::new(uid), Some(6)));
            assert!(flags.as_ref().unwrap().contains(&Flag::Seen));
            assert_eq!(octets.as_ref().unwrap(), format!("a{uid:02}\r\nz").as_str());
        }
        assert!(peer.news().is_empty());
    }
}

/// What nobody asked for comes as events, whenever it comes.
#[test]
fn news_in_the_middle() {
    for piece in pieces() {
        let mut peer = Peer::new("", Config::default());
        let fetch = peer.send(Fetch::new(uids("4:6"), (Size, Body::text().seen())));
        peer.piece = piece;
        peer.hears("UID FETCH 4:6 (UID RFC822.SIZE BODY[TEXT])\r\n");
        peer.says(concat!(
            "* 1 FETCH (UID 4 RFC822.SIZE 7 BODY[TEXT] {2}\r\nhi FLAGS (\\Seen))\r\n",
            "* 4 EXISTS\r\n",
            "* 3 FETCH (UID 9 FLAGS (\\Deleted))\r\n",
            "* 3 EXPUNGE\r\n",
            "* 1 FETCH (FLAGS (\\Flagged))\r\n",
            "* 2 FETCH (BODY[TEXT] \"ho\" UID 5)\r\n",
            "* 2 FETCH (RFC822.SIZE 8 UID 5)\r\n",
            "% OK done\r\n",
        ));
        let expected = [
            "fetch 4 Some(\"(\\\\Seen)\")",
            "exists 4",
            "fetch 9 Some(\"(\\\\Deleted)\")",
            "expunged 3",
            "fetch 4 Some(\"(\\\\Flagged)\")",
        ];
        assert_eq!(peer.news(), expected);
        let rows: Vec<_> = peer.answer(&fetch).rows.into_iter().map(|row| row.items).collect();
        assert_eq!(rows, [(Some(7), Some("hi".into())), (Some(8), Some("ho".into()))]);
    }
}

#[test]
fn many_uids_go_in_several_commands() {
    let mut config = Config::default();
    config.line = 100;
    let odd: UidSet = (1..100).step_by(2).filter_map(Uid::new).collect();
    let mut peer = Peer::new("CONDSTORE UIDPLUS", config);
    let since = ModSeq::new(9).unwrap();
    let store = peer.send(Store::add(odd.clone(), [Flag::Seen]).unchanged_since(since));
    let mut lines = 0;
    loop {
        let line = peer.sent();
        let Some(first) = line.strip_prefix("UID STORE ") else { break };
        lines += 1;
        let first = first.split([',', ' ']).next().unwrap();
        peer.says(&format!("* 1 FETCH (UID {first} FLAGS (\\Seen) MODSEQ (10))\r\n"));
        peer.says(&format!("% OK [MODIFIED {first}] conditional\r\n"));
    }
    let stored = peer.answer(&store);
    assert!(lines > 2);
    assert_eq!((stored.rows.len(), stored.modified.len()), (lines, Some(lines as u64)));

    let copy = peer.send(Copy::new(odd, "a"));
    let mut copies = 0;
    while let Some(line) = peer.sent().strip_prefix("UID COPY ") {
        copies += 1;
        let first = line.split([',', ' ']).next().unwrap();
        peer.says(&format!("% OK [COPYUID 7 {first} {}] done\r\n", 1000 + copies));
    }
    let copied = peer.answer(&copy);
    assert_eq!((copied.maps.len(), copied.to()), (copies, uids(&format!("1001:{}", 1000 + copies))));
}

/// A body comes in pieces as they are read; between two of them nothing of it is held.
#[test]
fn a_long_body_is_never_collected() {
    let mut peer = Peer::new("", Config::default());
    let whole = peer.send(FetchBody::new(Uid::new(5).unwrap(), Section::whole()));
    let behind = peer.send(Fetch::new(uids("6"), Size));
    peer.hears("UID FETCH 5 (UID BODY.PEEK[])\r\nUID FETCH 6 (UID RFC822.SIZE)\r\n");
    let octets = 10 * 1024 * 1024;
    let line = "% OK done\r\n* BYE\r\n0123456789abcdef";
    peer.says_until(&format!("* 2 FETCH (UID 5 BODY[] {{{octets}}}\r\n"), |_| {}).unwrap();
    assert_eq!(peer.connection.output(&whole).unwrap().length, Some(octets));
    let (mut fed, mut taken) = (0, 0);
    while fed < octets {
        let piece = &line.as_bytes()[..usize::try_from(octets - fed).unwrap().min(line.len())];
        peer.input.extend_from_slice(piece);
        fed += piece.len() as u64;
        peer.connection.handle_input(NOW, &mut peer.input).unwrap();
        let output = peer.connection.output(&whole).unwrap();
        assert!(!output.is_finished && output.chunks.len() <= 1);
        taken += output.chunks.drain(..).map(|chunk| chunk.len() as u64).sum::<u64>();
    }
    assert_eq!(taken, octets);
    peer.says(")\r\n* 3 FETCH (UID 6 RFC822.SIZE 7)\r\n% OK done\r\n% OK done\r\n");
    assert!(peer.answer(&whole).is_finished);
    assert_eq!(peer.answer(&behind).rows[0].items, Some(7));
    assert!(peer.news().is_empty());
}

#[test]
fn bodies_of_several_messages_do_not_mix() {
    for piece in pieces() {
        let mut peer = Peer::new("", Config::default());
        let body = |uid| FetchBody { inline: 2, ..FetchBody::new(Uid::new(uid).unwrap(), Section::whole()) };
        let tickets: Vec<_> = (5..8).map(|uid| (uid, peer.send(body(uid)))).collect();
        assert_eq!(peer.sent().lines().count(), 3);
        peer.piece = piece;
        for uid in 5..8 {
            peer.says(&format!("* {uid} FETCH (UID {uid} BODY[] {{5}}\r\nbody{uid})\r\n% OK done\r\n"));
        }
        for (uid, ticket) in tickets {
            let output = peer.answer(&ticket);
            let octets: Vec<u8> = output.chunks.iter().flat_map(|chunk| chunk.to_vec()).collect();
            assert_eq!((octets, output.is_finished), (format!("body{uid}").into_bytes(), true));
        }
    }
}

/// The end of the octets in the middle of an answer is an error, and no answer.
#[test]
fn cut_at_each_octet() {
    let text = "* 1 FETCH (UID 4 BODY[] {4}\r\nmail)\r\n% OK done\r\n";
    for cut in 0.. {
        let mut peer = Peer::new("", Config::default());
        let fetch = peer.send(Fetch::new(uids("4"), Body::whole()));
        let body =
            peer.send(FetchBody { inline: 0, ..FetchBody::new(Uid::new(4).unwrap(), Section::whole()) });
        peer.sent();
        let wire = text.replace('%', &peer.tags[0]);
        peer.says(&wire[..cut]);
        if cut == wire.len() {
            assert_eq!(peer.answer(&fetch).rows.len(), 1);
            return;
        }
        assert_eq!(peer.connection.handle_eof(NOW), Err(Error::UnexpectedEof), "{cut}");
        assert!(peer.connection.take(&fetch).is_none_or(|answer| answer.is_err()), "{cut}");
        assert!(peer.connection.take(&body).is_none_or(|answer| answer.is_err()), "{cut}");
    }
}

/// What odd servers make of rows: good items are there, the bad ones are told.
#[test]
fn rows_of_odd_servers() {
    type Items = (Envelope, Flags, InternalDate, Size, BodyStructure);
    let items: Items = (Envelope, Flags, InternalDate, Size, BodyStructure);
    let structure = "BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1)";
    for (row, tells) in [
        // Unescaped quotes.
        (
            format!(
                "UID 4 RFC822.SIZE 5 FLAGS () INTERNALDATE \"01-Feb-2003 04:05:06 +0000\" ENVELOPE (NIL \"a=\"b\"c\" NIL NIL NIL NIL NIL NIL NIL NIL) {structure}"
            ),
            [true, true, true, true, true],
        ),
        // A subtype is missing, and a child is NIL.
        (
            "UID 4 RFC822.SIZE 5 BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1) NIL \"MIXED\")"
                .into(),
            [false, false, false, true, true],
        ),
        // The last fields of the envelope are missing.
        (
            "UID 4 RFC822.SIZE 5 ENVELOPE (NIL \"a\" NIL NIL NIL NIL NIL NIL)".into(),
            [true, false, false, true, false],
        ),
        // One more pair of parentheses, and no date.
        (
            "(UID 4 INTERNALDATE \"00-Jan-0000 00:00:00 +0000\" RFC822.SIZE 5)".into(),
            [false, false, false, true, false],
        ),
        // Flags in any case and shape.
        ("UID 4 FLAGS (\\SEEN \\weird NIL) RFC822.SIZE 5".into(), [false, true, false, true, false]),
        // An item that nobody knows, in which quotes and parentheses are text.
        (
            "UID 4 X-ODD (\"x) FLAGS (\\\\Seen) UID 9\" {8}\r\n) UID 9 (NIL)) RFC822.SIZE 5".into(),
            [false, false, false, true, false],
        ),
    ] {
        let mut peer = Peer::new("", Config::default());
        let fetch = peer.send(Fetch::new(uids("4:6"), items));
        peer.sent();
        peer.says(&format!("* 1 FETCH ({row})\r\n* 2 FETCH (UID 5 RFC822.SIZE 6)\r\n% OK done\r\n"));
        let fetched = peer.answer(&fetch);
        assert_eq!((fetched.rows.len(), fetched.unreadable.len()), (2, 0), "{row}");
        let first = &fetched.rows[0];
        let (envelope, flags, date, size, structure) = &first.items;
        let told = [envelope.is_some(), flags.is_some(), date.is_some(), size.is_some(), structure.is_some()];
        assert_eq!((first.uid, told), (Uid::new(4), tells), "{row}");
        assert_eq!(fetched.rows[1].items.3, Some(6));
    }
}

#[test]
fn bad_rows_are_told() {
    let mut peer = Peer::new("", Config::default());
    let fetch = peer.send(Fetch::new(uids("4:6"), (Envelope, Size)));
    peer.sent();
    peer.says("* 1 FETCH (UID 4 ENVELOPE 7 RFC822.SIZE 5)\r\n* 2 FETCH (((\r\n* 3 FETCH (UID 6 RFC822.SIZE 6)\r\n% OK done\r\n");
    let fetched = peer.answer(&fetch);
    assert_eq!((fetched.rows.len(), fetched.unreadable.len()), (2, 1));
    assert!(matches!(fetched.rows[0].invalid.as_slice(), [Invalid::Unreadable { .. }]));
    assert_eq!((fetched.rows[0].items.1, fetched.rows[1].items.1), (Some(5), Some(6)));
    assert!(peer.news().is_empty());
}

/// Mail is never read as protocol, although its length was wrong.
#[test]
fn literals_of_a_wrong_length() {
    for octets in ["mail", "mail\r\n* 9 EXISTS\r\n"] {
        for length in [2, 3, 5, 6] {
            let mut peer = Peer::new("", Config::default());
            let fetch = peer.send(Fetch::new(uids("4:5"), Body::whole()));
            peer.sent();
            let text = format!(
                "* 1 FETCH (UID 4 BODY[] {{{length}}}\r\n{octets})\r\n* 2 FETCH (UID 5 BODY[] {{1}}\r\nx)\r\n% OK done\r\n"
            );
            let outcome = peer.says_until(&text, |_| {});
            let told = peer.news();
            assert!(!told.iter().any(|news| news.starts_with("exists")), "{told:?}");
            if outcome.is_ok() {
                assert!(matches!(peer.connection.take(&fetch), None | Some(Err(CommandError::Doubtful))));
            }
        }
    }
}

#[test]
fn a_message_is_appended_from_octets_that_come_later() {
    let mut peer = Peer::new("UIDPLUS LITERAL-", Config::default());
    let append = peer.send(Append::streamed("Sent", 10_000).flags([Flag::Seen]));
    peer.hears("APPEND Sent (\\Seen) {10000}\r\n");
    assert!(peer.connection.push_literal(NOW, append.id(), Bytes::from_static(b"x")).is_err());
    peer.says("+ go ahead\r\n");
    assert!(matches!(peer.events.as_slice(), [Event::LiteralWanted { length: 10_000, .. }]));
    for _ in 0..100 {
        peer.connection.push_literal(NOW, append.id(), vec![b'x'; 100].into()).unwrap();
        assert!(peer.sent().trim_end().bytes().all(|octet| octet == b'x'));
    }
    peer.says("* 4 EXISTS\r\n% OK [APPENDUID 1 77] done\r\n");
    assert_eq!(peer.answer(&append).uid(), Uid::new(77));

    let refused = peer.send(Append::streamed("Sent", 10_000));
    peer.sent();
    peer.says("% NO [OVERQUOTA] full\r\n");
    let error = peer.connection.take(&refused).unwrap().unwrap_err();
    assert_eq!(error.code(), Some(&Code::OverQuota));
    peer.hears("");
}

/// A MOVE that fails halfway has told what it did.
#[test]
fn a_move_that_fails() {
    let mut peer = Peer::new("MOVE UIDPLUS", Config::default());
    let moving = peer.send(Move::new(uids("4:5"), "a"));
    peer.hears("UID MOVE 4:5 a\r\n");
    peer.says("* OK [COPYUID 9 4 40] moved\r\n* 1 EXPUNGE\r\n");
    assert_eq!(peer.connection.output(&moving).unwrap().from(), uids("4"));
    peer.says("% NO [SERVERBUG] halfway\r\n");
    assert!(peer.connection.take(&moving).unwrap().is_err());
    assert_eq!(peer.news(), ["expunged 1"]);
}

#[test]
fn conversions_are_told_apart_by_tag_and_may_be_long() {
    let mut config = Config::default();
    config.limits.inline_literal = 3;
    let mut peer = Peer::new("CONVERT", config);
    let part = "2".parse().unwrap();
    let attribute = convert::Attribute::Binary { part, partial: None };
    let ticket = peer.send(Convert::new(uids("4"), "image/png", [attribute]));
    peer.hears("UID CONVERT 4 (\"image/png\") (UID BINARY[2])\r\n");
    let tag = peer.tags[0].clone();
    peer.says(&format!(
        "* 1 CONVERTED (TAG \"other\") (UID 4 BINARY[2] {{4}}\r\nnone)\r\n\
         * 1 CONVERTED (TAG \"{tag}\") (UID 4 BINARY[2] {{4}}\r\nsome)\r\n% OK done\r\n"
    ));
    let converted = peer.answer(&ticket);
    assert_eq!(converted.rows.len(), 1);
    let [_, convert::Item::Binary { content: Ok(content), .. }] = &converted.rows[0].items[..] else {
        panic!()
    };
    assert_eq!(content.octets().unwrap(), "some");
    assert_eq!(peer.news().len(), 1);
}

/// Nobody waits for the rows any more: they are read and dropped, what others want goes on.
#[test]
fn discarded() {
    let mut peer = Peer::new("", Config::default());
    let fetch = peer.send(Fetch::new(uids("4:5"), Body::whole()));
    let size = peer.send(Fetch::new(uids("6"), Size));
    peer.sent();
    peer.says("* 1 FETCH (UID 4 BODY[] {4}\r\nmail)\r\n");
    peer.connection.discard(fetch.id());
    peer.says("* 2 FETCH (UID 5 BODY[] {4}\r\nmail)\r\n% OK done\r\n* 3 FETCH (UID 6 RFC822.SIZE 6)\r\n% OK done\r\n");
    assert!(peer.connection.take(&fetch).is_none());
    assert_eq!(peer.answer(&size).rows[0].items, Some(6));
    assert!(peer.news().is_empty());
}
