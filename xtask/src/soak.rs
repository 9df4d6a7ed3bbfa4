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
    /// Measure claims without faults instead, with 10 and with 100 workers and with more and more letters a second: how
    /// long a letter waits for an idle worker, what it writes, and what a worker watches. In the rows of processes each
    /// worker is the real program; elsewhere all of them are tasks of the test.
    #[arg(long)]
    claims: bool,
}

/// Test, workers, letters and the milliseconds from one to the next, of each measurement of claims.
const CLAIMS: [(&str, &str, &str, &str); 9] = [
    (TASKS, "10", "400", "30"),
    (TASKS, "100", "400", "30"),
    (PROCESSES, "10", "400", "30"),
    (PROCESSES, "100", "400", "30"),
    (TASKS, "100", "1000", "20"),
    (TASKS, "100", "1000", "15"),
    (TASKS, "100", "1000", "10"),
    (TASKS, "100", "1000", "7"),
    (TASKS, "100", "1000", "5"),
];
const TASKS: &str = "every_request_is_handed_out_once_without_conflicts";
const PROCESSES: &str = "processes_write_every_letter_once";
/// Above the rows that the tests print.
const HEAD: &str = "| workers | letters | letters a second | created to claimed, p50 | p99 | conflicts a letter | writes a letter | bytes watched by its worker |
| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |";

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
    for (name, workers, letters, pace) in CLAIMS {
        let mut test = command("cargo", ["test", "--release", "--workspace", "--test", "it", name]);
        test.args(["--", "--nocapture"]).env("WORKERS", workers).env("LETTERS", letters).env("EVERY_MS", pace);
        output(test)?.lines().filter(|line| line.starts_with("| ")).for_each(|row| println!("{row}"));
    }
    Ok(())
}
