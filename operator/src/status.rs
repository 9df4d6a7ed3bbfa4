//! What an app's status says, computed from what was applied.

mod availability;
mod backup;
mod news;
mod parts;
mod rotation;

use crds::app::{
    CoverLetterApp, CoverLetterAppStatus, InferenceStatus, ModelStatus, QueueStatus, ScalingStatus, ServiceType,
    conditions,
};
use crds::condition::{Statement, set_condition};
use crds::names::Component;
use crds::reason::AppReason;
use crds::request::State;
use jiff::Timestamp;

use crate::desired::inference_selector;
use crate::live::Live;
use crate::names;
use crate::observed::{Observed, count};
use crate::scaling::{Decision, Snapshot};
use crate::validate::{ValidatedApp, Violation};

pub use news::{News, news};
pub use parts::Parts;

/// The previous status, from which each new one continues.
pub struct Basis {
    old: CoverLetterAppStatus,
    generation: Option<i64>,
    now: Timestamp,
}

impl Basis {
    /// The status that `app` has, and the generation that the new one answers.
    #[must_use]
    pub fn of(app: &CoverLetterApp, now: Timestamp) -> Self {
        Self { old: app.status.clone().unwrap_or_default(), generation: app.metadata.generation, now }
    }

    /// Status of an app whose objects were just applied.
    #[must_use]
    pub fn reported(&self, app: &ValidatedApp, parts: &Parts<'_>) -> CoverLetterAppStatus {
        let status = CoverLetterAppStatus {
            url: url(app, parts.observed, &parts.applied.0),
            model: Some(ModelStatus { name: app.inference.model.name(), sha256: model_hash(parts.observed) }),
            queue: Some(queue(parts.observed, self.now)),
            inference: Some(inference_status(app, &parts.applied.0, parts.decision)),
            scaling: Some(scaling(parts.snapshot, parts.decision)),
            backup: backup::last(app, parts, self.old.backup.as_ref()),
            ..self.old.clone()
        };
        let mut optional = backup::statements(app, parts, status.backup.as_ref());
        optional.extend(rotation::statement_of(app, parts));
        let always = availability::statements(app, parts).into_iter().chain([running()]);
        let mut status = self.with(status, always.chain(optional.clone()));
        // Of an app without backups nothing is said about them.
        let is_told = |type_: &str| optional.iter().any(|statement| statement.type_ == type_);
        let optional = [conditions::BACKED_UP, conditions::RESTORED, conditions::SECRETS_ROTATED];
        status
            .conditions
            .retain(|condition| !optional.contains(&condition.type_.as_str()) || is_told(&condition.type_));
        status
    }

    /// Status of an app whose spec is refused. What exists stays as it is.
    #[must_use]
    pub fn refused(&self, violations: &[Violation]) -> CoverLetterAppStatus {
        let message = violations.iter().map(|violation| violation.0.as_str()).collect::<Vec<_>>().join("; ");
        let overall = availability::overall(false, AppReason::InvalidSpec, &message);
        self.with(self.old.clone(), overall.into_iter().chain([running()]))
    }

    /// Status of an app that could not be reconciled. What exists stays as it is.
    #[must_use]
    pub fn failed(&self, reason: AppReason, message: &str) -> CoverLetterAppStatus {
        let overall = availability::overall(false, reason, message);
        self.with(self.old.clone(), overall.into_iter().chain([running()]))
    }

    /// Status of an app that is left alone.
    #[must_use]
    pub fn paused(&self) -> CoverLetterAppStatus {
        let paused = Statement {
            type_: conditions::PAUSED,
            status: Some(true),
            reason: AppReason::Paused.as_str(),
            message: "`spec.paused` is set: the operator leaves the app's objects as they are.".to_owned(),
        };
        let idle = [conditions::RECONCILING, conditions::STALLED].map(|type_| Statement {
            type_,
            status: Some(false),
            ..paused.clone()
        });
        self.with(self.old.clone(), idle.into_iter().chain([paused]))
    }

