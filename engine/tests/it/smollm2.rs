//! A real instruct model as it is published: SmolLM2-135M-Instruct, one GGUF file of 4-bit weights with minima, in which
//! configuration, tokenizer and chat template are.

use std::path::{Path, PathBuf};

use candle_core::quantized::gguf_file::{Content, Value};
use engine::chat::{Message, Role};
use engine::sampling::Sampling;
use engine::schedule::{Event, FinishReason, Schedule};
use engine::{BackendKind, Engine, LoadOptions, Loaded, Options, Quantization, Span, Wants, load};
use serde_json::json;
use tokenizers::Tokenizer;

/// Lines that the tokenizer is tried with.
const LINES: usize = 10_000;
/// What keys and values of 16 bits, and activations of 8 bits, may change, in nats a token.
const EXACT: f64 = 1e-5;
const ROUNDED: f64 = 0.05;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The file.
fn file() -> PathBuf {
    let file = root().join("target/models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf");
    assert!(file.exists(), "bring the model by `cargo xtask model --smollm2`, which `cargo xtask test` does too");
    file
}

fn load_as(backend: BackendKind, quantization: Quantization) -> Loaded {
    load_from(file().parent().expect("a folder"), backend, quantization)
}

fn load_from(folder: &Path, backend: BackendKind, quantization: Quantization) -> Loaded {
    let options = LoadOptions { backend, quantization, context: 512, ..LoadOptions::default() };
    load(folder, &options).expect("loads")
}

/// The tokenizer of the file as a `tokenizer.json` has it, for the library.
fn library() -> Tokenizer {
    let content = Content::read(&mut std::fs::File::open(file()).expect("opens")).expect("a GGUF file");
    let list = |key: &str| -> Vec<Value> { content.metadata[key].to_vec().expect("a list").clone() };
    let text = |value: &Value| value.to_string().expect("a text").clone();
    let tokens: Vec<String> = list("tokenizer.ggml.tokens").iter().map(text).collect();
    let merges: Vec<String> = list("tokenizer.ggml.merges").iter().map(text).collect();
    let kinds = list("tokenizer.ggml.token_type");
    let control = tokens.iter().zip(kinds).enumerate().filter(|(_, (_, kind))| kind.to_i32().ok() == Some(3));
    let added: Vec<_> = control
        .map(|(id, (token, _))| {
            json!({ "id": id, "content": token, "special": true, "single_word": false, "lstrip": false,
                    "rstrip": false, "normalized": false })
        })
        .collect();
    let vocab: serde_json::Map<_, _> = tokens.into_iter().zip((0u32..).map(serde_json::Value::from)).collect();
    let bytes = json!({ "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true });
    let digits = json!({ "type": "Digits", "individual_digits": true });
    let json = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": added, "normalizer": null,
        "pre_tokenizer": { "type": "Sequence", "pretokenizers": [digits, bytes] },
        "post_processor": null, "decoder": bytes,
        "model": { "type": "BPE", "vocab": vocab, "merges": merges },
    });
    Tokenizer::from_bytes(json.to_string()).expect("a tokenizer")
}

/// Lines of this repository: prose, code, data and tables.
fn lines() -> Vec<String> {
    let mut folders = vec![root()];
    let mut lines: Vec<String> =
        ["naïve Zoë, 東京 – 12 345,67 €", "\u{1F680}\u{200D} \t  a  b\r", "don't WE'LL they're 2026-11-28", ""]
            .map(str::to_owned)
            .to_vec();
    while let Some(folder) = folders.pop() {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(folder).expect("lists").map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                folders.push(path);
            } else if [".md", ".rs", ".txt", ".json", ".yaml"].iter().any(|ending| name.ends_with(ending)) {
                lines.extend(std::fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned));
            }
        }
    }
    // Evenly from all over the repository.
    let step = lines.len() / LINES;
    assert!(step > 0, "there are {} lines", lines.len());
    lines.into_iter().step_by(step).take(LINES).collect()
}

