//! Somebody with a browser and an authenticator, at the site under its name.

use fixtures::authenticator::Authenticator;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::browser::{Browser, PASSWORD, Reply, send};
use crate::site::Site;

/// The name under which browsers come, behind a proxy with HTTPS.
pub const HOST: &str = "letters.example";
/// The origin of its pages.
pub const ORIGIN: &str = "https://letters.example";

/// A log-in that the browser was asked for.
pub struct Asked {
    pub options: Value,
    /// What tells this browser from others.
    pub cookie: String,
}

pub fn at(request: RequestBuilder) -> RequestBuilder {
    request.header("host", HOST)
}

/// The owner wants a passkey.
pub async fn ask_for_one(owner: &Browser, fields: &[(&str, &str)]) -> Reply {
    send(at(owner.ask_signed(Method::POST, "/user/passkeys/options")).form(fields)).await
}

/// The owner's browser sends what the authenticator made.
pub async fn add_this(owner: &Browser, name: &str, made: &Value) -> Reply {
    let made = made.to_string();
    let request = at(owner.ask_signed(Method::POST, "/user/passkeys")).header("accept", "text/html");
    send(request.form(&[("name", name), ("credential", &made)])).await
}

/// The owner adds a passkey.
pub async fn add(owner: &Browser, name: &str) -> Authenticator {
    let mut authenticator = Authenticator::default();
    let options = ask_for_one(owner, &[("name", name), ("password", PASSWORD)]).await.json();
    let added = add_this(owner, name, &authenticator.create(&options, ORIGIN)).await;
    assert_eq!((added.status, added.location()), (303, "/user/profile?updated=passkey-added"), "{}", added.body);
    authenticator
}

/// Somebody presses the button of the log-in page.
pub async fn ask(site: &Site) -> Asked {
    let reply = send(at(site.browser().ask(Method::POST, "/auth/passkey/options"))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let cookie = reply.cookie("oidc_browser");
    assert_eq!(cookie.len(), 43, "a secret of 256 bits");
    Asked { options: reply.json(), cookie }
}

/// A browser with this cookie sends what an authenticator says, and further fields.
pub async fn show(site: &Site, cookie: &str, said: &Value, further: &[(&str, &str)]) -> Reply {
    let said = said.to_string();
    let fields: Vec<_> = [("credential", said.as_str())].into_iter().chain(further.iter().copied()).collect();
    let request = at(site.browser().ask(Method::POST, "/auth/passkey")).header("accept", "text/html");
    send(request.header("cookie", format!("oidc_browser={cookie}")).form(&fields)).await
}

/// Logs in.
pub async fn log_in(site: &Site, authenticator: &mut Authenticator) -> Reply {
    let asked = ask(site).await;
    let said = authenticator.get(&asked.options, ORIGIN);
    show(site, &asked.cookie, &said, &[]).await
}

/// The browser that this answer logged in.
pub fn logged_in(site: &Site, reply: &Reply) -> Browser {
    assert_eq!((reply.status, reply.location()), (303, "/user/protected"), "{}", reply.body);
    site.browser().with_session(&reply.cookie("access_token_cookie"), &reply.cookie("csrf_access_token"))
}
