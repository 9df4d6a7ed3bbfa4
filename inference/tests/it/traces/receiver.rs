//! A collector that keeps everything it receives.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::net::TcpListener;

pub use opentelemetry_proto::tonic::common::v1::AnyValue;

/// One batch as it was received.
#[derive(Clone)]
pub struct Export {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Export {
    fn request(&self) -> ExportTraceServiceRequest {
        ExportTraceServiceRequest::decode(self.body.clone()).expect("OTLP protobuf")
    }

    /// The resource attributes of the sender.
    pub fn sender(&self) -> BTreeMap<String, String> {
        let resources = self.request().resource_spans.into_iter().filter_map(|spans| spans.resource);
        let pairs = resources.flat_map(|resource| resource.attributes);
        pairs.filter_map(|pair| Some((pair.key, text(pair.value?.value?)?))).collect()
    }
}

fn text(value: Value) -> Option<String> {
    if let Value::StringValue(text) = value { Some(text) } else { None }
}

/// A collector on a port of its own, until the test ends.
pub struct Receiver {
    pub url: String,
    exports: Arc<Mutex<Vec<Export>>>,
}

impl Receiver {
    /// A collector that accepts everything.
    pub async fn start() -> Self {
        let exports = Arc::<Mutex<Vec<Export>>>::default();
        let take = async |State(exports): State<Arc<Mutex<Vec<Export>>>>, headers: HeaderMap, body: Bytes| {
            exports.lock().expect("no test panics while it holds this").push(Export { headers, body });
            StatusCode::OK
        };
        let routes = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&exports));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url: format!("http://{address}/v1/traces"), exports }
    }

    /// All batches so far.
    pub fn exports(&self) -> Vec<Export> {
        self.exports.lock().expect("no test panics while it holds this").clone()
    }

    /// All spans so far.
    pub fn spans(&self) -> Vec<Span> {
        let resources = self.exports().into_iter().flat_map(|export| export.request().resource_spans);
        resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
    }

    /// Fails if any batch contains one of `words` anywhere.
    pub fn assert_impersonal(&self, words: &[&str]) {
        for export in self.exports() {
            for word in words {
                let found = export.body.windows(word.len()).any(|window| window == word.as_bytes());
                assert!(!found, "{word} was sent");
            }
        }
    }
}
