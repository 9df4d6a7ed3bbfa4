//! What ends the work on a letter before it is written.

use cluster::Requests;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::claim::Claimed;
use crate::queue::{self, Standing};
use crate::report::Outcome;

/// Resolves with the reason for which the work on `claimed` must stop.
pub(super) async fn stopped(
    requests: &Requests,
    claimed: &Claimed,
    deadline: Timestamp,
    release: CancellationToken,
) -> Outcome {
    let left = deadline.duration_since(Timestamp::now());
    let mut too_late = std::pin::pin!(tokio::time::sleep(left.try_into().unwrap_or_default()));
    let mut changes = requests.changes();
    loop {
        let shown = requests.get(claimed.name());
        match queue::standing(claimed.uid(), claimed.attempt(), shown.as_deref()) {
            Standing::Held => {}
            Standing::CancelRequested => return Outcome::Cancelled,
            Standing::Lost => return Outcome::Lost,
        }
        tokio::select! {
            () = changes.next() => {}
            () = &mut too_late => return Outcome::DeadlineExceeded,
            () = release.cancelled() => return Outcome::Released,
        }
    }
}
