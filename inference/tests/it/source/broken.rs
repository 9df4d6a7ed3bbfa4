//! Broken connections and failing servers: received bytes are kept, and no partial file passes for a model.

use super::hub::{repository, weights};
use super::program::{fetch_hub, names};
use super::server::{Hub, Server, sha256};

const WEIGHTS: &str = "model.safetensors";

#[tokio::test]
async fn a_broken_download_resumes_where_it_broke() {
    let hub = Hub { breaks: vec![100_000, 70_000], ..repository() };
    let (server, folder) = (Server::start(hub).await, tempfile::tempdir().expect("a folder"));
    fetch_hub(&server, folder.path(), &[]).await.expect_success();
    assert_eq!(std::fs::read(folder.path().join(WEIGHTS)).expect("it is there"), weights(1));
    let ranges: Vec<_> = server.seen().into_iter().filter(|seen| seen.at_storage).map(|seen| seen.range).collect();
    assert_eq!(ranges.len(), 3, "{ranges:?}");
    let from = |range: &Option<String>| -> usize {
        let range = range.as_deref().expect("it asks for a range");
        range.trim_start_matches("bytes=").trim_end_matches('-').parse().expect("a number")
    };
    assert_eq!(ranges[0], None);
    // Bytes in transit when the connection broke may be lost, but no more than those.
    let (second, third) = (from(&ranges[1]), from(&ranges[2]));
    assert!(second > 0 && second <= 100_000 && third >= second && third <= 170_000, "{ranges:?}");
}

#[tokio::test]
async fn the_partial_file_of_an_earlier_process_is_resumed() {
    let (server, folder) = (Server::start(repository()).await, tempfile::tempdir().expect("a folder"));
    std::fs::write(folder.path().join("model.safetensors.part"), &weights(1)[..200_000]).expect("it can be written");
    fetch_hub(&server, folder.path(), &[]).await.expect_success();
    let storage: Vec<_> = server.seen().into_iter().filter(|seen| seen.at_storage).collect();
    assert_eq!(storage.len(), 1);
    assert_eq!(storage[0].range.as_deref(), Some("bytes=200000-"));
    assert_eq!(std::fs::read(folder.path().join(WEIGHTS)).expect("it is there"), weights(1));
}

#[tokio::test]
async fn wrong_bytes_are_deleted_and_named() {
    let hub = Hub { tampered: Some(weights(2)), ..repository() };
    let (server, folder) = (Server::start(hub).await, tempfile::tempdir().expect("a folder"));
    let ended = fetch_hub(&server, folder.path(), &[]).await.expect_reason("failed to verify `model.safetensors`");
    for digits in [sha256(&weights(1)), sha256(&weights(2))] {
        assert!(ended.report.contains(&digits), "{digits} is not in: {}", ended.report);
    }
    assert!(!names(folder.path()).iter().any(|name| name.starts_with(WEIGHTS)), "{:?}", names(folder.path()));

    server.change(|hub| hub.tampered = None);
    fetch_hub(&server, folder.path(), &[]).await.expect_success();
}

#[tokio::test]
async fn a_server_that_never_ends_is_left_behind_the_length_it_named() {
    let hub = Hub { is_endless: true, ..repository() };
    let (server, folder) = (Server::start(hub).await, tempfile::tempdir().expect("a folder"));
    fetch_hub(&server, folder.path(), &[]).await.expect_reason("failed to download `model.safetensors`");
    assert!(!names(folder.path()).iter().any(|name| name.starts_with(WEIGHTS)), "{:?}", names(folder.path()));
}

#[tokio::test]
async fn a_file_that_was_damaged_since_is_fetched_again() {
    let (server, folder) = (Server::start(repository()).await, tempfile::tempdir().expect("a folder"));
    std::fs::write(folder.path().join(WEIGHTS), weights(3)).expect("it can be written");
    fetch_hub(&server, folder.path(), &[]).await.expect_success();
    assert_eq!(std::fs::read(folder.path().join(WEIGHTS)).expect("it is there"), weights(1));
}

#[tokio::test]
async fn a_server_that_fails_once_is_tried_again() {
    let (server, folder) =
        (Server::start(Hub { failures: 1, ..repository() }).await, tempfile::tempdir().expect("a folder"));
    fetch_hub(&server, folder.path(), &[]).await.expect_success();
}
