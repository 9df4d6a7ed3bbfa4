//! The steps of a pass, over buffers that all passes reuse.

use super::head::multiply_likeliest;
use crate::native::format::store::Matrix;
use crate::native::kernels::attention::{self, TILE};
use crate::native::kernels::isa::Isa;
use crate::native::kernels::lanes::LANES;
use crate::native::kernels::layers::{add, collect, gate, norm};
use crate::native::kernels::matmul::{Operands, Weights, multiply};
use crate::native::kernels::operand::{BLOCK, Quantized, quantize};
use crate::native::kernels::rope::Rope;
use crate::native::kernels::weight::{Q8Block, WeightBlock, WeightKind};
use crate::native::network::cache::Cache;
use crate::native::network::{Machine, Shape, Token};

/// Widest head that is supported.
pub const MAX_HEAD_DIM: usize = 256;
/// Columns of a feed-forward layer that are activated at a time, at most.
const GATE_WIDTH: usize = 16 * BLOCK;
/// Tokens that are activated at a time, where there are many: their values of one column are neighbours in memory.
const GATE_TOKENS: usize = 8;
/// Logits that one thread takes at a time.
const LOGITS_SHARE: usize = 1 << 14;

/// Buffers of a pass. Rows are padded with zeros to multiples of 32.
#[derive(Default)]
pub struct Scratch {
    /// Tokens of the pass.
    tokens: usize,
    /// Residual stream, `[token][hidden]`.
    residual: Vec<f32>,
    /// What is multiplied next, `[token][columns]`.
    input: Vec<f32>,
    /// The same rounded to 8 bits.
    quantized: Vec<Quantized>,
    /// Queries, keys and values, or gates and ups, or logits: `[rows / 16][token][16]`.
    wide: Vec<f32>,
    /// Values in use of `wide`.
    wide_length: usize,
    /// What is still to be added to the residual stream, `[rows / 16][token][16]`.
    sums: Vec<f32>,
    /// Whether anything is.
    is_due: bool,
}

impl Scratch {
    /// Buffers for passes of up to `tokens` tokens. Reserved at once, they leave no holes in memory by growing; only the
    /// logits of many tokens may need more.
    #[must_use]
    pub fn new(shape: &Shape, tokens: usize) -> Self {
        let hidden = shape.hidden.next_multiple_of(BLOCK);
        let attention = shape.heads * shape.head_dim;
        let feed_forward = shape.feed_forward.next_multiple_of(BLOCK);
        Self {
            residual: Vec::with_capacity(tokens * hidden),
            input: Vec::with_capacity(tokens * hidden.max(attention)),
            quantized: Vec::with_capacity(tokens * hidden.max(attention).max(feed_forward) / BLOCK),
            wide: Vec::with_capacity(tokens * 2 * feed_forward),
            sums: Vec::with_capacity(tokens * hidden),
            ..Self::default()
        }
    }

    /// Begins a pass.
    pub fn embed(&mut self, embedding: &Matrix, hidden: usize, tokens: &[Token]) {
        let width = hidden.next_multiple_of(BLOCK);
        self.tokens = tokens.len();
        self.is_due = false;
        for (token, row) in tokens.iter().zip(room(&mut self.residual, tokens.len() * width).chunks_mut(width)) {
            look_up(embedding, token.id as usize, row);
        }
    }

    /// Adds what is due to the residual stream and makes its norm the input of a matrix of `kind`.
    pub fn norm(&mut self, machine: &Machine, gains: &[f32], shape: &Shape, kind: WeightKind) {
        let width = shape.hidden.next_multiple_of(BLOCK);
        let (tokens, sums, is_due, isa) = (self.tokens, &self.sums, self.is_due, machine.isa);
        let input = room(&mut self.input, tokens * width).chunks_mut(width);
        let quantized = room(&mut self.quantized, tokens * width / BLOCK).chunks_mut(width / BLOCK);
        let rows = self.residual[..tokens * width].chunks_mut(width).zip(input).zip(quantized).enumerate();
        machine.pool.for_each(rows, |(token, ((residual, input), quantized))| {
            if is_due {
                add(isa, residual, sums, token, tokens);
            }
            norm(isa, residual, shape.hidden, shape.epsilon, gains, input);
            if is_quantized(kind) {
                quantize(isa, input, quantized);
            }
        });
        self.is_due = false;
    }

    /// Multiplies the input; the result is for the step that follows.
    pub fn multiply_wide(&mut self, machine: &Machine, matrix: &Matrix) {
        self.wide_length = matrix.rows * self.tokens;
        let out = room(&mut self.wide, self.wide_length);
        multiply_with(machine, matrix, &self.input, &self.quantized, out, self.tokens);
    }

    /// Multiplies the input with the output layer; the result is for [`Self::logits`].
    pub fn multiply_head(&mut self, machine: &Machine, head: &Matrix) {
        if head.kind != WeightKind::Q8Split {
            return self.multiply_wide(machine, head);
        }
        self.wide_length = head.rows * self.tokens;
        let out = room(&mut self.wide, self.wide_length);
        let operands = &self.quantized[..self.tokens * head.columns / BLOCK];
        multiply_likeliest(machine, head, operands, out, self.tokens);
    }

