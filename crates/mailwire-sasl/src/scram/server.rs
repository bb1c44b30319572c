use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use subtle::{Choice, ConstantTimeEq};

use super::{
    hash::ScramHash,
    keys::ScramKeys,
    message::{ClientFinal, ClientFirst},
};
use crate::{
    ApiMisuse, BindingError, ChannelBinding, Error, Limits, Refusal, Secret, base64_encode,
    gs2::{Flag, Header},
    saslprep::{self, Use},
    server::Decoy,
};

/// A `client-first-message`, waits for the user's keys.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) hash: ScramHash,
    pub(crate) user: String,
    pub(crate) authorization: Option<String>,
    bare: String,
    cbind_input: Secret,
    client_nonce: String,
}

impl Request {
    /// Reads `client-first-message = gs2-header client-first-message-bare`.
    pub(crate) fn decode(
        message: &[u8],
        hash: ScramHash,
        channel: &Channel<'_>,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let text = core::str::from_utf8(message).map_err(|_| Error::malformed("UTF-8"))?;
        let (header, bare) = Header::decode(text)?;
        let mut cbind_input = text.strip_suffix(bare).unwrap_or_default().as_bytes().to_vec();
        cbind_input.extend_from_slice(channel.binding(&header.flag)?);
        let first = ClientFirst::decode(bare, limits)?;
        Ok(Self {
            hash,
            user: saslprep::prepare(&first.user, Use::Query)?.into_owned(),
            authorization: match &header.authorization {
                Some(name) => Some(saslprep::prepare(name, Use::Query)?.into_owned()),
                None => None,
            },
            client_nonce: first.nonce.to_string(),
            bare: bare.to_string(),
            cbind_input: cbind_input.into(),
        })
    }

    /// Takes the keys, and returns `server-first-message`. Without keys everything goes on with a decoy.
    pub(crate) fn challenge(
        self,
        keys: Option<ScramKeys>,
        nonce: &str,
        decoy: &Decoy,
    ) -> Result<(Proof, Vec<u8>), Error> {
        let fake = ScramKeys::decoy(self.hash, &self.user, decoy);
        let known = Choice::from(u8::from(keys.is_some()));
        let keys = keys.unwrap_or(fake);
        if keys.hash() != self.hash {
            return Err(ApiMisuse::Keys.into());
        }
        let nonce = format!("{}{nonce}", self.client_nonce);
        let first = format!("r={nonce},s={},i={}", base64_encode(keys.salt()), keys.iterations());
        let message = first.clone().into_bytes();
        Ok((Proof { request: self, keys, known, nonce, first }, message))
    }
}

/// Sent `server-first-message`, waits for `client-final-message`.
#[derive(Debug)]
pub(crate) struct Proof {
    request: Request,
    keys: ScramKeys,
    known: Choice,
    nonce: String,
    first: String,
}

impl Proof {
    /// Takes `client-final-message`, and returns `server-final-message`.
    pub(crate) fn verify(self, message: &[u8], limits: &Limits) -> Result<Verified, Error> {
        let last = ClientFinal::decode(message, limits)?;
        // "The server MUST verify that the nonce sent by the client in the second message is the same as the one
        // sent by the server in its first message."
        if last.nonce != self.nonce {
            return Err(Error::malformed("the nonce of server-first-message"));
        }
        // "The server MUST always validate the client's 'c=' field."
        let expected = base64_encode(self.request.cbind_input.expose());
        if !bool::from(last.channel_binding.as_bytes().ct_eq(expected.as_bytes())) {
            return Err(BindingError::Mismatch.into());
        }
        if last.proof.len() != self.request.hash.octets() {
            return Err(Error::malformed("proof"));
        }
        let auth_message =
            [self.request.bare.as_bytes(), self.first.as_bytes(), last.without_proof.as_bytes()]
                .join(&b","[..]);
        let proved = self.keys.verify_proof(&last.proof, &auth_message) & self.known;
        let signature = base64_encode(self.keys.sign(&auth_message).expose());
        if !bool::from(proved) {
            return Err(Refusal::Credentials.into());
        }
        Ok(Verified {
            user: self.request.user,
            authorization: self.request.authorization,
            message: format!("v={signature}").into_bytes(),
        })
    }
}

/// The client proved itself.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) user: String,
    pub(crate) authorization: Option<String>,
    /// `server-final-message`
    pub(crate) message: Vec<u8>,
}

/// What the server knows about the channel.
pub(crate) struct Channel<'a> {
    pub(crate) bindings: &'a [ChannelBinding],
    /// The mechanism's name ends with `-PLUS`.
    pub(crate) plus: bool,
    /// Some mechanism with `-PLUS` is in the list that the client was sent.
    pub(crate) plus_offered: bool,
}

impl Channel<'_> {
    /// The octets that belong to the client's flag
    /// ([RFC 5802 section 6](https://www.rfc-editor.org/rfc/rfc5802#section-6)).
    fn binding(&self, flag: &Flag) -> Result<&[u8], Error> {
        match flag {
            Flag::Bound(name) if self.plus => {
                // "If the channel binding flag was 'p' and the server does not support the indicated channel binding
                // type, then the server MUST fail authentication."
                let binding = self.bindings.iter().find(|binding| binding.kind.name() == name);
                binding.map(|binding| binding.data.expose()).ok_or(BindingError::Unsupported.into())
            }
            // "If the flag is set to 'y' and the server supports channel binding, the server MUST fail
            // authentication."
            Flag::NotOffered if self.plus || self.plus_offered => Err(BindingError::Downgrade.into()),
            Flag::Unsupported if self.plus => Err(BindingError::Unsupported.into()),
            Flag::Bound(_) => Err(BindingError::Unsupported.into()),
            Flag::NotOffered | Flag::Unsupported => Ok(&[]),
        }
    }
}
