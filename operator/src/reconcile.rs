//! One reconciliation of one app: observe, validate, decide, apply, report.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use cluster::{Chain, backoff};
use crds::app::conditions;
use crds::condition::is_true;
use crds::metrics::RECONCILES;
use crds::{AppReason, CoverLetterApp};
use futures::FutureExt as _;
use kube::ResourceExt as _;
use kube::runtime::controller::Action;
use tracing::{info, warn};

use crate::apply::{self, Failure};
use crate::context::Context;
use crate::credentials::{self, rotation};
use crate::desired::{claim_changes, desired, has_present_secrets};
use crate::error::{Error, Retry, panic_message};
use crate::names;
use crate::observe::observe;
use crate::observed::Observed;
use crate::refusal::Refusal;
use crate::scaling::{self, Decision, Past, Snapshot};
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
/// How often an app that is not ready is reconciled: it may lack something that is not watched.
const UNREADY: Duration = Duration::from_secs(15);
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
        Ok(app) => {
            // A bug that one app brings out must not take the others with it.
            match Box::pin(contained(tokio::time::timeout(TIMEOUT, steps(app, &ctx)))).await {
                Ok(steps) => steps.unwrap_or(Err(Error::TimedOut { seconds: TIMEOUT.as_secs() })),
                Err(message) => Err(panicked(app, message, &ctx).await),
            }
        }
        Err(malformed) => {
            let note = format!("The app cannot be read: {}", malformed.error);
            let news = News { is_warning: true, reason: "Malformed".to_owned(), action: "Read", note };
            ctx.publish(&*app, news).await;
            Ok(Action::await_change())
        }
    };
    let outcome = action.as_ref().err().map_or("Ok", Error::reason);
    metrics::counter!(RECONCILES.name, "outcome" => outcome).increment(1);
    if action.is_ok() {
        ctx.remember(&app.uid().unwrap_or_default(), |memory| memory.failures = 0);
    }
    action
}

/// The outcome of `work`, or what it said when it panicked.
async fn contained<T>(work: impl Future<Output = T>) -> Result<T, String> {
    // What a panic leaves behind is dropped with the future; the context tolerates an incomplete memory.
    AssertUnwindSafe(work).catch_unwind().await.map_err(|panic| panic_message(panic.as_ref()))
}

/// Tells in the status of `app` that the operator failed at it.
async fn panicked(app: &CoverLetterApp, message: String, ctx: &Context) -> Error {
    let told = format!("The operator failed at this app, and looks after the others: {message}. Please report it.");
    let status = status::Basis::of(app, (ctx.clock)()).failed(AppReason::OperatorFault, &told);
    if let Err(error) = report(app, status, ctx).await {
        warn!(app.name = %app.name_any(), error = %Chain(&error), "Could not report a fault of the operator");
    }
    Error::Panicked { message }
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
            return Ok(Action::requeue(UNREADY));
        }
    };

    // Passwords and keys are made before anything that reads them; the watch on Secrets brings us back.
    let mut refusals = Vec::new();
    if mint(app, &valid, &observed, &mut refusals, ctx).await? {
        return Ok(Action::requeue(ATTENTION));
    }
    if rotate(app, &valid, &observed, &mut refusals, ctx).await? {
        return Ok(Action::requeue(ATTENTION));
    }

    // 3. Decide (pure, cannot fail).
    let (snapshot, decision) = scale(app, &valid, &observed, ctx);
    let desired = desired(&valid, &observed, &decision);

    // 4. Apply (writes the cluster).
    let outcome = apply::objects(&ctx.client, app, &desired, &observed).await?;
    let is_new = |refusal: &Refusal| refusals.iter().all(|known: &Refusal| known.key != refusal.key);
    let new: Vec<_> = outcome.refusals.into_iter().filter(is_new).collect();
    refusals.extend(new);
    refusals.extend(change_claim(app, &valid, &observed, ctx).await?);
    hand_nothing_to_retiring(&valid, &snapshot, &decision, ctx);
    apply::pods::tell(&ctx.client, &valid.namespace, &decision, snapshot.now_ms).await?;
    ctx.remember(&valid.uid, |memory| memory.told.note(&decision, snapshot.now_ms));

    // 5. Report what is, computed from what was applied.
    let parts = Parts {
        observed: &observed,
        applied: &outcome.applied,
        snapshot: &snapshot,
        decision: &decision,
        refusals: &refusals,
        now: (ctx.clock)(),
        secret_lost: credentials::is_lost(&valid, &observed),
    };
    let reported = status.reported(&valid, &parts);
    let is_ready = is_true(&reported.conditions, conditions::READY);
    report(app, reported, ctx).await?;
    let is_settled = decision.desired == decision.goal && snapshot.pods.iter().all(|pod| !pod.asked);
    let is_idle = is_settled && snapshot.kept <= snapshot.min && snapshot.queued + snapshot.running == 0;
    Ok(Action::requeue(match (is_idle, is_ready) {
        (false, _) => ATTENTION,
        (true, false) => UNREADY,
        (true, true) => RESYNC,
    }))
}

