use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

async fn write(folder: PathBuf, text: &str) -> Result<(), CacheError> {
    tokio::fs::write(folder.join("file"), text).await.map_err(at(&folder))
}

#[test]
fn a_key_depends_on_every_part_and_on_where_parts_end() {
    assert_eq!(key(["ab", "c"]), key(["ab", "c"]));
    assert_ne!(key(["ab", "c"]), key(["a", "bc"]));
    assert_ne!(key(["ab", "c"]), key(["ab", "d"]));
    assert_eq!(key(["ab"]).len(), 16);
}

#[tokio::test]
async fn an_entry_is_made_once() {
    let root = tempfile::tempdir().unwrap();
    let cache = Cache::at(root.path());
    let made = AtomicUsize::new(0);
    let ask = || {
        cache.entry("thing", "1", async |folder| {
            made.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            write(folder, "one").await
        })
    };
    let (first, second) = tokio::join!(ask(), ask());
    assert_eq!(first.unwrap().path(), second.unwrap().path());
    assert_eq!(made.into_inner(), 1);
    assert_eq!(fs::read_to_string(root.path().join("thing/1/file")).unwrap(), "one");
}

#[tokio::test]
async fn a_failed_entry_leaves_nothing_that_looks_finished() {
    let root = tempfile::tempdir().unwrap();
    let cache = Cache::at(root.path());
    let failed = cache
        .entry("thing", "1", async |folder| {
            write(folder, "half").await?;
            Err(CacheError::NoPlace)
        })
        .await;
    assert!(matches!(failed, Err(CacheError::NoPlace)));
    assert!(!root.path().join("thing/1").exists());
    let entry = cache.entry("thing", "1", |folder| write(folder, "whole")).await.unwrap();
    assert_eq!(fs::read_to_string(entry.path().join("file")).unwrap(), "whole");
    assert!(!root.path().join("thing/partial").exists());
}

#[tokio::test]
async fn older_entries_are_removed_once_no_process_uses_them() {
    let root = tempfile::tempdir().unwrap();
    let cache = Cache::at(root.path());
    let make = |key: &'static str| cache.entry("thing", key, |folder| write(folder, "some"));
    let used = make("1").await.unwrap();
    let unused = make("2").await.unwrap().path().to_owned();
    assert!(used.path().exists(), "an entry in use was removed");
    make("3").await.unwrap();
    assert!(used.path().exists() && !unused.exists());
    drop(used);
    make("4").await.unwrap();
    let kept: Vec<_> =
        fs::read_dir(root.path().join("thing")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(kept.len() == 2 && kept.contains(&"4".into()) && kept.contains(&"lock".into()), "{kept:?}");
}