    /// `status` with these conditions, for the present generation.
    fn with(
        &self,
        mut status: CoverLetterAppStatus,
        statements: impl IntoIterator<Item = Statement>,
    ) -> CoverLetterAppStatus {
        status.observed_generation = self.generation;
        for statement in statements {
            set_condition(&mut status.conditions, statement, self.generation, self.now);
        }
        status
    }
}

fn running() -> Statement {
    Statement {
        type_: conditions::PAUSED,
        status: Some(false),
        reason: AppReason::Running.as_str(),
        message: "The operator looks after this app.".to_owned(),
    }
}

/// URL of the site, where it can be known from inside the cluster.
fn url(app: &ValidatedApp, observed: &Observed, live: &Live) -> Option<String> {
    let of_route = app.web.route.as_ref().and_then(|route| route.hostnames.first());
    let of_ingress = app.web.ingress.as_ref().and_then(|ingress| ingress.hostnames.first());
    if let Some(host) = of_route.or(of_ingress) {
        return Some(format!("https://{host}"));
    }
    let service = live.service(&names::web(&app.name))?;
    match app.web.service.type_ {
        ServiceType::ClusterIP => Some(format!("http://{}.{}.svc", names::web(&app.name), app.namespace)),
        ServiceType::NodePort => {
            let port = service.spec.as_ref()?.ports.as_ref()?.first()?.node_port?;
            let mut hosts: Vec<_> = observed
                .pods
                .iter()
                .filter(|pod| pod.component == Component::Web && pod.ready)
                .filter_map(|pod| pod.host_ip.as_deref())
                .collect();
            hosts.sort_unstable();
            hosts.first().map(|host| format!("http://{host}:{port}"))
        }
        ServiceType::LoadBalancer => {
            let ingress = service.status.as_ref()?.load_balancer.as_ref()?.ingress.as_ref()?.first()?;
            ingress.hostname.as_ref().or(ingress.ip.as_ref()).map(|host| format!("http://{host}"))
        }
    }
}

/// Hash of the weights, as the last finished letter reported it.
fn model_hash(observed: &Observed) -> Option<String> {
    observed.requests.iter().filter_map(|request| request.model.clone()).max().map(|(_, sha256)| sha256)
}

fn queue(observed: &Observed, now: Timestamp) -> QueueStatus {
    let of = |state| observed.requests.iter().filter(move |request| request.state == state);
    let oldest = of(State::Queued).filter_map(|request| request.created).min();
    QueueStatus {
        queued: count(of(State::Queued)),
        running: count(of(State::Running)),
        // In steps of ten seconds, since every change of a status is a write.
        oldest_queued_seconds: oldest.map(|created| (now.as_second() - created).max(0) / 10 * 10),
    }
}

fn inference_status(app: &ValidatedApp, live: &Live, decision: &Decision) -> InferenceStatus {
    let deployment = live.deployment(&names::inference(&app.name));
    let status = deployment.and_then(|deployment| deployment.status.clone()).unwrap_or_default();
    InferenceStatus {
        replicas: status.replicas.unwrap_or(0),
        ready_replicas: status.ready_replicas.unwrap_or(0),
        desired_replicas: decision.desired,
        selector: inference_selector(&app.name),
    }
}

fn scaling(snapshot: &Snapshot, decision: &Decision) -> ScalingStatus {
    ScalingStatus {
        queued: snapshot.queued,
        running: snapshot.running,
        slots: snapshot.slots,
        current_replicas: snapshot.current.unwrap_or(0),
        busy_replicas: count(snapshot.pods.iter().filter(|pod| pod.held > 0)),
        starting_replicas: count(snapshot.pods.iter().filter(|pod| !pod.ready)),
        retiring_replicas: count(snapshot.pods.iter().filter(|pod| pod.asked)),
        kept_replicas: snapshot.kept,
        service_milliseconds: snapshot.service_ms,
        cold_start_milliseconds: snapshot.cold_start_ms,
        // In steps of a tenth, since every change of a status is a write.
        load_milli: (snapshot.load_milli + 50) / 100 * 100,
        desired_replicas: decision.desired,
        reason: decision.reason.clone(),
    }
}

#[cfg(test)]
mod tests;
