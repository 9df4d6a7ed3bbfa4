//! Model folders: every accepted form loads, and every broken one is refused with the name of what is wrong.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use candle_core::{DType, Tensor};
use engine::{BackendKind, LoadError, LoadOptions};

use super::random::{self, config, folder_without_weights, qwen2, weights, write_config};
use super::{built_in, load_built_in, load_default as load, logits};

/// Parameters of a random model.
const PARAMETERS: usize = 324_160;

/// The error of a folder with everything behind it, as a person would read it.
fn refusal(folder: &Path) -> String {
    let error = load(folder).err().expect("the folder is refused");
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

pub fn refused(folder: &Path, words: &[&str]) {
    let text = refusal(folder);
    for word in words {
        assert!(text.contains(word), "{text:?} names {word:?}");
    }
}

#[test]
fn the_built_in_model_loads() {
    let loaded = load_built_in();
    assert_eq!(loaded.parameters, 1_735_616);
    assert!(loaded.end_tokens.contains(&831));
    let sums = std::fs::read_to_string(built_in().join("SHA256SUMS")).expect("reads");
    assert!(sums.contains(&format!("{}  model.gguf", loaded.sha256)), "the hash is the one of the file");
}

#[test]
fn fields_of_the_configuration_that_mean_nothing_here_are_handed_on() {
    let folder = qwen2(1);
    let mut config = config("qwen2");
    config["made_by"] = "hand".into();
    write_config(folder.path(), &config);
    assert_eq!(load(folder.path()).expect("loads").config.get("made_by"), Some(&"hand".into()));
}

#[test]
fn weights_of_every_width_load() {
    for dtype in [DType::F32, DType::F16, DType::BF16] {
        let folder = random::model("qwen2", 1, dtype);
        let mut loaded = load(folder.path()).expect("loads");
        assert_eq!(loaded.parameters, PARAMETERS);
        let logits = logits(loaded.backend.as_mut(), &[1, 2, 3], &[3]);
        assert!(logits.iter().all(|logit| logit.is_finite()), "{dtype:?}");
    }
}

#[test]
fn shards_load_like_one_file() {
    let whole = load(qwen2(5).path()).expect("loads");
    let folder = folder_without_weights("qwen2");
    let mut map = serde_json::Map::new();
    let mut shards: [HashMap<String, Tensor>; 2] = [HashMap::new(), HashMap::new()];
    for (name, tensor) in weights("qwen2", 5, DType::F32) {
        let shard = usize::from(name.contains("layers.1"));
        map.insert(name.clone(), format!("part-{shard}.safetensors").into());
        shards[shard].insert(name, tensor);
    }
    let index = serde_json::json!({ "weight_map": map });
    std::fs::write(folder.path().join("model.safetensors.index.json"), index.to_string()).expect("writes");
    for (number, shard) in shards.iter().enumerate() {
        let file = folder.path().join(format!("part-{number}.safetensors"));
        candle_core::safetensors::save(shard, file).expect("saves");
    }
    let sharded = load(folder.path()).expect("loads");
    assert_ne!(sharded.sha256, whole.sha256);
    let mut models = [whole.backend, sharded.backend];
    let [a, b] = models.each_mut().map(|model| logits(model.as_mut(), &[1, 2, 3], &[3]));
    assert_eq!(a, b);

    std::fs::remove_file(folder.path().join("part-1.safetensors")).expect("removes");
    refused(folder.path(), &["part-1.safetensors", "index"]);
}

#[test]
fn no_row_is_longer_than_asked() {
    let folder = qwen2(1);
    for (context, expect) in [(100, 100), (1_000, 256)] {
        let options = LoadOptions { context, ..LoadOptions::default() };
        let loaded = engine::load(folder.path(), &options).expect("loads");
        assert_eq!(loaded.backend.context_length(), expect);
    }
}

#[test]
fn a_backend_that_cannot_compute_a_model_is_refused() {
    let folder = random::model("gemma3_text", 1, DType::F32);
    let options = LoadOptions { backend: BackendKind::Native, ..LoadOptions::default() };
    let error = engine::load(folder.path(), &options).err().expect("the backend is refused");
    assert!(error.to_string().contains("native backend"), "{error}");
}

#[test]
fn missing_files_are_named() {
    refused(Path::new("/nonexistent/model"), &["/nonexistent/model"]);
    let folder = folder_without_weights("qwen2");
    refused(folder.path(), &["has no weights", "*.safetensors or *.gguf"]);
    for file in ["tokenizer_config.json", "tokenizer.json", "config.json"] {
        let folder = qwen2(1);
        std::fs::remove_file(folder.path().join(file)).expect("removes");
        refused(folder.path(), &["has no", file]);
    }
}

#[test]
fn an_adapter_beside_safetensors_is_refused_with_what_to_do() {
    let folder = qwen2(1);
    std::fs::write(folder.path().join("adapter.gguf"), "GGUF").expect("writes");
    refused(folder.path(), &["adapter.gguf", "safetensors", "take the model as GGUF"]);
}

#[test]
fn truncated_weights_are_refused() {
    let folder = qwen2(1);
    cut_short(&folder.path().join("model.safetensors"));
    refused(folder.path(), &["model.safetensors", "damaged"]);

    let folder = folder_without_weights("qwen2");
    std::fs::copy(built_in().join("config.json"), folder.path().join("config.json")).expect("copies");
    let file = folder.path().join("model.gguf");
    std::fs::copy(built_in().join("model.gguf"), &file).expect("copies");
    cut_short(&file);
    refused(folder.path(), &["model.gguf", "damaged", "output_norm.weight"]);
}

fn cut_short(file: &Path) {
    let bytes = std::fs::read(file).expect("reads");
    std::fs::write(file, &bytes[..bytes.len() - 100]).expect("writes");
}

#[test]
fn contradicting_files_are_refused() {
    let change = |key: &str, value: serde_json::Value| {
        let folder = qwen2(1);
        let mut config = config("qwen2");
        config[key] = value;
        write_config(folder.path(), &config);
        folder
    };
    refused(change("vocab_size", 800.into()).path(), &["tokenizer.json", "829 tokens", "800"]);
    refused(change("num_hidden_layers", 3.into()).path(), &["model.layers.2"]);
    refused(change("intermediate_size", 128.into()).path(), &["mlp.gate_proj", "128", "96"]);
    refused(change("hidden_size", "wide".into()).path(), &["config.json", "parse"]);

    let folder = folder_without_weights("qwen2");
    std::fs::copy(built_in().join("model.gguf"), folder.path().join("a.gguf")).expect("copies");
    refused(folder.path(), &["a.gguf", "qwen2.block_count 4", "config.json says 2"]);
    std::fs::copy(built_in().join("model.gguf"), folder.path().join("b.gguf")).expect("copies");
    refused(folder.path(), &["more than one", "a.gguf, b.gguf"]);
}

#[test]
fn damaged_text_files_are_refused() {
    for (file, content) in
        [("config.json", "{"), ("tokenizer.json", "{}"), ("tokenizer_config.json", r#"{"chat_template": "{% for %}"}"#)]
    {
        let folder = qwen2(1);
        std::fs::write(folder.path().join(file), content).expect("writes");
        let error = load(folder.path()).err().expect("the folder is refused");
        assert!(matches!(error, LoadError::Parse { .. }), "{file}: {error:?}");
        refused(folder.path(), &["failed to parse", file]);
    }
}
