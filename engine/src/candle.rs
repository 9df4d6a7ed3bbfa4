//! Models through candle-transformers, one copy of the network per row.
//!
//! A copy shares the weights (tensors are reference counted) and has a KV cache of its own. Rows are computed one after
//! the other, so a row cannot see what else is being written.

mod gemma3;
mod llama;
mod qwen2;
mod qwen3;
mod source;
pub(crate) mod weights;

use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Device, Tensor};

use crate::backend::check::check;
use crate::backend::{Model, ModelError, RowId, Span};
use crate::config::ModelConfig;
use crate::error::LoadError;
use crate::folder::Folder;
use source::Source;

/// What `model_type` may say.
pub(super) const KNOWN: [&str; 4] = ["qwen2", "qwen3", "llama", "gemma3_text"];

/// Tokens of a prompt in one span: the shapes of the matrices decide in which order sums are taken, so only the same
/// split gives the same bits.
const CHUNK: usize = 64;

/// One network with one KV cache.
trait Network: Send {
    /// Reads `tokens` behind the `position` tokens read so far; the logits after the last one, in any shape.
    fn read(&mut self, tokens: &[u32], position: usize, device: &Device) -> candle_core::Result<Tensor>;

    /// A network that has read the same, and goes on by itself.
    fn fork(&self, device: &Device) -> candle_core::Result<Box<dyn Network>>;
}

pub(super) struct Candle {
    /// Never stepped, so that its cache stays empty.
    fresh: Box<dyn Network>,
    rows: BTreeMap<RowId, Row>,
    next: u64,
    context_length: usize,
    vocabulary: usize,
    device: Device,
    /// What the last step returned.
    logits: Vec<f32>,
}

struct Row {
    /// Nothing when the cache could not be had: the row can only be closed.
    network: Option<Box<dyn Network>>,
    position: usize,
}

impl Candle {
    /// Builds the model with rows of at most `context` tokens. Fails with the name of a tensor that is missing or of
    /// another shape, or of a setting that this architecture does not have here.
    pub(super) fn new(
        folder: &Folder,
        config: &ModelConfig,
        mut tensors: HashMap<String, Tensor>,
        context: usize,
    ) -> Result<Self, LoadError> {
        if config.tie_word_embeddings {
            // Some exports repeat the tied head; a copy of it would only cost memory.
            tensors.remove("lm_head.weight");
        }
        let device = Device::Cpu;
        let mut source = Source::new(folder, config, tensors, &device, context)?;
        let fresh = match config.model_type.as_str() {
            "qwen2" => qwen2::build(&mut source),
            "qwen3" => qwen3::build(&source),
            "llama" => llama::build(&source),
            "gemma3_text" => gemma3::build(&source),
            _ => Err(LoadError::Architecture {
                file: folder.file("config.json"),
                found: config.model_type.clone(),
                known: &KNOWN,
            }),
        }?;
        Ok(Self {
            fresh,
            rows: BTreeMap::new(),
            next: 0,
            context_length: source.context,
            vocabulary: config.vocab_size,
            device,
            logits: Vec::new(),
        })
    }

    fn add(&mut self, row: Row) -> RowId {
        let id = RowId(self.next);
        self.next += 1;
        self.rows.insert(id, row);
        id
    }
}

impl Model for Candle {
    fn context_length(&self) -> usize {
        self.context_length
    }

    fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    fn open(&mut self) -> RowId {
        let network = self.fresh.fork(&self.device).ok();
        self.add(Row { network, position: 0 })
    }

    fn fork(&mut self, row: RowId) -> Result<RowId, ModelError> {
        let row = self.rows.get(&row).ok_or(ModelError::UnknownRow(row.0))?;
        let network = match &row.network {
            Some(network) => Some(network.fork(&self.device)?),
            None => None,
        };
        let copy = Row { network, position: row.position };
        Ok(self.add(copy))
    }

    fn close(&mut self, row: RowId) {
        self.rows.remove(&row);
    }

    fn step(&mut self, spans: &[Span<'_>]) -> Result<&[f32], ModelError> {
        check(spans, self.context_length, self.vocabulary, |row| self.rows.get(&row).map(|row| row.position))?;
        self.logits.clear();
        for span in spans {
            let row = self.rows.get_mut(&span.row).ok_or(ModelError::UnknownRow(span.row.0))?;
            let network = row.network.as_mut().ok_or(ModelError::UnknownRow(span.row.0))?;
            let logits = network.read(span.tokens, row.position, &self.device)?;
            row.position += span.tokens.len();
            if span.wants_logits {
                self.logits.extend(logits.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?);
            }
        }
        Ok(&self.logits)
    }

    fn fixed_chunk(&self) -> Option<usize> {
        Some(CHUNK)
    }
}

/// Tokens as candle wants them: one row of a batch of one.
fn input(tokens: &[u32], device: &Device) -> candle_core::Result<Tensor> {
    Tensor::new(tokens, device)?.unsqueeze(0)
}
