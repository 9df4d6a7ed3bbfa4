//! What the pods of every component have in common.

use std::collections::BTreeMap;

use crds::names::Component;
use k8s_openapi::api::apps::v1::{DeploymentStrategy, RollingUpdateDeployment};
use k8s_openapi::api::core::v1::{
    Container, LocalObjectReference, PodSecurityContext, PodSpec, PodTemplateSpec, ResourceRequirements,
    TopologySpreadConstraint, Volume,
};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use sha2::{Digest as _, Sha256};

use super::labels;
use crate::containers::{self, empty_dir, token_mount, token_volume, unprivileged, variable};
use crate::credentials::rotation::NEXT;
use crate::names;
use crate::observed::Observed;
use crate::quantity::Quantity;
use crate::validate::{PodSettings, Resources, ValidatedApp};

/// Annotation that changes with the Secrets that a pod reads, so that it starts anew.
pub const SECRETS_ANNOTATION: &str = "coverletter.dev/secrets";

/// Where Kubernetes looks for the reason of a container that ended.
pub const REPORT: &str = "/dev/termination-log";

/// Has Kubernetes take the end of the log as the reason of a container that ended without a report.
pub const WITH_LOG: &str = "FallbackToLogsOnError";

/// The parts of a pod that differ between components.
pub struct Pod<'a> {
    /// Component.
    pub component: Component,
    /// Settings of the author of the app.
    pub settings: &'a PodSettings,
    /// The one container.
    pub container: Container,
    /// What runs before it.
    pub init: Option<Container>,
    /// Volumes besides `/tmp`.
    pub volumes: Vec<Volume>,
    /// User and group.
    pub user: i64,
    /// Seconds to finish work in.
    pub grace_seconds: i64,
    /// Whether it talks to the API server.
    pub talks_to_api_server: bool,
    /// Names of the Secrets that it reads.
    pub secrets: Vec<String>,
}

/// The pod template of a component: restricted, spread over nodes, restarted when a Secret changes.
pub fn template(app: &ValidatedApp, observed: &Observed, pod: Pod<'_>) -> PodTemplateSpec {
    let (security_context, spread) = (security_context(&pod), spread(app, &pod));
    let mut all_labels = pod.settings.labels.to_map();
    all_labels.extend(labels::labels(&app.name, Some(pod.component)));
    let mut annotations = pod.settings.annotations.clone();
    annotations.insert(SECRETS_ANNOTATION.to_owned(), secrets_version(observed, &pod.secrets));
    let mut volumes = vec![empty_dir("tmp")];
    volumes.extend(pod.volumes);
    let mut container = pod.container;
    let given = pod.settings.env.iter().map(|given| variable(&given.name, &given.value));
    container.env.get_or_insert_default().extend(given);
    if pod.talks_to_api_server {
        // Not mounted by Kubernetes, which would give the token to a container that only fetches as well.
        volumes.push(token_volume());
        container.volume_mounts.get_or_insert_default().push(token_mount());
    }
    let tolerations = &pod.settings.tolerations;
    let pull_secrets = pod.settings.image_pull_secrets.iter();
    let pull_secrets: Vec<_> = pull_secrets.map(|name| LocalObjectReference { name: name.clone() }).collect();
    let spec = PodSpec {
        service_account_name: Some(names::component(&app.name, pod.component).into()),
        automount_service_account_token: Some(false),
        enable_service_links: Some(false),
        init_containers: pod.init.map(|container| vec![container]),
        containers: vec![container],
        volumes: Some(volumes),
        termination_grace_period_seconds: Some(pod.grace_seconds),
        security_context: Some(security_context),
        node_selector: (!pod.settings.node_selector.is_empty()).then(|| pod.settings.node_selector.to_map()),
        tolerations: (!tolerations.is_empty()).then(|| tolerations.clone()),
        topology_spread_constraints: Some(spread),
        affinity: pod.settings.affinity.clone(),
        image_pull_secrets: (!pull_secrets.is_empty()).then_some(pull_secrets),
        priority_class_name: pod.settings.priority_class.clone(),
        runtime_class_name: pod.settings.runtime_class.clone(),
        ..PodSpec::default()
    };
    let metadata = ObjectMeta { labels: Some(all_labels), annotations: Some(annotations), ..ObjectMeta::default() };
    PodTemplateSpec { metadata: Some(metadata), spec: Some(spec) }
}

