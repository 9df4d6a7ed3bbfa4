//! What the operator may do: exactly the verbs that it uses, and those that it grants in Roles.

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleRef, Subject};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::install::{NAME, NAMESPACE, labels};
use super::yaml::document;

/// Verbs on objects that are applied, watched and pruned.
const OWNS: &[&str] = &["create", "delete", "get", "list", "patch", "watch"];

/// Account, role and binding.
pub fn operator() -> String {
    let metadata = || ObjectMeta { name: Some(NAME.to_owned()), labels: Some(labels()), ..ObjectMeta::default() };
    let account = ServiceAccount {
        metadata: ObjectMeta { namespace: Some(NAMESPACE.to_owned()), ..metadata() },
        ..ServiceAccount::default()
    };
    let role = ClusterRole { metadata: metadata(), rules: Some(rules()), ..ClusterRole::default() };
    let binding = ClusterRoleBinding {
        metadata: metadata(),
        role_ref: RoleRef {
            api_group: "rbac.authorization.k8s.io".to_owned(),
            kind: "ClusterRole".to_owned(),
            name: NAME.to_owned(),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".to_owned(),
            name: NAME.to_owned(),
            namespace: Some(NAMESPACE.to_owned()),
            ..Subject::default()
        }]),
    };
    [document(&account), document(&role), document(&binding)].join("---\n")
}

/// The rules of the operator's role.
pub fn rules() -> Vec<PolicyRule> {
    vec![
        rule("coverletter.dev", &["coverletterapps"], &["get", "list", "watch"]),
        rule("coverletter.dev", &["coverletterapps/status"], &["patch"]),
        // Needed for owner references that block deletion.
        rule("coverletter.dev", &["coverletterapps/finalizers"], &["update"]),
        // Create is for the web's Role: a grant needs the granted permission.
        rule("coverletter.dev", &["coverletterrequests"], OWNS),
        rule("coverletter.dev", &["coverletterrequests/status"], &["get", "patch", "update"]),
        rule("", &["secrets", "serviceaccounts", "services"], OWNS),
        rule("", &["pods"], &["get", "list", "patch", "watch"]),
        // Volumes of databases are made by StatefulSets, and those of backups by the operator. It deletes none.
        rule("", &["persistentvolumeclaims"], &["create", "get", "list", "patch", "watch"]),
        // Some troubles of volumes and StatefulSets are told in Events only.
        rule("", &["events"], &["list"]),
        rule("apps", &["deployments", "statefulsets"], OWNS),
        rule("batch", &["cronjobs"], OWNS),
        rule("batch", &["jobs"], &["get", "list", "watch"]),
        rule("policy", &["poddisruptionbudgets"], OWNS),
        rule("networking.k8s.io", &["networkpolicies"], OWNS),
        rule("gateway.networking.k8s.io", &["httproutes"], OWNS),
        rule("rbac.authorization.k8s.io", &["rolebindings", "roles"], OWNS),
        // For its own Lease, and for the workers' Role.
        rule("coordination.k8s.io", &["leases"], &["create", "delete", "get", "list", "patch", "update", "watch"]),
        rule("discovery.k8s.io", &["endpointslices"], &["get", "list", "watch"]),
        rule("events.k8s.io", &["events"], &["create", "patch"]),
    ]
}

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> PolicyRule {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(owned(resources)),
        verbs: owned(verbs),
        ..PolicyRule::default()
    }
}
