use alloc::{borrow::ToOwned, boxed::Box, string::String, vec::Vec};

use super::question::{Identity, Question, Step};
use crate::{
    Error, Secret, cram_md5, login,
    scram::server::{Proof, Request},
};

/// ```text
/// Start ─► Invited ─► Asked ─► Done                                      client first
///                       └────► OAuthRefused
///                       └────► ScramProof ─► (Asked) ─► ScramAcknowledge ─► Done
/// Start ─► CramMd5 ─► Asked ─► Done
/// Start ─► LoginUser ─► LoginPassword ─► Asked ─► Done
/// any ─(error)─► Failed
/// ```
#[derive(Debug)]
pub(super) enum State {
    Asked(Box<Pending>),
    CramMd5 { challenge: Vec<u8> },
    Done,
    Failed(Error),
    Invited,
    LoginPassword { user: String },
    LoginUser,
    OAuthRefused,
    ScramAcknowledge(Identity),
    ScramProof(Box<Proof>),
    Start,
}

/// What was asked, and what the answer is needed for.
#[derive(Debug)]
pub(super) enum Pending {
    Anonymous,
    Authorize { identity: Identity, then: After },
    CramMd5 { challenge: Vec<u8>, response: cram_md5::Response },
    External { authorization: Option<String> },
    Password { user: String, authorization: Option<String> },
    ScramKeys(Request),
    Token { user: Option<String> },
}

impl Pending {
    pub(super) fn ask(self, question: Question) -> (State, Step) {
        (State::Asked(Box::new(self)), Step::Ask(question))
    }
}

/// What follows when the identity is certain.
#[derive(Debug)]
pub(super) enum After {
    Done,
    /// `server-final-message`, which the client acknowledges.
    Signature(Vec<u8>),
}

impl After {
    pub(super) fn enter(self, identity: Identity) -> (State, Step) {
        match self {
            Self::Done => (State::Done, Step::Done(identity)),
            Self::Signature(message) => (State::ScramAcknowledge(identity), Step::Challenge(message)),
        }
    }
}

/// Asks whether the user may act as somebody else, if that is what the client wants.
pub(super) fn authorize(authentication: String, authorization: Option<String>, then: After) -> (State, Step) {
    match authorization.filter(|name| *name != authentication) {
        None => then.enter(Identity::new(authentication)),
        Some(authorization) => {
            let question = Question::Authorize {
                authentication: authentication.clone(),
                authorization: authorization.clone(),
            };
            let identity = Identity { authentication, authorization: Some(authorization) };
            Pending::Authorize { identity, then }.ask(question)
        }
    }
}

pub(super) fn ask_password(user: String, password: Secret, authorization: Option<String>) -> (State, Step) {
    let question = Question::Password { user: user.clone(), password, authorization: authorization.clone() };
    Pending::Password { user, authorization }.ask(question)
}

pub(super) fn login_user(message: &[u8]) -> Result<(State, Step), Error> {
    let user = login::decode_user(message)?;
    Ok((State::LoginPassword { user }, Step::Challenge(login::PASSWORD_PROMPT.to_owned())))
}

pub(super) fn refuse_token(json: String) -> (State, Step) {
    (State::OAuthRefused, Step::Challenge(json.into_bytes()))
}
