//! The authorization state: who is it? ([RFC 1939 section 4](https://www.rfc-editor.org/rfc/rfc1939#section-4))

use alloc::{boxed::Box, string::String, vec::Vec};
use core::time::Duration;

use bytes::{Bytes, BytesMut};
use mailwire_pop3::{
    Argument, Command, Reply,
    auth::{Challenge, InitialResponse, Response},
    command::MechanismName,
    dot::stuff_line,
    greeting::Digest,
};
use mailwire_sasl::{
    Mechanism, Secret,
    server::{Answer, Exchange, Identity, Options, Step},
};

use crate::{
    ApiMisuse, ApopQuestion, Closed, Connection, Error, Event, PeerMisbehaved, Phrase,
    state::{Asking, State},
    trace,
};

impl Connection {
    pub(crate) fn in_authorization(
        &mut self,
        now: Duration,
        user: Option<Argument>,
        command: Command,
        rest: &BytesMut,
    ) -> Result<(), Error> {
        self.state = State::start();
        match command {
            Command::User(name) => self.on_user(name),
            Command::Pass(password) => match user {
                Some(user) => self.on_pass(now, &user, password.expose()),
                None => self.bad_command(Phrase::NotNow),
            },
            Command::Apop { name, digest } => self.on_apop(name, digest),
            Command::Auth { mechanism, initial_response } => {
                self.on_auth(now, &mechanism, initial_response.as_ref());
            }
            Command::AuthList => self.on_auth_list(),
            Command::Stls => self.on_stls(rest)?,
            Command::Quit => {
                self.send_ok(Phrase::Bye);
                self.close(Closed::Quit);
            }
            Command::Other(_) => self.bad_command(Phrase::UnknownCommand),
            command => {
                self.state = State::Authorization { user };
                self.in_any_state(command);
            }
        }
        Ok(())
    }

    /// A line of a SASL exchange.
    pub(crate) fn on_response(&mut self, now: Duration, mut exchange: Exchange, line: &Bytes) {
        trace::hidden(line.len());
        self.state = State::start();
        match Response::parse(line) {
            Ok(Response::Data(data)) => {
                let step = exchange.step(Some(data.expose()));
                self.on_step(now, exchange, step);
            }
            // "If the server cannot Base64 decode a client response, it MUST reject the AUTH command" (RFC 5034)
            Err(_) => self.bad_command(Phrase::BadCommand),
            Ok(_) => self.send_err(Phrase::Cancelled),
        }
    }

    pub(crate) fn on_answer(&mut self, now: Duration, answer: Answer) -> Result<(), ApiMisuse> {
        match core::mem::replace(&mut self.state, State::Closed) {
            State::Asking(asking) => match *asking {
                Asking::Sasl(mut exchange) => {
                    let step = exchange.answer(answer);
                    self.on_step(now, exchange, step);
                    Ok(())
                }
                asking @ Asking::Apop { .. } => {
                    self.state = State::Asking(Box::new(asking));
                    Err(ApiMisuse)
                }
            },
            state => {
                self.state = state;
                Err(ApiMisuse)
            }
        }
    }

    pub(crate) fn on_answer_apop(&mut self, now: Duration, secret: Option<&Secret>) -> Result<(), ApiMisuse> {
        let State::Asking(asking) = &self.state else { return Err(ApiMisuse) };
        let Asking::Apop { user, digest } = &**asking else { return Err(ApiMisuse) };
        let Some(timestamp) = &self.config.login.apop else { return Err(ApiMisuse) };
        // A user who does not exist costs what one who does costs.
        let expected = timestamp.digest(secret.unwrap_or(&self.config.login.seed).expose());
        let is_right = expected == *digest;
        let identity = Identity::new(user.to_string_lossy());
        if is_right && secret.is_some() {
            self.open(identity);
        } else {
            self.fail_login(now);
        }
        Ok(())
    }

    /// Wrong credentials: the reply waits.
    pub(crate) fn fail_login(&mut self, now: Duration) {
        self.failures += 1;
        let reply = self.refusal(crate::Refusal::Credentials);
        self.state = State::Delayed { until: now + self.config.login.failure_delay, reply };
    }

    /// The mechanisms that the client may use now.
    pub(crate) fn offered_mechanisms(&self) -> Vec<MechanismName> {
        let offered = self.config.login.mechanisms.iter().filter(|mechanism| self.offers(**mechanism));
        offered.filter_map(|mechanism| MechanismName::new(mechanism.name()).ok()).collect()
    }

