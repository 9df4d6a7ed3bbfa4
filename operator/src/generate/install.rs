//! What installs the operator: definitions, its namespace, its Deployment, and the kustomization of all of it.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec};
use k8s_openapi::api::core::v1::{
    Capabilities, Container, ContainerPort, EnvVar, EnvVarSource, HTTPGetAction, Namespace, ObjectFieldSelector,
    PodSecurityContext, PodSpec, PodTemplateSpec, Probe, ResourceRequirements, SeccompProfile, SecurityContext,
};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// Namespace of the operator.
pub const NAMESPACE: &str = "coverletter-system";
/// Name of everything that belongs to the operator.
pub const NAME: &str = "coverletter-operator";

/// Both definitions, labelled so that all that was installed can be found.
pub fn definitions() -> [CustomResourceDefinition; 2] {
    crds::manifests::custom_resource_definitions().map(|mut definition| {
        definition.metadata.labels.get_or_insert_default().extend(labels());
        definition
    })
}

/// Labels of everything that is installed. Not those of an app's objects: the operator would take them for its own.
pub fn labels() -> BTreeMap<String, String> {
    [("app.kubernetes.io/name", "coverletter"), ("app.kubernetes.io/part-of", "coverletter")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

/// The operator's namespace: its pods must be restricted.
pub fn namespace() -> Namespace {
    let mut labels = labels();
    labels.insert("pod-security.kubernetes.io/enforce".to_owned(), "restricted".to_owned());
    let metadata = ObjectMeta { name: Some(NAMESPACE.to_owned()), labels: Some(labels), ..ObjectMeta::default() };
    Namespace { metadata, ..Namespace::default() }
}

/// Two replicas: one leads, the other takes over.
pub fn deployment() -> Deployment {
    let mut selecting = labels();
    selecting.insert("app.kubernetes.io/component".to_owned(), "operator".to_owned());
    let metadata = ObjectMeta {
        name: Some(NAME.to_owned()),
        namespace: Some(NAMESPACE.to_owned()),
        labels: Some(selecting.clone()),
        ..ObjectMeta::default()
    };
    let pod = PodSpec {
        service_account_name: Some(NAME.to_owned()),
        enable_service_links: Some(false),
        containers: vec![container()],
        termination_grace_period_seconds: Some(30),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            run_as_user: Some(65_532),
            run_as_group: Some(65_532),
            seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }),
            ..PodSecurityContext::default()
        }),
        ..PodSpec::default()
    };
    Deployment {
        metadata,
        spec: Some(DeploymentSpec {
            replicas: Some(2),
            selector: LabelSelector { match_labels: Some(selecting.clone()), ..LabelSelector::default() },
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta { labels: Some(selecting), ..ObjectMeta::default() }),
                spec: Some(pod),
            },
            ..DeploymentSpec::default()
        }),
        status: None,
    }
}

fn container() -> Container {
    let value = |name: &str, value: &str| EnvVar { name: name.into(), value: Some(value.into()), value_from: None };
    let quantity = |name: &str, value: &str| (name.to_owned(), Quantity(value.to_owned()));
    Container {
        name: "operator".to_owned(),
        image: Some("coverletter.dev/coverletter:dev".to_owned()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        command: Some(vec!["/usr/local/bin/operator".to_owned(), "run".to_owned()]),
        env: Some(vec![
            value("IMAGE", "coverletter.dev/coverletter:dev"),
            value("POSTGRES_IMAGE", "coverletter.dev/postgres:15"),
            field("POD_NAME", "metadata.name"),
            field("LEADER_NAMESPACE", "metadata.namespace"),
        ]),
        ports: Some(vec![ContainerPort {
            name: Some("admin".to_owned()),
            container_port: 9_090,
            ..ContainerPort::default()
        }]),
        resources: Some(ResourceRequirements {
            requests: Some([quantity("cpu", "50m"), quantity("memory", "64Mi")].into()),
            limits: Some([quantity("memory", "512Mi")].into()),
            ..ResourceRequirements::default()
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), add: None }),
            read_only_root_filesystem: Some(true),
            ..SecurityContext::default()
        }),
        startup_probe: Some(Probe { period_seconds: Some(1), failure_threshold: Some(60), ..probe("/healthz") }),
        readiness_probe: Some(Probe { period_seconds: Some(2), ..probe("/readyz") }),
        liveness_probe: Some(Probe { period_seconds: Some(10), ..probe("/healthz") }),
        ..Container::default()
    }
}

fn probe(path: &str) -> Probe {
    let action = HTTPGetAction {
        path: Some(path.to_owned()),
        port: IntOrString::String("admin".to_owned()),
        ..HTTPGetAction::default()
    };
    Probe { http_get: Some(action), timeout_seconds: Some(5), ..Probe::default() }
}

fn field(name: &str, path: &str) -> EnvVar {
    let field = ObjectFieldSelector { field_path: path.to_owned(), api_version: None };
    let source = EnvVarSource { field_ref: Some(field), ..EnvVarSource::default() };
    EnvVar { name: name.to_owned(), value_from: Some(source), value: None }
}

/// The kustomization that installs everything.
pub fn everything() -> String {
    super::kustomization(&["../crd", "../rbac", "../operator", "../admission"])
        + "# The image of web and inference pods is the operator's environment variable IMAGE: change both.\nimages:\n\
           - name: coverletter.dev/coverletter\n  newTag: dev\n"
}
