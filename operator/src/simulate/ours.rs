//! The operator's own decision, as it sees the fleet through its watches.

use std::collections::VecDeque;
use std::rc::Rc;

use super::fleet::{Fleet, Policy};
use super::scene::Pod;
use super::trace::{Micros, SECOND};
use crate::scaling::{self, Decision, Snapshot, Told, Window, Worker};

/// How often an app with work is looked at though nothing changed.
const ATTENTION: Micros = 5 * SECOND;
/// Cold start that is assumed before one was measured.
const COLD_START: Micros = 30 * SECOND;
/// Time of a letter that is assumed before one was measured.
const SERVICE: Micros = 15 * SECOND;
/// Microseconds in a millisecond.
const MILLI: Micros = 1_000;

/// The fleet at one moment.
struct View {
    at: Micros,
    queued: usize,
    pods: Vec<Pod>,
    desired: i32,
}

/// The operator's decision.
pub struct Ours<'a> {
    target_wait: Micros,
    lag: Micros,
    views: VecDeque<Rc<View>>,
    window: Window,
    told: Told,
    note: Option<&'a mut Note<'a>>,
}

/// Receives every decision with its snapshot.
type Note<'a> = dyn FnMut(&Snapshot, &Decision) + 'a;

impl<'a> Ours<'a> {
    /// With this target, and this delay of everything that is watched.
    #[must_use]
    pub fn new(target_wait: Micros, lag: Micros) -> Self {
        Self { target_wait, lag, views: VecDeque::new(), window: Window::default(), told: Told::default(), note: None }
    }

    /// The same, which gives every decision to `note`.
    #[must_use]
    pub fn noting(self, note: &'a mut Note<'a>) -> Self {
        Self { note: Some(note), ..self }
    }

    /// The newest view that is as old as the lag.
    fn seen(&mut self, now: Micros) -> Option<Rc<View>> {
        while self.views.len() > 1 && self.views[1].at <= now - self.lag {
            self.views.pop_front();
        }
        self.views.front().filter(|view| view.at <= now - self.lag).cloned()
    }
}

impl Policy for Ours<'_> {
    fn period(&self) -> Micros {
        ATTENTION
    }

    fn delay(&self) -> Option<Micros> {
        Some(self.lag)
    }

    fn changed(&mut self, fleet: &Fleet) {
        self.views.push_back(Rc::new(View {
            at: fleet.now(),
            queued: fleet.queued(),
            pods: fleet.pods().cloned().collect(),
            desired: fleet.desired(),
        }));
    }

    fn look(&mut self, fleet: &mut Fleet) {
        let Some(view) = self.seen(fleet.now()) else { return };
        let (starts, services) = fleet.measured();
        let (cold_start, service) = (mean(starts).unwrap_or(COLD_START), mean(services).unwrap_or(SERVICE));
        let arrivals = &fleet.scene().arrivals;
        let until = arrivals.partition_point(|arrival| arrival.at <= view.at);
        let from = arrivals.partition_point(|arrival| arrival.at <= view.at - scaling::ARRIVALS_MS * MILLI);
        let running: usize = view.pods.iter().map(|pod| pod.held).sum();
        let (raised_ms, lowered_ms) = self.told.since(fleet.now() / MILLI);
        let mut snapshot = Snapshot {
            now_ms: fleet.now() / MILLI,
            queued: view.queued as i32,
            running: running as i32,
            queued_ms: view.queued as i64 * service / MILLI,
            service_ms: service / MILLI,
            cold_start_ms: cold_start / MILLI,
            load_milli: scaling::load_milli((until - from) as i32, service / MILLI),
            target_wait_ms: self.target_wait / MILLI,
            slots: fleet.scene().slots as i32,
            min: fleet.scene().min,
            max: fleet.scene().max,
            current: self.told.current(Some(view.desired)),
            raised_ms,
            lowered_ms,
            pods: view.pods.iter().map(|pod| worker(pod, fleet.now(), &self.told)).collect(),
            ..Snapshot::default()
        };
        let level = scaling::need(&snapshot).min(fleet.scene().max);
        snapshot.kept = self.window.observe(snapshot.now_ms, level, snapshot.current, snapshot.cold_start_ms, None);
        let decision = scaling::decide(&snapshot);
        if let Some(note) = &mut self.note {
            note(&snapshot, &decision);
        }
        let id = |name: &String| name.parse::<usize>().unwrap_or(usize::MAX);
        self.told.note(&decision, snapshot.now_ms);
        decision.ask.iter().for_each(|name| fleet.ask(id(name), Some(snapshot.now_ms)));
        decision.recall.iter().for_each(|name| fleet.ask(id(name), None));
        decision.mark.iter().for_each(|name| fleet.mark(id(name), true));
        decision.unmark.iter().for_each(|name| fleet.mark(id(name), false));
        fleet.set_desired(decision.desired);
    }
}

fn worker(pod: &Pod, now: Micros, told: &Told) -> Worker {
    let mut worker = Worker {
        name: pod.id.to_string(),
        ready: pod.ready_since.is_some(),
        age_ms: (now - pod.created) / MILLI,
        held: pod.held as i32,
        marked: pod.marked,
        ..Worker::default()
    };
    told.correct(&mut worker, pod.asked, pod.confirmed, now / MILLI);
    worker
}

fn mean(values: &VecDeque<Micros>) -> Option<Micros> {
    (!values.is_empty()).then(|| values.iter().sum::<Micros>() / values.len() as Micros)
}
