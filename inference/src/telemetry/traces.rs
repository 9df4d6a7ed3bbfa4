//! Collects the spans of letters and sends them in batches, in the background.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SdkTracerProvider};
use thiserror::Error;

use super::http::ExportClient;
use super::{Collector, HeaderError, Tracer};
use crate::identity::Identity;

/// Name of the program in traces.
const SERVICE: &str = "coverletter-inference";

/// Why traces cannot be sent although a collector is configured.
#[derive(Debug, Error)]
pub enum TracesError {
    /// A header cannot be sent.
    #[error(transparent)]
    Headers(#[from] HeaderError),
    /// TLS cannot be set up.
    #[error("failed to prepare the connection to the collector of traces")]
    Client(#[from] reqwest::Error),
    /// A setting of OpenTelemetry is unusable.
    #[error("failed to prepare the export of traces")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
}

/// Collects spans; without a collector it does nothing.
///
/// Spans wait in a queue of 2,048 and leave every five seconds, in batches of at most 512, on a thread of their own
/// (`OTEL_BSP_*` changes that). Spans that do not fit are dropped, so letters never wait for a collector.
#[derive(Debug, Default)]
pub struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Begins to collect for `collector` as the worker `identity`. Must be called on a runtime, which sends the batches.
    ///
    /// # Errors
    /// When the configuration cannot be used. A collector that does not answer is not an error.
    pub fn start(collector: Option<&Collector>, identity: &Identity) -> Result<Self, TracesError> {
        let Some(Collector { endpoint, headers }) = collector else { return Ok(Self::default()) };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .with_headers(headers.pairs()?)
            .with_http_client(ExportClient::new()?)
            .build()?;
        let provider = SdkTracerProvider::builder()
            .with_resource(resource(identity))
            .with_span_processor(BatchSpanProcessor::builder(exporter).build())
            .build();
        tracing::info!("Sends traces to a collector");
        Ok(Self(Some(provider)))
    }

    /// The source of spans.
    #[must_use]
    pub fn tracer(&self) -> Tracer {
        Tracer::new(self.0.as_ref().map(|provider| provider.tracer(SERVICE)))
    }

    /// Sends the remaining spans, for at most `within`. Spans that end later are dropped.
    pub async fn end(self, within: Duration) {
        let Some(provider) = self.0 else { return };
        let ended = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(within)).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!("Dropped the last traces");
        }
    }
}

/// The sender of the traces. `OTEL_RESOURCE_ATTRIBUTES` adds to these attributes.
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
