//! A worker. What it takes, claims and reports is decided by the program; the loops that see requests late, claim, write,
//! report and renew the Lease are written anew here, without threads.

mod heartbeat;
mod letter;
mod sight;

use std::collections::HashMap;
use std::sync::Arc;

use crds::CoverLetterRequest;
use crds::life::{self, Claimant};
use inference::queue::{self, HeldRequests, Next as Step, Rivals, Standing};
use inference::report::{self, Outcome};
use inference::retirement::Retirement;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::actor::{App, Clock, Wishes};
use crate::server::{Answer, Call, Refusal};
use heartbeat::Heartbeat;
use letter::{Letter, Next};

pub use letter::text;
pub use sight::Sight;

/// Longest wait for an answer about requests, in milliseconds.
const CALL_WITHIN: i64 = 10_000;
/// Pause after a claim that failed for another reason than a conflict.
const CLAIM_PAUSE: i64 = 500;
/// Most requests that a worker looks at without waiting for anything.
const STEPS_MAX: usize = 1_000;
/// How long a worker that leaves still gives back what is handed to it.
const LINGER: i64 = 500;
/// How long after a request's deadline a report is still tried.
const REPORT_AFTER_DEADLINE: SignedDuration = SignedDuration::from_secs(30);

/// How the model of a worker writes.
#[derive(Clone, Copy, Debug)]
pub struct Talent {
    /// Shortest and longest time for a letter, in milliseconds.
    pub takes: (i64, i64),
    /// Share of letters that fail.
    pub fails: f64,
}

/// One start of one worker.
pub struct Worker {
    app: App,
    clock: Clock,
    talent: Talent,
    claimant: Claimant,
    rng: StdRng,
    held: HeldRequests,
    retirement: Retirement,
    /// What the watches show.
    pub sight: Sight,
    heartbeat: Heartbeat,
    letters: Vec<Letter>,
    /// Reports that failed, and when they are tried again.
    resting: Vec<(i64, String)>,
    claiming: Claiming,
    asked: HashMap<u64, About>,
    /// Since when it is asked to leave.
    leaves: Option<i64>,
    /// Whether unfinished letters are given back.
    releases: bool,
    spins: bool,
}

/// What becomes of the one request that a worker wants next.
enum Claiming {
    Idle,
    Taking(Arc<CoverLetterRequest>),
    Hesitating(Arc<CoverLetterRequest>, i64),
    Asking(Arc<CoverLetterRequest>, i64),
    Pausing(i64),
}

/// What an answer is about.
enum About {
    Claim,
    Letter(String),
    Heartbeat,
}

impl Worker {
    /// A process that has just begun.
    #[must_use]
    pub fn new(app: App, clock: Clock, talent: Talent, claimant: Claimant, seed: u64) -> Self {
        Self {
            heartbeat: Heartbeat::new(&app, &claimant),
            sight: Sight::new(&app, &claimant.worker),
            app,
            clock,
            talent,
            claimant,
            rng: StdRng::seed_from_u64(seed),
            held: HeldRequests::default(),
            retirement: Retirement::default(),
            letters: Vec::new(),
            resting: Vec::new(),
            claiming: Claiming::Idle,
            asked: HashMap::new(),
            leaves: None,
            releases: false,
            spins: false,
        }
    }

    /// Asks the worker to leave: from now on it takes nothing new, and in a while gives back what it has.
    pub fn leave(&mut self, now: i64) {
        self.leaves.get_or_insert(now);
    }

    /// Its grace is over: it gives back what it has.
    pub fn release(&mut self) {
        self.releases = true;
    }

    /// Whether it chooses for ever, and waits for nothing.
    #[must_use]
    pub fn spins(&self) -> bool {
        self.spins
    }

    /// Whether it has left: it holds nothing and has removed its Lease.
    #[must_use]
    pub fn has_left(&self) -> bool {
        self.heartbeat.has_ended()
    }

    /// Does whatever there is to do.
    pub fn work(&mut self, now: i64, wishes: &mut Wishes) {
        self.beat(now, wishes);
        if !self.heartbeat.has_begun() || !self.sight.is_listed() {
            return;
        }
        if let Some(wake) = self.sight.choose(now, self.clock, &mut self.rng) {
            wishes.wake(wake);
        }
        self.stop_letters(now, wishes);
        let mut steps = 0;
        while !self.spins && self.step(now, wishes) {
            steps += 1;
            self.spins = steps > STEPS_MAX;
        }
        let has_lingered = self.leaves.is_some_and(|since| now >= since + LINGER || self.sight.is_left_alone());
        if has_lingered && self.letters.is_empty() && matches!(self.claiming, Claiming::Idle) {
            self.heartbeat.end();
            self.beat(now, wishes);
        }
    }

