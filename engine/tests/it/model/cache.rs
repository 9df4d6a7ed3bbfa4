//! The weight cache: made once, used by the next start, never trusted when it is damaged.

use std::path::{Path, PathBuf};

use candle_core::DType;
use engine::{BackendKind, LoadOptions, Quantization, load};
use tempfile::TempDir;

use super::{logits, random};

fn options(cache: &Path, quantization: Quantization) -> LoadOptions {
    LoadOptions { backend: BackendKind::Native, quantization, cache: Some(cache.to_owned()), ..LoadOptions::default() }
}

fn files(cache: &TempDir) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(cache.path()).expect("lists").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

#[test]
fn the_second_start_reads_what_the_first_has_packed() {
    let (model, cache) = (random::model("qwen2", 21, DType::F32), tempfile::tempdir().expect("a folder"));
    let tokens: Vec<u32> = (5..45).collect();
    for quantization in [Quantization::None, Quantization::Q8, Quantization::Q4] {
        let options = options(cache.path(), quantization);
        let mut first = load(model.path(), &options).expect("loads");
        let made = files(&cache);
        let before =
            std::fs::metadata(made.last().expect("a cache file")).expect("is there").modified().expect("a time");
        let mut second = load(model.path(), &options).expect("loads");
        let after =
            std::fs::metadata(made.last().expect("a cache file")).expect("is there").modified().expect("a time");
        assert_eq!((files(&cache), after), (made, before), "nothing new is packed");
        assert_eq!((first.sha256, first.parameters), (second.sha256, second.parameters));
        assert_eq!(
            logits(first.backend.as_mut(), &tokens, &[40]),
            logits(second.backend.as_mut(), &tokens, &[40]),
            "bit for bit"
        );
    }
    assert_eq!(files(&cache).len(), 3, "one file for each quantization");
}

#[test]
fn a_damaged_cache_is_made_again() {
    let (model, cache) = (random::model("qwen2", 22, DType::F32), tempfile::tempdir().expect("a folder"));
    let options = options(cache.path(), Quantization::Q8);
    let tokens: Vec<u32> = (5..45).collect();
    let mut sound = load(model.path(), &options).expect("loads");
    let expect = logits(sound.backend.as_mut(), &tokens, &[40]);
    let file = files(&cache).pop().expect("a cache file");
    let bytes = std::fs::read(&file).expect("reads");
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 2] ^= 0x10;
    for damaged in [&damaged[..], &bytes[..bytes.len() / 3], b"something else"] {
        // A new file, as after a crash of the node: the one that is mapped now stays as it is.
        std::fs::remove_file(&file).expect("removes");
        std::fs::write(&file, damaged).expect("writes");
        let mut again = load(model.path(), &options).expect("loads all the same");
        assert_eq!(logits(again.backend.as_mut(), &tokens, &[40]), expect);
        assert_eq!(std::fs::read(&file).expect("reads").len(), bytes.len(), "packed again");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_done_without() {
    let model = random::model("qwen2", 23, DType::F32);
    let options = options(Path::new("/proc/no-such-folder"), Quantization::Q8);
    load(model.path(), &options).expect("loads into memory");
}

#[test]
fn changed_weights_are_noticed() {
    let (model, cache) = (random::model("qwen2", 24, DType::F32), tempfile::tempdir().expect("a folder"));
    let options = options(cache.path(), Quantization::Q8);
    let before = load(model.path(), &options).expect("loads").sha256;
    let other = random::model("qwen2", 25, DType::F32);
    std::fs::copy(other.path().join("model.safetensors"), model.path().join("model.safetensors")).expect("copies");
    let after = load(model.path(), &options).expect("loads").sha256;
    assert_ne!(before, after);
    assert_eq!(files(&cache).len(), 2);
}
