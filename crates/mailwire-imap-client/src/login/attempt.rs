use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};

use mailwire_imap::{
    Atom, Octets, Status, capability::Capability, command::Body, encoder::EncodeError, status::Kind,
};
use mailwire_sasl::{
    Mechanism, Secret, base64_decode, base64_encode,
    client::{self, Exchange, Policy},
    saslprep::{self, Use},
};
use zeroize::Zeroizing;

use super::{LoggedIn, Login, LoginError, Method, error::is_bad_protocol, is_not_connected};
use crate::{Server, error::backoff};

/// What a choice depends on.
pub(crate) struct Context<'a> {
    pub(crate) server: &'a Server,
    pub(crate) encrypted: bool,
    /// Whether the capabilities were told since the command in progress was sent: with its OK, or before it.
    pub(crate) is_fresh: bool,
}

/// What to do next.
#[derive(Debug)]
pub(crate) enum Action {
    Failed(LoginError),
    /// A line of its own: base64, or the `*` that gives up. The line end is not in it.
    Respond(Secret),
    Send(Box<Body>),
    Succeeded(Box<LoggedIn>),
}

/// A login in progress.
///
/// ```text
/// CapabilitiesBefore ---> Login, Sasl ---> CapabilitiesAfter ---> done
///                            |    ^
///                            +----+ the next way
/// ```
#[derive(Debug)]
pub(crate) struct Attempt {
    login: Login,
    step: Step,
    /// What the server said to the last way that it refused.
    refusal: Option<LoginError>,
}

#[derive(Debug)]
enum Step {
    CapabilitiesBefore,
    Login,
    Sasl(Box<Trial>),
    CapabilitiesAfter(Box<LoggedIn>),
}

#[derive(Debug)]
struct Trial {
    mechanism: Mechanism,
    exchange: Exchange,
    /// The longest challenge, without base64.
    max_message: usize,
    /// Whether the first words went along with AUTHENTICATE.
    initial: bool,
    /// How many challenges came.
    challenges: u32,
    /// Why this side gave up.
    cancelled: Option<LoginError>,
}

impl Attempt {
    pub(crate) fn new(login: Login) -> Self {
        Self { login, step: Step::CapabilitiesBefore, refusal: None }
    }

    pub(crate) fn begin(&mut self, context: &Context<'_>) -> Action {
        match context.server.capabilities() {
            None => Action::Send(Box::new(Body::Capability)),
            Some(_) => self.next_method(context),
        }
    }

    /// Takes what stands after `+` while AUTHENTICATE is in progress.
    pub(crate) fn on_continue(&mut self, text: &[u8]) -> Action {
        let Step::Sasl(trial) = &mut self.step else { return cancel() };
        if trial.cancelled.is_some() {
            return cancel();
        }
        let answer = trial.answer(text);
        trial.challenges = trial.challenges.saturating_add(1);
        match answer {
            Ok(answer) => Action::Respond(base64_encode(answer.expose()).into()),
            Err(error) => {
                trial.cancelled = Some(error);
                cancel()
            }
        }
    }

    /// Checks, on OK, that the server is who it has to be.
    pub(crate) fn verify_server(&mut self) -> Result<(), LoginError> {
        let Step::Sasl(trial) = &mut self.step else { return Ok(()) };
        let method = trial.method();
        match trial.cancelled.take() {
            Some(error) => Err(error),
            None => trial.exchange.finish().map_err(|error| LoginError::Sasl { method, error }),
        }
    }

    /// Takes the end of whatever was sent, CAPABILITY included. OK was [verified](Self::verify_server) before.
    pub(crate) fn on_status(&mut self, status: &Status, context: &Context<'_>) -> Action {
        match core::mem::replace(&mut self.step, Step::CapabilitiesBefore) {
            // Without capabilities, where a server has none, there is LOGIN.
            Step::CapabilitiesBefore => self.next_method(context),
            Step::CapabilitiesAfter(login) if is_not_connected(status) => {
                let method = login.method;
                Action::Failed(LoginError::NotConnected { method, status: Box::new(status.clone()) })
            }
            Step::CapabilitiesAfter(login) => Action::Succeeded(login),
            Step::Login if status.is_ok() => self.succeeded(Method::Login, status, context),
            Step::Login => self.refused(Method::Login, status, context, false),
            Step::Sasl(trial) if status.is_ok() => self.succeeded(trial.method(), status, context),
            Step::Sasl(trial) => self.sasl_refused(trial, status, context),
        }
    }

