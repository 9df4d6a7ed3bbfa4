//! The operator, as far as it looks after requests: the decisions are those of the program; when they are made, and what
//! becomes of the calls, is written anew here, without threads.

use std::collections::HashMap;
use std::sync::Arc;

use crds::names::{COMPONENT_LABEL, Component};
use crds::{CoverLetterApp, CoverLetterRequest, CoverLetterRequestStatus};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::runtime::watcher::Event;
use operator::apply::dispatcher::lease;
use operator::dispatcher::{Decisions, Outcome};
use operator::requests::{Done, Due, Rounds};
use operator::triage::{Action, Seen, Suspicion};
use operator::world::{Shown, World};

use crate::actor::{App, Clock, Wishes};
use crate::server::{Answer, Call, NAMESPACE, Refusal};

/// Most claims at the same time, and the longest time for one, in milliseconds.
const IN_FLIGHT_MAX: usize = 64;
const CLAIM_WITHIN: i64 = 5_000;
/// Longest time for what the API server is asked before something is taken from a worker.
const CONFIRM_WITHIN: i64 = 2_000;
/// Longest time for another write.
const WRITE_WITHIN: i64 = 8_000;
/// Longest time for a round.
const ROUND_WITHIN: i64 = 5_000;
/// Least time between two decisions and between two rounds.
const DECISION_PACE: i64 = 5;
const ROUND_PACE: i64 = 50;
/// Longest time between two of them. The program looks more often; a slow machine looks so.
const TICK: i64 = 4_000;
/// How often the workers are told that requests are handed to them.
const RENEW_EVERY: i64 = 3_000;

/// One start of the operator.
pub struct Leader {
    clock: Clock,
    identity: String,
    shown: Shown,
    world: Arc<World>,
    decisions: Decisions,
    rounds: Rounds,
    asked: HashMap<u64, About>,
    claims: usize,
    renewals: usize,
    /// When the next decision, round and renewal are due at the latest.
    due: [i64; 3],
    /// When the last decision and round were.
    last: [i64; 2],
    /// Since when a round is under way, and what is left of it.
    round: Option<(i64, usize)>,
    /// Number of the round.
    number: u32,
    has_changed: [bool; 2],
    listed: [bool; 3],
}

/// What an answer is about.
enum About {
    Claim(Arc<CoverLetterRequest>),
    Confirm(u32, Arc<CoverLetterRequest>, Suspicion, Box<CoverLetterRequestStatus>, Done),
    Write(u32, Arc<CoverLetterRequest>, Done),
    Renewal,
}

/// What the watches of the operator show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
    /// Requests, without their texts.
    Requests,
    /// Leases of workers.
    Leases,
    /// Pods of workers.
    Pods,
}

impl Leader {
    /// A process that has just begun to lead.
    #[must_use]
    pub fn new(app: &App, clock: Clock, identity: &str) -> Self {
        let mut shown = Shown::default();
        let mut object = CoverLetterApp::default();
        object.metadata.name = Some(app.name.to_owned());
        object.metadata.namespace = Some(NAMESPACE.to_owned());
        object.metadata.uid = Some("11111111-2222-3333-4444-555555555555".to_owned());
        object.spec.requests = app.limits.clone();
        shown.app(object);
        let world = shown.world();
        Self {
            clock,
            identity: identity.to_owned(),
            decisions: Decisions::new(Arc::clone(&world)),
            rounds: Rounds::new(Arc::clone(&world)),
            shown,
            world,
            asked: HashMap::new(),
            claims: 0,
            renewals: 0,
            due: [0; 3],
            last: [i64::MIN / 2; 2],
            round: None,
            number: 0,
            has_changed: [true; 2],
            listed: [false; 3],
        }
    }

    /// The watch is broken.
    pub fn lose(&mut self, watch: Watch) {
        match watch {
            Watch::Requests => self.shown.lose_requests(),
            Watch::Leases => self.shown.lose_leases(),
            Watch::Pods => {}
        }
    }

    /// Shows a change to a request.
    pub fn show_request(&mut self, request: &CoverLetterRequest, is_removal: bool) {
        self.shown.request(&event(trimmed(request), is_removal));
        self.has_changed = [true; 2];
    }

    /// Shows a change to a Lease, if it is one of a worker.
    pub fn show_lease(&mut self, lease: &Lease, is_removal: bool) {
        if is_of_worker(lease) {
            self.shown.lease(&event(lease.clone(), is_removal));
            self.has_changed[0] = true;
        }
    }

