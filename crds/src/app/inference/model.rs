//! Where a model comes from.

use std::collections::BTreeMap;

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use super::super::SecretKeyRef;
use crate::limits;

/// Where the model comes from: one of the fields, or none for the built-in model.
//
// Nothing is filled in when none is given, because a default that is stored would stand in the way of a model that is
// applied later. Earlier versions stored `builtIn`: it gives way to any other.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("[has(self.huggingFace), has(self.volume), has(self.image), has(self.mlflow), has(self.server)].filter(given, given).size() <= 1")
    .message("model takes one of builtIn, huggingFace, volume, image, mlflow and server"))]
pub struct ModelSource {
    /// The small model that comes with the image; nothing is downloaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub built_in: Option<BuiltInModel>,
    /// A repository of the Hugging Face hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hugging_face: Option<HuggingFaceModel>,
    /// A folder of a PersistentVolumeClaim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<VolumeModel>,
    /// An OCI image that holds the model's files at its root, mounted as an image volume. Needs Kubernetes 1.35, or an
    /// earlier one with the feature gate `ImageVolume`, and a container runtime that knows image volumes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageModel>,
    /// A version in an MLflow model registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mlflow: Option<MlflowModel>,
    /// A server that computes the model already, with an OpenAI-compatible API: vLLM, KServe, llm-d, Ollama, llama-server.
    /// The pods compute nothing then; `backend`, `quantization` and `modelCache` have no effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerModel>,
}

/// The built-in model has no settings.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuiltInModel {}

/// A model of the Hugging Face hub, pinned to a commit.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HuggingFaceModel {
    /// `owner/name`.
    #[schemars(length(min = 3, max = 200), regex(pattern = r"^[\w.-]+/[\w.-]+$"))]
    pub repository: String,
    /// Full commit hash, so that the model never changes under the app.
    #[schemars(regex(pattern = r"^[0-9a-f]{40}$"))]
    pub revision: String,
    /// Hub or mirror to fetch from. Default: the operator's `HF_ENDPOINT`, else the public hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 8, max = 512), regex(pattern = r"^https?://"))]
    pub endpoint: Option<String>,
    /// Files to fetch, for example the one GGUF file of several that is wanted. Default: config, tokenizer and weights,
    /// safetensors before GGUF.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(min = 1, max = 255)))]
    pub files: Vec<String>,
    /// Expected SHA-256 by file name, 64 lower-case digits each. The hub's own are checked in any case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 64))]
    pub sha256: BTreeMap<String, String>,
    /// Secret key with a hub token, for models that need one. Only the container that fetches sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_secret_ref: Option<SecretKeyRef>,
}

/// A model in a folder of a volume.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeModel {
    /// The claim.
    pub persistent_volume_claim: ClaimName,
    /// Folder in it that holds one GGUF file, or `config.json`, `tokenizer.json` and the weights.
    #[serde(default)]
    #[schemars(length(max = 1_024))]
    #[x_kube(validation = Rule::new("!self.startsWith('/') && !self.split('/').exists(part, part == '..')").message("path must be relative and must not contain .."))]
    pub path: String,
}

/// Names a PersistentVolumeClaim.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimName {
    /// Name of the claim, in the app's namespace.
    #[schemars(length(min = 1, max = 253), regex(pattern = limits::DNS_NAME))]
    pub claim_name: String,
}

/// A model packed as an OCI image.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageModel {
    /// Image reference.
    #[schemars(length(min = 1, max = 512), regex(pattern = limits::IMAGE))]
    pub reference: String,
}

/// A version of a registered model in MLflow: a folder with `config.json`, `tokenizer.json` and weights, or the
/// `transformers` flavour.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MlflowModel {
    /// Address of the tracking server, which must hand out artifacts (`--serve-artifacts`). Name one in the cluster as
    /// `http://name.namespace.svc:port`, so that the network policy can be as narrow as that.
    #[schemars(length(min = 8, max = 512), regex(pattern = r"^https?://"))]
    pub tracking_uri: String,
    /// Registered model.
    #[schemars(length(min = 1, max = 256))]
    pub name: String,
    /// Version of it.
    #[schemars(length(min = 1, max = 32))]
    pub version: String,
    /// Secret key with a bearer token, or with `user:password`, for servers that ask for one. Only the container that
    /// fetches sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_secret_ref: Option<SecretKeyRef>,
}

/// A model at a server with an OpenAI-compatible API. What applicants typed is sent there.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerModel {
    /// Address below which the server has `chat/completions` and `models`, often ending in `/v1`. Name one in the cluster
    /// as `http://name.namespace.svc:port/v1`, so that the network policy can be as narrow as that Service.
    #[schemars(length(min = 8, max = 512), regex(pattern = r"^https?://"))]
    pub url: String,
    /// Name of the model at the server.
    #[schemars(length(min = 1, max = 253))]
    pub model: String,
    /// Secret key with a bearer token. Only the pods that write letters see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_secret_ref: Option<SecretKeyRef>,
    /// Secret key with the certificates, in PEM form, of authorities that may vouch for the server besides the usual ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_secret_ref: Option<SecretKeyRef>,
    /// Completions that one pod asks for at the same time; further ones wait in the pod. Default: `slots`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 256))]
    pub concurrency: Option<i32>,
}

/// Where fetched and repacked models are kept.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelCache {
    /// A claim that all inference pods can write to, so that a model is fetched once and not by every pod. On several
    /// nodes it needs the access mode `ReadWriteMany`.
    pub persistent_volume_claim: ClaimName,
}
