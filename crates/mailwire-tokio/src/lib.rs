//! POP3 and IMAP on tokio: sockets, TLS, compression, deadlines and listeners.
//!
//! This is the only Mailwire crate that touches the network. The protocol itself is in machines without I/O; here they
//! get octets and the time. See [`imap::Client`], [`imap::Handle`], [`imap::Reconnecting`], [`pop3::Client`], [`pop3::Server`] and, for who wants only
//! the codec on a [`tokio_util::codec::Framed`], [`pop3::codec`].
//!
//! Futures may be dropped at any point: the state of a session is never in them.
#![forbid(unsafe_code)]
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[cfg(feature = "client")]
mod connect;
#[cfg(feature = "client")]
mod deflate;
#[cfg(feature = "client")]
mod driver;
#[cfg(feature = "client")]
pub mod imap;
mod io;
pub mod pop3;
pub mod tls;

pub use io::{BoxedStream, Octets, Stream};

/// Octets from the system that nobody can predict: for salts, nonces and seeds.
///
/// # Errors
///
/// If the system has none.
pub fn random<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut octets = [0; N];
    getrandom::fill(&mut octets).map_err(std::io::Error::other)?;
    Ok(octets)
}
