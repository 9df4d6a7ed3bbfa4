//! The programs that are compared, and how each is run.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::child::{self, Measured};
use super::llama;
use super::prepared::Prepared;
use super::workload::{NEW, PREFIX, PROMPT, SLOTS};
use crate::shell::command;

/// Rounds of the contestants that need a minute or more for one.
const ROUNDS_OF_SLOW: usize = 2;
/// Time limit of a round; a contestant that hangs is killed.
const LIMIT: Duration = Duration::from_mins(15);

/// Bits of a weight in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bits {
    /// Blocks of 32 with a scale, the head with 8 bits: `Q4_0`.
    Four,
    /// Blocks of 32 with a scale: `Q8_0`.
    Eight,
    /// Floats.
    ThirtyTwo,
}

/// One program with one kind of weights.
pub struct Contestant {
    /// How the report names it.
    pub name: &'static str,
    /// Width of its weights.
    pub bits: Bits,
    /// The implementation.
    pub program: Program,
}

/// An implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// This repository.
    Ours,
    /// llama-bench and llama-server.
    Llama,
    /// candle-transformers as it is.
    Candle,
    /// Hugging Face transformers on torch.
    Transformers,
}

/// All contestants, in the order of the report.
pub fn contestants() -> Vec<Contestant> {
    use Program::{Candle, Llama, Ours, Transformers};
    [
        ("ours 4-bit", Bits::Four, Ours),
        ("llama.cpp 4-bit", Bits::Four, Llama),
        ("candle 4-bit", Bits::Four, Candle),
        ("ours 8-bit", Bits::Eight, Ours),
        ("llama.cpp 8-bit", Bits::Eight, Llama),
        ("candle 8-bit", Bits::Eight, Candle),
        ("candle 32-bit", Bits::ThirtyTwo, Candle),
        ("transformers 32-bit", Bits::ThirtyTwo, Transformers),
    ]
    .map(|(name, bits, program)| Contestant { name, bits, program })
    .into()
}

impl Contestant {
    /// Whether this is what the others are compared with.
    pub fn is_ours(&self) -> bool {
        self.program == Program::Ours
    }

    /// Whether a letter takes a minute.
    pub fn is_slow(&self) -> bool {
        self.bits == Bits::ThirtyTwo
    }

    /// Rounds in which it takes part.
    pub fn rounds(&self) -> usize {
        if self.is_slow() { ROUNDS_OF_SLOW } else { usize::MAX }
    }

    /// Whether it writes several letters one after another, so that their time follows from the time of one.
    pub fn is_sequential(&self) -> bool {
        matches!(self.program, Program::Candle | Program::Transformers)
    }

    /// Name of its model's folder.
    pub fn model(&self) -> &'static str {
        match self.bits {
            Bits::Four => "q4_0",
            Bits::Eight => "q8_0",
            Bits::ThirtyTwo => "bf16",
        }
    }

    /// Measures everything once.
    pub fn measure(&self, prepared: &Prepared) -> Result<Measured> {
        let model = prepared.folder.join("model").join(self.model());
        let threads = prepared.threads.to_string();
        match self.program {
            Program::Ours => {
                let mut run = ours(prepared, self.bits, "model");
                run.args(["--prompt".to_owned(), PROMPT.to_string(), "--prefix".to_owned(), PREFIX.to_string()]);
                run.args(["--new".to_owned(), NEW.to_string(), "--slots".to_owned(), SLOTS.to_string()]);
                child::measured(run, LIMIT)
            }
            Program::Llama => llama::measure(prepared, &model),
            Program::Candle => {
                let mut run = command(prepared.folder.join("candle/release/examples/candle"), [&model]);
                run.args([PROMPT.to_string(), NEW.to_string()]);
                run.envs([("RAYON_NUM_THREADS", &threads), ("CANDLE_NUM_THREADS", &threads)]);
                child::measured(run, LIMIT)
            }
            Program::Transformers => {
                let python = prepared.python.as_ref().context("no Python with transformers")?;
                let mut run = command(python, ["xtask/bench/peer_transformers.py"]);
                run.arg(model).args([threads.clone(), PROMPT.to_string(), NEW.to_string()]);
                run.envs([("HF_HUB_OFFLINE", "1"), ("TOKENIZERS_PARALLELISM", "false")]);
                run.env("OMP_NUM_THREADS", threads);
                child::measured(run, LIMIT)
            }
        }
    }
}

/// Our own program, on the model with `bits` per weight.
pub fn ours(prepared: &Prepared, bits: Bits, verb: &str) -> Command {
    let (folder, quantization) = match bits {
        Bits::Four => ("q4_0", "q4"),
        Bits::Eight => ("q8_0", "q8"),
        Bits::ThirtyTwo => ("bf16", "none"),
    };
    let mut run = command(prepared.examples.join("bench"), ["--threads", &prepared.threads.to_string(), verb]);
    run.arg("--model").arg(prepared.folder.join("model").join(folder));
    run.arg("--cache").arg(prepared.folder.join("cache"));
    run.args(["--backend", &prepared.backend, "--quantization", quantization]);
    run
}

/// Measures the speed of the machine itself.
pub fn machine(prepared: &Prepared) -> Result<Measured> {
    let run = command(prepared.examples.join("bench"), ["--threads", &prepared.threads.to_string(), "machine"]);
    child::measured(run, LIMIT)
}
