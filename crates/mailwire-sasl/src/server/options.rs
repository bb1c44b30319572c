use alloc::{string::String, vec::Vec};

use crate::{ChannelBinding, Limits, ScramHash, ScramKeys, Secret, nonce::Nonce};

/// What an exchange needs from the server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The bindings of the TLS connection, of as many kinds as the server has. None without TLS.
    pub bindings: Vec<ChannelBinding>,
    /// What a client is shown in place of a user who does not exist.
    pub decoy: Decoy,
    /// The server's name, in CRAM-MD5 challenges: `localhost` by default.
    pub host: String,
    /// What the client may make this side store.
    pub limits: Limits,
    /// At least 18 octets from a random generator that nobody can predict, fresh for each exchange. Only SCRAM and
    /// CRAM-MD5 need them.
    pub nonce: Nonce,
    /// True if the list that this client was sent has any mechanism with `-PLUS`.
    pub plus_offered: bool,
}

impl Options {
    /// The defaults with a nonce and a decoy.
    #[must_use]
    pub fn new(nonce: impl Into<Nonce>, decoy: Decoy) -> Self {
        Self {
            bindings: Vec::new(),
            decoy,
            host: "localhost".into(),
            limits: Limits::default(),
            nonce: nonce.into(),
            plus_offered: false,
        }
    }

    /// Adds a binding of the TLS connection, and says that a mechanism with `-PLUS` was offered.
    #[must_use]
    pub fn with_binding(mut self, binding: ChannelBinding) -> Self {
        self.bindings.push(binding);
        self.plus_offered = true;
        self
    }

    /// Sets the server's name.
    #[must_use]
    pub fn with_host(self, host: impl Into<String>) -> Self {
        Self { host: host.into(), ..self }
    }

    /// Sets what the client may make this side store.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}

/// What a client is shown in place of a user who does not exist, so that it cannot find out who does.
///
/// Salts are made from the name with a key, so the same name gets the same salt at each try, as a real one would. They
/// only look real if iterations and the length of the salt are those that the server's real users have.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Decoy {
    /// A random key of 16 octets or more, the same for all connections, and best also after a restart.
    pub key: Secret,
    /// The iteration count of the real users: 4096 by default.
    pub iterations: u32,
    /// The length of the real users' salts in octets: 16 by default.
    pub salt_octets: usize,
}

impl Decoy {
    /// A decoy with 4096 iterations and salts of 16 octets.
    #[must_use]
    pub fn new(key: impl Into<Secret>) -> Self {
        Self { key: key.into(), iterations: 4096, salt_octets: 16 }
    }

    /// Sets the iteration count of the real users.
    #[must_use]
    pub fn with_iterations(self, iterations: u32) -> Self {
        Self { iterations, ..self }
    }

    /// Sets the length of the real users' salts.
    #[must_use]
    pub fn with_salt_octets(self, salt_octets: usize) -> Self {
        Self { salt_octets, ..self }
    }

    pub(crate) fn derive(&self, purpose: &str, hash: ScramHash, user: &str, round: u32) -> Secret {
        let parts = [purpose.as_bytes(), hash.name().as_bytes(), &round.to_be_bytes(), user.as_bytes()];
        hash.hmac(self.key.expose(), &parts.join(&0))
    }
}

/// Whether `password` is that of `keys`. Without keys, which means without such a user, it takes as long and is false.
///
/// `hash` is that of the real users' keys. The time is equal if the decoy has their iteration count.
///
/// ```
/// use mailwire_sasl::{ScramHash, ScramKeys, server::{Decoy, verify_password}};
///
/// let decoy = Decoy::new("a server's random key");
/// let keys = ScramKeys::derive(ScramHash::Sha256, "pencil", b"sixteen octets..", 4096)?;
/// assert!(verify_password(Some(&keys), ScramHash::Sha256, "pencil", &decoy));
/// assert!(!verify_password(None, ScramHash::Sha256, "pencil", &decoy));
/// # Ok::<(), mailwire_sasl::Error>(())
/// ```
#[must_use]
pub fn verify_password(
    keys: Option<&ScramKeys>,
    hash: ScramHash,
    password: impl Into<Secret>,
    decoy: &Decoy,
) -> bool {
    let password = password.into();
    // Octets that are no text are nobody's password, whoever the user is.
    let Some(password) = password.expose_str() else { return false };
    match keys {
        Some(keys) => keys.verify_password(password),
        None => {
            core::hint::black_box(ScramKeys::decoy(hash, "", decoy).verify_password(password));
            false
        }
    }
}
