use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use mailwire_imap_client::{
    codec::command::Messages,
    command::{
        Fetch, Fetched,
        fetch::{Items, Row},
    },
};

use super::{
    Client, Error, Ticket,
    client::{Flow, Taken},
};

impl Client {
    /// Items of messages, row by row as they come.
    ///
    /// ```no_run
    /// # use mailwire_tokio::imap::{Client, Error, codec::UidSet, command::fetch::{Envelope, Flags}};
    /// # async fn example(client: &mut Client) -> Result<(), Error> {
    /// let mut rows = client.fetch(UidSet::all(), (Envelope, Flags)).await?;
    /// while let Some(row) = rows.try_next().await? {
    ///     let (envelope, flags) = row.items;
    ///     println!("{:?} {envelope:?} {flags:?}", row.uid);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); what the server says comes with the rows.
    pub async fn fetch<I: Items>(
        &mut self,
        messages: impl Into<Messages>,
        items: I,
    ) -> Result<Rows<'_, I>, Error> {
        self.fetch_with(Fetch::new(messages, items)).await
    }

    /// The same with all that FETCH can be told.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch).
    pub async fn fetch_with<I: Items>(&mut self, fetch: Fetch<I>) -> Result<Rows<'_, I>, Error> {
        self.settle().await?;
        let ticket = self.begin_transfer(fetch)?;
        Ok(Rows { client: self, ticket: Some(ticket), summary: None })
    }
}

/// Rows of a FETCH, in constant memory: the server is read from as fast as rows are taken. See [`Client::fetch`].
///
/// It is a [`futures_core::Stream`] too. Dropping it before its end is fine: what is still to come is read and thrown away.
/// [`client`](Self::client) is for commands between two rows.
#[derive(Debug)]
pub struct Rows<'a, I: Items> {
    client: &'a mut Client,
    ticket: Option<Ticket<Fetch<I>>>,
    summary: Option<Fetched<I::Told>>,
}

impl<I: Items> Rows<'_, I> {
    /// The next row, or nothing after the last. Dropping this future loses nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] if the server refuses, [`Error::Overrun`] if too much came meanwhile; the session goes on. Any other
    /// is fatal. After an error there is nothing more.
    pub async fn try_next(&mut self) -> Result<Option<Row<I::Told>>, Error> {
        std::future::poll_fn(|cx| self.poll_row(cx)).await
    }

    /// All rows that are still to come, in memory.
    ///
    /// # Errors
    ///
    /// As [`try_next`](Self::try_next).
    pub async fn collect(mut self) -> Result<Vec<Row<I::Told>>, Error> {
        let mut rows = Vec::new();
        while let Some(row) = self.try_next().await? {
            rows.push(row);
        }
        Ok(rows)
    }

    /// What was told beside the rows, after the last one.
    pub fn summary(&self) -> Option<&Fetched<I::Told>> {
        self.summary.as_ref()
    }

    /// The client, for commands between two rows.
    ///
    /// Their answers come after all rows, which are kept in memory meanwhile, up to
    /// [`ClientConfig::read_ahead`](super::ClientConfig::read_ahead).
    pub fn client(&mut self) -> &mut Client {
        self.client
    }

    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Row<I::Told>>, Error>> {
        let Some(ticket) = &self.ticket else { return Poll::Ready(Ok(None)) };
        let taken = self.client.poll_until(cx, Some(ticket.id()), |client| client.take_piece(ticket));
        let done = match ready!(taken) {
            Ok(Taken::Piece(row)) => return Poll::Ready(Ok(Some(row))),
            Ok(Taken::End(summary)) => {
                self.summary = Some(summary);
                Ok(None)
            }
            Err(error) => Err(error),
        };
        self.end();
        Poll::Ready(done)
    }

    fn end(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.client.end_transfer(ticket.id());
        }
    }
}

impl<I: Items> futures_core::Stream for Rows<'_, I> {
    type Item = Result<Row<I::Told>, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_row(cx).map(Result::transpose)
    }
}

/// Nothing in it is pinned.
impl<I: Items> Unpin for Rows<'_, I> {}

impl<I: Items> Drop for Rows<'_, I> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<I: Items> Flow for Fetch<I> {
    type Piece = Row<I::Told>;

    fn piece(output: &mut Fetched<I::Told>) -> Option<Self::Piece> {
        output.rows.pop_front()
    }
}
