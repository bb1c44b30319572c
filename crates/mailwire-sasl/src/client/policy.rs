use alloc::vec::Vec;

use super::Credentials;
use crate::Mechanism;

/// The strongest of the `offered` mechanisms that the credentials can serve and the policy permits.
///
/// The order is that of [`Mechanism`]. `None` means: do not log in.
///
/// ```
/// use mailwire_sasl::{Mechanism, client::{Credentials, Policy, choose}};
///
/// let credentials = Credentials::password("ann", "correct horse");
/// let offered = [Mechanism::Plain, Mechanism::Login];
/// assert_eq!(choose(offered, &credentials, &Policy::encrypted()), Some(Mechanism::Plain));
/// assert_eq!(choose(offered, &credentials, &Policy::cleartext()), None);
/// ```
#[must_use]
pub fn choose(
    offered: impl IntoIterator<Item = Mechanism>,
    credentials: &Credentials,
    policy: &Policy,
) -> Option<Mechanism> {
    offered
        .into_iter()
        .filter(|&mechanism| policy.permits(mechanism))
        .filter(|&mechanism| credentials.supports(mechanism))
        .max()
}

/// What a client permits, given the connection it has.
///
/// The default is the strictest: a line that anybody reads, no channel binding.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// True to send passwords and tokens over a line that anybody reads.
    pub allow_plaintext_on_cleartext: bool,
    /// True if the TLS connection has a [`ChannelBinding`](crate::ChannelBinding), so that `-PLUS` can be spoken.
    pub channel_binding: bool,
    /// Mechanisms that are never used, for instance because this server advertises them without speaking them.
    pub disabled: Vec<Mechanism>,
    /// True if the line is protected by TLS or does not leave the machine.
    pub encrypted: bool,
}

impl Policy {
    /// For a line that anybody reads: nothing that sends the secret itself.
    #[must_use]
    pub fn cleartext() -> Self {
        Self::default()
    }

    /// For a line protected by TLS.
    #[must_use]
    pub fn encrypted() -> Self {
        Self { encrypted: true, ..Self::default() }
    }

    /// Sets whether the connection has a channel binding.
    #[must_use]
    pub fn with_channel_binding(self, channel_binding: bool) -> Self {
        Self { channel_binding, ..self }
    }

    /// Adds a mechanism that is never used.
    #[must_use]
    pub fn without(mut self, mechanism: Mechanism) -> Self {
        self.disabled.push(mechanism);
        self
    }

    /// True if the policy permits `mechanism`, whatever the credentials are.
    #[must_use]
    pub fn permits(&self, mechanism: Mechanism) -> bool {
        (self.encrypted || self.allow_plaintext_on_cleartext || !mechanism.is_plaintext())
            && (self.channel_binding || !mechanism.binds_channel())
            && !self.disabled.contains(&mechanism)
    }
}