    /// The refusal of a way that was not the last one.
    pub(crate) fn into_refusal(self) -> Option<LoginError> {
        self.refusal
    }

    fn succeeded(&mut self, method: Method, status: &Status, context: &Context<'_>) -> Action {
        let login = Box::new(LoggedIn { method, status: status.clone() });
        if context.is_fresh {
            return Action::Succeeded(login);
        }
        self.step = Step::CapabilitiesAfter(login);
        Action::Send(Box::new(Body::Capability))
    }

    fn refused(&mut self, method: Method, status: &Status, context: &Context<'_>, try_next: bool) -> Action {
        let error = LoginError::Refused { method, status: Box::new(status.clone()) };
        if !try_next {
            return Action::Failed(error);
        }
        self.login.excluded.push(method);
        self.refusal = Some(error);
        self.next_method(context)
    }

    fn sasl_refused(&mut self, mut trial: Box<Trial>, status: &Status, context: &Context<'_>) -> Action {
        let method = trial.method();
        if let Some(error) = trial.cancelled.take() {
            return Action::Failed(error);
        }
        if let Some(error) = trial.exchange.oauth_error() {
            let error = Box::new(error.clone());
            return Action::Failed(LoginError::OAuth { method, error, status: Box::new(status.clone()) });
        }
        let is_about_user = status.code.is_some() || backoff(status).is_some();
        if trial.mechanism.binds_channel() && !is_about_user && is_bad_protocol(status) {
            return Action::Failed(LoginError::Binding { method, status: Box::new(status.clone()) });
        }
        if trial.challenges > 0 || is_about_user {
            return self.refused(method, status, context, false);
        }
        if !trial.initial {
            return self.refused(method, status, context, true);
        }
        // Coremail announces SASL-IR and says BAD to it. NO is what it says: wrong, unless nothing was proved yet.
        if status.kind == Kind::Bad || trial.mechanism.scram_hash().is_some() {
            self.login.initial_response = false;
            return self.sasl(trial.mechanism, context);
        }
        self.refused(method, status, context, false)
    }

    fn next_method(&mut self, context: &Context<'_>) -> Action {
        let offered: Vec<Mechanism> =
            mechanisms(context.server).filter(|mechanism| self.permits(Method::Sasl(*mechanism))).collect();
        match client::choose(offered, &self.login.credentials, &self.policy(context)) {
            Some(mechanism) => self.sasl(mechanism, context),
            None => self.log_in(context),
        }
    }

    /// "A client implementation MUST NOT send a LOGIN command if the LOGINDISABLED capability is advertised"
    /// ([RFC 9051 section 6.2.3](https://www.rfc-editor.org/rfc/rfc9051#section-6.2.3)).
    fn log_in(&mut self, context: &Context<'_>) -> Action {
        let credentials = &self.login.credentials;
        // LOGIN has no place for an authorization identity: it would be the wrong user's session.
        let password = credentials
            .as_password()
            .filter(|_| credentials.authorization().is_none() && self.permits(Method::Login));
        let may_show = context.encrypted || self.login.allow_cleartext;
        let body = match password {
            Some(_) if context.server.has("LOGINDISABLED") => {
                Err(self.refusal.take().unwrap_or(LoginError::LoginDisabled))
            }
            Some((user, password)) if may_show => login_command(user, password),
            _ => Err(self.refusal.take().unwrap_or(LoginError::NoMethod)),
        };
        match body {
            Ok(body) => {
                self.step = Step::Login;
                Action::Send(Box::new(body))
            }
            Err(error) => Action::Failed(error),
        }
    }

    fn sasl(&mut self, mechanism: Mechanism, context: &Context<'_>) -> Action {
        let method = Method::Sasl(mechanism);
        let exchange = Exchange::new(mechanism, &self.login.credentials, self.options(context));
        let (mut exchange, name) = match (exchange, Atom::new(mechanism.name())) {
            (Ok(exchange), Ok(name)) => (exchange, name),
            (Err(error), _) => return Action::Failed(LoginError::Sasl { method, error }),
            (_, Err(_)) => return Action::Failed(LoginError::NoMethod),
        };
        let may_begin = self.login.initial_response && context.server.has("SASL-IR");
        let first = if may_begin { exchange.initial_response() } else { None };
        let initial = first.is_some();
        self.step = Step::Sasl(Box::new(Trial {
            mechanism,
            exchange,
            max_message: self.login.limits.max_message,
            initial,
            challenges: 0,
            cancelled: None,
        }));
        Action::Send(Box::new(Body::Authenticate {
            mechanism: name,
            initial_response: first.map(|first| initial_response(&first)),
        }))
    }

