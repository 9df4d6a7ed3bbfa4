//! What a schedule leaves to chance: how large it is, how wrong clocks are, and what goes wrong how often.

use crds::app::Requests;
use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::actor::App;
use crate::worker::Talent;

/// What was drawn for one schedule.
#[derive(Clone, Debug)]
pub struct Chance {
    pub workers: usize,
    pub letters: usize,
    pub app: App,
    pub talent: Talent,
    /// By how much clocks are wrong at most, in milliseconds.
    pub clocks: i64,
    /// Pause between two faults.
    pub fault_every: i64,
    /// When the last one was.
    pub faults_until: i64,
    /// Share of calls that meet trouble.
    pub trouble: f64,
}

/// The way of one call and its answer.
pub struct Way {
    pub there: i64,
    pub back: i64,
    /// The call does not arrive, and whether the caller knows at once.
    pub is_lost: bool,
    pub is_refused: bool,
    /// It is refused with this code before anything looks at it.
    pub refused: Option<u16>,
    pub answer_is_lost: bool,
}

impl Chance {
    pub fn draw(rng: &mut StdRng) -> Self {
        let is_calm = rng.random_bool(0.1);
        let limits = Requests {
            active_deadline_seconds: if !is_calm && rng.random_bool(0.15) { 60 } else { 900 },
            max_attempts: rng.random_range(1..=3),
            ttl_seconds_after_finished: if rng.random_bool(0.3) { 3 } else { 3_600 },
            ..Requests::default()
        };
        let slowest = if rng.random_bool(0.2) { 25_000 } else { 4_000 };
        Self {
            workers: rng.random_range(1..=3),
            letters: rng.random_range(2..=5),
            app: App { name: "letters", limits, slots: rng.random_range(1..=2) },
            talent: Talent { takes: (200, slowest), fails: if is_calm { 0.0 } else { 0.1 } },
            clocks: if is_calm { 0 } else { rng.random_range(0..=25_000) },
            fault_every: if is_calm { i64::MAX / 4 } else { rng.random_range(800..8_000) },
            faults_until: if is_calm { 0 } else { rng.random_range(10_000..60_000) },
            trouble: if is_calm { 0.0 } else { rng.random_range(0.0..0.3) },
        }
    }

    /// Whether nothing goes wrong.
    pub fn is_calm(&self) -> bool {
        self.faults_until == 0
    }
}
