//! What an app's status says, computed from what was applied.

mod news;

use crds::app::{
    CoverLetterAppStatus, InferenceStatus, ModelStatus, QueueStatus, ScalingStatus, ServiceType, conditions,
};
use crds::condition::{Statement, set_condition};
use crds::names::Component;
use crds::reason::AppReason;
use crds::request::State;
use jiff::Timestamp;
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::Service;

use crate::desired::inference_selector;
use crate::kinds::Kind;
use crate::names;
use crate::objects::{Applied, Objects};
use crate::observed::{Observed, PodFact, count};
use crate::scaling::{Decision, Snapshot};
use crate::validate::{Database, ValidatedApp, Violation};

pub use news::{News, news};

/// Longest message of a condition that comes from elsewhere.
const MESSAGE_MAX: usize = 1_024;

/// Whether one component serves, and if not, why.
struct Availability {
    reason: AppReason,
    message: String,
}

impl Availability {
    fn new(reason: AppReason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }

    fn is_available(&self) -> bool {
        matches!(self.reason, AppReason::Available | AppReason::External)
    }

    fn statement(&self, type_: &'static str) -> Statement {
        let status = Some(self.is_available());
        Statement { type_, status, reason: self.reason.as_str(), message: self.message.clone() }
    }
}

/// Status of an app whose objects were just applied.
#[must_use]
pub fn reported(
    app: &ValidatedApp,
    old: &CoverLetterAppStatus,
    generation: Option<i64>,
    parts: &Parts<'_>,
    now: Timestamp,
) -> CoverLetterAppStatus {
    let Parts { observed, applied, snapshot, decision } = parts;
    let web: Deployment = applied.find(Kind::Deployment, &names::web(&app.name)).unwrap_or_default();
    let inference: Deployment = applied.find(Kind::Deployment, &names::inference(&app.name)).unwrap_or_default();
    let trouble = trouble(observed);
    let components = [
        (conditions::DATABASE_AVAILABLE, database(app, applied)),
        (conditions::WEB_AVAILABLE, deployment(&web, "web")),
        (conditions::INFERENCE_AVAILABLE, with_trouble(deployment(&inference, "inference"), trouble)),
    ];
    let missing = components.iter().find(|(_, component)| !component.is_available());
    let rolled_out = is_rolled_out(&web) && is_rolled_out(&inference);
    let ready = match missing {
        Some((_, component)) => Availability::new(component.reason, component.message.clone()),
        None if !rolled_out => {
            let replaced = "Pods of an earlier version are being replaced.";
            with_trouble(Availability::new(AppReason::Progressing, replaced), trouble)
        }
        None => Availability::new(AppReason::Available, "Web, database and inference are available."),
    };
    let mut status = CoverLetterAppStatus {
        observed_generation: generation,
        conditions: old.conditions.clone(),
        url: url(app, observed, applied),
        model: Some(ModelStatus { name: app.model.name.clone(), sha256: model_hash(observed) }),
        queue: Some(queue(observed, now)),
        inference: Some(inference_status(app, &inference, decision)),
        scaling: Some(scaling(snapshot, decision)),
    };
    for (type_, component) in &components {
        set_condition(&mut status.conditions, component.statement(type_), generation, now);
    }
    set_condition(&mut status.conditions, ready.statement(conditions::READY), generation, now);
    set_condition(&mut status.conditions, running(), generation, now);
    status
}

/// What a status is computed from.
pub struct Parts<'a> {
    /// The cluster before.
    pub observed: &'a Observed,
    /// The app's objects as the API server has them.
    pub applied: &'a Objects<Applied>,
    /// What scaling looked at.
    pub snapshot: &'a Snapshot,
    /// What scaling decided.
    pub decision: &'a Decision,
}

/// Status of an app whose spec is refused. What exists stays as it is.
#[must_use]
pub fn refused(
    violations: &[Violation],
    old: &CoverLetterAppStatus,
    generation: Option<i64>,
    now: Timestamp,
) -> CoverLetterAppStatus {
    let message = violations.iter().map(|violation| violation.0.as_str()).collect::<Vec<_>>().join("; ");
    let ready = Statement {
        type_: conditions::READY,
        status: Some(false),
        reason: AppReason::InvalidSpec.as_str(),
        message: message.chars().take(4_096).collect(),
    };
    let mut status = CoverLetterAppStatus { observed_generation: generation, ..old.clone() };
    set_condition(&mut status.conditions, ready, generation, now);
    set_condition(&mut status.conditions, running(), generation, now);
    status
}

