//! Parts shared by all pods, those of apps and the operator's own.

use k8s_openapi::api::core::v1::{
    Capabilities, ConfigMapProjection, ContainerPort, DownwardAPIProjection, DownwardAPIVolumeFile,
    EmptyDirVolumeSource, EnvVar, EnvVarSource, HTTPGetAction, KeyToPath, ObjectFieldSelector, PodSecurityContext,
    Probe, ProjectedVolumeSource, ResourceRequirements, SeccompProfile, SecretKeySelector, SecurityContext,
    ServiceAccountTokenProjection, Volume, VolumeMount, VolumeProjection,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// User of the programs in the image.
pub const USER: i64 = 65_532;

/// Runs a pod as `user` and its group, which must not be root, with the system calls that its runtime permits.
#[must_use]
pub fn unprivileged(user: i64) -> PodSecurityContext {
    PodSecurityContext {
        run_as_non_root: Some(true),
        run_as_user: Some(user),
        run_as_group: Some(user),
        seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }),
        ..PodSecurityContext::default()
    }
}

/// Lets a container run its program, and nothing beyond that.
#[must_use]
pub fn restricted() -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), add: None }),
        read_only_root_filesystem: Some(true),
        ..SecurityContext::default()
    }
}

/// An environment variable with a value.
#[must_use]
pub fn variable(name: &str, value: &str) -> EnvVar {
    EnvVar { name: name.to_owned(), value: Some(value.to_owned()), value_from: None }
}

/// An environment variable from a Secret.
#[must_use]
pub fn from_secret(name: &str, secret: &str, key: &str) -> EnvVar {
    let selector = SecretKeySelector { name: secret.to_owned(), key: key.to_owned(), optional: None };
    let source = EnvVarSource { secret_key_ref: Some(selector), ..EnvVarSource::default() };
    EnvVar { name: name.to_owned(), value_from: Some(source), value: None }
}

/// An environment variable from the pod itself.
#[must_use]
pub fn from_field(name: &str, path: &str) -> EnvVar {
    let source = EnvVarSource { field_ref: Some(field(path)), ..EnvVarSource::default() };
    EnvVar { name: name.to_owned(), value_from: Some(source), value: None }
}

fn field(path: &str) -> ObjectFieldSelector {
    ObjectFieldSelector { api_version: Some("v1".to_owned()), field_path: path.to_owned() }
}

/// A named TCP port.
#[must_use]
pub fn port(name: &str, number: i32) -> ContainerPort {
    ContainerPort {
        name: Some(name.to_owned()),
        container_port: number,
        protocol: Some("TCP".to_owned()),
        ..ContainerPort::default()
    }
}

/// A probe that asks `path` on the port called `port` every `seconds` and gives up after `failures`.
#[must_use]
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
#[must_use]
pub fn empty_dir(name: &str) -> Volume {
    Volume { name: name.to_owned(), empty_dir: Some(EmptyDirVolumeSource::default()), ..Volume::default() }
}

/// Name of the volume with the token of the pod's account.
const TOKEN: &str = "api-token";
/// Seconds for which a token is good; the kubelet renews it before.
const TOKEN_SECONDS: i64 = 3_607;

/// The token of the pod's account, the API server's certificate and the namespace, as Kubernetes itself mounts them.
#[must_use]
pub fn token_volume() -> Volume {
    let token = ServiceAccountTokenProjection {
        path: "token".to_owned(),
        expiration_seconds: Some(TOKEN_SECONDS),
        audience: None,
    };
    let certificate = ConfigMapProjection {
        name: "kube-root-ca.crt".to_owned(),
        items: Some(vec![KeyToPath { key: "ca.crt".to_owned(), path: "ca.crt".to_owned(), mode: None }]),
        optional: None,
    };
    let namespace = DownwardAPIVolumeFile {
        path: "namespace".to_owned(),
        field_ref: Some(field("metadata.namespace")),
        ..DownwardAPIVolumeFile::default()
    };
    let sources = vec![
        VolumeProjection { service_account_token: Some(token), ..VolumeProjection::default() },
        VolumeProjection { config_map: Some(certificate), ..VolumeProjection::default() },
        VolumeProjection {
            downward_api: Some(DownwardAPIProjection { items: Some(vec![namespace]) }),
            ..VolumeProjection::default()
        },
    ];
    let projected = ProjectedVolumeSource { sources: Some(sources), default_mode: None };
    Volume { name: TOKEN.to_owned(), projected: Some(projected), ..Volume::default() }
}

/// Mounts [`token_volume`] where clients look for it.
#[must_use]
pub fn token_mount() -> VolumeMount {
    let path = "/var/run/secrets/kubernetes.io/serviceaccount";
    VolumeMount { read_only: Some(true), ..mount(TOKEN, path) }
}

/// Mounts the volume `name` at `path`.
#[must_use]
pub fn mount(name: &str, path: &str) -> VolumeMount {
    VolumeMount { name: name.to_owned(), mount_path: path.to_owned(), ..VolumeMount::default() }
}

/// Requests `cpu` and `memory`, and limits the memory.
#[must_use]
pub fn resources(cpu: &str, memory: &str, memory_limit: Option<&str>) -> ResourceRequirements {
    let quantity = |name: &str, value: &str| (name.to_owned(), Quantity(value.to_owned()));
    ResourceRequirements {
        requests: Some([quantity("cpu", cpu), quantity("memory", memory)].into()),
        limits: memory_limit.map(|limit| [quantity("memory", limit)].into()),
        ..ResourceRequirements::default()
    }
}