/// Grows the volume of the database if it should. Returns the refusal, if it is refused.
async fn change_claim(
    app: &CoverLetterApp,
    valid: &ValidatedApp,
    observed: &Observed,
    ctx: &Context,
) -> Result<Option<Refusal>, Error> {
    let Some(changes) = claim_changes(valid, observed) else { return Ok(None) };
    match apply::claim(&ctx.client, app, &names::database_claim(&valid.name), changes).await {
        Ok(()) => Ok(None),
        Err(Failure::Refused(refusal)) => Ok(Some(refusal)),
        Err(Failure::Failed(error)) => Err(error),
    }
}

/// Stores what the app's Secrets lack. Returns whether anything was stored.
async fn mint(
    app: &CoverLetterApp,
    valid: &ValidatedApp,
    observed: &Observed,
    refusals: &mut Vec<Refusal>,
    ctx: &Context,
) -> Result<bool, Error> {
    let mut is_stored = false;
    let missing = credentials::missing(valid, observed, &mut rand::rng());
    for minted in missing {
        let keys = minted.data.keys().map(String::as_str).collect::<Vec<_>>().join(" and ");
        let note = format!("Made the keys {keys} of Secret {}.", minted.name);
        match apply::secrets::store(&ctx.client, app, minted).await {
            Ok(()) => is_stored = true,
            Err(Failure::Failed(error)) => return Err(error),
            Err(Failure::Refused(refusal)) => {
                refusals.push(refusal);
                continue;
            }
        }
        ctx.publish(app, News { is_warning: false, reason: "Minted".to_owned(), action: "Mint", note }).await;
    }
    Ok(is_stored)
}

/// Takes the next step of a rotation of passwords and keys. Returns whether any was taken.
async fn rotate(
    app: &CoverLetterApp,
    valid: &ValidatedApp,
    observed: &Observed,
    refusals: &mut Vec<Refusal>,
    ctx: &Context,
) -> Result<bool, Error> {
    let has_present_secrets = has_present_secrets(valid, observed);
    let due = rotation::due(valid, observed, has_present_secrets, (ctx.clock)(), &mut rand::rng());
    let mut is_taken = false;
    for change in due {
        match apply::secrets::change(&ctx.client, app, change).await {
            Ok(()) => is_taken = true,
            Err(Failure::Failed(error)) => return Err(error),
            Err(Failure::Refused(refusal)) => refusals.push(refusal),
        }
    }
    Ok(is_taken)
}

/// How many inference pods there should be, from the app's work now and its needs of late.
fn scale(app: &CoverLetterApp, valid: &ValidatedApp, observed: &Observed, ctx: &Context) -> (Snapshot, Decision) {
    let now = (ctx.clock)().as_millisecond();
    let status = app.status.as_ref().and_then(|status| status.scaling.as_ref());
    let snapshot = ctx.remember(&valid.uid, |memory| {
        memory.told.retain(|name| observed.pods.iter().any(|pod| pod.name == name));
        let mut snapshot = scaling::snapshot(valid, observed, Past { told: &memory.told, status }, now);
        let keep_last = valid.inference.scaling.scale_to_zero_after_seconds.map(|seconds| i64::from(seconds) * 1_000);
        let need = scaling::need(&snapshot).min(snapshot.max);
        snapshot.kept = memory.needs.observe(now, need, snapshot.current, snapshot.cold_start_ms, keep_last);
        snapshot
    });
    let decision = scaling::decide(&snapshot);
    ctx.decisions.push(scaling::line(&format!("{}/{}", valid.namespace, valid.name), &snapshot, &decision));
    (snapshot, decision)
}

/// From now on, that is before they are asked, the workers that are to retire are handed nothing.
fn hand_nothing_to_retiring(valid: &ValidatedApp, snapshot: &Snapshot, decision: &Decision, ctx: &Context) {
    let asked = snapshot.pods.iter().filter(|pod| pod.asked).map(|pod| &pod.name).chain(&decision.ask);
    let retiring = asked.filter(|name| !decision.recall.contains(name)).cloned().collect();
    ctx.world.bindings().retire(&valid.namespace, valid.name.as_str(), retiring);
}

/// Tells in the status of an app that its reconciliations fail.
async fn tell(app: &GuardedApp, note: &str, ctx: &Context) {
    let Ok(app) = &app.0 else { return };
    let status = status::Basis::of(app, (ctx.clock)()).failed(AppReason::ReconcileFailed, note);
    if let Err(error) = report(app, status, ctx).await {
        warn!(app.name = %app.name_any(), error = %Chain(&error), "Could not report a failure");
    }
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
                let note = format!("{}. It is tried again.", error.sentence());
                tokio::spawn(async move { tell(&app, &note, &ctx).await });
            }
            Action::requeue(backoff::after(failures, BACKOFF_FIRST, BACKOFF_MAX))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::contained;

    #[tokio::test]
    async fn a_panic_ends_the_reconciliation_that_it_is_in_and_no_other() {
        let broken = contained(async { assert_eq!(5, 7, "no amount is 5") }).await;
        let sound = contained(async {}).await;
        assert!(broken.is_err_and(|message| message.contains("no amount is 5")));
        assert_eq!(sound, Ok(()));
    }
}
