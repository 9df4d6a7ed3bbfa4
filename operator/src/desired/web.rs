//! The web application of an app: pods, Service, Ingress and, where the cluster has it, route.

use crds::app::ServiceType;
use crds::names::Component;
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec};
use k8s_openapi::api::core::v1::{Container, Secret, Service, ServicePort, ServiceSpec};
use k8s_openapi::api::networking::v1::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule, IngressServiceBackend, IngressSpec,
    IngressTLS, ServiceBackendPort,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde_json::{Value, json};

use super::pod::{Pod, WITH_LOG, resources, rolling, template};
use super::{labels, oidc};
use crate::containers::{USER, from_secret, http_probe, mount, port, restricted, variable};
use crate::names;
use crate::observed::Observed;
use crate::validate::{Database, External, ValidatedApp};

/// Time for open streams to move to another pod.
const GRACE_SECONDS: i64 = 30;

/// Metadata of the Secret with the keys that sign sessions.
pub fn secret(app: &ValidatedApp) -> Secret {
    let metadata = labels::owned(app, names::web_secret(&app.name), Some(Component::Web));
    Secret { metadata, ..Secret::default() }
}

/// The pods of the site.
pub fn deployment(app: &ValidatedApp, observed: &Observed) -> Deployment {
    let web = &app.web;
    let (database_secret, _) = database_url(app);
    let own = [database_secret, names::web_secret(&app.name).into(), names::stream_secret(&app.name).into()];
    let pod = Pod {
        component: Component::Web,
        settings: &web.pod,
        container: container(app),
        init: None,
        volumes: web.oidc.iter().filter_map(oidc::volume).collect(),
        user: USER,
        grace_seconds: GRACE_SECONDS,
        talks_to_api_server: true,
        secrets: own.into_iter().chain(web.oidc.iter().flat_map(oidc::secrets)).collect(),
    };
    Deployment {
        metadata: labels::owned(app, names::web(&app.name), Some(Component::Web)),
        spec: Some(DeploymentSpec {
            replicas: Some(web.replicas),
            selector: labels::selector(&app.name, Component::Web),
            template: template(app, observed, pod),
            strategy: Some(rolling()),
            revision_history_limit: Some(2),
            ..DeploymentSpec::default()
        }),
        status: None,
    }
}

