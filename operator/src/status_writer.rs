//! Writes the status of an app when there is something new to say, at a pace that the API server can bear.

use crds::{CoverLetterApp, CoverLetterAppStatus};
use jiff::SignedDuration;
use kube::ResourceExt as _;
use tracing::info;

use crate::apply;
use crate::context::Context;
use crate::error::Error;
use crate::status;
use crate::world::AppRef;

/// Shortest time between two writes that only change the numbers of the queue, which change with every letter.
const PACE: SignedDuration = SignedDuration::from_secs(1);

/// Writes `new` as the status of `app` if it differs from the one that the app has, and publishes what is new in it.
/// A write that would come too early is left to a later reconciliation, which this function schedules.
///
/// # Errors
/// [`Error::Write`].
pub async fn report(app: &CoverLetterApp, new: CoverLetterAppStatus, ctx: &Context) -> Result<(), Error> {
    let old = app.status.clone().unwrap_or_default();
    let (uid, now) = (app.uid().unwrap_or_default(), (ctx.clock)());
    let only_numbers = old.conditions == new.conditions && old.observed_generation == new.observed_generation;
    let written = ctx.remember(&uid, |memory| memory.status_written);
    if only_numbers && written.is_some_and(|written| now.duration_since(written) < PACE) {
        let app = AppRef::new(&app.name_any()).within(&app.namespace().unwrap_or_default());
        ctx.world.again_later(app, PACE.unsigned_abs());
        return Ok(());
    }
    if apply::status(&ctx.client, app, &new).await? {
        ctx.remember(&uid, |memory| memory.status_written = Some(now));
        for news in status::news(&old, &new) {
            info!(app.name = %app.name_any(), reason = %news.reason, "{}", news.note);
            ctx.publish(app, news).await;
        }
    }
    Ok(())
}
