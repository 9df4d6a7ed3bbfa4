//! The cookies of the contract.

use axum::http::HeaderMap;
use axum_extra::extract::CookieJar;

use crate::accounts::Settings;

/// Cookie that holds the access token; scripts cannot read it.
const ACCESS_COOKIE: &str = "access_token_cookie";
/// Cookie that repeats the token's CSRF proof for scripts.
const CSRF_COOKIE: &str = "csrf_access_token";

/// Cookie that tells this browser from others while somebody logs in at a provider, from which it has its name, or by a
/// passkey.
const BROWSER_COOKIE: &str = "oidc_browser";

/// A cookie of this name a browser takes only over TLS and from this host alone: no neighbour in the same domain can set
/// it or is sent it.
const PREFIX: &str = "__Host-";

/// Cookies of the contract, and whether scripts must not read them; logging out clears all of them.
const ALL: [(&str, bool); 4] =
    [(ACCESS_COOKIE, true), (CSRF_COOKIE, false), ("refresh_token_cookie", true), ("csrf_refresh_token", false)];

/// How the cookies of a site are named and sent.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    is_secure: bool,
    is_prefixed: bool,
}

impl Cookies {
    /// The cookies of a site with these settings.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        // Browsers refuse the prefix without TLS.
        Self { is_secure: settings.secure_cookies, is_prefixed: settings.host_cookies && settings.secure_cookies }
    }

    /// The access token; `None` when the cookie is missing or empty.
    #[must_use]
    pub fn access_token(self, headers: &HeaderMap) -> Option<String> {
        let jar = CookieJar::from_headers(headers);
        let token = jar.get(&self.name(ACCESS_COOKIE)).map(|cookie| cookie.value().to_owned());
        token.filter(|token| !token.is_empty())
    }

    /// What [`Cookies::of_browser`] gave to the browser.
    #[must_use]
    pub fn browser(self, headers: &HeaderMap) -> Option<String> {
        let jar = CookieJar::from_headers(headers);
        let browser = jar.get(&self.name(BROWSER_COOKIE)).map(|cookie| cookie.value().to_owned());
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        browser.filter(|browser| browser.len() == 43 && browser.chars().all(plain))
    }

    /// The cookie that tells a browser from others by this secret.
    #[must_use]
    pub fn of_browser(self, secret: &str) -> String {
        format!("{}={secret}{}", self.name(BROWSER_COOKIE), self.attributes(true))
    }

    /// Name of the cookie that holds the access token.
    #[must_use]
    pub fn access_name(self) -> String {
        self.name(ACCESS_COOKIE)
    }

    /// Both cookies of a new session. They last until the browser is closed, the token in them for an hour.
    #[must_use]
    pub fn granted(self, token: &str, csrf: &str) -> [String; 2] {
        [
            format!("{}={token}{}", self.name(ACCESS_COOKIE), self.attributes(true)),
            format!("{}={csrf}{}", self.name(CSRF_COOKIE), self.attributes(false)),
        ]
    }

    /// All cookies, empty and expired, which makes the browser forget them.
    #[must_use]
    pub fn cleared(self) -> [String; 4] {
        ALL.map(|(name, http_only)| {
            let (name, attributes) = (self.name(name), self.attributes(http_only));
            format!("{name}=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0{attributes}")
        })
    }

    fn name(self, name: &str) -> String {
        if self.is_prefixed { format!("{PREFIX}{name}") } else { name.to_owned() }
    }

    fn attributes(self, http_only: bool) -> String {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let http_only = if http_only { "; HttpOnly" } else { "" };
        format!("{secure}{http_only}; Path=/; SameSite=Lax")
    }
}

/// The CSRF proof that the browser holds, under either name; empty without a session. It proves nothing until it is
/// compared with the token's.
#[must_use]
pub fn csrf_proof(headers: &HeaderMap) -> String {
    let jar = CookieJar::from_headers(headers);
    let cookie = jar.get(&format!("{PREFIX}{CSRF_COOKIE}")).or_else(|| jar.get(CSRF_COOKIE));
    cookie.map(|cookie| cookie.value().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Cookies;

    #[test]
    fn a_session_is_two_cookies() {
        let secure = Cookies { is_secure: true, is_prefixed: false };
        assert_eq!(
            secure.granted("jwt", "proof"),
            [
                "access_token_cookie=jwt; Secure; HttpOnly; Path=/; SameSite=Lax",
                "csrf_access_token=proof; Secure; Path=/; SameSite=Lax",
            ]
        );
        let plain = Cookies { is_secure: false, is_prefixed: false };
        assert!(plain.granted("jwt", "proof").iter().all(|cookie| !cookie.contains("Secure")));
        let prefixed = Cookies { is_secure: true, is_prefixed: true };
        let granted = prefixed.granted("jwt", "proof");
        assert!(granted[0].starts_with("__Host-access_token_cookie=jwt; Secure;"), "{granted:?}");
        assert!(granted[1].starts_with("__Host-csrf_access_token=proof; Secure;"), "{granted:?}");
    }

    #[test]
    fn logging_out_clears_four_cookies() {
        let cookies = Cookies { is_secure: true, is_prefixed: false }.cleared();
        assert!(cookies.iter().all(|cookie| cookie.contains("=; Expires=Thu, 01 Jan 1970 00:00:00 GMT")));
        assert!(cookies[2].starts_with("refresh_token_cookie=") && cookies[3].starts_with("csrf_refresh_token="));
    }
}
