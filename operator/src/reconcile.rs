//! One reconciliation of one app: observe, validate, decide, apply, report.

use std::sync::Arc;
use std::time::Duration;

use cluster::{Chain, backoff};
use crds::CoverLetterApp;
use kube::ResourceExt as _;
use kube::runtime::controller::Action;
use tracing::{info, warn};

use crate::apply;
use crate::context::Context;
use crate::credentials;
use crate::desired::desired;
use crate::error::{Error, Retry};
use crate::observe::observe;
use crate::observed::Observed;
use crate::scaling::{self, Decision, Snapshot};
use crate::status::{self, News, Parts};
use crate::status_writer::report;
use crate::validate::{ValidatedApp, validate};
use crate::world::GuardedApp;

/// Longest time for one reconciliation; a cluster that does not answer must not hold up other apps.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often an app is reconciled though nothing changed.
const RESYNC: Duration = Duration::from_hours(1);
/// How often an app with work, or with pods to spare, is reconciled though nothing changed.
const ATTENTION: Duration = Duration::from_secs(5);
/// How often a refused app is reconciled: it may lack something that is not watched.
const REFUSED: Duration = Duration::from_secs(30);
/// Wait after a conflict.
const SOON: Duration = Duration::from_millis(500);
/// Wait after the first of several failures.
const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// Longest wait after failures.
const BACKOFF_MAX: Duration = Duration::from_mins(1);
/// Failures in a row before an app reports one: the first few often mend themselves.
const FAILURES_TOLD: u32 = 3;

/// Brings the cluster to what the app asks for. Looks at everything each time, whatever the trigger was.
///
/// # Errors
/// [`Error`]; see [`error_policy`].
pub async fn reconcile(app: Arc<GuardedApp>, ctx: Arc<Context>) -> Result<Action, Error> {
    let action = match &app.0 {
        Ok(app) if app.metadata.deletion_timestamp.is_some() => Ok(Action::await_change()),
        Ok(app) => tokio::time::timeout(TIMEOUT, steps(app, &ctx))
            .await
            .unwrap_or(Err(Error::TimedOut { seconds: TIMEOUT.as_secs() })),
        Err(malformed) => {
            let note = format!("The app cannot be read: {}", malformed.error);
            let news = News { is_warning: true, reason: "Malformed".to_owned(), action: "Read", note };
            ctx.publish(&*app, news).await;
            Ok(Action::await_change())
        }
    };
    let outcome = action.as_ref().err().map_or("Ok", Error::reason);
    metrics::counter!("coverletter_operator_reconciles_total", "outcome" => outcome).increment(1);
    if action.is_ok() {
        ctx.remember(&app.uid().unwrap_or_default(), |memory| memory.failures = 0);
    }
    action
}

async fn steps(app: &CoverLetterApp, ctx: &Context) -> Result<Action, Error> {
    let status = status::Basis::of(app, (ctx.clock)());
    if app.spec.paused {
        report(app, status.paused(), ctx).await?;
        return Ok(Action::requeue(RESYNC));
    }

    // 1. Observe (reads the cluster).
    let observed = observe(&ctx.client, &ctx.world, app).await?;

    // 2. Validate (pure). A refusal is an answer for the author, not an error of ours.
    let valid = match validate(app, &observed, &ctx.settings) {
        Ok(valid) => valid,
        Err(violations) => {
            report(app, status.refused(&violations), ctx).await?;
            return Ok(Action::requeue(REFUSED));
        }
    };

    // Passwords and keys are made before anything that reads them; the watch on Secrets brings us back.
    if mint(app, &valid, &observed, ctx).await? {
        return Ok(Action::requeue(ATTENTION));
    }

    // 3. Decide (pure, cannot fail).
    let (snapshot, decision) = scale(&valid, &observed, ctx);
    let desired = desired(&valid, &observed, &decision);

    // 4. Apply (writes the cluster).
    let applied = apply::objects(&ctx.client, app, &desired, &observed).await?;
    apply::pods::mark(&ctx.client, &valid.namespace, &decision).await?;

    // 5. Report what is, computed from what was applied.
    let parts = Parts { observed: &observed, applied: &applied, snapshot: &snapshot, decision: &decision };
    report(app, status.reported(&valid, &parts), ctx).await?;
    for note in valid.remarks {
        ctx.publish(app, News { is_warning: true, reason: "Ignored".to_owned(), action: "Reconcile", note }).await;
    }
    let settled = decision.desired == scaling::need(&snapshot) && snapshot.queued + snapshot.running == 0;
    Ok(Action::requeue(if settled { RESYNC } else { ATTENTION }))
}

/// Stores what the app's Secrets lack. Returns whether there was anything to store.
async fn mint(app: &CoverLetterApp, valid: &ValidatedApp, observed: &Observed, ctx: &Context) -> Result<bool, Error> {
    let missing = credentials::missing(valid, observed, &mut rand::rng());
    let is_missing = !missing.is_empty();
    for minted in missing {
        let keys = minted.data.keys().map(String::as_str).collect::<Vec<_>>().join(" and ");
        let note = format!("Made the keys {keys} of Secret {}.", minted.name);
        apply::secrets::store(&ctx.client, app, minted).await?;
        ctx.publish(app, News { is_warning: false, reason: "Minted".to_owned(), action: "Mint", note }).await;
    }
    Ok(is_missing)
}

/// How many inference pods there should be, from the app's work now and its needs of late.
fn scale(app: &ValidatedApp, observed: &Observed, ctx: &Context) -> (Snapshot, Decision) {
    let mut snapshot = scaling::snapshot(app, observed);
    let keep_last = app.inference.scaling.scale_to_zero_after_seconds;
    let keep_last = keep_last.map(|seconds| Duration::from_secs(u64::from(seconds.unsigned_abs())));
    let need = scaling::need(&snapshot);
    let now = (ctx.clock)();
    snapshot.recent_need =
        ctx.remember(&app.uid, |memory| memory.needs.observe(now, need, snapshot.current, keep_last));
    let decision = scaling::replicas(&snapshot);
    (snapshot, decision)
}

/// When to try again after `error`.
#[must_use]
pub fn error_policy(app: Arc<GuardedApp>, error: &Error, ctx: Arc<Context>) -> Action {
    let name = app.name_any();
    match error.retry() {
        Retry::Soon => {
            info!(app.name = %name, error = %Chain(error), "Somebody else wrote while app `{name}` was reconciled");
            Action::requeue(SOON)
        }
        Retry::Backoff => {
            let failures = ctx.remember(&app.uid().unwrap_or_default(), |memory| {
                memory.failures = memory.failures.saturating_add(1);
                memory.failures
            });
            warn!(app.name = %name, failures, error = %Chain(error), "Could not reconcile app `{name}`");
            if failures == FAILURES_TOLD {
                let (reason, note) = (error.reason().to_owned(), Chain(error).to_string());
                let news = News { is_warning: true, reason, action: "Reconcile", note };
                tokio::spawn(async move { ctx.publish(&*app, news).await });
            }
            Action::requeue(backoff::after(failures, BACKOFF_FIRST, BACKOFF_MAX))
        }
    }
}
