use alloc::{boxed::Box, vec::Vec};

use mailwire_pop3::{
    Argument, Capabilities, Command, InvalidArgument, ParseError, Reply, ResponseCode, Secret,
    auth::{Challenge, InitialResponse, Response},
    command::MechanismName,
    greeting::Timestamp,
};
use mailwire_sasl::{
    ChannelBinding, Limits, Mechanism, OAuthError,
    client::{self, Credentials, Exchange, Policy},
    saslprep::{self, Use},
};
use zeroize::Zeroizing;

/// How to log in: with which credentials, and what is permitted.
///
/// The ways are tried in this order, and the first that both sides know is taken: SASL mechanisms that do not show the
/// password, the strongest first; APOP; PLAIN and other SASL mechanisms that do; USER and PASS. The next one is tried only
/// if the server refused a way before it saw anything derived from the password, or if it refuses APOP without saying
/// that the password is wrong, because many servers offer APOP to users who cannot have it.
///
/// On a line without TLS nothing that shows the password is taken, unless
/// [`allow_cleartext`](Self::allow_cleartext) says so.
#[derive(Clone, Debug)]
pub struct Login {
    credentials: Credentials,
    nonce: Vec<u8>,
    binding: Option<ChannelBinding>,
    limits: Limits,
    allow_cleartext: bool,
    initial_response: bool,
    excluded: Vec<Method>,
}

/// A way to log in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Method {
    /// APOP (RFC 1939 section 7)
    Apop,
    /// AUTH with this mechanism (RFC 5034)
    Sasl(Mechanism),
    /// USER and PASS (RFC 1939 section 7)
    UserPass,
}

/// Why a login failed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// The user name or password cannot stand in a command.
    #[error("the user name or password cannot be sent: {0}")]
    InvalidCredentials(InvalidArgument),
    /// There is no way that both sides know and the policy permits.
    #[error("no way to log in that both sides know and that is permitted here")]
    NoMethod,
    /// The server does not take the token, and says why.
    #[error("the server refuses the token: {error:?}")]
    OAuth {
        /// By what.
        method: Method,
        /// The server's words.
        error: Box<OAuthError>,
        /// The reply after them.
        reply: Reply,
    },
    /// The user name or password is not ASCII, and the server does not announce `UTF8 USER`
    /// ([RFC 6856 section 2.2](https://www.rfc-editor.org/rfc/rfc6856#section-2.2)).
    #[error("the server takes no user names and passwords beyond ASCII")]
    Utf8NotOffered,
    /// The user name or password has characters that no login may have (RFC 4013).
    #[error("the user name or password cannot be prepared: {0}")]
    Preparation(saslprep::Error),
    /// The server refuses.
    #[error("the server refuses the login: {reply}")]
    Refused {
        /// By what.
        method: Method,
        /// The reply; its code may say whether to ask the user for another password or to try later.
        reply: Reply,
    },
    /// The server's side of the exchange is wrong, so it may be somebody else.
    #[error("the exchange failed: {error}")]
    Sasl {
        /// By what.
        method: Method,
        /// What is wrong.
        error: mailwire_sasl::Error,
    },
    /// The server's challenge is no base64.
    #[error("the challenge cannot be read: {error}")]
    Challenge {
        /// By what.
        method: Method,
        /// What is wrong.
        error: ParseError,
    },
}

impl Login {
    /// With these credentials. `nonce` is at least 18 octets that nobody can predict, different for each login.
    pub fn new(credentials: Credentials, nonce: impl Into<Vec<u8>>) -> Self {
        Self {
            credentials,
            nonce: nonce.into(),
            binding: None,
            limits: Limits::default(),
            allow_cleartext: false,
            initial_response: true,
            excluded: Vec::new(),
        }
    }

    /// What ties the login to the TLS connection below it.
    #[must_use]
    pub fn with_channel_binding(mut self, binding: impl Into<Option<ChannelBinding>>) -> Self {
        self.binding = binding.into();
        self
    }

    /// What the server may make this side compute.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Permits ways that show the password on a line without TLS.
    #[must_use]
    pub fn allow_cleartext(mut self) -> Self {
        self.allow_cleartext = true;
        self
    }

    /// Never uses this way.
    #[must_use]
    pub fn without(mut self, method: Method) -> Self {
        self.excluded.push(method);
        self
    }

