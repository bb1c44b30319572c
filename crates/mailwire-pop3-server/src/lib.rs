//! A POP3 server without I/O: octets in, questions to the host and octets out.
//!
//! [`Connection`] is one session. It owns the protocol: the states, every command, the numbers of messages and their
//! deletion marks, listings, dot-stuffing, limits and time-outs. The host owns the data: it answers [`Event`]s, which ask
//! for a password to be checked, a maildrop to be opened, a message to be read, deletions to be done.
//!
//! Deletions happen at QUIT alone. A session that ends otherwise changes nothing
//! ([RFC 1939 section 6](https://www.rfc-editor.org/rfc/rfc1939#section-6)).
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

extern crate alloc;

mod authorization;
mod config;
mod connection;
mod error;
mod event;
mod maildrop;
mod outbox;
mod phrase;
mod state;
mod top;
mod trace;
mod transaction;

pub use mailwire_pop3 as codec;
pub use mailwire_sasl as sasl;

pub use self::{
    config::{Config, LoginPolicy, Timeouts},
    connection::{Connection, Push},
    error::{ApiMisuse, Error, PeerMisbehaved},
    event::{ApopQuestion, Closed, Event, Refusal},
    maildrop::Entry,
    phrase::{Language, Phrase},
};
