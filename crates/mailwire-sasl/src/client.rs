//! The client's side: what the user has, which mechanism that fits, and the exchange.

mod credentials;
mod policy;
mod state;
#[cfg(test)]
mod tests;

use core::mem;

use self::state::State;
pub use self::{
    credentials::Credentials,
    policy::{Policy, choose},
};
use crate::{
    ChannelBinding, Error, Limit, Limits, Mechanism, OAuthError, Refusal, Secret, SignatureError,
    nonce::Nonce,
};

/// One authentication, as the client sees it.
///
/// 1. [`initial_response`](Self::initial_response), if the protocol can carry it with the command; it may be left out.
/// 2. [`respond`](Self::respond) to every challenge.
/// 3. [`finish`](Self::finish) when the server says success: only then is the server known to be the right one.
///
/// When the server says no the exchange is dropped. After an error the client cancels, and every further call returns
/// the same error.
///
/// ```
/// use mailwire_sasl::{Mechanism, client::{Credentials, Exchange, Options}};
///
/// let credentials = Credentials::password("tim", "tanstaaftanstaaf");
/// let mut exchange = Exchange::new(Mechanism::CramMd5, &credentials, Options::default())?;
/// assert!(exchange.initial_response().is_none());
/// let response = exchange.respond(b"<1896.697170952@postoffice.reston.mci.net>")?;
/// assert_eq!(response.expose(), b"tim b913a602c7eda7a495b4e6e7334d3890");
/// exchange.finish()?;
/// # Ok::<(), mailwire_sasl::Error>(())
/// ```
#[derive(Debug)]
pub struct Exchange {
    mechanism: Mechanism,
    max_message: usize,
    oauth_error: Option<OAuthError>,
    state: State,
}

impl Exchange {
    /// Begins an exchange. Nothing is computed yet that takes long.
    ///
    /// # Errors
    ///
    /// - [`ApiMisuse::Credentials`](crate::ApiMisuse::Credentials) if the credentials cannot serve the mechanism:
    ///   [`Credentials::supports`] says so beforehand.
    /// - [`Error::Preparation`] if user or password cannot be prepared for SCRAM.
    /// - [`ApiMisuse::NoBinding`](crate::ApiMisuse::NoBinding) if a `-PLUS` mechanism has no channel binding.
    /// - [`ApiMisuse::ShortNonce`](crate::ApiMisuse::ShortNonce) if a SCRAM mechanism has fewer than 18 random octets.
    pub fn new(mechanism: Mechanism, credentials: &Credentials, options: Options) -> Result<Self, Error> {
        credentials.check(mechanism)?;
        let max_message = options.limits.max_message;
        let state = State::new(mechanism, credentials, options)?;
        Ok(Self { mechanism, max_message, oauth_error: None, state })
    }

    /// The message that goes along with the command, or `None` if the server speaks first (CRAM-MD5, LOGIN).
    ///
    /// It may be empty, which is not the same as none: POP3 and IMAP write `=`
    /// ([RFC 4959 section 3](https://www.rfc-editor.org/rfc/rfc4959#section-3)). If the protocol cannot carry it, do
    /// not call this: the first challenge, which is empty, brings it out of [`respond`](Self::respond). A second call
    /// returns `None`.
    pub fn initial_response(&mut self) -> Option<Secret> {
        match mem::replace(&mut self.state, State::Finished) {
            State::Initial { message, next } => {
                self.state = *next;
                Some(message)
            }
            state => {
                self.state = state;
                None
            }
        }
    }

    /// Takes the server's challenge, without base64, and returns the response.
    ///
    /// With SCRAM the response to the first challenge takes the time of its iterations, up to a second. If
    /// [`initial_response`](Self::initial_response) was not called, the first challenge only invites that message and its
    /// text has no meaning.
    ///
    /// # Errors
    ///
    /// - [`Error::Malformed`] if the challenge is not what the mechanism prescribes, or is one too many.
    /// - [`Error::Limit`] if the challenge, its nonce, salt or iteration count is out of [`Limits`].
    /// - [`Error::ServerSignature`] if the server does not know the password.
    /// - [`Refusal::Server`] if the server says in SCRAM's own words what is wrong.
    pub fn respond(&mut self, challenge: &[u8]) -> Result<Secret, Error> {
        if challenge.len() > self.max_message && !matches!(self.state, State::Failed(_)) {
            self.state = State::Failed(Limit::Message.into());
        }
        let state = mem::replace(&mut self.state, State::Finished);
        if let State::OAuth { .. } = state {
            self.oauth_error = Some(OAuthError::decode(challenge));
        }
        match state.on_challenge(challenge) {
            Ok((state, response)) => {
                self.state = state;
                Ok(response)
            }
            Err(error) => {
                self.state = State::Failed(error.clone());
                Err(error)
            }
        }
    }

    /// Takes the server's word that authentication succeeded, and says whether to believe it.
    ///
    /// # Errors
    ///
    /// - [`SignatureError::Missing`] if a SCRAM server did not prove that it knows the password: it may be anybody. The
    ///   connection is not to be used.
    /// - [`Refusal::Token`] if the server had refused the token before.
    /// - [`Error::Malformed`] if the exchange is not complete.
    pub fn finish(&mut self) -> Result<(), Error> {
        let error = match &self.state {
            State::Finished | State::OAuth { .. } => return Ok(()),
            State::Failed(error) => return Err(error.clone()),
            State::OAuthRefused => Refusal::Token.into(),
            _ if self.mechanism.scram_hash().is_some() => SignatureError::Missing.into(),
            State::CramMd5 { .. }
            | State::Initial { .. }
            | State::LoginPassword { .. }
            | State::LoginUser { .. }
            | State::ScramFinal(_)
            | State::ScramFirst(_) => Error::malformed("a challenge before success"),
        };
        self.state = State::Failed(error.clone());
        Err(error)
    }

    /// The mechanism.
    #[must_use]
    pub const fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// Why the server refused the token, if it said so. The server's `NO` comes after the response to it.
    #[must_use]
    pub const fn oauth_error(&self) -> Option<&OAuthError> {
        self.oauth_error.as_ref()
    }
}

/// What an exchange needs apart from credentials.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The TLS connection's binding, `None` without TLS or if the TLS library has none.
    pub binding: Option<ChannelBinding>,
    /// What the server may make this side compute.
    pub limits: Limits,
    /// At least 18 octets from a random generator that nobody can predict, fresh for each exchange. Only SCRAM needs
    /// them.
    pub nonce: Nonce,
    /// True if the server offers any mechanism with `-PLUS`. It matters for SCRAM without `-PLUS`: with a binding at
    /// hand and no offer the client says so (flag `y`), so that a server that did offer it detects the downgrade
    /// ([RFC 5802 section 6](https://www.rfc-editor.org/rfc/rfc5802#section-6)).
    pub server_offers_plus: bool,
}

impl Options {
    /// The defaults with a nonce: at least 18 random octets.
    #[must_use]
    pub fn new(nonce: impl Into<Nonce>) -> Self {
        Self { nonce: nonce.into(), ..Self::default() }
    }

    /// Sets the binding of the TLS connection.
    #[must_use]
    pub fn with_binding(self, binding: impl Into<Option<ChannelBinding>>) -> Self {
        Self { binding: binding.into(), ..self }
    }

    /// Sets what the server may make this side compute.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Sets whether the server offers any mechanism with `-PLUS`.
    #[must_use]
    pub fn with_server_offers_plus(self, server_offers_plus: bool) -> Self {
        Self { server_offers_plus, ..self }
    }
}
