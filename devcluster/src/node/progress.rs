//! The progress of a start: lines that the node appends to a file, and that the process waiting for it reads.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::NodeError;
use super::layout::Layout;

/// A report of the node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "event")]
pub enum Event {
    /// A step towards readiness is done.
    Step {
        /// The step, for people.
        text: String,
    },
    /// The node is ready.
    Ready,
    /// The node will not become ready.
    Failed {
        /// Why.
        message: String,
        /// The component whose log explains it.
        component: Option<String>,
    },
}

/// A report with its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Time since the start began, in milliseconds.
    pub elapsed_ms: i64,
    /// The report.
    #[serde(flatten)]
    pub event: Event,
}

/// The writing end.
#[derive(Clone, Debug)]
pub struct Progress {
    path: PathBuf,
    started_at_ms: i64,
}

impl Progress {
    /// `started_at_ms` is when the start began, in milliseconds since 1970.
    pub fn new(layout: &Layout, started_at_ms: i64) -> Self {
        Self { path: layout.progress(), started_at_ms }
    }

    /// Adds an entry. One that cannot be written is lost, because reporting must not fail the start.
    pub fn report(&self, event: Event) {
        let entry = Entry { elapsed_ms: Timestamp::now().as_millisecond() - self.started_at_ms, event };
        let Ok(mut line) = serde_json::to_vec(&entry) else { return };
        line.push(b'\n');
        if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(&self.path) {
            let _ = file.write_all(&line);
        }
    }

    /// Adds an [`Event::Step`].
    pub fn step(&self, text: impl Into<String>) {
        self.report(Event::Step { text: text.into() });
    }
}

/// The reading end.
#[derive(Debug)]
pub struct Follower {
    path: PathBuf,
    offset: u64,
}

impl Follower {
    pub fn new(layout: &Layout) -> Self {
        Self { path: layout.progress(), offset: 0 }
    }

    /// The entries that were added since the last call.
    pub fn read(&mut self) -> Result<Vec<Entry>, NodeError> {
        let Ok(mut file) = File::open(&self.path) else { return Ok(Vec::new()) };
        let mut text = String::new();
        file.seek(SeekFrom::Start(self.offset))
            .and_then(|_| file.read_to_string(&mut text))
            .map_err(NodeError::at("read", &self.path))?;
        // A line without its end is still being written: the next call reads it.
        let complete = text.rfind('\n').map_or(0, |end| end + 1);
        self.offset += complete as u64;
        text[..complete]
            .lines()
            .map(|line| {
                serde_json::from_str(line)
                    .map_err(|source| NodeError::Record { what: self.path.display().to_string(), source })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follower_reads_each_entry_once_and_leaves_half_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::at(folder.path().to_owned());
        let mut follower = Follower::new(&layout);
        assert_eq!(follower.read().unwrap(), []);

        let progress = Progress::new(&layout, 0);
        progress.step("etcd answers");
        std::fs::OpenOptions::new().append(true).open(layout.progress()).unwrap().write_all(b"{\"half").unwrap();
        let events: Vec<Event> = follower.read().unwrap().into_iter().map(|entry| entry.event).collect();
        assert_eq!(events, [Event::Step { text: "etcd answers".to_owned() }]);
        assert_eq!(follower.read().unwrap(), []);
    }
}
