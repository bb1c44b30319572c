//! What tasks ask of the one that has the client.

use std::task::{Context, Poll};

use mailwire_imap_client::Command;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::PollSender;

use crate::imap::{
    Client, Error, Ticket,
    pieces::{Flow, Taken},
    upload::Source,
};

/// Something that is to be done, whatever its types.
pub(super) trait Job: Send {
    fn start(&mut self, client: &mut Client) -> Progress;
    /// Looks whether there is something new, after each step.
    fn poll(&mut self, cx: &mut Context<'_>, client: &mut Client) -> Progress;
    /// The session is over.
    fn fail(&mut self, error: &Error);
}

/// How far a job is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Progress {
    Done,
    /// It cannot take what comes: nothing is read for it.
    Stalled,
    /// It waits for the server.
    Waiting,
}

/// A command.
pub(super) struct Run<C: Command> {
    command: Option<(C, Vec<Source>)>,
    ticket: Option<Ticket<C>>,
    reply: Option<oneshot::Sender<Result<C::Output, Error>>>,
}

impl<C: Command> Run<C> {
    pub(super) fn new(
        command: C,
        sources: Vec<Source>,
        reply: oneshot::Sender<Result<C::Output, Error>>,
    ) -> Self {
        Self { command: Some((command, sources)), ticket: None, reply: Some(reply) }
    }

    fn reply(&mut self, answer: Result<C::Output, Error>) -> Progress {
        if let Some(reply) = self.reply.take() {
            // Nobody may want it any more.
            let _ = reply.send(answer);
        }
        Progress::Done
    }
}

impl<C: Command> Job for Run<C> {
    fn start(&mut self, client: &mut Client) -> Progress {
        let is_wanted = self.reply.as_ref().is_some_and(|reply| !reply.is_closed());
        let Some((command, sources)) = self.command.take().filter(|_| is_wanted) else {
            return Progress::Done;
        };
        match client.send_from(command, sources) {
            Ok(ticket) => self.ticket = Some(ticket),
            Err(error) => return self.reply(Err(error)),
        }
        Progress::Waiting
    }

    fn poll(&mut self, cx: &mut Context<'_>, client: &mut Client) -> Progress {
        if self.reply.as_mut().is_none_or(|reply| reply.poll_closed(cx).is_ready()) {
            return Progress::Done;
        }
        let Some(ticket) = &self.ticket else { return Progress::Done };
        let Some(answer) = client.driver.connection.take(&ticket.inner) else { return Progress::Waiting };
        if let Some(ticket) = self.ticket.take() {
            ticket.answered();
        }
        self.reply(answer.map_err(Error::from))
    }

    fn fail(&mut self, error: &Error) {
        self.reply(Err(error.clone()));
    }
}

/// A command whose answer is handed on piece by piece.
pub(super) struct Transfer<C: Flow> {
    command: Option<C>,
    ticket: Option<Ticket<C>>,
    pieces: PollSender<Result<Taken<C>, Error>>,
}

impl<C: Flow> Transfer<C> {
    pub(super) fn new(command: C, pieces: mpsc::Sender<Result<Taken<C>, Error>>) -> Self {
        Self { command: Some(command), ticket: None, pieces: PollSender::new(pieces) }
    }

    fn end(&mut self, client: &mut Client) -> Progress {
        if let Some(ticket) = self.ticket.take() {
            client.end_transfer(ticket.id());
        }
        Progress::Done
    }
}

impl<C: Flow> Job for Transfer<C> {
    fn start(&mut self, client: &mut Client) -> Progress {
        let is_wanted = self.pieces.get_ref().is_some_and(|pieces| !pieces.is_closed());
        let Some(command) = self.command.take().filter(|_| is_wanted) else { return Progress::Done };
        match client.begin_transfer(command) {
            Ok(ticket) => self.ticket = Some(ticket),
            Err(error) => {
                self.fail(&error);
                return Progress::Done;
            }
        }
        Progress::Waiting
    }

    fn poll(&mut self, cx: &mut Context<'_>, client: &mut Client) -> Progress {
        loop {
            let Some(ticket) = &self.ticket else { return Progress::Done };
            match self.pieces.poll_reserve(cx) {
                Poll::Ready(Ok(())) => {}
                // Nobody takes them any more.
                Poll::Ready(Err(_)) => return self.end(client),
                Poll::Pending => {
                    client.set_awaited(ticket.id(), false);
                    return Progress::Stalled;
                }
            }
            client.set_awaited(ticket.id(), true);
            let Some(next) = client.take_piece(ticket) else { return Progress::Waiting };
            let is_last = !matches!(next, Ok(Taken::Piece(_)));
            if self.pieces.send_item(next).is_err() || is_last {
                return self.end(client);
            }
        }
    }

    fn fail(&mut self, error: &Error) {
        // If there is no room, the end of the channel tells it.
        if let Some(pieces) = self.pieces.get_ref() {
            let _ = pieces.try_send(Err(error.clone()));
        }
    }
}

/// A function that waits for nothing.
pub(super) struct Call<F, T> {
    call: Option<(F, oneshot::Sender<T>)>,
}

impl<F: FnOnce(&mut Client) -> T, T> Call<F, T> {
    pub(super) fn new(call: F, reply: oneshot::Sender<T>) -> Self {
        Self { call: Some((call, reply)) }
    }
}

impl<F: FnOnce(&mut Client) -> T + Send, T: Send> Job for Call<F, T> {
    fn start(&mut self, client: &mut Client) -> Progress {
        if let Some((call, reply)) = self.call.take() {
            // Nobody may want it any more.
            let _ = reply.send(call(client));
        }
        Progress::Done
    }

    fn poll(&mut self, _: &mut Context<'_>, _: &mut Client) -> Progress {
        Progress::Done
    }

    fn fail(&mut self, _: &Error) {
        self.call = None;
    }
}
