//! An IMAP client without I/O: octets and commands in, octets and events out.
//!
//! [`Connection`] is one session. It has no socket, no clock and no runtime: the caller moves octets, tells the time, and
//! drains three queues after every call, as [its documentation](Connection) shows. [`command`] has a type for each command
//! with the type of its answer.
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

extern crate alloc;

mod ambiguity;
pub mod collation;
pub mod command;
mod config;
mod connection;
mod error;
mod event;
mod execute;
mod login;
mod queue;
mod search_keys;
mod selected;
pub mod sent_date;
mod sequence_map;
mod server;
pub mod session;
pub mod sort;
mod state;
pub mod subject;
mod tag;
pub mod thread;
mod trace;
mod transmit;

pub use mailwire_imap as codec;
pub use mailwire_sasl as sasl;

pub use self::{
    command::{Command, Untagged},
    config::{Config, Timeouts},
    connection::{Connection, Ticket},
    error::{ApiMisuse, CommandError, Error, Limit, PeerMisbehaved, Timeout, Unsupported},
    event::{CommandId, Event},
    execute::Execute,
    login::{LoggedIn, Login, LoginError, Method},
    selected::Selected,
    server::{Enabled, Server},
    session::Session,
};

/// The examples of the README are compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
