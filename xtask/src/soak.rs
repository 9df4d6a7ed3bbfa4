//! Letters under faults for as long as one likes, and claims with as many workers: tests with their length in the
//! environment.

use anyhow::Result;
use clap::Args;

use crate::shell::{command, output, run};

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
    /// Measure claims without faults instead, with 10 and with 100 workers: how long a letter waits for an idle worker,
    /// what it writes, and what a worker watches.
    #[arg(long)]
    claims: bool,
}

/// Letters of each measurement of claims.
const CLAIMS: &str = "400";
/// Above the rows that the test prints.
const HEAD: &str = "| workers | letters | created to claimed, p50 | p99 | conflicts a letter | writes a letter | bytes watched by its worker |
| ---: | --- | ---: | ---: | ---: | ---: | ---: |";

/// Runs it, and shows its progress.
pub fn soak(options: &Options) -> Result<()> {
    if options.claims {
        return claims();
    }
    // Always the whole workspace: the operator's program is needed, and nothing is built twice.
    let mut soak = command("cargo", ["test", "--release", "--workspace", "--test", "it", "no_letter_is_lost"]);
    soak.args(["--", "--nocapture"]);
    soak.env("SOAK_LETTERS", options.letters.to_string()).env("SOAK_FAULTS", options.faults.to_string());
    soak.env("SOAK_SEED", options.seed.to_string()).env("SOAK_SECONDS", (options.minutes * 60).to_string());
    run(soak)
}

fn claims() -> Result<()> {
    println!("{HEAD}");
    for workers in ["10", "100"] {
        let name = "every_request_is_handed_out_once_without_conflicts";
        let mut test = command("cargo", ["test", "--release", "--workspace", "--test", "it", name]);
        test.args(["--", "--nocapture"]).env("WORKERS", workers).env("LETTERS", CLAIMS);
        output(test)?.lines().filter(|line| line.starts_with("| ")).for_each(|row| println!("{row}"));
    }
    Ok(())
}
