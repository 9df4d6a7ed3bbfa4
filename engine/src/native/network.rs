//! One pass of tokens through a Qwen2 network (Qwen2 technical report, 2024).
//!
//! ```text
//! tokens ─▶ embedding ─▶ layers × { norm ─▶ q k v ─▶ rope, cache ─▶ attention ─▶ o ─▶ + ─▶ norm ─▶ gate up ─▶ silu ─▶ down ─▶ + }
//!        ─▶ norm ─▶ head ─▶ logits of the tokens that sample
//! ```
//! The tokens of a pass may belong to any rows. Each step below computes every token by itself and in the same order of
//! operations, so a token's values do not depend on what else is in the pass.

pub mod cache;
pub mod head;
pub mod scratch;

use crate::native::format::store::Matrix;
use crate::native::kernels::isa::Isa;
use crate::native::kernels::operand::BLOCK;
use crate::native::kernels::pool::Pool;
use crate::native::kernels::rope::Rope;
use cache::Cache;
use scratch::Scratch;

/// Tokens of one pass at most: their activations still fit into the second level cache of a core, and a chunk of a prompt
/// goes through the weights together with the letters that are being written.
pub const PASS: usize = 192;

/// The sizes of a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Width of the residual stream.
    pub hidden: usize,
    /// Width of the feed-forward layers.
    pub feed_forward: usize,
    /// Number of layers.
    pub layers: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads; divides `heads`.
    pub kv_heads: usize,
    /// Values of one head, a multiple of 16.
    pub head_dim: usize,
    /// Tokens that exist.
    pub vocabulary: usize,
    /// Tokens that a row can hold.
    pub context: usize,
    /// Added to the mean square in norms.
    pub epsilon: f32,
    /// Base of the rotary embedding.
    pub theta: f64,
}

/// One layer's weights.
pub struct Layer {
    /// Gains of the norm before attention.
    pub attention_norm: Vec<f32>,
    /// Queries, keys and values, one below the other.
    pub qkv: Matrix,
    /// Their biases.
    pub qkv_bias: Vec<f32>,
    /// Output of attention.
    pub output: Matrix,
    /// Gains of the norm before the feed-forward layer.
    pub feed_forward_norm: Vec<f32>,
    /// Gates and ups, one below the other.
    pub gate_up: Matrix,
    /// Output of the feed-forward layer.
    pub down: Matrix,
}

/// All weights.
pub struct Parameters {
    /// Embedding, and head where there is no other.
    pub embedding: Matrix,
    /// Output layer of models that do not share it with the embedding.
    pub head: Option<Matrix>,
    /// Gains of the last norm.
    pub norm: Vec<f32>,
    /// Layers in their order.
    pub layers: Vec<Layer>,
}

/// One token of a pass.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Which of the pass's caches it belongs to.
    pub row: usize,
    /// Its position in the row.
    pub position: usize,
    /// Its id.
    pub id: u32,
}

/// What computes.
pub struct Machine {
    /// Instructions to use.
    pub isa: Isa,
    /// Threads to use.
    pub pool: Pool,
}

/// A network that is ready to compute.
pub struct Network {
    shape: Shape,
    parameters: Parameters,
    rope: Rope,
    machine: Machine,
    scratch: Scratch,
}

impl Network {
    /// Puts a network together.
    #[must_use]
    pub fn new(shape: Shape, parameters: Parameters, machine: Machine) -> Self {
        let rope = Rope::new(shape.head_dim, shape.context, shape.theta);
        let scratch = Scratch::new(&shape, PASS);
        Self { shape, parameters, rope, machine, scratch }
    }

    /// The sizes.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// An empty row.
    #[must_use]
    pub fn cache(&self) -> Cache {
        Cache::new(self.shape.layers * self.shape.kv_heads, self.shape.head_dim, self.shape.context)
    }

    /// Computes `tokens`, at most [`PASS`], writes their keys and values into `caches`, and the logits of the tokens numbered
    /// `wanted` to `logits`, `vocabulary` values each.
    ///
    /// Tokens of the same row must stand in ascending order without gaps. The lengths of the caches stay as they are.
    pub fn pass(&mut self, tokens: &[Token], caches: &mut [&mut Cache], wanted: &[usize], logits: &mut [f32]) {
        let Self { shape, parameters, rope, machine, scratch } = self;
        scratch.embed(&parameters.embedding, shape.hidden, tokens);
        for (index, layer) in parameters.layers.iter().enumerate() {
            scratch.norm(machine, &layer.attention_norm, shape, layer.qkv.kind);
            scratch.multiply_wide(machine, &layer.qkv);
            scratch.remember(&layer.qkv_bias, shape, rope, tokens, index, caches);
            scratch.attend(machine, &layer.qkv_bias, shape, rope, tokens, index, caches);
            scratch.quantize(machine, layer.output.kind, shape.heads * shape.head_dim);
            scratch.multiply(machine, &layer.output);
            scratch.norm(machine, &layer.feed_forward_norm, shape, layer.gate_up.kind);
            scratch.multiply_wide(machine, &layer.gate_up);
            scratch.gate(machine, shape.feed_forward.next_multiple_of(BLOCK), layer.down.kind);
            scratch.multiply(machine, &layer.down);
        }
        if !wanted.is_empty() {
            let head = parameters.head.as_ref().unwrap_or(&parameters.embedding);
            scratch.keep(wanted, shape.hidden);
            scratch.norm(machine, &parameters.norm, shape, head.kind);
            scratch.multiply_head(machine, head);
            scratch.logits(machine, shape.vocabulary, logits);
        }
    }
}