    fn beat(&mut self, now: i64, wishes: &mut Wishes) {
        if let Some(call) = self.heartbeat.due(now, self.clock, &self.retirement, self.leaves.is_some(), wishes) {
            self.asked.insert(call, About::Heartbeat);
        }
    }

    /// Ends the writing of letters that are done, late or lost.
    fn stop_letters(&mut self, now: i64, wishes: &mut Wishes) {
        let date = self.clock.date(now);
        let mut due = Vec::new();
        for letter in &mut self.letters {
            if !letter.is_written() {
                continue;
            }
            letter.is_shown |= self.sight.shows_own(&letter.name);
            let shown = self.sight.get(&letter.name).cloned();
            let is_late = !letter.is_shown && !self.sight.is_left_alone();
            let deadline = deadline(&letter.request, &self.app);
            let outcome = match letter.hold(&self.claimant).stopped(shown.as_deref(), is_late) {
                Some(outcome) => outcome,
                None if date >= deadline => Outcome::DeadlineExceeded,
                None if self.releases => Outcome::Released,
                None if now >= letter.done.0 => letter.outcome(&self.claimant, self.app.limits.max_attempts),
                None => continue,
            };
            letter.end(outcome, shown.as_ref(), &self.claimant, give_up(deadline));
            due.push(letter.uid.clone());
        }
        let rested = self.resting.extract_if(.., |(until, _)| *until <= now).map(|(_, uid)| uid);
        due.extend(rested);
        for uid in due {
            self.report(&uid, now, wishes);
        }
    }

    /// One step towards another letter. Whether there may be another one at once.
    fn step(&mut self, now: i64, wishes: &mut Wishes) -> bool {
        match &self.claiming {
            Claiming::Taking(_) | Claiming::Asking(..) => false,
            Claiming::Pausing(until) if now < *until => false,
            Claiming::Hesitating(request, until) => {
                let is_ours = self.sight.is_current(request) && self.sight.is_left_alone() && self.leaves.is_none();
                if is_ours && now < *until {
                    return false;
                }
                let request = Arc::clone(request);
                self.claiming = Claiming::Idle;
                if is_ours && self.retirement.begin_claim() {
                    let status = life::claimed(&request, &self.claimant, self.clock.date(now));
                    self.ask(About::Claim, write(&request, status), wishes);
                    self.claiming = Claiming::Asking(request, now);
                }
                true
            }
            Claiming::Idle | Claiming::Pausing(_) => self.choose(now, wishes),
        }
    }

    fn choose(&mut self, now: i64, wishes: &mut Wishes) -> bool {
        self.claiming = Claiming::Idle;
        let requests = self.sight.all();
        let next = if self.leaves.is_some() {
            self.held.prune(&requests);
            queue::handed(&requests, &self.held, &self.claimant).map_or(Step::Rest, Step::Take)
        } else {
            let rivals = Rivals { workers: 0, slots: self.app.slots, claim: std::time::Duration::from_millis(15) };
            let standing = Standing {
                claimant: &self.claimant,
                slots: self.app.slots,
                active_deadline_seconds: self.app.limits.active_deadline_seconds,
                may_claim: self.sight.is_left_alone(),
                rivals,
            };
            queue::step(&requests, &mut self.held, standing, self.clock.date(now), &mut self.rng)
        };
        match next {
            Step::Rest => false,
            Step::Take(request) => {
                self.retirement.begin_taking();
                let name = request.metadata.name.clone().unwrap_or_default();
                self.ask(About::Claim, Call::Read { name }, wishes);
                self.claiming = Claiming::Taking(request);
                false
            }
            Step::Claim(request, hesitation) => {
                let until = now + hesitation.as_millis() as i64;
                wishes.wake(until);
                self.claiming = Claiming::Hesitating(request, until);
                true
            }
        }
    }

    fn ask(&mut self, about: About, call: Call, wishes: &mut Wishes) {
        self.asked.insert(wishes.call(call, CALL_WITHIN), about);
    }

