//! Files of a registered model, as a tracking server lists and serves them.

use std::collections::VecDeque;

use reqwest::{Response, Url};
use serde::Deserialize;

use super::super::FetchError;
use super::super::http::{self, Http};
use crate::token::Token;

/// Path at which a tracking server serves files.
const ARTIFACTS_PATH: [&str; 5] = ["api", "2.0", "mlflow-artifacts", "artifacts", ""];
/// Most folders of a model; models have a few.
const FOLDERS_MAX: usize = 64;
/// Most files of a model.
const FILES_MAX: usize = 1_000;

/// The folder of one model on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Root {
    /// Address that lists and serves files.
    pub base: Url,
    /// Folder of the model below it, without leading and trailing slashes.
    pub path: String,
}

/// One file of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Artifact {
    /// Path below the model's folder.
    pub path: String,
    /// Its length, if the server names it.
    pub size: Option<u64>,
}

/// Parses the address at which a registry keeps the files of a model.
pub(super) fn resolve(artifact_uri: &str, tracking: &Url) -> Result<Root, FetchError> {
    let unproxied = || {
        let scheme: String = artifact_uri.split(':').next().unwrap_or_default().chars().take(20).collect();
        FetchError::Refused(format!(
            "{} keeps the files in `{scheme}`, out of reach: start it with `--serve-artifacts` and register the model again",
            http::origin(tracking)
        ))
    };
    let uri = Url::parse(artifact_uri).map_err(|_| unproxied())?;
    let artifacts = ARTIFACTS_PATH[..4].join("/");
    match uri.scheme() {
        "mlflow-artifacts" => {
            let mut base = http::below(tracking, ARTIFACTS_PATH[..4].iter().copied());
            if let Some(host) = uri.host_str().filter(|host| !host.is_empty()) {
                base.set_host(Some(host)).map_err(|_| unproxied())?;
                base.set_port(uri.port()).map_err(|()| unproxied())?;
            }
            Ok(Root { base, path: decoded(uri.path()) })
        }
        "http" | "https" => {
            let (before, path) = uri.path().split_once(&artifacts).ok_or_else(unproxied)?;
            let mut base = uri.clone();
            base.set_path(&format!("{before}{artifacts}"));
            base.set_query(None);
            Ok(Root { base, path: decoded(path) })
        }
        _ => Err(unproxied()),
    }
}

/// Decodes the path of an address.
fn decoded(path: &str) -> String {
    percent_encoding::percent_decode_str(path.trim_matches('/')).decode_utf8_lossy().into_owned()
}

/// Lists the files of one model.
pub(super) struct Artifacts<'a> {
    pub http: &'a Http,
    pub token: Option<&'a Token>,
    pub root: &'a Root,
    pub refusal: &'a dyn Fn(&Response) -> FetchError,
}

#[derive(Deserialize)]
struct Listing {
    #[serde(default)]
    files: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    /// Path below the folder that was listed.
    path: String,
    is_dir: bool,
    file_size: Option<u64>,
}

impl Artifacts<'_> {
    /// All files, those of outer folders first.
    pub async fn list(&self) -> Result<Vec<Artifact>, FetchError> {
        let (mut folders, mut files) = (VecDeque::from([String::new()]), Vec::new());
        let mut seen = 0;
        while let Some(folder) = folders.pop_front() {
            seen += 1;
            for listed in self.list_folder(&folder).await? {
                let path = if folder.is_empty() { listed.path } else { format!("{folder}/{}", listed.path) };
                if listed.is_dir {
                    folders.push_back(path);
                } else {
                    files.push(Artifact { path, size: listed.file_size });
                }
            }
            if seen + folders.len() > FOLDERS_MAX || files.len() > FILES_MAX {
                let what = format!("more than {FOLDERS_MAX} folders or {FILES_MAX} files where a model should be");
                return Err(FetchError::Answer { origin: http::origin(&self.root.base), what });
            }
        }
        Ok(files)
    }

    /// The address of a file.
    pub fn url(&self, path: &str) -> Url {
        http::below(&self.root.base, self.root.path.split('/').chain(path.split('/')).filter(|part| !part.is_empty()))
    }

    async fn list_folder(&self, folder: &str) -> Result<Vec<Listed>, FetchError> {
        let mut url = self.root.base.clone();
        let path = [self.root.path.as_str(), folder].join("/");
        url.query_pairs_mut().append_pair("path", path.trim_matches('/'));
        let response = self.http.get(&url, self.token, 0).await?;
        if !response.status().is_success() {
            return Err((self.refusal)(&response));
        }
        let listing: Listing = http::json(response).await?;
        // The names become parts of addresses and of local paths.
        Ok(listing.files.into_iter().filter(|listed| super::super::files::is_safe(&listed.path)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(artifact_uri: &str, base: &str, path: &str) {
        let tracking = Url::parse("https://mlflow.example/team").expect("an address");
        let root = resolve(artifact_uri, &tracking).expect("it is served");
        assert_eq!((root.base.as_str(), root.path.as_str()), (base, path));
    }

    #[test]
    fn the_three_forms_of_addresses_are_parsed() {
        let base = "https://mlflow.example/team/api/2.0/mlflow-artifacts/artifacts";
        check("mlflow-artifacts:/1/abc/artifacts/writer", base, "1/abc/artifacts/writer");
        check("mlflow-artifacts:/1/a%20b/", base, "1/a b");
        let other = "https://files.example:8443/team/api/2.0/mlflow-artifacts/artifacts";
        check("mlflow-artifacts://files.example:8443/1/abc", other, "1/abc");
        let plain = "http://mlflow:5000/api/2.0/mlflow-artifacts/artifacts";
        check("http://mlflow:5000/api/2.0/mlflow-artifacts/artifacts/1/abc", plain, "1/abc");
    }

    #[test]
    fn storage_that_the_server_does_not_serve_is_refused_with_advice() {
        let tracking = Url::parse("http://mlflow:5000").expect("an address");
        for uri in ["s3://bucket/1", "file:///mlruns/1", "./mlruns", "https://elsewhere.example/1"] {
            let error = resolve(uri, &tracking).expect_err("it is out of reach").to_string();
            assert!(error.contains("--serve-artifacts"), "{uri}: {error}");
        }
    }
}
