//! A simulated fleet of inference pods under the operator's own decision and under those of others, to compare them and
//! to tune ours. Nothing here talks to a cluster.
//!
//! ```text
//! trace ─▶ fleet ◀─▶ policy: ours (scaling::decide), KEDA, Knative
//!            └─▶ outcome: waits, replica-seconds, busy pods that were ended
//! ```

mod fleet;
mod ours;
mod peers;
mod scene;
mod trace;

pub use fleet::{Fleet, Policy, run};
pub use ours::Ours;
pub use peers::{Keda, Knative};
pub use scene::{Outcome, Pod, Scene};
pub use trace::{Arrival, Made, Micros, SECOND, micros, parse_csv};

use crate::scaling;

/// Time after the last letter that counts for every policy alike, so that what it keeps is seen.
const TAIL: Micros = 600 * SECOND;
/// Letters for each slot at which KEDA is tuned.
const TARGETS: [f64; 5] = [0.5, 0.7, 1.0, 1.5, 2.0];
/// Stabilization windows, in seconds, at which KEDA is tuned.
const WINDOWS: [i64; 6] = [0, 15, 30, 60, 120, 300];

/// Means over all runs of one policy, and sums of what should not happen.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// What decided.
    pub policy: String,
    /// Mean wait in seconds.
    pub mean: f64,
    /// The wait that 95 % of letters do not exceed.
    pub p95: f64,
    /// The same for 99 %.
    pub p99: f64,
    /// Pods times seconds.
    pub replica_seconds: f64,
    /// Pods that were ended while they held a letter.
    pub busy_ended: usize,
    /// Most pods at the same time.
    pub most: usize,
    /// Attempts that crashes cost.
    pub lost: usize,
    /// Letters that were never written.
    pub unwritten: usize,
}

impl Row {
    /// Wait times cost, by which the settings of KEDA are compared: the smaller, the better tuned.
    #[must_use]
    pub fn product(&self) -> f64 {
        self.p95 * self.replica_seconds
    }
}

/// Runs every scene under ours, Knative, and KEDA with its defaults and as well tuned as it can be.
#[must_use]
pub fn compare(scenes: &[Scene], target_wait: Micros) -> Vec<Row> {
    let slots = scenes.first().map_or(1, |scene| scene.slots);
    let mut rows = vec![
        ours(scenes, target_wait),
        row("Knative", scenes, |_| Box::new(Knative::default())),
        row("KEDA, defaults", scenes, |_| Box::new(Keda::defaults(slots))),
    ];
    let tuned = tuned(scenes);
    rows.extend(tuned.into_iter().min_by(|a, b| a.product().total_cmp(&b.product())));
    rows
}

/// The operator's own decision.
#[must_use]
pub fn ours(scenes: &[Scene], target_wait: Micros) -> Row {
    row("this operator", scenes, |scene| Box::new(Ours::new(target_wait, scene.lag)))
}

/// KEDA with every setting of the grid.
#[must_use]
pub fn tuned(scenes: &[Scene]) -> Vec<Row> {
    let slots = scenes.first().map_or(1, |scene| scene.slots) as f64;
    let settings = TARGETS.into_iter().flat_map(|target| WINDOWS.map(|window| (target, window)));
    settings
        .map(|(target, window)| {
            let name = format!("KEDA, tuned: {target} a slot, window {window} s");
            let cooldown = window.max(30) * SECOND;
            row(&name, scenes, |_| Box::new(Keda::tuned(target * slots, SECOND, cooldown, window * SECOND, false)))
        })
        .collect()
}

/// The decisions of a run of ours, as lines for `operator replay`.
#[must_use]
pub fn decisions(scene: &Scene, target_wait: Micros) -> String {
    let mut lines = String::new();
    let mut note = |snapshot: &scaling::Snapshot, decision: &scaling::Decision| {
        lines.push_str(&scaling::line("simulated/letters", snapshot, decision));
        lines.push('\n');
    };
    run(scene, &mut Ours::new(target_wait, scene.lag).noting(&mut note), TAIL);
    lines
}

fn row<'a>(policy: &str, scenes: &'a [Scene], make: impl Fn(&'a Scene) -> Box<dyn Policy>) -> Row {
    let mut row = Row { policy: policy.to_owned(), ..Row::default() };
    let share = 1.0 / scenes.len().max(1) as f64;
    for scene in scenes {
        let outcome = run(scene, &mut *make(scene), TAIL);
        row.mean += outcome.mean_wait() * share;
        row.p95 += outcome.wait(0.95) * share;
        row.p99 += outcome.wait(0.99) * share;
        row.replica_seconds += outcome.replica_seconds() * share;
        row.busy_ended += outcome.busy_ended;
        row.most = row.most.max(outcome.most);
        row.lost += outcome.lost;
        row.unwritten += outcome.unwritten;
    }
    row
}

#[cfg(test)]
mod tests;
