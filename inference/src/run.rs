//! Puts the parts together: serves probes, loads the model, joins the queue, works and shuts down in order.

use std::sync::Arc;
use std::time::Duration;

use cluster::Chain;
use kube::Client;
use thiserror::Error;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::admin::{self, Health};
use crate::claim::Claims;
use crate::config::{Config, WorkConfig};
use crate::identity::Identity;
use crate::lease::{Announced, LeaseError, LeaseKeeper};
use crate::metrics;
use crate::retirement::Retirement;
use crate::stream::{self, Streams};
use crate::telemetry::{Traces, TracesError};
use crate::view::View;
use crate::worker::{Shutdown, Worker, Writer, WriterError};

/// The last quarter of the grace period, within the bounds below, is for giving letters back.
const RELEASE_SHARE: u32 = 4;
const RELEASE_MIN: Duration = Duration::from_millis(500);
const RELEASE_MAX: Duration = Duration::from_secs(8);
/// Longest wait for readers of the stream to receive the last events.
const STREAM_FLUSH: Duration = Duration::from_secs(1);
/// Longest wait for the collector to accept the last traces, if the grace period has time for it.
const TRACES_FLUSH: Duration = Duration::from_secs(5);

/// Why a worker could not start to work.
#[derive(Debug, Error)]
pub enum RunError {
    /// The address is in use or not one of this machine.
    #[error("failed to listen on {address}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The configuration of traces cannot be used.
    #[error("failed to prepare traces")]
    Traces(#[from] TracesError),
    /// The model cannot be used.
    #[error(transparent)]
    Model(WriterError),
    /// The Lease could not be written, without which the death of this worker would go unnoticed.
    #[error("failed to announce this worker")]
    Announce(#[source] LeaseError),
    /// The loop that claims requests has ended by itself. This is a bug.
    #[error("failed to go on claiming")]
    Ended,
}

/// Runs one worker until `stop` resolves. Then it claims no new requests, finishes the letters that it can and gives the
/// rest back.
///
/// # Errors
/// When it cannot start to work. Later failures are retried, logged and counted.
pub async fn run(
    config: Config,
    client: Client,
    metrics: metrics::Page,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), RunError> {
    let Config { listen, stream_token, identity, model, reader, work, collector } = config;
    let traces = Traces::start(collector.as_ref(), &identity)?;
    let (health, streams) = (Arc::new(Health::default()), Arc::new(Streams::default()));
    let listener = cluster::listen(listen).await.map_err(|source| RunError::Listen { address: listen, source })?;
    let closing = CancellationToken::new();
    tokio::spawn(closing.clone().run_until_cancelled_owned(metrics.clone().keep()));
    let routes =
        admin::router(Arc::clone(&health), metrics.clone()).merge(stream::router(Arc::clone(&streams), stream_token));
    let server = tokio::spawn(cluster::admin::serve(listener, routes, closing.clone()));
    metrics::slots(work.slots, 0);

    let mut stop = std::pin::pin!(stop);
    let writer = tokio::select! {
        writer = Writer::load(model, reader, work.slots) => writer.map_err(RunError::Model)?,
        () = &mut stop => return Ok(()),
    };
    let writer = writer.traced_by(traces.tracer());
    health.watch(writer.probe(), writer.availability());
    metrics.watch(writer.reading());

    let Identity { namespace, app, claimant } = identity;
    let retirement = Retirement::default();
    let announced = Announced { app: app.clone(), claimant: claimant.clone(), slots: work.slots };
    let lease = LeaseKeeper::start(client.clone(), &namespace, announced, writer.trouble(), retirement.clone());
    let lease = lease.await.map_err(RunError::Announce)?;
    let view = View::follow(client.clone(), &namespace, &app, &claimant.worker);
    let claims = Claims::new(client, &namespace, claimant, work.max_attempts);
    let worker = Worker::new(claims, view.clone(), streams, writer, work, retirement, rand::random());
    let shutdown = Shutdown::default();
    let mut working = tokio::spawn(worker.run(shutdown.clone()));
    let mut announce = std::pin::pin!(view.listed());
    let mut announced = false;
    loop {
        tokio::select! {
            () = &mut announce, if !announced => {
                announced = true;
                health.set_ready(true);
                tracing::info!(app.name = app, slots = work.slots, "Serving app `{app}`");
            }
            () = &mut stop => break,
            _ = &mut working => return Err(RunError::Ended),
        }
    }

    tracing::info!("Shutting down");
    let end = Instant::now() + work.shutdown_grace;
    health.set_ready(false);
    lease.drain();
    leave(working, &shutdown, work, end - STREAM_FLUSH.min(work.shutdown_grace)).await;
    if let Err(error) = lease.end().await {
        tracing::warn!(error = %Chain(&error), "Could not remove the Lease");
    }
    closing.cancel();
    let left = end.saturating_duration_since(Instant::now()).clamp(STREAM_FLUSH, TRACES_FLUSH);
    let _ = tokio::join!(timeout(STREAM_FLUSH, server), traces.end(left));
    Ok(())
}

/// Lets letters finish while there is time, then has the rest given back, and returns at `end` at the latest.
async fn leave(mut working: JoinHandle<()>, shutdown: &Shutdown, work: WorkConfig, end: Instant) {
    let for_release = (work.shutdown_grace / RELEASE_SHARE).clamp(RELEASE_MIN, RELEASE_MAX);
    shutdown.drain.cancel();
    if timeout_at(end - for_release, &mut working).await.is_ok() {
        return;
    }
    shutdown.release.cancel();
    if timeout_at(end, &mut working).await.is_err() {
        tracing::warn!("Could not give back every letter in time");
        working.abort();
    }
}
