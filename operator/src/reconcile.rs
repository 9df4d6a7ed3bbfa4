//! One reconciliation of one app, from looking to reporting.

use std::sync::Arc;
use std::time::Duration;

use cluster::{Chain, backoff};
use crds::{CoverLetterApp, CoverLetterAppStatus};
use jiff::SignedDuration;
use kube::ResourceExt as _;
use kube::runtime::controller::Action;
use tracing::{info, warn};

use crate::apply;
use crate::context::Context;
use crate::credentials;
use crate::desired::desired;
use crate::error::Error;
use crate::observe::observe;
use crate::observed::Observed;
use crate::scaling::{self, Decision, Snapshot};
use crate::status::{self, News, Parts};
use crate::validate::{ValidatedApp, validate};
use crate::world::GuardedApp;

/// Longest time for one reconciliation; a cluster that does not answer must not hold up other apps.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often everything is looked at though nothing changed.
const RESYNC: Duration = Duration::from_hours(1);
/// How often an app with work, or with pods to spare, is looked at though nothing changed.
const ATTENTION: Duration = Duration::from_secs(5);
/// How often a refused app is looked at: what it lacks may be something that is not watched.
const REFUSED: Duration = Duration::from_secs(30);
/// Status writes that only move numbers of the queue keep this distance.
const STATUS_PACE: SignedDuration = SignedDuration::from_secs(1);
/// Wait after the first of several failures.
const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// Longest wait after failures.
const BACKOFF_MAX: Duration = Duration::from_mins(1);

