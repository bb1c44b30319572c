//! The server's side: the exchange, and what it asks of the host.
//!
//! The exchange never looks up a user itself, because a host does that over a network, or in a file, and in its own
//! time. It asks a [`Question`] and waits for the [`Answer`].

mod options;
mod question;
mod state;
#[cfg(test)]
mod tests;

use alloc::{borrow::ToOwned, boxed::Box, string::String, vec::Vec};
use core::mem;

use self::state::{After, Pending, State, ask_password, authorize, login_user, refuse_token};
pub use self::{
    options::{Decoy, Options, verify_password},
    question::{Answer, Identity, Question, Step},
};
use crate::{
    ApiMisuse, Error, Limit, Mechanism, Refusal, anonymous, cram_md5, external, login, nonce, oauth, plain,
    scram::server::{Channel, Request},
};

/// One authentication, as the server sees it.
///
/// [`step`](Self::step) takes what the client sent, [`answer`](Self::answer) what the host says; both return what is
/// next. Any error means that authentication failed: the server says so without details, and every further call
/// returns the same error.
///
/// ```
/// use mailwire_sasl::{Mechanism, server::{Answer, Decoy, Exchange, Options, Question, Step}};
///
/// let options = Options::new(*b"a server's random nonce", Decoy::new("a server's random key"));
/// let mut exchange = Exchange::new(Mechanism::Plain, options)?;
/// let step = exchange.step(Some(b"\0tim\0tanstaaftanstaaf"))?;
/// let Step::Ask(Question::Password { user, password, .. }) = step else { unreachable!() };
/// let right = user == "tim" && password == "tanstaaftanstaaf".into();
/// let step = exchange.answer(if right { Answer::Granted } else { Answer::Denied })?;
/// assert!(matches!(step, Step::Done(identity) if identity.authentication == "tim"));
/// # Ok::<(), mailwire_sasl::Error>(())
/// ```
#[derive(Debug)]
pub struct Exchange {
    mechanism: Mechanism,
    options: Options,
    nonce: String,
    state: State,
}

impl Exchange {
    /// Begins an exchange in the mechanism that the client named.
    ///
    /// # Errors
    ///
    /// - [`ApiMisuse::ShortNonce`] if SCRAM or CRAM-MD5 have fewer than 18 random octets.
    /// - [`ApiMisuse::NoBinding`] if a `-PLUS` mechanism has no channel binding: it must not be offered then.
    pub fn new(mechanism: Mechanism, options: Options) -> Result<Self, Error> {
        if mechanism.binds_channel() && options.bindings.is_empty() {
            return Err(ApiMisuse::NoBinding(mechanism).into());
        }
        let needs_nonce = mechanism.scram_hash().is_some() || mechanism == Mechanism::CramMd5;
        let nonce = if needs_nonce { nonce::printable(&options.nonce)? } else { String::new() };
        Ok(Self { mechanism, options, nonce, state: State::Start })
    }

    /// Takes the client's message, without base64. The first call has the initial response, or `None` if there is none;
    /// an empty one is not the same as none ([RFC 4959 section 3](https://www.rfc-editor.org/rfc/rfc4959#section-3)).
    ///
    /// # Errors
    ///
    /// - [`Error::Malformed`], [`Error::Limit`], [`Error::Preparation`], [`Error::ChannelBinding`] for a message that is
    ///   not right.
    /// - [`Error::Refused`] if the client's proof is wrong, also for a user who does not exist.
    /// - [`ApiMisuse::Turn`] if it is the host's turn, or the exchange is over.
    pub fn step(&mut self, message: Option<&[u8]>) -> Result<Step, Error> {
        let too_long = message.is_some_and(|message| message.len() > self.options.limits.max_message);
        if too_long && !matches!(self.state, State::Failed(_)) {
            self.state = State::Failed(Limit::Message.into());
        }
        let state = mem::replace(&mut self.state, State::Done);
        let next = match message {
            Some(message) => self.on_message(state, message),
            None => self.on_command(state),
        };
        self.enter(next)
    }

