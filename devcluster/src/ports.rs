//! Free local ports.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// The range lies below the ports of outgoing connections (from 32768) and node ports (from 30000), so that neither takes
/// a port after it is chosen here and before a server binds it.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;
const ATTEMPTS: usize = 100;

/// A port of 127.0.0.1 on which nothing listens.
///
/// The port is not reserved: a server that finds it taken must be started again with another one.
///
/// # Errors
/// When a hundred random ports were all taken.
pub fn free_port() -> io::Result<u16> {
    let mut last_error = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..ATTEMPTS {
        // Each RandomState has other keys, so the hash of nothing is a random number.
        let random = RandomState::new().build_hasher().finish();
        let port = FIRST + (random % u64::from(COUNT)) as u16;
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(_) => return Ok(port),
            Err(error) => last_error = error,
        }
    }
    Err(last_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_port_can_be_bound_and_is_then_not_free() {
        let port = free_port().unwrap();
        assert!((FIRST..FIRST + COUNT).contains(&port));
        let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err());
    }
}
