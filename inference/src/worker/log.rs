//! The log lines of one letter.

use std::time::Duration;

use cluster::Chain;

use crate::claim::{ClaimError, Claimed};
use crate::report::{Outcome, Reported};

/// Logs that the work on `claimed` begins.
pub(super) fn claimed(claimed: &Claimed) {
    tracing::info!(
        request.name = claimed.name(),
        request.attempt = claimed.attempt(),
        "Claimed request `{}`",
        claimed.name()
    );
}

/// Logs how the work on `claimed` ended after `took`, and whether its report got through.
pub(super) fn ended(claimed: &Claimed, outcome: &Outcome, reported: &Result<Reported, ClaimError>, took: Duration) {
    let (name, attempt) = (claimed.name(), claimed.attempt());
    match reported {
        Ok(Reported::Accepted(_)) => tracing::info!(
            request.name = name,
            request.attempt = attempt,
            reason = outcome.reason(),
            duration_ms = took.as_millis() as u64,
            "Finished request `{name}`: {}",
            outcome.reason()
        ),
        Ok(Reported::Discarded) => tracing::info!(
            request.name = name,
            request.attempt = attempt,
            reason = "Lost",
            "Discarded the work on request `{name}`, which this worker no longer holds"
        ),
        Err(error) => tracing::error!(
            request.name = name,
            request.attempt = attempt,
            error = %Chain(error),
            "Gave up reporting request `{name}`"
        ),
    }
}
