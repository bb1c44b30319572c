//! SASL mechanisms for both sides, with channel binding and no I/O.
//!
//! [SASL](https://www.rfc-editor.org/rfc/rfc4422) is how POP3, IMAP and other protocols log in: the client names a
//! [`Mechanism`], then challenges and responses go back and forth until the server says success or failure. This crate
//! has both sides of these exchanges as machines: octets in, octets out. How the octets travel (base64 after `+ `, an
//! initial response on the command line, `*` to cancel) belongs to the protocol and is left to its crate, apart from
//! [`base64_encode`] and [`base64_decode`], which every protocol needs.
//!
//! - [`client`]: [`Credentials`](client::Credentials) say what the user has, [`choose`](client::choose) takes the
//!   strongest mechanism that fits them, [`Exchange`](client::Exchange) speaks it.
//! - [`server`]: an [`Exchange`](server::Exchange) reads the client's messages and [asks](server::Question) the host
//!   what only the host knows: is this password right, which keys has this user.
//!
//! There is no clock and no randomness here: the caller gives nonces. The crate is `no_std` with `alloc`.
//!
//! | mechanism | source |
//! | --- | --- |
//! | ANONYMOUS | [RFC 4505](https://www.rfc-editor.org/rfc/rfc4505) |
//! | CRAM-MD5 | [RFC 2195](https://www.rfc-editor.org/rfc/rfc2195) |
//! | EXTERNAL | [RFC 4422 appendix A](https://www.rfc-editor.org/rfc/rfc4422#appendix-A) |
//! | LOGIN | [draft-murchison-sasl-login](https://datatracker.ietf.org/doc/html/draft-murchison-sasl-login-00) |
//! | OAUTHBEARER | [RFC 7628](https://www.rfc-editor.org/rfc/rfc7628) |
//! | PLAIN | [RFC 4616](https://www.rfc-editor.org/rfc/rfc4616) |
//! | SCRAM-SHA-1, SCRAM-SHA-1-PLUS | [RFC 5802](https://www.rfc-editor.org/rfc/rfc5802) |
//! | SCRAM-SHA-256, SCRAM-SHA-256-PLUS | [RFC 7677](https://www.rfc-editor.org/rfc/rfc7677) |
//! | SCRAM-SHA-512, SCRAM-SHA-512-PLUS | as above, with SHA-512 |
//! | XOAUTH2 | the predecessor of OAUTHBEARER at Google and Microsoft |
//!
//! # Example
//!
//! A whole SCRAM exchange. Between the two sides stands a network; here the octets are simply handed over.
//!
//! ```
//! use mailwire_sasl::client::{self, Credentials, Policy};
//! use mailwire_sasl::server::{self, Answer, Decoy, Question, Step};
//! use mailwire_sasl::{Error, Mechanism, ScramHash, ScramKeys};
//!
//! # fn main() -> Result<(), Error> {
//! // What the server keeps in place of the password. Salts and nonces are random in real life.
//! let stored = ScramKeys::derive(ScramHash::Sha256, "tanstaaf", b"sixteen octets..", 4096)?;
//!
//! let credentials = Credentials::password("tim", "tanstaaf");
//! let policy = Policy::encrypted();
//! let offered = [Mechanism::Plain, Mechanism::ScramSha256];
//! let mechanism = client::choose(offered, &credentials, &policy).ok_or(Error::NoMechanism)?;
//! assert_eq!(mechanism, Mechanism::ScramSha256);
//!
//! let mut client =
//!     client::Exchange::new(mechanism, &credentials, client::Options::new(*b"a client's random nonce"))?;
//! let decoy = Decoy::new("one random key, the same for all connections");
//! let mut server =
//!     server::Exchange::new(mechanism, server::Options::new(*b"a server's random nonce", decoy))?;
//!
//! // C: n,,n=tim,r=...
//! let first = client.initial_response().expect("SCRAM begins with the client");
//! let Step::Ask(Question::ScramKeys { user, .. }) = server.step(Some(first.expose()))? else { unreachable!() };
//! assert_eq!(user, "tim");
//!
//! // S: r=...,s=...,i=4096
//! let Step::Challenge(challenge) = server.answer(Answer::Keys(Some(stored)))? else { unreachable!() };
//! // C: c=biws,r=...,p=...
//! let proof = client.respond(&challenge)?;
//! // S: v=...
//! let Step::Challenge(signature) = server.step(Some(proof.expose()))? else { unreachable!() };
//! let empty = client.respond(&signature)?;
//! let Step::Done(identity) = server.step(Some(empty.expose()))? else { unreachable!() };
//! assert_eq!(identity.effective(), "tim");
//!
//! // The protocol brought the server's success: is it really the server that knows the password?
//! client.finish()?;
//! # Ok(())
//! # }
//! ```
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod client;
pub mod saslprep;
pub mod server;

mod anonymous;
mod base64;
mod channel_binding;
mod cram_md5;
mod error;
mod external;
mod gs2;
mod limits;
mod login;
mod mechanism;
mod nonce;
mod oauth;
mod plain;
mod scram;
mod secret;
#[cfg(test)]
mod tests;

pub use crate::{
    base64::{base64_decode, base64_encode},
    channel_binding::{ChannelBinding, ChannelBindingKind},
    error::{ApiMisuse, BindingError, Error, Limit, Refusal, SignatureError},
    limits::Limits,
    mechanism::{Mechanism, UnknownMechanism},
    oauth::OAuthError,
    scram::{hash::ScramHash, keys::ScramKeys},
    secret::Secret,
};