    /// Shows a change to a pod.
    pub fn show_pod(&mut self, pod: &Pod, is_removal: bool) {
        self.shown.pod(&event(pod.clone(), is_removal));
        self.has_changed = [true; 2];
    }

    /// Shows all requests anew.
    pub fn list_requests<'a>(&mut self, all: impl Iterator<Item = &'a Arc<CoverLetterRequest>>) {
        list(all.map(|request| trimmed(request)), |event| self.shown.request(&event));
        (self.has_changed, self.listed[0]) = ([true; 2], true);
    }

    /// Shows all Leases anew.
    pub fn list_leases<'a>(&mut self, all: impl Iterator<Item = &'a Arc<Lease>>) {
        list(all.filter(|lease| is_of_worker(lease)).map(|lease| (**lease).clone()), |event| self.shown.lease(&event));
        (self.has_changed, self.listed[1]) = ([true; 2], true);
    }

    /// Shows all pods anew.
    pub fn list_pods<'a>(&mut self, all: impl Iterator<Item = &'a Arc<Pod>>) {
        list(all.map(|pod| (**pod).clone()), |event| self.shown.pod(&event));
        (self.has_changed, self.listed[2]) = ([true; 2], true);
    }

    /// Does whatever there is to do.
    ///
    /// # Panics
    /// Never: what the program makes is a Lease.
    pub fn work(&mut self, now: i64, wishes: &mut Wishes) {
        if self.listed != [true; 3] {
            return;
        }
        for (task, pace) in [(0, DECISION_PACE), (1, ROUND_PACE)] {
            let is_due = self.has_changed[task] || now >= self.due[task];
            if !is_due || task == 1 && self.is_in_round(now) {
                continue;
            }
            if now < self.last[task] + pace {
                wishes.wake(self.last[task] + pace);
                continue;
            }
            (self.has_changed[task], self.last[task], self.due[task]) = (false, now, now + TICK);
            wishes.wake(now + TICK);
            if task == 0 { self.decide(now, wishes) } else { self.begin_round(now, wishes) }
        }
        let instant = self.clock.instant(now);
        if self.renewals == 0 && (now >= self.due[2] || self.decisions.has_news(instant)) {
            self.due[2] = now + RENEW_EVERY;
            wishes.wake(self.due[2]);
            for (app, is_present) in self.decisions.tell(instant) {
                let lease = lease(&app, is_present.then_some(self.identity.as_str()), self.clock.date(now));
                let lease = serde_json::from_value(lease).expect("it is a Lease");
                let number =
                    wishes.call(Call::Apply { lease: Box::new(lease), manager: "coverletter-operator" }, RENEW_EVERY);
                self.asked.insert(number, About::Renewal);
                self.renewals += 1;
            }
        }
    }

    fn decide(&mut self, now: i64, wishes: &mut Wishes) {
        let (date, instant) = (self.clock.date(now), self.clock.instant(now));
        let (mut due, wake) = self.decisions.decide(IN_FLIGHT_MAX - self.claims, date, instant);
        if wake.as_millis() < 600_000 {
            wishes.wake(now + wake.as_millis() as i64);
            self.due[0] = self.due[0].min(now + wake.as_millis() as i64);
        }
        // The order of a store is no order.
        due.sort_by_cached_key(|due| due.request.name_any());
        for due in due {
            self.claims += 1;
            let number = wishes.call(write(&due.request, due.status), CLAIM_WITHIN);
            self.asked.insert(number, About::Claim(due.request));
        }
    }

    /// Whether a round is under way, which is cut off when it takes too long.
    fn is_in_round(&mut self, now: i64) -> bool {
        self.round = self.round.filter(|(since, left)| *left > 0 && now < since + ROUND_WITHIN);
        self.round.is_some()
    }

    fn begin_round(&mut self, now: i64, wishes: &mut Wishes) {
        let (date, instant) = (self.clock.date(now), self.clock.instant(now));
        let mut due = self.rounds.due(date, instant);
        due.sort_by_cached_key(|(request, action)| (action.urgency(), request.name_any()));
        self.number += 1;
        let mut begun = 0;
        for due in due {
            if Rounds::begin(&self.world, &due, instant) {
                begun += 1;
                self.act(due, wishes);
            } else {
                self.rounds.note(&due.0, Done::Passed, instant);
            }
        }
        self.round = Some((now, begun));
        wishes.wake(now + ROUND_WITHIN);
    }

    fn act(&mut self, (request, action): Due, wishes: &mut Wishes) {
        let (number, name) = (self.number, request.name_any());
        let (call, within, about) = match action {
            Action::Write { status, why, confirm: Some(suspicion) } => {
                let done = if suspicion.is_of_idleness() { Done::Freed } else { Done::Acted(why.as_str()) };
                let name = suspicion.worker().to_owned();
                let call = if suspicion.is_of_pod() { Call::ReadPod { name } } else { Call::ReadLease { name } };
                (call, CONFIRM_WITHIN, About::Confirm(number, request, suspicion, status, done))
            }
            Action::Write { status, why, confirm: None } => {
                (write(&request, *status), WRITE_WITHIN, About::Write(number, request, Done::Acted(why.as_str())))
            }
            Action::Cancel => {
                let call = Call::Cancel { name, uid: request.uid() };
                (call, WRITE_WITHIN, About::Write(number, request, Done::Acted("Cancel")))
            }
            Action::Delete => {
                let call = Call::Delete { name, uid: request.uid(), version: request.resource_version() };
                (call, WRITE_WITHIN, About::Write(number, request, Done::Acted("Delete")))
            }
        };
        self.asked.insert(wishes.call(call, within), about);
    }

    /// Takes an answer.
    pub fn answered(&mut self, number: u64, answer: &Result<Answer, Refusal>, now: i64, wishes: &mut Wishes) {
        let code = answer.as_ref().map(|_| ()).map_err(|refusal| refusal.code);
        match self.asked.remove(&number) {
            Some(About::Claim(request)) => {
                self.claims -= 1;
                let outcome = match code {
                    Ok(()) => Some(Outcome::Bound),
                    Err(Some(404 | 409)) => Some(Outcome::Conflict),
                    Err(code) => code.map(|_| Outcome::Failed),
                };
                self.decisions.note(&request, outcome, self.clock.instant(now));
                self.has_changed[0] = true;
            }
            Some(About::Confirm(round, request, suspicion, status, done)) if self.is_of_round(round, now) => {
                let is_borne_out = match answer {
                    Ok(Answer::Lease(lease)) => suspicion.is_borne_out(Seen::Lease(lease.as_deref())),
                    Ok(Answer::Pod(pod)) => suspicion.is_borne_out(Seen::Pod(pod.as_deref())),
                    _ => false,
                };
                if is_borne_out {
                    let number = wishes.call(write(&request, *status), WRITE_WITHIN);
                    self.asked.insert(number, About::Write(round, request, done));
                } else {
                    let denied = if suspicion.is_of_silence() { Done::NotSilent } else { Done::NotGone };
                    self.end(&request, done == Done::Freed, denied, now);
                }
            }
            Some(About::Write(round, request, done)) if self.is_of_round(round, now) => {
                let outcome = match code {
                    Err(Some(404)) if done == Done::Acted("Delete") => done,
                    Ok(()) => done,
                    Err(Some(409)) => Done::Conflict,
                    Err(_) => Done::Failed,
                };
                self.end(&request, done == Done::Freed, outcome, now);
            }
            Some(About::Renewal) => self.renewals -= 1,
            // The round was cut off meanwhile.
            Some(About::Confirm(..) | About::Write(..)) | None => {}
        }
        self.work(now, wishes);
    }

    fn is_of_round(&mut self, number: u32, now: i64) -> bool {
        self.number == number && self.is_in_round(now)
    }

    fn end(&mut self, request: &CoverLetterRequest, frees: bool, done: Done, now: i64) {
        Rounds::end(
            &self.world,
            request,
            frees,
            Some(done).filter(|done| !matches!(done, Done::Conflict | Done::Failed)),
        );
        self.rounds.note(request, done, self.clock.instant(now));
        if let Some((_, left)) = &mut self.round {
            *left -= 1;
        }
    }
}

fn write(request: &CoverLetterRequest, status: CoverLetterRequestStatus) -> Call {
    let (name, version) = (request.name_any(), request.resource_version());
    Call::Status { name, uid: None, version, status: Some(Box::new(status)) }
}

fn event<K>(object: K, is_removal: bool) -> Event<K> {
    if is_removal { Event::Delete(object) } else { Event::Apply(object) }
}

fn list<K>(all: impl Iterator<Item = K>, mut show: impl FnMut(Event<K>)) {
    show(Event::Init);
    all.for_each(|object| show(Event::InitApply(object)));
    show(Event::InitDone);
}

fn trimmed(request: &CoverLetterRequest) -> CoverLetterRequest {
    let mut request = request.clone();
    request.drop_texts();
    request
}

fn is_of_worker(lease: &Lease) -> bool {
    lease.labels().get(COMPONENT_LABEL).is_some_and(|component| component == Component::Inference.label())
}
