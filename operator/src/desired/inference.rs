//! The pods of an app that write letters.

use crds::names::Component;
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec};
use k8s_openapi::api::core::v1::{
    Container, ImageVolumeSource, PersistentVolumeClaimVolumeSource, Volume, VolumeMount,
};

use super::pod::{Pod, USER, from_field, from_secret, http_probe, mount, port, resources, restricted, template};
use super::{labels, names, web};
use crate::observed::Observed;
use crate::validate::{ModelVolume, ValidatedApp};

/// Time to finish the letters in hand; what is not finished then is given back.
const SHUTDOWN_SECONDS: i64 = 45;
/// Time until the pod is killed: the letters in hand, and the writes that report or return them.
const GRACE_SECONDS: i64 = SHUTDOWN_SECONDS + 15;
/// Name of the volume with the model.
const MODEL: &str = "model";

/// The Deployment with `replicas` pods.
pub fn deployment(app: &ValidatedApp, observed: &Observed, replicas: i32) -> Deployment {
    let pod = Pod {
        component: Component::Inference,
        settings: &app.spec.inference.pod,
        container: container(app),
        volumes: app.model.volume.as_ref().map(volume).into_iter().collect(),
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
    let mut mounts = vec![mount("tmp", "/tmp")];
    mounts.extend(app.model.volume.as_ref().map(|volume| VolumeMount {
        read_only: Some(true),
        ..mount(
            MODEL,
            match volume {
                ModelVolume::Claim(_) => "/models/volume",
                ModelVolume::Image(_) => "/models/image",
            },
        )
    }));
    // Only the size of the built-in model is known here; a limit that is too small kills every pod.
    let memory_limit = app.model.volume.is_none().then_some("1Gi");
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
        resources: Some(resources(&app.spec.inference.pod, "250m", "256Mi", memory_limit)),
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
    let (inference, requests) = (&app.spec.inference, &app.spec.requests);
    let generation = &inference.generation;
    let mut arguments = vec![
        format!("--namespace={}", app.namespace),
        format!("--app={}", app.name),
        format!("--listen=0.0.0.0:{}", names::HTTP_PORT),
        format!("--model={}", app.model.path),
        format!("--model-name={}", app.model.name),
        format!("--slots={}", inference.slots),
        format!("--max-new-tokens={}", generation.max_new_tokens),
        format!("--temperature-milli={}", generation.temperature_milli),
        format!("--top-p-milli={}", generation.top_p_milli),
        format!("--max-attempts={}", requests.max_attempts),
        format!("--active-deadline-seconds={}", requests.active_deadline_seconds),
        format!("--shutdown-grace-seconds={SHUTDOWN_SECONDS}"),
    ];
    arguments.extend(generation.max_tokens_per_second.map(|pace| format!("--max-tokens-per-second={pace}")));
    arguments
}

fn volume(volume: &ModelVolume) -> Volume {
    match volume {
        ModelVolume::Claim(claim) => Volume {
            name: MODEL.to_owned(),
            persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
                claim_name: claim.clone(),
                read_only: Some(true),
            }),
            ..Volume::default()
        },
        ModelVolume::Image(reference) => Volume {
            name: MODEL.to_owned(),
            image: Some(ImageVolumeSource {
                reference: Some(reference.clone()),
                pull_policy: Some("IfNotPresent".to_owned()),
            }),
            ..Volume::default()
        },
    }
}
