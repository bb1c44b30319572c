//! Only the codec, for [`tokio_util::codec::Framed`]: proxies, test doubles, odd servers.

use std::{collections::VecDeque, io};

use bytes::{Bytes, BytesMut};
use mailwire_pop3::{
    Command, Limits, ParseError, Quirks, Reply,
    auth::{Challenge, Response},
    dot::Unstuffer,
    line::{Framer, FramingError},
};
use tokio_util::codec::{Decoder, Encoder};

/// A client's side: writes commands, reads what a server sends.
///
/// ```
/// use bytes::BytesMut;
/// use mailwire_pop3::Command;
/// use mailwire_tokio::pop3::codec::{ClientCodec, Incoming};
/// use tokio_util::codec::{Decoder as _, Encoder as _};
///
/// let (mut codec, mut wire) = (ClientCodec::new(), BytesMut::new());
/// codec.encode(Command::Uidl(None), &mut wire)?;
/// let mut input = BytesMut::from("+OK\r\n1 whqtswO00WBw418f9t5JxYwZ\r\n.\r\n");
/// assert!(matches!(codec.decode(&mut input)?, Some(Incoming::Greeting(_))));
/// # Ok::<(), mailwire_tokio::pop3::codec::Error>(())
/// ```
#[derive(Debug)]
pub struct ClientCodec {
    framer: Framer,
    limits: Limits,
    greeted: bool,
    /// Whether each reply that is due has lines after it if it is positive.
    due: VecDeque<bool>,
    body: Option<Unstuffer>,
}

/// What a server sends.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Incoming {
    /// The greeting.
    Greeting(Reply),
    /// A status line.
    Reply(Reply),
    /// A challenge of a SASL exchange.
    Challenge(Challenge),
    /// Octets of a message or a listing, dot-stuffing undone.
    Data(Bytes),
    /// The end of a message or a listing.
    End,
}

impl ClientCodec {
    /// At the start of a connection.
    pub fn new() -> Self {
        Self {
            framer: Framer::new(Quirks::default()),
            limits: Limits::default(),
            greeted: false,
            due: VecDeque::new(),
            body: None,
        }
    }
}

impl Default for ClientCodec {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder for ClientCodec {
    type Item = Incoming;
    type Error = Error;

    fn decode(&mut self, input: &mut BytesMut) -> Result<Option<Incoming>, Error> {
        if let Some(unstuffer) = &mut self.body {
            if let Some(octets) = unstuffer.next_chunk(input) {
                return Ok(Some(Incoming::Data(octets)));
            }
            let finished = unstuffer.is_finished();
            self.body = self.body.take().filter(|_| !finished);
            return Ok(finished.then_some(Incoming::End));
        }
        let Some(line) = self.framer.next_line(input, self.limits.reply_line)? else { return Ok(None) };
        if Challenge::is_challenge(&line) {
            return Ok(Some(Incoming::Challenge(Challenge::parse(&line)?)));
        }
        let reply = Reply::parse(&line)?;
        if !std::mem::replace(&mut self.greeted, true) {
            return Ok(Some(Incoming::Greeting(reply)));
        }
        let multi_line = self.due.pop_front().unwrap_or_default();
        self.body = (multi_line && reply.is_ok()).then(Unstuffer::new);
        Ok(Some(Incoming::Reply(reply)))
    }
}

impl Encoder<Command> for ClientCodec {
    type Error = Error;

    fn encode(&mut self, command: Command, out: &mut BytesMut) -> Result<(), Error> {
        command.encode(out);
        self.due.push_back(command.expects_multi_line());
        Ok(())
    }
}

impl Encoder<Response> for ClientCodec {
    type Error = Error;

    fn encode(&mut self, response: Response, out: &mut BytesMut) -> Result<(), Error> {
        response.encode(out);
        Ok(())
    }
}

/// A server's side: reads commands, writes replies. A line that is no command is an item too, so that it can be answered.
#[derive(Debug)]
pub struct ServerCodec {
    framer: Framer,
    limits: Limits,
    in_exchange: bool,
}

/// What a client sends.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Request {
    /// A command.
    Command(Command),
    /// A line that is no command.
    Bad(ParseError),
    /// A line of a SASL exchange.
    Response(Response),
}

impl ServerCodec {
    /// At the start of a connection.
    pub fn new() -> Self {
        Self { framer: Framer::new(Quirks::default()), limits: Limits::default(), in_exchange: false }
    }
}

