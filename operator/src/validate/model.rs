//! Which model an app writes with, and what its pods need for it.

use crds::app::{HuggingFaceModel, MlflowModel, ModelSource, SecretKeyRef, VolumeModel};
use sha2::{Digest as _, Sha256};

use super::Violation;
use super::origin::Origin;

/// Folder of the volume for models in inference pods.
pub const CACHE_PATH: &str = "/models/cache";
/// Longest name that a status takes.
const NAME_MAX: usize = 253;
/// Digits of a commit that a name shows.
const SHORT_REVISION: usize = 7;
/// Where the public hub answers.
const PUBLIC_HUB: &str = "https://huggingface.co";

/// The model that an app writes with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Name that letters carry.
    pub name: String,
    /// Folder in the inference pods.
    pub path: String,
    /// How it gets there.
    pub place: Place,
}

/// How a model gets into a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It comes with the image.
    BuiltIn,
    /// From a claim, mounted read-only.
    Claim(String),
    /// From an OCI image, mounted.
    Image(String),
    /// It is fetched before the pod works.
    Fetched(Box<Fetch>),
}

/// What a container does that fetches a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Arguments that name the model.
    pub arguments: Vec<String>,
    /// Variable for the token, and where it is.
    pub token: Option<(&'static str, SecretKeyRef)>,
    /// Who is asked.
    pub origin: Origin,
    /// Whether it may send us to any other server for the bytes, as a hub does.
    pub redirects: bool,
}

impl Model {
    /// What is fetched, if something is.
    #[must_use]
    pub fn fetch(&self) -> Option<&Fetch> {
        if let Place::Fetched(fetch) = &self.place { Some(fetch) } else { None }
    }
}

/// The one model that `source` names. `hub` is the hub of this cluster, if it has one of its own.
pub(super) fn model(source: &ModelSource, hub: Option<&str>) -> Result<Model, Vec<Violation>> {
    match (&source.built_in, &source.hugging_face, &source.volume, &source.image, &source.mlflow) {
        (Some(_), None, None, None, None) => {
            Ok(Model { name: "built-in".into(), path: "/models/built-in".into(), place: Place::BuiltIn })
        }
        (None, Some(model), None, None, None) => hugging_face(model, hub),
        (None, None, Some(volume), None, None) => Ok(from_volume(volume)),
        (None, None, None, Some(image), None) => {
            let place = Place::Image(image.reference.clone());
            Ok(Model { name: name(&image.reference), path: "/models/image".into(), place })
        }
        (None, None, None, None, Some(model)) => mlflow(model),
        _ => Err(vec![Violation("`inference.model` must have exactly one source".into())]),
    }
}

fn from_volume(volume: &VolumeModel) -> Model {
    let claim = volume.persistent_volume_claim.claim_name.clone();
    let folder = volume.path.trim_matches('/');
    let path = format!("/models/volume/{folder}").trim_end_matches('/').to_owned();
    let name = if folder.is_empty() { claim.clone() } else { folder.rsplit('/').next().unwrap_or(folder).into() };
    Model { name, path, place: Place::Claim(claim) }
}

fn hugging_face(model: &HuggingFaceModel, hub: Option<&str>) -> Result<Model, Vec<Violation>> {
    let mut violations = Vec::new();
    let names = model.files.iter().chain(model.sha256.keys());
    violations.extend(names.filter(|name| !is_file_name(name)).map(|name| {
        Violation(format!("`inference.model.huggingFace` must name files of the repository, not `{name}`"))
    }));
    let digits = |text: &str| text.len() == 64 && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
    violations.extend(model.sha256.iter().filter(|(_, sha256)| !digits(sha256)).map(|(name, _)| {
        Violation(format!("`inference.model.huggingFace.sha256` of `{name}` must be 64 lower-case hexadecimal digits"))
    }));
    let endpoint = model.endpoint.as_deref().or(hub).unwrap_or(PUBLIC_HUB);
    let origin =
        origin("inference.model.huggingFace.endpoint", endpoint).map_err(|violation| violations.push(violation));
    let (Ok(origin), true) = (origin, violations.is_empty()) else { return Err(violations) };
    let mut arguments = vec![
        "hugging-face".to_owned(),
        format!("--repository={}", model.repository),
        format!("--revision={}", model.revision),
        format!("--endpoint={endpoint}"),
    ];
    arguments.extend(model.files.iter().map(|file| format!("--file={file}")));
    arguments.extend(model.sha256.iter().map(|(file, digits)| format!("--sha256={file}={digits}")));
    let short: String = model.revision.chars().take(SHORT_REVISION).collect();
    let token = model.token_secret_ref.clone().map(|secret| ("HF_TOKEN", secret));
    let fetch = Fetch { arguments, token, origin, redirects: true };
    Ok(fetched(name(&format!("{}@{short}", model.repository)), fetch))
}

fn mlflow(model: &MlflowModel) -> Result<Model, Vec<Violation>> {
    let origin =
        origin("inference.model.mlflow.trackingUri", &model.tracking_uri).map_err(|violation| vec![violation])?;
    let arguments = vec![
        "mlflow".to_owned(),
        format!("--tracking-uri={}", model.tracking_uri),
        format!("--name={}", model.name),
        format!("--version={}", model.version),
    ];
    let token = model.token_secret_ref.clone().map(|secret| ("MLFLOW_TRACKING_TOKEN", secret));
    let fetch = Fetch { arguments, token, origin, redirects: false };
    Ok(fetched(name(&format!("{}/{}", model.name, model.version)), fetch))
}

/// A model in a folder of its own: another source, or other files of it, go elsewhere.
fn fetched(name: String, fetch: Fetch) -> Model {
    let mut hash = Sha256::new();
    for argument in &fetch.arguments {
        hash.update((argument.len() as u64).to_le_bytes());
        hash.update(argument);
    }
    let folder = hex::encode(&hash.finalize()[..8]);
    Model { name, path: format!("{CACHE_PATH}/fetched-{folder}"), place: Place::Fetched(Box::new(fetch)) }
}

fn origin(field: &str, address: &str) -> Result<Origin, Violation> {
    let must = "must be an `http://` or `https://` address without a user: passwords belong into `tokenSecretRef`";
    Origin::parse(address).ok_or_else(|| Violation(format!("`{field}` {must}")))
}

fn is_file_name(name: &str) -> bool {
    name.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '=']))
}

fn name(text: &str) -> String {
    text.chars().take(NAME_MAX).collect()
}