#[test]
fn ten_thousand_lines_have_the_tokens_that_the_library_gives_them() {
    let (tokens, library) = (load_as(BackendKind::Native, Quantization::Auto).tokens, library());
    for line in lines() {
        let expected = library.encode(line.as_str(), false).expect("encodes");
        // The library reads control tokens in any text; ours does so in templates.
        assert_eq!(tokens.encode_control(&line).expect("encodes"), expected.get_ids(), "{line:?}");
        let plain = tokens.encode_content(&line).expect("encodes");
        assert!(plain.iter().all(|id| !tokens.is_control(*id)), "{line:?}");
        if !expected.get_ids().iter().any(|id| tokens.is_control(*id)) {
            assert_eq!(tokens.decode(&plain).expect("decodes"), library.decode(&plain, true).expect("decodes"));
        }
    }
}

/// Logits after every token of a text.
fn logits(loaded: &mut Loaded, tokens: &[u32]) -> Vec<Vec<f32>> {
    let row = loaded.backend.open();
    let step = |token: &u32| {
        let span = Span { row, tokens: std::slice::from_ref(token), wants: Wants::Last };
        loaded.backend.step(&[span]).expect("steps").to_vec()
    };
    tokens.iter().map(step).collect()
}

/// How far the second distribution is from the first, in nats (Kullback and Leibler, 1951).
fn divergence(expected: &[f32], found: &[f32]) -> f64 {
    let logarithms = |logits: &[f32]| -> Vec<f64> {
        let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let total: f64 = logits.iter().map(|logit| f64::from(logit - most).exp()).sum();
        logits.iter().map(|logit| f64::from(logit - most) - total.ln()).collect()
    };
    logarithms(expected).into_iter().zip(logarithms(found)).map(|(p, q)| p.exp() * (p - q)).sum()
}

#[test]
fn both_backends_compute_what_the_file_says() {
    both_compute_the_same(file().parent().expect("a folder"));
}

#[test]
fn both_backends_add_an_adapter_to_the_weights() {
    let folder = root().join("target/models/reader");
    assert!(folder.exists(), "put it together by `cargo xtask model --reader`, which `cargo xtask test` does too");
    let adapted = both_compute_the_same(&folder);
    let plain = both_compute_the_same(file().parent().expect("a folder"));
    let apart: f64 = plain.iter().zip(&adapted).map(|(a, b)| divergence(a, b)).sum();
    assert!(apart > 1.0, "the adapter changes what is computed, here by {apart} nats");
}

/// Compares the backends over a text, and returns the logits of candle.
fn both_compute_the_same(folder: &Path) -> Vec<Vec<f32>> {
    let text = "Dear Hiring Manager,\n\nI am writing to apply for the position of a nurse at the city hospital.";
    let mut candle = load_from(folder, BackendKind::Candle, Quantization::None);
    let ids = candle.tokens.encode_content(text).expect("encodes");
    let expected = logits(&mut candle, &ids);
    for (quantization, most) in [(Quantization::None, EXACT), (Quantization::Auto, ROUNDED)] {
        let found = logits(&mut load_from(folder, BackendKind::Native, quantization), &ids);
        let apart: Vec<f64> = expected.iter().zip(&found).map(|(a, b)| divergence(a, b)).collect();
        let (mean, worst) = (apart.iter().sum::<f64>() / apart.len() as f64, apart.iter().copied().fold(0.0, f64::max));
        println!("{quantization}: {mean:.2e} nats a token, at most {worst:.2e}");
        assert!(mean < most, "{quantization}: {mean} nats a token, allowed are {most}");
    }
    expected
}

#[tokio::test]
async fn it_answers_in_its_own_format_and_ends_by_itself() {
    let loaded = load_as(BackendKind::Auto, Quantization::Auto);
    assert_eq!(loaded.parameters, 134_515_008);
    let engine = Engine::start(loaded, Schedule::new(1));
    let content = "What is the capital of France? Answer with one short sentence.".to_owned();
    let prompt = engine.encode(&[Message { role: Role::User, content }]).expect("encodes");
    let mut completion = engine.complete(&prompt, Options::new(60, Sampling::GREEDY)).expect("begins");
    let mut answer = String::new();
    let done = loop {
        match completion.next().await.expect("goes on") {
            Event::Wrote { text, .. } => answer += &text,
            Event::Done(done) => break done,
            Event::Read { .. } | Event::Failed(_) => {}
        }
    };
    assert!(answer.contains("Paris"), "{answer}");
    assert_eq!(done.finish_reason, FinishReason::Stop, "{answer}");
}
