//! Which model an app writes with.

use std::collections::BTreeMap;

use crds::app::{self, ClaimName, ModelSource, SecretKeyRef};
use crds::names::BUILT_IN_MODEL;

use super::http_url::HttpUrl;
use super::secret;
use super::violation::Violations;
use crate::observed::Observed;

/// Longest name that a status takes.
const NAME_MAX: usize = 253;
/// Digits of a commit that a name shows.
const SHORT_REVISION: usize = 7;
/// Where the public hub answers.
const PUBLIC_HUB: &str = "https://huggingface.co";

/// The model that an app writes with, by where its files come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Model {
    /// The image of the programs.
    BuiltIn,
    /// A folder of a volume.
    Volume {
        /// Name of the `PersistentVolumeClaim`.
        claim: String,
        /// Folder in the volume, without a slash at either end; empty for all of it.
        folder: String,
    },
    /// An OCI image with the files at its root.
    Image {
        /// Reference of the image.
        reference: String,
    },
    /// A repository of a Hugging Face hub.
    HuggingFace(Box<HuggingFace>),
    /// A registered model of an `MLflow` server.
    Mlflow(Box<Mlflow>),
    /// A server that computes it.
    Server(Box<Server>),
}

/// A repository of a Hugging Face hub at one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HuggingFace {
    /// `owner/name`.
    pub repository: String,
    /// Commit.
    pub revision: String,
    /// Files to fetch; empty for the usual ones.
    pub files: Vec<String>,
    /// Expected SHA-256 by file, 64 lower-case hexadecimal digits each.
    pub sha256: BTreeMap<String, String>,
    /// The hub.
    pub endpoint: HttpUrl,
    /// Where the token is, for a model that needs one.
    pub token: Option<SecretKeyRef>,
}

/// A version of a registered model of an `MLflow` server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mlflow {
    /// The server.
    pub tracking_uri: HttpUrl,
    /// Name of the registered model.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where the token is, for a server that needs one.
    pub token: Option<SecretKeyRef>,
}

/// A model that a server with an OpenAI-compatible API computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Address below which its API is.
    pub url: HttpUrl,
    /// Name of the model there.
    pub model: String,
    /// Where the token is, for a server that wants one.
    pub token: Option<SecretKeyRef>,
    /// Where certificates of authorities are that may vouch for it.
    pub ca: Option<SecretKeyRef>,
    /// Completions that a pod asks for at the same time.
    pub concurrency: Option<i32>,
}

impl Model {
    /// Name that letters and the status carry.
    #[must_use]
    pub fn name(&self) -> String {
        let name = match self {
            Self::BuiltIn => BUILT_IN_MODEL.to_owned(),
            Self::Volume { claim, folder } if folder.is_empty() => claim.clone(),
            Self::Volume { folder, .. } => folder.rsplit('/').next().unwrap_or(folder).to_owned(),
            Self::Image { reference } => reference.clone(),
            Self::HuggingFace(model) => {
                let short: String = model.revision.chars().take(SHORT_REVISION).collect();
                format!("{}@{short}", model.repository)
            }
            Self::Mlflow(model) => format!("{}/{}", model.name, model.version),
            Self::Server(server) => server.model.clone(),
        };
        name.chars().take(NAME_MAX).collect()
    }

