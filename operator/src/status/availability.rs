//! Whether each component of an app serves, and all of them together.

use crds::app::conditions;
use crds::condition::Statement;
use crds::names::Component;
use crds::reason::AppReason;
use k8s_openapi::api::apps::v1::Deployment;

use crate::live::{Live, is_rolled_out};
use crate::names;
use crate::observed::{Observed, PodFact};
use crate::validate::{Database, ValidatedApp};

/// Longest message of a condition that quotes a container.
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

    /// Adds what keeps a pod of the component from running.
    fn with_trouble(self, trouble: Option<&str>) -> Self {
        let Some(trouble) = trouble else { return self };
        let message = format!("{} A pod that cannot start says: {trouble}.", self.message);
        Self::new(self.reason, message.chars().take(MESSAGE_MAX).collect::<String>())
    }

    fn statement(&self, type_: &'static str) -> Statement {
        let status = Some(self.is_available());
        Statement { type_, status, reason: self.reason.as_str(), message: self.message.clone() }
    }
}

/// The conditions of the three components, and `Ready`.
pub fn statements(app: &ValidatedApp, observed: &Observed, live: &Live) -> [Statement; 4] {
    let web = live.deployment(&names::web(&app.name)).cloned().unwrap_or_default();
    let inference = live.deployment(&names::inference(&app.name)).cloned().unwrap_or_default();
    let trouble = trouble(observed);
    let components = [
        (conditions::DATABASE_AVAILABLE, database(app, live)),
        (conditions::WEB_AVAILABLE, deployment(&web, Component::Web)),
        (conditions::INFERENCE_AVAILABLE, deployment(&inference, Component::Inference).with_trouble(trouble)),
    ];
    let missing = components.iter().find(|(_, component)| !component.is_available());
    let ready = match missing {
        Some((_, component)) => Availability::new(component.reason, component.message.clone()),
        None if !is_rolled_out(&web) || !is_rolled_out(&inference) => {
            let replaced = "Pods of an earlier version are being replaced.";
            Availability::new(AppReason::Progressing, replaced).with_trouble(trouble)
        }
        None => Availability::new(AppReason::Available, "Web, database and inference are available."),
    };
    let [database, web, inference] = components.map(|(type_, component)| component.statement(type_));
    [database, web, inference, ready.statement(conditions::READY)]
}

fn database(app: &ValidatedApp, live: &Live) -> Availability {
    if matches!(app.database, Database::External(_)) {
        return Availability::new(AppReason::External, "Somebody else runs the database; its Secret is there.");
    }
    let set = live.stateful_set(&names::database(&app.name));
    if set.and_then(|set| set.status.as_ref()?.ready_replicas).unwrap_or(0) > 0 {
        Availability::new(AppReason::Available, "Postgres is ready.")
    } else {
        Availability::new(AppReason::Unavailable, "Postgres is not ready yet.")
    }
}

fn deployment(deployment: &Deployment, component: Component) -> Availability {
    let what = component.label();
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(0);
    let ready = deployment.status.as_ref().and_then(|status| status.ready_replicas).unwrap_or(0);
    if ready > 0 {
        // Without a count, which would move with every pod and stands elsewhere in the status.
        Availability::new(AppReason::Available, format!("At least one {what} pod is ready."))
    } else if wanted == 0 && component == Component::Inference {
        Availability::new(AppReason::Available, "No inference pod is needed now.")
    } else if wanted == 0 {
        Availability::new(AppReason::Unavailable, format!("No {what} pod is asked for."))
    } else {
        Availability::new(AppReason::Unavailable, format!("No {what} pod is ready yet."))
    }
}

/// Why an inference pod does not run, if there is one that does not.
fn trouble(observed: &Observed) -> Option<&str> {
    let is_worker = |pod: &&PodFact| pod.component == Component::Inference && !pod.ending;
    observed.pods.iter().filter(is_worker).find_map(|pod| pod.trouble.as_deref())
}
