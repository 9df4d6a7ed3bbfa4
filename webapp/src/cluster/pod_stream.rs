//! Text as an inference pod writes it: one HTTP stream of events for each request.

mod events;

use std::time::Duration;

use crds::limits::LETTER_MAX;
use crds::stream::StreamEvent;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use secrecy::{ExposeSecret as _, SecretString};

pub use events::Parser;

/// A pod in the same cluster answers at once or not at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Pods send comments every few seconds; silence means that the pod is gone.
const READ_TIMEOUT: Duration = Duration::from_mins(1);
/// How long a page without scripts waits for the text so far.
const SO_FAR_WAIT: Duration = Duration::from_millis(250);
/// The longest letter, where each character has the four bytes that it has at most; no stream sends more.
const TEXT_BYTES_MAX: usize = LETTER_MAX * 4;

/// Opens streams to inference pods.
#[derive(Clone)]
pub struct PodStreams {
    client: reqwest::Client,
    token: SecretString,
}

/// One open stream.
pub struct PodStream {
    bytes: BoxStream<'static, reqwest::Result<Vec<u8>>>,
    parser: Parser,
}

/// Why a stream cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum PodStreamError {
    /// The claim's endpoint is no `host:port`.
    #[error("failed to follow a request: its endpoint is not `host:port`")]
    Endpoint,
    /// The pod does not answer, or the stream broke.
    #[error("failed to follow a request")]
    Broken(#[source] reqwest::Error),
    /// The pod answered with this status; 404 when it does not hold the request.
    #[error("failed to follow a request: the pod answered {0}")]
    Answer(u16),
}

impl PodStreams {
    /// Streams opened with this token.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(token: SecretString) -> reqwest::Result<Self> {
        // Pods are spoken to without TLS, so no authority is needed.
        let client = reqwest::Client::builder()
            .tls_certs_only([])
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .no_proxy()
            .build()?;
        Ok(Self { client, token })
    }

    /// Follows the request with this uid from character `offset` of its letter on.
    pub async fn open(&self, endpoint: &str, uid: &str, offset: usize) -> Result<PodStream, PodStreamError> {
        if !is_host_and_port(endpoint) {
            return Err(PodStreamError::Endpoint);
        }
        let url = format!("http://{endpoint}/v1/requests/{uid}/stream?offset={offset}");
        let request =
            self.client.get(url).bearer_auth(self.token.expose_secret()).header("accept", "text/event-stream");
        // Errors of this client hold the URL: an address and an opaque uid.
        let response = request.send().await.map_err(PodStreamError::Broken)?;
        if !response.status().is_success() {
            return Err(PodStreamError::Answer(response.status().as_u16()));
        }
        let bytes = response.bytes_stream().map(|bytes| bytes.map(|bytes| bytes.to_vec())).boxed();
        Ok(PodStream { bytes, parser: Parser::default() })
    }

    /// What has been written so far, for pages without scripts. Nothing when the pod does not answer at once.
    pub async fn text_so_far(&self, endpoint: &str, uid: &str) -> String {
        let mut text = String::new();
        let collect = async {
            let mut stream = self.open(endpoint, uid, 0).await.ok()?;
            while let Ok(Some(event)) = stream.next().await {
                if let StreamEvent::Text(piece) = event {
                    text.push_str(&piece.text);
                }
                if text.len() > TEXT_BYTES_MAX {
                    break;
                }
            }
            Some(())
        };
        // Running into the limit is the ordinary end: the pod keeps the stream open while it writes.
        let _ = tokio::time::timeout(SO_FAR_WAIT, collect).await;
        text
    }
}

impl PodStream {
    /// The next event; `None` when the pod ended the stream. Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Result<Option<StreamEvent>, PodStreamError> {
        loop {
            if let Some(event) = self.parser.next() {
                return Ok(Some(event));
            }
            match self.bytes.next().await {
                Some(Ok(bytes)) => self.parser.feed(&bytes),
                Some(Err(error)) => return Err(PodStreamError::Broken(error)),
                None => return Ok(None),
            }
        }
    }
}

/// Keeps the token from being sent to anything but a plain address.
fn is_host_and_port(endpoint: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    endpoint.chars().all(plain) && endpoint.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok())
}
