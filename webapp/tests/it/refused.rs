//! A database that does not let the site in: the program says why, in the database's words, instead of waiting for ever.

use std::time::{Duration, Instant};

use fixtures::postgres::Postgres;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use webapp::db::Refused;

/// What is said of the database at `url` after a moment of patience.
async fn why(url: &str) -> String {
    let start = Instant::now();
    let patience = Some(Duration::from_millis(100));
    let connected = webapp::db::connect(&SecretString::from(url), patience, &CancellationToken::new()).await;
    let error = connected.expect_err("it does not let it in");
    assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
    error.downcast_ref::<Refused>().expect("it says why").to_string()
}

#[tokio::test]
async fn a_database_that_refuses_is_told_in_its_own_words_without_the_password() {
    let postgres = Postgres::shared().await.expect("Postgres starts");
    postgres.query("postgres", "create role barred nologin").await.expect("it is accepted");
    let port = postgres.port();
    // One letter too long for a name: no machine asks another one for it.
    let nobody = "x".repeat(64);
    for (url, words) in [
        (format!("postgres://stranger:S3cret@127.0.0.1:{port}/postgres"), "role \"stranger\" does not exist"),
        (format!("postgres://barred:S3cret@127.0.0.1:{port}/postgres"), "role \"barred\" is not permitted to log in"),
        (format!("postgres://postgres:S3cret@127.0.0.1:{port}/nowhere"), "database \"nowhere\" does not exist"),
        (format!("postgres://postgres:S3cret@{nobody}:5432/letters"), &format!("{nobody}:5432 cannot be reached")),
        ("postgres://postgres:S3cret@127.0.0.1:1/letters".to_owned(), "127.0.0.1:1 cannot be reached"),
    ] {
        let said = why(&url).await;
        assert!(said.contains(words) && !said.contains("S3cret"), "{said}");
    }
}
