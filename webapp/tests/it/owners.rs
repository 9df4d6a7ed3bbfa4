//! Whose data a route shows and changes: every route of the router's own table, tried by a guest and by a stranger.

use reqwest::Method;
use serde_json::Value;
use sqlx::PgPool;

use crate::browser::{Browser, Reply, send};
use crate::site::{Site, site};
use crate::waiting::eventually;
use crate::worker::{self, request_of};

/// Routes that show nothing of anybody: everybody may use them.
const PUBLIC: [&str; 9] = [
    "/",
    "/auth/register",
    "/auth/login",
    "/auth/logout",
    "/auth/logged-out",
    "/auth/oidc",
    "/auth/oidc/callback",
    "/auth/reset/{token}",
    "/static/{path}",
];
/// What the owner typed, and no page of another user may show. The form's example has the last one.
const OWNED: [&str; 5] = ["owner-of-all", "Canary-Draft", "Canary-Text", "Canary-Note", "google"];
/// Everything that is kept about the owner, in one word.
const DIGEST: &str = "SELECT md5(string_agg(line, '' ORDER BY line)) FROM (
    SELECT u::text AS line FROM users u WHERE username = 'owner-of-all'
    UNION ALL SELECT l::text FROM letters l JOIN users u ON u.id = l.user_id WHERE username = 'owner-of-all'
    UNION ALL SELECT d::text FROM drafts d JOIN users u ON u.id = d.user_id WHERE username = 'owner-of-all'
    UNION ALL SELECT s::text FROM sessions s JOIN users u ON u.id = s.user_id WHERE username = 'owner-of-all'
    UNION ALL SELECT v::text FROM letter_versions v JOIN letters l ON l.id = v.letter_id
        JOIN users u ON u.id = l.user_id WHERE username = 'owner-of-all'
) lines";

/// A route with one of its methods.
#[derive(Debug)]
struct Route {
    path: String,
    method: Method,
}

/// The table of the router: each path with each of its methods.
fn routes() -> Vec<Route> {
    let paths = webapp::openapi()["paths"].as_object().expect("there are paths").clone();
    let methods = |entry: &Value| -> Vec<String> {
        entry.as_object().expect("each has methods").keys().filter(|key| *key != "parameters").cloned().collect()
    };
    let of_path = |(path, entry): (&String, &Value)| -> Vec<Route> {
        let method = |name: &String| name.to_uppercase().parse().expect("a method");
        methods(entry).iter().map(|name| Route { path: path.clone(), method: method(name) }).collect()
    };
    let routes: Vec<_> = paths.iter().flat_map(of_path).collect();
    assert!(routes.len() > 25, "{routes:?}");
    routes
}

fn is_public(route: &Route) -> bool {
    PUBLIC.contains(&route.path.as_str())
}

/// Somebody with a letter, a version of it, a draft and a session; the letter's id.
async fn owner(site: &Site) -> (Browser, String) {
    let owner = site.student("owner-of-all").await;
    let letter = owner.ask_for_letter().await;
    worker::serve(&site.requests, request_of(&site.requests, &letter).await).await;
    let path = format!("/letters/{letter}");
    eventually("the letter", async || owner.open(&path).await.body.contains("Your letter is ready.").then_some(()))
        .await;
    owner.submit(&path, &[("letter", "Canary-Text")]).await;
    owner.submit(&format!("{path}/status"), &[("status", "Sent"), ("note", "Canary-Note")]).await;
    owner.submit("/user/draft", &[("Job Title", "Canary-Draft")]).await;
    owner.submit("/user/draft", &[("Job Title", "Canary-Draft"), ("about", &letter)]).await;
    (owner, letter)
}

async fn digest(db: &PgPool) -> String {
    sqlx::query_scalar(DIGEST).fetch_one(db).await.expect("the query is fine")
}

/// Calls a route with everything in the form and in the query that could name something of the owner.
async fn call(browser: &Browser, route: &Route, letter: &str, session: &str) -> Reply {
    let path = route.path.replace("{id}", letter);
    if route.method == Method::GET {
        return browser.get(&format!("{path}?from={letter}&show=1&about={letter}&offset=0")).await;
    }
    let named = [("about", letter), ("id", letter), ("session", session), ("version", "0"), ("letter", "Mine.")];
    let typed = [("status", "Offer"), ("note", "mine"), ("Job Title", "mine"), ("show", "1")];
    let fields: Vec<_> = named.into_iter().chain(typed).collect();
    send(browser.ask_signed(route.method.clone(), &path).form(&fields)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_asks_who_is_there() {
    let site = site().await;
    let (_, letter) = owner(&site).await;
    let before = digest(&site.db).await;
    for route in routes().iter().filter(|route| !is_public(route)) {
        let reply = call(&site.browser(), route, &letter, "").await;
        assert_eq!(reply.status, 401, "a guest may call {route:?}: {}", reply.body);
    }
    assert_eq!(digest(&site.db).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_shows_or_changes_what_is_anothers() {
    let site = site().await;
    let (_, letter) = owner(&site).await;
    let session = "SELECT jti FROM sessions s JOIN users u ON u.id = s.user_id WHERE username = 'owner-of-all'";
    let session: String = sqlx::query_scalar(session).fetch_one(&site.db).await.expect("there is one");
    let before = digest(&site.db).await;
    for (number, route) in routes().iter().enumerate().filter(|(_, route)| !route.path.starts_with("/static")) {
        // A new stranger for each: some routes end the session or the account.
        let stranger = site.student(&format!("stranger-{number}")).await;
        let reply = call(&stranger, route, &letter, &session).await;
        if route.path.contains("{id}") {
            reply.assert_problem(404, "There is nothing here");
        }
        if !is_public(route) {
            let shown = OWNED.iter().find(|word| reply.body.contains(**word));
            assert_eq!(shown, None, "{route:?} shows what is another's: {}", reply.body);
        }
        assert_eq!(digest(&site.db).await, before, "{route:?} changes what is another's");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_of_a_letter_is_there_for_its_owner() {
    let site = site().await;
    let (owner, letter) = owner(&site).await;
    let mut routes: Vec<_> = routes().into_iter().filter(|route| route.path.contains("{id}")).collect();
    // Reading first, and what ends the letter last.
    routes.sort_by_key(|route| (route.method != Method::GET, route.path.ends_with("/delete")));
    for route in &routes {
        let reply = call(&owner, route, &letter, "").await;
        assert!(reply.status < 400, "{route:?}: {} {}", reply.status, reply.body);
    }
    assert_eq!(owner.get(&format!("/letters/{letter}")).await.status, 404);
}
