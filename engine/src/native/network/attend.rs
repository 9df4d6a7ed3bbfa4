//! Attention of all tokens of a pass in one layer: keys and values go into the caches, then every head attends.

use super::activations::{Inputs, Product, is_quantized, room};
use super::cache::Cache;
use super::parameters::Layer;
use super::token::Token;
use crate::native::kernels::Machine;
use crate::native::kernels::attention::{self, TILE};
use crate::native::kernels::isa::Isa;
use crate::native::kernels::layers::{collect, norm};
use crate::native::kernels::matmul::Operands;
use crate::native::kernels::operand::{BLOCK, quantize};
use crate::native::kernels::rope::Rope;
use crate::native::shape::{MAX_HEAD_DIM, Shape};

/// What attention needs in every layer of a pass.
#[derive(Clone, Copy)]
pub struct Attention<'a> {
    pub shape: &'a Shape,
    pub rope: &'a Rope,
    pub tokens: &'a [Token],
}

impl Attention<'_> {
    /// Attends in layer number `index` with the product `qkv`; the operands are those of the layer's output matrix.
    pub fn attend<'a>(
        &self,
        machine: &mut Machine,
        index: usize,
        layer: &Layer,
        qkv: Product,
        caches: &mut [&mut Cache],
        inputs: &'a mut Inputs,
    ) -> Operands<'a> {
        self.remember(machine.isa, index, layer, qkv, caches);
        let Shape { heads, kv_heads, head_dim, .. } = *self.shape;
        let (isa, columns) = (machine.isa, heads * head_dim);
        let group = heads / kv_heads * head_dim;
        // The queries of one head of keys at a time, or all of a token where those end within a block of operands.
        let part = if group.is_multiple_of(BLOCK) { group } else { columns };
        let outputs = room(&mut inputs.plain, qkv.tokens * columns).chunks_mut(part);
        let quantized = room(&mut inputs.quantized, qkv.tokens * columns / BLOCK).chunks_mut(part / BLOCK);
        let caches = &*caches;
        machine.pool.for_each(outputs.zip(quantized).enumerate(), |(index_of_part, (out, quantized))| {
            let (token, first) = (index_of_part * part / columns, index_of_part * part % columns);
            let Token { row, position, .. } = self.tokens[token];
            for (head, out) in (first / group..).zip(out.chunks_mut(group)) {
                let memory = caches[row].memory(index * kv_heads + head, position + 1);
                let tile = TILE * head_dim;
                for (number, out) in out.chunks_mut(tile).enumerate() {
                    let mut queries = [0f32; TILE * MAX_HEAD_DIM];
                    let queries = &mut queries[..out.len()];
                    self.queries(isa, layer, qkv, head * group + number * tile, token, queries);
                    attention::attend(isa, queries, memory, out);
                }
            }
            if is_quantized(layer.output.kind) {
                quantize(isa, out, quantized);
            }
        });
        inputs.operands(layer.output.kind, qkv.tokens, columns)
    }

    /// Writes the keys and values of all tokens into their caches.
    fn remember(&self, isa: Isa, index: usize, layer: &Layer, qkv: Product, caches: &mut [&mut Cache]) {
        let Shape { heads, kv_heads, head_dim, .. } = *self.shape;
        let (mut key, mut value) = ([0f32; MAX_HEAD_DIM], [0f32; MAX_HEAD_DIM]);
        let (key, value) = (&mut key[..head_dim], &mut value[..head_dim]);
        for (number, token) in self.tokens.iter().enumerate() {
            for head in 0..kv_heads {
                let key_row = (heads + head) * head_dim;
                let value_row = key_row + kv_heads * head_dim;
                collect(qkv.values, key_row, number, qkv.tokens, key);
                collect(qkv.values, value_row, number, qkv.tokens, value);
                add_bias(key, layer, key_row);
                add_bias(value, layer, value_row);
                if let Some([_, gains]) = &layer.head_norms {
                    self.norm_head(isa, key, gains);
                }
                self.rope.rotate(key, token.position);
                caches[token.row].write(index * kv_heads + head, token.position, key, value);
            }
        }
    }

    /// The rotated and scaled queries of some heads of a token, from row `first` of the product on.
    fn queries(&self, isa: Isa, layer: &Layer, qkv: Product, first: usize, token: usize, queries: &mut [f32]) {
        let scale = 1.0 / (self.shape.head_dim as f32).sqrt();
        collect(qkv.values, first, token, qkv.tokens, queries);
        add_bias(queries, layer, first);
        for query in queries.chunks_mut(self.shape.head_dim) {
            if let Some([gains, _]) = &layer.head_norms {
                self.norm_head(isa, query, gains);
            }
            self.rope.rotate(query, self.tokens[token].position);
            for value in query {
                *value *= scale;
            }
        }
    }

    /// Norms one head, as Qwen3 does.
    fn norm_head(&self, isa: Isa, head: &mut [f32], gains: &[f32]) {
        let mut before = [0f32; MAX_HEAD_DIM];
        let before = &mut before[..head.len()];
        before.copy_from_slice(head);
        norm(isa, before, head.len(), self.shape.epsilon, gains, head);
    }
}

/// Adds the biases of the rows from `row` on, in architectures that have them.
fn add_bias(values: &mut [f32], layer: &Layer, row: usize) {
    let biases = layer.qkv_bias.iter().flat_map(|bias| &bias[row..]);
    for (value, bias) in values.iter_mut().zip(biases) {
        *value += bias;
    }
}
