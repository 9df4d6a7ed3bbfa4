//! Puts the parts together: serve probes, load the model, join the queue, work, leave in order.

use std::sync::Arc;
use std::time::Duration;

use cluster::{Chain, Requests};
use kube::Client;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::admin::{self, Health};
use crate::claim::Claims;
use crate::config::{Config, WorkConfig};
use crate::identity::Identity;
use crate::lease::{LeaseError, LeaseKeeper};
use crate::metrics;
use crate::stream::{self, Desk};
use crate::telemetry::{Traces, TracesError};
use crate::worker::{Shutdown, Worker, Writer, WriterError};

/// The last part of the grace period is kept for giving letters back: this share of it, within the bounds below.
const RELEASE_SHARE: u32 = 4;
const RELEASE_LEAST: Duration = Duration::from_millis(500);
const RELEASE_MOST: Duration = Duration::from_secs(8);
/// Longest wait for readers to take the ends of their letters.
const GOODBYE: Duration = Duration::from_secs(1);
/// Longest wait for the collector to take the last traces, if there is time for it.
const LAST_TRACES: Duration = Duration::from_secs(5);

/// Why a worker could not work.
#[derive(Debug, Error)]
pub enum RunError {
    /// The address is taken or not ours.
    #[error("failed to listen on {address}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// What was said about traces cannot be used.
    #[error("failed to prepare traces")]
    Traces(#[from] TracesError),
    /// The model cannot be used.
    #[error(transparent)]
    Model(WriterError),
    /// Nobody would notice the death of this worker.
    #[error("failed to announce this worker")]
    Announce(#[source] LeaseError),
    /// The loop that claims has ended by itself. This is a bug.
    #[error("failed to go on claiming")]
    Ended,
}

/// Runs one worker until `stop` resolves, then leaves: no new requests, finish what is in hand, release the rest.
///
/// # Errors
/// When it could not begin to work. What goes wrong later is retried, logged and counted.
pub async fn run(
    config: Config,
    client: Client,
    metrics: metrics::Page,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), RunError> {
    let Config { listen, stream_token, identity, model, work, collector } = config;
    let traces = Traces::start(collector.as_ref(), &identity)?;
    let (health, desk) = (Arc::new(Health::default()), Arc::new(Desk::default()));
    let listener = TcpListener::bind(listen).await.map_err(|source| RunError::Listen { address: listen, source })?;
    let closing = CancellationToken::new();
    tokio::spawn(closing.clone().run_until_cancelled_owned(metrics.clone().keep()));
    let routes =
        admin::router(Arc::clone(&health), metrics.clone()).merge(stream::router(Arc::clone(&desk), stream_token));
    let server = tokio::spawn(cluster::admin::serve(listener, routes, closing.clone()));
    metrics::slots(work.slots, 0);

    let mut stop = std::pin::pin!(stop);
    let writer = tokio::select! {
        writer = Writer::load(model, work.slots) => writer.map_err(RunError::Model)?,
        () = &mut stop => return Ok(()),
    };
    let writer = writer.traced_by(traces.tracer());
    health.watch(writer.pulse());
    metrics.watch(writer.reading());

    let Identity { namespace, app, claimant } = identity;
    let lease = LeaseKeeper::start(client.clone(), &namespace, &app, &claimant).await.map_err(RunError::Announce)?;
    let requests = Requests::follow(client.clone(), &namespace, &app);
    let claims = Claims::new(client, &namespace, claimant, work.max_attempts);
    let worker = Worker::new(claims, requests.clone(), desk, writer, work, rand::random());
    let shutdown = Shutdown::default();
    let mut working = tokio::spawn(worker.run(shutdown.clone()));
    let mut announce = std::pin::pin!(requests.listed());
    let mut announced = false;
    loop {
        tokio::select! {
            () = &mut announce, if !announced => {
                announced = true;
                health.set_ready(true);
                tracing::info!(app.name = app, slots = work.slots, "Works for app `{app}`");
            }
            () = &mut stop => break,
            _ = &mut working => return Err(RunError::Ended),
        }
    }

    tracing::info!("Shuts down");
    let end = Instant::now() + work.shutdown_grace;
    health.set_ready(false);
    lease.drain();
    leave(working, &shutdown, work, end - GOODBYE.min(work.shutdown_grace)).await;
    if let Err(error) = lease.end().await {
        tracing::warn!(error = %Chain(&error), "Left the Lease behind");
    }
    closing.cancel();
    let left = end.saturating_duration_since(Instant::now()).clamp(GOODBYE, LAST_TRACES);
    let _ = tokio::join!(timeout(GOODBYE, server), traces.end(left));
    Ok(())
}

/// Lets letters finish while there is time, then has them released, and never stays beyond `end`.
async fn leave(mut working: JoinHandle<()>, shutdown: &Shutdown, work: WorkConfig, end: Instant) {
    let for_release = (work.shutdown_grace / RELEASE_SHARE).clamp(RELEASE_LEAST, RELEASE_MOST);
    shutdown.drain.cancel();
    if timeout_at(end - for_release, &mut working).await.is_ok() {
        return;
    }
    shutdown.release.cancel();
    if timeout_at(end, &mut working).await.is_err() {
        tracing::warn!("Could not give every letter back in time");
        working.abort();
    }
}
