/// Why a store does not do what it is asked for. A server turns each variant into a response code.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another session has the maildrop.
    #[error("the maildrop is in use by another session")]
    InUse,
    /// The last session began too short a time ago.
    #[error("the last session began too short a time ago")]
    LoginDelay,
    /// There is no such maildrop or message.
    #[error("not found")]
    NotFound,
    /// The store fails until a person mends it. The text is for the log, not for the client.
    #[error("the store fails: {0}")]
    Permanent(String),
    /// The store fails, and is likely to work later. The text is for the log, not for the client.
    #[error("the store fails for now: {0}")]
    Temporary(String),
}
