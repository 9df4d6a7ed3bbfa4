//! The twin: the same page by Flask and `SQLAlchemy` under gunicorn, on the same database.

use std::path::Path;

use anyhow::Result;
use devcluster::ports;

use crate::key;
use crate::stage::{Server, Stage};

/// Its ways to work, each with two processes: gunicorn's default, and threads, which keep connections open.
pub const WAYS: [(&str, &[&str]); 2] =
    [("flask", &["--worker-class", "sync"]), ("flask_threads", &["--worker-class", "gthread", "--threads", "4"])];

/// Starts it in one of these ways and waits until it serves.
///
/// # Errors
/// When it does not.
pub async fn start(stage: &Stage, python: &Path, folder: &Path, (name, way): (&str, &[&str])) -> Result<Server> {
    let port = ports::free_port()?;
    let mut command = std::process::Command::new(python);
    let url = stage.postgres.url().replacen("postgres://", "postgresql+psycopg2://", 1);
    command
        .args(["-m", "gunicorn", "--workers", "2", "--bind", &format!("127.0.0.1:{port}")])
        .args(way)
        .arg("twin:app")
        .current_dir(folder)
        .env("DATABASE_URL", url)
        .env("TOKEN_KEY", key::encoded())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let process = stage.guard.spawn("gunicorn", &command, &stage.folder.path().join(format!("{name}.log")))?;
    let mut server = Server { process, port };
    server.answers(port, "/ready").await?;
    Ok(server)
}
