//! A POP3 client without I/O: octets and commands in, octets and events out.
//!
//! [`Connection`] is one session. It has no socket, no clock and no runtime: the caller moves octets, tells the time,
//! and drains three queues after every call, as [its documentation](Connection) shows. [`request`] has the type of the
//! answer to each command, for who would rather not fold events.
//!
//! Commands are pipelined where the server permits it, with a bounded number of replies in flight. A login takes the
//! strongest way that both sides know: SASL, APOP, USER and PASS, in this order; see [`Login`].
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

extern crate alloc;

mod config;
mod connection;
mod error;
mod event;
mod in_flight;
mod login;
pub mod request;
mod state;
mod trace;

pub use mailwire_pop3 as codec;
pub use mailwire_sasl as sasl;

pub use self::{
    config::{Config, Timeouts},
    connection::Connection,
    error::{ApiMisuse, Error, Limit, PeerMisbehaved, Timeout},
    event::{CommandId, Event, Row},
    login::{Login, LoginError, Method},
};
