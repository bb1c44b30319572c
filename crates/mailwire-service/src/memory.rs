use std::{
    collections::HashMap,
    future::{Future, ready},
    sync::Arc,
};

use mailwire_sasl::{Error, ScramHash, ScramKeys, Secret};

use crate::{Directory, Unavailable};

/// Users with passwords, in memory, for tests and small servers. Clones share it.
///
/// It knows the passwords themselves, so that every way to log in works. A directory that needs only SCRAM and PLAIN does
/// better to keep [`ScramKeys`].
#[derive(Clone, Debug, Default)]
pub struct MemoryDirectory {
    users: Arc<HashMap<String, User>>,
}

#[derive(Clone, Debug)]
struct User {
    password: Secret,
    keys: Vec<ScramKeys>,
}

impl MemoryDirectory {
    /// A directory without users.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a user. `salt` is 16 octets that nobody can predict, different for each user.
    ///
    /// # Errors
    ///
    /// [`Error::Preparation`] if the password has characters that SASLprep forbids.
    pub fn with_user(mut self, user: &str, password: &str, salt: &[u8]) -> Result<Self, Error> {
        let derive = |hash: &ScramHash| ScramKeys::derive(*hash, password, salt, ITERATIONS);
        let keys = ScramHash::ALL.iter().map(derive).collect::<Result<_, _>>()?;
        let user = (user.to_owned(), User { password: password.into(), keys });
        Arc::make_mut(&mut self.users).extend([user]);
        Ok(self)
    }
}

impl Directory for MemoryDirectory {
    fn verify_password(
        &self,
        user: &str,
        password: &Secret,
    ) -> impl Future<Output = Result<Option<String>, Unavailable>> + Send {
        let nobody = Secret::default();
        let known = self.users.get(user);
        let is_right = known.map_or(&nobody, |user| &user.password) == password && known.is_some();
        ready(Ok(is_right.then(|| user.to_owned())))
    }

    fn scram_keys(
        &self,
        user: &str,
        hash: ScramHash,
    ) -> impl Future<Output = Result<Option<ScramKeys>, Unavailable>> + Send {
        let keys = self.users.get(user).and_then(|user| user.keys.iter().find(|keys| keys.hash() == hash));
        ready(Ok(keys.cloned()))
    }

    fn password(&self, user: &str) -> impl Future<Output = Result<Option<Secret>, Unavailable>> + Send {
        ready(Ok(self.users.get(user).map(|user| user.password.clone())))
    }
}

/// What RFC 7677 section 4 asks for at least, and what the decoys of a server have by default.
const ITERATIONS: u32 = 4096;
