//! The page that Prometheus reads: what was counted, and what the model has done, as of now.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;

/// How often measured times are put into their buckets. They wait in memory until then, a few bytes a token, so this must
/// happen whether or not anybody reads the page.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Lines about the model, as of the call.
type Model = Box<dyn Fn() -> String + Send + Sync>;

/// The page with all numbers of this process.
#[derive(Clone)]
pub struct Page {
    handle: PrometheusHandle,
    model: Arc<OnceLock<Model>>,
}

impl Page {
    pub(super) fn new(handle: PrometheusHandle) -> Self {
        Self { handle, model: Arc::default() }
    }

    /// From now on the page also has the lines that `model` returns at the time.
    pub fn watch(&self, model: impl Fn() -> String + Send + Sync + 'static) {
        // Only the first model counts; there is never a second.
        let _ = self.model.set(Box::new(model));
    }

    /// The page, in the text format of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        let model = self.model.get().map(|model| model()).unwrap_or_default();
        self.handle.render() + &model
    }

    /// Keeps memory bounded for as long as it is polled.
    pub async fn keep(self) {
        let mut ticks = tokio::time::interval(UPKEEP_EVERY);
        loop {
            ticks.tick().await;
            self.handle.run_upkeep();
        }
    }
}
