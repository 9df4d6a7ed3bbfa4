//! Collects the spans of letters and sends them in batches, beside the work.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SdkTracerProvider};
use thiserror::Error;

use super::http::Courier;
use super::{Collector, HeaderError, Tracer};
use crate::identity::Identity;

/// Name of the program in traces.
const SERVICE: &str = "coverletter-inference";

/// Why traces cannot be sent, though they are asked for.
#[derive(Debug, Error)]
pub enum TracesError {
    /// A header cannot be sent.
    #[error(transparent)]
    Headers(#[from] HeaderError),
    /// The system gives no means to connect.
    #[error("failed to prepare the connection to the collector of traces")]
    Client(#[from] reqwest::Error),
    /// A setting of OpenTelemetry is unusable.
    #[error("failed to prepare the export of traces")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
}

/// Where spans are collected; nowhere when no collector is named.
///
/// Spans wait in a queue of 2,048 and leave every five seconds, in batches of at most 512, on a thread of their own
/// (`OTEL_BSP_*` changes that); what does not fit is left out, so that letters never wait for a collector.
#[derive(Debug, Default)]
pub struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Begins to collect for `collector` as the worker `identity`. Must be called on a runtime, which does the sending.
    ///
    /// # Errors
    /// When what was configured cannot be used. That the collector does not answer is not an error.
    pub fn start(collector: Option<&Collector>, identity: &Identity) -> Result<Self, TracesError> {
        let Some(Collector { endpoint, headers }) = collector else { return Ok(Self::default()) };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .with_headers(headers.pairs()?)
            .with_http_client(Courier::new()?)
            .build()?;
        let provider = SdkTracerProvider::builder()
            .with_resource(resource(identity))
            .with_span_processor(BatchSpanProcessor::builder(exporter).build())
            .build();
        tracing::info!("Sends traces to a collector");
        Ok(Self(Some(provider)))
    }

    /// Makes spans.
    #[must_use]
    pub fn tracer(&self) -> Tracer {
        Tracer::new(self.0.as_ref().map(|provider| provider.tracer(SERVICE)))
    }

    /// Sends what is left, for at most `within`; spans that end later are left out.
    pub async fn end(self, within: Duration) {
        let Some(provider) = self.0 else { return };
        let ended = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(within)).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!("Left out the last traces");
        }
    }
}

/// Who speaks. Attributes of `OTEL_RESOURCE_ATTRIBUTES` come on top.
fn resource(Identity { namespace, app, claimant }: &Identity) -> Resource {
    let attributes = [
        ("service.instance.id", &claimant.pod_uid),
        ("k8s.namespace.name", namespace),
        ("k8s.pod.name", &claimant.worker),
        ("k8s.pod.uid", &claimant.pod_uid),
        ("coverletter.app", app),
    ];
    let attributes = attributes.map(|(key, value)| KeyValue::new(key, value.clone()));
    Resource::builder().with_service_name(SERVICE).with_attributes(attributes).build()
}
