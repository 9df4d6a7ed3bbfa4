//! Repositories and arguments that are refused, and the advice in the reason.

use super::hub::repository;
use super::program::{fetch, fetch_hub, hub_arguments, names};
use super::server::{Hub, REPOSITORY, REVISION, Server};

async fn check(hub: Hub, more: &[&str], words: &str) {
    let (server, folder) = (Server::start(hub).await, tempfile::tempdir().expect("a folder"));
    fetch_hub(&server, folder.path(), more).await.expect_reason(words);
    assert_eq!(names(folder.path()), [""; 0], "nothing is left that could be taken for a model");
}

#[tokio::test]
async fn a_gated_repository_without_a_token() {
    check(Hub { gated: true, ..repository() }, &[], "accept them on its page").await;
}

#[tokio::test]
async fn a_revision_that_moved() {
    let moved = "0".repeat(40);
    check(Hub { commit: Some(moved.clone()), ..repository() }, &[], &format!("has commit {moved} where {REVISION}"))
        .await;
    check(Hub { commit: Some(moved), ..repository() }, &["--file", "config.json"], "failed to pin the model").await;
}

#[tokio::test]
async fn a_repository_a_commit_and_a_file_that_are_not_there() {
    let (server, folder) = (Server::start(repository()).await, tempfile::tempdir().expect("a folder"));
    let mut arguments = hub_arguments(&server.url, &[]);
    arguments[2] = "owner/another";
    let ended = fetch(folder.path(), &arguments, &[]).await;
    ended.expect_reason("has no `owner/another`");
    arguments[2] = REPOSITORY;
    arguments[4] = "ffffffffffffffffffffffffffffffffffffffff";
    fetch(folder.path(), &arguments, &[]).await.expect_reason("has no commit ffff");
    check(repository(), &["--file", "none.json"], "of file `none.json`").await;
}

#[tokio::test]
async fn a_repository_without_a_tokenizer() {
    let mut hub = repository();
    hub.files.remove("tokenizer.json");
    check(hub, &[], "failed to find a model in `owner/writer`: it has no `tokenizer.json`").await;
}

#[tokio::test]
async fn a_checksum_that_the_hub_contradicts() {
    let wrong = format!("model.safetensors={}", "0".repeat(64));
    check(repository(), &["--file", "model.safetensors", "--sha256", &wrong], "failed to verify").await;
}

#[tokio::test]
async fn a_name_that_leads_out_of_the_folder() {
    check(repository(), &["--file", "../config.json"], "is not a valid name of a file").await;
}

#[tokio::test]
async fn a_portal_that_answers_instead_of_the_hub() {
    check(Hub { is_portal: true, ..repository() }, &["--file", "config.json"], "it is not a hub").await;
}