    /// Multiplies the input; the result is due to the residual stream.
    pub fn multiply(&mut self, machine: &Machine, matrix: &Matrix) {
        let out = room(&mut self.sums, matrix.rows * self.tokens);
        multiply_with(machine, matrix, &self.input, &self.quantized, out, self.tokens);
        self.is_due = true;
    }

    /// Writes the keys and values of all tokens into their caches.
    pub fn remember(
        &mut self,
        bias: &[f32],
        shape: &Shape,
        rope: &Rope,
        tokens: &[Token],
        layer: usize,
        caches: &mut [&mut Cache],
    ) {
        let (mut key, mut value) = ([0f32; MAX_HEAD_DIM], [0f32; MAX_HEAD_DIM]);
        let (key, value) = (&mut key[..shape.head_dim], &mut value[..shape.head_dim]);
        for (index, token) in tokens.iter().enumerate() {
            for head in 0..shape.kv_heads {
                let key_row = (shape.heads + head) * shape.head_dim;
                let value_row = key_row + shape.kv_heads * shape.head_dim;
                collect(&self.wide, key_row, index, self.tokens, key);
                collect(&self.wide, value_row, index, self.tokens, value);
                add_bias(key, &bias[key_row..]);
                add_bias(value, &bias[value_row..]);
                rope.rotate(key, token.position);
                caches[token.row].write(layer * shape.kv_heads + head, token.position, key, value);
            }
        }
    }

    /// Attends with all heads of all tokens; the result is the next input.
    #[expect(clippy::too_many_arguments, reason = "attention is where everything meets")]
    pub fn attend(
        &mut self,
        machine: &Machine,
        bias: &[f32],
        shape: &Shape,
        rope: &Rope,
        tokens: &[Token],
        layer: usize,
        caches: &[&mut Cache],
    ) {
        let (count, wide) = (self.tokens, &self.wide);
        let group = shape.heads / shape.kv_heads * shape.head_dim;
        let outputs = room(&mut self.input, count * shape.heads * shape.head_dim);
        let scale = 1.0 / (shape.head_dim as f32).sqrt();
        machine.pool.for_each(outputs.chunks_mut(group).enumerate(), |(index, out)| {
            let (token, head) = (index / shape.kv_heads, index % shape.kv_heads);
            let Token { row, position, .. } = tokens[token];
            let memory = caches[row].memory(layer * shape.kv_heads + head, position + 1);
            let tile = TILE * shape.head_dim;
            for (number, out) in out.chunks_mut(tile).enumerate() {
                let mut queries = [0f32; TILE * MAX_HEAD_DIM];
                let queries = &mut queries[..out.len()];
                let first = head * group + number * tile;
                collect(wide, first, token, count, queries);
                add_bias(queries, &bias[first..]);
                for query in queries.chunks_mut(shape.head_dim) {
                    rope.rotate(query, position);
                    for value in query {
                        *value *= scale;
                    }
                }
                attention::attend(machine.isa, queries, memory, out);
            }
        });
    }

    /// Rounds the input, of `columns` values a token, for a matrix of `kind`.
    pub fn quantize(&mut self, machine: &Machine, kind: WeightKind, columns: usize) {
        if is_quantized(kind) {
            let quantized = room(&mut self.quantized, self.tokens * columns / BLOCK).chunks_mut(columns / BLOCK);
            let rows = self.input[..self.tokens * columns].chunks(columns).zip(quantized);
            machine.pool.for_each(rows, |(input, quantized)| quantize(machine.isa, input, quantized));
        }
    }

    /// Activates gates and ups; the result, of `columns` values a token, is the next input.
    pub fn gate(&mut self, machine: &Machine, columns: usize, kind: WeightKind) {
        let (tokens, wide) = (self.tokens, &self.wide[..self.wide_length]);
        if is_quantized(kind) {
            let out = room(&mut self.quantized, tokens * columns / BLOCK);
            // Some tokens at a time where there are many, else a part of the columns of one.
            if tokens >= 2 * GATE_TOKENS * machine.pool.threads() {
                let shares = out.chunks_mut(GATE_TOKENS * columns / BLOCK).enumerate();
                machine.pool.for_each(shares, |(index, out)| {
                    gate_quantized::<GATE_TOKENS>(
                        machine.isa,
                        wide,
                        columns,
                        tokens,
                        index * GATE_TOKENS * columns,
                        out,
                    );
                });
            } else {
                let share = BLOCK * divisor(columns / BLOCK, GATE_WIDTH / BLOCK);
                machine.pool.for_each(out.chunks_mut(share / BLOCK).enumerate(), |(index, out)| {
                    gate_quantized::<1>(machine.isa, wide, columns, tokens, index * share, out);
                });
            }
        } else {
            let input = room(&mut self.input, tokens * columns).chunks_mut(columns);
            machine.pool.for_each(input.enumerate(), |(token, input)| {
                gate(machine.isa, wide, 0, columns, token, tokens, input);
            });
        }
    }

