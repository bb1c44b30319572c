use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, Bytes, BytesMut};
use mailwire_pop3::{MessageNumber, Reply};
use mailwire_pop3_client::{CommandId, Event};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};

use super::{Client, Error};

/// The octets of a message as they come: CRLF line ends, dot-stuffing undone.
///
/// It is a [`futures_core::Stream`] and an [`AsyncBufRead`] too. Dropping it before its end is fine: what is still to come
/// is read and thrown away before the next answer.
///
/// A message whose transfer breaks off ends with an error, never as if it were complete.
#[derive(Debug)]
pub struct Message<'a> {
    client: &'a mut Client,
    id: CommandId,
    number: MessageNumber,
    announced: Option<u64>,
    received: u64,
    /// What was received and not read through `AsyncBufRead`.
    chunk: Bytes,
    ended: bool,
}

impl<'a> Message<'a> {
    pub(crate) fn new(client: &'a mut Client, id: CommandId, number: MessageNumber, reply: &Reply) -> Self {
        let announced = announced(reply);
        Self { client, id, number, announced, received: 0, chunk: Bytes::new(), ended: false }
    }

    /// The next octets, or nothing after the last. Dropping this future loses nothing.
    ///
    /// # Errors
    ///
    /// Any error is fatal for the session. After it there is nothing more.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        std::future::poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// Collects the message in memory.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk); and [`io::ErrorKind::FileTooLarge`] if it has more than `limit` octets.
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

    /// Writes the message, in constant memory, and returns how many octets it has. The writer is not flushed.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk), and what the writer says.
    pub async fn copy_to(mut self, mut writer: impl AsyncWrite + Unpin) -> Result<u64, Error> {
        while let Some(chunk) = self.chunk().await? {
            writer.write_all(&chunk).await?;
        }
        Ok(self.received)
    }

    /// Which message it is.
    pub fn number(&self) -> MessageNumber {
        self.number
    }

    /// How many octets the server announced, if it did. It may be wrong: it is meant for progress.
    pub fn announced(&self) -> Option<u64> {
        self.announced
    }

    /// How many octets have come.
    pub fn received(&self) -> u64 {
        self.received
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        while !self.ended {
            match ready!(self.client.poll_event_of(cx, self.id)) {
                Ok(Event::Data { octets, .. }) => {
                    self.received += octets.len() as u64;
                    return Poll::Ready(Ok(Some(octets)));
                }
                Ok(Event::End { .. }) => self.ended = true,
                Ok(_) => {}
                Err(error) => {
                    self.ended = true;
                    return Poll::Ready(Err(error));
                }
            }
        }
        Poll::Ready(Ok(None))
    }
}

impl futures_core::Stream for Message<'_> {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_chunk(cx).map(Result::transpose)
    }
}

impl AsyncBufRead for Message<'_> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        if this.chunk.is_empty() {
            this.chunk = ready!(this.poll_chunk(cx)).map_err(io::Error::other)?.unwrap_or_default();
        }
        Poll::Ready(Ok(&this.chunk))
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        let this = self.get_mut();
        this.chunk.advance(amount.min(this.chunk.len()));
    }
}

impl AsyncRead for Message<'_> {
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

impl Drop for Message<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.client.discard(self.id);
        }
    }
}

/// The number in `+OK 120 octets`.
fn announced(reply: &Reply) -> Option<u64> {
    let word = reply.text().split(|octet| *octet == b' ').next()?;
    std::str::from_utf8(word).ok()?.parse().ok()
}