/// As whom a pod runs, never as root.
fn security_context(pod: &Pod<'_>) -> PodSecurityContext {
    let change_policy = Some("OnRootMismatch".to_owned());
    let run_as = pod.settings.run_as.clone().unwrap_or_default();
    if run_as.assigned_by_platform {
        let assigned = PodSecurityContext { run_as_user: None, run_as_group: None, ..unprivileged(pod.user) };
        return PodSecurityContext { fs_group_change_policy: change_policy, ..assigned };
    }
    let group = run_as.group.unwrap_or(pod.user);
    PodSecurityContext {
        run_as_group: Some(group),
        fs_group: Some(group),
        fs_group_change_policy: change_policy,
        ..unprivileged(run_as.user.unwrap_or(pod.user))
    }
}

/// How the pods of a component are spread.
fn spread(app: &ValidatedApp, pod: &Pod<'_>) -> Vec<TopologySpreadConstraint> {
    let own = || Some(labels::selector(&app.name, pod.component));
    if pod.settings.spread.is_empty() {
        return vec![TopologySpreadConstraint {
            max_skew: 1,
            topology_key: "kubernetes.io/hostname".to_owned(),
            when_unsatisfiable: "ScheduleAnyway".to_owned(),
            label_selector: own(),
            ..TopologySpreadConstraint::default()
        }];
    }
    let given = pod.settings.spread.iter().cloned();
    given
        .map(|given| TopologySpreadConstraint { label_selector: given.label_selector.clone().or_else(own), ..given })
        .collect()
}

/// A new pod is ready before an old one goes.
pub fn rolling() -> DeploymentStrategy {
    DeploymentStrategy {
        type_: Some("RollingUpdate".to_owned()),
        rolling_update: Some(RollingUpdateDeployment {
            max_surge: Some(IntOrString::Int(1)),
            max_unavailable: Some(IntOrString::Int(0)),
        }),
    }
}

/// One pod of a component at a time may be taken away for maintenance.
pub fn disruption_budget(app: &ValidatedApp, component: Component) -> PodDisruptionBudget {
    PodDisruptionBudget {
        metadata: labels::owned(app, names::component(&app.name, component), Some(component)),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(labels::selector(&app.name, component)),
            ..PodDisruptionBudgetSpec::default()
        }),
        status: None,
    }
}

/// The resources that the app asks for, or else `cpu` and `memory` requested and `memory_limit` as limit.
pub fn resources(
    given: Option<&Resources>,
    cpu: &str,
    memory: &str,
    memory_limit: Option<&str>,
) -> ResourceRequirements {
    let Some(resources) = given else { return containers::resources(cpu, memory, memory_limit) };
    let quantities = |map: &BTreeMap<String, Quantity>| {
        let all: BTreeMap<_, _> = map.iter().map(|(name, quantity)| (name.clone(), quantity.to_api())).collect();
        (!all.is_empty()).then_some(all)
    };
    ResourceRequirements {
        requests: quantities(&resources.requests),
        limits: quantities(&resources.limits),
        ..ResourceRequirements::default()
    }
}

/// A hash that changes when one of `secrets` does. It covers the content of Secrets that the operator made and the
/// version of others, since the hash of a password that a person chose could be guessed.
fn secrets_version(observed: &Observed, secrets: &[String]) -> String {
    let mut hash = Sha256::new();
    for name in secrets {
        hash.update(name);
        if let Some(secret) = observed.named_secrets.get(name) {
            hash.update(&secret.version);
        } else if let Some(data) = observed.children.secret(name).and_then(|secret| secret.data.as_ref()) {
            // Of a password that no pod uses yet no pod needs to know.
            for (key, value) in data.iter().filter(|(key, _)| *key != NEXT) {
                hash.update(key);
                hash.update(&value.0);
            }
        }
    }
    hex::encode(&hash.finalize()[..8])
}
