//! Whether each component of an app serves, and all of them together.

use crds::app::conditions;
use crds::condition::Statement;
use crds::names::Component;
use crds::reason::AppReason;
use k8s_openapi::api::apps::v1::Deployment;

use super::parts::Parts;
use crate::live::is_rolled_out;
use crate::names;
use crate::observed::{Observed, PodFact, Trouble};
use crate::refusal::Refusal;
use crate::validate::{Database, ValidatedApp};

/// Longest message of a condition.
const MESSAGE_MAX: usize = 4_096;

/// Whether one component serves, or the app, and if not, why.
struct Availability {
    reason: AppReason,
    message: String,
}

impl Availability {
    fn new(reason: AppReason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }

    fn is_available(&self) -> bool {
        matches!(
            self.reason,
            AppReason::Available | AppReason::External | AppReason::ScaledToZero | AppReason::CapacityLimited
        )
    }

    /// Adds what keeps a pod of the component from running, which is the reason if no other pod serves.
    fn with_trouble(self, trouble: Option<&Trouble>) -> Self {
        let Some(trouble) = trouble else { return self };
        let reason = if self.reason == AppReason::Unavailable { trouble.reason } else { self.reason };
        let message = format!("{} {}: {}.", self.message, introduction(trouble.reason), trouble.words);
        Self::new(reason, message)
    }

    /// Adds what the cluster refused of a component that does not serve.
    fn with_refusals<'a>(self, refusals: impl Iterator<Item = &'a Refusal>) -> Self {
        let mut refusals = refusals.filter(|_| !self.is_available()).peekable();
        let Some(first) = refusals.peek() else { return self };
        let reason = first.reason;
        let messages: Vec<_> =
            std::iter::once(self.message.as_str()).chain(refusals.map(|it| it.message.as_str())).collect();
        Self::new(reason, messages.join(" "))
    }

    fn statement(&self, type_: &'static str) -> Statement {
        statement(type_, self.is_available(), self.reason, &self.message)
    }
}

pub fn statement(type_: &'static str, status: bool, reason: AppReason, message: &str) -> Statement {
    let message = message.chars().take(MESSAGE_MAX).collect();
    Statement { type_, status: Some(status), reason: reason.as_str(), message }
}

/// How a message introduces the words of the cluster.
pub const fn introduction(reason: AppReason) -> &'static str {
    match reason {
        AppReason::PodsRefused => "The cluster refuses to create its pod",
        AppReason::VolumePending => "Its volume is not bound",
        AppReason::Unschedulable => "No node takes a pod",
        AppReason::ModelServerUnavailable => "Its pods wait for the model server",
        AppReason::ProgressDeadlineExceeded => "Its pods make no progress",
        AppReason::DatabaseRefuses => "The database does not let it in",
        _ => "A pod that cannot start says",
    }
}

/// `Ready` and the two conditions that kstatus knows, from one reason: an app that is not ready either gets there by
/// itself (`Reconciling`) or needs a person (`Stalled`).
pub fn overall(ready: bool, reason: AppReason, message: &str) -> [Statement; 3] {
    let stalled = !ready && needs_a_person(reason);
    [
        statement(conditions::READY, ready, reason, message),
        statement(conditions::RECONCILING, !ready && !stalled, reason, message),
        statement(conditions::STALLED, stalled, reason, message),
    ]
}

/// Whether an app in this state stays in it until a person changes something.
const fn needs_a_person(reason: AppReason) -> bool {
    matches!(
        reason,
        AppReason::InvalidSpec
            | AppReason::ForeignObject
            | AppReason::Refused
            | AppReason::SecretLost
            | AppReason::PodsRefused
            | AppReason::ProgressDeadlineExceeded
            | AppReason::OperatorFault
    )
}

