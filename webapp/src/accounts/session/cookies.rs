//! The cookies of the contract.

use axum::http::HeaderMap;
use axum_extra::extract::CookieJar;

/// Cookie that holds the access token; scripts cannot read it.
pub const ACCESS_COOKIE: &str = "access_token_cookie";
/// Cookie that repeats the token's CSRF proof for scripts.
pub const CSRF_COOKIE: &str = "csrf_access_token";

/// Cookies of the contract, and whether scripts must not read them; logging out clears all of them.
const ALL: [(&str, bool); 4] =
    [(ACCESS_COOKIE, true), (CSRF_COOKIE, false), ("refresh_token_cookie", true), ("csrf_refresh_token", false)];

/// The CSRF proof that the browser holds; empty without a session.
#[must_use]
pub fn csrf_proof(headers: &HeaderMap) -> String {
    let jar = CookieJar::from_headers(headers);
    jar.get(CSRF_COOKIE).map(|cookie| cookie.value().to_owned()).unwrap_or_default()
}

/// Both cookies of a new session. They last until the browser is closed, the token in them for an hour.
#[must_use]
pub fn granted(token: &str, csrf: &str, secure: bool) -> [String; 2] {
    [
        format!("{ACCESS_COOKIE}={token}{}", attributes(true, secure)),
        format!("{CSRF_COOKIE}={csrf}{}", attributes(false, secure)),
    ]
}

/// All cookies, empty and expired, which makes the browser forget them.
#[must_use]
pub fn cleared(secure: bool) -> [String; 4] {
    ALL.map(|(name, http_only)| {
        format!("{name}=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0{}", attributes(http_only, secure))
    })
}

fn attributes(http_only: bool, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    let http_only = if http_only { "; HttpOnly" } else { "" };
    format!("{secure}{http_only}; Path=/; SameSite=Lax")
}

#[cfg(test)]
mod tests {
    use super::{cleared, granted};

    #[test]
    fn a_session_is_two_cookies() {
        assert_eq!(
            granted("jwt", "proof", true),
            [
                "access_token_cookie=jwt; Secure; HttpOnly; Path=/; SameSite=Lax",
                "csrf_access_token=proof; Secure; Path=/; SameSite=Lax",
            ]
        );
        assert!(granted("jwt", "proof", false).iter().all(|cookie| !cookie.contains("Secure")));
    }

    #[test]
    fn logging_out_clears_four_cookies() {
        let cookies = cleared(true);
        assert!(cookies.iter().all(|cookie| cookie.contains("=; Expires=Thu, 01 Jan 1970 00:00:00 GMT")));
        assert!(cookies[2].starts_with("refresh_token_cookie=") && cookies[3].starts_with("csrf_refresh_token="));
    }
}
