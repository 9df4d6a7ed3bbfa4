//! Downloads one file: it keeps complete files, resumes partial ones, and gives a file its name only after checking it.

use std::path::Path;

use reqwest::header::CONTENT_RANGE;
use reqwest::{Response, StatusCode, Url};
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt as _;

use super::FetchError;
use super::folder::{self, Folder, at};
use super::http::{self, Http};
use super::progress::Progress;
use crate::token::Token;

/// Bytes that a connection must deliver for the failures before it to be forgotten.
const PROGRESS_MIN: u64 = 64 * 1024;

/// One file to download.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// Its name in the folder.
    pub name: String,
    /// Its address.
    pub url: Url,
    /// Its length, where that is known.
    pub size: Option<u64>,
    /// Its SHA-256 in digits, where that is known.
    pub sha256: Option<String>,
}

/// Downloads into one folder, from one server.
pub(super) struct Download<'a> {
    pub http: &'a Http,
    pub folder: &'a Folder,
    pub token: Option<&'a Token>,
    /// Turns a response that is not the file into an error.
    pub refusal: &'a dyn Fn(&str, &Response) -> FetchError,
}

impl Download<'_> {
    /// Ensures that the folder has `wanted`, complete and checked.
    pub async fn file(&self, wanted: &Wanted) -> Result<(), FetchError> {
        let (file, part) = (self.folder.file(&wanted.name), self.folder.part(&wanted.name));
        if folder::length(&file)?.is_some() {
            match verify(&file, wanted).await {
                Ok(()) => {
                    tracing::info!("Has `{}` already", wanted.name);
                    return Ok(());
                }
                Err(error) => {
                    tracing::warn!("Fetching again: {error}");
                    folder::remove(&file)?;
                }
            }
        }
        self.folder.prepare(&wanted.name)?;
        self.collect(wanted, &part).await?;
        if let Err(error) = verify(&part, wanted).await {
            folder::remove(&part)?;
            return Err(error);
        }
        std::fs::rename(&part, &file).map_err(at(&file))
    }

    /// Downloads all bytes into `part`, over as many connections as it takes while each brings progress.
    async fn collect(&self, wanted: &Wanted, part: &Path) -> Result<(), FetchError> {
        let mut failures = 0;
        loop {
            let from = match (folder::length(part)?, wanted.size) {
                (Some(there), Some(size)) if there == size => return Ok(()),
                (Some(there), Some(size)) if there < size => there,
                _ => 0,
            };
            let Some(source) = self.append(wanted, part, from).await? else { return Ok(()) };
            let received = folder::length(part)?.unwrap_or(0);
            let has_progressed = wanted.size.is_some() && received >= from + PROGRESS_MIN;
            failures = if has_progressed { 1 } else { failures + 1 };
            if failures >= self.http.patience.tries {
                return Err(FetchError::Interrupted { file: wanted.name.clone(), received, source });
            }
            tracing::warn!("Lost the connection after {received} bytes of `{}`", wanted.name);
            self.http.patience.rest(failures).await;
        }
    }

    /// Appends what one connection delivers to the first `from` bytes. Returns the error that broke it, if any.
    async fn append(&self, wanted: &Wanted, part: &Path, from: u64) -> Result<Option<reqwest::Error>, FetchError> {
        let mut response = self.http.get(&wanted.url, self.token, from).await?;
        let from = match response.status() {
            StatusCode::PARTIAL_CONTENT if starts_at(&response, from) => from,
            // A server need not support ranges.
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                folder::remove(part)?;
                let what = format!("another range of `{}` than the one asked for", wanted.name);
                return Err(FetchError::Answer { origin: http::origin(&wanted.url), what });
            }
            _ => return Err((self.refusal)(&wanted.name, &response)),
        };
        let mut file = open(part, from).await?;
        let mut progress = Progress::start(&wanted.name, from, wanted.size);
        let mut received = from;
        let broken = loop {
            let chunk = match response.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break None,
                Err(error) => break Some(error.without_url()),
            };
            file.write_all(&chunk).await.map_err(at(part))?;
            received += chunk.len() as u64;
            progress.at(received);
            if wanted.size.is_some_and(|size| received > size) {
                // The check that follows reports it.
                break None;
            }
        };
        file.flush().await.map_err(at(part))?;
        file.sync_all().await.map_err(at(part))?;
        Ok(broken)
    }
}

/// Opens `part` for writing after its first `from` bytes and discards the rest.
async fn open(part: &Path, from: u64) -> Result<File, FetchError> {
    let mut options = OpenOptions::new();
    let mut file = options.create(true).write(true).truncate(false).open(part).await.map_err(at(part))?;
    file.set_len(from).await.map_err(at(part))?;
    tokio::io::AsyncSeekExt::seek(&mut file, std::io::SeekFrom::Start(from)).await.map_err(at(part))?;
    Ok(file)
}

/// Whether the bytes of a partial response begin at `from`.
fn starts_at(response: &Response, from: u64) -> bool {
    let range = http::header(response, CONTENT_RANGE.as_str());
    range.is_some_and(|range| range.starts_with(&format!("bytes {from}-")))
}

/// Checks length and hash where they are known.
async fn verify(path: &Path, wanted: &Wanted) -> Result<(), FetchError> {
    let found = folder::length(path)?.unwrap_or(0);
    if let Some(expected) = wanted.size.filter(|size| *size != found) {
        return Err(FetchError::Size { file: wanted.name.clone(), expected, found });
    }
    let Some(expected) = &wanted.sha256 else { return Ok(()) };
    let found = folder::sha256(path).await?;
    if found == *expected {
        Ok(())
    } else {
        Err(FetchError::Checksum { file: wanted.name.clone(), expected: expected.clone(), found })
    }
}
