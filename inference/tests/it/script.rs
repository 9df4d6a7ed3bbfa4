//! A backend that writes scripted words. Everything above it is the real code.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use engine::chat::ChatTemplate;
use engine::tokens::Tokens;
use engine::{Backend, BackendError, LoadOptions, Loaded, RowId, Span, Wants};
use inference::config::{ModelConfig, Place};
use inference::worker::Writer;
use letters::Style;

const END: u32 = 0;
const FIRST_WORD: u32 = 2;
const TEMPLATE: &str = "{% for message in messages %}{{ message.content }} {% endfor %}";

/// The behaviour of the model.
#[derive(Clone, Debug)]
pub struct Script {
    /// Words of the letter.
    pub words: u32,
    /// Pace in words a second.
    pub words_per_second: Option<u32>,
    /// Tokens that the model can hold.
    pub context_length: usize,
    /// Steps that fail before one succeeds.
    pub failures: usize,
    /// Keeps the model from every step while it is shut.
    pub gate: Arc<Gate>,
}

/// A gate before the model. It stands open until it is shut.
#[derive(Debug, Default)]
pub struct Gate {
    shut: Mutex<bool>,
    opened: Condvar,
}

/// A gate that is shut until this is dropped. A test that fails opens it too: the model's thread is waited for.
pub struct Shut(Arc<Gate>);

impl Drop for Shut {
    fn drop(&mut self) {
        *self.0.shut.lock().expect("nobody panics with it") = false;
        self.0.opened.notify_all();
    }
}

impl Gate {
    fn pass(&self) {
        let shut = self.shut.lock().expect("nobody panics with it");
        drop(self.opened.wait_while(shut, |shut| *shut).expect("nobody panics with it"));
    }
}

impl Default for Script {
    fn default() -> Self {
        Self { words: 12, words_per_second: None, context_length: 100_000, failures: 0, gate: Arc::default() }
    }
}

impl Script {
    /// A letter that takes about half a minute.
    pub fn slow() -> Self {
        Self { words: 600, words_per_second: Some(20), ..Self::default() }
    }

    /// Shuts the gate before the model.
    pub fn shut(&self) -> Shut {
        *self.gate.shut.lock().expect("nobody panics with it") = true;
        Shut(Arc::clone(&self.gate))
    }

    /// A writer that follows the script.
    pub fn writer(self, slots: usize) -> Writer {
        let vocabulary = (FIRST_WORD + self.words) as usize;
        let tokens = Tokens::from_bytes(tokenizer(self.words).to_string().as_bytes()).expect("a tokenizer");
        let config = ModelConfig {
            place: Place::Here { path: PathBuf::new(), load: LoadOptions::default() },
            name: "scripted".to_owned(),
            max_new_tokens: self.words + 1,
            temperature_milli: 0,
            candidates: Some(1),
            top_p_milli: 1_000,
            max_tokens_per_second: self.words_per_second,
        };
        let failures = AtomicUsize::new(self.failures);
        let model = Scripted {
            vocabulary,
            context_length: self.context_length,
            rows: 0,
            failures,
            gate: self.gate,
            logits: Vec::new(),
        };
        let template = ChatTemplate::new(TEMPLATE, String::new(), String::new()).expect("a template");
        let loaded = Loaded {
            backend: Box::new(model),
            tokens: Arc::new(tokens),
            template,
            config: serde_json::Map::new(),
            end_tokens: vec![END],
            sha256: "5c".repeat(32),
            parameters: 0,
        };
        Writer::new(inference::model::Model::start(loaded, Style::Chat, slots, config.generation()), config)
    }
}

/// A tokenizer that knows the words of the letter; any other word is unknown.
fn tokenizer(words: u32) -> serde_json::Value {
    let mut vocabulary = serde_json::Map::new();
    vocabulary.insert("<end>".to_owned(), END.into());
    vocabulary.insert("<unknown>".to_owned(), 1.into());
    vocabulary.extend((0..words).map(|n| (format!("wörd{n}"), (FIRST_WORD + n).into())));
    serde_json::json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": { "type": "WhitespaceSplit" }, "post_processor": null, "decoder": null,
        "model": { "type": "WordLevel", "vocab": vocabulary, "unk_token": "<unknown>" },
    })
}

/// Writes the next word after a word, and the first word after anything else.
struct Scripted {
    vocabulary: usize,
    context_length: usize,
    rows: u64,
    failures: AtomicUsize,
    gate: Arc<Gate>,
    logits: Vec<f32>,
}

impl Backend for Scripted {
    fn context_length(&self) -> usize {
        self.context_length
    }

    fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    fn open(&mut self) -> RowId {
        self.rows += 1;
        RowId(self.rows)
    }

    fn close(&mut self, _: RowId) {}

    fn fork(&mut self, _: RowId) -> Result<RowId, BackendError> {
        Ok(self.open())
    }

    fn step(&mut self, spans: &[Span<'_>]) -> Result<&[f32], BackendError> {
        self.gate.pass();
        if self.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
            return Err(BackendError::NotNumbers);
        }
        self.logits.clear();
        for span in spans.iter().filter(|span| span.wants != Wants::Nothing) {
            let last = *span.tokens.last().ok_or(BackendError::InvalidTokens)?;
            let next = if last < FIRST_WORD { FIRST_WORD } else { (last + 1) % self.vocabulary as u32 };
            let before = self.logits.len();
            self.logits.resize(before + self.vocabulary, 0.0);
            self.logits[before + next as usize] = 1.0;
        }
        Ok(&self.logits)
    }
}
