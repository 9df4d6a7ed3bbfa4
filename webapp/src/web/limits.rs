//! Limits per address, in memory: they stop one machine from trying passwords or names by the thousand.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use jiff::SignedDuration;

/// Lets so many attempts of one address through.
pub struct Gate {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl Gate {
    /// So many a minute, as many at once.
    #[must_use]
    pub fn new(per_minute: NonZeroU32) -> Self {
        Self { limiter: RateLimiter::keyed(Quota::per_minute(per_minute)), clock: DefaultClock::default() }
    }

    /// Lets one attempt through.
    ///
    /// # Errors
    /// How long to wait before the next one, rounded up.
    pub fn pass(&self, address: IpAddr) -> Result<(), SignedDuration> {
        self.limiter.check_key(&network(address)).map_err(|wait| {
            let wait = wait.wait_time_from(self.clock.now());
            SignedDuration::from_secs(wait.as_secs().cast_signed() + 1)
        })
    }

    /// Forgets addresses that have all their attempts again.
    pub fn forget(&self) {
        self.limiter.retain_recent();
    }
}

/// One customer has one IPv4 address or 2^64 IPv6 addresses.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

/// The client's address: the peer, or what the `hops`-th proxy from our end wrote into `X-Forwarded-For`.
#[must_use]
pub fn client_address(peer: IpAddr, forwarded_for: &str, hops: usize) -> IpAddr {
    let forwarded = forwarded_for.rsplit(',').map(str::trim);
    let claimed = hops.checked_sub(1).and_then(|skip| forwarded.clone().nth(skip));
    claimed.and_then(|address| address.parse().ok()).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::num::NonZeroU32;

    use super::{Gate, client_address};

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_address_that_tries_too_often_waits() {
        let gate = Gate::new(NonZeroU32::new(2).expect("not zero"));
        assert!(gate.pass(ip("10.0.0.1")).is_ok() && gate.pass(ip("::ffff:10.0.0.1")).is_ok());
        let wait = gate.pass(ip("10.0.0.1")).expect_err("is stopped");
        assert!((1..=60).contains(&wait.as_secs()), "{wait:?}");
        assert!(gate.pass(ip("10.0.0.2")).is_ok());
        assert!(gate.pass(ip("2001:db8::1")).is_ok() && gate.pass(ip("2001:db8::2")).is_ok());
        assert!(gate.pass(ip("2001:db8::3")).is_err(), "one network is one client");
    }

    #[test]
    fn forwarded_addresses_count_only_from_trusted_hops() {
        let peer = ip("10.0.0.9");
        assert_eq!(client_address(peer, "1.1.1.1, 2.2.2.2", 0), peer);
        assert_eq!(client_address(peer, "1.1.1.1, 2.2.2.2", 1), ip("2.2.2.2"));
        assert_eq!(client_address(peer, "1.1.1.1, 2.2.2.2", 2), ip("1.1.1.1"));
        assert_eq!(client_address(peer, "nonsense", 1), peer);
        assert_eq!(client_address(peer, "", 3), peer);
    }
}
