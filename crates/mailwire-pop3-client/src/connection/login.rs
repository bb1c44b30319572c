//! The connection's part of a login: what the attempt wants is done, what the server says is given to it.

use core::time::Duration;

use mailwire_pop3::{Reply, auth::Challenge};

use super::Connection;
use crate::{
    Error, Event, LoginError, PeerMisbehaved,
    in_flight::Owner,
    login::{Action, Attempt, Context},
};

impl Connection {
    pub(super) fn on_login_reply(&mut self, now: Duration, reply: &Reply) -> Result<(), Error> {
        let proven = match &mut self.login {
            Some(attempt) if reply.is_ok() => attempt.verify_server(),
            _ => Ok(()),
        };
        if let Err(error) = proven {
            self.login = None;
            self.events.push_back(Event::LoginFailed { error });
            return Err(PeerMisbehaved::UnprovenServer.into());
        }
        self.finish(now, reply.is_ok());
        self.with_attempt(now, |attempt, context| attempt.on_reply(reply, context));
        Ok(())
    }

    /// The challenge for which some servers write `+OK`.
    pub(super) fn challenge_in(&self, reply: &Reply) -> Option<Challenge> {
        let may_be_one = reply.is_ok() && self.config.quirks.ok_as_challenge;
        self.login.as_ref().filter(|_| may_be_one)?.challenge_in(reply.text())
    }

    pub(super) fn with_attempt(
        &mut self,
        now: Duration,
        step: impl FnOnce(&mut Attempt, &Context<'_>) -> Action,
    ) {
        let Some(attempt) = &mut self.login else { return };
        let action = step(
            attempt,
            &Context {
                capabilities: self.capabilities.as_ref(),
                timestamp: self.timestamp.as_ref(),
                encrypted: self.encrypted,
            },
        );
        self.act(now, action);
    }

    pub(super) fn act(&mut self, now: Duration, action: Action) {
        match action {
            Action::Send(command) => {
                self.enqueue(now, command, Owner::Login);
            }
            Action::Respond(response) => self.in_flight.respond(&response),
            Action::Succeeded(method) => {
                self.login = None;
                self.events.push_back(Event::LoggedIn { method });
            }
            Action::Failed(error) => self.login_failed(error),
        }
    }

    pub(super) fn login_failed(&mut self, error: LoginError) {
        self.login = None;
        self.events.push_back(Event::LoginFailed { error });
    }
}
