//! The page that Prometheus reads: the recorded metrics and the current numbers of the model.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;

/// How often measured times are sorted into their buckets. Until then they take a few bytes of memory a token, so this must
/// happen even if the page is never read.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Renders the lines about the model as of the call.
type Model = Box<dyn Fn() -> String + Send + Sync>;

/// The page with all metrics of the process.
#[derive(Clone)]
pub struct Page {
    handle: PrometheusHandle,
    model: Arc<OnceLock<Model>>,
}

impl Page {
    pub(super) fn new(handle: PrometheusHandle) -> Self {
        Self { handle, model: Arc::default() }
    }

    /// Adds the lines that `model` returns at each reading to the page.
    pub fn watch(&self, model: impl Fn() -> String + Send + Sync + 'static) {
        // A process loads one model, so the second call that would fail does not happen.
        let _ = self.model.set(Box::new(model));
    }

    /// The page, in the text format of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        let model = self.model.get().map(|model| model()).unwrap_or_default();
        self.handle.render() + &model
    }

    /// Sorts measured times into their buckets for as long as it is polled.
    pub async fn keep(self) {
        let mut ticks = tokio::time::interval(UPKEEP_EVERY);
        loop {
            ticks.tick().await;
            self.handle.run_upkeep();
        }
    }
}
