//! What a person may ask of `cargo xtask bench`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::contestants::Contestant;

/// What to measure.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Options {
    /// Measure the web application instead: pages beside a twin in Flask, live pages, failed log-ins.
    #[arg(long, conflicts_with_all = ["only", "threads", "python"])]
    pub web: bool,
    /// One round, and without transformers, which need a minute a letter and a large download.
    #[arg(long)]
    pub quick: bool,
    /// Only contestants whose name contains one of these, for example `ours,llama.cpp` or `4-bit`.
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,
    /// Rounds in which every contestant is measured once; the medians are reported.
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// Threads of each contestant; by default as many as there are processors.
    #[arg(long)]
    pub threads: Option<usize>,
    /// Which of our backends to measure: `native` or `candle`.
    #[arg(long, default_value = "native")]
    pub backend: String,
    /// A Python that has torch and transformers already; without it they are installed below `target/bench`.
    #[arg(long)]
    pub python: Option<PathBuf>,
    /// Build and download everything that is needed, and measure nothing.
    #[arg(long)]
    pub prepare: bool,
    /// Do not build our programs and the candle peer again.
    #[arg(long, conflicts_with = "prepare")]
    pub built: bool,
}

impl Options {
    /// Threads of each contestant.
    pub fn threads(&self) -> Result<usize> {
        Ok(match self.threads {
            Some(threads) => threads,
            None => std::thread::available_parallelism()?.get(),
        })
    }

    /// Whether a contestant is to be measured.
    pub fn wants(&self, contestant: &Contestant) -> bool {
        let is_named = self.only.is_empty() || self.only.iter().any(|word| contestant.name.contains(word.as_str()));
        is_named && !(self.quick && contestant.is_slow())
    }
}
