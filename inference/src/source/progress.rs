//! Says now and then how far a download is.

use std::time::{Duration, Instant};

/// How often.
const EVERY: Duration = Duration::from_secs(5);
const MEGABYTE: u64 = 1_000_000;

/// Progress of one file.
pub(super) struct Progress<'a> {
    name: &'a str,
    total: Option<u64>,
    said: Instant,
}

impl<'a> Progress<'a> {
    /// Says that the file begins, or goes on after `from` bytes.
    pub(super) fn start(name: &'a str, from: u64, total: Option<u64>) -> Self {
        let size = size(total);
        if from == 0 {
            tracing::info!("Fetches `{name}`{size}");
        } else {
            tracing::info!("Goes on with `{name}`{size} after {} MB", from / MEGABYTE);
        }
        Self { name, total, said: Instant::now() }
    }

    /// Says how far it is, unless it was said a moment ago.
    pub(super) fn at(&mut self, received: u64) {
        if self.said.elapsed() >= EVERY {
            self.said = Instant::now();
            tracing::info!("Fetched {} MB of `{}`{}", received / MEGABYTE, self.name, size(self.total));
        }
    }
}

fn size(total: Option<u64>) -> String {
    total.map(|total| format!(" ({} MB)", total.div_ceil(MEGABYTE))).unwrap_or_default()
}
