//! The container that fetches a model before the worker of a pod starts, and its arguments.

use crds::app::SecretKeyRef;
use k8s_openapi::api::core::v1::{Container, EnvVar, VolumeMount};
use sha2::{Digest as _, Sha256};

use super::pod::REPORT;
use crate::containers::{from_secret, resources, restricted, variable};
use crate::settings::Outside;
use crate::validate::{HuggingFace, Mlflow, Model, ValidatedApp};

/// The container that fetches the app's model to `path`, which is in `cache`; `None` for a model that need not be
/// fetched. It runs the same image as the worker, and is the only one of an app that sees the token.
pub fn container(app: &ValidatedApp, path: &str, cache: VolumeMount) -> Option<Container> {
    let (command, token) = match &app.inference.model {
        Model::HuggingFace(model) => (hugging_face(model), token("HF_TOKEN", model.token.as_ref())),
        Model::Mlflow(model) => (mlflow(model), token("MLFLOW_TRACKING_TOKEN", model.token.as_ref())),
        Model::BuiltIn | Model::Volume { .. } | Model::Image { .. } | Model::Server(_) => return None,
    };
    let mut arguments = vec!["fetch".to_owned(), format!("--into={path}"), format!("--report={REPORT}")];
    arguments.extend(command);
    let mut environment = proxies(&app.outside);
    environment.extend(token);
    Some(Container {
        name: "fetch-model".to_owned(),
        image: Some(app.images.coverletter.clone()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        command: Some(vec!["/usr/local/bin/inference".to_owned()]),
        args: Some(arguments),
        env: (!environment.is_empty()).then_some(environment),
        // Files of any size are copied block by block.
        resources: Some(resources("100m", "64Mi", Some("512Mi"))),
        security_context: Some(restricted()),
        volume_mounts: Some(vec![cache]),
        ..Container::default()
    })
}

/// Arguments that name a repository of a hub.
pub fn hugging_face(model: &HuggingFace) -> Vec<String> {
    let mut arguments = vec![
        "hugging-face".to_owned(),
        format!("--repository={}", model.repository),
        format!("--revision={}", model.revision),
        format!("--endpoint={}", model.endpoint),
    ];
    arguments.extend(model.files.iter().map(|file| format!("--file={file}")));
    arguments.extend(model.sha256.iter().map(|(file, digest)| format!("--sha256={file}={digest}")));
    arguments
}

/// Arguments that name a registered model.
pub fn mlflow(model: &Mlflow) -> Vec<String> {
    vec![
        "mlflow".to_owned(),
        format!("--tracking-uri={}", model.tracking_uri),
        format!("--name={}", model.name),
        format!("--version={}", model.version),
    ]
}

/// Name of the folder for the files that these arguments fetch. Another source or other files get another folder.
pub fn folder(arguments: &[String]) -> String {
    let mut hash = Sha256::new();
    for argument in arguments {
        hash.update((argument.len() as u64).to_le_bytes());
        hash.update(argument);
    }
    format!("fetched-{}", hex::encode(&hash.finalize()[..8]))
}

fn token(variable: &str, secret: Option<&SecretKeyRef>) -> Option<EnvVar> {
    secret.map(|secret| from_secret(variable, &secret.name, &secret.key))
}

fn proxies(outside: &Outside) -> Vec<EnvVar> {
    let Outside { http_proxy, https_proxy, no_proxy, hub: _ } = outside;
    let named = [("HTTP_PROXY", http_proxy), ("HTTPS_PROXY", https_proxy), ("NO_PROXY", no_proxy)];
    named.into_iter().filter_map(|(name, value)| Some(variable(name, value.as_deref()?))).collect()
}
