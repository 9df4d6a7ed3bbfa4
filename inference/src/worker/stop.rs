//! What ends the work on a letter before it is written.

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::claim::Claimed;
use crate::report::{Hold, Outcome};
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
    hold: Hold<'_>,
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
        if let Some(stopped) = hold.stopped(shown.as_deref(), !is_shown && !view.is_left_alone()) {
            return stopped;
        }
        tokio::select! {
            () = changes.next() => {}
            () = &mut too_late => return Outcome::DeadlineExceeded,
            () = release.cancelled() => return Outcome::Released,
        }
    }
}
