use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use mailwire_imap_client::Event;

use super::{Client, Error};

impl Client {
    /// Watches the selected mailbox: what happens comes as it does.
    ///
    /// IDLE ([RFC 2177](https://www.rfc-editor.org/rfc/rfc2177)) is begun whenever nothing else is to be done, begun again
    /// before the server gives up, and replaced by NOOP from time to time where the server lacks it. It ends when the answer
    /// is dropped; a session that is watched on and on is [`watch`](Self::watch).
    ///
    /// ```no_run
    /// # use mailwire_tokio::imap::{Client, Error, Event};
    /// # async fn example(client: &mut Client) -> Result<(), Error> {
    /// let mut idle = client.idle()?;
    /// loop {
    ///     if let Event::Exists { count, before } = idle.next().await? {
    ///         println!("{} new messages", count.saturating_sub(before));
    ///         // Any command may come between: idling goes on by itself.
    ///         idle.client().run(mailwire_tokio::imap::command::Noop).await?;
    ///     }
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] if the session is closing, or what ended it.
    pub fn idle(&mut self) -> Result<Idle<'_>, Error> {
        self.watch(true)?;
        Ok(Idle { client: self, ended: false })
    }

    /// Whether the session idles whenever nothing else is to be done. What happens comes by [`next_event`](Self::next_event),
    /// and it is that call that keeps the connection alive.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] if the session is closing, or what ended it.
    pub fn watch(&mut self, on: bool) -> Result<(), Error> {
        self.check()?;
        let now = self.driver.now();
        Ok(self.driver.connection.watch(now, on)?)
    }
}

/// What happens while the mailbox is watched: see [`Client::idle`]. It is a [`futures_core::Stream`] too, which ends after a
/// fatal error.
#[derive(Debug)]
pub struct Idle<'a> {
    client: &'a mut Client,
    ended: bool,
}

impl Idle<'_> {
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

impl futures_core::Stream for Idle<'_> {
    type Item = Result<Event, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        let event = ready!(this.client.poll_event(cx));
        this.ended = event.as_ref().is_err_and(Error::is_fatal);
        Poll::Ready(Some(event))
    }
}

impl Drop for Idle<'_> {
    fn drop(&mut self) {
        // Of a session that is over nothing has to be ended.
        let _ = self.client.watch(false);
    }
}
