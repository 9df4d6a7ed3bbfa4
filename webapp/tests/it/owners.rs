//! Whose data a route shows and changes: every route of the router's own table, tried by a guest and by a stranger.

use reqwest::Method;
use serde_json::Value;
use sqlx::PgPool;

use crate::browser::{Browser, PASSWORD, Reply, send};
use crate::site::{Site, site};
use crate::waiting::eventually;
use crate::worker::{self, request_of};

/// Routes that show nothing of anybody: everybody may use them.
const PUBLIC: [&str; 11] = [
    "/",
    "/auth/register",
    "/auth/login",
    "/auth/logout",
    "/auth/logged-out",
    "/auth/oidc",
    "/auth/oidc/callback",
    "/auth/passkey",
    "/auth/passkey/options",
    "/auth/reset/{token}",
    "/static/{path}",
];
/// What the owner typed, and no page of another user may show. The form's example has the last one.
const OWNED: [&str; 7] =
    ["owner-of-all", "Canary-Draft", "Canary-Text", "Canary-Note", "Canary-Profile", "Canary-Passkey", "google"];
/// Everything that is kept about the owner, in one word.
const DIGEST: &str = "SELECT md5(string_agg(line, '' ORDER BY line)) FROM (
    SELECT u::text AS line FROM users u WHERE username = 'owner-of-all'
    UNION ALL SELECT l::text FROM letters l JOIN users u ON u.id = l.user_id WHERE username = 'owner-of-all'
    UNION ALL SELECT d::text FROM drafts d JOIN users u ON u.id = d.user_id WHERE username = 'owner-of-all'
    UNION ALL SELECT p::text FROM profiles p JOIN users u ON u.id = p.user_id WHERE username = 'owner-of-all'
    UNION ALL SELECT k::text FROM passkeys k JOIN users u ON u.id = k.user_id WHERE username = 'owner-of-all'
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

/// A passkey of the owner, by its id. What else is about it nobody looks at here.
const PASSKEY: &str = "5f1c1b9e-3a57-4a9e-8f7c-3c8d0c9a3f10";
const ADD_PASSKEY: &str = "INSERT INTO passkeys
    SELECT '5f1c1b9e-3a57-4a9e-8f7c-3c8d0c9a3f10', id, 'x', 'localhost', 'Canary-Passkey', 'x', 0, false, false, created_at, NULL
    FROM users WHERE username = 'owner-of-all'";

/// What the owner has, by its ids.
struct Owned {
    letter: String,
    profile: String,
}

impl Owned {
    /// The id in this path.
    fn id(&self, path: &str) -> &str {
        if path.starts_with("/profiles/") { &self.profile } else { &self.letter }
    }
}

/// Somebody with a letter, a version of it, a draft, a profile, a passkey and a session.
async fn owner(site: &Site) -> (Browser, Owned) {
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
    let profile = "0d4a4b2e-9a57-4a9e-8f7c-3c8d0c9a3f10".to_owned();
    owner.submit("/profiles", &[("Label", "Canary-Profile"), ("submission", &profile)]).await;
    sqlx::query(ADD_PASSKEY).execute(&site.db).await.expect("inserts");
    (owner, Owned { letter, profile })
}

async fn digest(db: &PgPool) -> String {
    sqlx::query_scalar(DIGEST).fetch_one(db).await.expect("the query is fine")
}

/// Calls a route with everything in the form and in the query that could name something of the owner.
async fn call(browser: &Browser, route: &Route, owned: &Owned, session: &str) -> Reply {
    let Owned { letter, profile } = owned;
    let path = route.path.replace("{id}", owned.id(&route.path));
    if route.method == Method::GET {
        return browser.get(&format!("{path}?from={letter}&show=1&about={letter}&offset=0")).await;
    }
    let named = [("about", letter.as_str()), ("id", owned.id(&route.path)), ("session", session), ("version", "0")];
    let typed = [("status", "Offer"), ("note", "mine"), ("Job Title", "mine"), ("show", "1"), ("letter", "Mine.")];
    let of_profile = [("submission", profile.as_str()), ("profile", profile.as_str()), ("Label", "mine")];
    let of_passkey = [("passkey", PASSKEY), ("password", PASSWORD), ("name", "mine")];
    let fields: Vec<_> = named.into_iter().chain(typed).chain(of_profile).chain(of_passkey).collect();
    send(browser.ask_signed(route.method.clone(), &path).form(&fields)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_asks_who_is_there() {
    let site = site().await;
    let (_, owned) = owner(&site).await;
    let before = digest(&site.db).await;
    for route in routes().iter().filter(|route| !is_public(route)) {
        let reply = call(&site.browser(), route, &owned, "").await;
        assert_eq!(reply.status, 401, "a guest may call {route:?}: {}", reply.body);
    }
    assert_eq!(digest(&site.db).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_shows_or_changes_what_is_anothers() {
    let site = site().await;
    let (_, owned) = owner(&site).await;
    let session = "SELECT jti FROM sessions s JOIN users u ON u.id = s.user_id WHERE username = 'owner-of-all'";
    let session: String = sqlx::query_scalar(session).fetch_one(&site.db).await.expect("there is one");
    let before = digest(&site.db).await;
    for (number, route) in routes().iter().enumerate().filter(|(_, route)| !route.path.starts_with("/static")) {
        // A new stranger for each: some routes end the session or the account.
        let stranger = site.student(&format!("stranger-{number}")).await;
        let reply = call(&stranger, route, &owned, &session).await;
        if route.path.contains("{id}") {
            reply.assert_problem(404, "There is nothing here");
        }
        if !is_public(route) {
            let shown = OWNED.iter().find(|word| reply.body.contains(**word));
            assert_eq!(shown, None, "{route:?} shows what is another's: {}", reply.body);
        }
        assert_eq!(digest(&site.db).await, before, "{route:?} changes what is another's");
    }
    let stranger = site.student("stranger").await;
    let started = stranger.get(&format!("/user/protected?profile={}", owned.profile)).await;
    started.assert_problem(404, "There is nothing here");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_of_a_letter_and_a_profile_is_there_for_its_owner() {
    let site = site().await;
    let (browser, owned) = owner(&site).await;
    let mut routes: Vec<_> = routes().into_iter().filter(|route| route.path.contains("{id}")).collect();
    // Reading first, and what ends the letter last.
    routes.sort_by_key(|route| (route.method != Method::GET, route.path.ends_with("/delete")));
    for route in &routes {
        let reply = call(&browser, route, &owned, "").await;
        assert!(reply.status < 400, "{route:?}: {} {}", reply.status, reply.body);
    }
    assert_eq!(browser.get(&format!("/letters/{}", owned.letter)).await.status, 404);
    assert_eq!(browser.get(&format!("/profiles/{}", owned.profile)).await.status, 404);
}
