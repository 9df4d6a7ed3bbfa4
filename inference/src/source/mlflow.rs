//! The model registry of MLflow, and the files that its tracking server serves.

mod artifacts;
mod layout;

use reqwest::{Response, StatusCode, Url};
use serde::Deserialize;

use super::args::MlflowArgs;
use super::download::{Download, Wanted};
use super::error::FetchError;
use super::folder::Folder;
use super::http::{self, Http};
use super::listed::fetch_listed;
use artifacts::Artifacts;

/// The fields of a version that are used here.
#[derive(Deserialize)]
struct Answer {
    model_version: Version,
}

#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    status: String,
    #[serde(default)]
    status_message: String,
}

#[derive(Deserialize)]
struct Place {
    artifact_uri: String,
}

struct Registry<'a> {
    http: &'a Http,
    args: &'a MlflowArgs,
}

/// Fetches the files of a version into one folder and returns their names.
pub(super) async fn fetch(http: &Http, folder: &Folder, args: &MlflowArgs) -> Result<Vec<String>, FetchError> {
    let registry = Registry { http, args };
    registry.is_ready().await?;
    let root = artifacts::resolve(&registry.artifact_uri().await?, &args.tracking_uri)?;
    let refusal = |_: &str, response: &Response| registry.refusal(response);
    let token = args.token.as_ref().filter(|_| root.base.origin() == args.tracking_uri.origin());
    let artifacts = Artifacts { http, token, root: &root, refusal: &|response| registry.refusal(response) };
    let listed = artifacts.list().await?;
    let places = layout::flatten(&listed).map_err(|source| registry.choice(source))?;
    let names: Vec<String> = places.keys().cloned().collect();
    let download = Download { http, folder, token, refusal: &refusal };
    let locate = async |name: &str| {
        let found = &places[name];
        Ok(Wanted { name: name.to_owned(), url: artifacts.url(&found.path), size: found.size, sha256: None })
    };
    fetch_listed(&download, &names, locate).await.map_err(|error| match error {
        FetchError::Choice { source, .. } => registry.choice(source),
        other => other,
    })
}

impl Registry<'_> {
    /// Refuses a version that is registered but whose files are not uploaded yet.
    async fn is_ready(&self) -> Result<(), FetchError> {
        let version = self.ask::<Answer>("get").await?.model_version;
        if matches!(version.status.as_str(), "" | "READY") {
            return Ok(());
        }
        let reason = version.status_message.chars().take(200).collect::<String>();
        Err(FetchError::Refused(format!("{} is not ready: {} {reason}", self.place(), version.status)))
    }

    async fn artifact_uri(&self) -> Result<String, FetchError> {
        Ok(self.ask::<Place>("get-download-uri").await?.artifact_uri)
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, what: &str) -> Result<T, FetchError> {
        let path = ["api", "2.0", "mlflow", "model-versions", what];
        let mut url: Url = http::below(&self.args.tracking_uri, path);
        url.query_pairs_mut().append_pair("name", &self.args.name).append_pair("version", &self.args.version);
        let response = self.http.get(&url, self.args.token.as_ref(), 0).await?;
        if response.status().is_success() { http::json(response).await } else { Err(self.refusal(&response)) }
    }

    fn place(&self) -> String {
        format!("version {} of `{}` in {}", self.args.version, self.args.name, http::origin(&self.args.tracking_uri))
    }

    fn choice(&self, source: super::files::ChoiceError) -> FetchError {
        FetchError::Choice { place: self.place(), source }
    }

    fn refusal(&self, response: &Response) -> FetchError {
        let origin = http::origin(response.url());
        FetchError::Refused(match response.status() {
            StatusCode::NOT_FOUND => format!("{origin} has no {}, or not its files", self.place()),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                format!(
                    "{origin} refuses {}: `tokenSecretRef` must name `user:password` or a token that may read it",
                    self.place()
                )
            }
            status => format!("{origin} answered {} to a request for {}", status.as_u16(), self.place()),
        })
    }
}
