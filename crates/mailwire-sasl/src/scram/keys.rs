use alloc::{format, string::String, vec::Vec};
use core::{fmt, str::FromStr};

use subtle::{Choice, ConstantTimeEq};

use super::hash::{ScramHash, xor};
use crate::{
    ApiMisuse, Error, Secret, base64_decode, base64_encode,
    saslprep::{self, Use},
    server::Decoy,
};

/// What a server keeps in place of a password: enough to verify it and to prove that the server knows it, too little
/// to log in elsewhere.
///
/// Who steals it can still guess passwords at the speed of PBKDF2, and can pretend to be this server, so `Debug` shows
/// only the parameters that every client is told.
///
/// The text form is that of `authPassword` ([RFC 5803](https://www.rfc-editor.org/rfc/rfc5803)), also known from
/// `PostgreSQL` and Dovecot:
///
/// ```
/// use mailwire_sasl::{ScramHash, ScramKeys};
///
/// let keys = ScramKeys::derive(ScramHash::Sha256, "pencil", b"sixteen octets..", 4096)?;
/// let text = keys.to_text();
/// assert!(text.starts_with("SCRAM-SHA-256$4096:c2l4dGVlbiBvY3RldHMuLg==$"));
/// assert_eq!(text.parse(), Ok(keys));
/// # Ok::<(), mailwire_sasl::Error>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct ScramKeys {
    hash: ScramHash,
    iterations: u32,
    salt: Vec<u8>,
    stored_key: Secret,
    server_key: Secret,
}

impl ScramKeys {
    /// Derives the keys from a password, which is prepared by SASLprep as a stored string
    /// ([RFC 5802 section 3](https://www.rfc-editor.org/rfc/rfc5802#section-3)).
    ///
    /// `salt` is random and differs for each user; 16 octets make it as long as those of a
    /// [decoy](crate::server::Decoy). `iterations` is at least 4096; the work of this call and of every login grows
    /// with it.
    ///
    /// # Errors
    ///
    /// - [`Error::Preparation`] if the password cannot be prepared, or is empty.
    /// - [`ApiMisuse::Keys`] if `salt` is empty or `iterations` is zero.
    pub fn derive(hash: ScramHash, password: &str, salt: &[u8], iterations: u32) -> Result<Self, Error> {
        if salt.is_empty() || iterations == 0 {
            return Err(ApiMisuse::Keys.into());
        }
        let prepared = prepared_password(password)?;
        let salted = SaltedPassword(hash, hash.salted(prepared.expose(), salt, iterations));
        Ok(Self {
            hash,
            iterations,
            salt: salt.to_vec(),
            stored_key: hash.digest(salted.client_key().expose()),
            server_key: salted.server_key(),
        })
    }

    /// Keys of a user who does not exist. For the same name they have the same salt, as real ones would, and no
    /// password fits them.
    #[must_use]
    pub fn decoy(hash: ScramHash, user: &str, decoy: &Decoy) -> Self {
        let mut salt: Vec<u8> = decoy.derive("salt", hash, user, 0).expose().to_vec();
        for round in 1.. {
            if salt.len() >= decoy.salt_octets {
                break;
            }
            salt.extend_from_slice(decoy.derive("salt", hash, user, round).expose());
        }
        salt.truncate(decoy.salt_octets.max(1));
        Self {
            hash,
            iterations: decoy.iterations.max(1),
            salt,
            stored_key: decoy.derive("stored", hash, user, 0),
            server_key: decoy.derive("server", hash, user, 0),
        }
    }

    /// The hash function.
    #[must_use]
    pub const fn hash(&self) -> ScramHash {
        self.hash
    }

    /// The iteration count.
    #[must_use]
    pub const fn iterations(&self) -> u32 {
        self.iterations
    }

    /// The salt.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// The text form, for a database: `SCRAM-SHA-256$4096:salt$StoredKey:ServerKey`. It is to be protected like a
    /// password hash.
    #[must_use]
    pub fn to_text(&self) -> String {
        let [salt, stored, server] =
            [&*self.salt, self.stored_key.expose(), self.server_key.expose()].map(base64_encode);
        format!("{}${}:{salt}${stored}:{server}", self.hash, self.iterations)
    }

