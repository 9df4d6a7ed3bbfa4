//! Turns each `CoverLetterApp` into the objects that it asks for, and looks after its requests.
//!
//! ```text
//!            ┌─────────────────── changes ───────────────────┐
//!            ▼                                               │
//!   watch ─▶ observe ─▶ validate ─▶ desired ─▶ apply ─▶ status
//!   world    observe    validate    desired    apply    status      reconcile tells the story
//!      │                            scaling
//!      ├──▶ triage ─▶ apply                                         requests tells the story
//!      ├──▶ dispatch ─▶ apply                                       dispatcher tells the story
//!      └──▶ scaler                                                  for KEDA, where it decides about pods
//! ```
//!
//! One replica leads and does all of this; the others wait for its Lease ([`leader`]).

pub mod admin;
pub mod apply;
pub mod config;
pub mod containers;
pub mod context;
pub mod controller;
pub mod credentials;
pub mod decisions;
pub mod definitions;
pub mod desired;
pub mod dispatch;
pub mod dispatcher;
pub mod error;
#[cfg(test)]
mod fixtures;
pub mod generate;
pub mod kinds;
pub mod leader;
pub mod live;
pub mod names;
pub mod objects;
pub mod observe;
pub mod observed;
pub mod offline;
pub mod quantity;
pub mod readiness;
pub mod readings;
pub mod reconcile;
pub mod refusal;
pub mod requests;
pub mod scaler;
pub mod scaling;
pub mod schedule;
pub mod scope;
pub mod settings;
pub mod sight;
pub mod simulate;
pub mod status;
pub mod status_writer;
pub mod telemetry;
pub mod triage;
pub mod validate;
pub mod world;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use crds::metrics::LEADER;
use kube::Client;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use admin::Shown;
use config::RunArguments;
use context::Context;
use dispatcher::Dispatcher;
use leader::{Candidate, Terms};
use readiness::Readiness;
use requests::Janitor;
use scope::{Given, Scope};
use settings::Settings;
use world::World;

/// Name of the Lease whose holder leads.
const LEASE: &str = "coverletter-operator";
/// Longest time to finish work at a shutdown.
const SHUTDOWN: Duration = Duration::from_secs(20);

/// Runs until `cancelled`.
///
/// # Errors
/// When the admin address cannot be bound, or when leadership was lost: the process must end then.
pub async fn run(client: Client, arguments: RunArguments, cancelled: CancellationToken) -> anyhow::Result<()> {
    let readiness = Readiness::default();
    readiness.set(Some("starting".to_owned()));
    let metrics = telemetry::start_metrics();
    let shown = Shown::default();
    let routes = admin::router(readiness.clone(), metrics, shown.clone());
    let admin = async {
        let listener = cluster::listen(arguments.admin_listen).await?;
        cluster::admin::serve(listener, routes, cancelled.clone()).await
    };
    let lead = async {
        let stopped = cancelled.run_until_cancelled(definitions::wait(&client, &readiness)).await;
        if stopped.is_none() {
            return Ok(());
        }
        let stop_watching = cancelled.child_token();
        let _stop_watching = stop_watching.clone().drop_guard();
        let (watch_client, watch_readiness) = (client.clone(), readiness.clone());
        let given = Given::new(client.clone(), arguments.namespaces());
        tokio::spawn(async move {
            stop_watching.run_until_cancelled(definitions::watch(&watch_client, &given, &watch_readiness)).await
        });
        lead(client.clone(), &arguments, shown, &cancelled).await
    };
    // The first to fail ends the other. Without a failure both end by `cancelled`, the leader after a handover.
    tokio::try_join!(async { admin.await.with_context(|| format!("serve {}", arguments.admin_listen)) }, lead)?;
    Ok(())
}

/// Waits for its turn, works, and hands over.
async fn lead(
    client: Client,
    arguments: &RunArguments,
    shown: Shown,
    cancelled: &CancellationToken,
) -> anyhow::Result<()> {
    let candidate =
        Candidate::new(client.clone(), &arguments.leader_namespace, LEASE, &arguments.pod_name, Terms::default());
    let Some(mut leadership) = candidate.elected(cancelled).await else { return Ok(()) };
    metrics::gauge!(LEADER.name).set(1.0);
    let work = work(client, arguments, shown, cancelled.child_token());
    tokio::select! {
        () = work => leadership.release().await,
        // Fail-stop: all work is dropped with this future, and the process ends.
        lost = leadership.keep() => return Err(lost.into()),
    }
    Ok(())
}

/// Everything that only the leader does. Begins anew when the operator's rights change. Returns when nothing writes any
/// more.
pub async fn work(client: Client, arguments: &RunArguments, shown: Shown, cancelled: CancellationToken) {
    let given = Given::new(client.clone(), arguments.namespaces());
    while let Some(scope) = cancelled.run_until_cancelled(given.permitted()).await {
        let turn = cancelled.child_token();
        let mut work = std::pin::pin!(work_in(client.clone(), &scope, arguments, shown.clone(), turn.clone()));
        tokio::select! {
            () = &mut work => {}
            () = given.changed(&scope) => {
                info!("The rights of the operator have changed");
                turn.cancel();
                work.await;
            }
        }
        if cancelled.is_cancelled() {
            break;
        }
    }
}

/// Looks after the apps and requests of `scope`.
async fn work_in(client: Client, scope: &Scope, arguments: &RunArguments, shown: Shown, cancelled: CancellationToken) {
    let settings = Settings { images: arguments.images(), outside: arguments.outside() };
    // The watches end with this future, however it ends.
    let mut watches = JoinSet::new();
    let (world, triggers) = World::follow(&client, scope, &mut watches);
    shown.sight.look_at(&world);
    let dispatcher = Dispatcher::new(client.clone(), Arc::clone(&world), &arguments.pod_name);
    let ctx =
        Arc::new(Context::new(client.clone(), Arc::clone(&world), settings, shown.decisions, &arguments.pod_name));
    let scaler = Box::pin(scaler::run(arguments.scaler_listen, Arc::clone(&world), cancelled.clone()));
    let janitor = Janitor::new(client, world);
    info!("Looks after apps and requests");
    let all = async {
        tokio::join!(
            controller::run(ctx, triggers, cancelled.clone()),
            janitor.run(cancelled.clone()),
            dispatcher.run(cancelled.clone()),
            scaler
        );
    };
    let mut all = std::pin::pin!(all);
    tokio::select! {
        () = &mut all => {}
        () = cancelled.cancelled() => {
            if tokio::time::timeout(SHUTDOWN, all).await.is_err() {
                warn!("Stopped with work under way");
            }
        }
    }
}
