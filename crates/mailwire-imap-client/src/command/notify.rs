//! NOTIFY: what the server tells by itself, of which mailboxes.

use alloc::vec::Vec;

use mailwire_imap::{
    Mailbox,
    command::Body,
    notify::{self, EventGroup},
    response::Data,
};

use super::Figures;
use crate::{Command, Server, Unsupported, Untagged};

/// `NOTIFY` ([RFC 5465 section 3.1](https://www.rfc-editor.org/rfc/rfc5465#section-3.1)).
///
/// News of the selected mailbox come as ever; of others as STATUS, LIST and METADATA, which are events. The code
/// `NOTIFICATIONOVERFLOW` says that the server gave up.
///
/// ```
/// use mailwire_imap_client::{
///     codec::{MailboxFilter, notify::{Event, EventGroup, EventName}},
///     command::Notify,
/// };
///
/// let messages = [Event::message_new([]), EventName::MessageExpunge.into()];
/// let notify = Notify::new([EventGroup::new(MailboxFilter::Personal, messages)]).with_status();
/// # let _ = notify;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Notify {
    /// What is to be told.
    pub events: notify::Notify,
}

impl Notify {
    /// These events, in place of those before. Who leaves out the selected mailbox is told nothing of it any more.
    pub fn new(groups: impl IntoIterator<Item = EventGroup>) -> Self {
        Self { events: notify::Notify::Set { status: false, groups: groups.into_iter().collect() } }
    }

    /// No events at all, not even those of the selected mailbox.
    pub fn none() -> Self {
        Self { events: notify::Notify::None }
    }

    /// Asks for the figures of all these mailboxes first, so that nothing is missed in between.
    #[must_use]
    pub fn with_status(mut self) -> Self {
        if let notify::Notify::Set { status, .. } = &mut self.events {
            *status = true;
        }
        self
    }
}

/// What NOTIFY is answered with.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Notified {
    /// The figures of the mailboxes, if they were asked for.
    pub status: Vec<(Mailbox, Figures)>,
}

impl Command for Notify {
    type Output = Notified;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("NOTIFY")?;
        Ok(Body::Notify(self.events.clone()))
    }

    fn absorb(&self, data: Untagged, notified: &mut Notified) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::MailboxStatus(told))
                if matches!(self.events, notify::Notify::Set { status: true, .. }) =>
            {
                notified.status.push((told.mailbox.detach(), told.into()));
                None
            }
            other => Some(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use mailwire_imap::{
        MailboxFilter,
        notify::{Event, EventName},
    };

    use super::*;
    use crate::command::dialogue::{answer, lacks, written};

    #[test]
    fn notify() {
        let messages = [Event::message_new([]), EventName::MessageExpunge.into()];
        let notify = Notify::new([EventGroup::new(MailboxFilter::Personal, messages)]);
        let told = notify.clone().with_status();
        for (notify, line) in [
            (&notify, "NOTIFY SET (personal (MessageNew MessageExpunge))"),
            (&told, "NOTIFY SET STATUS (personal (MessageNew MessageExpunge))"),
            (&Notify::none().with_status(), "NOTIFY NONE"),
        ] {
            assert_eq!(written(notify, "NOTIFY").as_deref(), Ok(line));
            assert_eq!(written(notify, ""), lacks("NOTIFY"));
        }
        let lines = ["* STATUS misc (UIDVALIDITY 1 UIDNEXT 999)", "* 4 EXISTS", "a OK done"];
        let (notified, given_back) = answer(&told, &lines);
        assert_eq!(given_back, lines[1..2]);
        assert_eq!(notified.status[0].0, Mailbox::new("misc"));
        assert_eq!(notified.status[0].1.uid_next.map(mailwire_imap::Uid::get), Some(999));
        assert_eq!(answer(&notify, &lines).1, lines[..2], "events");
    }
}
