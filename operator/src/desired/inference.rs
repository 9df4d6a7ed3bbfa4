//! The pods of an app that write letters.

use crds::names::Component;
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec};
use k8s_openapi::api::core::v1::{Container, EnvVar, Secret};

use super::pod::{Pod, REPORT, resources, rolling, template};
use super::{fetch, labels, model};
use crate::containers::{USER, from_field, from_secret, http_probe, mount, port, restricted, variable};
use crate::names::{self, AppName};
use crate::observed::Observed;
use crate::validate::{Collector, Model, ValidatedApp};

/// Time to finish the letters that are being written; the others are given back then.
const SHUTDOWN_SECONDS: i64 = 45;
/// Time until the pod is killed: for the letters that are being written, and for the writes that report or return them.
const GRACE_SECONDS: i64 = SHUTDOWN_SECONDS + 15;
/// Time until a rollout counts as stuck, where each pod may have gigabytes to fetch.
const FETCH_SECONDS: i32 = 3_600;

/// Metadata of the Secret by which the web proves to a worker that it may follow a letter. Both use it.
pub fn stream_secret(app: &ValidatedApp) -> Secret {
    Secret { metadata: labels::owned(app, names::stream_secret(&app.name), None), ..Secret::default() }
}

/// The Deployment with `replicas` pods.
pub fn deployment(app: &ValidatedApp, observed: &Observed, replicas: i32) -> Deployment {
    let inference = &app.inference;
    let path = model::path(&inference.model);
    let fetch = path.and_then(|path| fetch::container(app, &path, model::cache_mount()));
    let progress_deadline_seconds = fetch.as_ref().map(|_| FETCH_SECONDS);
    let pod = Pod {
        component: Component::Inference,
        settings: &inference.pod,
        container: container(app),
        init: fetch,
        volumes: model::volumes(inference),
        user: USER,
        grace_seconds: GRACE_SECONDS,
        talks_to_api_server: true,
        secrets: secrets(app),
    };
    Deployment {
        metadata: labels::owned(app, names::inference(&app.name), Some(Component::Inference)),
        spec: Some(DeploymentSpec {
            replicas: Some(replicas),
            selector: labels::selector(&app.name, Component::Inference),
            template: template(app, observed, pod),
            strategy: Some(rolling()),
            revision_history_limit: Some(2),
            progress_deadline_seconds,
            ..DeploymentSpec::default()
        }),
        status: None,
    }
}

/// Secrets that the pods read: their own, and those of other people, whose change must reach the pods.
fn secrets(app: &ValidatedApp) -> Vec<String> {
    let (token, ca) = match &app.inference.model {
        Model::HuggingFace(model) => (model.token.as_ref(), None),
        Model::Mlflow(model) => (model.token.as_ref(), None),
        Model::Server(server) => (server.token.as_ref(), server.ca.as_ref()),
        Model::BuiltIn | Model::Volume { .. } | Model::Image { .. } => (None, None),
    };
    let headers = app.collector.as_ref().and_then(|collector| collector.headers.as_ref());
    let named = [token, ca, headers].into_iter().flatten().map(|secret| secret.name.clone());
    [names::stream_secret(&app.name).into()].into_iter().chain(named).collect()
}

/// Label selector of the pods, as text.
#[must_use]
pub fn selector(app: &AppName) -> String {
    let labels = labels::selecting(app, Component::Inference);
    labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

fn container(app: &ValidatedApp) -> Container {
    let model = &app.inference.model;
    // Repacked weights are written to the cache; a fetched model lies in it too.
    let mut mounts = vec![mount("tmp", "/tmp")];
    mounts.extend(model::mounts(model));
    let mut environment = vec![
        from_field("POD_NAME", "metadata.name"),
        from_field("POD_UID", "metadata.uid"),
        from_field("POD_IP", "status.podIP"),
        from_secret("STREAM_TOKEN", names::stream_secret(&app.name).as_str(), "token"),
    ];
    environment.extend(server_token(model));
    environment.extend(app.collector.iter().flat_map(collector));
    // Only the sizes of the built-in model and of the reader of notes are known here, and a limit that is too small kills
    // every pod. Half a billion parameters fit in the gigabyte that other models request; larger ones need `resources`.
    let (cpu, memory, memory_limit) = match model {
        Model::BuiltIn => ("250m", "512Mi", Some("1Gi")),
        Model::Server(_) => ("250m", "384Mi", Some("1Gi")),
        _ => ("250m", "1Gi", None),
    };
    // Loading a large model takes minutes; being ready is what startup waits for. A server is waited for without an end.
    let startup_probe = (!matches!(model, Model::Server(_))).then(|| http_probe("/readyz", "http", 1, 900));
    Container {
        name: "inference".to_owned(),
        image: Some(app.images.coverletter.clone()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        command: Some(vec!["/usr/local/bin/inference".to_owned()]),
        args: Some(arguments(app)),
        env: Some(environment),
        ports: Some(vec![port("http", names::HTTP_PORT)]),
        resources: Some(resources(app.inference.pod.resources.as_ref(), cpu, memory, memory_limit)),
        security_context: Some(restricted()),
        volume_mounts: Some(mounts),
        startup_probe,
        readiness_probe: Some(http_probe("/readyz", "http", 5, 3)),
        liveness_probe: Some(http_probe("/healthz", "http", 10, 6)),
        ..Container::default()
    }
}

fn arguments(app: &ValidatedApp) -> Vec<String> {
    let inference = &app.inference;
    let mut arguments = vec![
        format!("--namespace={}", app.namespace),
        format!("--app={}", app.name),
        format!("--listen=[::]:{}", names::HTTP_PORT),
    ];
    arguments.extend(model::arguments(&inference.model));
    arguments.extend([
        format!("--settings={}", inference.worker),
        format!("--shutdown-grace-seconds={SHUTDOWN_SECONDS}"),
        format!("--report={REPORT}"),
    ]);
    arguments
}

/// The token of a model server, for this container alone.
fn server_token(model: &Model) -> Option<EnvVar> {
    let Model::Server(server) = model else { return None };
    server.token.as_ref().map(|secret| from_secret("SERVER_TOKEN", &secret.name, &secret.key))
}

/// The variables by which OpenTelemetry finds its collector.
fn collector(collector: &Collector) -> Vec<EnvVar> {
    let endpoint = variable("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint.to_string());
    let headers = collector.headers.as_ref().map(|secret| {
        let mut headers = from_secret("OTEL_EXPORTER_OTLP_HEADERS", &secret.name, &secret.key);
        // Letters do not wait for traces: pods start without the Secret.
        if let Some(selector) = headers.value_from.as_mut().and_then(|source| source.secret_key_ref.as_mut()) {
            selector.optional = Some(true);
        }
        headers
    });
    [endpoint].into_iter().chain(headers).collect()
}
