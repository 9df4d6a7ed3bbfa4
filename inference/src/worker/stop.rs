//! What ends the work on a letter before it is written.

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::claim::Claimed;
use crate::queue::{self, ClaimState};
use crate::report::Outcome;
use crate::view::View;

/// The two steps of a shutdown.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    /// From now on the worker claims no new requests.
    pub drain: CancellationToken,
    /// From now on the worker gives unfinished letters back to the queue.
    pub release: CancellationToken,
}

/// Resolves with the reason for which the work on `claimed` must stop.
pub(super) async fn stopped(
    view: &View,
    claimed: &Claimed,
    deadline: Timestamp,
    release: CancellationToken,
) -> Outcome {
    let left = deadline.duration_since(Timestamp::now());
    let mut too_late = std::pin::pin!(tokio::time::sleep(left.try_into().unwrap_or_default()));
    let mut changes = view.changes();
    let mut is_shown = claimed.is_shown();
    loop {
        is_shown |= view.shows_own(claimed.name());
        let shown = view.get(claimed.name());
        let is_late = shown.is_none() && !is_shown && !view.is_left_alone();
        match queue::claim_state(claimed.uid(), claimed.attempt(), shown.as_deref()) {
            ClaimState::Held => {}
            ClaimState::Lost if is_late => {}
            ClaimState::CancelRequested => return Outcome::Cancelled,
            ClaimState::Lost => return Outcome::Lost,
        }
        tokio::select! {
            () = changes.next() => {}
            () = &mut too_late => return Outcome::DeadlineExceeded,
            () = release.cancelled() => return Outcome::Released,
        }
    }
}
