//! The transaction state: messages, and the commands that both states have
//! ([RFC 1939 section 5](https://www.rfc-editor.org/rfc/rfc1939#section-5)).

use core::time::Duration;

use bytes::{Bytes, BytesMut};
use mailwire_pop3::{
    Capability, Command, MessageNumber, Reply,
    dot::{Stuffer, stuff_line},
    language::LanguageRange,
    listing::{ScanListing, UniqueIdListing},
};

use crate::{
    ApiMisuse, Closed, Connection, Event, Phrase, Push, Refusal,
    maildrop::Maildrop,
    state::{Columns, Listing, State, Transfer},
    top::Top,
};

impl Connection {
    pub(crate) fn in_transaction(&mut self, mut maildrop: Maildrop, command: Command) {
        match command {
            Command::Stat => self.send_encoded(|out| maildrop.listing().encode(out)),
            Command::List(None) => return self.start_listing(maildrop, Columns::Octets),
            Command::Uidl(None) => return self.start_listing(maildrop, Columns::UniqueId),
            Command::List(Some(message)) => match maildrop.find(message) {
                Ok(entry) => {
                    let octets = entry.octets;
                    self.send_encoded(|out| ScanListing { message, octets }.encode(out));
                }
                Err(phrase) => self.send_err(phrase),
            },
            Command::Uidl(Some(message)) => match maildrop.find(message) {
                Ok(entry) => {
                    let unique_id = entry.unique_id.clone();
                    self.send_encoded(|out| UniqueIdListing { message, unique_id }.encode(out));
                }
                Err(phrase) => self.send_err(phrase),
            },
            Command::Retr(message) => return self.start_transfer(maildrop, message, None),
            Command::Top { message, lines } => {
                return self.start_transfer(maildrop, message, Some(Top::new(lines)));
            }
            Command::Dele(message) => match maildrop.delete(message) {
                Ok(()) => self.send_ok(Phrase::Deleted),
                Err(phrase) => self.send_err(phrase),
            },
            Command::Rset => {
                maildrop.reset();
                self.send_ok(Phrase::Reset);
            }
            Command::Quit => {
                self.events.push_back(Event::Commit { deleted: maildrop.deleted() });
                self.state = State::Committing;
                return;
            }
            Command::Apop { .. }
            | Command::Auth { .. }
            | Command::AuthList
            | Command::Pass(_)
            | Command::Stls
            | Command::User(_)
            | Command::Utf8 => self.bad_command(Phrase::NotNow),
            Command::Other(_) => self.bad_command(Phrase::UnknownCommand),
            command => self.in_any_state(command),
        }
        self.state = State::Transaction(maildrop);
    }

    /// NOOP, CAPA, UTF8 and LANG; whatever else is not for this state.
    pub(crate) fn in_any_state(&mut self, command: Command) {
        match command {
            Command::Capa => self.on_capa(),
            Command::Lang(None) => self.on_language_list(),
            Command::Lang(Some(range)) => self.on_language(&range),
            Command::Noop if !self.state_is_authorization() => self.send_ok(Phrase::Done),
            Command::Utf8 => {
                self.utf8 = true;
                self.send_ok(Phrase::Utf8Mode);
            }
            _ => self.bad_command(Phrase::NotNow),
        }
    }

    pub(crate) fn on_push(&mut self, now: Duration, octets: Bytes) -> Result<Push, ApiMisuse> {
        let State::Retrieving(_, transfer) = &mut self.state else { return Err(ApiMisuse) };
        let octets = match &mut transfer.top {
            Some(top) => top.take(&octets),
            None => octets,
        };
        let is_complete = transfer.top.as_ref().is_some_and(Top::is_complete);
        let octets = transfer.stuffer.chunk(octets);
        self.start_body(now);
        self.outbox.push(octets);
        Ok(if is_complete { Push::Enough } else { Push::More })
    }

    pub(crate) fn on_finish(&mut self, now: Duration) -> Result<(), ApiMisuse> {
        self.start_body(now);
        match core::mem::replace(&mut self.state, State::Closed) {
            State::Retrieving(maildrop, transfer) => {
                self.outbox.push(transfer.stuffer.finish());
                self.back_to_transaction(maildrop);
                Ok(())
            }
            state => {
                self.state = state;
                Err(ApiMisuse)
            }
        }
    }