    fn policy(&self, context: &Context<'_>) -> Policy {
        let mut policy = Policy::cleartext().with_channel_binding(self.login.binding.is_some());
        policy.encrypted = context.encrypted;
        policy.allow_plaintext_on_cleartext = self.login.allow_cleartext;
        policy
    }

    fn options(&self, context: &Context<'_>) -> client::Options {
        // What the server said, whatever was switched off of it: the server compares this with what it said.
        let offers_plus = context.server.capabilities().is_some_and(|capabilities| {
            capabilities.words().any(|word| {
                let word = word.to_ascii_uppercase();
                word.starts_with(b"AUTH=") && word.ends_with(b"-PLUS")
            })
        });
        client::Options::new(self.login.nonce.clone())
            .with_binding(self.login.binding.clone())
            .with_limits(self.login.limits)
            .with_server_offers_plus(offers_plus)
    }

    fn permits(&self, method: Method) -> bool {
        !self.login.excluded.contains(&method)
    }
}

impl Trial {
    fn answer(&mut self, text: &[u8]) -> Result<Secret, LoginError> {
        let method = self.method();
        let challenge = if self.has_meaning() {
            base64_decode(text.trim_ascii(), self.max_message)
                .map_err(|error| LoginError::Challenge { method, error })?
        } else {
            Vec::new()
        };
        self.exchange.respond(&challenge).map_err(|error| LoginError::Sasl { method, error })
    }

    /// Whether the text of the next challenge says anything.
    ///
    /// One that only invites the client's first words does not, nor do the two questions of LOGIN, whose order is fixed:
    /// some servers put words for people there.
    fn has_meaning(&self) -> bool {
        let is_invitation = self.mechanism.is_client_first() && !self.initial && self.challenges == 0;
        !is_invitation && self.mechanism != Mechanism::Login
    }

    fn method(&self) -> Method {
        Method::Sasl(self.mechanism)
    }
}

/// What the server offers, but for what was switched off.
fn mechanisms(server: &Server) -> impl Iterator<Item = Mechanism> + '_ {
    server.iter().filter_map(|capability| match capability {
        Capability::Auth(name) => name.as_str()?.parse().ok(),
        _ => None,
    })
}

/// `initial-resp = (base64 / "=")` ([RFC 4959 section 7](https://www.rfc-editor.org/rfc/rfc4959#section-7))
fn initial_response(first: &Secret) -> mailwire_imap::Secret {
    if first.is_empty() {
        return mailwire_imap::Secret::new("=");
    }
    mailwire_imap::Secret::new(Zeroizing::new(base64_encode(first.expose())).as_bytes())
}

/// LOGIN. What is not ASCII is prepared as SASL's mechanisms do it, and goes as a literal; a password that is no text goes
/// as it is.
fn login_command(user: &str, password: &Secret) -> Result<Body, LoginError> {
    let user = prepared(user)?;
    let password = match core::str::from_utf8(password.expose()) {
        Ok(text) => Secret::from(Zeroizing::new(prepared(text)?.into_owned())),
        Err(_) => password.clone(),
    };
    // "CHAR8 = %x01-ff ; any OCTET except NUL" (RFC 9051 section 9): there is no form for it.
    if user.contains('\0') || password.expose().contains(&0) {
        return Err(LoginError::InvalidCredentials(EncodeError::Nul));
    }
    Ok(Body::Login(Octets::from(String::from(user)), mailwire_imap::Secret::new(password.expose())))
}

fn prepared(text: &str) -> Result<Cow<'_, str>, LoginError> {
    if text.is_ascii() {
        return Ok(Cow::Borrowed(text));
    }
    saslprep::prepare(text, Use::Query).map_err(LoginError::Preparation)
}

/// "If the client wishes to cancel an authentication exchange, it issues a line consisting of a single `*`"
/// ([RFC 9051 section 6.2.2](https://www.rfc-editor.org/rfc/rfc9051#section-6.2.2)).
fn cancel() -> Action {
    Action::Respond(Secret::from("*"))
}
