//! POP3 on tokio.

#[cfg(feature = "client")]
mod batch;
#[cfg(feature = "client")]
mod client;
pub mod codec;
#[cfg(feature = "client")]
mod config;
#[cfg(feature = "client")]
mod error;
#[cfg(feature = "client")]
mod message;
#[cfg(feature = "server")]
mod server;

pub use mailwire_pop3::{PORT, TLS_PORT};

#[cfg(feature = "server")]
pub use self::server::{ConnectionLimits, Listener, Server, ServerConfig, ServerTls};
#[cfg(feature = "client")]
pub use self::{
    batch::Batch,
    client::{Client, Ticket},
    config::{ClientConfig, Security},
    error::Error,
    message::Message,
};
