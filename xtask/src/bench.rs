//! Our inference beside its peers on this machine: everything in turn, several rounds, medians, ratios.
//!
//! `docs/benchmarks.md` says what is measured and how.

mod child;
mod contestants;
mod http;
mod llama;
mod load;
mod prepare;
mod report;
mod table;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use crate::shell::step;
use contestants::{Contestant, contestants};
use load::Watch;
use prepare::Prepared;
use report::{Round, Samples};

/// Tokens of a prompt.
pub const PROMPT: usize = 350;
/// Tokens that several prompts have in common at their beginning.
pub const PREFIX: usize = 150;
/// Tokens of a letter.
pub const NEW: usize = 300;
/// Letters at once.
pub const SLOTS: usize = 8;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// One round, and without transformers, which need a minute a letter and a large download.
    #[arg(long)]
    pub quick: bool,
    /// Only those whose name contains one of these, for example `ours,llama.cpp` or `4-bit`.
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,
    /// Times that everything is measured, in turn; the median counts.
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// Threads for everybody; as many as there are processors when absent.
    #[arg(long)]
    pub threads: Option<usize>,
    /// The backend that is ours: `native` or `candle`.
    #[arg(long, default_value = "native")]
    pub backend: String,
    /// A Python that has torch and transformers already; without it they are installed below `target/bench`.
    #[arg(long)]
    pub python: Option<PathBuf>,
    /// Build and make everything that is needed, and measure nothing.
    #[arg(long)]
    pub prepare: bool,
    /// Measure with the programs as they were built last.
    #[arg(long, conflicts_with = "prepare")]
    pub built: bool,
}

impl Options {
    /// Threads for everybody.
    pub fn threads(&self) -> Result<usize> {
        Ok(match self.threads {
            Some(threads) => threads,
            None => std::thread::available_parallelism()?.get(),
        })
    }

    fn wants(&self, contestant: &Contestant) -> bool {
        let is_named = self.only.is_empty() || self.only.iter().any(|word| contestant.name.contains(word.as_str()));
        is_named && !(self.quick && contestant.is_slow())
    }
}

/// Prepares, measures and reports.
pub fn bench(options: &Options) -> Result<()> {
    let chosen: Vec<Contestant> = contestants().into_iter().filter(|contestant| options.wants(contestant)).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = contestants().iter().map(|contestant| contestant.name).collect();
        bail!("--only names nobody; there are: {}", names.join("; "));
    }
    let prepared = prepare::prepare(options, &chosen)?;
    if options.prepare {
        eprintln!("All is ready in {}.", prepared.folder.display());
        return Ok(());
    }
    let rounds = if options.quick { 1 } else { options.rounds.max(1) };
    let mut samples = Samples::default();
    for round in 1..=rounds {
        step(&format!("round {round} of {rounds}"), || measure_all(round, &chosen, &prepared, &mut samples))?;
    }
    report::report(&chosen, &prepared, &samples)
}

/// One round: the machine, then everybody once.
fn measure_all(round: usize, chosen: &[Contestant], prepared: &Prepared, samples: &mut Samples) -> Result<()> {
    samples.add(Round { number: round, who: "machine", foreign: 0.0 }, contestants::machine(prepared)?);
    for contestant in chosen.iter().filter(|contestant| round <= contestant.rounds()) {
        if let Some(why) = prepared.missing.get(contestant.name).or_else(|| samples.failed(contestant.name)) {
            eprintln!("    {}: not measured: {why}", contestant.name);
            continue;
        }
        let watch = Watch::start()?;
        match contestant.measure(prepared) {
            Ok(measured) => {
                let foreign = watch.foreign_cores()?;
                eprintln!("    {}: {}", contestant.name, report::line(&measured, foreign));
                samples.add(Round { number: round, who: contestant.name, foreign }, measured);
            }
            Err(error) if contestant.is_ours() => return Err(error),
            Err(error) => {
                eprintln!("    {}: not measured: {error:#}", contestant.name);
                samples.fail(contestant.name, format!("{error:#}"));
            }
        }
    }
    Ok(())
}
