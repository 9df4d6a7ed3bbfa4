//! From single measurements to medians, ratios and shares; saved with every single measurement beside them.

mod goals;

use std::collections::BTreeMap;
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::child::Measured;
use super::contestants::{Bits, Contestant, Program};
use super::prepare::Prepared;
use super::table::Table;
use super::{NEW, PREFIX, PROMPT, SLOTS};
use crate::shell::{command, output};

/// Weights of the layers of the model, and of its head; the embedding is the head.
const LAYERS: f64 = 357.8e6;
const HEAD: f64 = 136.1e6;
/// Weights of the head of which we read all bits: 128 groups of sixteen rows.
const EXACT: f64 = 128.0 * 16.0 * 896.0;
/// Others may keep this many processors busy before a measurement is worth little.
const QUIET: f64 = 0.2;

/// Columns of the report: title, metric, what a value is multiplied with, digits behind the point.
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

/// Whose measurements follow.
#[derive(Clone, Copy)]
pub struct Round {
    /// Counted from 1.
    pub number: usize,
    /// Name of the contestant, or `machine`.
    pub who: &'static str,
    /// Processors that others kept busy meanwhile.
    pub foreign: f64,
}

/// Everything that was measured.
#[derive(Default)]
pub struct Samples {
    all: Vec<(Round, String, f64)>,
    failed: BTreeMap<&'static str, String>,
}

impl Samples {
    /// Keeps what was measured in one go.
    pub fn add(&mut self, round: Round, measured: Measured) {
        self.all.extend(measured.into_iter().map(|(metric, value)| (round, metric, value)));
    }

    /// Keeps why somebody could not be measured.
    pub fn fail(&mut self, who: &'static str, why: String) {
        self.failed.insert(who, why);
    }

    /// Why somebody could not be measured.
    pub fn failed(&self, who: &str) -> Option<&String> {
        self.failed.get(who)
    }

    /// The median of all rounds.
    pub fn median(&self, who: &str, metric: &str) -> Option<f64> {
        let wanted = self.all.iter().filter(|(round, its, _)| round.who == who && its == metric);
        let mut values: Vec<f64> = wanted.map(|(_, _, value)| *value).collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        match values.len() {
            0 => None,
            odd if odd % 2 == 1 => Some(values[middle]),
            _ => Some(f64::midpoint(values[middle - 1], values[middle])),
        }
    }

    /// As [`Self::median`]; for those that write one letter after another, several take as long as several times one.
    fn result(&self, contestant: &Contestant, metric: &str) -> Option<f64> {
        if contestant.is_sequential() && metric.starts_with("together_") {
            let together = self.median(contestant.name, "letter_seconds")? * SLOTS as f64;
            return Some(if metric.ends_with("_seconds") { together } else { (SLOTS * NEW) as f64 / together });
        }
        self.median(contestant.name, metric)
    }
}

/// What was just measured, for whoever watches.
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
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is past 1970")?.as_secs();
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

/// How many times better we are than each peer; same bits first, and everybody against 4 bits.
fn ratios(chosen: &[Contestant], samples: &Samples) -> String {
    let columns = &COLUMNS[..6];
    let mut table = Table::new([String::new()].into_iter().chain(columns.iter().map(|column| column.0.to_owned())));
    for ours in chosen.iter().filter(|contestant| contestant.is_ours()) {
        let is_comparable =
            |peer: &&Contestant| !peer.is_ours() && (peer.bits == ours.bits || peer.bits == Bits::ThirtyTwo);
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

/// What the machine can do, and how much of it everybody reaches.
fn machine(chosen: &[Contestant], samples: &Samples) -> String {
    let Some(read) = samples.median("machine", "read_bytes_per_second") else { return String::new() };
    let mut kinds: Vec<&String> =
        samples.all.iter().map(|(_, metric, _)| metric).filter(|metric| metric.starts_with("int8_")).collect();
    kinds.sort();
    kinds.dedup();
    let mut text = format!("The machine reads {:.1} GB/s.", read / 1e9);
    let mut best = 0.0_f64;
    for kind in kinds {
        let speed = samples.median("machine", kind).unwrap_or_default();
        best = best.max(speed);
        let name = kind.split_once(": ").map_or(kind.as_str(), |(_, name)| name);
        text.extend([" 8-bit multiplications, ", name, &format!(": {:.0} GOPS.", speed / 1e9)]);
    }
    let mut table = Table::new(["", "share of reading in decode", "share of 8-bit peak in prefill"].map(str::to_owned));
    for contestant in chosen {
        let decode = samples
            .result(contestant, "decode_tokens_per_second")
            .map(|speed| speed * bytes(contestant.program, contestant.bits) / read);
        let prefill = samples.result(contestant, "prefill_tokens_per_second").map(|speed| speed * 2.0 * LAYERS / best);
        let share = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{:.0} %", value * 100.0));
        table.row([contestant.name.to_owned(), share(decode), share(prefill.filter(|_| best > 0.0))]);
    }
    text + &format!("\n\n{table}\n")
}

/// Bytes of weights that are read for every token. Of the head we read the upper halves, and all of its likeliest rows.
fn bytes(program: Program, bits: Bits) -> f64 {
    let head = if program == Program::Ours { HEAD * 4.5 + EXACT * 8.5 } else { HEAD * 8.5 };
    match bits {
        Bits::Four => (LAYERS * 4.5 + head) / 8.0,
        Bits::Eight => (LAYERS * 8.5 + head) / 8.0,
        Bits::ThirtyTwo => (LAYERS + HEAD) * 4.0,
    }
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
