//! Files that a person can hold in mind. Functions are limited by clippy (`too-many-lines-threshold`).

use super::Source;

/// No file is longer.
const LINES_MAX: usize = 500;
/// Half of the files are shorter.
const MEDIAN_MAX: usize = 150;

pub fn findings(sources: &[Source]) -> Vec<String> {
    let lines = |source: &Source| source.text.lines().count();
    let mut findings: Vec<String> = sources
        .iter()
        .filter(|source| lines(source) > LINES_MAX)
        .map(|source| {
            format!("{}: {} lines, at most {LINES_MAX}: split it by a noun of its subject", source.path, lines(source))
        })
        .collect();
    let mut all: Vec<usize> = sources.iter().map(lines).collect();
    all.sort_unstable();
    if let Some(median) = all.get(all.len() / 2).filter(|median| **median > MEDIAN_MAX) {
        findings.push(format!("the median Rust file has {median} lines, at most {MEDIAN_MAX}"));
    }
    findings
}