    /// Takes the host's answer to the last [`Question`].
    ///
    /// # Errors
    ///
    /// - [`Error::Refused`] if the answer is no. (With a token that is refused the client is told why first, and the
    ///   error comes from the next [`step`](Self::step). With SCRAM a missing user is told after the proof.)
    /// - [`ApiMisuse::Answer`] if the answer does not fit the question, or nothing was asked.
    /// - [`ApiMisuse::Keys`] if the keys are of another hash than asked for.
    pub fn answer(&mut self, answer: Answer) -> Result<Step, Error> {
        let next = match mem::replace(&mut self.state, State::Done) {
            State::Asked(pending) => self.on_answer(*pending, answer),
            State::Failed(error) => Err(error),
            State::CramMd5 { .. }
            | State::Done
            | State::Invited
            | State::LoginPassword { .. }
            | State::LoginUser
            | State::OAuthRefused
            | State::ScramAcknowledge(_)
            | State::ScramProof(_)
            | State::Start => Err(ApiMisuse::Answer.into()),
        };
        self.enter(next)
    }

    /// The mechanism.
    #[must_use]
    pub const fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    fn enter(&mut self, next: Result<(State, Step), Error>) -> Result<Step, Error> {
        match next {
            Ok((state, step)) => {
                self.state = state;
                Ok(step)
            }
            Err(error) => {
                self.state = State::Failed(error.clone());
                Err(error)
            }
        }
    }

    /// The command came without an initial response.
    fn on_command(&self, state: State) -> Result<(State, Step), Error> {
        match (state, self.mechanism) {
            (State::Start, Mechanism::CramMd5) => {
                let challenge = cram_md5::challenge(&self.nonce, &self.options.host);
                Ok((State::CramMd5 { challenge: challenge.clone() }, Step::Challenge(challenge)))
            }
            (State::Start, Mechanism::Login) => {
                Ok((State::LoginUser, Step::Challenge(login::USER_PROMPT.to_owned())))
            }
            // An empty challenge invites a client that could not speak first (RFC 4422 section 3).
            (State::Start, _) => Ok((State::Invited, Step::Challenge(Vec::new()))),
            (State::Failed(error), _) => Err(error),
            (_, _) => Err(ApiMisuse::Turn.into()),
        }
    }

    fn on_message(&self, state: State, message: &[u8]) -> Result<(State, Step), Error> {
        match state {
            State::CramMd5 { challenge } => {
                let response = cram_md5::Response::decode(message)?;
                let question = Question::CramMd5Password { user: response.user.clone() };
                Ok(Pending::CramMd5 { challenge, response }.ask(question))
            }
            State::Failed(error) => Err(error),
            State::LoginPassword { user } => {
                let password = login::decode_password(message)?;
                Ok(ask_password(user, password, None))
            }
            State::LoginUser => login_user(message),
            State::OAuthRefused => Err(Refusal::Token.into()),
            State::ScramAcknowledge(identity) if message.is_empty() => {
                Ok((State::Done, Step::Done(identity)))
            }
            State::ScramAcknowledge(_) => Err(Error::malformed("an empty response")),
            State::ScramProof(proof) => {
                let verified = proof.verify(message, &self.options.limits)?;
                let then = After::Signature(verified.message);
                Ok(authorize(verified.user, verified.authorization, then))
            }
            // "Should a client include an initial response in its request where the mechanism does not allow the client
            // to send data first, the authentication exchange fails" (RFC 4422 section 3).
            State::Start if self.mechanism == Mechanism::CramMd5 => {
                Err(Error::malformed("no initial response"))
            }
            // Some clients send the user name with the command, as they may in SMTP.
            State::Start if self.mechanism == Mechanism::Login => login_user(message),
            State::Invited | State::Start => self.on_first(message),
            State::Asked(_) | State::Done => Err(ApiMisuse::Turn.into()),
        }
    }

    /// The first message of a mechanism in which the client is first.
    fn on_first(&self, message: &[u8]) -> Result<(State, Step), Error> {
        match self.mechanism {
            Mechanism::Anonymous => {
                let trace = anonymous::decode(message)?;
                Ok(Pending::Anonymous.ask(Question::Anonymous { trace }))
            }
            Mechanism::External => {
                let authorization = external::decode(message)?;
                let question = Question::External { authorization: authorization.clone() };
                Ok(Pending::External { authorization }.ask(question))
            }
            Mechanism::OAuthBearer => Ok(self.ask_token(oauth::Message::decode_bearer(message)?)),
            Mechanism::Plain => {
                let plain::Message { authorization, user, password } = plain::Message::decode(message)?;
                Ok(ask_password(user, password, authorization))
            }
            Mechanism::XOAuth2 => Ok(self.ask_token(oauth::Message::decode_xoauth2(message)?)),
            _ => self.on_scram_first(message),
        }
    }

