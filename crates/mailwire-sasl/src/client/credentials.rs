use alloc::string::String;

use crate::{
    ApiMisuse, Error, Mechanism, Secret, anonymous, oauth,
    saslprep::{self, Use},
    scram::keys::prepared_password,
};

/// What a user has to log in with.
///
/// ```
/// use mailwire_sasl::{Mechanism, client::Credentials};
///
/// let credentials = Credentials::password("ann", "correct horse").with_authorization("shared-box");
/// assert!(credentials.supports(Mechanism::ScramSha256));
/// assert!(!credentials.supports(Mechanism::CramMd5), "it cannot carry an authorization identity");
/// ```
#[derive(Clone, Debug)]
pub struct Credentials {
    pub(super) kind: Kind,
    pub(super) authorization: Option<String>,
    host: Option<String>,
    port: Option<u16>,
}

impl Credentials {
    /// Nobody in particular. `trace` tells the administrator who it may be, an address for instance, or is empty
    /// ([RFC 4505](https://www.rfc-editor.org/rfc/rfc4505)).
    #[must_use]
    pub fn anonymous(trace: impl Into<String>) -> Self {
        Self::new(Kind::Anonymous { trace: trace.into() })
    }

    /// Who the lower layer says it is: a TLS client certificate, usually.
    #[must_use]
    pub fn external() -> Self {
        Self::new(Kind::External)
    }

    /// A user with a password.
    #[must_use]
    pub fn password(user: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::new(Kind::Password { user: user.into(), password: password.into() })
    }

    /// A user with an OAuth 2.0 access token. XOAUTH2 needs the user, OAUTHBEARER can do with an empty one.
    #[must_use]
    pub fn token(user: impl Into<String>, token: impl Into<Secret>) -> Self {
        Self::new(Kind::Token { user: user.into(), token: token.into() })
    }

    /// As whom to act, if not as the user whose password it is. An empty name is none.
    #[must_use]
    pub fn with_authorization(mut self, authorization: impl Into<String>) -> Self {
        self.authorization = Some(authorization.into()).filter(|name| !name.is_empty());
        self
    }

    /// The host that the client connected to, for OAUTHBEARER
    /// ([RFC 7628 section 3.1](https://www.rfc-editor.org/rfc/rfc7628#section-3.1)).
    #[must_use]
    pub fn with_host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// The port that the client connected to, for OAUTHBEARER.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// The authorization identity, if one was given.
    #[must_use]
    pub fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// The user and the password, if that is what the user has: for login commands outside SASL.
    #[must_use]
    pub fn as_password(&self) -> Option<(&str, &Secret)> {
        match &self.kind {
            Kind::Password { user, password } => Some((user, password)),
            Kind::Anonymous { .. } | Kind::External | Kind::Token { .. } => None,
        }
    }

    /// True if the credentials can serve `mechanism`: they are of its kind, it can carry all of them, and for SCRAM they
    /// can be prepared.
    #[must_use]
    pub fn supports(&self, mechanism: Mechanism) -> bool {
        self.check(mechanism).is_ok()
    }

    pub(super) fn check(&self, mechanism: Mechanism) -> Result<(), Error> {
        let fits = match (&self.kind, mechanism) {
            (Kind::Anonymous { trace }, Mechanism::Anonymous) => {
                anonymous::check(trace)?;
                self.authorization.is_none()
            }
            (Kind::External, Mechanism::External) => self.authorization_lacks(&['\0']),
            (Kind::Password { user, password }, Mechanism::CramMd5) => {
                self.authorization.is_none() && is_text(user, &['\0']) && !password.is_empty()
            }
            (Kind::Password { user, password }, Mechanism::Login) => {
                let octets = password.expose();
                self.authorization.is_none()
                    && is_text(user, &['\0', '\r', '\n'])
                    && !octets.is_empty()
                    && !octets.iter().any(|octet| matches!(octet, b'\0' | b'\r' | b'\n'))
            }
            (Kind::Password { user, password }, Mechanism::Plain) => {
                self.authorization_lacks(&['\0'])
                    && is_text(user, &['\0'])
                    && password.expose_str().is_some_and(|password| is_text(password, &['\0']))
            }
            (Kind::Password { user, password }, _) if mechanism.scram_hash().is_some() => {
                saslprep::prepare(user, Use::Query)?;
                let Some(password) = password.expose_str() else {
                    return Err(ApiMisuse::Credentials(mechanism).into());
                };
                prepared_password(password)?;
                self.authorization_lacks(&['\0'])
            }
            (Kind::Token { user, token }, Mechanism::OAuthBearer) => {
                self.authorization_lacks(&['\0', '\x01'])
                    && !user.contains(['\0', '\x01'])
                    && self.host.as_ref().is_none_or(|host| oauth::is_token(host.as_bytes()))
                    && self.port != Some(0)
                    && oauth::is_token(token.expose())
            }
            (Kind::Token { user, token }, Mechanism::XOAuth2) => {
                self.authorization.is_none()
                    && is_text(user, &['\0', '\x01'])
                    && oauth::is_token(token.expose())
            }
            (Kind::Anonymous { .. } | Kind::External | Kind::Password { .. } | Kind::Token { .. }, _) => {
                false
            }
        };
        if fits { Ok(()) } else { Err(ApiMisuse::Credentials(mechanism).into()) }
    }

    /// The message of a token's mechanism.
    pub(super) fn token_message(&self, mechanism: Mechanism) -> Result<oauth::Message, Error> {
        let Kind::Token { user, token } = &self.kind else {
            return Err(ApiMisuse::Credentials(mechanism).into());
        };
        Ok(oauth::Message {
            user: self.authorization.clone().or_else(|| Some(user.clone())).filter(|name| !name.is_empty()),
            host: self.host.clone(),
            port: self.port,
            token: token.clone(),
        })
    }

    fn new(kind: Kind) -> Self {
        Self { kind, authorization: None, host: None, port: None }
    }

    fn authorization_lacks(&self, forbidden: &[char]) -> bool {
        self.authorization.as_ref().is_none_or(|name| !name.contains(forbidden))
    }
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Anonymous { trace: String },
    External,
    Password { user: String, password: Secret },
    Token { user: String, token: Secret },
}

fn is_text(text: &str, forbidden: &[char]) -> bool {
    !text.is_empty() && !text.contains(forbidden)
}
