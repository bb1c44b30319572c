//! Recorded sessions with Dovecot and Cyrus, played whole to the IMAP client's machine.

use std::{fs, path::Path};

use mailwire::imap::{
    Code, Decoder, Flags, Response, SeqNum, Uid, UidValidity,
    client::{Connection, Selected},
    command::Body,
    fetch::Message,
    flag::PermanentFlags,
    response::Data,
};
use mailwire_testkit::dialogue::imap_recording::{Played, Session, Turn, play, sessions};

fn recording(name: &str) -> Vec<Session> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mailwire-imap/tests/dialogues").join(name);
    sessions(&fs::read_to_string(path).unwrap())
}

/// The mailbox as a list: the UID of each message, where it was told.
#[derive(Debug, Default)]
struct Model {
    name: String,
    uids: Vec<Option<u32>>,
    highest: Option<u64>,
    validity: Option<u32>,
    flags: Flags,
    permanent: Option<PermanentFlags>,
    is_selected: bool,
    /// The tag of SELECT, until it is answered.
    opening: Option<String>,
    /// The tag of CLOSE or UNSELECT, until it is answered.
    leaving: Option<String>,
    /// What each mailbox was when it was left.
    left: Vec<String>,
}

impl Model {
    fn look(&mut self, turn: &Turn, connection: &Connection) {
        self.compare(connection.selected());
        match turn {
            Turn::Command(tag, body) => self.command(tag, body),
            Turn::Response(octets) => self.response(octets),
            Turn::Line(_) => {}
        }
    }

    /// Before a turn, when all that was said has been read.
    fn compare(&self, view: Option<&Selected>) {
        if self.opening.is_some() {
            return;
        }
        assert_eq!(view.is_some(), self.is_selected, "{self:?}");
        let Some(view) = view else { return };
        assert_eq!(view.mailbox.name(), self.name);
        assert_eq!(view.exists as usize, self.uids.len());
        assert_eq!((&view.flags, &view.permanent_flags), (&self.flags, &self.permanent));
        assert_eq!(view.highest_mod_seq.map(u64::from), self.highest);
        assert_eq!(view.uid_validity.map(UidValidity::get), self.validity);
        for (number, uid) in (1..).zip(&self.uids) {
            let number = SeqNum::new(number).unwrap();
            assert_eq!(view.uid(number).map(Uid::get), *uid, "{number:?} of {}", self.name);
        }
    }

    fn command(&mut self, tag: &str, body: &Body) {
        match body {
            Body::Select(select) | Body::Examine(select) => {
                self.leave();
                let left = std::mem::take(&mut self.left);
                let name = select.mailbox.name().into_owned();
                *self = Self { name, opening: Some(tag.to_owned()), left, ..Self::default() };
            }
            Body::Close | Body::Unselect => self.leaving = Some(tag.to_owned()),
            _ => {}
        }
    }

    fn leave(&mut self) {
        if self.is_selected {
            let known: Vec<_> =
                self.uids.iter().map(|uid| uid.map_or("?".into(), |uid| uid.to_string())).collect();
            let highest = self.highest.unwrap_or_default();
            self.left.push(format!("{} {} [{}] {highest}", self.name, self.uids.len(), known.join(" ")));
        }
    }

    fn response(&mut self, octets: &[u8]) {
        let mut decoder = Decoder::default();
        decoder.set_utf8(true);
        let response = decoder.response(octets.strip_suffix(b"\r\n").unwrap());
        let status = match &response {
            Response::Tagged(_, status) | Response::Data(Data::Status(status)) => Some(status),
            _ => None,
        };
        if let Some(code) = status.and_then(|status| status.code.as_ref()) {
            self.code(code);
        }
        match &response {
            Response::Tagged(tag, status) => {
                self.end(&String::from_utf8_lossy(tag.as_bytes()), status.is_ok());
            }
            Response::Data(data) => self.data(data),
            _ => {}
        }
    }

    fn end(&mut self, tag: &str, is_ok: bool) {
        if self.opening.as_deref() == Some(tag) {
            (self.opening, self.is_selected) = (None, is_ok);
        } else if self.leaving.as_deref() == Some(tag) {
            self.leave();
            (self.leaving, self.is_selected) = (None, false);
        }
    }

