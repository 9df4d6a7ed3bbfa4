//! Other autoscalers, modelled from their documents: KEDA with a `HorizontalPodAutoscaler`, and Knative's.

use std::collections::VecDeque;

use super::fleet::{Fleet, Policy};
use super::trace::{Micros, SECOND};

/// How often a `HorizontalPodAutoscaler` looks; a flag of the cluster, and so nobody's to tune.
const SYNC: Micros = 15 * SECOND;
/// Share of the target by which its metric may miss it.
const TOLERANCE: f64 = 0.1;

/// KEDA with queued and running letters as its metric.
#[derive(Clone, Debug)]
pub struct Keda {
    /// Letters for each pod.
    pub target: f64,
    /// How often it looks whether there is any work.
    pub polling: Micros,
    /// How long without work until the last pod ends.
    pub cooldown: Micros,
    /// Window over which the highest recommendation counts.
    pub stabilization: Micros,
    /// Whether pods are added by at most four or as many again in 15 s, which is the default.
    pub is_limited: bool,
    active: Micros,
    recommended: VecDeque<(Micros, i32)>,
    added: VecDeque<(Micros, i32)>,
}

impl Keda {
    /// The defaults.
    #[must_use]
    pub fn defaults(slots: usize) -> Self {
        Self::tuned(slots as f64, 30 * SECOND, 300 * SECOND, 300 * SECOND, true)
    }

    /// Other settings.
    #[must_use]
    pub fn tuned(target: f64, polling: Micros, cooldown: Micros, stabilization: Micros, is_limited: bool) -> Self {
        let (active, recommended, added) = (-cooldown, VecDeque::new(), VecDeque::new());
        Self { target, polling, cooldown, stabilization, is_limited, active, recommended, added }
    }

    fn sync(&mut self, now: Micros, work: f64, current: i32, max: i32) -> i32 {
        let ratio = work / (self.target * f64::from(current));
        let wanted = if (ratio - 1.0).abs() <= TOLERANCE { current } else { (work / self.target).ceil() as i32 };
        let wanted = wanted.clamp(1, max);
        self.recommended.push_back((now, wanted));
        while self.recommended.front().is_some_and(|(at, _)| *at < now - self.stabilization) {
            self.recommended.pop_front();
        }
        if wanted <= current {
            let most = self.recommended.iter().map(|(_, wanted)| *wanted).max().unwrap_or(wanted);
            return most.min(current);
        }
        if !self.is_limited {
            return wanted;
        }
        while self.added.front().is_some_and(|(at, _)| *at <= now - SYNC) {
            self.added.pop_front();
        }
        let before = current - self.added.iter().map(|(_, count)| count).sum::<i32>();
        let next = wanted.min((before * 2).max(before + 4));
        self.added.push_back((now, (next - current).max(0)));
        next.max(current)
    }
}

impl Policy for Keda {
    fn period(&self) -> Micros {
        SECOND
    }

    fn look(&mut self, fleet: &mut Fleet) {
        let now = fleet.now();
        let work = (fleet.queued() + fleet.running()) as f64;
        let (min, max) = (fleet.scene().min, fleet.scene().max);
        let current = fleet.desired();
        if now % self.polling < SECOND {
            if work > 0.0 {
                self.active = now;
            }
            if current == 0 && work > 0.0 {
                return fleet.set_desired(min.max(1));
            }
            if min == 0 && current > 0 && now - self.active > self.cooldown {
                self.recommended.clear();
                return fleet.set_desired(0);
            }
        }
        if now % SYNC < SECOND && current > 0 {
            let next = self.sync(now, work, current, max).max(min);
            fleet.set_desired(next);
        }
    }
}

/// Knative's autoscaler with the defaults of its configuration: concurrency as metric, a stable and a panic window.
#[derive(Clone, Debug, Default)]
pub struct Knative {
    samples: VecDeque<(Micros, f64)>,
    panicking_since: Option<Micros>,
    panic_most: i32,
    idle_since: Option<Micros>,
}

impl Knative {
    const STABLE: Micros = 60 * SECOND;
    const PANIC: Micros = 6 * SECOND;
    const GRACE: Micros = 30 * SECOND;

    fn average(&self, now: Micros, window: Micros) -> f64 {
        let within: Vec<_> = self.samples.iter().filter(|(at, _)| *at > now - window).map(|(_, work)| *work).collect();
        within.iter().sum::<f64>() / within.len().max(1) as f64
    }
}

impl Policy for Knative {
    fn period(&self) -> Micros {
        SECOND
    }

    fn look(&mut self, fleet: &mut Fleet) {
        let now = fleet.now();
        self.samples.push_back((now, (fleet.queued() + fleet.running()) as f64));
        while self.samples.front().is_some_and(|(at, _)| *at <= now - Self::STABLE) {
            self.samples.pop_front();
        }
        if now / SECOND % 2 == 1 {
            return;
        }
        let target = 0.7 * fleet.scene().slots as f64;
        let ready = fleet.pods().filter(|pod| pod.ready_since.is_some()).count().max(1) as f64;
        let (most, least) = ((1_000.0 * ready).ceil(), (ready / 2.0).floor());
        let bounded = |average: f64| (average / target).ceil().clamp(least, most) as i32;
        let (stable, panic) = (self.average(now, Self::STABLE), self.average(now, Self::PANIC));
        let (stable_pods, panic_pods) = (bounded(stable), bounded(panic));
        let is_over = (panic / target).ceil() / ready >= 2.0;
        if is_over {
            if self.panicking_since.is_none() {
                self.panic_most = 0;
            }
            self.panicking_since = Some(now);
        } else if self.panicking_since.is_some_and(|since| since < now - Self::STABLE) {
            self.panicking_since = None;
        }
        let mut wanted = stable_pods;
        if self.panicking_since.is_some() {
            self.panic_most = self.panic_most.max(panic_pods).max(stable_pods);
            wanted = self.panic_most;
        }
        let current = fleet.desired();
        if wanted == 0 && current > 0 {
            let since = *self.idle_since.get_or_insert(now);
            wanted = i32::from(now - since < Self::GRACE);
        } else {
            self.idle_since = None;
        }
        fleet.set_desired(wanted.clamp(fleet.scene().min, fleet.scene().max));
    }
}
