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
    reading: Reading,
    /// What is written is not compressed any more.
    is_plain: bool,
    deflate: Compress,
    /// Compressed octets, of which the first `written` have gone.
    output: Vec<u8>,
    written: usize,
    /// Octets are in the compressor that a flush would bring out.
    held: bool,
    octets: Counter,
}

/// How the peer's octets are taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Reading {
    /// As many at once as can be.
    Pieces,
    /// One by one, and none more when something came out: what follows may be for somebody else.
    Octets,
    /// Up to the end of the flush that brought out the last octets. These are the last four that were taken, and how many
    /// there were.
    Tail { last: u32, taken: u8 },
    /// As they are.
    Plain,
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
            reading: Reading::Pieces,
            is_plain: false,
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

    /// Inflates no octet beyond what brings something out, from now on or no longer.
    pub(crate) fn set_careful(&mut self, is_careful: bool) {
        match self.reading {
            Reading::Pieces | Reading::Octets => {
                self.reading = if is_careful { Reading::Octets } else { Reading::Pieces };
            }
            Reading::Tail { .. } | Reading::Plain => {}
        }
    }

    /// Ends the compression both ways. All that was written has been flushed, and the last octets that were read came out of a
    /// flush; what is read and written from now on goes as it is.
    pub(crate) fn end(&mut self) {
        self.reading = if self.ended { Reading::Plain } else { Reading::Tail { last: u32::MAX, taken: 0 } };
        self.is_plain = true;
    }

    /// The stream below and what was read of it, after the [end](Self::end).
    pub(crate) fn into_inner(self) -> (BoxedStream, BytesMut) {
        (self.inner, self.input)
    }

    /// Inflates what fits, and returns how many octets came out.
    fn inflate(&mut self, buffer: &mut ReadBuf<'_>) -> io::Result<usize> {
        let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
        let room = buffer.initialize_unfilled();
        let most = if self.reading == Reading::Pieces { self.input.len() } else { 1 };
        let input = self.input.get(..most).unwrap_or(&self.input);
        let status = self.inflate.decompress(input, room, FlushDecompress::None);
        let status = status.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.ended = status == Status::StreamEnd;
        self.input.advance(difference(self.inflate.total_in(), before_in));
        let inflated = difference(self.inflate.total_out(), before_out);
        buffer.advance(inflated);
        Ok(inflated)
    }

    /// Takes what belongs to the last flush of the peer, which brings out nothing; whether that was all. It ends with the
    /// octets 0, 0, 255, 255 of an empty block ([RFC 1951 section 3.2.4](https://www.rfc-editor.org/rfc/rfc1951#section-3.2.4)),
    /// or with the last block.
    fn take_tail(&mut self) -> io::Result<bool> {
        while let (Reading::Tail { last, taken }, Some(&octet)) = (self.reading, self.input.first()) {
            let mut room = [0; 1];
            let inflated = self.inflate(&mut ReadBuf::new(&mut room))?;
            let last = last << 8 | u32::from(octet);
            if inflated > 0 || taken == TAIL {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let is_whole = self.ended || last == 0x0000_FFFF;
            self.reading = if is_whole { Reading::Plain } else { Reading::Tail { last, taken: taken + 1 } };
        }
        Ok(self.reading == Reading::Plain)
    }

    /// Reads what is not compressed.
    fn poll_read_plain(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.input.is_empty() {
            return Pin::new(&mut self.inner).poll_read(cx, buffer);
        }
        let most = self.input.len().min(buffer.remaining());
        buffer.put_slice(&self.input.split_to(most));
        Poll::Ready(Ok(()))
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
            match this.reading {
                Reading::Plain => return this.poll_read_plain(cx, buffer),
                Reading::Tail { .. } => {
                    if this.take_tail()? {
                        continue;
                    }
                }
                // Without input too: what did not fit the last time is in the decompressor.
                Reading::Pieces | Reading::Octets => {
                    if this.ended || buffer.remaining() == 0 || this.inflate(buffer)? > 0 {
                        return Poll::Ready(Ok(()));
                    }
                }
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
        if this.is_plain {
            ready!(this.poll_drain(cx, 0))?;
            return Pin::new(&mut this.inner).poll_write(cx, octets);
        }
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
        while this.held && !this.is_plain {
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

/// A connection that is compressed, or not.
#[derive(Debug)]
pub(crate) enum Line {
    Deflated(Box<Deflated>),
    Plain(BoxedStream),
}

impl Line {
    /// Compresses from now on. `input` was read from the line already, and is compressed.
    pub(crate) fn compress(self, input: BytesMut) -> (Self, Counter) {
        let (inner, input) = match self {
            Self::Plain(inner) => (inner, input),
            // Compression ended before. What was read of the line and not handed out comes after what was.
            Self::Deflated(deflated) => {
                let (inner, left) = deflated.into_inner();
                let mut input = input;
                input.unsplit(left);
                (inner, input)
            }
        };
        let deflated = Deflated::new(inner, input);
        let counter = deflated.counter();
        (Self::Deflated(Box::new(deflated)), counter)
    }
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Deflated(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Deflated(stream) => Pin::new(stream).poll_write(cx, octets),
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, octets),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Deflated(stream) => Pin::new(stream).poll_flush(cx),
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Deflated(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

/// How much is read, or compressed, at once.
const PIECE: usize = 16 * 1024;

/// The most octets of a flush beyond those that bring something out: the end of a block and a head in 4 octets at most, the
/// length of an empty block in 4.
const TAIL: u8 = 16;

/// How many compressed octets may wait for the peer before more are taken.
const WAITING: usize = 64 * 1024;

#[cfg(test)]
mod tests;