    fn code(&mut self, code: &Code) {
        match code {
            Code::Closed => (self.uids, self.highest, self.validity) = (Vec::new(), None, None),
            Code::HighestModSeq(value) => self.highest = self.highest.max(Some((*value).into())),
            Code::PermanentFlags(flags) => self.permanent = Some(flags.clone()),
            Code::UidValidity(value) => self.validity = Some(value.get()),
            _ => {}
        }
    }

    fn data(&mut self, data: &Data) {
        match data {
            Data::Exists(count) => self.uids.resize(*count as usize, None),
            Data::Flags(flags) => self.flags = flags.clone(),
            Data::Expunge(number) => drop(self.uids.remove(number.get() as usize - 1)),
            Data::Vanished { earlier: false, uids } => {
                let is_known = self.uids.iter().any(Option::is_some);
                let before = self.uids.len();
                self.uids.retain(|uid| !uid.is_some_and(|uid| uids.contains(uid.try_into().unwrap())));
                let gone = usize::try_from(uids.len().unwrap()).unwrap();
                if before - self.uids.len() < gone {
                    assert!(!is_known, "{uids:?} have numbers that nobody told");
                    self.uids.truncate(before - gone);
                }
            }
            Data::Fetch(fetch) => {
                if let (Message::Sequence(number), Some(uid)) = (fetch.message, fetch.uid()) {
                    self.uids[number.get() as usize - 1] = Some(uid.get());
                }
            }
            _ => {}
        }
    }
}

/// Plays all sessions of a recording, and returns what the mailboxes were when they were left.
fn played(name: &str, skipped: &[&str]) -> Vec<String> {
    let (mut left, mut not_sent) = (Vec::new(), Vec::new());
    for session in recording(name) {
        let mut model = Model::default();
        let whole = play(&session, usize::MAX, |turn, connection| model.look(turn, connection));
        check(&session, &whole);
        for size in [1, 2, 3, 7, 64, 1000] {
            let pieces = play(&session, size, |_, _| {});
            assert_eq!(pieces.events, whole.events, "{name}, {}, {size}", session.title);
        }
        model.leave();
        left.extend(model.left);
        not_sent.extend(whole.skipped);
    }
    assert_eq!(not_sent, skipped);
    left
}

fn check(session: &Session, played: &Played) {
    assert_eq!(played.error, None, "{}", session.title);
    for (tag, answer) in &played.answers {
        // So are the commands named that the server had to refuse.
        assert_eq!(answer.is_err(), tag.starts_with("no"), "{tag} {answer:?}");
    }
    for event in &played.events {
        let is_odd = ["Unknown", "Doubtful", "StrayCompletion", "UidValidityChanged"]
            .iter()
            .any(|odd| event.starts_with(odd));
        assert!(!is_odd, "{}: {event}", session.title);
    }
}

/// Thirteen messages of which no UID was told since the mailbox was opened.
const UNKNOWN: &str = "[? ? ? ? ? ? ? ? ? ? ? ? ?]";

#[test]
fn dovecot() {
    let left = played("dovecot_session.txt", &["no3", "no4", "no32"]);
    let expected = [
        "INBOX 13 [3 4 7 8 9 10 11 12 13 14 15 16 17] 2".into(),
        format!("INBOX 13 {UNKNOWN} 35"),
        "INBOX 11 [4 7 8 9 10 11 12 13 14 15 16] 39".into(),
        "Trash 3 [? ? ?] 6".into(),
        format!("INBOX 13 {UNKNOWN} 41"),
        "INBOX 13 [4 7 8 9 10 ? 12 13 14 15 16 18 19] 41".into(),
    ];
    assert_eq!(left, expected);
}

#[test]
fn cyrus() {
    let left = played("cyrus_session.txt", &["no3", "no4", "no31"]);
    let expected = [
        "INBOX 13 [3 5 7 8 9 10 ? ? ? ? ? ? ?] 59".into(),
        format!("INBOX 13 {UNKNOWN} 67"),
        "INBOX 11 [5 7 8 9 10 11 12 13 14 15 16] 72".into(),
        "Trash 3 [? ? ?] 45".into(),
        format!("INBOX 13 {UNKNOWN} 86"),
        "INBOX 13 [5 7 8 9 10 11 12 13 14 15 16 18 19] 86".into(),
        format!("INBOX 13 {UNKNOWN} 86"),
        format!("Other Users/ann 13 {UNKNOWN} 86"),
        format!("INBOX 13 {UNKNOWN} 86"),
    ];
    assert_eq!(left, expected);
}