fn container(app: &ValidatedApp) -> Container {
    let web = &app.web;
    let (secret, key) = database_url(app);
    let mut environment = vec![
        from_secret("DATABASE_URL", &secret, &key),
        from_secret("JWT_KEYS", names::web_secret(&app.name).as_str(), "jwt-keys"),
        from_secret("STREAM_TOKEN", names::stream_secret(&app.name).as_str(), "token"),
    ];
    if matches!(app.database, Database::External(_)) {
        // Nobody else here can say why it refuses. A database of our own is waited for, however long a restore takes.
        environment.push(variable("DATABASE_PATIENCE_SECONDS", "15"));
    }
    environment.extend(web.oidc.iter().map(oidc::variable));
    let mounts = [mount("tmp", "/tmp")].into_iter().chain(web.oidc.iter().filter_map(oidc::volume_mount));
    Container {
        name: "web".to_owned(),
        image: Some(app.images.coverletter.clone()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        command: Some(vec!["/usr/local/bin/webapp".to_owned()]),
        args: Some(arguments(app)),
        env: Some(environment),
        ports: Some(vec![port("http", names::HTTP_PORT), port("admin", names::ADMIN_PORT)]),
        resources: Some(resources(web.pod.resources.as_ref(), "50m", "128Mi", Some("512Mi"))),
        security_context: Some(restricted()),
        termination_message_policy: Some(WITH_LOG.to_owned()),
        volume_mounts: Some(mounts.collect()),
        startup_probe: Some(http_probe("/healthz", "admin", 1, 120)),
        readiness_probe: Some(http_probe("/readyz", "admin", 2, 3)),
        liveness_probe: Some(http_probe("/healthz", "admin", 10, 3)),
        ..Container::default()
    }
}

fn arguments(app: &ValidatedApp) -> Vec<String> {
    let web = &app.web;
    let mut arguments = vec![
        format!("--namespace={}", app.namespace),
        format!("--app={}", app.name),
        format!("--listen=[::]:{}", names::HTTP_PORT),
        format!("--admin-listen=[::]:{}", names::ADMIN_PORT),
        format!("--secure-cookies={}", web.secure_cookies),
        format!("--host-cookies={}", web.host_cookies),
        format!("--letters-per-hour={}", web.letters_per_hour),
        format!("--max-accounts={}", web.max_accounts),
        format!("--max-queued={}", web.max_queued),
        format!("--forwarded-hops={}", web.forwarded_hops),
    ];
    arguments.extend(web.oidc.iter().flat_map(oidc::arguments));
    arguments
}

/// Secret and key of the database's URL.
fn database_url(app: &ValidatedApp) -> (String, String) {
    match &app.database {
        Database::Managed(_) => (names::database_secret(&app.name).into(), "url".to_owned()),
        Database::External(External { secret, key, .. }) => (secret.clone(), key.clone()),
    }
}

/// The Service of the site.
pub fn service(app: &ValidatedApp) -> Service {
    let service = &app.web.service;
    let type_ = match service.type_ {
        ServiceType::ClusterIP => "ClusterIP",
        ServiceType::NodePort => "NodePort",
        ServiceType::LoadBalancer => "LoadBalancer",
    };
    let metadata = labels::owned(app, names::web(&app.name), Some(Component::Web));
    let annotations = (!service.annotations.is_empty()).then(|| service.annotations.clone());
    Service {
        metadata: ObjectMeta { annotations, ..metadata },
        spec: Some(ServiceSpec {
            external_traffic_policy: service.external_traffic_policy.map(|policy| format!("{policy:?}")),
            ip_family_policy: service.ip_family_policy.map(|policy| format!("{policy:?}")),
            type_: Some(type_.to_owned()),
            selector: Some(labels::selecting(&app.name, Component::Web)),
            ports: Some(vec![ServicePort {
                name: Some("http".to_owned()),
                port: names::SERVICE_PORT,
                target_port: Some(IntOrString::String("http".to_owned())),
                protocol: Some("TCP".to_owned()),
                node_port: service.node_port,
                ..ServicePort::default()
            }]),
            ..ServiceSpec::default()
        }),
        status: None,
    }
}

/// The `Ingress`, if the app has one.
pub fn ingress(app: &ValidatedApp) -> Option<Ingress> {
    let given = app.web.ingress.as_ref()?;
    let metadata = labels::owned(app, names::web(&app.name), Some(Component::Web));
    let annotations = (!given.annotations.is_empty()).then(|| given.annotations.clone());
    let backend = IngressBackend {
        service: Some(IngressServiceBackend {
            name: names::web(&app.name).into(),
            port: Some(ServiceBackendPort { number: Some(names::SERVICE_PORT), name: None }),
        }),
        resource: None,
    };
    let path = HTTPIngressPath { path: Some("/".to_owned()), path_type: "Prefix".to_owned(), backend };
    let rules = given.hostnames.iter().map(|host| IngressRule {
        host: Some(host.clone()),
        http: Some(HTTPIngressRuleValue { paths: vec![path.clone()] }),
    });
    Some(Ingress {
        metadata: ObjectMeta { annotations, ..metadata },
        spec: Some(IngressSpec {
            ingress_class_name: given.class_name.clone(),
            rules: Some(rules.collect()),
            // Without a Secret the controller's own certificate serves these names.
            tls: Some(vec![IngressTLS {
                hosts: Some(given.hostnames.clone()),
                secret_name: given.tls_secret_name.clone(),
            }]),
            default_backend: None,
        }),
        status: None,
    })
}

/// The `HTTPRoute`, if the app has one.
pub fn route(app: &ValidatedApp) -> Option<Value> {
    let route = app.web.route.as_ref()?;
    let mut parent = json!({"name": route.parent_ref.name});
    if let Some(namespace) = &route.parent_ref.namespace {
        parent["namespace"] = json!(namespace);
    }
    Some(json!({
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": labels::owned(app, names::web(&app.name), Some(Component::Web)),
        "spec": {
            "hostnames": route.hostnames,
            "parentRefs": [parent],
            "rules": [{"backendRefs": [{"name": names::web(&app.name).as_str(), "port": names::SERVICE_PORT}]}],
        },
    }))
}
