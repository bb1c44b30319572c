use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use bytes::{Buf as _, Bytes, BytesMut};
use mailwire_pop3_server::Connection;
use mailwire_service::{
    Directory,
    pop3::{Session, Step},
};
use mailwire_store::MaildropStore;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::watch,
    time::{Instant, sleep_until, timeout},
};
use tokio_rustls::TlsAcceptor;
use tracing::debug;

use super::Shared;
use crate::{BoxedStream, tls};

/// Serves a connection, if there are not too many of them.
pub(super) async fn admit<S: MaildropStore, D: Directory>(
    shared: Arc<Shared<S, D>>,
    mut stream: BoxedStream,
    peer: SocketAddr,
    implicit_tls: bool,
    stopped: watch::Receiver<bool>,
) {
    let Some(_admission) = shared.counter.admit(peer.ip()) else {
        debug!(%peer, "refused: too many connections");
        if !implicit_tls {
            let _ = timeout(REFUSAL, stream.write_all(b"-ERR [SYS/TEMP] too many connections\r\n")).await;
            let _ = timeout(REFUSAL, stream.shutdown()).await;
        }
        return;
    };
    match serve(shared, stream, implicit_tls, stopped).await {
        Ok(()) => debug!(%peer, "session over"),
        Err(error) => debug!(%peer, %error, "session broken off"),
    }
}

pub(super) async fn serve<S: MaildropStore, D: Directory>(
    shared: Arc<Shared<S, D>>,
    stream: BoxedStream,
    implicit_tls: bool,
    stopped: watch::Receiver<bool>,
) -> io::Result<()> {
    let started = Instant::now();
    let connection = Connection::new(Duration::ZERO, shared.protocol(implicit_tls)?);
    let options = shared.config.options.clone();
    let session = Session::new(connection, shared.store.clone(), shared.directory.clone(), options);
    let mut task =
        Task { shared, stream, session, input: BytesMut::new(), started, stopped, stopping: false };
    if implicit_tls {
        task.begin_tls().await?;
    }
    task.run().await
}

struct Task<S: MaildropStore, D> {
    shared: Arc<Shared<S, D>>,
    stream: BoxedStream,
    session: Session<S, D>,
    input: BytesMut,
    started: Instant,
    stopped: watch::Receiver<bool>,
    /// The server goes down, and the machine knows.
    stopping: bool,
}

impl<S: MaildropStore, D: Directory> Task<S, D> {
    async fn run(&mut self) -> io::Result<()> {
        loop {
            self.write().await?;
            let started = self.started;
            if self.session.has_work() {
                match self.session.step(move || started.elapsed()).await {
                    Step::StartTls => {
                        self.write().await?;
                        self.begin_tls().await?;
                    }
                    Step::Close(closed) => {
                        debug!(?closed, "closing");
                        return self.close().await;
                    }
                    _ => {}
                }
                continue;
            }
            if self.session.connection().wants_input() && !self.input.is_empty() && self.take_input() {
                continue;
            }
            self.wait().await?;
        }
    }

    /// Gives what was read to the machine; `false` if it took nothing.
    fn take_input(&mut self) -> bool {
        let (now, before) = (self.started.elapsed(), self.input.len());
        // An error closes the session, and is told in its last event.
        let failed = self.session.connection().handle_input(now, &mut self.input).is_err();
        failed || self.input.len() < before
    }

    /// Waits for octets, for time, or for the end of the server.
    async fn wait(&mut self) -> io::Result<()> {
        let deadline = self.session.connection().poll_timeout();
        let deadline = deadline.map(|deadline| self.started + deadline);
        let room = self.input.len() < MAX_INPUT;
        self.input.reserve(READ);
        tokio::select! {
            received = self.stream.read_buf(&mut self.input), if room => {
                if received? == 0 {
                    let now = self.started.elapsed();
                    self.session.connection().handle_eof(now);
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                self.take_input();
            }
            () = sleep_until(deadline.unwrap_or(self.started)), if deadline.is_some() => {
                let now = self.started.elapsed();
                self.session.connection().handle_timeout(now);
            }
            // An error means that whoever could say it is gone, which says the same.
            _ = self.stopped.changed(), if !self.stopping => {
                self.stopping = true;
                self.session.connection().shut_down();
            }
        }
        Ok(())
    }

    /// Sends all that waits. A client that reads nothing for too long is given up.
    async fn write(&mut self) -> io::Result<()> {
        let limit = self.shared.config.write_timeout;
        let mut wrote = false;
        while let Some(octets) = self.session.connection().poll_transmit() {
            write_all(&mut self.stream, octets, limit).await?;
            wrote = true;
        }
        if wrote {
            timeout(limit, self.stream.flush()).await??;
        }
        Ok(())
    }

    async fn begin_tls(&mut self) -> io::Result<()> {
        let Some(server_tls) = &self.shared.config.tls else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "TLS without a certificate"));
        };
        let stream = std::mem::replace(&mut self.stream, Box::new(tokio::io::empty()));
        let handshake = TlsAcceptor::from(server_tls.config.clone()).accept(stream);
        let stream = timeout(self.shared.config.tls_timeout, handshake).await?.map_err(tls::explain)?;
        let (_, connection) = stream.get_ref();
        let bindings = tls::channel_bindings(connection, server_tls.certificate.as_ref());
        let client = connection.peer_certificates().and_then(<[_]>::first).map(|der| der.to_vec());
        self.session.set_client_certificate(client);
        self.stream = Box::new(stream);
        let now = self.started.elapsed();
        let connection = self.session.connection();
        if connection.is_encrypted() {
            connection.set_channel_bindings(bindings);
            return Ok(());
        }
        self.input.clear();
        connection.tls_started(now, bindings).map_err(io::Error::other)
    }

    async fn close(&mut self) -> io::Result<()> {
        self.write().await?;
        // The client may be gone already; nothing depends on it any more.
        let _ = timeout(REFUSAL, self.stream.shutdown()).await;
        Ok(())
    }
}

/// Writes `octets`; `limit` is the longest time in which none of them moves.
async fn write_all(stream: &mut BoxedStream, mut octets: Bytes, limit: Duration) -> io::Result<()> {
    while octets.has_remaining() {
        match timeout(limit, stream.write_buf(&mut octets)).await? {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(_) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// How much is read at once: many pipelined commands.
const READ: usize = 4 * 1024;

/// From here on what was read has to be executed before more is read.
const MAX_INPUT: usize = 128 * 1024;

/// How long the last words may take.
const REFUSAL: Duration = Duration::from_secs(5);
