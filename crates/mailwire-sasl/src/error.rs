use alloc::string::String;

use crate::{Mechanism, saslprep};

/// Why an exchange came to nothing. Each variant says whose fault it is; none shows a secret.
///
/// Every error ends the exchange, which returns the same one ever after. A client then cancels (`*` in POP3 and IMAP),
/// a server says no.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The caller's fault: the API was used against its contract.
    #[error("API misuse: {0}")]
    ApiMisuse(#[from] ApiMisuse),
    /// An attacker between the two sides, or sides that disagree about the connection.
    #[error("channel binding: {0}")]
    ChannelBinding(#[from] BindingError),
    /// The peer asks for more than [`Limits`](crate::Limits) allow.
    #[error("limit: {0}")]
    Limit(#[from] Limit),
    /// The peer's fault: its message is not what the mechanism prescribes.
    #[error("malformed message: expected {expected}")]
    #[non_exhaustive]
    Malformed {
        /// The rule that the message breaks, usually the name of an ABNF rule.
        expected: &'static str,
    },
    /// Nobody's fault: no mechanism that both sides know fits credentials and policy.
    #[error("no SASL mechanism fits")]
    NoMechanism,
    /// A user name, password or authorization identity cannot be prepared
    /// ([RFC 4013](https://www.rfc-editor.org/rfc/rfc4013)). On a client it is the user's own, on a server the peer's.
    #[error("SASLprep: {0}")]
    Preparation(#[from] saslprep::Error),
    /// The exchange ran as prescribed, and the answer is no.
    #[error("authentication refused: {0}")]
    Refused(#[from] Refusal),
    /// The server did not prove that it knows the password, so it is not the server.
    #[error("server signature: {0}")]
    ServerSignature(#[from] SignatureError),
}

impl Error {
    pub(crate) const fn malformed(expected: &'static str) -> Self {
        Self::Malformed { expected }
    }
}

/// How the caller broke the contract of the API.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiMisuse {
    /// The answer does not fit the question, or nothing was asked.
    #[error("the answer does not fit the question")]
    Answer,
    /// The credentials cannot serve the mechanism: another kind, a character that it cannot carry, an empty name.
    #[error("the credentials cannot serve {0}")]
    Credentials(Mechanism),
    /// Stored keys whose parts do not fit together: a length, an iteration count of zero, an empty salt.
    #[error("the SCRAM keys are not valid")]
    Keys,
    /// A `-PLUS` mechanism without a channel binding.
    #[error("no channel binding for {0}")]
    NoBinding(Mechanism),
    /// Fewer than 18 random octets.
    #[error("a nonce needs 18 random octets")]
    ShortNonce,
    /// A method was called when it was not its turn, for instance after the end of the exchange.
    #[error("the method was called out of turn")]
    Turn,
}

/// What is wrong about the channel binding.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BindingError {
    /// The client believes that the server offers no `-PLUS` mechanism, but it does: somebody changed the list.
    #[error("the list of mechanisms was changed on the way")]
    Downgrade,
    /// The two sides are not at the ends of the same TLS connection, or somebody changed the messages.
    #[error("the two sides see different connections")]
    Mismatch,
    /// The client asks for a binding that the server does not have, or binds where the mechanism does not, or the
    /// reverse.
    #[error("the binding does not fit the mechanism or the connection")]
    Unsupported,
}

/// Which limit the peer passed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// `Limits::min_iterations` or `Limits::max_iterations`.
    #[error("an iteration count of {0}")]
    Iterations(u32),
    /// `Limits::max_message`.
    #[error("the length of a message")]
    Message,
    /// `Limits::max_nonce`.
    #[error("the length of a nonce")]
    Nonce,
    /// `Limits::max_salt`.
    #[error("the length of a salt")]
    Salt,
}

/// How authentication was refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The user may not act as the authorization identity.
    #[error("not authorized")]
    Authorization,
    /// User and secret do not belong together. It is the same for an unknown user.
    #[error("wrong credentials")]
    Credentials,
    /// The server sent this `server-error-value`
    /// ([RFC 5802 section 7](https://www.rfc-editor.org/rfc/rfc5802#section-7)).
    #[error("the server says {0:?}")]
    Server(String),
    /// The server refused the token: see [`oauth_error`](crate::client::Exchange::oauth_error).
    #[error("the token was refused")]
    Token,
}

/// What is wrong about the server's proof.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The server said success and sent no signature.
    #[error("missing")]
    Missing,
    /// The signature is not made from the user's password.
    #[error("wrong")]
    Wrong,
}
