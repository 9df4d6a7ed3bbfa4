//! What 4 and 8 bits cost: with weights that they can hold exactly, only the rounding of activations is left, layer by layer.

use candle_core::{DType, Device, Tensor};
use engine::bench::{BLOCK, Q4Block, Q8Block, WeightBlock};
use engine::{BackendKind, LoadOptions, Quantization, load};
use serde_json::json;

use super::logits;
use super::random::{self, LAYERS, write_config, write_weights};

/// What rounding to 8 bits does to activations that are spread like a bell, relative, root mean square.
const ACTIVATIONS: f32 = 0.006;

/// Root mean square of the difference, relative to that of the exact logits.
fn error(exact: &[f32], rounded: &[f32]) -> f32 {
    let square = |values: &mut dyn Iterator<Item = f32>| values.map(|value| value * value).sum::<f32>();
    (square(&mut exact.iter().zip(rounded).map(|(a, b)| a - b)) / square(&mut exact.iter().copied())).sqrt()
}

/// The nearest weights that blocks of this kind hold exactly.
fn round<B: WeightBlock>(tensor: &Tensor) -> Tensor {
    let values = tensor.flatten_all().and_then(|flat| flat.to_vec1::<f32>()).expect("32-bit floats");
    let (blocks, _) = values.as_chunks::<BLOCK>();
    let rounded: Vec<f32> =
        blocks.iter().map(B::round).flat_map(|block| block.values.map(|step| step * block.scale.to_f32())).collect();
    Tensor::from_vec(rounded, tensor.dims(), &Device::Cpu).expect("as many as before")
}

#[test]
fn rounding_explains_the_error_after_every_layer() {
    for quantization in [Quantization::Q8, Quantization::Q4] {
        let folder = random::folder_without_weights("qwen2");
        let mut weights = random::weights("qwen2", 31, DType::F32);
        for (name, tensor) in &mut weights {
            if name.ends_with("_proj.weight") && quantization == Quantization::Q4 {
                *tensor = round::<Q4Block>(tensor);
            } else if name.ends_with("_proj.weight") || name.contains("embed") {
                *tensor = round::<Q8Block>(tensor);
            }
        }
        write_weights(folder.path(), &weights);
        for layers in 1..=LAYERS {
            let mut config = random::config("qwen2");
            config["num_hidden_layers"] = json!(layers);
            write_config(folder.path(), &config);
            let tokens: Vec<u32> = (0..60).map(|index| index * 61 % 4000).collect();
            let read = |backend, quantization| {
                let options = LoadOptions { backend, quantization, ..LoadOptions::default() };
                logits(load(folder.path(), &options).expect("loads").backend.as_mut(), &tokens, &[60])
            };
            let error = error(&read(BackendKind::Candle, Quantization::None), &read(BackendKind::Native, quantization));
            println!("{quantization:?} after {layers} layers: {error}");
            // Two products a layer reach the residual stream, each after another one; the head is the last.
            let most = ACTIVATIONS * (2.0 * layers as f32 + 1.0);
            assert!((1e-5..most).contains(&error), "{quantization:?} after {layers} layers: {error}, at most {most}");
        }
    }
}
