//! Logs the progress of a download from time to time.

use std::time::{Duration, Instant};

/// Shortest time between two lines.
const EVERY: Duration = Duration::from_secs(5);
const MEGABYTE: u64 = 1_000_000;

/// Progress of one file.
pub(super) struct Progress<'a> {
    name: &'a str,
    total: Option<u64>,
    logged: Instant,
}

impl<'a> Progress<'a> {
    /// Logs that the download starts, or resumes after `from` bytes.
    pub(super) fn start(name: &'a str, from: u64, total: Option<u64>) -> Self {
        let size = size(total);
        if from == 0 {
            tracing::info!("Fetching `{name}`{size}");
        } else {
            tracing::info!("Resuming `{name}`{size} after {} MB", from / MEGABYTE);
        }
        Self { name, total, logged: Instant::now() }
    }

    /// Logs the progress, unless a line was logged recently.
    pub(super) fn at(&mut self, received: u64) {
        if self.logged.elapsed() >= EVERY {
            self.logged = Instant::now();
            tracing::info!("Fetched {} MB of `{}`{}", received / MEGABYTE, self.name, size(self.total));
        }
    }
}

fn size(total: Option<u64>) -> String {
    total.map(|total| format!(" ({} MB)", total.div_ceil(MEGABYTE))).unwrap_or_default()
}