    /// Goes on with some of the tokens only.
    pub fn keep(&mut self, wanted: &[usize], hidden: usize) {
        let width = hidden.next_multiple_of(BLOCK);
        let mut kept = vec![0f32; wanted.len() * width];
        for (token, row) in wanted.iter().zip(kept.chunks_mut(width)) {
            row.copy_from_slice(&self.residual[token * width..(token + 1) * width]);
            if self.is_due {
                add(Isa::SCALAR, row, &self.sums, *token, self.tokens);
            }
        }
        (self.tokens, self.is_due) = (wanted.len(), false);
        self.residual[..kept.len()].copy_from_slice(&kept);
    }

    /// Copies the result of the head to `out`, one token after the other.
    pub fn logits(&mut self, machine: &Machine, vocabulary: usize, out: &mut [f32]) {
        let (tokens, wide) = (self.tokens, &self.wide);
        for (token, out) in out.chunks_mut(vocabulary).enumerate() {
            machine.pool.for_each(out.chunks_mut(LOGITS_SHARE).enumerate(), |(index, out)| {
                for (offset, out) in out.chunks_mut(LANES).enumerate() {
                    let from = ((index * LOGITS_SHARE / LANES + offset) * tokens + token) * LANES;
                    out.copy_from_slice(&wide[from..from + out.len()]);
                }
            });
        }
    }
}

/// Activates and rounds up to `T` tokens, or a part of the columns of one: what is `first` and later when tokens of `columns`
/// values stand one after the other.
fn gate_quantized<const T: usize>(
    isa: Isa,
    wide: &[f32],
    columns: usize,
    tokens: usize,
    first: usize,
    out: &mut [Quantized],
) {
    let row = out.len().min(columns / BLOCK);
    let width = BLOCK * divisor(row, GATE_WIDTH / BLOCK);
    let mut values = [[0f32; GATE_WIDTH]; T];
    let values = &mut values.as_flattened_mut()[..out.len() / row * width];
    for part in (0..row * BLOCK).step_by(width) {
        gate(isa, wide, first % columns + part, width, first / columns, tokens, values);
        for (values, out) in values.chunks(width).zip(out.chunks_mut(row)) {
            quantize(isa, values, &mut out[part / BLOCK..(part + width) / BLOCK]);
        }
    }
}

/// The greatest divisor of `number` up to `most`.
fn divisor(number: usize, most: usize) -> usize {
    (1..=most).rev().find(|divisor| number.is_multiple_of(*divisor)).unwrap_or(1)
}

/// The first `length` values of a buffer that only grows.
pub(crate) fn room<T: Default + Clone>(buffer: &mut Vec<T>, length: usize) -> &mut [T] {
    if buffer.len() < length {
        buffer.resize(length, T::default());
    }
    &mut buffer[..length]
}

fn is_quantized(kind: WeightKind) -> bool {
    matches!(kind, WeightKind::Q4 | WeightKind::Q8 | WeightKind::Q8Split)
}

fn multiply_with(
    machine: &Machine,
    matrix: &Matrix,
    input: &[f32],
    quantized: &[Quantized],
    out: &mut [f32],
    tokens: usize,
) {
    let operands = if is_quantized(matrix.kind) {
        Operands::Quantized(&quantized[..tokens * matrix.columns / BLOCK])
    } else {
        Operands::Plain(input[..tokens * matrix.columns].as_chunks().0)
    };
    multiply(&machine.pool, machine.isa, matrix.weights(), matrix.columns, operands, out, tokens);
}

fn add_bias(values: &mut [f32], bias: &[f32]) {
    for (value, bias) in values.iter_mut().zip(bias) {
        *value += bias;
    }
}

/// Copies one row of a matrix.
fn look_up(matrix: &Matrix, row: usize, out: &mut [f32]) {
    fn copy<B: WeightBlock>(blocks: &[B], lane: usize, out: &mut [f32]) {
        for (block, out) in blocks.iter().zip(out.as_chunks_mut::<BLOCK>().0) {
            *out = block.get(lane);
        }
    }
    let (group, lane) = (row / LANES, row % LANES);
    match matrix.group_weights(group..group + 1) {
        Weights::Q4(blocks) => copy(blocks, lane, out),
        Weights::Q8(blocks) => copy(blocks, lane, out),
        Weights::Q8Split(high, low) => {
            for (halves, out) in high.iter().zip(low).zip(out.as_chunks_mut::<BLOCK>().0) {
                *out = Q8Block::join(halves.0, halves.1).get(lane);
            }
        }
        Weights::Q8High(_) => unreachable!("no matrix has only upper halves"),
        Weights::F16(blocks) => copy(blocks, lane, out),
        Weights::F32(blocks) => copy(blocks, lane, out),
    }
}
