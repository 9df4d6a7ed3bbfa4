//! How the model gets into the inference pods: where it lies, and from which volume.

use k8s_openapi::api::core::v1::{ImageVolumeSource, PersistentVolumeClaimVolumeSource, Volume, VolumeMount};

use super::fetch;
use crate::containers::{empty_dir, mount};
use crate::validate::{Inference, Model};

/// Where the cache is mounted: what is fetched and repacked lies in it.
pub const CACHE_PATH: &str = "/models/cache";
/// Where a volume with a model is mounted.
const VOLUME_PATH: &str = "/models/volume";
/// Where an image with a model is mounted.
const IMAGE_PATH: &str = "/models/image";
/// Name of the volume with the model.
const MODEL: &str = "model";
/// Name of the volume with the cache.
const CACHE: &str = "cache";

/// Folder with the model's files in the pods. A fetched model has a folder of its own for each way to ask for it.
pub fn path(model: &Model) -> String {
    match model {
        Model::BuiltIn => "/models/built-in".to_owned(),
        Model::Volume { folder, .. } if folder.is_empty() => VOLUME_PATH.to_owned(),
        Model::Volume { folder, .. } => format!("{VOLUME_PATH}/{folder}"),
        Model::Image { .. } => IMAGE_PATH.to_owned(),
        Model::HuggingFace(model) => format!("{CACHE_PATH}/{}", fetch::folder(&fetch::hugging_face(model))),
        Model::Mlflow(model) => format!("{CACHE_PATH}/{}", fetch::folder(&fetch::mlflow(model))),
    }
}

/// Mounts the cache, for the worker and for the container that fetches.
pub fn cache_mount() -> VolumeMount {
    mount(CACHE, CACHE_PATH)
}

/// Mounts a model that comes with a volume or an image.
pub fn model_mount(model: &Model) -> Option<VolumeMount> {
    let path = match model {
        Model::Volume { .. } => VOLUME_PATH,
        Model::Image { .. } => IMAGE_PATH,
        Model::BuiltIn | Model::HuggingFace(_) | Model::Mlflow(_) => return None,
    };
    Some(VolumeMount { read_only: Some(true), ..mount(MODEL, path) })
}

/// The volume with the model, where it has one, and the cache: a claim that the pods share, or a folder that comes and
/// goes with each pod.
pub fn volumes(inference: &Inference) -> Vec<Volume> {
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
        Model::BuiltIn | Model::HuggingFace(_) | Model::Mlflow(_) => None,
    }
}

fn named(name: &str) -> Volume {
    Volume { name: name.to_owned(), ..Volume::default() }
}

fn of_claim(name: &str, read_only: Option<bool>) -> PersistentVolumeClaimVolumeSource {
    PersistentVolumeClaimVolumeSource { claim_name: name.to_owned(), read_only }
}
