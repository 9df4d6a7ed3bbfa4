//! The site, and people with kubectl: they make requests, stop and erase some, and the site archives what has ended.

use std::collections::BTreeMap;

use crds::names::APP_LABEL;
use crds::request::{AppRef, Applicant, Job, Length, LetterOptions};
use crds::{CoverLetterRequest, CoverLetterRequestSpec};
use rand::RngExt as _;
use rand::rngs::StdRng;

use super::chance::Chance;
use crate::server::Writer;

/// What the site is yet to do.
pub struct Site {
    pub made: usize,
    /// When each request is made, and whether and how it is stopped.
    pub plans: Vec<Plan>,
    pub writer: Writer,
}

/// What becomes of one request.
#[derive(Clone, Copy)]
pub struct Plan {
    /// When it is made.
    pub time: i64,
    /// How long after that it is stopped.
    pub stop: Option<i64>,
    /// Whether its owner wants it gone then.
    pub erases: bool,
    pub length: Length,
}

impl Site {
    pub fn draw(rng: &mut StdRng, chance: &Chance) -> Self {
        let plan = |_| Plan {
            time: rng.random_range(0..=chance.faults_until.max(8_000) * 3 / 4),
            stop: rng.random_bool(0.2).then(|| rng.random_range(0..12_000)),
            erases: rng.random_bool(0.3),
            length: [Length::Short, Length::Standard, Length::Long][rng.random_range(0..3)],
        };
        let mut plans: Vec<_> = (0..chance.letters).map(plan).collect();
        plans.sort_by_key(|plan| plan.time);
        Self { made: 0, plans, writer: Writer::account("site") }
    }

    /// When the site does something.
    pub fn times(&self) -> Vec<i64> {
        let stops = self.plans.iter().filter_map(|plan| plan.stop.map(|stop| plan.time + stop));
        self.plans.iter().map(|plan| plan.time).chain(stops).collect()
    }

    pub fn has_made_all(&self) -> bool {
        self.made == self.plans.len()
    }
}

/// A request.
pub fn request(name: &str, number: usize, length: Length) -> CoverLetterRequest {
    let spec = CoverLetterRequestSpec {
        app_ref: AppRef { name: "letters".to_owned() },
        job: Job { title: "Data Scientist".to_owned(), company: "google".to_owned(), ..Job::default() },
        applicant: Applicant::default(),
        letter: LetterOptions { length, ..LetterOptions::default() },
        seed: None,
        requested_by: number.is_multiple_of(2).then(|| "student".to_owned()),
        cancel_requested: false,
    };
    let mut request = CoverLetterRequest::new(name, spec);
    request.metadata.labels = Some(BTreeMap::from([(APP_LABEL.to_owned(), "letters".to_owned())]));
    request
}
