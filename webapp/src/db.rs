//! Postgres: connecting and migrating here, and every query in the files below.
//!
//! Queries are checked when the program is compiled: `sqlx`'s macros compare the types of parameters and columns with the
//! description of each query in `.sqlx/`, and a test compares these descriptions with the migrated schema. After a change of
//! a query or the schema, `cargo sqlx prepare` writes them anew against a database with the migrations.

pub(crate) mod audit;
pub(crate) mod buckets;
pub(crate) mod challenges;
pub(crate) mod drafts;
pub(crate) mod erasures;
pub(crate) mod history;
pub(crate) mod identities;
pub(crate) mod letters;
pub(crate) mod log_ins;
pub(crate) mod networks;
pub(crate) mod passkeys;
pub(crate) mod profiles;
pub(crate) mod question;
pub(crate) mod resets;
pub(crate) mod sessions;
pub(crate) mod tokens;
pub(crate) mod users;
pub(crate) mod versions;
pub(crate) mod warm;

use std::borrow::Cow;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Connections to the database.
pub type Pool = sqlx::PgPool;
/// One of these connections, perhaps within a transaction.
pub type Connection = sqlx::PgConnection;
/// A connection that is taken out of them, and given back when dropped.
pub type Held = sqlx::pool::PoolConnection<sqlx::Postgres>;
/// Why a query failed.
pub type Error = sqlx::Error;

/// The schema, embedded. It is migrated under an advisory lock, so that several replicas may start at once.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// Enough for the handlers of one replica; two replicas and a backup stay far below Postgres's default of 100.
const CONNECTIONS_MAX: u32 = 16;
/// A page waits at most this long for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Each query is planned once for each connection: all of them look up few rows by an index, whatever their parameters.
const GENERIC_PLANS: &str = "SET plan_cache_mode = force_generic_plan";
/// Wait between two attempts to connect: Postgres may start after the site.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// Longest wait for an answer when the database is asked why it refuses.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// The database does not let the program in. Says why in the database's words; the password is not among them.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

/// Connects and migrates, and tries again until the database answers, or for as long as `patience`. `None` when the
/// program is stopped first.
///
/// # Errors
/// [`Refused`] after `patience`; when the URL cannot be read or a migration fails.
pub async fn connect(
    url: &SecretString,
    patience: Option<Duration>,
    shutdown: &CancellationToken,
) -> anyhow::Result<Option<Pool>> {
    let start = Instant::now();
    let options = PgConnectOptions::from_str(url.expose_secret()).context("failed to read DATABASE_URL")?;
    let options = options.application_name("coverletter-web").disable_statement_logging();
    let pool = pool_of_connections().connect_lazy_with(options.clone());
    while let Err(error) = ping(&pool).await {
        warn!(%error, "Database is not there yet");
        if patience.is_some_and(|patience| start.elapsed() >= patience)
            && let Some(refused) = why(&options).await
        {
            return Err(refused.into());
        }
        tokio::select! {
            () = tokio::time::sleep(RETRY_EVERY) => {}
            () = shutdown.cancelled() => return Ok(None),
        }
    }
    migrate(&pool).await?;
    info!("Database is migrated");
    Ok(Some(pool))
}

fn pool_of_connections() -> PgPoolOptions {
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS_MAX).acquire_timeout(ACQUIRE_TIMEOUT);
    pool.after_connect(|connection, _| {
        // Not among the options of a connection, which poolers between the site and its database refuse.
        Box::pin(async move { connection.execute(GENERIC_PLANS).await.map(drop) })
    })
}

/// Why the database refuses a connection: a pool only says that it waited. `None` when it does not any more.
async fn why(options: &PgConnectOptions) -> Option<Refused> {
    let server = format!("{}:{}", options.get_host(), options.get_port());
    let words = match tokio::time::timeout(ANSWER_WITHIN, Connection::connect_with(options)).await {
        Ok(Ok(_)) => return None,
        Ok(Err(Error::Database(error))) => format!("{server} says: {}", error.message()),
        Ok(Err(Error::Io(error))) => format!("{server} cannot be reached: {error}"),
        Ok(Err(error)) => format!("{server} cannot be used: {error}"),
        Err(_) => format!("{server} did not answer within {} s", ANSWER_WITHIN.as_secs()),
    };
    Some(Refused(words))
}

/// Brings the schema up to date.
///
/// # Errors
/// When a migration fails or one that ran has changed since.
pub async fn migrate(pool: &Pool) -> anyhow::Result<()> {
    MIGRATIONS.run(pool).await.context("failed to migrate the database")
}

/// Whether it failed because the database cannot be reached, so that trying again may help.
pub(crate) fn is_unreachable(error: &Error) -> bool {
    /// It is stopped by its administrator, has crashed, is starting, or has no connection left.
    const AWAY: [&str; 4] = ["57P01", "57P02", "57P03", "53300"];
    matches!(error, Error::PoolTimedOut | Error::Io(_)) || code(error).is_some_and(|code| AWAY.contains(&&*code))
}

/// Whether the database has no room for more.
pub(crate) fn is_full(error: &Error) -> bool {
    const DISK_FULL: &str = "53100";
    code(error).is_some_and(|code| code == DISK_FULL)
}

/// What Postgres calls it.
fn code(error: &Error) -> Option<Cow<'_, str>> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code)
}

/// Whether the database answers.
///
/// # Errors
/// When it does not.
pub async fn ping(pool: &Pool) -> sqlx::Result<()> {
    sqlx::query_scalar!("SELECT 1 AS one").fetch_one(pool).await.map(drop)
}