/// Status of an app that is left alone.
#[must_use]
pub fn paused(old: &CoverLetterAppStatus, generation: Option<i64>, now: Timestamp) -> CoverLetterAppStatus {
    let mut status = CoverLetterAppStatus { observed_generation: generation, ..old.clone() };
    let statement = Statement {
        type_: conditions::PAUSED,
        status: Some(true),
        reason: AppReason::Paused.as_str(),
        message: "`spec.paused` is set: the operator changes nothing.".to_owned(),
    };
    set_condition(&mut status.conditions, statement, generation, now);
    status
}

fn running() -> Statement {
    let reason = AppReason::Running.as_str();
    Statement {
        type_: conditions::PAUSED,
        status: Some(false),
        reason,
        message: "The operator looks after this app.".into(),
    }
}

fn database(app: &ValidatedApp, applied: &Objects<Applied>) -> Availability {
    if matches!(app.database, Database::External { .. }) {
        return Availability::new(AppReason::External, "Somebody else runs the database; its Secret is there.");
    }
    let set: Option<StatefulSet> = applied.find(Kind::StatefulSet, &names::database(&app.name));
    let ready = set.and_then(|set| set.status).and_then(|status| status.ready_replicas).unwrap_or(0);
    if ready > 0 {
        Availability::new(AppReason::Available, "Postgres is ready.")
    } else {
        Availability::new(AppReason::Unavailable, "Postgres is not ready yet.")
    }
}

fn deployment(deployment: &Deployment, what: &str) -> Availability {
    let status = deployment.status.clone().unwrap_or_default();
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(0);
    let ready = status.ready_replicas.unwrap_or(0);
    if ready > 0 {
        // No count in the words: it would move with every pod, and the status has it elsewhere.
        Availability::new(AppReason::Available, format!("At least one {what} pod is ready."))
    } else if wanted == 0 && what == "inference" {
        Availability::new(AppReason::Available, "No inference pod is needed now.")
    } else if wanted == 0 {
        Availability::new(AppReason::Unavailable, format!("No {what} pod is asked for."))
    } else {
        Availability::new(AppReason::Unavailable, format!("No {what} pod is ready yet."))
    }
}

/// Why an inference pod does not run, where there is one that does not.
fn trouble(observed: &Observed) -> Option<&str> {
    let writes = |pod: &&PodFact| pod.component == Component::Inference.label() && !pod.ending;
    observed.pods.iter().filter(writes).find_map(|pod| pod.trouble.as_deref())
}

/// Says beside the state of a component what keeps a pod from running.
fn with_trouble(state: Availability, trouble: Option<&str>) -> Availability {
    let Some(trouble) = trouble else { return state };
    let message = format!("{} A pod that cannot start says: {trouble}.", state.message);
    Availability::new(state.reason, message.chars().take(MESSAGE_MAX).collect::<String>())
}

/// Whether no pod of an earlier template is left.
fn is_rolled_out(deployment: &Deployment) -> bool {
    let status = deployment.status.clone().unwrap_or_default();
    status.observed_generation == deployment.metadata.generation
        && status.updated_replicas.unwrap_or(0) == status.replicas.unwrap_or(0)
}

/// Where the site answers, as far as that can be known from inside the cluster.
fn url(app: &ValidatedApp, observed: &Observed, applied: &Objects<Applied>) -> Option<String> {
    let web = &app.spec.web;
    if let Some(host) = web.route.as_ref().filter(|_| observed.has_routes).and_then(|route| route.hostnames.first()) {
        return Some(format!("https://{host}"));
    }
    let service: Service = applied.find(Kind::Service, &names::web(&app.name))?;
    match web.service.type_ {
        ServiceType::ClusterIP => Some(format!("http://{}.{}.svc", names::web(&app.name), app.namespace)),
        ServiceType::NodePort => {
            let port = service.spec?.ports?.first()?.node_port?;
            let mut hosts: Vec<_> = observed
                .pods
                .iter()
                .filter(|pod| pod.component == Component::Web.label() && pod.ready)
                .filter_map(|pod| pod.host_ip.as_deref())
                .collect();
            hosts.sort_unstable();
            hosts.first().map(|host| format!("http://{host}:{port}"))
        }
        ServiceType::LoadBalancer => {
            let ingress = service.status?.load_balancer?.ingress?.into_iter().next()?;
            ingress.hostname.or(ingress.ip).map(|host| format!("http://{host}"))
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
        // In steps of ten seconds: every change of a status is a write.
        oldest_queued_seconds: oldest.map(|created| (now.as_second() - created).max(0) / 10 * 10),
    }
}

fn inference_status(app: &ValidatedApp, deployment: &Deployment, decision: &Decision) -> InferenceStatus {
    let status = deployment.status.clone().unwrap_or_default();
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
        busy_replicas: count(snapshot.pods.iter().filter(|pod| pod.busy)),
        desired_replicas: decision.desired,
        reason: decision.reason.clone(),
    }
}
