//! A PostgreSQL server of its own for a test.

mod keeper;
mod programs;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use thiserror::Error;
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::{debian, ports};
use keeper::Keeper;
use programs::Programs;

/// Longest wait for a server to answer or to stop; it takes about a second on two idle cores.
const DEADLINE: Duration = Duration::from_mins(1);

/// How often a start is tried when another process takes the port in between.
const ATTEMPTS: u32 = 3;

/// The superuser, who needs no password: the server listens on loopback only and holds nothing but test data.
const USER: &str = "postgres";

/// Why there is no server, or why it did not answer.
#[derive(Debug, Error)]
pub enum Error {
    /// The programs are not there and could not be unpacked.
    #[error("failed to find PostgreSQL: install `postgresql`, or let it be unpacked")]
    Programs(#[from] debian::Error),
    /// The unpacked packages lack a program.
    #[error("failed to find `postgres`, `initdb` and `psql` in Debian's package `postgresql`")]
    Incomplete,
    /// A process could not be started.
    #[error("failed to run `{program}`")]
    Run {
        /// The program.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The folder of the data, or a free port, could not be had.
    #[error("failed to prepare a folder and a port for PostgreSQL")]
    Prepare(#[from] io::Error),
    /// The server did not come up; the end of its log says why.
    #[error("failed to start PostgreSQL; the end of its log:\n{log}")]
    Start {
        /// The last lines of the server's log.
        log: String,
    },
    /// The server did not stop in time.
    #[error("failed to stop PostgreSQL within {} s", DEADLINE.as_secs())]
    Stop,
    /// A statement was refused.
    #[error("failed to run SQL in `{database}`: {message}")]
    Sql {
        /// The database.
        database: String,
        /// What `psql` said.
        message: String,
    },
}

/// A running server on a free loopback port, gone with its files when the value drops, when its test panics and when
/// its process is killed.
#[derive(Debug)]
pub struct Postgres {
    keeper: Keeper,
    programs: Programs,
    port: u16,
    databases: AtomicU32,
}

impl Postgres {
    /// A fresh server that answers.
    ///
    /// # Errors
    /// When the programs are missing and cannot be unpacked, or the server does not come up.
    pub async fn start() -> Result<Self, Error> {
        Self::with(programs::find().await?).await
    }

    /// A fresh server from unpacked packages, whatever the machine has installed.
    ///
    /// # Errors
    /// As for [`Postgres::start`].
    pub async fn start_unpacked() -> Result<Self, Error> {
        Self::with(programs::unpacked().await?).await
    }

    /// The one server of this test binary, started on first use and gone when the process ends.
    ///
    /// # Errors
    /// As for [`Postgres::start`].
    pub async fn shared() -> Result<&'static Self, Error> {
        static SHARED: OnceCell<Postgres> = OnceCell::const_new();
        SHARED.get_or_try_init(Self::start).await
    }

    /// The URL of the database that every server has.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of(USER)
    }

    /// The port on 127.0.0.1, the same over [`Postgres::stop`] and [`Postgres::resume`].
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder that holds the data and the log.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.keeper.folder().to_owned()
    }

    /// Creates an empty database whose name begins with `hint` and returns its URL.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn database(&self, hint: &str) -> Result<String, Error> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = database_name(hint, number);
        self.query(USER, &format!("CREATE DATABASE \"{name}\"")).await?;
        Ok(self.url_of(&name))
    }

    /// Runs SQL in `database` and returns its rows, one a line, columns divided by `|`.
    ///
    /// # Errors
    /// When the server does not answer or refuses the statement.
    pub async fn query(&self, database: &str, sql: &str) -> Result<String, Error> {
        let psql = self.programs.folder.join("psql");
        let mut command = Command::new(&psql);
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]).arg(self.url_of(database));
        command.stdin(Stdio::null()).kill_on_drop(true);
        if let Some(path) = self.programs.library_path() {
            command.env("LD_LIBRARY_PATH", path);
        }
        let run = |source| Error::Run { program: psql.display().to_string(), source };
        let output = command.output().await.map_err(run)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
        }
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(Error::Sql { database: database.to_owned(), message })
    }

    /// Stops the server and keeps its data, as an outage does; open connections are ended.
    ///
    /// # Errors
    /// When it does not stop in time.
    pub async fn stop(&self) -> Result<(), Error> {
        self.keeper.stop().await
    }

    /// Starts the server again on the same port with the same data.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn resume(&self) -> Result<(), Error> {
        self.keeper.start().await
    }

    async fn with(programs: Programs) -> Result<Self, Error> {
        let mut attempt = 1;
        loop {
            let port = ports::free_port()?;
            let keeper = Keeper::spawn(&programs, port)?;
            match keeper.start().await {
                Ok(()) => return Ok(Self { keeper, programs, port, databases: AtomicU32::new(1) }),
                Err(Error::Start { log }) if attempt < ATTEMPTS && log.contains("Address already in use") => {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }
}

/// A name of at most 63 bytes that needs no escape in a URL: what is not a letter or digit becomes `_`.
fn database_name(hint: &str, number: u32) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let hint: String = hint.chars().take(48).map(plain).collect();
    format!("{hint}_{number}")
}
