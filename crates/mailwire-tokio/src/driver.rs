//! What drives a client's machine over a stream, whatever the protocol.

use std::{
    fmt,
    future::Future as _,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::{
    io::AsyncWrite as _,
    time::{Instant, Sleep, sleep_until},
};
use tokio_util::io::poll_read_buf;

use crate::{
    BoxedStream, Octets,
    deflate::{Counter, Line},
};

/// What the machines of clients have in common.
pub(crate) trait Machine: fmt::Debug {
    type Event;
    /// What ends a session: the client's own error, which has those of the machine and of the network.
    type Error: Clone + fmt::Debug + From<io::Error>;

    fn handle_input(&mut self, now: Duration, input: &mut BytesMut) -> Result<(), Self::Error>;
    fn handle_eof(&mut self, now: Duration) -> Result<(), Self::Error>;
    fn handle_timeout(&mut self, now: Duration) -> Result<(), Self::Error>;
    fn poll_event(&mut self) -> Option<Self::Event>;
    fn poll_timeout(&self) -> Option<Duration>;
    fn poll_transmit(&mut self) -> Option<Bytes>;
    fn paused(&mut self, now: Duration, paused: Duration);
}

/// Implements [`Machine`] by the methods of the same names.
macro_rules! machine {
    ($connection:ty, $event:ty, $error:ty) => {
        impl crate::driver::Machine for $connection {
            type Event = $event;
            type Error = $error;

            fn handle_input(
                &mut self,
                now: std::time::Duration,
                input: &mut bytes::BytesMut,
            ) -> Result<(), $error> {
                Ok(<$connection>::handle_input(self, now, input)?)
            }

            fn handle_eof(&mut self, now: std::time::Duration) -> Result<(), $error> {
                Ok(<$connection>::handle_eof(self, now)?)
            }

            fn handle_timeout(&mut self, now: std::time::Duration) -> Result<(), $error> {
                Ok(<$connection>::handle_timeout(self, now)?)
            }

            fn poll_event(&mut self) -> Option<$event> {
                <$connection>::poll_event(self)
            }

            fn poll_timeout(&self) -> Option<std::time::Duration> {
                <$connection>::poll_timeout(self)
            }

            fn poll_transmit(&mut self) -> Option<bytes::Bytes> {
                <$connection>::poll_transmit(self)
            }

            fn paused(&mut self, now: std::time::Duration, paused: std::time::Duration) {
                <$connection>::paused(self, now, paused);
            }
        }
    };
}
pub(crate) use machine;

/// A machine and its connection. All state is here and none in futures, so any of them may be dropped.
#[derive(Debug)]
pub(crate) struct Driver<M: Machine> {
    pub(crate) connection: M,
    stream: Option<Line>,
    input: BytesMut,
    /// What the machine gave and the stream did not take yet.
    outgoing: Bytes,
    unflushed: bool,
    started: Instant,
    timer: Pin<Box<Sleep>>,
    octets: Octets,
    /// Since when nobody waits: the server is not to blame for what takes long then.
    paused_since: Option<Duration>,
    error: Option<M::Error>,
}

impl<M: Machine> Driver<M> {
    pub(crate) fn new(stream: BoxedStream, started: Instant, connection: M) -> Self {
        Self {
            connection,
            stream: Some(Line::Plain(stream)),
            input: BytesMut::new(),
            outgoing: Bytes::new(),
            unflushed: false,
            started,
            timer: Box::pin(sleep_until(started)),
            octets: Octets::default(),
            paused_since: Some(started.elapsed()),
            error: None,
        }
    }

    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// What ended the session.
    pub(crate) fn error(&self) -> Option<M::Error> {
        self.error.clone()
    }

    pub(crate) fn octets(&self) -> Octets {
        self.octets
    }

    /// The next event.
    pub(crate) fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Result<M::Event, M::Error>> {
        loop {
            if let Some(event) = self.connection.poll_event() {
                return Poll::Ready(Ok(event));
            }
            ready!(self.poll_progress(cx))?;
        }
    }

    /// Waits until the machine has got something: at most one read, so that what it gave can be taken before the next one.
    ///
    /// Octets go both ways meanwhile: neither side can fill the other's buffers and wait for ever. What ends the session is
    /// returned by the call after the one that met it, so that the events before it are not lost.
    pub(crate) fn poll_progress(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), M::Error>> {
        if let Some(error) = &self.error {
            return Poll::Ready(Err(error.clone()));
        }
        let now = self.now();
        if let Some(since) = self.paused_since.take() {
            self.connection.paused(now, now.saturating_sub(since));
        }
        let (written, read) = (self.poll_write(cx), self.poll_read(cx));
        let done = match (written, read) {
            (Poll::Ready(Err(error)), Poll::Pending) => Err(error.into()),
            (_, Poll::Ready(result)) => result,
            (Poll::Pending | Poll::Ready(Ok(())), Poll::Pending) => ready!(self.poll_timer(cx)),
        };
        if let Err(error) = done {
            self.fail(error);
        }
        self.paused_since = Some(now);
        Poll::Ready(Ok(()))
    }

    /// Writes what the machine gave, without a flush; ready when nothing of it is left. An error is met again by
    /// [`poll_progress`](Self::poll_progress).
    pub(crate) fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if ready!(self.poll_write_out(cx)).is_ok() { Poll::Ready(()) } else { Poll::Pending }
    }

    /// How many octets the machine has taken.
    pub(crate) fn consumed(&self) -> u64 {
        self.octets.received - self.input.len() as u64
    }

    /// Takes the stream away for the TLS handshake.
    pub(crate) fn take_stream(&mut self) -> Result<BoxedStream, M::Error> {
        match self.stream.take() {
            Some(Line::Plain(stream)) => Ok(stream),
            // It was compressed once.
            Some(line @ Line::Deflated(_)) => Ok(Box::new(line)),
            None => Err(io::Error::from(io::ErrorKind::NotConnected).into()),
        }
    }

    pub(crate) fn set_stream(&mut self, stream: BoxedStream) {
        self.stream = Some(Line::Plain(stream));
        self.input.clear();
    }

    /// Compresses from now on, both ways. What was read and not taken by the machine is compressed already.
    pub(crate) fn begin_compression(&mut self) -> Option<Counter> {
        let (line, counter) = self.stream.take()?.compress(std::mem::take(&mut self.input));
        self.stream = Some(line);
        Some(counter)
    }

    /// Reads no octet beyond a line, from now on or no longer: what follows may not be compressed.
    pub(crate) fn set_careful(&mut self, is_careful: bool) {
        if let Some(Line::Deflated(line)) = &mut self.stream {
            line.set_careful(is_careful);
        }
    }

    /// Compresses no more, both ways, after the octets that were read and written until now.
    pub(crate) fn end_compression(&mut self) {
        if let Some(Line::Deflated(line)) = &mut self.stream {
            line.end();
        }
    }

    /// Closes the connection.
    pub(crate) async fn shut_down(&mut self) -> io::Result<()> {
        match self.stream.take() {
            Some(mut stream) => tokio::io::AsyncWriteExt::shutdown(&mut stream).await,
            None => Ok(()),
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_write_out(cx))?;
        if self.unflushed
            && let Some(stream) = &mut self.stream
        {
            ready!(Pin::new(stream).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write_out(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if self.outgoing.is_empty() {
                match self.connection.poll_transmit() {
                    Some(octets) => self.outgoing = octets,
                    None => break,
                }
            }
            let Some(stream) = &mut self.stream else { return Poll::Pending };
            let written = ready!(Pin::new(stream).poll_write(cx, &self.outgoing))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.outgoing.advance(written);
            self.octets.sent += written as u64;
            self.unflushed = true;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), M::Error>> {
        let now = self.now();
        let Some(stream) = &mut self.stream else { return Poll::Pending };
        if self.input.capacity() - self.input.len() < MIN_READ {
            self.input.reserve(READ);
        }
        let received = ready!(poll_read_buf(Pin::new(stream), cx, &mut self.input))?;
        self.octets.received += received as u64;
        Poll::Ready(if received == 0 {
            self.connection.handle_eof(now).and(Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()))
        } else {
            self.connection.handle_input(now, &mut self.input)
        })
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), M::Error>> {
        let Some(deadline) = self.connection.poll_timeout() else { return Poll::Pending };
        let deadline = self.started + deadline;
        if self.timer.deadline() != deadline {
            self.timer.as_mut().reset(deadline);
        }
        ready!(self.timer.as_mut().poll(cx));
        let now = self.now();
        Poll::Ready(self.connection.handle_timeout(now))
    }

    /// Ends the session.
    pub(crate) fn fail(&mut self, error: M::Error) {
        self.error = Some(error);
        self.stream = None;
    }
}

/// How much is read at once. A body's octets are handed out of this buffer, and it is used again when they are dropped.
const READ: usize = 64 * 1024;

/// Below this a new buffer is better.
const MIN_READ: usize = 4 * 1024;
