//! What the pods of every component have in common.

use std::collections::BTreeMap;

use crds::app::PodSettings;
use crds::names::Component;
use k8s_openapi::api::core::v1::{
    Capabilities, Container, ContainerPort, EmptyDirVolumeSource, EnvVar, EnvVarSource, HTTPGetAction,
    ObjectFieldSelector, PodSecurityContext, PodSpec, PodTemplateSpec, Probe, ResourceRequirements, SeccompProfile,
    SecretKeySelector, SecurityContext, Toleration, TopologySpreadConstraint, Volume, VolumeMount,
};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use sha2::{Digest as _, Sha256};

use super::labels;
use crate::observed::Observed;
use crate::validate::{Database, ValidatedApp};

/// User of web and inference, as the image has it.
pub const USER: i64 = 65_532;
/// Annotation that changes with the Secrets that a pod reads, so that it starts anew.
const SECRETS_ANNOTATION: &str = "coverletter.dev/secrets";

/// Where Kubernetes looks for the reason of a container that ended.
pub const REPORT: &str = "/dev/termination-log";

/// The parts of a pod that differ between components.
pub struct Pod<'a> {
    /// Component.
    pub component: Component,
    /// What people set.
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
    let mut all_labels = pod.settings.labels.clone();
    all_labels.extend(labels::labels(&app.name, Some(pod.component)));
    let mut annotations = pod.settings.annotations.clone();
    annotations.insert(SECRETS_ANNOTATION.to_owned(), secrets_version(app, observed, &pod.secrets));
    let mut volumes = vec![empty_dir("tmp")];
    volumes.extend(pod.volumes);
    let spec = PodSpec {
        service_account_name: Some(pod.component.object_name(&app.name)),
        automount_service_account_token: Some(pod.talks_to_api_server),
        enable_service_links: Some(false),
        init_containers: pod.init.map(|container| vec![container]),
        containers: vec![pod.container],
        volumes: Some(volumes),
        termination_grace_period_seconds: Some(pod.grace_seconds),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            run_as_user: Some(pod.user),
            run_as_group: Some(pod.user),
            fs_group: Some(pod.user),
            fs_group_change_policy: Some("OnRootMismatch".to_owned()),
            seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }),
            ..PodSecurityContext::default()
        }),
        node_selector: (!pod.settings.node_selector.is_empty()).then(|| pod.settings.node_selector.clone()),
        tolerations: tolerations(pod.settings),
        topology_spread_constraints: Some(vec![TopologySpreadConstraint {
            max_skew: 1,
            topology_key: "kubernetes.io/hostname".to_owned(),
            when_unsatisfiable: "ScheduleAnyway".to_owned(),
            label_selector: Some(labels::selector(&app.name, pod.component)),
            ..TopologySpreadConstraint::default()
        }]),
        ..PodSpec::default()
    };
    let metadata = ObjectMeta { labels: Some(all_labels), annotations: Some(annotations), ..ObjectMeta::default() };
    PodTemplateSpec { metadata: Some(metadata), spec: Some(spec) }
}

/// One pod of a component at a time may be taken away for maintenance.
pub fn disruption_budget(app: &ValidatedApp, component: Component) -> PodDisruptionBudget {
    PodDisruptionBudget {
        metadata: labels::owned(app, component.object_name(&app.name), Some(component)),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(labels::selector(&app.name, component)),
            ..PodDisruptionBudgetSpec::default()
        }),
        status: None,
    }
}

/// What a container may do: nothing beyond running its program.
pub fn restricted() -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), add: None }),
        read_only_root_filesystem: Some(true),
        ..SecurityContext::default()
    }
}

/// An environment variable from a Secret.
pub fn from_secret(name: &str, secret: &str, key: &str) -> EnvVar {
    let selector = SecretKeySelector { name: secret.to_owned(), key: key.to_owned(), optional: None };
    let source = EnvVarSource { secret_key_ref: Some(selector), ..EnvVarSource::default() };
    EnvVar { name: name.to_owned(), value_from: Some(source), value: None }
}

