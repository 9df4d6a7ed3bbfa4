//! The address of a server, and the two requests that it gets.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, RequestBuilder, Response, Url};
use serde_json::Value;

use super::api::{Fault, Models};
use super::error::ServerError;
use crate::token::Token;

const CONNECT: Duration = Duration::from_secs(10);
/// Longest silence of a connection. A server on a processor reads a long prompt, behind those of others, in minutes.
const SILENCE: Duration = Duration::from_mins(5);
/// Longest wait for the list of models.
const LIST: Duration = Duration::from_secs(15);
/// Largest document beside a stream.
const DOCUMENT_MAX: usize = 1 << 20;
/// Most models that an error lists, and the most characters of each.
const LISTED: (usize, usize) = (20, 100);

/// Which server, and which of its models.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Address below which it has `chat/completions` and `models`.
    pub url: Url,
    /// Name of the model.
    pub model: String,
    /// Shown to the server.
    pub token: Option<Token>,
    /// File with certificates of authorities to trust besides the usual ones.
    pub ca: Option<PathBuf>,
    /// Completions that are asked for at the same time, at least one.
    pub concurrency: usize,
}

/// A client for one server.
#[derive(Debug)]
pub(super) struct Connection {
    client: Client,
    config: ServerConfig,
}

impl Connection {
    pub(super) fn new(config: ServerConfig) -> Result<Self, ServerError> {
        // Servers are reached directly: the network policy of the pods has no way to a proxy.
        let mut client = Client::builder()
            .user_agent(concat!("coverletter-inference/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .redirect(Policy::none())
            .no_proxy();
        if let Some(file) = &config.ca {
            client = client.tls_certs_merge(certificates(file)?);
        }
        let client = client.build().map_err(ServerError::Client)?;
        Ok(Self { client, config })
    }

    pub(super) fn model(&self) -> &str {
        &self.config.model
    }

    /// Scheme, host and port.
    pub(super) fn origin(&self) -> String {
        self.config.url.origin().ascii_serialization()
    }

    /// Asks for a chat completion.
    pub(super) async fn chat(&self, body: &Value) -> Result<Response, ServerError> {
        self.send(self.client.post(self.below(&["chat", "completions"])).json(body)).await
    }

    /// Asks for the models, and for a single token of one that is not listed: gateways route names that they do not list.
    pub(super) async fn check(&self) -> Result<(), ServerError> {
        let response = self.send(self.client.get(self.below(&["models"])).timeout(LIST)).await?;
        let known = match response.status() {
            status if status.is_success() => self.listed(response).await,
            status if matches!(status.as_u16(), 404 | 405 | 501) => Vec::new(),
            _ => return Err(self.refused(response).await),
        };
        let is_model = |name: &String| *name == self.config.model || *name == format!("{}:latest", self.config.model);
        if known.iter().any(is_model) {
            return Ok(());
        }
        let messages = [serde_json::json!({"role": "user", "content": "Hello"})];
        let body = serde_json::json!({"model": self.config.model, "messages": messages, "max_tokens": 1});
        let response = self.chat(&body).await?;
        match response.status().as_u16() {
            200..=299 => Ok(()),
            // Its own words tell which of both it is, but not in a form that could be relied on.
            404 if known.is_empty() => {
                Err(ServerError::NoSuchPath { url: self.below(&["chat", "completions"]).into() })
            }
            400 | 404 | 422 => Err(ServerError::UnknownModel {
                origin: self.origin(),
                model: self.config.model.clone(),
                known: shown(known),
            }),
            _ => Err(self.refused(response).await),
        }
    }

    /// The error that an answer without success stands for.
    pub(super) async fn refused(&self, response: Response) -> ServerError {
        let (origin, status) = (self.origin(), response.status());
        if matches!(status.as_u16(), 401 | 403) {
            return ServerError::Token { origin, status, is_shown: self.config.token.is_some() };
        }
        let document = document(response).await.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let fault = Fault::of(&document.unwrap_or(Value::Null));
        if fault.is_too_long { ServerError::TooLong } else { ServerError::Status { origin, status, word: fault.word } }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ServerError> {
        let request = match &self.config.token {
            Some(token) => token.bear(request),
            None => request,
        };
        // The path is the author's own and says nothing; what follows an address can be secret.
        let unreachable =
            |source: reqwest::Error| ServerError::Unreachable { origin: self.origin(), source: source.without_url() };
        request.send().await.map_err(unreachable)
    }

    /// Names of the models in a list; none when it is something else.
    async fn listed(&self, response: Response) -> Vec<String> {
        let models = document(response).await.and_then(|bytes| serde_json::from_slice::<Models>(&bytes).ok());
        models.map(|models| models.data.into_iter().map(|model| model.id).collect()).unwrap_or_default()
    }

    fn below(&self, parts: &[&str]) -> Url {
        let mut url = self.config.url.clone();
        url.path_segments_mut().expect("an http address has a path").pop_if_empty().extend(parts);
        url
    }
}

fn certificates(file: &Path) -> Result<Vec<Certificate>, ServerError> {
    let failed = |source| ServerError::Certificates { file: file.to_owned(), source };
    let bytes = std::fs::read(file).map_err(|error| failed(error.into()))?;
    let all = Certificate::from_pem_bundle(&bytes).map_err(|error| failed(error.into()))?;
    if all.is_empty() { Err(failed("it holds no certificate in PEM form".into())) } else { Ok(all) }
}

/// Names as a condition can show them.
fn shown(mut names: Vec<String>) -> Vec<String> {
    let (most, length) = LISTED;
    let more = names.len().saturating_sub(most);
    names.truncate(most);
    let plain = |name: String| name.chars().filter(|c| !c.is_control()).take(length).collect();
    let mut all: Vec<String> = names.into_iter().map(plain).collect();
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    all
}

/// The body of an answer, if it comes and is not too large.
async fn document(mut response: Response) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > DOCUMENT_MAX {
            return None;
        }
    }
    Some(bytes)
}
