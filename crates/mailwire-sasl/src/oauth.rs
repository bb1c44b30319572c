//! OAUTHBEARER ([RFC 7628](https://www.rfc-editor.org/rfc/rfc7628)) and XOAUTH2, which came before.

mod json;
#[cfg(test)]
mod tests;

use alloc::{format, string::String, vec::Vec};

use crate::{
    Error, Secret,
    gs2::{Flag, Header},
    saslprep::{self, Use},
};

/// Why a server refused a token ([RFC 7628 section 3.2.2](https://www.rfc-editor.org/rfc/rfc7628#section-3.2.2)).
///
/// The server's answer is read as far as it can be: what is missing or is not JSON is `None`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct OAuthError {
    /// The answer as it came, with U+FFFD for what is not UTF-8.
    pub raw: String,
    /// Where the service says how to get a token: a URL.
    pub openid_configuration: Option<String>,
    /// The authorization schemes that the server would take, `bearer` usually.
    pub schemes: Option<String>,
    /// The scope that a token must have.
    pub scope: Option<String>,
    /// The error code: `invalid_token` by the RFC, `400` or `401` at the large providers.
    pub status: Option<String>,
}

impl OAuthError {
    pub(crate) fn decode(challenge: &[u8]) -> Self {
        let raw = String::from_utf8_lossy(challenge).into_owned();
        let [openid_configuration, schemes, scope, status] =
            ["openid-configuration", "schemes", "scope", "status"].map(|name| json::member(&raw, name));
        Self { raw, openid_configuration, schemes, scope, status }
    }
}

/// The client's message, of both mechanisms.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Message {
    pub(crate) user: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) port: Option<u16>,
    /// Empty if the client only asks which scope it needs.
    pub(crate) token: Secret,
}

impl Message {
    /// Reads `client-resp = (gs2-header kvsep *kvpair kvsep) / kvsep`, of which the second form is no first message
    /// ([RFC 7628 section 3.1](https://www.rfc-editor.org/rfc/rfc7628#section-3.1)).
    pub(crate) fn decode_bearer(message: &[u8]) -> Result<Self, Error> {
        let text = core::str::from_utf8(message).map_err(|_| Error::malformed("UTF-8"))?;
        let (header, rest) = Header::decode(text)?;
        if matches!(header.flag, Flag::Bound(_)) {
            return Err(Error::malformed("no channel binding"));
        }
        let pairs = pairs(rest.strip_prefix(SEPARATOR).ok_or(Error::malformed("kvsep"))?)?;
        let user = match header.authorization {
            Some(name) => Some(saslprep::prepare(&name, Use::Query)?.into_owned()),
            None => None,
        };
        let port = match find(&pairs, "port") {
            Some(port) => Some(decode_port(port)?),
            None => None,
        };
        Ok(Self { user, host: find(&pairs, "host").map(String::from), port, token: token(&pairs)? })
    }

    /// Reads `user=U^Aauth=Bearer T^A^A`, where `^A` is `kvsep`.
    pub(crate) fn decode_xoauth2(message: &[u8]) -> Result<Self, Error> {
        let text = core::str::from_utf8(message).map_err(|_| Error::malformed("UTF-8"))?;
        let pairs = pairs(text)?;
        let user = find(&pairs, "user").ok_or(Error::malformed("user"))?;
        let user = saslprep::prepare(user, Use::Query)?.into_owned();
        Ok(Self { user: Some(user), host: None, port: None, token: token(&pairs)? })
    }

    pub(crate) fn encode_bearer(&self) -> Secret {
        let header = Header { flag: Flag::Unsupported, authorization: self.user.clone() };
        let mut out = header.encode();
        out.push(SEPARATOR);
        if let Some(host) = &self.host {
            out.push_str(&format!("host={host}{SEPARATOR}"));
        }
        if let Some(port) = self.port {
            out.push_str(&format!("port={port}{SEPARATOR}"));
        }
        self.with_token(&out)
    }

    pub(crate) fn encode_xoauth2(&self) -> Secret {
        self.with_token(&format!("user={}{SEPARATOR}", self.user.as_deref().unwrap_or_default()))
    }

    fn with_token(&self, head: &str) -> Secret {
        [head.as_bytes(), b"auth=Bearer ", self.token.expose(), END].concat().into()
    }
}

/// True if `token` can be sent: `1*VCHAR`, a little more than `b64token`
/// ([RFC 6750 section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
pub(crate) fn is_token(token: &[u8]) -> bool {
    !token.is_empty() && token.iter().all(u8::is_ascii_graphic)
}

/// What a client answers to an error: "a single %x01 (control A) character".
pub(crate) const BEARER_ACKNOWLEDGEMENT: &[u8] = b"\x01";

/// `kvpair = key "=" value kvsep`
type Pair<'a> = (&'a str, &'a str);

/// `*kvpair kvsep`. None is there twice.
fn pairs(text: &str) -> Result<Vec<Pair<'_>>, Error> {
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    let mut rest = text;
    while rest != "\x01" {
        let (pair, after) = rest.split_once(SEPARATOR).ok_or(Error::malformed("kvpair"))?;
        let (key, value) = pair.split_once('=').ok_or(Error::malformed("kvpair"))?;
        if key.is_empty() || !key.bytes().all(|octet| octet.is_ascii_alphabetic()) {
            return Err(Error::malformed("key"));
        }
        if pairs.len() == MAX_PAIRS || find(&pairs, key).is_some() {
            return Err(Error::malformed("each key once"));
        }
        pairs.push((key, value));
        rest = after;
    }
    Ok(pairs)
}

fn find<'a>(pairs: &[Pair<'a>], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|&(_, value)| value)
}

/// `auth`: "the payload that would be in the HTTP Authorization header". An empty one asks for the scope.
fn token(pairs: &[Pair<'_>]) -> Result<Secret, Error> {
    let auth = find(pairs, "auth").ok_or(Error::malformed("auth"))?;
    if auth.is_empty() {
        return Ok(Secret::default());
    }
    let (scheme, token) = auth.split_once(' ').ok_or(Error::malformed("Bearer"))?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Error::malformed("Bearer"));
    }
    if !is_token(token.as_bytes()) {
        return Err(Error::malformed("b64token"));
    }
    Ok(token.into())
}

/// "A decimal positive integer string without leading zeros"
fn decode_port(text: &str) -> Result<u16, Error> {
    let error = Error::malformed("port");
    if text.starts_with('0') || !text.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(error);
    }
    text.parse().map_err(|_| error)
}

/// `kvsep = %x01`
const SEPARATOR: char = '\x01';

/// The end of the last pair, and of the message.
const END: &[u8] = b"\x01\x01";

/// More keys than any mechanism has, few enough to compare each with each.
const MAX_PAIRS: usize = 32;
