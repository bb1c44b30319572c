//! SCRAM ([RFC 5802](https://www.rfc-editor.org/rfc/rfc5802)).
//!
//! ```text
//! client-first   n,,n=user,r=C                 C: the client's nonce
//! server-first   r=CS,s=salt,i=iterations      S: the server's nonce
//! client-final   c=biws,r=CS,p=proof
//! server-final   v=signature
//! ```

pub(crate) mod client;
pub(crate) mod hash;
pub(crate) mod keys;
pub(crate) mod server;

mod message;
#[cfg(test)]
mod tests;