/// The conditions of the three components, `Ready`, `Reconciling` and `Stalled`.
pub fn statements(app: &ValidatedApp, parts: &Parts<'_>) -> Vec<Statement> {
    let (observed, live) = (parts.observed, &parts.applied.0);
    let web = live.deployment(&names::web(&app.name)).cloned().unwrap_or_default();
    let inference = live.deployment(&names::inference(&app.name)).cloned().unwrap_or_default();
    let refused = |component| parts.refusals.iter().filter(move |refusal| concerns(app, refusal, component));
    let components = [
        (conditions::DATABASE_AVAILABLE, database(app, parts).with_refusals(refused(Component::Database))),
        (conditions::WEB_AVAILABLE, deployment(&web, Component::Web, observed).with_refusals(refused(Component::Web))),
        (
            conditions::INFERENCE_AVAILABLE,
            inference_pods(&inference, parts).with_refusals(refused(Component::Inference)),
        ),
    ];
    let ready = ready(app, parts, components.iter().map(|(_, component)| component), &[&web, &inference]);
    let [database, mut web, inference] = components.map(|(type_, component)| component.statement(type_));
    if let Some(remark) = &app.remark {
        web.message = format!("{} {remark}", web.message);
    }
    let overall = overall(ready.is_available(), ready.reason, &ready.message);
    [database, web, inference].into_iter().chain(overall).collect()
}

fn ready<'a>(
    app: &ValidatedApp,
    parts: &Parts<'_>,
    mut components: impl Iterator<Item = &'a Availability>,
    deployments: &[&Deployment],
) -> Availability {
    if !app.unmet.is_empty() {
        let sentences: Vec<_> = app.unmet.iter().map(|violation| violation.0.as_str()).collect();
        let message = format!("{}. All the rest of the spec is applied.", sentences.join("; "));
        return Availability::new(AppReason::InvalidSpec, message);
    }
    if let Some(first) = parts.refusals.first() {
        let messages: Vec<_> = parts.refusals.iter().map(|refusal| refusal.message.as_str()).collect();
        return Availability::new(first.reason, messages.join(" "));
    }
    if let Some(component) = components.find(|component| !component.is_available()) {
        return Availability::new(component.reason, component.message.clone());
    }
    if let Some(stuck) = deployments.iter().find_map(|deployment| stuck(deployment)) {
        let late = Availability::new(AppReason::ProgressDeadlineExceeded, "Pods of an earlier version serve.");
        return late.with_trouble(Some(&stuck)).with_trouble(trouble(parts.observed, None));
    }
    if deployments.iter().any(|deployment| !is_rolled_out(deployment)) {
        let replaced = "Pods of an earlier version are being replaced.";
        return Availability::new(AppReason::Progressing, replaced).with_trouble(trouble(parts.observed, None));
    }
    Availability::new(AppReason::Available, "Web, database and inference are available.")
}

/// Whether `refusal` is about an object of `component`.
pub fn concerns(app: &ValidatedApp, refusal: &Refusal, component: Component) -> bool {
    let name = refusal.key.name.as_str();
    let secret = match component {
        Component::Database => names::database_secret(&app.name),
        Component::Web => names::web_secret(&app.name),
        Component::Inference => names::stream_secret(&app.name),
        Component::Backup => names::backup(&app.name),
        Component::Rotation => return name.starts_with(names::component(&app.name, component).as_str()),
    };
    name == names::component(&app.name, component).as_str() || name == secret.as_str()
}

fn database(app: &ValidatedApp, parts: &Parts<'_>) -> Availability {
    if let Database::External(external) = &app.database {
        let web = parts.observed.pods.iter().filter(|pod| pod.component == Component::Web && !pod.ending);
        let mut troubles = web.filter_map(|pod| pod.trouble.as_ref());
        if let Some(refused) = troubles.find(|trouble| trouble.reason == AppReason::DatabaseRefuses) {
            let message = format!(
                "The database does not let the site in: {}. Correct the URL under the key `{}` of Secret `{}`, or the database.",
                refused.words, external.key, external.secret
            );
            return Availability::new(AppReason::DatabaseRefuses, message);
        }
        return Availability::new(AppReason::External, "Somebody else runs the database; its Secret is there.");
    }
    if parts.secret_lost {
        return Availability::new(AppReason::SecretLost, secret_lost(app));
    }
    let set = parts.applied.0.stateful_set(&names::database(&app.name));
    if set.and_then(|set| set.status.as_ref()?.ready_replicas).unwrap_or(0) > 0 {
        return Availability::new(AppReason::Available, "Postgres is ready.");
    }
    let trouble = parts.observed.database_trouble.as_ref();
    Availability::new(AppReason::Unavailable, "Postgres is not ready yet.")
        .with_trouble(trouble.or_else(|| self::trouble(parts.observed, Some(Component::Database))))
}

