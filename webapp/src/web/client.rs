//! Where a request comes from, as far as limits are concerned. Pure.

use std::net::{IpAddr, Ipv6Addr};

/// The client's address: the peer, or what the `hops`-th proxy from our end wrote into `X-Forwarded-For`.
#[must_use]
pub fn address(peer: IpAddr, forwarded_for: &str, hops: usize) -> IpAddr {
    let mut forwarded = forwarded_for.rsplit(',').map(str::trim);
    let claimed = hops.checked_sub(1).and_then(|skip| forwarded.nth(skip));
    claimed.and_then(|address| address.parse().ok()).unwrap_or(peer)
}

/// The addresses of one customer: one IPv4 address or 2^64 IPv6 addresses, written as the first of them.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{address, network};

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_network_is_one_client() {
        assert_eq!(network(ip("::ffff:10.0.0.1")), network(ip("10.0.0.1")));
        assert_ne!(network(ip("10.0.0.1")), network(ip("10.0.0.2")));
        assert_eq!(network(ip("2001:db8::1")), network(ip("2001:db8::2")));
        assert_ne!(network(ip("2001:db8::1")), network(ip("2001:db8:0:1::1")));
    }

    #[test]
    fn forwarded_addresses_count_only_from_trusted_hops() {
        let peer = ip("10.0.0.9");
        assert_eq!(address(peer, "1.1.1.1, 2.2.2.2", 0), peer);
        assert_eq!(address(peer, "1.1.1.1, 2.2.2.2", 1), ip("2.2.2.2"));
        assert_eq!(address(peer, "1.1.1.1, 2.2.2.2", 2), ip("1.1.1.1"));
        assert_eq!(address(peer, "nonsense", 1), peer);
        assert_eq!(address(peer, "", 3), peer);
    }
}
