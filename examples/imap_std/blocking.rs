//! The adapter: a machine, a blocking socket, and a clock.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::BytesMut;
use mailwire::imap::client::{
    Command, CommandError, Config, Connection, Error, Event, Execute, Login, Method, Selected, Server,
};
use rustls::{ClientConfig, ClientConnection, StreamOwned, pki_types::ServerName};

use crate::Failure;

/// An IMAP client whose calls return when the server has answered.
pub(crate) struct Client {
    connection: Connection,
    line: Line,
    input: BytesMut,
    /// When the clock of the machine began.
    origin: Instant,
    /// The session's end, which is told after the events that came before it.
    error: Option<Error>,
}

enum Line {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Client {
    /// On a line in clear text.
    pub(crate) fn new(stream: TcpStream, config: Config) -> Result<Self, Failure> {
        stream.set_nodelay(true)?;
        Ok(Self {
            connection: Connection::new(Duration::ZERO, config),
            line: Line::Plain(stream),
            input: BytesMut::new(),
            origin: Instant::now(),
            error: None,
        })
    }

    /// With TLS from the first octet.
    pub(crate) fn with_tls(
        stream: TcpStream,
        host: &str,
        tls: Arc<ClientConfig>,
        mut config: Config,
    ) -> Result<Self, Failure> {
        config.encrypted = true;
        let mut client = Self::new(stream, config)?;
        client.shake_hands(host, tls)?;
        Ok(client)
    }

    /// Begins TLS on a line in clear text.
    pub(crate) fn start_tls(&mut self, host: &str, tls: Arc<ClientConfig>) -> Result<(), Failure> {
        self.connection.start_tls(self.now())?;
        loop {
            match self.next_event()? {
                Event::StartTls => break,
                Event::StartTlsRefused { status } => {
                    return Err(format!("no TLS: {}", status.to_string_lossy()).into());
                }
                _ => {}
            }
        }
        self.shake_hands(host, tls)?;
        Ok(self.connection.tls_started(self.now())?)
    }

    /// Logs in by the strongest way that both sides know.
    pub(crate) fn login(&mut self, login: Login) -> Result<Method, Failure> {
        self.connection.login(self.now(), login)?;
        loop {
            match self.next_event()? {
                Event::LoggedIn { login } => return Ok(login.method),
                Event::LoginFailed { error } => return Err(error.into()),
                _ => {}
            }
        }
    }

    fn call<C: Command>(&mut self, command: C) -> Result<C::Output, Failure> {
        let ticket = self.connection.send(self.now(), command)?;
        loop {
            match self.next_event()? {
                Event::Completed { id } if id == ticket.id() => break,
                Event::Alert { status } => eprintln!("the server says: {}", status.to_string_lossy()),
                _ => {}
            }
        }
        let answer = self.connection.take(&ticket).ok_or("the answer is gone")?;
        Ok(answer?)
    }

    /// What happens next. This is the whole loop that drives a machine.
    fn next_event(&mut self) -> Result<Event, Failure> {
        loop {
            while let Some(octets) = self.connection.poll_transmit() {
                self.line.write_all(&octets)?;
            }
            self.line.flush()?;
            if let Some(event) = self.connection.poll_event() {
                return Ok(event);
            }
            if let Some(error) = &self.error {
                return Err(error.clone().into());
            }
            self.error = self.wait()?.err();
        }
    }

    /// Waits until the server says something or a deadline is there, and tells the machine.
    fn wait(&mut self) -> io::Result<Result<(), Error>> {
        let patience = self.connection.poll_timeout().map(|deadline| deadline.saturating_sub(self.now()));
        // Zero is no time to wait for a socket.
        self.line.socket().set_read_timeout(patience.map(|time| time.max(Duration::from_millis(1))))?;
        let mut octets = [0; 16 * 1024];
        let read = self.line.read(&mut octets);
        let now = self.now();
        match read {
            Ok(0) => Ok(self.connection.handle_eof(now)),
            Ok(length) => {
                self.input.extend_from_slice(&octets[..length]);
                Ok(self.connection.handle_input(now, &mut self.input))
            }
            Err(error) => match error.kind() {
                ErrorKind::TimedOut | ErrorKind::WouldBlock => Ok(self.connection.handle_timeout(now)),
                ErrorKind::Interrupted => Ok(Ok(())),
                // The server closed without saying so to TLS.
                ErrorKind::UnexpectedEof => Ok(self.connection.handle_eof(now)),
                _ => Err(error),
            },
        }
    }

    fn shake_hands(&mut self, host: &str, tls: Arc<ClientConfig>) -> Result<(), Failure> {
        let mut stream = self.line.socket().try_clone()?;
        stream.set_read_timeout(Some(HANDSHAKE))?;
        let mut session = ClientConnection::new(tls, ServerName::try_from(host.to_owned())?)?;
        while session.is_handshaking() {
            session.complete_io(&mut stream)?;
        }
        self.line = Line::Tls(Box::new(StreamOwned::new(session, stream)));
        Ok(())
    }

    fn now(&self) -> Duration {
        self.origin.elapsed()
    }
}

/// Futures that are ready when they are asked: so all procedures of `Session` run here.
impl Execute for Client {
    type Error = Failure;

    async fn run<C: Command>(&mut self, command: C) -> Result<C::Output, Failure> {
        self.call(command)
    }

    async fn server(&mut self) -> Result<Server, Failure> {
        Ok(self.connection.server().clone())
    }

    async fn selected(&mut self) -> Result<Option<Selected>, Failure> {
        Ok(self.connection.selected().cloned())
    }

    fn command_error(error: &Failure) -> Option<&CommandError> {
        error.downcast_ref()
    }
}

impl Line {
    fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref(),
        }
    }
}

impl Read for Line {
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(octets),
            Self::Tls(stream) => stream.read(octets),
        }
    }
}

impl Write for Line {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(octets),
            Self::Tls(stream) => stream.write(octets),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// For each step of the handshake.
const HANDSHAKE: Duration = Duration::from_secs(30);
