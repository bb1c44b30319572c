use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::Weak,
    task::{Context, Poll, ready},
};

use mailwire_imap_client::Event;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio_util::sync::ReusableBoxFuture;

use super::Shared;
use crate::imap::Error;

/// What happens in a session that is shared, as a [`futures_core::Stream`] that ends with the session: see
/// [`Handle::events`](super::Handle::events).
pub struct SharedEvents {
    next: ReusableBoxFuture<'static, Received>,
    shared: Weak<Shared>,
    ended: bool,
}

/// What came, and where the next one comes from.
type Received = (Result<Event, RecvError>, Receiver<Event>);

impl SharedEvents {
    pub(super) fn new(events: Receiver<Event>, shared: Weak<Shared>) -> Self {
        Self { next: ReusableBoxFuture::new(receive(events)), shared, ended: false }
    }

    /// The next event. Dropping this future loses nothing.
    ///
    /// # Errors
    ///
    /// [`Error::EventsLost`] if more than 1024 came that nobody took; the next ones follow. Any other is what ended the
    /// session.
    pub async fn next(&mut self) -> Result<Event, Error> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Result<Event, Error>> {
        let (event, events) = ready!(self.next.poll(cx));
        self.next.set(receive(events));
        Poll::Ready(event.map_err(|error| match error {
            RecvError::Lagged(count) => Error::EventsLost { count },
            RecvError::Closed => {
                self.shared.upgrade().and_then(|shared| shared.error.get().cloned()).unwrap_or(Error::Closed)
            }
        }))
    }
}

impl futures_core::Stream for SharedEvents {
    type Item = Result<Event, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        let event = ready!(this.poll_event(cx));
        this.ended = event.as_ref().is_err_and(Error::is_fatal);
        Poll::Ready(match event {
            Err(Error::Closed) => None,
            event => Some(event),
        })
    }
}

impl fmt::Debug for SharedEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedEvents").field("ended", &self.ended).finish_non_exhaustive()
    }
}

async fn receive(mut events: Receiver<Event>) -> Received {
    let event = events.recv().await;
    (event, events)
}
