//! What kind of answer a client wants, from its headers. Pure.

/// Kind of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// A page, for a person.
    Page,
    /// JSON, for a program.
    Data,
    /// Events as they happen.
    Events,
}

/// What `Accept` asks for. Programs that take anything (`*/*`, or no header) get data.
#[must_use]
pub fn wanted(accept: &str) -> Wants {
    if accept.contains("text/event-stream") {
        Wants::Events
    } else if accept.contains("text/html") {
        Wants::Page
    } else {
        Wants::Data
    }
}

/// Whether a person is opening a page. Browsers leave `Sec-Fetch-Mode` out on plain HTTP to other machines.
#[must_use]
pub fn navigates(accept: &str, fetch_mode: Option<&str>) -> bool {
    wanted(accept) == Wants::Page && fetch_mode.is_none_or(|mode| mode == "navigate")
}

/// Whether a browser sends this form from an address where it drops `Secure` cookies: plain HTTP to another machine.
#[must_use]
pub fn drops_secure_cookies(origin: &str) -> bool {
    let Some(authority) = origin.strip_prefix("http://") else { return false };
    let host =
        authority.rsplit_once(':').map_or(authority, |(host, port)| if port.contains(']') { authority } else { host });
    let is_loopback =
        host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || host.starts_with("127.");
    !is_loopback
}

/// What `Prefer` asks for (RFC 7240).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preference {
    /// Answer at once; the client fetches the result later.
    pub respond_async: bool,
    /// Wait at most so many seconds.
    pub wait_seconds: Option<u64>,
}

impl Preference {
    /// Reads the header and ignores what it does not know, as the RFC asks.
    #[must_use]
    pub fn parse(prefer: &str) -> Self {
        let mut preference = Self::default();
        for part in prefer.split([',', ';']).map(str::trim) {
            if part.eq_ignore_ascii_case("respond-async") {
                preference.respond_async = true;
            } else if let Some((name, value)) = part.split_once('=')
                && name.trim().eq_ignore_ascii_case("wait")
            {
                preference.wait_seconds = value.trim().trim_matches('"').parse().ok();
            }
        }
        preference
    }
}

/// `next` if it is a path of this site, so that logging in never leads to another site.
#[must_use]
pub fn local_path(next: &str) -> Option<&str> {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', '\r', '\n', '\t', '\0'])
        && next.is_ascii()
        && next.len() <= 200;
    local.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::{Preference, Wants, drops_secure_cookies, local_path, navigates, wanted};

    #[test]
    fn programs_get_data_and_people_get_pages() {
        assert_eq!(wanted("*/*"), Wants::Data);
        assert_eq!(wanted(""), Wants::Data);
        assert_eq!(wanted("application/json"), Wants::Data);
        assert_eq!(wanted("text/html,application/xhtml+xml,*/*;q=0.8"), Wants::Page);
        assert_eq!(wanted("text/event-stream"), Wants::Events);
        assert!(navigates("text/html", Some("navigate")) && navigates("text/html", None));
        assert!(!navigates("text/html", Some("cors")) && !navigates("*/*", Some("navigate")));
    }

    #[test]
    fn browsers_drop_secure_cookies_at_plain_addresses_of_other_machines() {
        let check = |origin: &str, expect: bool| assert_eq!(drops_secure_cookies(origin), expect, "{origin}");
        check("http://10.0.0.5:30080", true);
        check("http://letters.example", true);
        check("http://[2001:db8::1]:80", true);
        check("https://letters.example", false);
        for local in
            ["http://localhost:8080", "http://letters.localhost", "http://127.0.0.1", "http://[::1]:8080", "null"]
        {
            check(local, false);
        }
        check("", false);
    }

    #[test]
    fn preferences_are_read_and_unknown_ones_ignored() {
        let check = |text, respond_async, wait_seconds| {
            assert_eq!(Preference::parse(text), Preference { respond_async, wait_seconds }, "{text}");
        };
        check("", false, None);
        check("respond-async", true, None);
        check("Respond-Async, wait=10", true, Some(10));
        check("return=minimal; wait=\"5\"", false, Some(5));
        check("wait=soon", false, None);
    }

    #[test]
    fn a_path_of_another_site_is_not_followed() {
        assert_eq!(local_path("/letters/1?saved"), Some("/letters/1?saved"));
        for path in ["", "letters", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x"]
        {
            assert_eq!(local_path(path), None, "{path}");
        }
    }
}
