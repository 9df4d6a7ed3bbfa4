//! The order in which the files of a model are downloaded.

use super::download::{Download, Wanted};
use super::error::FetchError;
use super::files::{self, Weights};

/// Downloads a model by the list of its files: first the small ones, whose errors show at once, then the weights.
pub(super) async fn fetch_listed(
    download: &Download<'_>,
    listed: &[String],
    locate: impl AsyncFn(&str) -> Result<Wanted, FetchError>,
) -> Result<Vec<String>, FetchError> {
    let choice = files::choose(listed)?;
    let mut names = choice.small;
    for name in &names {
        download.file(&locate(name).await?).await?;
    }
    let weights = match choice.weights {
        Weights::Files(weights) => weights,
        Weights::Index => files::shards(&download.folder.read(files::INDEX)?, listed)?,
    };
    for name in &weights {
        download.file(&locate(name).await?).await?;
    }
    names.extend(weights);
    Ok(names)
}
