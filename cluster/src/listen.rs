//! Listening on every address of a pod, whichever families its cluster has.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;

/// Listens on `address`. `[::]` takes IPv4 as well; on a node without IPv6 it stands for `0.0.0.0`.
///
/// # Errors
/// When the address cannot be bound.
pub async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Err(error) if address.is_ipv6() && address.ip().is_unspecified() && lacks_ipv6(&error) => {
            TcpListener::bind((Ipv4Addr::UNSPECIFIED, address.port())).await
        }
        bound => bound,
    }
}

fn lacks_ipv6(error: &io::Error) -> bool {
    // EAFNOSUPPORT has no stable kind.
    error.kind() == io::ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(97)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn every_family_reaches_a_program_that_listens_everywhere() {
        let listener = listen((Ipv6Addr::UNSPECIFIED, 0).into()).await.expect("it listens");
        let port = listener.local_addr().expect("it has an address").port();
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.expect("IPv4 reaches it");
    }
}
