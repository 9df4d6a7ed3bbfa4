//! Compares our inference with its peers on this machine: several rounds in which each is measured in turn.
//!
//! `docs/benchmarks.md` says what is measured and how.

mod child;
mod contestants;
mod http;
mod llama;
mod load;
mod model;
mod options;
mod prepare;
mod prepared;
mod report;
mod samples;
mod table;
mod web;
mod weights;
mod workload;

use anyhow::{Result, bail};

use crate::shell::step;
use contestants::{Contestant, contestants};
use load::Watch;
pub use options::Options;
use prepared::Prepared;
use samples::{Round, Samples};

/// Prepares, measures and reports.
pub fn bench(options: &Options) -> Result<()> {
    if options.web {
        return web::web(options);
    }
    let chosen: Vec<Contestant> = contestants().into_iter().filter(|contestant| options.wants(contestant)).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = contestants().iter().map(|contestant| contestant.name).collect();
        bail!("--only matches none of: {}", names.join("; "));
    }
    let prepared = prepare::prepare(options, &chosen)?;
    if options.prepare {
        eprintln!("Everything is ready in {}.", prepared.folder.display());
        return Ok(());
    }
    let rounds = if options.quick { 1 } else { options.rounds.max(1) };
    let mut samples = Samples::default();
    for round in 1..=rounds {
        step(&format!("round {round} of {rounds}"), || measure_all(round, &chosen, &prepared, &mut samples))?;
    }
    report::report(&chosen, &prepared, &samples)
}

/// One round: the machine, then each contestant once.
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
