//! The web application: students ask for cover letters here, watch them being written, and keep them.
//!
//! ```text
//! form -> row -> CoverLetterRequest        letters/forms, letters/submit, letters/hand_in
//!   its state and the text of the pod      letters/live <- cluster/board, cluster/pod_stream
//!   its end -> row -> page                 letters/settle, letters/pages
//! ```
//!
//! A letter is a row before it is a request, so that nothing a student submitted is lost. Only `db` speaks SQL, and only
//! `cluster::requests` writes to the API server. Apart from the database, nothing keeps state that a replica could lose.

pub mod config;
pub mod telemetry;

mod present;
mod router;
pub mod state;

pub mod accounts;
mod cluster;
pub mod db;
mod letter;
mod letters;
mod place;
mod profile;
mod profiles;
mod web;

pub mod admin;
pub mod administer;
pub mod background;
pub mod clock;

use std::net::SocketAddr;
use std::time::Duration;

use ::cluster::shutdown::Signals;
use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use crate::accounts::token::Keys;
use crate::config::Config;
pub use crate::router::Limits;
use crate::state::AppState;
use crate::web::connections;
pub use crate::web::connections::open_many_files;

/// The cluster needs this long to send new connections elsewhere; until then they are served.
const STOP_AFTER: Duration = Duration::from_secs(3);

/// Runs the program until it gets SIGTERM or SIGINT.
///
/// # Errors
/// When the keys of access tokens cannot be used, a port is taken, the cluster's address cannot be found, or a migration
/// fails.
pub async fn run(config: Config) -> anyhow::Result<()> {
    open_many_files();
    let keys = Keys::parse(&config.jwt_keys).context("failed to read the configuration")?;
    let shutdown = CancellationToken::new();
    let ready = admin::Readiness::default();
    let signals = Signals::listen().context("failed to listen for signals")?;
    tokio::spawn(stop_on_signal(signals, ready.clone(), shutdown.clone()));

    let metrics = telemetry::start_metrics().context("failed to start metrics")?;
    tokio::spawn(telemetry::keep(metrics.clone()));
    let admin_listener = bind(config.admin_listen).await?;
    let admin = admin::router(metrics, ready.clone(), &openapi());
    let admin = ::cluster::admin::serve(admin_listener, admin, shutdown.clone());
    tokio::spawn(async move {
        if let Err(error) = admin.await {
            error!(%error, "Admin port failed");
        }
    });

    let patience = config.database_patience_seconds.map(Duration::from_secs);
    let Some(db) = db::connect(&config.database_url, patience, &shutdown).await? else { return Ok(()) };
    let client = kube::Client::try_default().await.context("failed to find the cluster")?;
    let listener = bind(config.listen).await?;
    let state = AppState::new(&config, keys, db, client, shutdown).context("failed to prepare the application")?;
    let mut background = background::start(&state);
    ready.serving();
    info!(address = %config.listen, app.name = %config.app, "Serving");

    let mut site = std::pin::pin!(serve(listener, state, Limits::default()));
    tokio::select! {
        () = &mut site => {}
        () = background.one_ended() => {
            // At the end of the program this is as it should be. Before, the kubelet restarts the pod.
            ready.broken();
            site.await;
        }
    }
    background.stopped().await;
    info!("Stopped");
    Ok(())
}

/// The `OpenAPI` document of the site, made of the table that routes its requests.
#[must_use]
pub fn openapi() -> serde_json::Value {
    router::document()
}

/// The verb by which the site starts this program to read a CV: [`read_cv`].
pub const READ_CV: &str = profiles::reader::VERB;

/// Reads a CV from standard input and writes its lines to standard output, within bounds.
///
/// # Errors
/// When its input or output ends.
pub fn read_cv() -> std::io::Result<()> {
    profiles::reader::read_for_another()
}

/// Serves the site on `listener` until the state's `shutdown` is cancelled, which ends open streams too.
pub async fn serve(listener: TcpListener, state: AppState, limits: Limits) {
    let shutdown = state.letters.shutdown.clone();
    connections::serve(listener, router::router(state, limits), shutdown).await;
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    ::cluster::listen(address).await.with_context(|| format!("failed to listen on {address}"))
}

async fn stop_on_signal(mut signals: Signals, ready: admin::Readiness, shutdown: CancellationToken) {
    signals.next().await;
    info!("Stopping");
    ready.stopping();
    tokio::select! {
        () = tokio::time::sleep(STOP_AFTER) => {}
        () = signals.next() => {}
    }
    shutdown.cancel();
}
