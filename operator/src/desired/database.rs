//! Postgres of an app: one pod with a volume of its own.

use crds::names::Component;
use k8s_openapi::api::apps::v1::{
    StatefulSet, StatefulSetPersistentVolumeClaimRetentionPolicy, StatefulSetSpec, StatefulSetUpdateStrategy,
};
use k8s_openapi::api::core::v1::{
    Container, ExecAction, PersistentVolumeClaim, PersistentVolumeClaimSpec, Probe, Secret, Service, ServicePort,
    ServiceSpec, TCPSocketAction,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde_json::{Value, json};

use super::pod::{Pod, WITH_LOG, resources, template};
use super::postgres::{DATA, DATA_FOLDER, DATA_MOUNT, USER};
use super::{backup, labels};
use crate::containers::{empty_dir, from_secret, mount, port, restricted, variable};
use crate::names;
use crate::observed::Observed;
use crate::validate::{Database, Managed, ValidatedApp};

/// Time for open transactions to end and buffers to be written.
const GRACE_SECONDS: i64 = 60;

/// Metadata of the Secret with the password. Unless the app deletes its data the Secret stays: a volume that outlives
/// its app is worthless without the password that it was made with.
pub fn secret(app: &ValidatedApp) -> Secret {
    let (name, component) = (names::database_secret(&app.name), Some(Component::Database));
    let metadata =
        if app.deletes_data { labels::owned(app, name, component) } else { labels::kept(app, name, component) };
    Secret { metadata: ObjectMeta { annotations: Some(labels::spared()), ..metadata }, ..Secret::default() }
}

/// The Service. It is headless, since there is one pod, whose name may be resolved before it is ready.
pub fn service(app: &ValidatedApp) -> Service {
    Service {
        metadata: labels::owned(app, names::database(&app.name), Some(Component::Database)),
        spec: Some(ServiceSpec {
            cluster_ip: Some("None".to_owned()),
            selector: Some(labels::selecting(&app.name, Component::Database)),
            ports: Some(vec![ServicePort {
                name: Some("postgres".to_owned()),
                port: names::DATABASE_PORT,
                target_port: Some(IntOrString::String("postgres".to_owned())),
                protocol: Some("TCP".to_owned()),
                ..ServicePort::default()
            }]),
            ..ServiceSpec::default()
        }),
        status: None,
    }
}

/// The one pod and its claim. The claim outlives the app unless the app says otherwise.
pub fn stateful_set(app: &ValidatedApp, database: &Managed, observed: &Observed) -> StatefulSet {
    let name = names::database(&app.name);
    // Templates of claims can never change, and what they say matters only for a claim that is not there yet.
    let live = observed.children.stateful_set(&name).and_then(|set| set.spec.as_ref()?.volume_claim_templates.clone());
    let kept = if app.deletes_data { "Delete" } else { "Retain" };
    let dumps = database.restores.iter().map(|_| backup::volume(app)).collect();
    let pod = Pod {
        component: Component::Database,
        settings: &database.pod,
        container: container(app, database),
        init: database.restores.as_deref().map(|name| backup::restore(database, app, name)),
        volumes: [vec![empty_dir("run")], dumps].concat(),
        user: USER,
        grace_seconds: GRACE_SECONDS,
        talks_to_api_server: false,
        // Postgres keeps the password that its volume was made with, so a changed Secret must not restart it.
        secrets: Vec::new(),
    };
    StatefulSet {
        metadata: labels::owned(app, name.clone(), Some(Component::Database)),
        spec: Some(StatefulSetSpec {
            service_name: Some(name.into()),
            replicas: Some(1),
            selector: labels::selector(&app.name, Component::Database),
            template: template(app, observed, pod),
            update_strategy: Some(StatefulSetUpdateStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: None,
            }),
            volume_claim_templates: Some(live.unwrap_or_else(|| vec![claim(app, database)])),
            persistent_volume_claim_retention_policy: Some(StatefulSetPersistentVolumeClaimRetentionPolicy {
                when_deleted: Some(kept.to_owned()),
                when_scaled: Some("Retain".to_owned()),
            }),
            ..StatefulSetSpec::default()
        }),
        status: None,
    }
}

