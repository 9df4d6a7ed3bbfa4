//! What the operator may do: exactly the verbs that it uses, and those that it grants in Roles. Either in the whole cluster,
//! or in named namespaces.

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::install::{NAME, NAMESPACE, labels};
use super::yaml::{BREAK, document};
use crate::scope::API_SERVER_NAMESPACE;

/// Verbs on objects that are applied, watched and pruned.
const OWNS: &[&str] = &["create", "delete", "get", "list", "patch", "watch"];
/// Verbs on objects that are only looked at.
const READS: &[&str] = &["get", "list", "watch"];

/// Account, role and binding for the whole cluster.
pub fn operator() -> String {
    [vec![account()], cluster_wide().to_vec()].concat().join(BREAK)
}

/// Account, Roles and bindings for these namespaces alone.
pub fn namespaced(namespaces: &[String]) -> String {
    let roles = namespaces.iter().flat_map(|namespace| in_namespace(namespace));
    [account()].into_iter().chain(outside()).chain(roles).collect::<Vec<_>>().join(BREAK)
}

/// The operator's identity.
pub fn account() -> String {
    document(&ServiceAccount { metadata: metadata(Some(NAMESPACE)), ..ServiceAccount::default() })
}

/// Role and binding for the whole cluster.
pub fn cluster_wide() -> [String; 2] {
    let role = ClusterRole {
        metadata: metadata(None),
        rules: Some([rules(), vec![rule("discovery.k8s.io", &["endpointslices"], READS)]].concat()),
        ..ClusterRole::default()
    };
    let binding = ClusterRoleBinding {
        metadata: metadata(None),
        role_ref: role_ref("ClusterRole"),
        subjects: Some(vec![subject()]),
    };
    [document(&role), document(&binding)]
}

/// Role and binding in a namespace whose apps are looked after.
pub fn in_namespace(namespace: &str) -> [String; 2] {
    role_in(namespace, NAME, rules())
}

/// What is needed elsewhere where only named namespaces are looked after.
pub fn outside() -> Vec<String> {
    let own_lease = vec![rule("coordination.k8s.io", &["leases"], &["create", "get", "update"])];
    // The addresses by which pods reach the API server, for their policies.
    let named = |rule: PolicyRule| PolicyRule { resource_names: Some(vec!["kubernetes".to_owned()]), ..rule };
    let addresses = [("", "services"), ("discovery.k8s.io", "endpointslices")];
    let addresses = addresses.map(|(group, resource)| named(rule(group, &[resource], READS))).to_vec();
    // Names of their own: either namespace may be one that is looked after.
    let (leader, reader) = (format!("{NAME}-leader"), format!("{NAME}-addresses"));
    [role_in(NAMESPACE, &leader, own_lease), role_in(API_SERVER_NAMESPACE, &reader, addresses)].concat()
}

fn role_in(namespace: &str, name: &str, rules: Vec<PolicyRule>) -> [String; 2] {
    let metadata = || ObjectMeta { name: Some(name.to_owned()), ..metadata(Some(namespace)) };
    let role = Role { metadata: metadata(), rules: Some(rules) };
    let binding = RoleBinding {
        metadata: metadata(),
        role_ref: RoleRef { name: name.to_owned(), ..role_ref("Role") },
        subjects: Some(vec![subject()]),
    };
    [document(&role), document(&binding)]
}

fn metadata(namespace: Option<&str>) -> ObjectMeta {
    ObjectMeta {
        name: Some(NAME.to_owned()),
        namespace: namespace.map(str::to_owned),
        labels: Some(labels()),
        ..ObjectMeta::default()
    }
}

fn role_ref(kind: &str) -> RoleRef {
    RoleRef { api_group: "rbac.authorization.k8s.io".to_owned(), kind: kind.to_owned(), name: NAME.to_owned() }
}

fn subject() -> Subject {
    Subject {
        kind: "ServiceAccount".to_owned(),
        name: NAME.to_owned(),
        namespace: Some(NAMESPACE.to_owned()),
        ..Subject::default()
    }
}

/// What the operator may do where it looks after apps.
pub fn rules() -> Vec<PolicyRule> {
    vec![
        rule("coverletter.dev", &["coverletterapps"], READS),
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
        rule("batch", &["cronjobs", "jobs"], OWNS),
        rule("policy", &["poddisruptionbudgets"], OWNS),
        rule("networking.k8s.io", &["ingresses", "networkpolicies"], OWNS),
        rule("gateway.networking.k8s.io", &["httproutes"], OWNS),
        rule("rbac.authorization.k8s.io", &["rolebindings", "roles"], OWNS),
        // For its own Lease, and for the workers' Role.
        rule("coordination.k8s.io", &["leases"], &["create", "delete", "get", "list", "patch", "update", "watch"]),
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
