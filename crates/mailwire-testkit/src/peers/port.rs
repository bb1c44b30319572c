//! Ports of the loopback, and whether a server greets on them.

use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Child;
use std::time::{Duration, Instant};

use super::{Error, process};

/// Ports that nobody listens on; somebody may before they are used.
pub(crate) fn free<const N: usize>() -> Result<[u16; N], Error> {
    let mut ports = [0; N];
    // All are held until all are known, or the same one could come twice.
    let mut held = Vec::new();
    for port in &mut ports {
        let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let find = || bind().and_then(|listener| Ok((listener.local_addr()?.port(), listener)));
        let (number, listener) = find().map_err(Error::io("looking for free ports"))?;
        *port = number;
        held.push(listener);
    }
    Ok(ports)
}

/// Waits for the first octet of a greeting on each port; false if the process ended instead, or says nothing.
pub(crate) fn greet(child: &mut Child, ports: &[u16], patience: Duration) -> Result<bool, Error> {
    let start = Instant::now();
    while start.elapsed() < patience {
        if process::wait(child, Duration::from_millis(20))?.is_some() {
            return Ok(false);
        }
        if ports.iter().all(|port| speaks(*port, patience)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn speaks(port: u16, patience: Duration) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, patience) else {
        return false;
    };
    let mut octet = [0];
    stream.set_read_timeout(Some(patience)).is_ok() && stream.read_exact(&mut octet).is_ok()
}