    fn on_scram_first(&self, message: &[u8]) -> Result<(State, Step), Error> {
        let hash = self.mechanism.scram_hash().ok_or(ApiMisuse::Turn)?;
        let channel = Channel {
            bindings: &self.options.bindings,
            plus: self.mechanism.binds_channel(),
            plus_offered: self.options.plus_offered,
        };
        let request = Request::decode(message, hash, &channel, &self.options.limits)?;
        let (user, authorization) = (request.user.clone(), request.authorization.clone());
        let question = Question::ScramKeys { user, hash, authorization };
        Ok(Pending::ScramKeys(request).ask(question))
    }

    fn on_answer(&self, pending: Pending, answer: Answer) -> Result<(State, Step), Error> {
        match (pending, answer) {
            (Pending::Anonymous, Answer::Granted) => Ok(authorize(ANONYMOUS.into(), None, After::Done)),
            (Pending::Anonymous, Answer::GrantedAs(name)) => Ok(authorize(name, None, After::Done)),
            (Pending::Authorize { identity, then }, Answer::Granted) => Ok(then.enter(identity)),
            (Pending::Authorize { .. }, Answer::Denied) => Err(Refusal::Authorization.into()),
            (Pending::CramMd5 { challenge, response }, Answer::Password(password)) => {
                let known = subtle::Choice::from(u8::from(password.is_some()));
                let password = password.unwrap_or_else(|| self.options.decoy.key.clone());
                if bool::from(response.verify(&challenge, &password) & known) {
                    Ok(authorize(response.user, None, After::Done))
                } else {
                    Err(Refusal::Credentials.into())
                }
            }
            (Pending::External { authorization: Some(name) }, Answer::Granted) => {
                Ok(authorize(name, None, After::Done))
            }
            (Pending::External { authorization }, Answer::GrantedAs(name)) => {
                Ok(authorize(name, authorization, After::Done))
            }
            (Pending::Password { user, authorization }, Answer::Granted) => {
                Ok(authorize(user, authorization, After::Done))
            }
            (Pending::Password { user, authorization }, Answer::GrantedAs(name)) => {
                // Who asked to act as the name that was typed meant the user behind it.
                let authorization = authorization.filter(|authorization| *authorization != user);
                Ok(authorize(name, authorization, After::Done))
            }
            (Pending::ScramKeys(request), Answer::Keys(keys)) => {
                let (proof, challenge) = request.challenge(keys, &self.nonce, &self.options.decoy)?;
                Ok((State::ScramProof(Box::new(proof)), Step::Challenge(challenge)))
            }
            (Pending::Token { user: Some(user) }, Answer::Granted) => Ok(authorize(user, None, After::Done)),
            (Pending::Token { user }, Answer::GrantedAs(name)) => Ok(authorize(name, user, After::Done)),
            (Pending::Token { .. }, Answer::Denied) => Ok(refuse_token(INVALID_TOKEN.into())),
            (Pending::Token { .. }, Answer::OAuthFailure(json)) => Ok(refuse_token(json)),
            (Pending::Anonymous | Pending::External { .. } | Pending::Password { .. }, Answer::Denied) => {
                Err(Refusal::Credentials.into())
            }
            _ => Err(ApiMisuse::Answer.into()),
        }
    }

    fn ask_token(&self, message: oauth::Message) -> (State, Step) {
        let oauth::Message { user, host, port, token } = message;
        let question = Question::Token { mechanism: self.mechanism, user: user.clone(), token, host, port };
        Pending::Token { user }.ask(question)
    }
}

/// The identity of who has none.
const ANONYMOUS: &str = "anonymous";

/// What a client is told if the host says nothing else.
const INVALID_TOKEN: &str = r#"{"status":"invalid_token"}"#;
