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
    let fetch = fetch::container(app, &model::path(&inference.model), model::cache_mount());
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
    let token = match &app.inference.model {
        Model::HuggingFace(model) => model.token.as_ref(),
        Model::Mlflow(model) => model.token.as_ref(),
        Model::BuiltIn | Model::Volume { .. } | Model::Image { .. } => None,
    };
    let headers = app.collector.as_ref().and_then(|collector| collector.headers.as_ref());
    let named = [token, headers].into_iter().flatten().map(|secret| secret.name.clone());
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
    let mut mounts = vec![mount("tmp", "/tmp"), model::cache_mount()];
    mounts.extend(model::model_mount(model));
    let mut environment = vec![
        from_field("POD_NAME", "metadata.name"),
        from_field("POD_UID", "metadata.uid"),
        from_field("POD_IP", "status.podIP"),
        from_secret("STREAM_TOKEN", names::stream_secret(&app.name).as_str(), "token"),
    ];
    environment.extend(app.collector.iter().flat_map(collector));
    // Only the size of the built-in model is known here, and a limit that is too small kills every pod. Half a billion
    // parameters fit in the gigabyte that other models request; larger ones need `resources`.
    let (memory, memory_limit) = if *model == Model::BuiltIn { ("256Mi", Some("1Gi")) } else { ("1Gi", None) };
    Container {
        name: "inference".to_owned(),
        image: Some(app.images.coverletter.clone()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        command: Some(vec!["/usr/local/bin/inference".to_owned()]),
        args: Some(arguments(app)),
        env: Some(environment),
        ports: Some(vec![port("http", names::HTTP_PORT)]),
        resources: Some(resources(&app.inference.pod, "250m", memory, memory_limit)),
        security_context: Some(restricted()),
        volume_mounts: Some(mounts),
        // Loading a large model takes minutes; being ready is what startup waits for.
        startup_probe: Some(http_probe("/readyz", "http", 1, 900)),
        readiness_probe: Some(http_probe("/readyz", "http", 5, 3)),
        liveness_probe: Some(http_probe("/healthz", "http", 10, 6)),
        ..Container::default()
    }
}

fn arguments(app: &ValidatedApp) -> Vec<String> {
    let inference = &app.inference;
    vec![
        format!("--namespace={}", app.namespace),
        format!("--app={}", app.name),
        format!("--listen=[::]:{}", names::HTTP_PORT),
        format!("--model={}", model::path(&inference.model)),
        format!("--model-cache={}", model::CACHE_PATH),
        format!("--settings={}", inference.worker),
        format!("--shutdown-grace-seconds={SHUTDOWN_SECONDS}"),
        format!("--report={REPORT}"),
    ]
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