    /// True if `password`, once prepared, is the one that the keys were derived from. This is how a plaintext mechanism
    /// is served from the same keys; the time is that of [`derive`](Self::derive).
    ///
    /// For a user who may not exist, call [`server::verify_password`](crate::server::verify_password).
    #[must_use]
    pub fn verify_password(&self, password: &str) -> bool {
        prepared_password(password).is_ok_and(|prepared| {
            let salted = self.hash.salted(prepared.expose(), &self.salt, self.iterations);
            let salted = SaltedPassword(self.hash, salted);
            let stored_key = self.hash.digest(salted.client_key().expose());
            (stored_key.ct_eq(&self.stored_key) & salted.server_key().ct_eq(&self.server_key)).into()
        })
    }

    /// Whether `proof` comes from who knows the client key.
    ///
    /// `ClientKey := ClientProof XOR HMAC(StoredKey, AuthMessage)`, and `H(ClientKey)` is the stored key
    /// ([RFC 5802 section 3](https://www.rfc-editor.org/rfc/rfc5802#section-3)).
    pub(crate) fn verify_proof(&self, proof: &Secret, auth_message: &[u8]) -> Choice {
        let signature = self.hash.hmac(self.stored_key.expose(), auth_message);
        let client_key = xor(proof, &signature);
        self.hash.digest(client_key.expose()).ct_eq(&self.stored_key)
    }

    /// `ServerSignature := HMAC(ServerKey, AuthMessage)`
    pub(crate) fn sign(&self, auth_message: &[u8]) -> Secret {
        self.hash.hmac(self.server_key.expose(), auth_message)
    }
}

impl fmt::Debug for ScramKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScramKeys")
            .field("hash", &self.hash)
            .field("iterations", &self.iterations)
            .finish_non_exhaustive()
    }
}

impl FromStr for ScramKeys {
    type Err = Error;

    /// Reads the form that [`to_text`](Self::to_text) writes.
    fn from_str(text: &str) -> Result<Self, Error> {
        parse(text).ok_or_else(|| ApiMisuse::Keys.into())
    }
}

/// `SaltedPassword`, and what comes of it
pub(crate) struct SaltedPassword(pub(crate) ScramHash, pub(crate) Secret);

impl SaltedPassword {
    /// `ClientKey := HMAC(SaltedPassword, "Client Key")`
    pub(crate) fn client_key(&self) -> Secret {
        self.0.hmac(self.1.expose(), b"Client Key")
    }

    /// `ServerKey := HMAC(SaltedPassword, "Server Key")`
    pub(crate) fn server_key(&self) -> Secret {
        self.0.hmac(self.1.expose(), b"Server Key")
    }
}

/// `Normalize(password)`: it is "treated as a 'stored strings', which means that unassigned Unicode codepoints are
/// prohibited".
pub(crate) fn prepared_password(password: &str) -> Result<Secret, Error> {
    Ok(Secret::from(saslprep::prepare(password, Use::Stored)?.into_owned()))
}

fn parse(text: &str) -> Option<ScramKeys> {
    let mut fields = text.split('$');
    let (scheme, info, value) = (fields.next()?, fields.next()?, fields.next()?);
    let hash = ScramHash::ALL.into_iter().find(|hash| hash.name() == scheme)?;
    let (iterations, salt) = info.split_once(':')?;
    let (stored_key, server_key) = value.split_once(':')?;
    let keys = ScramKeys {
        hash,
        iterations: iterations.parse().ok()?,
        salt: base64_decode(salt.as_bytes(), usize::MAX).ok()?,
        stored_key: base64_decode(stored_key.as_bytes(), hash.octets()).ok()?.into(),
        server_key: base64_decode(server_key.as_bytes(), hash.octets()).ok()?.into(),
    };
    let valid = fields.next().is_none()
        && keys.iterations > 0
        && !keys.salt.is_empty()
        && keys.stored_key.len() == hash.octets()
        && keys.server_key.len() == hash.octets();
    valid.then_some(keys)
}
