//! The admission policy on the status of requests. It checks the writer, which the rules in the schema cannot.

use k8s_openapi::api::admissionregistration::v1::{
    MatchResources, NamedRuleWithOperations, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding,
    ValidatingAdmissionPolicyBindingSpec, ValidatingAdmissionPolicySpec, Validation, Variable,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::install::labels;
use super::yaml::document;

const NAME: &str = "coverletter-claims";

/// Expressions that the rules share, by name.
const VARIABLES: [(&str, &str); 6] = [
    (
        "pod",
        "has(request.userInfo.extra) && 'authentication.kubernetes.io/pod-uid' in request.userInfo.extra ? request.userInfo.extra['authentication.kubernetes.io/pod-uid'][0] : ''",
    ),
    // Only ServiceAccounts that the operator makes for inference have this suffix.
    (
        "isWorker",
        "request.userInfo.username.startsWith('system:serviceaccount:') && request.userInfo.username.endsWith('-inference')",
    ),
    (
        "isOwnWorker",
        "request.userInfo.username == 'system:serviceaccount:' + request.namespace + ':' + object.spec.appRef.name + '-inference'",
    ),
    ("hadClaim", "has(oldObject.status) && has(oldObject.status.claim)"),
    ("hasClaim", "has(object.status) && has(object.status.claim)"),
    (
        "succeeds",
        "has(object.status) && has(object.status.state) && object.status.state == 'Succeeded' && !(has(oldObject.status) && has(oldObject.status.state) && oldObject.status.state == 'Succeeded')",
    ),
];

/// The rules, and the messages when they are broken.
const VALIDATIONS: [(&str, &str); 5] = [
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
        "!variables.isWorker || !variables.hasClaim || object.status.claim.podUID == variables.pod",
        "a worker must claim for its own pod",
    ),
];

/// Policy and binding.
pub fn claims() -> String {
    let metadata = || ObjectMeta { name: Some(NAME.to_owned()), labels: Some(labels()), ..ObjectMeta::default() };
    let one = |word: &str| Some(vec![word.to_owned()]);
    let policy = ValidatingAdmissionPolicy {
        metadata: metadata(),
        spec: Some(ValidatingAdmissionPolicySpec {
            failure_policy: Some("Fail".to_owned()),
            match_constraints: Some(MatchResources {
                resource_rules: Some(vec![NamedRuleWithOperations {
                    api_groups: one(crds::GROUP),
                    api_versions: one("*"),
                    operations: one("UPDATE"),
                    resources: one("coverletterrequests/status"),
                    ..NamedRuleWithOperations::default()
                }]),
                ..MatchResources::default()
            }),
            variables: Some(
                VARIABLES
                    .map(|(name, expression)| Variable { name: name.into(), expression: expression.into() })
                    .to_vec(),
            ),
            validations: Some(
                VALIDATIONS
                    .map(|(expression, message)| Validation {
                        expression: expression.to_owned(),
                        message: Some(message.to_owned()),
                        reason: Some("Forbidden".to_owned()),
                        ..Validation::default()
                    })
                    .to_vec(),
            ),
            ..ValidatingAdmissionPolicySpec::default()
        }),
        status: None,
    };
    let binding = ValidatingAdmissionPolicyBinding {
        metadata: metadata(),
        spec: Some(ValidatingAdmissionPolicyBindingSpec {
            policy_name: Some(NAME.to_owned()),
            validation_actions: one("Deny"),
            ..ValidatingAdmissionPolicyBindingSpec::default()
        }),
    };
    [document(&policy), document(&binding)].join("---\n")
}
