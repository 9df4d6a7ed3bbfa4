//! candle-transformers, measured as it is: loads a model folder, writes one letter and prints one JSON object a line.
//!
//! `candle FOLDER PROMPT_TOKENS NEW_TOKENS`; a folder with `model.gguf` goes through the quantised model, one with
//! `model.safetensors` is computed in 32 bits.

use std::fs::File;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use candle_core::quantized::gguf_file::Content;
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::{quantized_qwen2, qwen2};

/// Tokens after the first that tell how fast it writes on.
const DECODED: usize = 128;

enum Network {
    Quantised(quantized_qwen2::ModelWeights),
    Full(qwen2::ModelForCausalLM),
}

impl Network {
    fn load(folder: &Path) -> Result<Self> {
        let gguf = folder.join("model.gguf");
        if gguf.exists() {
            let mut file = File::open(gguf)?;
            let content = Content::read(&mut file)?;
            return Ok(Self::Quantised(quantized_qwen2::ModelWeights::from_gguf(content, &mut file, &Device::Cpu)?));
        }
        let config: qwen2::Config = serde_json::from_reader(File::open(folder.join("config.json"))?)?;
        let tensors = candle_core::safetensors::load(folder.join("model.safetensors"), &Device::Cpu)?;
        let weights = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        Ok(Self::Full(qwen2::ModelForCausalLM::new(&config, weights)?))
    }

    /// Appends `tokens`, which begin at `position`, and returns the likeliest next one.
    fn next(&mut self, tokens: &[u32], position: usize) -> Result<u32> {
        let input = Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)?;
        let logits = match self {
            Self::Quantised(model) => model.forward(&input, position)?,
            Self::Full(model) => model.forward(&input, position)?,
        };
        Ok(logits.flatten_all()?.argmax(0)?.to_scalar()?)
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, prompt, new] = arguments.as_slice() else { bail!("usage: candle FOLDER PROMPT_TOKENS NEW_TOKENS") };
    let (prompt, new): (usize, usize) = (prompt.parse()?, new.parse()?);

    let start = Instant::now();
    let mut network = Network::load(Path::new(folder))?;
    say("load_seconds", start.elapsed().as_secs_f64());
    // One short step, so that the first letter does not pay for cold caches.
    network.next(&[1, 2, 3, 4], 0)?;
    match &mut network {
        Network::Quantised(model) => model.clear_kv_cache(),
        Network::Full(model) => model.clear_kv_cache(),
    }

    let tokens: Vec<u32> = (0..prompt as u32).map(|index| (index * 7919 + 12_345) % 150_000).collect();
    let start = Instant::now();
    let mut token = network.next(&tokens, 0)?;
    let first = start.elapsed().as_secs_f64();
    say("first_token_seconds", first);
    say("prefill_tokens_per_second", prompt as f64 / first);
    for written in 1..new {
        token = network.next(&[token], prompt + written - 1)?;
        if written == DECODED {
            say("decode_tokens_per_second", DECODED as f64 / (start.elapsed().as_secs_f64() - first));
        }
    }
    say("letter_seconds", start.elapsed().as_secs_f64());
    say("peak_bytes", peak_bytes()?);
    Ok(())
}

fn say(metric: &str, value: f64) {
    println!("{}", serde_json::json!({ "metric": metric, "value": value }));
}

/// Most memory that the process ever had in use.
fn peak_bytes() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status").context("read /proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the kernel counts VmHWM")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().context("VmHWM is a number of kB")?;
    Ok(kilobytes * 1024.0)
}
