//! The collector of traces, as inference pods are told about it.

use crds::app::Telemetry;
use k8s_openapi::api::core::v1::{Container, EnvVar};

use super::pod::{from_secret, variable};
use crate::validate::ValidatedApp;

/// The same container, with the variables by which OpenTelemetry finds its collector.
pub fn told(app: &ValidatedApp, mut container: Container) -> Container {
    container.env.get_or_insert_default().extend(variables(app));
    container
}

fn variables(app: &ValidatedApp) -> Vec<EnvVar> {
    let Some(Telemetry { otlp_endpoint, headers_secret_ref }) = &app.spec.telemetry else { return Vec::new() };
    let headers = headers_secret_ref.as_ref().map(|reference| {
        let mut headers = from_secret("OTEL_EXPORTER_OTLP_HEADERS", &reference.name, &reference.key);
        // Letters do not wait for traces.
        let selector = headers.value_from.as_mut().and_then(|source| source.secret_key_ref.as_mut());
        if let Some(selector) = selector {
            selector.optional = Some(true);
        }
        headers
    });
    [variable("OTEL_EXPORTER_OTLP_ENDPOINT", otlp_endpoint)].into_iter().chain(headers).collect()
}
