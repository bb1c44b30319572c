use alloc::{string::String, vec::Vec};

use crate::{Mechanism, ScramHash, ScramKeys, Secret};

/// What only the host knows. The variant says which [`Answer`]s fit.
///
/// All names are prepared by SASLprep, so they can be compared octet by octet. No `Debug` output shows a secret.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Question {
    /// May somebody log in without a name? [`Granted`](Answer::Granted), [`GrantedAs`](Answer::GrantedAs) an account, or
    /// [`Denied`](Answer::Denied).
    Anonymous {
        /// Who it may be. It is not verified and has no meaning.
        trace: Option<String>,
    },
    /// May `authentication`, who proved to be so, act as `authorization`? [`Granted`](Answer::Granted) or
    /// [`Denied`](Answer::Denied).
    ///
    /// It is asked after everything else, and only if the two differ.
    Authorize {
        /// Who the client is.
        authentication: String,
        /// As whom it wants to act.
        authorization: String,
    },
    /// Which password has this user? [`Password`](Answer::Password), also if there is no such user.
    CramMd5Password {
        /// Who the client says it is.
        user: String,
    },
    /// Who is it, according to the lower layer (a TLS client certificate)? [`GrantedAs`](Answer::GrantedAs) that name, or
    /// [`Granted`](Answer::Granted) if that name is `authorization`, or [`Denied`](Answer::Denied) if the lower layer
    /// does not know.
    External {
        /// As whom the client wants to act, if not as itself.
        authorization: Option<String>,
    },
    /// Is this the user's password? [`Granted`](Answer::Granted), [`GrantedAs`](Answer::GrantedAs) if the user has
    /// another name in reality, or [`Denied`](Answer::Denied).
    ///
    /// [`verify_password`](super::verify_password) answers from SCRAM keys, in the same time for a user who does not
    /// exist.
    Password {
        /// Who the client says it is.
        user: String,
        /// The password, prepared by SASLprep if it is text.
        password: Secret,
        /// As whom it wants to act. Whether it may is asked later.
        authorization: Option<String>,
    },
    /// Which keys has this user? [`Keys`](Answer::Keys), also if there is no such user.
    ScramKeys {
        /// Who the client says it is.
        user: String,
        /// The hash that the keys must be of.
        hash: ScramHash,
        /// As whom it wants to act. Whether it may is asked later.
        authorization: Option<String>,
    },
    /// Whose token is this? [`GrantedAs`](Answer::GrantedAs) that user, [`Granted`](Answer::Granted) if it is `user`'s,
    /// [`OAuthFailure`](Answer::OAuthFailure) or [`Denied`](Answer::Denied).
    Token {
        /// OAUTHBEARER or XOAUTH2.
        mechanism: Mechanism,
        /// As whom the client wants to log in.
        user: Option<String>,
        /// The access token. Empty if the client only wants to be told the scope that it needs.
        token: Secret,
        /// The host that the client connected to. If the server knows its own names, it "MUST be validated to match"
        /// ([RFC 7628 section 3.2](https://www.rfc-editor.org/rfc/rfc7628#section-3.2)).
        host: Option<String>,
        /// The port that the client connected to; the same holds.
        port: Option<u16>,
    },
}

/// What the host says to a [`Question`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// No.
    Denied,
    /// Yes.
    Granted,
    /// Yes, and the client's identity is this.
    GrantedAs(String),
    /// The user's keys, `None` if there is no such user or it has none.
    Keys(Option<ScramKeys>),
    /// No, and this JSON object tells the client why
    /// ([RFC 7628 section 3.2.2](https://www.rfc-editor.org/rfc/rfc7628#section-3.2.2)).
    OAuthFailure(String),
    /// The user's password, `None` if there is no such user or it has none.
    Password(Option<Secret>),
}

/// What is to be done next.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// Ask the host, and give its [`Answer`] to [`Exchange::answer`](super::Exchange::answer).
    Ask(Question),
    /// Send these octets, base64-encoded, and give the client's response to [`Exchange::step`](super::Exchange::step).
    Challenge(Vec<u8>),
    /// The client is authenticated: say so.
    Done(Identity),
}

/// Who logged in.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Identity {
    /// Who the client is.
    pub authentication: String,
    /// As whom it acts, if that is somebody else. The host agreed to it.
    pub authorization: Option<String>,
}

impl Identity {
    /// Somebody who acts as itself.
    #[must_use]
    pub fn new(authentication: impl Into<String>) -> Self {
        Self { authentication: authentication.into(), authorization: None }
    }

    /// As whom the client acts: the one whose mail it reads.
    #[must_use]
    pub fn effective(&self) -> &str {
        self.authorization.as_deref().unwrap_or(&self.authentication)
    }
}
