//! Carries batches of spans to the collector, and says once, not each time, that it cannot.

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
/// Longest wait for one answer, as OpenTelemetry has it.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Shortest time between two complaints about a collector that comes and goes.
const QUIET: Duration = Duration::from_mins(5);

/// An HTTP client whose work is done by the runtime, though it is called from the exporter's own thread.
#[derive(Debug)]
pub(super) struct Courier {
    client: Client,
    runtime: Handle,
    standing: Mutex<Standing>,
}

/// What the log says about the collector.
#[derive(Debug, Default)]
struct Standing {
    is_failing: bool,
    last_complaint: Option<Instant>,
}

impl Courier {
    /// A client that works on the current runtime.
    ///
    /// # Errors
    /// When the system gives it no means to connect.
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        // No proxy: the network policy opens the way to the collector and to nothing else. No redirects: they would
        // carry the headers to whoever is named.
        let client = Client::builder().connect_timeout(CONNECT_TIMEOUT).timeout(TIMEOUT);
        let client = client.no_proxy().redirect(Policy::none()).build()?;
        Ok(Self { client, runtime: Handle::current(), standing: Mutex::default() })
    }

    fn note(&self, failure: Option<&str>) {
        metrics::exported(failure.is_none());
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        match (failure, standing.turn(failure.is_some(), Instant::now())) {
            (_, false) => {}
            (Some(error), true) => {
                tracing::warn!(error, "Could not deliver traces, and leaves them out until the collector takes them");
            }
            (None, true) => tracing::info!("Delivers traces again"),
        }
    }
}

impl Standing {
    /// Whether the outcome of an export is worth a line: the log says otherwise, and has not complained lately.
    fn turn(&mut self, fails: bool, now: Instant) -> bool {
        let is_quiet = self.last_complaint.is_some_and(|last| now.duration_since(last) < QUIET);
        if fails == self.is_failing || (fails && is_quiet) {
            return false;
        }
        self.is_failing = fails;
        if fails {
            self.last_complaint = Some(now);
        }
        true
    }
}

#[async_trait]
impl HttpClient for Courier {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        // The exporter's thread has no reactor of its own.
        let sending = self.runtime.spawn(async move { client.send_bytes(request).await });
        // It fails only when the program ends, which says nothing about the collector.
        let answer = sending.await?.map_err(without_url);
        match &answer {
            Ok(response) if response.status().is_success() => self.note(None),
            Ok(response) => self.note(Some(response.status().as_str())),
            Err(error) => self.note(Some(&Chain(error.as_ref()).to_string())),
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
    fn only_a_change_is_worth_a_line() {
        let (mut standing, now) = (Standing::default(), Instant::now());
        let lines = [false, false, true, true, true, false, false].map(|fails| standing.turn(fails, now));
        assert_eq!(lines, [false, false, true, false, false, true, false]);
    }

    #[test]
    fn a_collector_that_comes_and_goes_is_complained_about_rarely() {
        let (mut standing, start) = (Standing::default(), Instant::now());
        let lines = (0..3_600).filter(|second| standing.turn(second % 2 == 0, start + Duration::from_secs(*second)));
        assert_eq!(lines.count(), 2 * 3_600 / QUIET.as_secs() as usize);
    }

    #[test]
    fn a_failure_that_lasts_is_told_once_the_quiet_time_is_over() {
        let (mut standing, start) = (Standing::default(), Instant::now());
        assert!(standing.turn(true, start) && standing.turn(false, start));
        assert!(!standing.turn(true, start) && standing.turn(true, start + QUIET));
    }
}
