//! Documents of a provider over HTTP, each within a bound, and why there are none.

use std::path::Path;

use reqwest::{Certificate, RequestBuilder, Response, StatusCode, Url};
use serde_json::Value;

use crate::accounts::oidc::failure::Failure;
use crate::accounts::oidc::id_token::Untrusted;
use crate::accounts::oidc::settings::SettingsError;

/// Largest document.
const DOCUMENT_MAX: usize = 1 << 20;
/// Longest code of an error that is logged.
const CODE_MAX: usize = 40;

/// Why a provider did not log somebody in. Holds neither tokens nor what is said about people.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It cannot be reached.
    #[error("failed to ask the provider for its {what}")]
    Unreachable {
        /// What was asked for.
        what: &'static str,
        /// Why not.
        #[source]
        source: reqwest::Error,
    },
    /// It answered with an error.
    #[error("failed to get the {what} of the provider: it answered {status} {code}")]
    Refused {
        /// What was asked for.
        what: &'static str,
        /// Its status.
        status: StatusCode,
        /// The name that the protocol has for the error.
        code: String,
    },
    /// It answered with something else, or with too much.
    #[error("failed to read the {0} of the provider")]
    Document(&'static str),
    /// An address of it is none.
    #[error("failed to use an address of the provider: it is neither http:// nor https://")]
    Address,
    /// It calls itself something else than the issuer that was configured.
    #[error("failed to use the provider: its metadata name another issuer than the configured one")]
    OtherIssuer,
    /// What it sent is not to be believed.
    #[error("failed to verify what the provider sent: {0}")]
    Untrusted(#[from] Untrusted),
}

impl ProviderError {
    /// What whoever logs in is told.
    #[must_use]
    pub fn failure(&self) -> Failure {
        match self {
            Self::Unreachable { .. } | Self::Document(_) => Failure::Away,
            Self::Refused { status, .. } if status.is_server_error() => Failure::Away,
            // A code that was used or has expired, which a reload or a slow provider brings about.
            Self::Refused { code, .. } if code == "invalid_grant" => Failure::Unknown,
            Self::Refused { .. } | Self::Address | Self::OtherIssuer => Failure::Misconfigured,
            Self::Untrusted(Untrusted::Clock(seconds)) => Failure::Clock(*seconds),
            Self::Untrusted(_) => Failure::Untrusted,
        }
    }
}

/// The JSON that answers `request`.
pub async fn json(what: &'static str, request: RequestBuilder) -> Result<Value, ProviderError> {
    // What follows an address can be secret.
    let unreachable = |source: reqwest::Error| ProviderError::Unreachable { what, source: source.without_url() };
    let response = request.header("accept", "application/json").send().await.map_err(unreachable)?;
    let status = response.status();
    let document = document(response).await.map_err(unreachable)?;
    let document = document.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    if status.is_success() {
        return document.ok_or(ProviderError::Document(what));
    }
    let code = document.as_ref().and_then(|document| document.get("error")?.as_str()).unwrap_or_default();
    let plain = |c: &char| c.is_ascii_lowercase() || *c == '_';
    Err(ProviderError::Refused { what, status, code: code.chars().filter(plain).take(CODE_MAX).collect() })
}

/// The body of an answer; `None` when it is too large.
async fn document(mut response: Response) -> reqwest::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > DOCUMENT_MAX {
            return Ok(None);
        }
    }
    Ok(Some(bytes))
}

/// An address that may be asked, or that people may be sent to.
pub fn address(text: &str) -> Result<Url, ProviderError> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or(ProviderError::Address)
}

/// As a field of a form.
pub fn encoded(text: &str) -> String {
    let mut url = Url::parse("http://form/").expect("it is one");
    url.query_pairs_mut().append_pair("f", text);
    url.query().and_then(|query| query.strip_prefix("f=")).unwrap_or_default().to_owned()
}

/// The certificates in a file.
pub fn certificates(file: &Path) -> Result<Vec<Certificate>, SettingsError> {
    let failed = |source| SettingsError::Certificates { file: file.to_owned(), source };
    let bytes = std::fs::read(file).map_err(|error| failed(error.into()))?;
    let all = Certificate::from_pem_bundle(&bytes).map_err(|error| failed(error.into()))?;
    if all.is_empty() { Err(failed("it holds no certificate in PEM form".into())) } else { Ok(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_encoded_as_in_a_form() {
        assert_eq!(encoded("a b+c&d=é:%"), "a+b%2Bc%26d%3D%C3%A9%3A%25");
    }

    #[test]
    fn only_addresses_of_the_web_are_asked() {
        assert!(address("https://id.example/token").is_ok() && address("http://dex.auth.svc/token").is_ok());
        for text in ["file:///etc/passwd", "javascript:alert(1)", "id.example", ""] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
