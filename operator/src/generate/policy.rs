//! The admission policies on what workers write: the status of requests, and their Leases. They check the writer, which
//! neither rules in a schema nor roles can.

use k8s_openapi::api::admissionregistration::v1::{
    MatchCondition, MatchResources, NamedRuleWithOperations, ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding, ValidatingAdmissionPolicyBindingSpec, ValidatingAdmissionPolicySpec, Validation,
    Variable,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::install::labels;
use super::yaml::document;

const NAME: &str = "coverletter-claims";
const LEASES: &str = "coverletter-leases";

/// Accounts that the operator makes for inference have this suffix.
const IS_WORKER: &str = "request.userInfo.username.startsWith('system:serviceaccount:') && request.userInfo.username.endsWith('-inference')";

/// Leases belong to everybody: of the accounts with the suffix only those that may write requests are workers.
const MAY_WRITE_REQUESTS: &str = "authorizer.group('coverletter.dev').resource('coverletterrequests').subresource('status').namespace(request.namespace).check('update').allowed()";

const OWN_LEASE: &str = "has(request.userInfo.extra) && 'authentication.kubernetes.io/pod-name' in request.userInfo.extra && request.name == request.userInfo.extra['authentication.kubernetes.io/pod-name'][0]";

/// Expressions that the rules share, by name.
const VARIABLES: [(&str, &str); 7] = [
    (
        "pod",
        "has(request.userInfo.extra) && 'authentication.kubernetes.io/pod-uid' in request.userInfo.extra ? request.userInfo.extra['authentication.kubernetes.io/pod-uid'][0] : ''",
    ),
    ("isWorker", IS_WORKER),
    (
        "isOwnWorker",
        "request.userInfo.username == 'system:serviceaccount:' + request.namespace + ':' + object.spec.appRef.name + '-inference'",
    ),
    ("hadClaim", "has(oldObject.status) && has(oldObject.status.claim)"),
    ("hasClaim", "has(object.status) && has(object.status.claim)"),
    (
        "ends",
        "has(object.status) && has(object.status.state) && object.status.state in ['Succeeded', 'Failed', 'Cancelled'] && !(has(oldObject.status) && has(oldObject.status.state) && oldObject.status.state == object.status.state)",
    ),
    (
        "succeeds",
        "has(object.status) && has(object.status.state) && object.status.state == 'Succeeded' && !(has(oldObject.status) && has(oldObject.status.state) && oldObject.status.state == 'Succeeded')",
    ),
];

/// The rules, and the messages when they are broken.
const VALIDATIONS: [(&str, &str); 6] = [
    (
        "!variables.succeeds || (variables.hadClaim && variables.pod != '' && variables.pod == oldObject.status.claim.podUID)",
        "only the pod that holds the claim may finish this request",
    ),
    ("!variables.isWorker || variables.pod != ''", "a worker must write with a token that is bound to its pod"),
    ("!variables.isWorker || variables.isOwnWorker", "a worker must not write requests of another app"),
    (
        "!variables.isWorker || !variables.hadClaim || oldObject.status.claim.podUID == variables.pod",
        "a worker must not touch a request that another pod has claimed",
    ),
    (
        "!variables.isWorker || !variables.ends || variables.hadClaim",
        "a worker must not end a request that it has not claimed",
    ),
    (
        "!variables.isWorker || !variables.hasClaim || object.status.claim.podUID == variables.pod",
        "a worker must claim for its own pod",
    ),
];

/// The policy on the status of requests, and its binding.
pub fn claims() -> String {
    let variables =
        VARIABLES.map(|(name, expression)| Variable { name: name.into(), expression: expression.into() }).to_vec();
    let spec = ValidatingAdmissionPolicySpec {
        variables: Some(variables),
        validations: Some(VALIDATIONS.map(|(expression, message)| validation(expression, message)).to_vec()),
        ..constraints(crds::GROUP, "coverletterrequests/status", &["UPDATE"])
    };
    bound(NAME, spec)
}

/// The policy on the Leases of workers, and its binding.
pub fn leases() -> String {
    let condition = |name: &str, expression: &str| MatchCondition { name: name.into(), expression: expression.into() };
    let spec = ValidatingAdmissionPolicySpec {
        match_conditions: Some(vec![condition("worker", IS_WORKER), condition("requests", MAY_WRITE_REQUESTS)]),
        validations: Some(vec![validation(OWN_LEASE, "a worker must touch no Lease but that of its own pod")]),
        ..constraints("coordination.k8s.io", "leases", &["CREATE", "UPDATE", "DELETE"])
    };
    bound(LEASES, spec)
}

fn validation(expression: &str, message: &str) -> Validation {
    Validation {
        expression: expression.to_owned(),
        message: Some(message.to_owned()),
        reason: Some("Forbidden".to_owned()),
        ..Validation::default()
    }
}

/// A policy on these operations, without rules yet.
fn constraints(group: &str, resource: &str, operations: &[&str]) -> ValidatingAdmissionPolicySpec {
    let words = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    ValidatingAdmissionPolicySpec {
        failure_policy: Some("Fail".to_owned()),
        match_constraints: Some(MatchResources {
            resource_rules: Some(vec![NamedRuleWithOperations {
                api_groups: words(&[group]),
                api_versions: words(&["*"]),
                operations: words(operations),
                resources: words(&[resource]),
                ..NamedRuleWithOperations::default()
            }]),
            ..MatchResources::default()
        }),
        ..ValidatingAdmissionPolicySpec::default()
    }
}

/// A policy with the binding that enforces it.
fn bound(name: &str, spec: ValidatingAdmissionPolicySpec) -> String {
    let metadata = || ObjectMeta { name: Some(name.to_owned()), labels: Some(labels()), ..ObjectMeta::default() };
    let policy = ValidatingAdmissionPolicy { metadata: metadata(), spec: Some(spec), status: None };
    let binding = ValidatingAdmissionPolicyBinding {
        metadata: metadata(),
        spec: Some(ValidatingAdmissionPolicyBindingSpec {
            policy_name: Some(name.to_owned()),
            validation_actions: Some(vec!["Deny".to_owned()]),
            ..ValidatingAdmissionPolicyBindingSpec::default()
        }),
    };
    [document(&policy), document(&binding)].join("---\n")
}
