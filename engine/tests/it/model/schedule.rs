//! A completion depends on model, prompt and seed alone: not on what else is computed, not on when that comes and goes, not
//! on how prompts are cut, not on what is drafted, not on the number of threads.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::BackendKind;
use engine::constraint::{Constrain, Constraint};
use engine::sampling::{Repetition, Sampling};
use engine::schedule::{Event, FinishReason, Job, Options, Schedule, Scheduler, SubmitError};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use tokio::sync::mpsc::UnboundedReceiver;

use super::random::{self, CONTEXT};
use super::{KINDS, load_with};

/// Random cases for each kind: more where neither chunks nor threads may matter.
const CASES: u32 = 6;
const CASES_EXACT: u32 = 32;

/// One completion among others.
#[derive(Clone, Debug)]
struct Visit {
    prompt: Vec<u32>,
    seed: u64,
    tokens: usize,
    /// Whether a constraint limits it.
    is_limited: bool,
    /// Joins when the one before has had so many events.
    after: usize,
    /// Its receiver is dropped after so many events of its own.
    leaves: Option<usize>,
}

/// Forbids the tokens whose ids leave the same rest by three as this number and all tokens before.
#[derive(Clone, Debug)]
struct Forbid(u32);

impl Constrain for Forbid {
    fn begin(&self) -> Box<dyn Constraint> {
        Box::new(self.clone())
    }
}

impl Constraint for Forbid {
    fn limit(&mut self, logits: &mut [f32]) {
        logits.iter_mut().skip(self.0 as usize % 3).step_by(3).for_each(|logit| *logit = f32::NEG_INFINITY);
    }

    fn accept(&mut self, token: u32) {
        assert_ne!(token % 3, self.0 % 3, "it is forbidden");
        self.0 = self.0.wrapping_add(token);
    }

    /// Whatever: what is drafted must not matter.
    fn draft(&self, most: usize) -> Vec<u32> {
        (0..most as u32).map(|at| self.0.wrapping_add(at) % 4_000).collect()
    }
}

/// Everything that must not matter.
#[derive(Clone, Debug)]
struct Setting {
    schedule: Schedule,
    threads: usize,
    shares: bool,
}

fn prefix() -> Vec<u32> {
    (0..70).collect()
}

fn visit() -> impl Strategy<Value = Visit> {
    let prompt = (any::<bool>(), prop::collection::vec(0_u32..4_000, 1..120))
        .prop_map(|(is_common, rest)| if is_common { [prefix(), rest].concat() } else { rest });
    (prompt, any::<u64>(), 1_usize..24, any::<bool>(), 0_usize..8, prop::option::weighted(0.25, 1_usize..12)).prop_map(
        |(prompt, seed, tokens, is_limited, after, leaves)| Visit { prompt, seed, tokens, is_limited, after, leaves },
    )
}

fn setting() -> impl Strategy<Value = Setting> {
    let prompt_tokens = prop_oneof![Just(1_usize), 2_usize..40, 40_usize..400];
    (1_usize..9, prompt_tokens, 0_usize..20, 1_usize..5, any::<bool>()).prop_map(
        |(slots, prompt_tokens, drafted_tokens, threads, shares)| Setting {
            schedule: Schedule { slots, prompt_tokens, drafted_tokens },
            threads,
            shares,
        },
    )
}

/// Begins with a freshly loaded model, as after a restart.
async fn start(folder: &Path, backend: BackendKind, setting: &Setting) -> Scheduler {
    let loaded = load_with(folder, backend, setting.threads);
    let scheduler = Scheduler::start(loaded.backend, Arc::clone(&loaded.tokens), loaded.end_tokens, setting.schedule);
    if setting.shares {
        let mut events = scheduler.share(prefix()).expect("a free slot");
        while let Some(event) = events.recv().await {
            assert!(!matches!(event, Event::Failed(_)), "{event:?}");
        }
    }
    scheduler
}

/// A completion as far as it is known.
struct Running {
    /// `None` when it was dropped.
    events: Option<UnboundedReceiver<Event>>,
    leaves: Option<usize>,
    seen: usize,
    text: String,
    end: Option<FinishReason>,
}

