//! The four messages ([RFC 5802 section 7](https://www.rfc-editor.org/rfc/rfc5802#section-7)).

use alloc::{string::String, vec::Vec};

use crate::{Error, Limit, Limits, Refusal, Secret, base64_decode, gs2};

/// `client-first-message-bare = [reserved-mext ","] username "," nonce ["," extensions]`
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct ClientFirst<'a> {
    pub(super) user: String,
    pub(super) nonce: &'a str,
}

impl<'a> ClientFirst<'a> {
    pub(super) fn decode(text: &'a str, limits: &Limits) -> Result<Self, Error> {
        let mut attributes = attributes(text)?.into_iter();
        let user = gs2::decode_name(value(attributes.next(), b'n', "username")?)?;
        let nonce = nonce(attributes.next(), limits)?;
        Ok(Self { user, nonce })
    }
}

/// `server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]`
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct ServerFirst<'a> {
    pub(super) nonce: &'a str,
    pub(super) salt: Vec<u8>,
    pub(super) iterations: u32,
}

impl<'a> ServerFirst<'a> {
    pub(super) fn decode(message: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        let mut attributes = attributes(text(message)?)?.into_iter().peekable();
        if let Some((b'e', reason)) = attributes.peek() {
            return Err(Refusal::Server((*reason).into()).into());
        }
        let nonce = nonce(attributes.next(), limits)?;
        let salt = value(attributes.next(), b's', "salt")?;
        let salt = base64_decode(salt.as_bytes(), limits.max_salt).map_err(|error| match error {
            Error::Limit(_) => Limit::Salt.into(),
            error => error,
        })?;
        let iterations = iteration_count(value(attributes.next(), b'i', "iteration-count")?)?;
        Ok(Self { nonce, salt, iterations })
    }
}

/// `client-final-message = client-final-message-without-proof "," proof`, where
/// `client-final-message-without-proof = channel-binding "," nonce ["," extensions]`
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct ClientFinal<'a> {
    /// The base64 of the channel binding, as it came.
    pub(super) channel_binding: &'a str,
    pub(super) nonce: &'a str,
    pub(super) proof: Secret,
    pub(super) without_proof: &'a str,
}

impl<'a> ClientFinal<'a> {
    pub(super) fn decode(message: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        let text = text(message)?;
        let mut attributes = attributes(text)?.into_iter();
        let channel_binding = value(attributes.next(), b'c', "channel-binding")?;
        let nonce = nonce(attributes.next(), limits)?;
        let proof = value(attributes.next_back(), b'p', "proof")?;
        // Attributes hold no comma and `p` is not twice, so the last ",p=" is where the proof begins.
        let (without_proof, _) = text.rsplit_once(",p=").ok_or(Error::malformed("proof"))?;
        let proof = base64_decode(proof.as_bytes(), limits.max_message)?.into();
        Ok(Self { channel_binding, nonce, proof, without_proof })
    }
}

/// `server-final-message = (server-error / verifier) ["," extensions]`: the signature.
pub(super) fn decode_server_final(message: &[u8], limits: &Limits) -> Result<Secret, Error> {
    let mut attributes = attributes(text(message)?)?.into_iter();
    match attributes.next() {
        Some((b'e', reason)) => Err(Refusal::Server(reason.into()).into()),
        verifier => {
            Ok(base64_decode(value(verifier, b'v', "verifier")?.as_bytes(), limits.max_message)?.into())
        }
    }
}

/// `attr-val = ALPHA "=" value`
type Attribute<'a> = (u8, &'a str);

/// All attributes of a message. None is there twice, and none is `m`.
fn attributes(text: &str) -> Result<Vec<Attribute<'_>>, Error> {
    let mut attributes: Vec<Attribute<'_>> = Vec::new();
    for attribute in text.split(',') {
        let (name, value) = attribute.split_once('=').ok_or(Error::malformed("attr-val"))?;
        let &[name] = name.as_bytes() else { return Err(Error::malformed("attr-val")) };
        if !name.is_ascii_alphabetic() || value.is_empty() || value.contains('\0') {
            return Err(Error::malformed("attr-val"));
        }
        // "Its presence in a client or a server message MUST cause authentication failure."
        if name == b'm' {
            return Err(Error::malformed("no mandatory extension"));
        }
        if attributes.iter().any(|&(known, _)| known == name) {
            return Err(Error::malformed("each attribute once"));
        }
        attributes.push((name, value));
    }
    Ok(attributes)
}

fn value<'a>(attribute: Option<Attribute<'a>>, name: u8, rule: &'static str) -> Result<&'a str, Error> {
    attribute.filter(|&(found, _)| found == name).map(|(_, value)| value).ok_or(Error::malformed(rule))
}

/// `nonce = "r=" c-nonce [s-nonce]`, both of them `printable = %x21-2B / %x2D-7E`
fn nonce<'a>(attribute: Option<Attribute<'a>>, limits: &Limits) -> Result<&'a str, Error> {
    let nonce = value(attribute, b'r', "nonce")?;
    if nonce.len() > limits.max_nonce {
        return Err(Limit::Nonce.into());
    }
    if !nonce.bytes().all(|octet| octet.is_ascii_graphic()) {
        return Err(Error::malformed("nonce"));
    }
    Ok(nonce)
}

/// `posit-number = %x31-39 *DIGIT`. What does not fit is over every limit.
fn iteration_count(text: &str) -> Result<u32, Error> {
    if text.starts_with('0') || !text.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(Error::malformed("posit-number"));
    }
    text.parse().map_err(|_| Limit::Iterations(u32::MAX).into())
}

fn text(message: &[u8]) -> Result<&str, Error> {
    core::str::from_utf8(message).map_err(|_| Error::malformed("UTF-8"))
}
