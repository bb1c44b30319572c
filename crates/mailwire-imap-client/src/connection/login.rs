//! The connection's part of a login: what the attempt wants is done, what the server says is given to it.

use core::time::Duration;

use mailwire_imap::{Status, command::Body, response::Continue};

use super::Connection;
use crate::{
    CommandError, Error, Event, LoggedIn, Login, LoginError, Method, PeerMisbehaved,
    login::{Action, Attempt, Context},
    queue::{Entry, Owner, Typed},
    state::State,
    trace,
};

impl Connection {
    pub(super) fn begin_login(&mut self, now: Duration, login: Login) {
        self.login = Some(alloc::boxed::Box::new(Attempt::new(login)));
        // What the greeting tells of capabilities need not be asked.
        if self.state.is_open() {
            self.with_attempt(now, Attempt::begin);
        }
    }

    /// The greeting came: a login that waited for it begins, or has nothing to do.
    pub(super) fn greeted(&mut self, now: Duration, status: Status) {
        if self.login.is_some() && self.is_logged_in() {
            self.login = None;
            self.events.push_back(Event::LoggedIn { login: LoggedIn { method: Method::PreAuth, status } });
        }
        self.with_attempt(now, Attempt::begin);
    }

    pub(super) fn on_challenge(&mut self, now: Duration, request: &Continue) {
        self.with_attempt(now, |attempt, _| attempt.on_continue(&request.text));
    }

    pub(super) fn on_login_status(
        &mut self,
        now: Duration,
        entry: &Entry,
        status: &Status,
    ) -> Result<(), Error> {
        let proven = match &mut self.login {
            Some(attempt) if status.is_ok() => attempt.verify_server(),
            _ => Ok(()),
        };
        if let Err(error) = proven {
            self.login_failed(error);
            return Err(PeerMisbehaved::UnprovenServer.into());
        }
        if status.is_ok() && matches!(entry.body(), Some(Body::Authenticate { .. } | Body::Login(..))) {
            self.transition(State::on_login);
        }
        self.with_attempt(now, |attempt, context| attempt.on_status(status, context));
        Ok(())
    }

    pub(super) fn login_not_sent(&mut self, error: &CommandError) {
        let error = match error {
            CommandError::Encode(error) => LoginError::InvalidCredentials(*error),
            _ => LoginError::NoMethod,
        };
        self.login_failed(error);
    }

    fn with_attempt(&mut self, now: Duration, step: impl FnOnce(&mut Attempt, &Context<'_>) -> Action) {
        let Some(attempt) = &mut self.login else { return };
        let context = Context {
            server: &self.server,
            encrypted: self.encrypted,
            is_fresh: self.are_capabilities_fresh,
        };
        match step(attempt, &context) {
            Action::Failed(error) => self.login_failed(error),
            Action::Respond(response) => {
                trace::hidden();
                self.transmit.line(response.expose());
            }
            Action::Send(body) => {
                self.enqueue(now, Owner::Login, Typed::new(*body));
            }
            Action::Succeeded(login) => {
                self.login = None;
                self.events.push_back(Event::LoggedIn { login: *login });
            }
        }
    }

    fn login_failed(&mut self, error: LoginError) {
        self.login = None;
        self.events.push_back(Event::LoginFailed { error });
    }
}
