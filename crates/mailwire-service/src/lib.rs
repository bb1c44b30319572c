//! Executes the commands of a mail server against a store, without a runtime or a socket.
//!
//! A protocol machine says what it needs, a [store](mailwire_store) has the mail, a [`Directory`] knows the users; a
//! [`pop3::Session`] stands between them. Whoever has sockets moves octets and awaits the session's futures: that is
//! `mailwire-tokio`, or any other runtime.
#![forbid(unsafe_code)]
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod directory;
mod memory;
pub mod pop3;

pub use self::{
    directory::{Directory, Token, TokenAnswer, Unavailable},
    memory::MemoryDirectory,
};
