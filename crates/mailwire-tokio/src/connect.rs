//! TCP connections.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    net::{TcpStream, lookup_host},
    task::JoinSet,
    time::timeout,
};

/// Connects to the first address of `host` that answers.
///
/// Addresses of both families take turns, and each gets a head start before the next one is tried beside it
/// ([RFC 8305](https://www.rfc-editor.org/rfc/rfc8305)).
///
/// # Errors
///
/// That of the name look-up, or of the last address that failed.
pub(crate) async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut addresses = alternating(lookup_host((host, port)).await?).into_iter();
    let mut attempts = JoinSet::new();
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    loop {
        let next = addresses.next();
        let is_last = next.is_none();
        if let Some(address) = next {
            attempts.spawn(TcpStream::connect(address));
        }
        loop {
            let attempt = if is_last {
                attempts.join_next().await
            } else {
                let Ok(attempt) = timeout(HEAD_START, attempts.join_next()).await else { break };
                attempt
            };
            match attempt {
                Some(Ok(Ok(stream))) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Some(Ok(Err(error))) => failure = error,
                Some(Err(error)) => failure = io::Error::other(error),
                None if is_last => return Err(failure),
                None => break,
            }
        }
    }
}

/// Does all of `work` within one deadline.
///
/// # Errors
///
/// That of the work, or `late`.
pub(crate) async fn within<T, E>(
    limit: Option<Duration>,
    late: E,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    match limit {
        Some(limit) => timeout(limit, work).await.unwrap_or(Err(late)),
        None => work.await,
    }
}

/// The addresses in their order, but the two families in turn.
fn alternating(addresses: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let addresses: Vec<_> = addresses.collect();
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut same, mut other): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    (same, other) = (same.into_iter().rev().collect(), other.into_iter().rev().collect());
    let mut ordered = Vec::with_capacity(same.len() + other.len());
    while !same.is_empty() || !other.is_empty() {
        ordered.extend(same.pop());
        ordered.extend(other.pop());
    }
    ordered
}

/// RFC 8305 section 8
const HEAD_START: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns() {
        let parse = |text: &&str| text.parse::<SocketAddr>().unwrap();
        let addresses =
            ["[::1]:1", "[::2]:1", "[::3]:1", "127.0.0.1:1", "127.0.0.2:1"].map(|text| parse(&text));
        let expected =
            ["[::1]:1", "127.0.0.1:1", "[::2]:1", "127.0.0.2:1", "[::3]:1"].map(|text| parse(&text));
        assert_eq!(alternating(addresses.into_iter()), expected);
        assert!(alternating([].into_iter()).is_empty());
    }

    #[tokio::test]
    async fn an_address_that_refuses_gives_way_to_the_next() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        // `localhost` may be ::1 too, where nobody listens.
        assert_eq!(tcp("localhost", port).await.unwrap().peer_addr().unwrap().port(), port);
        drop(listener);
        assert_eq!(tcp("127.0.0.1", port).await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }
}
