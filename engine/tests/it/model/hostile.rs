//! Files that are damaged anywhere: a model is loaded or refused by a sentence, and nothing panics.

use std::path::Path;

use candle_core::DType;
use engine::{LoadOptions, Span, Wants, load};
use proptest::prelude::*;
use proptest::sample::Index;

use super::{built_in, random};

/// Loads the folder; what loads must also compute.
fn try_out(folder: &Path) -> Result<(), TestCaseError> {
    let options = LoadOptions { threads: Some(1), context: 64, ..LoadOptions::default() };
    match load(folder, &options) {
        Err(error) => prop_assert!(!error.to_string().is_empty()),
        Ok(mut loaded) => {
            let row = loaded.backend.open();
            loaded.backend.step(&[Span { row, tokens: &[1, 2, 3], wants: Wants::Last }]).expect("computes");
        }
    }
    Ok(())
}

/// Changes some bytes of a file, and perhaps cuts it.
fn damage(file: &Path, changes: &[(Index, u8)], cut: Option<Index>) {
    let mut bytes = std::fs::read(file).expect("reads");
    for (at, byte) in changes {
        // Most of a file of weights is numbers, in which nothing can be wrong: aim at its beginning.
        let at = at.index(bytes.len().min(6_000));
        bytes[at] = *byte;
    }
    bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
    // A new file: another test may have the old one mapped.
    std::fs::remove_file(file).expect("removes");
    std::fs::write(file, bytes).expect("writes");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_damaged_file_makes_loading_panic(
        architecture in prop::sample::select(vec!["qwen2", "qwen3", "llama", "mistral"]),
        file in prop::sample::select(vec!["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"]),
        changes in prop::collection::vec((any::<Index>(), prop_oneof![any::<u8>(), 0x20u8..0x7f]), 1..4),
        cut in prop::option::weighted(0.2, any::<Index>()),
    ) {
        let folder = random::model(architecture, 1, DType::F32);
        damage(&folder.path().join(file), &changes, cut);
        try_out(folder.path())?;
    }

    #[test]
    fn no_damaged_gguf_file_makes_loading_panic(
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4),
        cut in prop::option::weighted(0.2, any::<Index>()),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["tokenizer.json", "tokenizer_config.json", "model.gguf"] {
            std::fs::copy(built_in().join(name), folder.path().join(name)).expect("copies");
        }
        damage(&folder.path().join("model.gguf"), &changes, cut);
        try_out(folder.path())?;
    }

    #[test]
    fn no_numbers_in_a_configuration_make_loading_panic(
        architecture in prop::sample::select(vec!["qwen2", "qwen3", "llama", "mistral", "gemma3_text"]),
        field in prop::sample::select(vec![
            "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
            "num_key_value_heads", "max_position_embeddings", "head_dim", "sliding_window", "rms_norm_eps", "rope_theta",
        ]),
        number in prop_oneof![
            (-3i64..200).prop_map(serde_json::Value::from), any::<u64>().prop_map(serde_json::Value::from),
            any::<f64>().prop_map(serde_json::Value::from), Just(serde_json::Value::Null),
        ],
    ) {
        let folder = random::model(architecture, 1, DType::F32);
        let mut config = random::config(architecture);
        config[field] = number;
        random::write_config(folder.path(), &config);
        try_out(folder.path())?;
    }
}
