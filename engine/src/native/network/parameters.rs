//! The weights of a network, as they are taken out of a store.

use crate::native::format::store::{Matrix, Store};
use crate::native::kernels::lanes::LANES;
use crate::native::kernels::operand::BLOCK;
use crate::native::shape::Shape;

/// One layer's weights.
pub struct Layer {
    /// Gains of the norm before attention.
    pub attention_norm: Vec<f32>,
    /// Queries, keys and values, one below the other.
    pub qkv: Matrix,
    /// Their biases, in architectures that have them.
    pub qkv_bias: Option<Vec<f32>>,
    /// Gains of the norms of each head of queries, and of keys, in architectures that have them.
    pub head_norms: Option<[Vec<f32>; 2]>,
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

/// Takes the network's weights out of a store.
///
/// # Errors
/// Names the section that is missing or has another shape than the configuration.
pub fn parameters(store: &Store, shape: &Shape, is_tied: bool) -> Result<Parameters, String> {
    let matrix = |name: &str, rows: usize, columns: usize| -> Result<Matrix, String> {
        let matrix = store.matrix(name).ok_or_else(|| format!("`{name}` is missing"))?;
        let expected = (rows.next_multiple_of(LANES), columns.next_multiple_of(BLOCK));
        if (matrix.rows, matrix.columns) != expected {
            return Err(format!("`{name}` has shape {:?}, not {expected:?}", (matrix.rows, matrix.columns)));
        }
        Ok(matrix)
    };
    let vector = |name: &str, length: usize| -> Result<Vec<f32>, String> {
        let mut values = store.vector(name).ok_or_else(|| format!("`{name}` is missing"))?;
        if values.len() != length {
            return Err(format!("`{name}` has {} values, not {length}", values.len()));
        }
        values.resize(length.next_multiple_of(BLOCK), 0.0);
        Ok(values)
    };
    let queries = shape.heads * shape.head_dim;
    let qkv = queries + 2 * shape.kv_heads * shape.head_dim;
    let layer = |layer: usize| {
        let name = |section: &str| format!("layers.{layer}.{section}");
        Ok(Layer {
            attention_norm: vector(&name("attention_norm"), shape.hidden)?,
            qkv: matrix(&name("qkv"), qkv, shape.hidden)?,
            qkv_bias: if shape.has_biases { Some(vector(&name("qkv_bias"), qkv)?) } else { None },
            head_norms: if shape.has_head_norms {
                Some([vector(&name("query_norm"), shape.head_dim)?, vector(&name("key_norm"), shape.head_dim)?])
            } else {
                None
            },
            output: matrix(&name("output"), shape.hidden, queries)?,
            feed_forward_norm: vector(&name("feed_forward_norm"), shape.hidden)?,
            gate_up: matrix(&name("gate_up"), 2 * shape.feed_forward.next_multiple_of(BLOCK), shape.hidden)?,
            down: matrix(&name("down"), shape.hidden, shape.feed_forward)?,
        })
    };
    Ok(Parameters {
        embedding: matrix("embedding", shape.vocabulary, shape.hidden)?,
        head: if is_tied { None } else { Some(matrix("head", shape.vocabulary, shape.hidden)?) },
        norm: vector("norm", shape.hidden)?,
        layers: (0..shape.layers).map(layer).collect::<Result<_, String>>()?,
    })
}
