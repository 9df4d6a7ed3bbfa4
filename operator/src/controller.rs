//! Turns changes of the cluster into reconciliations: several at a time, but never two of one app.

use std::convert::Infallible;
use std::sync::Arc;

use futures::{Stream, StreamExt as _, stream};
use kube::ResourceExt as _;
use kube::runtime::applier;
use kube::runtime::controller::Config;
use kube::runtime::reflector::{ObjectRef, Store};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::observe::secrets_of;
use crate::reconcile::{error_policy, reconcile};
use crate::world::{AppRef, GuardedApp, Trigger};

/// Apps that are reconciled at the same time.
const CONCURRENCY: u16 = 8;

/// Reconciles until cancelled, and finishes the reconciliations that are running then.
pub async fn run(ctx: Arc<Context>, triggers: UnboundedReceiver<Trigger>, cancelled: CancellationToken) {
    ctx.world.wait_until_ready().await;
    let apps = ctx.world.apps.clone();
    let queue = queue(triggers, apps.clone(), cancelled);
    let work = applier(
        |app, ctx| Box::pin(reconcile(app, ctx)),
        error_policy,
        Arc::clone(&ctx),
        apps.clone(),
        queue,
        Config::default().concurrency(CONCURRENCY),
    );
    // Outcomes are counted and logged where they arise, and an app that is gone is an ordinary outcome.
    work.for_each(|_| {
        ctx.forget(|uid| apps.find(|app| app.uid().as_deref() == Some(uid)).is_some());
        futures::future::ready(())
    })
    .await;
}

fn names(app: &GuardedApp, secret: &str) -> bool {
    app.0.as_ref().is_ok_and(|app| secrets_of(app).any(|named| named.name == secret))
}

fn queue(
    triggers: UnboundedReceiver<Trigger>,
    apps: Store<GuardedApp>,
    cancelled: CancellationToken,
) -> impl Stream<Item = Result<AppRef, Infallible>> {
    let triggers = stream::unfold(triggers, |mut triggers| async move {
        let trigger = triggers.recv().await?;
        Some((trigger, triggers))
    });
    triggers
        .flat_map(move |trigger| {
            let apps = match trigger {
                Trigger::App(app) => vec![app],
                Trigger::Secret { namespace, name } => apps
                    .state()
                    .iter()
                    .filter(|app| app.namespace().as_deref() == Some(&namespace) && names(app, &name))
                    .map(|app| ObjectRef::from_obj(&**app))
                    .collect(),
                Trigger::All => apps.state().iter().map(|app| ObjectRef::from_obj(&**app)).collect(),
            };
            stream::iter(apps.into_iter().map(Ok))
        })
        .take_until(cancelled.cancelled_owned())
}
