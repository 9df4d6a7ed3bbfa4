//! Everything that an app is made of, as it should be. Cannot fail and looks at nothing but its arguments.

mod collector;
mod database;
mod fetch;
mod inference;
mod labels;
mod network;
mod pod;
mod rbac;
mod secrets;
mod web;

use crate::kinds::Kind;
use crate::objects::{Desired, Objects};
use crate::observed::Observed;
use crate::scaling::Decision;
use crate::validate::{Database, ValidatedApp};

pub use inference::selector as inference_selector;
pub use labels::PART_OF;

/// The objects that `app` should consist of. Secrets carry metadata only: their content is minted elsewhere.
#[must_use]
pub fn desired(app: &ValidatedApp, observed: &Observed, decision: &Decision) -> Objects<Desired> {
    let mut objects = Objects::default();
    for component in rbac::components(app) {
        objects.add(Kind::ServiceAccount, &rbac::service_account(app, component));
    }
    for (role, binding) in [rbac::web(app), rbac::inference(app)] {
        objects.add(Kind::Role, &role);
        objects.add(Kind::RoleBinding, &binding);
    }
    for secret in secrets::secrets(app) {
        objects.add(Kind::Secret, &secret);
    }
    for policy in network::policies(app, observed) {
        objects.add(Kind::NetworkPolicy, &policy);
    }
    for component in rbac::components(app) {
        objects.add(Kind::PodDisruptionBudget, &pod::disruption_budget(app, component));
    }
    if let Database::Managed(managed) = &app.database {
        objects.add(Kind::Service, &database::service(app));
        objects.add(Kind::StatefulSet, &database::stateful_set(app, managed, observed));
    }
    objects.add(Kind::Service, &web::service(app));
    objects.add(Kind::Deployment, &inference::deployment(app, observed, decision.desired));
    objects.add(Kind::Deployment, &web::deployment(app, observed));
    if let Some(route) = web::route(app).filter(|_| observed.has_routes) {
        objects.add(Kind::HttpRoute, &route);
    }
    objects
}

#[cfg(test)]
mod tests;
