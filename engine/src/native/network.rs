//! One pass of tokens through a network of the Llama family (Touvron and others, 2023), to which Qwen2 adds biases and
//! Qwen3 norms of heads.
//!
//! ```text
//! tokens ─▶ embedding ─▶ layers × { norm ─▶ q k v ─▶ rope, cache ─▶ attention ─▶ o ─▶ + ─▶ norm ─▶ gate up ─▶ silu ─▶ down ─▶ + }
//!        ─▶ norm ─▶ head ─▶ logits of the tokens that sample
//! ```
//! The tokens of a pass may belong to any rows. Each step below computes every token by itself and in the same order of
//! operations, so a token's values do not depend on what else is in the pass.

pub mod activations;
mod attend;
pub mod cache;
mod gates;
mod head;
pub mod parameters;
mod residual;
pub mod token;

use activations::{Inputs, Product};
use attend::Attention;
use cache::Cache;
use parameters::Parameters;
use residual::Residual;
use token::Token;

use super::kernels::Machine;
use super::kernels::operand::BLOCK;
use super::kernels::rope::Rope;
use super::shape::Shape;

/// Tokens of one pass at most: their activations still fit into the second level cache of a core, and a chunk of a prompt
/// goes through the weights together with the tokens that rows write.
const PASS: usize = 192;
/// As [`PASS`], for machines that multiply tiles.
const PASS_OF_TILES: usize = 384;

/// A network that is ready to compute.
pub struct Network {
    shape: Shape,
    parameters: Parameters,
    rope: Rope,
    machine: Machine,
    buffers: Buffers,
    /// Tokens that a pass takes at most.
    most: usize,
}

/// Memory that all passes reuse. Reserved at once, it leaves no holes by growing; only weights that are floats make the
/// activations need more.
struct Buffers {
    residual: Residual,
    inputs: Inputs,
    /// What a feed-forward layer activated.
    activations: Inputs,
    /// Queries, keys and values.
    wide: Vec<f32>,
    /// What is to be added to the residual stream.
    sums: Vec<f32>,
}

impl Network {
    /// Puts a network together.
    pub fn new(shape: Shape, parameters: Parameters, machine: Machine) -> Self {
        let rope = Rope::new(&shape.frequencies, shape.context);
        let most = if machine.isa.has_tiles() { PASS_OF_TILES } else { PASS };
        let buffers = Buffers::new(&shape, most);
        Self { shape, parameters, rope, machine, buffers, most }
    }

    /// Tokens that a pass takes at most.
    pub fn most_tokens(&self) -> usize {
        self.most
    }

    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// An empty row.
    pub fn cache(&self) -> Cache {
        Cache::new(self.shape.layers * self.shape.kv_heads, self.shape.head_dim, self.shape.context)
    }

    /// Computes `tokens`, at most [`Self::most_tokens`], writes their keys and values into `caches`, and the logits of the tokens numbered
    /// `wanted` to `logits`, `vocabulary` values each.
    ///
    /// Tokens of the same row must stand in ascending order without gaps. The lengths of the caches stay as they are.
    pub fn pass(&mut self, tokens: &[Token], caches: &mut [&mut Cache], wanted: &[usize], logits: &mut [f32]) {
        let Self { shape, parameters, rope, machine, buffers, .. } = self;
        let Buffers { residual, inputs, activations, wide, sums } = buffers;
        let count = tokens.len();
        let attention = Attention { shape, rope, tokens };
        residual.embed(&parameters.embedding, tokens);
        // What a layer computed is added by the norm that comes next, which has the residual stream at hand anyway.
        let mut due = None;
        for (index, layer) in parameters.layers.iter().enumerate() {
            let normed = residual.norm(machine, due, &layer.attention_norm, layer.qkv.kind, inputs);
            let qkv = Product::new(machine, &layer.qkv, normed, count, wide);
            let attended = attention.attend(machine, index, layer, qkv, caches, inputs);
            let output = Product::new(machine, &layer.output, attended, count, sums);
            let normed = residual.norm(machine, Some(output), &layer.feed_forward_norm, layer.gate_up.kind, inputs);
            let activated = gates::activate(machine, &layer.gate_up, normed, count, layer.down.kind, activations);
            due = Some(Product::new(machine, &layer.down, activated, count, sums));
        }
        if !wanted.is_empty() {
            let head = parameters.head.as_ref().unwrap_or(&parameters.embedding);
            residual.keep(due, wanted);
            let normed = residual.norm(machine, None, &parameters.norm, head.kind, inputs);
            head::logits(machine, head, normed, wanted.len(), logits);
        }
    }
}

impl Buffers {
    /// Room for passes of up to `tokens` tokens.
    fn new(shape: &Shape, tokens: usize) -> Self {
        let hidden = shape.hidden.next_multiple_of(BLOCK);
        let columns = hidden.max(shape.heads * shape.head_dim);
        let feed_forward = shape.feed_forward.next_multiple_of(BLOCK);
        Self {
            residual: Residual::with_capacity(tokens, shape.hidden, shape.epsilon),
            inputs: Inputs::with_capacity(tokens, columns, columns),
            activations: Inputs::with_capacity(tokens, 0, feed_forward),
            wide: Vec::with_capacity(tokens * (shape.heads + 2 * shape.kv_heads) * shape.head_dim),
            sums: Vec::with_capacity(tokens * hidden),
        }
    }
}
