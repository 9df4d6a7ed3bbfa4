//! The Job that sets a new password of the managed database, and what has to be known before it may run.

use crds::names::Component;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::batch::v1::{Job, JobSpec};
use k8s_openapi::api::core::v1::{Container, PodSpec, PodTemplateSpec};

use super::pod::{Pod, REPORT, SECRETS_ANNOTATION, template};
use super::postgres::USER;
use super::{backup, labels, web};
use crate::containers::{from_secret, mount, variable};
use crate::credentials::rotation::{self, NEXT, Order};
use crate::live::is_rolled_out;
use crate::names;
use crate::observed::Observed;
use crate::validate::{Managed, ValidatedApp};

/// Sets a password.
pub const ROTATE: &str = include_str!("rotation/rotate.sh");

/// Longest time for all tries of one Job.
const DEADLINE_SECONDS: i64 = 600;
/// Tries besides the first.
const RETRIES: i32 = 6;

/// The password that is to be set now.
pub fn order(app: &ValidatedApp, observed: &Observed) -> Option<Order> {
    rotation::order(app, observed, has_present_secrets(app, observed))
}

/// Whether every web pod has the Secrets as they are now, so that none needs what they held before. Where no pod is ready
/// nobody can be hurt, and what is next may be what the pods lack.
#[must_use]
pub fn has_present_secrets(app: &ValidatedApp, observed: &Observed) -> bool {
    let Some(live) = observed.children.deployment(&names::web(&app.name)) else { return true };
    let status = live.status.clone().unwrap_or_default();
    let ready = status.ready_replicas.unwrap_or(0);
    let is_present = secrets_of(live) == secrets_of(&web::deployment(app, observed));
    let is_leaving = observed.pods.iter().any(|pod| pod.component == Component::Web && pod.ending && pod.ready);
    let is_everywhere = is_rolled_out(live) && status.updated_replicas == status.ready_replicas && !is_leaving;
    ready == 0 || (is_present && is_everywhere)
}

fn secrets_of(deployment: &Deployment) -> Option<&String> {
    let template = &deployment.spec.as_ref()?.template;
    template.metadata.as_ref()?.annotations.as_ref()?.get(SECRETS_ANNOTATION)
}

/// The Job of `order`.
pub fn job(app: &ValidatedApp, database: &Managed, order: &Order, observed: &Observed) -> Job {
    let pod = Pod {
        component: Component::Rotation,
        settings: &database.pod,
        container: container(app, database, order),
        init: None,
        volumes: Vec::new(),
        user: USER,
        grace_seconds: 10,
        talks_to_api_server: false,
        secrets: Vec::new(),
    };
    let template = template(app, observed, pod);
    let spec = template.spec.map(|spec| PodSpec { restart_policy: Some("Never".to_owned()), ..spec });
    Job {
        metadata: labels::owned(app, order.job.clone(), Some(Component::Rotation)),
        spec: Some(JobSpec {
            backoff_limit: Some(RETRIES),
            active_deadline_seconds: Some(DEADLINE_SECONDS),
            template: PodTemplateSpec { spec, ..template },
            ..JobSpec::default()
        }),
        status: None,
    }
}

fn container(app: &ValidatedApp, database: &Managed, order: &Order) -> Container {
    let secret = names::database_secret(&app.name);
    Container {
        name: "rotate".to_owned(),
        args: Some(vec![ROTATE.to_owned()]),
        env: Some(vec![
            variable("PGHOST", names::database(&app.name).as_str()),
            variable("PGPORT", &names::DATABASE_PORT.to_string()),
            variable("PGUSER", names::DATABASE_USER),
            variable("PGDATABASE", names::DATABASE_USER),
            variable("PGCONNECT_TIMEOUT", "10"),
            from_secret("PASSWORD", secret.as_str(), "password"),
            from_secret("NEXT_PASSWORD", secret.as_str(), NEXT),
            variable("LOGIN", order.login),
            variable("SCRATCH", "/tmp"),
            variable("REPORT", REPORT),
        ]),
        volume_mounts: Some(vec![mount("tmp", "/tmp")]),
        ..backup::script(database, None)
    }
}
