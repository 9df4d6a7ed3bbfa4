//! A fleet of inference pods in a cluster: letters arrive, pods start, claim, write, crash and retire. Event driven and
//! seeded: the same seed gives the same run.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::scene::{Outcome, Pod, Scene};
use super::trace::{Draw, Micros, SECOND};

/// From a change of its Lease until a worker has seen it and, if it holds nothing, answered it.
const ANSWER: Micros = SECOND / 10;
/// From a decision until the `ReplicaSet` has acted.
const REPLICA_SET: Micros = SECOND / 20;
/// From the loss of a letter until it is in the queue again.
const RESCUE: Micros = 5 * SECOND;
/// Least time between two looks of a policy that looks after each change.
const PACE: Micros = SECOND / 10;

/// What decides how many pods there are.
pub trait Policy {
    /// How often it looks at the fleet by itself.
    fn period(&self) -> Micros;
    /// After which delay it looks at a change, if it is told of changes.
    fn delay(&self) -> Option<Micros> {
        None
    }
    /// Something has changed; what it sees now it may use once the delay is over.
    fn changed(&mut self, _fleet: &Fleet) {}
    /// Looks at the fleet and acts.
    fn look(&mut self, fleet: &mut Fleet);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Arrives(usize),
    Returns(usize),
    Finishes { letter: usize, attempt: u32 },
    BecomesReady { pod: usize, start: u32 },
    Answers(usize),
    Crashes { pod: usize, start: u32 },
    ReplicaSetActs,
    Changes,
    Looks,
    LooksRegularly,
}

/// One letter.
#[derive(Clone, Copy, Debug, Default)]
struct Letter {
    attempt: u32,
    pod: usize,
    wait: Option<Micros>,
    done: bool,
}

/// The state of a run.
pub struct Fleet {
    scene: Scene,
    now: Micros,
    events: BinaryHeap<Reverse<(Micros, u64, Event)>>,
    sequence: u64,
    letters: Vec<Letter>,
    queue: VecDeque<usize>,
    pods: Vec<Pod>,
    desired: i32,
    draw: Draw,
    change_due: bool,
    last_change: Micros,
    starts: VecDeque<Micros>,
    services: VecDeque<Micros>,
    outcome: Outcome,
}

/// Runs `scene` under `policy`, until `tail` after the last arrival and until every letter is written.
pub fn run(scene: &Scene, policy: &mut dyn Policy, tail: Micros) -> Outcome {
    let mut fleet = Fleet::new(scene.clone());
    for index in 0..scene.arrivals.len() {
        fleet.schedule(scene.arrivals[index].at, Event::Arrives(index));
    }
    fleet.set_desired(scene.min);
    fleet.schedule(0, Event::LooksRegularly);
    let last = scene.arrivals.last().map_or(0, |arrival| arrival.at);
    let give_up = last + 20 * tail;
    while let Some(Reverse((at, _, event))) = fleet.events.pop() {
        let is_over = at > last + tail && fleet.letters.iter().all(|letter| letter.done);
        if is_over || at > give_up {
            break;
        }
        fleet.now = at;
        fleet.step(event, policy);
    }
    fleet.end(last + tail)
}

impl Fleet {
    fn new(scene: Scene) -> Self {
        let draw = Draw(StdRng::seed_from_u64(scene.seed));
        Self {
            now: 0,
            events: BinaryHeap::new(),
            sequence: 0,
            letters: vec![Letter::default(); scene.arrivals.len()],
            queue: VecDeque::new(),
            pods: Vec::new(),
            desired: 0,
            draw,
            change_due: false,
            last_change: -PACE,
            starts: VecDeque::new(),
            services: VecDeque::new(),
            outcome: Outcome::default(),
            scene,
        }
    }

    /// The time.
    #[must_use]
    pub const fn now(&self) -> Micros {
        self.now
    }

    /// What the run is about.
    #[must_use]
    pub const fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Letters that wait.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Pods that are not shutting down.
    pub fn pods(&self) -> impl Iterator<Item = &Pod> {
        self.pods.iter().filter(|pod| !pod.ending)
    }

    /// Letters that are being written.
    #[must_use]
    pub fn running(&self) -> usize {
        self.pods.iter().map(|pod| pod.held).sum()
    }

    /// Pods that are asked for.
    #[must_use]
    pub const fn desired(&self) -> i32 {
        self.desired
    }

