//! Models through candle-transformers, one clone of the network per row.
//!
//! A clone shares the weights (tensors are reference counted) and has a KV cache of its own. Rows are computed one after
//! the other, so a row cannot see what else is being written.

use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::qwen2::ModelForCausalLM;

use super::config::ModelConfig;
use super::{Model, ModelError, RowId, Span};

/// Tokens of a prompt in one span: the shapes of the matrices decide in which order sums are taken, so only the same
/// split gives the same bits.
const CHUNK: usize = 64;

pub(super) struct Candle {
    /// Never stepped, so that its cache stays empty.
    fresh: ModelForCausalLM,
    rows: BTreeMap<RowId, Row>,
    next: u64,
    context_length: usize,
    vocabulary: usize,
    /// What the last step returned.
    logits: Vec<f32>,
}

#[derive(Clone)]
struct Row {
    network: ModelForCausalLM,
    position: usize,
}

impl Candle {
    /// Builds the model. Fails with the name of a tensor that is missing or of another shape.
    pub(super) fn new(
        config: &ModelConfig,
        mut tensors: HashMap<String, Tensor>,
        context: usize,
    ) -> candle_core::Result<Self> {
        if config.tie_word_embeddings {
            // Some exports repeat the tied head; a copy of it would only cost memory.
            tensors.remove("lm_head.weight");
        }
        let weights = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        Ok(Self {
            fresh: ModelForCausalLM::new(&config.qwen2(), weights)?,
            rows: BTreeMap::new(),
            next: 0,
            context_length: config.max_position_embeddings.min(context),
            vocabulary: config.vocab_size,
            logits: Vec::new(),
        })
    }

    fn add(&mut self, row: Row) -> RowId {
        let id = RowId(self.next);
        self.next += 1;
        self.rows.insert(id, row);
        id
    }

    /// Refuses what cannot be stepped, before anything has changed.
    fn check(&self, spans: &[Span<'_>]) -> Result<(), ModelError> {
        for (index, span) in spans.iter().enumerate() {
            let row = self.rows.get(&span.row).ok_or(ModelError::UnknownRow(span.row.0))?;
            if spans[..index].iter().any(|earlier| earlier.row == span.row) {
                return Err(ModelError::RepeatedRow(span.row.0));
            }
            if span.tokens.is_empty() || span.tokens.iter().any(|token| *token as usize >= self.vocabulary) {
                return Err(ModelError::InvalidTokens);
            }
            let tokens = row.position + span.tokens.len();
            if tokens > self.context_length {
                return Err(ModelError::ContextFull { tokens, context_length: self.context_length });
            }
        }
        Ok(())
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
        let row = Row { network: self.fresh.clone(), position: 0 };
        self.add(row)
    }

    fn fork(&mut self, row: RowId) -> Result<RowId, ModelError> {
        let copy = self.rows.get(&row).ok_or(ModelError::UnknownRow(row.0))?.clone();
        Ok(self.add(copy))
    }

    fn close(&mut self, row: RowId) {
        self.rows.remove(&row);
    }

    fn step(&mut self, spans: &[Span<'_>]) -> Result<&[f32], ModelError> {
        self.check(spans)?;
        self.logits.clear();
        for span in spans {
            let row = self.rows.get_mut(&span.row).ok_or(ModelError::UnknownRow(span.row.0))?;
            let input = Tensor::new(span.tokens, &Device::Cpu)?.unsqueeze(0)?;
            let logits = row.network.forward(&input, row.position)?;
            row.position += span.tokens.len();
            if span.wants_logits {
                self.logits.extend(logits.flatten_all()?.to_vec1::<f32>()?);
            }
        }
        Ok(&self.logits)
    }

    fn fixed_chunk(&self) -> Option<usize> {
        Some(CHUNK)
    }
}