    fn offers(&self, mechanism: Mechanism) -> bool {
        self.config.login.mechanisms.contains(&mechanism)
            && (self.may_show_password() || !mechanism.is_plaintext())
            && (!self.bindings.is_empty() || !mechanism.binds_channel())
    }

    fn may_show_password(&self) -> bool {
        self.encrypted || self.config.login.allow_cleartext
    }

    fn on_user(&mut self, name: Argument) {
        if !self.config.login.user_pass {
            self.send_err(Phrase::UnknownCommand);
        } else if !self.may_show_password() {
            self.send_err(Phrase::NeedsTls);
        } else {
            self.state = State::Authorization { user: Some(name) };
            self.send_ok(Phrase::SendPassword);
        }
    }

    /// USER and PASS say what PLAIN says, so they go the same way, preparation by SASLprep included
    /// ([RFC 6856 section 2.2](https://www.rfc-editor.org/rfc/rfc6856#section-2.2)).
    fn on_pass(&mut self, now: Duration, user: &Argument, password: &[u8]) {
        let message = Secret::from([b"\0", user.as_bytes(), b"\0", password].concat());
        self.exchange(now, Mechanism::Plain, Some(message.expose()));
    }

    fn on_apop(&mut self, user: Argument, digest: Digest) {
        if self.config.login.apop.is_none() {
            return self.send_err(Phrase::UnknownCommand);
        }
        self.events.push_back(Event::AskApop(ApopQuestion { user: user.to_string_lossy() }));
        self.state = State::Asking(Box::new(Asking::Apop { user, digest }));
    }

    fn on_auth(&mut self, now: Duration, name: &MechanismName, first: Option<&InitialResponse>) {
        let Ok(mechanism) = name.as_str().parse::<Mechanism>() else {
            return self.bad_command(Phrase::NoSuchMechanism);
        };
        if !self.config.login.mechanisms.contains(&mechanism) {
            return self.bad_command(Phrase::NoSuchMechanism);
        }
        if !self.offers(mechanism) {
            return self.send_err(Phrase::NeedsTls);
        }
        self.exchange(now, mechanism, first.map(InitialResponse::expose));
    }

    fn exchange(&mut self, now: Duration, mechanism: Mechanism, first: Option<&[u8]>) {
        self.exchanges += 1;
        let login = &self.config.login;
        let nonce = [login.seed.expose(), &self.exchanges.to_be_bytes()].concat();
        let mut options = Options::new(nonce, login.decoy.clone());
        options.bindings = self.bindings.clone();
        options.plus_offered =
            login.mechanisms.iter().any(|mechanism| mechanism.binds_channel() && self.offers(*mechanism));
        match Exchange::new(mechanism, options) {
            Ok(mut exchange) => {
                let step = exchange.step(first);
                self.on_step(now, exchange, step);
            }
            Err(_) => self.send(&self.refusal(crate::Refusal::Permanent)),
        }
    }

    fn on_step(&mut self, now: Duration, exchange: Exchange, step: Result<Step, mailwire_sasl::Error>) {
        match step {
            Ok(Step::Challenge(octets)) => {
                self.outbox.gather(|out| Challenge::new(octets).encode(out));
                self.state = State::Challenged(Box::new(exchange));
            }
            Ok(Step::Ask(question)) => {
                self.events.push_back(Event::Ask(question));
                self.state = State::Asking(Box::new(Asking::Sasl(exchange)));
            }
            Ok(Step::Done(identity)) => self.open(identity),
            Err(mailwire_sasl::Error::Malformed { .. }) => {
                self.state = State::start();
                self.bad_command(Phrase::BadCommand);
            }
            Ok(_) | Err(_) => self.fail_login(now),
        }
    }

    fn on_auth_list(&mut self) {
        self.send_ok(Phrase::ListingFollows);
        let names: Vec<String> = self.offered_mechanisms().iter().map(|name| name.as_str().into()).collect();
        self.outbox.gather(|out| {
            names.iter().for_each(|name| stuff_line(name.as_bytes(), out));
            out.extend_from_slice(b".\r\n");
        });
    }

    fn on_stls(&mut self, rest: &BytesMut) -> Result<(), Error> {
        if !self.config.stls {
            self.send_err(Phrase::UnknownCommand);
        } else if self.encrypted || self.utf8 {
            self.bad_command(Phrase::NotNow);
        } else if rest.is_empty() {
            self.send(&Reply::ok(self.words(Phrase::BeginTls)));
            self.events.push_back(Event::StartTls);
            self.state = State::Handshake;
        } else {
            return Err(PeerMisbehaved::PlaintextAfterStls.into());
        }
        Ok(())
    }
}
