//! Completes one prompt with the model in a folder and prints the tokens as they come.
//!
//! `cargo run --release --example complete -- models/Qwen2.5-0.5B-Instruct "Why is the sky blue?"`

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use engine::chat::{Message, Role};
use engine::sampling::Sampling;
use engine::schedule::{Event, Schedule};
use engine::{BackendKind, Engine, LoadOptions, Options, Quantization};

#[derive(Parser)]
struct Arguments {
    /// Folder with `config.json`, `tokenizer.json` and weights.
    model: PathBuf,
    /// What the user says.
    prompt: String,
    #[arg(long, default_value_t)]
    backend: BackendKind,
    #[arg(long, default_value_t)]
    quantization: Quantization,
    /// Longest completion in tokens.
    #[arg(long, default_value_t = 256)]
    max_new_tokens: usize,
    /// 0 always takes the likeliest token.
    #[arg(long, default_value_t = 0.7)]
    temperature: f64,
    /// The same seed gives the same completion.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let Arguments { backend, quantization, max_new_tokens, temperature, seed, .. } = arguments;
    let load = LoadOptions { backend, quantization, ..LoadOptions::default() };
    let engine = Engine::start(engine::load(&arguments.model, &load)?, Schedule::new(1));

    let prompt = engine.encode(&[Message { role: Role::User, content: arguments.prompt }])?;
    let options = Options::new(max_new_tokens, Sampling { temperature, top_p: 0.9, seed, ..Sampling::GREEDY });
    let mut completion = engine.complete(&prompt, options)?;
    loop {
        match completion.next().await? {
            Event::Read { .. } => {}
            Event::Wrote { text, .. } => {
                print!("{text}");
                std::io::stdout().flush().context("write to stdout")?;
            }
            Event::Done(done) => {
                println!("\n({:?} after {} tokens)", done.finish_reason, done.completion_tokens);
                return Ok(());
            }
            Event::Failed(error) => return Err(error.into()),
        }
    }
}
