//! Single measurements, and their medians.

use std::collections::BTreeMap;

use super::child::Measured;
use super::contestants::Contestant;
use super::workload::{NEW, SLOTS};

/// One contestant in one round.
#[derive(Clone, Copy)]
pub struct Round {
    /// Counted from 1.
    pub number: usize,
    /// Name of the contestant, or `machine`.
    pub who: &'static str,
    /// Processors that other programs kept busy meanwhile.
    pub foreign: f64,
}

/// All measurements of a run.
#[derive(Default)]
pub struct Samples {
    pub all: Vec<(Round, String, f64)>,
    pub failed: BTreeMap<&'static str, String>,
}

impl Samples {
    /// Adds the measurements of one contestant in one round.
    pub fn add(&mut self, round: Round, measured: Measured) {
        self.all.extend(measured.into_iter().map(|(metric, value)| (round, metric, value)));
    }

    /// Notes why a contestant could not be measured.
    pub fn fail(&mut self, who: &'static str, why: String) {
        self.failed.insert(who, why);
    }

    /// Why a contestant could not be measured.
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

    /// The most 8-bit operations a second of all ways that the machine has.
    pub fn multiplications(&self) -> Option<f64> {
        let kinds = self.all.iter().map(|(_, metric, _)| metric).filter(|metric| metric.starts_with("int8_"));
        kinds.filter_map(|kind| self.median("machine", kind)).max_by(f64::total_cmp)
    }

    /// As [`Self::median`]; a contestant that writes one letter after another needs `SLOTS` times the time of one.
    pub fn result(&self, contestant: &Contestant, metric: &str) -> Option<f64> {
        if contestant.is_sequential() && metric.starts_with("together_") {
            let together = self.median(contestant.name, "letter_seconds")? * SLOTS as f64;
            return Some(if metric.ends_with("_seconds") { together } else { (SLOTS * NEW) as f64 / together });
        }
        self.median(contestant.name, metric)
    }
}
