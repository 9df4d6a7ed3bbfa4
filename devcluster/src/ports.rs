//! Free local ports.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    io,
    net::{Ipv4Addr, TcpListener},
};

/// Below both the ports that Linux gives to outgoing connections (from 32768) and node ports (from 30000), so that
/// neither takes a port between the moment it is chosen here and the moment a server binds it.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;
const ATTEMPTS: usize = 100;

/// A port of 127.0.0.1 that nothing listens on right now.
///
/// The port is not reserved: a server that finds it taken after all must be started again with another one.
///
/// # Errors
/// When a hundred random ports were all taken.
pub fn free_port() -> io::Result<u16> {
    let mut last_error = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..ATTEMPTS {
        // Every RandomState has keys of its own, so an empty hash is a random number.
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
