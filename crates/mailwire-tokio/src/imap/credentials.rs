use std::{convert::Infallible, error::Error as StdError, future::ready};

use mailwire_sasl::client::Credentials;

/// Gives credentials whenever a connection is made: a password that is asked for, a token that is refreshed.
///
/// [`Credentials`] are one, and so is each closure that returns a future of them.
///
/// ```
/// use mailwire_tokio::imap::CredentialsProvider;
/// use mailwire_sasl::client::Credentials;
///
/// async fn refreshed() -> std::io::Result<String> {
///     Ok("a token".into())
/// }
///
/// fn provider() -> impl CredentialsProvider {
///     || async { refreshed().await.map(|token| Credentials::token("ann", token)) }
/// }
/// # drop(provider());
/// ```
pub trait CredentialsProvider: Send + Sync {
    /// Why there are none.
    type Error: Into<Box<dyn StdError + Send + Sync>>;

    /// The credentials for the connection that is about to be made.
    fn credentials(&self) -> impl Future<Output = Result<Credentials, Self::Error>> + Send;
}

impl CredentialsProvider for Credentials {
    type Error = Infallible;

    fn credentials(&self) -> impl Future<Output = Result<Credentials, Infallible>> + Send {
        ready(Ok(self.clone()))
    }
}

impl<P, F, E> CredentialsProvider for P
where
    P: Fn() -> F + Send + Sync,
    F: Future<Output = Result<Credentials, E>> + Send,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    type Error = E;

    fn credentials(&self) -> impl Future<Output = Result<Credentials, E>> + Send {
        self()
    }
}