    /// The one model that `source` names. `hub` is the hub of this cluster, if it has one of its own.
    pub(super) fn parse(
        source: &ModelSource,
        hub: Option<&str>,
        observed: &Observed,
        violations: &mut Violations,
    ) -> Option<Self> {
        // `builtIn` beside another is a default that an earlier version stored.
        let ModelSource { built_in: _, hugging_face, volume, image, mlflow, server } = source;
        match (hugging_face, volume, image, mlflow, server) {
            (None, None, None, None, None) => Some(Self::BuiltIn),
            (Some(model), None, None, None, None) => {
                secret::required(
                    model.token_secret_ref.as_ref(),
                    "inference.model.huggingFace.tokenSecretRef",
                    observed,
                    violations,
                );
                parse_hugging_face(model, hub, violations)
            }
            (None, Some(volume), None, None, None) => {
                let claim = &volume.persistent_volume_claim;
                check_claim("inference.model.volume", claim, observed, violations);
                let folder = volume.path.trim_matches('/').to_owned();
                Some(Self::Volume { claim: claim.claim_name.clone(), folder })
            }
            (None, None, Some(image), None, None) => Some(Self::Image { reference: image.reference.clone() }),
            (None, None, None, Some(model), None) => {
                secret::required(
                    model.token_secret_ref.as_ref(),
                    "inference.model.mlflow.tokenSecretRef",
                    observed,
                    violations,
                );
                parse_mlflow(model, violations)
            }
            (None, None, None, None, Some(server)) => parse_server(server, observed, violations),
            _ => {
                violations.add("`inference.model` must have one source: remove the others");
                None
            }
        }
    }
}

/// Refuses claims of databases: who may create an app must not read another's data with it.
pub(super) fn check_claim(field: &str, claim: &ClaimName, observed: &Observed, violations: &mut Violations) {
    if observed.database_claims.contains(&claim.claim_name) {
        violations.add(format!("`{field}` must not name `{}`: it holds the database of an app", claim.claim_name));
    }
}

fn parse_hugging_face(model: &app::HuggingFaceModel, hub: Option<&str>, violations: &mut Violations) -> Option<Model> {
    let names = model.files.iter().chain(model.sha256.keys());
    for name in names.filter(|name| !is_file_name(name)) {
        violations.add(format!("`inference.model.huggingFace` must name files of the repository, not `{name}`"));
    }
    for (name, _) in model.sha256.iter().filter(|(_, digest)| !is_sha256(digest)) {
        violations
            .add(format!("`inference.model.huggingFace.sha256` of `{name}` must be 64 lower-case hexadecimal digits"));
    }
    let endpoint = model.endpoint.as_deref().or(hub).unwrap_or(PUBLIC_HUB);
    let endpoint = parse_url("inference.model.huggingFace.endpoint", endpoint, violations)?;
    Some(Model::HuggingFace(Box::new(HuggingFace {
        repository: model.repository.clone(),
        revision: model.revision.clone(),
        files: model.files.clone(),
        sha256: model.sha256.clone(),
        endpoint,
        token: model.token_secret_ref.clone(),
    })))
}

fn parse_mlflow(model: &app::MlflowModel, violations: &mut Violations) -> Option<Model> {
    let tracking_uri = parse_url("inference.model.mlflow.trackingUri", &model.tracking_uri, violations)?;
    Some(Model::Mlflow(Box::new(Mlflow {
        tracking_uri,
        name: model.name.clone(),
        version: model.version.clone(),
        token: model.token_secret_ref.clone(),
    })))
}

fn parse_server(server: &app::ServerModel, observed: &Observed, violations: &mut Violations) -> Option<Model> {
    let secrets = [("tokenSecretRef", &server.token_secret_ref), ("caSecretRef", &server.ca_secret_ref)];
    for (field, secret) in secrets {
        let field = format!("inference.model.server.{field}");
        secret::required(secret.as_ref(), &field, observed, violations);
    }
    let url = parse_url("inference.model.server.url", &server.url, violations)?;
    Some(Model::Server(Box::new(Server {
        url,
        model: server.model.clone(),
        token: server.token_secret_ref.clone(),
        ca: server.ca_secret_ref.clone(),
        concurrency: server.concurrency,
    })))
}

fn parse_url(field: &str, text: &str, violations: &mut Violations) -> Option<HttpUrl> {
    violations.require(HttpUrl::parse(text), || {
        format!(
            "`{field}` must be an `http://` or `https://` address without a user: passwords belong in `tokenSecretRef`"
        )
    })
}

fn is_sha256(digest: &str) -> bool {
    digest.len() == 64 && digest.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_file_name(name: &str) -> bool {
    name.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '=']))
}