    /// Sends nothing along with AUTH, for servers that announce this and cannot do it.
    #[must_use]
    pub fn without_initial_response(mut self) -> Self {
        self.initial_response = false;
        self
    }
}

impl LoginError {
    /// Which way was tried last.
    pub fn method(&self) -> Option<Method> {
        match self {
            Self::InvalidCredentials(_) | Self::NoMethod | Self::Preparation(_) | Self::Utf8NotOffered => {
                None
            }
            Self::OAuth { method, .. }
            | Self::Refused { method, .. }
            | Self::Sasl { method, .. }
            | Self::Challenge { method, .. } => Some(*method),
        }
    }

    /// The response code of the server's reply.
    pub fn code(&self) -> Option<&ResponseCode> {
        match self {
            Self::OAuth { reply, .. } | Self::Refused { reply, .. } => reply.code(),
            _ => None,
        }
    }

    /// Whether the same credentials may do later: the maildrop is in use, the last login too recent, the system ill.
    pub fn is_temporary(&self) -> bool {
        self.code().is_some_and(|code| {
            ["IN-USE", "LOGIN-DELAY", "SYS/TEMP"].iter().any(|ancestor| code.is_within(ancestor))
        })
    }
}

/// What a choice depends on.
pub(crate) struct Context<'a> {
    pub(crate) capabilities: Option<&'a Capabilities>,
    pub(crate) timestamp: Option<&'a Timestamp>,
    pub(crate) encrypted: bool,
}

/// What to do next.
pub(crate) enum Action {
    Failed(LoginError),
    Respond(Response),
    Send(Command),
    Succeeded(Method),
}

/// A login in progress.
///
/// ```text
/// CapabilitiesBefore ---> Trying ---> CapabilitiesAfter ---> done
///                         |    ^
///                         +----+ the next way
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
    Apop,
    User,
    Pass,
    Sasl(Box<Trial>),
    CapabilitiesAfter(Method),
}

