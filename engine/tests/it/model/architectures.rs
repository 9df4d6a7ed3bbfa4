//! What is special to an architecture: its settings are followed or refused, never passed over.

use candle_core::{DType, Device, Tensor};
use engine::BackendKind;
use serde_json::json;

use super::folder::refused;
use super::random::{self, write_config, write_weights};
use super::{load_default, load_with, logits};

/// The folder of a random model, with one setting changed.
fn with(architecture: &str, key: &str, value: serde_json::Value) -> tempfile::TempDir {
    let folder = random::model(architecture, 1, DType::F32);
    let mut config = random::config(architecture);
    config[key] = value;
    write_config(folder.path(), &config);
    folder
}

#[test]
fn unknown_architectures_are_refused_with_the_known_ones() {
    refused(
        with("qwen2", "model_type", json!("mamba")).path(),
        &["`mamba`", "qwen2, qwen3, llama, mistral, gemma3_text"],
    );
}

#[test]
fn settings_that_cannot_be_followed_are_refused() {
    let yarn = json!({ "rope_type": "yarn", "factor": 4.0 });
    for architecture in ["qwen2", "qwen3", "llama", "gemma3_text"] {
        refused(with(architecture, "rope_scaling", yarn.clone()).path(), &["config.json", "`yarn`", architecture]);
    }
    let incomplete = json!({ "rope_type": "llama3" });
    refused(with("llama", "rope_scaling", incomplete).path(), &["incomplete rope scaling", "factor"]);
    refused(with("llama", "attention_bias", json!(true)).path(), &["self_attn.q_proj.bias", "missing"]);
    refused(with("llama", "mlp_bias", json!(true)).path(), &["mlp_bias", "without biases"]);
    refused(with("llama", "head_dim", json!(32)).path(), &["self_attn.q_proj", "(64, 64)", "(128, 64)"]);
    for architecture in ["qwen3", "mistral"] {
        let folder = random::model(architecture, 1, DType::F32);
        let mut config = random::config(architecture);
        (config["sliding_window"], config["use_sliding_window"]) = (json!(16), json!(true));
        write_config(folder.path(), &config);
        refused(folder.path(), &["sliding_window", "window"]);
    }
    refused(with("gemma3_text", "query_pre_attn_scalar", json!(24)).path(), &["query_pre_attn_scalar 24", "16"]);
    let uneven = json!(["full_attention", "sliding_attention"]);
    refused(with("gemma3_text", "layer_types", uneven).path(), &["layer_types", "evenly"]);
}

#[test]
fn a_gemma_with_several_heads_reads_prompts_in_chunks_too() {
    let folder = random::folder_without_weights("gemma3_text");
    let mut config = random::config("gemma3_text");
    config["num_key_value_heads"] = json!(2);
    write_config(folder.path(), &config);
    let mut weights = random::weights("gemma3_text", 1, DType::F32);
    for layer in 0..2 {
        for module in ["k_proj", "v_proj"] {
            let name = format!("model.layers.{layer}.self_attn.{module}.weight");
            let one = weights[&name].clone();
            weights.insert(name, Tensor::cat(&[&one, &(&one * 0.5).expect("halves")], 0).expect("joins"));
        }
    }
    write_weights(folder.path(), &weights);
    let mut loaded = load_default(folder.path()).expect("loads");
    let tokens: Vec<u32> = (0..50).collect();
    let chunked = logits(loaded.backend.as_mut(), &tokens, &[40, 10]);
    assert_eq!(chunked, logits(loaded.backend.as_mut(), &tokens, &[1; 50]));
}

#[test]
fn weights_that_do_not_fit_are_refused_by_name() {
    for architecture in ["qwen2", "qwen3", "llama", "gemma3_text"] {
        let folder = random::folder_without_weights(architecture);
        let mut weights = random::weights(architecture, 1, DType::F32);
        let name = "model.layers.1.mlp.up_proj.weight";
        weights.insert(name.to_owned(), Tensor::zeros((96, 65), DType::F32, &Device::Cpu).expect("a tensor"));
        write_weights(folder.path(), &weights);
        refused(folder.path(), &["up_proj", "96", "65"]);
        weights.remove(name);
        write_weights(folder.path(), &weights);
        refused(folder.path(), &[name]);
    }
}

#[test]
fn weights_of_another_architecture_are_refused() {
    let folder = random::folder_without_weights("llama");
    write_weights(folder.path(), &random::weights("qwen2", 1, DType::F32));
    refused(folder.path(), &["_proj.bias", "no such bias"]);
}

#[test]
fn both_backends_compute_the_same() {
    let linear = json!({ "rope_type": "linear", "factor": 4.0 });
    for architecture in ["qwen2", "qwen3", "llama", "mistral"] {
        let folder = random::model(architecture, 3, DType::F32);
        let tokens: Vec<u32> = (0..200).map(|index| index * 61 % 4000).collect();
        let read = |backend| logits(load_with(folder.path(), backend, 2).backend.as_mut(), &tokens, &[200]);
        let (native, candle) = (read(BackendKind::Native), read(BackendKind::Candle));
        let most = candle.iter().fold(0f32, |most, logit| most.max(logit.abs()));
        for (native, candle) in native.iter().zip(&candle) {
            assert!((native - candle).abs() < 1e-3 * most, "{architecture}: {native} is not {candle}");
        }
    }
    let stretched = with("qwen3", "rope_scaling", linear);
    load_with(stretched.path(), BackendKind::Native, 1);
}
