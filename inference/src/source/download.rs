//! Downloads one file: what is there is kept, what broke goes on where it broke, and nothing unchecked gets its name.

use std::path::Path;

use reqwest::header::CONTENT_RANGE;
use reqwest::{Response, StatusCode, Url};
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt as _;

use super::folder::{self, Folder, at};
use super::http::{self, Http};
use super::progress::Progress;
use super::{FetchError, Token};

/// A connection that brought less than this has not got the download on.
const HEADWAY: u64 = 64 * 1024;

/// One file to download.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// Its name in the folder.
    pub name: String,
    /// Where it is.
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
    /// What to say about an answer that is no file.
    pub refusal: &'a dyn Fn(&str, &Response) -> FetchError,
}

impl Download<'_> {
    /// Makes `wanted` be in the folder, complete and checked.
    pub async fn file(&self, wanted: &Wanted) -> Result<(), FetchError> {
        let (file, part) = (self.folder.file(&wanted.name), self.folder.part(&wanted.name));
        if folder::length(&file)?.is_some() {
            match verify(&file, wanted).await {
                Ok(()) => {
                    tracing::info!("Has `{}` already", wanted.name);
                    return Ok(());
                }
                Err(error) => {
                    tracing::warn!("Fetches again: {error}");
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

    /// Gets all bytes into `part`, however often the connection breaks as long as there is headway.
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
            let headway = wanted.size.is_some() && received >= from + HEADWAY;
            failures = if headway { 1 } else { failures + 1 };
            if failures >= self.http.patience.tries {
                return Err(FetchError::Interrupted { file: wanted.name.clone(), received, source });
            }
            tracing::warn!("Lost the connection after {received} bytes of `{}`", wanted.name);
            self.http.patience.rest(failures).await;
        }
    }

    /// Writes what one connection brings behind the first `from` bytes; what broke it, if something did.
    async fn append(&self, wanted: &Wanted, part: &Path, from: u64) -> Result<Option<reqwest::Error>, FetchError> {
        let mut response = self.http.get(&wanted.url, self.token, from).await?;
        let from = match response.status() {
            StatusCode::PARTIAL_CONTENT if starts_at(&response, from) => from,
            // A server need not know ranges.
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
                // The check that follows says so.
                break None;
            }
        };
        file.flush().await.map_err(at(part))?;
        file.sync_all().await.map_err(at(part))?;
        Ok(broken)
    }
}

/// Opens `part` behind its first `from` bytes and forgets what it had after them.
async fn open(part: &Path, from: u64) -> Result<File, FetchError> {
    let mut options = OpenOptions::new();
    let mut file = options.create(true).write(true).truncate(false).open(part).await.map_err(at(part))?;
    file.set_len(from).await.map_err(at(part))?;
    tokio::io::AsyncSeekExt::seek(&mut file, std::io::SeekFrom::Start(from)).await.map_err(at(part))?;
    Ok(file)
}

/// Whether the bytes of a partial answer begin where they should.
fn starts_at(response: &Response, from: u64) -> bool {
    let range = http::header(response, CONTENT_RANGE.as_str());
    range.is_some_and(|range| range.starts_with(&format!("bytes {from}-")))
}

/// Checks length and hash, as far as they are known.
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