#[derive(Debug)]
struct Trial {
    mechanism: Mechanism,
    exchange: Exchange,
    /// What this side says first, as long as it was not said.
    first: Option<mailwire_sasl::Secret>,
    /// Whether the first words went along with AUTH.
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
        match context.capabilities {
            None => Action::Send(Command::Capa),
            Some(_) => self.next_method(context),
        }
    }

    pub(crate) fn on_capabilities(&mut self, context: &Context<'_>) -> Action {
        match self.step {
            Step::CapabilitiesAfter(method) => Action::Succeeded(method),
            _ => self.next_method(context),
        }
    }

    pub(crate) fn on_challenge(&mut self, challenge: Result<Challenge, ParseError>) -> Action {
        let Step::Sasl(trial) = &mut self.step else { return Action::Respond(Response::Cancel) };
        let method = Method::Sasl(trial.mechanism);
        trial.challenges = trial.challenges.saturating_add(1);
        let answer = match challenge {
            _ if trial.cancelled.is_some() => return Action::Respond(Response::Cancel),
            Err(error) => Err(LoginError::Challenge { method, error }),
            Ok(challenge) => match trial.first.take() {
                Some(first) => Ok(first),
                None => trial
                    .exchange
                    .respond(challenge.as_bytes())
                    .map_err(|error| LoginError::Sasl { method, error }),
            },
        };
        match answer {
            Ok(answer) => Action::Respond(Response::data(answer.expose())),
            Err(error) => {
                trial.cancelled = Some(error);
                Action::Respond(Response::Cancel)
            }
        }
    }

    /// Checks, on `+OK`, that the server is who it has to be.
    pub(crate) fn verify_server(&mut self) -> Result<(), LoginError> {
        let Step::Sasl(trial) = &mut self.step else { return Ok(()) };
        let method = Method::Sasl(trial.mechanism);
        match trial.cancelled.take() {
            Some(error) => Err(error),
            None => trial.exchange.finish().map_err(|error| LoginError::Sasl { method, error }),
        }
    }

    pub(crate) fn on_reply(&mut self, reply: &Reply, context: &Context<'_>) -> Action {
        match core::mem::replace(&mut self.step, Step::CapabilitiesBefore) {
            // Only a refused CAPA comes here: a server without it.
            Step::CapabilitiesBefore => self.next_method(context),
            Step::CapabilitiesAfter(method) => Action::Succeeded(method),
            Step::Apop if reply.is_ok() => self.succeeded(Method::Apop, context),
            Step::Apop => self.refused(Method::Apop, reply, context, reply.code().is_none()),
            Step::User if reply.is_ok() => self.pass(context),
            Step::Pass if reply.is_ok() => self.succeeded(Method::UserPass, context),
            Step::User | Step::Pass => self.refused(Method::UserPass, reply, context, false),
            Step::Sasl(trial) if reply.is_ok() => self.succeeded(Method::Sasl(trial.mechanism), context),
            Step::Sasl(trial) => self.sasl_refused(trial, reply, context),
        }
    }

    /// The challenge that `+OK text` stands for, if the exchange cannot be over yet.
    ///
    /// SCRAM is not here once it has begun: what says that the server accepts the login must not be taken for its proof.
    pub(crate) fn challenge_in(&self, text: &[u8]) -> Option<Challenge> {
        let Step::Sasl(trial) = &self.step else { return None };
        let challenge = Challenge::parse(&[b"+ ", text].concat()).ok();
        match trial.mechanism {
            // Without something to digest a response would be good for ever.
            Mechanism::CramMd5 => {
                challenge.filter(|challenge| trial.challenges == 0 && !challenge.as_bytes().is_empty())
            }
            Mechanism::Login if trial.challenges < 2 => challenge.or_else(|| Some(Challenge::new([]))),
            _ if trial.first.is_some() => Some(Challenge::new([])),
            _ => None,
        }
    }

    /// The refusal of a way that was not the last one.
    pub(crate) fn into_refusal(self) -> Option<LoginError> {
        self.refusal
    }

    fn succeeded(&mut self, method: Method, context: &Context<'_>) -> Action {
        if context.capabilities.is_none_or(Capabilities::is_empty) {
            return Action::Succeeded(method);
        }
        self.step = Step::CapabilitiesAfter(method);
        Action::Send(Command::Capa)
    }

    fn refused(&mut self, method: Method, reply: &Reply, context: &Context<'_>, try_next: bool) -> Action {
        let error = LoginError::Refused { method, reply: reply.clone() };
        if !try_next {
            return Action::Failed(error);
        }
        self.login.excluded.push(method);
        self.refusal = Some(error);
        self.next_method(context)
    }

    fn sasl_refused(&mut self, mut trial: Box<Trial>, reply: &Reply, context: &Context<'_>) -> Action {
        let method = Method::Sasl(trial.mechanism);
        if let Some(error) = trial.cancelled.take() {
            return Action::Failed(error);
        }
        if let Some(error) = trial.exchange.oauth_error() {
            return Action::Failed(LoginError::OAuth {
                method,
                error: Box::new(error.clone()),
                reply: reply.clone(),
            });
        }
        let said_nothing_secret = !trial.initial || trial.mechanism.scram_hash().is_some();
        if trial.challenges > 0 || reply.code().is_some() || !said_nothing_secret {
            return self.refused(method, reply, context, false);
        }
        if trial.initial {
            // The server may announce initial responses and not understand them; nothing secret was said yet.
            return self.sasl(trial.mechanism, context, false);
        }
        self.refused(method, reply, context, true)
    }

    fn next_method(&mut self, context: &Context<'_>) -> Action {
        let offered: Vec<Mechanism> = context
            .capabilities
            .map(Capabilities::mechanisms)
            .unwrap_or_default()
            .iter()
            .filter_map(|name| name.as_str().parse().ok())
            .filter(|mechanism| !self.login.excluded.contains(&Method::Sasl(*mechanism)))
            .collect();
        let choice = client::choose(offered, &self.login.credentials, &self.policy(context));
        // APOP, USER and PASS have no place for an authorization identity: it would be the wrong user's maildrop.
        let credentials = &self.login.credentials;
        let has_password = credentials.as_password().is_some() && credentials.authorization().is_none();
        let apop = context.timestamp.filter(|_| has_password && self.permits(Method::Apop));
        let may_show = context.encrypted || self.login.allow_cleartext;
        match (choice, apop) {
            (Some(mechanism), apop) if apop.is_none() || !mechanism.is_plaintext() => {
                self.sasl(mechanism, context, self.login.initial_response)
            }
            (_, Some(timestamp)) => self.apop(timestamp, context),
            (_, None) if has_password && may_show && self.permits(Method::UserPass) => self.user(context),
            (_, None) => Action::Failed(self.refusal.take().unwrap_or(LoginError::NoMethod)),
        }
    }

    fn apop(&mut self, timestamp: &Timestamp, context: &Context<'_>) -> Action {
        self.step = Step::Apop;
        self.with_password(context, Use::Stored, |user, password| {
            let digest = timestamp.digest(password);
            Argument::new(user).map(|name| Command::Apop { name, digest })
        })
    }

    fn user(&mut self, context: &Context<'_>) -> Action {
        self.step = Step::User;
        self.with_password(context, Use::Query, |user, _| Argument::new(user).map(Command::User))
    }

    fn pass(&mut self, context: &Context<'_>) -> Action {
        self.step = Step::Pass;
        self.with_password(context, Use::Query, |_, password| Secret::new(password).map(Command::Pass))
    }

    /// A command with user name and password, prepared as RFC 6856 section 2.2 says if they are not ASCII.
    fn with_password(
        &self,
        context: &Context<'_>,
        purpose: Use,
        command: impl FnOnce(&[u8], &[u8]) -> Result<Command, InvalidArgument>,
    ) -> Action {
        let Some((user, password)) = self.login.credentials.as_password() else {
            return Action::Failed(LoginError::NoMethod);
        };
        let prepared = |text: &[u8], purpose| match core::str::from_utf8(text) {
            _ if text.is_ascii() => Ok(text.to_vec()),
            Ok(text) if context.capabilities.is_some_and(Capabilities::utf8_user) => {
                let prepared = saslprep::prepare(text, purpose).map_err(LoginError::Preparation)?;
                Ok(prepared.as_bytes().to_vec())
            }
            _ => Err(LoginError::Utf8NotOffered),
        };
        let (user, password) =
            match (prepared(user.as_bytes(), Use::Query), prepared(password.expose(), purpose)) {
                (Ok(user), Ok(password)) => (user, Zeroizing::new(password)),
                (Err(error), _) | (_, Err(error)) => return Action::Failed(error),
            };
        match command(&user, &password) {
            Ok(command) => Action::Send(command),
            Err(error) => Action::Failed(LoginError::InvalidCredentials(error)),
        }
    }

    fn sasl(&mut self, mechanism: Mechanism, context: &Context<'_>, initial_response: bool) -> Action {
        let method = Method::Sasl(mechanism);
        let exchange = Exchange::new(mechanism, &self.login.credentials, self.options(context));
        let (mut exchange, name) = match (exchange, MechanismName::new(mechanism.name())) {
            (Ok(exchange), Ok(name)) => (exchange, name),
            (Err(error), _) => return Action::Failed(LoginError::Sasl { method, error }),
            (_, Err(_)) => return Action::Failed(LoginError::NoMethod),
        };
        let mut first = exchange.initial_response();
        let initial = first
            .as_ref()
            .map(|first| InitialResponse::new(first.expose()))
            .filter(|first| initial_response && fits_the_command(&name, first));
        if initial.is_some() {
            first = None;
        }
        let said = initial.is_some();
        self.step = Step::Sasl(Box::new(Trial {
            mechanism,
            exchange,
            first,
            initial: said,
            challenges: 0,
            cancelled: None,
        }));
        Action::Send(Command::Auth { mechanism: name, initial_response: initial })
    }

    fn policy(&self, context: &Context<'_>) -> Policy {
        let mut policy = Policy::cleartext().with_channel_binding(self.login.binding.is_some());
        policy.encrypted = context.encrypted;
        policy.allow_plaintext_on_cleartext = self.login.allow_cleartext;
        policy
    }

    fn options(&self, context: &Context<'_>) -> client::Options {
        let offers_plus = context.capabilities.is_some_and(|capabilities| {
            capabilities.mechanisms().iter().any(|name| name.as_str().ends_with("-PLUS"))
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

/// "If specifying an initial response would cause the AUTH command to exceed this length, the client MUST NOT use the
/// initial-response parameter" ([RFC 5034 section 4](https://www.rfc-editor.org/rfc/rfc5034#section-4)).
fn fits_the_command(mechanism: &MechanismName, response: &InitialResponse) -> bool {
    "AUTH  \r\n".len() + mechanism.as_str().len() + response.encoded_len() <= MAX_COMMAND
}

/// RFC 2449 section 4, with CRLF.
const MAX_COMMAND: usize = 255;
