use alloc::{boxed::Box, string::String};

use super::{
    Options,
    credentials::{Credentials, Kind},
};
use crate::{
    ApiMisuse, Error, Mechanism, Secret, anonymous, cram_md5, nonce, oauth, plain,
    saslprep::{self, Use},
    scram::{self, client::Binding, keys::prepared_password},
};

/// ```text
/// Initial ─┬─────────────────────────────────────► Finished   ANONYMOUS, EXTERNAL, PLAIN
///          ├─► OAuth ─(error)─► OAuthRefused
///          └─► ScramFirst ─────► ScramFinal ─────► Finished
/// CramMd5 ───────────────────────────────────────► Finished
/// LoginUser ──► LoginPassword ───────────────────► Finished
/// any ─(error)─► Failed
/// ```
#[derive(Debug)]
pub(super) enum State {
    CramMd5 { user: String, password: Secret },
    Failed(Error),
    Finished,
    Initial { message: Secret, next: Box<State> },
    LoginPassword { password: Secret },
    LoginUser { user: String, password: Secret },
    OAuth { acknowledgement: &'static [u8] },
    OAuthRefused,
    ScramFinal(Box<scram::client::Final>),
    ScramFirst(Box<scram::client::First>),
}

impl State {
    pub(super) fn new(
        mechanism: Mechanism,
        credentials: &Credentials,
        options: Options,
    ) -> Result<Self, Error> {
        let authorization = credentials.authorization.as_deref();
        match (&credentials.kind, mechanism) {
            (Kind::Anonymous { trace }, Mechanism::Anonymous) => {
                anonymous::check(trace)?;
                Ok(Self::initial(trace.as_str().into(), Self::Finished))
            }
            (Kind::External, Mechanism::External) => {
                Ok(Self::initial(authorization.unwrap_or_default().into(), Self::Finished))
            }
            (Kind::Password { user, password }, Mechanism::CramMd5) => {
                Ok(Self::CramMd5 { user: user.clone(), password: password.clone() })
            }
            (Kind::Password { user, password }, Mechanism::Login) => {
                Ok(Self::LoginUser { user: user.clone(), password: password.clone() })
            }
            (Kind::Password { user, password }, Mechanism::Plain) => {
                let message = plain::encode(authorization.unwrap_or_default(), user, password);
                Ok(Self::initial(message, Self::Finished))
            }
            (Kind::Password { user, password }, _) => {
                Self::scram(mechanism, user, password, authorization, options)
            }
            (Kind::Token { .. }, Mechanism::OAuthBearer) => {
                let next = Self::OAuth { acknowledgement: oauth::BEARER_ACKNOWLEDGEMENT };
                Ok(Self::initial(credentials.token_message(mechanism)?.encode_bearer(), next))
            }
            (Kind::Token { .. }, Mechanism::XOAuth2) => {
                let next = Self::OAuth { acknowledgement: b"" };
                Ok(Self::initial(credentials.token_message(mechanism)?.encode_xoauth2(), next))
            }
            _ => Err(ApiMisuse::Credentials(mechanism).into()),
        }
    }

    fn initial(message: Secret, next: Self) -> Self {
        Self::Initial { message, next: Box::new(next) }
    }

    fn scram(
        mechanism: Mechanism,
        user: &str,
        password: &Secret,
        authorization: Option<&str>,
        options: Options,
    ) -> Result<Self, Error> {
        let misuse = ApiMisuse::Credentials(mechanism);
        let hash = mechanism.scram_hash().ok_or(misuse)?;
        let binding = match (mechanism.binds_channel(), options.binding) {
            (true, binding) => Binding::Bound(binding.ok_or(ApiMisuse::NoBinding(mechanism))?),
            (false, Some(_)) if !options.server_offers_plus => Binding::NotOffered,
            (false, _) => Binding::Unsupported,
        };
        let first = scram::client::First::new(
            hash,
            &saslprep::prepare(user, Use::Query)?,
            prepared_password(password.expose_str().ok_or(misuse)?)?,
            authorization,
            nonce::printable(&options.nonce)?,
            binding,
            options.limits,
        );
        Ok(Self::initial(first.message(), Self::ScramFirst(Box::new(first))))
    }

    pub(super) fn on_challenge(self, challenge: &[u8]) -> Result<(Self, Secret), Error> {
        match self {
            Self::CramMd5 { user, password } => {
                Ok((Self::Finished, cram_md5::respond(challenge, &user, &password)))
            }
            Self::Failed(error) => Err(error),
            Self::Finished | Self::OAuthRefused => Err(Error::malformed("no further challenge")),
            Self::Initial { message, next } => Ok((*next, message)),
            Self::LoginPassword { password } => Ok((Self::Finished, password)),
            Self::LoginUser { user, password } => Ok((Self::LoginPassword { password }, user.into())),
            Self::OAuth { acknowledgement } => Ok((Self::OAuthRefused, acknowledgement.into())),
            Self::ScramFinal(last) => {
                last.verify(challenge)?;
                Ok((Self::Finished, Secret::default()))
            }
            Self::ScramFirst(first) => {
                let (last, response) = first.respond(challenge)?;
                Ok((Self::ScramFinal(Box::new(last)), response))
            }
        }
    }
}
