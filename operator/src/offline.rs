//! The verbs that need no cluster: `replay` and `simulate`. They read files and print.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::config::SimulateArguments;
use crate::scaling::{self, Replayed};
use crate::simulate::{self, Made, Scene, parse_csv};

/// Decides every line of `file` again.
///
/// # Errors
/// When the file cannot be read, or a line is decided otherwise than it says.
pub fn replay(file: &Path) -> Result<()> {
    let lines = fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    match scaling::replay(&lines) {
        Replayed::Same(count) => {
            println!("{count} decisions, all the same.");
            Ok(())
        }
        Replayed::Unreadable { line, why } => bail!("line {line} is no decision: {why}"),
        Replayed::Differs { line, recorded, decided } => {
            bail!("line {line} is decided otherwise\n recorded {recorded}\n decided  {decided}")
        }
    }
}

/// Simulates and prints a table.
///
/// # Errors
/// When a file cannot be read or written, or the trace is not known.
pub fn simulate(arguments: &SimulateArguments) -> Result<()> {
    let csv = match &arguments.csv {
        Some(path) => {
            let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
            Some(parse_csv(&text).map_err(anyhow::Error::msg).with_context(|| format!("read {}", path.display()))?)
        }
        None => None,
    };
    let made = Made::named(&arguments.trace).with_context(|| {
        let names = Made::ALL.map(|(_, name)| name).join(", ");
        format!("there is no trace `{}`; there are {names}", arguments.trace)
    })?;
    let scene = |seed: u64| Scene {
        arrivals: csv.clone().unwrap_or_else(|| made.arrivals(arguments.service, seed)),
        slots: arguments.slots.max(1),
        min: arguments.min,
        max: arguments.max,
        cold_start: simulate::micros(arguments.cold_start),
        lag: simulate::micros(arguments.lag),
        crashes: arguments.crash_every.map(simulate::micros),
        seed,
    };
    let scenes: Vec<_> = (arguments.seed..arguments.seed + arguments.runs.max(1)).map(scene).collect();
    let target_wait = simulate::micros(arguments.target_wait as f64);
    if let Some(path) = &arguments.decisions {
        fs::write(path, simulate::decisions(&scenes[0], target_wait))
            .with_context(|| format!("write {}", path.display()))?;
    }
    let mut table = String::from(
        "| policy | mean wait s | p95 wait s | p99 wait s | replica-seconds | busy pods ended | most pods | lost attempts |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for row in simulate::compare(&scenes, target_wait) {
        writeln!(
            table,
            "| {} | {:.2} | {:.2} | {:.2} | {:.0} | {} | {} | {} |",
            row.policy, row.mean, row.p95, row.p99, row.replica_seconds, row.busy_ended, row.most, row.lost
        )?;
    }
    print!("{table}");
    Ok(())
}
