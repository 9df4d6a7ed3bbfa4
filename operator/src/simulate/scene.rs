//! What a run is about, and what came of it.

use super::trace::{Arrival, Micros, SECOND};

/// What a run is about.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Letters in order of time.
    pub arrivals: Vec<Arrival>,
    /// Letters that one pod writes at the same time.
    pub slots: usize,
    /// Fewest pods.
    pub min: i32,
    /// Most pods.
    pub max: i32,
    /// From the creation of a pod until it can write, plus or minus a quarter.
    pub cold_start: Micros,
    /// Delay of everything that is watched.
    pub lag: Micros,
    /// Mean time between two crashes of one pod, if pods crash.
    pub crashes: Option<Micros>,
    /// Seed of everything that is drawn.
    pub seed: u64,
}

/// One pod that exists.
#[derive(Clone, Debug)]
pub struct Pod {
    /// Number of the pod, from 0.
    pub id: usize,
    /// When it was created.
    pub created: Micros,
    /// When it became ready, if it is.
    pub ready_since: Option<Micros>,
    /// Letters that it holds.
    pub held: usize,
    /// Number of the request to retire, if it stands.
    pub asked: Option<i64>,
    /// Number of the request to retire that it has confirmed.
    pub confirmed: Option<i64>,
    /// Whether it carries a low deletion cost.
    pub marked: bool,
    /// Whether it is shutting down.
    pub ending: bool,
    /// Whether it claims nothing because it was asked to retire.
    pub takes_nothing: bool,
    /// How often its process has crashed.
    pub start: u32,
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Wait of each letter from its arrival to its last claim, sorted.
    pub waits: Vec<Micros>,
    /// Time that pods existed.
    pub pod_time: Micros,
    /// Pods that were ended while they held a letter.
    pub busy_ended: usize,
    /// Most pods at the same time.
    pub most: usize,
    /// Attempts that were lost to crashes.
    pub lost: usize,
    /// Letters that were never written.
    pub unwritten: usize,
}

impl Outcome {
    /// The wait in seconds that this share of letters does not exceed.
    #[must_use]
    pub fn wait(&self, share: f64) -> f64 {
        let rank = ((self.waits.len() as f64 * share).ceil() as usize).clamp(1, self.waits.len().max(1));
        self.waits.get(rank - 1).copied().unwrap_or(0) as f64 / SECOND as f64
    }

    /// Mean wait in seconds.
    #[must_use]
    pub fn mean_wait(&self) -> f64 {
        self.waits.iter().sum::<Micros>() as f64 / self.waits.len().max(1) as f64 / SECOND as f64
    }

    /// Pods times seconds.
    #[must_use]
    pub fn replica_seconds(&self) -> f64 {
        self.pod_time as f64 / SECOND as f64
    }
}
