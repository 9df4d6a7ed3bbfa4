//! Reads adapters as llama.cpp keeps them: for a matrix `NAME`, the wide one is `NAME.lora_a`, the tall one `NAME.lora_b`.

use std::collections::BTreeMap;

use super::{Gguf, Layout, Value, hugging_face_name};
use crate::tensor::{Delta, Tensor};

impl Gguf<'_> {
    /// What the adapter in this file adds to each matrix, by the Hugging Face names of the matrices. The file has its rows
    /// in the order of `layout`, as the model's own file does.
    ///
    /// # Errors
    /// When the file is no `LoRA` adapter, one of two tensors is missing, or their shapes do not fit.
    pub fn deltas(&self, layout: &Layout) -> Result<BTreeMap<String, Delta>, String> {
        if self.text("adapter.type") != Some("lora") {
            return Err("it is no LoRA adapter: `adapter.type` is not `lora`".to_owned());
        }
        let Some(Value::Float(alpha)) = self.value("adapter.lora.alpha") else {
            return Err("the setting `adapter.lora.alpha` is missing".to_owned());
        };
        let mut deltas = BTreeMap::new();
        for wide in &self.infos {
            let Some(matrix) = wide.name.strip_suffix(".lora_a") else { continue };
            let unknown = || format!("it changes `{matrix}`, which these models do not have");
            let name = hugging_face_name(matrix).ok_or_else(unknown)?;
            let tall = self.infos.iter().find(|info| info.name.strip_suffix(".lora_b") == Some(matrix));
            let tall = tall.ok_or_else(|| format!("tensor `{matrix}.lora_b` is missing"))?;
            let (order, wide) = (layout.order(tall), self.tensor(wide)?);
            let tall = Tensor { order, ..self.tensor(tall)? };
            let (&[rank, columns], &[rows, _]) = (wide.dims.as_slice(), tall.dims.as_slice()) else {
                return Err(format!("the adapter of `{matrix}` is not made of two matrices"));
            };
            let scale = alpha as f32 / rank.max(1) as f32;
            let tall = tall.values()?.into_iter().map(|value| value * scale).collect();
            let delta = Delta::new([rows, columns], rank, tall, wide.values()?);
            deltas.insert(name, delta.map_err(|why| format!("`{matrix}`: {why}"))?);
        }
        if deltas.is_empty() {
            return Err("the adapter changes nothing: it has no tensor `….lora_a`".to_owned());
        }
        Ok(deltas)
    }
}
