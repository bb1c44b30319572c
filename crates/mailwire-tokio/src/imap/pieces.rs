use std::task::{Context, Poll};

use mailwire_imap_client::{Command, Selected, Server};
use tokio::sync::mpsc::Receiver;

use super::{Client, Error, Handle, Ticket};

/// A command whose answer comes in pieces.
pub(crate) trait Flow: Command {
    type Piece: Send + 'static;

    /// Takes the oldest one out.
    fn piece(output: &mut Self::Output) -> Option<Self::Piece>;
}

/// What comes next of such an answer.
pub(crate) enum Taken<C: Flow> {
    Piece(C::Piece),
    /// The command is at its end.
    End(C::Output),
}

/// An answer that is taken while it comes.
#[derive(Debug)]
pub(crate) struct Pieces<'a, C: Flow> {
    line: Line<'a>,
    /// Nothing after the end.
    state: Option<State<C>>,
}

/// Over what it comes.
#[derive(Debug)]
enum Line<'a> {
    Own(&'a mut Client),
    Shared(Handle),
}

enum State<C: Flow> {
    Own(Ticket<C>),
    Shared(Receiver<Result<Taken<C>, Error>>),
}

impl<'a, C: Flow> Pieces<'a, C> {
    pub(crate) fn own(client: &'a mut Client, ticket: Ticket<C>) -> Self {
        Self { line: Line::Own(client), state: Some(State::Own(ticket)) }
    }

    pub(crate) fn shared(handle: Handle, pieces: Receiver<Result<Taken<C>, Error>>) -> Self {
        Self { line: Line::Shared(handle), state: Some(State::Shared(pieces)) }
    }

    /// The next piece, or the end, or nothing after that.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Taken<C>, Error>>> {
        let next = match (&mut self.line, &mut self.state) {
            (_, None) => return Poll::Ready(None),
            (Line::Own(client), Some(State::Own(ticket))) => {
                std::task::ready!(
                    client.poll_until(cx, Some(ticket.id()), |client| client.take_piece(ticket))
                )
            }
            (Line::Shared(handle), Some(State::Shared(pieces))) => {
                std::task::ready!(pieces.poll_recv(cx)).unwrap_or_else(|| Err(handle.ended()))
            }
            // The two are made together.
            (Line::Own(_) | Line::Shared(_), Some(_)) => Err(Error::Closed),
        };
        if !matches!(next, Ok(Taken::Piece(_))) {
            self.end();
        }
        Poll::Ready(Some(next))
    }

    pub(crate) async fn run<D: Command>(&mut self, command: D) -> Result<D::Output, Error> {
        match &mut self.line {
            Line::Own(client) => client.run(command).await,
            Line::Shared(handle) => handle.run(command).await,
        }
    }

    /// Another answer in pieces, while this one waits.
    pub(crate) async fn begin<D: Flow>(&mut self, command: D) -> Result<Pieces<'_, D>, Error> {
        match &mut self.line {
            Line::Own(client) => client.begin(command).await,
            Line::Shared(handle) => handle.begin(command),
        }
    }

    pub(crate) async fn server(&mut self) -> Result<Server, Error> {
        match &mut self.line {
            Line::Own(client) => Ok(client.server().clone()),
            Line::Shared(handle) => handle.server().await,
        }
    }

    pub(crate) async fn selected(&mut self) -> Result<Option<Selected>, Error> {
        match &mut self.line {
            Line::Own(client) => Ok(Client::selected(client).cloned()),
            Line::Shared(handle) => handle.selected().await,
        }
    }

    fn end(&mut self) {
        if let (Line::Own(client), Some(State::Own(ticket))) = (&mut self.line, self.state.take()) {
            client.end_transfer(ticket.id());
        }
    }
}

impl Client {
    /// Sends a command whose answer is taken while it comes.
    pub(crate) async fn begin<C: Flow>(&mut self, command: C) -> Result<Pieces<'_, C>, Error> {
        self.settle().await?;
        let ticket = self.begin_transfer(command)?;
        Ok(Pieces::own(self, ticket))
    }
}

impl<C: Flow> Drop for Pieces<'_, C> {
    fn drop(&mut self) {
        self.end();
    }
}

/// Nothing in it is pinned.
impl<C: Flow> Unpin for Pieces<'_, C> {}

impl<C: Flow> std::fmt::Debug for State<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Own(ticket) => ticket.fmt(f),
            Self::Shared(_) => f.write_str("Shared"),
        }
    }
}