/// An environment variable from the pod itself.
pub fn from_field(name: &str, path: &str) -> EnvVar {
    let field = ObjectFieldSelector { api_version: Some("v1".to_owned()), field_path: path.to_owned() };
    let source = EnvVarSource { field_ref: Some(field), ..EnvVarSource::default() };
    EnvVar { name: name.to_owned(), value_from: Some(source), value: None }
}

/// An environment variable with a value.
pub fn variable(name: &str, value: &str) -> EnvVar {
    EnvVar { name: name.to_owned(), value: Some(value.to_owned()), value_from: None }
}

/// A named TCP port.
pub fn port(name: &str, number: i32) -> ContainerPort {
    ContainerPort {
        name: Some(name.to_owned()),
        container_port: number,
        protocol: Some("TCP".to_owned()),
        ..ContainerPort::default()
    }
}

/// A probe that asks `path` on the port called `port` every `seconds` and gives up after `failures`.
pub fn http_probe(path: &str, port: &str, seconds: i32, failures: i32) -> Probe {
    Probe {
        http_get: Some(HTTPGetAction {
            path: Some(path.to_owned()),
            port: IntOrString::String(port.to_owned()),
            ..HTTPGetAction::default()
        }),
        period_seconds: Some(seconds),
        timeout_seconds: Some(5),
        failure_threshold: Some(failures),
        ..Probe::default()
    }
}

/// An empty folder that lives as long as the pod.
pub fn empty_dir(name: &str) -> Volume {
    Volume { name: name.to_owned(), empty_dir: Some(EmptyDirVolumeSource::default()), ..Volume::default() }
}

/// Mounts the volume `name` at `path`.
pub fn mount(name: &str, path: &str) -> VolumeMount {
    VolumeMount { name: name.to_owned(), mount_path: path.to_owned(), ..VolumeMount::default() }
}

/// What was asked for, or else `cpu` and `memory` requested and `memory_limit` as limit.
pub fn resources(settings: &PodSettings, cpu: &str, memory: &str, memory_limit: Option<&str>) -> ResourceRequirements {
    let quantities = |map: &BTreeMap<String, Quantity>| (!map.is_empty()).then(|| map.clone());
    if let Some(resources) = &settings.resources {
        return ResourceRequirements {
            requests: quantities(&resources.requests),
            limits: quantities(&resources.limits),
            ..ResourceRequirements::default()
        };
    }
    let quantity = |name: &str, value: &str| (name.to_owned(), Quantity(value.to_owned()));
    ResourceRequirements {
        requests: Some([quantity("cpu", cpu), quantity("memory", memory)].into()),
        limits: memory_limit.map(|limit| [quantity("memory", limit)].into()),
        ..ResourceRequirements::default()
    }
}

fn tolerations(settings: &PodSettings) -> Option<Vec<Toleration>> {
    // Field for field what Kubernetes has.
    let value = serde_json::to_value(&settings.tolerations).expect("tolerations are JSON");
    let tolerations: Vec<Toleration> = serde_json::from_value(value).expect("the fields are those of Kubernetes");
    (!tolerations.is_empty()).then_some(tolerations)
}

/// A word that changes when one of `secrets` does. Own Secrets by content; a foreign one by its version, since a hash
/// of somebody's password could be guessed at.
fn secrets_version(app: &ValidatedApp, observed: &Observed, secrets: &[String]) -> String {
    let mut hash = Sha256::new();
    for name in secrets {
        hash.update(name);
        let foreign = matches!(&app.database, Database::External { secret, .. } if secret == name);
        if foreign {
            hash.update(observed.external_database.as_ref().and_then(|fact| fact.version.as_deref()).unwrap_or(""));
        } else if let Some(data) = observed.secret(name).and_then(|secret| secret.data) {
            for (key, value) in &data {
                hash.update(key);
                hash.update(&value.0);
            }
        }
    }
    hex::encode(&hash.finalize()[..8])
}
