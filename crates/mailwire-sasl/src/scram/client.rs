use alloc::{format, string::String};

use subtle::ConstantTimeEq;

use super::{
    hash::{ScramHash, xor},
    keys::SaltedPassword,
    message::{ServerFirst, decode_server_final},
};
use crate::{
    ChannelBinding, Error, Limit, Limits, Secret, SignatureError, base64_encode,
    gs2::{self, Flag, Header},
};

/// Sent `client-first-message`, waits for `server-first-message`.
#[derive(Debug)]
pub(crate) struct First {
    hash: ScramHash,
    password: Secret,
    header: String,
    binding: Secret,
    nonce: String,
    bare: String,
    limits: Limits,
}

impl First {
    /// User and password are prepared already; `nonce` is printable.
    pub(crate) fn new(
        hash: ScramHash,
        user: &str,
        password: Secret,
        authorization: Option<&str>,
        nonce: String,
        binding: Binding,
        limits: Limits,
    ) -> Self {
        let (flag, binding) = match binding {
            Binding::Bound(binding) => (Flag::Bound(binding.kind.name().into()), binding.data),
            Binding::NotOffered => (Flag::NotOffered, Secret::default()),
            Binding::Unsupported => (Flag::Unsupported, Secret::default()),
        };
        let header = Header { flag, authorization: authorization.map(String::from) }.encode();
        let mut bare = String::from("n=");
        gs2::encode_name(user, &mut bare);
        bare.push_str(",r=");
        bare.push_str(&nonce);
        Self { hash, password, header, binding, nonce, bare, limits }
    }

    /// `client-first-message = gs2-header client-first-message-bare`
    pub(crate) fn message(&self) -> Secret {
        format!("{}{}", self.header, self.bare).into()
    }

    /// Takes `server-first-message`, and returns `client-final-message`.
    pub(crate) fn respond(self, message: &[u8]) -> Result<(Final, Secret), Error> {
        let first = ServerFirst::decode(message, &self.limits)?;
        self.check(&first)?;
        let mut cbind_input = self.header.into_bytes();
        cbind_input.extend_from_slice(self.binding.expose());
        let without_proof = format!("c={},r={}", base64_encode(&cbind_input), first.nonce);
        let auth_message = [self.bare.as_bytes(), message, without_proof.as_bytes()].join(&b","[..]);

        let salted = self.hash.salted(self.password.expose(), &first.salt, first.iterations);
        let salted = SaltedPassword(self.hash, salted);
        let client_key = salted.client_key();
        let stored_key = self.hash.digest(client_key.expose());
        let proof = xor(&client_key, &self.hash.hmac(stored_key.expose(), &auth_message));
        let signature = self.hash.hmac(salted.server_key().expose(), &auth_message);

        let answer = format!("{without_proof},p={}", base64_encode(proof.expose()));
        Ok((Final { signature, limits: self.limits }, answer.into()))
    }

    fn check(&self, first: &ServerFirst<'_>) -> Result<(), Error> {
        // "The client MUST verify that the initial part of the nonce used in subsequent messages is the same as the
        // nonce it initially specified." Without a part of the server's it could be a replay.
        if first.nonce.strip_prefix(self.nonce.as_str()).is_none_or(str::is_empty) {
            return Err(Error::malformed("a nonce that extends the client's"));
        }
        if first.salt.is_empty() {
            return Err(Error::malformed("salt"));
        }
        if !(self.limits.min_iterations..=self.limits.max_iterations).contains(&first.iterations) {
            return Err(Limit::Iterations(first.iterations).into());
        }
        Ok(())
    }
}

/// Sent `client-final-message`, waits for `server-final-message`.
#[derive(Debug)]
pub(crate) struct Final {
    signature: Secret,
    limits: Limits,
}

impl Final {
    /// Takes `server-final-message`: "if the two are different, the client MUST consider the
    /// authentication exchange to be unsuccessful".
    pub(crate) fn verify(self, message: &[u8]) -> Result<(), Error> {
        let signature = decode_server_final(message, &self.limits)?;
        if bool::from(signature.ct_eq(&self.signature)) { Ok(()) } else { Err(SignatureError::Wrong.into()) }
    }
}

/// What the client does about channel binding
/// ([RFC 5802 section 6](https://www.rfc-editor.org/rfc/rfc5802#section-6)).
pub(crate) enum Binding {
    Bound(ChannelBinding),
    NotOffered,
    Unsupported,
}
