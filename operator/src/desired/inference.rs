//! The pods of an app that write letters.

use crds::WorkerSettings;
use crds::names::Component;
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec};
use k8s_openapi::api::core::v1::{
    Container, ImageVolumeSource, PersistentVolumeClaimVolumeSource, Volume, VolumeMount,
};

use super::pod::{
    Pod, REPORT, USER, empty_dir, from_field, from_secret, http_probe, mount, port, resources, restricted, template,
};
use super::{collector, fetch, labels, web};
use crate::names;
use crate::observed::Observed;
use crate::validate::{CACHE_PATH, Place, ValidatedApp};

/// Time to finish the letters in hand; what is not finished then is given back.
const SHUTDOWN_SECONDS: i64 = 45;
/// Time until the pod is killed: the letters in hand, and the writes that report or return them.
const GRACE_SECONDS: i64 = SHUTDOWN_SECONDS + 15;
/// Name of the volume with the model.
const MODEL: &str = "model";
/// Name of the volume with what is fetched and repacked.
const CACHE: &str = "cache";
/// Time until a rollout counts as stuck, where each pod may have gigabytes to fetch.
const FETCH_SECONDS: i32 = 3_600;

/// The Deployment with `replicas` pods.
pub fn deployment(app: &ValidatedApp, observed: &Observed, replicas: i32) -> Deployment {
    let pod = Pod {
        component: Component::Inference,
        settings: &app.spec.inference.pod,
        container: collector::told(app, container(app)),
        init: app.model.fetch().map(|fetch| fetch::container(app, fetch, CACHE)),
        volumes: model_volume(&app.model.place).into_iter().chain([cache_volume(app)]).collect(),
        user: USER,
        grace_seconds: GRACE_SECONDS,
        talks_to_api_server: true,
        secrets: vec![names::stream_secret(&app.name)],
    };
    Deployment {
        metadata: labels::owned(app, names::inference(&app.name), Some(Component::Inference)),
        spec: Some(DeploymentSpec {
            replicas: Some(replicas),
            selector: labels::selector(&app.name, Component::Inference),
            template: template(app, observed, pod),
            strategy: Some(web::rolling()),
            revision_history_limit: Some(2),
            progress_deadline_seconds: app.model.fetch().map(|_| FETCH_SECONDS),
            ..DeploymentSpec::default()
        }),
        status: None,
    }
}

/// Label selector of the pods, as text.
#[must_use]
pub fn selector(app: &str) -> String {
    let labels = labels::selecting(app, Component::Inference);
    labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

fn container(app: &ValidatedApp) -> Container {
    // What repacks weights writes to the cache; a fetched model lies in it too.
    let mut mounts = vec![mount("tmp", "/tmp"), mount(CACHE, CACHE_PATH)];
    let read_only = |path| VolumeMount { read_only: Some(true), ..mount(MODEL, path) };
    mounts.extend(match app.model.place {
        Place::Claim(_) => Some(read_only("/models/volume")),
        Place::Image(_) => Some(read_only("/models/image")),
        Place::BuiltIn | Place::Fetched(_) => None,
    });
    // Only the size of the built-in model is known here; a limit that is too small kills every pod. Half a billion
    // parameters fit into the gigabyte that others ask for; whoever takes more says so in `resources`.
    let (memory, memory_limit) = if app.model.place == Place::BuiltIn { ("256Mi", Some("1Gi")) } else { ("1Gi", None) };
    Container {
        name: "inference".to_owned(),
        image: Some(app.images.coverletter.clone()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        command: Some(vec!["/usr/local/bin/inference".to_owned()]),
        args: Some(arguments(app)),
        env: Some(vec![
            from_field("POD_NAME", "metadata.name"),
            from_field("POD_UID", "metadata.uid"),
            from_field("POD_IP", "status.podIP"),
            from_secret("STREAM_TOKEN", &names::stream_secret(&app.name), "token"),
        ]),
        ports: Some(vec![port("http", names::HTTP_PORT)]),
        resources: Some(resources(&app.spec.inference.pod, "250m", memory, memory_limit)),
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
    vec![
        format!("--namespace={}", app.namespace),
        format!("--app={}", app.name),
        format!("--listen=0.0.0.0:{}", names::HTTP_PORT),
        format!("--model={}", app.model.path),
        format!("--model-cache={CACHE_PATH}"),
        format!("--settings={}", WorkerSettings::new(&app.spec, &app.model.name)),
        format!("--shutdown-grace-seconds={SHUTDOWN_SECONDS}"),
        format!("--report={REPORT}"),
    ]
}

fn model_volume(place: &Place) -> Option<Volume> {
    let volume = Volume { name: MODEL.to_owned(), ..Volume::default() };
    match place {
        Place::Claim(claim) => Some(Volume { persistent_volume_claim: Some(of_claim(claim, Some(true))), ..volume }),
        Place::Image(reference) => Some(Volume {
            image: Some(ImageVolumeSource {
                reference: Some(reference.clone()),
                pull_policy: Some("IfNotPresent".to_owned()),
            }),
            ..volume
        }),
        Place::BuiltIn | Place::Fetched(_) => None,
    }
}

/// A claim that pods share, or a folder that comes and goes with each pod.
fn cache_volume(app: &ValidatedApp) -> Volume {
    let Some(cache) = &app.spec.inference.model_cache else { return empty_dir(CACHE) };
    let claim = of_claim(&cache.persistent_volume_claim.claim_name, None);
    Volume { name: CACHE.to_owned(), persistent_volume_claim: Some(claim), ..Volume::default() }
}

fn of_claim(name: &str, read_only: Option<bool>) -> PersistentVolumeClaimVolumeSource {
    PersistentVolumeClaimVolumeSource { claim_name: name.to_owned(), read_only }
}