/// What to do when the password is gone. A Secret of the right labels counts as the operator's own.
fn secret_lost(app: &ValidatedApp) -> String {
    let (secret, claim) = (names::database_secret(&app.name), names::database_claim(&app.name));
    let user = names::DATABASE_USER;
    format!(
        "Secret `{secret}` with the password of the database is gone, while volume claim `{claim}` still has the data. No new \
         password is made: it would lock the app out. Restore the Secret from a backup; or set a password with \
         `kubectl exec {}-0 -- psql -U {user} -c \"ALTER ROLE {user} PASSWORD '...'\"`, create the Secret with it under the key \
         `password`, and label it `app.kubernetes.io/managed-by=coverletter-operator,{}={}`.",
        names::database(&app.name),
        crds::names::INSTANCE_LABEL,
        app.name,
    )
}

fn inference_pods(deployment: &Deployment, parts: &Parts<'_>) -> Availability {
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(0);
    let (snapshot, decision) = (parts.snapshot, parts.decision);
    if wanted == 0 && decision.desired == 0 && deployment.spec.is_some() {
        return if snapshot.queued > 0 && snapshot.max == 0 {
            Availability::new(AppReason::CapacityLimited, "Letters wait, and `inference.scaling.maxReplicas` is 0.")
        } else {
            Availability::new(AppReason::ScaledToZero, "No inference pod is needed now.")
        };
    }
    let available = self::deployment(deployment, Component::Inference, parts.observed);
    let work = snapshot.queued.saturating_add(snapshot.running);
    let room = snapshot.max.saturating_mul(snapshot.slots);
    if available.reason == AppReason::Available && snapshot.fixed.is_none() && work > room {
        let limit =
            format!("{} More letters wait than `inference.scaling.maxReplicas` permits pods for.", available.message);
        return Availability::new(AppReason::CapacityLimited, limit);
    }
    if available.reason == AppReason::Available && snapshot.unschedulable > 0 && decision.goal > decision.desired {
        let limit = format!("{} Letters wait, and no more pods are added while some have no node.", available.message);
        return Availability::new(AppReason::CapacityLimited, limit);
    }
    available
}

fn deployment(deployment: &Deployment, component: Component, observed: &Observed) -> Availability {
    let what = component.label();
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(0);
    let ready = deployment.status.as_ref().and_then(|status| status.ready_replicas).unwrap_or(0);
    let trouble = trouble(observed, Some(component));
    let refused = condition(deployment, "ReplicaFailure", "True", AppReason::PodsRefused);
    if ready > 0 {
        // Without a count, which would move with every pod and stands elsewhere in the status.
        let available = Availability::new(AppReason::Available, format!("At least one {what} pod is ready."));
        available.with_trouble(refused.as_ref().or(trouble))
    } else if wanted == 0 {
        Availability::new(AppReason::Unavailable, format!("No {what} pod is asked for."))
    } else {
        let missing = Availability::new(AppReason::Unavailable, format!("No {what} pod is ready yet."));
        missing.with_trouble(refused.as_ref().or(trouble))
    }
}

/// Why a new version of a Deployment does not come about.
fn stuck(deployment: &Deployment) -> Option<Trouble> {
    condition(deployment, "Progressing", "False", AppReason::ProgressDeadlineExceeded)
}

fn condition(deployment: &Deployment, type_: &str, status: &str, reason: AppReason) -> Option<Trouble> {
    let conditions = deployment.status.as_ref()?.conditions.as_deref()?;
    let found = conditions.iter().find(|condition| condition.type_ == type_ && condition.status == status)?;
    Trouble::new(reason, found.message.as_deref()?)
}

/// Why a pod does not run, if there is one of this component that does not; `None` stands for every component that
/// serves.
pub fn trouble(observed: &Observed, component: Option<Component>) -> Option<&Trouble> {
    let serves = |component| !matches!(component, Component::Backup | Component::Rotation);
    let concerned =
        |pod: &&PodFact| !pod.ending && component.map_or(serves(pod.component), |component| pod.component == component);
    observed.pods.iter().filter(concerned).find_map(|pod| pod.trouble.as_ref())
}
