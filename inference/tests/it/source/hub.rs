//! Fetching from a hub: the right files, complete, once, and the token sent to the hub only.

use super::program::{fetch, fetch_hub, hub_arguments, names};
use super::server::{Hub, Server, TOKEN, sha256};

/// Enough bytes for several packets, no two blocks of them alike.
pub fn weights(seed: u8) -> Vec<u8> {
    (0..300_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8 ^ seed).collect()
}

/// A repository with one file of weights, and files that a model does not need.
pub fn repository() -> Hub {
    let files = [
        (".gitattributes", b"*.safetensors filter=lfs".to_vec()),
        ("README.md", b"# Writer".to_vec()),
        ("config.json", br#"{"model_type": "qwen2"}"#.to_vec()),
        ("model.safetensors", weights(1)),
        ("onnx/model.onnx", vec![0; 10]),
        ("tokenizer.json", b"{}".to_vec()),
        ("tokenizer_config.json", b"{}".to_vec()),
    ];
    Hub { files: files.map(|(name, bytes)| (name.to_owned(), bytes)).into(), ..Hub::default() }
}

const MODEL: [&str; 4] = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];

#[tokio::test]
async fn a_repository_is_fetched_and_not_fetched_again() {
    let (server, folder) = (Server::start(repository()).await, tempfile::tempdir().expect("a folder"));
    fetch_hub(&server, folder.path(), &[]).await.expect_success();
    assert_eq!(names(folder.path()), MODEL);
    assert_eq!(std::fs::read(folder.path().join("model.safetensors")).expect("it is there"), weights(1));
    let before = server.seen().iter().filter(|seen| seen.at_storage).count();
    assert_eq!(before, 1);

    let again = fetch_hub(&server, folder.path(), &[]).await.expect_success();
    assert!(again.log.contains("Has `model.safetensors` already"), "{}", again.log);
    let seen = server.seen();
    assert_eq!(seen.iter().filter(|seen| seen.at_storage).count(), before);
    let files = seen.iter().filter(|seen| seen.method == "GET" && seen.target.contains("/resolve/")).count();
    assert_eq!(files, MODEL.len(), "each file once: {seen:#?}");
}

#[tokio::test]
async fn shards_are_found_through_their_index() {
    let mut hub = repository();
    hub.files.remove("model.safetensors");
    let shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    for (number, shard) in (1..).zip(shards) {
        hub.files.insert(shard.to_owned(), weights(number));
    }
    let index = format!(r#"{{"weight_map": {{"a.weight": "{}", "b.weight": "{}"}}}}"#, shards[0], shards[1]);
    hub.files.insert("model.safetensors.index.json".to_owned(), index.into_bytes());
    hub.files.insert("consolidated.safetensors".to_owned(), weights(9));
    let (server, folder) = (Server::start(hub).await, tempfile::tempdir().expect("a folder"));
    fetch_hub(&server, folder.path(), &[]).await.expect_success();
    let fetched = names(folder.path());
    assert!(shards.iter().all(|shard| fetched.contains(&(*shard).to_owned())), "{fetched:?}");
    assert!(!fetched.contains(&"consolidated.safetensors".to_owned()), "{fetched:?}");
}

#[tokio::test]
async fn named_files_are_fetched_into_their_folders_and_nothing_else() {
    let (server, folder) = (Server::start(repository()).await, tempfile::tempdir().expect("a folder"));
    let files = ["--file", "config.json", "--file", "onnx/model.onnx"];
    fetch_hub(&server, folder.path(), &files).await.expect_success();
    assert_eq!(names(folder.path()), ["config.json", "onnx"]);
    assert_eq!(names(&folder.path().join("onnx")), ["model.onnx"]);
}

#[tokio::test]
async fn a_gated_repository_opens_with_a_token_that_storage_never_sees() {
    let (server, folder) =
        (Server::start(Hub { gated: true, ..repository() }).await, tempfile::tempdir().expect("a folder"));
    let ended = fetch(folder.path(), &hub_arguments(&server.url, &[]), &[("HF_TOKEN", TOKEN)]).await.expect_success();
    assert!(!ended.log.contains(TOKEN), "the token is in the log");
    let (storage, hub): (Vec<_>, Vec<_>) = server.seen().into_iter().partition(|seen| seen.at_storage);
    assert!(!storage.is_empty() && storage.iter().all(|seen| !seen.authorized), "{storage:#?}");
    assert!(hub.iter().all(|seen| seen.authorized), "{hub:#?}");
}

#[tokio::test]
async fn files_with_the_expected_checksums_are_kept() {
    let (server, folder) = (Server::start(repository()).await, tempfile::tempdir().expect("a folder"));
    let config = format!("config.json={}", sha256(br#"{"model_type": "qwen2"}"#));
    fetch_hub(&server, folder.path(), &["--sha256", &config]).await.expect_success();
}

#[tokio::test]
async fn the_proxy_of_the_environment_is_used_unless_no_proxy_excludes_the_host() {
    let (server, folder) = (Server::start(repository()).await, tempfile::tempdir().expect("a folder"));
    // The port is closed; the server answers as a proxy for it.
    let endpoint = "http://127.0.0.1:1";
    let small = hub_arguments(endpoint, &["--file", "config.json"]);
    fetch(folder.path(), &small, &[("HTTP_PROXY", &server.url)]).await.expect_success();
    assert!(server.seen().iter().all(|seen| seen.target.starts_with("127.0.0.1:1/")));

    let other = tempfile::tempdir().expect("a folder");
    let not = [("HTTP_PROXY", server.url.as_str()), ("NO_PROXY", "127.0.0.1")];
    let ended = fetch(other.path(), &small, &not).await.expect_reason("failed to reach http://127.0.0.1:1");
    for advice in ["HF_ENDPOINT", "HTTPS_PROXY", "`volume`", "`image`"] {
        assert!(ended.report.contains(advice), "{advice} is not in: {}", ended.report);
    }
}
