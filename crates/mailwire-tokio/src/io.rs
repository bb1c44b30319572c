use std::fmt;

use tokio::io::{AsyncRead, AsyncWrite};

/// Any connection: TCP, TLS, a proxy's tunnel, a pipe in memory.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for T {}

/// A connection whose kind does not matter any more.
pub type BoxedStream = Box<dyn Stream>;

impl fmt::Debug for dyn Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream")
    }
}

/// How many octets went over a connection, above TLS.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Octets {
    /// From the peer.
    pub received: u64,
    /// To the peer.
    pub sent: u64,
}
