use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use mailwire_imap_client::{
    Command, CommandError, Execute, Selected, Server,
    codec::{command::Messages, fetch::Message, section::Section},
    command::{
        Fetch, FetchBody, Fetched,
        fetch::{Items, Row},
    },
};

use super::{
    Body, Client, Error, Handle,
    pieces::{Flow, Pieces, Taken},
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
        Ok(Rows { pieces: self.begin(fetch).await?, summary: None })
    }
}

impl Handle {
    /// The same as [`Client::fetch`].
    ///
    /// The server is read from as fast as rows are taken, as long as nobody waits for anything else; otherwise rows are kept
    /// in memory, up to [`ClientConfig::read_ahead`](super::ClientConfig::read_ahead).
    ///
    /// # Errors
    ///
    /// What ended the session; what the server says comes with the rows.
    pub fn fetch<I: Items>(
        &self,
        messages: impl Into<Messages>,
        items: I,
    ) -> Result<Rows<'static, I>, Error> {
        self.fetch_with(Fetch::new(messages, items))
    }

    /// The same with all that FETCH can be told.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch).
    pub fn fetch_with<I: Items>(&self, fetch: Fetch<I>) -> Result<Rows<'static, I>, Error> {
        Ok(Rows { pieces: self.begin(fetch)?, summary: None })
    }
}

/// Rows of a FETCH, in constant memory: the server is read from as fast as rows are taken. See [`Client::fetch`] and
/// [`Handle::fetch`].
///
/// It is a [`futures_core::Stream`] too. Dropping it before its end is fine: what is still to come is read and thrown away.
///
/// Commands between two rows are its own methods: [`run`](Self::run), [`fetch_body`](Self::fetch_body) and those of
/// [`Session`](super::Session). Their answers come after all rows, which are kept in memory meanwhile, up to
/// [`ClientConfig::read_ahead`](super::ClientConfig::read_ahead).
///
/// ```no_run
/// # use mailwire_tokio::imap::{Client, Error, codec::{UidSet, section::Section}, command::fetch::Size};
/// # async fn example(client: &mut Client) -> Result<(), Error> {
/// let mut rows = client.fetch(UidSet::all(), Size).await?;
/// while let Some(row) = rows.try_next().await? {
///     if let (Some(uid), Some(size)) = (row.uid, row.items) {
///         let message = rows.fetch_body(uid, Section::whole()).await?.read_to_end(1 << 20).await?;
///         println!("{uid:?} has {} of {size} octets", message.len());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Rows<'a, I: Items> {
    pieces: Pieces<'a, Fetch<I>>,
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

    /// Sends a command between two rows, and waits for its answer.
    ///
    /// # Errors
    ///
    /// As [`Client::run`].
    pub async fn run<C: Command>(&mut self, command: C) -> Result<C::Output, Error> {
        self.pieces.run(command).await
    }

    /// The octets of a message between two rows.
    ///
    /// # Errors
    ///
    /// As [`Client::fetch_body`].
    pub async fn fetch_body(
        &mut self,
        message: impl Into<Message>,
        section: Section,
    ) -> Result<Body<'_>, Error> {
        Body::open(self.pieces.begin(FetchBody::new(message, section)).await?).await
    }

    /// What was told beside the rows, after the last one.
    pub fn summary(&self) -> Option<&Fetched<I::Told>> {
        self.summary.as_ref()
    }

    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Row<I::Told>>, Error>> {
        Poll::Ready(match ready!(self.pieces.poll_next(cx)).transpose()? {
            Some(Taken::Piece(row)) => Ok(Some(row)),
            Some(Taken::End(summary)) => {
                self.summary = Some(summary);
                Ok(None)
            }
            None => Ok(None),
        })
    }
}

impl<I: Items> Execute for Rows<'_, I>
where
    Self: Send,
{
    type Error = Error;

    async fn run<C: Command>(&mut self, command: C) -> Result<C::Output, Error> {
        self.pieces.run(command).await
    }

    async fn server(&mut self) -> Result<Server, Error> {
        self.pieces.server().await
    }

    async fn selected(&mut self) -> Result<Option<Selected>, Error> {
        self.pieces.selected().await
    }

    fn command_error(error: &Error) -> Option<&CommandError> {
        Client::command_error(error)
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

impl<I: Items> Flow for Fetch<I> {
    type Piece = Row<I::Told>;

    fn piece(output: &mut Fetched<I::Told>) -> Option<Self::Piece> {
        output.rows.pop_front()
    }
}