    /// Durations of the last cold starts and letters.
    #[must_use]
    pub const fn measured(&self) -> (&VecDeque<Micros>, &VecDeque<Micros>) {
        (&self.starts, &self.services)
    }

    /// Asks for this many pods.
    pub fn set_desired(&mut self, desired: i32) {
        if desired != self.desired {
            self.desired = desired;
            self.schedule(self.now + REPLICA_SET, Event::ReplicaSetActs);
        }
    }

    /// Asks a pod to retire, or calls it back.
    pub fn ask(&mut self, id: usize, asked: Option<i64>) {
        let Some(pod) = self.pods.iter_mut().find(|pod| pod.id == id) else { return };
        pod.asked = asked;
        self.schedule(self.now + ANSWER, Event::Answers(id));
    }

    /// Gives a pod a low deletion cost, or takes it away.
    pub fn mark(&mut self, id: usize, marked: bool) {
        if let Some(pod) = self.pods.iter_mut().find(|pod| pod.id == id) {
            pod.marked = marked;
        }
        self.change();
    }

    fn schedule(&mut self, at: Micros, event: Event) {
        self.sequence += 1;
        self.events.push(Reverse((at, self.sequence, event)));
    }

    fn change(&mut self) {
        if !self.change_due {
            self.change_due = true;
            self.schedule(self.now.max(self.last_change + PACE), Event::Changes);
        }
    }

    fn step(&mut self, event: Event, policy: &mut dyn Policy) {
        match event {
            Event::Arrives(letter) => {
                self.queue.push_back(letter);
                self.changed();
            }
            Event::Returns(letter) => {
                self.queue.push_front(letter);
                self.changed();
            }
            Event::Finishes { letter, attempt } => self.finish(letter, attempt),
            Event::BecomesReady { pod, start } => self.become_ready(pod, start),
            Event::Answers(pod) => self.answer(pod),
            Event::Crashes { pod, start } => self.crash(pod, start),
            Event::ReplicaSetActs => self.replica_set(),
            Event::Changes => {
                self.change_due = false;
                self.last_change = self.now;
                if let Some(delay) = policy.delay() {
                    policy.changed(self);
                    self.schedule(self.now + delay, Event::Looks);
                }
            }
            Event::Looks => policy.look(self),
            Event::LooksRegularly => {
                policy.changed(self);
                policy.look(self);
                self.schedule(self.now + policy.period(), Event::LooksRegularly);
            }
        }
    }

    /// Gives waiting letters to pods, and notes that something has changed.
    fn changed(&mut self) {
        while let Some(letter) = self.queue.front().copied() {
            let Some(index) = self.claimant() else { break };
            self.queue.pop_front();
            self.claim(letter, index);
        }
        self.change();
    }

    /// The idlest pod that takes letters; a random one of several.
    fn claimant(&mut self) -> Option<usize> {
        let slots = self.scene.slots;
        let takes = |pod: &Pod| pod.ready_since.is_some() && !pod.ending && !pod.takes_nothing && pod.held < slots;
        let least = self.pods.iter().filter(|pod| takes(pod)).map(|pod| pod.held).min()?;
        let idlest = self.pods.iter().enumerate().filter(|(_, pod)| takes(pod) && pod.held == least);
        let idlest: Vec<_> = idlest.map(|(index, _)| index).collect();
        let choice = self.draw.below(idlest.len());
        idlest.get(choice).copied()
    }

    fn claim(&mut self, letter: usize, index: usize) {
        let arrival = self.scene.arrivals[letter];
        let claimed = &mut self.letters[letter];
        claimed.attempt += 1;
        claimed.pod = self.pods[index].id;
        claimed.wait = Some(self.now - arrival.at);
        let attempt = claimed.attempt;
        self.pods[index].held += 1;
        self.schedule(self.now + arrival.service, Event::Finishes { letter, attempt });
    }

    fn finish(&mut self, letter: usize, attempt: u32) {
        let finished = &mut self.letters[letter];
        if finished.attempt != attempt || finished.done {
            return;
        }
        finished.done = true;
        let id = finished.pod;
        remember(&mut self.services, self.scene.arrivals[letter].service);
        if let Some(index) = self.pods.iter().position(|pod| pod.id == id) {
            self.pods[index].held -= 1;
            let pod = &self.pods[index];
            let is_idle = pod.held == 0;
            if pod.ending && is_idle {
                self.remove(index);
            } else if pod.takes_nothing && is_idle {
                self.schedule(self.now + ANSWER, Event::Answers(id));
            }
        }
        self.changed();
    }

