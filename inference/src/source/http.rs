//! Requests with retries and redirects that send the token only to the origin it is for.

use std::time::Duration;

use cluster::backoff;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, LOCATION, RANGE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde::de::DeserializeOwned;

use super::FetchError;
use crate::token::Token;

const CONNECT: Duration = Duration::from_secs(10);
const REDIRECTS_MAX: usize = 10;
/// Longest pause between two tries, also when a server asks for more.
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// Largest JSON response. Lists of files have a few kilobytes.
const ANSWER_MAX: usize = 16 << 20;

/// How long a server that fails or is silent is tried.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Tries of one request, and of a download without progress.
    pub tries: u32,
    /// Pause after the first failure; it doubles with each further one.
    pub pause: Duration,
    /// Longest silence of a connection.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { tries: 4, pause: Duration::from_secs(1), silence: Duration::from_secs(30) }
    }
}

impl Patience {
    /// Waits after failure number `failures`, counted from 1.
    pub(super) async fn rest(&self, failures: u32) {
        tokio::time::sleep(self.pause_after(failures)).await;
    }

    fn pause_after(&self, failures: u32) -> Duration {
        backoff::after(failures, self.pause, PAUSE_MAX)
    }
}

/// A client that uses the proxies of the environment.
#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    pub patience: Patience,
}

/// One request.
struct Call<'a> {
    method: Method,
    url: &'a Url,
    token: Option<&'a Token>,
    /// Offset of the first byte to request.
    from: u64,
    /// Whether a redirect to another origin is returned rather than followed.
    stays: bool,
}

impl Http {
    pub fn new(patience: Patience) -> Result<Self, FetchError> {
        let client = Client::builder()
            .user_agent(concat!("coverletter-inference/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .read_timeout(patience.silence)
            .redirect(Policy::none())
            .build()
            .map_err(FetchError::Client)?;
        Ok(Self { client, patience })
    }

    /// Headers of a file. A redirect to another origin is returned, not followed.
    pub async fn head(&self, url: &Url, token: Option<&Token>) -> Result<Response, FetchError> {
        self.send(&Call { method: Method::HEAD, url, token, from: 0, stays: true }).await
    }

    /// A file from its byte `from` on. Redirects are followed.
    pub async fn get(&self, url: &Url, token: Option<&Token>, from: u64) -> Result<Response, FetchError> {
        self.send(&Call { method: Method::GET, url, token, from, stays: false }).await
    }

    /// Sends until a response is final or the tries are used up.
    async fn send(&self, call: &Call<'_>) -> Result<Response, FetchError> {
        let mut failures = 0;
        loop {
            failures += 1;
            let last = failures >= self.patience.tries;
            let pause = match self.once(call).await {
                Ok(response) if last || !is_transient(response.status()) => return Ok(response),
                Ok(response) => asked_pause(response.headers()),
                Err(FetchError::Unreachable { .. }) if !last => None,
                Err(error) => return Err(error),
            };
            let pause = pause.unwrap_or_else(|| self.patience.pause_after(failures));
            tracing::warn!("Trying {} again in {} s", origin(call.url), pause.as_secs());
            tokio::time::sleep(pause).await;
        }
    }

    async fn once(&self, call: &Call<'_>) -> Result<Response, FetchError> {
        let home = call.url.origin();
        let mut url = call.url.clone();
        for _ in 0..REDIRECTS_MAX {
            let mut request = self.client.request(call.method.clone(), url.clone());
            // A compressed file would have another length than announced.
            request = request.header(ACCEPT_ENCODING, "identity");
            if let Some(token) = call.token.filter(|_| url.origin() == home) {
                request = token.show(request);
            }
            if call.from > 0 {
                request = request.header(RANGE, format!("bytes={}-", call.from));
            }
            let failed = |source: reqwest::Error| {
                // The addresses of storage are signed, so a logged one would give access to the file.
                FetchError::Unreachable { origin: origin(&url), source: source.without_url() }
            };
            let response = request.send().await.map_err(failed)?;
            let Some(next) = redirect(&response, &url)? else { return Ok(response) };
            if call.stays && next.origin() != home {
                return Ok(response);
            }
            url = next;
        }
        Err(FetchError::Answer { origin: origin(call.url), what: format!("more than {REDIRECTS_MAX} redirects") })
    }
}

/// The target of a redirect; `None` for any other response.
fn redirect(response: &Response, from: &Url) -> Result<Option<Url>, FetchError> {
    let Some(location) = response.headers().get(LOCATION).filter(|_| response.status().is_redirection()) else {
        return Ok(None);
    };
    let failed = |what: &str| FetchError::Answer { origin: origin(from), what: what.to_owned() };
    let location = location.to_str().map_err(|_| failed("a redirect whose target is not text"))?;
    let next = from.join(location).map_err(|_| failed("a redirect whose target is not an address"))?;
    match (from.scheme(), next.scheme()) {
        ("https", "https") | ("http", "http" | "https") => Ok(Some(next)),
        _ => Err(failed("a redirect away from HTTPS")),
    }
}

/// Parses the JSON of a response.
pub(super) async fn json<T: DeserializeOwned>(mut response: Response) -> Result<T, FetchError> {
    let origin = origin(response.url());
    let mut bytes = Vec::new();
    let failed =
        |source: reqwest::Error| FetchError::Unreachable { origin: origin.clone(), source: source.without_url() };
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > ANSWER_MAX {
            return Err(FetchError::Answer { origin, what: format!("an answer of more than {ANSWER_MAX} bytes") });
        }
    }
    serde_json::from_slice(&bytes).map_err(|error| FetchError::Answer { origin, what: error.to_string() })
}

/// Scheme, host and port: the parts of an address that are not secret.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The text of a header.
pub(super) fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// `base` with the escaped `parts` appended to its path.
pub(super) fn below<'a>(base: &Url, parts: impl IntoIterator<Item = &'a str>) -> Url {
    let mut url = base.clone();
    url.path_segments_mut().expect("an http address has a path").pop_if_empty().extend(parts);
    url
}

fn is_transient(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
}

fn asked_pause(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(PAUSE_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_and_appended_to_the_path_of_a_mirror() {
        let base = Url::parse("https://mirror.example/api/hub/").expect("an address");
        assert_eq!(below(&base, ["a b", "50%"]).as_str(), "https://mirror.example/api/hub/a%20b/50%25");
    }

    #[test]
    fn pauses_double_up_to_a_limit() {
        let patience = Patience::default();
        assert_eq!([1, 2, 3, 40].map(|failures| patience.pause_after(failures).as_secs()), [1, 2, 4, 30]);
    }
}
