//! The site as authenticators and browsers know it: its RP ID (section 5.1.2) and the origins of its pages (13.4.9).

/// Longest name of a host.
const HOST_MAX: usize = 253;

/// A site that can have passkeys: one with a name, whose pages are secure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// RP ID: the name of the host.
    pub id: String,
    origins: Vec<String>,
}

impl Party {
    /// The site at this address, as it is set. `None` where browsers offer no passkeys: an IP address, or plain HTTP.
    #[must_use]
    pub fn at(address: &str) -> Option<Self> {
        let (scheme, rest) = address.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let id = name(&authority)?;
        let is_secure = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http") && is_local(&id);
        let origin = origin(&scheme.to_ascii_lowercase(), &authority);
        is_secure.then_some(Self { id, origins: vec![origin] })
    }

    /// The site that is reached under this `Host`. Which scheme the browser sees is not known behind a proxy, so that every
    /// one is an origin that is secure here.
    #[must_use]
    pub fn under(host: &str) -> Option<Self> {
        let authority = host.to_ascii_lowercase();
        let id = name(&authority)?;
        let mut origins = vec![origin("https", &authority)];
        if is_local(&id) {
            origins.push(origin("http", &authority));
        }
        Some(Self { id, origins })
    }

    /// Whether pages of this origin are pages of the site.
    #[must_use]
    pub fn has(&self, origin: &str) -> bool {
        self.origins.iter().any(|own| own == origin)
    }
}

/// An origin as browsers write it: without the usual port of its scheme.
fn origin(scheme: &str, authority: &str) -> String {
    let usual = if scheme == "https" { ":443" } else { ":80" };
    format!("{scheme}://{}", authority.strip_suffix(usual).unwrap_or(authority))
}

/// The name of the host of this authority; `None` when it is an address, or nothing that a host is called.
fn name(authority: &str) -> Option<String> {
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let is_name = host.len() <= HOST_MAX && host.split('.').all(is_label);
    // As browsers do: what ends in a number is an address, or is to be one.
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_address = last.starts_with(|c: char| c.is_ascii_digit())
        && (last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x"));
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.len() <= 5;
    (is_name && !is_address && is_port).then(|| host.to_owned())
}

/// Whether browsers take this host for their own machine, whose pages are secure by plain HTTP too.
fn is_local(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::Party;

    #[test]
    fn the_host_that_is_asked_for_is_the_site() {
        let party = Party::under("Letters.Example.org").expect("has a name");
        assert_eq!(party.id, "letters.example.org");
        assert!(party.has("https://letters.example.org"));
        let others = ["http://letters.example.org", "https://letters.example.org:8443", "https://example.org"];
        let more = ["https://x.letters.example.org", "https://letters.example.org.evil.example", "null", ""];
        for other in others.into_iter().chain(more) {
            assert!(!party.has(other), "{other}");
        }
        let port = Party::under("letters.example.org:8443").expect("has a name");
        assert_eq!(port.id, "letters.example.org");
        assert!(port.has("https://letters.example.org:8443") && !port.has("https://letters.example.org"));
    }

    #[test]
    fn the_own_machine_is_secure_by_plain_http_too() {
        for host in ["localhost:8080", "letters.localhost:8080"] {
            let party = Party::under(host).expect("has a name");
            assert!(party.has(&format!("http://{host}")) && party.has(&format!("https://{host}")), "{host}");
        }
        assert!(Party::under("localhost:80").expect("has a name").has("http://localhost"));
    }

    #[test]
    fn an_address_that_is_set_decides_alone() {
        let party = Party::at("https://letters.example.org:443/").expect("has a name");
        assert!(party.has("https://letters.example.org"));
        let plain = Party::at("http://localhost:8080/x").expect("is secure");
        assert!(plain.has("http://localhost:8080") && !plain.has("https://localhost:8080"));
        for address in ["http://letters.example.org", "https://10.0.0.5", "ftp://localhost", "letters.example.org", ""]
        {
            assert_eq!(Party::at(address), None, "{address}");
        }
    }

    #[test]
    fn addresses_and_nonsense_have_no_passkeys() {
        for host in
            ["10.0.0.5", "10.0.0.5:8080", "[::1]:8080", "::1", "0x7f.1", "1.0x7f", "", ":80", "a..b", "a b", "é.org"]
        {
            assert_eq!(Party::under(host), None, "{host}");
        }
        assert_eq!(Party::under(&"a".repeat(254)), None);
        assert!(Party::under("0xcafe.example").is_some());
    }
}
