//! Models through candle-transformers, one copy of the network per row.
//!
//! A copy shares the weights (tensors are reference counted) and has a KV cache of its own. Rows are computed one after
//! the other, so a row cannot see any other.

mod gemma3;
mod llama;
mod network;
mod qwen2;
mod qwen3;
mod source;
mod weights;

use std::collections::BTreeMap;

use candle_core::{DType, Tensor};

use crate::backend::{Backend, BackendError, RowId, Span, Wants, check};
use crate::config::ModelConfig;
use crate::error::LoadError;
use crate::folder::Folder;
use crate::weights::Files;
use network::Network;
use source::Source;

/// The architectures, as `model_type` names them.
pub const KNOWN: [&str; 5] = ["qwen2", "qwen3", "llama", "mistral", "gemma3_text"];

/// Tokens of a prompt in one span: the shapes of the matrices decide in which order sums are taken, so only the same
/// split gives the same bits.
const CHUNK: usize = 64;

/// A model of any architecture in [`KNOWN`].
pub struct Candle {
    /// Never stepped, so that its cache stays empty.
    fresh: Box<dyn Network>,
    rows: BTreeMap<RowId, Row>,
    next: u64,
    context_length: usize,
    vocabulary: usize,
    /// What the last step returned.
    logits: Vec<f32>,
}

struct Row {
    /// `None` when it could not be copied: the row can only be closed.
    network: Option<Box<dyn Network>>,
    position: usize,
}

impl Candle {
    /// Builds the model with rows of at most `context` tokens; also returns its number of parameters.
    ///
    /// # Errors
    /// Names a tensor that is missing or of another shape, or a setting that this architecture does not have here.
    pub fn new(
        folder: &Folder,
        files: &Files,
        config: &ModelConfig,
        context: usize,
    ) -> Result<(Self, usize), LoadError> {
        let damaged =
            |source: candle_core::Error| LoadError::Weights { file: folder.path().to_owned(), source: source.into() };
        let mut tensors = weights::tensors(files.tensors(config.head_dim())?).map_err(damaged)?;
        let parameters = tensors.values().map(Tensor::elem_count).sum();
        if config.tie_word_embeddings {
            // Some exports repeat the tied head; a copy of it would only cost memory.
            tensors.remove("lm_head.weight");
        }
        let mut source = Source::new(folder, config, tensors, context);
        let fresh = match config.model_type.as_str() {
            "qwen2" => qwen2::build(&mut source),
            "qwen3" => qwen3::build(&source),
            "llama" | "mistral" => llama::build(&source),
            "gemma3_text" => gemma3::build(&source),
            _ => Err(LoadError::Architecture {
                file: folder.file("config.json"),
                found: config.model_type.clone(),
                known: &KNOWN,
            }),
        }?;
        let model = Self {
            fresh,
            rows: BTreeMap::new(),
            next: 0,
            context_length: source.context,
            vocabulary: config.vocab_size,
            logits: Vec::new(),
        };
        Ok((model, parameters))
    }

    fn add(&mut self, row: Row) -> RowId {
        let id = RowId(self.next);
        self.next += 1;
        self.rows.insert(id, row);
        id
    }
}

impl Backend for Candle {
    fn context_length(&self) -> usize {
        self.context_length
    }

    fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    fn open(&mut self) -> RowId {
        let network = self.fresh.fork().ok();
        self.add(Row { network, position: 0 })
    }

    fn fork(&mut self, row: RowId) -> Result<RowId, BackendError> {
        let row = self.rows.get(&row).ok_or(BackendError::UnknownRow(row.0))?;
        let network = match &row.network {
            Some(network) => Some(network.fork().map_err(compute)?),
            None => None,
        };
        let copy = Row { network, position: row.position };
        Ok(self.add(copy))
    }

    fn close(&mut self, row: RowId) {
        self.rows.remove(&row);
    }

    fn step(&mut self, spans: &[Span<'_>]) -> Result<&[f32], BackendError> {
        check(spans, self.context_length, self.vocabulary, |row| self.rows.get(&row).map(|row| row.position))?;
        self.logits.clear();
        for span in spans {
            let row = self.rows.get_mut(&span.row).ok_or(BackendError::UnknownRow(span.row.0))?;
            let network = row.network.as_mut().ok_or(BackendError::UnknownRow(span.row.0))?;
            let logits = network.read(span.tokens, row.position).map_err(compute)?;
            row.position += span.tokens.len();
            if span.wants != Wants::Nothing {
                self.logits.extend(values(&logits).map_err(compute)?);
            }
        }
        Ok(&self.logits)
    }

    fn fixed_chunk(&self) -> Option<usize> {
        Some(CHUNK)
    }
}

fn values(logits: &Tensor) -> candle_core::Result<Vec<f32>> {
    logits.to_dtype(DType::F32)?.flatten_all()?.to_vec1()
}

fn compute(source: candle_core::Error) -> BackendError {
    BackendError::Compute(source.into())
}