    fn become_ready(&mut self, id: usize, start: u32) {
        let now = self.now;
        let Some(pod) = self.pods.iter_mut().find(|pod| pod.id == id && pod.start == start && !pod.ending) else {
            return;
        };
        pod.ready_since = Some(now);
        if start == 0 {
            let took = now - pod.created;
            remember(&mut self.starts, took);
        }
        self.schedule(now + ANSWER, Event::Answers(id));
        if let Some(mean) = self.scene.crashes {
            let after = (self.draw.exponential(1.0) * mean as f64) as Micros;
            self.schedule(now + after, Event::Crashes { pod: id, start });
        }
        self.changed();
    }

    /// A worker sees in its Lease whether it should retire, and confirms it as soon as it holds nothing.
    fn answer(&mut self, id: usize) {
        let Some(pod) = self.pods.iter_mut().find(|pod| pod.id == id) else { return };
        pod.takes_nothing = pod.asked.is_some();
        pod.confirmed = pod.asked.filter(|_| pod.held == 0);
        self.changed();
    }

    fn crash(&mut self, id: usize, start: u32) {
        let Some(index) = self.pods.iter().position(|pod| pod.id == id && pod.start == start) else { return };
        for letter in 0..self.letters.len() {
            let lost = &mut self.letters[letter];
            if lost.pod == id && lost.attempt > 0 && !lost.done && lost.wait.is_some() {
                lost.attempt += 1;
                lost.wait = None;
                self.outcome.lost += 1;
                self.schedule(self.now + RESCUE, Event::Returns(letter));
            }
        }
        self.pods[index].held = 0;
        if self.pods[index].ending {
            self.remove(index);
        } else {
            self.pods[index].ready_since = None;
            self.pods[index].start += 1;
            // The new process reads its Lease before it claims anything.
            self.pods[index].takes_nothing = self.pods[index].asked.is_some();
            self.pods[index].confirmed = None;
            self.begin(index);
        }
        self.changed();
    }

    fn begin(&mut self, index: usize) {
        let (pod, start) = (self.pods[index].id, self.pods[index].start);
        let spread = 0.75 + 0.5 * self.draw.unit();
        let ready = self.now + (self.scene.cold_start as f64 * spread) as Micros;
        self.schedule(ready, Event::BecomesReady { pod, start });
    }

    /// Creates pods, or ends them: those that are not ready first, then the marked ones, then the youngest.
    fn replica_set(&mut self) {
        let mut alive = self.pods().count() as i32;
        while alive < self.desired {
            let id = self.sequence as usize;
            self.pods.push(Pod {
                id,
                created: self.now,
                ready_since: None,
                held: 0,
                asked: None,
                confirmed: None,
                marked: false,
                ending: false,
                takes_nothing: false,
                start: 0,
            });
            self.begin(self.pods.len() - 1);
            alive += 1;
        }
        while alive > self.desired {
            let order = |pod: &Pod| (pod.ready_since.is_some(), !pod.marked, Reverse(pod.ready_since), Reverse(pod.id));
            let alive_pods = self.pods.iter().enumerate().filter(|(_, pod)| !pod.ending);
            let Some((index, _)) = alive_pods.min_by_key(|(_, pod)| order(pod)) else { break };
            self.pods[index].ending = true;
            if self.pods[index].held == 0 {
                self.remove(index);
            } else {
                self.outcome.busy_ended += 1;
            }
            alive -= 1;
        }
        self.outcome.most = self.outcome.most.max(self.pods.len());
        self.changed();
    }

    fn remove(&mut self, index: usize) {
        let pod = self.pods.swap_remove(index);
        self.outcome.pod_time += self.now - pod.created;
    }

    fn end(mut self, until: Micros) -> Outcome {
        let until = until.max(self.now);
        self.outcome.pod_time += self.pods.iter().map(|pod| until - pod.created).sum::<Micros>();
        self.outcome.unwritten = self.letters.iter().filter(|letter| !letter.done).count();
        self.outcome.waits =
            self.letters.iter().filter(|letter| letter.done).filter_map(|letter| letter.wait).collect();
        self.outcome.waits.sort_unstable();
        self.outcome
    }
}

fn remember(values: &mut VecDeque<Micros>, value: Micros) {
    values.push_back(value);
    if values.len() > 32 {
        values.pop_front();
    }
}
