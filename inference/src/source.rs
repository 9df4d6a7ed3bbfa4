//! Fetches a model into a folder, from a hub or a registry, before a worker starts.
//!
//! ```text
//! list the files ─▶ choose ─▶ locate each ─▶ download to `<file>.part` ─▶ check ─▶ rename
//! ```
//!
//! A file gets its own name only when it is complete and checked, so the next start continues an interrupted download.
//!
//! The crate `hf-hub` was weighed (0.5): it compares no download with its checksum, keeps files behind symbolic links in a
//! cache of its own, and its errors name a status, not what the user can do. MLflow needs the other half either way.

mod args;
mod download;
mod error;
mod files;
mod folder;
mod http;
mod hub;
mod listed;
mod mlflow;
mod progress;

use std::time::Instant;

use folder::Folder;
use http::Http;

pub use args::{FetchArgs, HubArgs, MlflowArgs, Source};
pub use error::FetchError;
pub use http::Patience;

/// Fetches what `args` name and returns the names of the model's files.
///
/// # Errors
/// [`FetchError`], worded for the person who chose the model.
pub async fn fetch(args: &FetchArgs, patience: Patience) -> Result<Vec<String>, FetchError> {
    let started = Instant::now();
    let http = Http::new(patience)?;
    let folder = Folder::lock(&args.into).await?;
    let names = match &args.source {
        Source::HuggingFace(hub) => hub::fetch(&http, &folder, hub).await?,
        Source::Mlflow(mlflow) => mlflow::fetch(&http, &folder, mlflow).await?,
    };
    let seconds = started.elapsed().as_secs();
    tracing::info!(files = names.len(), duration_s = seconds, "Fetched {} files in {seconds} s", names.len());
    Ok(names)
}
