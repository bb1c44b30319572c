use std::{
    future::Future as _,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf as _, Bytes, BytesMut};
use mailwire_pop3_client::{Connection, Event};
use tokio::{
    io::AsyncWrite as _,
    time::{Instant, Sleep, sleep_until},
};
use tokio_util::io::poll_read_buf;

use super::Error;
use crate::{BoxedStream, Octets};

/// A machine and its connection. All state is here and none in futures, so any of them may be dropped.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) connection: Connection,
    stream: Option<BoxedStream>,
    input: BytesMut,
    /// What the machine gave and the stream did not take yet.
    outgoing: Bytes,
    unflushed: bool,
    started: Instant,
    timer: Pin<Box<Sleep>>,
    octets: Octets,
    error: Option<Error>,
}

impl Driver {
    pub(crate) fn new(stream: BoxedStream, started: Instant, connection: Connection) -> Self {
        Self {
            connection,
            stream: Some(stream),
            input: BytesMut::new(),
            outgoing: Bytes::new(),
            unflushed: false,
            started,
            timer: Box::pin(sleep_until(started)),
            octets: Octets::default(),
            error: None,
        }
    }

    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// What ended the session.
    pub(crate) fn error(&self) -> Option<Error> {
        self.error.clone()
    }

    pub(crate) fn octets(&self) -> Octets {
        self.octets
    }

    /// The next event. Octets go both ways meanwhile: neither side can fill the other's buffers and wait for ever.
    pub(crate) fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Result<Event, Error>> {
        loop {
            if let Some(event) = self.connection.poll_event() {
                return Poll::Ready(Ok(event));
            }
            if let Some(error) = &self.error {
                return Poll::Ready(Err(error.clone()));
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
        }
    }

    /// Takes the stream away for the TLS handshake.
    pub(crate) fn take_stream(&mut self) -> Result<BoxedStream, Error> {
        self.stream.take().ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected).into())
    }

    pub(crate) fn set_stream(&mut self, stream: BoxedStream) {
        self.stream = Some(stream);
        self.input.clear();
    }

    /// Closes the connection.
    pub(crate) async fn shut_down(&mut self) -> io::Result<()> {
        match self.stream.take() {
            Some(mut stream) => tokio::io::AsyncWriteExt::shutdown(&mut stream).await,
            None => Ok(()),
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
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
        if self.unflushed
            && let Some(stream) = &mut self.stream
        {
            ready!(Pin::new(stream).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let now = self.now();
        let Some(stream) = &mut self.stream else { return Poll::Pending };
        if self.input.capacity() - self.input.len() < MIN_READ {
            self.input.reserve(READ);
        }
        let received = ready!(poll_read_buf(Pin::new(stream), cx, &mut self.input))?;
        self.octets.received += received as u64;
        Poll::Ready(if received == 0 {
            self.connection
                .handle_eof(now)
                .map_err(Error::from)
                .and(Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()))
        } else {
            self.connection.handle_input(now, &mut self.input).map_err(Error::from)
        })
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let Some(deadline) = self.connection.poll_timeout() else { return Poll::Pending };
        let deadline = self.started + deadline;
        if self.timer.deadline() != deadline {
            self.timer.as_mut().reset(deadline);
        }
        ready!(self.timer.as_mut().poll(cx));
        let now = self.now();
        Poll::Ready(self.connection.handle_timeout(now).map_err(Error::from))
    }

    fn fail(&mut self, error: Error) {
        self.error = Some(error);
        self.stream = None;
    }
}

/// How much is read at once. A body's octets are handed out of this buffer, and it is used again when they are dropped.
const READ: usize = 64 * 1024;

/// Below this a new buffer is better.
const MIN_READ: usize = 4 * 1024;
