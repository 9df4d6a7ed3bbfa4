//! Somebody who goes to the provider and comes back.

use std::collections::BTreeMap;

use reqwest::{Method, Url};
use serde_json::Value;

use super::pretender::Pretender;
use crate::browser::{Browser, Reply, send};
use crate::site::Site;

/// A log-in that was begun.
pub struct Departure {
    pub page: Url,
    pub query: BTreeMap<String, String>,
    /// The cookie of the browser in which it was begun.
    pub cookie: String,
}

impl Departure {
    pub fn of(reply: &Reply) -> Self {
        assert_eq!(reply.status, 303, "{}", reply.body);
        let cookie = reply.cookie("oidc_browser");
        Self::to(reply.location(), &cookie)
    }

    pub fn to(page: &str, cookie: &str) -> Self {
        let page = Url::parse(page).expect("an address");
        let query = page.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        assert_eq!(cookie.len(), 43, "a secret of 256 bits");
        Self { page, query, cookie: cookie.to_owned() }
    }

    pub fn nonce(&self) -> &str {
        &self.query["nonce"]
    }
}

/// Goes to the provider.
pub async fn depart(site: &Site) -> Departure {
    Departure::of(&site.browser().open("/auth/oidc").await)
}

/// Comes back with this answer, in the browser that has this cookie and perhaps a session.
pub async fn come_back(browser: &Browser, cookie: &str, answer: &[(&str, &str)]) -> Reply {
    let mut cookies = format!("oidc_browser={cookie}");
    if !browser.access.is_empty() {
        cookies = format!("{cookies}; access_token_cookie={}", browser.access);
    }
    let guest = browser.with_session("", "");
    let url = Url::parse_with_params("http://site/auth/oidc/callback", answer).expect("an address");
    let path = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    let request = guest.ask(Method::GET, &path).header("cookie", cookies);
    send(request.header("accept", "text/html").header("sec-fetch-mode", "navigate")).await
}

/// Logs in as `name`, of whom the provider says what `change` makes of it.
pub async fn log_in(site: &Site, pretender: &Pretender, name: &str, change: impl FnOnce(&mut Value)) -> Reply {
    let departure = depart(site).await;
    let mut claims = pretender.claims(name, departure.nonce());
    change(&mut claims);
    pretender.says(&claims);
    come_back(&site.browser(), &departure.cookie, &[("state", &departure.query["state"]), ("code", "code")]).await
}

/// The same, and the browser of whoever is logged in then.
pub async fn logged_in(site: &Site, pretender: &Pretender, name: &str) -> Browser {
    let reply = log_in(site, pretender, name, |_| {}).await;
    assert_eq!((reply.status, reply.location()), (303, "/user/protected"), "{}", reply.body);
    site.browser().with_session(&reply.cookie("access_token_cookie"), &reply.cookie("csrf_access_token"))
}
