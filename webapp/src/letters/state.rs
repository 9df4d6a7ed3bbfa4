//! What letters are made with: handles, and settings from outside.

use std::num::{NonZeroU32, ParseIntError};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::cluster::board::Board;
use crate::cluster::pod_stream::PodStreams;
use crate::cluster::requests::Requests;
use crate::db::Pool;
use crate::db::buckets::Bucket;
use crate::letters::line::Line;
use crate::letters::seats::Seats;

/// Handles that every handler of letters and the background work may use.
#[derive(Clone)]
pub struct Letters {
    /// The database.
    pub db: Pool,
    /// The custom resources of this app.
    pub requests: Requests,
    /// What the watch has seen of them.
    pub board: Board,
    /// The letters that wait for room among them.
    pub line: Line,
    /// Places for live pages.
    pub seats: Seats,
    /// Text from inference pods.
    pub pods: PodStreams,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Settings.
    pub settings: Settings,
    /// Cancelled when the program is to stop.
    pub shutdown: CancellationToken,
}

/// Settings of letters.
#[derive(Clone, Copy, Debug, clap::Args)]
#[group(skip)]
pub struct Settings {
    /// Letters one user may ask for in an hour; as many may be asked for at once.
    #[arg(long, env, default_value = "60")]
    pub letters_per_hour: NonZeroU32,
    /// Requests that may wait for a worker. While as many do, further letters wait in the database.
    #[arg(long, env, default_value = "500")]
    pub max_queued: NonZeroU32,
    /// Seconds that `POST /model/query` waits for the letter before it answers 202.
    #[arg(long = "answer-wait-seconds", env = "ANSWER_WAIT_SECONDS", default_value = "900", value_parser = seconds)]
    pub answer_wait: Duration,
    /// Seconds between two sweeps: for letters without a request, and requests that have ended without being archived.
    #[arg(long = "sweep-seconds", env = "SWEEP_SECONDS", default_value = "5", value_parser = at_least_a_second)]
    pub sweep_every: Duration,
}

const HOUR_SECONDS: f64 = 3600.0;

impl Settings {
    /// Letters an hour of a user for whom an administrator may have set another number.
    #[must_use]
    pub fn letters_per_hour(&self, of_user: Option<i32>) -> u32 {
        of_user.and_then(|letters| u32::try_from(letters).ok()).unwrap_or(self.letters_per_hour.get())
    }

    /// Requests that may wait for a worker.
    #[must_use]
    pub fn max_queued(&self) -> usize {
        self.max_queued.get() as usize
    }

    /// Letters of such a user.
    #[must_use]
    pub fn letters(&self, of_user: Option<i32>) -> Bucket {
        let capacity = f64::from(self.letters_per_hour(of_user).max(1));
        Bucket { capacity, per_second: capacity / HOUR_SECONDS }
    }
}

fn seconds(text: &str) -> Result<Duration, ParseIntError> {
    text.parse().map(Duration::from_secs)
}

fn at_least_a_second(text: &str) -> Result<Duration, ParseIntError> {
    seconds(text).map(|every| every.max(Duration::from_secs(1)))
}
