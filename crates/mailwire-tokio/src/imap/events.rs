use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll},
};

use mailwire_imap_client::Event;

use super::{Client, Error};

/// News that wait for the application. They are bounded: what nobody takes must not grow for ever.
#[derive(Debug)]
pub(crate) struct Waiting {
    events: VecDeque<(Event, usize)>,
    octets: usize,
    most: usize,
    lost: u64,
}

impl Waiting {
    pub(crate) fn new(most: usize) -> Self {
        Self { events: VecDeque::new(), octets: 0, most, lost: 0 }
    }

    /// Keeps an event that may hold `octets` in memory.
    pub(crate) fn push(&mut self, event: Event, octets: usize) {
        let octets = size_of::<Event>() + if has_octets(&event) { octets } else { 0 };
        self.events.push_back((event, octets));
        self.octets += octets;
        while self.octets > self.most {
            let Some((_, octets)) = self.events.pop_front() else { break };
            self.octets -= octets;
            self.lost += 1;
        }
    }

    /// What the server can do is known to whoever waited for it.
    pub(crate) fn forget_capabilities(&mut self) {
        self.events.retain(|(event, octets)| {
            let is_kept = !matches!(event, Event::CapabilitiesChanged);
            self.octets -= if is_kept { 0 } else { *octets };
            is_kept
        });
    }

    /// The oldest event, or how many were lost before it.
    pub(crate) fn pop(&mut self) -> Option<Result<Event, Error>> {
        if self.lost > 0 {
            return Some(Err(Error::EventsLost { count: std::mem::take(&mut self.lost) }));
        }
        let (event, octets) = self.events.pop_front()?;
        self.octets -= octets;
        Some(Ok(event))
    }
}

/// Whether an event keeps octets of the server.
fn has_octets(event: &Event) -> bool {
    !matches!(
        event,
        Event::CapabilitiesChanged
            | Event::Closed
            | Event::Exists { .. }
            | Event::Expunged { .. }
            | Event::HighestModSeq { .. }
            | Event::MailboxClosed
            | Event::Recent { .. }
            | Event::UidValidityChanged { .. }
    )
}

/// What happens in a session, as a [`futures_core::Stream`] that ends with the session: see [`Client::events`].
#[derive(Debug)]
pub struct Events<'a> {
    client: &'a mut Client,
    ended: bool,
}

impl<'a> Events<'a> {
    pub(crate) fn new(client: &'a mut Client) -> Self {
        Self { client, ended: false }
    }

    /// The next event. Dropping this future loses nothing.
    ///
    /// # Errors
    ///
    /// As [`Client::next_event`].
    pub async fn next(&mut self) -> Result<Event, Error> {
        self.client.next_event().await
    }

    /// The client, for commands between two events.
    pub fn client(&mut self) -> &mut Client {
        self.client
    }
}

impl futures_core::Stream for Events<'_> {
    type Item = Result<Event, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        let event = std::task::ready!(this.client.poll_event(cx));
        this.ended = event.as_ref().is_err_and(Error::is_fatal);
        Poll::Ready(match event {
            Err(Error::Closed) => None,
            event => Some(event),
        })
    }
}

#[cfg(test)]
mod tests {
    use mailwire_imap_client::codec::{Status, status::Kind};

    use super::*;

    #[test]
    fn the_oldest_are_lost_and_that_is_told() {
        let mut waiting = Waiting::new(10 * size_of::<Event>());
        for count in 0..12 {
            waiting.push(Event::Exists { count, before: 0 }, 1000);
        }
        assert!(matches!(waiting.pop(), Some(Err(Error::EventsLost { count: 2 }))));
        let counts: Vec<u32> = std::iter::from_fn(|| waiting.pop())
            .map(
                |event| if let Ok(Event::Exists { count, .. }) = event { count } else { panic!("{event:?}") },
            )
            .collect();
        assert_eq!(counts, (2..12).collect::<Vec<_>>());
        assert_eq!(waiting.octets, 0);
    }

    #[test]
    fn octets_of_the_server_count() {
        let mut waiting = Waiting::new(10_000);
        let status = Status::new(Kind::Ok, "hello");
        for _ in 0..3 {
            waiting.push(Event::Status { status: status.clone() }, 4500);
        }
        assert!(matches!(waiting.pop(), Some(Err(Error::EventsLost { count: 1 | 2 }))));
    }
}
