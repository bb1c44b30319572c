use std::future::{Future, ready};

use mailwire_sasl::{Mechanism, ScramHash, ScramKeys, Secret};

/// Who the users are. A method that is not written says no, so a directory has just the ways to log in that it can check.
///
/// Credentials are no mail, so this is not a part of the store: users may be in LDAP and their mail in folders.
///
/// Answer in the same time for a user who does not exist as for one who does, where that is known to matter: the
/// protocol's own part of the work costs the same already.
pub trait Directory: Send + Sync + 'static {
    /// Whether this is the password of `user`; if so, under which name the store knows the user.
    ///
    /// [`mailwire_sasl::server::verify_password`] does it from SCRAM keys.
    ///
    /// # Errors
    ///
    /// [`Unavailable`], here and in all other methods, if it cannot be found out now.
    fn verify_password(
        &self,
        user: &str,
        password: &Secret,
    ) -> impl Future<Output = Result<Option<String>, Unavailable>> + Send;

    /// The SCRAM keys of `user`, for SCRAM.
    fn scram_keys(
        &self,
        _user: &str,
        _hash: ScramHash,
    ) -> impl Future<Output = Result<Option<ScramKeys>, Unavailable>> + Send {
        ready(Ok(None))
    }

    /// The password of `user` itself, for CRAM-MD5 and APOP, which cannot do without.
    fn password(&self, _user: &str) -> impl Future<Output = Result<Option<Secret>, Unavailable>> + Send {
        ready(Ok(None))
    }

    /// Whose token this is, for OAUTHBEARER and XOAUTH2.
    fn verify_token(&self, _token: &Token) -> impl Future<Output = Result<TokenAnswer, Unavailable>> + Send {
        ready(Ok(TokenAnswer::Denied))
    }

    /// Under which name the store knows somebody without a name, for ANONYMOUS.
    fn anonymous(
        &self,
        _trace: Option<&str>,
    ) -> impl Future<Output = Result<Option<String>, Unavailable>> + Send {
        ready(Ok(None))
    }

    /// Who the lower layer says it is, for EXTERNAL. `certificate` is the client's, in DER, if there is one.
    fn external(
        &self,
        _certificate: Option<&[u8]>,
    ) -> impl Future<Output = Result<Option<String>, Unavailable>> + Send {
        ready(Ok(None))
    }

    /// Whether `authentication`, who is proven to be so, may act as `authorization`, somebody else.
    fn may_act_as(
        &self,
        _authentication: &str,
        _authorization: &str,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send {
        ready(Ok(false))
    }
}

/// A token to be verified.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Token {
    /// OAUTHBEARER or XOAUTH2.
    pub mechanism: Mechanism,
    /// Who the client says it is.
    pub user: Option<String>,
    /// The access token.
    pub token: Secret,
    /// The host that the client connected to.
    pub host: Option<String>,
    /// The port that the client connected to.
    pub port: Option<u16>,
}

impl Token {
    pub(crate) fn new(
        mechanism: Mechanism,
        user: Option<String>,
        token: Secret,
        host: Option<String>,
        port: Option<u16>,
    ) -> Self {
        Self { mechanism, user, token, host, port }
    }
}

/// Whose token it is.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TokenAnswer {
    /// Nobody's.
    Denied,
    /// Nobody's, and this JSON object tells the client why
    /// ([RFC 7628 section 3.2.2](https://www.rfc-editor.org/rfc/rfc7628#section-3.2.2)).
    Failed(String),
    /// That of the user whom the store knows by this name.
    User(String),
}

/// The directory cannot answer now. The text is for the log, not for the client.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the directory cannot answer: {0}")]
pub struct Unavailable(
    /// Why.
    pub String,
);