impl Default for ServerCodec {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder for ServerCodec {
    type Item = Request;
    type Error = Error;

    fn decode(&mut self, input: &mut BytesMut) -> Result<Option<Request>, Error> {
        let limit = if self.in_exchange { self.limits.sasl_line } else { self.limits.command_line };
        let Some(line) = self.framer.next_line(input, limit)? else { return Ok(None) };
        Ok(Some(if std::mem::take(&mut self.in_exchange) {
            Response::parse(&line).map_or_else(Request::Bad, Request::Response)
        } else {
            Command::parse(&line).map_or_else(Request::Bad, Request::Command)
        }))
    }
}

impl Encoder<Reply> for ServerCodec {
    type Error = Error;

    fn encode(&mut self, reply: Reply, out: &mut BytesMut) -> Result<(), Error> {
        reply.encode(out);
        Ok(())
    }
}

impl Encoder<Challenge> for ServerCodec {
    type Error = Error;

    fn encode(&mut self, challenge: Challenge, out: &mut BytesMut) -> Result<(), Error> {
        challenge.encode(out);
        self.in_exchange = true;
        Ok(())
    }
}

/// Octets that are already stuffed, such as a chunk of [`mailwire_pop3::dot::Stuffer`].
impl Encoder<Bytes> for ServerCodec {
    type Error = Error;

    fn encode(&mut self, octets: Bytes, out: &mut BytesMut) -> Result<(), Error> {
        out.extend_from_slice(&octets);
        Ok(())
    }
}

/// What ends a framed connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A line cannot be framed.
    #[error("{0}")]
    Framing(#[from] FramingError),
    /// The connection.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A server's line cannot be read.
    #[error("{0}")]
    Parse(#[from] ParseError),
}

#[cfg(test)]
mod tests {
    use mailwire_pop3::MessageNumber;

    use super::*;

    #[test]
    fn a_client_reads_what_its_commands_ask_for() {
        let wire = b"+OK ready\r\n+OK\r\n..a\r\nb\r\n.\r\n-ERR no\r\n+ AA==\r\n+OK\r\n";
        for size in 1..=wire.len() {
            let (mut codec, mut out, mut input) = (ClientCodec::new(), BytesMut::new(), BytesMut::new());
            for command in [Command::Retr(MessageNumber::FIRST), Command::Uidl(None), Command::Noop] {
                codec.encode(command, &mut out).unwrap();
            }
            assert_eq!(&out[..], b"RETR 1\r\nUIDL\r\nNOOP\r\n");
            let (mut shown, mut data) = (String::new(), Vec::new());
            for chunk in wire.chunks(size) {
                input.extend_from_slice(chunk);
                while let Some(item) = codec.decode(&mut input).unwrap() {
                    match item {
                        Incoming::Greeting(reply) => shown += &format!("greeting {reply}; "),
                        Incoming::Reply(reply) => shown += &format!("{reply}; "),
                        Incoming::Challenge(challenge) => shown += &format!("{:?}; ", challenge.as_bytes()),
                        Incoming::Data(octets) => data.extend_from_slice(&octets),
                        Incoming::End => shown += "end; ",
                    }
                }
            }
            assert_eq!(shown, "greeting +OK ready; +OK; end; -ERR no; [0]; +OK; ", "{size}");
            assert_eq!(data, b".a\r\nb\r\n");
        }
    }

    #[test]
    fn a_server_reads_responses_after_its_challenges() {
        let (mut codec, mut out) = (ServerCodec::new(), BytesMut::new());
        let mut input = BytesMut::from("AUTH PLAIN\r\nSTAT 1\r\n");
        assert!(matches!(codec.decode(&mut input).unwrap(), Some(Request::Command(Command::Auth { .. }))));
        assert!(matches!(codec.decode(&mut input).unwrap(), Some(Request::Bad(_))));
        codec.encode(Challenge::new([]), &mut out).unwrap();
        input.extend_from_slice(b"AGEAYg==\r\nQUIT\r\n");
        assert!(matches!(codec.decode(&mut input).unwrap(), Some(Request::Response(Response::Data(_)))));
        assert!(matches!(codec.decode(&mut input).unwrap(), Some(Request::Command(Command::Quit))));
        codec.encode(Reply::ok("bye"), &mut out).unwrap();
        assert_eq!(&out[..], b"+ \r\n+OK bye\r\n");
    }
}
