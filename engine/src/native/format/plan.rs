//! Which tensors of a model become which section of a store, and how they are held there.

use super::pack::{Part, Plan};
use super::tensor::SourceTensor;
use crate::native::kernels::lanes::LANES;
use crate::native::kernels::operand::BLOCK;
use crate::native::kernels::weight::WeightKind;
use crate::native::shape::Shape;
use crate::options::Quantization;
use crate::tensor::Tensors;

/// Parameters from which on 8 bits are worth their small error: below, a model fits into the caches of a CPU anyway.
const LARGE: usize = 100_000_000;

/// Tokens from which on the output layer is read in two steps.
const LARGE_VOCABULARY: usize = 1 << 15;

/// All sections of a model. The tensors are taken out of `tensors`.
///
/// # Errors
/// Names the tensor that is missing or has another shape.
pub fn plans<'a>(
    shape: &Shape,
    is_tied: bool,
    quantization: Quantization,
    tensors: &mut Tensors<'a>,
) -> Result<(Vec<Plan<'a>>, usize), String> {
    let mut planner = Planner { tensors, plans: Vec::new(), parameters: 0 };
    let Shape { hidden, feed_forward, vocabulary, .. } = *shape;
    let (queries, keys) = (shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim);
    planner.matrix("embedding", &[("model.embed_tokens.weight", vocabulary)], hidden)?;
    if !is_tied {
        planner.matrix("head", &[("lm_head.weight", vocabulary)], hidden)?;
    }
    planner.vector("norm", &[("model.norm.weight", hidden)])?;
    for layer in 0..shape.layers {
        let name = |section: &str| format!("layers.{layer}.{section}");
        let tensor = |module: &str| format!("model.layers.{layer}.{module}");
        let (q, k, v) = (tensor("self_attn.q_proj"), tensor("self_attn.k_proj"), tensor("self_attn.v_proj"));
        let qkv = [(format!("{q}.weight"), queries), (format!("{k}.weight"), keys), (format!("{v}.weight"), keys)];
        let bias = [(format!("{q}.bias"), queries), (format!("{k}.bias"), keys), (format!("{v}.bias"), keys)];
        let gate_up = [(tensor("mlp.gate_proj.weight"), feed_forward), (tensor("mlp.up_proj.weight"), feed_forward)];
        planner.vector(&name("attention_norm"), &[(tensor("input_layernorm.weight"), hidden)])?;
        planner.matrix(&name("qkv"), &qkv, hidden)?;
        if shape.has_biases {
            planner.vector(&name("qkv_bias"), &bias)?;
        }
        if shape.has_head_norms {
            planner.vector(&name("query_norm"), &[(tensor("self_attn.q_norm.weight"), shape.head_dim)])?;
            planner.vector(&name("key_norm"), &[(tensor("self_attn.k_norm.weight"), shape.head_dim)])?;
        }
        planner.matrix(&name("output"), &[(tensor("self_attn.o_proj.weight"), hidden)], queries)?;
        planner.vector(&name("feed_forward_norm"), &[(tensor("post_attention_layernorm.weight"), hidden)])?;
        planner.matrix(&name("gate_up"), &gate_up, hidden)?;
        planner.matrix(&name("down"), &[(tensor("mlp.down_proj.weight"), hidden)], feed_forward)?;
    }
    let Planner { mut plans, parameters, .. } = planner;
    // A bias that no layer takes would be passed over, and the network would compute something else.
    let bias = tensors.keys().find(|name| !shape.has_biases && name.ends_with("_proj.bias"));
    if let Some(bias) = bias {
        return Err(format!("tensor `{bias}` is there, and models of this architecture have no such bias"));
    }
    for plan in plans.iter_mut().filter(|plan| plan.is_matrix) {
        plan.kind = kind(plan, quantization, parameters);
        let is_head = plan.name == if is_tied { "embedding" } else { "head" };
        if is_head && plan.kind == WeightKind::Q8 && vocabulary >= LARGE_VOCABULARY {
            plan.kind = WeightKind::Q8Split;
        }
    }
    Ok((plans, parameters))
}

struct Planner<'t, 'a> {
    tensors: &'t mut Tensors<'a>,
    plans: Vec<Plan<'a>>,
    parameters: usize,
}

impl<'a> Planner<'_, 'a> {
    fn take(&mut self, name: &str, rows: usize, columns: usize) -> Result<SourceTensor<'a>, String> {
        let tensor = self.tensors.remove(name).ok_or_else(|| format!("tensor `{name}` is missing"))?;
        let tensor = SourceTensor::new(name, tensor)?;
        if (tensor.rows, tensor.columns) != (rows, columns) {
            let found = (tensor.rows, tensor.columns);
            return Err(format!("tensor `{name}` has shape {found:?}, config.json says {:?}", (rows, columns)));
        }
        self.parameters += rows * columns;
        Ok(tensor)
    }

    /// A matrix of the rows of several tensors. Where there are several, each begins at a multiple of 32 rows, or of 16 if
    /// it has heads of 16.
    fn matrix(&mut self, name: &str, tensors: &[(impl AsRef<str>, usize)], columns: usize) -> Result<(), String> {
        let granule = if tensors.len() == 2 { BLOCK } else { LANES };
        let mut parts = Vec::new();
        for (tensor, rows) in tensors {
            let tensor = self.take(tensor.as_ref(), *rows, columns)?;
            parts.push(Part { tensor, rows: rows.next_multiple_of(granule) });
        }
        self.plans.push(Plan { name: name.to_owned(), kind: WeightKind::F32, is_matrix: true, parts });
        Ok(())
    }

    fn vector(&mut self, name: &str, tensors: &[(impl AsRef<str>, usize)]) -> Result<(), String> {
        let mut parts = Vec::new();
        for (tensor, length) in tensors {
            parts.push(Part { tensor: self.take(tensor.as_ref(), 1, *length)?, rows: 1 });
        }
        self.plans.push(Plan { name: name.to_owned(), kind: WeightKind::F32, is_matrix: false, parts });
        Ok(())
    }
}

/// How a matrix is held.
fn kind(plan: &Plan, quantization: Quantization, parameters: usize) -> WeightKind {
    let tensors = || plan.parts.iter().map(|part| &part.tensor);
    let first = tensors().next().map_or(WeightKind::F32, SourceTensor::exact_kind);
    let is_uniform = tensors().all(|tensor| tensor.exact_kind() == first);
    // Every token depends on these: four bits would cost more quality than they save memory.
    let is_shared = matches!(plan.name.as_str(), "embedding" | "head");
    let of_floats = || if is_uniform { first } else { WeightKind::F32 };
    match quantization {
        Quantization::None if tensors().all(SourceTensor::is_float) => of_floats(),
        Quantization::None => WeightKind::F32,
        Quantization::Q4 if !is_shared && is_uniform && first == WeightKind::Q4Min => first,
        Quantization::Q4 if !is_shared => WeightKind::Q4,
        Quantization::Auto if tensors().any(SourceTensor::is_float) && parameters < LARGE => of_floats(),
        Quantization::Auto if is_uniform && matches!(first, WeightKind::Q4 | WeightKind::Q4Min | WeightKind::Q5) => {
            first
        }
        Quantization::Auto | Quantization::Q8 | Quantization::Q4 => WeightKind::Q8,
    }
}