    pub(crate) fn on_failed(&mut self, now: Duration, refusal: Refusal) -> Result<(), ApiMisuse> {
        match core::mem::replace(&mut self.state, State::Closed) {
            State::Retrieving(_, Transfer { is_started: true, .. }) => {
                self.close(Closed::HostFailed);
                Ok(())
            }
            State::Retrieving(maildrop, _) => {
                self.touch(now);
                self.send(&self.refusal(refusal));
                self.back_to_transaction(maildrop);
                Ok(())
            }
            state => {
                self.state = state;
                Err(ApiMisuse)
            }
        }
    }

    /// Sends the status line, which tells the size, before the first octets of the message.
    fn start_body(&mut self, now: Duration) {
        if !matches!(self.state, State::Retrieving(..)) {
            return;
        }
        self.touch(now);
        let text = self.words(Phrase::MessageFollows);
        let State::Retrieving(_, transfer) = &mut self.state else { return };
        if core::mem::replace(&mut transfer.is_started, true) {
            return;
        }
        let reply = match transfer.top {
            Some(_) => Reply::ok(text),
            None => Reply::ok(alloc::format!("{} octets", transfer.octets)),
        };
        self.send(&reply);
    }

    fn start_transfer(&mut self, maildrop: Maildrop, message: MessageNumber, top: Option<Top>) {
        let octets = match maildrop.find(message) {
            Ok(entry) => entry.octets,
            Err(phrase) => {
                self.send_err(phrase);
                self.state = State::Transaction(maildrop);
                return;
            }
        };
        self.events.push_back(Event::Retrieve { message, partial: top.is_some(), utf8: self.utf8 });
        let transfer = Transfer { octets, is_started: false, stuffer: Stuffer::canonical(), top };
        self.state = State::Retrieving(maildrop, transfer);
    }

    fn start_listing(&mut self, maildrop: Maildrop, columns: Columns) {
        self.send_ok(Phrase::ListingFollows);
        self.state = State::Listing(maildrop, Listing { columns, next: Some(MessageNumber::FIRST) });
    }

    fn on_capa(&mut self) {
        let capabilities = self.capabilities();
        self.send_ok(Phrase::ListingFollows);
        self.send_lines(capabilities.iter(), Capability::encode);
    }

    fn on_language_list(&mut self) {
        self.send_ok(Phrase::ListingFollows);
        let languages = self.config.languages.clone();
        self.send_lines(languages.iter(), |language, line| language.listing.encode(line));
    }

    fn on_language(&mut self, range: &LanguageRange) {
        let Some(language) = self.config.languages.iter().find(|language| language.is_in(range)) else {
            return self.send_err(Phrase::NoSuchLanguage);
        };
        self.language = language.clone();
        let tag = self.language.listing.tag.as_str();
        let text = alloc::format!("{tag} {}", self.words(Phrase::LanguageChosen));
        self.send(&Reply::ok(text));
        self.events.push_back(Event::Language(self.language.clone()));
    }

    fn send_encoded(&mut self, encode: impl FnOnce(&mut BytesMut)) {
        let mut text = BytesMut::new();
        encode(&mut text);
        self.send(&Reply::ok(text));
    }

    fn send_lines<T>(&mut self, rows: impl Iterator<Item = T>, encode: impl Fn(T, &mut BytesMut)) {
        let mut line = BytesMut::new();
        self.outbox.gather(|out| {
            for row in rows {
                line.clear();
                encode(row, &mut line);
                stuff_line(&line, out);
            }
            out.extend_from_slice(b".\r\n");
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Config,
        sasl::server::{Answer, Decoy},
    };

    #[test]
    fn a_finish_that_nobody_asked_for_has_no_effect() {
        let (start, later) = (Duration::ZERO, Duration::from_secs(60));
        let mut config = Config::new("a seed of at least 18 octets", Decoy::new("key"));
        config.encrypted = true;
        let mut connection = Connection::new(start, config);
        connection.handle_input(start, &mut BytesMut::from("USER ann\r\nPASS x\r\n")).unwrap();
        connection.answer(start, Answer::Granted).unwrap();
        connection.opened(start, alloc::vec::Vec::new()).unwrap();
        let before = connection.poll_timeout();
        assert_eq!(connection.finish(later), Err(ApiMisuse));
        assert_eq!(connection.poll_timeout(), before);
    }
}
