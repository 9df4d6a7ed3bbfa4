//! People who log in at the provider of their institution, in a real browser and with the operator between.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::letter::is_signed_by;
use e2e::relay::Relay;
use e2e::{Play, Student, app, node, play};
use fixtures::oidc_provider::{CLIENT_ID, CLIENT_SECRET, OidcProvider};
use serde_json::json;

const WRITTEN_WITHIN: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_student_logs_in_at_a_provider_and_stays_logged_out() {
    play("oidc", async |play: &Play| {
        let node = node::find(&play.cluster.environment().kubeconfig)?.context("the provider runs beside a node")?;
        let jane = json!({"email": "jane@uni.example", "preferred_username": "jane", "groups": ["students"]});
        let guest = json!({"email": "guest@uni.example", "groups": ["guests"]});
        let provider = OidcProvider::start_on(&node, &json!({"jane": jane, "guest": guest})).await?;
        install(play, provider.issuer()).await?;
        let relay = Relay::open(provider.issuer(), provider.socket()).await?;

        let jane = play.student_beyond(&relay, "jane").await?;
        // Nobody is asked which way to take where there is one.
        at_the_provider(&jane, "/user/protected").await?;
        jane.arrives_at("/user/protected").await?;
        jane.new_example().await?;
        let letter = jane.finished_letter(WRITTEN_WITHIN).await?;
        ensure!(is_signed_by(&letter, "John"), "not the letter that was asked for: {letter}");
        jane.open("/user/profile").await?;
        jane.sees("You log in to this account with University login.").await?;

        jane.press("form[action='/auth/logout'] button").await?;
        jane.arrives_at("/auth/logged-out").await?;
        jane.sees("You are logged out").await?;
        jane.pictures("logged-out", "/auth/logged-out").await?;
        // The provider knows her still.
        jane.press("a[href='/auth/login']").await?;
        jane.arrives_at("/user/protected").await?;
        jane.press("form[action='/auth/logout'] button").await?;
        jane.arrives_at("/auth/logged-out").await?;
        jane.press("#log-out-there").await?;
        jane.press("[name=logout][value=yes]").await?;
        jane.arrives_at("/auth/logged-out").await?;
        at_the_provider(&jane, "/letters").await?;
        jane.arrives_at("/letters").await?;
        jane.sees("Data Scientist").await?;

        let guest = play.student_beyond(&relay, "guest").await?;
        // The front page asks nobody who they are.
        guest.open("/").await?;
        guest.arrives_at("/").await?;
        at_the_provider(&guest, "/user/protected").await?;
        guest.sees("Ask the careers service.").await?;
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

/// An app with this provider and without passwords of its own.
async fn install(play: &Play, issuer: &str) -> Result<()> {
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "oidc", "namespace": play.cluster.namespace(), "labels": {"coverletter.dev/usable": "true"}},
        "stringData": {"client-secret": CLIENT_SECRET},
    });
    play.cluster.apply(&[secret]).await?;
    let mut app = app::with_site();
    app.spec.web.oidc = Some(serde_json::from_value(json!({
        "issuer": issuer, "clientId": CLIENT_ID, "clientSecretRef": {"name": "oidc", "key": "client-secret"},
        "siteUrl": play.url(), "providerName": "University login", "admittedGroups": ["students"],
        "refusal": "Ask the careers service.", "localLogIn": false,
    }))?);
    play.install_site(&app).await
}

/// Opens a page of the site, which leads to the provider, and logs in there.
async fn at_the_provider(student: &Student, path: &str) -> Result<()> {
    student.open(path).await?;
    student.fill(&[("login", student.name()), ("password", "any")]).await?;
    student.press("button[type=submit]").await
}
