//! Logits as Hugging Face transformers computes them, for small random models of several shapes.
//!
//! `tests/golden/make.py` wrote them from weights that come out of a hash; the test makes the same weights, so that only
//! the logits are kept in the repository.

mod weights;

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::DType;
use engine::{Backend, BackendKind, LoadOptions, Quantization, RowId, Span, Wants, load};
use serde::Deserialize;
use tempfile::TempDir;

use weights::{Shape, tensors, tokens};

/// What is loaded is compared with what was computed from the same weights: nothing is rounded further.
const BACKENDS: [BackendKind; 2] = [BackendKind::Candle, BackendKind::Native];
/// Largest difference of a logit, relative to the largest logit of its position.
const TOLERANCE: f32 = 1e-3;

#[derive(Deserialize)]
struct Golden {
    context: usize,
    greedy_prompt: usize,
    shapes: BTreeMap<String, Shape>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    shape: String,
    dtype: String,
    greedy: Vec<u32>,
    logits: Vec<Position>,
}

/// Some of the logits after one position.
#[derive(Deserialize)]
struct Position {
    #[serde(rename = "position")]
    index: usize,
    largest: f32,
    best: u32,
    /// Evenly spread over the vocabulary, the first and the last included.
    kept: Vec<f32>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../golden/golden.json")).expect("golden.json has the form that make.py gives it")
}

/// A folder with the model of `case`.
fn folder(golden: &Golden, case: &Case) -> TempDir {
    let shape = &golden.shapes[&case.shape];
    let dtype = match case.dtype.as_str() {
        "F32" => DType::F32,
        "F16" => DType::F16,
        "BF16" => DType::BF16,
        other => panic!("make.py knows no {other}"),
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/built-in");
    for file in ["tokenizer.json", "tokenizer_config.json"] {
        std::fs::copy(built_in.join(file), folder.path().join(file)).expect("copies");
    }
    std::fs::write(folder.path().join("config.json"), shape.config(golden.context).to_string()).expect("writes");
    candle_core::safetensors::save(&tensors(shape, dtype), folder.path().join("model.safetensors")).expect("saves");
    folder
}

fn model(folder: &Path, backend: BackendKind) -> Box<dyn Backend> {
    let options = LoadOptions { backend, quantization: Quantization::None, threads: Some(2), ..LoadOptions::default() };
    load(folder, &options).expect("loads").backend
}

/// Appends tokens and returns the logits after the last.
fn read(model: &mut dyn Backend, row: RowId, tokens: &[u32]) -> Vec<f32> {
    model.step(&[Span { row, tokens, wants: Wants::Last }]).expect("steps").to_vec()
}

fn best(logits: &[f32]) -> u32 {
    (0..).zip(logits).max_by(|a, b| a.1.total_cmp(b.1)).expect("there are logits").0
}

/// Checks every model with weights of one type on every backend.
fn check(dtype: &str, compare: impl Fn(&mut dyn Backend, &Golden, &Case, &str)) {
    let golden = golden();
    let cases: Vec<&Case> = golden.cases.iter().filter(|case| case.dtype == dtype).collect();
    assert_eq!(cases.len(), golden.shapes.len(), "one case a shape");
    for case in cases {
        let folder = folder(&golden, case);
        for backend in BACKENDS {
            let mut model = model(folder.path(), backend);
            compare(model.as_mut(), &golden, case, &format!("{backend:?}, {}, {dtype}", case.shape));
        }
    }
}

/// Reads a prompt as long as the context in pieces that end where logits are known.
fn logits_agree(model: &mut dyn Backend, golden: &Golden, case: &Case, what: &str) {
    let tokens = tokens(golden.context);
    let row = model.open();
    let mut start = 0;
    for known in &case.logits {
        let logits = read(model, row, &tokens[start..=known.index]);
        start = known.index + 1;
        let last = logits.len() - 1;
        let places = (0..known.kept.len()).map(|index| index * last / (known.kept.len() - 1));
        let error = places.zip(&known.kept).map(|(place, kept)| (logits[place] - kept).abs()).fold(0.0, f32::max);
        let allowed = TOLERANCE * known.largest;
        assert!(error <= allowed, "{what}: after position {} a logit is {error} off", known.index);
        let short = known.largest - logits.iter().map(|logit| logit.abs()).fold(0.0, f32::max);
        assert!(short.abs() <= allowed, "{what}: after position {} the largest is {short} off", known.index);
        let behind = logits[best(&logits) as usize] - logits[known.best as usize];
        assert!(behind <= allowed, "{what}: after position {} the best is {behind} behind", known.index);
    }
    assert_eq!(start, golden.context, "the context is full");
    model.close(row);
}

fn continuation_agrees(model: &mut dyn Backend, golden: &Golden, case: &Case, what: &str) {
    let row = model.open();
    let mut logits = read(model, row, &tokens(golden.greedy_prompt));
    let mut written = Vec::new();
    for _ in &case.greedy {
        written.push(best(&logits));
        logits = read(model, row, &written[written.len() - 1..]);
    }
    model.close(row);
    assert_eq!(written, case.greedy, "{what}");
}

#[test]
fn logits_of_32_bit_weights_are_those_of_transformers() {
    check("F32", logits_agree);
}

#[test]
fn logits_of_f16_weights_are_those_of_transformers() {
    check("F16", logits_agree);
}

#[test]
fn logits_of_bf16_weights_are_those_of_transformers() {
    check("BF16", logits_agree);
}

#[test]
fn greedy_tokens_of_32_bit_weights_are_those_of_transformers() {
    check("F32", continuation_agrees);
}
