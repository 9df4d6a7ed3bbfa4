//! Postgres: connecting, migrating, and (in the files below) every query there is.

pub(crate) mod buckets;
pub(crate) mod erasures;
pub(crate) mod letters;
pub(crate) mod time;
pub(crate) mod tokens;
pub(crate) mod users;

use std::str::FromStr as _;
use std::time::Duration;

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// The schema, embedded; run at start under an advisory lock, so that several replicas may start at once.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// Enough for the handlers of one replica; two replicas and a backup stay far below Postgres's default of 100.
const CONNECTIONS_MAX: u32 = 16;
/// A page waits at most this long for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Postgres may start after the site does.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// Connects and migrates, trying again until the database is there. `None` when told to stop first.
///
/// # Errors
/// When the URL is not one or a migration fails.
pub async fn connect(url: &SecretString, shutdown: &CancellationToken) -> anyhow::Result<Option<PgPool>> {
    let options = PgConnectOptions::from_str(url.expose_secret()).context("failed to read DATABASE_URL")?;
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS_MAX).acquire_timeout(ACQUIRE_TIMEOUT);
    let pool = pool.connect_lazy_with(options.application_name("coverletter-web"));
    while let Err(error) = ping(&pool).await {
        warn!(%error, "Database is not there yet");
        tokio::select! {
            () = tokio::time::sleep(RETRY_EVERY) => {}
            () = shutdown.cancelled() => return Ok(None),
        }
    }
    migrate(&pool).await?;
    info!("Database is migrated");
    Ok(Some(pool))
}

/// Brings the schema up to date.
///
/// # Errors
/// When a migration fails or one that ran has changed since.
pub async fn migrate(pool: &PgPool) -> anyhow::Result<()> {
    MIGRATIONS.run(pool).await.context("failed to migrate the database")
}

/// Whether the database answers.
///
/// # Errors
/// When it does not.
pub async fn ping(pool: &PgPool) -> sqlx::Result<()> {
    sqlx::query("SELECT 1").execute(pool).await.map(drop)
}
