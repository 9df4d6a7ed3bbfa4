//! Where an address leads to, as far as a network policy can say it.

use core::net::IpAddr;

/// Who may answer at an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// This address.
    Address(String),
    /// Pods of this namespace, behind a Service: their ports are not the Service's.
    Namespace(String),
    /// Pods of the app's own namespace, behind a Service.
    Neighbours,
    /// Somebody that only a name service knows.
    Anybody,
}

/// Scheme, host and port of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Host without brackets.
    pub host: String,
    /// Port, also where it is the scheme's own.
    pub port: i32,
}

impl Origin {
    /// Reads `http://host:port/path` or `https://...`. `None` when it is neither, or has a user in it: passwords belong
    /// into Secrets.
    #[must_use]
    pub fn parse(address: &str) -> Option<Self> {
        let (scheme, rest) = address.split_once("://")?;
        let own_port = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return None,
        };
        let authority = rest.split(['/', '?', '#']).next()?;
        if authority.contains('@') {
            return None;
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(bracketed) => bracketed.split_once(']')?,
            None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
        };
        let port = match port.strip_prefix(':') {
            Some(port) => i32::from(port.parse::<u16>().ok()?),
            None if port.is_empty() => own_port,
            None => return None,
        };
        (!host.is_empty()).then(|| Self { host: host.to_owned(), port })
    }

    /// Who may answer there.
    #[must_use]
    pub fn peer(&self) -> Peer {
        if self.host.parse::<IpAddr>().is_ok() {
            return Peer::Address(self.host.clone());
        }
        let parts: Vec<_> = self.host.trim_end_matches('.').split('.').collect();
        match parts.as_slice() {
            [_] => Peer::Neighbours,
            [_, namespace, "svc"] | [_, namespace, "svc", "cluster", "local"] => {
                Peer::Namespace((*namespace).to_owned())
            }
            _ => Peer::Anybody,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, host: &str, port: i32, peer: Peer) {
        let origin = Origin::parse(address).expect("it is an address");
        assert_eq!((origin.host.as_str(), origin.port, origin.peer()), (host, port, peer));
    }

    #[test]
    fn addresses_are_read() {
        check("https://huggingface.co", "huggingface.co", 443, Peer::Anybody);
        check("http://10.0.0.7:8080/api", "10.0.0.7", 8080, Peer::Address("10.0.0.7".into()));
        check("http://[fd00::7]:5000", "fd00::7", 5000, Peer::Address("fd00::7".into()));
        check("http://mlflow:5000/", "mlflow", 5000, Peer::Neighbours);
        check("http://mlflow.tracking.svc", "mlflow.tracking.svc", 80, Peer::Namespace("tracking".into()));
        let long = "mlflow.tracking.svc.cluster.local";
        check(&format!("https://{long}?x"), long, 443, Peer::Namespace("tracking".into()));
    }

    #[test]
    fn what_is_no_address_or_holds_a_password_is_refused() {
        for address in
            ["mlflow:5000", "s3://bucket", "http://", "http://u:p@mlflow", "http://mlflow:port", "http://[::1"]
        {
            assert_eq!(Origin::parse(address), None, "{address}");
        }
    }
}
