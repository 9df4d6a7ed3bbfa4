//! Qwen2 through candle-transformers on the CPU, one clone of the model per row.
//!
//! A clone shares the weights (tensors are reference counted) and has a KV cache of its own. Rows are computed one after
//! the other, so a row cannot see what else is being written.

use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::qwen2::ModelForCausalLM;

use super::config::ModelConfig;
use super::{Model, ModelError, RowId};

pub(super) struct Qwen2 {
    /// Never stepped, so that its cache stays empty.
    fresh: ModelForCausalLM,
    rows: BTreeMap<RowId, Row>,
    next: u64,
    context_length: usize,
    vocabulary: usize,
}

struct Row {
    model: ModelForCausalLM,
    position: usize,
}

impl Qwen2 {
    /// Builds the model. Fails with the name of a tensor that is missing or of another shape.
    pub(super) fn new(config: &ModelConfig, mut tensors: HashMap<String, Tensor>) -> candle_core::Result<Self> {
        if config.tie_word_embeddings {
            // Some exports repeat the tied head; a copy of it would only cost memory.
            tensors.remove("lm_head.weight");
        }
        let weights = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        Ok(Self {
            fresh: ModelForCausalLM::new(&config.qwen2(), weights)?,
            rows: BTreeMap::new(),
            next: 0,
            context_length: config.max_position_embeddings,
            vocabulary: config.vocab_size,
        })
    }
}

impl Model for Qwen2 {
    fn context_length(&self) -> usize {
        self.context_length
    }

    fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    fn open(&mut self) -> RowId {
        let id = RowId(self.next);
        self.next += 1;
        self.rows.insert(id, Row { model: self.fresh.clone(), position: 0 });
        id
    }

    fn close(&mut self, row: RowId) {
        self.rows.remove(&row);
    }

    fn forward(&mut self, row: RowId, tokens: &[u32]) -> Result<Vec<f32>, ModelError> {
        let state = self.rows.get_mut(&row).ok_or(ModelError::UnknownRow(row.0))?;
        if tokens.is_empty() || tokens.iter().any(|token| *token as usize >= self.vocabulary) {
            return Err(ModelError::InvalidTokens);
        }
        let end = state.position + tokens.len();
        if end > self.context_length {
            return Err(ModelError::ContextFull { tokens: end, context_length: self.context_length });
        }
        let input = Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)?;
        let logits = state.model.forward(&input, state.position)?;
        state.position = end;
        Ok(logits.flatten_all()?.to_vec1::<f32>()?)
    }
}
