//! Decisions as lines of JSON, and whether they are decided the same way again.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::decide;
use super::snapshot::{Decision, Snapshot};

/// The newest decisions, up to a size.
#[derive(Debug, Default)]
pub struct Lines {
    lines: VecDeque<String>,
    bytes: usize,
}

/// One decision.
#[derive(Serialize, Deserialize)]
struct Entry<S, D> {
    /// Namespace and name of the app.
    app: String,
    snapshot: S,
    decision: D,
}

/// What came of deciding again.
#[derive(Debug, PartialEq, Eq)]
pub enum Replayed {
    /// All of this many decisions are the same, byte for byte.
    Same(usize),
    /// This line, counted from 1, cannot be read.
    Unreadable {
        /// Number of the line.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// This line, counted from 1, is decided otherwise now.
    Differs {
        /// Number of the line.
        line: usize,
        /// The decision on record.
        recorded: String,
        /// The decision of today.
        decided: String,
    },
}

/// A decision as one line of JSON.
#[must_use]
pub fn line(app: &str, snapshot: &Snapshot, decision: &Decision) -> String {
    // Plain values with string keys are always JSON.
    serde_json::to_string(&Entry { app: app.to_owned(), snapshot, decision }).unwrap_or_default()
}

/// Decides every snapshot of `lines` again.
#[must_use]
pub fn replay(lines: &str) -> Replayed {
    let mut count = 0;
    for (index, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let number = index + 1;
        let entry: Entry<Snapshot, serde_json::Value> = match serde_json::from_str(line) {
            Ok(entry) => entry,
            Err(error) => return Replayed::Unreadable { line: number, why: error.to_string() },
        };
        let decision = decide(&entry.snapshot);
        // The line as it would be written today, so that the comparison is one of bytes.
        if self::line(&entry.app, &entry.snapshot, &decision) != line {
            let decided = serde_json::to_string(&decision).unwrap_or_default();
            return Replayed::Differs { line: number, recorded: entry.decision.to_string(), decided };
        }
        count += 1;
    }
    Replayed::Same(count)
}

impl Lines {
    /// Most bytes that are kept.
    const BYTES_MAX: usize = 4 << 20;

    /// Adds a line, and drops the oldest ones beyond the bound.
    pub fn push(&mut self, line: String) {
        self.bytes += line.len() + 1;
        self.lines.push_back(line);
        while self.bytes > Self::BYTES_MAX {
            let Some(oldest) = self.lines.pop_front() else { break };
            self.bytes -= oldest.len() + 1;
        }
    }

    /// All lines, oldest first.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }
}
