//! The protocol of the Hugging Face hub and its mirrors.

mod refusal;

use reqwest::{Response, Url};
use serde::Deserialize;

use super::args::HubArgs;
use super::download::{Download, Wanted};
use super::error::FetchError;
use super::files::{self, ChoiceError};
use super::folder::Folder;
use super::http::{self, Http, header};
use super::listed::fetch_listed;

/// Header with the commit of a response.
const COMMIT: &str = "x-repo-commit";
/// Header with the SHA-256 of a large file, which the hub stores elsewhere.
const LINKED_ETAG: &str = "x-linked-etag";
/// Header with the length of a large file.
const LINKED_SIZE: &str = "x-linked-size";

struct Hub<'a> {
    http: &'a Http,
    args: &'a HubArgs,
}

/// The fields of a commit that are used here.
#[derive(Deserialize)]
struct Commit {
    sha: String,
    siblings: Vec<Sibling>,
}

#[derive(Deserialize)]
struct Sibling {
    rfilename: String,
}

/// Fetches the files of one commit and returns their names.
pub(super) async fn fetch(http: &Http, folder: &Folder, args: &HubArgs) -> Result<Vec<String>, FetchError> {
    let hub = Hub { http, args };
    let refusal = |name: &str, response: &Response| hub.refusal(Some(name), response);
    let download = Download { http, folder, token: args.token.as_ref(), refusal: &refusal };
    if args.files.is_empty() {
        let listed = hub.list().await?;
        return fetch_listed(&download, &listed, async |name| hub.locate(name).await)
            .await
            .map_err(|error| hub.place(error));
    }
    if let Some(name) = args.files.iter().find(|name| !files::is_safe(name)) {
        return Err(hub.place(ChoiceError::Name(name.clone()).into()));
    }
    for name in &args.files {
        download.file(&hub.locate(name).await?).await?;
    }
    Ok(args.files.clone())
}

impl Hub<'_> {
    /// Names of all files of the commit.
    async fn list(&self) -> Result<Vec<String>, FetchError> {
        let repository = self.args.repository.split('/');
        let path = ["api", "models"].into_iter().chain(repository).chain(["revision", &self.args.revision]);
        let response = self.http.get(&http::below(&self.args.endpoint, path), self.args.token.as_ref(), 0).await?;
        if !response.status().is_success() {
            return Err(self.refusal(None, &response));
        }
        let commit: Commit = http::json(response).await?;
        self.pinned(&commit.sha)?;
        Ok(commit.siblings.into_iter().map(|sibling| sibling.rfilename).collect())
    }

    /// Length, hash and address of a file.
    async fn locate(&self, name: &str) -> Result<Wanted, FetchError> {
        let url = self.resolve(name);
        let response = self.http.head(&url, self.args.token.as_ref()).await?;
        let status = response.status();
        if !status.is_success() && !status.is_redirection() {
            return Err(self.refusal(Some(name), &response));
        }
        let Some(commit) = header(&response, COMMIT) else {
            let what = "its answer names no commit, so it is not a hub: check the endpoint, the proxy and the firewall";
            return Err(FetchError::Answer { origin: http::origin(&url), what: what.to_owned() });
        };
        self.pinned(commit)?;
        let own_size = header(&response, "content-length").filter(|_| status.is_success());
        let size = header(&response, LINKED_SIZE).or(own_size).and_then(|size| size.parse().ok());
        let sha256 = self.sha256(name, header(&response, LINKED_ETAG))?;
        Ok(Wanted { name: name.to_owned(), url, size, sha256 })
    }

    /// The hash that the file must have: the one of the spec, else the one that the hub names for large files.
    fn sha256(&self, name: &str, etag: Option<&str>) -> Result<Option<String>, FetchError> {
        let linked = etag.map(|etag| etag.trim_start_matches("W/").trim_matches('"').to_ascii_lowercase());
        let linked = linked.filter(|etag| files::is_sha256(etag));
        let asked = self.args.sha256.iter().find(|(file, _)| file == name).map(|(_, digits)| digits.clone());
        match (asked, linked) {
            (Some(expected), Some(found)) if expected != found => {
                Err(FetchError::Checksum { file: name.to_owned(), expected, found })
            }
            (asked, linked) => Ok(asked.or(linked)),
        }
    }

    /// `{endpoint}/{repository}/resolve/{revision}/{file}`.
    fn resolve(&self, name: &str) -> Url {
        let repository = self.args.repository.split('/');
        let path = repository.chain(["resolve", self.args.revision.as_str()]).chain(name.split('/'));
        http::below(&self.args.endpoint, path)
    }

    /// Refuses another commit: a full hash cannot move, so such a server serves something else.
    fn pinned(&self, found: &str) -> Result<(), FetchError> {
        let (asked, origin) = (&self.args.revision, http::origin(&self.args.endpoint));
        if found == asked {
            return Ok(());
        }
        Err(FetchError::Moved { origin, asked: asked.clone(), found: found.chars().take(64).collect() })
    }

    fn place(&self, error: FetchError) -> FetchError {
        match error {
            FetchError::Choice { source, .. } => {
                FetchError::Choice { place: format!("`{}`", self.args.repository), source }
            }
            other => other,
        }
    }

    fn refusal(&self, name: Option<&str>, response: &Response) -> FetchError {
        let answer = refusal::Answer {
            status: response.status().as_u16(),
            code: header(response, "x-error-code"),
            repository: &self.args.repository,
            revision: &self.args.revision,
            file: name,
            origin: http::origin(response.url()),
            with_token: self.args.token.is_some(),
        };
        FetchError::Refused(refusal::sentence(&answer))
    }
}
