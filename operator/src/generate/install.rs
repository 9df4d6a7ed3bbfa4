//! The installation of the operator: definitions, namespace, Deployment, and the kustomization of all of it.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec};
use k8s_openapi::api::core::v1::{
    Container, Namespace, PodSpec, PodTemplateSpec, Service, ServicePort, ServiceSpec, TopologySpreadConstraint,
};
use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec,
};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::yaml::kustomization;
use crate::containers::{USER, from_field, http_probe, port, resources, restricted, unprivileged, variable};

/// Namespace of the operator.
pub const NAMESPACE: &str = "coverletter-system";
/// Name of everything that belongs to the operator.
pub const NAME: &str = "coverletter-operator";
/// Port at which the replica that leads serves KEDA, by name and number.
const SCALER: (&str, i32) = ("scaler", 9_091);

/// Both definitions, labelled like everything that is installed.
pub fn definitions() -> [CustomResourceDefinition; 2] {
    crds::manifests::custom_resource_definitions().map(|mut definition| {
        definition.metadata.labels.get_or_insert_default().extend(labels());
        definition
    })
}

/// Labels of everything that is installed. They differ from those of an app's objects, which the operator prunes.
pub fn labels() -> BTreeMap<String, String> {
    [("app.kubernetes.io/name", "coverletter"), ("app.kubernetes.io/part-of", "coverletter")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

/// The operator's namespace, where pods must be restricted.
pub fn namespace() -> Namespace {
    let mut labels = labels();
    labels.insert("pod-security.kubernetes.io/enforce".to_owned(), "restricted".to_owned());
    let metadata = ObjectMeta { name: Some(NAMESPACE.to_owned()), labels: Some(labels), ..ObjectMeta::default() };
    Namespace { metadata, ..Namespace::default() }
}

/// Labels of the operator's pods, by which they are selected.
pub fn selecting() -> BTreeMap<String, String> {
    let mut selecting = labels();
    selecting.insert("app.kubernetes.io/component".to_owned(), "operator".to_owned());
    selecting
}

fn metadata() -> ObjectMeta {
    ObjectMeta {
        name: Some(NAME.to_owned()),
        namespace: Some(NAMESPACE.to_owned()),
        labels: Some(selecting()),
        ..ObjectMeta::default()
    }
}

/// One replica at a time may be taken away for maintenance.
pub fn disruption_budget() -> PodDisruptionBudget {
    PodDisruptionBudget {
        metadata: metadata(),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(LabelSelector { match_labels: Some(selecting()), ..LabelSelector::default() }),
            ..PodDisruptionBudgetSpec::default()
        }),
        status: None,
    }
}

/// Where KEDA finds the operator. Only the replica that leads accepts connections there.
pub fn service() -> Service {
    let (name, number) = SCALER;
    let port = ServicePort {
        name: Some(name.to_owned()),
        port: number,
        target_port: Some(IntOrString::String(name.to_owned())),
        protocol: Some("TCP".to_owned()),
        app_protocol: Some("kubernetes.io/h2c".to_owned()),
        node_port: None,
    };
    Service {
        metadata: metadata(),
        spec: Some(ServiceSpec { selector: Some(selecting()), ports: Some(vec![port]), ..ServiceSpec::default() }),
        status: None,
    }
}

/// Nothing but the metrics and probes can be reached, and by pods what KEDA asks for.
pub fn network_policy() -> NetworkPolicy {
    let to = |port: &str, from: Option<Vec<NetworkPolicyPeer>>| NetworkPolicyIngressRule {
        from,
        ports: Some(vec![NetworkPolicyPort {
            port: Some(IntOrString::String(port.to_owned())),
            protocol: Some("TCP".to_owned()),
            end_port: None,
        }]),
    };
    let pods = NetworkPolicyPeer { namespace_selector: Some(LabelSelector::default()), ..NetworkPolicyPeer::default() };
    NetworkPolicy {
        metadata: metadata(),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(LabelSelector { match_labels: Some(selecting()), ..LabelSelector::default() }),
            policy_types: Some(vec!["Ingress".to_owned()]),
            ingress: Some(vec![to("admin", None), to(SCALER.0, Some(vec![pods]))]),
            egress: None,
        }),
    }
}

/// Two replicas: one leads, the other takes over.
pub fn deployment() -> Deployment {
    let (metadata, selecting) = (metadata(), selecting());
    let pod = PodSpec {
        service_account_name: Some(NAME.to_owned()),
        enable_service_links: Some(false),
        containers: vec![container()],
        termination_grace_period_seconds: Some(30),
        security_context: Some(unprivileged(USER)),
        topology_spread_constraints: Some(vec![TopologySpreadConstraint {
            max_skew: 1,
            topology_key: "kubernetes.io/hostname".to_owned(),
            when_unsatisfiable: "ScheduleAnyway".to_owned(),
            label_selector: Some(LabelSelector { match_labels: Some(selecting.clone()), ..LabelSelector::default() }),
            ..TopologySpreadConstraint::default()
        }]),
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
    Container {
        name: "operator".to_owned(),
        image: Some("coverletter.dev/coverletter:dev".to_owned()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        command: Some(vec!["/usr/local/bin/operator".to_owned(), "run".to_owned()]),
        env: Some(vec![
            variable("IMAGE", "coverletter.dev/coverletter:dev"),
            variable("POSTGRES_IMAGE", "coverletter.dev/postgres:15"),
            from_field("POD_NAME", "metadata.name"),
            from_field("LEADER_NAMESPACE", "metadata.namespace"),
        ]),
        ports: Some(vec![port("admin", 9_090), port(SCALER.0, SCALER.1)]),
        resources: Some(resources("50m", "64Mi", Some("512Mi"))),
        security_context: Some(restricted()),
        startup_probe: Some(http_probe("/healthz", "admin", 1, 60)),
        readiness_probe: Some(http_probe("/readyz", "admin", 2, 3)),
        liveness_probe: Some(http_probe("/healthz", "admin", 10, 3)),
        ..Container::default()
    }
}

/// The image of the operator, which a kustomization sets.
const IMAGES: &str = "# The image of web and inference pods is the operator's environment variable IMAGE: change both.\nimages:\n\
    - name: coverletter.dev/coverletter\n  newTag: dev\n";

/// The kustomization that installs everything for the whole cluster.
pub fn everything() -> String {
    kustomization(&["../crd", "../rbac", "../operator", "../admission"]) + IMAGES
}

/// The kustomization that installs everything for these namespaces.
pub fn namespaced(namespaces: &[String]) -> String {
    let names = namespaces.join(",");
    let patch = format!(
        "patches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {{name: {NAME}, namespace: \
         {NAMESPACE}}}\n    spec: {{template: {{spec: {{containers: [{{name: operator, env: [{{name: NAMESPACES, value: \
         \"{names}\"}}]}}]}}}}}}\n"
    );
    kustomization(&["../crd", "roles.yaml", "../operator", "../admission"]) + IMAGES + &patch
}
