//! The network: how long something takes, and what becomes of a call.

use rand::RngExt as _;

use super::Play;
use super::chance::Way;

impl Play<'_> {
    /// How long something takes on the network.
    pub(super) fn latency(&mut self) -> i64 {
        let is_slow = self.now < self.chance.faults_until && self.rng.random_bool(self.chance.trouble / 3.0);
        if is_slow { self.rng.random_range(1..6_000) } else { self.rng.random_range(1..25) }
    }

    /// What becomes of a call.
    pub(super) fn way(&mut self) -> Way {
        let (there, back) = (self.latency(), self.latency());
        let mut way = Way {
            there,
            back,
            is_lost: false,
            is_refused: self.rng.random_bool(0.5),
            refused: None,
            answer_is_lost: false,
        };
        if self.now < self.chance.faults_until && self.rng.random_bool(self.chance.trouble) {
            match self.rng.random_range(0..4) {
                0 => way.is_lost = true,
                1 => way.refused = Some([429, 500, 503][self.rng.random_range(0..3)]),
                2 => way.answer_is_lost = true,
                // It arrives after its caller has given up.
                _ => way.there = self.rng.random_range(1_000..14_000),
            }
        }
        way
    }
}
