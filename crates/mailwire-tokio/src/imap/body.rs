use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, Bytes, BytesMut};
use mailwire_imap_client::{
    codec::{fetch::Message, section::Section},
    command::{FetchBody, FetchedBody},
};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};

use super::{
    Client, Error, Handle,
    pieces::{Flow, Pieces, Taken},
};

impl Client {
    /// The octets of a message, or of a section of it, as they come. `\Seen` is not set.
    ///
    /// ```no_run
    /// # use mailwire_tokio::imap::{Client, Error, codec::{Uid, section::Section}};
    /// # async fn example(client: &mut Client, uid: Uid) -> Result<(), Error> {
    /// let mut file = tokio::fs::File::create("message.eml").await?;
    /// client.fetch_body(uid, Section::whole()).await?.copy_to(&mut file).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`fetch_body_with`](Self::fetch_body_with).
    pub async fn fetch_body(
        &mut self,
        message: impl Into<Message>,
        section: Section,
    ) -> Result<Body<'_>, Error> {
        self.fetch_body_with(FetchBody::new(message, section)).await
    }

    /// The same with all that can be told: a range, a part without its transfer encoding, whether `\Seen` is set.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] if the server refuses, [`Error::Missing`] if there is no such message or section; the session goes
    /// on. Any other is fatal.
    pub async fn fetch_body_with(&mut self, fetch: FetchBody) -> Result<Body<'_>, Error> {
        Body::open(self.begin(fetch).await?).await
    }
}

impl Handle {
    /// The same as [`Client::fetch_body`].
    ///
    /// # Errors
    ///
    /// As [`Client::fetch_body_with`].
    pub async fn fetch_body(
        &self,
        message: impl Into<Message>,
        section: Section,
    ) -> Result<Body<'static>, Error> {
        self.fetch_body_with(FetchBody::new(message, section)).await
    }

    /// The same as [`Client::fetch_body_with`].
    ///
    /// # Errors
    ///
    /// As [`Client::fetch_body_with`].
    pub async fn fetch_body_with(&self, fetch: FetchBody) -> Result<Body<'static>, Error> {
        Body::open(self.begin(fetch)?).await
    }
}

/// The octets of a message as they come, in constant memory. See [`Client::fetch_body`] and [`Handle::fetch_body`].
///
/// It is a [`futures_core::Stream`] and an [`AsyncBufRead`] too. Dropping it before its end is fine: what is still to come
/// is read and thrown away. A message whose transfer breaks off ends with an error, never as if it were complete.
#[derive(Debug)]
pub struct Body<'a> {
    pieces: Pieces<'a, FetchBody>,
    length: Option<u64>,
    received: u64,
    /// What was received and not given out.
    chunk: Bytes,
}

impl<'a> Body<'a> {
    /// Waits for the first octets, which tell how many there are.
    pub(crate) async fn open(pieces: Pieces<'a, FetchBody>) -> Result<Self, Error> {
        let mut body = Self { pieces, length: None, received: 0, chunk: Bytes::new() };
        body.chunk = std::future::poll_fn(|cx| body.poll_received(cx)).await?.unwrap_or_default();
        Ok(body)
    }

    /// The next octets, or nothing after the last. Dropping this future loses nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Command`], [`Error::Missing`] and [`Error::Overrun`] if there are not all octets; the session goes on. Any
    /// other is fatal. After an error there is nothing more.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        std::future::poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// Collects the octets in memory.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk); and [`io::ErrorKind::FileTooLarge`] if there are more than `limit`.
    pub async fn read_to_end(mut self, limit: usize) -> Result<Bytes, Error> {
        let mut octets = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if octets.len() + chunk.len() > limit {
                return Err(io::Error::from(io::ErrorKind::FileTooLarge).into());
            }
            octets.extend_from_slice(&chunk);
        }
        Ok(octets.freeze())
    }

    /// Writes the octets, and returns how many there are. The writer is not flushed.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk), and what the writer says.
    pub async fn copy_to(self, writer: impl AsyncWrite + Unpin) -> Result<u64, Error> {
        self.copy_with_progress(writer, |_, _| {}).await
    }

    /// The same, and tells after each piece how many octets were written, and how many there are in all, if it is known.
    ///
    /// # Errors
    ///
    /// As [`copy_to`](Self::copy_to).
    pub async fn copy_with_progress(
        mut self,
        mut writer: impl AsyncWrite + Unpin,
        mut progress: impl FnMut(u64, Option<u64>),
    ) -> Result<u64, Error> {
        let mut written = 0;
        while let Some(chunk) = self.chunk().await? {
            writer.write_all(&chunk).await?;
            written += chunk.len() as u64;
            progress(written, self.length);
        }
        Ok(written)
    }

    /// How many octets there are in all, if the server told already.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// How many octets have come.
    pub fn received(&self) -> u64 {
        self.received
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        if !self.chunk.is_empty() {
            return Poll::Ready(Ok(Some(std::mem::take(&mut self.chunk))));
        }
        self.poll_received(cx)
    }

    fn poll_received(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        Poll::Ready(match ready!(self.pieces.poll_next(cx)).transpose()? {
            Some(Taken::Piece(piece)) => {
                self.length = piece.length;
                self.received += piece.octets.len() as u64;
                Ok(Some(piece.octets))
            }
            Some(Taken::End(body)) if body.is_finished && !body.is_nil => {
                self.length = body.length;
                Ok(None)
            }
            Some(Taken::End(_)) => Err(Error::Missing),
            None => Ok(None),
        })
    }
}

impl futures_core::Stream for Body<'_> {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_chunk(cx).map(Result::transpose)
    }
}

impl AsyncBufRead for Body<'_> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        if this.chunk.is_empty() {
            this.chunk = ready!(this.poll_received(cx)).map_err(io::Error::other)?.unwrap_or_default();
        }
        Poll::Ready(Ok(&this.chunk))
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        let this = self.get_mut();
        this.chunk.advance(amount.min(this.chunk.len()));
    }
}

impl AsyncRead for Body<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let available = ready!(self.as_mut().poll_fill_buf(cx))?;
        let amount = available.len().min(buffer.remaining());
        buffer.put_slice(available.get(..amount).unwrap_or_default());
        self.consume(amount);
        Poll::Ready(Ok(()))
    }
}

/// Octets, and how many there are in all.
pub(crate) struct Piece {
    octets: Bytes,
    length: Option<u64>,
}

impl Flow for FetchBody {
    type Piece = Piece;

    fn piece(output: &mut FetchedBody) -> Option<Piece> {
        // An empty one would look like the end.
        while let Some(octets) = output.chunks.pop_front() {
            if !octets.is_empty() {
                return Some(Piece { octets, length: output.length });
            }
        }
        None
    }
}
