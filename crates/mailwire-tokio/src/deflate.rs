//! DEFLATE both ways over a stream, as COMPRESS agrees on it.

use std::{
    fmt, io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, BytesMut};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::io::poll_read_buf;

use crate::{BoxedStream, Octets};

/// A stream under DEFLATE, without header or checksum ([RFC 4978](https://www.rfc-editor.org/rfc/rfc4978)).
///
/// What a peer sends cannot take more memory than the reader has room for: octets are inflated into the reader's buffer
/// alone, and the next ones wait.
pub(crate) struct Deflated {
    inner: BoxedStream,
    inflate: Decompress,
    /// Compressed octets that were read and not inflated yet.
    input: BytesMut,
    /// The peer said that nothing follows.
    ended: bool,
    deflate: Compress,
    /// Compressed octets, of which the first `written` have gone.
    output: Vec<u8>,
    written: usize,
    /// Octets are in the compressor that a flush would bring out.
    held: bool,
    octets: Counter,
}

/// How many compressed octets went over a stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counter(Arc<(AtomicU64, AtomicU64)>);

impl Counter {
    pub(crate) fn octets(&self) -> Octets {
        let (received, sent) = &*self.0;
        Octets { received: received.load(Ordering::Relaxed), sent: sent.load(Ordering::Relaxed) }
    }
}

impl Deflated {
    /// `input` was read from the stream already, and is compressed.
    pub(crate) fn new(inner: BoxedStream, input: BytesMut) -> Self {
        let octets = Counter::default();
        octets.0.0.store(input.len() as u64, Ordering::Relaxed);
        Self {
            inner,
            inflate: Decompress::new(false),
            input,
            ended: false,
            // What a client sends is small or, as most attachments, compressed already.
            deflate: Compress::new(Compression::fast(), false),
            output: Vec::new(),
            written: 0,
            held: false,
            octets,
        }
    }

    pub(crate) fn counter(&self) -> Counter {
        self.octets.clone()
    }

    /// Inflates what fits, and returns how many octets came out.
    fn inflate(&mut self, buffer: &mut ReadBuf<'_>) -> io::Result<usize> {
        let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
        let room = buffer.initialize_unfilled();
        let status = self.inflate.decompress(&self.input, room, FlushDecompress::None);
        let status = status.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.ended = status == Status::StreamEnd;
        self.input.advance(difference(self.inflate.total_in(), before_in));
        let inflated = difference(self.inflate.total_out(), before_out);
        buffer.advance(inflated);
        Ok(inflated)
    }

    fn deflate(&mut self, octets: &[u8], flush: FlushCompress) -> io::Result<usize> {
        let before = self.deflate.total_in();
        self.output.reserve(PIECE);
        self.deflate.compress_vec(octets, &mut self.output, flush).map_err(io::Error::other)?;
        Ok(difference(self.deflate.total_in(), before))
    }

    /// Writes until no more than `left` compressed octets wait.
    fn poll_drain(&mut self, cx: &mut Context<'_>, left: usize) -> Poll<io::Result<()>> {
        while self.output.len() - self.written > left {
            let waiting = self.output.get(self.written..).unwrap_or_default();
            let written = ready!(Pin::new(&mut self.inner).poll_write(cx, waiting))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += written;
            self.octets.0.1.fetch_add(written as u64, Ordering::Relaxed);
        }
        if self.written == self.output.len() || self.written > WAITING {
            self.output.drain(..self.written);
            self.written = 0;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Deflated {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            // Without input too: what did not fit the last time is in the decompressor.
            if this.ended || buffer.remaining() == 0 || this.inflate(buffer)? > 0 {
                return Poll::Ready(Ok(()));
            }
            if !this.input.is_empty() {
                continue;
            }
            this.input.reserve(PIECE);
            let received = ready!(poll_read_buf(Pin::new(&mut this.inner), cx, &mut this.input))?;
            this.octets.0.0.fetch_add(received as u64, Ordering::Relaxed);
            if received == 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for Deflated {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let piece = octets.get(..PIECE).unwrap_or(octets);
        this.held |= !piece.is_empty();
        loop {
            ready!(this.poll_drain(cx, WAITING))?;
            // A compressor that has much to give takes nothing.
            let taken = this.deflate(piece, FlushCompress::None)?;
            if taken > 0 || piece.is_empty() {
                return Poll::Ready(Ok(taken));
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.held {
            this.deflate(&[], FlushCompress::Sync)?;
            // A compressor that filled all the room has more.
            this.held = this.output.len() == this.output.capacity();
        }
        ready!(this.poll_drain(cx, 0))?;
        Pin::new(&mut this.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(cx))?;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl fmt::Debug for Deflated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflated").field("octets", &self.octets.octets()).finish_non_exhaustive()
    }
}

fn difference(after: u64, before: u64) -> usize {
    usize::try_from(after - before).unwrap_or(usize::MAX)
}

/// How much is read, or compressed, at once.
const PIECE: usize = 16 * 1024;

/// How many compressed octets may wait for the peer before more are taken.
const WAITING: usize = 64 * 1024;

#[cfg(test)]
mod tests;
