//! Repositories as hubs have them, and unsafe names.

use super::*;

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn check(listed: &[&str], expect: &[&str]) {
    let choice = choose(&names(listed)).expect("it has a model");
    let weights = match choice.weights {
        Weights::Files(weights) => weights,
        Weights::Index => names(&["(index)"]),
    };
    assert_eq!([choice.small, weights].concat(), names(expect));
}

#[test]
fn one_file_of_weights_is_chosen_with_its_configuration_and_tokenizer() {
    check(
        &[
            ".gitattributes",
            "LICENSE",
            "README.md",
            "config.json",
            "generation_config.json",
            "merges.txt",
            "model.safetensors",
            "onnx/model.onnx",
            "pytorch_model.bin",
            "tokenizer.json",
            "tokenizer_config.json",
            "vocab.json",
        ],
        &["config.json", "tokenizer.json", "generation_config.json", "tokenizer_config.json", "model.safetensors"],
    );
}

#[test]
fn the_index_names_the_shards() {
    let (one, two) = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
    check(&["config.json", "tokenizer.json", one, two, INDEX], &["config.json", "tokenizer.json", INDEX, "(index)"]);
    let index = format!(r#"{{"metadata": {{}}, "weight_map": {{"a": "{two}", "b": "{one}", "c": "{one}"}}}}"#);
    assert_eq!(shards(index.as_bytes(), &names(&[one, two])), Ok(names(&[one, two])));
    let error = shards(index.as_bytes(), &names(&[one])).expect_err("a shard is missing");
    assert!(error.to_string().contains(two), "{error}");
    assert!(matches!(shards(b"{", &[]), Err(ChoiceError::Index(_))));
}

#[test]
fn safetensors_win_over_gguf_and_one_gguf_is_enough() {
    check(
        &["a.gguf", "b.gguf", "config.json", "model.safetensors", "tokenizer.json"],
        &["config.json", "tokenizer.json", "model.safetensors"],
    );
    check(&["config.json", "q4_0.gguf", "tokenizer.json"], &["config.json", "tokenizer.json", "q4_0.gguf"]);
}

#[test]
fn a_gguf_file_is_a_whole_model() {
    check(&["README.md", "model.gguf"], &["model.gguf"]);
    check(&["config.json", "model.gguf"], &["model.gguf"]);
    let (one, two) = ("m-q8-00001-of-00002.gguf", "m-q8-00002-of-00002.gguf");
    check(&[one, two], &[one, two]);
    let refused = |listed: &[&str]| choose(&names(listed)).expect_err("it has no single model").to_string();
    assert_eq!(refused(&[two]), "it has no whole `m-q8`: 1 of 2 parts");
    let several = refused(&["m-q4.gguf", one, two]);
    assert!(several.contains("in `files`") && several.contains("m-q4.gguf, m-q8-00001-of"), "{several}");
}

#[test]
fn the_error_names_what_is_missing() {
    let refused = |listed: &[&str]| choose(&names(listed)).expect_err("it has no model").to_string();
    assert!(refused(&["config.json", "model.safetensors"]).contains("`tokenizer.json`"));
    assert!(refused(&["config.json", "tokenizer.json"]).contains("*.safetensors"));
    let several = refused(&["config.json", "tokenizer.json", "a.gguf", "b.gguf"]);
    assert!(several.contains("a.gguf, b.gguf"), "{several}");
}

#[test]
fn names_that_leave_their_folder_are_unsafe() {
    for name in ["../config.json", "/etc/passwd", "a//b", "..", ".lock", "a/../b", "", "weights.part", "a\\b"] {
        assert!(!is_safe(name), "{name}");
    }
    assert!(is_safe("config.json") && is_safe("onnx/model.onnx"));
}
