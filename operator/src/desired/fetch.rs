//! The container that fetches a model before the worker of a pod starts.

use crds::app::PodSettings;
use k8s_openapi::api::core::v1::{Container, EnvVar};

use super::pod::{REPORT, from_secret, mount, resources, restricted, variable};
use crate::validate::{CACHE_PATH, Fetch, Outside, ValidatedApp};

/// Runs the same image as the worker. Of all containers of an app only this one sees the token.
pub fn container(app: &ValidatedApp, fetch: &Fetch, volume: &str) -> Container {
    let mut arguments = vec!["fetch".to_owned(), format!("--into={}", app.model.path), format!("--report={REPORT}")];
    arguments.extend(fetch.arguments.iter().cloned());
    let mut environment = proxies(&app.outside);
    environment.extend(fetch.token.iter().map(|(variable, secret)| from_secret(variable, &secret.name, &secret.key)));
    Container {
        name: "fetch-model".to_owned(),
        image: Some(app.images.coverletter.clone()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        command: Some(vec!["/usr/local/bin/inference".to_owned()]),
        args: Some(arguments),
        env: (!environment.is_empty()).then_some(environment),
        // Files go through it block by block, whatever their size.
        resources: Some(resources(&PodSettings::default(), "100m", "64Mi", Some("512Mi"))),
        security_context: Some(restricted()),
        volume_mounts: Some(vec![mount(volume, CACHE_PATH)]),
        ..Container::default()
    }
}

fn proxies(outside: &Outside) -> Vec<EnvVar> {
    let Outside { http_proxy, https_proxy, no_proxy, hub: _ } = outside;
    let named = [("HTTP_PROXY", http_proxy), ("HTTPS_PROXY", https_proxy), ("NO_PROXY", no_proxy)];
    named.into_iter().filter_map(|(name, value)| Some(variable(name, value.as_deref()?))).collect()
}
