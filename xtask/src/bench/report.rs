//! Tables of medians, ratios and shares, saved beside the single measurements.

mod goals;

use std::fs;
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::child::Measured;
use super::contestants::{Contestant, Program};
use super::model::Model;
use super::prepared::Prepared;
use super::samples::Samples;
use super::table::Table;
use super::weights::{LAYERS, bytes_per_token};
use super::workload::{NEW, PREFIX, PROMPT, SLOTS};
use crate::shell::{command, output};

/// When other programs keep more processors busy than this, a measurement is worth little and the report says so.
const QUIET: f64 = 0.2;

/// Columns of the report: title, metric, factor of a value, digits after the point.
const COLUMNS: [(&str, &str, f64, usize); 9] = [
    ("prefill tok/s", "prefill_tokens_per_second", 1.0, 0),
    ("decode tok/s", "decode_tokens_per_second", 1.0, 1),
    ("letter s", "letter_seconds", 1.0, 2),
    ("8 at once s", "together_seconds", 1.0, 1),
    ("8 at once tok/s", "together_tokens_per_second", 1.0, 1),
    ("first token s", "first_token_seconds", 1.0, 2),
    ("with warm prefix s", "warm_first_token_seconds", 1.0, 2),
    ("load s", "load_seconds", 1.0, 2),
    ("peak MB", "peak_bytes", 1e-6, 0),
];

/// One measurement on one line, to show how the benchmark proceeds.
pub fn line(measured: &Measured, foreign: f64) -> String {
    let found = |name: &str| measured.iter().find(|(metric, _)| metric == name).map(|(_, value)| *value);
    let columns = COLUMNS.iter().filter_map(|(title, metric, factor, digits)| {
        found(metric).map(|value| format!("{title} {:.digits$}", value * factor))
    });
    let noise = if foreign > QUIET { format!(" (others kept {foreign:.1} processors busy)") } else { String::new() };
    columns.collect::<Vec<_>>().join(", ") + &noise
}

/// Prints the tables and saves them with all samples.
pub fn report(chosen: &[Contestant], prepared: &Prepared, samples: &Samples) -> Result<()> {
    let mut text = results(chosen, samples);
    text += &ratios(chosen, samples);
    text += &machine(chosen, samples);
    text += &goals::goals(samples);
    for contestant in chosen {
        if let Some(why) = prepared.missing.get(contestant.name).or_else(|| samples.failed(contestant.name)) {
            text.extend([contestant.name, " was not measured: ", why, "\n"]);
        }
    }
    println!("{text}");
    let folder = prepared.folder.join("results");
    fs::create_dir_all(&folder)?;
    let now = UNIX_EPOCH.elapsed().context("the clock is past 1970")?.as_secs();
    fs::write(folder.join(format!("{now}.md")), &text)?;
    let file = folder.join(format!("{now}.json"));
    fs::write(&file, serde_json::to_string_pretty(&raw(prepared, samples)?)?)?;
    eprintln!("Every single measurement: {}", file.display());
    Ok(())
}

fn results(chosen: &[Contestant], samples: &Samples) -> String {
    let mut table = Table::new([String::new()].into_iter().chain(COLUMNS.map(|column| column.0.to_owned())));
    for contestant in chosen {
        let cell = |(_, metric, factor, digits): (&str, &str, f64, usize)| {
            samples.result(contestant, metric).map_or("-".to_owned(), |value| format!("{:.digits$}", value * factor))
        };
        table.row([contestant.name.to_owned()].into_iter().chain(COLUMNS.map(cell)));
    }
    format!(
        "Medians. Prompt {PROMPT} tokens, letter {NEW}, common prefix {PREFIX}; decode behind a prompt; candle and \
         transformers write {SLOTS} letters one after another.\n\n{table}\n"
    )
}

/// How many times better we are than each peer: of the same file, with a smaller head, and in 32 bits.
fn ratios(chosen: &[Contestant], samples: &Samples) -> String {
    let columns = &COLUMNS[..6];
    let mut table = Table::new([String::new()].into_iter().chain(columns.iter().map(|column| column.0.to_owned())));
    for ours in chosen.iter().filter(|contestant| contestant.program == Program::Ours) {
        let is_comparable = |peer: &&Contestant| {
            let is_reference = match peer.model {
                Model::ThirtyTwo => matches!(ours.model, Model::Four | Model::Eight),
                Model::FourHead => ours.model == Model::Four,
                _ => false,
            };
            !peer.is_ours() && (peer.model == ours.model || is_reference)
        };
        for peer in chosen.iter().filter(is_comparable) {
            let cell = |(_, metric, _, _): &(&str, &str, f64, usize)| {
                let ratio = ratio(samples, ours, peer, metric);
                ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}x"))
            };
            let name = format!("{} / {}", ours.name, peer.name);
            table.row([name].into_iter().chain(columns.iter().map(cell)));
        }
    }
    if table.is_empty() { String::new() } else { format!("Ratios: above 1 ours is better.\n\n{table}\n") }
}

/// Above 1 where `ours` is better.
fn ratio(samples: &Samples, ours: &Contestant, peer: &Contestant, metric: &str) -> Option<f64> {
    let (ours, peer) = (samples.result(ours, metric)?, samples.result(peer, metric)?);
    Some(if metric.ends_with("_per_second") { ours / peer } else { peer / ours })
}

/// What the machine can do, and which share of it each contestant reaches.
fn machine(chosen: &[Contestant], samples: &Samples) -> String {
    let Some(read) = samples.median("machine", "read_bytes_per_second") else { return String::new() };
    let mut kinds: Vec<&String> =
        samples.all.iter().map(|(_, metric, _)| metric).filter(|metric| metric.starts_with("int8_")).collect();
    kinds.sort();
    kinds.dedup();
    let mut text = format!("The machine reads {:.1} GB/s.", read / 1e9);
    let best = samples.multiplications();
    for kind in kinds {
        let speed = samples.median("machine", kind).unwrap_or_default();
        let name = kind.split_once(": ").map_or(kind.as_str(), |(_, name)| name);
        text.extend([" 8-bit multiplications, ", name, &format!(": {:.0} GOPS.", speed / 1e9)]);
    }
    let mut table = Table::new(["", "share of reading in decode", "share of 8-bit peak in prefill"].map(str::to_owned));
    for contestant in chosen {
        let Some(bytes) = bytes_per_token(contestant.program, contestant.model) else { continue };
        let decode = samples.result(contestant, "decode_tokens_per_second").map(|speed| speed * bytes / read);
        let prefill = samples.result(contestant, "prefill_tokens_per_second");
        let prefill = prefill.zip(best).map(|(speed, best)| speed * 2.0 * LAYERS / best);
        let share = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{:.0} %", value * 100.0));
        table.row([contestant.name.to_owned(), share(decode), share(prefill)]);
    }
    text + &format!("\n\n{table}\n")
}

fn raw(prepared: &Prepared, samples: &Samples) -> Result<Value> {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let all = samples.all.iter().map(|(round, metric, value)| {
        json!({ "round": round.number, "who": round.who, "foreign_cores": round.foreign, "metric": metric, "value": value })
    });
    Ok(json!({
        "commit": output(command("git", ["describe", "--always", "--dirty"]))?,
        "processor": processor.trim_start_matches([' ', '\t', ':']),
        "threads": prepared.threads,
        "backend": prepared.backend,
        "samples": all.collect::<Vec<_>>(),
        "failed": samples.failed,
        "missing": prepared.missing,
    }))
}