/// Makes the cluster fit one app. Looks at everything each time, whatever the cause.
///
/// # Errors
/// [`Error`]; see [`error_policy`].
pub async fn reconcile(app: Arc<GuardedApp>, ctx: Arc<Context>) -> Result<Action, Error> {
    let action = match &app.0 {
        Ok(valid) if valid.metadata.deletion_timestamp.is_some() => Ok(Action::await_change()),
        Ok(valid) => tokio::time::timeout(TIMEOUT, steps(&app, valid, &ctx))
            .await
            .unwrap_or(Err(Error::TimedOut { seconds: TIMEOUT.as_secs() })),
        Err(malformed) => {
            let note = format!("The app cannot be read: {}", malformed.error);
            let news = News { is_warning: true, reason: "Malformed".to_owned(), action: "Read", note };
            ctx.publish(&app, news).await;
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

async fn steps(guarded: &GuardedApp, app: &CoverLetterApp, ctx: &Context) -> Result<Action, Error> {
    let now = (ctx.clock)();
    let old = app.status.clone().unwrap_or_default();
    let generation = app.metadata.generation;
    if app.spec.paused {
        report(guarded, app, ctx, status::paused(&old, generation, now)).await?;
        return Ok(Action::requeue(RESYNC));
    }

    // 1. Observe (reads the cluster).
    let observed = observe(&ctx.client, &ctx.world, app).await?;

    // 2. Validate (pure). A refusal is an answer for the author, not an error of ours.
    let valid = match validate(app, &observed, &ctx.settings) {
        Ok(valid) => valid,
        Err(violations) => {
            report(guarded, app, ctx, status::refused(&violations, &old, generation, now)).await?;
            return Ok(Action::requeue(REFUSED));
        }
    };

    // Passwords and keys are made before anything that reads them; the watch on Secrets brings us back.
    if mint(guarded, app, &valid, &observed, ctx).await? {
        return Ok(Action::requeue(ATTENTION));
    }

    // 3. Decide (pure, cannot fail).  4. Apply (writes the cluster).
    let (snapshot, decision) = decide(&valid, &observed, ctx);
    let desired = desired(&valid, &observed, &decision);
    let applied = apply::objects(&ctx.client, app, &desired, &observed).await?;
    apply::pods::mark(&ctx.client, &valid.namespace, &decision).await?;

    // 5. Report what is, computed from what was applied.
    let parts = Parts { observed: &observed, applied: &applied, snapshot: &snapshot, decision: &decision };
    report(guarded, app, ctx, status::reported(&valid, &old, generation, &parts, now)).await?;
    for note in valid.remarks {
        ctx.publish(guarded, News { is_warning: true, reason: "Ignored".to_owned(), action: "Reconcile", note }).await;
    }
    let settled = decision.desired == scaling::need(&snapshot) && snapshot.queued + snapshot.running == 0;
    Ok(Action::requeue(if settled { RESYNC } else { ATTENTION }))
}

/// Stores what the app's Secrets lack. Returns whether there was anything to store.
async fn mint(
    guarded: &GuardedApp,
    app: &CoverLetterApp,
    valid: &ValidatedApp,
    observed: &Observed,
    ctx: &Context,
) -> Result<bool, Error> {
    let missing = credentials::missing(valid, observed, &mut rand::rng());
    let is_missing = !missing.is_empty();
    for minted in missing {
        let note = format!("Made the keys {} of Secret {}.", keys(&minted), minted.name);
        apply::secrets::store(&ctx.client, app, minted).await?;
        ctx.publish(guarded, News { is_warning: false, reason: "Minted".to_owned(), action: "Mint", note }).await;
    }
    Ok(is_missing)
}

fn keys(minted: &credentials::Minted) -> String {
    minted.data.keys().map(String::as_str).collect::<Vec<_>>().join(" and ")
}

fn decide(app: &ValidatedApp, observed: &Observed, ctx: &Context) -> (Snapshot, Decision) {
    let mut snapshot = scaling::snapshot(app, observed);
    let keep_last = app.spec.inference.scaling.scale_to_zero_after_seconds;
    let keep_last = keep_last.map(|seconds| Duration::from_secs(u64::from(seconds.unsigned_abs())));
    let need = scaling::need(&snapshot);
    let now = (ctx.clock)();
    snapshot.recent_need =
        ctx.remember(&app.uid, |memory| memory.needs.observe(now, need, snapshot.current, keep_last));
    let decision = scaling::replicas(&snapshot);
    (snapshot, decision)
}

/// Writes a changed status and tells people what is new. Numbers alone are written at a pace, since they move with
/// every letter.
async fn report(
    guarded: &GuardedApp,
    app: &CoverLetterApp,
    ctx: &Context,
    new: CoverLetterAppStatus,
) -> Result<(), Error> {
    let old = app.status.clone().unwrap_or_default();
    let (uid, now) = (app.uid().unwrap_or_default(), (ctx.clock)());
    let only_numbers = old.conditions == new.conditions && old.observed_generation == new.observed_generation;
    let written = ctx.remember(&uid, |memory| memory.status_written);
    if only_numbers && written.is_some_and(|written| now.duration_since(written) < STATUS_PACE) {
        ctx.world.again_later(guarded, STATUS_PACE.unsigned_abs());
        return Ok(());
    }
    if apply::status(&ctx.client, app, &new).await? {
        ctx.remember(&uid, |memory| memory.status_written = Some(now));
        for news in status::news(&old, &new) {
            info!(app.name = %app.name_any(), reason = %news.reason, "{}", news.note);
            ctx.publish(guarded, news).await;
        }
    }
    Ok(())
}

/// When to try again after `error`: soon, then less and less often.
#[must_use]
pub fn error_policy(app: Arc<GuardedApp>, error: &Error, ctx: Arc<Context>) -> Action {
    let failures = ctx.remember(&app.uid().unwrap_or_default(), |memory| {
        memory.failures = memory.failures.saturating_add(1);
        memory.failures
    });
    let name = app.name_any();
    warn!(app.name = %name, failures, error = %Chain(error), "Could not reconcile app `{name}`");
    if failures == 3 && !error.is_conflict() {
        let news = News {
            is_warning: true,
            reason: error.reason().to_owned(),
            action: "Reconcile",
            note: Chain(error).to_string(),
        };
        tokio::spawn(async move { ctx.publish(&app, news).await });
    }
    Action::requeue(backoff::after(failures, BACKOFF_FIRST, BACKOFF_MAX))
}
