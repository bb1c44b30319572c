//! IMAP on tokio.
//!
//! [`Client`] is a session with one owner, [`Handle`] one that tasks share, [`Reconnecting`] one that comes back when it is lost. What both can do is in the trait [`Session`], with
//! a method for each common job, and in [`command`], with a type for each command.

mod body;
mod client;
mod config;
mod credentials;
mod error;
mod events;
mod fetch;
mod handle;
mod idle;
mod pieces;
mod reconnecting;
mod setup;
mod ticket;
mod upload;

pub use mailwire_imap_client::{
    Event, Execute, LoggedIn, Method, Selected, Server, Session, Timeouts, codec, command, session::Resynced,
};

pub use self::{
    body::Body,
    client::Client,
    config::{ClientConfig, Security},
    credentials::CredentialsProvider,
    error::Error,
    events::Events,
    fetch::Rows,
    handle::{Handle, Lock, SharedEvents},
    idle::Idle,
    reconnecting::{Account, Backoff, Connect, News, Reconnecting, Reopened},
    ticket::Ticket,
};

/// The port on which TLS begins by STARTTLS, or never.
pub const PORT: u16 = 143;

/// The port on which TLS begins with the first octet ([RFC 8314](https://www.rfc-editor.org/rfc/rfc8314)).
pub const TLS_PORT: u16 = 993;
