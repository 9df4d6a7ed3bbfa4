//! What each program of an app may do in its namespace.

use crds::names::Component;
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{PolicyRule, Role, RoleBinding, RoleRef, Subject};

use super::labels;
use crate::names;
use crate::validate::{Database, ValidatedApp};

/// The components that this app has pods of.
pub fn components(app: &ValidatedApp, rotates: bool) -> impl Iterator<Item = Component> {
    let (managed, backed_up) = match &app.database {
        Database::Managed(database) => (true, database.backup.is_some()),
        Database::External(_) => (false, false),
    };
    Component::ALL.into_iter().filter(move |component| match component {
        Component::Database => managed,
        Component::Backup => backed_up,
        Component::Rotation => rotates,
        Component::Web | Component::Inference => true,
    })
}

/// The account of a component. Only pods that talk to the API server get its token.
pub fn service_account(app: &ValidatedApp, component: Component) -> ServiceAccount {
    ServiceAccount {
        metadata: labels::owned(app, names::component(&app.name, component), Some(component)),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    }
}

/// The web creates requests and follows them, and archives, erases and cancels them by patches.
pub fn web(app: &ValidatedApp) -> (Role, RoleBinding) {
    let rules = vec![rule("coverletter.dev", "coverletterrequests", &["create", "get", "list", "patch", "watch"])];
    role(app, Component::Web, rules)
}

/// Workers read requests, write their status, and keep one Lease each.
pub fn inference(app: &ValidatedApp) -> (Role, RoleBinding) {
    let rules = vec![
        rule("coverletter.dev", "coverletterrequests", &["get", "list", "watch"]),
        rule("coverletter.dev", "coverletterrequests/status", &["update"]),
        // A worker watches its own Lease, in which the operator may ask it to retire.
        rule("coordination.k8s.io", "leases", &["create", "delete", "list", "patch", "watch"]),
    ];
    role(app, Component::Inference, rules)
}

fn rule(group: &str, resource: &str, verbs: &[&str]) -> PolicyRule {
    PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(vec![resource.to_owned()]),
        verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
        ..PolicyRule::default()
    }
}

fn role(app: &ValidatedApp, component: Component, rules: Vec<PolicyRule>) -> (Role, RoleBinding) {
    let name = names::component(&app.name, component);
    let metadata = labels::owned(app, name.clone(), Some(component));
    let name = String::from(name);
    let role_ref =
        RoleRef { api_group: "rbac.authorization.k8s.io".to_owned(), kind: "Role".to_owned(), name: name.clone() };
    let subject = Subject {
        kind: "ServiceAccount".to_owned(),
        name,
        namespace: Some(app.namespace.clone()),
        ..Subject::default()
    };
    (
        Role { metadata: metadata.clone(), rules: Some(rules) },
        RoleBinding { metadata, role_ref, subjects: Some(vec![subject]) },
    )
}