/// What to change in the claim that the database has: its size, and the annotations of an earlier version's claim.
#[must_use]
pub fn claim_changes(app: &ValidatedApp, observed: &Observed) -> Option<Value> {
    let Database::Managed(database) = &app.database else { return None };
    let claim = observed.children.claim(&names::database_claim(&app.name))?;
    let annotations = claim.metadata.annotations.clone().unwrap_or_default();
    let mut changes = json!({});
    if labels::SPARED.iter().any(|(key, _)| !annotations.contains_key(*key)) {
        changes["metadata"] = json!({"annotations": labels::spared()});
    }
    if let Some(size) = database.volume.grows_to() {
        changes["spec"] = json!({"resources": {"requests": {"storage": size.to_api()}}});
    }
    (changes != json!({})).then_some(changes)
}

fn container(app: &ValidatedApp, database: &Managed) -> Container {
    let secret = names::database_secret(&app.name);
    Container {
        name: "postgres".to_owned(),
        image: Some(database.image.clone()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        args: Some(settings()),
        env: Some(vec![
            variable("POSTGRES_USER", names::DATABASE_USER),
            variable("POSTGRES_DB", names::DATABASE_USER),
            from_secret("POSTGRES_PASSWORD", secret.as_str(), "password"),
            variable("PGDATA", DATA_FOLDER),
        ]),
        ports: Some(vec![port("postgres", names::DATABASE_PORT)]),
        resources: Some(resources(database.pod.resources.as_ref(), "50m", "128Mi", Some("512Mi"))),
        security_context: Some(restricted()),
        termination_message_policy: Some(WITH_LOG.to_owned()),
        volume_mounts: Some(vec![mount(DATA, DATA_MOUNT), mount("run", "/var/run/postgresql"), mount("tmp", "/tmp")]),
        // At the first start the port opens only after the database was initialised.
        startup_probe: Some(Probe { period_seconds: Some(1), failure_threshold: Some(300), ..port_open() }),
        readiness_probe: Some(Probe {
            exec: Some(ExecAction { command: Some(is_ready()) }),
            period_seconds: Some(5),
            timeout_seconds: Some(5),
            failure_threshold: Some(3),
            ..Probe::default()
        }),
        liveness_probe: Some(Probe { period_seconds: Some(10), failure_threshold: Some(6), ..port_open() }),
        ..Container::default()
    }
}

/// Settings of the server. Its log holds neither the row that a constraint refused nor the statement that failed: both
/// may be personal.
fn settings() -> Vec<String> {
    let settings = ["log_error_verbosity=terse", "log_min_error_statement=panic"];
    settings.iter().flat_map(|setting| ["-c".to_owned(), (*setting).to_owned()]).collect()
}

fn port_open() -> Probe {
    Probe {
        tcp_socket: Some(TCPSocketAction { port: IntOrString::String("postgres".to_owned()), host: None }),
        timeout_seconds: Some(5),
        ..Probe::default()
    }
}

fn is_ready() -> Vec<String> {
    ["pg_isready", "--quiet", "--host=127.0.0.1", "--username", names::DATABASE_USER].map(str::to_owned).to_vec()
}

fn claim(app: &ValidatedApp, database: &Managed) -> PersistentVolumeClaim {
    PersistentVolumeClaim {
        metadata: ObjectMeta {
            name: Some(DATA.to_owned()),
            labels: Some(labels::labels(&app.name, Some(Component::Database))),
            annotations: Some(labels::spared()),
            ..ObjectMeta::default()
        },
        spec: Some(PersistentVolumeClaimSpec {
            access_modes: Some(vec!["ReadWriteOnce".to_owned()]),
            storage_class_name: database.volume.class.clone(),
            ..backup::claim_of(&database.volume.size)
        }),
        status: None,
    }
}
