//! What responses change in the view of the mailbox, and the events that tell it.

use mailwire_imap::{
    Capabilities, Code, SeqNum, Uid,
    fetch::{Fetch, Message},
    response::Data,
};

use super::Connection;
use crate::{Event, Selected, selected::Change, state::State};

impl Connection {
    /// Brings the view up to date; what is news for the application if no command takes the data.
    pub(super) fn notice(&mut self, data: &Data) -> Option<Change> {
        let is_opening = self.opening.is_some();
        let view = self.view()?;
        let change = view.notice(data);
        // The answer to SELECT is no news.
        change.filter(|_| !is_opening)
    }

    /// The same for a response code, whose news is an event of its own.
    pub(super) fn notice_code(&mut self, code: &Code) -> Option<Event> {
        if matches!(code, Code::Closed) {
            return self.on_closed();
        }
        let is_opening = self.opening.is_some();
        let event = self.view()?.notice_code(code);
        event.filter(|_| !is_opening)
    }

    /// Tells what no command took.
    pub(super) fn tell(&mut self, change: Option<Change>, data: Data) {
        let event = match (change, data) {
            (Some(Change::Count { before }), Data::Exists(count)) => Event::Exists { count, before },
            (Some(Change::Expunged { uid }), Data::Expunge(message)) => Event::Expunged { message, uid },
            (Some(Change::Other), Data::Vanished { earlier, uids }) => Event::Vanished { earlier, uids },
            (Some(Change::Vanished { uids }), Data::Vanished { earlier, .. }) => {
                Event::Vanished { earlier, uids }
            }
            (_, Data::Fetch(fetch)) => {
                let uid = self.uid_of(&fetch);
                Event::Fetch { fetch, uid }
            }
            (Some(_), Data::Flags(flags)) => Event::Flags { flags },
            (Some(_), Data::Recent(count)) => Event::Recent { count },
            (_, Data::Enabled(capabilities)) => Event::Enabled { capabilities },
            // It has told its event already.
            (_, Data::Capability(_)) => return,
            (_, data) if self.opening.is_some() && is_of_select(&data) => return,
            (_, data) => Event::Data { data },
        };
        self.events.push_back(event);
    }

    pub(super) fn enable(&mut self, capabilities: &Capabilities) {
        self.server.enable(capabilities);
        self.decoder.set_utf8(self.server.is_utf8());
        self.queue.server_changed();
    }

    /// The mailbox that responses are about: the one that is being selected, as soon as SELECT left.
    fn view(&mut self) -> Option<&mut Selected> {
        if let Some(opening) = &mut self.opening {
            return Some(opening);
        }
        if let State::Selected(selected) = &mut self.state { Some(selected) } else { None }
    }

    /// `[CLOSED]`: up to here all was about the former mailbox; what comes now is about the one that is being selected.
    fn on_closed(&mut self) -> Option<Event> {
        if let Some(opening) = &mut self.opening {
            let (name, read_only) = (opening.mailbox.clone(), opening.read_only);
            **opening = Selected::new(name, read_only, self.config.map_ranges);
            return None;
        }
        self.selected()?;
        self.transition(|state| state.on_select(None));
        Some(Event::MailboxClosed)
    }

    fn uid_of(&self, fetch: &Fetch) -> Option<Uid> {
        match fetch.message {
            Message::Uid(uid) => Some(uid),
            Message::Sequence(number) => fetch.uid().or_else(|| self.known_uid(number)),
            _ => None,
        }
    }

    fn known_uid(&self, number: SeqNum) -> Option<Uid> {
        self.opening.as_deref().or_else(|| self.selected())?.uid(number)
    }
}

/// What SELECT is answered with, whether a command takes it or not.
fn is_of_select(data: &Data) -> bool {
    matches!(data, Data::Exists(_) | Data::Expunge(_) | Data::Flags(_) | Data::Recent(_))
}
