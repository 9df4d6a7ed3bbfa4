//! The whole way with a certified provider, over TLS that only a private authority vouches for.

use std::collections::BTreeMap;

use fixtures::oidc_provider::{CLIENT_SECRET, OidcProvider, Tls};
use reqwest::header::SET_COOKIE;
use reqwest::{Certificate, Client, Response, Url};
use serde_json::json;

use super::settings;
use super::visitor::{Departure, come_back, depart};
use crate::site::{Wishes, site_with};

/// A browser at the provider: keeps its cookies and follows nothing by itself.
struct AtProvider {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl AtProvider {
    async fn get(&mut self, url: &Url) -> Response {
        let request = self.client.get(url.clone());
        self.send(request).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Response {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request.header("cookie", cookies.join("; ")).send().await.expect("the provider answers");
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("is text").split(';').next().expect("a pair").to_owned();
            let (name, value) = cookie.split_once('=').expect("a pair");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        response
    }

    /// Logs in as `login` on the provider's page, and where that leads: the site's own address with the answer.
    async fn log_in(&mut self, departure: &Departure, login: &str) -> Url {
        let mut response = self.get(&departure.page).await;
        for _ in 0..6 {
            let at = response.url().clone();
            let location = response.headers().get("location").map(|to| to.to_str().expect("is text").to_owned());
            response = if let Some(to) = location {
                let to = at.join(&to).expect("an address");
                if to.path() == "/auth/oidc/callback" {
                    return to;
                }
                self.get(&to).await
            } else {
                let form = [("prompt", "login"), ("login", login), ("password", "any")];
                let request = self.client.post(at).form(&form);
                self.send(request).await
            };
        }
        panic!("the provider does not lead back: {}", response.text().await.unwrap_or_default());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certified_provider_logs_people_in_where_a_private_authority_vouches_for_it() {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).expect("a certificate");
    let tls = Tls { certificate: made.cert.pem(), key: made.signing_key.serialize_pem() };
    let jane = json!({"email": "jane@uni.example", "email_verified": true, "preferred_username": "jane", "groups": ["students"]});
    let guest = json!({"email": "guest@uni.example", "groups": ["guests"]});
    let provider = OidcProvider::start(&json!({"jane": jane, "guest": guest}), Some(&tls)).await.expect("it starts");
    let folder = tempfile::tempdir().expect("a folder");
    let ca = folder.path().join("ca.crt");
    std::fs::write(&ca, &tls.certificate).expect("can be written");
    let mut oidc = settings(provider.issuer(), CLIENT_SECRET);
    oidc.oidc_admitted_group = vec!["students".to_owned()];
    let stranger = site_with(Wishes { oidc: oidc.clone(), ..Wishes::default() }).await;
    stranger.browser().open("/auth/oidc").await.assert_page(503, &["University login does not answer"]);
    oidc.oidc_ca = Some(ca);
    let site = site_with(Wishes { oidc, ..Wishes::default() }).await;

    let certificate = Certificate::from_pem(tls.certificate.as_bytes()).expect("a certificate");
    let client = Client::builder().tls_certs_only([certificate]).redirect(reqwest::redirect::Policy::none()).no_proxy();
    let mut there = AtProvider { client: client.build().expect("a client"), cookies: BTreeMap::new() };
    let departure = depart(&site).await;
    let back = there.log_in(&departure, "jane").await;
    let answer: Vec<_> = back.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let answer: Vec<_> = answer.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let reply = come_back(&site.browser(), &departure.cookie, &answer).await;
    assert_eq!((reply.status, reply.location()), (303, "/user/protected"), "{}", reply.body);
    let jane = site.browser().with_session(&reply.cookie("access_token_cookie"), &reply.cookie("csrf_access_token"));
    jane.open("/user/profile").await.assert_page(200, &["jane@uni.example", "value=\"jane\""]);

    // Once more without the provider's page, which knows who it is; and an answer that names another issuer.
    let departure = depart(&site).await;
    let back = there.get(&departure.page).await;
    let back = Url::parse(back.headers()["location"].to_str().expect("is text")).expect("an address");
    let code = back.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
    let answer = [("state", departure.query["state"].as_str()), ("code", &code), ("iss", "https://id.example")];
    come_back(&site.browser(), &departure.cookie, &answer).await.assert_page(502, &["could not be verified"]);

    there.cookies.clear();
    let departure = depart(&site).await;
    let back = there.log_in(&departure, "guest").await;
    let answer: Vec<_> = back.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let answer: Vec<_> = answer.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    come_back(&site.browser(), &departure.cookie, &answer)
        .await
        .assert_page(403, &["not among those that this site is for"]);
    assert_eq!(site.count("SELECT count(*) FROM users").await, 1);
}
