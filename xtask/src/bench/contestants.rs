//! The programs that are compared, and how each is run.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::child::{self, Measured};
use super::llama;
use super::model::Model;
use super::prepared::Prepared;
use super::workload::{NEW, PREFIX, PROMPT, SLOTS};
use crate::shell::command;

/// Rounds of the contestants that need a minute or more for one.
const ROUNDS_OF_SLOW: usize = 2;
/// Time limit of a round; a contestant that hangs is killed.
const LIMIT: Duration = Duration::from_mins(15);

/// One program with one kind of weights.
pub struct Contestant {
    /// How the report names it.
    pub name: &'static str,
    /// What it computes.
    pub model: Model,
    /// The implementation.
    pub program: Program,
}

/// An implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// This repository.
    Ours,
    /// The same with conversations that ask for letters, in place of random tokens.
    Letters,
    /// The same without drafts of what comes next.
    LettersWithoutDrafts,
    /// llama-bench and llama-server.
    Llama,
    /// The same with the settings that were fastest here.
    LlamaTuned,
    /// The same programs of `ik_llama.cpp`, a fork for processors.
    IkLlama,
    /// candle-transformers as it is.
    Candle,
    /// Hugging Face transformers on torch.
    Transformers,
}

/// All contestants, in the order of the report.
pub fn contestants() -> Vec<Contestant> {
    use Program::{Candle, IkLlama, Letters, LettersWithoutDrafts, Llama, LlamaTuned, Ours, Transformers};
    [
        ("ours 4-bit", Model::Four, Ours),
        ("llama.cpp 4-bit", Model::Four, Llama),
        ("llama.cpp 4-bit tuned", Model::Four, LlamaTuned),
        ("llama.cpp 4-bit head", Model::FourHead, LlamaTuned),
        ("ik_llama.cpp 4-bit", Model::Four, IkLlama),
        ("candle 4-bit", Model::Four, Candle),
        ("ours Q4_K_M", Model::FourK, Ours),
        ("llama.cpp Q4_K_M", Model::FourK, Llama),
        ("ik_llama.cpp Q4_K_M", Model::FourK, IkLlama),
        ("ours 8-bit", Model::Eight, Ours),
        ("llama.cpp 8-bit", Model::Eight, Llama),
        ("candle 8-bit", Model::Eight, Candle),
        ("ours SmolLM2", Model::SmolLm2, Ours),
        ("llama.cpp SmolLM2", Model::SmolLm2, Llama),
        ("llama.cpp SmolLM2 tuned", Model::SmolLm2, LlamaTuned),
        ("ik_llama.cpp SmolLM2", Model::SmolLm2, IkLlama),
        ("ours SmolLM2 letters", Model::SmolLm2, Letters),
        ("ours SmolLM2 letters without drafts", Model::SmolLm2, LettersWithoutDrafts),
        ("candle 32-bit", Model::ThirtyTwo, Candle),
        ("transformers 32-bit", Model::ThirtyTwo, Transformers),
    ]
    .map(|(name, model, program)| Contestant { name, model, program })
    .into()
}

impl Contestant {
    /// Whether this is our own program.
    pub fn is_ours(&self) -> bool {
        matches!(self.program, Program::Ours | Program::Letters | Program::LettersWithoutDrafts)
    }

    /// Whether a letter takes a minute.
    pub fn is_slow(&self) -> bool {
        self.model == Model::ThirtyTwo
    }

    /// Rounds in which it takes part.
    pub fn rounds(&self) -> usize {
        if self.is_slow() { ROUNDS_OF_SLOW } else { usize::MAX }
    }

    /// Whether it writes several letters one after another, so that their time follows from the time of one.
    pub fn is_sequential(&self) -> bool {
        matches!(self.program, Program::Candle | Program::Transformers)
    }

    /// Measures everything once.
    pub fn measure(&self, prepared: &Prepared) -> Result<Measured> {
        let model = self.model.folder(prepared);
        let threads = prepared.threads.to_string();
        match self.program {
            Program::Ours => {
                let mut run = ours(prepared, self.model, "model");
                run.args(["--prompt".to_owned(), PROMPT.to_string(), "--prefix".to_owned(), PREFIX.to_string()]);
                run.args(["--new".to_owned(), NEW.to_string(), "--slots".to_owned(), SLOTS.to_string()]);
                child::measured(run, LIMIT)
            }
            Program::Letters => child::measured(letters(prepared, self.model, &[]), LIMIT),
            Program::LettersWithoutDrafts => {
                child::measured(letters(prepared, self.model, &["--drafted-tokens", "0"]), LIMIT)
            }
            Program::Llama => llama::measure(prepared, &llama::PLAIN, self.model),
            Program::LlamaTuned => llama::measure(prepared, &llama::TUNED, self.model),
            Program::IkLlama => llama::measure(prepared, &llama::IK, self.model),
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

/// Our own program, on this model.
pub fn ours(prepared: &Prepared, model: Model, verb: &str) -> Command {
    let quantization = match model {
        Model::Four => "q4",
        Model::Eight => "q8",
        Model::ThirtyTwo => "none",
        Model::FourHead | Model::FourK | Model::SmolLm2 => "auto",
    };
    let mut run = command(prepared.examples.join("bench"), ["--threads", &prepared.threads.to_string(), verb]);
    run.arg("--model").arg(model.folder(prepared));
    run.arg("--cache").arg(prepared.folder.join("cache"));
    run.args(["--backend", &prepared.backend, "--quantization", quantization]);
    run
}

/// Our own program, with conversations that ask for letters.
fn letters(prepared: &Prepared, model: Model, settings: &[&str]) -> Command {
    let mut run = ours(prepared, model, "letters");
    run.args(["--conversations", "xtask/bench/letters.json"]).args(settings);
    run
}

/// Measures the speed of the machine itself.
pub fn machine(prepared: &Prepared) -> Result<Measured> {
    let run = command(prepared.examples.join("bench"), ["--threads", &prepared.threads.to_string(), "machine"]);
    child::measured(run, LIMIT)
}
