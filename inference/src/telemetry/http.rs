//! The HTTP client of the trace exporter. It logs a failing collector once, not at every export.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cluster::Chain;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::Client;
use reqwest::redirect::Policy;
use tokio::runtime::Handle;

use crate::metrics;

/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest wait for one answer, the default of OpenTelemetry.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Shortest time between two warnings about a collector that comes and goes.
const WARNING_INTERVAL: Duration = Duration::from_mins(5);

/// An HTTP client that the exporter calls from its own thread and that works on the runtime.
#[derive(Debug)]
pub(super) struct ExportClient {
    client: Client,
    runtime: Handle,
    warnings: Mutex<Warnings>,
}

/// What the log says about the collector so far.
#[derive(Debug, Default)]
struct Warnings {
    is_failing: bool,
    last_warning: Option<Instant>,
}

impl ExportClient {
    /// A client that works on the current runtime.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        // No proxy: the network policy lets the pod reach the collector and nothing else. No redirects: they would carry
        // the headers, often a secret, to another server.
        let client = Client::builder().connect_timeout(CONNECT_TIMEOUT).timeout(TIMEOUT);
        let client = client.no_proxy().redirect(Policy::none()).build()?;
        Ok(Self { client, runtime: Handle::current(), warnings: Mutex::default() })
    }

    fn record(&self, failure: Option<&str>) {
        metrics::exported(failure.is_none());
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        match (failure, warnings.should_log(failure.is_some(), Instant::now())) {
            (_, false) => {}
            (Some(error), true) => {
                tracing::warn!(error, "Could not deliver traces; they are dropped until the collector accepts them");
            }
            (None, true) => tracing::info!("The collector accepts traces again"),
        }
    }
}

impl Warnings {
    /// Whether to log the outcome of an export: it differs from what the log says, and the last warning is not recent.
    fn should_log(&mut self, fails: bool, now: Instant) -> bool {
        let is_recent = self.last_warning.is_some_and(|last| now.duration_since(last) < WARNING_INTERVAL);
        if fails == self.is_failing || (fails && is_recent) {
            return false;
        }
        self.is_failing = fails;
        if fails {
            self.last_warning = Some(now);
        }
        true
    }
}

#[async_trait]
impl HttpClient for ExportClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        // The exporter's thread has no reactor of its own.
        let sending = self.runtime.spawn(async move { client.send_bytes(request).await });
        // The join fails only when the program ends, which says nothing about the collector.
        let answer = sending.await?.map_err(without_url);
        match &answer {
            Ok(response) if response.status().is_success() => self.record(None),
            Ok(response) => self.record(Some(response.status().as_str())),
            Err(error) => self.record(Some(&Chain(error.as_ref()).to_string())),
        }
        answer
    }
}

/// A URL may carry a password.
fn without_url(error: HttpError) -> HttpError {
    match error.downcast::<reqwest::Error>() {
        Ok(error) => error.without_url().into(),
        Err(error) => error,
    }
}

#[cfg(test)]
mod tests {
    //! A collector that is down, or that comes and goes, must not fill the log.

    use super::*;

    #[test]
    fn only_a_change_is_logged() {
        let (mut warnings, now) = (Warnings::default(), Instant::now());
        let lines = [false, false, true, true, true, false, false].map(|fails| warnings.should_log(fails, now));
        assert_eq!(lines, [false, false, true, false, false, true, false]);
    }

    #[test]
    fn a_collector_that_comes_and_goes_is_warned_about_rarely() {
        let (mut warnings, start) = (Warnings::default(), Instant::now());
        let lines =
            (0..3_600).filter(|second| warnings.should_log(second % 2 == 0, start + Duration::from_secs(*second)));
        assert_eq!(lines.count(), 2 * 3_600 / WARNING_INTERVAL.as_secs() as usize);
    }

    #[test]
    fn a_failure_that_lasts_is_logged_once_the_interval_is_over() {
        let (mut warnings, start) = (Warnings::default(), Instant::now());
        assert!(warnings.should_log(true, start) && warnings.should_log(false, start));
        assert!(!warnings.should_log(true, start) && warnings.should_log(true, start + WARNING_INTERVAL));
    }
}
