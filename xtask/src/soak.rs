//! Letters under faults for as long as one likes: the test of the same name, with its length in the environment.

use anyhow::Result;
use clap::Args;

use crate::shell::{command, run};

/// How long a soak is.
#[derive(Args)]
pub struct Options {
    /// Letters to write.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    letters: u32,
    /// Faults to inject meanwhile; one in ten is the death of a process.
    #[arg(long, default_value_t = 200)]
    faults: u32,
    /// Seed of the faults.
    #[arg(long, default_value_t = 19)]
    seed: u64,
    /// Minutes after which no further letter is begun.
    #[arg(long, default_value_t = 60)]
    minutes: u32,
}

/// Runs it, and shows its progress.
pub fn soak(options: &Options) -> Result<()> {
    // Always the whole workspace: the operator's program is needed, and nothing is built twice.
    let mut soak = command("cargo", ["test", "--release", "--workspace", "--test", "it", "no_letter_is_lost"]);
    soak.args(["--", "--nocapture"]);
    soak.env("SOAK_LETTERS", options.letters.to_string()).env("SOAK_FAULTS", options.faults.to_string());
    soak.env("SOAK_SEED", options.seed.to_string()).env("SOAK_SECONDS", (options.minutes * 60).to_string());
    run(soak)
}
