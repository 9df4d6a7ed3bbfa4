//! Addresses of servers that pods call, and what a network policy can say about them.

use core::net::IpAddr;
use std::fmt;

use url::{Host, Url};

use crate::observed::ServiceName;

/// Where a server runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// At this address.
    Address(IpAddr),
    /// In pods behind a Service: their ports are not the Service's.
    Service(ServiceName),
    /// Somewhere that only name resolution knows.
    Anywhere,
}

/// An `http://` or `https://` URL without a user or password: those belong in Secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpUrl {
    /// As it was written.
    text: String,
    url: Url,
}

impl HttpUrl {
    /// `None` when `text` is not such a URL.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_plain =
            matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        is_plain.then(|| Self { text: text.to_owned(), url })
    }

    /// Its port, or that of the scheme.
    #[must_use]
    pub fn port(&self) -> i32 {
        self.url.port_or_known_default().map_or(0, i32::from)
    }

    /// Where its server runs.
    #[must_use]
    pub fn peer(&self) -> Peer {
        let name = match self.url.host() {
            Some(Host::Ipv4(ip)) => return Peer::Address(ip.into()),
            Some(Host::Ipv6(ip)) => return Peer::Address(ip.into()),
            Some(Host::Domain(name)) => name.trim_end_matches('.'),
            None => return Peer::Anywhere,
        };
        match name.split('.').collect::<Vec<_>>().as_slice() {
            [name] => Peer::Service(ServiceName { namespace: None, name: (*name).to_owned() }),
            [name, namespace, "svc"] | [name, namespace, "svc", "cluster", "local"] => {
                Peer::Service(ServiceName { namespace: Some((*namespace).to_owned()), name: (*name).to_owned() })
            }
            _ => Peer::Anywhere,
        }
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, port: i32, peer: Peer) {
        let url = HttpUrl::parse(text).expect("it is a URL");
        assert_eq!((url.to_string().as_str(), url.port(), url.peer()), (text, port, peer));
    }

    fn service(namespace: Option<&str>) -> Peer {
        Peer::Service(ServiceName { namespace: namespace.map(str::to_owned), name: "mlflow".to_owned() })
    }

    #[test]
    fn a_url_says_where_its_server_runs() {
        check("https://huggingface.co", 443, Peer::Anywhere);
        check("http://10.0.0.7:8080/api", 8080, Peer::Address(IpAddr::from([10, 0, 0, 7])));
        check("http://[fd00::7]:5000", 5000, Peer::Address("fd00::7".parse().expect("an address")));
        check("http://mlflow:5000/", 5000, service(None));
        check("http://mlflow.tracking.svc", 80, service(Some("tracking")));
        check("https://mlflow.tracking.svc.cluster.local?x", 443, service(Some("tracking")));
        check("http://mlflow.tracking.svc.:5000", 5000, service(Some("tracking")));
    }

    #[test]
    fn what_is_no_http_url_or_holds_a_password_is_refused() {
        for text in [
            "mlflow:5000",
            "s3://bucket",
            "http://",
            "http://u:p@mlflow",
            "http://u@mlflow",
            "http://mlflow:port",
            "http://[::1",
        ] {
            assert_eq!(HttpUrl::parse(text), None, "{text}");
        }
    }
}
