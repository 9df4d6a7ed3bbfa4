//! Letters while everything fails: workers and operator are real processes behind a proxy that injects faults, and are killed
//! and frozen at random; the history of every request is then checked.
//!
//! `cargo xtask soak --letters N --faults M` runs it at any length.

pub mod fleet;
pub mod site;
mod tally;

use std::time::{Duration, Instant};

use crds::CoverLetterRequest;
use kube::Api;
use kube::api::PostParams;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::cluster::request;
use crate::history::History;
use fleet::Fleet;
use site::{Site, Way};
use tally::Tally;

/// Letters that are not finished at the same time.
const IN_FLIGHT: usize = 24;
/// How long letters may take that are not finished when the time is up.
const PATIENCE: Duration = Duration::from_mins(5);
/// Attempts that a letter has: some letters meet several kills.
const ATTEMPTS: i32 = 8;
/// One in so many faults is the death of a process, and of these one in so many that of the operator.
const KILL_EVERY: usize = 10;
const OPERATOR_EVERY: usize = 4;

/// How long a soak is.
struct Length {
    letters: usize,
    faults: usize,
    seed: u64,
    workers: usize,
    /// How long workers are frozen, and the API server is away, at a time.
    freeze: Duration,
    outages: Vec<Duration>,
    within: Duration,
}

impl Length {
    /// From the environment, as `cargo xtask soak` gives it, or short.
    fn chosen() -> Self {
        let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
        let letters = number("SOAK_LETTERS").unwrap_or(200) as usize;
        let is_long = letters >= 1_000;
        Self {
            letters,
            faults: number("SOAK_FAULTS").unwrap_or(40) as usize,
            seed: number("SOAK_SEED").unwrap_or(19),
            workers: if is_long { 8 } else { 5 },
            freeze: Duration::from_secs(if is_long { 45 } else { 3 }),
            outages: match letters {
                0..1_000 => vec![Duration::from_secs(3)],
                1_000..10_000 => vec![Duration::from_secs(90)],
                // Longer than any Lease, token bucket or back-off of ours: nothing may be given up meanwhile.
                _ => [90, 300, 30].map(Duration::from_secs).to_vec(),
            },
            within: Duration::from_secs(number("SOAK_SECONDS").unwrap_or(900)),
        }
    }
}

/// A soak that runs.
struct Soak {
    length: Length,
    site: Site,
    fleet: Fleet,
    history: History,
    requests: Api<CoverLetterRequest>,
    rng: StdRng,
    created: usize,
    kills: usize,
    outages: usize,
    begun: Instant,
}

impl Soak {
    async fn start(length: Length) -> Self {
        let mut site = Site::start(Way::Proxied(length.seed), length.workers, ATTEMPTS).await;
        let history = History::record(&site.namespace).await;
        let fleet = Fleet::start(&mut site).await;
        let requests = Api::namespaced(site.client(), &site.namespace.name);
        let rng = StdRng::seed_from_u64(length.seed);
        let begun = Instant::now();
        Self { length, site, fleet, history, requests, rng, created: 0, kills: 0, outages: 0, begun }
    }

    /// Creates letters as others are finished, and lets faults happen in proportion, until all are finished.
    async fn run(&mut self) {
        let mut tick = steadily(Duration::from_millis(50));
        let mut progress = steadily(Duration::from_secs(5));
        loop {
            let (finished, elapsed) = (self.history.finished_count(), self.begun.elapsed());
            let target = if elapsed < self.length.within { self.length.letters } else { self.created };
            if finished >= target || elapsed >= self.length.within + PATIENCE {
                return;
            }
            let room = IN_FLIGHT.saturating_sub(self.created - finished).min(target - self.created);
            for _ in 0..room {
                self.create().await;
            }
            let due = self.length.faults * self.created / self.length.letters;
            self.site.proxy.permit(due - due / KILL_EVERY);
            if self.kills < due / KILL_EVERY {
                self.kill().await;
            }
            let outages = (self.length.outages.len() + 1) * self.created / self.length.letters;
            if self.outages < outages
                && let Some(outage) = self.length.outages.get(self.outages).copied()
            {
                self.outage(outage).await;
            }
            self.fleet.revive(&self.site).await;
            tokio::select! {
                _ = tick.tick() => {}
                _ = progress.tick() => self.show(finished),
            }
        }
    }

    /// Creates the next letter, as often as it takes: a name that exists is success.
    async fn create(&mut self) {
        let request = request(&format!("letter-{}", self.created));
        let mut retry = steadily(Duration::from_millis(200));
        loop {
            retry.tick().await;
            match self.requests.create(&PostParams::default(), &request).await {
                Ok(_) => break,
                Err(kube::Error::Api(status)) if status.is_already_exists() => break,
                Err(_) => {}
            }
        }
        self.created += 1;
    }

    /// Ends a process as `kill -9` does, or freezes it for a while.
    async fn kill(&mut self) {
        self.kills += 1;
        if self.kills.is_multiple_of(OPERATOR_EVERY) {
            self.fleet.kill_operator().await;
            return;
        }
        let worker = self.rng.random_range(0..self.length.workers);
        if self.kills.is_multiple_of(2) {
            self.fleet.freeze(worker, self.length.freeze);
        } else {
            self.fleet.kill(worker).await;
        }
    }

    async fn outage(&mut self, length: Duration) {
        self.outages += 1;
        println!("{:?}: nothing gets through for {length:?}", self.begun.elapsed());
        self.site.proxy.stop();
        let mut end = interval(length);
        end.tick().await;
        end.tick().await;
        self.site.proxy.resume();
    }

    fn show(&self, finished: usize) {
        let faults: usize = self.site.proxy.injected().values().sum();
        println!(
            "{:4} s: {finished} of {} letters, {} faults, {} processes killed or frozen, {} restarts",
            self.begun.elapsed().as_secs(),
            self.length.letters,
            faults + self.kills,
            self.kills,
            self.fleet.restarts(),
        );
    }
}

/// Ticks that do not catch up.
fn steadily(period: Duration) -> Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_letter_is_lost_or_doubled_whatever_fails() {
    let mut soak = Box::pin(Soak::start(Length::chosen())).await;
    soak.run().await;
    let Soak { length, site, fleet, history, created, kills, begun, .. } = soak;
    let tally = Tally::of(&history, created);
    println!("{created} letters in {:.1} s: {tally}", begun.elapsed().as_secs_f64());
    println!("faults: {:?}; {kills} processes killed or frozen", site.proxy.injected());
    println!("restarts that nobody asked for: {}", fleet.unasked());
    let struck = fleet.struck();
    assert_eq!((tally.lost, tally.doubled, tally.stale), (0, 0, 0), "{}", fleet.logs());
    assert!(created >= length.letters || std::env::var_os("SOAK_SECONDS").is_some(), "{created} in time");
    // A busy machine can silence workers that run for so long that they lose attempts: a test knows no bound for that.
    let spared = site.pods.iter().zip(fleet.spared()).filter(|(_, spared)| **spared);
    let others: usize = spared.map(|((name, _), _)| tally.lost_by(name)).sum();
    let spent = tally.attempts - tally.written - others;
    let bound = (struck as f64 * 1.05).ceil() as usize;
    println!(
        "{spent} attempts in vain, {struck} workers killed or frozen; {others} more lost by workers that ran all the time"
    );
    assert!(spent <= bound, "{spent} attempts in vain for {struck} workers that were killed or frozen");
}
