//! The desired state of every object of an app. Cannot fail, and depends only on its arguments.

mod backup;
mod database;
mod fetch;
mod inference;
mod labels;
mod model;
mod network;
mod oidc;
mod pod;
mod postgres;
mod rbac;
mod rotation;
mod web;

use crds::names::Component;

use crate::credentials;
use crate::kinds::Kind;
use crate::names;
use crate::objects::Desired;
use crate::observed::Observed;
use crate::scaling::Decision;
use crate::validate::{Database, ValidatedApp};

pub use backup::{BACKUP, RESTORE};
pub use database::claim_changes;
pub use inference::selector as inference_selector;
pub use rotation::{ROTATE, has_present_secrets};

/// The objects that `app` should consist of. Secrets carry metadata only: `credentials` makes their
/// content.
#[must_use]
pub fn desired(app: &ValidatedApp, observed: &Observed, decision: &Decision) -> Desired {
    let mut objects = Desired::default();
    let order = rotation::order(app, observed);
    for component in rbac::components(app, order.is_some()) {
        objects.add(Kind::ServiceAccount, &rbac::service_account(app, component));
    }
    for (role, binding) in [rbac::web(app), rbac::inference(app)] {
        objects.add(Kind::Role, &role);
        objects.add(Kind::RoleBinding, &binding);
    }
    for secret in [web::secret(app), inference::stream_secret(app)] {
        objects.add(Kind::Secret, &secret);
    }
    for policy in network::policies(app, observed, order.is_some()) {
        objects.add(Kind::NetworkPolicy, &policy);
    }
    // Jobs end by themselves.
    for component in rbac::components(app, false).filter(|component| *component != Component::Backup) {
        objects.add(Kind::PodDisruptionBudget, &pod::disruption_budget(app, component));
    }
    if let Database::Managed(managed) = &app.database {
        // An empty Secret in place of a lost one would be in the way of the one that is restored.
        let secret = names::database_secret(&app.name);
        if observed.children.secret(secret.as_str()).is_some() || !credentials::is_lost(app, observed) {
            objects.add(Kind::Secret, &database::secret(app));
        }
        if let Some(dumps) = &managed.dumps {
            objects.add(Kind::PersistentVolumeClaim, &backup::claim(app, dumps));
        }
        if let Some(schedule) = &managed.backup {
            objects.add(Kind::CronJob, &backup::cron_job(app, managed, schedule, observed));
        }
        if let Some(order) = &order {
            objects.add(Kind::Job, &rotation::job(app, managed, order, observed));
        }
        objects.add(Kind::Service, &database::service(app));
        objects.add(Kind::StatefulSet, &database::stateful_set(app, managed, observed));
    }
    objects.add(Kind::Service, &web::service(app));
    objects.add(Kind::Deployment, &inference::deployment(app, observed, decision.desired));
    objects.add(Kind::Deployment, &web::deployment(app, observed));
    if let Some(ingress) = web::ingress(app) {
        objects.add(Kind::Ingress, &ingress);
    }
    if let Some(route) = web::route(app) {
        objects.add(Kind::HttpRoute, &route);
    }
    objects
}

#[cfg(test)]
mod tests;
