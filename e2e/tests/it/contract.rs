//! The predecessor's documented HTTP contract, line by line, with curl as in its documentation.

use anyhow::{Context as _, Result, ensure};
use e2e::curl::Curl;
use e2e::letter::{EXAMPLE, is_signed_by};
use e2e::{Play, app, play};
use serde_json::Value;

const ACCOUNT: &str = "username=foo&password=Bar2024%21&email=foobar%40gmail%2Ecom";
const LOG_IN: &str = "username=foo&password=Bar2024%21";

#[tokio::test]
async fn the_curl_lines_of_the_contract_work() {
    play("contract", async |play: &Play| {
        play.install_site(&app::with_site()).await?;
        let folder = tempfile::tempdir()?;
        let curl = Curl::new(play.url(), folder.path());

        pages(&curl).await?;
        ensure!(curl.body("/auth/register", &["--data", ACCOUNT]).await?.contains("Created user successfully"));
        log_in(&curl).await?;
        let token = curl.cookie("access_token_cookie")?;
        let csrf = curl.cookie("csrf_access_token")?;
        query(&curl, &csrf).await?;
        update(&curl, &token, &csrf).await?;
        log_out_and_in(&curl).await?;
        delete(&curl).await
    })
    .await;
}

/// C1, C2, C4, C6e, C12.
async fn pages(curl: &Curl) -> Result<()> {
    let home = curl.body("/", &[]).await?;
    ensure!(home.starts_with("<!DOCTYPE html>") && home.contains("<html lang=\"en\">"), "{home}");
    ensure!(home.contains("<title>Cover Letter Writer. </title>"), "{home}");
    ensure!(curl.body("/auth/register", &[]).await?.contains("<title>Register</title>"));
    ensure!(curl.body("/auth/login", &[]).await?.contains("<title>Login</title>"));
    ensure!(curl.head("/static/css/styles.css", &[]).await?.to_lowercase().contains("content-type: text/css"));
    let refused: Value = serde_json::from_str(&curl.body("/user/protected", &[]).await?)?;
    ensure!(refused == serde_json::json!({ "msg": "Missing cookie \"access_token_cookie\"" }), "{refused}");
    Ok(())
}

/// C5, C5e, C6.
async fn log_in(curl: &Curl) -> Result<()> {
    let wrong = curl.head("/auth/login", &["--data", "username=foo&password=wrong"]).await?;
    ensure!(!wrong.to_lowercase().contains("set-cookie"), "{wrong}");
    let jar = curl.jar();
    let answer = curl.head("/auth/login", &["--data", LOG_IN, "--cookie-jar", &jar]).await?;
    ensure!(is_redirect(&answer, "/user/protected"), "{answer}");
    ensure!(answer.to_lowercase().matches("set-cookie:").count() == 2, "{answer}");
    let page = curl.body("/user/protected", &["--cookie", &jar]).await?;
    for part in [
        "<title>Cover Letter Writer.</title>",
        "<h1>Cover Letter Writer.</h1>",
        "<link rel=\"stylesheet\" href=\"/static/css/styles.css\">",
        "<a class=\"btn\" href=\"/user/profile\">View Profile</a>",
    ] {
        ensure!(page.contains(part), "{part} is not in {page}");
    }
    Ok(())
}

/// C9, with the header that the predecessor's example sets by hand.
async fn query(curl: &Curl, csrf: &str) -> Result<()> {
    let (jar, token) = (curl.jar(), format!("X-CSRF-TOKEN: {csrf}"));
    let fields: Vec<String> = EXAMPLE.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut arguments = vec!["--cookie", &jar, "--header", &token, "--header", "Content-Type: multipart/form-data"];
    arguments.extend(fields.iter().flat_map(|field| ["--form", field]));
    let answer: Value = serde_json::from_str(&curl.body("/model/query", &arguments).await?)?;
    let keys: Vec<_> = answer.as_object().context("an object")?.keys().collect();
    ensure!(keys == ["modelOutput"], "{answer}");
    let letter = answer["modelOutput"].as_str().context("the letter is text")?;
    ensure!(letter.contains("\n\n") && is_signed_by(letter, "John"), "{letter}");

    let without_proof: Vec<&str> = arguments.iter().copied().filter(|argument| *argument != token).collect();
    let without_proof: Vec<&str> = remove_first(&without_proof, "--header");
    let refused: Value = serde_json::from_str(&curl.body("/model/query", &without_proof).await?)?;
    ensure!(refused == serde_json::json!({ "msg": "Missing CSRF token" }), "{refused}");
    Ok(())
}

/// C8 and C7: the predecessor's example sends the cookie by hand.
async fn update(curl: &Curl, token: &str, csrf: &str) -> Result<()> {
    let cookie = format!("access_token_cookie={token}");
    let proof = format!("X-CSRF-TOKEN: {csrf}");
    let data = "username=foobar&email=foobar@gmail.coem";
    let arguments = ["--request", "PUT", "--cookie", &cookie, "--header", &proof, "--data", data];
    let answer: Value = serde_json::from_str(&curl.body("/user/update", &arguments).await?)?;
    ensure!(answer == serde_json::json!({ "updateMsg": "User information updated." }), "{answer}");
    let profile = curl.body("/user/profile", &["--cookie", &cookie]).await?;
    ensure!(profile.contains("foobar@gmail.coem") && profile.contains("foobar"), "{profile}");
    Ok(())
}

/// C11: logging out needs neither cookie nor CSRF token.
async fn log_out_and_in(curl: &Curl) -> Result<()> {
    let answer = curl.head("/auth/logout", &["--request", "POST"]).await?;
    ensure!(is_redirect(&answer, "/"), "{answer}");
    let jar = curl.jar();
    let renamed = LOG_IN.replace("foo", "foobar");
    let answer = curl.head("/auth/login", &["--data", &renamed, "--cookie-jar", &jar]).await?;
    ensure!(is_redirect(&answer, "/user/protected"), "{answer}");
    Ok(())
}

/// C10: "the login credentials will now not work".
async fn delete(curl: &Curl) -> Result<()> {
    let (jar, proof) = (curl.jar(), format!("X-CSRF-TOKEN: {}", curl.cookie("csrf_access_token")?));
    let arguments = ["--request", "DELETE", "--cookie", &jar, "--header", &proof];
    let answer = curl.head("/user/delete", &arguments).await?;
    ensure!(is_redirect(&answer, "/"), "{answer}");
    let again = curl.head("/auth/login", &["--data", &LOG_IN.replace("foo", "foobar")]).await?;
    ensure!(!again.to_lowercase().contains("set-cookie"), "{again}");
    let old_session = curl.body("/user/protected", &["--cookie", &jar]).await?;
    ensure!(old_session.contains("\"msg\""), "the session of a deleted account still works: {old_session}");
    Ok(())
}

/// A redirect: 302 in the predecessor's time, 303 today.
fn is_redirect(head: &str, to: &str) -> bool {
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    let leads = head.lines().filter_map(|line| line.split_once(": "));
    let mut leads = leads.filter(|(name, _)| name.eq_ignore_ascii_case("location"));
    ["302", "303"].contains(&status) && leads.any(|(_, value)| value.trim() == to)
}

fn remove_first<'a>(arguments: &[&'a str], unwanted: &str) -> Vec<&'a str> {
    let position = arguments.iter().position(|argument| *argument == unwanted);
    let kept = arguments.iter().enumerate().filter(|(index, _)| Some(*index) != position);
    kept.map(|(_, argument)| *argument).collect()
}