impl Running {
    fn begin(scheduler: &Scheduler, visit: &Visit) -> Self {
        let sampling = Sampling {
            temperature: 0.9,
            top_p: 0.95,
            min_p: 0.001,
            repetition: Some(Repetition { allowed: 1, ..Repetition::default() }),
            seed: visit.seed,
        };
        let job = Job {
            prompt: visit.prompt.clone(),
            options: Options {
                constraint: visit.is_limited.then(|| Arc::new(Forbid(visit.seed as u32)) as Arc<dyn Constrain>),
                ..Options::new(visit.tokens, sampling)
            },
        };
        // The queue is as long as there are slots, and the thread needs a moment to take what stands in it.
        let deadline = Instant::now() + Duration::from_secs(10);
        let events = loop {
            match scheduler.submit(job.clone()) {
                Err(SubmitError::Full) if Instant::now() < deadline => std::thread::yield_now(),
                outcome => break outcome.expect("a place in the queue"),
            }
        };
        Self { events: Some(events), leaves: visit.leaves, seen: 0, text: String::new(), end: None }
    }

    /// Waits for one more event, if there is one.
    async fn receive(&mut self) {
        let Some(events) = self.events.as_mut().filter(|_| self.end.is_none()) else { return };
        match events.recv().await.expect("an event") {
            Event::Read { .. } => {}
            Event::Wrote { text, .. } => self.text += &text,
            Event::Done(done) => self.end = Some(done.finish_reason),
            Event::Failed(error) => panic!("the model failed: {error}"),
        }
        self.seen += 1;
        if self.leaves == Some(self.seen) && self.end.is_none() {
            // With its receiver gone, nothing more is known of it.
            (self.events, self.end) = (None, Some(FinishReason::Cancelled));
        }
    }
}

/// All completions computed together, with how they ended.
async fn together(scheduler: &Scheduler, visits: &[Visit]) -> Vec<(String, FinishReason)> {
    let mut all: Vec<Running> = Vec::new();
    for visit in visits {
        if let Some(before) = all.last_mut() {
            for _ in 0..visit.after {
                before.receive().await;
            }
        }
        all.push(Running::begin(scheduler, visit));
    }
    let mut texts = Vec::new();
    for mut one in all {
        while one.end.is_none() {
            one.receive().await;
        }
        texts.push((one.text, one.end.expect("it has ended")));
    }
    texts
}

/// The completions when nothing disturbs them, one after the other.
async fn alone(folder: &Path, backend: BackendKind, visits: &[Visit], shares: bool) -> Vec<String> {
    let setting = Setting { schedule: Schedule::new(1), threads: 1, shares };
    let scheduler = start(folder, backend, &setting).await;
    let mut texts = Vec::new();
    for visit in visits {
        let undisturbed = Visit { leaves: None, ..visit.clone() };
        let mut written = together(&scheduler, std::slice::from_ref(&undisturbed)).await;
        texts.push(written.pop().expect("one completion").0);
    }
    texts
}

/// The same cases in every run, or others when `PROPTEST_RNG_SEED` is set.
fn config(cases: u32) -> Config {
    let chosen = Config::with_cases(cases);
    let rng_seed = if chosen.rng_seed == RngSeed::Random { RngSeed::Fixed(11) } else { chosen.rng_seed };
    Config { rng_seed, ..chosen }
}

#[test]
fn a_completion_does_not_depend_on_its_company() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    for (architecture, backend) in KINDS {
        let folder = random::model(architecture, 11, candle_core::DType::F32);
        let is_exact = load_with(folder.path(), backend, 1).backend.fixed_chunk().is_none();
        let mut runner = TestRunner::new(config(if is_exact { CASES_EXACT } else { CASES }));
        let cases = (prop::collection::vec(visit(), 1..9), setting());
        let outcome = runner.run(&cases, |(visits, mut setting)| {
            // As many as fit into slots and queue.
            setting.schedule.slots = setting.schedule.slots.max(visits.len().div_ceil(2));
            // A model that is exact says the same with and without the prefix; others must always go the same way.
            let shares = setting.shares && !is_exact;
            runtime.block_on(async {
                let expect = alone(folder.path(), backend, &visits, shares).await;
                let scheduler = start(folder.path(), backend, &setting).await;
                for ((text, end), (expect, visit)) in
                    together(&scheduler, &visits).await.into_iter().zip(expect.iter().zip(&visits))
                {
                    assert!(visit.prompt.len() + visit.tokens <= CONTEXT, "it fits");
                    if end == FinishReason::Cancelled {
                        // What has not become a character yet is shown as such.
                        let certain = text.trim_end_matches('\u{FFFD}');
                        prop_assert!(expect.starts_with(certain), "{expect:?} begins with {certain:?}");
                    } else {
                        prop_assert_eq!(&text, expect);
                    }
                }
                Ok(())
            })
        });
        outcome.unwrap_or_else(|error| panic!("{architecture} on {backend:?}: {error}"));
    }
}