    /// Takes an answer.
    pub fn answered(&mut self, number: u64, answer: Result<Answer, Refusal>, now: i64, wishes: &mut Wishes) {
        match self.asked.remove(&number) {
            Some(About::Claim) => self.claim_answered(answer, now, wishes),
            Some(About::Heartbeat) => self.heartbeat.answered(answer.as_ref(), now, wishes),
            Some(About::Letter(uid)) => {
                let date = self.clock.date(now);
                let Some(letter) = self.letters.iter_mut().find(|letter| letter.uid == uid) else { return };
                match letter.answered(answer, &self.claimant, date) {
                    None => self.report(&uid, now, wishes),
                    Some(next) => self.follow(&uid, next, now, wishes),
                }
            }
            None => {}
        }
        self.work(now, wishes);
    }

    fn claim_answered(&mut self, answer: Result<Answer, Refusal>, now: i64, wishes: &mut Wishes) {
        let (wanted, taken) = match std::mem::replace(&mut self.claiming, Claiming::Idle) {
            Claiming::Taking(request) => {
                let since = self.sight.first_sight(&request, now);
                (request, Ok(since))
            }
            Claiming::Asking(request, begun) => (request, Err(begun)),
            other => {
                self.claiming = other;
                return;
            }
        };
        match (answer, taken) {
            (Ok(Answer::Request(Some(read))), Ok(since)) if queue::is_held_by(&read, &self.claimant) => {
                self.begin(read, since, true, now, wishes);
                return;
            }
            (Ok(Answer::Request(Some(claimed))), Err(begun)) => {
                self.begin(claimed, begun, false, now, wishes);
                return;
            }
            (Ok(_), _) | (Err(Refusal { code: Some(404 | 409), .. }), Err(_)) => self.held.skip(&wanted),
            (Err(refusal), _) => {
                if !report::is_passing(refusal.code) {
                    self.held.skip(&wanted);
                }
                self.claiming = Claiming::Pausing(now + CLAIM_PAUSE);
                wishes.wake(now + CLAIM_PAUSE);
            }
        }
        self.retirement.end_claim();
    }

    fn begin(&mut self, request: Arc<CoverLetterRequest>, since: i64, is_shown: bool, now: i64, wishes: &mut Wishes) {
        let takes = self.rng.random_range(self.talent.takes.0..=self.talent.takes.1);
        let done = (now + takes, self.rng.random_bool(self.talent.fails));
        let mut letter = Letter::new(request, since, is_shown, done);
        self.held.begin(&letter.uid, letter.attempt);
        self.retirement.hold(self.held.tokens());
        wishes.wake(done.0);
        let deadline = deadline(&letter.request, &self.app);
        let left = deadline.duration_since(self.clock.date(now)).as_millis() as i64;
        wishes.wake(now + left.max(0));
        let uid = letter.uid.clone();
        let gives_back = self.leaves.is_some();
        if gives_back {
            letter.end(Outcome::Released, None, &self.claimant, give_up(deadline));
        }
        self.letters.push(letter);
        if gives_back {
            self.report(&uid, now, wishes);
        }
    }

    /// The next step of the report of the letter `uid`.
    fn report(&mut self, uid: &str, now: i64, wishes: &mut Wishes) {
        let max_attempts = self.app.limits.max_attempts;
        let Some(letter) = self.letters.iter_mut().find(|letter| letter.uid == uid) else { return };
        let next = letter.next(max_attempts, now);
        self.follow(uid, next, now, wishes);
    }

    fn follow(&mut self, uid: &str, next: Next, now: i64, wishes: &mut Wishes) {
        match next {
            Next::Ask(call) => self.ask(About::Letter(uid.to_owned()), call, wishes),
            Next::Rest(pause) => {
                self.resting.push((now + pause, uid.to_owned()));
                wishes.wake(now + pause);
            }
            Next::End => {
                self.letters.retain(|letter| letter.uid != uid);
                self.held.end(uid);
                self.retirement.hold(self.held.tokens());
            }
        }
    }
}

fn write(request: &CoverLetterRequest, status: crds::CoverLetterRequestStatus) -> Call {
    Call::Status {
        name: request.metadata.name.clone().unwrap_or_default(),
        uid: request.metadata.uid.clone(),
        version: request.metadata.resource_version.clone(),
        status: Some(Box::new(status)),
    }
}

fn deadline(request: &CoverLetterRequest, app: &App) -> Timestamp {
    life::deadline(request, app.limits.active_deadline_seconds).unwrap_or(Timestamp::MAX)
}

fn give_up(deadline: Timestamp) -> Timestamp {
    deadline.checked_add(REPORT_AFTER_DEADLINE).unwrap_or(Timestamp::MAX)
}
