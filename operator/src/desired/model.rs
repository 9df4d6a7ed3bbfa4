//! How the model gets into the inference pods: where it lies, and from which volume.

use crds::app::SecretKeyRef;
use k8s_openapi::api::core::v1::{
    ImageVolumeSource, KeyToPath, PersistentVolumeClaimVolumeSource, SecretVolumeSource, Volume, VolumeMount,
};

use super::fetch;
use crate::containers::{empty_dir, mount};
use crate::validate::{Inference, Model};

/// Where the cache is mounted: what is fetched and repacked lies in it.
const CACHE_PATH: &str = "/models/cache";
/// Where a volume with a model is mounted.
const VOLUME_PATH: &str = "/models/volume";
/// Where an image with a model is mounted.
const IMAGE_PATH: &str = "/models/image";
/// Name of the volume with the model.
const MODEL: &str = "model";
/// Name of the volume with the certificates of authorities that vouch for a model server.
const CA: &str = "server-ca";
/// Where they are mounted.
const CA_PATH: &str = "/etc/coverletter/server-ca";
/// The file that certificates of authorities are in.
pub const CA_FILE: &str = "ca.crt";
/// Name of the volume with the cache.
const CACHE: &str = "cache";

/// Folder with the model's files in the pods; `None` when a server has them. A fetched model has a folder of its own for
/// each way to ask for it.
pub fn path(model: &Model) -> Option<String> {
    Some(match model {
        Model::Server(_) => return None,
        Model::BuiltIn => "/models/built-in".to_owned(),
        Model::Volume { folder, .. } if folder.is_empty() => VOLUME_PATH.to_owned(),
        Model::Volume { folder, .. } => format!("{VOLUME_PATH}/{folder}"),
        Model::Image { .. } => IMAGE_PATH.to_owned(),
        Model::HuggingFace(model) => format!("{CACHE_PATH}/{}", fetch::folder(&fetch::hugging_face(model))),
        Model::Mlflow(model) => format!("{CACHE_PATH}/{}", fetch::folder(&fetch::mlflow(model))),
    })
}

/// Arguments that tell a worker where its model is.
pub fn arguments(model: &Model) -> Vec<String> {
    let Model::Server(server) = model else {
        let path = path(model).map(|path| format!("--model={path}"));
        return path.into_iter().chain([format!("--model-cache={CACHE_PATH}")]).collect();
    };
    let ca = server.ca.as_ref().map(|_| format!("--server-ca={CA_PATH}/{CA_FILE}"));
    let concurrency = server.concurrency.map(|concurrency| format!("--server-concurrency={concurrency}"));
    let named = [format!("--server-url={}", server.url), format!("--server-model={}", server.model)];
    named.into_iter().chain(ca).chain(concurrency).collect()
}

/// Mounts the cache, for the worker and for the container that fetches.
pub fn cache_mount() -> VolumeMount {
    mount(CACHE, CACHE_PATH)
}

/// Mounts of a worker: the cache, and what the model needs besides.
pub fn mounts(model: &Model) -> Vec<VolumeMount> {
    let path = match model {
        Model::Volume { .. } => VOLUME_PATH,
        Model::Image { .. } => IMAGE_PATH,
        Model::BuiltIn | Model::HuggingFace(_) | Model::Mlflow(_) => return vec![cache_mount()],
        Model::Server(server) if server.ca.is_none() => return Vec::new(),
        Model::Server(_) => return vec![VolumeMount { read_only: Some(true), ..mount(CA, CA_PATH) }],
    };
    vec![cache_mount(), VolumeMount { read_only: Some(true), ..mount(MODEL, path) }]
}

/// The volume with the model, where it has one, and the cache: a claim that the pods share, or a folder that comes and
/// goes with each pod.
pub fn volumes(inference: &Inference) -> Vec<Volume> {
    if let Model::Server(server) = &inference.model {
        return server.ca.iter().map(|secret| authorities(CA, secret)).collect();
    }
    let cache = match &inference.model_cache {
        Some(claim) => Volume { persistent_volume_claim: Some(of_claim(claim, None)), ..named(CACHE) },
        None => empty_dir(CACHE),
    };
    model_volume(&inference.model).into_iter().chain([cache]).collect()
}

fn model_volume(model: &Model) -> Option<Volume> {
    match model {
        Model::Volume { claim, .. } => {
            Some(Volume { persistent_volume_claim: Some(of_claim(claim, Some(true))), ..named(MODEL) })
        }
        Model::Image { reference } => Some(Volume {
            image: Some(ImageVolumeSource {
                reference: Some(reference.clone()),
                pull_policy: Some("IfNotPresent".to_owned()),
            }),
            ..named(MODEL)
        }),
        Model::BuiltIn | Model::HuggingFace(_) | Model::Mlflow(_) | Model::Server(_) => None,
    }
}

/// The one key of a Secret that holds certificates, as a volume with this name.
pub fn authorities(volume: &str, secret: &SecretKeyRef) -> Volume {
    let item = KeyToPath { key: secret.key.clone(), path: CA_FILE.to_owned(), mode: None };
    let source = SecretVolumeSource {
        secret_name: Some(secret.name.clone()),
        items: Some(vec![item]),
        ..SecretVolumeSource::default()
    };
    Volume { secret: Some(source), ..named(volume) }
}

fn named(name: &str) -> Volume {
    Volume { name: name.to_owned(), ..Volume::default() }
}

fn of_claim(name: &str, read_only: Option<bool>) -> PersistentVolumeClaimVolumeSource {
    PersistentVolumeClaimVolumeSource { claim_name: name.to_owned(), read_only }
}
